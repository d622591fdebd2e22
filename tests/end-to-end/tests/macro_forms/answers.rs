//! Types of answers.

use super::*;

#[paragon_request(GET, "/2/circles/{id}")]
async fn reply(twitter: &Twitter, id: u8) -> Result<Reply<Circle>>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn alone(twitter: &Twitter, id: u8) -> Result<Circle>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn ours(twitter: &Twitter, id: u8) -> Result<User>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn many(twitter: &Twitter, id: u8) -> Result<Reply<Vec<Circle>>>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn maybe(twitter: &Twitter, id: u8) -> Result<Option<Circle>>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn nothing(twitter: &Twitter, id: u8) -> Result<()>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn bytes(twitter: &Twitter, id: u8) -> Result<Bytes>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn vec(twitter: &Twitter, id: u8) -> Result<Reply<Vec<u8>>>;
#[paragon_request(GET, "/2/circles/{id}", envelope = false)]
async fn whole(twitter: &Twitter, id: u8) -> Result<Reply<Value>>;
#[paragon_request(GET, "/2/circles/{id}")]
async fn generic<T: serde::de::DeserializeOwned>(twitter: &Twitter, id: u8) -> Result<Reply<T>>;

type Answer<T> = std::result::Result<Reply<T>, Failure>;

/// An error of one's own.
#[derive(Debug)]
struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

#[paragon_request(GET, "/2/circles/{id}")]
async fn aliased(twitter: &Twitter, id: u8) -> Answer<Circle>;

async fn answering(body: Value) -> (Emulator, Twitter) {
    let (emulator, twitter) = start().await;
    emulator.x().route(Method::GET, "/2/circles/{id}", move |_| body.clone());
    (emulator, twitter)
}

#[tokio::test]
async fn types_of_serde_are_read_from_the_envelope() {
    let body = json!({"data": {"id": "12", "members": ["a"]}, "includes": {"users": [{"id": "1"}]}, "meta": {"next_token": "t"}});
    let (_emulator, twitter) = answering(body).await;
    let circle = Circle { id: "12".to_owned(), members: vec!["a".to_owned()] };
    let reply = reply(&twitter, 1).await.expect("a circle");
    assert_eq!((reply.status, reply.meta.next_token.as_deref(), reply.includes.users.len()), (StatusCode::OK, Some("t"), 1));
    assert_eq!(reply.data, circle);
    assert_eq!(alone(&twitter, 1).await.expect("a circle"), circle);
    assert_eq!(maybe(&twitter, 1).await.expect("a circle"), Some(circle));
    assert_eq!(generic::<Circle>(&twitter, 1).await.expect("a circle").data.id, "12");
    assert_eq!(aliased(&twitter, 1).await.map_err(|failure| failure.0).expect("a circle").data.id, "12");
    nothing(&twitter, 1).await.expect("a success");
}

#[tokio::test]
async fn our_types_are_read_tolerantly() {
    let (_emulator, twitter) = answering(json!({"data": {"id": 12, "name": null, "username": "ada", "mood": 1}})).await;
    let user = ours(&twitter, 1).await.expect("a user");
    assert_eq!((user.id.as_str(), user.username.as_str()), ("12", "ada"));
}

#[tokio::test]
async fn the_whole_document_is_read_where_there_is_no_envelope() {
    let body = json!({"data": {"id": "12"}, "ok": true});
    let (_emulator, twitter) = answering(body.clone()).await;
    assert_eq!(whole(&twitter, 1).await.expect("an answer").data, body);
    let text = body.to_string().into_bytes();
    assert_eq!(bytes(&twitter, 1).await.expect("bytes"), text);
    assert_eq!(vec(&twitter, 1).await.expect("bytes").data, text);
}

#[tokio::test]
async fn an_empty_list_is_an_empty_list() {
    for body in [json!({"meta": {"result_count": 0}}), json!({"data": null}), json!({"data": []}), json!({})] {
        let (_emulator, twitter) = answering(body.clone()).await;
        assert!(many(&twitter, 1).await.expect("a list").data.is_empty(), "{body}");
        assert_eq!(maybe(&twitter, 1).await.is_ok_and(|circle| circle.is_none()), body != json!({"data": []}), "{body}");
    }
}

#[tokio::test]
async fn missing_data_is_an_error_with_the_call() {
    let (_emulator, twitter) = answering(json!({"meta": {}})).await;
    let error = alone(&twitter, 1).await.expect_err("no circle");
    assert!(error.to_string().starts_with("alone (GET /2/circles/{id}): ") && error.to_string().contains("no `data`"), "{error}");
}

#[tokio::test]
async fn only_problems_are_an_error_whatever_is_returned() {
    let (_emulator, twitter) = answering(json!({"errors": [{"title": "Not Found Error", "detail": "gone"}]})).await;
    assert!(nothing(&twitter, 1).await.expect_err("gone").to_string().contains("gone"));
    assert_eq!(many(&twitter, 1).await.expect_err("gone").problems().len(), 1);
    assert!(maybe(&twitter, 1).await.is_err());
}

#[tokio::test]
async fn an_unreadable_value_is_told_with_its_path() {
    let (_emulator, twitter) = answering(json!({"data": [{"id": "1", "members": []}, {"id": "2", "members": ["a", {"b\"}": 1}]}]})).await;
    let error = many(&twitter, 1).await.expect_err("not a circle");
    assert_eq!(error.path(), Some("data[1].members[1]"), "{error}");
    assert!(error.to_string().contains("invalid type: map, expected a string"), "{error}");
    let (_emulator, twitter) = answering(json!({"data": [{"id": "1"}, {"members": []}]})).await;
    let error = many(&twitter, 1).await.expect_err("not a circle");
    assert_eq!(error.path(), Some("data[1]"), "{error}");
}
