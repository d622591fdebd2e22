//! X: users, posts, media, messages, rate limits, routes and the clock.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::command::{Command, Entry, Outcome, Refusal, Span, fixed, not_found, ok, wrong};
use crate::method::MethodName;
use crate::paragon::INTEGRATION;
use crate::state::Processing;
use crate::x::Profile;

pub(super) const COMMANDS: &[Entry] = &[
    (Method::POST, "/_emulator/x/users", add_user),
    (Method::POST, "/_emulator/x/profiles", set_profile),
    (Method::POST, "/_emulator/x/posts", add_post),
    (Method::POST, "/_emulator/x/fields", set_fields),
    (Method::POST, "/_emulator/x/labels", label_post),
    (Method::POST, "/_emulator/x/uploads", plan_upload),
    (Method::POST, "/_emulator/x/leave", leave_conversation),
    (Method::POST, "/_emulator/x/limits", set_limit),
    (Method::POST, "/_emulator/x/limits/daily", set_daily_limits),
    (Method::POST, "/_emulator/x/clock", advance),
    (Method::POST, "/_emulator/x/routes", add_route),
];

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

/// [`Profile`] and its user in one object, field by field: flattened structs cannot refuse unknown fields.
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
    user_id: Option<String>,
    x_user_id: Option<String>,
    text: String,
}

fn add_post(command: &Command<'_>) -> Outcome {
    let id = match command.body()? {
        NewPost { user_id: Some(user), x_user_id: None, text } => {
            command.shared.post(&user, &text).ok_or_else(|| not_found(format!("{user} has no connected account")))?
        }
        NewPost { user_id: None, x_user_id: Some(user), text } => command.shared.add_post(&user, &text).ok_or_else(|| no_user(&user))?,
        _ => return Err(wrong("the author is named by `user_id` (a user of Paragon) or by `x_user_id` (a user of X)".to_owned())),
    };
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
struct Label {
    post_id: String,
    title: String,
}

fn label_post(command: &Command<'_>) -> Outcome {
    let Label { post_id, title } = command.body()?;
    let labeled = post_id.parse().is_ok_and(|id| command.shared.world().label(id, &title));
    if labeled { Ok(None) } else { Err(not_found(format!("there is no post {post_id}"))) }
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimit {
    method: MethodName,
    path: String,
    requests: u32,
    seconds: u64,
}

fn set_limit(command: &Command<'_>) -> Outcome {
    let RateLimit { method: MethodName(method), path, requests, seconds } = command.body()?;
    let set = command.shared.set_rate_limit(&method, &path, requests, Duration::from_secs(seconds));
    if set { Ok(None) } else { Err(not_found(format!("the description has no {method} {path}"))) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DailyLimits {
    user: Option<u32>,
    app: Option<u32>,
}

fn set_daily_limits(command: &Command<'_>) -> Outcome {
    let DailyLimits { user, app } = command.body()?;
    command.shared.limits().set_daily(user, app);
    Ok(None)
}

fn advance(command: &Command<'_>) -> Outcome {
    let by = Span::of(command)?;
    command.shared.world().advance(by);
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRoute {
    method: MethodName,
    path: String,
    #[serde(default = "ok")]
    status: u16,
    body: Option<Value>,
}

fn add_route(command: &Command<'_>) -> Outcome {
    let NewRoute { method: MethodName(method), path, status, body } = command.body()?;
    let respond = Arc::new(fixed(status, body)?);
    command.shared.routes().add(INTEGRATION, method, &path, respond).map(|()| None).map_err(wrong)
}
