//! Endless streams: what happens is given as it happens.

mod support;

use std::time::Duration;

use emulator::{Disconnect, Emulator, Profile};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use support::{Answer, as_app, send};

/// A guard against waiting forever; no test waits for it.
const GUARD: Duration = Duration::from_secs(20);

struct Lines {
    response: Response,
    read: Vec<u8>,
}

impl Lines {
    async fn open(emulator: &Emulator, path: &str) -> Self {
        let response = as_app(emulator, Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        Self { response, read: Vec::new() }
    }

    /// The next line without its end; `None` at the end of the stream, an error if it breaks off.
    async fn line(&mut self) -> reqwest::Result<Option<String>> {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.read.drain(..end + 2).collect();
                return Ok(Some(String::from_utf8(line[..end].to_vec()).expect("UTF-8")));
            }
            let chunk = tokio::time::timeout(GUARD, self.response.chunk()).await.expect("something in time")?;
            match chunk {
                Some(chunk) => self.read.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }

    /// The next document.
    async fn next(&mut self) -> Value {
        loop {
            let line = self.line().await.expect("a stream").expect("a document");
            if !line.is_empty() {
                return serde_json::from_str(&line).expect("JSON");
            }
        }
    }
}

async fn rules(emulator: &Emulator, query: &str, body: Value) -> Answer {
    let request = as_app(emulator, Method::POST, &format!("/2/tweets/search/stream/rules{query}"));
    send(request.header("Content-Type", "application/json").body(body.to_string())).await
}

async fn start() -> Emulator {
    Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace").start().await.expect("a free port")
}

async fn as_ada(emulator: &Emulator, method: Method, path: &str, body: Option<Value>) {
    let request = support::as_user(emulator, "user-42", method, path);
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body.to_string()),
        None => request,
    };
    let answer = send(request).await;
    assert!(answer.status < 300, "{}", answer.text);
}

#[tokio::test]
async fn the_filtered_stream_gives_what_a_rule_matches_and_says_which() {
    let emulator = start().await;
    let refused = send(as_app(&emulator, Method::GET, "/2/tweets/search/stream")).await;
    assert_eq!((refused.status, &refused.json()["connection_issue"]), (409, &json!("RuleConfigurationIssue")));

    let added = rules(&emulator, "", json!({ "add": [{ "value": "tea", "tag": "drinks" }, { "value": "from:grace" }] })).await.ok();
    assert_eq!(added["meta"]["summary"], json!({ "created": 2, "not_created": 0, "valid": 2, "invalid": 0 }));
    let ids = [&added["data"][0]["id"], &added["data"][1]["id"]];

    let mut stream = Lines::open(&emulator, "/2/tweets/search/stream?tweet.fields=author_id&expansions=author_id").await;
    emulator.post("user-42", "coffee");
    let first = emulator.post("user-42", "a cup of tea");
    let second = emulator.post("v", "more tea");
    let document = stream.next().await;
    assert_eq!(document["data"]["id"], json!(first));
    assert_eq!(document["data"]["edit_history_tweet_ids"], json!([first]), "the dialect of the request");
    assert_eq!(document["includes"]["users"][0]["username"], "ada");
    assert_eq!(document["matching_rules"], json!([{ "id": ids[0], "tag": "drinks" }]));
    let document = stream.next().await;
    assert_eq!(document["data"]["id"], json!(second));
    assert_eq!(document["matching_rules"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn rules_are_added_listed_and_deleted_and_each_mistake_is_told() {
    let emulator = start().await;
    let mixed = json!({ "add": [{ "value": "tea" }, { "value": "tea" }, { "value": "(" }, { "value": "is:reply" }] });
    let dry = rules(&emulator, "?dry_run=true", mixed.clone()).await.json();
    assert_eq!(dry["meta"]["summary"]["created"], 1);
    let list = "/2/tweets/search/stream/rules";
    assert_eq!(send(as_app(&emulator, Method::GET, list)).await.ok()["meta"]["result_count"], 0);

    let answer = rules(&emulator, "", mixed).await.json();
    assert_eq!(answer["meta"]["summary"], json!({ "created": 1, "not_created": 3, "valid": 2, "invalid": 2 }));
    let titles: Vec<&str> = answer["errors"].as_array().expect("errors").iter().filter_map(|error| error["title"].as_str()).collect();
    assert_eq!(titles, ["DuplicateRule", "UnprocessableEntity", "UnprocessableEntity"]);
    let listed = send(as_app(&emulator, Method::GET, list)).await.ok();
    assert_eq!(listed["data"], answer["data"]);
    let counts = send(as_app(&emulator, Method::GET, "/2/tweets/search/stream/rules/counts")).await.ok();
    assert_eq!(counts["data"]["client_app_rules_count"]["rule_count"], 1);

    let id = &answer["data"][0]["id"];
    let deleted = rules(&emulator, "", json!({ "delete": { "ids": [id, "1"] } })).await.json();
    assert_eq!(deleted["meta"]["summary"], json!({ "deleted": 1, "not_deleted": 1 }));
    rules(&emulator, "", json!({ "add": [{ "value": "tea" }] })).await;
    let deleted = rules(&emulator, "", json!({ "delete": { "values": ["tea"] } })).await.json();
    assert_eq!(deleted["meta"]["summary"]["deleted"], 1);
}

#[tokio::test]
async fn each_kind_of_stream_gives_its_own_events() {
    let emulator = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace").start().await.expect("a free port");
    let (ada, grace) = (emulator.x_user_id("user-42"), emulator.x_user_id("v"));
    let post = emulator.post("v", "first");

    let mut likes =
        Lines::open(&emulator, "/2/likes/sample10/stream?partition=1&like_with_tweet_author.fields=liked_tweet_author_id").await;
    let mut other_likes = Lines::open(&emulator, "/2/likes/firehose/stream?partition=1").await;
    drop(other_likes.response);
    other_likes = Lines::open(&emulator, "/2/likes/compliance/stream").await;
    for _ in 0..40 {
        as_ada(&emulator, Method::POST, &format!("/2/users/{ada}/likes"), Some(json!({ "tweet_id": post }))).await;
        as_ada(&emulator, Method::DELETE, &format!("/2/users/{ada}/likes/{post}"), None).await;
    }
    let like = likes.next().await;
    assert_eq!((&like["data"]["liked_tweet_id"], &like["data"]["tweet_author_id"]), (&json!(post), &json!(grace)));
    let unlike = other_likes.next().await;
    assert_eq!(unlike["data"]["delete"]["favorite"], json!({ "id": post, "user_id": ada }));

    let mut english = Lines::open(&emulator, "/2/tweets/firehose/stream/lang/ja?partition=1").await;
    for number in 0..100 {
        emulator.post("v", &format!("tea {number}"));
        emulator.post("v", &format!("おちゃ {number}"));
    }
    assert!(english.next().await["data"]["text"].as_str().is_some_and(|text| text.starts_with("おちゃ")));

    let mut labels = Lines::open(&emulator, "/2/tweets/label/stream").await;
    emulator.label_post(&post, "Stale");
    assert_eq!(labels.next().await["data"]["public_tweet_notice"]["label_title"], "Stale");

    let mut users = Lines::open(&emulator, "/2/users/compliance/stream?partition=1").await;
    for number in 0..40 {
        let mut profile = Profile::default();
        profile.protected = number % 2 == 0;
        emulator.set_profile(&grace, profile);
    }
    let document = users.next().await;
    let change = document["data"].as_object().and_then(|data| data.values().next()).expect("what happened");
    assert_eq!(change["user"]["id"], json!(grace));

    let mut deletions = Lines::open(&emulator, "/2/tweets/compliance/stream?partition=1").await;
    for number in 0..40 {
        let id = emulator.post("user-42", &format!("short-lived {number}"));
        as_ada(&emulator, Method::DELETE, &format!("/2/tweets/{id}"), None).await;
    }
    assert_eq!(deletions.next().await["data"]["delete"]["tweet"]["author_id"], json!(ada));
}

#[tokio::test]
async fn partitions_share_what_there_is_without_overlap() {
    let emulator = Emulator::builder().start().await.expect("a free port");
    let mut parts = Vec::new();
    for part in 1..=20 {
        parts.push(Lines::open(&emulator, &format!("/2/tweets/firehose/stream?partition={part}")).await);
    }
    let mut expected: Vec<String> = (0..60).map(|number| emulator.post("user-42", &format!("post {number}"))).collect();
    emulator.disconnect_streams(Disconnect::Operational);
    let mut seen = Vec::new();
    for mut part in parts {
        while let Some(line) = part.line().await.expect("an orderly end") {
            let document: Value = serde_json::from_str(&line).expect("JSON");
            seen.extend(document["data"]["id"].as_str().map(str::to_owned));
        }
    }
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_activity_stream_gives_what_is_subscribed_to() {
    let emulator = start().await;
    let (ada, grace) = (emulator.x_user_id("user-42"), emulator.x_user_id("v"));
    let subscribe = async |event_type: &str, filter: Value| {
        let body = json!({ "event_type": event_type, "filter": filter, "tag": event_type });
        let request = as_app(&emulator, Method::POST, "/2/activity/subscriptions").header("Content-Type", "application/json");
        let answer = send(request.body(body.to_string())).await.ok();
        answer["data"]["subscription"]["subscription_id"].as_str().expect("an id").to_owned()
    };
    let follow = subscribe("follow.follow", json!({ "user_id": grace, "direction": "inbound" })).await;
    subscribe("post.create", json!({ "user_id": ada, "keyword": "tea" })).await;
    let mut stream = Lines::open(&emulator, "/2/activity/stream").await;
    as_ada(&emulator, Method::POST, &format!("/2/users/{ada}/following"), Some(json!({ "target_user_id": grace }))).await;
    emulator.post("user-42", "coffee");
    emulator.post("user-42", "tea");
    let followed = stream.next().await["data"].clone();
    assert_eq!((&followed["event_type"], &followed["tag"]), (&json!("follow.follow"), &json!("follow.follow")));
    assert_eq!((&followed["payload"]["source"]["id"], &followed["payload"]["target"]["id"]), (&json!(ada), &json!(grace)));
    assert_eq!(stream.next().await["data"]["payload"]["text"], "tea");

    let listed = send(as_app(&emulator, Method::GET, "/2/activity/subscriptions")).await.ok();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2));
    let path = format!("/2/activity/subscriptions/{follow}");
    assert_eq!(send(as_app(&emulator, Method::DELETE, &path)).await.ok()["data"], json!({ "deleted": true }));
    send(as_app(&emulator, Method::DELETE, &path)).await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn backfill_gives_the_last_minutes_first() {
    let emulator = start().await;
    emulator.post("user-42", "old");
    emulator.advance(Duration::from_secs(180));
    emulator.post("user-42", "missed");
    emulator.advance(Duration::from_secs(60));
    let mut stream = Lines::open(&emulator, "/2/tweets/sample/stream?backfill_minutes=2").await;
    emulator.post("user-42", "new");
    assert_eq!(stream.next().await["data"]["text"], "missed");
    assert_eq!(stream.next().await["data"]["text"], "new");
}

#[tokio::test]
async fn signs_of_life_come_while_nothing_happens_and_a_stall_has_none() {
    let builder = Emulator::builder().keep_alive(Duration::from_millis(1)).account("user-42", "Ada", "ada");
    let emulator = builder.start().await.expect("a free port");
    let mut stream = Lines::open(&emulator, "/2/tweets/sample/stream").await;
    assert_eq!(stream.line().await.expect("a stream").as_deref(), Some(""));
    emulator.stall_streams(true);
    emulator.post("user-42", "held back");
    let mut stalled = Lines::open(&emulator, "/2/tweets/sample10/stream?partition=1").await;
    let silence = tokio::time::timeout(Duration::from_millis(50), stalled.response.chunk()).await;
    assert!(silence.is_err(), "nothing comes");
    emulator.stall_streams(false);
    assert_eq!(stream.next().await["data"]["text"], "held back");
}

#[tokio::test]
async fn a_stream_ends_with_a_message_or_without_one() {
    let emulator = start().await;
    let mut stream = Lines::open(&emulator, "/2/tweets/sample/stream").await;
    emulator.post("user-42", "last words");
    emulator.disconnect_streams(Disconnect::Upstream);
    let mut lines = Vec::new();
    while let Some(line) = stream.line().await.expect("an orderly end") {
        lines.push(serde_json::from_str::<Value>(&line).expect("JSON"));
    }
    let message = lines.last().expect("a message");
    assert_eq!(message["errors"][0]["disconnect_type"], "UpstreamOperationalDisconnect");

    let mut stream = Lines::open(&emulator, "/2/tweets/sample/stream").await;
    emulator.drop_streams();
    assert!(stream.line().await.is_err(), "it breaks off");
}

#[tokio::test]
async fn one_connection_more_than_allowed_is_refused_until_another_is_closed() {
    let emulator = start().await;
    let stream = Lines::open(&emulator, "/2/tweets/sample/stream").await;
    let refused = send(as_app(&emulator, Method::GET, "/2/tweets/sample/stream")).await;
    assert_eq!((refused.status, &refused.json()["connection_issue"]), (429, &json!("TooManyConnections")));
    assert_ne!(refused.header("x-rate-limit-remaining"), "0");

    let listed = send(as_app(&emulator, Method::GET, "/2/connections")).await.ok();
    assert_eq!(listed["data"][0]["endpoint_name"], "sample_stream");
    let killed = send(as_app(&emulator, Method::DELETE, "/2/connections/sample_stream")).await.ok();
    assert_eq!((&killed["data"]["successful_kills"], &killed["data"]["results"][0]["uuid"]), (&json!(1), &listed["data"][0]["id"]));
    assert_eq!(emulator.stream_count(), 0);
    drop(stream);
    let again = Lines::open(&emulator, "/2/tweets/sample/stream").await;
    drop(again);
    let ended = send(as_app(&emulator, Method::GET, "/2/connections?status=inactive&connection.fields=disconnect_reason")).await.ok();
    assert!(ended["data"].as_array().is_some_and(|ended| ended.iter().any(|one| one["disconnect_reason"] == "closed by the app")));
}
