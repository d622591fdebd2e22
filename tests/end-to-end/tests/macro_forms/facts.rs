//! The facts of a declared operation.

use super::*;

#[paragon_request(POST, "/2/circles/{id}", scopes = ["a.read", "b.write"], idempotent, auth = "any", page = "p", name = "n")]
async fn full(twitter: &Twitter, id: u8) -> Result<()>;

#[paragon_request(POST, "/2/circles", idempotent = false)]
async fn plain(twitter: &Twitter) -> Result<()>;

#[paragon_request(PUT, "/2/circles")]
async fn put(twitter: &Twitter) -> Result<()>;

#[tokio::test]
async fn an_operation_knows_what_was_declared() {
    let (_emulator, twitter) = start().await;
    let request = full(&twitter, 1);
    let data = request.request_data();
    let operation = data.operation();
    assert_eq!((operation.name.as_ref(), operation.path.as_ref(), data.path()), ("n", "/2/circles/{id}", "/2/circles/1"));
    assert_eq!((operation.method.clone(), operation.page_parameter.as_deref()), (Method::POST, Some("p")));
    assert_eq!((operation.auth.user, operation.auth.app, operation.auth.scopes), (true, true, ["a.read", "b.write"].as_slice()));
    assert!(operation.idempotent && !operation.streaming);
    assert!(!plain(&twitter).request_data().operation().idempotent);
    assert!(put(&twitter).request_data().operation().idempotent);
}

#[tokio::test]
async fn a_declared_request_is_a_future_that_owns_all_it_needs() {
    let (emulator, twitter) = start().await;
    let request: RequestFuture<Result<()>> = plain(&twitter);
    drop(twitter);
    assert!(emulator.requests().is_empty(), "nothing is sent before it is awaited");
    let (one, two) = tokio::join!(tokio::spawn(request), async { 1 });
    assert!(one.expect("no panic").is_err());
    assert_eq!((two, emulator.requests().len()), (1, 1));
}
