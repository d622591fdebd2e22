//! X's side: users and posts of nobody connected, uploads, conversations, webhooks.

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Command, Endpoint, Outcome, Refusal, not_found, show_body, wrong};
use crate::query::Query;
use crate::state::{Processing, WebhookDelivery};
use crate::wire::RecordedRequest;
use crate::x::Profile;

pub(super) const ENDPOINTS: &[Endpoint] = &[
    (Method::POST, "/_emulator/x/users", add_user),
    (Method::POST, "/_emulator/x/profiles", set_profile),
    (Method::POST, "/_emulator/x/posts", add_post),
    (Method::POST, "/_emulator/x/fields", set_fields),
    (Method::POST, "/_emulator/x/uploads", plan_upload),
    (Method::POST, "/_emulator/x/leave", leave_conversation),
    (Method::GET, DELIVERIES, deliveries),
];

const DELIVERIES: &str = "/_emulator/webhooks/deliveries";

/// Whether a request is answered only when nothing is on its way to webhooks of what is now.
pub(super) fn waits(request: &RecordedRequest) -> bool {
    let asks = request.method == Method::GET && request.path_only() == DELIVERIES;
    asks && Query::parse(request.query()).get("wait").is_none_or(|wait| wait == "true")
}

/// What was posted to webhooks.
fn deliveries(command: &Command<'_>) -> Outcome {
    let query = Query::parse(command.request.query());
    if let Some(wait) = query.get("wait").filter(|wait| !matches!(*wait, "true" | "false")) {
        return Err(wrong(format!("wait: {wait} is neither `true` nor `false`")));
    }
    let show = |WebhookDelivery { webhook_id, url, body, result }: &WebhookDelivery| {
        let mut shown = json!({ "webhook_id": webhook_id, "url": url, "body": show_body(body) });
        match result {
            Ok(status) => shown["status"] = status.as_u16().into(),
            Err(error) => shown["error"] = error.as_str().into(),
        }
        shown
    };
    let all = command.shared.deliveries().all();
    Ok(Some(json!({ "deliveries": all.iter().map(show).collect::<Vec<_>>() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser {
    name: String,
    username: String,
}

fn add_user(command: &Command<'_>) -> Outcome {
    let NewUser { name, username } = command.body()?;
    let id = command.shared.add_user(&name, &username).map_err(wrong)?;
    Ok(Some(json!({ "x_user_id": id })))
}

fn no_user(id: &str) -> Refusal {
    not_found(format!("X has no user {id}"))
}

/// [`Profile`] in one object with whose it is, field by field: what is flattened cannot refuse unknown fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewProfile {
    x_user_id: String,
    #[serde(default)]
    description: String,
    location: Option<String>,
    url: Option<String>,
    #[serde(default)]
    protected: bool,
    #[serde(default)]
    verified: bool,
    pinned_post: Option<String>,
}

fn set_profile(command: &Command<'_>) -> Outcome {
    let NewProfile { x_user_id, description, location, url, protected, verified, pinned_post } = command.body()?;
    let profile = Profile { description, location, url, protected, verified, pinned_post };
    command.shared.set_profile(&x_user_id, profile).map(|()| None).ok_or_else(|| no_user(&x_user_id))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPost {
    x_user_id: String,
    text: String,
}

fn add_post(command: &Command<'_>) -> Outcome {
    let NewPost { x_user_id, text } = command.body()?;
    let id = command.shared.add_post(&x_user_id, &text).ok_or_else(|| no_user(&x_user_id))?;
    Ok(Some(json!({ "id": id })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    id: String,
    fields: Value,
}

fn set_fields(command: &Command<'_>) -> Outcome {
    let Shown { id, fields } = command.body()?;
    command.shared.set_fields(&id, &fields).map(|()| None).map_err(wrong)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upload {
    status_calls: u32,
    #[serde(default)]
    fails: bool,
}

fn plan_upload(command: &Command<'_>) -> Outcome {
    let Upload { status_calls, fails } = command.body()?;
    let processing = if fails { Processing::fails_after(status_calls) } else { Processing::succeeds_after(status_calls) };
    command.shared.world().media.plan(processing);
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leave {
    user_id: String,
    conversation_id: String,
}

fn leave_conversation(command: &Command<'_>) -> Outcome {
    let Leave { user_id, conversation_id } = command.body()?;
    if command.shared.leave_conversation(&user_id, &conversation_id) {
        Ok(None)
    } else {
        Err(not_found(format!("{user_id} is in no group {conversation_id}")))
    }
}
