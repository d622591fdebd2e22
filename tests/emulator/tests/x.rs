//! X API v2, as a connected user and as an app.

mod support;

use std::time::Duration;

use emulator::{CredentialStatus, Emulator, Profile};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use support::{Answer, as_account, as_app, as_user, delete, get, post, send, start};

fn ids(page: &Value) -> Vec<String> {
    let items = page["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

fn timeline(emulator: &Emulator, query: &str) -> String {
    format!("/2/users/{}/tweets{query}", emulator.x_user_id("user-42"))
}

/// An emulator with so many posts of Ada's, and their ids, the newest first.
async fn with_posts(count: usize) -> (Emulator, Vec<String>) {
    let emulator = start().await;
    let mut ids: Vec<String> = (0..count).map(|number| emulator.post("user-42", &format!("post {number}"))).collect();
    ids.reverse();
    (emulator, ids)
}

#[tokio::test]
async fn me_is_the_connected_user_with_default_fields_only() {
    let emulator = start().await;
    let me = get(&emulator, "/2/users/me").await.ok();
    assert_eq!(me, json!({ "data": { "id": emulator.x_user_id("user-42"), "name": "Ada Lovelace", "username": "ada" } }));
}

#[tokio::test]
async fn a_user_is_found_by_id_and_shows_the_fields_asked_for() {
    let emulator = start().await;
    emulator.post("user-42", "a");
    let id = emulator.x_user_id("user-42");
    let user = get(&emulator, &format!("/2/users/{id}?user.fields=created_at,public_metrics,protected,location")).await.ok();
    assert_eq!(user["data"]["id"], id);
    assert_eq!(user["data"]["username"], "ada");
    assert_eq!(user["data"]["protected"], false);
    assert_eq!(user["data"]["public_metrics"]["post_count"], 1);
    assert!(user["data"]["created_at"].as_str().is_some_and(|time| time.ends_with(".000Z")));
    assert!(user["data"].get("location").is_none(), "what a user has not said is left out");
    assert!(user["data"].get("verified").is_none(), "not asked for");
}

#[tokio::test]
async fn an_unknown_user_is_a_200_with_a_problem_and_no_data() {
    let emulator = start().await;
    for path in ["/2/users/1", "/2/users/1/tweets"] {
        let body = get(&emulator, path).await.ok();
        assert!(body.get("data").is_none());
        let problem = &body["errors"][0];
        assert_eq!(problem["type"], "https://api.x.com/2/problems/resource-not-found");
        assert_eq!((&problem["resource_type"], &problem["resource_id"]), (&json!("user"), &json!("1")));
        assert_eq!((&problem["parameter"], &problem["value"]), (&json!("id"), &json!("1")));
    }
}

#[tokio::test]
async fn a_created_post_can_be_read_and_is_the_users_newest() {
    let (emulator, _) = with_posts(1).await;
    let created = post(&emulator, json!({ "text": "Hello World!" })).await;
    assert_eq!(created.status, 201);
    let created = created.json();
    let id = created["data"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(created, json!({ "data": { "id": id, "text": "Hello World!", "edit_history_post_ids": [id] } }));

    assert_eq!(get(&emulator, &format!("/2/tweets/{id}")).await.ok(), created);
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, "")).await.ok())[0], id);
}

#[tokio::test]
async fn ids_have_nineteen_digits_and_grow() {
    let (_, mut ids) = with_posts(50).await;
    ids.reverse();
    assert!(ids.iter().all(|id| id.len() == 19 && id.bytes().all(|byte| byte.is_ascii_digit())));
    assert!(ids.is_sorted_by(|a, b| a < b));
}

#[tokio::test]
async fn a_walk_by_next_token_meets_every_post_once_newest_first() {
    let (emulator, expected) = with_posts(23).await;
    let (mut seen, mut sizes, mut token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = get(&emulator, &timeline(&emulator, &format!("?max_results=5{token}"))).await.ok();
        let page_ids = ids(&page);
        assert_eq!(page["meta"]["result_count"], page_ids.len());
        assert_eq!(page["meta"]["newest_id"], json!(page_ids.first()));
        assert_eq!(page["meta"]["oldest_id"], json!(page_ids.last()));
        assert_eq!(page["meta"].get("previous_token").is_some(), !seen.is_empty());
        sizes.push(page_ids.len());
        seen.extend(page_ids);
        match page["meta"].get("next_token").and_then(Value::as_str) {
            Some(next) => token = format!("&pagination_token={next}"),
            None => break,
        }
    }
    assert_eq!(sizes, [5, 5, 5, 5, 3]);
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn previous_token_leads_back_to_the_page_before() {
    let (emulator, expected) = with_posts(12).await;
    let first = get(&emulator, &timeline(&emulator, "?max_results=5")).await.ok();
    let follow = async |page: &Value, token: &str| {
        let token = page["meta"][token].as_str().expect("a token");
        get(&emulator, &timeline(&emulator, &format!("?max_results=5&pagination_token={token}"))).await.ok()
    };
    let second = follow(&first, "next_token").await;
    assert_eq!(ids(&second), expected[5..10]);
    assert_eq!(follow(&second, "previous_token").await, first);
}

#[tokio::test]
async fn posts_made_or_deleted_during_a_walk_do_not_shift_its_pages() {
    let (emulator, expected) = with_posts(11).await;
    let first = get(&emulator, &timeline(&emulator, "?max_results=5")).await.ok();
    emulator.post("user-42", "new");
    delete(&emulator, &format!("/2/tweets/{}", expected[4])).await.ok();
    let token = first["meta"]["next_token"].as_str().expect("a token");
    let second = get(&emulator, &timeline(&emulator, &format!("?max_results=5&pagination_token={token}"))).await.ok();
    assert_eq!(ids(&second), expected[5..10]);
}

#[tokio::test]
async fn a_page_has_ten_posts_by_default_and_full_pages_end_without_a_token() {
    let (emulator, expected) = with_posts(15).await;
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, "")).await.ok()), expected[..10]);
    let all = get(&emulator, &timeline(&emulator, "?max_results=15")).await.ok();
    assert_eq!(ids(&all), expected);
    assert!(all["meta"].get("next_token").is_none());
}

#[tokio::test]
async fn an_empty_timeline_has_meta_and_no_data() {
    let emulator = start().await;
    assert_eq!(get(&emulator, &timeline(&emulator, "")).await.ok(), json!({ "meta": { "result_count": 0 } }));
}

#[tokio::test]
async fn a_timeline_holds_the_posts_of_its_owner_only() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    emulator.post("v", "not Ada's");
    let mine = emulator.post("user-42", "Ada's");
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, "")).await.ok()), [mine]);
}

#[tokio::test]
async fn a_token_of_another_list_or_of_nobody_is_refused() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    for number in 0..6 {
        emulator.post("user-42", &number.to_string());
    }
    let page = get(&emulator, &timeline(&emulator, "?max_results=5")).await.ok();
    let token = page["meta"]["next_token"].as_str().expect("a token");
    let others = format!("/2/users/{}/tweets?pagination_token={token}", emulator.x_user_id("v"));
    get(&emulator, &others).await.invalid("pagination_token");
    get(&emulator, &timeline(&emulator, "?pagination_token=nonsense")).await.invalid("pagination_token");
    let other_user = as_user(&emulator, "v", Method::GET, &timeline(&emulator, &format!("?pagination_token={token}")));
    send(other_user).await.invalid("pagination_token");
    send(as_app(&emulator, Method::GET, &timeline(&emulator, &format!("?pagination_token={token}")))).await.invalid("pagination_token");
    get(&emulator, &timeline(&emulator, &format!("?exclude=replies&pagination_token={token}"))).await.invalid("pagination_token");
    let shown_otherwise = format!("?pagination_token={token}&max_results=7&post.fields=lang&expansions=author_id");
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, &shown_otherwise)).await.ok()).len(), 1);
}

#[tokio::test]
async fn a_timeline_can_be_bounded_by_ids_and_times() {
    let emulator = start().await;
    let mut all = Vec::new();
    for number in 0..4 {
        all.push(emulator.post("user-42", &number.to_string()));
        emulator.advance(Duration::from_secs(60));
    }
    let listed = async |query: &str| ids(&get(&emulator, &timeline(&emulator, query)).await.ok());
    assert_eq!(listed(&format!("?since_id={}&until_id={}", all[0], all[3])).await, [all[2].clone(), all[1].clone()]);

    let second = get(&emulator, &format!("/2/tweets/{}?tweet.fields=created_at", all[1])).await.ok();
    let time = second["data"]["created_at"].as_str().expect("a time");
    assert_eq!(listed(&format!("?start_time={time}")).await.len(), 3);
    assert_eq!(listed(&format!("?end_time={time}")).await, [all[0].clone()]);

    let me = emulator.x_user_id("user-42");
    let lists = ["tweets", "mentions", "timelines/reverse_chronological"].map(|list| format!("/2/users/{me}/{list}"));
    for list in lists {
        for start in [time, "2400-01-01T00:00:00Z"] {
            let message = get(&emulator, &format!("{list}?start_time={start}&end_time={time}")).await.invalid("start_time");
            assert!(message.contains("'start_time' must be before 'end_time'"), "{message}");
        }
    }
}

#[tokio::test]
async fn replies_can_be_excluded() {
    let (emulator, before) = with_posts(1).await;
    post(&emulator, json!({ "text": "a reply", "reply": { "in_reply_to_tweet_id": before[0] } })).await;
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, "")).await.ok()).len(), 2);
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, "?exclude=replies,retweets")).await.ok()), before);
}

#[tokio::test]
async fn several_posts_are_read_at_once_and_missing_ones_are_partial_errors() {
    let (emulator, known) = with_posts(2).await;
    let some = get(&emulator, &format!("/2/tweets?ids={},1,{}", known[1], known[0])).await.ok();
    assert_eq!(ids(&some), [known[1].clone(), known[0].clone()], "in the order of the request");
    assert_eq!(some["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!((&some["errors"][0]["parameter"], &some["errors"][0]["value"]), (&json!("ids"), &json!("1")));

    let none = get(&emulator, "/2/tweets?ids=1,2").await.ok();
    assert!(none.get("data").is_none());
    assert_eq!(none["errors"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_list_of_ids_is_required_well_formed_and_short() {
    let emulator = start().await;
    get(&emulator, "/2/tweets").await.invalid("ids");
    get(&emulator, "/2/tweets?ids=").await.invalid("ids");
    get(&emulator, "/2/tweets?ids=1,x").await.invalid("ids");
    get(&emulator, "/2/tweets?ids=12345678901234567890").await.invalid("ids");
    let many = |count: usize| format!("/2/tweets?ids={}", vec!["1"; count].join(","));
    get(&emulator, &many(101)).await.invalid("ids");
    get(&emulator, &many(100)).await.ok();
}

#[tokio::test]
async fn a_post_is_deleted_by_its_author_only() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let (mine, theirs) = (emulator.post("user-42", "mine"), emulator.post("v", "theirs"));

    delete(&emulator, &format!("/2/tweets/{theirs}")).await.problem(403, "about:blank");
    assert_eq!(delete(&emulator, &format!("/2/tweets/{mine}")).await.ok(), json!({ "data": { "deleted": true } }));
    let gone = get(&emulator, &format!("/2/tweets/{mine}")).await.problem(404, "resource-not-found");
    assert_eq!((&gone["resource_type"], &gone["resource_id"]), (&json!("tweet"), &json!(mine)));
    delete(&emulator, &format!("/2/tweets/{mine}")).await.problem(404, "resource-not-found");
    let never = get(&emulator, "/2/tweets/1").await.ok();
    assert_eq!(never["errors"][0]["resource_type"], "tweet");
    get(&emulator, &format!("/2/tweets/{theirs}")).await.ok()["data"]["id"].as_str().expect("still there");
}

#[tokio::test]
async fn an_answer_speaks_the_dialect_of_the_request() {
    let (emulator, known) = with_posts(1).await;
    let path = format!("/2/tweets/{}", known[0]);
    let old = get(&emulator, &format!("{path}?tweet.fields=public_metrics")).await.ok();
    assert_eq!(old["data"]["edit_history_tweet_ids"], json!([known[0]]));
    assert_eq!(old["data"]["public_metrics"]["retweet_count"], 0);
    let new = get(&emulator, &format!("{path}?post.fields=public_metrics")).await.ok();
    assert_eq!(new["data"]["edit_history_post_ids"], json!([known[0]]));
    assert_eq!(new["data"]["public_metrics"]["repost_count"], 0);
    assert!(new["data"].get("edit_history_tweet_ids").is_none());
    let both = get(&emulator, &format!("{path}?post.fields=author_id&tweet.fields=created_at")).await.ok();
    assert!(both["data"]["created_at"].is_string() && both["data"]["author_id"].is_string());
    assert_eq!(both["data"]["edit_history_post_ids"], json!([known[0]]));
}

#[tokio::test]
async fn a_post_shows_the_fields_asked_for() {
    let (emulator, known) = with_posts(1).await;
    let fields = "tweet.fields=author_id,conversation_id,created_at,edit_controls,possibly_sensitive,reply_settings,geo,username";
    let data = get(&emulator, &format!("/2/tweets/{}?{fields}", known[0])).await.ok()["data"].clone();
    assert_eq!(data["author_id"], emulator.x_user_id("user-42"));
    assert_eq!(data["conversation_id"], known[0]);
    assert_eq!((&data["reply_settings"], &data["username"]), (&json!("everyone"), &json!("ada")));
    assert_eq!(data["possibly_sensitive"], false);
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()).expect("a time");
    let created = time(&data["created_at"]);
    assert!(jiff::Timestamp::now().duration_since(created).as_secs().abs() < 60);
    assert_eq!(time(&data["edit_controls"]["editable_until"]).duration_since(created).as_secs(), 3600);
    assert!(data.get("geo").is_none() && data.get("public_metrics").is_none());
}

#[tokio::test]
async fn an_expansion_brings_each_author_once() {
    let (emulator, _) = with_posts(3).await;
    let page = get(&emulator, &timeline(&emulator, "?expansions=author_id&user.fields=verified")).await.ok();
    let author = json!({ "id": emulator.x_user_id("user-42"), "name": "Ada Lovelace", "username": "ada", "verified": false });
    assert_eq!(page["includes"], json!({ "users": [author] }));
    assert_eq!(page["data"][0]["author_id"], author["id"], "the field it starts from is shown");
    assert!(get(&emulator, &timeline(&emulator, "")).await.ok().get("includes").is_none());
}

#[tokio::test]
async fn a_reply_and_a_quote_point_to_their_posts() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let original = emulator.post("v", "original");
    let reply = post(&emulator, json!({ "text": "reply", "reply": { "in_reply_to_tweet_id": original } })).await.json();
    let quote = post(&emulator, json!({ "text": "quote", "quote_tweet_id": original, "reply_settings": "following" })).await.json();
    let (reply, quote) = (reply["data"]["id"].as_str().expect("an id"), quote["data"]["id"].as_str().expect("an id"));

    let fields = "tweet.fields=in_reply_to_user_id,conversation_id,reply_settings&expansions=referenced_tweets.id.author_id";
    let answer = get(&emulator, &format!("/2/tweets?ids={reply},{quote}&{fields}")).await.ok();
    assert_eq!(answer["data"][0]["referenced_tweets"], json!([{ "type": "replied_to", "id": original }]));
    assert_eq!(answer["data"][0]["in_reply_to_user_id"], emulator.x_user_id("v"));
    assert_eq!(answer["data"][0]["conversation_id"], original);
    assert_eq!(answer["data"][1]["referenced_tweets"], json!([{ "type": "quoted", "id": original }]));
    assert_eq!(answer["data"][1]["reply_settings"], "following");
    assert_eq!(answer["includes"]["tweets"][0]["id"], original);
    assert_eq!(answer["includes"]["users"][0]["username"], "grace");

    let counts = get(&emulator, &format!("/2/tweets/{original}?post.fields=public_metrics&expansions=referenced_posts")).await.ok();
    assert_eq!(counts["data"]["public_metrics"]["reply_count"], 1);
    assert_eq!(counts["data"]["public_metrics"]["quote_count"], 1);

    send(as_user(&emulator, "v", Method::DELETE, &format!("/2/tweets/{original}"))).await.ok();
    let orphan = get(&emulator, &format!("/2/tweets/{reply}?expansions=referenced_posts.id")).await.ok();
    assert_eq!(orphan["data"]["referenced_posts"][0]["id"], original);
    assert_eq!(orphan["errors"][0]["value"], original);
}

#[tokio::test]
async fn a_user_expands_to_the_most_recent_post() {
    let (emulator, known) = with_posts(2).await;
    let old = get(&emulator, "/2/users/me?expansions=most_recent_tweet_id").await.ok();
    assert_eq!(old["data"]["most_recent_tweet_id"], known[0]);
    assert_eq!(old["includes"]["tweets"][0]["edit_history_tweet_ids"], json!([known[0]]));
    let new = get(&emulator, "/2/users/me?expansions=most_recent_post_id").await.ok();
    assert_eq!(new["includes"]["posts"][0]["id"], known[0]);
}

#[tokio::test]
async fn wrong_parameters_are_all_named_at_once() {
    let emulator = start().await;
    let path =
        timeline(&emulator, "?max_results=4&nonsense=1&tweet.fields=id,colour&expansions=mother&since_id=x&start_time=now&exclude=me");
    let body = get(&emulator, &path).await.problem(400, "invalid-request");
    let errors = body["errors"].as_array().expect("errors");
    let parameters: Vec<&Value> = errors.iter().map(|error| &error["parameters"]).collect();
    let expected = json!([
        { "max_results": ["4"] },
        { "nonsense": ["1"] },
        { "tweet.fields": ["colour"] },
        { "expansions": ["mother"] },
        { "since_id": ["x"] },
        { "start_time": ["now"] },
        { "exclude": ["me"] },
    ]);
    assert_eq!(json!(parameters), expected);
    assert!(errors.iter().all(|error| error["message"].is_string()));
}

#[tokio::test]
async fn wrong_parameters_are_told_in_words_of_x() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let (ada, grace) = (emulator.x_user_id("user-42"), emulator.x_user_id("v"));
    for (path, message) in [
        (timeline(&emulator, "?max_results=1000"), "The `max_results` query parameter value [1000] is not between 5 and 100"),
        (timeline(&emulator, "?max_results=4"), "The `max_results` query parameter value [4] is not between 5 and 100"),
        ("/2/tweets/abc".to_owned(), "The `id` query parameter value [abc] is not valid"),
        ("/2/users/by/username/a%20b".to_owned(), "The `username` query parameter value [a b] does not match ^[A-Za-z0-9_]{1,15}$"),
        ("/2/tweets".to_owned(), "The `ids` query parameter can not be empty"),
        (
            format!("/2/users/{grace}/bookmarks"),
            &*format!("The `id` query parameter value [{grace}] must be the same as the authenticating user [{ada}]"),
        ),
    ] {
        let body = get(&emulator, &path).await.problem(400, "invalid-request");
        assert_eq!(body["errors"][0]["message"], message, "{path}");
    }
}

#[tokio::test]
async fn a_parameter_has_one_value_of_the_right_kind() {
    let emulator = start().await;
    for (query, parameter) in [
        ("?max_results=101", "max_results"),
        ("?max_results=ten", "max_results"),
        ("?max_results=5&max_results=5", "max_results"),
        ("?tweet.fields=id&tweet.fields=text", "tweet.fields"),
        ("?tweet.fields=", "tweet.fields"),
        ("?pagination_token=", "pagination_token"),
        ("?user.fields=id,,name", "user.fields"),
    ] {
        get(&emulator, &timeline(&emulator, query)).await.invalid(parameter);
    }
    get(&emulator, "/2/users/ada").await.invalid("id");
    get(&emulator, "/2/users/me?max_results=5").await.invalid("max_results");
    let request = as_user(&emulator, "user-42", Method::POST, "/2/tweets?post.fields=id");
    send(request.header("Content-Type", "application/json").body(r#"{"text":"a"}"#)).await.invalid("post.fields");
}

#[tokio::test]
async fn a_query_is_percent_decoded() {
    let emulator = start().await;
    let me = get(&emulator, "/2/users/me?user%2Efields=verified%2Cprotected").await.ok();
    assert_eq!(me["data"]["verified"], false);
}

#[tokio::test]
async fn an_unknown_route_is_not_found_and_a_known_one_has_its_methods() {
    let emulator = start().await;
    for path in ["/2/nowhere", "/2/users/", "/2/users/me/", "//2/users/me", "/1.1/users/me"] {
        get(&emulator, path).await.problem(404, "about:blank");
    }
    for (path, methods) in [("/2/users/me", "GET"), ("/2/tweets", "GET, POST"), ("/2/webhooks/7", "DELETE, PUT")] {
        let answer = send(as_user(&emulator, "user-42", Method::PATCH, path)).await;
        assert_eq!(answer.header("allow"), methods, "{path}");
        answer.problem(405, "about:blank");
    }
}

#[tokio::test]
async fn a_post_needs_a_text_of_at_most_280() {
    let emulator = start().await;
    for body in [json!({}), json!({ "text": "" }), json!({ "text": " \n" }), json!({ "text": 1 }), json!({ "text": null })] {
        post(&emulator, body).await.invalid("text");
    }
    post(&emulator, json!({ "text": "a".repeat(281) })).await.invalid("text");
    post(&emulator, json!({ "text": "推".repeat(141) })).await.invalid("text");
    let link = format!("https://example.com/{}", "a".repeat(300));
    post(&emulator, json!({ "text": format!("{}{link}", "a ".repeat(129)) })).await.invalid("text");
    for fits in ["a".repeat(280), "推".repeat(140), format!("{}{link}", "a ".repeat(128))] {
        assert_eq!(post(&emulator, json!({ "text": fits })).await.status, 201);
    }
}

#[tokio::test]
async fn the_body_of_a_post_is_a_json_object_of_known_keys() {
    let emulator = start().await;
    for body in ["[]", "null", "\"text\""] {
        post(&emulator, body).await.problem(400, "invalid-request");
    }
    let empty = send(as_user(&emulator, "user-42", Method::POST, "/2/tweets")).await.problem(400, "invalid-request");
    assert!(empty["errors"][0]["message"].as_str().is_some_and(|message| message.contains("application/json")));
    for (body, parameter) in [
        (json!({ "text": "a", "colour": "red" }), "colour"),
        (json!({ "text": "a", "reply": 1 }), "reply"),
        (json!({ "text": "a", "reply": {} }), "reply.in_reply_to_tweet_id"),
        (json!({ "text": "a", "reply": { "in_reply_to_tweet_id": 1 } }), "reply.in_reply_to_tweet_id"),
        (json!({ "text": "a", "reply": { "in_reply_to_tweet_id": "1", "loud": true } }), "reply.loud"),
        (json!({ "text": "a", "quote_tweet_id": "x" }), "quote_tweet_id"),
        (json!({ "text": "a", "reply_settings": "nobody" }), "reply_settings"),
    ] {
        post(&emulator, body).await.invalid(parameter);
    }
    assert!(ids(&get(&emulator, &timeline(&emulator, "")).await.ok()).is_empty(), "nothing was posted");
}

#[tokio::test]
async fn a_text_cannot_be_posted_twice_in_a_row() {
    let emulator = start().await;
    assert_eq!(post(&emulator, json!({ "text": "a" })).await.status, 201);
    let problem = post(&emulator, json!({ "text": "a" })).await.problem(403, "about:blank");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("duplicate")));
    assert_eq!(post(&emulator, json!({ "text": "b" })).await.status, 201);
    assert_eq!(post(&emulator, json!({ "text": "a" })).await.status, 201);
}

#[tokio::test]
async fn nobody_can_answer_or_quote_what_is_not_there() {
    let emulator = start().await;
    post(&emulator, json!({ "text": "a", "reply": { "in_reply_to_tweet_id": "1" } })).await.problem(403, "about:blank");
    post(&emulator, json!({ "text": "a", "quote_tweet_id": "1" })).await.problem(403, "about:blank");
}

#[tokio::test]
async fn a_poll_is_attached_and_included() {
    let emulator = start().await;
    let body = json!({ "text": "Tea?", "poll": { "options": ["yes", "no"], "duration_minutes": 5 } });
    let id = post(&emulator, body).await.json()["data"]["id"].as_str().expect("an id").to_owned();
    let shown = get(&emulator, &format!("/2/tweets/{id}?expansions=attachments.poll_ids&poll.fields=voting_status")).await.ok();
    let poll = &shown["includes"]["polls"][0];
    assert_eq!(shown["data"]["attachments"]["poll_ids"], json!([poll["id"]]));
    assert_eq!(poll["options"][1], json!({ "position": 2, "label": "no", "votes": 0 }));
    assert_eq!(poll["voting_status"], "open");
    assert!(poll.get("end_datetime").is_none(), "not asked for");
    emulator.advance(Duration::from_secs(300));
    let later = get(&emulator, &format!("/2/tweets/{id}?expansions=attachments.poll_ids&poll.fields=voting_status")).await.ok();
    assert_eq!(later["includes"]["polls"][0]["voting_status"], "closed");
}

#[tokio::test]
async fn quota_is_counted_per_caller_and_operation_and_returns_with_the_window() {
    let builder = Emulator::builder().rate_limit(2).account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let first = get(&emulator, "/2/users/me").await;
    assert_eq!((first.header("x-rate-limit-limit"), first.header("x-rate-limit-remaining")), ("2", "1"));
    let reset: i64 = first.header("x-rate-limit-reset").parse().expect("seconds");
    let ahead = reset - jiff::Timestamp::now().as_second();
    assert!((800..=900).contains(&ahead), "{ahead}");

    let failed = get(&emulator, "/2/users/me?nonsense=1").await;
    assert_eq!(failed.header("x-rate-limit-remaining"), "0", "a refused request is counted too");
    let refused = get(&emulator, "/2/users/me").await;
    assert_eq!(refused.header("x-rate-limit-remaining"), "0");
    assert_eq!(refused.header("x-rate-limit-reset"), reset.to_string());
    assert_eq!(refused.problem(429, "about:blank")["title"], "Too Many Requests");

    let id = emulator.x_user_id("v");
    for other in [
        send(as_user(&emulator, "v", Method::GET, "/2/users/me")).await,
        get(&emulator, &format!("/2/users/{id}")).await,
        send(as_app(&emulator, Method::GET, &format!("/2/users/{id}"))).await,
    ] {
        assert_eq!((other.status, other.header("x-rate-limit-remaining")), (200, "1"));
    }

    emulator.advance(Duration::from_secs(15 * 60));
    let next = get(&emulator, "/2/users/me").await;
    assert_eq!((next.status, next.header("x-rate-limit-remaining")), (200, "1"));
}

/// What an answer says of the quota for its operation: how much there is and how much is left. It also has to say until when.
#[track_caller]
fn quota(answer: &Answer) -> (&str, &str) {
    assert!(answer.header("x-rate-limit-reset").parse::<i64>().is_ok(), "{} {}", answer.status, answer.text);
    (answer.header("x-rate-limit-limit"), answer.header("x-rate-limit-remaining"))
}

#[tokio::test]
async fn what_is_for_no_operation_or_from_nobody_is_told_the_quotas_and_uses_none() {
    let emulator = Emulator::builder().rate_limit(2).start().await.expect("a free port");
    let unknown = reqwest::Client::new().get(format!("{}/2/tweets?ids=1", emulator.x_url()));
    let added = |_: &emulator::RecordedRequest| json!({ "data": {} });
    emulator.route("twitter", Method::GET, "/2/circles", added);
    for _ in 0..3 {
        for (status, request) in [
            (401, unknown.try_clone().expect("no body")),
            (401, unknown.try_clone().expect("no body").bearer_auth("another")),
            (404, as_app(&emulator, Method::GET, "/2/nothing")),
            (404, as_user(&emulator, "user-42", Method::GET, "/2/nothing")),
            (405, as_app(&emulator, Method::PATCH, "/2/tweets")),
            (405, as_user(&emulator, "user-42", Method::PATCH, "/2/tweets")),
            (200, as_app(&emulator, Method::GET, "/2/circles")),
            (200, as_user(&emulator, "user-42", Method::GET, "/2/circles")),
        ] {
            let answer = send(request).await;
            assert_eq!((answer.status, quota(&answer)), (status, ("2", "2")), "{}", answer.text);
        }
    }
    emulator.set_daily_limits(Some(7), None);
    assert_eq!(get(&emulator, "/2/nothing").await.header("x-user-limit-24hour-remaining"), "7");
}

#[tokio::test]
async fn a_user_calls_directly_with_an_access_token_as_far_as_the_account_is_good_and_has_granted_it() {
    let emulator = start().await;
    let call = |method, path: &str| as_account(&emulator, "user-42", method, path);
    assert_eq!(send(call(Method::GET, "/2/users/me")).await.ok()["data"]["username"], "ada");
    let posted = call(Method::POST, "/2/tweets").header("Content-Type", "application/json").body(r#"{"text":"direct"}"#);
    assert_eq!(send(posted).await.status, 201);
    assert_eq!(get(&emulator, &timeline(&emulator, "")).await.ok()["data"][0]["text"], "direct");
    send(call(Method::GET, "/2/tweets/search/stream/rules")).await.problem(403, "unsupported-authentication");

    emulator.set_scopes("user-42", ["tweet.read"]);
    assert_eq!(send(call(Method::GET, "/2/users/me")).await.status, 403);
    emulator.set_credential_status("user-42", CredentialStatus::Invalid);
    assert_eq!(send(call(Method::GET, "/2/users/me")).await.status, 401);
    emulator.set_credential_status("user-42", CredentialStatus::Valid);
    let request = call(Method::GET, "/2/users/me");
    emulator.disconnect("user-42");
    assert_eq!(send(request).await.status, 401);
}

#[tokio::test]
async fn entities_say_who_is_mentioned_and_how_a_link_is_shown() {
    let emulator = start().await;
    let id = emulator.post("user-42", "#rust @ADA @nobody https://www.example.com/a/long/path/with/an/end?q=1 https://example.com/a");
    let shown = get(&emulator, &format!("/2/tweets/{id}?post.fields=entities")).await.ok();
    let entities = &shown["data"]["entities"];
    assert_eq!(entities["hashtags"], json!([{ "start": 0, "end": 5, "tag": "rust" }]));
    let ada = json!({ "start": 6, "end": 10, "username": "ada", "id": emulator.x_user_id("user-42") });
    assert_eq!(entities["mentions"], json!([ada, { "start": 11, "end": 18, "username": "nobody" }]));
    let (long, short) = ("https://www.example.com/a/long/path/with/an/end?q=1", "https://example.com/a");
    assert_eq!(
        entities["urls"],
        json!([
            { "start": 19, "end": 70, "url": long, "expanded_url": long, "display_url": "example.com/a/long/path/wi…" },
            { "start": 71, "end": 92, "url": short, "expanded_url": short, "display_url": "example.com/a" },
        ])
    );
}

#[tokio::test]
async fn a_test_says_what_is_shown_where_it_is_asked_for_in_either_dialect() {
    let emulator = start().await;
    let (id, me) = (emulator.post("user-42", "Hello World!"), emulator.x_user_id("user-42"));
    let metrics = json!({ "impression_count": 1200, "retweet_count": 7 });
    let fields =
        json!({ "public_metrics": metrics, "lang": null, "note_post": { "text": "long" }, "non_public_metrics": { "url_link_clicks": 3 } });
    emulator.set_fields(&id, fields);
    emulator.set_fields(&me, json!({ "public_metrics": { "followers_count": 99 }, "profile_banner_url": "https://example.com/b.png" }));
    assert_eq!(get(&emulator, &format!("/2/tweets/{id}")).await.ok()["data"].as_object().expect("a post").len(), 3);

    let current = get(&emulator, &format!("/2/tweets/{id}?post.fields=public_metrics,lang,note_post,non_public_metrics")).await.ok();
    let metrics = &current["data"]["public_metrics"];
    assert_eq!((&metrics["impression_count"], &metrics["repost_count"], &metrics["like_count"]), (&json!(1200), &json!(7), &json!(0)));
    assert_eq!(current["data"]["note_post"]["text"], "long");
    assert_eq!(current["data"]["non_public_metrics"], json!({ "impression_count": 0, "url_link_clicks": 3 }));
    assert!(current["data"].get("lang").is_none());

    let older =
        "tweet.fields=public_metrics,note_tweet,non_public_metrics&expansions=author_id&user.fields=public_metrics,profile_banner_url";
    let older = send(as_app(&emulator, Method::GET, &format!("/2/tweets/{id}?{older}"))).await.ok();
    assert_eq!((&older["data"]["public_metrics"]["retweet_count"], &older["data"]["note_tweet"]["text"]), (&json!(7), &json!("long")));
    assert!(older["data"].get("non_public_metrics").is_none(), "it is not the author's token");
    let author = &older["includes"]["users"][0];
    assert_eq!((&author["public_metrics"]["followers_count"], &author["public_metrics"]["tweet_count"]), (&json!(99), &json!(1)));
    assert_eq!(author["profile_banner_url"], "https://example.com/b.png");
}

#[tokio::test]
async fn what_is_private_is_shown_to_its_owner_only_whoever_says_what_it_is() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let (id, me) = (emulator.post("user-42", "Hello World!"), emulator.x_user_id("user-42"));
    let metrics = ["non_public_metrics", "organic_metrics", "promoted_metrics"];
    emulator.set_fields(&id, metrics.iter().map(|name| ((*name).to_owned(), json!({ "impression_count": 7 }))).collect());
    emulator.set_fields(&me, json!({ "confirmed_email": "ada@example.org" }));
    let path = format!("/2/tweets/{id}?post.fields={}&expansions=author_id&user.fields=confirmed_email", metrics.join(","));
    for user in [Some("user-42"), Some("v"), None] {
        let request = user.map_or_else(|| as_app(&emulator, Method::GET, &path), |user| as_user(&emulator, user, Method::GET, &path));
        let shown = send(request).await.ok();
        let expected = |value: Value| if user == Some("user-42") { value } else { Value::Null };
        for name in metrics {
            assert_eq!(shown["data"][name]["impression_count"], expected(json!(7)), "{user:?}: {name}");
        }
        assert_eq!(shown["includes"]["users"][0]["confirmed_email"], expected(json!("ada@example.org")), "{user:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_shown_fails_the_test_that_asks() {
    let emulator = start().await;
    let id = emulator.post("user-42", "Hello World!");
    for (id, fields, part) in [
        ("7", json!({ "lang": "en" }), "no post or user 7"),
        (&*id, json!({ "languages": "en" }), "`languages` is no field of a post"),
        (&*id, json!({ "id": "7" }), "`id` is no field"),
        (&*id, json!({ "public_metrics": { "like_count": "many" } }), "`public_metrics.like_count` is not of type integer"),
        (&*id, json!([1]), "no object"),
        (
            &*id,
            json!({ "public_metrics": { "likes_count": 5 } }),
            "`public_metrics.likes_count` is no field that can be set; there are bookmark_count",
        ),
        (&*id, json!({ "entities": { "urls": [{ "url": "https://example.com", "titel": "a" }] } }), "`entities.urls.titel` is no field"),
    ] {
        let url = format!("{}/_emulator/x/fields", emulator.url());
        let answer = send(Client::new().post(url).body(json!({ "id": id, "fields": fields }).to_string())).await;
        assert!(answer.status == 400 && answer.text.contains(part), "{part}: {} {}", answer.status, answer.text);
    }
}

#[tokio::test]
async fn an_app_reads_with_its_own_token() {
    let (emulator, known) = with_posts(1).await;
    for path in [format!("/2/tweets/{}", known[0]), format!("/2/tweets?ids={}", known[0]), timeline(&emulator, "")] {
        let answer = send(as_app(&emulator, Method::GET, &path)).await;
        assert!(answer.header("x-rate-limit-reset").parse::<i64>().is_ok());
        assert!(answer.ok()["data"].to_string().contains(&known[0]), "{path}");
    }
}

#[tokio::test]
async fn an_app_cannot_do_what_takes_a_user() {
    let (emulator, known) = with_posts(1).await;
    let delete = format!("/2/tweets/{}", known[0]);
    for (method, path) in [(Method::GET, "/2/users/me"), (Method::POST, "/2/tweets"), (Method::DELETE, &delete)] {
        send(as_app(&emulator, method, path)).await.problem(403, "unsupported-authentication");
    }
}

#[tokio::test]
async fn x_knows_its_own_token_only() {
    let emulator = Emulator::builder().bearer_token("AAAA").start().await.expect("a free port");
    assert_eq!(emulator.bearer_token(), "AAAA");
    let request = || Client::new().get(format!("{}/2/users/1", emulator.x_url()));
    send(request().bearer_auth("AAAA")).await.ok();
    for request in [request(), request().bearer_auth("AAAB"), request().bearer_auth(emulator.user_token("user-42"))] {
        send(request).await.problem(401, "about:blank");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let emulator = start().await;
    let request = as_user(&emulator, "user-42", Method::POST, "/2/tweets").header("Content-Type", "application/json");
    let result = request.body(vec![b' '; 17 * 1024 * 1024]).send().await;
    // The connection may break before the answer is read: the rest of the body was never taken.
    assert!(result.is_err() || result.is_ok_and(|response| response.status() == 413));
    assert!(emulator.requests().iter().all(|request| request.body.is_empty()));
}

#[tokio::test]
async fn an_account_does_only_what_it_has_granted() {
    let emulator = start().await;
    emulator.set_scopes("user-42", ["tweet.read", "users.read"]);
    get(&emulator, "/2/users/me").await.ok();
    let problem = post(&emulator, json!({ "text": "a" })).await.problem(403, "about:blank");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("[tweet.write]")), "{problem}");
}

#[tokio::test]
async fn what_is_for_apps_only_is_refused_through_a_connection() {
    let emulator = start().await;
    get(&emulator, "/2/usage/tweets").await.problem(403, "unsupported-authentication");
}

#[tokio::test]
async fn a_user_whom_nobody_has_connected_is_seen_with_profile_and_posts() {
    let emulator = start().await;
    let id = emulator.add_user("Grace", "grace");
    let post = emulator.add_post(&id, "hello");
    let mut profile = Profile::default();
    (profile.description, profile.verified, profile.pinned_post) = ("Navy".to_owned(), true, Some(post.clone()));
    emulator.set_profile(&id, profile);
    let path = "/2/users/by/username/GRACE?user.fields=description,verified,pinned_post_id&expansions=pinned_post_id";
    let user = get(&emulator, path).await.ok();
    let expected =
        json!({ "id": id, "name": "Grace", "username": "grace", "description": "Navy", "verified": true, "pinned_post_id": post });
    assert_eq!(user["data"], expected);
    assert_eq!(user["includes"]["posts"][0]["text"], "hello");
    let both = get(&emulator, "/2/users/by?usernames=grace,nobody").await.ok();
    assert_eq!((&both["data"][0]["id"], &both["errors"][0]["value"]), (&json!(id), &json!("nobody")));
    assert_eq!(get(&emulator, "/2/users/search?query=grace").await.ok()["data"][0]["id"], json!(id));
}

#[tokio::test]
async fn an_edited_post_keeps_its_earlier_versions_and_what_belongs_to_them() {
    let emulator = start().await;
    let me = emulator.x_user_id("user-42");
    let first = emulator.post("user-42", "helo tea");
    let like = as_user(&emulator, "user-42", Method::POST, &format!("/2/users/{me}/likes"));
    send(like.header("Content-Type", "application/json").body(json!({ "tweet_id": first }).to_string())).await.ok();
    let reply = post(&emulator, json!({ "text": "indeed", "reply": { "in_reply_to_tweet_id": first } })).await;
    let reply = reply.json()["data"]["id"].as_str().expect("an id").to_owned();
    let edited = post(&emulator, json!({ "text": "hello tea", "edit_options": { "previous_post_id": first } })).await.json();
    let second = edited["data"]["id"].as_str().expect("an id").to_owned();
    for id in [&first, &second] {
        let shown = get(&emulator, &format!("/2/tweets/{id}?expansions=edit_history_post_ids&post.fields=edit_controls")).await.ok();
        assert_eq!(shown["data"]["edit_history_post_ids"], json!([first, second]));
        assert_eq!(shown["data"]["edit_controls"]["is_edit_eligible"], id == &second);
        let texts: Vec<&Value> = shown["includes"]["posts"].as_array().expect("versions").iter().map(|post| &post["text"]).collect();
        assert_eq!(texts, ["helo tea", "hello tea"]);
    }
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, "")).await.ok()), [&*second, &*reply], "lists have the last version only");
    assert_eq!(ids(&get(&emulator, "/2/tweets/search/recent?query=tea").await.ok()), [&*second]);
    assert_eq!(ids(&get(&emulator, &format!("/2/users/{me}/liked_tweets")).await.ok()), [&*first]);
    let again = post(&emulator, json!({ "text": "again", "edit_options": { "previous_post_id": first } })).await;
    again.invalid("edit_options.previous_post_id");

    delete(&emulator, &format!("/2/tweets/{first}")).await.ok();
    for id in [&first, &second] {
        assert_eq!(get(&emulator, &format!("/2/tweets/{id}")).await.status, 404);
    }
    assert_eq!(get(&emulator, &format!("/2/users/{me}/liked_tweets")).await.ok()["meta"]["result_count"], 0);
}

#[tokio::test]
async fn a_deleted_post_is_no_longer_pinned() {
    let emulator = start().await;
    let (me, id) = (emulator.x_user_id("user-42"), emulator.post("user-42", "pinned"));
    let mut profile = Profile::default();
    profile.pinned_post = Some(id.clone());
    emulator.set_profile(&me, profile);
    let path = "/2/users/me?user.fields=pinned_post_id";
    assert_eq!(get(&emulator, path).await.ok()["data"]["pinned_post_id"], *id);
    delete(&emulator, &format!("/2/tweets/{id}")).await.ok();
    assert!(get(&emulator, path).await.ok()["data"].get("pinned_post_id").is_none());
}

#[tokio::test]
async fn made_data_speak_the_dialect_of_the_request_and_do_not_change_with_time() {
    let emulator = start().await;
    let path = "/2/spaces/1DXxyRYNejbKM/tweets";
    let old = get(&emulator, &format!("{path}?tweet.fields=note_tweet,referenced_tweets")).await.ok();
    assert!(old["data"][0].get("note_tweet").is_some() && old["data"][0].get("note_post").is_none(), "{old}");
    let new = get(&emulator, &format!("{path}?post.fields=note_post,referenced_posts")).await.ok();
    assert!(new["data"][0].get("note_post").is_some() && new["data"][0].get("note_tweet").is_none(), "{new}");
    assert_eq!(old["data"][0]["note_tweet"], new["data"][0]["note_post"]);

    let path = format!("{path}?post.fields=created_at&max_results=5");
    let before = get(&emulator, &path).await.ok();
    assert!(before["meta"]["next_token"].is_string(), "{before}");
    emulator.advance(Duration::from_secs(3600));
    assert_eq!(get(&emulator, &path).await.ok(), before);
    assert_eq!(get(&start().await, &path).await.ok(), before, "of another emulator, the token too");
}

#[tokio::test]
async fn made_things_show_what_x_shows_unasked_and_are_never_empty() {
    let emulator = start().await;
    let names = |thing: &Value| thing.as_object().expect("a thing").keys().cloned().collect::<Vec<_>>().join(",");
    for (path, expected) in [
        ("/2/usage/tweets", "cap_reset_day,project_cap,project_id,project_usage"),
        ("/2/usage/tweets?usage.fields=daily_project_usage", "cap_reset_day,daily_project_usage,project_cap,project_id,project_usage"),
        ("/2/trends/by/woeid/1", "trend_name,tweet_count"),
        ("/2/users/personalized_trends", "category,post_count,trend_name,trending_since"),
        ("/2/spaces/1DXxyRYNejbKM", "id,state"),
        ("/2/spaces/1DXxyRYNejbKM?space.fields=creator_id,title", "creator_id,id,state,title"),
        ("/2/spaces/1DXxyRYNejbKM/tweets?tweet.fields=lang", "edit_history_tweet_ids,id,lang,text"),
        ("/2/communities/search?query=tea", "id,name"),
        ("/2/news/7", "id,name"),
        // X does not say what it shows of these.
        ("/2/chat/settings", "allow_dms_from,always_allow_dms_from_subscribers,av_settings,dm_quality_filter,dm_receipt_settings"),
        ("/2/chat/settings?chat_settings.fields=dm_quality_filter", "dm_quality_filter"),
        ("/2/users/7/public_keys", "identity_public_key_signature,juicebox_config,public_key,public_key_version,signing_public_key"),
    ] {
        let as_app = send(as_app(&emulator, Method::GET, path)).await;
        let answer = if as_app.status == 403 { get(&emulator, path).await } else { as_app }.ok();
        let data = &answer["data"];
        data.as_array()
            .map_or(std::slice::from_ref(data), Vec::as_slice)
            .iter()
            .for_each(|thing| assert_eq!(names(thing), expected, "{path}"));
    }
}

#[tokio::test]
async fn made_things_that_are_included_show_what_is_asked_for() {
    let emulator = start().await;
    let included = async |query: &str, kind: &str| {
        let answer = get(&emulator, &format!("/2/spaces/1DXxyRYNejbKM/tweets?{query}")).await.ok();
        let thing = answer["includes"][kind][0].as_object().unwrap_or_else(|| panic!("no {kind}: {answer}")).clone();
        thing.keys().cloned().collect::<Vec<_>>()
    };
    let expansions = "expansions=author_id,attachments.media_keys,geo.place_id";
    assert_eq!(included(expansions, "users").await, ["id", "name", "username"]);
    assert_eq!(included(expansions, "media").await, ["media_key", "type"]);
    assert_eq!(included(expansions, "places").await, ["full_name", "id"]);
    assert_eq!(included("expansions=author_id", "posts").await, ["author_id", "edit_history_post_ids", "id", "text"]);
    assert_eq!(included(&format!("{expansions}&user.fields=verified"), "users").await, ["id", "name", "username", "verified"]);
    let old = "expansions=author_id&tweet.fields=note_tweet";
    assert_eq!(included(old, "tweets").await, ["author_id", "edit_history_tweet_ids", "id", "note_tweet", "text"]);
    assert!(get(&emulator, "/2/spaces/1DXxyRYNejbKM/tweets").await.ok().get("includes").is_none());
}

#[tokio::test]
async fn a_body_that_is_missing_or_no_json_is_blamed_by_name() {
    let emulator = start().await;
    for (body, part) in [("", "has no body"), ("{", "is not application/json")] {
        let request = as_app(&emulator, Method::POST, "/2/tweets/search/stream/rules").header("Content-Type", "application/json");
        let message = send(request.body(body)).await.invalid("body");
        assert!(message.contains(part), "{message}");
    }
}
