//! Lists and bookmarks: each call has an effect on the others.

mod support;

use paragon_twitter_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, as_user, send};

async fn start() -> Emulator {
    Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace").start().await.expect("a free port")
}

async fn call(emulator: &Emulator, user: &str, method: Method, path: &str, body: Value) -> Answer {
    let request = as_user(emulator, user, method, path);
    let request = if body.is_null() { request } else { request.header("Content-Type", "application/json").body(body.to_string()) };
    send(request).await
}

async fn get(emulator: &Emulator, user: &str, path: &str) -> Value {
    call(emulator, user, Method::GET, path, Value::Null).await.ok()
}

/// A list of Ada's.
async fn list(emulator: &Emulator, private: bool) -> String {
    let body = json!({ "name": "tea lovers", "description": "all of them", "private": private });
    let made = call(emulator, "user-42", Method::POST, "/2/lists", body).await;
    assert_eq!(made.status, 201);
    made.json()["data"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_list_has_members_whose_posts_it_shows() {
    let emulator = start().await;
    let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
    let id = list(&emulator, false).await;
    let members = format!("/2/lists/{id}/members");
    let added = call(&emulator, "user-42", Method::POST, &members, json!({ "user_id": grace })).await.ok();
    assert_eq!(added["data"], json!({ "is_member": true }));
    let post = emulator.x().post("v", "tea");
    assert_eq!(get(&emulator, "v", &members).await["data"][0]["id"], json!(grace));
    assert_eq!(get(&emulator, "v", &format!("/2/lists/{id}/tweets")).await["data"][0]["id"], json!(post));
    assert_eq!(get(&emulator, "v", &format!("/2/users/{grace}/list_memberships")).await["data"][0]["id"], json!(id));
    assert_eq!(get(&emulator, "v", &format!("/2/users/{ada}/owned_lists")).await["data"], json!([{ "id": id, "name": "tea lovers" }]));

    let path = format!("/2/lists/{id}?list.fields=member_count,follower_count,private,description&expansions=owner_id");
    let shown = get(&emulator, "v", &path).await;
    let expected = json!({
        "id": id, "name": "tea lovers", "description": "all of them",
        "member_count": 1, "follower_count": 0, "private": false, "owner_id": ada,
    });
    assert_eq!(shown["data"], expected);
    assert_eq!(shown["includes"]["users"][0]["username"], "ada");
    let asked = get(&emulator, "v", &format!("/2/lists/{id}?list.fields=owner_id")).await;
    assert_eq!(asked["data"], json!({ "id": id, "name": "tea lovers", "owner_id": ada }), "which only earlier descriptions list");
    call(&emulator, "user-42", Method::DELETE, &format!("{members}/{grace}"), Value::Null).await.ok();
    assert!(get(&emulator, "v", &members).await.get("data").is_none());
}

#[tokio::test]
async fn a_list_is_changed_and_deleted_by_its_owner_only() {
    let emulator = start().await;
    let path = format!("/2/lists/{}", list(&emulator, false).await);
    call(&emulator, "v", Method::PUT, &path, json!({ "name": "mine" })).await.problem(403, "about:blank");
    call(&emulator, "v", Method::DELETE, &path, Value::Null).await.problem(403, "about:blank");
    let updated = call(&emulator, "user-42", Method::PUT, &path, json!({ "name": "coffee lovers" })).await.ok();
    assert_eq!(updated["data"], json!({ "updated": true }));
    let shown = get(&emulator, "v", &format!("{path}?list.fields=description")).await;
    assert_eq!((&shown["data"]["name"], &shown["data"]["description"]), (&json!("coffee lovers"), &json!("all of them")));
    call(&emulator, "user-42", Method::DELETE, &path, Value::Null).await.ok();
    assert_eq!(get(&emulator, "v", &path).await["errors"][0]["resource_type"], "list");
    call(&emulator, "user-42", Method::DELETE, &path, Value::Null).await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn a_private_list_is_seen_by_its_owner_only() {
    let emulator = start().await;
    let id = list(&emulator, true).await;
    let path = format!("/2/lists/{id}");
    assert_eq!(get(&emulator, "user-42", &path).await["data"]["id"], json!(id));
    assert!(get(&emulator, "v", &path).await.get("data").is_none());
    let grace = emulator.paragon().x_user_id("v");
    let follow = format!("/2/users/{grace}/followed_lists");
    call(&emulator, "v", Method::POST, &follow, json!({ "list_id": id })).await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn a_private_list_does_not_tell_who_is_on_it() {
    let emulator = start().await;
    let grace = emulator.paragon().x_user_id("v");
    let post = emulator.x().post("v", "tea");
    for private in [true, false] {
        let id = list(&emulator, private).await;
        call(&emulator, "user-42", Method::POST, &format!("/2/lists/{id}/members"), json!({ "user_id": grace })).await.ok();
        let listed_count = if private { 0 } else { 1 };
        for (user, sees) in [("user-42", true), ("v", !private)] {
            let memberships = get(&emulator, user, &format!("/2/users/{grace}/list_memberships")).await;
            let ids = memberships["data"].as_array().cloned().unwrap_or_default();
            assert_eq!(ids.iter().any(|list| list["id"] == json!(id)), sees, "{user}: {memberships}");
            let found = get(&emulator, user, &format!("/2/tweets/search/recent?query=list:{id}")).await;
            assert_eq!(found["data"][0]["id"] == json!(post), sees, "{user}: {found}");
            let shown = get(&emulator, user, &format!("/2/users/{grace}?user.fields=public_metrics")).await;
            assert_eq!(shown["data"]["public_metrics"]["listed_count"], listed_count);
        }
    }
}

#[tokio::test]
async fn a_list_is_followed_and_pinned() {
    let emulator = start().await;
    let grace = emulator.paragon().x_user_id("v");
    let id = list(&emulator, false).await;
    for (kind, done) in [("followed_lists", "following"), ("pinned_lists", "pinned")] {
        let path = format!("/2/users/{grace}/{kind}");
        let related = call(&emulator, "v", Method::POST, &path, json!({ "list_id": id })).await.ok();
        assert_eq!(related["data"], json!({ done: true }));
        assert_eq!(get(&emulator, "v", &path).await["data"][0]["id"], json!(id));
        if kind == "followed_lists" {
            assert_eq!(get(&emulator, "user-42", &format!("/2/lists/{id}/followers")).await["data"][0]["id"], json!(grace));
        }
        let ended = call(&emulator, "v", Method::DELETE, &format!("{path}/{id}"), Value::Null).await.ok();
        assert_eq!(ended["data"], json!({ done: false }));
        assert!(get(&emulator, "v", &path).await.get("data").is_none());
    }
}

#[tokio::test]
async fn bookmarks_are_the_callers_own_and_may_be_in_folders() {
    let emulator = start().await;
    let (ada, grace) = (emulator.paragon().x_user_id("user-42"), emulator.paragon().x_user_id("v"));
    let (first, second) = (emulator.x().post("v", "first"), emulator.x().post("v", "second"));
    let bookmarks = format!("/2/users/{ada}/bookmarks");
    let folder = call(&emulator, "user-42", Method::POST, &format!("{bookmarks}/folders"), json!({ "name": "later" })).await;
    assert_eq!(folder.status, 201);
    let folder = folder.json()["data"]["id"].as_str().expect("an id").to_owned();

    let one = call(&emulator, "user-42", Method::POST, &bookmarks, json!({ "tweet_id": first, "folder_id": folder })).await.ok();
    assert_eq!(one, json!({ "data": { "bookmarked": true } }));
    let many = call(&emulator, "user-42", Method::POST, &bookmarks, json!({ "tweet_ids": [second, "1"] })).await.ok();
    assert_eq!(many["data"], json!([{ "tweet_id": second, "bookmarked": true }]));
    assert_eq!(many["errors"][0]["tweet_id"], "1");

    let ids = |page: &Value| {
        page["data"].as_array().map(|items| items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(ids(&get(&emulator, "user-42", &bookmarks).await), [json!(second), json!(first)]);
    assert_eq!(ids(&get(&emulator, "user-42", &format!("{bookmarks}/folders")).await), [json!(folder)]);
    let filed = format!("{bookmarks}/folders/{folder}");
    assert_eq!(ids(&get(&emulator, "user-42", &filed).await), [json!(first)]);
    let metrics = get(&emulator, "v", &format!("/2/tweets/{first}?post.fields=public_metrics")).await;
    assert_eq!(metrics["data"]["public_metrics"]["bookmark_count"], 1);

    call(&emulator, "v", Method::GET, &bookmarks, Value::Null).await.invalid("id");
    call(&emulator, "v", Method::GET, &format!("/2/users/{grace}/bookmarks/folders/{folder}"), Value::Null)
        .await
        .problem(404, "resource-not-found");
    call(&emulator, "user-42", Method::DELETE, &format!("{bookmarks}/{first}"), Value::Null).await.ok();
    assert_eq!(ids(&get(&emulator, "user-42", &bookmarks).await), [json!(second)]);
    assert!(ids(&get(&emulator, "user-42", &filed).await).is_empty());
}
