//! Prepared responses, for unit tests without a socket.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::body::Body;
use super::call_info::CallInfo;
use super::error::TransportError;
use super::interface::sealed::Sealed;
use super::interface::{ResponseFuture, Transport};

/// Transport that gives prepared responses and remembers the requests: unit tests of your own code need no socket and no account.
///
/// ```
/// use paragon_twitter::transport::Canned;
/// use paragon_twitter::{Method, Paragon, Twitter};
/// use serde_json::json;
///
/// /// The code to be tested.
/// async fn greet(twitter: &Twitter) -> paragon_twitter::Result<String> {
///     let me = twitter.users().me().await?.data;
///     let post = twitter.posts().create().text(format!("{} says hello.", me.name)).await?;
///     Ok(post.data.text)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> paragon_twitter::Result<()> {
/// let canned = Canned::new();
/// canned.on(Method::GET, "/2/users/me").reply(json!({"data": {"id": "12", "name": "Ada", "username": "ada"}}));
/// canned.on(Method::POST, "/2/tweets").status(201).reply(json!({"data": {"id": "34", "text": "Ada says hello."}}));
///
/// let twitter = Paragon::canned(&canned).user("user-42").twitter();
/// assert_eq!(greet(&twitter).await?, "Ada says hello.");
///
/// let requests = canned.requests();
/// assert_eq!(requests[1].path(), "/2/tweets");
/// assert_eq!(requests[1].json().unwrap(), json!({"text": "Ada says hello."}));
/// canned.assert_done();
/// # Ok(())
/// # }
/// ```
///
/// Clones share everything. Each response is given once. Of several for the same call, the first set is the first given. A call for which there is none
/// fails with an error that names the call and the responses that were set.
///
/// The state of X (who is followed by whom, which posts were created) is the business of `paragon-twitter-emulator`, which also refuses requests that X would refuse.
#[derive(Clone, Default)]
pub struct Canned(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    replies: Vec<Prepared>,
    requests: Vec<SentRequest>,
}

/// A response that waits for its call.
struct Prepared {
    method: Method,
    path: String,
    /// `None` when it was given.
    outcome: Option<Result<Response<Body>, TransportError>>,
}

impl Canned {
    /// Makes a transport without any response.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a response to one call, by its method and its path as X sees it.
    ///
    /// A segment in braces stands for any: `/2/users/{id}/tweets`. A path with a query matches calls that have these parameters, among others:
    /// `/2/users/12/tweets?pagination_token=t2`.
    pub fn on(&self, method: Method, path: impl Into<String>) -> CannedReply {
        let (canned, path) = (self.clone(), path.into());
        CannedReply { canned, method, path, status: StatusCode::OK, headers: HeaderMap::new() }
    }

    /// Returns the requests that were sent so far, those without a response included.
    #[must_use]
    pub fn requests(&self) -> Vec<SentRequest> {
        self.state().requests.clone()
    }

    /// Asserts that each response was given.
    ///
    /// # Panics
    ///
    /// When one was not. The message lists those, and the requests that were sent.
    #[track_caller]
    pub fn assert_done(&self) {
        let state = self.state();
        let unused: Vec<_> = state.replies.iter().filter(|reply| reply.outcome.is_some()).map(Prepared::to_string).collect();
        if unused.is_empty() {
            return;
        }
        let sent: Vec<_> = state.requests.iter().map(SentRequest::call).collect();
        drop(state);
        panic!(
            "no call came for {}; the calls were: {}",
            unused.join(", "),
            if sent.is_empty() { "none".to_owned() } else { sent.join(", ") }
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: SentRequest) -> Result<Response<Body>, TransportError> {
        let mut state = self.state();
        let call = request.call();
        let reply = state.replies.iter_mut().find(|reply| reply.outcome.is_some() && reply.is_for(&request));
        let outcome = reply.and_then(|reply| reply.outcome.take());
        state.requests.push(request);
        outcome.unwrap_or_else(|| Err(TransportError::refused(state.complaint(&call))))
    }
}

impl State {
    fn complaint(&self, call: &str) -> String {
        let mut text = format!("no response is set for {call}");
        if self.replies.is_empty() {
            text.push_str(", nor for any other call: set one with `Canned::on`");
            return text;
        }
        let mut separator = "; there are ";
        for reply in &self.replies {
            let given = if reply.outcome.is_none() { " (given already)" } else { "" };
            // Writing to a string cannot fail.
            let _ = write!(text, "{separator}{reply}{given}");
            separator = ", ";
        }
        text
    }
}

impl Prepared {
    fn is_for(&self, request: &SentRequest) -> bool {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut wanted = path.trim_start_matches('/').split('/');
        let mut sent = request.path().trim_start_matches('/').split('/');
        let fits = loop {
            match (wanted.next(), sent.next()) {
                (None, None) => break true,
                (Some(wanted), Some(sent)) if decode(wanted) == decode(sent) || (wanted.starts_with('{') && wanted.ends_with('}')) => {}
                _ => break false,
            }
        };
        self.method == request.method && fits && pairs(query).all(|pair| request.query.contains(&pair))
    }
}

impl fmt::Display for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

impl Sealed for Canned {}

impl Transport for Canned {
    fn send(&self, request: Request<Body>) -> ResponseFuture {
        let canned = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?;
            let call = parts.extensions.get::<CallInfo>().cloned();
            let whole = parts.uri.path_and_query().map_or("/", |text| text.as_str());
            let path_and_query = call.as_ref().map_or(whole, CallInfo::path_and_query);
            let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
            let (path, query) = (path.to_owned(), pairs(query).collect());
            canned.answer(SentRequest { method: parts.method, path, query, headers: parts.headers, body, call })
        })
    }
}

impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let replies: Vec<_> = state.replies.iter().map(Prepared::to_string).collect();
        f.debug_struct("Canned").field("replies", &replies).field("requests", &state.requests).finish()
    }
}

/// A response that is being prepared, as [`Canned::on`] begins it.
#[derive(Debug)]
#[must_use = "the response is not set until it has a body: `reply`, `body`, `chunks` or `fail`"]
pub struct CannedReply {
    canned: Canned,
    method: Method,
    path: String,
    status: StatusCode,
    headers: HeaderMap,
}

impl CannedReply {
    /// Sets the status, in place of 200.
    ///
    /// # Panics
    ///
    /// When it is no status.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or_else(|_| panic!("{status} is no HTTP status"));
        self
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// When it cannot stand in a response.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let parsed = (name.parse::<HeaderName>(), value.parse::<HeaderValue>());
        let (Ok(name), Ok(value)) = parsed else { panic!("`{name}: {value}` is no HTTP header") };
        self.headers.append(name, value);
        self
    }

    /// Sets the response, with a JSON body.
    pub fn reply(mut self, json: Value) {
        self.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        self.body(json.to_string());
    }

    /// Sets the response, with any body.
    pub fn body(self, body: impl Into<Body>) {
        let mut response = Response::new(body.into());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        self.set(Ok(response));
    }

    /// Sets the response, with a body that comes in pieces, as that of a stream does. It ends after the last; for a body that breaks off, or
    /// goes on, use [`body`](Self::body) with [`Body::from_stream`].
    pub fn chunks<C: Into<Bytes>>(self, chunks: impl IntoIterator<Item = C>) {
        let chunks: Vec<Bytes> = chunks.into_iter().map(Into::into).collect();
        self.body(Body::from_chunks(chunks));
    }

    /// Sets a failure of the transport in place of a response.
    pub fn fail(self, error: TransportError) {
        self.set(Err(error));
    }

    fn set(self, outcome: Result<Response<Body>, TransportError>) {
        let Self { canned, method, path, .. } = self;
        canned.state().replies.push(Prepared { method, path, outcome: Some(outcome) });
    }
}

/// A request that a [`Canned`] transport was given.
#[derive(Clone)]
pub struct SentRequest {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
    call: Option<CallInfo>,
}

impl SentRequest {
    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the path as X sees it, without the query and without Paragon's address before it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the parameters of the query, decoded, in the order they were sent.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// Returns the value of a parameter of the query, decoded: the first, if there are several.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the headers. `Debug` does not show the token in them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, byte for byte.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as JSON, or `None` when it is not JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Returns the call that the request belongs to: the operation, and the user it is made as. A request that the client did not send has none.
    #[must_use]
    pub fn call_info(&self) -> Option<&CallInfo> {
        self.call.as_ref()
    }

    fn call(&self) -> String {
        let mut text = format!("{} {}", self.method, self.path);
        let mut separator = '?';
        for (name, value) in &self.query {
            // Writing to a string cannot fail.
            let _ = write!(text, "{separator}{name}={value}");
            separator = '&';
        }
        text
    }
}

impl fmt::Debug for SentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query, headers, body, .. } = self;
        let mut debug = f.debug_struct("SentRequest");
        debug.field("method", method).field("path", path).field("query", query).field("headers", headers);
        match self.json() {
            Some(json) => debug.field("json", &json),
            None => debug.field("body", &format_args!("{} bytes", body.len())),
        };
        debug.finish_non_exhaustive()
    }
}
