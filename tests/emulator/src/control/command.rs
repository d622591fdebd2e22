//! A request to the emulator itself, and its outcome.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::extra::Response;
use crate::message::RecordedRequest;
use crate::shared::Shared;

/// Why a request is refused.
pub(super) struct Refusal(pub(super) StatusCode, pub(super) String);

/// The body of the response: `None` if there is nothing to tell.
pub(super) type Outcome = Result<Option<Value>, Refusal>;

/// A request to do something.
pub(super) struct Command<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) request: &'a RecordedRequest,
    /// The segments of the path that the template leaves open.
    pub(super) path: Vec<&'a str>,
}

/// The method and path of a command, and the function that carries it out.
pub(super) type Entry = (Method, &'static str, fn(&Command<'_>) -> Outcome);

pub(super) fn wrong(mistake: String) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, mistake)
}

pub(super) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, message.into())
}

impl Command<'_> {
    /// The body, read as JSON under any content type, because `curl -d` sends one of its own.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
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
}

pub(super) fn show_headers(headers: &HeaderMap) -> Map<String, Value> {
    let joined = |name| headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ");
    headers.keys().map(|name| (name.as_str().to_owned(), joined(name).into())).collect()
}

/// JSON as it is, anything else as text.
pub(super) fn show_body(body: &[u8]) -> Value {
    let text = || if body.is_empty() { Value::Null } else { String::from_utf8_lossy(body).into() };
    serde_json::from_slice(body).unwrap_or_else(|_| text())
}

pub(super) fn show_request(request: &RecordedRequest) -> Value {
    json!({
        "listener": request.listener,
        "method": request.method.as_str(),
        "path": request.path,
        "headers": show_headers(&request.headers),
        "body": show_body(&request.body),
    })
}

/// An answer that is always the same.
pub(super) fn fixed(status: u16, body: Option<Value>) -> Result<impl Fn(&RecordedRequest) -> Response + Send + Sync + 'static, Refusal> {
    let status = StatusCode::from_u16(status).ok().filter(|status| !status.is_informational());
    let status = status.ok_or_else(|| wrong("status: is no status of an answer".to_owned()))?;
    Ok(move |_: &RecordedRequest| match &body {
        Some(body) => Response::from((status, body.clone())),
        None => Response::from(status),
    })
}

/// The status that a response has unless another is named.
pub(super) fn ok() -> u16 {
    200
}

/// How far a clock is put forward.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    seconds: u64,
}

impl Span {
    /// The time in the body of a command.
    pub(super) fn of(command: &Command<'_>) -> Result<Duration, Refusal> {
        let Self { seconds } = command.body()?;
        Ok(Duration::from_secs(seconds))
    }
}
