//! App Events and workflows: recorded, and answered as a test says.

mod support;

use bytes::Bytes;
use paragon_twitter_emulator::{DEFAULT_USER_ID, Emulator};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use support::{Answer, send, start};

fn post(emulator: &Emulator, path: &str, body: &Value) -> RequestBuilder {
    let url = format!("{}{path}", emulator.url());
    let request = Client::new().post(url).bearer_auth(emulator.user_token(DEFAULT_USER_ID));
    request.header("Content-Type", "application/json").body(body.to_string())
}

fn event(emulator: &Emulator, body: &Value) -> RequestBuilder {
    post(emulator, &format!("/v2/projects/{}/sdk/events/trigger", emulator.project_id()), body)
}

fn trigger(emulator: &Emulator, workflow: &str, body: &Value) -> RequestBuilder {
    post(emulator, &format!("/projects/{}/sdk/triggers/{workflow}", emulator.project_id()), body)
}

#[track_caller]
fn empty(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}

#[tokio::test]
async fn app_events_are_recorded_and_answered_with_nothing() {
    let emulator = start().await;
    let credential = emulator.paragon().credential_id(DEFAULT_USER_ID);
    let body = json!({ "name": "Post published", "payload": { "id": "1", "tags": ["a"] } });
    empty(&send(event(&emulator, &body).header("X-Paragon-Credential", &credential)).await);
    empty(&send(event(&emulator, &json!({ "name": "Ping" }))).await);

    let events = emulator.paragon().events();
    assert_eq!(events.len(), 2);
    assert_eq!((events[0].user_id.as_str(), events[0].name.as_str()), (DEFAULT_USER_ID, "Post published"));
    assert_eq!(events[0].payload, body["payload"]);
    assert_eq!(events[0].request.header("x-paragon-credential"), Some(credential.as_str()));
    assert_eq!((events[1].name.as_str(), &events[1].payload), ("Ping", &Value::Null));
}

#[tokio::test]
async fn an_event_that_is_refused_is_not_recorded() {
    let emulator = start().await;
    let wrong = |answer: &Answer| {
        assert_eq!(answer.status, 400);
        let error = answer.json();
        let nodes = error["message"].as_array().expect("nodes");
        nodes.iter().map(|node| node["property"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(wrong(&send(event(&emulator, &json!({ "name": "", "payload": [] }))).await), ["name", "payload"]);
    assert_eq!(wrong(&send(event(&emulator, &json!({ "payload": {} }))).await), ["name"]);
    let named = || event(&emulator, &json!({ "name": "a" }));
    send(named().header("X-Paragon-Credential", "nonsense")).await.paragon(403);
    send(named().header("X-Paragon-Configuration-Id", "nonsense")).await.paragon(400);
    let unsigned = Client::new().post(format!("{}/v2/projects/{}/sdk/events/trigger", emulator.url(), emulator.project_id()));
    send(unsigned).await.paragon(401);
    assert!(emulator.paragon().events().is_empty());
}

#[tokio::test]
async fn a_workflow_answers_what_a_test_says() {
    let emulator = start().await;
    empty(&send(trigger(&emulator, "unknown", &json!({}))).await);

    emulator.paragon().workflow("echo", |run| json!({ "received": run.json(), "path": run.path, "extra": run.header("x-extra") }));
    let answer = send(trigger(&emulator, "echo?a=1", &json!({ "b": 2 })).header("X-Extra", "3")).await.ok();
    assert_eq!((&answer["received"], &answer["extra"]), (&json!({ "b": 2 }), &json!("3")));
    assert!(answer["path"].as_str().is_some_and(|path| path.ends_with("/triggers/echo?a=1")));

    emulator.paragon().workflow("status", |_| (StatusCode::IM_A_TEAPOT, json!([1])));
    let answer = send(trigger(&emulator, "status", &json!({}))).await;
    assert_eq!((answer.status, answer.json()), (418, json!([1])));
    emulator.paragon().workflow("status", |_| StatusCode::NO_CONTENT);
    assert_eq!(send(trigger(&emulator, "status", &json!({}))).await.status, 204);
    emulator.paragon().workflow("status", |_| Bytes::from_static(b"plain"));
    assert_eq!(send(trigger(&emulator, "status", &json!({}))).await.text, "plain");

    let ran: Vec<_> = emulator.paragon().workflow_runs().into_iter().map(|run| run.workflow_id).collect();
    assert_eq!(ran, ["unknown", "echo", "status", "status", "status"]);
}

#[tokio::test]
async fn a_run_is_recorded_with_its_user_query_headers_and_body() {
    let emulator = start().await;
    send(trigger(&emulator, "a%20b?c=d", &json!({ "e": 1 })).header("X-Extra", "f")).await;
    let [run] = &*emulator.paragon().workflow_runs() else { panic!("one run") };
    assert_eq!((run.user_id.as_str(), run.workflow_id.as_str()), (DEFAULT_USER_ID, "a b"));
    assert!(run.request.path.ends_with("?c=d"));
    assert_eq!((run.request.json(), run.request.header("x-extra")), (Some(json!({ "e": 1 })), Some("f")));
}

#[tokio::test]
async fn a_workflow_that_is_refused_does_not_run() {
    let emulator = start().await;
    emulator.paragon().workflow("w", |_| json!({}));
    let run = || trigger(&emulator, "w", &json!({}));
    send(run().header("X-Paragon-Credential", "nonsense")).await.paragon(403);
    send(run().header("X-Paragon-Configuration-Id", "nonsense")).await.paragon(400);
    send(run().body("{")).await.paragon(400);
    assert!(emulator.paragon().workflow_runs().is_empty());
    send(run().header("X-Paragon-Credential", emulator.paragon().credential_id(DEFAULT_USER_ID))).await.ok();
    assert_eq!(emulator.paragon().workflow_runs().len(), 1);
}

#[tokio::test]
async fn the_function_of_a_workflow_may_ask_the_emulator() {
    let emulator = std::sync::Arc::new(start().await);
    let inner = std::sync::Arc::downgrade(&emulator);
    emulator.paragon().workflow("count", move |_| json!(inner.upgrade().map(|emulator| emulator.paragon().workflow_runs().len())));
    assert_eq!(send(trigger(&emulator, "count", &json!({}))).await.ok(), json!(1));
}
