//! Operations, as constant data.

use std::borrow::Cow;

use http::Method;

/// The name of X's integration at Paragon.
pub(crate) const TWITTER: &str = "twitter";

/// An operation of an API: a method and a path, with their facts. It is constant data, the same for all requests.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Operation {
    /// Group and name, for example `posts.create`.
    pub name: Cow<'static, str>,
    /// The HTTP method.
    pub method: Method,
    /// The path template, for example `/2/users/{id}/tweets`.
    pub path: Cow<'static, str>,
    /// The credentials that it accepts.
    pub auth: Auth,
    /// The query parameter that takes the token of a page, if the reply comes in pages.
    pub page_parameter: Option<Cow<'static, str>>,
    /// Whether the reply is an endless stream of documents.
    pub streaming: bool,
    /// Whether the reply has X's envelope round its data: `{"data": …, "includes": …, "errors": …, "meta": …}`.
    pub enveloped: bool,
    /// The spelling in which X describes the parameters.
    pub dialect: Dialect,
    /// The integration of the Paragon project that it belongs to, such as `slack` or `custom/…`; `None` is X.
    pub integration: Option<Cow<'static, str>>,
    /// Whether two calls do no more than one, so that a call that got no answer may be repeated.
    pub idempotent: bool,
}

impl Operation {
    /// The path without the query that may have been written behind it by hand.
    pub(crate) fn template(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// The integration that it belongs to.
    pub(crate) fn integration(&self) -> &str {
        self.integration.as_deref().unwrap_or(TWITTER)
    }
}

/// Returns whether HTTP defines a method as idempotent.
pub(crate) const fn is_idempotent(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE)
}

/// One of the two spellings that X understands. Answers follow the request, and are read in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// The current one: `post.fields`.
    Post,
    /// The old one: `tweet.fields`.
    Tweet,
}

/// The kinds of credentials that an operation accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Auth {
    /// A connected user's, so the call goes through Paragon.
    pub user: bool,
    /// An app-only bearer token, so the call goes to X directly.
    pub app: bool,
    /// The OAuth 2.0 scopes that the connected user must have granted.
    pub scopes: &'static [&'static str],
}

impl Auth {
    /// A connected user, with no scope in particular.
    pub(crate) const USER: Self = Self { user: true, app: false, scopes: &[] };
}
