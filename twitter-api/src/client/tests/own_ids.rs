//! Requests with a place for the id of the account that they are made as.

use super::*;
use crate::client::handles::Twitter;
use crate::transport::Canned;

const LIKES: &str = "/2/users/{id}/likes";

/// Likes a post as the account of a handle.
async fn like(twitter: &Twitter, options: Options) -> Result<Response<Bytes>> {
    let mut request = planned(operation(Method::POST, LIKES, Auth::USER));
    request.data.use_own_id("id");
    request.data.set_body(Body::Json(json!({"tweet_id": "7"})));
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
    let foreign = "The `id` query parameter value [12] must be the same as the authenticating user [34]";
    let refusals = [(403, json!({"message": "Integration not enabled."})), (400, json!({"errors": [{"message": foreign}]}))];
    for (status, body) in refusals {
        let canned = Canned::new();
        let twitter = Paragon::canned(&canned).user("u").twitter();
        me(&canned, "12");
        canned.on(Method::POST, LIKES).status(status).reply(body);
        like(&twitter, Options::default()).await.unwrap_err();
        me(&canned, "34");
        liked(&canned, 1);
        like(&twitter, Options::default()).await.unwrap();
        assert_eq!(calls(&canned)[3], "POST /2/users/34/likes");
    }
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
