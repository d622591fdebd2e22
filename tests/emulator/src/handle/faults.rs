//! Faults that a test adds.

use crate::faults::{Fault, FaultId};
use crate::shared::Shared;

/// The faults of an emulator.
///
/// One request may be hit by several faults: by one error, one expired token, one wrapped response, one fault of the transfer (a reset, a slow body, …)
/// and any number of changes. Of several faults of one kind the oldest comes first; the next one takes over where it skips, and when it is over.
#[derive(Clone, Copy)]
pub struct FaultsHandle<'a> {
    shared: &'a Shared,
}

impl<'a> FaultsHandle<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    /// Adds a fault, which lasts until it is over or removed.
    ///
    /// # Panics
    ///
    /// If the fault cannot be: a status below 200, a probability above 1, an invalid header. A mistake in the test that asks.
    #[track_caller]
    #[allow(clippy::should_implement_trait, reason = "a fault joins others, nothing is summed up")]
    pub fn add(self, fault: Fault) -> FaultId {
        let added = self.shared.faults().add(fault, self.shared.seed);
        // Panics for the test author, as an assertion would; the lock is released by now.
        added.unwrap_or_else(|mistake| panic!("{mistake}"))
    }

    /// Returns how many requests a fault has hit; 0 for a fault that was removed.
    pub fn hits(self, id: FaultId) -> u64 {
        self.shared.faults().hits(id)
    }

    /// Ends a fault.
    pub fn remove(self, id: FaultId) {
        self.shared.faults().remove(id);
    }

    /// Ends all faults.
    pub fn clear(self) {
        self.shared.faults().clear();
    }
}
