//! The time by which a call has to be over.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::wire::error::{Error, Result};

/// The time by which a call has to be over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    pub(crate) limit: Duration,
    /// `None` is never.
    pub(crate) at: Option<Instant>,
}

impl Deadline {
    pub(crate) const NEVER: Self = Self { limit: Duration::MAX, at: None };

    pub(crate) fn after(limit: Duration) -> Self {
        // A moment too far off to be a time is never.
        Self { limit, at: Instant::now().checked_add(limit) }
    }

    /// Waits for a future until then.
    pub(crate) async fn bound<T>(self, future: impl Future<Output = T>) -> Result<T> {
        match self.at {
            Some(at) => timeout_at(at, future).await.map_err(|_| Error::timeout(self.limit)),
            None => Ok(future.await),
        }
    }

    /// Returns whether there is still time after a pause.
    pub(crate) fn outlasts(self, pause: Duration) -> bool {
        match (self.at, Instant::now().checked_add(pause)) {
            (None, _) => true,
            (Some(at), end) => end.is_some_and(|end| end < at),
        }
    }
}
