use serde_json::json;

use super::*;

async fn send(canned: &Canned, method: Method, uri: &str, body: impl Into<Body>) -> Result<Response<Body>, TransportError> {
    canned.send(Request::builder().method(method).uri(uri).body(body.into()).unwrap()).await
}

async fn get(canned: &Canned, uri: &str) -> Result<Response<Body>, TransportError> {
    send(canned, Method::GET, uri, "").await
}

async fn text(response: Result<Response<Body>, TransportError>) -> Bytes {
    response.unwrap().into_body().collect().await.unwrap()
}

#[tokio::test]
async fn responses_to_a_call_are_given_in_the_order_they_were_set() {
    let canned = Canned::new();
    canned.on(Method::GET, "/2/a").reply(json!(1));
    canned.on(Method::GET, "2/b").status(429).header("retry-after", "7").body("no");
    canned.on(Method::GET, "/2/a").reply(json!(2));
    let refused = get(&canned, "https://x.test/2/b").await.unwrap();
    assert_eq!((refused.status(), &refused.headers()["retry-after"]), (StatusCode::TOO_MANY_REQUESTS, &HeaderValue::from_static("7")));
    assert!(!refused.headers().contains_key("content-type"));
    let first = get(&canned, "/2/a").await.unwrap();
    assert_eq!(first.headers()["content-type"], "application/json");
    assert_eq!(text(Ok(first)).await, "1");
    assert_eq!(text(get(&canned, "/2/a").await).await, "2");
    canned.assert_done();
}

#[tokio::test]
async fn a_call_without_a_response_is_refused_with_its_name_and_those_that_were_set() {
    let canned = Canned::new();
    let error = get(&canned, "/2/users/me").await.unwrap_err();
    assert!(error.is_unsent());
    assert_eq!(error.to_string(), "no response is set for GET /2/users/me, nor for any other call: set one with `Canned::on`");
    canned.on(Method::GET, "/2/users/me").reply(json!({}));
    canned.on(Method::POST, "/2/tweets").reply(json!({}));
    get(&canned, "/2/users/me").await.unwrap();
    let error = get(&canned, "/2/users/me?user.fields=name").await.unwrap_err();
    let expected = "no response is set for GET /2/users/me?user.fields=name; there are GET /2/users/me (given already), POST /2/tweets";
    assert_eq!(error.to_string(), expected);
    assert_eq!(canned.requests().len(), 3);
}

#[tokio::test]
async fn a_path_matches_by_segment_placeholder_and_query() {
    let canned = Canned::new();
    for path in ["/2/users/{id}/tweets?pagination_token=t2", "/2/users/{id}/tweets", "/2/a%20b"] {
        canned.on(Method::GET, path).body(path.to_owned());
    }
    for miss in ["/2/users/12", "/2/users/12/tweets/1", "/2/users"] {
        get(&canned, miss).await.unwrap_err();
    }
    send(&canned, Method::DELETE, "/2/users/12/tweets", "").await.unwrap_err();
    assert_eq!(text(get(&canned, "/2/users/12/tweets?max_results=5").await).await, "/2/users/{id}/tweets");
    let page = get(&canned, "/2/users/12/tweets?max_results=5&pagination_token=t2").await;
    assert_eq!(text(page).await, "/2/users/{id}/tweets?pagination_token=t2");
    assert_eq!(text(get(&canned, "/2/a%20b").await).await, "/2/a%20b");
}

#[tokio::test]
async fn requests_can_be_looked_at() {
    let canned = Canned::new();
    canned.on(Method::POST, "/2/tweets").reply(json!({}));
    canned.on(Method::POST, "/2/media").reply(json!({}));
    send(&canned, Method::POST, "/2/tweets?a=1%2C2&b=%C3%BC", r#"{"text": "Hello"}"#).await.unwrap();
    send(&canned, Method::POST, "/2/media", Body::from_chunks(vec![vec![0].into(), vec![255].into()])).await.unwrap();
    let [post, media] = canned.requests().try_into().unwrap();
    assert_eq!((post.method(), post.path()), (&Method::POST, "/2/tweets"));
    assert_eq!((post.query_value("a"), post.query()[1].1.as_str()), (Some("1,2"), "ü"));
    assert_eq!(post.json(), Some(json!({"text": "Hello"})));
    assert_eq!((media.body().as_ref(), media.json()), ([0, 255].as_slice(), None));
    assert!(post.call_info().is_none());
}

#[tokio::test]
async fn debug_shows_the_calls_and_no_token() {
    let canned = Canned::new();
    canned.on(Method::GET, "/2/users/me").reply(json!({}));
    let mut token = HeaderValue::from_static("Bearer hunter2");
    token.set_sensitive(true);
    canned.send(Request::get("/2/users/me").header("authorization", token).body(Body::empty()).unwrap()).await.unwrap();
    let shown = format!("{canned:?}");
    assert!(shown.contains("GET /2/users/me") && shown.contains("authorization") && !shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_failure_of_the_transport_and_a_body_in_pieces_can_be_set() {
    let canned = Canned::new();
    canned.on(Method::GET, "/2/a").fail(TransportError::unsent("no route to host"));
    canned.on(Method::GET, "/2/a").chunks(["one", "two"]);
    assert_eq!(get(&canned, "/2/a").await.unwrap_err().to_string(), "no route to host");
    let mut body = get(&canned, "/2/a").await.unwrap().into_body();
    assert_eq!([body.chunk().await.unwrap().unwrap(), body.chunk().await.unwrap().unwrap()], ["one", "two"]);
    assert_eq!(body.chunk().await.unwrap(), None);
}

#[tokio::test]
#[should_panic(expected = "no call came for GET /2/b, POST /2/c; the calls were: GET /2/a?x=1, GET /2/d")]
async fn responses_that_were_not_given_are_told() {
    let canned = Canned::new();
    canned.on(Method::GET, "/2/a").reply(json!({}));
    canned.on(Method::GET, "/2/b").reply(json!({}));
    canned.on(Method::POST, "/2/c").reply(json!({}));
    get(&canned, "/2/a?x=1").await.unwrap();
    get(&canned, "/2/d").await.unwrap_err();
    canned.assert_done();
}
