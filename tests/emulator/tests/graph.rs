//! Follows, mutes, blocks, likes and reposts: each call has an effect on the others.

mod support;

use paragon_twitter_emulator::{Emulator, Profile};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, as_user, send};

struct Two {
    emulator: Emulator,
    ada: String,
    grace: String,
}

/// Ada (`user-42`) and Grace (`v`).
async fn two() -> Two {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
    Two { emulator, ada, grace }
}

impl Two {
    async fn call(&self, user: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = as_user(&self.emulator, user, method, path);
        let request = match body {
            Some(body) => request.header("Content-Type", "application/json").body(body.to_string()),
            None => request,
        };
        send(request).await
    }

    async fn get(&self, path: &str) -> Value {
        self.call("user-42", Method::GET, path, None).await.ok()
    }

    /// The ids of a list.
    async fn ids(&self, path: &str) -> Vec<String> {
        let page = self.get(path).await;
        let items = page["data"].as_array().cloned().unwrap_or_default();
        assert_eq!(page["meta"]["result_count"], items.len());
        items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    }
}

#[tokio::test]
async fn who_follows_is_seen_from_both_sides_and_in_the_figures() {
    let two = two().await;
    let (ada, grace) = (&two.ada, &two.grace);
    let path = format!("/2/users/{ada}/following");
    let followed = two.call("user-42", Method::POST, &path, Some(json!({ "target_user_id": grace }))).await.ok();
    assert_eq!(followed["data"], json!({ "following": true, "pending_follow": false }));
    assert_eq!(two.ids(&path).await, [grace.as_str()]);
    assert_eq!(two.ids(&format!("/2/users/{grace}/followers")).await, [ada.as_str()]);
    assert_eq!(two.ids("/2/users/me/following").await, [grace.as_str()]);
    let shown = two.get(&format!("/2/users/{grace}?user.fields=public_metrics,connection_status")).await;
    assert_eq!(shown["data"]["public_metrics"]["followers_count"], 1);
    assert_eq!(shown["data"]["connection_status"], json!(["following"]));

    let ended = two.call("user-42", Method::DELETE, &format!("/2/users/{ada}/following/{grace}"), None).await.ok();
    assert_eq!(ended["data"], json!({ "following": false }));
    assert!(two.ids(&path).await.is_empty());
}

#[tokio::test]
async fn nobody_acts_for_somebody_else_or_on_themselves() {
    let two = two().await;
    let (ada, grace) = (&two.ada, &two.grace);
    let other = format!("/2/users/{grace}/following");
    two.call("user-42", Method::POST, &other, Some(json!({ "target_user_id": ada }))).await.invalid("id");
    let mine = format!("/2/users/{ada}/muting");
    two.call("user-42", Method::POST, &mine, Some(json!({ "target_user_id": ada }))).await.invalid("target_user_id");
    two.call("user-42", Method::POST, &mine, Some(json!({ "target_user_id": "1" }))).await.invalid("target_user_id");
    two.call("user-42", Method::DELETE, &format!("/2/users/{grace}/blocking/{ada}"), None).await.invalid("source_user_id");
}

#[tokio::test]
async fn a_block_ends_following_and_keeps_the_blocked_from_following_liking_and_replying() {
    let two = two().await;
    let (ada, grace) = (&two.ada, &two.grace);
    let post = two.emulator.x().post("user-42", "a");
    two.call("v", Method::POST, &format!("/2/users/{grace}/following"), Some(json!({ "target_user_id": ada }))).await.ok();
    let blocked = two.call("user-42", Method::POST, &format!("/2/users/{ada}/blocking"), Some(json!({ "target_user_id": grace }))).await;
    assert_eq!(blocked.ok()["data"], json!({ "blocking": true }));
    assert_eq!(two.ids(&format!("/2/users/{ada}/blocking")).await, [grace.as_str()]);
    assert!(two.ids(&format!("/2/users/{ada}/followers")).await.is_empty());

    let refused = [
        ("/2/users/{}/following", json!({ "target_user_id": ada })),
        ("/2/users/{}/likes", json!({ "tweet_id": post })),
        ("/2/tweets", json!({ "text": "b", "reply": { "in_reply_to_tweet_id": post } })),
    ];
    for (path, body) in refused {
        two.call("v", Method::POST, &path.replace("{}", grace), Some(body)).await.problem(403, "about:blank");
    }
    two.call("user-42", Method::DELETE, &format!("/2/users/{ada}/blocking/{grace}"), None).await.ok();
    two.call("v", Method::POST, &format!("/2/users/{grace}/likes"), Some(json!({ "tweet_id": post }))).await.ok();
}

#[tokio::test]
async fn the_home_timeline_has_those_followed_without_the_muted() {
    let two = two().await;
    let (ada, grace) = (&two.ada, &two.grace);
    let (mine, theirs) = (two.emulator.x().post("user-42", "mine"), two.emulator.x().post("v", "theirs"));
    let home = format!("/2/users/{ada}/timelines/reverse_chronological");
    assert_eq!(two.ids(&home).await, [mine.as_str()]);
    two.call("user-42", Method::POST, &format!("/2/users/{ada}/following"), Some(json!({ "target_user_id": grace }))).await.ok();
    assert_eq!(two.ids(&home).await, [theirs, mine.clone()]);
    two.call("user-42", Method::POST, &format!("/2/users/{ada}/muting"), Some(json!({ "target_user_id": grace }))).await.ok();
    assert_eq!(two.ids(&format!("/2/users/{ada}/muting")).await, [grace.as_str()]);
    assert_eq!(two.ids(&home).await, [mine]);
}

#[tokio::test]
async fn a_like_is_seen_by_post_and_by_user_until_it_is_taken_back() {
    let two = two().await;
    let ada = &two.ada;
    let post = two.emulator.x().post("v", "a");
    let liked = two.call("user-42", Method::POST, &format!("/2/users/{ada}/likes"), Some(json!({ "tweet_id": post }))).await.ok();
    assert_eq!(liked["data"], json!({ "liked": true }));
    assert_eq!(two.ids(&format!("/2/tweets/{post}/liking_users")).await, [ada.as_str()]);
    assert_eq!(two.ids(&format!("/2/users/{ada}/liked_tweets")).await, [post.as_str()]);
    let shown = two.get(&format!("/2/tweets/{post}?post.fields=public_metrics")).await;
    assert_eq!(shown["data"]["public_metrics"]["like_count"], 1);

    two.call("user-42", Method::DELETE, &format!("/2/users/{ada}/likes/{post}"), None).await.ok();
    assert!(two.ids(&format!("/2/tweets/{post}/liking_users")).await.is_empty());
    let nothing = json!({ "tweet_id": "1" });
    two.call("user-42", Method::POST, &format!("/2/users/{ada}/likes"), Some(nothing)).await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn a_repost_is_a_post_of_its_own_that_goes_with_the_original() {
    let two = two().await;
    let (ada, grace) = (&two.ada, &two.grace);
    let post = two.emulator.x().post("v", "hello @ada");
    let path = format!("/2/users/{ada}/retweets");
    for _ in 0..2 {
        let reposted = two.call("user-42", Method::POST, &path, Some(json!({ "tweet_id": post }))).await.ok();
        assert_eq!(reposted["data"]["retweeted"], true);
    }
    assert_eq!(two.ids(&format!("/2/tweets/{post}/retweeted_by")).await, [ada.as_str()]);
    let repeats = two.ids(&format!("/2/tweets/{post}/retweets")).await;
    assert_eq!(two.ids(&format!("/2/users/{ada}/tweets?max_results=5")).await, repeats);
    assert!(two.ids(&format!("/2/users/{ada}/tweets?max_results=5&exclude=retweets")).await.is_empty());
    let shown = two.get(&format!("/2/tweets/{}?post.fields=referenced_posts&expansions=referenced_posts", repeats[0])).await;
    assert_eq!(shown["data"]["text"], "RT @grace: hello @ada");
    assert_eq!(shown["data"]["referenced_posts"], json!([{ "type": "retweeted", "id": post }]));
    assert_eq!(shown["includes"]["posts"][0]["id"], json!(post));
    let of_grace = two.call("v", Method::GET, "/2/users/reposts_of_me", None).await.ok();
    assert_eq!(of_grace["data"][0]["id"], json!(post));
    assert_eq!(two.ids(&format!("/2/users/{ada}/mentions")).await, [post.as_str()]);

    two.call("v", Method::DELETE, &format!("/2/tweets/{post}"), None).await.ok();
    assert!(two.ids(&format!("/2/users/{ada}/tweets?max_results=5")).await.is_empty());
    assert_eq!(two.get(&format!("/2/users/{grace}?user.fields=public_metrics")).await["data"]["public_metrics"]["post_count"], 0);
}

#[tokio::test]
async fn quotes_edits_and_hidden_replies_are_shown() {
    let two = two().await;
    let first = two.emulator.x().post("user-42", "first");
    let made = |answer: Answer| answer.json()["data"]["id"].as_str().expect("an id").to_owned();
    let quote = made(two.call("v", Method::POST, "/2/tweets", Some(json!({ "text": "look", "quote_tweet_id": first }))).await);
    assert_eq!(two.ids(&format!("/2/tweets/{first}/quote_tweets")).await, [quote.as_str()]);

    let edit = json!({ "text": "look!", "quote_tweet_id": first, "edit_options": { "previous_post_id": quote } });
    let edited = made(two.call("v", Method::POST, "/2/tweets", Some(edit)).await);
    let shown = two.get(&format!("/2/tweets/{edited}?post.fields=edit_controls")).await;
    assert_eq!(shown["data"]["edit_history_post_ids"], json!([quote, edited]));
    assert_eq!(shown["data"]["edit_controls"]["edits_remaining"], 4);

    let reply =
        made(two.call("v", Method::POST, "/2/tweets", Some(json!({ "text": "r", "reply": { "in_reply_to_tweet_id": first } }))).await);
    let hide = format!("/2/tweets/{reply}/hidden");
    two.call("v", Method::PUT, &hide, Some(json!({ "hidden": true }))).await.problem(403, "about:blank");
    let hidden = two.call("user-42", Method::PUT, &hide, Some(json!({ "hidden": true }))).await.ok();
    assert_eq!(hidden["data"], json!({ "hidden": true }));
}

fn protected() -> Profile {
    let mut profile = Profile::default();
    profile.protected = true;
    profile
}

#[tokio::test]
async fn posts_of_the_protected_are_for_their_followers() {
    let builder =
        Emulator::builder().account("user-42", "Ada", "ada").account("follower", "Grace", "grace").account("other", "Alan", "alan");
    let emulator = builder.start().await.expect("a free port");
    let [ada, grace] = ["user-42", "follower"].map(|user| emulator.paragon().x_user_id(user));
    let ask = async |user: &str, method: Method, path: &str, body: Option<Value>| {
        let request = as_user(&emulator, user, method, path);
        send(match body {
            Some(body) => request.header("Content-Type", "application/json").body(body.to_string()),
            None => request,
        })
        .await
    };
    let look = async |user: &str, path: &str| ask(user, Method::GET, path, None).await.ok();
    ask("follower", Method::POST, &format!("/2/users/{grace}/following"), Some(json!({ "target_user_id": ada }))).await.ok();
    let id = emulator.x().post("user-42", "private tea");
    let quoting = ask("follower", Method::POST, "/2/tweets", Some(json!({ "text": "look", "quote_tweet_id": id }))).await;
    let quoting = quoting.json()["data"]["id"].as_str().expect("an id").to_owned();
    emulator.x().set_profile(&ada, protected());

    for (user, sees) in [("user-42", true), ("follower", true), ("other", false)] {
        let post = look(user, &format!("/2/tweets/{id}")).await;
        let posts = look(user, &format!("/2/tweets?ids={id},{quoting}&expansions=referenced_posts.id")).await;
        let timeline = look(user, &format!("/2/users/{ada}/tweets")).await;
        let found = look(user, "/2/tweets/search/recent?query=tea").await;
        let latest = look(user, &format!("/2/users/{ada}?expansions=most_recent_post_id")).await;
        assert_eq!(found["meta"]["result_count"], usize::from(sees));
        assert_eq!(latest["includes"]["posts"].is_array(), sees);
        for answer in [&post, &timeline] {
            assert_eq!(answer["data"].is_null(), !sees, "{user}: {answer}");
        }
        assert_eq!(posts["data"].as_array().map(Vec::len), Some(1 + usize::from(sees)));
        assert_eq!(posts["includes"]["posts"].is_array(), sees);
        for answer in [&post, &posts, &timeline] {
            let problem = answer["errors"][0]["type"].as_str().unwrap_or_default();
            assert_eq!(problem.ends_with("/not-authorized-for-resource"), !sees, "{user}: {answer}");
        }
    }
    let alan = emulator.paragon().x_user_id("other");
    assert_eq!(ask("other", Method::POST, &format!("/2/users/{alan}/likes"), Some(json!({ "tweet_id": id }))).await.status, 403);
}

#[tokio::test]
async fn only_the_protected_themselves_repost_and_quote_what_they_write() {
    let two = two().await;
    let (ada, grace) = (&two.ada, &two.grace);
    let post = two.emulator.x().post("user-42", "private tea");
    two.call("v", Method::POST, &format!("/2/users/{grace}/following"), Some(json!({ "target_user_id": ada }))).await.ok();
    two.emulator.x().set_profile(ada, protected());
    for (user, id, status) in [("v", grace, 403), ("user-42", ada, 200)] {
        let reposted = two.call(user, Method::POST, &format!("/2/users/{id}/retweets"), Some(json!({ "tweet_id": post }))).await;
        assert_eq!(reposted.status, status, "{}", reposted.text);
        let quoted = two.call(user, Method::POST, "/2/tweets", Some(json!({ "text": "look", "quote_tweet_id": post }))).await;
        assert_eq!(quoted.status == 403, status == 403, "{}", quoted.text);
    }
    two.call("v", Method::POST, &format!("/2/users/{grace}/likes"), Some(json!({ "tweet_id": post }))).await.ok();
}

#[tokio::test]
async fn a_repost_is_gone_once_the_author_of_the_original_is_protected() {
    let two = two().await;
    let post = two.emulator.x().post("v", "tea for few");
    two.call("user-42", Method::POST, &format!("/2/users/{}/retweets", two.ada), Some(json!({ "tweet_id": post }))).await.ok();
    let repeat = two.ids(&format!("/2/users/{}/tweets", two.ada)).await.remove(0);
    assert_eq!(two.ids("/2/tweets/search/recent?query=tea").await.len(), 2);
    two.emulator.x().set_profile(&two.grace, protected());
    assert!(two.ids("/2/tweets/search/recent?query=tea").await.is_empty());
    assert!(two.ids(&format!("/2/users/{}/tweets", two.ada)).await.is_empty());
    let path = format!("/2/tweets/{repeat}");
    assert!(two.get(&path).await.get("data").is_none());
    let deleted = two.call("user-42", Method::DELETE, &path, None).await.ok();
    assert_eq!(deleted["data"], json!({ "deleted": true }), "of one's own it can still be taken back");
}

#[tokio::test]
async fn the_blocked_cannot_read_who_has_blocked_them() {
    let two = two().await;
    let (ada, grace) = (&two.ada, &two.grace);
    let post = two.emulator.x().post("user-42", "tea @grace");
    let bookmarks = format!("/2/users/{grace}/bookmarks");
    let folder = two.call("v", Method::POST, &format!("{bookmarks}/folders"), Some(json!({ "name": "tea" }))).await;
    let folder = folder.json()["data"]["id"].as_str().expect("an id").to_owned();
    two.call("v", Method::POST, &bookmarks, Some(json!({ "tweet_id": post, "folder_id": folder }))).await.ok();
    two.call("v", Method::POST, &format!("/2/users/{grace}/likes"), Some(json!({ "tweet_id": post }))).await.ok();
    let quoting = two.call("v", Method::POST, "/2/tweets", Some(json!({ "text": "look", "quote_tweet_id": post }))).await;
    let quoting = quoting.json()["data"]["id"].as_str().expect("an id").to_owned();
    let lists = [
        "/2/tweets/search/recent?query=tea".to_owned(),
        format!("/2/users/{grace}/mentions"),
        format!("/2/users/{grace}/liked_tweets"),
        format!("{bookmarks}/folders/{folder}"),
        bookmarks.clone(),
    ];
    let alone = [
        format!("/2/tweets/{post}"),
        format!("/2/tweets?ids={post}"),
        format!("/2/tweets/{post}/liking_users"),
        format!("/2/tweets/{post}/quote_tweets"),
        format!("/2/tweets/{post}/retweets"),
        format!("/2/users/{ada}/tweets"),
    ];
    let look = async |path: &str| two.call("v", Method::GET, path, None).await.ok();
    let blocking = format!("/2/users/{ada}/blocking");
    for blocked in [false, true] {
        if blocked {
            two.call("user-42", Method::POST, &blocking, Some(json!({ "target_user_id": grace }))).await.ok();
        }
        for path in &lists {
            assert_eq!(look(path).await["data"].is_null() || look(path).await["data"] == json!([]), blocked, "{path}");
        }
        for path in &alone {
            let answer = look(path).await;
            let problem = answer["errors"][0]["type"].as_str().unwrap_or_default();
            assert_eq!(problem.ends_with("/not-authorized-for-resource"), blocked, "{path}: {answer}");
            assert!(!blocked || answer["data"].is_null(), "{path}: {answer}");
        }
        let quote = look(&format!("/2/tweets/{quoting}?expansions=referenced_posts.id")).await;
        assert_eq!(quote["includes"]["posts"].is_null(), blocked, "{quote}");
        let many = two.call("v", Method::POST, &bookmarks, Some(json!({ "tweet_ids": [post] }))).await.ok();
        assert_eq!(many["errors"].is_array(), blocked, "{many}");
    }
    let mine = two.emulator.x().post("v", "my tea");
    assert_eq!(two.get(&format!("/2/tweets/{mine}")).await["data"]["id"], json!(mine), "the one who blocks still sees the other");
    two.call("user-42", Method::DELETE, &format!("{blocking}/{grace}"), None).await.ok();
    assert_eq!(look(&lists[0]).await["meta"]["result_count"], 2);
}
