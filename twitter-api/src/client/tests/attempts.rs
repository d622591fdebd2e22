//! Calls that are made again. No test waits: the pauses are written down.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use super::*;

/// The pauses that were asked for.
#[derive(Clone, Default)]
struct Pauses(Arc<Mutex<Vec<Duration>>>);

impl Pauses {
    fn in_seconds(&self) -> Vec<u64> {
        self.0.lock().unwrap().iter().map(Duration::as_secs).collect()
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// It is this time for ever.
const NOW: i64 = 1_795_000_000;

/// A client that tries again as if nothing had been set.
fn patient(builder: ParagonBuilder) -> (ParagonUser, Pauses) {
    let pauses = Pauses::default();
    let book = pauses.clone();
    let sleep = move |pause| -> Pin<Box<dyn Future<Output = ()> + Send>> {
        book.0.lock().unwrap().push(pause);
        Box::pin(std::future::ready(()))
    };
    let builder = builder.user_token(TOKEN).bearer_token("AAAA").retry(Retry::default()).sleep(Arc::new(sleep));
    let builder = builder.clock(Arc::new(|| jiff::Timestamp::from_second(NOW).unwrap()));
    (builder.build().unwrap().user("u"), pauses)
}

fn down() -> Reply {
    Reply::new(503, "text/plain", "down")
}

fn hello() -> Planned {
    post(RequestBody::Json(json!({"text": "Hello"})))
}

#[tokio::test]
async fn a_call_that_does_no_harm_twice_is_made_again() {
    let cut = ok(r#"{"da"#).content_length(1000);
    for failure in [down(), Reply::new(500, "text/plain", ""), Reply::hang_up(), cut] {
        let server = Server::start([failure, ok(r#"{"data":1}"#)]);
        let (user, pauses) = patient(at(&server));
        let response = exchange(&user, &get("/2/users/me")).await.unwrap();
        assert_eq!((response.attempts, response.body.as_ref()), (2, br#"{"data":1}"#.as_slice()));
        assert_eq!(server.request().line, server.request().line);
        assert_eq!(pauses.count(), 1);
    }
}

#[tokio::test]
async fn the_last_of_three_attempts_decides() {
    let server = Server::start([down(), down(), Reply::new(502, "text/plain", "still down"), ok("{}")]);
    let (user, pauses) = patient(at(&server));
    let error = body_of(&user, &get("/2/users/me")).await.unwrap_err();
    assert_eq!((error.attempts(), error.status(), pauses.count()), (3, Some(StatusCode::BAD_GATEWAY), 2));
    assert!(error.to_string().starts_with("group.name (GET /2/users/me), tried 3 times: Paragon answered 502"), "{error}");
    assert!(format!("{error:?}").contains("attempts: 3"), "{error:?}");
}

#[tokio::test]
async fn what_may_have_created_something_is_left_at_that() {
    for failure in [down(), Reply::new(500, "text/plain", ""), Reply::hang_up(), ok("{").content_length(1000)] {
        let server = Server::start([failure, ok("{}")]);
        let (user, pauses) = patient(at(&server));
        let error = body_of(&user, &hello()).await.unwrap_err();
        assert_eq!((error.attempts(), pauses.count()), (1, 0), "{error}");
        assert!(!error.to_string().contains("tried"), "{error}");
    }
}

#[tokio::test]
async fn what_the_caller_calls_idempotent_is_made_again_with_its_whole_body() {
    let mut request = hello();
    request.options.idempotent = Some(true);
    let server = Server::start([Reply::hang_up(), ok("{}")]);
    let (user, _) = patient(at(&server));
    body_of(&user, &request).await.unwrap();
    assert_eq!([server.request().body, server.request().body], [br#"{"text":"Hello"}"#, br#"{"text":"Hello"}"#]);

    let mut request = planned(operation(Method::PUT, "/2/x", APP_ONLY));
    request.data.set_body(RequestBody::Multipart(vec![("media".into(), BodyField::Binary(Bytes::from_static(b"\x00picture")))]));
    let server = Server::start([down(), ok("{}")]);
    let (user, _) = patient(at(&server));
    body_of(&user, &request).await.unwrap();
    for _ in 0..2 {
        assert!(server.request().body.windows(8).any(|part| part == b"\x00picture"));
    }

    let mut request = get("/2/x");
    request.options.idempotent = Some(false);
    let server = Server::start([down()]);
    let (user, _) = patient(at(&server));
    assert_eq!(body_of(&user, &request).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn what_was_never_sent_is_tried_again_whatever_it_is() {
    // Nothing listens at port 1, and no test is ever given it.
    let (user, pauses) = patient(Paragon::builder("p").proxy_url("http://127.0.0.1:1").transport(direct()));
    let error = body_of(&user, &hello()).await.unwrap_err();
    assert!(error.is_unsent());
    assert_eq!((error.attempts(), pauses.count()), (3, 2));
}

#[tokio::test]
async fn what_is_refused_before_it_is_sent_is_no_attempt() {
    let server = Server::start([]);
    let (user, pauses) = patient(at(&server));
    let error = body_of(&user, &get("/2/../x")).await.unwrap_err();
    assert_eq!((error.attempts(), pauses.count()), (0, 0), "{error}");
}

fn limited(reset: i64) -> Reply {
    let headers = format!("x-rate-limit-limit: 15\r\nx-rate-limit-remaining: 0\r\nx-rate-limit-reset: {reset}");
    Reply::new(429, "application/json", r#"{"title":"Too Many Requests"}"#).header(&headers)
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_if_there_is_time() {
    let server = Server::start([limited(NOW + 20), ok("{}")]);
    let (user, pauses) = patient(at(&server));
    body_of(&user, &hello()).await.unwrap();
    assert_eq!(pauses.in_seconds(), [20]);

    let server = Server::start([limited(NOW + 900), ok("{}")]);
    let (user, pauses) = patient(at(&server));
    let error = body_of(&user, &hello()).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!((error.attempts(), pauses.count()), (1, 0));

    for timeout in [Duration::from_secs(1000), Duration::MAX] {
        let server = Server::start([limited(NOW + 900), ok("{}")]);
        let (user, pauses) = patient(at(&server));
        let mut request = hello();
        request.options.timeout = Some(timeout);
        body_of(&user, &request).await.unwrap();
        assert_eq!(pauses.in_seconds(), [900]);
    }
}

#[tokio::test]
async fn money_that_is_used_up_is_not_asked_for_again() {
    let server = Server::start([Reply::new(402, "application/json", r#"{"title":"CreditsDepleted"}"#).header("retry-after: 1")]);
    let (user, pauses) = patient(at(&server));
    let error = body_of(&user, &get("/2/x")).await.unwrap_err();
    assert!(error.is_out_of_credits());
    assert_eq!(pauses.count(), 0);
}

#[tokio::test]
async fn the_rule_of_the_call_goes_before_the_client_s() {
    let server = Server::start([down(), down(), down(), down(), ok("{}")]);
    let (user, pauses) = patient(at(&server));
    let mut request = get("/2/x");
    request.options.retry = Some(Retry::attempts(5));
    body_of(&user, &request).await.unwrap();
    assert_eq!(pauses.count(), 4);

    let server = Server::start([down()]);
    let (user, _) = patient(at(&server));
    request.options.retry = Some(Retry::none());
    assert_eq!(body_of(&user, &request).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn one_timeout_is_for_all_attempts() {
    let server = Server::start([down(), Reply::silence()]);
    let (user, _) = patient(at(&server));
    let call = tokio::spawn(async move { body_of(&user, &get("/2/x")).await });
    let second = move || {
        server.request();
        server.request();
        server
    };
    let _open = tokio::task::spawn_blocking(second).await.unwrap();
    let_a_day_pass().await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 2, "{error}");
    assert!(error.to_string().contains("within 30s"), "{error}");
}

#[tokio::test]
async fn of_a_stream_connecting_is_tried_again_and_nothing_else() {
    let mut streaming = operation(Method::GET, "/2/tweets/search/stream", APP_ONLY);
    streaming.streaming = true;
    let request = planned(streaming);
    let server = Server::start([down(), ok("{\"data\":1}\r\n").content_length(1000), ok("{}")]);
    let (user, pauses) = patient(at(&server));
    let mut response = open(&user, &request).await.unwrap();
    assert_eq!(next(&mut response).await.unwrap().unwrap(), "{\"data\":1}\r\n");
    let error = next(&mut response).await.unwrap().unwrap_err();
    assert_eq!((error.attempts(), pauses.count()), (2, 1), "{error}");
    assert!(next(&mut response).await.is_none());
}
