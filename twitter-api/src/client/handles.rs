//! The handles that calls are made through: a project, a user, X's API and other integrations as that user. They lead to each other, so they are
//! in one file.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::call::declared::client::{Client, sealed};
use crate::client::untyped::UntypedRequest;
use crate::engine::{Caller, Engine};
use crate::wire::error::Result;
use crate::wire::operation::{Auth, Dialect, TWITTER};
use crate::wire::rate_limit::RateLimits;
use crate::wire::request::RequestData;

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
pub struct Paragon(pub(crate) Arc<Engine>);

impl Paragon {
    /// Returns the project's id.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.0.project
    }

    /// Returns a user, by the id that the user has in your own product. Nothing is sent.
    ///
    /// When the client was built with [`user_token`](crate::ParagonBuilder::user_token), the token decides whose account is used, and not the id.
    #[must_use]
    pub fn user(&self, id: impl Into<String>) -> ParagonUser {
        ParagonUser { paragon: self.clone(), id: id.into().into(), credential: None }
    }
}

impl fmt::Debug for Paragon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
    /// Returns the id that the user has in your product.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the client.
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

    /// Returns the account that was chosen.
    #[must_use]
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    pub(crate) fn caller(&self) -> Caller {
        let (user, credential) = (self.id.clone(), self.credential.clone());
        Caller { engine: self.paragon.0.clone(), user, credential, dialect: None, own_id: None }
    }

    /// Returns the operations of X, made as this user.
    #[must_use]
    pub fn twitter(&self) -> Twitter {
        Twitter { user: self.clone(), dialect: None, own_id: None }
    }

    /// Returns any integration of the project, called as this user: `slack` for example, or `custom/…` with the id of a custom one.
    #[must_use]
    pub fn integration(&self, name: impl Into<String>) -> Integration {
        Integration { user: self.clone(), name: name.into().into() }
    }

    /// Returns a user token that Paragon accepts, for the one thing that cannot be done here: in the user's browser, Paragon's SDK takes it and lets
    /// the user connect an account. It is a secret of that user.
    ///
    /// # Errors
    ///
    /// When there is no source of tokens, or the source fails.
    pub async fn token(&self) -> Result<String> {
        Ok(self.paragon.0.tokens.get(&self.id).await?.expose().to_owned())
    }
}

impl fmt::Debug for ParagonUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParagonUser").field("id", &self.id).field("credential", &self.credential).field("paragon", &self.paragon).finish()
    }
}

/// X's API as one connected user: the groups of operations are its methods. Each group is a Cargo feature of the same name; a method is absent
/// where the feature is off.
///
/// It is made by [`ParagonUser::twitter`], and cheap to make and to clone: all users share one pool of connections.
#[derive(Debug, Clone)]
pub struct Twitter {
    user: ParagonUser,
    dialect: Option<Dialect>,
    own_id: Option<Arc<str>>,
}

impl Twitter {
    /// Returns the connected user.
    #[must_use]
    pub fn user(&self) -> &ParagonUser {
        &self.user
    }

    /// Speaks to X in one of its two spellings. Without this each operation is called as X describes it.
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// Gives the id of the connected account, so that it need not be looked up: operations that X wants it for in their path are called with it. Without
    /// this, the first such call for an account is preceded by `GET /2/users/me`, and the id is kept.
    ///
    /// It is the id of the account that this handle calls as: a call with a credential of its own does not use it.
    #[must_use]
    pub fn with_own_id(mut self, id: impl fmt::Display) -> Self {
        self.own_id = Some(id.to_string().into());
        self
    }

    pub(crate) fn caller(&self) -> Caller {
        Caller { dialect: self.dialect, own_id: self.own_id.clone(), ..self.user.caller() }
    }

    /// Calls any path of X's API, untyped, as Paragon's `paragon.request("twitter", path, { method, body })` does.
    ///
    /// The path may have a query, and may begin with `/` or not. The answer is the whole JSON; an empty one is `null`.
    ///
    /// ```no_run
    /// # async fn example(twitter: paragon_twitter::Twitter) -> paragon_twitter::Result<()> {
    /// use paragon_twitter::{Method, Value};
    ///
    /// let me: Value = twitter.request(Method::GET, "/2/users/me").await?;
    /// let post = twitter.request(Method::POST, "/2/tweets").body(serde_json::json!({"text": "Hello World!"})).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> UntypedRequest {
        // As the user, unless the client has nothing but an app-only token.
        UntypedRequest::new(self.caller(), None, Auth { app: true, ..Auth::USER }, method, path)
    }

    /// Returns the rate limits that X last reported for an operation, by its method and path template, to this user, or else to the app. A
    /// limit is `None` if none was reported yet, or only for a window that has ended. Nothing is sent. For a request at hand, ask its own
    /// `rate_limits`.
    ///
    /// ```
    /// # let paragon = paragon_twitter::Paragon::builder("project-id").user_token("a.b.c").build()?;
    /// # let twitter = paragon.user("user-42").twitter();
    /// use paragon_twitter::Method;
    ///
    /// let limits = twitter.rate_limits(Method::GET, "/2/users/{id}/tweets");
    /// assert_eq!(limits.window, None);
    /// # Ok::<(), paragon_twitter::Error>(())
    /// ```
    #[must_use]
    pub fn rate_limits(&self, method: Method, path: &str) -> RateLimits {
        UntypedRequest::new(self.caller(), None, Auth::USER, method, path).rate_limits_of_either()
    }

    /// Returns a request with the data of another one ([`request_data`](UntypedRequest::request_data)), whose reply is the whole JSON.
    ///
    /// Options of the call, such as `with_timeout` or `with_app_only`, are not part of the data: set them anew. Of an operation that streams, the
    /// response is waited for until it ends or the time is up.
    ///
    /// ```no_run
    /// # async fn example(twitter: paragon_twitter::Twitter) -> paragon_twitter::Result<()> {
    /// let request = twitter.posts().create().text("Hello World!");
    /// let json = twitter.request_with(request.request_data().clone()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request_with(&self, data: RequestData) -> UntypedRequest {
        UntypedRequest::of(self.caller(), data)
    }
}

impl AsRef<Twitter> for Twitter {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Any integration of the project, called as one connected user: the counterpart of [`Twitter`], without its types.
///
/// It is made by [`ParagonUser::integration`], and cheap to make and to clone. Operations of it are declared with
/// [`paragon_request`](crate::paragon_request), or called by [`request`](Self::request).
#[derive(Clone)]
pub struct Integration {
    user: ParagonUser,
    name: Arc<str>,
}

impl Integration {
    /// Returns the connected user.
    #[must_use]
    pub fn user(&self) -> &ParagonUser {
        &self.user
    }

    /// Returns the name of the integration, as it stands in the addresses of Paragon's proxy.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls any path of the integration's API, untyped, as Paragon's `paragon.request("slack", path, { method, body })` does.
    ///
    /// The path may have a query, and may begin with `/` or not. The answer is the whole JSON; an empty one is `null`.
    ///
    /// ```no_run
    /// # async fn example(paragon: paragon_twitter::Paragon) -> paragon_twitter::Result<()> {
    /// use paragon_twitter::{Method, Value};
    ///
    /// let slack = paragon.user("user-42").integration("slack");
    /// let channels: Value = slack.request(Method::GET, "conversations.list").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> UntypedRequest {
        UntypedRequest::new(self.user.caller(), Some(self.name.to_string().into()), Auth::USER, method, path)
    }
}

impl fmt::Debug for Integration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Integration").field("name", &self.name).field("user", &self.user).finish()
    }
}

impl<T: AsRef<Twitter> + ?Sized> sealed::Client for T {}
impl<T: AsRef<Twitter> + ?Sized> Client for T {
    fn caller(&self) -> (Caller, Option<Cow<'static, str>>) {
        (self.as_ref().caller(), Some(Cow::Borrowed(TWITTER)))
    }
}

impl sealed::Client for ParagonUser {}
impl Client for ParagonUser {
    fn caller(&self) -> (Caller, Option<Cow<'static, str>>) {
        (self.caller(), None)
    }
}

impl sealed::Client for Integration {}
impl Client for Integration {
    fn caller(&self) -> (Caller, Option<Cow<'static, str>>) {
        (self.user.caller(), Some(Cow::Owned(self.name.to_string())))
    }
}

impl sealed::Client for &ParagonUser {}
impl Client for &ParagonUser {
    fn caller(&self) -> (Caller, Option<Cow<'static, str>>) {
        Client::caller(*self)
    }
}

impl sealed::Client for &Integration {}
impl Client for &Integration {
    fn caller(&self) -> (Caller, Option<Cow<'static, str>>) {
        Client::caller(*self)
    }
}
