//! Sending one call: from an [`Operation`] to the status, headers and body of its answer.
//!
//! [`ParagonUser::execute`] and [`ParagonUser::exchange`] make a call, in a span, in as many attempts as it takes; one attempt is the only place
//! where anything is sent.

mod failure;
pub mod limits;
pub mod retry;
#[cfg(test)]
mod tests;
pub mod token;

use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use jiter::Jiter;
use percent_encoding::utf8_percent_encode;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tracing::{Instrument as _, Span};

use crate::client::integration::TWITTER;
use crate::client::paragon::{ParagonUser, Shared};
use crate::engine::limits::{Counted, Who};
use crate::engine::token::{Secret, Source};
use crate::transport::{self, CallInfo};
use crate::wire::error::{Error, Result};
use crate::wire::multipart;
use crate::wire::operation::{Body, Called, Endpoint, Operation, RESERVED};
use crate::wire::rate_limit::RateLimits;

/// How much of a failed answer is read.
const ERROR_BODY: usize = 16 << 20;

const CREDENTIAL: HeaderName = HeaderName::from_static("x-paragon-credential");
const RAW: HeaderName = HeaderName::from_static("x-paragon-use-raw-response");
/// Tells Paragon to call another address than that of the path, with the user's credential.
const PROXY_URL: HeaderName = HeaderName::from_static("x-paragon-proxy-url");

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// To Paragon's proxy, as a connected user.
    Paragon,
    /// To X itself, with the app-only token.
    X,
}

impl Shared {
    fn route(&self, endpoint: &Endpoint) -> Result<Route> {
        let Endpoint { auth, integration, .. } = endpoint;
        let app_only = auth.app && (!auth.user || matches!(self.tokens.source(), Source::Absent));
        let other = integration.as_ref().filter(|name| *name != TWITTER);
        match (&self.bearer, other) {
            _ if !app_only => Ok(Route::Paragon),
            (_, Some(other)) => {
                Err(Error::request(format!("an app-only bearer token is for X alone, and not for the integration {other}")))
            }
            (Some(_), None) => Ok(Route::X),
            (None, None) => Err(Error::request("X takes an app-only bearer token for this, and no connected user's account")
                .with_advice("Give the client the token of your X app with `ParagonBuilder::bearer_token`")),
        }
    }
}

/// When a call has to be over.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    limit: Duration,
    at: Option<Instant>,
}

impl Deadline {
    fn after(limit: Duration) -> Self {
        // What is too far off to be a time is never.
        Self { limit, at: Instant::now().checked_add(limit) }
    }

    const NEVER: Self = Self { limit: Duration::MAX, at: None };

    async fn bound<T>(self, future: impl Future<Output = T>) -> Result<T> {
        match self.at {
            Some(at) => timeout_at(at, future).await.map_err(|_| Error::timeout(self.limit)),
            None => Ok(future.await),
        }
    }

    /// Whether there is still time after a pause.
    fn outlasts(self, pause: Duration) -> bool {
        match (self.at, Instant::now().checked_add(pause)) {
            (None, _) => true,
            (Some(at), end) => end.is_some_and(|end| end < at),
        }
    }
}

impl ParagonUser {
    /// Makes a call until its answer has begun. The answer is a success; what is not is an error.
    pub(crate) async fn execute(&self, operation: &Operation) -> Result<Answer> {
        Ok(self.call(operation, false).await?.0)
    }

    /// Makes a call until the whole body of its answer is there.
    pub(crate) async fn exchange(&self, operation: &Operation) -> Result<(Answer, Bytes)> {
        self.call(operation, true).await
    }

    async fn call(&self, operation: &Operation, whole: bool) -> Result<(Answer, Bytes)> {
        let endpoint = operation.endpoint();
        let span = tracing::info_span!(
            target: "paragon_twitter::call",
            "call",
            operation = &*endpoint.name,
            method = endpoint.method.as_str(),
            path = endpoint.template(),
            integration = endpoint.integration(),
            attempts = tracing::field::Empty,
            status = tracing::field::Empty,
            error = tracing::field::Empty,
        );
        self.attempts(operation, whole, &span).instrument(span.clone()).await
    }

    /// Makes attempts until one succeeds, or none may follow.
    async fn attempts(&self, operation: &Operation, whole: bool, span: &Span) -> Result<(Answer, Bytes)> {
        let shared = &*self.paragon.0;
        let endpoint = operation.endpoint();
        let deadline = Deadline::after(operation.timeout().unwrap_or(shared.timeout));
        let retry = operation.retry().unwrap_or(shared.retry);
        let mut called = Called { endpoint: endpoint.clone(), attempts: 0 };
        loop {
            called.attempts += 1;
            let attempt = async {
                let mut answer = self.attempt(operation, deadline, &called).await?;
                let body = if whole { answer.bytes().await? } else { Bytes::new() };
                Ok((answer, body))
            };
            let result = attempt.await.map_err(|error: Error| error.in_call(&called));
            let error = match result {
                Ok((answer, body)) => {
                    span.record("attempts", called.attempts).record("status", answer.status.as_u16());
                    return Ok((answer, body));
                }
                Err(error) => error,
            };
            let status = error.status().map(|status| status.as_u16());
            let wait = retry.wait(&error, endpoint.idempotent, called.attempts, (shared.clock)());
            let Some(pause) = wait.filter(|pause| deadline.outlasts(*pause)) else {
                span.record("attempts", error.attempts()).record("status", status).record("error", tracing::field::debug(error.kind()));
                return Err(error);
            };
            tracing::info!(
                target: "paragon_twitter::call",
                attempt = called.attempts,
                status,
                error = ?error.kind(),
                ?pause,
                "the call failed and is made again"
            );
            (shared.sleep)(pause).await;
        }
    }

    async fn attempt(&self, operation: &Operation, deadline: Deadline, called: &Called) -> Result<Answer> {
        let shared = &*self.paragon.0;

        // All that can be refused is refused before a token is asked for.
        let route = shared.route(operation.endpoint())?;
        let path = operation.path_and_query();
        let (address, path) = match route {
            Route::Paragon => (&shared.proxy, format!("{}/{}", integration(operation.endpoint())?, path.trim_start_matches('/'))),
            Route::X => (&shared.x, path),
        };
        let url = address.resolve(&path)?;
        let mut headers = self.headers(operation, route)?;
        let body = Content::of(operation.body(), route)?;
        if let Some(content_type) = &body.content_type {
            headers.entry(header::CONTENT_TYPE).or_insert_with(|| content_type.clone());
        }

        let (token, kept) = match (route, &shared.bearer) {
            (Route::X, Some(bearer)) => (bearer.clone(), false),
            _ => deadline.bound(shared.tokens.find(&self.id)).await.map_err(|late| late.unsent(true))??,
        };
        headers.insert(header::AUTHORIZATION, authorization(&token)?);

        let Content { bytes, .. } = body;
        if bytes.is_empty() && matches!(operation.endpoint().method, Method::POST | Method::PUT | Method::PATCH) {
            // Some intermediaries refuse a call that may have a body and does not say that it has none.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = http::Request::new(transport::Body::from(bytes));
        *request.method_mut() = operation.endpoint().method.clone();
        *request.uri_mut() = url;
        *request.headers_mut() = headers;
        request.extensions_mut().insert(CallInfo {
            operation: called.endpoint.name.clone(),
            path_template: called.endpoint.template().to_owned().into(),
            path_and_query: format!("/{}", operation.path_and_query().trim_start_matches('/')),
            integration: called.endpoint.integration().to_owned().into(),
            user: (route == Route::Paragon).then(|| self.id.clone()),
            attempt: called.attempts,
        });
        let response = deadline.bound(shared.transport.send(request)).await?.map_err(|error| failure::unanswered(error, address.host()))?;
        let (http::response::Parts { status, headers, .. }, body) = response.into_parts();

        shared.limits.note(self.counted(operation, route), &headers, (shared.clock)());
        let deadline = if status.is_success() && operation.endpoint().streaming { Deadline::NEVER } else { deadline };
        let mut answer = Answer {
            status,
            headers,
            body,
            deadline,
            through_paragon: route == Route::Paragon,
            call: called.clone(),
            secret: token.clone(),
            received: 0,
        };
        if status.is_success() {
            return Ok(answer);
        }
        let body = redact(answer.failed_body().await, &token);
        let error = Error::from_answer(status, &answer.headers, body, answer.through_paragon);
        Err(if error.needs_new_token() {
            // Whoever keeps this one waiting is getting a new token. What was answered says more than that the time is up.
            let _ = deadline.bound(shared.tokens.forget(&self.id, &token)).await;
            if kept { error.outdated() } else { error.with_advice(token_advice(shared)) }
        } else {
            error
        })
    }

    /// What X counts a call by.
    fn counted(&self, operation: &Operation, route: Route) -> Counted {
        let endpoint = operation.endpoint();
        let who = match route {
            Route::X => Who::App,
            Route::Paragon => {
                let by_hand = || operation.headers().get(CREDENTIAL).and_then(|value| value.to_str().ok());
                let credential = operation.credential().or_else(by_hand).or(self.credential());
                Who::User(self.id.clone(), credential.map(str::to_owned))
            }
        };
        Counted {
            who,
            integration: endpoint.integration().to_owned().into(),
            method: endpoint.method.clone(),
            path: endpoint.template().to_owned().into(),
        }
    }

    /// The limits that were last seen for an operation, called as it would be.
    pub(crate) fn rate_limits(&self, operation: &Operation) -> RateLimits {
        let shared = &*self.paragon.0;
        match shared.route(operation.endpoint()) {
            Ok(route) => shared.limits.of(&self.counted(operation, route), (shared.clock)()),
            // It cannot be called, so it was not.
            Err(_) => RateLimits::default(),
        }
    }

    /// The limits that were last seen for an operation as this user, or else as the app.
    pub(crate) fn rate_limits_of_either(&self, operation: &Operation) -> RateLimits {
        let Shared { limits, clock, .. } = &*self.paragon.0;
        let [user, app] = [Route::Paragon, Route::X].map(|route| limits.of(&self.counted(operation, route), clock()));
        if user == RateLimits::default() { app } else { user }
    }

    /// The headers of a call but for the authorization: the caller's, then what the route needs.
    fn headers(&self, operation: &Operation, route: Route) -> Result<HeaderMap> {
        let mut headers = operation.headers().clone();
        for name in [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION, PROXY_URL] {
            if headers.contains_key(&name) {
                return Err(Error::request(format!("the header `{name}` is set by the client")));
            }
        }
        if matches!(operation.body(), Body::Multipart(_)) {
            // It names the boundary, which only the encoder knows.
            headers.remove(header::CONTENT_TYPE);
        }
        headers.entry(header::USER_AGENT).or_insert_with(|| self.paragon.0.user_agent.clone());
        match route {
            Route::Paragon => {
                headers.insert(RAW, HeaderValue::from_static("1"));
                let by_hand = headers.contains_key(CREDENTIAL);
                let chosen = operation.credential().or_else(|| self.credential().filter(|_| !by_hand));
                if let Some(credential) = chosen {
                    let value = credential
                        .parse()
                        .map_err(|_| Error::request(format!("the credential id holds characters that a header cannot: {credential:?}")))?;
                    headers.insert(CREDENTIAL, value);
                }
            }
            Route::X => {
                let of_paragon = |name: &&HeaderName| name.as_str().starts_with("x-paragon-");
                let names: Vec<_> = headers.keys().filter(of_paragon).cloned().collect();
                for name in names {
                    headers.remove(name);
                }
            }
        }
        Ok(headers)
    }
}

/// The integration that a call is for, as it stands in the address.
fn integration(endpoint: &Endpoint) -> Result<Cow<'_, str>> {
    let Some(name) = endpoint.integration.as_deref() else { return Ok(Cow::Borrowed(TWITTER)) };
    let segments: Vec<String> = name.split('/').map(|segment| utf8_percent_encode(segment, RESERVED).to_string()).collect();
    // Paragon knows `name` and `custom/id`.
    let known = matches!(segments.as_slice(), [one] if !one.is_empty())
        || matches!(segments.as_slice(), [custom, id] if custom == "custom" && !id.is_empty());
    if known { Ok(Cow::Owned(segments.join("/"))) } else { Err(Error::request(format!("{name:?} is not the name of an integration"))) }
}

fn authorization(token: &Secret) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
        .map_err(|_| Error::token("the token holds characters that a header cannot"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What to do when Paragon does not accept a user token, by where the token came from.
fn token_advice(shared: &Shared) -> Cow<'static, str> {
    let project = &shared.project;
    match shared.tokens.source() {
        Source::Signed(_) => Cow::Owned(format!(
            "This client signed the token and it is fresh, so the signing key is not the one of project {project}, or the clock of this machine is wrong: \
             compare with Settings > SDK Setup in Paragon's dashboard"
        )),
        Source::Supplied(_) => {
            Cow::Owned(format!("Sign a new user token: this one has expired, or was not signed with the signing key of project {project}"))
        }
        Source::Asked(_) | Source::Absent => Cow::Owned(format!(
            "Look at the source of user tokens: this one has expired, or was not signed with the signing key of project {project}"
        )),
    }
}

/// Blots a credential out of an answer: a page of an intermediary may repeat the request.
pub(crate) fn redact(body: Bytes, secret: &Secret) -> Bytes {
    let needle = secret.expose().as_bytes();
    let find = |from: &[u8]| from.windows(needle.len()).position(|window| window == needle);
    let Some(mut at) = find(&body) else { return body };
    let mut clean = BytesMut::new();
    let mut rest = &body[..];
    loop {
        clean.extend_from_slice(&rest[..at]);
        clean.extend_from_slice(b"[redacted]");
        rest = &rest[at + needle.len()..];
        match find(rest) {
            Some(next) => at = next,
            None => break,
        }
    }
    clean.extend_from_slice(rest);
    clean.freeze()
}

/// A body in the form in which it is sent.
#[derive(Default)]
struct Content {
    content_type: Option<HeaderValue>,
    bytes: Bytes,
}

impl Content {
    fn of(body: &Body, route: Route) -> Result<Self> {
        Ok(match body {
            Body::Multipart(_) if route == Route::Paragon => {
                return Err(Error::request("Paragon's proxy takes no `multipart/form-data`")
                    .with_advice("Send the fields as JSON, with bytes in base64: that is what happens if multipart is not asked for"));
            }
            Body::Multipart(fields) => {
                let (content_type, bytes) = multipart::encode(fields);
                Self { content_type: content_type.parse().ok(), bytes }
            }
            Body::Bytes { content_type, content } => {
                Self { content_type: Some(HeaderValue::from_static(content_type)), bytes: content.clone() }
            }
            Body::Empty => Self::default(),
            Body::Json(_) | Body::Fields(_) => body.to_json().map_or_else(Self::default, |json| Self {
                content_type: Some(HeaderValue::from_static("application/json")),
                bytes: json.to_string().into(),
            }),
        })
    }
}

/// A successful answer whose body is still to come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: transport::Body,
    deadline: Deadline,
    through_paragon: bool,
    pub(crate) call: Called,
    /// The token it was asked for with.
    pub(crate) secret: Secret,
    received: usize,
}

impl Answer {
    /// The next piece of the body as it comes in; `None` at its end. Nothing is unwrapped.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = match self.deadline.bound(self.body.chunk()).await {
            Ok(chunk) => chunk.map_err(|error| failure::broken_off(error, self.received)),
            Err(late) => Err(late),
        };
        let chunk = chunk.map_err(|error| error.in_call(&self.call))?;
        self.received += chunk.as_ref().map_or(0, Bytes::len);
        Ok(chunk)
    }

    /// The whole body. It may be as long as memory allows: what may be long is better taken piece by piece.
    async fn bytes(&mut self) -> Result<Bytes> {
        let body = self.collect(usize::MAX).await.1?;
        Ok(if self.through_paragon { unwrap_output(body) } else { body })
    }

    /// As much of the body of a failed answer as is to be had: the status says more than why its body is not whole.
    async fn failed_body(&mut self) -> Bytes {
        let (partial, whole) = self.collect(ERROR_BODY).await;
        let body = whole.unwrap_or(partial);
        if self.through_paragon { unwrap_output(body) } else { body }
    }

    /// Reads the body up to a limit. The first part is what had come when reading failed.
    async fn collect(&mut self, limit: usize) -> (Bytes, Result<Bytes>) {
        let mut all = BytesMut::new();
        loop {
            match self.chunk().await {
                // Most bodies come in one piece, which is not copied.
                Ok(Some(chunk)) if all.is_empty() => all = chunk.into(),
                Ok(Some(chunk)) => all.extend_from_slice(&chunk),
                Ok(None) => return (Bytes::new(), Ok(all.freeze())),
                Err(error) => return (all.freeze(), Err(error)),
            }
            if all.len() >= limit {
                all.truncate(limit);
                return (Bytes::new(), Ok(all.freeze()));
            }
        }
    }

    /// The body as a stream of pieces. Nothing is unwrapped.
    pub(crate) fn into_stream(self) -> Chunks {
        let Self { body, deadline, call, received, .. } = self;
        let sleep = deadline.at.map(|at| Box::pin(sleep_until(at)));
        Chunks { body: Some(body), limit: deadline.limit, sleep, call, received }
    }
}

/// The pieces of a body. It ends after its first error.
pub(crate) struct Chunks {
    body: Option<transport::Body>,
    limit: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    call: Called,
    received: usize,
}

impl Stream for Chunks {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        let error = match body.poll_chunk(context) {
            Poll::Ready(Some(Ok(piece))) => {
                this.received += piece.len();
                return Poll::Ready(Some(Ok(piece)));
            }
            Poll::Ready(Some(Err(error))) => failure::broken_off(error, this.received),
            Poll::Ready(None) => {
                this.body = None;
                return Poll::Ready(None);
            }
            Poll::Pending => match this.sleep.as_mut().map(|sleep| sleep.as_mut().poll(context)) {
                Some(Poll::Ready(())) => Error::timeout(this.limit),
                _ => return Poll::Pending,
            },
        };
        this.body = None;
        Poll::Ready(Some(Err(error.in_call(&this.call))))
    }
}

/// Takes `{"output": …}` off, which Paragon may put round an answer even when asked not to. What X itself answers has no such property.
fn unwrap_output(body: Bytes) -> Bytes {
    // Looking for the name is much cheaper than reading the JSON, and nearly always enough.
    let candidate = body.trim_ascii_start().starts_with(b"{") && std::str::from_utf8(&body).is_ok_and(|text| text.contains("\"output\""));
    match candidate.then(|| find_output(&body)).flatten() {
        Some(output) => body.slice_ref(output),
        None => body,
    }
}

/// The value of the property `output` of an object that is no envelope of X's.
fn find_output(body: &[u8]) -> Option<&[u8]> {
    let mut jiter = Jiter::new(body);
    let mut output = None;
    let mut key = jiter.next_object().ok()?;
    while let Some(name) = key {
        let is_output = match name {
            "data" | "errors" | "includes" => return None,
            name => name == "output",
        };
        jiter.peek().ok()?;
        let start = jiter.current_index();
        jiter.next_skip().ok()?;
        if is_output {
            output = Some(jiter.slice_to_current(start));
        }
        key = jiter.next_key().ok()?;
    }
    jiter.finish().ok()?;
    output
}
