//! The proxy: takes a call apart, passes it on as a connected user, and hands the answer back raw or wrapped.

use std::sync::Arc;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{INTEGRATION, json_body};
use crate::extra;
use crate::message::{Answer, RecordedRequest};
use crate::problem::ParagonError;
use crate::shared::Shared;
use crate::state::Caller;
use crate::x;

/// Where X may be when the caller names it by a full URL. Paragon sends a user's credential nowhere else.
const X_ORIGINS: &[&str] = &["https://api.x.com", "https://api.twitter.com"];

const PROXY_URL: &str = "x-paragon-proxy-url";
pub(crate) const RAW: &str = "x-paragon-use-raw-response";

/// The target of a call of the proxy.
struct Target<'a> {
    integration: &'a str,
    /// The text after the integration in the URL, without the slash between; `None` if there is none.
    path: Option<&'a str>,
}

/// Takes `{integration}[/{path}]` apart.
fn target(target: &str) -> Target<'_> {
    // A custom integration is named by two segments.
    let split = match target.strip_prefix("custom/") {
        Some(custom) => custom.find('/').map(|at| at + "custom/".len()),
        None => target.find('/'),
    };
    let (integration, path) = split.map_or((target, ""), |at| (&target[..at], &target[at + 1..]));
    Target { integration, path: (!path.is_empty()).then_some(path) }
}

/// Answers a call of a user to the text after `sdk/proxy/`.
pub(super) async fn handle(shared: &Arc<Shared>, user: &str, path: &str, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    let Target { integration, path } = target(path);
    if integration != INTEGRATION && !shared.routes().know(integration) {
        return Err(ParagonError::not_found(format!("The project has no integration {integration}.")));
    }
    let forwarded = forward(integration, path, request)?;
    let account = match integration {
        INTEGRATION => Some(shared.paragon().choose_valid(user, &request.headers)?),
        // Taken to be connected.
        _ => None,
    };
    let added = shared.routes().find(integration, &forwarded.method, &forwarded.path);
    let answer = match (added, account) {
        (Some(added), Some(account)) => x::respond_as_added(shared, Caller::User(account.user), &*added, request),
        (Some(added), None) => extra::respond(&*added, request),
        (None, Some(account)) => x::handle(shared, Caller::User(account.user), Some(&account.scopes), &forwarded).await,
        (None, None) => Answer::json(StatusCode::NOT_FOUND, &json!({ "error": "no such route" })),
    };
    as_asked(request, answer)
}

/// The answer of an integration as the caller has asked for it: raw or in Paragon's own form.
pub(super) fn as_asked(request: &RecordedRequest, answer: Answer) -> Result<Answer, ParagonError> {
    if request.header(RAW) == Some("1") { Ok(answer) } else { wrap(&answer) }
}

/// The path that a call of the proxy has for its integration, without the query string; `target` is the text after `sdk/proxy/`.
pub(super) fn path_of(target: &str, request: &RecordedRequest) -> Option<String> {
    let Target { integration, path } = self::target(target);
    if let Some(path) = path {
        return Some(format!("/{path}"));
    }
    let path = origin_stripped(integration, request.header(PROXY_URL)?).ok()?.split('?').next()?;
    Some(format!("/{}", path.strip_prefix('/').unwrap_or(path)))
}

/// The request that goes on to the integration.
fn forward(integration: &str, path: Option<&str>, request: &RecordedRequest) -> Result<x::Request, ParagonError> {
    json_body(request)?;
    let (path, query) = match (path, request.header(PROXY_URL)) {
        // A second slash is not Paragon's to remove: X gets the path as the caller wrote it.
        (Some(path), None) => (format!("/{path}"), request.query()),
        (None, Some(url)) if request.query().is_none() => {
            let url = origin_stripped(integration, url)?;
            let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
            (format!("/{}", path.strip_prefix('/').unwrap_or(path)), query)
        }
        (None, None) => return Err(ParagonError::invalid_request("There is no path for the integration.")),
        (_, Some(_)) => {
            let message = "The path for the integration is either in the URL or in the header X-Paragon-Proxy-Url.";
            return Err(ParagonError::invalid_request(message));
        }
    };
    Ok(x::Request {
        method: request.method.clone(),
        path,
        query: query.map(str::to_owned),
        content_type: request.header(CONTENT_TYPE.as_str()).map(str::to_owned),
        body: request.body.clone(),
    })
}

/// The path and query of a path or of a full URL.
fn origin_stripped<'a>(integration: &str, url: &'a str) -> Result<&'a str, ParagonError> {
    // The query of a path may hold a URL as well.
    let is_scheme = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let Some((_, after_scheme)) = url.split_once("://").filter(|(before, _)| is_scheme(before)) else { return Ok(url) };
    let path = if integration == INTEGRATION {
        X_ORIGINS.iter().find_map(|origin| url.strip_prefix(origin)).filter(|path| path.starts_with('/'))
    } else {
        // Where another integration is, the emulator does not know.
        after_scheme.find('/').map(|at| &after_scheme[at..])
    };
    path.ok_or_else(|| ParagonError::invalid_request(format!("{url} is no URL of {integration}.")))
}

/// Paragon's own form of an answer: status, headers and bytes of X are gone.
fn wrap(answer: &Answer) -> Result<Answer, ParagonError> {
    if !answer.status.is_success() {
        return Err(ParagonError::from_integration(answer));
    }
    let output: Value = serde_json::from_slice(answer.whole_body()).unwrap_or_else(|_| String::from_utf8_lossy(answer.whole_body()).into());
    Ok(Answer::json(StatusCode::OK, &json!({ "output": output })))
}
