//! Streams without a network between: their parts, and effects that only a client that does not read would see.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::HANDLERS;
use crate::description::{Location, Operation};
use crate::message::{Answer, Body, Chunks, RecordedRequest};
use crate::state::{Draft, UserId};
use crate::x::{Profile, handle_direct};
use crate::{Disconnect, Emulator, Listener};

fn ask(emulator: &Emulator, method: Method, path: &str, body: &str) -> Answer {
    let mut headers = HeaderMap::new();
    let token = format!("Bearer {}", emulator.bearer_token());
    headers.insert("authorization", HeaderValue::from_str(&token).expect("a header"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let body = Bytes::copy_from_slice(body.as_bytes());
    let request = RecordedRequest { listener: Listener::X, method, path: path.to_owned(), headers, body };
    handle_direct(&emulator.shared, &request).now_or_never().expect("an answer that waits for nobody")
}

fn open(emulator: &Emulator, path: &str) -> Chunks {
    let answer = ask(emulator, Method::GET, path, "");
    assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
    match answer.body {
        Body::Chunks(chunks) => chunks,
        Body::Whole(bytes) => panic!("{path} has a body of {} bytes", bytes.len()),
    }
}

async fn text(chunks: &mut Chunks) -> String {
    let bytes = chunks.next().await.expect("more").expect("no break");
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn id(text: &str) -> u64 {
    text.parse().expect("an id")
}

fn add_rule(emulator: &Emulator) {
    let body = json!({ "add": [{ "value": "tea", "tag": "drinks" }, { "value": "has:mentions from:ada" }] }).to_string();
    assert_eq!(ask(emulator, Method::POST, "/2/tweets/search/stream/rules", &body).status, StatusCode::OK);
}

fn subscribe(emulator: &Emulator, user: UserId) {
    let types = [
        "post.create",
        "post.delete",
        "post.mention.create",
        "post.reply.create",
        "post.quote.create",
        "post.repost.create",
        "like.create",
        "follow.follow",
        "follow.unfollow",
        "profile.update.bio",
        "profile.update.geo",
        "profile.update.url",
    ];
    for event_type in types {
        let body = json!({ "event_type": event_type, "filter": { "user_id": user.to_string() } }).to_string();
        assert_eq!(ask(emulator, Method::POST, "/2/activity/subscriptions", &body).status, StatusCode::OK);
    }
}

/// The path of an operation with everything that it can show.
fn in_full(operation: &Operation) -> String {
    let queries = operation.parameters.iter().filter(|parameter| parameter.location == Location::Query);
    let pairs = queries.filter_map(|parameter| {
        if parameter.name == "partition" {
            return Some("partition=1".to_owned());
        }
        let values = parameter.schema()["items"]["enum"].as_array()?;
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        Some(format!("{}={}", parameter.name, values.join(",")))
    });
    format!("{}?{}", operation.template, pairs.collect::<Vec<_>>().join("&"))
}

/// Everything that streams tell of, with a post in each language.
fn happen(emulator: &Emulator, ada: UserId, grace: UserId) {
    let mut world = emulator.shared.world();
    let text = |text: &str| Draft { text: text.to_owned(), ..Draft::default() };
    let first = world.create(ada, text("tea for @grace #tea https://example.com"));
    // As many as bring each language to the first of two or more partitions.
    for words in ["おはよう", "안녕하세요", "Bom dia, quem quer dar uma volta no parque?"].into_iter().cycle().take(30) {
        world.create(grace, text(words));
    }
    world.create(grace, Draft { reply_to: Some(first), ..text("tea again") });
    world.create(grace, Draft { quoted: Some(first), ..text("what a tea") });
    world.create(grace, Draft { reposted: Some(first), ..text("RT @ada: tea") });
    let edited = world.create(ada, text("tee"));
    world.create(ada, Draft { edits: Some(edited), ..text("tea @grace") });
    for _ in 0..2 {
        world.like(grace, first);
        world.unlike(grace, first);
        world.follow(grace, ada);
        world.unfollow(grace, ada);
    }
    world.like(grace, first);
    let gone = world.create(ada, text("never mind"));
    world.delete(gone);
    world.label(first, "Missing context");
    drop(world);
    let profile = Profile {
        description: "Analyst".to_owned(),
        location: Some("London".to_owned()),
        url: Some("https://example.com".to_owned()),
        protected: true,
        ..Profile::default()
    };
    emulator.x().set_profile(&ada.to_string(), profile);
    emulator.x().set_profile(&ada.to_string(), Profile::default());
}

#[tokio::test]
async fn all_documents_are_as_described() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let (ada, grace) = (id(&emulator.paragon().x_user_id("user-42")), id(&emulator.paragon().x_user_id("v")));
    add_rule(&emulator);
    subscribe(&emulator, ada);
    let description = Arc::clone(&emulator.shared.description);
    let paths = &description.document()["paths"];
    let streams = |operation: &&Operation| {
        operation.method == Method::GET && paths[operation.template.as_str()]["get"]["x-twitter-streaming"] == true
    };
    let streaming: Vec<&Operation> = description.operations().iter().filter(streams).collect();
    assert_eq!(streaming.len(), HANDLERS.len(), "each has its row");
    let mut streams: Vec<_> = streaming.iter().map(|operation| (operation, open(&emulator, &in_full(operation)))).collect();
    happen(&emulator, ada, grace);
    emulator.streams().disconnect(Disconnect::Operational);
    for (operation, chunks) in &mut streams {
        let schema = operation.answer.as_ref().and_then(|(_, schema)| schema.as_ref()).expect("a schema");
        let mut count = 0;
        'stream: while let Some(bytes) = chunks.next().await {
            let bytes = bytes.expect("no break");
            assert!(bytes.ends_with(b"\r\n"));
            for line in bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
                let document: Value = serde_json::from_slice(line).expect("JSON");
                if document.get("data").is_none() {
                    assert_eq!(document["errors"][0]["title"], "operational-disconnect");
                    continue 'stream;
                }
                assert_eq!(schema.faults(description.schemas(), &document), [], "{} {document}", operation.template);
                count += 1;
            }
        }
        assert!(count > 0, "{} has brought nothing", operation.template);
    }
}

#[tokio::test]
async fn a_stream_that_is_not_read_in_time_ends_with_a_message() {
    let emulator = Emulator::start().await.expect("a free port");
    let ada = id(&emulator.paragon().x_user_id("user-42"));
    let mut chunks = open(&emulator, "/2/tweets/sample/stream");
    for _ in 0..2000 {
        emulator.shared.world().create(ada, Draft { text: "tea".to_owned(), ..Draft::default() });
    }
    let message: Value = serde_json::from_str(&text(&mut chunks).await).expect("JSON");
    assert_eq!(message["errors"][0]["disconnect_type"], "SlowReader");
    assert!(chunks.next().await.is_none());
    assert_eq!(emulator.streams().count(), 0);
}

#[tokio::test]
async fn a_place_is_free_once_the_answer_is_dropped() {
    let emulator = Emulator::start().await.expect("a free port");
    let chunks = open(&emulator, "/2/tweets/sample/stream");
    assert_eq!(emulator.streams().count(), 1);
    drop(chunks);
    assert_eq!(emulator.streams().count(), 0);
    let again = open(&emulator, "/2/tweets/sample/stream");
    assert_eq!(emulator.streams().count(), 1);
    drop(again);
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_after_twenty_seconds_and_by_any_document() {
    let emulator = Emulator::start().await.expect("a free port");
    let mut chunks = open(&emulator, "/2/tweets/sample/stream");
    let started = tokio::time::Instant::now();
    assert_eq!(text(&mut chunks).await, "\r\n");
    assert_eq!(started.elapsed().as_secs(), 20);
    let wait = Duration::from_secs(15);
    assert!(tokio::time::timeout(wait, chunks.next()).await.is_err());
    emulator.x().post("user-42", "tea");
    assert!(text(&mut chunks).await.contains("tea"));
    let started = tokio::time::Instant::now();
    assert_eq!(text(&mut chunks).await, "\r\n");
    assert_eq!(started.elapsed().as_secs(), 20, "the document was a sign of life too");
}

#[tokio::test(start_paused = true)]
async fn a_stalled_stream_is_silent_and_goes_on_afterwards() {
    let emulator = Emulator::start().await.expect("a free port");
    let mut chunks = open(&emulator, "/2/tweets/sample/stream");
    emulator.streams().stall(true);
    emulator.x().post("user-42", "tea");
    let wait = Duration::from_secs(60 * 60);
    assert!(tokio::time::timeout(wait, chunks.next()).await.is_err());
    emulator.streams().stall(false);
    assert!(text(&mut chunks).await.contains("tea"));
    assert_eq!(text(&mut chunks).await, "\r\n");
}
