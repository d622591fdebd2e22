//! Webhooks, and the documents for them.

mod support;

use paragon_twitter_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, as_app, as_user, send, start};

const URL: &str = "https://example.com/hook";

async fn app(emulator: &Emulator, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = as_app(emulator, method, path);
    match body {
        Some(body) => send(request.header("Content-Type", "application/json").body(body.to_string())).await,
        None => send(request).await,
    }
}

async fn get(emulator: &Emulator, path: &str) -> Value {
    app(emulator, Method::GET, path, None).await.ok()
}

/// Registers a webhook and tells its id.
async fn register(emulator: &Emulator, url: &str) -> String {
    let made = app(emulator, Method::POST, "/2/webhooks", Some(json!({ "url": url }))).await.ok();
    made["data"]["id"].as_str().expect("an id").to_owned()
}

async fn subscribe(emulator: &Emulator, user: &str, webhook: &str) -> Answer {
    let path = format!("/2/account_activity/webhooks/{webhook}/subscriptions/all");
    send(as_user(emulator, user, Method::POST, &path).header("Content-Type", "application/json").body("{}")).await
}

async fn two_users() -> Emulator {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    builder.start().await.expect("a free port")
}

#[tokio::test]
async fn a_webhook_is_listed_until_it_is_deleted() {
    let emulator = start().await;
    assert_eq!(get(&emulator, "/2/webhooks").await, json!({ "meta": { "result_count": 0 } }));
    let made = app(&emulator, Method::POST, "/2/webhooks", Some(json!({ "url": URL }))).await.ok()["data"].clone();
    assert_eq!((&made["url"], &made["valid"]), (&json!(URL), &json!(true)));
    let second = register(&emulator, "https://example.org/hook").await;

    let listed = get(&emulator, "/2/webhooks?webhook_config.fields=id").await;
    assert_eq!(listed["meta"]["result_count"], 2);
    assert_eq!((&listed["data"][0]["id"], &listed["data"][1]), (&json!(second), &made));

    let path = format!("/2/webhooks/{second}");
    assert_eq!(app(&emulator, Method::PUT, &path, None).await.ok()["data"], json!({ "valid": true }));
    assert_eq!(app(&emulator, Method::DELETE, &path, None).await.ok()["data"], json!({ "deleted": true }));
    assert_eq!(get(&emulator, "/2/webhooks").await["data"], json!([made]));
    for method in [Method::PUT, Method::DELETE] {
        app(&emulator, method, &path, None).await.problem(404, "resource-not-found");
    }
}

#[tokio::test]
async fn a_url_is_taken_once_and_only_if_it_can_be_delivered_to() {
    let emulator = start().await;
    register(&emulator, URL).await;
    for url in [URL, "http://example.com/hook", "https://example.com:8443/hook", "nonsense"] {
        app(&emulator, Method::POST, "/2/webhooks", Some(json!({ "url": url }))).await.invalid("url");
    }
    assert_eq!(get(&emulator, "/2/webhooks").await["meta"]["result_count"], 1);
}

#[tokio::test]
async fn a_link_to_the_filtered_stream_is_listed_until_it_or_its_webhook_is_deleted() {
    let emulator = start().await;
    let links = "/2/tweets/search/webhooks";
    let (one, other) = (register(&emulator, URL).await, register(&emulator, "https://example.org/").await);
    for webhook in [&one, &one, &other] {
        let linked = app(&emulator, Method::POST, &format!("{links}/{webhook}"), None).await.ok();
        assert_eq!(linked["data"], json!({ "provisioned": true }));
    }
    let linked: Vec<Value> = get(&emulator, links).await["data"].as_array().expect("links").clone();
    assert_eq!(linked.iter().map(|link| &link["webhook_id"]).collect::<Vec<_>>(), [&json!(other), &json!(one)]);

    for deleted in [true, false] {
        let unlinked = app(&emulator, Method::DELETE, &format!("{links}/{one}"), None).await.ok();
        assert_eq!(unlinked["data"], json!({ "deleted": deleted }));
    }
    app(&emulator, Method::DELETE, &format!("/2/webhooks/{other}"), None).await.ok();
    assert_eq!(get(&emulator, links).await, json!({ "data": [] }));
    app(&emulator, Method::POST, &format!("{links}/{other}"), None).await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn subscriptions_to_users_are_seen_by_user_by_webhook_and_in_the_count() {
    let emulator = two_users().await;
    let webhook = register(&emulator, URL).await;
    let base = format!("/2/account_activity/webhooks/{webhook}/subscriptions");
    let is_subscribed = async |user: &str| {
        let answer = send(as_user(&emulator, user, Method::GET, &format!("{base}/all"))).await.ok();
        answer["data"]["subscribed"].as_bool().expect("a flag")
    };
    assert!(!is_subscribed("user-42").await);
    for user in ["user-42", "v"] {
        assert_eq!(subscribe(&emulator, user, &webhook).await.ok()["data"], json!({ "subscribed": true }));
    }
    subscribe(&emulator, "v", &webhook).await.invalid("webhook_id");
    assert!(is_subscribed("user-42").await);

    let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
    let listed = get(&emulator, &format!("{base}/all/list")).await["data"].clone();
    assert_eq!((&listed["webhook_id"], &listed["webhook_url"]), (&json!(webhook), &json!(URL)));
    assert_eq!(listed["subscriptions"], json!([{ "user_id": grace }, { "user_id": ada }]));
    let count = async || get(&emulator, "/2/account_activity/subscriptions/count").await["data"]["subscriptions_count_all"].clone();
    assert_eq!(count().await, "2");

    let ended = app(&emulator, Method::DELETE, &format!("{base}/{ada}/all"), None).await.ok();
    assert_eq!(ended["data"], json!({ "subscribed": false }));
    assert!(!is_subscribed("user-42").await && is_subscribed("v").await);
    app(&emulator, Method::DELETE, &format!("/2/webhooks/{webhook}"), None).await.ok();
    assert_eq!(count().await, "0");
}

#[tokio::test]
async fn a_user_subscribes_and_the_app_lists() {
    let emulator = start().await;
    let webhook = register(&emulator, URL).await;
    let base = format!("/2/account_activity/webhooks/{webhook}/subscriptions/all");
    app(&emulator, Method::POST, &base, Some(json!({}))).await.problem(403, "unsupported-authentication");
    let listed = send(as_user(&emulator, "user-42", Method::GET, &format!("{base}/list"))).await;
    listed.problem(403, "unsupported-authentication");
    subscribe(&emulator, "user-42", "1").await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn a_replay_is_of_a_time_and_a_webhook_that_there_are() {
    let emulator = start().await;
    let webhook = register(&emulator, URL).await;
    let replay = async |webhook: &str, from: &str, to: &str| {
        let body = json!({ "webhook_id": webhook, "from_date": from, "to_date": to });
        app(&emulator, Method::POST, "/2/webhooks/replay", Some(body)).await
    };
    let job = replay(&webhook, "202601010000", "202601012359").await.ok()["data"].clone();
    assert!(job["job_id"].is_string() && job["created_at"].is_string(), "{job}");
    replay(&webhook, "202613010000", "202601012359").await.invalid("from_date");
    replay(&webhook, "202601010000", "202601016000").await.invalid("to_date");
    replay(&webhook, "202601020000", "202601010000").await.invalid("to_date");
    replay("1", "202601010000", "202601012359").await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn a_subscription_to_activity_may_have_a_webhook_that_there_is() {
    let emulator = start().await;
    let webhook = register(&emulator, URL).await;
    let (subscriptions, user) = ("/2/activity/subscriptions", emulator.paragon().x_user_id("user-42"));
    let body = |webhook: &str| Some(json!({ "event_type": "post.create", "filter": { "user_id": user }, "webhook_id": webhook }));
    app(&emulator, Method::POST, subscriptions, body("1")).await.invalid("webhook_id");
    let made = app(&emulator, Method::POST, subscriptions, body(&webhook)).await.ok()["data"]["subscription"].clone();
    assert_eq!(made["webhook_id"], json!(webhook));

    let path = format!("{subscriptions}/{}", made["subscription_id"].as_str().expect("an id"));
    app(&emulator, Method::PUT, &path, Some(json!({ "webhook_id": "1" }))).await.invalid("webhook_id");
    let changed = app(&emulator, Method::PUT, &path, Some(json!({ "tag": "mine" }))).await.ok()["data"]["subscription"].clone();
    assert_eq!((&changed["tag"], &changed["webhook_id"]), (&json!("mine"), &json!(webhook)));
    assert_eq!(get(&emulator, subscriptions).await["data"], json!([changed]));
    app(&emulator, Method::DELETE, &format!("/2/webhooks/{webhook}"), None).await.ok();
    assert!(get(&emulator, subscriptions).await["data"][0].get("webhook_id").is_none());
    app(&emulator, Method::DELETE, &path, None).await.ok();
    assert_eq!(get(&emulator, subscriptions).await["data"], json!([]));
}
