//! App Events and workflows: both are recorded, and a test sets the answer of a workflow.

use serde_json::Value;

use super::{json_body, nothing};
use crate::extra;
use crate::message::{Answer, RecordedRequest};
use crate::problem::ParagonError;
use crate::shared::Shared;

/// An App Event that a user's code has sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AppEvent {
    /// The user it was sent for.
    pub user_id: String,
    /// Its name.
    pub name: String,
    /// Its payload; `null` if nothing was sent.
    pub payload: Value,
    /// The whole request, with its headers.
    pub request: RecordedRequest,
}

/// A run of a workflow that has a Request trigger.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorkflowRun {
    /// The user it was run for.
    pub user_id: String,
    /// The id of the workflow.
    pub workflow_id: String,
    /// The whole request, with its query, headers and body.
    pub request: RecordedRequest,
}

/// How many events are remembered, and how many runs. Each has its whole request.
const REMEMBERED: usize = 1000;

/// Adds the newest entry, and forgets the oldest ones if there are too many.
fn remember<T>(happened: &mut Vec<T>, last: T) {
    if happened.len() >= REMEMBERED {
        happened.remove(0);
    }
    happened.push(last);
}

pub(super) fn event(shared: &Shared, user: &str, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    let mut body = json_body(request)?.unwrap_or_default();
    let name = body.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
    let payload = body.get_mut("payload").map(Value::take).unwrap_or_default();
    let mut wrong = Vec::new();
    if name.is_none() {
        wrong.push(("name", "isNotEmpty", "name must be a string that is not empty".to_owned()));
    }
    if !payload.is_object() && !payload.is_null() {
        wrong.push(("payload", "isObject", "payload must be an object".to_owned()));
    }
    let Some(name) = name.filter(|_| wrong.is_empty()) else { return Err(ParagonError::validation(&wrong)) };
    let mut paragon = shared.paragon();
    paragon.choose(user, &request.headers)?;
    remember(&mut paragon.events, AppEvent { user_id: user.to_owned(), name, payload, request: request.clone() });
    Ok(nothing())
}

pub(super) fn trigger(shared: &Shared, user: &str, id: &str, request: &RecordedRequest) -> Result<Answer, ParagonError> {
    json_body(request)?;
    let scripted = {
        let mut paragon = shared.paragon();
        paragon.choose(user, &request.headers)?;
        let run = WorkflowRun { user_id: user.to_owned(), workflow_id: id.to_owned(), request: request.clone() };
        remember(&mut paragon.runs, run);
        paragon.workflows.get(id).cloned()
    };
    // The lock is released by now: a function of a test may call the emulator.
    Ok(scripted.map_or_else(nothing, |scripted| extra::respond(&*scripted, request)))
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, remember};

    #[test]
    fn the_oldest_entry_is_forgotten_first() {
        let mut happened = Vec::new();
        (0..=REMEMBERED).for_each(|number| remember(&mut happened, number));
        assert_eq!((happened.len(), happened[0], happened.last()), (REMEMBERED, 1, Some(&REMEMBERED)));
    }
}
