//! Other transports under the client, and layers between the client and the network.

use std::error::Error as _;
use std::io;
use std::sync::{Arc, Mutex};

use http::{HeaderValue, Response};
use paragon_twitter::transport::{self, Body, CallInfo, Canned, HttpClient, Transport, TransportError, reqwest_0_13, tower_service_0_3};
use paragon_twitter::{Error, ErrorKind, Method, Paragon, Retry, Twitter};
use paragon_twitter_emulator::Emulator;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tower::{BoxError, ServiceBuilder};

fn canned(canned: &Canned) -> Twitter {
    Paragon::canned(canned).user("user-42").twitter()
}

fn over(transport: impl Transport) -> Twitter {
    let builder = Paragon::builder("project").user_token("a.b.c").retry(Retry::none());
    builder.transport(transport).build().expect("a client").user("user-42").twitter()
}

/// What the error behind an error says.
fn cause(error: &Error) -> String {
    error.source().expect("a cause").to_string()
}

fn user(id: &str) -> serde_json::Value {
    json!({"id": id, "name": "Ada", "username": "ada"})
}

#[tokio::test]
async fn canned_pages_are_walked_and_the_requests_can_be_looked_at() {
    let transport = Canned::new();
    let path = "/2/users/{id}/tweets";
    transport.on(Method::GET, path).reply(json!({"data": [{"id": "1", "text": "a"}], "meta": {"next_token": "t2"}}));
    transport.on(Method::GET, path).reply(json!({"data": [{"id": "2", "text": "b"}]}));
    let mut items = canned(&transport).users().posts("12").max_results(5).items();
    let mut texts = Vec::new();
    while let Some(item) = items.next().await {
        texts.push(item.expect("a post").text.clone());
    }
    assert_eq!(texts, ["a", "b"]);
    let [first, second] = transport.requests().try_into().expect("two requests");
    assert_eq!((first.path(), first.query_value("pagination_token")), ("/2/users/12/tweets", None));
    assert_eq!((second.query_value("max_results"), second.query_value("pagination_token")), (Some("5"), Some("t2")));
    let call = second.call_info().expect("a call of the client");
    assert_eq!((call.path_template(), call.integration(), call.user()), (path, "twitter", Some("user-42")));
    transport.assert_done();
}

#[tokio::test]
async fn canned_failures_are_errors_as_those_of_x_are() {
    let transport = Canned::new();
    let post = || canned(&transport).posts().create().text("Hello World!");
    transport
        .on(Method::POST, "/2/tweets")
        .status(429)
        .header("x-rate-limit-limit", "50")
        .header("x-rate-limit-remaining", "0")
        .header("x-rate-limit-reset", "9999999999")
        .reply(json!({"title": "Too Many Requests", "status": 429}));
    let limited = post().await.expect_err("a 429");
    assert!(limited.is_rate_limited() && limited.rate_limit().is_some_and(|limit| limit.limit == 50), "{limited}");

    transport.on(Method::POST, "/2/tweets").fail(TransportError::unsent(io::Error::from(io::ErrorKind::ConnectionRefused)));
    let unsent = post().await.expect_err("no connection");
    assert!(unsent.is_unsent() && unsent.to_string().ends_with("no connection to proxy.useparagon.com"), "{unsent}");
    assert_eq!(cause(&unsent), "connection refused");

    let unset = post().await.expect_err("no response");
    assert_eq!((unset.kind(), unset.is_retryable()), (ErrorKind::Request, false));
    assert!(unset.to_string().ends_with("the transport refuses the request"), "{unset}");
    assert!(cause(&unset).starts_with("no response is set for POST /2/tweets"), "{unset:?}");
    assert_eq!(transport.requests()[2].json(), Some(json!({"text": "Hello World!"})));
}

#[tokio::test]
async fn a_canned_failure_that_passes_is_tried_again() {
    let transport = Canned::new();
    transport.on(Method::GET, "/2/users/me").status(503).body("down");
    transport.on(Method::GET, "/2/users/me").fail(TransportError::broken("reset"));
    transport.on(Method::GET, "/2/users/me").reply(json!({"data": user("12")}));
    let builder = Paragon::builder("project").user_token("a.b.c").retry(Retry::attempts(3).pause(std::time::Duration::ZERO));
    let twitter = builder.transport(transport.clone()).build().expect("a client").user("user-42").twitter();
    assert_eq!(twitter.users().me().await.expect("me").data.id, "12");
    let attempts: Vec<_> = transport.requests().iter().map(|request| request.call_info().map(CallInfo::attempt)).collect();
    assert_eq!(attempts, [Some(1), Some(2), Some(3)]);
}

#[tokio::test]
async fn a_canned_stream_is_read_document_by_document_as_the_app() {
    let transport = Canned::new();
    let halves = ["{\"data\":{\"id\":\"1\",\"text\":\"a\"}}\r\n\r\n{\"data\":{\"id\"", ":\"2\",\"text\":\"b\"}}\r\n"];
    transport.on(Method::GET, "/2/tweets/sample/stream").chunks(halves);
    let mut events = canned(&transport).streams().sample().connect().await.expect("a stream");
    for id in ["1", "2"] {
        assert_eq!(events.next().await.expect("a document").expect("a post").data.id, id);
    }
    assert!(events.next().await.is_none());
    let request = &transport.requests()[0];
    assert_eq!(request.call_info().expect("a call of the client").user(), None);
    assert_eq!(request.headers()["authorization"], "Bearer app-only-token");
    assert!(!format!("{request:?} {transport:?}").contains("app-only-token"));
}

#[tokio::test]
async fn layers_of_tower_stand_between_the_client_and_the_network() {
    let emulator = Emulator::start().await.expect("a loopback port");
    let stack = ServiceBuilder::new()
        .concurrency_limit(2)
        .map_request(|mut request: http::Request<Body>| {
            request.headers_mut().insert("x-team", HeaderValue::from_static("growth"));
            request
        })
        .map_err(BoxError::from)
        .service(HttpClient::new().expect("a client"));
    let paragon = Paragon::builder(emulator.project_id())
        .signing_key_pem(emulator.signing_key_pem())
        .expect("the emulator's key")
        .proxy_url(emulator.url())
        .transport(tower_service_0_3::from_service(stack))
        .build()
        .expect("a client");
    let twitter = paragon.user(paragon_twitter_emulator::DEFAULT_USER_ID).twitter();
    let posted = twitter.posts().create().text("Hello World!").await.expect("a post");
    assert_eq!(posted.data.text, "Hello World!");
    let requests = emulator.requests();
    assert_eq!((requests.len(), requests[0].header("x-team")), (1, Some("growth")));
}

#[tokio::test]
async fn layers_do_not_hide_that_nothing_was_sent() {
    // Nothing listens at port 1, and no test is ever given it.
    let stack = ServiceBuilder::new().concurrency_limit(1).map_err(BoxError::from).service(HttpClient::new().expect("a client"));
    let builder = Paragon::builder("project").user_token("a.b.c").proxy_url("http://127.0.0.1:1").retry(Retry::none());
    let paragon = builder.transport(tower_service_0_3::from_service(stack)).build().expect("a client");
    let error = paragon.user("user-42").twitter().posts().create().text("Hello").await.expect_err("no connection");
    assert!(error.is_unsent() && error.kind() == ErrorKind::Connect, "{error}");

    let broken = tower::service_fn(async |_: http::Request<Body>| Err::<Response<Body>, _>(io::Error::other("the service is broken")));
    let error = over(tower_service_0_3::from_service(broken)).users().me().await.expect_err("broken");
    assert!(!error.is_unsent(), "{error}");
    assert_eq!(cause(&error), "the service is broken");
}

#[tokio::test]
async fn a_service_that_is_never_ready_has_sent_nothing() {
    let closed = tower::service_fn(async |_: http::Request<Body>| Ok::<_, BoxError>(Response::new(Body::empty())));
    let (closed, worker) = tower::buffer::Buffer::pair(closed, 1);
    drop(worker);
    let error = over(tower_service_0_3::from_service(closed)).posts().create().text("Hello").await.expect_err("closed");
    assert!(error.is_unsent() && error.kind() == ErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn a_function_can_watch_the_calls() {
    let inner = Canned::new();
    inner.on(Method::GET, "/2/users/{id}").reply(json!({"data": user("12")}));
    let (seen, book) = (Arc::new(Mutex::new(Vec::new())), inner.clone());
    let log = seen.clone();
    let twitter = over(transport::from_fn(move |request| {
        let call = request.extensions().get::<CallInfo>().expect("a call of the client");
        log.lock().expect("no panic").push(format!("{} {}, attempt {}", request.method(), call.path_template(), call.attempt()));
        inner.send(request)
    }));
    twitter.users().get("12").await.expect("a user");
    assert_eq!(*seen.lock().expect("no panic"), ["GET /2/users/{id}, attempt 1"]);
    book.assert_done();
}

#[tokio::test]
async fn a_redirect_that_a_client_of_one_s_own_has_followed_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let location = format!("{url}/elsewhere");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let length = socket.read(&mut request).await.unwrap_or_default();
            let (status, body) =
                if request[..length].starts_with(b"GET /elsewhere") { ("200 OK", "{}") } else { ("307 Temporary Redirect", "") };
            let length = body.len();
            let answer =
                format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    let builder = || Paragon::builder("project").user_token("a.b.c").proxy_url(&url);
    let me = async |http: HttpClient| {
        let twitter = builder().transport(http).build().expect("a client").user("user-42").twitter();
        twitter.users().me().await.expect_err("a redirect")
    };
    let settings = || reqwest::Client::builder().no_proxy();
    let followed = me(reqwest_0_13::from_client(settings().build().expect("a client"))).await;
    assert_eq!((followed.kind(), followed.is_unsent(), followed.is_retryable()), (ErrorKind::Config, false, false));
    assert!(followed.to_string().contains("followed a redirect to 127.0.0.1"), "{followed}");

    let refused = me(reqwest_0_13::from_builder(settings()).expect("settings that work")).await;
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(307), "{refused}");
}
