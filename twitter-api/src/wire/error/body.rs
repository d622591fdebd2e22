//! Reads failed responses of Paragon, of X and of servers between, in all their shapes.

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use crate::value::problem::Problem;
use crate::wire::error::kind::{ErrorKind, Remedy};
use crate::wire::rate_limit::RateLimit;

/// Paragon's code for a credential that the provider does not accept.
const CREDENTIAL_FAILED: &str = "7003";
/// Paragon's code for a lack of permission.
pub(super) const INSUFFICIENT_PERMISSION: &str = "7210";
/// The kind of X's problem when an app has used up its month.
pub(super) const USAGE_CAPPED: &str = "usage-capped";
/// How many characters of a text that is not ours go into a message.
const EXCERPT: usize = 200;

/// A failed response as it was understood.
pub(super) struct Reading {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
    pub(super) advice: Option<Cow<'static, str>>,
    pub(super) remedy: Remedy,
    pub(super) code: Option<String>,
    pub(super) problems: Vec<Problem>,
}

/// Reads an answer with a status that is not a success.
pub(super) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8], through_paragon: bool) -> Reading {
    let json = serde_json::from_slice::<Value>(body).ok();
    let paragon = json.as_ref().filter(|_| through_paragon).and_then(|json| paragon_error(json, headers));
    let problems = match &paragon {
        Some(error) if !error.from_provider => Vec::new(),
        // The provider's own answer may be inside Paragon's message, as text.
        Some(error) => serde_json::from_str(&error.message).map_or_else(|_| Vec::new(), |inner| problems(&inner)),
        None => json.as_ref().map_or_else(Vec::new, problems),
    };
    // A response that neither X nor Paragon has written comes from a server on the way, and Paragon comes first on it.
    let by_paragon = match &paragon {
        Some(error) => !error.from_provider,
        None => through_paragon && problems.is_empty() && !signed_by_x(headers),
    };
    let kind = if by_paragon { ErrorKind::Paragon } else { ErrorKind::Api };
    let code = paragon.as_ref().and_then(|error| error.code.clone());
    let page = page_excerpt(headers, body);
    // A page is for people, so it is not an API that refuses the token or the account, but something before it that refuses the caller.
    let remedy = if page.is_some() { Remedy::Other } else { remedy(status, by_paragon, through_paragon, code.as_deref()) };

    let text = match paragon.as_ref().map(|error| error.message.as_str()).filter(|text| !text.is_empty()) {
        _ if !problems.is_empty() => list(&problems),
        Some(text) => excerpt(text),
        None => page.map_or_else(|| plain_text(body), |page| format!("an HTML page, {page}")),
    };
    let who = if by_paragon { "Paragon" } else { "X" };
    let mut message = format!("{who} answered {status}");
    if !text.is_empty() {
        message = format!("{message}: {}", text.trim_end_matches('.'));
    }
    if let Some(code) = &code {
        message = format!("{message} (code {code})");
    }
    let capped = problems.iter().any(|problem| problem.kind() == Some(USAGE_CAPPED));
    let advice = if capped {
        Some(Cow::Borrowed("Waiting a little does not help: the app's cap for this billing period is used up"))
    } else {
        advice(status, headers, remedy, by_paragon, through_paragon, code.as_deref())
    };
    Reading { kind, message, advice, remedy, code, problems }
}

fn remedy(status: StatusCode, by_paragon: bool, through_paragon: bool, code: Option<&str>) -> Remedy {
    match (code, status) {
        (Some(CREDENTIAL_FAILED), _) => Remedy::Reconnect,
        (Some(INSUFFICIENT_PERMISSION), _) => Remedy::Other,
        (_, StatusCode::UNAUTHORIZED) if by_paragon => Remedy::NewToken,
        // Paragon took the user token, but X did not take the credential that Paragon holds for the account.
        (_, StatusCode::UNAUTHORIZED) if through_paragon => Remedy::Reconnect,
        (_, StatusCode::FORBIDDEN) if by_paragon => Remedy::Reconnect,
        _ => Remedy::Other,
    }
}

fn advice(
    status: StatusCode,
    headers: &HeaderMap,
    remedy: Remedy,
    by_paragon: bool,
    through_paragon: bool,
    code: Option<&str>,
) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match (remedy, status.as_u16()) {
        (Remedy::NewToken, _) => "Sign a new user token: this one has expired, or was signed with another key or for another project",
        (Remedy::Reconnect, 401) if !by_paragon => {
            "X no longer accepts the account that Paragon holds for this user: have the user connect it again"
        }
        (Remedy::Reconnect, _) => {
            "This user has no Twitter account connected, or its credential is no longer valid: have the user connect it again"
        }
        _ if code == Some(INSUFFICIENT_PERMISSION) => {
            "Check what the user token is allowed to do, and the scopes that the Twitter integration asks for"
        }
        (_, 300..=399) => "Redirects are not followed, so that credentials go nowhere else: check the configured address",
        (_, 401) if !through_paragon => "Check the app-only bearer token that the client was given",
        (_, 402) => "Waiting does not help: the developer account has to buy credits at X",
        (_, 404) if by_paragon => "Check the project id, and that the project has the integration",
        (_, 403) if through_paragon && !by_paragon => {
            "Either X does not want this very request, or the connected account or the scopes that the user granted do not allow it"
        }
        (_, 429) => match (RateLimit::exhausted(headers), RateLimit::from_headers(headers)) {
            (Some(RateLimit { limit, reset, .. }), _) => {
                return Some(Cow::Owned(format!("Wait until {reset}, when the next window of {limit} calls begins")));
            }
            (None, Some(_)) => "It is not the limit of calls, of which some are left: close streams that are open, or wait a little",
            (None, None) => "Wait before calling again",
        },
        // The statuses that `Error::is_retryable` takes for passing.
        (_, 500 | 502 | 503 | 504) => "Try again later",
        _ => return None,
    }))
}

/// An error in Paragon's own shape.
struct ParagonError {
    message: String,
    code: Option<String>,
    from_provider: bool,
}

/// Reads `{message, code?, status?, meta?}`; `None` when it is X's.
fn paragon_error(json: &Value, headers: &HeaderMap) -> Option<ParagonError> {
    let map = json.as_object()?;
    let from_provider = map.get("meta").and_then(|meta| meta.get("isIntegrationError")) == Some(&Value::Bool(true));
    let is_x = ["errors", "title", "detail", "type"].into_iter().any(|name| map.contains_key(name)) || signed_by_x(headers);
    if !from_provider && (is_x || !(map.contains_key("message") || map.contains_key("code"))) {
        return None;
    }
    let mut texts = Vec::new();
    match map.get("message") {
        // X's own body, where Paragon has parsed it.
        Some(message @ Value::Object(_)) => texts.push(Cow::Owned(message.to_string())),
        Some(message) => flatten(message, &mut texts),
        None => {}
    }
    let code = map.get("code").and_then(|code| match code {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    Some(ParagonError { message: texts.join("; "), code, from_provider })
}

/// Collects the texts of a message, which may be a tree of failed validations: `{constraints: {rule: text}, children: […]}`.
/// The depth is bounded by that of the parser.
fn flatten<'a>(node: &'a Value, texts: &mut Vec<Cow<'a, str>>) {
    match node {
        Value::String(text) => texts.push(Cow::Borrowed(text)),
        Value::Array(nodes) => nodes.iter().for_each(|node| flatten(node, texts)),
        Value::Object(map) => {
            let rules = map.get("constraints").and_then(Value::as_object);
            rules.into_iter().flat_map(Map::values).for_each(|rule| flatten(rule, texts));
            map.get("children").into_iter().for_each(|children| flatten(children, texts));
        }
        _ => {}
    }
}

/// Returns whether the headers are such as X alone sends: Paragon hands them through.
fn signed_by_x(headers: &HeaderMap) -> bool {
    ["x-transaction-id", "x-rate-limit-limit", "x-rate-limit-reset"].into_iter().any(|name| headers.contains_key(name))
}

/// The problems in a body of X: the body itself where it is one, then its `errors`.
pub(crate) fn problems(json: &Value) -> Vec<Problem> {
    let Value::Object(map) = json else { return Vec::new() };
    let mut own = map.clone();
    let errors = own.remove("errors");
    let is_problem = ["title", "detail", "type", "message", "error"].into_iter().any(|name| own.contains_key(name));
    let mut problems = Vec::new();
    if is_problem {
        // `{error: text}` is how the oldest endpoints put it.
        if let Some(text @ Value::String(_)) = own.get("error").cloned() {
            own.entry("message").or_insert(text);
        }
        problems.push(Problem::new(own));
    }
    let errors = match errors {
        Some(Value::Array(errors)) => errors,
        Some(other) => vec![other],
        None => Vec::new(),
    };
    problems.extend(errors.into_iter().filter_map(|error| match error {
        Value::Object(map) => Some(Problem::new(map)),
        Value::String(text) => Some(Problem::new(Map::from_iter([("message".to_owned(), Value::String(text))]))),
        _ => None,
    }));
    problems
}

/// Texts of the problems, each once, and no more than a reader wants.
pub(super) fn list(problems: &[Problem]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for problem in problems {
        let text = excerpt(&problem.to_string());
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let more = texts.len().saturating_sub(3);
    texts.truncate(3);
    let list = texts.iter().map(|text| text.trim_end_matches('.')).collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{list}; and {more} more") } else { list }
}

/// The title of an HTML page, or else its beginning; `None` when the body is none.
pub(super) fn page_excerpt(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let declared =
        headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with("text/html"));
    if !declared && !body.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    // The title is near the beginning; a page may be long.
    let head = String::from_utf8_lossy(&body[..body.len().min(8192)]);
    let lower = head.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|start| {
        let start = start + "<title>".len();
        let end = start + lower[start..].find("</title>")?;
        Some(&head[start..end])
    });
    Some(format!("\"{}\"", excerpt(title.unwrap_or(&head))))
}

/// The beginning of a body that is text, in quotation marks.
fn plain_text(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) if !text.trim().is_empty() => format!("\"{}\"", excerpt(text)),
        Ok(_) => "an empty body".to_owned(),
        Err(_) => format!("{} bytes that are not text", body.len()),
    }
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let mut short = String::new();
    for word in text.split_whitespace() {
        if !short.is_empty() {
            short.push(' ');
        }
        // One more than there is room for, so as to see whether all of it is there.
        short.extend(word.chars().take(EXCERPT + 1));
        if let Some((end, _)) = short.char_indices().nth(EXCERPT) {
            short.truncate(end);
            short.push('…');
            break;
        }
    }
    short
}
