//! Makes calls: refuses requests that cannot work, finds the token and the route, sends, waits and sends again, and reads the responses.
//!
//! [`Caller::exchange`] and [`Caller::open`] make a call, in a span, in as many attempts as it takes; [`Engine::attempt`] is the only place where
//! anything is sent. Generated, declared and untyped requests all come through here.

mod body;
pub mod deadline;
mod failure;
pub mod limits;
pub mod own_id;
pub mod response;
pub mod retry;
pub mod token;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use percent_encoding::utf8_percent_encode;
use serde_json::Value;
use tracing::Instrument as _;

use crate::engine::body::Encoded;
use crate::engine::deadline::Deadline;
use crate::engine::limits::{LimitKey, Limits, Who};
use crate::engine::own_id::{Account, OwnIds};
use crate::engine::response::{Response, ResponseBody};
use crate::engine::retry::{Retry, Sleeper};
use crate::engine::token::{Clock, Source, Tokens};
use crate::json;
use crate::json::DecodeError;
use crate::transport::{self, CallInfo, Transport};
use crate::wire::address::{ALL_BUT_UNRESERVED, Address};
use crate::wire::error::{Error, Result};
use crate::wire::operation::{Auth, Dialect, Operation, TWITTER};
use crate::wire::rate_limit::RateLimits;
use crate::wire::request::{RequestBody, RequestData};
use crate::wire::secret::Secret;

const CREDENTIAL: HeaderName = HeaderName::from_static("x-paragon-credential");
const RAW: HeaderName = HeaderName::from_static("x-paragon-use-raw-response");
/// Tells Paragon to call another address than that of the path, with the user's credential.
const PROXY_URL: HeaderName = HeaderName::from_static("x-paragon-proxy-url");

const OLD_TOKEN: &str = "The token was kept from an earlier call; the next call gets a new one";

/// Tells the account that a call is made as.
static ME: Operation = Operation {
    name: Cow::Borrowed("users.me"),
    method: Method::GET,
    path: Cow::Borrowed("/2/users/me"),
    auth: Auth::USER,
    page_parameter: None,
    streaming: false,
    enveloped: true,
    dialect: Dialect::Post,
    integration: None,
    idempotent: true,
};

/// The settings and the state of a client, which all its handles share.
pub(crate) struct Engine {
    pub(crate) project: String,
    pub(crate) transport: Arc<dyn Transport>,
    /// Up to the integration.
    pub(crate) proxy: Address,
    pub(crate) x: Address,
    pub(crate) tokens: Tokens,
    pub(crate) bearer: Option<Secret>,
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) sleep: Sleeper,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) own_ids: OwnIds,
    pub(crate) user_agent: HeaderValue,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, proxy, x, tokens, bearer, timeout, retry, .. } = self;
        f.debug_struct("Paragon")
            .field("project", project)
            .field("proxy", proxy)
            .field("x", x)
            .field("tokens", tokens)
            .field("bearer", bearer)
            .field("timeout", timeout)
            .field("retry", retry)
            .finish_non_exhaustive()
    }
}

/// Makes the calls of one connected user. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Caller {
    pub(crate) engine: Arc<Engine>,
    pub(crate) user: Arc<str>,
    pub(crate) credential: Option<Arc<str>>,
    pub(crate) dialect: Option<Dialect>,
    /// The id of the account, if it was given and need not be looked up.
    pub(crate) own_id: Option<Arc<str>>,
}

/// Settings of one call, in place of the client's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) credential: Option<String>,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) app_only: bool,
}

/// The way that a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// To Paragon's proxy, as a connected user.
    Paragon,
    /// To X itself, with the app-only token.
    X,
}

/// A request that lacks only its authorization.
struct Prepared<'a> {
    route: Route,
    address: &'a Address,
    request: http::Request<transport::Body>,
}

impl Caller {
    /// Makes a call until its response has begun. The response is a success; anything else is an error.
    pub(crate) async fn open(&self, data: &RequestData, options: &Options) -> Result<Response<ResponseBody>> {
        Ok(self.call(data, options, self.deadline(options), false).await?.0)
    }

    /// Makes a call until the whole body of its response is there.
    pub(crate) async fn exchange(&self, data: &RequestData, options: &Options) -> Result<Response<Bytes>> {
        self.exchange_by(data, options, self.deadline(options)).await
    }

    async fn exchange_by(&self, data: &RequestData, options: &Options, deadline: Deadline) -> Result<Response<Bytes>> {
        let (response, body) = self.call(data, options, deadline, true).await?;
        Ok(response.with_body(body).0)
    }

    fn deadline(&self, options: &Options) -> Deadline {
        Deadline::after(options.timeout.unwrap_or(self.engine.timeout))
    }

    async fn call(
        &self,
        data: &RequestData,
        options: &Options,
        deadline: Deadline,
        whole: bool,
    ) -> Result<(Response<ResponseBody>, Bytes)> {
        let operation = data.operation();
        let span = tracing::info_span!(
            target: "paragon_twitter::call",
            "call",
            operation = &*operation.name,
            method = operation.method.as_str(),
            path = operation.template(),
            integration = operation.integration(),
            attempts = tracing::field::Empty,
            status = tracing::field::Empty,
            error = tracing::field::Empty,
        );
        let result = self.attempts(data, options, deadline, whole).instrument(span.clone()).await;
        match &result {
            Ok((response, _)) => span.record("attempts", response.attempts).record("status", response.status.as_u16()),
            Err(error) => {
                let status = error.status().map(|status| status.as_u16());
                span.record("attempts", error.attempts()).record("status", status).record("error", tracing::field::debug(error.kind()))
            }
        };
        result
    }

    /// Makes attempts until one succeeds, or none may follow.
    async fn attempts(
        &self,
        data: &RequestData,
        options: &Options,
        deadline: Deadline,
        whole: bool,
    ) -> Result<(Response<ResponseBody>, Bytes)> {
        let engine = &*self.engine;
        let operation = data.operation();
        let retry = options.retry.unwrap_or(engine.retry);
        let idempotent = options.idempotent.unwrap_or(operation.idempotent);
        let mut attempts = 0;
        let (mut filled, mut kept) = self.with_own_id(data, options, deadline, attempts).await?;
        loop {
            attempts += 1;
            let attempt = async {
                let mut response = self.attempt(&filled, options, deadline, attempts).await?;
                let body = if whole { response.whole().await? } else { Bytes::new() };
                Ok((response, body))
            };
            let mut error = match attempt.await.map_err(|error: Error| error.in_call(operation, attempts)) {
                Ok(success) => return Ok(success),
                Err(error) => error,
            };
            let foreign = data.own_id().is_some() && error.names_other_account();
            if foreign || error.needs_reconnect() {
                engine.own_ids.forget(&self.account(data, options));
            }
            if foreign && kept {
                error = error.outdated("The account's own id was kept from an earlier call; the next call looks it up");
            }
            let status = error.status().map(|status| status.as_u16());
            let wait = retry.wait(&error, idempotent, attempts, (engine.clock)());
            let Some(pause) = wait.filter(|pause| deadline.outlasts(*pause)) else { return Err(error) };
            tracing::info!(
                target: "paragon_twitter::call",
                attempt = attempts,
                status,
                error = ?error.kind(),
                ?pause,
                "the call failed and is made again"
            );
            (engine.sleep)(pause).await;
            if foreign {
                (filled, kept) = self.with_own_id(data, options, deadline, attempts).await?;
            }
        }
    }

    /// Makes a request of the data, with all but the authorization. All that can be refused is refused here, before a token is asked for.
    fn prepare(&self, data: &RequestData, options: &Options) -> Result<Prepared<'_>> {
        let engine = &*self.engine;
        let operation = data.operation();
        let route = engine.route(operation, options)?;
        let path = data.path_and_query();
        let (address, path) = match route {
            Route::Paragon => (&engine.proxy, format!("{}/{}", integration(operation)?, path.trim_start_matches('/'))),
            Route::X => (&engine.x, path),
        };
        let url = address.resolve(&path)?;
        let mut headers = self.headers(data, options, route)?;
        if matches!(data.body(), RequestBody::Multipart(_)) && route == Route::Paragon {
            return Err(Error::request("Paragon's proxy takes no `multipart/form-data`")
                .with_advice("Send the fields as JSON, with bytes in base64: that is what happens if multipart is not asked for"));
        }
        let Encoded { content_type, bytes } = Encoded::of(data.body());
        if let Some(content_type) = content_type {
            headers.entry(header::CONTENT_TYPE).or_insert(content_type);
        }
        if bytes.is_empty() && matches!(operation.method, Method::POST | Method::PUT | Method::PATCH) {
            // Some intermediaries refuse a call that may have a body and does not say that it has none.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = http::Request::new(transport::Body::from(bytes));
        *request.method_mut() = operation.method.clone();
        *request.uri_mut() = url;
        *request.headers_mut() = headers;
        Ok(Prepared { route, address, request })
    }

    async fn attempt(&self, data: &RequestData, options: &Options, deadline: Deadline, attempts: u32) -> Result<Response<ResponseBody>> {
        let engine = &*self.engine;
        let operation = data.operation();
        let Prepared { route, address, mut request } = self.prepare(data, options)?;

        let (token, kept) = match (route, &engine.bearer) {
            (Route::X, Some(bearer)) => (bearer.clone(), false),
            _ => deadline.bound(engine.tokens.find(&self.user)).await.map_err(|late| late.unsent(true))??,
        };
        request.headers_mut().insert(header::AUTHORIZATION, authorization(&token)?);
        request.extensions_mut().insert(CallInfo {
            operation: operation.name.clone(),
            path_template: operation.template().to_owned().into(),
            path_and_query: format!("/{}", data.path_and_query().trim_start_matches('/')),
            integration: operation.integration().to_owned().into(),
            user: (route == Route::Paragon).then(|| self.user.clone()),
            attempt: attempts,
        });
        let sent = deadline.bound(engine.transport.send(request)).await?.map_err(|error| failure::unanswered(error, address.host()))?;
        let (http::response::Parts { status, headers, .. }, body) = sent.into_parts();

        engine.limits.note(self.limit_key(data, options, route), &headers, (engine.clock)());
        let deadline = if status.is_success() && operation.streaming { Deadline::NEVER } else { deadline };
        let mut response = Response {
            status,
            headers,
            body: ResponseBody::new(body, deadline, route == Route::Paragon),
            operation: data.shared_operation(),
            attempts,
            secret: token.clone(),
        };
        if status.is_success() {
            return Ok(response);
        }
        let text = token.redact(response.failure().await);
        let error = Error::from_response(status, &response.headers, text, route == Route::Paragon);
        Err(if error.needs_new_token() {
            // Whoever keeps this one waiting is getting a new token. The response says more than that the time is up.
            let _ = deadline.bound(engine.tokens.forget(&self.user, &token)).await;
            if kept { error.outdated(OLD_TOKEN) } else { error.with_advice(engine.token_advice()) }
        } else {
            error
        })
    }

    /// Fills the own id in, if the request has a place for it that is still open. Returns also whether it was kept from an earlier call.
    /// `attempts` is how many there were already.
    async fn with_own_id<'a>(
        &self,
        data: &'a RequestData,
        options: &Options,
        deadline: Deadline,
        attempts: u32,
    ) -> Result<(Cow<'a, RequestData>, bool)> {
        let Some(parameter) = data.own_id() else { return Ok((Cow::Borrowed(data), false)) };
        let filled = |id: &str| {
            let mut filled = data.clone();
            filled.set_path(parameter, id).map_err(|complaint| Error::request(complaint).in_call(data.operation(), attempts + 1))?;
            Ok(filled)
        };
        let account = self.account(data, options);
        // The id that was given belongs to the account of the handle.
        if let Some(id) = self.own_id.as_ref().filter(|_| account.1.as_deref() == self.credential.as_deref()) {
            return Ok((Cow::Owned(filled(id)?), false));
        }
        // Nothing is looked up for a call that is refused in any case.
        self.prepare(&filled("0")?, options).map_err(|error| error.in_call(data.operation(), attempts + 1))?;
        let look_up = self.look_up_own_id(account.1.clone(), options.retry, deadline);
        let found = deadline.bound(self.engine.own_ids.get(&account, look_up)).await.and_then(|found| found);
        let (id, kept) = found.map_err(|error| error.of_own_id(data.operation(), attempts))?;
        Ok((Cow::Owned(filled(&id)?), kept))
    }

    /// The account that a call is made as.
    fn account(&self, data: &RequestData, options: &Options) -> Account {
        (self.user.clone(), self.chosen_credential(data, options).map(str::to_owned))
    }

    // Boxed, since it is a call that is made by a call.
    fn look_up_own_id(
        &self,
        credential: Option<String>,
        retry: Option<Retry>,
        deadline: Deadline,
    ) -> Pin<Box<dyn Future<Output = Result<String>> + Send + '_>> {
        Box::pin(async move {
            let options = Options { credential, retry, ..Options::default() };
            let response = self.exchange_by(&RequestData::new(&ME), &options, deadline).await?;
            let reply: Value = match json::from_slice(&response.body) {
                Ok(reply) => reply,
                Err(error) => return Err(response.unreadable(error, response.body.clone())),
            };
            match &reply["data"]["id"] {
                Value::String(id) if !id.is_empty() => Ok(id.clone()),
                Value::Number(id) => Ok(id.to_string()),
                _ => Err(response.unreadable(DecodeError::new("`data.id` is missing", 0), response.body.clone())),
            }
        })
    }

    /// The headers of a call but for the authorization: those that were set, then those that the route needs.
    fn headers(&self, data: &RequestData, options: &Options, route: Route) -> Result<HeaderMap> {
        let mut headers = data.headers().clone();
        for name in [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION, PROXY_URL] {
            if headers.contains_key(&name) {
                return Err(Error::request(format!("the header `{name}` is set by the client")));
            }
        }
        if matches!(data.body(), RequestBody::Multipart(_)) {
            // It names the boundary, which only the encoder knows.
            headers.remove(header::CONTENT_TYPE);
        }
        headers.entry(header::USER_AGENT).or_insert_with(|| self.engine.user_agent.clone());
        match route {
            Route::Paragon => {
                headers.insert(RAW, HeaderValue::from_static("1"));
                if let Some(credential) = self.chosen_credential(data, options) {
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

    /// The credential of the call, of its header, or of the user, in this order.
    fn chosen_credential<'a>(&'a self, data: &'a RequestData, options: &'a Options) -> Option<&'a str> {
        let in_header = || data.headers().get(CREDENTIAL).and_then(|value| value.to_str().ok());
        options.credential.as_deref().or_else(in_header).or(self.credential.as_deref())
    }

    /// The key under which X counts a call.
    fn limit_key(&self, data: &RequestData, options: &Options, route: Route) -> LimitKey {
        let operation = data.operation();
        let who = match route {
            Route::X => Who::App,
            Route::Paragon => Who::User(self.user.clone(), self.chosen_credential(data, options).map(str::to_owned)),
        };
        LimitKey {
            who,
            integration: operation.integration().to_owned().into(),
            method: operation.method.clone(),
            path: operation.template().to_owned().into(),
        }
    }

    /// The limits that were last seen for an operation, called as it would be.
    pub(crate) fn rate_limits(&self, data: &RequestData, options: &Options) -> RateLimits {
        let Engine { limits, clock, .. } = &*self.engine;
        match self.engine.route(data.operation(), options) {
            Ok(route) => limits.of(&self.limit_key(data, options, route), clock()),
            // It cannot be called, so it was not.
            Err(_) => RateLimits::default(),
        }
    }

    /// The limits that were last seen for an operation as this user, or else as the app.
    pub(crate) fn rate_limits_of_either(&self, data: &RequestData) -> RateLimits {
        let Engine { limits, clock, .. } = &*self.engine;
        let key = |route| self.limit_key(data, &Options::default(), route);
        let [user, app] = [Route::Paragon, Route::X].map(|route| limits.of(&key(route), clock()));
        if user == RateLimits::default() { app } else { user }
    }
}

impl Engine {
    /// The route of an operation.
    fn route(&self, operation: &Operation, options: &Options) -> Result<Route> {
        let Operation { auth, integration, .. } = operation;
        let app_only = options.app_only || (auth.app && (!auth.user || matches!(self.tokens.source(), Source::Absent)));
        let other = integration.as_ref().filter(|name| *name != TWITTER);
        match (&self.bearer, other) {
            _ if !app_only => Ok(Route::Paragon),
            (_, Some(other)) => {
                Err(Error::request(format!("an app-only bearer token is for X alone, and not for the integration {other}")))
            }
            _ if !auth.app => Err(Error::request("X takes no app-only bearer token for this: it is called as a connected user")),
            (Some(_), None) => Ok(Route::X),
            (None, None) => Err(Error::request("X takes an app-only bearer token for this, and no connected user's account")
                .with_advice("Give the client the token of your X app with `ParagonBuilder::bearer_token`")),
        }
    }

    /// The advice for a user token that Paragon does not accept, by where the token came from.
    fn token_advice(&self) -> Cow<'static, str> {
        let project = &self.project;
        match self.tokens.source() {
            Source::Signed(_) => Cow::Owned(format!(
                "This client signed the token and it is fresh, so the signing key is not the one of project {project}, or the clock of this machine is wrong: \
                 compare with Settings > SDK Setup in Paragon's dashboard"
            )),
            Source::Supplied(_) => Cow::Owned(format!(
                "Sign a new user token: this one has expired, or was not signed with the signing key of project {project}"
            )),
            Source::Asked(_) | Source::Absent => Cow::Owned(format!(
                "Look at the source of user tokens: this one has expired, or was not signed with the signing key of project {project}"
            )),
        }
    }
}

/// The integration that a call is for, as it stands in the address.
fn integration(operation: &Operation) -> Result<Cow<'_, str>> {
    let Some(name) = operation.integration.as_deref() else { return Ok(Cow::Borrowed(TWITTER)) };
    let segments: Vec<String> = name.split('/').map(|segment| utf8_percent_encode(segment, ALL_BUT_UNRESERVED).to_string()).collect();
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
