//! Account activity: the documents about subscribed users for webhooks.

mod support;

use paragon_twitter_emulator::{DEFAULT_CONSUMER_SECRET, Emulator};
use reqwest::Method;
use serde_json::{Value, json};
use support::receiver::Receiver;
use support::{Answer, as_app, as_user, send};

/// Three users, of whom one is subscribed to a webhook.
struct Setting {
    emulator: Emulator,
    receiver: Receiver,
    ada: String,
    grace: String,
}

async fn act(emulator: &Emulator, user: &str, method: Method, path: &str, body: Value) -> Answer {
    let answer = send(as_user(emulator, user, method, path).header("Content-Type", "application/json").body(body.to_string())).await;
    assert!(answer.status < 300, "{path}: {}", answer.text);
    answer
}

impl Setting {
    async fn new() -> Self {
        let builder = Emulator::builder().account("user-42", "Ada Lovelace", "ada").account("v", "Grace Hopper", "grace");
        let emulator = builder.account("w", "Alan Turing", "alan").start().await.expect("a free port");
        let receiver = Receiver::start(DEFAULT_CONSUMER_SECRET);
        let body = json!({ "url": receiver.url }).to_string();
        let made = send(as_app(&emulator, Method::POST, "/2/webhooks").header("Content-Type", "application/json").body(body)).await.ok();
        let path = format!("/2/account_activity/webhooks/{}/subscriptions/all", made["data"]["id"].as_str().expect("an id"));
        act(&emulator, "user-42", Method::POST, &path, json!({})).await;
        let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
        Self { emulator, receiver, ada, grace }
    }

    /// Does something in the name of Ada, who is subscribed.
    async fn ada(&self, method: Method, path: &str, body: Value) -> Value {
        act(&self.emulator, "user-42", method, path, body).await.json()
    }

    /// Does something in the name of Grace, who is not.
    async fn grace(&self, method: Method, path: &str, body: Value) -> Value {
        act(&self.emulator, "v", method, path, body).await.json()
    }

    /// Does something in the name of Alan, who is not subscribed either.
    async fn alan(&self, method: Method, path: &str, body: Value) -> Value {
        act(&self.emulator, "w", method, path, body).await.json()
    }

    async fn ada_posts(&self, body: Value) -> String {
        self.ada(Method::POST, "/2/tweets", body).await["data"]["id"].as_str().expect("an id").to_owned()
    }

    async fn grace_posts(&self, body: Value) -> String {
        self.grace(Method::POST, "/2/tweets", body).await["data"]["id"].as_str().expect("an id").to_owned()
    }

    async fn alan_posts(&self, body: Value) -> String {
        self.alan(Method::POST, "/2/tweets", body).await["data"]["id"].as_str().expect("an id").to_owned()
    }

    async fn grace_reposts(&self, id: &str) {
        self.grace(Method::POST, &format!("/2/users/{}/retweets", self.grace), json!({ "tweet_id": id })).await;
    }

    async fn alan_blocks_ada(&self) {
        let path = format!("/2/users/{}/blocking", self.emulator.paragon().x_user_id("w"));
        self.alan(Method::POST, &path, json!({ "target_user_id": self.ada })).await;
    }

    /// The documents that have come so far, each of which is for Ada and of one kind, with the one thing that it tells.
    async fn told(&self) -> Vec<(String, Value)> {
        self.emulator.webhooks().settled().await;
        let one = |document: Value| {
            assert_eq!(document["for_user_id"], json!(self.ada), "{document}");
            let kinds: Vec<&String> = document.as_object().expect("an object").keys().filter(|name| name.ends_with("_events")).collect();
            assert_eq!((kinds.len(), document[kinds[0]].as_array().map(Vec::len)), (1, Some(1)), "{document}");
            (kinds[0].clone(), document[kinds[0]][0].clone())
        };
        self.receiver.documents().into_iter().map(one).collect()
    }
}

#[tokio::test]
async fn a_post_is_told_of_with_its_author_in_the_older_form() {
    let setting = Setting::new().await;
    let id = setting.ada_posts(json!({ "text": "A #tea for @grace at https://example.com/a" })).await;
    let told = setting.told().await;
    assert_eq!(told.len(), 1);
    let (kind, post) = &told[0];
    assert_eq!(kind, "tweet_create_events");
    assert_eq!((&post["id_str"], post["id"].as_u64()), (&json!(id), id.parse().ok()));
    assert_eq!(post["text"], "A #tea for @grace at https://example.com/a");
    assert_eq!((&post["user"]["id_str"], &post["user"]["screen_name"]), (&json!(setting.ada), &json!("ada")));
    assert!(post["created_at"].as_str().is_some_and(|date| date.contains(" +0000 20")), "{post}");
    let entities = &post["entities"];
    assert_eq!(entities["hashtags"], json!([{ "text": "tea", "indices": [2, 6] }]));
    assert_eq!(entities["user_mentions"][0]["id_str"], json!(setting.grace));
    assert_eq!(entities["urls"][0]["display_url"], "example.com/a");
    assert_eq!(entities["symbols"], json!([]));
}

#[tokio::test]
async fn posts_of_others_are_told_of_if_they_answer_repeat_quote_or_mention_the_user() {
    let setting = Setting::new().await;
    let id = setting.ada_posts(json!({ "text": "tea" })).await;
    setting.grace_posts(json!({ "text": "of no interest" })).await;
    let reply = setting.grace_posts(json!({ "text": "yes", "reply": { "in_reply_to_tweet_id": id } })).await;
    setting.grace_posts(json!({ "text": "look", "quote_tweet_id": id })).await;
    setting.grace_posts(json!({ "text": "hello @ADA" })).await;
    setting.grace_reposts(&id).await;
    let posts: Vec<Value> = setting.told().await.into_iter().map(|(_, post)| post).collect();
    assert_eq!(posts.len(), 5);
    assert_eq!((&posts[1]["id_str"], &posts[1]["in_reply_to_status_id_str"]), (&json!(reply), &json!(id)));
    assert_eq!(posts[1]["in_reply_to_screen_name"], "ada");
    assert_eq!((&posts[2]["is_quote_status"], &posts[2]["quoted_status"]["id_str"]), (&json!(true), &json!(id)));
    assert_eq!(posts[3]["text"], "hello @ADA");
    assert_eq!((&posts[4]["retweeted_status"]["id_str"], &posts[4]["retweeted_status"]["quote_count"]), (&json!(id), &json!(1)));
}

#[tokio::test]
async fn reposts_of_a_post_that_quotes_the_user_are_told_of_and_those_of_one_that_only_mentions_the_user_are_not() {
    let setting = Setting::new().await;
    let id = setting.ada_posts(json!({ "text": "tea" })).await;
    let quote = setting.alan_posts(json!({ "text": "look", "quote_tweet_id": id })).await;
    let mention = setting.alan_posts(json!({ "text": "hello @ada" })).await;
    setting.grace_reposts(&mention).await;
    setting.grace_reposts(&quote).await;
    let told = setting.told().await;
    assert_eq!(told.len(), 4, "{told:?}");
    let repost = &told[3].1;
    assert_eq!((&repost["user"]["screen_name"], &repost["retweeted_status"]["id_str"]), (&json!("grace"), &json!(quote)));
    assert_eq!(repost["retweeted_status"]["quoted_status"]["id_str"], json!(id));
}

#[tokio::test]
async fn a_mention_says_whether_the_user_has_blocked_its_author_and_nothing_else_does() {
    let setting = Setting::new().await;
    let id = setting.ada_posts(json!({ "text": "tea, says @ada" })).await;
    setting.grace_reposts(&id).await;
    setting.grace_posts(json!({ "text": "yes", "reply": { "in_reply_to_tweet_id": id } })).await;
    setting.grace_posts(json!({ "text": "hello @ada" })).await;
    let path = format!("/2/users/{}/blocking", setting.ada);
    setting.ada(Method::POST, &path, json!({ "target_user_id": setting.grace })).await;
    setting.emulator.x().post("v", "hello again @ada");
    setting.told().await;
    let documents = setting.receiver.documents();
    let posted = documents.iter().filter(|document| document.get("tweet_create_events").is_some());
    let blocked: Vec<Option<bool>> = posted.map(|document| document.get("user_has_blocked")?.as_bool()).collect();
    assert_eq!(blocked, [None, None, None, Some(false), Some(true)]);
}

#[tokio::test]
async fn posts_that_an_author_hides_from_the_user_are_not_told_of_through_others() {
    let setting = Setting::new().await;
    let id = setting.ada_posts(json!({ "text": "tea" })).await;
    setting.alan_blocks_ada().await;
    let hidden = setting.alan_posts(json!({ "text": "no, @ada", "quote_tweet_id": id })).await;
    setting.grace_reposts(&hidden).await;
    let quote = setting.grace_posts(json!({ "text": "@ada, a quote", "quote_tweet_id": hidden })).await;
    setting.ada(Method::POST, &format!("/2/users/{}/likes", setting.ada), json!({ "tweet_id": quote })).await;
    let told = setting.told().await;
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["tweet_create_events", "block_events", "tweet_create_events", "favorite_events"], "{told:?}");
    for post in [&told[2].1, &told[3].1["favorited_status"]] {
        assert_eq!((&post["id_str"], &post["quoted_status_id_str"]), (&json!(quote), &json!(hidden)));
        assert!(post.get("quoted_status").is_none(), "{post}");
    }
}

#[tokio::test]
async fn a_like_of_a_repost_is_told_of_as_long_as_the_user_may_see_the_original() {
    let setting = Setting::new().await;
    let original = setting.alan_posts(json!({ "text": "coffee" })).await;
    setting.ada(Method::POST, &format!("/2/users/{}/retweets", setting.ada), json!({ "tweet_id": original })).await;
    let repost = setting.told().await[0].1["id_str"].clone();
    let likes = format!("/2/users/{}/likes", setting.grace);
    setting.grace(Method::POST, &likes, json!({ "tweet_id": repost })).await;
    setting.grace(Method::DELETE, &format!("{likes}/{}", repost.as_str().expect("an id")), json!({})).await;
    assert_eq!(setting.told().await.len(), 2);
    setting.alan_blocks_ada().await;
    setting.grace(Method::POST, &likes, json!({ "tweet_id": repost })).await;
    let kinds: Vec<String> = setting.told().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["tweet_create_events", "favorite_events", "block_events"]);
}

#[tokio::test]
async fn deletions_and_likes_are_told_of() {
    let setting = Setting::new().await;
    let (of_ada, of_grace) = (setting.ada_posts(json!({ "text": "tea" })).await, setting.grace_posts(json!({ "text": "coffee" })).await);
    setting.ada(Method::POST, &format!("/2/users/{}/likes", setting.ada), json!({ "tweet_id": of_grace })).await;
    setting.grace(Method::POST, &format!("/2/users/{}/likes", setting.grace), json!({ "tweet_id": of_ada })).await;
    setting.grace(Method::POST, &format!("/2/users/{}/likes", setting.grace), json!({ "tweet_id": of_grace })).await;
    setting.grace(Method::DELETE, &format!("/2/tweets/{of_grace}"), json!({})).await;
    setting.ada(Method::DELETE, &format!("/2/tweets/{of_ada}"), json!({})).await;
    let told = setting.told().await;
    assert_eq!(told.len(), 4, "{told:?}");
    for (index, by, liked) in [(1, &setting.ada, &of_grace), (2, &setting.grace, &of_ada)] {
        let (kind, like) = &told[index];
        assert_eq!(kind, "favorite_events");
        assert_eq!((&like["user"]["id_str"], &like["favorited_status"]["id_str"]), (&json!(by), &json!(liked)));
        assert!(like["id"].is_string() && like["timestamp_ms"].is_u64() && like["created_at"].is_string(), "{like}");
    }
    let (kind, deletion) = &told[3];
    assert_eq!(kind, "tweet_delete_events");
    assert_eq!(deletion["status"], json!({ "id": of_ada, "user_id": setting.ada }));
    assert!(deletion["timestamp_ms"].is_string());
}

#[tokio::test]
async fn relations_between_users_are_told_of_when_they_begin_and_end() {
    let setting = Setting::new().await;
    let target = json!({ "target_user_id": setting.grace });
    for relation in ["following", "muting", "blocking"] {
        let path = format!("/2/users/{}/{relation}", setting.ada);
        for _ in 0..2 {
            setting.ada(Method::POST, &path, target.clone()).await;
        }
        setting.ada(Method::DELETE, &format!("{path}/{}", setting.grace), json!({})).await;
    }
    setting.grace(Method::POST, &format!("/2/users/{}/following", setting.grace), json!({ "target_user_id": setting.ada })).await;
    let told = setting.told().await;
    let kinds: Vec<(&str, &str)> = told.iter().map(|(kind, one)| (kind.as_str(), one["type"].as_str().expect("a type"))).collect();
    let expected = [
        ("follow_events", "follow"),
        ("follow_events", "unfollow"),
        ("mute_events", "mute"),
        ("mute_events", "unmute"),
        ("block_events", "block"),
        ("block_events", "unblock"),
        ("follow_events", "follow"),
    ];
    assert_eq!(kinds, expected);
    assert_eq!((&told[0].1["source"]["id_str"], &told[0].1["target"]["id_str"]), (&json!(setting.ada), &json!(setting.grace)));
    assert_eq!(told[6].1["source"]["screen_name"], "grace");
    assert!(told[0].1["created_timestamp"].is_string());
}

#[tokio::test]
async fn messages_sent_and_received_are_told_of_with_both_users() {
    let setting = Setting::new().await;
    let path = |to: &str| format!("/2/dm_conversations/with/{to}/messages");
    let sent = setting.ada(Method::POST, &path(&setting.grace), json!({ "text": "hello @grace" })).await;
    setting.grace(Method::POST, &path(&setting.ada), json!({ "text": "hi" })).await;
    let told = setting.told().await;
    assert_eq!(told.len(), 2);
    let (kind, message) = &told[0];
    assert_eq!((kind.as_str(), &message["type"]), ("direct_message_events", &json!("message_create")));
    assert_eq!(message["id"], sent["data"]["dm_event_id"]);
    let create = &message["message_create"];
    assert_eq!((&create["sender_id"], &create["target"]["recipient_id"]), (&json!(setting.ada), &json!(setting.grace)));
    assert_eq!(create["message_data"]["text"], "hello @grace");
    assert_eq!(create["message_data"]["entities"]["user_mentions"][0]["screen_name"], "grace");
    assert_eq!(told[1].1["message_create"]["target"]["recipient_id"], json!(setting.ada));
    let users = &setting.receiver.documents()[0]["users"];
    assert_eq!((&users[&setting.ada]["screen_name"], &users[&setting.grace]["name"]), (&json!("ada"), &json!("Grace Hopper")));
}

#[tokio::test]
async fn a_user_who_ends_the_subscription_is_not_told_of_any_more() {
    let setting = Setting::new().await;
    let webhooks = send(as_app(&setting.emulator, Method::GET, "/2/webhooks")).await.ok();
    let webhook = webhooks["data"][0]["id"].as_str().expect("an id");
    let path = format!("/2/account_activity/webhooks/{webhook}/subscriptions/{}/all", setting.ada);
    send(as_app(&setting.emulator, Method::DELETE, &path)).await.ok();
    setting.ada_posts(json!({ "text": "tea" })).await;
    assert!(setting.told().await.is_empty());
}
