//! Configuring and building a client.

#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;

use crate::client::handles::Paragon;
use crate::engine::Engine;
use crate::engine::limits::Limits;
use crate::engine::own_id::OwnIds;
use crate::engine::retry::{Retry, Sleeper};
use crate::engine::token::{Callback, Clock, SigningKey, Source, Tokens};
use crate::transport::{Canned, HttpClient, Transport};
use crate::wire::address::{ALL_BUT_UNRESERVED, Address};
use crate::wire::error::{Error, Result};
use crate::wire::secret::Secret;

const PROXY_URL: &str = "https://proxy.useparagon.com";
const X_URL: &str = "https://api.x.com";
const TIMEOUT: Duration = Duration::from_secs(30);

impl Paragon {
    /// Returns the builder of a client for a project, by its id. One of [`signing_key_pem`](ParagonBuilder::signing_key_pem),
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
}

/// Configures and builds a [`Paragon`] client.
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
    /// When it is not such a key. The error names the kind of text it is instead, and never shows any of it.
    pub fn signing_key_pem(mut self, pem: impl AsRef<[u8]>) -> Result<Self> {
        let key = SigningKey::from_pem(pem.as_ref())?;
        self.sources.push(Given::Source(Source::Signed(key)));
        Ok(self)
    }

    /// Uses one user token that was made elsewhere. The token decides whose account is used, and not the id given to [`Paragon::user`].
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

    /// Sets the app-only bearer token of the X app, for the operations that no connected user can call. It is sent to X alone, never to Paragon.
    ///
    /// A client that has it and no source of user tokens uses it for all operations that take it.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.bearer = Some(token.into());
        self
    }

    /// Sets the URL of Paragon's Proxy API; `https://proxy.useparagon.com` by default.
    pub fn proxy_url(mut self, url: impl Into<String>) -> Self {
        self.proxy_url = Some(url.into());
        self
    }

    /// Sets the host of an installation of Paragon of one's own, such as `paragon.example.com`: the Proxy API is at `worker-proxy` before it.
    pub fn on_premise_host(mut self, host: impl Into<String>) -> Self {
        self.on_premise_host = Some(host.into());
        self
    }

    /// Sets the URL of X, for app-only calls; `https://api.x.com` by default.
    pub fn x_url(mut self, url: impl Into<String>) -> Self {
        self.x_url = Some(url.into());
        self
    }

    /// Sets how long a call may take, from the user token to the end of the answer; 30 seconds by default. The answer of a streaming
    /// operation has to begin in that time, and then goes on for as long as it likes. All attempts at a call and the pauses between them have
    /// this time together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how often a call that failed is made again, where that is safe; up to three attempts by default. See [`Retry`].
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the header `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sets the transport of all requests, in place of an [`HttpClient`] of the client's own: see [`transport`](crate::transport).
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

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When a given value cannot work, or a value is missing. The error names it.
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
        let proxy = proxy.join(&format!("/projects/{}/sdk/proxy", utf8_percent_encode(&project, ALL_BUT_UNRESERVED)))?;
        let x = Address::parse("x_url", self.x_url.as_deref().unwrap_or(X_URL))?;

        let user_agent = self.user_agent.as_deref().unwrap_or(concat!("paragon-twitter/", env!("CARGO_PKG_VERSION")));
        let user_agent =
            user_agent.parse().map_err(|_| Error::config("`user_agent` holds characters that a header cannot, such as a line break"))?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpClient::new()?),
        };

        let Self { timeout, retry, sleep, clock, .. } = self;
        let (limits, own_ids) = (Limits::default(), OwnIds::default());
        Ok(Paragon(Arc::new(Engine {
            project,
            transport,
            proxy,
            x,
            tokens,
            bearer,
            timeout,
            retry,
            sleep,
            clock,
            limits,
            own_ids,
            user_agent,
        })))
    }
}

impl fmt::Debug for ParagonBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses are left out: they are not checked yet and may hold a password.
        f.debug_struct("ParagonBuilder").field("project", &self.project).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
