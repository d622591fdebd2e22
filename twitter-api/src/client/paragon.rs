//! The client: a Paragon project, and its users.

#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;

use crate::client::integration::Integration;
use crate::client::twitter::Twitter;
use crate::engine::limits::Limits;
use crate::engine::retry::{Retry, Sleeper};
use crate::engine::token::{Callback, Clock, Secret, SigningKey, Source, Tokens};
use crate::transport::{Canned, HttpClient, Transport};
use crate::wire::address::Address;
use crate::wire::error::{Error, Result};
use crate::wire::operation::RESERVED;

const PROXY_URL: &str = "https://proxy.useparagon.com";
const X_URL: &str = "https://api.x.com";
const TIMEOUT: Duration = Duration::from_secs(30);

/// A project of Paragon: the client that all calls go through.
///
/// It holds a pool of connections and the tokens of its users. Clones share both, so one is enough for a program.
///
/// ```no_run
/// use paragon_twitter::Paragon;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = std::env::var("PARAGON_SIGNING_KEY")?;
/// let paragon = Paragon::builder("2d5c0f1e-5a0c-4b3e-9c55-f4c0ff5a3c01").signing_key_pem(&key)?.build()?;
///
/// let twitter = paragon.user("user-42").twitter();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Paragon(pub(crate) Arc<Shared>);

/// What the clones of a client share.
pub(crate) struct Shared {
    pub(crate) project: String,
    pub(crate) transport: Arc<dyn Transport>,
    /// Up to the integration.
    pub(crate) proxy: Address,
    pub(crate) x: Address,
    pub(crate) tokens: Tokens,
    pub(crate) bearer: Option<Secret>,
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) sleep: Sleeper,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) user_agent: HeaderValue,
}

impl Paragon {
    /// Begins a client for a project, by its id. One of [`signing_key_pem`](ParagonBuilder::signing_key_pem),
    /// [`user_token`](ParagonBuilder::user_token) and [`user_token_source`](ParagonBuilder::user_token_source) has to follow.
    pub fn builder(project_id: impl Into<String>) -> ParagonBuilder {
        ParagonBuilder {
            project: project_id.into(),
            sources: Vec::new(),
            proxy_url: None,
            on_premise_host: None,
            x_url: None,
            bearer: None,
            timeout: TIMEOUT,
            retry: Retry::default(),
            sleep: Arc::new(|pause| Box::pin(tokio::time::sleep(pause))),
            user_agent: None,
            transport: None,
            clock: Arc::new(Timestamp::now),
        }
    }

    /// Makes a client for unit tests, which gets its responses from a [`Canned`] transport. It has a user token and an app-only token, and makes
    /// each call once: for tests of retries, give [`ParagonBuilder::transport`] a clone.
    ///
    /// ```
    /// use paragon_twitter::transport::Canned;
    /// use paragon_twitter::{Method, Paragon};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> paragon_twitter::Result<()> {
    /// let canned = Canned::new();
    /// canned.on(Method::GET, "/2/users/me").reply(json!({"data": {"id": "12", "name": "Ada", "username": "ada"}}));
    /// let me = Paragon::canned(&canned).user("user-42").twitter().users().me().await?;
    /// assert_eq!(me.data.name, "Ada");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn canned(canned: &Canned) -> Self {
        let builder = Self::builder("project-id").user_token("user.token.canned").bearer_token("app-only-token");
        builder.transport(canned.clone()).retry(Retry::none()).build().expect("settings that work")
    }

    /// The project's id.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.0.project
    }

    /// A user, by the id that the user has in your own product. Nothing is sent.
    ///
    /// When the client was built with [`user_token`](ParagonBuilder::user_token), the token decides whose account is used, whatever the id.
    #[must_use]
    pub fn user(&self, id: impl Into<String>) -> ParagonUser {
        ParagonUser { paragon: self.clone(), id: id.into().into(), credential: None }
    }
}

impl fmt::Debug for Paragon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { project, proxy, x, tokens, bearer, timeout, retry, .. } = &*self.0;
        f.debug_struct("Paragon")
            .field("project", project)
            .field("proxy", proxy)
            .field("x", x)
            .field("tokens", tokens)
            .field("bearer", bearer)
            .field("timeout", timeout)
            .field("retry", retry)
            .finish_non_exhaustive()
    }
}

/// A user of your product, whose connected accounts calls are made with. Cheap to make and to clone.
#[derive(Clone)]
pub struct ParagonUser {
    pub(crate) paragon: Paragon,
    pub(crate) id: Arc<str>,
    pub(crate) credential: Option<Arc<str>>,
}

impl ParagonUser {
    /// The id that the user has in your product.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The client.
    #[must_use]
    pub fn paragon(&self) -> &Paragon {
        &self.paragon
    }

    /// Chooses one of several accounts that the user has connected, by Paragon's credential id. Without it Paragon takes the first.
    #[must_use]
    pub fn with_credential(mut self, credential_id: impl Into<String>) -> Self {
        self.credential = Some(credential_id.into().into());
        self
    }

    /// The account that was chosen.
    #[must_use]
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    /// The operations of X, made as this user.
    #[must_use]
    pub fn twitter(&self) -> Twitter {
        Twitter::new(self.clone())
    }

    /// Any integration of the project, called as this user: `slack` for example, or `custom/…` with the id of a custom one.
    #[must_use]
    pub fn integration(&self, name: impl Into<String>) -> Integration {
        Integration::new(self.clone(), name.into())
    }

    /// A user token that Paragon accepts, for the one thing that cannot be done here: in the user's browser, Paragon's SDK takes it and lets
    /// the user connect an account. It is a secret of that user.
    ///
    /// # Errors
    ///
    /// When there is no source of tokens, or the one there is fails.
    pub async fn token(&self) -> Result<String> {
        Ok(self.paragon.0.tokens.get(&self.id).await?.expose().to_owned())
    }
}

impl fmt::Debug for ParagonUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParagonUser").field("id", &self.id).field("credential", &self.credential).field("paragon", &self.paragon).finish()
    }
}

/// How a client is to be.
#[must_use = "a builder does nothing until `build`"]
pub struct ParagonBuilder {
    project: String,
    sources: Vec<Given>,
    proxy_url: Option<String>,
    on_premise_host: Option<String>,
    x_url: Option<String>,
    bearer: Option<String>,
    timeout: Duration,
    retry: Retry,
    sleep: Sleeper,
    user_agent: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    clock: Clock,
}

/// A source of tokens as it was given; a token is looked at when the client is built.
enum Given {
    Token(String),
    Source(Source),
}

impl ParagonBuilder {
    /// Signs user tokens with the project's private Signing Key: RSA, in PEM form, PKCS#1 or PKCS#8. Line breaks may be written as the two
    /// characters `\n`, as they often are in environment variables.
    ///
    /// A token is valid for an hour and kept until shortly before its end.
    ///
    /// # Errors
    ///
    /// When it is not such a key. The error says what it is instead, and never shows any of it.
    pub fn signing_key_pem(mut self, pem: impl AsRef<[u8]>) -> Result<Self> {
        let key = SigningKey::from_pem(pem.as_ref())?;
        self.sources.push(Given::Source(Source::Signed(key)));
        Ok(self)
    }

    /// Uses one user token that was made elsewhere. It decides whose account is used, whatever id [`Paragon::user`] is given.
    pub fn user_token(mut self, token: impl Into<String>) -> Self {
        self.sources.push(Given::Token(token.into()));
        self
    }

    /// Asks for user tokens: the function is given the id of the user. Of a token that carries its expiry as `exp`, a copy is kept for that
    /// user until shortly before; of any other token, none. At most one question per user is under way at a time.
    ///
    /// ```
    /// use paragon_twitter::Paragon;
    ///
    /// # async fn ask_our_server(user: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
    /// let paragon = Paragon::builder("project-id")
    ///     .user_token_source(|user| async move { Ok(ask_our_server(&user).await?) })
    ///     .build()?;
    /// # Ok::<(), paragon_twitter::Error>(())
    /// ```
    pub fn user_token_source<F, A>(mut self, source: F) -> Self
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = std::result::Result<String, Box<dyn StdError + Send + Sync>>> + Send + 'static,
    {
        let callback: Callback = Arc::new(move |user| Box::pin(source(user)));
        self.sources.push(Given::Source(Source::Asked(callback)));
        self
    }

    /// The app-only bearer token of the X app, for the operations that no connected user can call. It is sent to X alone, never to Paragon.
    ///
    /// A client that has it and no source of user tokens calls with it whatever can be called so.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.bearer = Some(token.into());
        self
    }

    /// Where Paragon's Proxy API is; `https://proxy.useparagon.com` if nothing is said.
    pub fn proxy_url(mut self, url: impl Into<String>) -> Self {
        self.proxy_url = Some(url.into());
        self
    }

    /// The host of an installation of Paragon of one's own, such as `paragon.example.com`: the Proxy API is at `worker-proxy` before it.
    pub fn on_premise_host(mut self, host: impl Into<String>) -> Self {
        self.on_premise_host = Some(host.into());
        self
    }

    /// Where X is, for app-only calls; `https://api.x.com` if nothing is said.
    pub fn x_url(mut self, url: impl Into<String>) -> Self {
        self.x_url = Some(url.into());
        self
    }

    /// How long a call may take, from the user token to the end of the answer; 30 seconds if nothing is said. The answer of a streaming
    /// operation has to begin in that time, and then goes on for as long as it likes. All attempts at a call and the pauses between them have
    /// this time together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often a call that failed is made again, where that is safe; up to three attempts if nothing is said. See [`Retry`].
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// What the client calls itself in the header `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sets what sends the requests, in place of an [`HttpClient`] of the client's own: see [`transport`](crate::transport).
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    #[cfg(test)]
    pub(crate) fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    #[cfg(test)]
    pub(crate) fn sleep(mut self, sleep: Sleeper) -> Self {
        self.sleep = sleep;
        self
    }

    /// The client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When something that was given cannot work, or something is missing. The error says which.
    pub fn build(self) -> Result<Paragon> {
        let project = self.project.trim().to_owned();
        if project.is_empty() {
            return Err(Error::config("the project id is empty: it is in Paragon's dashboard, under Settings, and in its address"));
        }
        let bearer = self.bearer.map(|text| Secret::bearer(&text, "app-only bearer token")).transpose().map_err(Error::config)?;

        let mut sources = self.sources.into_iter();
        let source = match (sources.next(), sources.next()) {
            (Some(_), Some(_)) => {
                return Err(Error::config(
                    "user tokens have more than one source: give one of `signing_key_pem`, `user_token`, `user_token_source`",
                ));
            }
            (Some(Given::Token(text)), None) => Source::Supplied(Secret::bearer(&text, "user token").map_err(Error::config)?),
            (Some(Given::Source(source)), None) => source,
            (None, _) if bearer.is_some() => Source::Absent,
            (None, _) => {
                return Err(Error::config(
                    "there is no way to get user tokens: give `signing_key_pem`, `user_token` or `user_token_source`, or else a `bearer_token`",
                ));
            }
        };
        let tokens = Tokens::new(project.clone(), source, self.clock.clone())?;

        let proxy = match (self.proxy_url, self.on_premise_host) {
            (Some(url), _) => Address::parse("proxy_url", &url)?,
            (None, Some(host)) => {
                if host.contains(['/', ':', '@', '?', '#']) || host.trim().is_empty() {
                    return Err(Error::config(format!("`on_premise_host` takes the name of a host and nothing more, and not {host:?}")));
                }
                Address::parse("on_premise_host", &format!("https://worker-proxy.{}", host.trim()))?
            }
            (None, None) => Address::parse("proxy_url", PROXY_URL)?,
        };
        let proxy = proxy.join(&format!("/projects/{}/sdk/proxy", utf8_percent_encode(&project, RESERVED)))?;
        let x = Address::parse("x_url", self.x_url.as_deref().unwrap_or(X_URL))?;

        let user_agent = self.user_agent.as_deref().unwrap_or(concat!("paragon-twitter/", env!("CARGO_PKG_VERSION")));
        let user_agent =
            user_agent.parse().map_err(|_| Error::config("`user_agent` holds characters that a header cannot, such as a line break"))?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpClient::new()?),
        };

        let Self { timeout, retry, sleep, clock, .. } = self;
        let limits = Limits::default();
        Ok(Paragon(Arc::new(Shared { project, transport, proxy, x, tokens, bearer, timeout, retry, sleep, clock, limits, user_agent })))
    }
}

impl fmt::Debug for ParagonBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses are left out: they are not checked yet and may hold a password.
        f.debug_struct("ParagonBuilder").field("project", &self.project).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
