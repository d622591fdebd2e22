//! A call as plain data: what an operation is ([`Endpoint`]) and what one call of it sends ([`Operation`]).

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::client::integration::TWITTER;
use crate::engine::retry::Retry;
use crate::wire::error::Error;

/// What may stand in a path segment or a query value as it is: RFC 3986's unreserved characters.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an operation is, whoever calls it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Endpoint {
    /// Group and name, for example `posts.create`.
    pub name: Cow<'static, str>,
    /// The HTTP method.
    pub method: Method,
    /// The path template, for example `/2/users/{id}/tweets`.
    pub path: Cow<'static, str>,
    /// Who may call it.
    pub auth: Auth,
    /// The query parameter that takes the token of a page, if the answer comes in pages.
    pub page_parameter: Option<Cow<'static, str>>,
    /// Whether the answer is an endless stream of documents.
    pub streaming: bool,
    /// The spelling in which X describes the parameters.
    pub dialect: Dialect,
    /// The integration of the Paragon project that it belongs to, such as `slack` or `custom/…`; without one it is the one that the client
    /// stands for, which for [`Twitter`](crate::Twitter) is `twitter`.
    pub integration: Option<Cow<'static, str>>,
    /// Whether making the call twice does no more than making it once, so that it may be repeated when no answer came.
    pub idempotent: bool,
}

/// Whether HTTP says so of all calls by this method.
pub(crate) const fn repeatable(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE)
}

impl Endpoint {
    /// The path without the query that a caller may have written behind it.
    pub(crate) fn template(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// The integration that it belongs to.
    pub(crate) fn integration(&self) -> &str {
        self.integration.as_deref().unwrap_or(TWITTER)
    }

    /// An endpoint of the description.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared(
        name: &'static str,
        method: Method,
        path: &'static str,
        auth: Auth,
        page_parameter: Option<&'static str>,
        streaming: bool,
        old_dialect: bool,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            idempotent: repeatable(&method),
            method,
            path: Cow::Borrowed(path),
            auth,
            page_parameter: match page_parameter {
                Some(name) => Some(Cow::Borrowed(name)),
                None => None,
            },
            streaming,
            dialect: if old_dialect { Dialect::Tweet } else { Dialect::Post },
            integration: None,
        }
    }
}

/// Which call it is, for errors about it.
#[derive(Debug, Clone)]
pub(crate) struct Called {
    pub(crate) endpoint: Endpoint,
    /// How often it was made so far, from 1.
    pub(crate) attempts: u32,
}

/// Which of its two spellings X is spoken to in. Answers follow the request, and are read in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// The current one: `post.fields`.
    Post,
    /// The old one: `tweet.fields`.
    Tweet,
}

/// The kinds of credentials an operation accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Auth {
    /// A connected user, so through Paragon.
    pub user: bool,
    /// An app-only bearer token, so directly at X.
    pub app: bool,
    /// The OAuth 2.0 scopes that the connected user must have granted.
    pub scopes: &'static [&'static str],
}

impl Auth {
    /// For endpoints of which nothing is known: sent as the connected user.
    pub const USER: Self = Self { user: true, app: false, scopes: &[] };
}

/// The value of a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryValue {
    /// One value: `name=value`.
    One(String),
    /// Several, joined by commas that are not percent-encoded: `name=a,b`.
    List(Vec<String>),
    /// Several, each with the name: `name=a&name=b`.
    Repeated(Vec<String>),
}

/// A field of a JSON or multipart body.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum BodyField {
    /// Any JSON value.
    Json(Value),
    /// Bytes: a part of its own in multipart, base64 in JSON.
    Binary(Bytes),
}

impl BodyField {
    /// As JSON has it.
    fn into_json(self) -> Value {
        match self {
            Self::Json(value) => value,
            Self::Binary(bytes) => Value::from(base64::engine::general_purpose::STANDARD.encode(bytes)),
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// A JSON value.
    Json(Value),
    /// Named fields, sent as one JSON object.
    Fields(Vec<(Cow<'static, str>, BodyField)>),
    /// Named fields, sent as `multipart/form-data`. Paragon's proxy takes JSON only, so this goes to X directly or not at all.
    Multipart(Vec<(Cow<'static, str>, BodyField)>),
    /// Bytes of a media type.
    Bytes {
        /// The `Content-Type`.
        content_type: &'static str,
        /// The content.
        content: Bytes,
    },
}

impl Body {
    /// The body as one JSON value, bytes in base64; `None` when it has no JSON form.
    #[must_use]
    pub fn to_json(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Fields(fields) => {
                let pairs = fields.iter().map(|(name, field)| (name.to_string(), field.clone().into_json()));
                Some(Value::Object(pairs.collect::<Map<_, _>>()))
            }
            Self::Empty | Self::Multipart(_) | Self::Bytes { .. } => None,
        }
    }
}

/// What one call sends.
#[derive(Debug, Clone)]
pub struct Operation {
    endpoint: Cow<'static, Endpoint>,
    path: String,
    query: Vec<(Cow<'static, str>, QueryValue)>,
    headers: HeaderMap,
    body: Body,
    timeout: Option<Duration>,
    retry: Option<Retry>,
    credential: Option<String>,
}

impl Operation {
    /// A call of an endpoint, with nothing filled in.
    #[must_use]
    pub fn new(endpoint: impl Into<Cow<'static, Endpoint>>) -> Self {
        let endpoint = endpoint.into();
        Self {
            path: endpoint.path.to_string(),
            endpoint,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            timeout: None,
            retry: None,
            credential: None,
        }
    }

    /// The endpoint that is called.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sets who makes the call.
    pub(crate) fn set_auth(&mut self, auth: Auth) {
        self.endpoint.to_mut().auth = auth;
    }

    /// The endpoint, to be changed for this call alone.
    pub(crate) fn endpoint_mut(&mut self) -> &mut Endpoint {
        self.endpoint.to_mut()
    }

    /// The path with its parameters filled in, percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query parameters, in the order they were set.
    #[must_use]
    pub fn query(&self) -> &[(Cow<'static, str>, QueryValue)] {
        &self.query
    }

    /// The headers of this call alone.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// How long this call may take, if it does not go by the client's default.
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// How often this call may be made, if it does not go by the client's default.
    #[must_use]
    pub fn retry(&self) -> Option<Retry> {
        self.retry
    }

    /// The credential of this call, if it does not go by the client's.
    #[must_use]
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    /// Path and query as they go over the wire.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let mut text = self.path.clone();
        // A path that a caller wrote by hand may bring a query of its own.
        let mut separator = if text.contains('?') { '&' } else { '?' };
        let mut add = |text: &mut String, name: &str, value: &str| {
            let name = utf8_percent_encode(name, RESERVED);
            text.push(separator);
            separator = '&';
            // Writing to a string cannot fail.
            let _ = write!(text, "{name}={value}");
        };
        let encode = |value: &String| utf8_percent_encode(value, RESERVED).to_string();
        for (name, value) in &self.query {
            match value {
                QueryValue::One(value) => add(&mut text, name, &encode(value)),
                QueryValue::List(values) => add(&mut text, name, &values.iter().map(encode).collect::<Vec<_>>().join(",")),
                QueryValue::Repeated(values) => values.iter().for_each(|value| add(&mut text, name, &encode(value))),
            }
        }
        text
    }

    /// Fills a path parameter in. The value is percent-encoded and stays within its segment.
    ///
    /// # Errors
    ///
    /// When the value is empty, or is or holds a step to another directory (`..`) that an intermediary might take.
    pub fn set_path_parameter(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.fill(name, value).map_err(Error::request)
    }

    pub(crate) fn fill(&mut self, name: &str, value: &str) -> Result<(), String> {
        let leaves = value.split(['/', '\\']).any(|part| matches!(part, "." | ".."));
        let complaint = if value.is_empty() {
            "is empty"
        } else if leaves {
            "would leave its place in the path"
        } else {
            let placeholder = format!("{{{name}}}");
            self.path = self.path.replace(&placeholder, &utf8_percent_encode(value, RESERVED).to_string());
            return Ok(());
        };
        let Endpoint { method, path, .. } = self.endpoint();
        Err(format!("path parameter `{name}` of {method} {path} {complaint}: {value:?}"))
    }

    /// Sets a query parameter, in place of an earlier value.
    pub fn set_query(&mut self, name: impl Into<Cow<'static, str>>, value: QueryValue) {
        let name = name.into();
        match self.query.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.query.push((name, value)),
        }
    }

    /// Writes query names, and the values of some, in the old dialect. The tables go from current to old; values belong to a parameter.
    pub(crate) fn speak_old(&mut self, names: &[(&'static str, &'static str)], values: &[(&str, &str, &str)]) {
        for (name, value) in &mut self.query {
            if let QueryValue::List(items) | QueryValue::Repeated(items) = value {
                for item in items {
                    if let Some((_, _, old)) = values.iter().find(|(parameter, new, _)| name == parameter && item == new) {
                        (*old).clone_into(item);
                    }
                }
            }
            if let Some((_, old)) = names.iter().find(|(new, _)| name == new) {
                *name = Cow::Borrowed(old);
            }
        }
    }

    /// Sets a header, in place of an earlier value.
    ///
    /// # Errors
    ///
    /// When the name or the value cannot stand in a header, or when it is `Authorization`, which the client sets.
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let parsed: HeaderName = name.parse().map_err(|_| Error::request(format!("`{name}` is not the name of a header")))?;
        if parsed == http::header::AUTHORIZATION {
            return Err(Error::request("the header `authorization` is set by the client; choose the user or the token instead"));
        }
        let value: HeaderValue =
            value.parse().map_err(|_| Error::request(format!("the value for header `{name}` holds characters that a header cannot")))?;
        self.headers.insert(parsed, value);
        Ok(())
    }

    /// Adds a cookie to the `Cookie` header.
    ///
    /// # Errors
    ///
    /// When the value cannot stand in a header.
    pub fn set_cookie(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let value = utf8_percent_encode(value, RESERVED);
        let cookie = match self.headers.get(http::header::COOKIE).and_then(|old| old.to_str().ok()) {
            Some(old) => format!("{old}; {name}={value}"),
            None => format!("{name}={value}"),
        };
        self.set_header("cookie", &cookie)
    }

    /// Sets the whole body.
    pub fn set_body(&mut self, body: Body) {
        self.body = body;
    }

    /// Sets one field of the body, in place of an earlier value.
    ///
    /// # Errors
    ///
    /// When the body is set and is no object.
    pub fn set_body_field(&mut self, name: impl Into<Cow<'static, str>>, field: BodyField) -> Result<(), Error> {
        let name = name.into();
        match &mut self.body {
            Body::Fields(fields) | Body::Multipart(fields) => match fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = field,
                None => fields.push((name, field)),
            },
            Body::Json(Value::Object(map)) => {
                map.insert(name.into_owned(), field.into_json());
            }
            Body::Empty => self.body = Body::Fields(vec![(name, field)]),
            Body::Json(_) | Body::Bytes { .. } => {
                return Err(Error::request(format!("the body is not an object, so it has no place for the field `{name}`")));
            }
        }
        Ok(())
    }

    /// Sends the fields of the body as `multipart/form-data`.
    pub fn use_multipart(&mut self) {
        if let Body::Fields(fields) = std::mem::take(&mut self.body) {
            self.body = Body::Multipart(fields);
        } else if !matches!(self.body, Body::Multipart(_)) {
            self.body = Body::Multipart(Vec::new());
        }
    }

    /// Sets how often this call may be made.
    pub fn set_retry(&mut self, retry: Retry) {
        self.retry = Some(retry);
    }

    /// Says whether making this call twice does no more than making it once.
    pub fn set_idempotent(&mut self, idempotent: bool) {
        self.endpoint_mut().idempotent = idempotent;
    }

    /// Sets how long this call may take, all its attempts together.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    /// Chooses one of the user's connected accounts for this call, by Paragon's credential id.
    pub fn set_credential(&mut self, credential: impl Display) {
        self.credential = Some(credential.to_string());
    }
}

impl From<Endpoint> for Cow<'static, Endpoint> {
    fn from(endpoint: Endpoint) -> Self {
        Cow::Owned(endpoint)
    }
}

impl From<&'static Endpoint> for Cow<'static, Endpoint> {
    fn from(endpoint: &'static Endpoint) -> Self {
        Cow::Borrowed(endpoint)
    }
}
