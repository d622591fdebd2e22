//! The state of the emulated X. A change by one call is visible to all others.

mod activity;
mod clock;
mod compliance;
mod deliveries;
mod events;
mod language;
mod lists;
mod media;
mod messages;
mod posts;
mod relation;
mod rules;
mod streams;
mod users;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

pub(crate) use activity::Subscription;
pub(crate) use clock::{created_at, id_at, show_minute, show_time, time_of};
pub(crate) use compliance::{Job, JobId, JobKind, JobState};
pub use deliveries::WebhookDelivery;
pub(crate) use deliveries::{Address, Deliveries, Queue};
pub(crate) use events::{Event, Numbered, ProfileField};
pub(crate) use lists::{Bookmarks, Folder, List, Lists};
pub use media::Processing;
pub(crate) use media::{Category, Kind, MediaId, Medium, Progress, Subtitles, Upload, image_type, too_large};
pub(crate) use messages::{Conversation, DmEvent, DmEventId, Message};
pub(crate) use posts::{Draft, Post};
pub(crate) use relation::Relation;
pub(crate) use rules::{MAX_RULES, Rule, RuleId};
pub use streams::Disconnect;
pub(crate) use streams::{Connection, ConnectionId, End, Signals};
pub(crate) use users::User;
pub(crate) use webhooks::{Link, Webhook, WebhookId};

/// The id of a user of X.
pub(crate) type UserId = u64;
/// The id of a post.
pub(crate) type PostId = u64;

/// On whose behalf X is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// A user's own connection.
    User(UserId),
    /// The app alone.
    App,
}

/// One of the relations of the world.
type Related = fn(&mut World) -> &mut Relation;

/// A function that is called with an event when it happens, while the state is as it was then.
pub(crate) type AtOnce = fn(&World, &Event);

#[derive(Debug)]
pub(crate) struct World {
    clock: clock::Clock,
    users: BTreeMap<UserId, User>,
    /// By name in lower case.
    usernames: HashMap<String, UserId>,
    /// Boxed: the map has room for nearly twice as many as there are.
    posts: BTreeMap<PostId, Box<Post>>,
    posts_by_author: HashMap<UserId, BTreeSet<PostId>>,
    /// Posts by the one they answer, quote or repeat.
    referring: HashMap<PostId, BTreeSet<PostId>>,
    /// Posts by the name, in lower case, of a user they mention.
    mentions: HashMap<String, BTreeSet<PostId>>,
    /// Deleted posts, with their authors.
    deleted: BTreeMap<PostId, UserId>,
    /// From a user to a post.
    pub(crate) likes: Relation,
    /// From a user to one followed.
    pub(crate) follows: Relation,
    /// From a user to one muted.
    pub(crate) mutes: Relation,
    /// From a user to one blocked.
    pub(crate) blocks: Relation,
    pub(crate) bookmarks: Bookmarks,
    pub(crate) lists: Lists,
    pub(crate) media: media::Media,
    pub(crate) messages: messages::Messages,
    /// Subscriptions to activity, the oldest first.
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) webhooks: webhooks::Webhooks,
    pub(crate) compliance: compliance::Jobs,
    pub(crate) rules: rules::Rules,
    pub(crate) streams: streams::Streams,
    pub(crate) events: events::Events,
    /// Fields that a test has set on a post or a user, by id and with current names.
    pub(crate) shown: HashMap<u64, Map<String, Value>>,
    /// Called with each event at once.
    at_once: AtOnce,
}

impl World {
    pub(crate) fn new(at_once: AtOnce) -> Self {
        Self {
            clock: clock::Clock::default(),
            users: BTreeMap::new(),
            usernames: HashMap::new(),
            posts: BTreeMap::new(),
            posts_by_author: HashMap::new(),
            referring: HashMap::new(),
            mentions: HashMap::new(),
            deleted: BTreeMap::new(),
            likes: Relation::default(),
            follows: Relation::default(),
            mutes: Relation::default(),
            blocks: Relation::default(),
            bookmarks: Bookmarks::default(),
            lists: Lists::default(),
            media: media::Media::default(),
            messages: messages::Messages::default(),
            subscriptions: Vec::new(),
            webhooks: webhooks::Webhooks::default(),
            compliance: compliance::Jobs::default(),
            rules: rules::Rules::default(),
            streams: streams::Streams::default(),
            events: events::Events::default(),
            shown: HashMap::new(),
            at_once,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.streams.wake();
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.clock.next_id()
    }

    pub(crate) fn publish(&mut self, event: Event) {
        (self.at_once)(self, &event);
        self.events.publish(event);
    }

    /// Begins a relation, once.
    fn begin(&mut self, relation: Related, from: UserId, to: u64, event: impl FnOnce(u64) -> Event) {
        let moment = self.next_id();
        if relation(self).add(from, to, moment) {
            self.publish(event(moment));
        }
    }

    /// Ends a relation that there is.
    fn end(&mut self, relation: Related, from: UserId, to: u64, event: impl FnOnce(u64) -> Event) {
        if relation(self).remove(from, to) {
            let moment = self.next_id();
            self.publish(event(moment));
        }
    }

    pub(crate) fn like(&mut self, user: UserId, post: PostId) {
        self.begin(|world| &mut world.likes, user, post, |moment| Event::Liked { user, post, moment });
    }

    pub(crate) fn unlike(&mut self, user: UserId, post: PostId) {
        self.end(|world| &mut world.likes, user, post, |moment| Event::Unliked { user, post, moment });
    }

    pub(crate) fn follow(&mut self, user: UserId, followed: UserId) {
        self.begin(|world| &mut world.follows, user, followed, |moment| Event::Followed { user, followed, moment });
    }

    pub(crate) fn unfollow(&mut self, user: UserId, followed: UserId) {
        self.end(|world| &mut world.follows, user, followed, |moment| Event::Unfollowed { user, followed, moment });
    }

    pub(crate) fn block(&mut self, user: UserId, other: UserId) {
        self.begin(|world| &mut world.blocks, user, other, |moment| Event::Blocked { user, other, begins: true, moment });
    }

    pub(crate) fn unblock(&mut self, user: UserId, other: UserId) {
        self.end(|world| &mut world.blocks, user, other, |moment| Event::Blocked { user, other, begins: false, moment });
    }

    pub(crate) fn mute(&mut self, user: UserId, other: UserId) {
        self.begin(|world| &mut world.mutes, user, other, |moment| Event::Muted { user, other, begins: true, moment });
    }

    pub(crate) fn unmute(&mut self, user: UserId, other: UserId) {
        self.end(|world| &mut world.mutes, user, other, |moment| Event::Muted { user, other, begins: false, moment });
    }
}
