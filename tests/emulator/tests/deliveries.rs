//! Webhooks that can be reached: their checks, and the documents posted to them.

mod support;

use std::time::Duration;

use paragon_twitter_emulator::{DEFAULT_CONSUMER_SECRET, Emulator, Fault};
use reqwest::Method;
use serde_json::{Value, json};
use support::receiver::{Behavior, Receiver};
use support::{Answer, as_app, as_user, get, send, start};

const RULES: &str = "/2/tweets/search/stream/rules";
const SUBSCRIPTIONS: &str = "/2/activity/subscriptions";

async fn app(emulator: &Emulator, method: Method, path: &str, body: Value) -> Answer {
    send(as_app(emulator, method, path).header("Content-Type", "application/json").body(body.to_string())).await
}

fn receiver() -> Receiver {
    Receiver::start(DEFAULT_CONSUMER_SECRET)
}

async fn try_to_register(emulator: &Emulator, url: &str) -> Answer {
    app(emulator, Method::POST, "/2/webhooks", json!({ "url": url })).await
}

/// Registers a webhook and tells its id.
async fn register(emulator: &Emulator, url: &str) -> String {
    let made = try_to_register(emulator, url).await.ok();
    made["data"]["id"].as_str().expect("an id").to_owned()
}

async fn check(emulator: &Emulator, webhook: &str) -> Value {
    send(as_app(emulator, Method::PUT, &format!("/2/webhooks/{webhook}"))).await.ok()
}

async fn list(emulator: &Emulator) -> Value {
    send(as_app(emulator, Method::GET, "/2/webhooks")).await.ok()
}

/// Links a webhook to the filtered stream, and has a rule look for tea.
async fn link(emulator: &Emulator, webhook: &str) {
    send(as_app(emulator, Method::POST, &format!("/2/tweets/search/webhooks/{webhook}"))).await.ok();
    app(emulator, Method::POST, RULES, json!({ "add": [{ "value": "tea", "tag": "drinks" }] })).await;
}

async fn subscribe(emulator: &Emulator, event_type: &str, webhook: Option<&str>) {
    let user = emulator.paragon().x_user_id("user-42");
    let mut body = json!({ "event_type": event_type, "filter": { "user_id": user } });
    if let Some(webhook) = webhook {
        body["webhook_id"] = webhook.into();
    }
    app(emulator, Method::POST, SUBSCRIPTIONS, body).await.ok();
}

/// The next document of a stream that was opened before.
async fn next(stream: &mut reqwest::Response) -> Value {
    let bytes = stream.chunk().await.expect("no break").expect("more");
    serde_json::from_slice(&bytes).expect("one document")
}

fn texts(documents: &[Value]) -> Vec<&str> {
    documents.iter().map(|document| document["data"]["text"].as_str().expect("a text")).collect()
}

/// A webhook that gets the matches of the filtered stream.
async fn linked() -> (Emulator, Receiver, String) {
    let (emulator, receiver) = (start().await, receiver());
    let webhook = register(&emulator, &receiver.url).await;
    link(&emulator, &webhook).await;
    (emulator, receiver, webhook)
}

#[tokio::test]
async fn a_webhook_is_registered_once_it_has_passed_the_check() {
    let emulator = Emulator::builder().consumer_secret("S3CR3T").start().await.expect("a free port");
    assert_eq!(emulator.webhooks().consumer_secret(), "S3CR3T");
    let receiver = Receiver::start("S3CR3T");
    let url = format!("{}?own=a%20b", receiver.url);
    let made = try_to_register(&emulator, &url).await.ok()["data"].clone();
    assert_eq!((&made["url"], &made["valid"]), (&json!(url), &json!(true)));
    let checks = receiver.received(&Method::GET);
    assert_eq!(checks.len(), 1);
    assert!(checks[0].path.starts_with("/hook?own=a%20b&crc_token=") && checks[0].path.contains("&nonce="), "{}", checks[0].path);
    assert!(emulator.webhooks().deliveries().is_empty(), "a check is no delivery");
}

#[tokio::test]
async fn a_webhook_is_registered_through_paragon_too_and_faults_hit_the_answer() {
    let (emulator, receiver) = (start().await, receiver());
    let register = async || {
        let request = as_user(&emulator, "user-42", Method::POST, "/2/webhooks").header("Content-Type", "application/json");
        send(request.body(json!({ "url": receiver.url }).to_string())).await
    };
    receiver.answer_checks(Behavior::Text(500, String::new()));
    emulator.faults().add(Fault::wrapped().times(1));
    assert!(register().await.json()["message"].is_string(), "the form of Paragon");
    register().await.invalid("url");
    receiver.answer_checks(Behavior::Right);
    emulator.faults().add(Fault::wrapped().times(1));
    assert_eq!(register().await.ok()["output"]["data"]["valid"], true);
}

#[tokio::test]
async fn each_check_has_another_token() {
    let (emulator, receiver) = (start().await, receiver());
    let webhook = register(&emulator, &receiver.url).await;
    assert_eq!(check(&emulator, &webhook).await, json!({ "data": { "valid": true } }));
    let checks = receiver.received(&Method::GET);
    assert_eq!(checks.len(), 2);
    assert_ne!(checks[0].path, checks[1].path);
}

#[tokio::test]
async fn a_webhook_that_fails_the_check_is_refused_with_the_reason() {
    let (emulator, receiver) = (start().await, receiver());
    let of_another = Receiver::start("another secret");
    let text = |status, text: &str| Behavior::Text(status, text.to_owned());
    for (reply, reason) in [
        (text(500, "{}"), "status 500"),
        (text(302, "{}"), "status 302"),
        (text(200, "Hello"), "not JSON"),
        (text(200, "{}"), "response_token"),
        (Behavior::HangUp, "does not answer"),
    ] {
        receiver.answer_checks(reply);
        let message = try_to_register(&emulator, &receiver.url).await.invalid("url");
        assert!(message.contains(reason), "{reason}: {message}");
    }
    let message = try_to_register(&emulator, &of_another.url).await.invalid("url");
    assert!(message.contains("consumer secret"), "{message}");
    receiver.answer_checks(text(200, &json!({ "response_token": "é".repeat(10_000) }).to_string()));
    let message = try_to_register(&emulator, &receiver.url).await.invalid("url");
    assert!(message.contains(&format!(" {}…, which", "é".repeat(100))), "{message}");
    assert!(message.len() < 2000, "{message}");
    let url = of_another.url.clone();
    drop(of_another);
    let message = try_to_register(&emulator, &url).await.invalid("url");
    assert!(message.contains("cannot be reached"), "{message}");
    assert_eq!(list(&emulator).await["meta"]["result_count"], 0);
}

/// Has a paused clock stand still until the sender is dropped, so that no deadline passes however slow the machine is; but not so long that a test
/// hangs.
fn stop_clock() -> std::sync::mpsc::Sender<()> {
    let (sender, receiver) = std::sync::mpsc::channel();
    // While such a task runs, the clock does not go on by itself.
    tokio::task::spawn_blocking(move || receiver.recv_timeout(Duration::from_secs(20)));
    sender
}

#[tokio::test(start_paused = true)]
async fn a_check_holds_nobody_else_up_and_a_url_is_registered_once_all_the_same() {
    let _clock = stop_clock();
    let (emulator, receiver) = (start().await, receiver());
    receiver.answer_checks(Behavior::Wait);
    let tries = async { tokio::join!(try_to_register(&emulator, &receiver.url), try_to_register(&emulator, &receiver.url)) };
    let meanwhile = async {
        receiver.has_received(&Method::GET, 2).await;
        get(&emulator, "/2/users/me").await.ok();
        receiver.go_on();
    };
    let ((one, other), ()) = tokio::join!(tries, meanwhile);
    let (registered, refused) = if one.status == 200 { (one, other) } else { (other, one) };
    registered.ok();
    assert!(refused.invalid("url").contains("registered already"));
    assert_eq!(list(&emulator).await["meta"]["result_count"], 1);
}

#[tokio::test]
async fn a_webhook_that_fails_a_later_check_is_invalid_and_gets_nothing_until_it_passes_one() {
    let (emulator, receiver, webhook) = linked().await;
    receiver.answer_checks(Behavior::Text(404, String::new()));
    let failed = check(&emulator, &webhook).await;
    assert_eq!(failed["data"], json!({ "valid": false }));
    assert!(failed["errors"][0]["detail"].as_str().is_some_and(|detail| detail.contains("404")), "{failed}");
    assert_eq!(list(&emulator).await["data"][0]["valid"], false);
    emulator.x().post("user-42", "green tea");
    let replay = json!({ "webhook_id": webhook, "from_date": "202001010000", "to_date": "209001010000" });
    app(&emulator, Method::POST, "/2/webhooks/replay", replay).await.invalid("webhook_id");

    receiver.answer_checks(Behavior::Right);
    assert_eq!(check(&emulator, &webhook).await, json!({ "data": { "valid": true } }));
    assert_eq!(list(&emulator).await["data"][0]["valid"], true);
    emulator.x().post("user-42", "black tea");
    emulator.webhooks().settled().await;
    assert_eq!(texts(&receiver.documents()), ["black tea"]);
}

#[tokio::test]
async fn waiting_documents_are_dropped_when_a_webhook_fails_a_check() {
    let (emulator, receiver, webhook) = linked().await;
    receiver.answer_documents(Behavior::Wait);
    for text in ["tea", "more tea", "even more tea"] {
        emulator.x().post("user-42", text);
    }
    receiver.has_received(&Method::POST, 1).await;
    receiver.answer_checks(Behavior::HangUp);
    assert_eq!(check(&emulator, &webhook).await["data"]["valid"], false);
    receiver.is_left(1).await;
    emulator.webhooks().settled().await;
    assert!(emulator.webhooks().deliveries().is_empty());

    receiver.answer_checks(Behavior::Right);
    receiver.answer_documents(Behavior::Right);
    assert_eq!(check(&emulator, &webhook).await["data"]["valid"], true);
    emulator.x().post("user-42", "black tea");
    assert_eq!(check(&emulator, &webhook).await["data"]["valid"], true);
    emulator.webhooks().settled().await;
    assert_eq!(texts(&receiver.documents()), ["tea", "black tea"]);
    assert_eq!(emulator.webhooks().deliveries().len(), 1);
}

#[tokio::test]
async fn matches_of_the_filtered_stream_are_posted_to_linked_webhooks() {
    let (emulator, linked, other) = (start().await, receiver(), receiver());
    let webhook = register(&emulator, &linked.url).await;
    register(&emulator, &other.url).await;
    link(&emulator, &webhook).await;
    let mut stream = as_app(&emulator, Method::GET, "/2/tweets/search/stream").send().await.expect("an answer");
    emulator.x().post("user-42", "coffee");
    emulator.x().post("user-42", "tea");
    emulator.webhooks().settled().await;

    let posted = linked.documents();
    assert_eq!(posted, [next(&mut stream).await]);
    assert_eq!((&posted[0]["data"]["text"], &posted[0]["matching_rules"][0]["tag"]), (&json!("tea"), &json!("drinks")));
    assert!(other.documents().is_empty());
    let deliveries = emulator.webhooks().deliveries();
    assert_eq!(deliveries.len(), 1);
    assert_eq!((&deliveries[0].webhook_id, &deliveries[0].url), (&webhook, &linked.url));
    assert!(deliveries[0].is_taken());
    assert_eq!(deliveries[0].json().as_ref(), Some(&posted[0]));

    send(as_app(&emulator, Method::DELETE, &format!("/2/tweets/search/webhooks/{webhook}"))).await.ok();
    emulator.x().post("user-42", "more tea");
    emulator.webhooks().settled().await;
    assert_eq!(linked.documents().len(), 1);
}

#[tokio::test]
async fn a_link_has_the_fields_that_were_asked_for_with_it_if_the_description_has_them() {
    let mut description: Value = serde_json::from_str(paragon_twitter_spec::OPENAPI).expect("JSON");
    let asked = ["tweet.fields", "user.fields", "expansions"].map(|name| {
        json!({ "name": name, "in": "query", "style": "form", "explode": false, "schema": { "type": "array", "items": { "type": "string" } } })
    });
    let parameters = &mut description["paths"]["/2/tweets/search/webhooks/{webhook_id}"]["post"]["parameters"];
    parameters.as_array_mut().expect("parameters").extend(asked);
    let emulator = Emulator::builder().description(description.to_string()).start().await.expect("a free port");
    let receiver = receiver();
    let webhook = register(&emulator, &receiver.url).await;
    link(&emulator, &webhook).await;
    let more = "tweet.fields=lang,referenced_tweets&expansions=author_id&user.fields=protected";
    let path = format!("/2/tweets/search/webhooks/{webhook}?{more}");
    send(as_app(&emulator, Method::POST, &path)).await.ok();
    let links = send(as_app(&emulator, Method::GET, "/2/tweets/search/webhooks")).await.ok();
    assert_eq!(links["data"][0]["fields"].as_array().map(Vec::len), Some(3));
    assert_eq!(links["data"][0]["fields"][0], "tweet.fields=lang,referenced_tweets");

    emulator.x().post("user-42", "tea");
    emulator.webhooks().settled().await;
    let document = &receiver.documents()[0];
    assert!(document["data"]["lang"].is_string() && document["data"]["edit_history_tweet_ids"].is_array(), "{document}");
    assert_eq!(document["includes"]["users"][0]["protected"], false);
}

#[tokio::test]
async fn activity_is_posted_to_the_webhooks_of_its_subscriptions() {
    let (emulator, one, other) = (start().await, receiver(), receiver());
    let (webhook, second) = (register(&emulator, &one.url).await, register(&emulator, &other.url).await);
    subscribe(&emulator, "post.create", Some(&webhook)).await;
    subscribe(&emulator, "post.delete", Some(&second)).await;
    let mut stream = as_app(&emulator, Method::GET, "/2/activity/stream").send().await.expect("an answer");
    let id = emulator.x().post("user-42", "tea");
    // The stream renders the post when it comes to it, which has to be while there is one.
    let posted = next(&mut stream).await;
    support::delete(&emulator, &format!("/2/tweets/{id}")).await.ok();
    let deleted = next(&mut stream).await;
    emulator.webhooks().settled().await;
    assert_eq!(one.documents(), [posted]);
    assert_eq!(other.documents(), [deleted]);
    assert_eq!(one.documents()[0]["data"]["payload"]["text"], "tea");
    assert_eq!(other.documents()[0]["data"]["event_type"], "post.delete");
}

#[tokio::test]
async fn a_subscription_without_a_webhook_is_for_the_stream_alone() {
    let (emulator, receiver) = (start().await, receiver());
    register(&emulator, &receiver.url).await;
    subscribe(&emulator, "post.create", None).await;
    emulator.x().post("user-42", "tea");
    emulator.webhooks().settled().await;
    assert!(receiver.documents().is_empty());
}

#[tokio::test]
async fn a_document_tells_of_its_moment_and_they_come_in_order() {
    let (emulator, receiver, _) = linked().await;
    receiver.answer_documents(Behavior::Wait);
    let sent: Vec<String> = (0..20).map(|number| format!("tea {number}")).collect();
    for text in &sent {
        let id = emulator.x().post("user-42", text);
        support::delete(&emulator, &format!("/2/tweets/{id}")).await.ok();
    }
    receiver.go_on();
    emulator.webhooks().settled().await;
    assert_eq!(texts(&receiver.documents()), sent);
}

#[tokio::test]
async fn a_document_that_a_webhook_does_not_take_is_noted_and_the_next_comes() {
    let (emulator, receiver, _) = linked().await;
    for reply in [Behavior::Text(503, String::new()), Behavior::HangUp, Behavior::Text(204, String::new())] {
        receiver.answer_documents(reply);
        emulator.x().post("user-42", "tea");
        emulator.webhooks().settled().await;
    }
    let deliveries = emulator.webhooks().deliveries();
    assert_eq!(deliveries.iter().map(|delivery| delivery.is_taken()).collect::<Vec<_>>(), [false, false, true]);
    assert!(deliveries[0].result.as_ref().is_ok_and(|status| status.as_u16() == 503));
    assert!(deliveries[1].result.as_ref().is_err_and(|error| error.contains("does not answer")), "{:?}", deliveries[1].result);
    assert_eq!(receiver.documents().len(), 3, "each was posted once");
}

#[tokio::test]
async fn a_slow_webhook_does_not_hold_another_up() {
    let (emulator, slow, quick) = (start().await, receiver(), receiver());
    for receiver in [&slow, &quick] {
        let webhook = register(&emulator, &receiver.url).await;
        link(&emulator, &webhook).await;
    }
    slow.answer_documents(Behavior::Wait);
    emulator.x().post("user-42", "tea");
    emulator.x().post("user-42", "more tea");
    quick.has_received(&Method::POST, 2).await;
    slow.go_on();
    emulator.webhooks().settled().await;
    assert_eq!(slow.documents(), quick.documents());
}

#[tokio::test]
async fn a_replay_posts_what_was_to_be_delivered_in_its_time_once_more() {
    let (emulator, receiver, webhook) = linked().await;
    let replay = async |from: &str, to: &str| {
        let before = receiver.documents().len();
        let body = json!({ "webhook_id": webhook, "from_date": from, "to_date": to });
        let job = app(&emulator, Method::POST, "/2/webhooks/replay", body).await.ok()["data"]["job_id"].clone();
        emulator.webhooks().settled().await;
        let mut documents = receiver.documents().split_off(before);
        let status = documents.pop().expect("a last message")["replay_job_status"].clone();
        assert_eq!((&status["job_id"], &status["webhook_id"], &status["job_state"]), (&job, &json!(webhook), &json!("Complete")));
        documents
    };
    receiver.answer_documents(Behavior::Text(500, String::new()));
    emulator.x().post("user-42", "tea");
    emulator.x().post("user-42", "more tea");
    emulator.webhooks().settled().await;
    receiver.answer_documents(Behavior::Right);
    for _ in 0..2 {
        assert_eq!(texts(&replay("202001010000", "209001010000").await), ["tea", "more tea"]);
    }
    assert!(replay("202001010000", "202001020000").await.is_empty());
}

#[tokio::test]
async fn documents_too_many_to_wait_are_noted_as_failed_and_a_replay_brings_as_many_as_it_can() {
    let (emulator, receiver, webhook) = linked().await;
    receiver.answer_documents(Behavior::Wait);
    emulator.x().post("user-42", "tea 0");
    receiver.has_received(&Method::POST, 1).await;
    for number in 1..=1025 {
        emulator.x().post("user-42", &format!("tea {number}"));
    }
    let failed = emulator.webhooks().deliveries();
    assert_eq!(failed.len(), 1);
    assert_eq!((&failed[0].webhook_id, &failed[0].url), (&webhook, &receiver.url));
    assert_eq!(failed[0].json().expect("JSON")["data"]["text"], "tea 1025");
    assert!(failed[0].result.as_ref().is_err_and(|error| error.contains("1024 documents")), "{:?}", failed[0].result);
    receiver.go_on();
    emulator.webhooks().settled().await;
    assert_eq!(receiver.documents().len(), 1025);

    let body = json!({ "webhook_id": webhook, "from_date": "202001010000", "to_date": "209001010000" });
    app(&emulator, Method::POST, "/2/webhooks/replay", body).await.ok();
    emulator.webhooks().settled().await;
    let mut again = receiver.documents().split_off(1025);
    assert_eq!(again.pop().expect("a last message")["replay_job_status"]["job_state"], "Incomplete");
    assert!(texts(&again).into_iter().eq((0..1023).map(|number| format!("tea {number}"))));
    let failed = emulator.webhooks().deliveries().into_iter().filter(|delivery| !delivery.is_taken());
    let failed: Vec<Value> = failed.map(|delivery| delivery.json().expect("JSON")).collect();
    assert_eq!(
        texts(&failed),
        ["tea 1025"],
        "what a replay has no place for is not noted, for that would take the place of what it is to bring"
    );
}

#[tokio::test]
async fn nothing_is_delivered_any_more_after_a_reset_or_to_a_webhook_that_is_deleted() {
    let (emulator, receiver) = (start().await, receiver());
    receiver.answer_documents(Behavior::Wait);
    for (round, is_reset) in [(1, true), (2, false)] {
        let webhook = register(&emulator, &receiver.url).await;
        link(&emulator, &webhook).await;
        emulator.x().post("user-42", "tea");
        emulator.x().post("user-42", "more tea");
        receiver.has_received(&Method::POST, round).await;
        if is_reset {
            emulator.reset();
        } else {
            send(as_app(&emulator, Method::DELETE, &format!("/2/webhooks/{webhook}"))).await.ok();
        }
        emulator.x().post("user-42", "tea again");
        emulator.webhooks().settled().await;
        receiver.is_left(round).await;
        assert_eq!(receiver.documents().len(), round);
        assert!(emulator.webhooks().deliveries().is_empty());
    }
}

#[tokio::test]
async fn a_delivery_ends_with_the_emulator() {
    let (emulator, receiver, _) = linked().await;
    receiver.answer_documents(Behavior::Wait);
    emulator.x().post("user-42", "tea");
    receiver.has_received(&Method::POST, 1).await;
    drop(emulator);
    receiver.is_left(1).await;
}

#[tokio::test]
async fn a_webhook_on_another_machine_is_valid_and_gets_nothing() {
    let emulator = start().await;
    for url in ["https://example.com/hook", "https://localhost/hook"] {
        let webhook = register(&emulator, url).await;
        link(&emulator, &webhook).await;
        subscribe(&emulator, "post.create", Some(&webhook)).await;
        assert_eq!(check(&emulator, &webhook).await, json!({ "data": { "valid": true } }));
    }
    emulator.x().post("user-42", "tea");
    emulator.webhooks().settled().await;
    assert!(emulator.webhooks().deliveries().is_empty());
}

#[tokio::test]
async fn deliveries_are_shown_over_http_once_they_are_made() {
    let (emulator, receiver, webhook) = linked().await;
    let shown = async || {
        let url = format!("{}/_emulator/webhooks/deliveries", emulator.url());
        send(reqwest::Client::new().get(url)).await.ok()["deliveries"].clone()
    };
    assert_eq!(shown().await, json!([]));
    emulator.x().post("user-42", "tea");
    let document = shown().await[0].clone();
    assert_eq!((&document["webhook_id"], &document["url"], &document["status"]), (&json!(webhook), &json!(receiver.url), &json!(200)));
    assert_eq!(document["body"], receiver.documents()[0]);
    receiver.answer_documents(Behavior::HangUp);
    emulator.x().post("user-42", "tea");
    let failed = shown().await[1].clone();
    assert!(failed["error"].is_string() && failed.get("status").is_none(), "{failed}");
}

#[tokio::test]
async fn deliveries_are_shown_over_http_without_waiting_for_those_on_their_way_if_that_is_asked_for() {
    let (emulator, receiver, _) = linked().await;
    let ask = async |wait: &str| {
        let url = format!("{}/_emulator/webhooks/deliveries?wait={wait}", emulator.url());
        send(reqwest::Client::new().get(url)).await
    };
    receiver.answer_documents(Behavior::Wait);
    emulator.x().post("user-42", "tea");
    receiver.has_received(&Method::POST, 1).await;
    assert_eq!(ask("false").await.ok()["deliveries"], json!([]));
    let refused = ask("no").await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("wait"), "{}", refused.text);
    receiver.go_on();
    assert_eq!(ask("true").await.ok()["deliveries"][0]["status"], 200);
}
