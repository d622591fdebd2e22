//! Routes that a test adds: endpoints of X that the emulator does not have, and whole other integrations.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::message::{Answer, RecordedRequest};

pub(crate) type Respond = dyn Fn(&RecordedRequest) -> Response + Send + Sync;

/// The answer of an added route or of a workflow. It is made of JSON, with status 200 or another, of bytes, or of a status alone.
#[derive(Debug)]
pub struct Response(Answer);

impl From<Value> for Response {
    fn from(body: Value) -> Self {
        Self::from((StatusCode::OK, body))
    }
}

impl From<(StatusCode, Value)> for Response {
    fn from((status, body): (StatusCode, Value)) -> Self {
        Self(Answer::json(status, &body))
    }
}

impl From<StatusCode> for Response {
    fn from(status: StatusCode) -> Self {
        Self(Answer::empty(status))
    }
}

impl From<Bytes> for Response {
    fn from(body: Bytes) -> Self {
        Self(Answer::bytes(StatusCode::OK, body).with_content_type("application/octet-stream"))
    }
}

/// Refuses a text that no request can have as its path.
pub(crate) fn check_path(path: &str) -> Result<(), String> {
    if path.starts_with('/') { Ok(()) } else { Err(format!("{path:?} is no path: it has to begin with `/`")) }
}

/// The routes that were added.
#[derive(Default)]
pub(crate) struct Routes(Vec<Route>);

struct Route {
    integration: String,
    method: Method,
    template: String,
    respond: Arc<Respond>,
}

impl Routes {
    /// Adds a route; an error names the fault.
    pub(crate) fn add(&mut self, integration: &str, method: Method, template: &str, respond: Arc<Respond>) -> Result<(), String> {
        check_path(template)?;
        self.0.push(Route { integration: integration.to_owned(), method, template: template.to_owned(), respond });
        Ok(())
    }

    /// Returns whether there is any route of an integration.
    pub(crate) fn know(&self, integration: &str) -> bool {
        self.0.iter().any(|route| route.integration == integration)
    }

    /// The integrations that have a route, each once, in the order they were added.
    pub(crate) fn integrations(&self) -> Vec<String> {
        let mut names = Vec::new();
        for route in &self.0 {
            if !names.contains(&route.integration) {
                names.push(route.integration.clone());
            }
        }
        names
    }

    /// The route that answers a request; the route added last comes first.
    pub(crate) fn find(&self, integration: &str, method: &Method, path: &str) -> Option<Arc<Respond>> {
        let fits = |route: &&Route| route.integration == integration && route.method == *method && matches(&route.template, path);
        self.0.iter().rev().find(fits).map(|route| Arc::clone(&route.respond))
    }
}

pub(crate) fn respond(respond: &Respond, request: &RecordedRequest) -> Answer {
    respond(request).0
}

/// Returns whether a path fits a template, in which `{name}` stands for any one segment.
fn matches(template: &str, path: &str) -> bool {
    let (mut expected, mut segments) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), segments.next()) {
            (None, None) => return true,
            (Some(expected), Some(segment)) => {
                let any = expected.starts_with('{') && expected.ends_with('}') && !segment.is_empty();
                if !any && expected != segment {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_placeholder_is_one_segment_that_is_not_empty() {
        assert!(matches("/2/circles/{id}/liked", "/2/circles/1%2F2/liked"));
        for path in ["/2/circles//liked", "/2/circles/1", "/2/circles/1/2/liked", "/2/circles/1/liked/"] {
            assert!(!matches("/2/circles/{id}/liked", path), "{path}");
        }
    }
}
