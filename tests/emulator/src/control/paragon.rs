//! Paragon: accounts, tokens, workflows, App Events, other integrations and the clock.

use std::sync::Arc;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::command::{Command, Entry, Outcome, Span, fixed, not_found, ok, show_request, wrong};
use crate::method::MethodName;
use crate::paragon::CredentialStatus;

pub(super) const COMMANDS: &[Entry] = &[
    (Method::POST, "/_emulator/paragon/users", connect),
    (Method::POST, "/_emulator/paragon/disconnect", disconnect),
    (Method::POST, "/_emulator/paragon/credentials", change_credential),
    (Method::POST, "/_emulator/paragon/configurations", add_configuration),
    (Method::POST, "/_emulator/paragon/tokens/expire", expire_tokens),
    (Method::POST, "/_emulator/paragon/clock", advance),
    (Method::POST, "/_emulator/paragon/workflows", script_workflow),
    (Method::GET, "/_emulator/paragon/runs", runs),
    (Method::GET, "/_emulator/paragon/events", events),
    (Method::POST, "/_emulator/paragon/routes", add_route),
];

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

fn expire_tokens(command: &Command<'_>) -> Outcome {
    let User { user_id } = command.body()?;
    command.shared.expire_tokens(&user_id);
    Ok(None)
}

fn advance(command: &Command<'_>) -> Outcome {
    let by = Span::of(command)?;
    command.shared.paragon().advance(by);
    Ok(None)
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRoute {
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
