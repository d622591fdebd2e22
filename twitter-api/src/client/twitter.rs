//! X's API, as one connected user.

use std::borrow::Cow;
use std::fmt::Display;
use std::pin::Pin;

use http::Method;
use serde_json::Value;

use crate::call::request::{Call, Request, Sending};
use crate::client::paragon::ParagonUser;
use crate::wire::error::Result;
use crate::wire::operation::{Auth, Body, Dialect, Endpoint, Operation, QueryValue, repeatable};
use crate::wire::rate_limit::RateLimits;

/// X's API as one connected user: the groups of operations are its methods.
///
/// It is made by [`ParagonUser::twitter`], and cheap to make and to clone: all users share one pool of connections.
#[derive(Debug, Clone)]
pub struct Twitter {
    user: ParagonUser,
    dialect: Option<Dialect>,
}

impl Twitter {
    pub(crate) fn new(user: ParagonUser) -> Self {
        Self { user, dialect: None }
    }

    /// The connected user.
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

    pub(crate) fn dialect(&self) -> Option<Dialect> {
        self.dialect
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
        UntypedRequest::new(self, None, Auth { app: true, ..Auth::USER }, method, path)
    }

    /// The rate limits that X last reported for an operation, by its method and path template, to this user, or else to the app. What was not reported yet, or
    /// only of a window that has ended, is `None`. Nothing is sent. Of a request at hand, ask [`Request::rate_limits`].
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
        let UntypedRequest(call) = UntypedRequest::new(self, None, Auth::USER, method, path);
        self.user.rate_limits_of_either(call.operation())
    }

    /// Sends an operation that was put together by hand, or taken from a request ([`Call::operation`]). The answer is the whole JSON.
    pub fn call(&self, operation: Operation) -> UntypedRequest {
        UntypedRequest(Call::of(self, operation))
    }
}

impl AsRef<Twitter> for Twitter {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// A request to any path, made by [`Twitter::request`] or [`Integration::request`](crate::Integration::request).
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is awaited"]
pub struct UntypedRequest(Call);

impl UntypedRequest {
    pub(crate) fn new(twitter: &Twitter, integration: Option<Cow<'static, str>>, auth: Auth, method: Method, path: &str) -> Self {
        let endpoint = Endpoint {
            name: Cow::Borrowed("request"),
            idempotent: repeatable(&method),
            method,
            path: Cow::Owned(format!("/{}", path.strip_prefix('/').unwrap_or(path))),
            auth,
            page_parameter: None,
            streaming: false,
            dialect: Dialect::Post,
            integration,
        };
        Self(Call::of(twitter, Operation::new(endpoint)))
    }

    /// Sends it to X directly with the app-only token of [`ParagonBuilder::bearer_token`](crate::ParagonBuilder::bearer_token), for what X offers
    /// to apps only.
    pub fn app_only(mut self) -> Self {
        self.0.operation_mut().set_auth(Auth { user: false, app: true, scopes: &[] });
        self
    }

    /// Sends a JSON body.
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.0.operation_mut().set_body(Body::Json(body.into()));
        self
    }

    /// Sends a query parameter.
    pub fn query(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.0.operation_mut().set_query(name.into(), QueryValue::One(value.to_string()));
        self
    }

    /// Sends the request, for an answer with status and headers. `data` is the whole JSON.
    pub fn send(self) -> Sending<Value> {
        self.0.send_whole()
    }
}

impl Request for UntypedRequest {
    fn call(&self) -> &Call {
        &self.0
    }

    fn call_mut(&mut self) -> &mut Call {
        &mut self.0
    }
}

impl IntoFuture for UntypedRequest {
    type Output = Result<Value>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Value>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.send().await?.data) })
    }
}
