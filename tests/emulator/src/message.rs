//! Requests as they came in and responses as they go out, without the connection that carries them.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The complaint about a body that is not taken.
pub(crate) const WITHOUT_BODY: &str = "The body of the request is larger than the 16 MiB that are taken, or it did not arrive whole.";

/// The listener that a request came in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Listener {
    /// Paragon: the proxy and the other services.
    Paragon,
    /// X itself.
    X,
}

/// A request that the emulator received, as it was on the wire.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The listener it came in on.
    pub listener: Listener,
    /// The HTTP method.
    pub method: Method,
    /// The path with its query string, undecoded.
    pub path: String,
    /// All headers, the token included.
    pub headers: HeaderMap,
    /// The body; empty if there was none.
    pub body: Bytes,
}

impl RecordedRequest {
    /// Returns the value of a header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body as JSON, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The path without its query string.
    pub(crate) fn path_only(&self) -> &str {
        self.path.split_once('?').map_or(self.path.as_str(), |(path, _)| path)
    }

    pub(crate) fn query(&self) -> Option<&str> {
        self.path.split_once('?').map(|(_, query)| query)
    }

    /// The media type of the body, lower case and without parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        self.header(CONTENT_TYPE.as_str()).map(media_type)
    }

    /// The token of `Authorization: Bearer …`; the outer `None` means that there is no such header.
    pub(crate) fn bearer_token(&self) -> Option<Option<&str>> {
        let value = self.headers.get(http::header::AUTHORIZATION)?;
        Some(value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        }))
    }
}

/// The media type in a value of `Content-Type`, lower case and without parameters.
pub(crate) fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A request and its answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// The request.
    pub request: RecordedRequest,
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body of the answer; that of an endless stream is empty here.
    pub body: Bytes,
    /// How long the answer took to make, from when the request was there.
    pub duration: Duration,
}

impl Exchange {
    pub(crate) fn new(request: &RecordedRequest, answer: &Answer, duration: Duration) -> Self {
        let body = Bytes::copy_from_slice(answer.whole_body());
        Self { request: request.clone(), status: answer.status, headers: answer.headers.clone(), body, duration }
    }
}

/// The bytes of an answer that come as they arise. An error ends the connection.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The body of an answer.
pub(crate) enum Body {
    Whole(Bytes),
    Chunks(Chunks),
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(bytes) => bytes.fmt(f),
            Self::Chunks(_) => f.write_str("Chunks"),
        }
    }
}

/// An answer, before it becomes one of hyper's.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::bytes(status, Bytes::new())
    }

    pub(crate) fn bytes(status: StatusCode, body: Bytes) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::Whole(body) }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::bytes(status, Bytes::from(body.to_string())).with_content_type("application/json; charset=utf-8")
    }

    pub(crate) fn with_content_type(mut self, media_type: &'static str) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self
    }

    /// The bytes of the body; a stream has none yet.
    pub(crate) fn whole_body(&self) -> &[u8] {
        match &self.body {
            Body::Whole(bytes) => bytes,
            Body::Chunks(_) => &[],
        }
    }
}
