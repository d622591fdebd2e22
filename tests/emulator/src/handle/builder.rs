//! The settings of an emulator.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;

use super::Emulator;
use crate::description::{Description, DescriptionError};
use crate::dialect::Dialect;
use crate::message::{Exchange, Listener, RecordedRequest};
use crate::paragon::Tokens;
use crate::server;
use crate::shared::{Callback, Shared};
use crate::state::World;
use crate::x::{self, DEFAULT_KEEP_ALIVE, DEFAULT_RATE_LIMIT, Handlers, Limits};
use crate::{DEFAULT_BEARER_TOKEN, DEFAULT_CONSUMER_SECRET, DEFAULT_PROJECT_ID};

/// The project's own description, read once for all emulators of a process.
static DESCRIPTION: LazyLock<Result<Arc<Description>, DescriptionError>> =
    LazyLock::new(|| Description::parse(paragon_twitter_spec::OPENAPI).map(Arc::new));

/// A text that must not be shown: somebody may give the emulator the secrets of their app at X.
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
    /// Sets the id of the Paragon project. Default: [`DEFAULT_PROJECT_ID`].
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

    /// Sets the app-only token that X accepts. Default: [`DEFAULT_BEARER_TOKEN`].
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.bearer_token = Secret(token.into());
        self
    }

    /// Sets the consumer secret of the app, which its webhooks have to know. Default: [`DEFAULT_CONSUMER_SECRET`].
    pub fn consumer_secret(mut self, secret: impl Into<String>) -> Self {
        self.consumer_secret = Secret(secret.into());
        self
    }

    /// Sets the number of requests that X allows in 15 minutes, for each caller and operation. Default: 900.
    pub fn rate_limit(mut self, requests: u32) -> Self {
        self.rate_limit = requests;
        self
    }

    /// Sets the dialect of all answers. By default they follow the request, as X's do, and are in the words of the description where the request does
    /// not tell.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// Sets the seed of the data made from the description, and of the choice of requests that a fault with a probability hits; 0 by default. The
    /// same seed gives the same data.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the time that a stream is silent before it gives a sign of life, in real time. Default: 20 seconds.
    pub fn keep_alive(mut self, interval: Duration) -> Self {
        self.keep_alive = interval;
        self
    }

    /// Sets the number of connections that the app may have to one stream, or to one partition of it. Default: 1. One more is answered 429.
    pub fn max_streams(mut self, connections: usize) -> Self {
        self.max_streams = connections;
        self
    }

    /// Sets another description of X's API than the project's: OpenAPI 3.0, as JSON. Operations that only it has are without state, and are answered by
    /// made data.
    pub fn description(mut self, openapi: impl Into<String>) -> Self {
        self.description = Some(openapi.into());
        self
    }

    /// Sets a function that is called with each request that was answered, for a log. It is called on the emulator's own threads and must not wait
    /// for anything.
    pub fn on_exchange(mut self, call: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.on_exchange = Some(Callback(Arc::new(call)));
        self
    }

    /// Sets a function that is called with each request whose connection was reset before it was answered
    /// ([`Fault::reset_before`](crate::Fault::reset_before)), for a log. The body was not read. The function is called on the emulator's own threads
    /// and must not wait for anything.
    pub fn on_reset(mut self, call: impl Fn(&RecordedRequest) + Send + Sync + 'static) -> Self {
        self.on_reset = Some(Callback(Arc::new(call)));
        self
    }

    /// Sets the port of Paragon's proxy. Default: 0, which is any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the port of X. Default: 0, which is any free port.
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
        let paragon = server::bind(self.port).await?;
        let x = server::bind(self.x_port).await?;
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
            expectations: Mutex::default(),
        });
        shared.connect_all().map_err(|mistake| io::Error::new(io::ErrorKind::InvalidInput, mistake))?;
        let tasks =
            [(Listener::Paragon, paragon), (Listener::X, x)].map(|(listener, socket)| server::serve(Arc::clone(&shared), listener, socket));
        Ok(Emulator { shared, tasks: tasks.into() })
    }
}
