//! The limits that responses report, as the client remembers them.

use super::*;

const FUTURE: &str = "9999999999";

fn reporting(status: u16, prefix: &str, remaining: u32) -> Reply {
    let headers = format!("{prefix}-limit: 15\r\n{prefix}-remaining: {remaining}\r\n{prefix}-reset: {FUTURE}");
    Reply::new(status, "application/json", "{}").header(&headers)
}

fn left(limits: RateLimits) -> Option<u64> {
    limits.window.map(|limit| limit.remaining)
}

#[tokio::test]
async fn every_answer_counts_and_every_handle_knows() {
    let server = Server::start([reporting(200, "x-rate-limit", 1), reporting(429, "x-user-limit-24hour", 0)]);
    let paragon = at(&server).user_token(TOKEN).build().unwrap();
    let twitter = paragon.user("u").twitter();
    let path = "/2/users/12/tweets";
    assert_eq!(twitter.request(Method::GET, path).rate_limits(), RateLimits::default());
    twitter.request(Method::GET, "/2/users/12/tweets?max_results=5").await.unwrap();
    twitter.request(Method::GET, path).await.unwrap_err();

    let seen = paragon.user("u").twitter().request(Method::GET, path).rate_limits();
    assert_eq!((left(seen), seen.user_day.unwrap().remaining, seen.app_day), (Some(1), 0, None));
    assert!(seen.exhausted().is_some());
    assert_eq!(twitter.rate_limits(Method::GET, path), seen);
    // Nothing is held back: there is no third answer, so it is the connection that fails.
    assert_eq!(twitter.request(Method::GET, path).await.unwrap_err().kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn users_accounts_and_the_app_are_counted_apart() {
    let replies = [4, 3, 2].map(|remaining| reporting(200, "x-rate-limit", remaining));
    let server = Server::start(replies);
    let paragon = at(&server).user_token(TOKEN).bearer_token("AAAA").build().unwrap();
    let twitter = paragon.user("u").twitter();
    let request = || twitter.request(Method::GET, "/2/x");
    request().await.unwrap();
    request().with_credential("second").await.unwrap();
    request().with_app_only().await.unwrap();

    assert_eq!(left(request().rate_limits()), Some(4));
    assert_eq!(left(request().with_credential("second").rate_limits()), Some(3));
    assert_eq!(left(request().with_header("x-paragon-credential", "second").rate_limits()), Some(3));
    assert_eq!(left(request().with_app_only().rate_limits()), Some(2));
    assert_eq!(left(twitter.rate_limits(Method::GET, "/2/x")), Some(4));
    let second = paragon.user("u").with_credential("second").twitter();
    assert_eq!(left(second.rate_limits(Method::GET, "/2/x")), Some(3));
    // For another user only the limits of the app are known.
    let other = paragon.user("v").twitter();
    assert_eq!(left(other.request(Method::GET, "/2/x").rate_limits()), None);
    assert_eq!(left(other.rate_limits(Method::GET, "/2/x")), Some(2));
}

#[tokio::test]
async fn limits_of_a_request_that_cannot_be_sent_are_not_known() {
    let twitter = with_no_server().twitter();
    assert_eq!(twitter.request(Method::GET, "/2/x").with_app_only().rate_limits(), RateLimits::default());
}
