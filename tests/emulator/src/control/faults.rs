//! Faults.

use http::Method;
use serde_json::json;

use super::command::{Command, Entry, Outcome, Refusal, not_found, wrong};
use crate::faults::{Fault, FaultId};

pub(super) const COMMANDS: &[Entry] = &[
    (Method::GET, "/_emulator/faults", |command| Ok(Some(json!({ "faults": command.shared.faults().list() })))),
    (Method::POST, "/_emulator/faults", add_fault),
    (Method::DELETE, "/_emulator/faults", |command| {
        command.shared.faults().clear();
        Ok(None)
    }),
    (Method::GET, "/_emulator/faults/{id}", one_fault),
    (Method::DELETE, "/_emulator/faults/{id}", remove_fault),
];

/// The fault that the path names.
fn fault_id(command: &Command<'_>) -> Result<FaultId, Refusal> {
    let text = command.path.first().copied().unwrap_or_default();
    text.parse().map(FaultId).map_err(|_| not_found(format!("there is no fault {text}")))
}

fn add_fault(command: &Command<'_>) -> Outcome {
    let fault: Fault = command.body()?;
    let added = command.shared.faults().add(fault, command.shared.seed);
    added.map(|id| Some(json!({ "id": id }))).map_err(wrong)
}

fn one_fault(command: &Command<'_>) -> Outcome {
    let id = fault_id(command)?;
    let found = command.shared.faults().list().into_iter().find(|listed| listed.id == id);
    found.map(|listed| Some(json!(listed))).ok_or_else(|| not_found(format!("there is no fault {}", id.0)))
}

fn remove_fault(command: &Command<'_>) -> Outcome {
    let id = fault_id(command)?;
    if command.shared.faults().remove(id) { Ok(None) } else { Err(not_found(format!("there is no fault {}", id.0))) }
}
