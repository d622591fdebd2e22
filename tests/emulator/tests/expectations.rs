//! Requests that a test expects: the rules of counting, and the failure message when others came.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use paragon_twitter_emulator::{Emulator, Fault};
use reqwest::Method;
use serde_json::json;
use support::{as_app, as_user, delete, get, post, proxy, send, start};

const ME: &str = "/2/users/me";
const POSTS: &str = "/2/tweets";

/// The message of the panic with which an emulator is dropped.
fn failure(emulator: Emulator) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(emulator))).expect_err("an expectation is not met");
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[tokio::test]
async fn an_expected_request_that_comes_is_no_failure() {
    let emulator = start().await;
    emulator.expect(Method::POST, POSTS).times(2);
    emulator.expect(Method::POST, POSTS).with_body(json!({ "text": "a" })).times(1);
    emulator.expect(Method::GET, ME);
    emulator.expect(Method::GET, ME).at_least(2);
    emulator.expect(Method::GET, ME).matching(|request| request.path.ends_with("?user.fields=created_at")).times(1);
    emulator.expect(Method::DELETE, "/2/tweets/{id}").never();
    for text in ["a", "b"] {
        post(&emulator, json!({ "text": text })).await;
    }
    for query in ["", "?user.fields=created_at"] {
        get(&emulator, &format!("{ME}{query}")).await.ok();
    }
    emulator.verify();
    emulator.stop().await;
}

#[tokio::test]
async fn a_request_that_does_not_come_fails_the_test_and_names_what_came_instead_the_nearest_first() {
    let emulator = start().await;
    let line = line!() + 1;
    emulator.expect(Method::POST, POSTS).with_body(json!({ "text": "Good morning!" })).times(1);
    get(&emulator, &format!("{ME}?user.fields=created_at")).await.ok();
    get(&emulator, &format!("{POSTS}?ids=1")).await.ok();
    post(&emulator, json!({ "text": "Good night!" })).await;
    let expected = [
        format!(
            "expected exactly 1 request POST /2/tweets with the body {{\"text\":\"Good morning!\"}} (tests/emulator/tests/expectations.rs:{line}:14), received 0; other requests:"
        ),
        r#"  POST /2/tweets {"text":"Good night!"} (another body)"#.to_owned(),
        "  GET /2/tweets?ids=1 (another method)".to_owned(),
        "  GET /2/users/me?user.fields=created_at".to_owned(),
    ];
    assert_eq!(failure(emulator), expected.join("\n"));
}

#[tokio::test]
async fn a_request_too_many_is_shown_with_those_before_it() {
    let emulator = start().await;
    emulator.expect(Method::POST, POSTS).times(1);
    for text in ["a", "b"] {
        post(&emulator, json!({ "text": text })).await;
    }
    get(&emulator, ME).await.ok();
    let message = failure(emulator);
    assert!(message.starts_with("expected exactly 1 request POST /2/tweets (") && message.contains("received 2:"), "{message}");
    assert!(message.ends_with("\n  POST /2/tweets {\"text\":\"a\"}\n  POST /2/tweets {\"text\":\"b\"}"), "{message}");
}

#[tokio::test]
async fn all_that_is_not_met_is_told_at_once() {
    let emulator = start().await;
    emulator.expect(Method::GET, ME).at_least(2);
    emulator.expect(Method::GET, ME).matching(|_| false);
    emulator.expect(Method::GET, "/2/users/{id}").never();
    get(&emulator, ME).await.ok();
    get(&emulator, "/2/users/1").await;
    let message = failure(emulator);
    assert!(message.contains("expected at least 2 requests GET /2/users/me ("), "{message}");
    assert!(message.contains("expected at least 1 request GET /2/users/me that match a function ("), "{message}");
    assert!(message.contains("  GET /2/users/me (a condition does not hold)\n"), "{message}");
    assert!(message.contains("expected no request GET /2/users/{id} (") && message.ends_with("received 1:\n  GET /2/users/1"), "{message}");
}

#[tokio::test]
async fn no_request_at_all_is_told_and_of_many_requests_the_first_ten() {
    let emulator = start().await;
    emulator.expect(Method::POST, POSTS);
    assert!(failure(emulator).ends_with("received 0; no other request is on record"));

    let emulator = start().await;
    emulator.expect(Method::POST, POSTS);
    for _ in 0..12 {
        get(&emulator, ME).await.ok();
    }
    assert!(failure(emulator).ends_with("\n  GET /2/users/me\n  and 2 more"));
}

#[tokio::test]
async fn either_listener_counts_and_a_request_that_has_failed_counts_too() {
    let emulator = start().await;
    emulator.expect(Method::GET, "/2/tweets/{id}").times(4);
    emulator.expect(Method::DELETE, "/2/tweets/{id}").times(1);
    emulator.expect(Method::GET, "/projects/{id}/sdk/me").times(1);
    get(&emulator, "/2/tweets/1").await;
    send(as_app(&emulator, Method::GET, "/2/tweets/1")).await;
    emulator.faults().add(Fault::status(503).times(1));
    assert_eq!(get(&emulator, "/2/tweets/1").await.status, 503);
    emulator.faults().add(Fault::reset_before().times(1));
    assert!(as_user(&emulator, "user-42", Method::GET, "/2/tweets/1").send().await.is_err());
    delete(&emulator, "/2/tweets/1").await;
    let me = proxy(&emulator).replace("/sdk/proxy/twitter", "/sdk/me");
    send(reqwest::Client::new().get(me).bearer_auth(emulator.user_token("user-42"))).await;
}

#[tokio::test]
async fn a_reset_forgets_expectations_and_forgotten_requests_stay_counted() {
    let emulator = start().await;
    let early = emulator.expect(Method::POST, POSTS);
    emulator.reset();
    early.times(7);
    emulator.expect(Method::GET, ME).times(1);
    get(&emulator, ME).await.ok();
    emulator.clear_requests();
}

#[tokio::test]
async fn a_function_may_ask_the_emulator() {
    let emulator = std::sync::Arc::new(start().await);
    let asked = std::sync::Arc::downgrade(&emulator);
    emulator.expect(Method::GET, ME).times(1);
    emulator.expect(Method::GET, ME).times(1).matching(move |_| {
        let emulator = asked.upgrade().expect("it runs");
        emulator.expect(Method::POST, POSTS).never();
        emulator.requests().is_empty()
    });
    get(&emulator, ME).await.ok();
}

#[tokio::test]
#[should_panic(expected = "the test's own failure")]
async fn a_test_that_fails_already_fails_with_its_own_message() {
    let emulator = start().await;
    emulator.expect(Method::POST, POSTS);
    panic!("the test's own failure");
}

#[tokio::test]
#[should_panic(expected = "expected at least 1 request POST /2/tweets")]
async fn to_stop_checks_as_well() {
    let emulator = start().await;
    emulator.expect(Method::POST, POSTS);
    emulator.stop().await;
}

#[tokio::test]
#[should_panic(expected = "has a query: expect the path alone")]
async fn a_path_with_a_query_is_refused() {
    start().await.expect(Method::GET, "/2/users/me?user.fields=created_at");
}
