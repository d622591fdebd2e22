//! The emulator's own HTTP API: the methods of [`Emulator`](crate::Emulator) and of its parts, for tests in other languages. The table is in the
//! crate's docs.

mod command;
mod faults;
mod paragon;
mod streams;
mod webhooks;
mod x;

use std::sync::Arc;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use self::command::{Command, Entry, Outcome, Refusal, show_body, show_headers, show_request};
use crate::description::captures;
use crate::message::{Answer, Exchange, RecordedRequest};
use crate::shared::Shared;

const PREFIX: &str = "/_emulator";

const COMMANDS: &[Entry] = &[
    (Method::GET, "/_emulator", overview),
    (Method::POST, "/_emulator/reset", |command| {
        command.shared.reset();
        Ok(None)
    }),
    (Method::POST, "/_emulator/tokens", sign_token),
    (Method::GET, "/_emulator/requests", requests),
    (Method::DELETE, "/_emulator/requests", |command| {
        command.shared.record().clear();
        Ok(None)
    }),
    (Method::GET, "/_emulator/exchanges", exchanges),
];

fn commands() -> impl Iterator<Item = &'static Entry> {
    [COMMANDS, paragon::COMMANDS, x::COMMANDS, faults::COMMANDS, streams::COMMANDS, webhooks::COMMANDS].into_iter().flatten()
}

/// Returns whether a request to Paragon's listener is for the emulator itself.
pub(crate) fn is_control(request: &RecordedRequest) -> bool {
    request.path_only().strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request to the emulator itself.
pub(crate) async fn handle(shared: &Arc<Shared>, request: &RecordedRequest) -> Answer {
    // The only request that waits for something: everything else is done at once.
    if webhooks::waits(request) && is_local(&request.headers) {
        shared.deliveries().settled().await;
    }
    match respond(shared, request) {
        Ok(Some(body)) => Answer::json(StatusCode::OK, &body),
        Ok(None) => Answer::empty(StatusCode::NO_CONTENT),
        Err(Refusal(status, message)) => Answer::json(status, &json!({ "message": message })),
    }
}

fn respond(shared: &Arc<Shared>, request: &RecordedRequest) -> Outcome {
    if !is_local(&request.headers) {
        return Err(Refusal(StatusCode::FORBIDDEN, "only localhost and 127.0.0.1 may be asked, and by a page from there".to_owned()));
    }
    let path = request.path_only();
    let fitting = || commands().filter_map(|(method, template, act)| Some((method, act, captures(template, path)?)));
    match fitting().find(|(method, _, _)| **method == request.method) {
        Some((_, act, path)) => act(&Command { shared, request, path }),
        None if fitting().next().is_some() => {
            Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, format!("{path} does not have {}", request.method)))
        }
        None => Err(Refusal(StatusCode::NOT_FOUND, format!("there is no {path}; GET {PREFIX} tells what there is"))),
    }
}

/// Returns whether a request was made to this machine by its name or address. A page of another site that a browser on this machine has open must not
/// reach the emulator, not even by a name of its own that leads here.
fn is_local(headers: &HeaderMap) -> bool {
    let is_loopback = |authority: &str| {
        let host = authority
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(authority, |(host, _)| host);
        host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost")
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin =
        headers.get(ORIGIN).map(|origin| origin.to_str().ok().and_then(|origin| Some(origin.split_once("://")?.1)).unwrap_or_default());
    host.is_some_and(is_loopback) && origin.is_none_or(is_loopback)
}

fn overview(command: &Command<'_>) -> Outcome {
    let shared = command.shared;
    let paragon = shared.paragon();
    let users = paragon.users.iter().map(|(id, user)| {
        let accounts = user.accounts.iter().map(|account| {
            let configurations = account.configurations.iter();
            json!({
                "credential_id": account.credential,
                "access_token": account.access_token(),
                "x_user_id": account.user.to_string(),
                "username": account.username,
                "status": account.status.as_str(),
                "scopes": *account.scopes,
                "configurations": configurations.map(|one| json!({ "id": one.id, "workflows": one.workflows })).collect::<Vec<_>>(),
            })
        });
        json!({ "user_id": id, "meta": user.meta, "accounts": accounts.collect::<Vec<_>>() })
    });
    Ok(Some(json!({
        "url": shared.url,
        "x_url": shared.x_url,
        "project_id": shared.project_id,
        "bearer_token": shared.bearer_token,
        "consumer_secret": shared.consumer_secret,
        "users": users.collect::<Vec<_>>(),
        "links": commands().map(|(method, template, _)| format!("{method} {template}")).collect::<Vec<_>>(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    user_id: String,
}

fn sign_token(command: &Command<'_>) -> Outcome {
    let User { user_id } = command.body()?;
    let token = command.shared.user_token(&user_id);
    token.map(|token| Some(json!({ "token": token }))).map_err(|error| Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn requests(command: &Command<'_>) -> Outcome {
    let requests = command.shared.record().requests();
    Ok(Some(json!({ "requests": requests.iter().map(show_request).collect::<Vec<_>>() })))
}

fn exchanges(command: &Command<'_>) -> Outcome {
    let exchanges = command.shared.record().exchanges();
    let show = |Exchange { request, status, headers, body, duration }: &Exchange| {
        json!({
            "request": show_request(request),
            "status": status.as_u16(),
            "headers": show_headers(headers),
            "body": show_body(body),
            "duration_us": u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
        })
    };
    Ok(Some(json!({ "exchanges": exchanges.iter().map(show).collect::<Vec<_>>() })))
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn every_request_is_in_the_docs() {
        let docs = include_str!("../lib.rs");
        for (method, template, _) in commands() {
            assert!(docs.contains(&format!("//! | `{method} {template}` |")), "{method} {template}");
        }
    }
}
