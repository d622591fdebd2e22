//! What a test can do to open streams.

use crate::state::{Disconnect, End};
use crate::{Emulator, Shared};

/// Streams.
impl Emulator {
    /// Ends all open streams as X does when it has to: with a last message that says why. What happened before is still brought.
    pub fn disconnect_streams(&self, kind: Disconnect) {
        self.shared.end_streams(End::Disconnect(kind));
    }

    /// Breaks off all open streams, without a message. What happened before is still brought.
    pub fn drop_streams(&self) {
        self.shared.end_streams(End::Drop);
    }

    /// Has streams bring nothing, not even a sign of life, until this is called with `false`: they then go on with what has happened since. Those
    /// opened later are silent as well.
    pub fn stall_streams(&self, stalled: bool) {
        self.shared.world().streams.stall(stalled);
    }

    /// How many streams are open.
    pub fn stream_count(&self) -> usize {
        self.shared.world().streams.active().count()
    }

    /// Has X warn of a post, which the stream of labels tells of.
    ///
    /// # Panics
    ///
    /// If there is no such post: a mistake in the test that asks.
    #[track_caller]
    pub fn label_post(&self, post_id: &str, title: &str) {
        let labeled = post_id.parse().is_ok_and(|id| self.shared.world().label(id, title));
        assert!(labeled, "there is no post {post_id} in this emulator");
    }
}

impl Shared {
    pub(crate) fn end_streams(&self, end: End) {
        let mut world = self.world();
        let moment = world.next_id();
        let open: Vec<u64> = world.streams.active().map(|connection| connection.id).collect();
        for id in open {
            world.streams.end(id, end, moment);
        }
    }
}
