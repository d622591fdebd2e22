//! A small HTTP client, and the two ways to X.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod receiver;

use paragon_twitter_emulator::Emulator;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// The body, after a look at the status and at the name of X's problem.
    #[track_caller]
    pub fn problem(self, status: u16, name: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        let problem = body["type"].as_str().expect("a type");
        assert_eq!(problem.rsplit('/').next(), Some(name), "{}", self.text);
        body
    }

    /// The messages of a 400, all in one.
    #[track_caller]
    pub fn invalid(self, parameter: &str) -> String {
        let body = self.problem(400, "invalid-request");
        let errors = body["errors"].as_array().expect("errors");
        assert!(errors.iter().any(|error| error["parameters"].get(parameter).is_some()), "{body}");
        body["errors"].to_string()
    }

    /// The message of an error of Paragon's own.
    #[track_caller]
    pub fn paragon(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        let body = self.json();
        assert_eq!(body["status"], status);
        assert!(body["code"].is_string(), "{body}");
        assert!(body.get("meta").is_none(), "{body}");
        body["message"].as_str().expect("a message").to_owned()
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.expect("a body");
    Answer { status: StatusCode::as_u16(&status), headers, text }
}

/// Everything up to the path of X.
pub fn proxy(emulator: &Emulator) -> String {
    format!("{}/projects/{}/sdk/proxy/twitter", emulator.url(), emulator.project_id())
}

pub fn as_user(emulator: &Emulator, user: &str, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", proxy(emulator));
    reqwest::Client::new().request(method, url).bearer_auth(emulator.user_token(user)).header("X-Paragon-Use-Raw-Response", "1")
}

pub fn as_app(emulator: &Emulator, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", emulator.x_url());
    reqwest::Client::new().request(method, url).bearer_auth(emulator.bearer_token())
}

/// Directly, with the access token of a user's account.
pub fn as_account(emulator: &Emulator, user: &str, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", emulator.x_url());
    reqwest::Client::new().request(method, url).bearer_auth(emulator.paragon().access_token(user))
}

pub async fn get(emulator: &Emulator, path: &str) -> Answer {
    send(as_user(emulator, "user-42", Method::GET, path)).await
}

pub async fn post(emulator: &Emulator, body: impl ToString) -> Answer {
    let request = as_user(emulator, "user-42", Method::POST, "/2/tweets");
    send(request.header("Content-Type", "application/json").body(body.to_string())).await
}

pub async fn delete(emulator: &Emulator, path: &str) -> Answer {
    send(as_user(emulator, "user-42", Method::DELETE, path)).await
}

pub async fn start() -> Emulator {
    Emulator::start().await.expect("a free port")
}

pub fn ids(page: &Value) -> Vec<String> {
    let items = page["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

pub fn timeline(emulator: &Emulator, query: &str) -> String {
    format!("/2/users/{}/tweets{query}", emulator.paragon().x_user_id("user-42"))
}

/// An emulator with so many posts of Ada's, and their ids, the newest first.
pub async fn with_posts(count: usize) -> (Emulator, Vec<String>) {
    let emulator = start().await;
    let mut ids: Vec<String> = (0..count).map(|number| emulator.x().post("user-42", &format!("post {number}"))).collect();
    ids.reverse();
    (emulator, ids)
}
