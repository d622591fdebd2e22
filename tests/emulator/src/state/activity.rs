//! Who wants to hear of which activity.

use jiff::Timestamp;
use serde_json::Value;

use super::{World, time_of};

/// A subscription to one kind of activity.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) id: u64,
    pub(crate) event_type: String,
    /// `user_id`, `direction`, `keyword`, as they were given.
    pub(crate) filter: Value,
    pub(crate) tag: Option<String>,
    pub(crate) webhook: Option<String>,
    /// From then on it is as if deleted. It stays for earlier events that are still to be brought, as long as such events are kept.
    pub(crate) expires_at: Option<Timestamp>,
    /// The moment of the last change, as an id.
    pub(crate) updated: u64,
}

impl Subscription {
    /// Returns whether it has not expired at a time.
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

    /// Forgets the subscriptions that had expired before anything that is kept.
    pub(crate) fn forget_subscriptions(&mut self) {
        let oldest = self.events.oldest().map_or_else(|| self.now(), time_of);
        self.subscriptions.retain(|subscription| subscription.lasts(oldest));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{Subscription, World};
    use crate::state::events::KEPT;
    use crate::state::{Event, time_of};

    #[test]
    fn an_expired_subscription_is_kept_as_long_as_an_event_from_before() {
        let mut world = World::new(|_, _| {});
        let first = world.next_id();
        world.publish(Event::Posted(first));
        world.advance(Duration::from_secs(60));
        for expires_at in [Some(world.now()), None] {
            let (event_type, filter) = ("post.create".to_owned(), json!({}));
            world.subscriptions.push(Subscription { id: first, event_type, filter, tag: None, webhook: None, expires_at, updated: first });
        }
        world.advance(Duration::from_secs(60));
        assert!(world.subscriptions.iter().all(|subscription| subscription.lasts(time_of(first))));
        for _ in 1..KEPT {
            let id = world.next_id();
            world.publish(Event::Posted(id));
        }
        world.forget_subscriptions();
        assert_eq!(world.subscriptions.len(), 2);
        let last = world.next_id();
        world.publish(Event::Posted(last));
        world.forget_subscriptions();
        assert_eq!(world.subscriptions.len(), 1);
        assert_eq!(world.subscriptions[0].expires_at, None);
    }
}
