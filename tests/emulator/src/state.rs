//! What the emulated X knows: users, posts, who is connected as whom, and how much quota is left.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

/// The id of a user of X.
pub(crate) type UserId = u64;
/// The id of a post.
pub(crate) type PostId = u64;

/// The start of X's id clock, in milliseconds since 1970: ids are time stamps with a sequence number below.
const ID_EPOCH: i64 = 1_288_834_974_657;
const ID_SEQUENCE_BITS: u32 = 22;

/// The length of a rate-limit window in seconds.
const WINDOW: i64 = 15 * 60;

/// In milliseconds: one hour.
const EDIT_TIME: u64 = 60 * 60 * 1000;

#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) username: String,
}

#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) id: PostId,
    pub(crate) author: UserId,
    pub(crate) text: String,
    pub(crate) conversation: PostId,
    pub(crate) reply: Option<Reply>,
    pub(crate) quoted: Option<PostId>,
    pub(crate) reply_settings: String,
}

/// Both ids are kept: a reply still says whom it answered after that post is gone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply {
    pub(crate) to: PostId,
    pub(crate) to_user: UserId,
}

/// A post to be made.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) reply_to: Option<PostId>,
    pub(crate) quoted: Option<PostId>,
    pub(crate) reply_settings: Option<String>,
}

/// An account of X that a user of Paragon has connected.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) credential: String,
    pub(crate) user: UserId,
}

/// On whose behalf X is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// A user's own connection.
    User(UserId),
    /// The app alone.
    App,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    reset: i64,
    used: u32,
}

/// The quota of one caller at one endpoint after a request was counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset: i64,
    pub(crate) exceeded: bool,
}

#[derive(Debug)]
pub(crate) struct World {
    users: BTreeMap<UserId, User>,
    posts: BTreeMap<PostId, Post>,
    accounts: HashMap<String, Vec<Account>>,
    /// By caller and by operation: reading a post and deleting it have quotas of their own.
    windows: HashMap<(Caller, usize), Window>,
    rate_limit: u32,
    last_id: u64,
    credentials: u64,
    advanced: Duration,
}

impl World {
    pub(crate) fn new(rate_limit: u32) -> Self {
        Self {
            users: BTreeMap::new(),
            posts: BTreeMap::new(),
            accounts: HashMap::new(),
            windows: HashMap::new(),
            rate_limit,
            last_id: 0,
            credentials: 0,
            advanced: Duration::ZERO,
        }
    }

    /// X's clock in milliseconds: the real one and whatever a test has added.
    fn now(&self) -> i64 {
        let advanced = i64::try_from(self.advanced.as_millis()).unwrap_or(i64::MAX);
        Timestamp::now().as_millisecond().saturating_add(advanced)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    /// The next id: of this millisecond, and always greater than the last one.
    fn next_id(&mut self) -> u64 {
        let since_epoch = u64::try_from(self.now() - ID_EPOCH).unwrap_or_default();
        self.last_id = (since_epoch << ID_SEQUENCE_BITS).max(self.last_id + 1);
        self.last_id
    }

    /// Connects an account; two accounts with one username are the same user of X.
    pub(crate) fn connect(&mut self, paragon_user: &str, name: &str, username: &str) {
        let known = self.users.values().find(|user| user.username.eq_ignore_ascii_case(username)).map(|user| user.id);
        let user = known.unwrap_or_else(|| {
            let id = self.next_id();
            self.users.insert(id, User { id, name: name.to_owned(), username: username.to_owned() });
            id
        });
        self.credentials += 1;
        let credential = format!("c7ede271-0000-4000-8000-{:012}", self.credentials);
        self.accounts.entry(paragon_user.to_owned()).or_default().push(Account { credential, user });
    }

    pub(crate) fn disconnect(&mut self, paragon_user: &str) {
        self.accounts.remove(paragon_user);
    }

    /// The connected accounts of a user of Paragon, the oldest first.
    pub(crate) fn accounts(&self, paragon_user: &str) -> &[Account] {
        self.accounts.get(paragon_user).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    pub(crate) fn post(&self, id: PostId) -> Option<&Post> {
        self.posts.get(&id)
    }

    /// All posts, the oldest first.
    pub(crate) fn posts(&self) -> impl DoubleEndedIterator<Item = &Post> {
        self.posts.values()
    }

    /// A user's posts, the newest first.
    pub(crate) fn posts_of(&self, author: UserId) -> impl Iterator<Item = &Post> {
        self.posts().rev().filter(move |post| post.author == author)
    }

    pub(crate) fn create(&mut self, author: UserId, draft: Draft) -> &Post {
        let id = self.next_id();
        let answered = draft.reply_to.and_then(|to| self.posts.get(&to));
        let post = Post {
            id,
            author,
            text: draft.text,
            conversation: answered.map_or(id, |post| post.conversation),
            reply: answered.map(|post| Reply { to: post.id, to_user: post.author }),
            quoted: draft.quoted,
            reply_settings: draft.reply_settings.unwrap_or_else(|| "everyone".to_owned()),
        };
        self.posts.entry(id).or_insert(post)
    }

    pub(crate) fn delete(&mut self, id: PostId) {
        self.posts.remove(&id);
    }

    /// Counts a request. One that is refused for want of quota does not use any.
    pub(crate) fn count(&mut self, caller: Caller, operation: usize) -> Quota {
        let now = self.now().div_euclid(1000);
        let limit = self.rate_limit;
        let window = self.windows.entry((caller, operation)).or_insert(Window { reset: now + WINDOW, used: 0 });
        if now >= window.reset {
            *window = Window { reset: now + WINDOW, used: 0 };
        }
        let exceeded = window.used >= limit;
        if !exceeded {
            window.used += 1;
        }
        Quota { limit, remaining: limit - window.used, reset: window.reset, exceeded }
    }
}

/// When the thing with this id was made.
pub(crate) fn time_of(id: u64) -> Timestamp {
    let millisecond = i64::try_from(id >> ID_SEQUENCE_BITS).unwrap_or_default() + ID_EPOCH;
    // In range as long as ids are: 42 bits of milliseconds end in the year 2150.
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn created_at(id: u64) -> String {
    show_time(time_of(id))
}

/// Until when X lets an author edit a post.
pub(crate) fn editable_until(id: PostId) -> String {
    show_time(time_of(id.saturating_add(EDIT_TIME << ID_SEQUENCE_BITS)))
}

/// X shows whole seconds, and still writes a fraction.
fn show_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}
