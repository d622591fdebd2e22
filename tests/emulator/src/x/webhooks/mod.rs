//! Webhooks: registering and checking them, and the documents for them.
//!
//! Only a webhook on the loopback interface, over plain HTTP, is called. Any other is valid at once, stays so, and gets nothing. X checks a webhook
//! by itself at intervals as well, and gives a webhook that answers with an error or not at all a day before it counts as invalid; here each check is
//! asked for, and counts. For apps that have a client secret of OAuth 2.0, X signs with that, in another header; this app has a consumer secret only.

mod account;
mod crc;
mod delivery;
mod legacy;
mod outgoing;

use std::sync::Arc;

use http::uri::Authority;
use http::{Method, Uri};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

pub(crate) use delivery::deliver;

use super::{Answer, Begin, Call, Entry, Envelope, Later, Problem, View};
use crate::problem::{invalid, problem_type, resource_not_found};
use crate::state::{Link, Webhook, WebhookId, World, created_at};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/webhooks", list),
    (Method::POST, "/2/webhooks/replay", replay),
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

pub(super) const ASKING: &[Entry<Begin>] = &[(Method::POST, "/2/webhooks", create), (Method::PUT, "/2/webhooks/{webhook_id}", validate)];

/// The only app there is.
const APPLICATION_ID: &str = "10000001";
const ACCOUNT_NAME: &str = "emulator";

/// How many users the app may subscribe to. X's figure depends on the contract.
const PROVISIONED: usize = 1000;

fn render(view: &View, webhook: &Webhook) -> Value {
    let mut object = view.object("webhook_config");
    object.put("id", || Some(webhook.id.to_string()));
    object.put("url", || Some(webhook.url.as_str()));
    object.put("valid", || Some(webhook.valid));
    object.put("created_at", || Some(created_at(webhook.id)));
    object.finish()
}

/// The fault of the URL of a webhook.
///
/// X takes `https` without a port only. A test's own server has neither a certificate nor a choice of ports, so the loopback interface is let
/// through as well.
fn fault(url: &str) -> Option<&'static str> {
    let Ok(url) = url.parse::<Uri>() else { return Some("is not a URL") };
    let authority = url.authority().map_or("", Authority::as_str);
    let host = url.host().unwrap_or_default();
    let loopback = !outgoing::loopback(host).is_empty();
    let scheme = url.scheme_str().unwrap_or_default();
    if scheme != "https" && !(scheme == "http" && loopback) {
        Some("is not an https URL, nor one like http://127.0.0.1:PORT/…, which is taken here as well")
    } else if authority.contains('@') {
        Some("has a user name, which X does not take")
    } else if authority == host {
        None
    } else if !loopback {
        Some("has a port, which X does not take")
    } else {
        url.port_u16().is_none().then_some("has a port that is not a number of up to 65535")
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

fn invalid_url(url: &str, fault: &str) -> Problem {
    Problem::invalid_request(vec![invalid("url", &[url], format!("$.url: {fault}"))])
}

fn refuse_known(world: &World, url: &str) -> Result<(), Problem> {
    let known = world.webhooks.iter().any(|webhook| webhook.url == url);
    if known { Err(invalid_url(url, "is registered already")) } else { Ok(()) }
}

/// Registers a webhook once it has passed the check.
fn create(call: &mut Call<'_>) -> Result<Later, Problem> {
    let url = call.text("url").unwrap_or_default().to_owned();
    if let Some(fault) = fault(&url) {
        return Err(invalid_url(&url, fault));
    }
    refuse_known(call.world, &url)?;
    let (shared, status, dialect) = (Arc::clone(call.shared), call.operation.status, call.dialect);
    Ok(Box::pin(async move {
        let secret = &shared.consumer_secret;
        crc::check(&url, secret).await.map_err(|fault| invalid_url(&url, &fault))?;
        let mut world = shared.world();
        // Another request may have been faster.
        refuse_known(&world, &url)?;
        let id = world.next_id();
        let data = json!({ "id": id.to_string(), "url": url, "valid": true, "created_at": created_at(id) });
        let queue = delivery::queue(id, &url, secret, &world.webhooks.deliveries);
        world.webhooks.add(Webhook { id, url, valid: true, dialect, link: None, queue });
        Ok(Answer::json(status, &json!({ "data": data })))
    }))
}

/// Checks a webhook again. X documents that the answer is 200 and has the outcome; the reason in `errors` is a choice made here.
fn validate(call: &mut Call<'_>) -> Result<Later, Problem> {
    let webhook = call.webhook_in_path()?;
    let (id, url) = (webhook.id, webhook.url.clone());
    let (shared, status) = (Arc::clone(call.shared), call.operation.status);
    Ok(Box::pin(async move {
        let secret = &shared.consumer_secret;
        let checked = crc::check(&url, secret).await;
        {
            let mut world = shared.world();
            let deliveries = Arc::clone(&world.webhooks.deliveries);
            if let Some(webhook) = world.webhooks.get_mut(id) {
                webhook.valid = checked.is_ok();
                if !webhook.valid {
                    // Its waiting documents go with it.
                    webhook.queue = None;
                } else if webhook.queue.is_none() {
                    webhook.queue = delivery::queue(id, &url, secret, &deliveries);
                }
            }
        }
        let mut body = json!({ "data": { "valid": checked.is_ok() } });
        if let Err(fault) = checked {
            let detail = format!("The webhook {url} {fault}.");
            body["errors"] = json!([{ "title": "CrcValidationFailed", "detail": detail, "type": problem_type("invalid-request") }]);
        }
        Ok(Answer::json(status, &body))
    }))
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

/// A job that repeats the deliveries, also the failed ones, of a time, as far as they are remembered. The end of the time is not part of it.
///
/// X refuses times of more than a day ago, and of the last minutes. A test has no other times, so all are taken.
fn replay(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.body_id("webhook_id");
    let named = call.text("webhook_id").unwrap_or_default();
    let Some(webhook) = call.world.webhooks.get(id) else {
        return Err(Problem::not_found(&resource_not_found("webhook", "webhook_id", named)));
    };
    if !webhook.valid {
        let message = "$.webhook_id: is a webhook that has not passed its last CRC check";
        return Err(Problem::invalid_request(vec![invalid("webhook_id", &[named], message)]));
    }
    let given = |name: &'static str| {
        let text = call.text(name).unwrap_or_default();
        let wrong = || invalid(name, &[text], format!("$.{name}: is not a time as yyyymmddhhmm"));
        let time = DateTime::strptime("%Y%m%d%H%M", text).and_then(|time| TimeZone::UTC.to_timestamp(time));
        time.map_err(|_| wrong())
    };
    let time = match (given("from_date"), given("to_date")) {
        (Ok(from), Ok(to)) if from < to => Ok(from..to),
        (Ok(_), Ok(_)) => Err(vec![invalid("to_date", &[call.text("to_date").unwrap_or_default()], "$.to_date: is not after from_date")]),
        (from, to) => Err(from.err().into_iter().chain(to.err()).collect()),
    };
    let time = time.map_err(Problem::invalid_request)?;
    let job = call.world.next_id();
    if let Some(queue) = call.world.webhooks.get(id).and_then(|webhook| webhook.queue.as_ref()) {
        let is_complete = queue.post_again(&time);
        queue.post(None, replayed(id, job, is_complete).to_string().into());
    }
    call.data(json!({ "job_id": job.to_string(), "created_at": created_at(job) }))
}

/// The document that X posts when a job is done.
fn replayed(webhook: WebhookId, job: u64, is_complete: bool) -> Value {
    let (state, description) = match is_complete {
        true => ("Complete", "Everything was delivered again."),
        false => ("Incomplete", "There was too much to be delivered again; the last of it was not."),
    };
    json!({
        "replay_job_status": {
            "webhook_id": webhook.to_string(),
            "job_state": state,
            "job_state_description": description,
            "job_id": job.to_string(),
        },
    })
}

fn links(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let link = |webhook: &Webhook| {
        let link = webhook.link.as_ref()?;
        let mut object = json!({
            "application_id": APPLICATION_ID,
            "created_at": created_at(link.since),
            "instance_id": link.since.to_string(),
            "webhook_id": webhook.id.to_string(),
        });
        let spelled = |value: &str| value.split(',').map(|name| link.dialect.spell(name)).collect::<Vec<_>>().join(",");
        let fields = link.query.pairs().map(|(name, value)| format!("{}={}", link.dialect.spell(name), spelled(value)).into());
        let fields: Vec<Value> = fields.collect();
        if !fields.is_empty() {
            object["fields"] = fields.into();
        }
        Some(object)
    };
    // Without a `meta`, an answer without `data` would be no answer at all.
    call.data(call.world.webhooks.iter().filter_map(link).collect::<Vec<_>>())
}

/// Changes whether a webhook gets the matches of the filtered stream.
fn set_link(call: &mut Call<'_>, link: impl FnOnce(Option<Link>) -> Option<Link>) -> Result<(), Problem> {
    let id = call.webhook_in_path()?.id;
    if let Some(webhook) = call.world.webhooks.get_mut(id) {
        webhook.link = link(webhook.link.take());
    }
    Ok(())
}

/// Links a webhook, with the fields and expansions that are asked for now, also if it was linked before.
fn link(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let moment = call.world.next_id();
    let (query, dialect) = (call.query.clone(), call.dialect);
    set_link(call, |before| Some(Link { since: before.map_or(moment, |link| link.since), query, dialect }))?;
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
            "https://example.com:99999/",
            "https://example.com:/",
            "https://user:pw@example.com/",
            "https://user@example.com/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:/",
            "http://[::1]:x/",
            "http://user:80@127.0.0.1/",
        ] {
            assert!(fault(url).is_some(), "{url}");
        }
        assert!(fault("http://example.com/").is_some_and(|fault| fault.contains("http://127.0.0.1:PORT/")));
    }
}
