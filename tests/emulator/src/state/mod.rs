//! What the emulated X knows. One call changes it, the others see it.

mod activity;
mod clock;
mod compliance;
mod lists;
mod media;
mod messages;
mod posts;
mod relation;
mod streams;
mod users;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast;

pub(crate) use activity::Subscription;
pub(crate) use clock::{created_at, id_at, show_time, time_of};
pub(crate) use compliance::{Job, JobId, JobKind, JobState};
pub(crate) use lists::{Bookmarks, Folder, List, Lists};
pub use media::Processing;
pub(crate) use media::{Category, Kind, MediaId, Medium, Progress, Subtitles, Upload, image_type, too_large};
pub(crate) use messages::{Conversation, DmEvent, DmEventId, Message};
pub(crate) use posts::{Draft, Post};
pub(crate) use relation::Relation;
pub(crate) use streams::{Connection, Rule, Signal, Streams};
pub(crate) use users::User;
pub(crate) use webhooks::{Webhook, WebhookId};

/// The id of a user of X.
pub(crate) type UserId = u64;
/// The id of a post.
pub(crate) type PostId = u64;

/// How many events a stream may be behind before it misses some.
const EVENTS: usize = 1024;

/// How far back streams can be told what happened, and how much of it.
const BACKFILL: SignedDuration = SignedDuration::from_mins(5);
const RECENT: usize = 10_000;

/// On whose behalf X is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// A user's own connection.
    User(UserId),
    /// The app alone.
    App,
}

/// Something that streams tell of.
#[derive(Debug, Clone, Copy)]
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
    /// A user is protected now, or no longer.
    Protected {
        user: UserId,
        protected: bool,
        moment: u64,
    },
    /// A post has got a notice.
    Labelled {
        post: PostId,
        moment: u64,
    },
    Unfollowed {
        user: UserId,
        followed: UserId,
        moment: u64,
    },
}

#[derive(Debug)]
pub(crate) struct World {
    clock: clock::Clock,
    users: BTreeMap<UserId, User>,
    /// By name in lower case.
    usernames: HashMap<String, UserId>,
    posts: BTreeMap<PostId, Post>,
    posts_by_author: HashMap<UserId, BTreeSet<PostId>>,
    /// Posts by the one they answer, quote or repeat.
    referring: HashMap<PostId, BTreeSet<PostId>>,
    /// Posts by the name, in lower case, of a user they mention.
    mentions: HashMap<String, BTreeSet<PostId>>,
    /// What was deleted, and by whom it had been written.
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
    /// The titles of notices that were put to posts.
    labels: HashMap<PostId, String>,
    /// Subscriptions to activity, the oldest first.
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) streams: Streams,
    pub(crate) webhooks: webhooks::Webhooks,
    pub(crate) compliance: compliance::Jobs,
    events: broadcast::Sender<Event>,
    /// What happened lately, for streams that want to be told afterwards.
    recent: VecDeque<(Timestamp, Event)>,
}

impl World {
    pub(crate) fn new() -> Self {
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
            labels: HashMap::new(),
            subscriptions: Vec::new(),
            streams: Streams::default(),
            webhooks: webhooks::Webhooks::default(),
            compliance: compliance::Jobs::default(),
            events: broadcast::Sender::new(EVENTS),
            recent: VecDeque::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.clock.next_id()
    }

    /// What happens from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    fn publish(&mut self, event: Event) {
        let now = self.now();
        while self.recent.front().is_some_and(|(time, _)| now.duration_since(*time) > BACKFILL || self.recent.len() >= RECENT) {
            self.recent.pop_front();
        }
        self.recent.push_back((now, event));
        // Nobody listening is no failure.
        let _ = self.events.send(event);
    }

    /// What happened since a moment, given as an id, as far as streams may be told afterwards; the oldest first.
    pub(crate) fn history(&self, since: u64) -> Vec<Event> {
        let since = time_of(since);
        self.recent.iter().filter(|(time, _)| *time >= since).map(|(_, event)| *event).collect()
    }

    /// The title of the notice that a post has.
    pub(crate) fn label(&self, post: PostId) -> Option<&str> {
        self.labels.get(&post).map(String::as_str)
    }

    /// Puts a notice to a post. Returns whether the post is there.
    pub(crate) fn set_label(&mut self, post: PostId, title: &str) -> bool {
        let found = self.posts.contains_key(&post);
        if found {
            let moment = self.next_id();
            self.labels.insert(post, title.to_owned());
            self.publish(Event::Labelled { post, moment });
        }
        found
    }

    /// Says of a user whether they are protected.
    pub(crate) fn protect(&mut self, user: UserId, protected: bool) {
        let moment = self.next_id();
        if let Some(changed) = self.user_mut(user).filter(|user| user.protected != protected) {
            changed.protected = protected;
            self.publish(Event::Protected { user, protected, moment });
        }
    }

    /// Likes a post, once.
    pub(crate) fn like(&mut self, user: UserId, post: PostId) {
        let moment = self.next_id();
        if self.likes.add(user, post, moment) {
            self.publish(Event::Liked { user, post, moment });
        }
    }

    pub(crate) fn unlike(&mut self, user: UserId, post: PostId) {
        if self.likes.remove(user, post) {
            let moment = self.next_id();
            self.publish(Event::Unliked { user, post, moment });
        }
    }

    /// Follows a user, once.
    pub(crate) fn follow(&mut self, user: UserId, followed: UserId) {
        let moment = self.next_id();
        if self.follows.add(user, followed, moment) {
            self.publish(Event::Followed { user, followed, moment });
        }
    }

    pub(crate) fn unfollow(&mut self, user: UserId, followed: UserId) {
        if self.follows.remove(user, followed) {
            let moment = self.next_id();
            self.publish(Event::Unfollowed { user, followed, moment });
        }
    }
}
