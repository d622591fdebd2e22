//! Who wants to hear of which activity.

use jiff::Timestamp;
use serde_json::Value;

use super::World;

/// A subscription to one kind of activity.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) id: u64,
    pub(crate) event_type: String,
    /// `user_id`, `direction`, `keyword`, as they were given.
    pub(crate) filter: Value,
    pub(crate) tag: Option<String>,
    pub(crate) webhook: Option<String>,
    /// From then on it is as if deleted. It stays for what happened before and is still to be brought.
    pub(crate) expires_at: Option<Timestamp>,
    /// The moment of the last change, as an id.
    pub(crate) updated: u64,
}

impl Subscription {
    /// Whether it has not expired at a time.
    pub(crate) fn lasts(&self, at: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| at < end)
    }
}

impl World {
    /// The subscriptions that have not expired, the oldest first.
    pub(crate) fn lasting_subscriptions(&self) -> impl DoubleEndedIterator<Item = &Subscription> {
        let now = self.now();
        self.subscriptions.iter().filter(move |subscription| subscription.lasts(now))
    }
}
