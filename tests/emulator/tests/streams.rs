//! Streams: their documents, their signs of life, and their ends.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use paragon_twitter_emulator::{Disconnect, Emulator, EmulatorBuilder, Profile};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use support::{as_app, as_user, delete, send};

/// Only to fail instead of hanging: nothing takes that long.
const PATIENCE: Duration = Duration::from_secs(20);

const SAMPLE: &str = "/2/tweets/sample/stream";
const FILTERED: &str = "/2/tweets/search/stream";
const RULES: &str = "/2/tweets/search/stream/rules";
const ACTIVITY: &str = "/2/activity/stream";

/// An open stream, read line by line.
struct Stream {
    response: Response,
    text: String,
}

/// The next part of a stream: a line, or the end.
#[derive(Debug, PartialEq)]
enum Next {
    Line(String),
    End,
    Broken,
}

impl Stream {
    async fn open(emulator: &Emulator, path: &str) -> Self {
        let response = as_app(emulator, Method::GET, path).send().await.expect("an answer");
        if response.status() != 200 {
            panic!("{path}: {}", response.text().await.expect("a body"));
        }
        Self { response, text: String::new() }
    }

    async fn next(&mut self) -> Next {
        loop {
            if let Some((line, rest)) = self.text.split_once("\r\n") {
                let line = line.to_owned();
                self.text = rest.to_owned();
                return Next::Line(line);
            }
            match tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something in time") {
                Ok(Some(bytes)) => self.text.push_str(std::str::from_utf8(&bytes).expect("text")),
                Ok(None) => return Next::End,
                Err(_) => return Next::Broken,
            }
        }
    }

    /// The next document. Blank lines are passed over.
    async fn document(&mut self) -> Value {
        loop {
            match self.next().await {
                Next::Line(line) if line.is_empty() => {}
                Next::Line(line) => return serde_json::from_str(&line).expect("JSON"),
                other => panic!("{other:?} instead of a document"),
            }
        }
    }

    async fn text(&mut self) -> String {
        self.document().await["data"]["text"].as_str().expect("a text").to_owned()
    }
}

async fn emulator(set_up: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Emulator {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    set_up(builder).start().await.expect("a free port")
}

async fn start() -> Emulator {
    emulator(|builder| builder).await
}

async fn write(emulator: &Emulator, method: Method, path: &str, body: Value) -> support::Answer {
    send(as_app(emulator, method, path).header("Content-Type", "application/json").body(body.to_string())).await
}

async fn add_rules(emulator: &Emulator, rules: Value) -> Value {
    write(emulator, Method::POST, RULES, json!({ "add": rules })).await.ok()
}

/// Waits for something that another task is about to do.
async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it holds in time");
}

async fn like(emulator: &Emulator, post: &str) {
    let path = format!("/2/users/{}/likes", emulator.paragon().x_user_id("v"));
    let request = as_user(emulator, "v", Method::POST, &path).header("Content-Type", "application/json");
    send(request.body(json!({ "tweet_id": post }).to_string())).await.ok();
}

async fn unlike(emulator: &Emulator, post: &str) {
    let path = format!("/2/users/{}/likes/{post}", emulator.paragon().x_user_id("v"));
    send(as_user(emulator, "v", Method::DELETE, &path)).await.ok();
}

#[tokio::test]
async fn a_stream_brings_posts_as_they_are_made_with_fields_and_expansions() {
    let emulator = start().await;
    emulator.x().post("user-42", "before");
    let path = format!("{SAMPLE}?tweet.fields=author_id,edit_history_tweet_ids&expansions=author_id&user.fields=verified");
    let mut stream = Stream::open(&emulator, &path).await;
    assert_eq!(stream.response.headers()["content-type"], "application/json; charset=utf-8");
    let id = emulator.x().post("user-42", "one");
    emulator.x().post("user-42", "two");
    let document = stream.document().await;
    assert_eq!(document["data"]["author_id"], emulator.paragon().x_user_id("user-42"));
    assert_eq!(document["data"]["edit_history_tweet_ids"], json!([id]), "in the words of the request");
    assert_eq!(document["includes"]["users"][0]["username"], "ada");
    assert_eq!(document["includes"]["users"][0]["verified"], false);
    assert_eq!(stream.text().await, "two");
}

#[tokio::test]
async fn a_stream_with_nothing_to_bring_sends_blank_lines() {
    let emulator = emulator(|builder| builder.keep_alive(Duration::from_millis(1))).await;
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    for _ in 0..3 {
        assert_eq!(stream.next().await, Next::Line(String::new()));
    }
    emulator.x().post("user-42", "one");
    assert_eq!(stream.text().await, "one");
}

#[tokio::test]
async fn the_filtered_stream_brings_what_rules_match_and_says_which() {
    let emulator = start().await;
    let refused = send(as_app(&emulator, Method::GET, FILTERED)).await.problem(409, "streaming-connection");
    assert_eq!(refused["connection_issue"], "RuleConfigurationIssue");

    let made = add_rules(&emulator, json!([{ "value": "tea", "tag": "drinks" }, { "value": "from:grace" }])).await;
    let ids: Vec<&str> = made["data"].as_array().expect("rules").iter().map(|rule| rule["id"].as_str().expect("an id")).collect();
    let mut stream = Stream::open(&emulator, FILTERED).await;
    emulator.x().post("user-42", "coffee");
    emulator.x().post("user-42", "tea");
    emulator.x().post("v", "more tea");
    assert_eq!(stream.document().await["matching_rules"], json!([{ "id": ids[0], "tag": "drinks" }]));
    assert_eq!(stream.document().await["matching_rules"], json!([{ "id": ids[0], "tag": "drinks" }, { "id": ids[1] }]));

    // A stream that is open goes by the rules of the moment.
    write(&emulator, Method::POST, RULES, json!({ "delete": { "values": ["tea"] } })).await.ok();
    add_rules(&emulator, json!([{ "value": "coffee" }])).await;
    emulator.x().post("user-42", "tea again");
    emulator.x().post("user-42", "coffee again");
    assert_eq!(stream.text().await, "coffee again");
}

#[tokio::test]
async fn streams_of_a_language_bring_that_language() {
    let emulator = start().await;
    let texts = [("en", "Good morning"), ("ja", "おはよう"), ("ko", "안녕하세요"), ("pt", "Bom dia, quem quer dar uma volta no parque?")];
    for (language, expected) in texts {
        let path = format!("/2/tweets/firehose/stream/lang/{language}?partition=1&backfill_minutes=1");
        let mut stream = Stream::open(&emulator, &path).await;
        // As many of each language as the stream has partitions at most.
        for (_, text) in texts.iter().cycle().take(4 * 8) {
            emulator.x().post("user-42", text);
        }
        assert_eq!(stream.text().await, expected);
    }
}

#[tokio::test]
async fn each_post_is_in_one_partition() {
    let emulator = start().await;
    let mut streams = Vec::new();
    for partition in 1..=20 {
        streams.push(Stream::open(&emulator, &format!("/2/tweets/firehose/stream?partition={partition}")).await);
    }
    let posts: BTreeSet<String> = (0..500).map(|number| emulator.x().post("user-42", &number.to_string())).collect();
    emulator.streams().disconnect(Disconnect::Operational);
    let mut brought = Vec::new();
    for stream in &mut streams {
        let before = brought.len();
        while let Some(id) = stream.document().await["data"]["id"].as_str() {
            brought.push(id.to_owned());
        }
        assert!((15..=35).contains(&(brought.len() - before)), "each has its share");
    }
    assert_eq!(brought.len(), posts.len(), "none is there twice");
    assert_eq!(brought.into_iter().collect::<BTreeSet<_>>(), posts);
    send(as_app(&emulator, Method::GET, "/2/tweets/firehose/stream")).await.invalid("partition");
    send(as_app(&emulator, Method::GET, "/2/tweets/firehose/stream?partition=21")).await.invalid("partition");
}

#[tokio::test]
async fn likes_are_brought_with_the_author_of_the_post() {
    let emulator = start().await;
    let post = emulator.x().post("user-42", "one");
    let fields = "like_with_tweet_author.fields=timestamp_ms&expansions=liked_tweet_id,liked_tweet_author_id";
    let mut sample = Stream::open(&emulator, &format!("/2/likes/sample10/stream?partition=1&{fields}")).await;
    let mut firehose = Stream::open(&emulator, "/2/likes/firehose/stream?partition=1").await;
    like(&emulator, &post).await;
    let document = sample.document().await;
    assert_eq!(document["data"]["liked_tweet_id"], *post);
    assert_eq!(document["data"]["tweet_author_id"], emulator.paragon().x_user_id("user-42"));
    assert!(document["data"]["timestamp_ms"].is_i64(), "{document}");
    assert_eq!(document["includes"]["users"][0]["username"], "ada");
    assert_eq!(document["includes"]["posts"][0]["id"], *post);
    let document = firehose.document().await;
    assert_eq!(document["data"]["liked_tweet_id"], *post);
    assert!(document.get("includes").is_none() && document["data"].get("timestamp_ms").is_none(), "{document}");
}

#[tokio::test]
async fn compliance_streams_tell_what_was_taken_back() {
    let emulator = start().await;
    let mut posts = Stream::open(&emulator, "/2/tweets/compliance/stream?partition=1").await;
    let mut likes = Stream::open(&emulator, "/2/likes/compliance/stream").await;
    let mut users = Stream::open(&emulator, "/2/users/compliance/stream?partition=1").await;
    let mut labels = Stream::open(&emulator, "/2/tweets/label/stream").await;
    let ada = emulator.paragon().x_user_id("user-42");
    let post = emulator.x().post("user-42", "one");
    like(&emulator, &post).await;
    unlike(&emulator, &post).await;
    let favorite = &likes.document().await["data"]["delete"]["favorite"];
    assert_eq!(*favorite, json!({ "id": post, "user_id": emulator.paragon().x_user_id("v") }));

    emulator.x().label_post(&post, "Missing context");
    let notice = &labels.document().await["data"]["public_tweet_notice"];
    assert_eq!(notice["label_title"], "Missing context");
    assert_eq!(notice["tweet"], json!({ "id": post, "author_id": ada }));

    delete(&emulator, &format!("/2/tweets/{post}")).await.ok();
    assert_eq!(posts.document().await["data"]["delete"]["tweet"], json!({ "id": post, "author_id": ada }));

    let mut profile = Profile::default();
    profile.protected = true;
    profile.description = "Analyst".to_owned();
    emulator.x().set_profile(&ada, profile);
    assert_eq!(users.document().await["data"]["user_protect"]["user"]["id"], *ada);
    let change = &users.document().await["data"]["user_profile_modification"];
    assert_eq!((&change["profile_field"], &change["new_value"]), (&json!("description"), &json!("Analyst")));
}

#[tokio::test]
async fn streams_bring_nothing_of_what_the_protected_write() {
    let emulator = start().await;
    let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
    let follow = as_user(&emulator, "v", Method::POST, &format!("/2/users/{grace}/following")).header("Content-Type", "application/json");
    send(follow.body(json!({ "target_user_id": ada }).to_string())).await.ok();
    let mut profile = Profile::default();
    profile.protected = true;
    emulator.x().set_profile(&ada, profile);
    let mut sample = Stream::open(&emulator, SAMPLE).await;
    let mut likes = Stream::open(&emulator, "/2/likes/sample10/stream?partition=1").await;
    let mut labels = Stream::open(&emulator, "/2/tweets/label/stream").await;
    for (event_type, user) in [("post.create", &ada), ("post.delete", &ada), ("post.create", &grace), ("like.create", &grace)] {
        let body = json!({ "event_type": event_type, "filter": { "user_id": user } });
        write(&emulator, Method::POST, "/2/activity/subscriptions", body).await.ok();
    }
    let mut activity = Stream::open(&emulator, ACTIVITY).await;
    let gone = emulator.x().post("user-42", "gone");
    send(as_user(&emulator, "user-42", Method::DELETE, &format!("/2/tweets/{gone}"))).await.ok();
    let posts = [emulator.x().post("user-42", "private"), emulator.x().post("v", "public")];
    for post in &posts {
        // So often that some of them are in the partition.
        for _ in 0..4 {
            like(&emulator, post).await;
            unlike(&emulator, post).await;
        }
        emulator.x().label_post(post, "Missing context");
    }
    assert_eq!(sample.text().await, "public");
    assert_eq!(likes.document().await["data"]["liked_tweet_id"], posts[1]);
    assert_eq!(labels.document().await["data"]["public_tweet_notice"]["tweet"]["id"], posts[1]);
    assert_eq!(activity.document().await["data"]["payload"]["text"], "public");
    assert_eq!(activity.document().await["data"]["payload"]["liked_tweet_id"], posts[1]);
}

#[tokio::test]
async fn the_activity_stream_brings_what_is_subscribed_to() {
    let emulator = start().await;
    let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
    let subscribe = async |event_type: &str, filter: Value| {
        let body = json!({ "event_type": event_type, "filter": filter, "tag": event_type });
        let answer = write(&emulator, Method::POST, "/2/activity/subscriptions", body).await.ok();
        answer["data"]["subscription"]["subscription_id"].as_str().expect("an id").to_owned()
    };
    let follow = subscribe("follow.follow", json!({ "user_id": grace, "direction": "inbound" })).await;
    subscribe("post.create", json!({ "user_id": ada, "keyword": "tea" })).await;
    subscribe("like.create", json!({ "user_id": ada, "direction": "inbound" })).await;
    subscribe("profile.update.bio", json!({ "user_id": ada })).await;
    let mut stream = Stream::open(&emulator, ACTIVITY).await;
    let path = format!("/2/users/{ada}/following");
    let request = as_user(&emulator, "user-42", Method::POST, &path).header("Content-Type", "application/json");
    send(request.body(json!({ "target_user_id": grace }).to_string())).await.ok();
    emulator.x().post("user-42", "coffee");
    let post = emulator.x().post("user-42", "tea");
    like(&emulator, &post).await;
    let mut profile = Profile::default();
    profile.description = "Analyst".to_owned();
    emulator.x().set_profile(&ada, profile);

    let followed = stream.document().await["data"].clone();
    assert_eq!((&followed["event_type"], &followed["tag"]), (&json!("follow.follow"), &json!("follow.follow")));
    assert_eq!(followed["filter"], json!({ "user_id": grace, "direction": "inbound" }));
    assert_eq!((&followed["payload"]["source"]["id"], &followed["payload"]["target"]["id"]), (&json!(ada), &json!(grace)));
    assert_eq!(stream.document().await["data"]["payload"]["text"], "tea");
    let liked = stream.document().await;
    let payload = &liked["data"]["payload"];
    assert_eq!((&payload["liked_tweet_id"], &payload["tweet_author_id"]), (&json!(post), &json!(ada)));
    assert_eq!(stream.document().await["data"]["payload"], json!({ "before": "", "after": "Analyst" }));

    let listed = send(as_app(&emulator, Method::GET, "/2/activity/subscriptions")).await.ok();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(4));
    let path = format!("/2/activity/subscriptions/{follow}");
    assert_eq!(send(as_app(&emulator, Method::DELETE, &path)).await.ok()["data"], json!({ "deleted": true }));
    send(as_app(&emulator, Method::DELETE, &path)).await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn a_subscription_to_activity_is_gone_once_it_has_expired() {
    let emulator = start().await;
    let ada = emulator.paragon().x_user_id("user-42");
    let subscriptions = "/2/activity/subscriptions";
    let subscribe = async |tag: &str, expires_at: Option<&str>| {
        let mut body = json!({ "event_type": "post.create", "filter": { "user_id": ada }, "tag": tag });
        if let Some(time) = expires_at {
            body["expires_at"] = time.into();
        }
        write(&emulator, Method::POST, subscriptions, body).await
    };
    subscribe("never", Some("in an hour")).await.invalid("expires_at");
    let minutes = |minutes: i64| (jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes)).to_string();
    let message = subscribe("over", Some(&minutes(-1))).await.invalid("expires_at");
    assert!(message.contains("not in the future"), "{message}");
    let short = subscribe("short", Some(&minutes(30))).await.ok()["data"]["subscription"].clone();
    assert!(short["expires_at"].is_string(), "{short}");
    subscribe("long", Some(&minutes(90))).await.ok();
    subscribe("endless", None).await.ok();
    let mut stream = Stream::open(&emulator, ACTIVITY).await;
    let listed = async || {
        let listed = send(as_app(&emulator, Method::GET, subscriptions)).await.ok()["data"].clone();
        listed.as_array().expect("a list").iter().map(|one| one["tag"].as_str().expect("a tag").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, ["endless", "long", "short"]);
    emulator.x().post("user-42", "in time");
    emulator.x().advance(Duration::from_secs(60 * 60));
    emulator.x().post("user-42", "too late");
    assert_eq!(listed().await, ["endless", "long"]);
    subscribe("over", Some(&minutes(30))).await.invalid("expires_at");
    let path = format!("{subscriptions}/{}", short["subscription_id"].as_str().expect("an id"));
    write(&emulator, Method::PUT, &path, json!({ "tag": "again" })).await.problem(404, "resource-not-found");
    send(as_app(&emulator, Method::DELETE, &path)).await.problem(404, "resource-not-found");
    for (text, tags) in [("in time", &["short", "long", "endless"][..]), ("too late", &["long", "endless"])] {
        for tag in tags {
            let data = &stream.document().await["data"];
            assert_eq!((&data["payload"]["text"], &data["tag"]), (&json!(text), &json!(tag)));
        }
    }
}

#[tokio::test]
async fn a_backfill_brings_the_last_minutes_first() {
    let emulator = start().await;
    emulator.x().post("user-42", "long ago");
    emulator.x().advance(Duration::from_secs(4 * 60));
    emulator.x().post("user-42", "just now");
    let mut stream = Stream::open(&emulator, &format!("{SAMPLE}?backfill_minutes=3")).await;
    emulator.x().post("user-42", "now");
    assert_eq!(stream.text().await, "just now");
    assert_eq!(stream.text().await, "now");
    drop(stream);
    until(|| emulator.streams().count() == 0).await;

    let mut stream = Stream::open(&emulator, &format!("{SAMPLE}?backfill_minutes=5")).await;
    assert_eq!(stream.text().await, "long ago");
    drop(stream);
    until(|| emulator.streams().count() == 0).await;

    let mut stream = Stream::open(&emulator, &format!("{SAMPLE}?backfill_minutes=0")).await;
    emulator.x().post("user-42", "after");
    assert_eq!(stream.text().await, "after");
    send(as_app(&emulator, Method::GET, &format!("{SAMPLE}?backfill_minutes=6"))).await.invalid("backfill_minutes");
}

#[tokio::test]
async fn a_stream_keeps_to_its_bounds_and_ends_with_the_last() {
    let emulator = start().await;
    emulator.x().post("user-42", "one");
    let ada = send(as_user(&emulator, "user-42", Method::GET, "/2/users/me?user.fields=created_at")).await.ok();
    let made = ada["data"]["created_at"].as_str().expect("a time");
    let year: i32 = made[..4].parse().expect("a year");
    let firehose = "/2/tweets/firehose/stream?partition=1";
    let path = format!("{firehose}&start_time={made}&end_time={}{}", year + 1, &made[4..]);
    let mut stream = Stream::open(&emulator, &path).await;
    assert_eq!(stream.text().await, "one");
    emulator.x().advance(Duration::from_secs(366 * 24 * 60 * 60));
    assert_eq!(stream.next().await, Next::End);
    assert_eq!(emulator.streams().count(), 0);
    let backwards = format!("{firehose}&start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z");
    send(as_app(&emulator, Method::GET, &backwards)).await.invalid("start_time");
    send(as_app(&emulator, Method::GET, &format!("{SAMPLE}?start_time={made}"))).await.invalid("start_time");
}

#[tokio::test]
async fn one_connection_to_a_stream_is_all_until_it_is_closed() {
    let emulator = start().await;
    let stream = Stream::open(&emulator, SAMPLE).await;
    let answer = send(as_app(&emulator, Method::GET, SAMPLE)).await;
    assert_ne!(answer.header("x-rate-limit-remaining"), "0", "it is not for want of quota");
    assert_eq!(answer.problem(429, "streaming-connection")["connection_issue"], "TooManyConnections");
    let other = Stream::open(&emulator, ACTIVITY).await;
    assert_eq!(emulator.streams().count(), 2);
    drop((stream, other));
    until(|| emulator.streams().count() == 0).await;
    Stream::open(&emulator, SAMPLE).await;
}

#[tokio::test]
async fn an_app_may_be_given_more_connections() {
    let emulator = emulator(|builder| builder.max_streams(2)).await;
    let mut streams = [Stream::open(&emulator, SAMPLE).await, Stream::open(&emulator, SAMPLE).await];
    send(as_app(&emulator, Method::GET, SAMPLE)).await.problem(429, "streaming-connection");
    emulator.x().post("user-42", "one");
    for stream in &mut streams {
        assert_eq!(stream.text().await, "one");
    }
}

#[tokio::test]
async fn users_have_no_streams() {
    let emulator = start().await;
    send(as_user(&emulator, "user-42", Method::GET, SAMPLE)).await.problem(403, "unsupported-authentication");
}

#[tokio::test]
async fn a_disconnected_stream_says_why_and_ends() {
    let emulator = start().await;
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    emulator.x().post("user-42", "one");
    emulator.streams().disconnect(Disconnect::Operational);
    assert_eq!(emulator.streams().count(), 0, "its place is free at once");
    assert_eq!(stream.text().await, "one");
    let message = stream.document().await;
    assert_eq!(message["errors"][0]["title"], "operational-disconnect");
    assert_eq!(message["errors"][0]["disconnect_type"], "OperationalDisconnect");
    assert_eq!(stream.next().await, Next::End);
}

#[tokio::test]
async fn a_dropped_stream_breaks_off() {
    let emulator = start().await;
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    emulator.x().post("user-42", "one");
    emulator.streams().cut();
    assert_eq!(stream.text().await, "one");
    assert_eq!(stream.next().await, Next::Broken);
}

#[tokio::test]
async fn a_stalled_stream_can_still_be_ended() {
    let emulator = start().await;
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    emulator.streams().stall(true);
    emulator.x().post("user-42", "one");
    emulator.streams().cut();
    assert_eq!(stream.next().await, Next::Broken);
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    emulator.x().post("user-42", "two");
    emulator.streams().stall(false);
    assert_eq!(stream.text().await, "two");
}

#[tokio::test]
async fn streams_end_with_the_emulator_and_with_its_state() {
    let emulator = start().await;
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    emulator.reset();
    assert_eq!(stream.next().await, Next::End);
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    drop(emulator);
    assert_eq!(stream.next().await, Next::Broken);
}

#[tokio::test]
async fn connections_are_listed_and_ended() {
    let emulator = start().await;
    let list = async |query: &str| send(as_app(&emulator, Method::GET, &format!("/2/connections{query}"))).await.ok();
    assert_eq!(list("").await, json!({ "data": [], "meta": { "result_count": 0 } }));
    let mut sample = Stream::open(&emulator, SAMPLE).await;
    let mut labels = Stream::open(&emulator, "/2/tweets/label/stream").await;
    let mut activity = Stream::open(&emulator, ACTIVITY).await;
    let page = list("?max_results=2").await;
    assert_eq!(
        (&page["data"][0]["endpoint_name"], &page["data"][1]["endpoint_name"]),
        (&json!("activity_stream"), &json!("tweet_label_stream"))
    );
    let next = page["meta"]["next_token"].as_str().expect("more");
    assert_eq!(list(&format!("?max_results=2&pagination_token={next}")).await["data"][0]["endpoint_name"], "sample_stream");
    let named = list("?endpoints=sample_stream&connection.fields=client_ip").await;
    assert_eq!(named["meta"]["result_count"], 1);
    assert_eq!(named["data"][0]["client_ip"], "127.0.0.1");

    let uuid = named["data"][0]["id"].as_str().expect("an id");
    let ended = write(&emulator, Method::DELETE, "/2/connections", json!({ "uuids": [uuid, "nothing"] })).await.ok();
    assert_eq!((&ended["data"]["successful_kills"], &ended["data"]["failed_kills"]), (&json!(1), &json!(1)));
    assert_eq!(ended["data"]["results"][0], json!({ "uuid": uuid, "success": true }));
    assert_eq!(sample.document().await["errors"][0]["disconnect_type"], "ForceDisconnect");
    assert_eq!(sample.next().await, Next::End);
    let inactive = list("?status=inactive&connection.fields=disconnect_reason,disconnected_at").await;
    assert_eq!(inactive["data"][0]["id"], *uuid);
    assert_eq!(inactive["data"][0]["disconnect_reason"], "ForceDisconnect");
    assert!(inactive["data"][0]["disconnected_at"].is_string());

    let ended = send(as_app(&emulator, Method::DELETE, "/2/connections/tweet_label_stream")).await.ok();
    assert_eq!(ended["data"]["successful_kills"], 1);
    labels.document().await;
    let ended = send(as_app(&emulator, Method::DELETE, "/2/connections/all")).await.ok();
    assert_eq!(ended["data"]["successful_kills"], 1);
    activity.document().await;
    assert_eq!(list("").await["meta"]["result_count"], 0);
    assert_eq!(list("?status=all").await["meta"]["result_count"], 3);
    send(as_app(&emulator, Method::DELETE, "/2/connections/nothing")).await.invalid("endpoint_id");
}

#[tokio::test]
async fn streams_are_controlled_over_http_as_well() {
    let emulator = start().await;
    let control = async |path: &str, body: Value| {
        let url = format!("{}/_emulator{path}", emulator.url());
        send(reqwest::Client::new().post(url).body(body.to_string())).await.status
    };
    let mut stream = Stream::open(&emulator, SAMPLE).await;
    let count = send(reqwest::Client::new().get(format!("{}/_emulator/streams", emulator.url()))).await.ok();
    assert_eq!(count["count"], 1);
    assert_eq!(control("/streams/disconnect", json!({ "disconnect_type": "InternalError" })).await, 204);
    assert_eq!(stream.document().await["errors"][0]["disconnect_type"], "InternalError");
    assert_eq!(control("/streams/disconnect", json!({ "disconnect_type": "Nothing" })).await, 400);

    let mut stream = Stream::open(&emulator, "/2/tweets/label/stream").await;
    let post = emulator.x().post("user-42", "one");
    assert_eq!(control("/streams/stall", json!({ "stalled": true })).await, 204);
    assert_eq!(control("/x/labels", json!({ "post_id": post, "title": "Missing context" })).await, 204);
    assert_eq!(control("/x/labels", json!({ "post_id": "1", "title": "Missing context" })).await, 404);
    assert_eq!(control("/streams/stall", json!({ "stalled": false })).await, 204);
    assert_eq!(stream.document().await["data"]["public_tweet_notice"]["tweet"]["id"], *post);
    assert_eq!(control("/streams/cut", json!({})).await, 204);
    assert_eq!(stream.next().await, Next::Broken);
}
