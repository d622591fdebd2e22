//! The loop between a request that comes in and the response that goes out.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited, StreamBody};
use hyper::body::{Body as _, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::faults::{Hit, Reset, hit};
use crate::message::{Answer, Body, Exchange, Listener, RecordedRequest};
use crate::shared::{Callback, Shared};
use crate::{control, paragon, x};

/// More than the largest chunk of a media upload (5 MB) in base64.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

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
pub(crate) fn serve(shared: Arc<Shared>, listener: Listener, socket: TcpListener) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            match socket.accept().await {
                Ok((stream, _)) => drop(connections.spawn(connection(Arc::clone(&shared), listener, stream))),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
            while connections.try_join_next().is_some() {}
        }
    })
}

async fn connection(shared: Arc<Shared>, listener: Listener, stream: TcpStream) {
    // Small answers go out at once. A socket on which this fails is about to fail altogether.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(Reset::default());
    let reset_by_service = Arc::clone(&reset);
    let service = service_fn(move |request| {
        let (shared, reset) = (Arc::clone(&shared), Arc::clone(&reset_by_service));
        async move { Ok::<_, Infallible>(Response::<HyperBody>::from(answer(&shared, listener, request, &reset).await)) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let mut connection = server.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // An error here comes from the client: it went away, or it does not speak HTTP and was told so by hyper.
        _ = &mut connection => {}
        () = reset.requested() => {
            // Without time to linger, closing a socket resets the connection.
            let _ = connection.into_parts().io.into_inner().set_zero_linger();
        }
    }
}

async fn answer(shared: &Arc<Shared>, listener: Listener, request: Request<Incoming>, reset: &Reset) -> Answer {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut request = RecordedRequest { listener, method: parts.method, path, headers: owned(&parts.headers), body: Bytes::new() };
    let is_control = listener == Listener::Paragon && control::is_control(&request);
    let hit = if is_control { Hit::default() } else { hit(shared, &request) };
    if hit.is_reset_before() {
        if let Some(Callback(call)) = &shared.on_reset {
            call(&request);
        }
        shared.count_expected(&request);
        shared.record().request(Arc::new(request));
        reset.now().await;
    }
    request.body = match read(body).await {
        Ok(body) => body,
        Err(status) => {
            // Without its body, it is noted and nothing more.
            let refused = match listener {
                Listener::Paragon => paragon::without_body(status),
                Listener::X => x::without_body(shared, &request, status),
            };
            return if is_control { refused } else { noted(shared, &Arc::new(request), async { refused }).await };
        }
    };
    if is_control {
        return control::handle(shared, &request).await;
    }
    let request = Arc::new(request);
    let answer = noted(shared, &request, async {
        let request = hit.change_request(shared, &request);
        let answer = match hit.fail(shared, &request) {
            Some(error) => error,
            None => respond(shared, &request).await,
        };
        hit.change_answer(shared, &request, answer)
    });
    hit.send(answer.await, reset).await
}

/// Notes a request and its answer.
async fn noted(shared: &Shared, request: &Arc<RecordedRequest>, answer: impl Future<Output = Answer>) -> Answer {
    let started = Instant::now();
    shared.count_expected(request);
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
    // A body whose announced length is too large is not read at all.
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
async fn respond(shared: &Arc<Shared>, request: &RecordedRequest) -> Answer {
    match request.listener {
        Listener::Paragon => paragon::handle(shared, request).await,
        Listener::X => x::handle_direct(shared, request).await,
    }
}
