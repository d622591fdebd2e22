//! Requests as they come in, answers as they go out, and the loop between them.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt as _};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited, StreamBody};
use hyper::body::{Body as _, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use crate::shared::Callback;
use crate::{Route, Shared, control, faults, paragon, x};

/// What is said where a body was not taken.
pub(crate) const WITHOUT_BODY: &str = "The body of the request is larger than the 16 MiB that are taken, or it did not arrive whole.";

/// More than the largest chunk of a media upload (5 MB) in base64.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

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

/// A request and what it was answered with.
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
    fn new(request: &RecordedRequest, answer: &Answer, duration: Duration) -> Self {
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

type HyperBody = UnsyncBoxBody<Bytes, io::Error>;

impl From<Answer> for Response<HyperBody> {
    fn from(answer: Answer) -> Self {
        let body = match answer.body {
            Body::Whole(bytes) => Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync(),
            Body::Chunks(chunks) => StreamBody::new(chunks.map_ok(Frame::data)).boxed_unsync(),
        };
        let mut response = Response::new(body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        response
    }
}

/// Opens a port on the loopback interface; port 0 asks the system for a free one.
pub(crate) async fn bind(port: u16) -> io::Result<TcpListener> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    bound.map_err(|error| io::Error::new(error.kind(), format!("port {port} of 127.0.0.1 cannot be opened: {error}")))
}

/// Serves a listener. It and its connections end when the task does.
pub(crate) fn serve(shared: Arc<Shared>, route: Route, listener: TcpListener) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(connections.spawn(connection(Arc::clone(&shared), route, stream))),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
            while connections.try_join_next().is_some() {}
        }
    })
}

/// Ends a connection by a reset.
#[derive(Default)]
pub(crate) struct Reset(Notify);

impl Reset {
    /// Resets the connection, and with it ends whoever calls this.
    pub(crate) async fn now(&self) -> ! {
        self.0.notify_one();
        std::future::pending().await
    }
}

async fn connection(shared: Arc<Shared>, route: Route, stream: TcpStream) {
    // Small answers go out at once. A socket on which this fails is about to fail altogether.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(Reset::default());
    let reset_by_service = Arc::clone(&reset);
    let service = service_fn(move |request| {
        let (shared, reset) = (Arc::clone(&shared), Arc::clone(&reset_by_service));
        async move { Ok::<_, Infallible>(Response::<HyperBody>::from(answer(&shared, route, request, &reset).await)) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let mut connection = server.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // What goes wrong here is the client's doing: it went away, or it does not speak HTTP and was told so by hyper.
        _ = &mut connection => {}
        () = reset.0.notified() => {
            // Without time to linger, closing a socket resets the connection.
            let _ = connection.into_parts().io.into_inner().set_zero_linger();
        }
    }
}

async fn answer(shared: &Arc<Shared>, route: Route, request: Request<Incoming>, reset: &Reset) -> Answer {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut request = RecordedRequest { route, method: parts.method, path, headers: owned(&parts.headers), body: Bytes::new() };
    let is_control = route == Route::Paragon && control::is_control(&request);
    let hit = if is_control { faults::Hit::default() } else { faults::hit(shared, &request) };
    if hit.is_reset_before() {
        if let Some(Callback(call)) = &shared.on_reset {
            call(&request);
        }
        shared.record().request(Arc::new(request));
        reset.now().await;
    }
    request.body = match read(body).await {
        Ok(body) => body,
        Err(status) => {
            // Without its body, it is noted and nothing more.
            let refused = match route {
                Route::Paragon => paragon::without_body(status),
                Route::X => x::without_body(shared, &request, status),
            };
            return if is_control { refused } else { noted(shared, &Arc::new(request), async { refused }).await };
        }
    };
    if is_control {
        return control::handle(shared, &request).await;
    }
    let request = Arc::new(request);
    let answer = noted(shared, &request, hit.answer(shared, &request)).await;
    hit.send(answer, reset).await
}

/// Notes a request and what it is answered.
async fn noted(shared: &Shared, request: &Arc<RecordedRequest>, answer: impl Future<Output = Answer>) -> Answer {
    let started = Instant::now();
    let number = shared.record().request(Arc::clone(request));
    let answer = answer.await;
    let duration = started.elapsed();
    shared.record().answer(number, &answer, duration);
    if let Some(Callback(call)) = &shared.on_exchange {
        call(&Exchange::new(request, &answer, duration));
    }
    answer
}

/// A copy of headers, all values in one piece of memory.
///
/// Hyper's are parts of its read buffer, several kilobytes that a recorded request would keep for each few hundred bytes of its own.
fn owned(headers: &HeaderMap) -> HeaderMap {
    let mut bytes = BytesMut::with_capacity(headers.values().map(HeaderValue::len).sum());
    headers.values().for_each(|value| bytes.extend_from_slice(value.as_bytes()));
    let mut bytes = bytes.freeze();
    let mut copy = HeaderMap::with_capacity(headers.keys_len());
    for (name, value) in headers {
        // The bytes are those of a valid value.
        if let Ok(own) = HeaderValue::from_maybe_shared(bytes.split_to(value.len())) {
            copy.append(name, own);
        }
    }
    copy
}

/// The whole body of a request, or the status that says why there is none.
async fn read(body: Incoming) -> Result<Bytes, StatusCode> {
    // What says that it is too large is not read at all.
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => {
            // A copy, for the reason that `owned` has.
            let mut parts = body.aggregate();
            let mut bytes = BytesMut::with_capacity(parts.remaining());
            bytes.put(&mut parts);
            Ok(bytes.freeze())
        }
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// Answers a request as nothing goes wrong.
pub(crate) async fn respond(shared: &Arc<Shared>, request: &RecordedRequest) -> Answer {
    match request.route {
        Route::Paragon => paragon::handle(shared, request).await,
        Route::X => x::handle_direct(shared, request).await,
    }
}
