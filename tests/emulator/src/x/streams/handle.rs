//! What a test does to open streams.

use serde::Deserialize;
use serde_json::{Value, json};

use super::problem;
use crate::state::Signal;
use crate::{Emulator, Shared};

/// Why X ends a stream, for the message that it sends before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Disconnect {
    /// Something at X is restarted.
    Operational,
    /// X itself was cut off from what it streams.
    Upstream,
    /// The client reads more slowly than there is to read.
    SlowReader,
}

impl Disconnect {
    /// The message.
    pub(super) fn document(self) -> Value {
        let (title, kind, detail) = match self {
            Self::Operational => ("operational-disconnect", "OperationalDisconnect", "The stream was closed for operational reasons."),
            Self::Upstream => ("operational-disconnect", "UpstreamOperationalDisconnect", "The source of the stream was disconnected."),
            Self::SlowReader => ("operational-disconnect", "SlowReader", "The client does not read as fast as there is to read."),
        };
        json!({ "errors": [{ "title": title, "disconnect_type": kind, "detail": detail, "type": problem("operational-disconnect") }] })
    }
}

/// X's side: streams.
impl Emulator {
    /// How many streams are open.
    pub fn stream_count(&self) -> usize {
        self.shared.world().streams.open().count()
    }

    /// Ends all open streams with a message that says why.
    pub fn disconnect_streams(&self, why: Disconnect) {
        self.shared.disconnect_streams(why);
    }

    /// Breaks all open streams off, without a word.
    pub fn drop_streams(&self) {
        self.shared.world().streams.tell(|_| true, || Signal::Drop);
    }

    /// Lets all streams, open ones and later ones, give nothing at all, not even signs of life; or lets them go on with what happened meanwhile.
    pub fn stall_streams(&self, stalled: bool) {
        self.shared.world().streams.stalled.send_replace(stalled);
    }

    /// Puts a notice to a post, which the label stream tells.
    ///
    /// # Panics
    ///
    /// If there is no such post: a mistake in the test that asks.
    #[track_caller]
    pub fn label_post(&self, post_id: &str, title: &str) {
        assert!(self.shared.label_post(post_id, title), "there is no post {post_id} in this emulator");
    }
}

impl Shared {
    pub(crate) fn disconnect_streams(&self, why: Disconnect) {
        self.world().streams.tell(|_| true, || Signal::Disconnect(why.document()));
    }

    /// Whether there is such a post.
    pub(crate) fn label_post(&self, post_id: &str, title: &str) -> bool {
        post_id.parse().is_ok_and(|id| self.world().set_label(id, title))
    }
}
