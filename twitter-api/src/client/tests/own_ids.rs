//! Requests with a place for the id of the account that they are made as.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;
use crate::client::handles::Twitter;
use crate::transport::Canned;

const LIKES: &str = "/2/users/{id}/likes";

/// Likes a post as the account of a handle.
async fn like(twitter: &Twitter, options: Options) -> Result<Response<Bytes>> {
    let mut request = planned(operation(Method::POST, LIKES, Auth::USER));
    request.data.use_own_id("id");
    request.data.set_body(RequestBody::Json(json!({"tweet_id": "7"})));
    twitter.caller().exchange(&request.data, &options).await
}

fn me(canned: &Canned, id: &str) {
    canned.on(Method::GET, "/2/users/me").reply(json!({"data": {"id": id, "name": "Ada", "username": "ada"}}));
}

fn liked(canned: &Canned, times: usize) {
    (0..times).for_each(|_| canned.on(Method::POST, LIKES).reply(json!({"data": {"liked": true}})));
}

fn calls(canned: &Canned) -> Vec<String> {
    canned.requests().iter().map(|request| format!("{} {}", request.method(), request.path())).collect()
}

#[tokio::test]
async fn the_own_id_is_found_by_one_call_per_account() {
    let canned = Canned::new();
    let paragon = Paragon::canned(&canned);
    let twitter = paragon.user("u").twitter();
    me(&canned, "12");
    liked(&canned, 4);
    like(&twitter, Options::default()).await.unwrap();
    like(&paragon.user("u").twitter(), Options::default()).await.unwrap();
    me(&canned, "34");
    let second = Options { credential: Some("second".to_owned()), ..Options::default() };
    like(&twitter, second.clone()).await.unwrap();
    like(&paragon.user("u").with_credential("second").twitter(), Options::default()).await.unwrap();
    let expected = [
        "GET /2/users/me",
        "POST /2/users/12/likes",
        "POST /2/users/12/likes",
        "GET /2/users/me",
        "POST /2/users/34/likes",
        "POST /2/users/34/likes",
    ];
    assert_eq!(calls(&canned), expected);
    assert_eq!(canned.requests()[3].headers()["x-paragon-credential"], "second");
    canned.assert_done();
}

#[tokio::test]
async fn an_own_id_that_is_given_is_not_looked_up_but_for_another_account() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter().with_own_id("12");
    liked(&canned, 2);
    like(&twitter, Options::default()).await.unwrap();
    me(&canned, "34");
    like(&twitter, Options { credential: Some("second".to_owned()), ..Options::default() }).await.unwrap();
    assert_eq!(calls(&canned), ["POST /2/users/12/likes", "GET /2/users/me", "POST /2/users/34/likes"]);
}

#[tokio::test]
async fn a_failed_look_up_is_the_error_of_the_call_which_was_not_made() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    canned.on(Method::GET, "/2/users/me").status(503).body("down");
    let error = like(&twitter, Options::default()).await.unwrap_err();
    let expected = "group.name (POST /2/users/{id}/likes): the own id is looked up first, and that failed: users.me (GET /2/users/me): ";
    assert!(error.to_string().starts_with(expected), "{error}");
    assert!(error.is_unsent() && error.is_retryable() && error.status() == Some(StatusCode::SERVICE_UNAVAILABLE));

    canned.on(Method::GET, "/2/users/me").reply(json!({"data": {}}));
    let error = like(&twitter, Options::default()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("`data.id` is missing"), "{error}");
    assert_eq!(calls(&canned), ["GET /2/users/me"; 2]);
}

#[tokio::test]
async fn an_own_id_is_looked_up_again_when_another_account_may_be_connected() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    me(&canned, "12");
    canned.on(Method::POST, LIKES).status(403).reply(json!({"message": "Integration not enabled."}));
    like(&twitter, Options::default()).await.unwrap_err();
    me(&canned, "34");
    liked(&canned, 1);
    like(&twitter, Options::default()).await.unwrap();
    assert_eq!(calls(&canned)[3], "POST /2/users/34/likes");
}

/// X says that the id is not that of the account.
fn foreign(canned: &Canned) {
    let message = "The `id` query parameter value [12] must be the same as the authenticating user [34]";
    canned.on(Method::POST, LIKES).status(400).reply(json!({"errors": [{"message": message}]}));
}

#[tokio::test]
async fn a_call_with_a_kept_own_id_of_another_account_is_made_again_with_the_right_one() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    me(&canned, "12");
    liked(&canned, 1);
    like(&twitter, Options::default()).await.unwrap();
    foreign(&canned);
    me(&canned, "34");
    liked(&canned, 1);
    let twice = Options { retry: Some(Retry::attempts(2)), ..Options::default() };
    assert_eq!(like(&twitter, twice).await.unwrap().attempts, 2);
    assert_eq!(calls(&canned)[2..], ["POST /2/users/12/likes", "GET /2/users/me", "POST /2/users/34/likes"]);
    canned.assert_done();
}

#[tokio::test]
async fn a_call_with_an_own_id_that_was_given_or_just_looked_up_is_not_made_again() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    me(&canned, "12");
    foreign(&canned);
    let often = Options { retry: Some(Retry::default()), ..Options::default() };
    let error = like(&twitter, often.clone()).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
    // A wrong id is not kept.
    me(&canned, "34");
    liked(&canned, 1);
    like(&twitter, Options::default()).await.unwrap();

    foreign(&canned);
    let error = like(&twitter.with_own_id("12"), often).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
    canned.assert_done();
}

#[tokio::test]
async fn a_call_that_may_not_be_repeated_returns_the_refusal_of_its_kept_own_id() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    me(&canned, "12");
    liked(&canned, 1);
    like(&twitter, Options::default()).await.unwrap();
    foreign(&canned);
    let error = like(&twitter, Options { retry: Some(Retry::none()), ..Options::default() }).await.unwrap_err();
    assert!(error.attempts() == 1 && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_look_up_has_the_attempts_and_the_time_of_its_call() {
    let server = Server::start([Reply::hang_up(), Reply::hang_up(), ok(r#"{"data":{"id":"12"}}"#), ok("{}")]);
    let twitter = at(&server).user_token(TOKEN).retry(Retry::attempts(5).pause(Duration::ZERO)).build().unwrap().user("u").twitter();
    let once = Options { retry: Some(Retry::none()), ..Options::default() };
    assert!(like(&twitter, once).await.unwrap_err().is_connect());
    assert_eq!(server.requests().len(), 1);
    let twice = Options { retry: Some(Retry::attempts(2).pause(Duration::ZERO)), ..Options::default() };
    like(&twitter, twice).await.unwrap();

    // The client's time is up at once, and that of the call is not.
    let server = Server::start([ok(r#"{"data":{"id":"12"}}"#), ok("{}")]);
    let twitter = at(&server).user_token(TOKEN).timeout(Duration::ZERO).build().unwrap().user("u").twitter();
    like(&twitter, Options { timeout: Some(Duration::from_secs(60)), ..Options::default() }).await.unwrap();
}

#[tokio::test]
async fn a_call_that_is_refused_looks_nothing_up() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    let app_only = Options { app_only: true, ..Options::default() };
    let credential = Options { credential: Some("a\nb".to_owned()), ..Options::default() };
    for options in [app_only, credential] {
        let error = like(&twitter, options).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0));
        assert!(error.to_string().starts_with("group.name (POST /2/users/{id}/likes): ") && !error.to_string().contains("look"), "{error}");
    }
    let mut request = planned(operation(Method::POST, LIKES, Auth::USER));
    request.data.use_own_id("id");
    request.data.use_multipart();
    twitter.caller().exchange(&request.data, &request.options).await.unwrap_err();
    assert_eq!(calls(&canned), [""; 0]);
}

#[tokio::test]
async fn an_own_id_is_kept_through_other_failures() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    me(&canned, "12");
    canned.on(Method::POST, LIKES).status(403).reply(json!({"title": "Forbidden", "detail": "No.", "status": 403}));
    like(&twitter, Options::default()).await.unwrap_err();
    liked(&canned, 1);
    like(&twitter, Options::default()).await.unwrap();
    canned.assert_done();
}

/// The facts that spans get in the course of their calls, each with the number of its span.
#[derive(Clone, Default)]
struct Facts(Arc<Mutex<(u64, Vec<String>)>>);

impl Subscriber for Facts {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "paragon_twitter::call"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        let mut facts = self.0.lock().unwrap();
        facts.0 += 1;
        Id::from_u64(facts.0)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        struct Line<'a>(u64, &'a mut Vec<String>);
        impl Visit for Line<'_> {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                self.1.push(format!("{} {field}={value:?}", self.0));
            }
        }
        values.record(&mut Line(span.into_u64(), &mut self.0.lock().unwrap().1));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn the_span_of_a_call_whose_look_up_fails_has_the_status_and_no_attempt() {
    let canned = Canned::new();
    let twitter = Paragon::canned(&canned).user("u").twitter();
    canned.on(Method::GET, "/2/users/me").status(503).body("down");
    let facts = Facts::default();
    like(&twitter, Options::default()).with_subscriber(facts.clone()).await.unwrap_err();
    let call: Vec<_> = facts.0.lock().unwrap().1.iter().filter_map(|fact| fact.strip_prefix("1 ")).map(str::to_owned).collect();
    assert_eq!(call, ["attempts=0", "status=503", "error=Paragon"]);
}
