//! A server that webhooks lead to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Only to fail instead of hanging: nothing takes that long.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a receiver answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// What X wants: the token to a check, 200 to a document.
    Right,
    Text(u16, String),
    /// Nothing, until it is allowed to go on; then what is right.
    Wait,
    /// The connection ends without an answer.
    HangUp,
}

#[derive(Debug, Clone)]
pub struct Received {
    pub method: Method,
    /// With the query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// Runs until it is dropped.
pub struct Receiver {
    pub url: String,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    secret: String,
    replies: Mutex<(Reply, Reply)>,
    received: watch::Sender<Vec<Received>>,
    go: watch::Sender<bool>,
    /// How many clients have not waited for their answer.
    left: watch::Sender<usize>,
}

fn sign(secret: &str, content: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", STANDARD.encode(hmac::sign(&key, content).as_ref()))
}

impl Receiver {
    /// One that knows a consumer secret and does what is right.
    pub async fn start(secret: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared {
            secret: secret.to_owned(),
            replies: Mutex::new((Reply::Right, Reply::Right)),
            received: watch::Sender::default(),
            go: watch::Sender::new(false),
            left: watch::Sender::default(),
        });
        let mut server = JoinSet::new();
        let answering = Arc::clone(&shared);
        server.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let shared = Arc::clone(&answering);
                let service = service_fn(move |request| answer(Arc::clone(&shared), request));
                // An error is that of a reply or of a client that has gone.
                connections.spawn(async move { drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await) });
            }
        });
        Self { url, shared, _server: server }
    }

    /// What it answers to checks from now on.
    pub fn answer_checks(&self, reply: Reply) {
        self.shared.replies.lock().expect("no panic").0 = reply;
    }

    /// What it answers to documents from now on.
    pub fn answer_documents(&self, reply: Reply) {
        self.shared.replies.lock().expect("no panic").1 = reply;
    }

    /// Lets those go on who wait.
    pub fn go_on(&self) {
        self.shared.go.send_replace(true);
    }

    /// All requests so far, with a look at the signatures.
    pub fn received(&self, method: &Method) -> Vec<Received> {
        let all = self.shared.received.borrow().clone();
        let of_method: Vec<Received> = all.into_iter().filter(|received| received.method == *method).collect();
        for received in of_method.iter().filter(|received| received.method == Method::POST) {
            assert_eq!(received.headers["content-type"], "application/json");
            assert_eq!(received.headers["x-twitter-webhooks-signature"], sign(&self.shared.secret, &received.body));
        }
        of_method
    }

    pub fn documents(&self) -> Vec<Value> {
        self.received(&Method::POST).iter().map(Received::json).collect()
    }

    /// Waits until so many requests have come.
    pub async fn has_received(&self, method: &Method, requests: usize) {
        let mut received = self.shared.received.subscribe();
        let count = |received: &Vec<Received>| received.iter().filter(|received| received.method == *method).count();
        let enough = received.wait_for(|received| count(received) >= requests);
        tokio::time::timeout(PATIENCE, enough).await.expect("requests in time").expect("a sender");
    }

    /// Waits until so many clients have left without their answers.
    pub async fn is_left(&self, clients: usize) {
        let mut left = self.shared.left.subscribe();
        tokio::time::timeout(PATIENCE, left.wait_for(|left| *left >= clients)).await.expect("an end in time").expect("a sender");
    }
}

/// Counts a client that leaves, unless it is told that the client did not.
struct Waiting<'a>(Option<&'a Shared>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(shared) = self.0 {
            shared.left.send_modify(|left| *left += 1);
        }
    }
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, &'static str> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let path = parts.uri.path_and_query().expect("a path").to_string();
    let is_check = parts.method == Method::GET;
    let received = Received { method: parts.method, path: path.clone(), headers: parts.headers, body };
    shared.received.send_modify(|all| all.push(received));
    let reply = {
        let replies = shared.replies.lock().expect("no panic");
        if is_check { replies.0.clone() } else { replies.1.clone() }
    };
    let (status, text) = match reply {
        Reply::Text(status, text) => (status, text),
        Reply::HangUp => return Err("hangs up"),
        Reply::Right | Reply::Wait => {
            if matches!(reply, Reply::Wait) {
                let mut waiting = Waiting(Some(&shared));
                shared.go.subscribe().wait_for(|go| *go).await.expect("a sender");
                waiting.0 = None;
            }
            let token = path.split(['?', '&']).find_map(|pair| pair.strip_prefix("crc_token=")).unwrap_or_default();
            (200, if is_check { json!({ "response_token": sign(&shared.secret, token.as_bytes()) }).to_string() } else { String::new() })
        }
    };
    Ok(Response::builder().status(status).header("location", "/elsewhere").body(Full::from(text)).expect("an answer"))
}
