//! Paragon and X on a loopback port, for tests and for trying things out without an account of either.
//!
//! An [`Emulator`] is a real HTTP server with two listeners: Paragon, whose proxy acts as a connected user, and X's own API,
//! which takes an app-only token or the access token of a user. Both reach the same users and posts.
//!
//! ```
//! use paragon_twitter_emulator::Emulator;
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
//! It is strict where the real services are: a parameter, a key or a content type they would refuse is refused here. Where Paragon's behaviour is not
//! public (most error codes, the order of its checks) the choice made here is said in the code, and nothing should be built on it.
//!
//! # What has a state
//!
//! Most of X works on one state: posts, users, lists, bookmarks, media, direct messages, and what streams and webhooks tell of them. Times in search
//! and counts are as X wants them, ten seconds ago at the latest, but what was just posted is found at once.
//!
//! Other operations have none. They check requests like all others and answer with data made from the description, the same for the same request and
//! [seed](EmulatorBuilder::seed), in which lists have 25 items. What was created by one of them is known to none. These are all operations whose
//! paths begin with
//!
//! - `/2/account`, `/2/articles`, `/2/bots`, `/2/broadcasts`, `/2/calls`, `/2/chat`, `/2/communities`, `/2/news`, `/2/notes`, `/2/region`,
//!   `/2/sources`, `/2/spaces`, `/2/trends` or `/2/usage`,
//! - `/2/media/analytics` or `/2/tweets/analytics`,
//! - `/2/users/personalized_trends`, `/2/users/public_keys`, `/2/users/{id}/affiliates`, `/2/users/{id}/broadcasts`, `/2/users/{id}/public_keys` or
//!   `/2/users/{id}/sources`.
//!
//! [`Emulator::route`] puts an answer of the test's own in place of a made one.
//!
//! Streams that come in partitions share what happens: the first event of each kind is in partition 1, and the later ones are spread evenly, the same
//! in each run. The partitions together bring each event once. A sample leaves nothing out.
//!
//! A compliance job whose ids are uploaded is in progress when its state is asked for the first time, and complete the second time; its results are
//! there after the first. The clock plays no part in that, but after 15 minutes nothing can be uploaded, and after a week nothing downloaded.
//!
//! # Webhooks
//!
//! A webhook whose URL is on the loopback interface, over plain HTTP, is one as X has them. Registering it and `PUT /2/webhooks/{id}` send it the CRC
//! check, for which it has to know the [consumer secret](Emulator::consumer_secret): one that fails is not registered, or is invalid and gets nothing
//! until it passes. What it is linked or subscribed to is posted to it, signed with that secret: what the filtered stream finds, activity of
//! `/2/activity/subscriptions`, and account activity of subscribed users, which has posts and users in the form of X's API v1.1, without media.
//!
//! What was still to be posted to a webhook when it fails a check is dropped. It is not among the deliveries, and no replay brings it, nor what
//! happens until the webhook passes.
//!
//! A webhook gets one document after the other, each once: what it does not take is not tried again, and `POST /2/webhooks/replay` posts it once
//! more. Up to 1024 documents wait for it; one more is noted as a delivery that has failed. [`Emulator::deliveries_settled`] waits for all that, and
//! [`Emulator::webhook_deliveries`] tells what came of it.
//!
//! Nothing but the loopback interface is ever called. A webhook elsewhere, at `https://example.com/` say, is valid at once and gets nothing; so is one
//! on the loopback interface with `https`.
//!
//! # From other languages
//!
//! `cargo run -p paragon-twitter-emulator -- --port 8080` runs it as a program, and [`Emulator`]'s methods are an HTTP API as well, under `/_emulator` of Paragon's
//! listener. Bodies are JSON in both directions, and what has nothing to tell answers 204; what is wrong about a body is answered with 400, and a
//! name of something that is not there with 404, with a `message` each. None of it is
//! among the recorded requests. Only clients on the same machine are answered. `whose` is the id of a user of Paragon, for all of the user's accounts,
//! or the id of one credential. A filtered stream needs a rule before it is opened.
//!
//! | request | body | answer | what it does |
//! |---|---|---|---|
//! | `GET /_emulator` | | `{"url", "x_url", "project_id", "bearer_token", "consumer_secret", "users", "links"}` | what there is: users with their accounts, and in `links` these requests |
//! | `POST /_emulator/reset` | | | back to the state at the start; ids are new ones, tokens stay good |
//! | `POST /_emulator/users` | `{"user_id", "name", "username"}` | `{"credential_id", "x_user_id"}` | connects an account: [`connect`](Emulator::connect) |
//! | `POST /_emulator/disconnect` | `{"whose"}` | | [`disconnect`](Emulator::disconnect) |
//! | `POST /_emulator/credentials` | `{"whose", "status"?, "scopes"?}` | | [`set_credential_status`](Emulator::set_credential_status), [`set_scopes`](Emulator::set_scopes) |
//! | `POST /_emulator/configurations` | `{"credential_id"}` | `{"configuration_id"}` | [`add_configuration`](Emulator::add_configuration) |
//! | `POST /_emulator/tokens` | `{"user_id"}` | `{"token"}` | [`user_token`](Emulator::user_token) |
//! | `POST /_emulator/tokens/expire` | `{"user_id"}` | | [`expire_tokens`](Emulator::expire_tokens) |
//! | `POST /_emulator/posts` | `{"user_id", "text"}` | `{"id"}` | [`post`](Emulator::post) |
//! | `POST /_emulator/x/users` | `{"name", "username"}` | `{"x_user_id"}` | [`add_user`](Emulator::add_user) |
//! | `POST /_emulator/x/profiles` | `{"x_user_id"}` and what a [`Profile`] has | | [`set_profile`](Emulator::set_profile) |
//! | `POST /_emulator/x/posts` | `{"x_user_id", "text"}` | `{"id"}` | [`add_post`](Emulator::add_post) |
//! | `POST /_emulator/x/fields` | `{"id", "fields"}` | | [`set_fields`](Emulator::set_fields) |
//! | `POST /_emulator/x/uploads` | `{"status_calls", "fails"?}` | | [`process_next_upload`](Emulator::process_next_upload) |
//! | `POST /_emulator/x/leave` | `{"user_id", "conversation_id"}` | | [`leave_conversation`](Emulator::leave_conversation) |
//! | `GET /_emulator/webhooks/deliveries` | | `{"deliveries": [{"webhook_id", "url", "body", "status"?, "error"?}]}` | [`webhook_deliveries`](Emulator::webhook_deliveries), after [`deliveries_settled`](Emulator::deliveries_settled); with `?wait=false` at once |
//! | `GET /_emulator/requests` | | `{"requests": [{"listener", "method", "path", "headers", "body"}]}` | [`requests`](Emulator::requests) |
//! | `DELETE /_emulator/requests` | | | [`clear_requests`](Emulator::clear_requests) |
//! | `GET /_emulator/exchanges` | | `{"exchanges": [{"request", "status", "headers", "body", "duration_us"}]}` | [`exchanges`](Emulator::exchanges) |
//! | `GET /_emulator/faults` | | `{"faults": […]}`, each with `id` and `hits` | all faults, those that are over too |
//! | `POST /_emulator/faults` | a [`Fault`] | `{"id"}` | [`fault`](Emulator::fault) |
//! | `DELETE /_emulator/faults` | | | [`clear_faults`](Emulator::clear_faults) |
//! | `GET /_emulator/faults/{id}` | | the fault with `id` and `hits` | [`fault_hits`](Emulator::fault_hits) |
//! | `DELETE /_emulator/faults/{id}` | | | [`remove_fault`](Emulator::remove_fault) |
//! | `POST /_emulator/clock` | `{"x_seconds"?, "paragon_seconds"?}` | | [`advance`](Emulator::advance), [`advance_paragon`](Emulator::advance_paragon) |
//! | `POST /_emulator/limits` | `{"method", "path", "requests", "seconds"}` | | [`set_rate_limit`](Emulator::set_rate_limit) |
//! | `POST /_emulator/limits/daily` | `{"user"?, "app"?}` | | [`set_daily_limits`](Emulator::set_daily_limits) |
//! | `GET /_emulator/streams` | | `{"count"}` | [`stream_count`](Emulator::stream_count) |
//! | `POST /_emulator/streams/disconnect` | `{"disconnect_type"}` | | [`disconnect_streams`](Emulator::disconnect_streams) |
//! | `POST /_emulator/streams/drop` | | | [`drop_streams`](Emulator::drop_streams) |
//! | `POST /_emulator/streams/stall` | `{"stalled"}` | | [`stall_streams`](Emulator::stall_streams) |
//! | `POST /_emulator/labels` | `{"post_id", "title"}` | | [`label_post`](Emulator::label_post) |
//! | `POST /_emulator/routes` | `{"integration"?, "method", "path", "status"?, "body"?}` | | [`route`](Emulator::route) with a fixed answer |
//! | `POST /_emulator/workflows` | `{"workflow_id", "status"?, "body"?}` | | [`workflow`](Emulator::workflow) with a fixed answer |
//! | `GET /_emulator/runs` | | `{"runs": [{"user_id", "workflow_id", "request"}]}` | [`workflow_runs`](Emulator::workflow_runs) |
//! | `GET /_emulator/events` | | `{"events": [{"user_id", "name", "payload"}]}` | [`events`](Emulator::events) |
#![forbid(unsafe_code)]

mod control;
mod description;
mod dialect;
mod extra;
mod faults;
mod method;
mod paragon;
mod problem;
mod query;
mod record;
mod search;
mod shared;
mod state;
mod wire;
mod x;

use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::description::{Description, DescriptionError};
use crate::paragon::{Account, Tokens};
use crate::shared::{Callback, Shared, lock};
use crate::state::World;
use crate::x::{DEFAULT_KEEP_ALIVE, DEFAULT_RATE_LIMIT, Handlers, Limits};

pub use crate::dialect::Dialect;
pub use crate::extra::Response;
pub use crate::faults::{Change, ErrorShape, Fault, FaultId};
pub use crate::paragon::{AppEvent, CredentialStatus, WorkflowRun};
pub use crate::state::{Disconnect, Processing, WebhookDelivery};
pub use crate::wire::{Exchange, RecordedRequest};
pub use crate::x::Profile;

/// The project that is emulated unless another is named.
pub const DEFAULT_PROJECT_ID: &str = "0e61b1a5-7a2c-4d0e-9f53-2f4c0a1d9e42";

/// The app-only token that X accepts unless another is named.
pub const DEFAULT_BEARER_TOKEN: &str = "emulator-app-only-token";

/// The consumer secret of the app unless another is named.
pub const DEFAULT_CONSUMER_SECRET: &str = "emulator-consumer-secret";

/// The user who is connected unless an account is named.
pub const DEFAULT_USER_ID: &str = "user-42";

/// The project's own description, read once for all emulators of a process.
static DESCRIPTION: LazyLock<Result<Arc<Description>, DescriptionError>> =
    LazyLock::new(|| Description::parse(paragon_twitter_spec::OPENAPI).map(Arc::new));

/// The listener that a request came in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Route {
    /// Paragon: the proxy and the other services.
    Paragon,
    /// X itself.
    X,
}

/// A running emulator. It stops when it is dropped.
#[must_use = "an emulator stops when it is dropped"]
pub struct Emulator {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("url", &self.url()).field("x_url", &self.x_url()).finish_non_exhaustive()
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

    /// The base URL of Paragon, `http://127.0.0.1:PORT`: of the proxy and of its other services alike.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The base URL of X, `http://127.0.0.1:PORT`: another origin than [`url`](Self::url), as in reality.
    pub fn x_url(&self) -> &str {
        &self.shared.x_url
    }

    /// The id of the Paragon project.
    pub fn project_id(&self) -> &str {
        &self.shared.project_id
    }

    /// The app-only token that X accepts.
    pub fn bearer_token(&self) -> &str {
        &self.shared.bearer_token
    }

    /// The consumer secret of the app, with which X signs what it posts to webhooks.
    pub fn consumer_secret(&self) -> &str {
        &self.shared.consumer_secret
    }

    /// The project's Signing Key: a private RSA key as PEM (PKCS#8). It is committed, public, and good for nothing else.
    pub fn signing_key_pem(&self) -> &'static str {
        Tokens::PRIVATE_PEM
    }

    /// A fresh token for a user, valid for one hour by Paragon's clock. The user need not have connected anything.
    ///
    /// # Panics
    ///
    /// If the system cannot sign with RSA at all.
    pub fn user_token(&self, user_id: &str) -> String {
        // The key is a constant that was read when the emulator started; no input can make this fail.
        self.shared.user_token(user_id).expect("the committed key signs")
    }

    /// The access token that X has given for a user's first connected account, for calls to X's listener in that user's name. In reality Paragon
    /// keeps it. It is good as long as the account is connected and its credential valid, or until [`Fault::expired_token`] has hit it.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn access_token(&self, user_id: &str) -> String {
        self.account(user_id).access_token()
    }

    /// The id of the credential of a user's first connected account, for the header `X-Paragon-Credential`.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn credential_id(&self, user_id: &str) -> String {
        self.account(user_id).credential.clone()
    }

    /// The ids of the credentials of all accounts a user has connected, the oldest first.
    pub fn credential_ids(&self, user_id: &str) -> Vec<String> {
        self.shared.paragon().accounts(user_id).iter().map(|account| account.credential.clone()).collect()
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
        let post = self.shared.post(user_id, text);
        // Panics for the test author, as an assertion would; all locks are released by now.
        post.unwrap_or_else(|| panic!("{user_id} has no connected account in this emulator"))
    }

    /// Puts X's clock forward: rate-limit windows end, new posts are younger. Your own clock stays, so that the windows which begin then end that much
    /// later by it. The validity of tokens is not touched: see
    /// [`advance_paragon`](Self::advance_paragon) and [`expire_tokens`](Self::expire_tokens).
    pub fn advance(&self, by: Duration) {
        self.shared.world().advance(by);
    }

    /// Goes back to the state at the start: the accounts of the builder and nothing else, no faults, no requests. Tokens stay good.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// All requests received so far on both listeners, the oldest first. Of very many the last are kept: as many as 16 MiB hold. A body that was
    /// too large, or did not arrive whole, is empty here.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.record().requests()
    }

    /// All requests that were answered so far, each with its answer, the oldest first. Like [`requests`](Self::requests) it goes back some
    /// thousand requests.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.record().exchanges()
    }

    /// Forgets all requests received so far.
    pub fn clear_requests(&self) {
        self.shared.record().clear();
    }

    /// Adds a route, which goes before those that the emulator has. `twitter` is X, also when it is called directly; any other integration is
    /// taken to be connected. `{name}` in the path stands for any one segment.
    ///
    /// ```
    /// # use http::Method;
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// emulator.route("twitter", Method::GET, "/2/circles/{id}", |_| serde_json::json!({"data": {"id": "12"}}));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the path does not begin with `/`: a mistake in the test that asks.
    #[track_caller]
    pub fn route<R: Into<Response>>(
        &self,
        integration: &str,
        method: Method,
        path: &str,
        respond: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static,
    ) {
        let added = self.shared.routes().add(integration, method, path, Arc::new(move |request| respond(request).into()));
        // Panics for the test author, as an assertion would; the lock is released by now.
        added.unwrap_or_else(|mistake| panic!("{mistake}"));
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
    fn account(&self, user_id: &str) -> Arc<Account> {
        let account = self.shared.paragon().accounts(user_id).first().cloned();
        // Panics for the test author, as an assertion would; the lock is released by now.
        account.unwrap_or_else(|| panic!("{user_id} has no connected account in this emulator"))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Their listeners and connections end with them.
        for task in &self.tasks {
            task.abort();
        }
        self.shared.world().webhooks.stop();
    }
}

/// A text that must not be shown: somebody may give the emulator what their app has at X.
#[derive(Clone)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Sets up an [`Emulator`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `start`"]
pub struct EmulatorBuilder {
    project_id: String,
    bearer_token: Secret,
    consumer_secret: Secret,
    accounts: Vec<(String, String, String)>,
    rate_limit: u32,
    dialect: Option<Dialect>,
    seed: u64,
    keep_alive: Duration,
    max_streams: usize,
    on_exchange: Option<Callback<Exchange>>,
    on_reset: Option<Callback<RecordedRequest>>,
    description: Option<String>,
    port: u16,
    x_port: u16,
}

impl Default for EmulatorBuilder {
    fn default() -> Self {
        Self {
            project_id: DEFAULT_PROJECT_ID.to_owned(),
            bearer_token: Secret(DEFAULT_BEARER_TOKEN.to_owned()),
            consumer_secret: Secret(DEFAULT_CONSUMER_SECRET.to_owned()),
            accounts: Vec::new(),
            rate_limit: DEFAULT_RATE_LIMIT,
            dialect: None,
            seed: 0,
            keep_alive: DEFAULT_KEEP_ALIVE,
            max_streams: 1,
            on_exchange: None,
            on_reset: None,
            description: None,
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
        self.bearer_token = Secret(token.into());
        self
    }

    /// The consumer secret of the app, which its webhooks have to know; [`DEFAULT_CONSUMER_SECRET`] by default.
    pub fn consumer_secret(mut self, secret: impl Into<String>) -> Self {
        self.consumer_secret = Secret(secret.into());
        self
    }

    /// How many requests X allows in 15 minutes, for each caller and operation; 900 by default.
    pub fn rate_limit(mut self, requests: u32) -> Self {
        self.rate_limit = requests;
        self
    }

    /// The dialect of all answers. By default they follow the request, as X's do, and are in the words of the description where the request does
    /// not tell.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// What data that is made from the description depends on, and which requests a fault with a probability hits; 0 by default. The same seed
    /// gives the same data.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How long a stream is silent before it gives a sign of life, in real time; 20 seconds by default.
    pub fn keep_alive(mut self, interval: Duration) -> Self {
        self.keep_alive = interval;
        self
    }

    /// How many connections the app may have to one stream, or to one partition of it; 1 by default. One more is answered 429.
    pub fn max_streams(mut self, connections: usize) -> Self {
        self.max_streams = connections;
        self
    }

    /// Another description of X's API than the project's: OpenAPI 3.0, as JSON. What is in neither has no state, and is answered by made data.
    pub fn description(mut self, openapi: impl Into<String>) -> Self {
        self.description = Some(openapi.into());
        self
    }

    /// What to call with each request that was answered, for a log. It is called on the emulator's own threads and must not wait for anything.
    pub fn on_exchange(mut self, call: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.on_exchange = Some(Callback(Arc::new(call)));
        self
    }

    /// What to call with each request whose connection was reset before it was answered ([`Fault::reset_before`]), for a log. The body was not read. It is
    /// called on the emulator's own threads and must not wait for anything.
    pub fn on_reset(mut self, call: impl Fn(&RecordedRequest) + Send + Sync + 'static) -> Self {
        self.on_reset = Some(Callback(Arc::new(call)));
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
    /// If a port cannot be opened, if the description is not one, or if an account has a username that X does not allow or a user without an id.
    pub async fn start(self) -> io::Result<Emulator> {
        let description = match &self.description {
            Some(text) => Arc::new(Description::parse(text).map_err(io::Error::other)?),
            None => DESCRIPTION.as_ref().map(Arc::clone).map_err(io::Error::other)?,
        };
        let paragon = wire::bind(self.port).await?;
        let x = wire::bind(self.x_port).await?;
        let url = |listener: &TcpListener| Ok::<_, io::Error>(format!("http://{}", listener.local_addr()?));
        let shared = Arc::new(Shared {
            url: url(&paragon)?,
            x_url: url(&x)?,
            tokens: Tokens::new(&self.project_id).map_err(io::Error::other)?,
            project_id: self.project_id,
            bearer_token: self.bearer_token.0,
            consumer_secret: self.consumer_secret.0,
            accounts: self.accounts,
            paragon: Mutex::default(),
            handlers: Handlers::new(&description),
            description,
            dialect: self.dialect,
            seed: self.seed,
            rate_limit: self.rate_limit,
            keep_alive: self.keep_alive,
            max_streams: self.max_streams,
            on_exchange: self.on_exchange,
            on_reset: self.on_reset,
            world: Mutex::new(World::new(x::deliver)),
            limits: Mutex::new(Limits::new(self.rate_limit)),
            record: Mutex::default(),
            routes: Mutex::default(),
            faults: Mutex::default(),
        });
        shared.connect_all().map_err(|mistake| io::Error::new(io::ErrorKind::InvalidInput, mistake))?;
        let tasks = [(Route::Paragon, paragon), (Route::X, x)].map(|(route, listener)| wire::serve(Arc::clone(&shared), route, listener));
        Ok(Emulator { shared, tasks: tasks.into() })
    }
}
