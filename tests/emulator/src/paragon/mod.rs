//! Paragon: who is asking, the proxy that passes a call on to X as a connected user, and the services beside it.
//!
//! In reality each service has a host of its own. Here one listener answers for all, because their paths do not meet.

mod events;
mod proxy;
mod state;
mod token;
mod users;

use std::borrow::Cow;
use std::sync::Arc;

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::message::Listener;
use crate::message::{Answer, RecordedRequest};
use crate::problem::ParagonError;
use crate::shared::Shared;
use crate::state::Caller;

pub use events::{AppEvent, WorkflowRun};
pub(crate) use proxy::RAW;
pub use state::CredentialStatus;
pub(crate) use state::{Account, State};
pub(crate) use token::Tokens;

/// The integration that the emulated project has by itself.
pub(crate) const INTEGRATION: &str = "twitter";

/// The service that a path of Paragon names.
#[derive(Debug, PartialEq, Eq)]
enum Service<'a> {
    /// The proxy, with the text after `sdk/proxy/`, undecoded.
    Proxy(&'a str),
    Me,
    Integrations,
    Integration(Cow<'a, str>),
    Credentials,
    Workflow(Cow<'a, str>),
    Event,
    Trigger(Cow<'a, str>),
}

fn decode(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

/// Takes `/projects/{projectId}/sdk/…` apart, or with `/v2` before it.
fn service_at(path: &str) -> Option<(Cow<'_, str>, Service<'_>)> {
    let (version_2, path) = path.strip_prefix("/v2").map_or((false, path), |rest| (true, rest));
    let (project_id, rest) = path.strip_prefix("/projects/")?.split_once("/sdk/")?;
    if project_id.is_empty() || project_id.contains('/') {
        return None;
    }
    let project_id = decode(project_id);
    if version_2 {
        return (rest == "events/trigger").then_some((project_id, Service::Event));
    }
    let (service, id) = rest.split_once('/').map_or((rest, None), |(service, id)| (service, Some(id)));
    let segment = id.filter(|id| !id.is_empty() && !id.contains('/')).map(decode);
    let called = match (service, id, segment) {
        ("proxy", Some(target), _) if !target.is_empty() && !target.starts_with('/') => Service::Proxy(target),
        ("me", None, _) => Service::Me,
        ("credentials", None, _) => Service::Credentials,
        ("integrations", None, _) => Service::Integrations,
        ("integrations", _, Some(id)) => Service::Integration(id),
        ("workflows", _, Some(id)) => Service::Workflow(id),
        ("triggers", _, Some(id)) => Service::Trigger(id),
        _ => return None,
    };
    Some((project_id, called))
}

/// Answers any request to Paragon.
pub(crate) async fn handle(shared: &Arc<Shared>, request: &RecordedRequest) -> Answer {
    respond(shared, request).await.unwrap_or_else(Answer::from)
}

async fn respond(shared: &Arc<Shared>, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    let path = request.path_only();
    // Whoever opens the address in a browser looks for something else.
    let hint = if path == "/" { "; what the emulator itself has is at /_emulator" } else { "" };
    let nowhere = || ParagonError::not_found(format!("Cannot {} {path}{hint}", request.method));
    let (project_id, called) = service_at(path).ok_or_else(nowhere)?;
    // Which key to verify a token with depends on the project, so this comes first.
    if project_id != shared.project_id {
        return Err(ParagonError::not_found(format!("There is no project {project_id}.")));
    }
    let user = &*authenticate(shared, request)?;
    match (&request.method, called) {
        (_, Service::Proxy(target)) => proxy::handle(shared, user, target, request).await,
        (&Method::GET, Service::Me) => Ok(users::me(shared, user)),
        (&Method::PATCH, Service::Me) => users::set_meta(shared, user, request),
        (&Method::GET, Service::Integrations) => Ok(users::integrations(shared)),
        (&Method::DELETE, Service::Integration(id)) => users::disconnect(shared, user, &id, request),
        (&Method::GET, Service::Credentials) => users::credentials(shared, user, request),
        (&Method::POST, Service::Workflow(id)) => users::set_workflow(shared, user, &id, true, request),
        (&Method::DELETE, Service::Workflow(id)) => users::set_workflow(shared, user, &id, false, request),
        (&Method::POST, Service::Event) => events::event(shared, user, request),
        (&Method::POST, Service::Trigger(id)) => events::trigger(shared, user, &id, request),
        _ => Err(nowhere()),
    }
}

/// Refuses a request whose body was not taken.
pub(crate) fn without_body(status: StatusCode) -> Answer {
    ParagonError::without_body(status).into()
}

/// The path that a request to the proxy has for its integration.
pub(crate) fn proxied_path(request: &RecordedRequest) -> Option<String> {
    match service_at(request.path_only())? {
        (_, Service::Proxy(target)) => proxy::path_of(target, request),
        _ => None,
    }
}

/// Hands over X's answer to a request, if that came through the proxy.
pub(crate) fn hand_over(request: &RecordedRequest, answer: Answer) -> Answer {
    if request.listener == Listener::Paragon && proxied_path(request).is_some() {
        proxy::as_asked(request, answer).unwrap_or_else(Answer::from)
    } else {
        answer
    }
}

/// The user of X on whose behalf a request would be passed on.
pub(crate) fn sender(shared: &Shared, request: &RecordedRequest) -> Option<Caller> {
    let user = authenticate(shared, request).ok()?;
    let account = shared.paragon().choose_valid(&user, &request.headers).ok()?;
    Some(Caller::User(account.user))
}

/// Lets all tokens expire that the sender of a request has so far, if that is a user: user tokens of Paragon, or the access token at X.
pub(crate) fn expire_sender(shared: &Shared, request: &RecordedRequest) {
    let Some(token) = request.bearer_token().flatten() else { return };
    match request.listener {
        Listener::Paragon => {
            if let Ok(verified) = shared.tokens.verify(token) {
                shared.expire_tokens(&verified.user);
            }
        }
        Listener::X => shared.paragon().renew(token),
    }
}

/// The user who is asking.
fn authenticate(shared: &Shared, request: &RecordedRequest) -> Result<Arc<str>, ParagonError> {
    let token = match request.bearer_token() {
        None => return Err(ParagonError::unauthorized("There is no user token: the Authorization header is missing.")),
        Some(None) => return Err(ParagonError::unauthorized("The Authorization header carries no bearer token.")),
        Some(Some(token)) => token,
    };
    let verified = shared.tokens.verify(token)?;
    shared.paragon().admit(&verified)?;
    Ok(verified.user)
}

/// A body is optional, and JSON if it is there.
fn json_body(request: &RecordedRequest) -> Result<Option<Value>, ParagonError> {
    if request.body.is_empty() {
        return Ok(None);
    }
    if request.media_type().as_deref() != Some("application/json") {
        return Err(ParagonError::unsupported_media_type("A request with a body must have the content type application/json."));
    }
    request.json().map(Some).ok_or_else(|| ParagonError::invalid_request("The body of the request is not valid JSON."))
}

/// The answer of a service that returns nothing.
fn nothing() -> Answer {
    Answer::empty(StatusCode::OK)
}

#[cfg(test)]
mod tests {
    use super::{Service, service_at};

    #[test]
    fn a_path_is_one_service_or_none() {
        let expected = [
            ("/projects/p/sdk/proxy/twitter//2", Service::Proxy("twitter//2")),
            ("/projects/p/sdk/me", Service::Me),
            ("/projects/p/sdk/integrations", Service::Integrations),
            ("/projects/p/sdk/integrations/a%20b", Service::Integration("a b".into())),
            ("/projects/p/sdk/workflows/w", Service::Workflow("w".into())),
            ("/projects/p/sdk/triggers/w", Service::Trigger("w".into())),
            ("/v2/projects/p/sdk/events/trigger", Service::Event),
        ];
        for (path, expected) in expected {
            assert_eq!(service_at(path), Some(("p".into(), expected)), "{path}");
        }
        let nowhere = [
            "/",
            "/projects/p/sdk/proxy",
            "/projects/p/sdk/proxy/",
            "/projects/p/sdk/proxy//2",
            "/projects/p/q/sdk/me",
            "/projects//sdk/me",
            "/projects/p/sdk/me/",
            "/projects/p/sdk/workflows/",
            "/projects/p/sdk/triggers/a/b",
            "/projects/p/sdk/events/trigger",
            "/v2/projects/p/sdk/me",
            "/v2projects/p/sdk/me",
        ];
        for path in nowhere {
            assert_eq!(service_at(path), None, "{path}");
        }
    }
}
