//! The shapes of the errors of X, of Paragon and of the servers between.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::message::Answer;
use crate::problem::{CREDENTIAL_VERIFICATION_FAILED, ParagonError, Problem, invalid, problem_type, resource_not_found};

/// The body of an error.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorShape {
    /// X: `{title, detail, type, status}`.
    #[default]
    Problem,
    /// X, older endpoints: `{errors: [{code, message}]}`.
    Codes,
    /// X: a problem with `errors: [{message, parameters}]`, as with status 400.
    Parameters,
    /// X: `{errors: [problem]}`.
    Problems,
    /// X: nothing but `errors` that name a resource, as with status 200.
    NotFound,
    /// X: a problem with `errors: [{code, message, title, type}]`, as with status 429.
    Mixed,
    /// X: `{detail}`.
    Detail,
    /// X: `{message}`.
    Message,
    /// X: errors of stream rules, `{id, title, type, value}` beside `meta.summary`.
    Rules,
    /// X: a stream that is told why it ends, `{errors: [{title, disconnect_type, detail, type}]}`.
    Disconnect,
    /// X: a stream that cannot be, `{title, detail, connection_issue, type}`.
    ConnectionIssue,
    /// Paragon's proxy: `{message, code, status}`.
    Paragon,
    /// Paragon's proxy: `message` is a list of nested constraints.
    ParagonValidation,
    /// Paragon's proxy of an error of X's: `meta.isIntegrationError`.
    Integration,
    /// An intermediary: a page of HTML.
    Html,
    /// An intermediary: plain text.
    Text(String),
    /// No body at all.
    Empty,
    /// Any JSON.
    Json(Value),
}

impl ErrorShape {
    /// Returns whether X itself sends bodies of this shape.
    pub(super) fn is_of_x(&self) -> bool {
        !matches!(
            self,
            Self::Paragon | Self::ParagonValidation | Self::Integration | Self::Html | Self::Text(_) | Self::Empty | Self::Json(_)
        )
    }

    pub(super) fn answer(&self, status: StatusCode) -> Answer {
        let title = status.canonical_reason().unwrap_or("Error");
        let detail = "The emulator was asked for this error.";
        let problem = || json!({ "title": title, "detail": detail, "type": "about:blank", "status": status.as_u16() });
        let x = |body: Value| Answer::json(status, &body).with_content_type("application/problem+json");
        match self {
            Self::Problem => Problem::blank(status, detail).into(),
            Self::Codes => Answer::json(status, &json!({ "errors": [{ "code": 131, "message": detail }] })),
            Self::Parameters => x(json!({
                "errors": [invalid("id", &["0"], detail)],
                "title": "Invalid Request",
                "detail": "One or more parameters to your request was invalid.",
                "type": problem_type("invalid-request"),
            })),
            Self::Problems => x(json!({ "errors": [problem()] })),
            Self::NotFound => Answer::json(status, &json!({ "errors": [resource_not_found("tweet", "id", "0")] })),
            Self::Mixed => {
                let mut body = problem();
                body["errors"] = json!([{ "code": 88, "message": detail, "title": title, "type": "about:blank" }]);
                x(body)
            }
            Self::Detail => Answer::json(status, &json!({ "detail": detail })),
            Self::Message => Answer::json(status, &json!({ "message": detail })),
            Self::Rules => Answer::json(
                status,
                &json!({
                    "meta": { "sent": "2026-01-01T00:00:00.000Z", "summary": { "created": 0, "not_created": 1, "valid": 0, "invalid": 1 } },
                    "errors": [{ "id": "1900000000000000001", "title": "DuplicateRule", "type": problem_type("duplicate-rules"), "value": "cat" }],
                }),
            ),
            Self::Disconnect => x(json!({
                "errors": [{
                    "title": "operational-disconnect",
                    "disconnect_type": "UpstreamOperationalDisconnect",
                    "detail": detail,
                    "type": problem_type("operational-disconnect"),
                }],
            })),
            Self::ConnectionIssue => x(json!({
                "title": "ConnectionException",
                "detail": detail,
                "connection_issue": "TooManyConnections",
                "type": problem_type("streaming-connection"),
            })),
            Self::Paragon => {
                let code = if status == StatusCode::FORBIDDEN { CREDENTIAL_VERIFICATION_FAILED } else { "emulator:fault" };
                Answer::json(status, &json!({ "message": detail, "code": code, "status": status.as_u16() }))
            }
            Self::ParagonValidation => {
                let node = json!({ "property": "id", "constraints": { "isString": "id must be a string" }, "children": [] });
                let tree = json!([{ "property": "body", "constraints": {}, "children": [node] }]);
                Answer::json(status, &json!({ "message": tree, "code": "emulator:fault", "status": status.as_u16() }))
            }
            Self::Integration => ParagonError::from_integration(&x(problem())).into(),
            Self::Html => {
                let code = status.as_u16();
                let page = format!(
                    "<html>\r\n<head><title>{code} {title}</title></head>\r\n<body>\r\n<center><h1>{code} {title}</h1></center>\r\n</body>\r\n</html>\r\n"
                );
                Answer::bytes(status, page.into()).with_content_type("text/html")
            }
            Self::Text(text) => Answer::bytes(status, text.clone().into()).with_content_type("text/plain"),
            Self::Empty => Answer::empty(status),
            Self::Json(body) => Answer::json(status, body),
        }
    }
}
