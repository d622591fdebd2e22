//! The state that both listeners share, and the changes that a test can make to it: by the typed handle and over HTTP alike.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;

use crate::DEFAULT_USER_ID;
use crate::description::Description;
use crate::dialect::Dialect;
use crate::expect::Expectations;
use crate::extra::Routes;
use crate::faults::Faults;
use crate::message::{Exchange, RecordedRequest};
use crate::paragon::{self, Tokens};
use crate::record::Record;
use crate::state::{Deliveries, Draft, End, World};
use crate::x::{self, Handlers, Limits, check_username};

/// A function of a test that is called with each thing of a kind.
#[derive(Clone)]
pub(crate) struct Callback<T>(pub(crate) Arc<dyn Fn(&T) + Send + Sync>);

impl<T> std::fmt::Debug for Callback<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Callback")
    }
}

pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) x_url: String,
    pub(crate) project_id: String,
    pub(crate) bearer_token: String,
    pub(crate) consumer_secret: String,
    /// An account that is connected at the start: the user of Paragon, and the name and username at X.
    pub(crate) accounts: Vec<(String, String, String)>,
    pub(crate) tokens: Tokens,
    pub(crate) paragon: Mutex<paragon::State>,
    pub(crate) description: Arc<Description>,
    pub(crate) handlers: Handlers,
    /// The dialect of all answers, if it is not to follow the requests.
    pub(crate) dialect: Option<Dialect>,
    /// Seed of the data made from the description, and of the choice of requests that a fault with a probability hits.
    pub(crate) seed: u64,
    pub(crate) rate_limit: u32,
    /// How long a stream is silent before it gives a sign of life.
    pub(crate) keep_alive: Duration,
    /// How many connections the app may have to one stream, or to one partition of it.
    pub(crate) max_streams: usize,
    pub(crate) on_exchange: Option<Callback<Exchange>>,
    pub(crate) on_reset: Option<Callback<RecordedRequest>>,
    pub(crate) world: Mutex<World>,
    pub(crate) limits: Mutex<Limits>,
    pub(crate) record: Mutex<Record>,
    pub(crate) routes: Mutex<Routes>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) expectations: Mutex<Expectations>,
}

/// A panic in one request must not fail all later ones with a poisoned lock: the state is changed in single steps.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Never held together with another lock.
    pub(crate) fn paragon(&self) -> MutexGuard<'_, paragon::State> {
        lock(&self.paragon)
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    pub(crate) fn routes(&self) -> MutexGuard<'_, Routes> {
        lock(&self.routes)
    }

    pub(crate) fn limits(&self) -> MutexGuard<'_, Limits> {
        lock(&self.limits)
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        lock(&self.record)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn expectations(&self) -> MutexGuard<'_, Expectations> {
        lock(&self.expectations)
    }

    /// Connects the accounts that the emulator starts with.
    pub(crate) fn connect_all(&self) -> Result<(), String> {
        if self.accounts.is_empty() {
            self.connect(DEFAULT_USER_ID, "Ada Lovelace", "ada")?;
        }
        self.accounts.iter().try_for_each(|(user_id, name, username)| self.connect(user_id, name, username).map(drop))
    }

    /// Goes back to the state at the start. Tokens stay good.
    pub(crate) fn reset(&self) {
        *self.paragon() = paragon::State::default();
        *self.world() = World::new(x::deliver);
        *self.limits() = Limits::new(self.rate_limit);
        *self.routes() = Routes::default();
        self.faults().reset();
        self.record().clear();
        *self.expectations() = Expectations::default();
        // They could be connected at the start.
        let _ = self.connect_all();
    }

    /// Connects an account and returns its credential; an error names the fault.
    pub(crate) fn connect(&self, user_id: &str, name: &str, username: &str) -> Result<String, String> {
        if user_id.is_empty() {
            return Err("the id of a user of Paragon is empty".to_owned());
        }
        check_username(username)?;
        let x_user = self.world().user_named(name, username);
        Ok(self.paragon().connect(user_id, x_user, username, self.description.scopes()))
    }

    pub(crate) fn user_token(&self, user_id: &str) -> jsonwebtoken::errors::Result<String> {
        let now = self.paragon().now_in_seconds();
        self.tokens.sign(user_id, now)
    }

    pub(crate) fn expire_tokens(&self, user_id: &str) {
        let serial = self.tokens.signed();
        self.paragon().expire_tokens(user_id, serial);
    }

    /// Makes a post in the name of a user's first account and tells its id; `None` if there is no account.
    pub(crate) fn post(&self, user_id: &str, text: &str) -> Option<String> {
        let author = self.paragon().accounts(user_id).first()?.user;
        let draft = Draft { text: text.to_owned(), ..Draft::default() };
        Some(self.world().create(author, draft).to_string())
    }

    /// Sets the limit of an operation. Returns whether there is one.
    pub(crate) fn set_rate_limit(&self, method: &Method, template: &str, requests: u32, window: Duration) -> bool {
        let Some(number) = self.description.number(method, template) else { return false };
        self.limits().set(number, requests, window);
        true
    }

    pub(crate) fn end_streams(&self, end: End) {
        let mut world = self.world();
        let moment = world.next_id();
        let open: Vec<u64> = world.streams.active().map(|connection| connection.id).collect();
        for id in open {
            world.streams.end(id, end, moment);
        }
    }

    pub(crate) fn deliveries(&self) -> Arc<Deliveries> {
        Arc::clone(&self.world().webhooks.deliveries)
    }
}
