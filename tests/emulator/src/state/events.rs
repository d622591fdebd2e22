//! Events, for their listeners.

use std::collections::{HashMap, VecDeque};
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use tokio::sync::broadcast;

use super::{DmEventId, PostId, UserId};

/// How many events a listener may be behind before it misses some.
const PENDING: usize = 1024;

/// How many events are kept for those who come late.
pub(super) const KEPT: usize = 16 * 1024;

/// Something that streams and webhooks tell of. Each has its moment, an id of that time; that of a post or a message is its own id.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Posted(PostId),
    /// A post is gone; who wrote it, and the moment.
    Deleted {
        post: PostId,
        author: UserId,
        moment: u64,
    },
    Liked {
        user: UserId,
        post: PostId,
        moment: u64,
    },
    Unliked {
        user: UserId,
        post: PostId,
        moment: u64,
    },
    Followed {
        user: UserId,
        followed: UserId,
        moment: u64,
    },
    Unfollowed {
        user: UserId,
        followed: UserId,
        moment: u64,
    },
    /// A user's posts are for followers only from now on, or no longer.
    Protected {
        user: UserId,
        protected: bool,
        moment: u64,
    },
    /// A text of a profile is another one now.
    ProfileChanged {
        user: UserId,
        field: ProfileField,
        before: Arc<str>,
        after: Arc<str>,
        moment: u64,
    },
    /// X warns of a post.
    Labeled {
        post: PostId,
        title: Arc<str>,
        moment: u64,
    },
    /// A user blocks another from now on, or no longer.
    Blocked {
        user: UserId,
        other: UserId,
        begins: bool,
        moment: u64,
    },
    /// A user mutes another from now on, or no longer.
    Muted {
        user: UserId,
        other: UserId,
        begins: bool,
        moment: u64,
    },
    /// A message was sent.
    Messaged(DmEventId),
}

/// A text of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProfileField {
    Description,
    Location,
    Url,
}

impl Event {
    pub(crate) fn moment(&self) -> u64 {
        match self {
            Self::Posted(id) | Self::Messaged(id) => *id,
            Self::Deleted { moment, .. }
            | Self::Liked { moment, .. }
            | Self::Unliked { moment, .. }
            | Self::Followed { moment, .. }
            | Self::Unfollowed { moment, .. }
            | Self::Protected { moment, .. }
            | Self::ProfileChanged { moment, .. }
            | Self::Labeled { moment, .. }
            | Self::Blocked { moment, .. }
            | Self::Muted { moment, .. } => *moment,
        }
    }
}

/// An event, and how many of its kind there were before it.
#[derive(Debug, Clone)]
pub(crate) struct Numbered {
    pub(crate) event: Event,
    pub(crate) number: u64,
}

/// The last events, and who listens.
#[derive(Debug)]
pub(crate) struct Events {
    counts: HashMap<Discriminant<Event>, u64>,
    past: VecDeque<Numbered>,
    sender: broadcast::Sender<Numbered>,
}

impl Default for Events {
    fn default() -> Self {
        Self { counts: HashMap::new(), past: VecDeque::new(), sender: broadcast::Sender::new(PENDING) }
    }
}

impl Events {
    pub(crate) fn publish(&mut self, event: Event) {
        let count = self.counts.entry(discriminant(&event)).or_default();
        let numbered = Numbered { event, number: *count };
        *count += 1;
        if self.past.len() == KEPT {
            self.past.pop_front();
        }
        self.past.push_back(numbered.clone());
        // Nobody listening is no failure.
        let _ = self.sender.send(numbered);
    }

    /// The events from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Numbered> {
        self.sender.subscribe()
    }

    /// The moment of the first event that is kept.
    pub(crate) fn oldest(&self) -> Option<u64> {
        self.past.front().map(|numbered| numbered.event.moment())
    }

    /// The kept events from a moment on, the oldest first.
    pub(crate) fn since(&self, moment: u64) -> impl Iterator<Item = &Numbered> {
        self.past.range(self.past.partition_point(|numbered| numbered.event.moment() < moment)..)
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Events, KEPT};

    #[test]
    fn events_are_numbered_by_kind_and_found_by_moment() {
        let mut events = Events::default();
        events.publish(Event::Posted(10));
        events.publish(Event::Liked { user: 1, post: 10, moment: 11 });
        events.publish(Event::Posted(12));
        let since = |moment| events.since(moment).map(|numbered| (numbered.event.moment(), numbered.number)).collect::<Vec<_>>();
        assert_eq!(since(0), [(10, 0), (11, 0), (12, 1)]);
        assert_eq!(since(11), [(11, 0), (12, 1)]);
        assert_eq!(since(13), []);
    }

    #[test]
    fn only_the_last_events_are_kept() {
        let mut events = Events::default();
        (0..=KEPT as u64).for_each(|id| events.publish(Event::Posted(id)));
        assert_eq!(events.since(0).count(), KEPT);
        assert_eq!(events.since(0).next().map(|numbered| numbered.number), Some(1));
    }
}
