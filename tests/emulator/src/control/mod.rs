//! The emulator's own HTTP API: what a test can do by [`Emulator`](crate::Emulator), for tests in other languages. The table is in the crate's docs.

mod x;

use std::sync::Arc;
use std::time::Duration;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::Shared;
use crate::description::captures;
use crate::extra::Response;
use crate::faults::{Fault, FaultId};
use crate::method::MethodName;
use crate::paragon::CredentialStatus;
use crate::state::{Disconnect, End};
use crate::wire::{Answer, Exchange, RecordedRequest};

const PREFIX: &str = "/_emulator";

/// Why a request is refused.
struct Refusal(StatusCode, String);

/// What is done: `None` if there is nothing to tell.
type Outcome = Result<Option<Value>, Refusal>;

/// A request to do something.
struct Command<'a> {
    shared: &'a Arc<Shared>,
    request: &'a RecordedRequest,
    /// What stands in the path for the segments left open.
    path: Vec<&'a str>,
}

type Endpoint = (Method, &'static str, fn(&Command<'_>) -> Outcome);

const ENDPOINTS: &[Endpoint] = &[
    (Method::GET, "/_emulator", overview),
    (Method::POST, "/_emulator/reset", |command| {
        command.shared.reset();
        Ok(None)
    }),
    (Method::POST, "/_emulator/users", connect),
    (Method::POST, "/_emulator/disconnect", disconnect),
    (Method::POST, "/_emulator/credentials", change_credential),
    (Method::POST, "/_emulator/configurations", add_configuration),
    (Method::POST, "/_emulator/tokens", sign_token),
    (Method::POST, "/_emulator/tokens/expire", expire_tokens),
    (Method::POST, "/_emulator/posts", post),
    (Method::GET, "/_emulator/requests", requests),
    (Method::DELETE, "/_emulator/requests", |command| {
        command.shared.record().clear();
        Ok(None)
    }),
    (Method::GET, "/_emulator/exchanges", exchanges),
    (Method::GET, "/_emulator/faults", |command| Ok(Some(json!({ "faults": command.shared.faults().list() })))),
    (Method::POST, "/_emulator/faults", add_fault),
    (Method::DELETE, "/_emulator/faults", |command| {
        command.shared.faults().clear();
        Ok(None)
    }),
    (Method::GET, "/_emulator/faults/{id}", one_fault),
    (Method::DELETE, "/_emulator/faults/{id}", remove_fault),
    (Method::POST, "/_emulator/clock", advance),
    (Method::POST, "/_emulator/limits", set_limit),
    (Method::POST, "/_emulator/limits/daily", set_daily_limits),
    (Method::GET, "/_emulator/streams", |command| Ok(Some(json!({ "count": command.shared.world().streams.active().count() })))),
    (Method::POST, "/_emulator/streams/disconnect", disconnect_streams),
    (Method::POST, "/_emulator/streams/drop", |command| {
        command.shared.end_streams(End::Drop);
        Ok(None)
    }),
    (Method::POST, "/_emulator/streams/stall", stall_streams),
    (Method::POST, "/_emulator/labels", label_post),
    (Method::POST, "/_emulator/routes", add_route),
    (Method::POST, "/_emulator/workflows", script_workflow),
    (Method::GET, "/_emulator/runs", runs),
    (Method::GET, "/_emulator/events", events),
];

fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().chain(x::ENDPOINTS)
}

/// Whether a request to Paragon's listener is one to the emulator itself.
pub(crate) fn is_control(request: &RecordedRequest) -> bool {
    request.path_only().strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request to the emulator itself.
pub(crate) async fn handle(shared: &Arc<Shared>, request: &RecordedRequest) -> Answer {
    // The only request that waits for something: everything else is done at once.
    if x::waits(request) && is_local(&request.headers) {
        shared.deliveries().settled().await;
    }
    match respond(shared, request) {
        Ok(Some(body)) => Answer::json(StatusCode::OK, &body),
        Ok(None) => Answer::empty(StatusCode::NO_CONTENT),
        Err(Refusal(status, message)) => Answer::json(status, &json!({ "message": message })),
    }
}

fn respond(shared: &Arc<Shared>, request: &RecordedRequest) -> Outcome {
    if !is_local(&request.headers) {
        return Err(Refusal(StatusCode::FORBIDDEN, "only localhost and 127.0.0.1 may be asked, and by a page from there".to_owned()));
    }
    let path = request.path_only();
    let fitting = || endpoints().filter_map(|(method, template, act)| Some((method, act, captures(template, path)?)));
    match fitting().find(|(method, _, _)| **method == request.method) {
        Some((_, act, path)) => act(&Command { shared, request, path }),
        None if fitting().next().is_some() => {
            Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, format!("{path} does not have {}", request.method)))
        }
        None => Err(Refusal(StatusCode::NOT_FOUND, format!("there is no {path}; GET {PREFIX} tells what there is"))),
    }
}

/// Whether a request was made to this machine by its name or address. A page of another site that a browser on this machine has open must not reach
/// the emulator, not even by a name of its own that leads here.
fn is_local(headers: &HeaderMap) -> bool {
    let is_loopback = |authority: &str| {
        let host = authority
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(authority, |(host, _)| host);
        host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost")
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin =
        headers.get(ORIGIN).map(|origin| origin.to_str().ok().and_then(|origin| Some(origin.split_once("://")?.1)).unwrap_or_default());
    host.is_some_and(is_loopback) && origin.is_none_or(is_loopback)
}

fn wrong(mistake: String) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, mistake)
}

fn not_found(message: impl Into<String>) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, message.into())
}

impl Command<'_> {
    /// The body, whatever content type it is said to have: `curl -d` says what it wants.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let docs = "the docs of the crate `paragon-twitter-emulator` tell what it takes";
        let body = match serde_json::from_slice(&self.request.body) {
            Ok(body @ Value::Object(_)) => body,
            Ok(_) => return Err(wrong(format!("the body is JSON, and not an object; {docs}"))),
            Err(_) if self.request.body.is_empty() => {
                return Err(wrong(format!("the request has no body, and needs a JSON object; {docs}")));
            }
            Err(error) => return Err(wrong(format!("the body is not JSON: {error}"))),
        };
        serde_path_to_error::deserialize(body).map_err(|error| {
            let place = error.path().to_string();
            wrong(if place == "." { error.inner().to_string() } else { format!("{place}: {}", error.inner()) })
        })
    }

    /// The fault that the path names.
    fn fault_id(&self) -> Result<FaultId, Refusal> {
        let text = self.path.first().copied().unwrap_or_default();
        text.parse().map(FaultId).map_err(|_| not_found(format!("there is no fault {text}")))
    }
}

fn overview(command: &Command<'_>) -> Outcome {
    let shared = command.shared;
    let paragon = shared.paragon();
    let users = paragon.users.iter().map(|(id, user)| {
        let accounts = user.accounts.iter().map(|account| {
            let configurations = account.configurations.iter();
            json!({
                "credential_id": account.credential,
                "access_token": account.access_token(),
                "x_user_id": account.user.to_string(),
                "username": account.username,
                "status": account.status.as_str(),
                "scopes": *account.scopes,
                "configurations": configurations.map(|one| json!({ "id": one.id, "workflows": one.workflows })).collect::<Vec<_>>(),
            })
        });
        json!({ "user_id": id, "meta": user.meta, "accounts": accounts.collect::<Vec<_>>() })
    });
    Ok(Some(json!({
        "url": shared.url,
        "x_url": shared.x_url,
        "project_id": shared.project_id,
        "bearer_token": shared.bearer_token,
        "consumer_secret": shared.consumer_secret,
        "users": users.collect::<Vec<_>>(),
        "links": endpoints().map(|(method, template, _)| format!("{method} {template}")).collect::<Vec<_>>(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    user_id: String,
    name: String,
    username: String,
}

fn connect(command: &Command<'_>) -> Outcome {
    let Connection { user_id, name, username } = command.body()?;
    let credential = command.shared.connect(&user_id, &name, &username).map_err(wrong)?;
    let x_user = command.shared.paragon().accounts_of(&credential).next().map(|account| account.user.to_string());
    Ok(Some(json!({ "credential_id": credential, "x_user_id": x_user })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    whose: String,
}

fn disconnect(command: &Command<'_>) -> Outcome {
    let Whose { whose } = command.body()?;
    command.shared.paragon().disconnect(&whose);
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialChange {
    whose: String,
    status: Option<CredentialStatus>,
    scopes: Option<Vec<String>>,
}

fn change_credential(command: &Command<'_>) -> Outcome {
    let CredentialChange { whose, status, scopes } = command.body()?;
    if status.is_none() && scopes.is_none() {
        return Err(wrong("there is nothing to change: neither `status` nor `scopes` is given".to_owned()));
    }
    let scopes: Option<Arc<[String]>> = scopes.map(Into::into);
    let changed = command.shared.paragon().change(&whose, |account| {
        account.status = status.unwrap_or(account.status);
        if let Some(scopes) = &scopes {
            account.scopes = Arc::clone(scopes);
        }
    });
    if changed > 0 { Ok(None) } else { Err(not_found(format!("{whose} has no connected account"))) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credential {
    credential_id: String,
}

fn add_configuration(command: &Command<'_>) -> Outcome {
    let Credential { credential_id } = command.body()?;
    match command.shared.paragon().add_configuration(&credential_id) {
        Some(id) => Ok(Some(json!({ "configuration_id": id }))),
        None => Err(not_found(format!("{credential_id} is no credential"))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    user_id: String,
}

fn sign_token(command: &Command<'_>) -> Outcome {
    let User { user_id } = command.body()?;
    let token = command.shared.user_token(&user_id);
    token.map(|token| Some(json!({ "token": token }))).map_err(|error| Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn expire_tokens(command: &Command<'_>) -> Outcome {
    let User { user_id } = command.body()?;
    command.shared.expire_tokens(&user_id);
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPost {
    user_id: String,
    text: String,
}

fn post(command: &Command<'_>) -> Outcome {
    let NewPost { user_id, text } = command.body()?;
    let id = command.shared.post(&user_id, &text);
    id.map(|id| Some(json!({ "id": id }))).ok_or_else(|| not_found(format!("{user_id} has no connected account")))
}

fn show_headers(headers: &HeaderMap) -> Map<String, Value> {
    let joined = |name| headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ");
    headers.keys().map(|name| (name.as_str().to_owned(), joined(name).into())).collect()
}

/// JSON as it is, anything else as text.
fn show_body(body: &[u8]) -> Value {
    let text = || if body.is_empty() { Value::Null } else { String::from_utf8_lossy(body).into() };
    serde_json::from_slice(body).unwrap_or_else(|_| text())
}

fn show_request(request: &RecordedRequest) -> Value {
    json!({
        "listener": request.route,
        "method": request.method.as_str(),
        "path": request.path,
        "headers": show_headers(&request.headers),
        "body": show_body(&request.body),
    })
}

fn requests(command: &Command<'_>) -> Outcome {
    let requests = command.shared.record().requests();
    Ok(Some(json!({ "requests": requests.iter().map(show_request).collect::<Vec<_>>() })))
}

fn exchanges(command: &Command<'_>) -> Outcome {
    let exchanges = command.shared.record().exchanges();
    let show = |Exchange { request, status, headers, body, duration }: &Exchange| {
        json!({
            "request": show_request(request),
            "status": status.as_u16(),
            "headers": show_headers(headers),
            "body": show_body(body),
            "duration_us": u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
        })
    };
    Ok(Some(json!({ "exchanges": exchanges.iter().map(show).collect::<Vec<_>>() })))
}

fn add_fault(command: &Command<'_>) -> Outcome {
    let fault: Fault = command.body()?;
    let added = command.shared.faults().add(fault, command.shared.seed);
    added.map(|id| Some(json!({ "id": id }))).map_err(wrong)
}

fn one_fault(command: &Command<'_>) -> Outcome {
    let id = command.fault_id()?;
    let found = command.shared.faults().list().into_iter().find(|listed| listed.id == id);
    found.map(|listed| Some(json!(listed))).ok_or_else(|| not_found(format!("there is no fault {}", id.0)))
}

fn remove_fault(command: &Command<'_>) -> Outcome {
    let id = command.fault_id()?;
    if command.shared.faults().remove(id) { Ok(None) } else { Err(not_found(format!("there is no fault {}", id.0))) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clocks {
    #[serde(default)]
    x_seconds: u64,
    #[serde(default)]
    paragon_seconds: u64,
}

fn advance(command: &Command<'_>) -> Outcome {
    let Clocks { x_seconds, paragon_seconds } = command.body()?;
    command.shared.world().advance(Duration::from_secs(x_seconds));
    command.shared.paragon().advance(Duration::from_secs(paragon_seconds));
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamEnd {
    disconnect_type: Disconnect,
}

fn disconnect_streams(command: &Command<'_>) -> Outcome {
    let StreamEnd { disconnect_type } = command.body()?;
    command.shared.end_streams(End::Disconnect(disconnect_type));
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stall {
    stalled: bool,
}

fn stall_streams(command: &Command<'_>) -> Outcome {
    let Stall { stalled } = command.body()?;
    command.shared.world().streams.stall(stalled);
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    post_id: String,
    title: String,
}

fn label_post(command: &Command<'_>) -> Outcome {
    let Label { post_id, title } = command.body()?;
    let labeled = post_id.parse().is_ok_and(|id| command.shared.world().label(id, &title));
    if labeled { Ok(None) } else { Err(not_found(format!("there is no post {post_id}"))) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimit {
    method: MethodName,
    path: String,
    requests: u32,
    seconds: u64,
}

fn set_limit(command: &Command<'_>) -> Outcome {
    let RateLimit { method: MethodName(method), path, requests, seconds } = command.body()?;
    let set = command.shared.set_rate_limit(&method, &path, requests, Duration::from_secs(seconds));
    if set { Ok(None) } else { Err(not_found(format!("the description has no {method} {path}"))) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DailyLimits {
    user: Option<u32>,
    app: Option<u32>,
}

fn set_daily_limits(command: &Command<'_>) -> Outcome {
    let DailyLimits { user, app } = command.body()?;
    command.shared.limits().set_daily(user, app);
    Ok(None)
}

/// An answer that is always the same.
fn fixed(status: u16, body: Option<Value>) -> Result<impl Fn(&RecordedRequest) -> Response + Send + Sync + 'static, Refusal> {
    let status = StatusCode::from_u16(status).ok().filter(|status| !status.is_informational());
    let status = status.ok_or_else(|| wrong("status: is no status of an answer".to_owned()))?;
    Ok(move |_: &RecordedRequest| match &body {
        Some(body) => Response::from((status, body.clone())),
        None => Response::from(status),
    })
}

fn ok() -> u16 {
    200
}

fn twitter() -> String {
    "twitter".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRoute {
    #[serde(default = "twitter")]
    integration: String,
    method: MethodName,
    path: String,
    #[serde(default = "ok")]
    status: u16,
    body: Option<Value>,
}

fn add_route(command: &Command<'_>) -> Outcome {
    let NewRoute { integration, method: MethodName(method), path, status, body } = command.body()?;
    let respond = Arc::new(fixed(status, body)?);
    command.shared.routes().add(&integration, method, &path, respond).map(|()| None).map_err(wrong)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    workflow_id: String,
    #[serde(default = "ok")]
    status: u16,
    body: Option<Value>,
}

fn script_workflow(command: &Command<'_>) -> Outcome {
    let Script { workflow_id, status, body } = command.body()?;
    let respond = Arc::new(fixed(status, body)?);
    command.shared.paragon().workflows.insert(workflow_id, respond);
    Ok(None)
}

fn runs(command: &Command<'_>) -> Outcome {
    let runs = command.shared.paragon().runs.clone();
    let show =
        runs.iter().map(|run| json!({ "user_id": run.user_id, "workflow_id": run.workflow_id, "request": show_request(&run.request) }));
    Ok(Some(json!({ "runs": show.collect::<Vec<_>>() })))
}

fn events(command: &Command<'_>) -> Outcome {
    let events = command.shared.paragon().events.clone();
    let show = events.iter().map(|event| json!({ "user_id": event.user_id, "name": event.name, "payload": event.payload }));
    Ok(Some(json!({ "events": show.collect::<Vec<_>>() })))
}

#[cfg(test)]
mod tests {
    use super::endpoints;

    #[test]
    fn every_request_is_in_the_docs() {
        let docs = include_str!("../lib.rs");
        for (method, template, _) in endpoints() {
            assert!(docs.contains(&format!("//! | `{method} {template}` |")), "{method} {template}");
        }
    }
}
