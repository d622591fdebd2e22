//! Bodies in each of their forms.

use super::*;

#[paragon_request(POST, "/2/circles", integration = "twitter")]
async fn create(twitter: &Twitter, #[body] circle: &NewCircle) -> Result<Reply<Circle>>;

#[paragon_request(POST, "/2/circles")]
async fn maybe(twitter: &Twitter, #[body(json)] circle: Option<NewCircle>) -> Result<()>;

#[paragon_request(POST, "/2/circles")]
async fn list<T: Serialize>(twitter: &Twitter, #[body] circles: Vec<T>) -> Result<()>;

#[paragon_request(POST, "/2/circles")]
async fn fields(twitter: &Twitter, #[body] circle: [(&str, BodyField); 2]) -> Result<()>;

#[paragon_request(POST, "/2/circles")]
async fn form(twitter: &Twitter, #[body(form)] circle: &NewCircle) -> Result<()>;

#[paragon_request(POST, "/2/circles", auth = "app")]
async fn multipart(twitter: &Twitter, #[body(multipart)] circle: &[(&str, BodyField)]) -> Result<()>;

#[paragon_request(PUT, "/2/circles/{id}/picture", auth = "app")]
async fn picture(twitter: &Twitter, id: u8, #[body("image/png")] picture: Bytes) -> Result<()>;

#[paragon_request(PUT, "/2/circles/{id}/picture", auth = "app")]
async fn other_picture(twitter: &Twitter, id: u8, #[body(content_type = "image/gif")] picture: &[u8]) -> Result<()>;

async fn added() -> (Emulator, Twitter) {
    let (emulator, twitter) = start().await;
    emulator.x().route(Method::POST, "/2/circles", |_| (StatusCode::CREATED, json!({"data": {"id": "12"}})));
    emulator.x().route(Method::PUT, "/2/circles/{id}/picture", |_| json!({}));
    (emulator, twitter)
}

#[tokio::test]
async fn a_struct_of_serde_is_json() {
    let (emulator, twitter) = added().await;
    let created = create(&twitter, &new_circle()).await.expect("created");
    assert_eq!((created.status, created.data.id.as_str()), (StatusCode::CREATED, "12"));
    let request = last(&emulator);
    assert_eq!((request.header("content-type"), &request.body[..]), (Some("application/json"), br#"{"name":"a & b"}"#.as_slice()));
}

#[tokio::test]
async fn none_is_no_body_and_a_list_is_an_array() {
    let (emulator, twitter) = added().await;
    maybe(&twitter, None).await.expect("created");
    let request = last(&emulator);
    assert_eq!((request.header("content-type"), request.body.len()), (None, 0));
    maybe(&twitter, Some(new_circle())).await.expect("created");
    assert_eq!(last(&emulator).json(), Some(json!({"name": "a & b"})));
    list(&twitter, vec![1, 2]).await.expect("created");
    assert_eq!(last(&emulator).json(), Some(json!([1, 2])));
}

#[tokio::test]
async fn bytes_in_json_are_base64() {
    let (emulator, twitter) = added().await;
    let circle = [("name", BodyField::Json("x".into())), ("picture", BodyField::Binary(Bytes::from_static(b"\x01\x02")))];
    fields(&twitter, circle).await.expect("created");
    assert_eq!(last(&emulator).json(), Some(json!({"name": "x", "picture": "AQI="})));
}

#[tokio::test]
async fn a_form_is_percent_encoded_pairs() {
    let (emulator, twitter) = added().await;
    // Paragon documents JSON alone, and the emulator takes it at its word.
    let error = form(&twitter, &new_circle()).await.expect_err("not JSON");
    assert_eq!(error.status(), Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    let request = last(&emulator);
    let (content_type, body) = (request.header("content-type"), &request.body[..]);
    assert_eq!((content_type, body), (Some("application/x-www-form-urlencoded"), b"name=a%20%26%20b".as_slice()));
}

#[paragon_request(POST, "/2/circles", auth = "app")]
async fn form_by_app(twitter: &Twitter, #[body(form)] circle: &Value) -> Result<()>;

#[tokio::test]
async fn a_form_of_nothing_is_empty() {
    let (emulator, twitter) = added().await;
    form_by_app(&twitter, &json!({"name": null, "tags": []})).await.expect("created");
    let request = last(&emulator);
    assert_eq!((request.header("content-type"), request.body.len()), (Some("application/x-www-form-urlencoded"), 0));
}

#[tokio::test]
async fn a_body_that_is_not_pairs_is_no_form() {
    let (emulator, twitter) = added().await;
    for body in [json!([1, 2]), json!("text"), json!({"a": {"b": 1}})] {
        let error = form_by_app(&twitter, &body).await.expect_err("refused");
        assert!(error.is_unsent(), "{body}: {error}");
    }
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn multipart_has_a_part_per_field() {
    let (emulator, twitter) = added().await;
    let picture = BodyField::Binary(Bytes::from_static(b"PICTURE"));
    multipart(&twitter, &[("name", BodyField::Json("x".into())), ("picture", picture)]).await.expect("created");
    let request = last(&emulator);
    assert!(request.header("content-type").is_some_and(|value| value.starts_with("multipart/form-data; boundary=")));
    let body = String::from_utf8_lossy(&request.body);
    assert!(body.contains("name=\"name\"\r\n\r\nx\r\n") && body.contains("filename=\"picture\"") && body.contains("PICTURE"), "{body}");
}

#[tokio::test]
async fn bytes_are_sent_as_they_are() {
    let (emulator, twitter) = added().await;
    picture(&twitter, 1, Bytes::from_static(b"\x00\xff")).await.expect("set");
    let request = last(&emulator);
    assert_eq!((request.header("content-type"), &request.body[..]), (Some("image/png"), b"\x00\xff".as_slice()));
    other_picture(&twitter, 1, b"GIF").await.expect("set");
    let request = last(&emulator);
    assert_eq!((request.header("content-type"), &request.body[..]), (Some("image/gif"), b"GIF".as_slice()));
}
