//! Open streams.

use crate::shared::Shared;
use crate::state::{Disconnect, End};

/// The streams that are open at X.
#[derive(Clone, Copy)]
pub struct StreamsHandle<'a> {
    shared: &'a Shared,
}

impl<'a> StreamsHandle<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    /// Returns how many streams are open.
    pub fn count(self) -> usize {
        self.shared.world().streams.active().count()
    }

    /// Ends all open streams as X does when it has to: with a last message that gives the reason. Events from before still arrive.
    pub fn disconnect(self, reason: Disconnect) {
        self.shared.end_streams(End::Disconnect(reason));
    }

    /// Breaks off all open streams, without a message. Events from before still arrive.
    pub fn cut(self) {
        self.shared.end_streams(End::Drop);
    }

    /// Silences all streams, keep-alives included, until this is called with `false`: they then go on with the events since. Streams that are opened
    /// in between are silent as well.
    pub fn stall(self, stalled: bool) {
        self.shared.world().streams.stall(stalled);
    }
}
