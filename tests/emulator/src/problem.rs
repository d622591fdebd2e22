//! The error bodies of X and of Paragon.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::message::{Answer, WITHOUT_BODY};

/// A refusal, which ends the handling of a request inside X: a status and a problem body.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Value,
}

/// X moved its problem types from `api.twitter.com` to `api.x.com`; the description names the latter.
pub(crate) fn problem_type(name: &str) -> String {
    format!("https://api.x.com/2/problems/{name}")
}

/// One entry of the `errors` of a 400.
pub(crate) fn invalid(parameter: &str, values: &[&str], message: impl Into<String>) -> Value {
    json!({ "parameters": { parameter: values }, "message": message.into() })
}

/// The same of parameters that do not go together, each with its value.
pub(crate) fn invalid_together(parameters: &[(&str, &str)], message: &str) -> Value {
    let parameters: Map<String, Value> = parameters.iter().map(|(name, value)| ((*name).to_owned(), json!([value]))).collect();
    json!({ "parameters": parameters, "message": message })
}

/// One entry of the `errors` of an answer with status 200.
pub(crate) fn resource_not_found(resource_type: &str, parameter: &str, value: &str) -> Value {
    json!({
        "title": "Not Found Error",
        "detail": format!("Could not find {resource_type} with {parameter}: [{value}]."),
        "type": problem_type("resource-not-found"),
        "resource_type": resource_type,
        "resource_id": value,
        "parameter": parameter,
        "value": value,
    })
}

/// The same of something that is there, and not for the caller.
pub(crate) fn resource_not_authorized(resource_type: &str, parameter: &str, value: &str) -> Value {
    json!({
        "title": "Authorization Error",
        "detail": format!("Sorry, you are not authorized to see the {resource_type} with {parameter}: [{value}]."),
        "type": problem_type("not-authorized-for-resource"),
        "resource_type": resource_type,
        "resource_id": value,
        "parameter": parameter,
        "value": value,
    })
}

impl Problem {
    /// The problems without a type of their own, which X marks `about:blank`.
    pub(crate) fn blank(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let body = json!({ "title": title, "detail": detail.into(), "type": "about:blank", "status": status.as_u16() });
        Self { status, body }
    }

    pub(crate) fn invalid_request(errors: Vec<Value>) -> Self {
        let body = json!({
            "errors": errors,
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": problem_type("invalid-request"),
        });
        Self { status: StatusCode::BAD_REQUEST, body }
    }

    /// A body that is not there or cannot be read is to blame as a whole.
    pub(crate) fn invalid_body(message: &str) -> Self {
        Self::invalid_request(vec![invalid("body", &[], message)])
    }

    pub(crate) fn unauthorized() -> Self {
        Self::blank(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::blank(StatusCode::FORBIDDEN, detail)
    }

    /// The operation is not for this kind of token.
    pub(crate) fn unsupported_authentication(kind: &str) -> Self {
        let supported = match kind {
            "OAuth 2.0 Application-Only" => "OAuth 1.0a User Context, OAuth 2.0 User Context",
            _ => "OAuth 2.0 Application-Only",
        };
        let body = json!({
            "title": "Unsupported Authentication",
            "detail": format!("Authenticating with {kind} is forbidden for this endpoint. Supported authentication types are [{supported}]."),
            "type": problem_type("unsupported-authentication"),
            "status": 403,
        });
        Self { status: StatusCode::FORBIDDEN, body }
    }

    /// The user has not granted a scope that the operation needs.
    pub(crate) fn missing_scopes(scopes: &[&str]) -> Self {
        Self::blank(StatusCode::FORBIDDEN, format!("The connected account has not granted the scopes [{}].", scopes.join(",")))
    }

    /// A thing that cannot be found is no failure to X: status 200, and nothing but `errors`.
    pub(crate) fn missing(resource_type: &str, parameter: &str, value: &str) -> Self {
        let body = json!({ "errors": [resource_not_found(resource_type, parameter, value)] });
        Self { status: StatusCode::OK, body }
    }

    /// A thing that the caller must not see is no failure either.
    pub(crate) fn not_authorized(resource_type: &str, parameter: &str, value: &str) -> Self {
        let body = json!({ "errors": [resource_not_authorized(resource_type, parameter, value)] });
        Self { status: StatusCode::OK, body }
    }

    /// A status of its own for something that is not there.
    pub(crate) fn not_found(error: &Value) -> Self {
        let mut body = error.clone();
        body["status"] = 404.into();
        Self { status: StatusCode::NOT_FOUND, body }
    }

    pub(crate) fn no_such_route() -> Self {
        Self::blank(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::blank(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    /// A stream that cannot be opened, with the reason.
    pub(crate) fn connection(status: StatusCode, issue: &str, detail: &str) -> Self {
        let body = json!({
            "title": "ConnectionException",
            "detail": detail,
            "connection_issue": issue,
            "type": problem_type("streaming-connection"),
        });
        Self { status, body }
    }

    pub(crate) fn too_many_requests() -> Self {
        Self::blank(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let answer = Answer::json(problem.status, &problem.body);
        if problem.status.is_success() { answer } else { answer.with_content_type("application/problem+json") }
    }
}

/// An error in the shape of Paragon's proxy.
#[derive(Debug)]
pub(crate) struct ParagonError {
    status: StatusCode,
    code: Option<&'static str>,
    message: Value,
    integration: bool,
}

/// "Credential verification failed", one of the few codes of Paragon that are known.
pub(crate) const CREDENTIAL_VERIFICATION_FAILED: &str = "7003";

/// Paragon's codes for the other failures are not public. The prefix keeps anyone from taking these for real ones.
const UNAUTHORIZED: &str = "emulator:unauthorized";
const NOT_FOUND: &str = "emulator:not-found";
const INVALID_REQUEST: &str = "emulator:invalid-request";

impl ParagonError {
    fn own(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code: Some(code), message: Value::String(message.into()), integration: false }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::own(StatusCode::UNAUTHORIZED, UNAUTHORIZED, message)
    }

    pub(crate) fn credential(message: impl Into<String>) -> Self {
        Self::own(StatusCode::FORBIDDEN, CREDENTIAL_VERIFICATION_FAILED, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::own(StatusCode::NOT_FOUND, NOT_FOUND, message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::own(StatusCode::BAD_REQUEST, INVALID_REQUEST, message)
    }

    pub(crate) fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::own(StatusCode::UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST, message)
    }

    /// The body of a request was not taken.
    pub(crate) fn without_body(status: StatusCode) -> Self {
        Self::own(status, INVALID_REQUEST, WITHOUT_BODY)
    }

    /// The faults of a body, property by property, in the nested form that Paragon's validation has.
    pub(crate) fn validation(wrong: &[(&str, &str, String)]) -> Self {
        let node =
            |(property, rule, text): &(&str, &str, String)| json!({ "property": property, "constraints": { *rule: text }, "children": [] });
        let message = wrong.iter().map(node).collect();
        Self { status: StatusCode::BAD_REQUEST, code: Some(INVALID_REQUEST), message, integration: false }
    }

    /// Paragon's form of an error of X when the raw answer was not asked for. Its body is lost, as with the real proxy.
    pub(crate) fn from_integration(answer: &Answer) -> Self {
        let body: Value = serde_json::from_slice(answer.whole_body()).unwrap_or_default();
        let message = ["detail", "title", "message"].iter().find_map(|key| body.get(key)?.as_str());
        let message = message.unwrap_or("The integration answered with an error.").to_owned();
        Self { status: answer.status, code: None, message: Value::String(message), integration: true }
    }
}

impl From<ParagonError> for Answer {
    fn from(error: ParagonError) -> Self {
        let mut body = Map::new();
        body.insert("message".to_owned(), error.message);
        if let Some(code) = error.code {
            body.insert("code".to_owned(), code.into());
        }
        body.insert("status".to_owned(), error.status.as_u16().into());
        if error.integration {
            body.insert("meta".to_owned(), json!({ "isIntegrationError": true }));
        }
        Answer::json(error.status, &Value::Object(body))
    }
}
