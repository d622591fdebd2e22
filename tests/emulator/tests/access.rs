//! Who may call X, and how often.

mod support;

use std::time::Duration;

use paragon_twitter_emulator::{CredentialStatus, Emulator};
use reqwest::{Client, Method};
use serde_json::json;
use support::{Answer, as_account, as_app, as_user, get, post, send, start, timeline, with_posts};

#[tokio::test]
async fn quota_is_counted_per_caller_and_operation_and_returns_with_the_window() {
    let builder = Emulator::builder().rate_limit(2).account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let first = get(&emulator, "/2/users/me").await;
    assert_eq!((first.header("x-rate-limit-limit"), first.header("x-rate-limit-remaining")), ("2", "1"));
    let reset: i64 = first.header("x-rate-limit-reset").parse().expect("seconds");
    let ahead = reset - jiff::Timestamp::now().as_second();
    assert!((800..=900).contains(&ahead), "{ahead}");

    let failed = get(&emulator, "/2/users/me?nonsense=1").await;
    assert_eq!(failed.header("x-rate-limit-remaining"), "0", "a refused request is counted too");
    let refused = get(&emulator, "/2/users/me").await;
    assert_eq!(refused.header("x-rate-limit-remaining"), "0");
    assert_eq!(refused.header("x-rate-limit-reset"), reset.to_string());
    assert_eq!(refused.problem(429, "about:blank")["title"], "Too Many Requests");

    let id = emulator.paragon().x_user_id("v");
    for other in [
        send(as_user(&emulator, "v", Method::GET, "/2/users/me")).await,
        get(&emulator, &format!("/2/users/{id}")).await,
        send(as_app(&emulator, Method::GET, &format!("/2/users/{id}"))).await,
    ] {
        assert_eq!((other.status, other.header("x-rate-limit-remaining")), (200, "1"));
    }

    emulator.x().advance(Duration::from_secs(15 * 60));
    let next = get(&emulator, "/2/users/me").await;
    assert_eq!((next.status, next.header("x-rate-limit-remaining")), (200, "1"));
}

/// Returns the limit and the remaining quota in the headers of an answer, which has to give the end of the window as well.
#[track_caller]
fn quota(answer: &Answer) -> (&str, &str) {
    assert!(answer.header("x-rate-limit-reset").parse::<i64>().is_ok(), "{} {}", answer.status, answer.text);
    (answer.header("x-rate-limit-limit"), answer.header("x-rate-limit-remaining"))
}

#[tokio::test]
async fn requests_for_no_operation_or_from_nobody_are_told_the_quotas_and_use_none() {
    let emulator = Emulator::builder().rate_limit(2).start().await.expect("a free port");
    let unknown = reqwest::Client::new().get(format!("{}/2/tweets?ids=1", emulator.x_url()));
    let added = |_: &paragon_twitter_emulator::RecordedRequest| json!({ "data": {} });
    emulator.x().route(Method::GET, "/2/circles", added);
    for _ in 0..3 {
        for (status, request) in [
            (401, unknown.try_clone().expect("no body")),
            (401, unknown.try_clone().expect("no body").bearer_auth("another")),
            (404, as_app(&emulator, Method::GET, "/2/nothing")),
            (404, as_user(&emulator, "user-42", Method::GET, "/2/nothing")),
            (405, as_app(&emulator, Method::PATCH, "/2/tweets")),
            (405, as_user(&emulator, "user-42", Method::PATCH, "/2/tweets")),
            (200, as_app(&emulator, Method::GET, "/2/circles")),
            (200, as_user(&emulator, "user-42", Method::GET, "/2/circles")),
        ] {
            let answer = send(request).await;
            assert_eq!((answer.status, quota(&answer)), (status, ("2", "2")), "{}", answer.text);
        }
    }
    emulator.x().set_daily_limits(Some(7), None);
    assert_eq!(get(&emulator, "/2/nothing").await.header("x-user-limit-24hour-remaining"), "7");
}

#[tokio::test]
async fn a_user_calls_directly_with_an_access_token_as_far_as_the_account_is_good_and_has_granted_it() {
    let emulator = start().await;
    let call = |method, path: &str| as_account(&emulator, "user-42", method, path);
    assert_eq!(send(call(Method::GET, "/2/users/me")).await.ok()["data"]["username"], "ada");
    let posted = call(Method::POST, "/2/tweets").header("Content-Type", "application/json").body(r#"{"text":"direct"}"#);
    assert_eq!(send(posted).await.status, 201);
    assert_eq!(get(&emulator, &timeline(&emulator, "")).await.ok()["data"][0]["text"], "direct");
    send(call(Method::GET, "/2/tweets/search/stream/rules")).await.problem(403, "unsupported-authentication");

    emulator.paragon().set_scopes("user-42", ["tweet.read"]);
    assert_eq!(send(call(Method::GET, "/2/users/me")).await.status, 403);
    emulator.paragon().set_credential_status("user-42", CredentialStatus::Invalid);
    assert_eq!(send(call(Method::GET, "/2/users/me")).await.status, 401);
    emulator.paragon().set_credential_status("user-42", CredentialStatus::Valid);
    let request = call(Method::GET, "/2/users/me");
    emulator.paragon().disconnect("user-42");
    assert_eq!(send(request).await.status, 401);
}

#[tokio::test]
async fn an_app_reads_with_its_own_token() {
    let (emulator, known) = with_posts(1).await;
    for path in [format!("/2/tweets/{}", known[0]), format!("/2/tweets?ids={}", known[0]), timeline(&emulator, "")] {
        let answer = send(as_app(&emulator, Method::GET, &path)).await;
        assert!(answer.header("x-rate-limit-reset").parse::<i64>().is_ok());
        assert!(answer.ok()["data"].to_string().contains(&known[0]), "{path}");
    }
}

#[tokio::test]
async fn an_app_cannot_do_what_takes_a_user() {
    let (emulator, known) = with_posts(1).await;
    let delete = format!("/2/tweets/{}", known[0]);
    for (method, path) in [(Method::GET, "/2/users/me"), (Method::POST, "/2/tweets"), (Method::DELETE, &delete)] {
        send(as_app(&emulator, method, path)).await.problem(403, "unsupported-authentication");
    }
}

#[tokio::test]
async fn x_knows_its_own_token_only() {
    let emulator = Emulator::builder().bearer_token("AAAA").start().await.expect("a free port");
    assert_eq!(emulator.bearer_token(), "AAAA");
    let request = || Client::new().get(format!("{}/2/users/1", emulator.x_url()));
    send(request().bearer_auth("AAAA")).await.ok();
    for request in [request(), request().bearer_auth("AAAB"), request().bearer_auth(emulator.user_token("user-42"))] {
        send(request).await.problem(401, "about:blank");
    }
}

#[tokio::test]
async fn an_account_does_only_what_it_has_granted() {
    let emulator = start().await;
    emulator.paragon().set_scopes("user-42", ["tweet.read", "users.read"]);
    get(&emulator, "/2/users/me").await.ok();
    let problem = post(&emulator, json!({ "text": "a" })).await.problem(403, "about:blank");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("[tweet.write]")), "{problem}");
}

#[tokio::test]
async fn operations_for_apps_only_are_refused_through_a_connection() {
    let emulator = start().await;
    get(&emulator, "/2/usage/tweets").await.problem(403, "unsupported-authentication");
}
