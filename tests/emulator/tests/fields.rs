//! The contents of answers: fields, expansions, dialects, fields set by a test, and made data.

mod support;

use std::time::Duration;

use paragon_twitter_emulator::Emulator;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use support::{as_app, as_user, get, send, start, timeline, with_posts};

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
    assert_eq!(data["author_id"], emulator.paragon().x_user_id("user-42"));
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
    let author = json!({ "id": emulator.paragon().x_user_id("user-42"), "name": "Ada Lovelace", "username": "ada", "verified": false });
    assert_eq!(page["includes"], json!({ "users": [author] }));
    assert_eq!(page["data"][0]["author_id"], author["id"], "the field it starts from is shown");
    assert!(get(&emulator, &timeline(&emulator, "")).await.ok().get("includes").is_none());
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
async fn entities_say_who_is_mentioned_and_how_a_link_is_shown() {
    let emulator = start().await;
    let id = emulator.x().post("user-42", "#rust @ADA @nobody https://www.example.com/a/long/path/with/an/end?q=1 https://example.com/a");
    let shown = get(&emulator, &format!("/2/tweets/{id}?post.fields=entities")).await.ok();
    let entities = &shown["data"]["entities"];
    assert_eq!(entities["hashtags"], json!([{ "start": 0, "end": 5, "tag": "rust" }]));
    let ada = json!({ "start": 6, "end": 10, "username": "ada", "id": emulator.paragon().x_user_id("user-42") });
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
    let (id, me) = (emulator.x().post("user-42", "Hello World!"), emulator.paragon().x_user_id("user-42"));
    let metrics = json!({ "impression_count": 1200, "retweet_count": 7 });
    let fields =
        json!({ "public_metrics": metrics, "lang": null, "note_post": { "text": "long" }, "non_public_metrics": { "url_link_clicks": 3 } });
    emulator.x().set_fields(&id, fields);
    emulator.x().set_fields(&me, json!({ "public_metrics": { "followers_count": 99 }, "profile_banner_url": "https://example.com/b.png" }));
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
async fn private_fields_are_shown_to_their_owner_only_even_if_a_test_has_set_them() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let (id, me) = (emulator.x().post("user-42", "Hello World!"), emulator.paragon().x_user_id("user-42"));
    let metrics = ["non_public_metrics", "organic_metrics", "promoted_metrics"];
    emulator.x().set_fields(&id, metrics.iter().map(|name| ((*name).to_owned(), json!({ "impression_count": 7 }))).collect());
    emulator.x().set_fields(&me, json!({ "confirmed_email": "ada@example.org" }));
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
async fn fields_that_cannot_be_shown_fail_the_test_that_sets_them() {
    let emulator = start().await;
    let id = emulator.x().post("user-42", "Hello World!");
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
    emulator.x().advance(Duration::from_secs(3600));
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
        // Made data lacks the fields that only the author sees.
        ("/2/spaces/1DXxyRYNejbKM/tweets?tweet.fields=lang,non_public_metrics", "edit_history_tweet_ids,id,lang,text"),
        ("/2/communities/search?query=tea", "id,name"),
        ("/2/news/7", "id,name"),
        // X does not document the fields of these.
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
async fn made_lists_are_of_different_things_and_are_paged_through() {
    let emulator = start().await;
    let posts = send(as_app(&emulator, Method::GET, "/2/spaces/1DXxyRYNejbKM/tweets")).await.ok();
    let posts = posts["data"].as_array().expect("posts").clone();
    let ids: std::collections::BTreeSet<&str> = posts.iter().filter_map(|post| post["id"].as_str()).collect();
    assert_eq!(ids.len(), posts.len());
    assert!(posts.iter().all(|post| post["edit_history_post_ids"] == json!([post["id"]])), "{posts:?}");

    // Tokens of digits only are wanted here.
    let (mut token, mut met) = (String::new(), 0);
    loop {
        let page = get(&emulator, &format!("/2/chat/message_requests?max_results=10{token}")).await.ok();
        met += page["data"].as_array().expect("things").len();
        assert_eq!(page["meta"]["total_count"], 25);
        let Some(next) = page["meta"]["next_token"].as_str() else { break };
        token = format!("&pagination_token={next}");
    }
    assert_eq!(met, 25);
    let events = get(&emulator, "/2/chat/conversations/1-2/events?max_results=10").await.ok();
    assert_eq!((&events["meta"]["has_more"], events["meta"]["next_token"].is_string()), (&json!(true), true));
}

#[tokio::test]
async fn answers_in_no_envelope_are_made_as_they_are_described() {
    let answer = |schema: Value| {
        let content = json!({ "application/json": { "schema": schema } });
        json!({ "get": { "responses": { "200": { "description": "", "content": content } }, "security": [{ "App": [] }] } })
    };
    let description = json!({
        "openapi": "3.0.0",
        "info": { "title": "", "version": "" },
        "paths": {
            "/2/list": answer(json!({ "type": "array", "items": { "type": "string" } })),
            "/2/thing": answer(json!({ "type": "object", "properties": { "count": { "type": "integer" } } })),
        },
        "components": { "securitySchemes": { "App": { "type": "http", "scheme": "bearer" } } },
    });
    let emulator = Emulator::builder().description(description.to_string()).start().await.expect("a free port");
    let get = async |path| send(as_app(&emulator, Method::GET, path)).await.ok();
    assert!(get("/2/list").await.is_array());
    assert_eq!(get("/2/thing").await.as_object().expect("an object").keys().collect::<Vec<_>>(), ["count"]);
}

#[tokio::test]
async fn an_undone_action_is_false_in_the_answer() {
    let emulator = start().await;
    let call = async |method, path| send(as_user(&emulator, "user-42", method, path)).await.ok()["data"].clone();
    assert_eq!(call(Method::DELETE, "/2/broadcasts/chat/mutes/7").await, json!({ "muted": false }));
    assert_eq!(call(Method::DELETE, "/2/notes/7").await["deleted"], true);
}

#[tokio::test]
async fn figures_that_are_texts_are_made_of_digits() {
    let usage = send(as_app(&start().await, Method::GET, "/2/usage/tweets")).await.ok();
    let cap = usage["data"]["project_cap"].as_str().expect("a text");
    assert!(cap.parse::<u64>().is_ok(), "{cap}");
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
