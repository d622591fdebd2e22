//! Compliance jobs: from ids to the deleted ones among them.

mod support;

use std::time::Duration;

use paragon_twitter_emulator::Emulator;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use support::{Answer, as_app, as_user, delete, send, start};

const JOBS: &str = "/2/compliance/jobs";

async fn create(emulator: &Emulator, body: Value) -> Value {
    let request = as_app(emulator, Method::POST, JOBS).header("Content-Type", "application/json");
    send(request.body(body.to_string())).await.ok()["data"].clone()
}

async fn get(emulator: &Emulator, path: &str) -> Answer {
    send(as_app(emulator, Method::GET, path)).await
}

fn path(job: &Value) -> String {
    format!("{JOBS}/{}", job["id"].as_str().expect("an id"))
}

/// Calls a URL as the job gave it.
async fn call(emulator: &Emulator, method: Method, url: &Value, body: impl ToString) -> Answer {
    let request = Client::new().request(method, url.as_str().expect("a URL")).bearer_auth(emulator.bearer_token());
    send(request.header("Content-Type", "application/octet-stream").body(body.to_string())).await
}

async fn upload(emulator: &Emulator, job: &Value, body: impl ToString) -> Answer {
    call(emulator, Method::PUT, &job["upload_url"], body).await
}

/// Returns the results of a job.
async fn results(emulator: &Emulator, kind: &str, ids: &[&str]) -> Vec<Value> {
    let job = create(emulator, json!({ "type": kind })).await;
    upload(emulator, &job, ids.join("\n")).await.ok();
    get(emulator, &path(&job)).await.ok();
    let file = call(emulator, Method::GET, &job["download_url"], "").await;
    assert_eq!((file.status, file.header("content-type")), (200, "application/octet-stream"));
    file.text.lines().map(|line| serde_json::from_str(line).expect("JSON on each line")).collect()
}

#[tokio::test]
async fn a_job_goes_from_created_by_in_progress_to_complete() {
    let emulator = start().await;
    let job = create(&emulator, json!({ "type": "tweets", "name": "mine" })).await;
    assert_eq!((&job["status"], &job["type"], &job["name"]), (&json!("created"), &json!("tweets"), &json!("mine")));
    assert_eq!(get(&emulator, &path(&job)).await.ok()["data"], job);
    call(&emulator, Method::GET, &job["download_url"], "").await.problem(404, "about:blank");

    assert_eq!(upload(&emulator, &job, "1\n2\n").await.ok()["data"]["status"], "in_progress");
    for status in ["in_progress", "complete", "complete"] {
        assert_eq!(get(&emulator, &path(&job)).await.ok()["data"]["status"], status);
    }
    assert_eq!(upload(&emulator, &job, "3").await.problem(400, "about:blank")["status"], 400);
    assert_eq!(call(&emulator, Method::GET, &job["download_url"], "").await.text, "");
}

#[tokio::test]
async fn of_posts_those_that_were_deleted_are_gone() {
    let emulator = start().await;
    let (kept, gone) = (emulator.x().post("user-42", "kept"), emulator.x().post("user-42", "gone"));
    delete(&emulator, &format!("/2/tweets/{gone}")).await.ok();
    let results = results(&emulator, "tweets", &[&kept, &gone, ""]).await;
    assert_eq!(results.len(), 1, "{results:?}");
    assert_eq!((&results[0]["id"], &results[0]["action"], &results[0]["reason"]), (&json!(gone), &json!("delete"), &json!("deleted")));
}

#[tokio::test]
async fn of_users_those_that_nobody_knows_are_gone() {
    let emulator = start().await;
    let results = results(&emulator, "users", &[&emulator.paragon().x_user_id("user-42"), "12"]).await;
    assert_eq!(results.iter().map(|line| &line["id"]).collect::<Vec<_>>(), ["12"]);
}

#[tokio::test]
async fn a_file_that_has_something_else_than_ids_fails_the_job() {
    let emulator = start().await;
    for file in ["id\n1", "1,2", "-1", "99999999999999999999999"] {
        let job = create(&emulator, json!({ "type": "users" })).await;
        assert_eq!(upload(&emulator, &job, file).await.ok()["data"]["status"], "in_progress");
        get(&emulator, &path(&job)).await.ok();
        assert_eq!(get(&emulator, &path(&job)).await.ok()["data"]["status"], "failed", "{file}");
        call(&emulator, Method::GET, &job["download_url"], "").await.problem(404, "about:blank");
    }
}

#[tokio::test]
async fn jobs_are_listed_by_type_and_status_until_they_are_deleted() {
    let emulator = start().await;
    let posts = create(&emulator, json!({ "type": "tweets" })).await;
    let users = create(&emulator, json!({ "type": "users", "resumable": true })).await;
    let list = async |query: &str| get(&emulator, &format!("{JOBS}?{query}")).await.ok();
    assert_eq!(list("type=users").await, json!({ "data": [users], "meta": { "result_count": 1 } }));
    assert_eq!(list("type=tweets&status=complete").await, json!({ "meta": { "result_count": 0 } }));

    let complete = upload(&emulator, &posts, "1").await.ok();
    assert_eq!(list("type=tweets&status=in_progress").await["data"], json!([complete["data"]]));
    assert_eq!(list("type=tweets&status=complete").await["meta"]["result_count"], 1);

    assert_eq!(send(as_app(&emulator, Method::DELETE, &path(&users))).await.ok()["data"], users);
    assert_eq!(list("type=users").await["meta"]["result_count"], 0);
    for method in [Method::GET, Method::DELETE] {
        send(as_app(&emulator, method, &path(&users))).await.problem(404, "resource-not-found");
    }
    upload(&emulator, &users, "1").await.problem(404, "resource-not-found");
}

#[tokio::test]
async fn the_urls_of_a_job_have_a_token_and_end() {
    let emulator = start().await;
    let job = create(&emulator, json!({ "type": "tweets" })).await;
    let late = create(&emulator, json!({ "type": "tweets" })).await;
    let (_, token) = late["upload_url"].as_str().and_then(|url| url.split_once("?token=")).expect("a token");
    let with_that = format!("{}{}/upload?token={token}", emulator.x_url(), path(&job));
    call(&emulator, Method::PUT, &with_that.into(), "1").await.problem(403, "about:blank");

    upload(&emulator, &job, "1").await.ok();
    get(&emulator, &path(&job)).await.ok();
    emulator.x().advance(Duration::from_secs(15 * 60));
    upload(&emulator, &late, "1").await.problem(403, "about:blank");
    assert_eq!(call(&emulator, Method::GET, &job["download_url"], "").await.status, 200);
    emulator.x().advance(Duration::from_secs(7 * 24 * 60 * 60));
    call(&emulator, Method::GET, &job["download_url"], "").await.problem(403, "about:blank");
}

#[tokio::test]
async fn jobs_are_the_apps_alone() {
    let emulator = start().await;
    let listed = send(as_user(&emulator, "user-42", Method::GET, &format!("{JOBS}?type=tweets"))).await;
    listed.problem(403, "unsupported-authentication");
}
