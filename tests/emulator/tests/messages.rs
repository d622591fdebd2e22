//! Direct messages: sending, seeing, deleting and blocking them.

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use paragon_twitter_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, as_app, as_user, send};

/// Ada (`user-42`), Grace (`v`) and Joan (`w`), each with the id of X.
struct Three {
    emulator: Emulator,
    ada: String,
    grace: String,
    joan: String,
}

async fn three() -> Three {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace").account("w", "Joan", "joan");
    let emulator = builder.start().await.expect("a free port");
    let [ada, grace, joan] = ["user-42", "v", "w"].map(|user| emulator.paragon().x_user_id(user));
    Three { emulator, ada, grace, joan }
}

/// The ids of a conversation and an event that a new message got.
fn sent(answer: Answer) -> (String, String) {
    assert_eq!(answer.status, 201, "{}", answer.text);
    let data = &answer.json()["data"];
    let text = |name: &str| data[name].as_str().expect("an id").to_owned();
    (text("dm_conversation_id"), text("dm_event_id"))
}

impl Three {
    async fn write(&self, user: &str, path: &str, body: Value) -> Answer {
        let request = as_user(&self.emulator, user, Method::POST, path);
        send(request.header("Content-Type", "application/json").body(body.to_string())).await
    }

    /// A message of one user to another.
    async fn message(&self, from: &str, to: &str, text: &str) -> Answer {
        self.write(from, &format!("/2/dm_conversations/with/{to}/messages"), json!({ "text": text })).await
    }

    async fn group(&self, text: &str) -> (String, String) {
        let body = json!({ "conversation_type": "Group", "participant_ids": [self.grace, self.joan], "message": { "text": text } });
        sent(self.write("user-42", "/2/dm_conversations", body).await)
    }

    async fn read(&self, user: &str, path: &str) -> Answer {
        send(as_user(&self.emulator, user, Method::GET, path)).await
    }

    /// Returns the events on a page: the text of a message, or else the type.
    async fn events(&self, user: &str, path: &str) -> Vec<String> {
        let page = self.read(user, path).await.ok();
        let items = page["data"].as_array().cloned().unwrap_or_default();
        assert_eq!(page["meta"]["result_count"], items.len());
        let shown = |event: &Value| event["text"].as_str().or(event["event_type"].as_str()).expect("a text").to_owned();
        items.iter().map(shown).collect()
    }
}

#[tokio::test]
async fn a_message_is_seen_by_both_and_by_nobody_else() {
    let three = three().await;
    let (conversation, event) = sent(three.message("user-42", &three.grace, "Hello").await);
    assert_eq!(conversation, format!("{}-{}", three.ada, three.grace), "the one with the smaller id first");
    let path = format!("/2/dm_conversations/{conversation}/messages");
    let (same, _) = sent(three.write("v", &path, json!({ "text": "Hi" })).await);
    assert_eq!(same, conversation);

    let all = ["Hi", "Hello"];
    assert_eq!(three.events("user-42", &format!("/2/dm_conversations/with/{}/dm_events", three.grace)).await, all);
    assert_eq!(three.events("v", &format!("/2/dm_conversations/with/{}/dm_events", three.ada)).await, all);
    assert_eq!(three.events("v", &format!("/2/dm_conversations/{conversation}/dm_events")).await, all);
    assert_eq!(three.events("v", "/2/dm_events").await, all);
    assert!(three.events("w", "/2/dm_events").await.is_empty());
    assert!(three.events("w", &format!("/2/dm_conversations/with/{}/dm_events", three.ada)).await.is_empty());

    let shown = three.read("v", &format!("/2/dm_events/{event}")).await.ok();
    assert_eq!(shown["data"], json!({ "id": event, "event_type": "MessageCreate", "text": "Hello" }));
    three.read("w", &format!("/2/dm_events/{event}")).await.problem(403, "about:blank");
    three.read("w", &format!("/2/dm_conversations/{conversation}/dm_events")).await.problem(403, "about:blank");
    three.write("w", &path, json!({ "text": "me too" })).await.problem(403, "about:blank");
    send(as_app(&three.emulator, Method::GET, "/2/dm_events")).await.problem(403, "unsupported-authentication");
}

#[tokio::test]
async fn fields_and_expansions_show_the_rest_of_an_event() {
    let three = three().await;
    let post = three.emulator.x().post("v", "worth a look");
    let text = format!("#news https://x.com/grace/status/{post}?s=20 and {post} https://example.com/status/{post}");
    let (conversation, event) = sent(three.message("user-42", &three.grace, &text).await);
    let fields = "created_at,dm_conversation_id,entities,attachments";
    let expansions = "sender_id,participant_ids,referenced_posts";
    let shown = three.read("v", &format!("/2/dm_events/{event}?dm_event.fields={fields}&expansions={expansions}")).await.ok();
    let data = &shown["data"];
    assert_eq!(data["dm_conversation_id"], conversation);
    assert_eq!(data["sender_id"], three.ada);
    assert_eq!(data["referenced_posts"], json!([{ "id": post }]));
    assert_eq!(data["entities"]["hashtags"][0]["tag"], "news");
    assert!(data["created_at"].is_string());
    assert_eq!(shown["includes"]["posts"][0]["text"], "worth a look");
    assert_eq!(shown["includes"]["users"][0]["username"], "ada");

    let older = three.read("v", &format!("/2/dm_events/{event}?expansions=referenced_tweets")).await.ok();
    assert_eq!(older["data"]["referenced_tweets"], json!([{ "id": post }]));
    assert_eq!(older["includes"]["tweets"][0]["id"], post);

    for referenced in ["referenced_posts", "referenced_tweets"] {
        let path = format!("/2/dm_events/{event}?dm_event.fields=sender_id,participant_ids,{referenced}");
        let asked = three.read("v", &path).await.ok();
        assert_eq!((&asked["data"]["sender_id"], &asked["data"][referenced]), (&json!(three.ada), &json!([{ "id": post }])));
    }

    send(as_user(&three.emulator, "v", Method::DELETE, &format!("/2/tweets/{post}"))).await.ok();
    let gone = three.read("v", &format!("/2/dm_events/{event}?expansions=referenced_posts")).await.ok();
    assert_eq!(gone.get("includes"), None);
    assert_eq!(gone["errors"][0]["value"], post);
}

#[tokio::test]
async fn a_group_tells_who_joined_and_who_left() {
    let three = three().await;
    let (group, _) = three.group("Hello all").await;
    let path = format!("/2/dm_conversations/{group}/dm_events");
    assert_eq!(three.events("w", &path).await, ["Hello all", "ParticipantsJoin"]);
    sent(three.write("w", &format!("/2/dm_conversations/{group}/messages"), json!({ "text": "Bye" })).await);
    three.emulator.x().leave_conversation("w", &group);

    assert_eq!(three.events("v", &path).await, ["ParticipantsLeave", "Bye", "Hello all", "ParticipantsJoin"]);
    assert_eq!(three.events("v", "/2/dm_events?event_types=MessageCreate").await, ["Bye", "Hello all"]);
    let moves =
        three.read("v", "/2/dm_events?event_types=ParticipantsJoin,ParticipantsLeave&expansions=participant_ids,sender_id").await.ok();
    assert_eq!(moves["data"][0]["participant_ids"], json!([three.joan]));
    assert_eq!(moves["data"][1]["participant_ids"], json!([three.ada, three.grace, three.joan]));
    assert_eq!(moves["data"][1]["sender_id"], three.ada);
    assert_eq!(moves["includes"]["users"].as_array().map(Vec::len), Some(3));

    assert!(three.events("w", "/2/dm_events").await.is_empty());
    three.read("w", &path).await.problem(403, "about:blank");
    three.read("v", "/2/dm_conversations/1900000000000000001/dm_events").await.problem(404, "resource-not-found");
    three.read("v", &format!("/2/dm_conversations/{}-{}/dm_events", three.joan, three.grace)).await.problem(404, "resource-not-found");
    three.read("v", "/2/dm_conversations/12/dm_events").await.invalid("id");
}

#[tokio::test]
async fn events_are_paged_from_the_newest_to_the_oldest() {
    let three = three().await;
    for number in 1..=5 {
        sent(three.message("user-42", &three.grace, &number.to_string()).await);
    }
    let mut path = "/2/dm_events?max_results=2".to_owned();
    let mut seen = Vec::new();
    loop {
        seen.push(three.events("v", &path).await);
        let page = three.read("v", &path).await.ok();
        let Some(next) = page["meta"]["next_token"].as_str() else { break };
        path = format!("/2/dm_events?max_results=2&pagination_token={next}");
    }
    assert_eq!(seen, [vec!["5", "4"], vec!["3", "2"], vec!["1"]]);
    three.read("v", "/2/dm_events?max_results=101").await.invalid("max_results");
}

#[tokio::test]
async fn who_sent_a_message_may_delete_it() {
    let three = three().await;
    let (_, event) = sent(three.message("user-42", &three.grace, "oops").await);
    let path = format!("/2/dm_events/{event}");
    let delete = |user| send(as_user(&three.emulator, user, Method::DELETE, &path));
    delete("v").await.problem(403, "about:blank");
    delete("w").await.problem(403, "about:blank");
    assert_eq!(delete("user-42").await.ok()["data"], json!({ "deleted": true }));
    assert!(three.events("v", "/2/dm_events").await.is_empty());
    assert_eq!(three.read("v", &path).await.ok()["errors"][0]["resource_type"], "dm_event");
}

#[tokio::test]
async fn who_is_blocked_cannot_send_messages() {
    let three = three().await;
    let (conversation, _) = sent(three.message("user-42", &three.grace, "Hello").await);
    let reply = format!("/2/dm_conversations/{conversation}/messages");
    let about_grace = format!("/2/users/{}?user.fields=receives_your_dm", three.grace);
    for (block, unblock, body) in [("dm/block", Some("dm/unblock"), json!({})), ("blocking", None, json!({ "target_user_id": three.ada }))]
    {
        let id = if unblock.is_some() { &three.ada } else { &three.grace };
        three.write("v", &format!("/2/users/{id}/{block}"), body.clone()).await.ok();
        let detail = three.message("user-42", &three.grace, "Hello?").await.problem(403, "about:blank")["detail"].clone();
        assert_eq!(detail, "You cannot send messages to this user.");
        three.write("user-42", &reply, json!({ "text": "Hello?" })).await.problem(403, "about:blank");
        let group = json!({ "conversation_type": "Group", "participant_ids": [three.grace, three.joan], "message": { "text": "Hello?" } });
        three.write("user-42", "/2/dm_conversations", group).await.problem(403, "about:blank");
        assert_eq!(three.read("user-42", &about_grace).await.ok()["data"]["receives_your_dm"], false);
        if let Some(unblock) = unblock {
            let unblocked = three.write("v", &format!("/2/users/{id}/{unblock}"), body).await.ok();
            assert_eq!(unblocked["data"], json!({ "blocked": false }));
            sent(three.message("user-42", &three.grace, "Hello again").await);
            assert_eq!(three.read("user-42", &about_grace).await.ok()["data"]["receives_your_dm"], true);
        }
    }
    assert_eq!(three.events("v", "/2/dm_events").await, ["Hello again", "Hello"]);
    let nobody = three.write("v", "/2/users/77/dm/block", json!({})).await.ok();
    assert_eq!(nobody["errors"][0]["resource_type"], "user");
}

#[tokio::test]
async fn an_impossible_message_is_refused() {
    let three = three().await;
    three.message("user-42", "77", "Hello").await.invalid("participant_id");
    three.message("user-42", &three.grace, &"x".repeat(10_001)).await.invalid("text");
    let path = format!("/2/dm_conversations/with/{}/messages", three.grace);
    let attached = |ids: &[&str]| json!({ "attachments": ids.iter().map(|id| json!({ "media_id": id })).collect::<Vec<_>>() });
    three.write("user-42", &path, attached(&[])).await.invalid("text");
    three.write("user-42", &path, attached(&["77"])).await.invalid("attachments.media_id");
    three.write("user-42", &path, attached(&["77", "78"])).await.invalid("attachments");
    three.write("user-42", "/2/dm_conversations/nonsense/messages", json!({ "text": "x" })).await.problem(404, "resource-not-found");

    let group = |others: [&str; 2], message: Value| json!({ "conversation_type": "Group", "participant_ids": others, "message": message });
    let (grace, joan) = (three.grace.as_str(), three.joan.as_str());
    for (body, wrong) in [
        (group([grace, "77"], json!({ "text": "x" })), "participant_ids"),
        (group([grace, joan], json!({})), "message.text"),
        (group([grace, joan], attached(&["77"])), "message.attachments.media_id"),
    ] {
        three.write("user-42", "/2/dm_conversations", body).await.invalid(wrong);
    }
    assert!(three.events("v", "/2/dm_events").await.is_empty(), "a group without its first message is not there");
}

#[tokio::test]
async fn a_body_without_any_of_what_would_do_is_told_all_of_it() {
    let three = three().await;
    let path = format!("/2/dm_conversations/with/{}/messages", three.grace);
    let message = three.write("user-42", &path, json!({})).await.invalid("text");
    assert!(message.contains("$.text: is missing but one of [text,attachments] is required"), "{message}");
    let message = three.write("user-42", &format!("/2/users/{}/bookmarks", three.ada), json!({})).await.invalid("tweet_id");
    assert!(message.contains("$.tweet_id: is missing but one of [tweet_id,tweet_ids] is required"), "{message}");
}

#[tokio::test]
async fn attachments_are_downloaded_by_those_in_the_conversation() {
    let three = three().await;
    let bytes = b"\x89PNG\r\n\x1a\n and the rest \xff\0";
    let body = json!({ "media_category": "dm_image", "media": BASE64_STANDARD.encode(bytes) });
    let medium = three.write("user-42", "/2/media/upload", body).await.ok()["data"].clone();
    let path = format!("/2/dm_conversations/with/{}/messages", three.grace);
    let (_, event) = sent(three.write("user-42", &path, json!({ "attachments": [{ "media_id": medium["id"] }] })).await);

    let path = format!("/2/dm_events/{event}?expansions=attachments.media_keys&media.fields=url");
    let shown = three.read("v", &path).await.ok();
    assert_eq!(shown["data"]["attachments"]["media_keys"], json!([medium["media_key"]]));
    assert_eq!(shown["data"].get("text"), None);
    let url = shown["includes"]["media"][0]["url"].as_str().expect("a URL").to_owned();
    let (_, file) = url.split_once("/dm/").expect("a URL of a message");
    let path = format!("/2/dm_conversations/media/{file}");
    for user in ["user-42", "v"] {
        let response = as_user(&three.emulator, user, Method::GET, &path).send().await.expect("an answer");
        assert_eq!(response.headers()["content-type"], "application/octet-stream");
        assert_eq!(response.bytes().await.expect("a body"), bytes.as_slice());
    }
    three.read("w", &path).await.problem(403, "about:blank");
    three.read("v", &format!("{path}x")).await.problem(404, "resource-not-found");
    three.read("v", "/2/dm_conversations/media/1/2/3").await.problem(404, "resource-not-found");

    let key = format!("/2/media/{}", medium["media_key"].as_str().expect("a key"));
    assert!(three.read("v", &key).await.ok().get("data").is_some());
    assert!(three.read("w", &key).await.ok().get("data").is_none());
}
