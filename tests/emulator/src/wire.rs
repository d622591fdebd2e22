//! Requests as they come in, answers as they go out, and the loop between them.

use std::future::IntoFuture as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{Route, Shared};

/// More than the largest chunk of a media upload (5 MB) in base64.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A request that the emulator received, as it was on the wire.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The listener it came in on.
    pub route: Route,
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
    /// The value of a header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON, if it is JSON.
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
        let value = self.header(CONTENT_TYPE.as_str())?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
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

/// An answer, before it becomes one of axum's.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        let body = Bytes::from(body.to_string());
        Self { status, headers: HeaderMap::new(), body }.with_content_type("application/json; charset=utf-8")
    }

    pub(crate) fn with_content_type(mut self, media_type: &'static str) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self
    }
}

impl From<Answer> for http::Response<Body> {
    fn from(answer: Answer) -> Self {
        let mut response = http::Response::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        response
    }
}

/// Starts one listener on the loopback interface; port 0 asks the system for a free one.
pub(crate) async fn serve(shared: Arc<Shared>, route: Route, port: u16) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    // One handler for everything: which paths exist, and what a wrong one answers, differs between Paragon and X, and is theirs to say.
    let app = Router::new().fallback(move |request| answer(Arc::clone(&shared), route, request));
    let server = axum::serve(listener, app).into_future();
    let task = tokio::spawn(async move {
        // Never returns: it lives until it is aborted, and passing accept errors are retried inside.
        let _ = server.await;
    });
    Ok((address, task))
}

async fn answer(shared: Arc<Shared>, route: Route, request: http::Request<Body>) -> http::Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return Answer::empty(StatusCode::PAYLOAD_TOO_LARGE).into();
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let request = RecordedRequest { route, method: parts.method, path, headers: parts.headers, body };
    shared.record(request.clone());
    let answer = match route {
        Route::Paragon => crate::paragon::handle(&shared, &request),
        Route::X => crate::x::handle_direct(&shared, &request),
    };
    answer.into()
}
