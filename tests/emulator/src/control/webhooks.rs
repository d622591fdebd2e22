//! Deliveries to webhooks.

use http::Method;
use serde_json::json;

use super::command::{Command, Entry, Outcome, show_body, wrong};
use crate::message::RecordedRequest;
use crate::query::Query;
use crate::state::WebhookDelivery;

pub(super) const COMMANDS: &[Entry] = &[(Method::GET, DELIVERIES, deliveries)];

const DELIVERIES: &str = "/_emulator/webhooks/deliveries";

/// Returns whether the answer to a request waits for all documents that are on their way to webhooks now.
pub(super) fn waits(request: &RecordedRequest) -> bool {
    let asks = request.method == Method::GET && request.path_only() == DELIVERIES;
    asks && Query::parse(request.query()).get("wait").is_none_or(|wait| wait == "true")
}

/// Deliveries to webhooks.
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
