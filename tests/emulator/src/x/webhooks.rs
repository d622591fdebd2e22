//! Webhooks: registering them, and what is to be delivered to them.
//!
//! Nothing is delivered, and no URL is called to prove that it is the app's: a webhook is valid at once and stays so.

use std::net::IpAddr;

use http::{Method, Uri};
use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Entry, Envelope, Problem, View};
use crate::problem::{invalid, resource_not_found};
use crate::state::{Webhook, WebhookId, created_at};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/webhooks", list),
    (Method::POST, "/2/webhooks", create),
    (Method::POST, "/2/webhooks/replay", replay),
    (Method::PUT, "/2/webhooks/{webhook_id}", validate),
    (Method::DELETE, "/2/webhooks/{webhook_id}", delete),
    (Method::GET, "/2/tweets/search/webhooks", links),
    (Method::POST, "/2/tweets/search/webhooks/{webhook_id}", link),
    (Method::DELETE, "/2/tweets/search/webhooks/{webhook_id}", unlink),
    (Method::GET, "/2/account_activity/subscriptions/count", count),
    (Method::GET, "/2/account_activity/webhooks/{webhook_id}/subscriptions/all", is_subscribed),
    (Method::POST, "/2/account_activity/webhooks/{webhook_id}/subscriptions/all", subscribe),
    (Method::GET, "/2/account_activity/webhooks/{webhook_id}/subscriptions/all/list", subscribed),
    (Method::DELETE, "/2/account_activity/webhooks/{webhook_id}/subscriptions/{user_id}/all", unsubscribe),
];

/// The only app there is.
const APPLICATION_ID: &str = "10000001";
const ACCOUNT_NAME: &str = "emulator";

/// How many users the app may subscribe to. X's figure depends on the contract.
const PROVISIONED: usize = 1000;

fn render(view: &View, webhook: &Webhook) -> Value {
    let mut object = view.object("webhook_config");
    object.put("id", || Some(webhook.id.to_string()));
    object.put("url", || Some(webhook.url.as_str()));
    object.put("valid", || Some(true));
    object.put("created_at", || Some(created_at(webhook.id)));
    object.finish()
}

/// What is wrong with the URL of a webhook.
///
/// X takes `https` without a port only. A test's own server has neither a certificate nor a choice of ports, so the loopback interface is let
/// through as well.
fn fault(url: &str) -> Option<&'static str> {
    let Ok(url) = url.parse::<Uri>() else { return Some("is not a URL") };
    let host = url.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let loopback = host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback());
    match url.scheme_str() {
        Some("http" | "https") if loopback => None,
        Some("https") if url.authority().is_some_and(|authority| authority.port().is_some()) => Some("has a port"),
        Some("https") => None,
        _ => Some("is not an https URL"),
    }
}

impl Call<'_> {
    /// The webhook in the path.
    fn webhook_in_path(&self) -> Result<&Webhook, Problem> {
        let webhook = self.world.webhooks.get(self.id(0));
        webhook.ok_or_else(|| Problem::not_found(&resource_not_found("webhook", self.path_name(0), &self.path[0])))
    }
}

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let view = call.view();
    let data: Vec<Value> = call.world.webhooks.iter().map(|webhook| render(&view, webhook)).collect();
    let meta = Map::from_iter([("result_count".to_owned(), data.len().into())]);
    call.answer(Envelope { data: (!data.is_empty()).then(|| data.into()), meta, ..Envelope::default() })
}

fn create(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let url = call.text("url").unwrap_or_default().to_owned();
    let known = || call.world.webhooks.iter().any(|webhook| webhook.url == url).then_some("is registered already");
    if let Some(fault) = fault(&url).or_else(known) {
        return Err(Problem::invalid_request(vec![invalid("url", &[&url], format!("$.url: {fault}"))]));
    }
    let id = call.world.next_id();
    call.world.webhooks.add(id, url.clone());
    call.data(json!({ "id": id.to_string(), "url": url, "valid": true, "created_at": created_at(id) }))
}

fn validate(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.webhook_in_path()?;
    call.data(json!({ "valid": true }))
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.webhook_in_path()?.id;
    call.world.webhooks.remove(id);
    // Subscriptions to activity go on without it: the stream has them as well.
    for subscription in call.world.subscriptions.iter_mut().filter(|subscription| subscription.webhook == Some(id.to_string())) {
        subscription.webhook = None;
    }
    call.data(json!({ "deleted": true }))
}

/// A job that delivers again what was delivered in a time. There is nothing to be delivered again.
fn replay(call: &mut Call<'_>) -> Result<Answer, Problem> {
    if call.world.webhooks.get(call.body_id("webhook_id")).is_none() {
        let named = call.text("webhook_id").unwrap_or_default();
        return Err(Problem::not_found(&resource_not_found("webhook", "webhook_id", named)));
    }
    let given = |name: &'static str| {
        let text = call.text(name).unwrap_or_default();
        let wrong = || invalid(name, &[text], format!("$.{name}: is not a time as yyyymmddhhmm"));
        DateTime::strptime("%Y%m%d%H%M", text).map_err(|_| wrong())
    };
    let errors = match (given("from_date"), given("to_date")) {
        (Ok(from), Ok(to)) if from < to => Vec::new(),
        (Ok(_), Ok(_)) => vec![invalid("to_date", &[call.text("to_date").unwrap_or_default()], "$.to_date: is not after from_date")],
        (from, to) => from.err().into_iter().chain(to.err()).collect(),
    };
    if !errors.is_empty() {
        return Err(Problem::invalid_request(errors));
    }
    let job = call.world.next_id();
    call.data(json!({ "job_id": job.to_string(), "created_at": created_at(job) }))
}

fn links(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let link = |webhook: &Webhook| {
        let linked = webhook.linked?;
        Some(json!({
            "application_id": APPLICATION_ID,
            "created_at": created_at(linked),
            "instance_id": linked.to_string(),
            "webhook_id": webhook.id.to_string(),
        }))
    };
    // Without a `meta`, an answer without `data` would be no answer at all.
    call.data(call.world.webhooks.iter().filter_map(link).collect::<Vec<_>>())
}

/// Changes whether a webhook gets what the filtered stream finds.
fn set_link(call: &mut Call<'_>, linked: impl FnOnce(Option<u64>) -> Option<u64>) -> Result<(), Problem> {
    let id = call.webhook_in_path()?.id;
    if let Some(webhook) = call.world.webhooks.get_mut(id) {
        webhook.linked = linked(webhook.linked);
    }
    Ok(())
}

fn link(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let moment = call.world.next_id();
    set_link(call, |before| before.or(Some(moment)))?;
    call.data(json!({ "provisioned": true }))
}

fn unlink(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let mut was_linked = false;
    set_link(call, |before| {
        was_linked = before.is_some();
        None
    })?;
    call.data(json!({ "deleted": was_linked }))
}

fn count(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.data(json!({
        "account_name": ACCOUNT_NAME,
        "provisioned_count": PROVISIONED.to_string(),
        "subscriptions_count_all": call.world.webhooks.count_subscribed().to_string(),
        // Subscriptions to messages alone cannot be made any more.
        "subscriptions_count_direct_messages": "0",
    }))
}

fn is_subscribed(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let webhook = call.webhook_in_path()?.id;
    call.data(json!({ "subscribed": call.world.webhooks.subscribed.has(webhook, call.user()?) }))
}

fn subscribe(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, webhook): (_, WebhookId) = (call.user()?, call.webhook_in_path()?.id);
    let fault = if call.world.webhooks.subscribed.has(webhook, user) {
        "has a subscription to the authenticating user already"
    } else if call.world.webhooks.count_subscribed() >= PROVISIONED {
        "cannot get another subscription: the app has as many as it may"
    } else {
        let moment = call.world.next_id();
        call.world.webhooks.subscribed.add(webhook, user, moment);
        return call.data(json!({ "subscribed": true }));
    };
    let named = &call.path[0];
    let message = format!("The `webhook_id` path parameter value [{named}] {fault}.");
    Err(Problem::invalid_request(vec![invalid("webhook_id", &[named], message)]))
}

fn subscribed(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let webhook = call.webhook_in_path()?;
    let users = call.world.webhooks.subscribed.from(webhook.id);
    let users: Vec<Value> = users.map(|(_, user)| json!({ "user_id": user.to_string() })).collect();
    call.data(json!({
        "application_id": APPLICATION_ID,
        "webhook_id": webhook.id.to_string(),
        "webhook_url": webhook.url,
        "subscriptions": users,
    }))
}

fn unsubscribe(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let webhook = call.webhook_in_path()?.id;
    let user = call.id(1);
    call.world.webhooks.subscribed.remove(webhook, user);
    call.data(json!({ "subscribed": false }))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn a_webhook_has_an_https_url_without_a_port_or_one_on_the_loopback_interface() {
        for url in
            ["https://example.com/hook?a=b", "http://127.0.0.1:8080/hook", "http://localhost/", "https://localhost:1", "http://[::1]:80/"]
        {
            assert_eq!(fault(url), None, "{url}");
        }
        for url in [
            "",
            "/hook",
            "example.com",
            "http://example.com/",
            "https://example.com:8443/",
            "ftp://localhost/",
            "http://127.0.0.1.example.com/",
        ] {
            assert!(fault(url).is_some(), "{url}");
        }
    }
}
