//! The emulator's own HTTP API, which has the operations of the typed handle.

mod support;

use std::time::Duration;

use paragon_twitter_emulator::Emulator;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use support::{Answer, get, proxy, send, start};

async fn control(emulator: &Emulator, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = Client::new().request(method, format!("{}/_emulator{path}", emulator.url()));
    // No content type is needed, as with `curl -d`.
    send(body.into_iter().fold(request, |request, body| request.body(body.to_string()))).await
}

async fn ask(emulator: &Emulator, path: &str) -> Value {
    control(emulator, Method::GET, path, None).await.ok()
}

#[track_caller]
fn done(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
}

async fn tell(emulator: &Emulator, path: &str, body: Value) -> Value {
    let answer = control(emulator, Method::POST, path, Some(body)).await;
    if answer.status == 204 { Value::Null } else { answer.ok() }
}

/// The message of a refusal.
async fn refused(emulator: &Emulator, path: &str, body: &str, status: u16) -> String {
    let answer = send(Client::new().post(format!("{}/_emulator{path}", emulator.url())).body(body.to_owned())).await;
    assert_eq!(answer.status, status, "{}", answer.text);
    answer.json()["message"].as_str().expect("a message").to_owned()
}

const ME: &str = "/2/users/me";

#[tokio::test]
async fn it_tells_what_there_is() {
    let emulator = start().await;
    let overview = ask(&emulator, "").await;
    assert_eq!((&overview["url"], &overview["x_url"]), (&json!(emulator.url()), &json!(emulator.x_url())));
    assert_eq!(overview["project_id"], emulator.project_id());
    assert_eq!(overview["bearer_token"], emulator.bearer_token());
    assert_eq!(overview["consumer_secret"], emulator.webhooks().consumer_secret());
    let account = &overview["users"][0]["accounts"][0];
    assert_eq!((&account["credential_id"], &account["status"]), (&json!(emulator.paragon().credential_id("user-42")), &json!("VALID")));
    assert_eq!(account["x_user_id"], emulator.paragon().x_user_id("user-42"));
}

#[tokio::test]
async fn the_crates_documentation_names_every_request() {
    let rows: Vec<&str> = include_str!("../src/lib.rs").lines().filter(|line| line.starts_with("//! | `")).collect();
    let overview = ask(&start().await, "").await;
    let links = overview["links"].as_array().expect("links");
    for link in links {
        let start = format!("//! | `{}` |", link.as_str().expect("text"));
        assert!(rows.iter().any(|row| row.starts_with(&start)), "{start}");
    }
    assert_eq!(rows.len(), links.len(), "and none that is not there");
}

#[tokio::test]
async fn a_user_is_connected_posts_and_asks_through_the_proxy() {
    let emulator = start().await;
    let connected = tell(&emulator, "/paragon/users", json!({ "user_id": "v", "name": "Grace", "username": "grace" })).await;
    assert_eq!(
        connected,
        json!({ "credential_id": emulator.paragon().credential_id("v"), "x_user_id": emulator.paragon().x_user_id("v") })
    );
    let id = tell(&emulator, "/x/posts", json!({ "user_id": "v", "text": "Hello" })).await["id"].as_str().expect("an id").to_owned();
    let token = tell(&emulator, "/tokens", json!({ "user_id": "v" })).await["token"].as_str().expect("a token").to_owned();

    let read = async || {
        let request = Client::new().get(format!("{}/2/tweets/{id}", proxy(&emulator))).bearer_auth(&token);
        send(request.header("X-Paragon-Use-Raw-Response", "1")).await
    };
    assert_eq!(read().await.ok()["data"]["text"], "Hello");
    done(&control(&emulator, Method::POST, "/paragon/tokens/expire", Some(json!({ "user_id": "v" }))).await);
    assert!(read().await.paragon(401).contains("expired"));
}

#[tokio::test]
async fn accounts_change_and_go() {
    let emulator = start().await;
    let credential = emulator.paragon().credential_id("user-42");
    let configuration = tell(&emulator, "/paragon/configurations", json!({ "credential_id": credential })).await;
    assert!(configuration["configuration_id"].is_string());

    tell(&emulator, "/paragon/credentials", json!({ "whose": credential, "scopes": ["tweet.read"] })).await;
    get(&emulator, ME).await.problem(403, "about:blank");
    tell(&emulator, "/paragon/credentials", json!({ "whose": "user-42", "status": "INVALID" })).await;
    assert!(get(&emulator, ME).await.paragon(403).contains("INVALID"));
    tell(&emulator, "/paragon/disconnect", json!({ "whose": "user-42" })).await;
    assert!(emulator.paragon().credential_ids("user-42").is_empty());
}

#[tokio::test]
async fn requests_are_shown_and_forgotten_and_its_own_are_not_among_them() {
    let emulator = start().await;
    support::post(&emulator, json!({ "text": "a" })).await;
    let requests = ask(&emulator, "/requests").await;
    assert_eq!(requests["requests"].as_array().map(Vec::len), Some(1));
    let request = &requests["requests"][0];
    assert_eq!((&request["listener"], &request["method"]), (&json!("paragon"), &json!("POST")));
    assert_eq!(request["headers"]["content-type"], "application/json");
    assert_eq!(request["body"], json!({ "text": "a" }));

    let exchange = &ask(&emulator, "/exchanges").await["exchanges"][0];
    assert_eq!((&exchange["status"], &exchange["request"]), (&json!(201), request));
    assert_eq!(exchange["body"]["data"]["text"], "a");
    assert!(exchange["duration_us"].is_u64());

    done(&control(&emulator, Method::DELETE, "/requests", None).await);
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn faults_are_added_listed_and_removed() {
    let emulator = start().await;
    let fault = json!({ "fault": { "error": { "status": 503, "shape": "html" } }, "method": "GET", "path": ME, "times": 2 });
    assert_eq!(tell(&emulator, "/faults", fault).await, json!({ "id": 1 }));
    let answer = get(&emulator, ME).await;
    assert_eq!((answer.status, answer.header("content-type")), (503, "text/html"));
    let one = ask(&emulator, "/faults/1").await;
    assert_eq!((&one["hits"], &one["times"], &one["method"]), (&json!(1), &json!(2), &json!("GET")));
    tell(&emulator, "/faults", json!({ "fault": "reset_after", "skip": 100 })).await;
    assert_eq!(ask(&emulator, "/faults").await["faults"].as_array().map(Vec::len), Some(2));

    done(&control(&emulator, Method::DELETE, "/faults/1", None).await);
    assert_eq!(control(&emulator, Method::DELETE, "/faults/1", None).await.status, 404);
    assert_eq!(control(&emulator, Method::GET, "/faults/x", None).await.status, 404);
    done(&control(&emulator, Method::DELETE, "/faults", None).await);
    assert_eq!(ask(&emulator, "/faults").await, json!({ "faults": [] }));
}

#[tokio::test]
async fn limits_hold_and_the_clock_ends_them() {
    let emulator = start().await;
    tell(&emulator, "/x/limits", json!({ "method": "GET", "path": ME, "requests": 1, "seconds": 60 })).await;
    assert_eq!(get(&emulator, ME).await.header("x-rate-limit-limit"), "1");
    assert_eq!(get(&emulator, ME).await.status, 429);
    tell(&emulator, "/x/clock", json!({ "seconds": 61 })).await;
    assert_eq!(get(&emulator, ME).await.status, 200);
    tell(&emulator, "/x/limits/daily", json!({ "user": 1 })).await;
    assert_eq!(get(&emulator, "/2/tweets/1").await.header("x-user-limit-24hour-remaining"), "0");
    assert_eq!(get(&emulator, "/2/tweets/1").await.status, 429);

    let token = emulator.user_token("user-42");
    tell(&emulator, "/paragon/clock", json!({ "seconds": 3601 })).await;
    send(Client::new().get(format!("{}{ME}", proxy(&emulator))).bearer_auth(token)).await.paragon(401);
}

#[tokio::test]
async fn routes_and_workflows_have_fixed_answers() {
    let emulator = start().await;
    tell(&emulator, "/x/routes", json!({ "method": "GET", "path": "/2/circles/{id}", "status": 202, "body": { "data": 1 } })).await;
    let answer = get(&emulator, "/2/circles/7").await;
    assert_eq!((answer.status, answer.json()), (202, json!({ "data": 1 })));

    tell(&emulator, "/paragon/workflows", json!({ "workflow_id": "w", "body": { "ran": true } })).await;
    let base = format!("{}/projects/{}/sdk", emulator.url(), emulator.project_id());
    let request = |url: String, body: &str| {
        let request = Client::new().post(url).bearer_auth(emulator.user_token("user-42"));
        request.header("Content-Type", "application/json").body(body.to_owned())
    };
    assert_eq!(send(request(format!("{base}/triggers/w"), "{}")).await.ok(), json!({ "ran": true }));
    let run = &ask(&emulator, "/paragon/runs").await["runs"][0];
    assert_eq!((&run["workflow_id"], &run["request"]["body"]), (&json!("w"), &json!({})));

    let events = format!("{}/v2/projects/{}/sdk/events/trigger", emulator.url(), emulator.project_id());
    assert_eq!(send(request(events, r#"{"name": "Signed up", "payload": {"plan": 1}}"#)).await.status, 200);
    let event = json!({ "user_id": "user-42", "name": "Signed up", "payload": { "plan": 1 } });
    assert_eq!(ask(&emulator, "/paragon/events").await, json!({ "events": [event] }));
}

#[tokio::test]
async fn a_reset_leads_back_to_the_start_and_tokens_stay_good() {
    let emulator = Emulator::builder().account("u", "Ada", "ada").rate_limit(2).start().await.expect("a free port");
    let token = emulator.user_token("u");
    let me = async || {
        let request = Client::new().get(format!("{}{ME}", proxy(&emulator))).bearer_auth(&token);
        send(request.header("X-Paragon-Use-Raw-Response", "1")).await
    };
    emulator.paragon().connect("v", "Grace", "grace");
    emulator.faults().add(paragon_twitter_emulator::Fault::status(500));
    emulator.x().set_rate_limit(Method::GET, ME, 1, Duration::from_secs(1));
    emulator.paragon().route("other", Method::GET, "/", |_| json!(1));
    assert_eq!(me().await.status, 500);

    done(&control(&emulator, Method::POST, "/reset", None).await);
    let answer = me().await;
    assert_eq!((answer.status, answer.header("x-rate-limit-limit")), (200, "2"));
    assert_eq!(emulator.requests().len(), 1);
    assert!(emulator.paragon().credential_ids("v").is_empty());
}

#[tokio::test]
async fn a_mistake_is_named() {
    let emulator = start().await;
    for (path, body, status, part) in [
        ("/paragon/users", "", 400, "no body, and needs a JSON object"),
        ("/paragon/users", "{", 400, "not JSON: EOF"),
        ("/paragon/users", "[]", 400, "the body is JSON, and not an object"),
        ("/paragon/users", r#"{"user_id": "", "name": "n", "username": "u"}"#, 400, "the id of a user of Paragon is empty"),
        ("/paragon/users", r#"{"user_id": "u", "name": "n", "username": "far too long a name"}"#, 400, "is no username"),
        ("/x/users", r#"{"name": "n", "username": ""}"#, 400, "is no username"),
        ("/paragon/users", r#"{"user_id": "u"}"#, 400, "missing field `name`"),
        ("/paragon/users", r#"{"user_id": 1}"#, 400, "user_id: invalid type: integer"),
        ("/tokens", r#"{"user_id": "u", "for": 1}"#, 400, "unknown field `for`"),
        ("/tokens", r#"{"user_id": "u"} x"#, 400, "trailing characters"),
        ("/x/posts", r#"{"user_id": "nobody", "text": "a"}"#, 404, "nobody has no connected account"),
        ("/paragon/credentials", r#"{"whose": "user-42", "status": "valid"}"#, 400, "status: unknown variant `valid`"),
        ("/paragon/credentials", r#"{"whose": "nobody", "scopes": []}"#, 404, "nobody"),
        ("/paragon/configurations", r#"{"credential_id": "c"}"#, 404, "c is no credential"),
        ("/faults", r#"{"fault": {"error": {"status": "503"}}}"#, 400, "fault.error.status: invalid type"),
        ("/faults", r#"{"fault": {"error": {"status": 42}}}"#, 400, "42 is no status"),
        ("/faults", r#"{"fault": "explode"}"#, 400, "fault: unknown variant `explode`"),
        ("/faults", r#"{"fault": "wrapped", "probability": 3}"#, 400, "probability"),
        ("/faults", r#"{"fault": "wrapped", "method": "G T"}"#, 400, "method: \"G T\" is not one of GET, HEAD, POST"),
        ("/x/limits", r#"{"method": "GET", "path": "/2/nothing", "requests": 1, "seconds": 1}"#, 404, "GET /2/nothing"),
        ("/faults", r#"{"fault": "wrapped", "path": "2/users/me"}"#, 400, "begin with `/`"),
        ("/x/routes", r#"{"method": "GET", "path": "2/x"}"#, 400, "\"2/x\" is no path: it has to begin with `/`"),
        ("/paragon/credentials", r#"{"whose": "user-42"}"#, 400, "nothing to change"),
        ("/x/limits/daily", r#"{"user": -1}"#, 400, "user: invalid value"),
        ("/x/clock", r#"{"seconds": 0.5}"#, 400, "seconds"),
        ("/x/posts", r#"{"text": "a"}"#, 400, "`x_user_id` (a user of X)"),
        ("/x/posts", r#"{"user_id": "user-42", "x_user_id": "1", "text": "a"}"#, 400, "`user_id` (a user of Paragon)"),
        ("/x/posts", r#"{"x_user_id": "1", "text": "a"}"#, 404, "X has no user 1"),
        ("/paragon/routes", r#"{"method": "GET", "path": "/"}"#, 400, "missing field `integration`"),
        ("/x/routes", r#"{"method": "GET", "path": "/", "status": 100}"#, 400, "status"),
        ("/x/profiles", r#"{"x_user_id": "1", "protectd": true}"#, 400, "unknown field `protectd`"),
        ("/nothing", "", 404, "/_emulator/nothing"),
        ("/requests", "", 405, "POST"),
    ] {
        let message = refused(&emulator, path, body, status).await;
        assert!(message.contains(part), "{path} {body}: {message}");
    }
}

#[tokio::test]
async fn only_pages_and_names_of_this_machine_reach_it() {
    let emulator = start().await;
    let url = format!("{}/_emulator", emulator.url());
    let port = emulator.url().rsplit(':').next().expect("a port").to_owned();
    let asked = async |name: &str, value: String| send(Client::new().get(&url).header(name, value)).await.status;
    assert_eq!(asked("Host", format!("localhost:{port}")).await, 200);
    assert_eq!(asked("Host", "LOCALHOST".to_owned()).await, 200);
    assert_eq!(asked("Origin", "http://localhost:3000".to_owned()).await, 200);
    for host in ["example.com", "localhost.example.com", "127.0.0.1.example.com:80", "127.0.0.1@example.com", "[::1"] {
        assert_eq!(asked("Host", host.to_owned()).await, 403, "{host}");
    }
    for origin in ["https://example.com", "null", "http://127.0.0.1.example.com"] {
        assert_eq!(asked("Origin", origin.to_owned()).await, 403, "{origin}");
    }
    // The names matter to the emulator's own API alone: a test calls X and Paragon by any name.
    let request = support::as_user(&emulator, "user-42", Method::GET, ME).header("Host", "proxy.useparagon.com");
    assert_eq!(send(request).await.status, 200);
    assert_eq!(send(Client::new().get(format!("{}/_emulator", emulator.x_url()))).await.status, 401, "X has no such path");
}

#[tokio::test]
#[should_panic(expected = "no GET /2/nothing")]
async fn a_limit_of_what_is_not_there_fails_the_test_that_asks() {
    start().await.x().set_rate_limit(Method::GET, "/2/nothing", 1, Duration::from_secs(1));
}
