//! A server that webhooks lead to.

use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paragon_twitter_test_support::{Gate, Reply, Request, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// The behavior of a receiver on a request.
#[derive(Debug, Clone)]
pub enum Behavior {
    /// The right answer for X: the token to a check, 200 to a document.
    Right,
    Text(u16, String),
    /// Waits until it is allowed to go on, and then gives the right answer.
    Wait,
    /// The connection ends without an answer.
    HangUp,
}

/// Runs until it is dropped.
pub struct Receiver {
    pub url: String,
    server: Server,
    secret: String,
    /// To checks, and to documents.
    behavior: Arc<Mutex<(Behavior, Behavior)>>,
    gate: Gate,
}

fn sign(secret: &str, content: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", STANDARD.encode(hmac::sign(&key, content).as_ref()))
}

impl Receiver {
    /// Starts a receiver that knows a consumer secret and gives the right answers.
    pub fn start(secret: &str) -> Self {
        let behavior = Arc::new(Mutex::new((Behavior::Right, Behavior::Right)));
        let gate = Gate::default();
        let (own_secret, own_behavior, own_gate) = (secret.to_owned(), Arc::clone(&behavior), gate.clone());
        let server = Server::answering(move |request| {
            let behavior = own_behavior.lock().expect("no panic");
            let is_check = request.method == "GET";
            reply(&own_secret, request, is_check, if is_check { &behavior.0 } else { &behavior.1 }, &own_gate)
        });
        Self { url: format!("{}/hook", server.url()), server, secret: secret.to_owned(), behavior, gate }
    }

    /// Sets the behavior on checks from now on.
    pub fn answer_checks(&self, behavior: Behavior) {
        self.behavior.lock().expect("no panic").0 = behavior;
    }

    /// Sets the behavior on documents from now on.
    pub fn answer_documents(&self, behavior: Behavior) {
        self.behavior.lock().expect("no panic").1 = behavior;
    }

    /// Lets those go on who wait.
    pub fn go_on(&self) {
        self.gate.open();
    }

    /// All requests so far, with a look at the signatures.
    pub fn received(&self, method: &Method) -> Vec<Request> {
        let mut requests = self.server.requests();
        requests.retain(|request| request.method == method.as_str());
        for request in requests.iter().filter(|request| request.method == "POST") {
            assert_eq!(request.header("content-type"), Some("application/json"));
            assert_eq!(request.header("x-twitter-webhooks-signature"), Some(sign(&self.secret, &request.body).as_str()));
        }
        requests
    }

    pub fn documents(&self) -> Vec<Value> {
        self.received(&Method::POST).iter().map(|request| serde_json::from_slice(&request.body).expect("JSON")).collect()
    }

    /// Waits until so many requests have come.
    pub async fn has_received(&self, method: &Method, requests: usize) {
        let method = method.to_string();
        self.server.received(requests, move |request| request.method == method).await;
    }

    /// Waits until so many clients have left without their answers.
    pub async fn is_left(&self, clients: usize) {
        self.server.left(clients).await;
    }
}

fn reply(secret: &str, request: &Request, is_check: bool, behavior: &Behavior, gate: &Gate) -> Reply {
    let reply = match behavior {
        Behavior::Text(status, text) => Reply::new(*status, "text/plain", text),
        Behavior::HangUp => return Reply::hang_up(),
        Behavior::Right | Behavior::Wait => {
            let token = request.path.split(['?', '&']).find_map(|pair| pair.strip_prefix("crc_token=")).unwrap_or_default();
            let right = json!({ "response_token": sign(secret, token.as_bytes()) }).to_string();
            Reply::new(200, "application/json", if is_check { &right } else { "" })
        }
    };
    let reply = reply.header("location: /elsewhere");
    if matches!(behavior, Behavior::Wait) { reply.behind(gate) } else { reply }
}
