//! Paragon and X on a loopback port, for tests and for trying things out without an account of either.
//!
//! An [`Emulator`] is a real HTTP server with two listeners: Paragon's proxy, which acts as a connected user, and X's own API,
//! which takes an app-only token. Both reach the same users and posts.
//!
//! ```
//! use emulator::Emulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let emulator = Emulator::start().await?;
//! let id = emulator.post("user-42", "Hello World!");
//! println!("GET {}/projects/{}/sdk/proxy/twitter/2/tweets/{id}", emulator.url(), emulator.project_id());
//! println!("Authorization: Bearer {}", emulator.user_token("user-42"));
//! # Ok(())
//! # }
//! ```
//!
//! It is strict where the real services are: a parameter, a key or a content type they would refuse is refused here. What X can
//! do and the emulator cannot answers status 501. Where Paragon's behaviour is not public (most error codes, the order of its
//! checks) the choice made here is marked in the code, and nothing should be built on it.
#![forbid(unsafe_code)]

mod extra;
mod paragon;
mod problem;
mod query;
mod render;
mod state;
mod text;
mod timeline;
mod wire;
mod x;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use tokio::task::JoinHandle;

use crate::extra::Routes;
use crate::paragon::Keys;
use crate::state::{Account, Draft, World};

pub use crate::extra::Response;
pub use crate::wire::RecordedRequest;

/// The project that is emulated unless another is named.
pub const DEFAULT_PROJECT_ID: &str = "0e61b1a5-7a2c-4d0e-9f53-2f4c0a1d9e42";

/// The app-only token that X accepts unless another is named.
pub const DEFAULT_BEARER_TOKEN: &str = "emulator-app-only-token";

/// The user who is connected unless an account is named.
pub const DEFAULT_USER_ID: &str = "user-42";

/// X's window allows this many requests per caller and operation unless another number is named.
const DEFAULT_RATE_LIMIT: u32 = 900;

/// The listener that a request came in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Route {
    /// Paragon's proxy.
    Paragon,
    /// X itself.
    X,
}

/// What both listeners work on.
struct Shared {
    project_id: String,
    bearer_token: String,
    keys: Keys,
    world: Mutex<World>,
    requests: Mutex<Vec<RecordedRequest>>,
    routes: Mutex<Routes>,
}

/// A panic in one request must not fail all later ones with a poisoned lock: the state is changed in single steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    fn routes(&self) -> MutexGuard<'_, Routes> {
        lock(&self.routes)
    }

    fn record(&self, request: RecordedRequest) {
        lock(&self.requests).push(request);
    }
}

/// A running emulator. It stops when it is dropped.
#[must_use = "an emulator stops when it is dropped"]
pub struct Emulator {
    shared: Arc<Shared>,
    url: String,
    x_url: String,
    tasks: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("url", &self.url).field("x_url", &self.x_url).finish_non_exhaustive()
    }
}

impl Emulator {
    /// An emulator to be set up.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Starts an emulator with the user `user-42` ([`DEFAULT_USER_ID`]), who has connected the account `ada`, on free ports.
    ///
    /// # Errors
    ///
    /// If no port can be opened on the loopback interface.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The base URL of Paragon's proxy, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base URL of X, `http://127.0.0.1:PORT`: another origin than [`url`](Self::url), as in reality.
    pub fn x_url(&self) -> &str {
        &self.x_url
    }

    /// The id of the Paragon project.
    pub fn project_id(&self) -> &str {
        &self.shared.project_id
    }

    /// The app-only token that X accepts.
    pub fn bearer_token(&self) -> &str {
        &self.shared.bearer_token
    }

    /// The project's Signing Key: a private RSA key as PEM (PKCS#8). It is committed, public, and good for nothing else.
    pub fn signing_key_pem(&self) -> &'static str {
        Keys::PRIVATE_PEM
    }

    /// A fresh token for a user, valid for one hour. The user need not have connected anything.
    ///
    /// # Panics
    ///
    /// If the system cannot sign with RSA at all.
    pub fn user_token(&self, user_id: &str) -> String {
        // The key is a constant that was read when the emulator started; no input can make this fail.
        self.shared.keys.sign(&self.shared.project_id, user_id).expect("the committed key signs")
    }

    /// The id of the credential of a user's first connected account, for the header `X-Paragon-Credential`.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn credential_id(&self, user_id: &str) -> String {
        self.account(user_id).credential
    }

    /// The ids of the credentials of all accounts a user has connected, the oldest first.
    pub fn credential_ids(&self, user_id: &str) -> Vec<String> {
        self.shared.world().accounts(user_id).iter().map(|account| account.credential.clone()).collect()
    }

    /// The id that X has given to the user behind the first account that a user of Paragon has connected.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn x_user_id(&self, user_id: &str) -> String {
        self.account(user_id).user.to_string()
    }

    /// Makes a post in the name of a user's first connected account, without any of X's checks, and returns its id.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn post(&self, user_id: &str, text: &str) -> String {
        let author = self.account(user_id).user;
        let draft = Draft { text: text.to_owned(), ..Draft::default() };
        self.shared.world().create(author, draft).id.to_string()
    }

    /// Disconnects all accounts of a user, as the user may do at any time. What was posted stays.
    pub fn disconnect(&self, user_id: &str) {
        self.shared.world().disconnect(user_id);
    }

    /// Puts X's clock forward: rate-limit windows end, new posts are younger. The validity of tokens is not touched.
    pub fn advance(&self, by: Duration) {
        self.shared.world().advance(by);
    }

    /// All requests received so far on both listeners, the oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.shared.requests).clone()
    }

    /// Adds a route, which goes before those that the emulator has. `twitter` is X, also when it is called directly; any other integration is
    /// taken to be connected. `{name}` in the path stands for any one segment.
    ///
    /// ```
    /// # use http::Method;
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = emulator::Emulator::start().await?;
    /// emulator.route("twitter", Method::GET, "/2/circles/{id}", |_| serde_json::json!({"data": {"id": "12"}}));
    /// # Ok(())
    /// # }
    /// ```
    pub fn route<R: Into<Response>>(
        &self,
        integration: &str,
        method: Method,
        path: &str,
        respond: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static,
    ) {
        self.shared.routes().add(integration, method, path, Arc::new(move |request| respond(request).into()));
    }

    /// Stops the emulator and returns when both ports are closed.
    pub async fn stop(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            // An error here says that the task was aborted, which is what we want.
            let _ = task.await;
        }
    }

    #[track_caller]
    fn account(&self, user_id: &str) -> Account {
        let account = self.shared.world().accounts(user_id).first().cloned();
        // Panics for the test author, as an assertion would; the lock is released by now.
        account.unwrap_or_else(|| panic!("{user_id} has no connected account in this emulator"))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // This drops the listener, and with it the signal that axum's connections wait for: they finish the request they are
        // at, if any, and close.
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Sets up an [`Emulator`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `start`"]
pub struct EmulatorBuilder {
    project_id: String,
    bearer_token: String,
    accounts: Vec<(String, String, String)>,
    rate_limit: u32,
    port: u16,
    x_port: u16,
}

impl Default for EmulatorBuilder {
    fn default() -> Self {
        Self {
            project_id: DEFAULT_PROJECT_ID.to_owned(),
            bearer_token: DEFAULT_BEARER_TOKEN.to_owned(),
            accounts: Vec::new(),
            rate_limit: DEFAULT_RATE_LIMIT,
            port: 0,
            x_port: 0,
        }
    }
}

impl EmulatorBuilder {
    /// The id of the Paragon project; [`DEFAULT_PROJECT_ID`] by default.
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.project_id = project_id.into();
        self
    }

    /// Adds a user of Paragon who has connected an account of X. The same user may be given several times, with several accounts;
    /// the same `username` given several times is one user of X. Without any call there is `user-42` with Ada Lovelace, `ada`.
    pub fn account(mut self, user_id: impl Into<String>, name: impl Into<String>, username: impl Into<String>) -> Self {
        self.accounts.push((user_id.into(), name.into(), username.into()));
        self
    }

    /// The app-only token that X accepts; [`DEFAULT_BEARER_TOKEN`] by default.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.bearer_token = token.into();
        self
    }

    /// How many requests X allows in 15 minutes, for each caller and operation; 900 by default.
    pub fn rate_limit(mut self, requests: u32) -> Self {
        self.rate_limit = requests;
        self
    }

    /// The port of Paragon's proxy; 0, the default, is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The port of X; 0, the default, is any free one.
    pub fn x_port(mut self, port: u16) -> Self {
        self.x_port = port;
        self
    }

    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// If a port cannot be opened.
    pub async fn start(self) -> io::Result<Emulator> {
        let mut world = World::new(self.rate_limit);
        for (user_id, name, username) in &self.accounts {
            world.connect(user_id, name, username);
        }
        if self.accounts.is_empty() {
            world.connect(DEFAULT_USER_ID, "Ada Lovelace", "ada");
        }
        let shared = Arc::new(Shared {
            project_id: self.project_id,
            bearer_token: self.bearer_token,
            keys: Keys::load().map_err(io::Error::other)?,
            world: Mutex::new(world),
            requests: Mutex::default(),
            routes: Mutex::default(),
        });
        let mut emulator = Emulator { shared, url: String::new(), x_url: String::new(), tasks: Vec::new() };
        // The first listener is in `emulator` before the second is opened, so that a failure there closes it.
        emulator.url = emulator.listen(Route::Paragon, self.port).await?;
        emulator.x_url = emulator.listen(Route::X, self.x_port).await?;
        Ok(emulator)
    }
}

impl Emulator {
    async fn listen(&mut self, route: Route, port: u16) -> io::Result<String> {
        let (address, task) = wire::serve(Arc::clone(&self.shared), route, port).await?;
        self.tasks.push(task);
        Ok(format!("http://{address}"))
    }
}
