//! Users and posts of X: reading, paging and writing them, and wrong requests.

mod support;

use std::time::Duration;

use paragon_twitter_emulator::{Emulator, Profile};
use reqwest::Method;
use serde_json::{Value, json};
use support::{as_app, as_user, delete, get, ids, post, send, start, timeline, with_posts};

#[tokio::test]
async fn me_is_the_connected_user_with_default_fields_only() {
    let emulator = start().await;
    let me = get(&emulator, "/2/users/me").await.ok();
    assert_eq!(me, json!({ "data": { "id": emulator.paragon().x_user_id("user-42"), "name": "Ada Lovelace", "username": "ada" } }));
}

#[tokio::test]
async fn a_user_is_found_by_id_and_shows_the_fields_asked_for() {
    let emulator = start().await;
    emulator.x().post("user-42", "a");
    let id = emulator.paragon().x_user_id("user-42");
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
    emulator.x().post("user-42", "new");
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
    emulator.x().post("v", "not Ada's");
    let mine = emulator.x().post("user-42", "Ada's");
    assert_eq!(ids(&get(&emulator, &timeline(&emulator, "")).await.ok()), [mine]);
}

#[tokio::test]
async fn a_token_of_another_list_or_of_nobody_is_refused() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    for number in 0..6 {
        emulator.x().post("user-42", &number.to_string());
    }
    let page = get(&emulator, &timeline(&emulator, "?max_results=5")).await.ok();
    let token = page["meta"]["next_token"].as_str().expect("a token");
    let others = format!("/2/users/{}/tweets?pagination_token={token}", emulator.paragon().x_user_id("v"));
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
        all.push(emulator.x().post("user-42", &number.to_string()));
        emulator.x().advance(Duration::from_secs(60));
    }
    let listed = async |query: &str| ids(&get(&emulator, &timeline(&emulator, query)).await.ok());
    assert_eq!(listed(&format!("?since_id={}&until_id={}", all[0], all[3])).await, [all[2].clone(), all[1].clone()]);

    let second = get(&emulator, &format!("/2/tweets/{}?tweet.fields=created_at", all[1])).await.ok();
    let time = second["data"]["created_at"].as_str().expect("a time");
    assert_eq!(listed(&format!("?start_time={time}")).await.len(), 3);
    assert_eq!(listed(&format!("?end_time={time}")).await, [all[0].clone()]);

    let me = emulator.paragon().x_user_id("user-42");
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
    let (mine, theirs) = (emulator.x().post("user-42", "mine"), emulator.x().post("v", "theirs"));

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
async fn a_reply_and_a_quote_point_to_their_posts() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let original = emulator.x().post("v", "original");
    let reply = post(&emulator, json!({ "text": "reply", "reply": { "in_reply_to_tweet_id": original } })).await.json();
    let quote = post(&emulator, json!({ "text": "quote", "quote_tweet_id": original, "reply_settings": "following" })).await.json();
    let (reply, quote) = (reply["data"]["id"].as_str().expect("an id"), quote["data"]["id"].as_str().expect("an id"));

    let fields = "tweet.fields=in_reply_to_user_id,conversation_id,reply_settings&expansions=referenced_tweets.id.author_id";
    let answer = get(&emulator, &format!("/2/tweets?ids={reply},{quote}&{fields}")).await.ok();
    assert_eq!(answer["data"][0]["referenced_tweets"], json!([{ "type": "replied_to", "id": original }]));
    assert_eq!(answer["data"][0]["in_reply_to_user_id"], emulator.paragon().x_user_id("v"));
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
    let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
    for (path, message) in [
        (timeline(&emulator, "?max_results=1000"), "The `max_results` query parameter value [1000] is not between 5 and 100"),
        (timeline(&emulator, "?max_results=4"), "The `max_results` query parameter value [4] is not between 5 and 100"),
        (
            "/2/trends/by/woeid/99999999999".to_owned(),
            "The `woeid` query parameter value [99999999999] is not between -2147483648 and 2147483647",
        ),
        ("/2/tweets/abc".to_owned(), "The `id` query parameter value [abc] is not valid"),
        ("/2/users/by/username/a%20b".to_owned(), "The `username` query parameter value [a b] does not match ^[A-Za-z0-9_]{1,15}$"),
        ("/2/tweets".to_owned(), "The `ids` query parameter can not be empty"),
        (
            format!("/2/users/{grace}/bookmarks"),
            &*format!("The `id` query parameter value [{grace}] must be the same as the authenticating user [{ada}]"),
        ),
    ] {
        let asked =
            if path.contains("woeid") { as_app(&emulator, Method::GET, &path) } else { as_user(&emulator, "user-42", Method::GET, &path) };
        let body = send(asked).await.problem(400, "invalid-request");
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
    emulator.x().advance(Duration::from_secs(300));
    let later = get(&emulator, &format!("/2/tweets/{id}?expansions=attachments.poll_ids&poll.fields=voting_status")).await.ok();
    assert_eq!(later["includes"]["polls"][0]["voting_status"], "closed");
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
async fn a_user_whom_nobody_has_connected_is_seen_with_profile_and_posts() {
    let emulator = start().await;
    let id = emulator.x().add_user("Grace", "grace");
    let post = emulator.x().add_post(&id, "hello");
    let mut profile = Profile::default();
    (profile.description, profile.verified, profile.pinned_post) = ("Navy".to_owned(), true, Some(post.clone()));
    emulator.x().set_profile(&id, profile);
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
    let me = emulator.paragon().x_user_id("user-42");
    let first = emulator.x().post("user-42", "helo tea");
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
    let (me, id) = (emulator.paragon().x_user_id("user-42"), emulator.x().post("user-42", "pinned"));
    let mut profile = Profile::default();
    profile.pinned_post = Some(id.clone());
    emulator.x().set_profile(&me, profile);
    let path = "/2/users/me?user.fields=pinned_post_id";
    assert_eq!(get(&emulator, path).await.ok()["data"]["pinned_post_id"], *id);
    delete(&emulator, &format!("/2/tweets/{id}")).await.ok();
    assert!(get(&emulator, path).await.ok()["data"].get("pinned_post_id").is_none());
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
