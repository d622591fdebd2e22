//! Declared endpoints, over real sockets: each form of the attribute, and what arrives.
#![warn(clippy::pedantic)]

use std::fmt::Display;
use std::time::Duration;

use emulator::{DEFAULT_USER_ID, Emulator, RecordedRequest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use twitter_api::types::{Post, PostField, User, UserField, UserId};
use twitter_api::{
    BodyField, Bytes, Client, DeclaredRequest, Error, Events, Integration, Items, Method, Pages, Paragon, ParagonUser, Reply, Request as _,
    Result, StatusCode, Twitter, Value, paragon_request,
};

async fn start() -> (Emulator, Twitter) {
    let emulator = Emulator::start().await.expect("a loopback port");
    let twitter = paragon(&emulator).user(DEFAULT_USER_ID).twitter();
    (emulator, twitter)
}

fn paragon(emulator: &Emulator) -> Paragon {
    let builder = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem()).expect("the emulator's key");
    let builder = builder.bearer_token(emulator.bearer_token()).proxy_url(emulator.url()).x_url(emulator.x_url());
    builder.build().expect("a client")
}

/// What arrived last.
fn last(emulator: &Emulator) -> RecordedRequest {
    emulator.requests().pop().expect("a request")
}

/// The path and query that X sees.
fn target(request: &RecordedRequest) -> &str {
    request.path.split_once("/sdk/proxy/").map_or(request.path.as_str(), |(_, target)| target)
}

/// Everything of a request that a server can see, but for the token, which is signed anew for each client.
fn seen(request: &RecordedRequest) -> (Method, String, Vec<(String, String)>, Vec<u8>) {
    let mut headers: Vec<_> = request.headers.iter().map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    headers.retain(|(name, _)| name != "authorization");
    headers.sort();
    (request.method.clone(), request.path.clone(), headers, request.body.to_vec())
}

/// A circle, as serde reads it.
#[derive(Debug, PartialEq, Deserialize)]
struct Circle {
    id: String,
    #[serde(default)]
    members: Vec<String>,
}

/// An identifier of one's own.
#[derive(Debug, Clone, Serialize)]
struct CircleId(String);

impl Display for CircleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Serialize)]
struct NewCircle {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
}

fn new_circle() -> NewCircle {
    NewCircle { name: "a & b".to_owned(), about: None }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Newest,
}

#[derive(Debug, Serialize)]
struct Filter {
    since: Option<&'static str>,
    until: Option<&'static str>,
    #[serde(rename = "kind")]
    kinds: Vec<&'static str>,
    strict: bool,
    order: Order,
}

mod the_same_as_generated {
    use super::*;

    #[paragon_request(GET, "/2/users/me", scopes = ["users.read", "tweet.read"])]
    async fn me(twitter: &Twitter, #[query("user.fields", csv)] fields: &[UserField]) -> Result<Reply<User>>;

    #[paragon_request(POST, "/2/tweets", scopes = ["tweet.write"])]
    async fn create(twitter: &Twitter, #[body] post: &Value) -> Result<Reply<Post>>;

    #[paragon_request(GET, "/2/users/{id}/tweets", page = "pagination_token")]
    fn posts(
        twitter: &Twitter,
        id: &UserId,
        #[query] max_results: Option<u32>,
        #[query(rename = "post.fields", csv)] fields: &[PostField],
    ) -> Items<Post>;

    #[tokio::test]
    async fn a_get() {
        let (emulator, twitter) = start().await;
        let fields = [UserField::CreatedAt, UserField::Verified];
        let generated = twitter.users().me().user_fields(fields.clone()).await.expect("me");
        let declared = me(&twitter, &fields).await.expect("me");
        assert_eq!(declared.data, generated.data);
        let requests = emulator.requests();
        assert_eq!(seen(&requests[0]), seen(&requests[1]));
    }

    #[tokio::test]
    async fn a_post() {
        let (emulator, twitter) = start().await;
        let generated = twitter.posts().create().text("Hello World!").await.expect("a post");
        let declared = create(&twitter, &json!({"text": "Hello World!"})).await.expect_err("it is a duplicate");
        assert_eq!((generated.status, declared.status()), (StatusCode::CREATED, Some(StatusCode::FORBIDDEN)));
        let declared = create(&twitter, &json!({"text": "Hello again"})).await.expect("a post");
        assert_eq!((declared.status, declared.data.text.as_str()), (StatusCode::CREATED, "Hello again"));
        let requests = emulator.requests();
        assert_eq!(seen(&requests[0]), seen(&requests[1]));
    }

    #[tokio::test]
    async fn a_post_with_more_set_by_the_caller() {
        let (emulator, twitter) = start().await;
        let credential = emulator.credential_id(DEFAULT_USER_ID);
        let _ = twitter.posts().create().text("Hi").credential(&credential).extra_field("beta", true).extra_header("x-a", "b").await;
        let _ = create(&twitter, &json!({"text": "Hi"})).credential(&credential).extra_field("beta", true).extra_header("x-a", "b").await;
        let requests = emulator.requests();
        assert_eq!(seen(&requests[0]), seen(&requests[1]));
        assert_eq!(requests[1].json(), Some(json!({"text": "Hi", "beta": true})));
    }

    #[tokio::test]
    async fn a_paged_list() {
        let (emulator, twitter) = start().await;
        for number in 0..23 {
            emulator.post(DEFAULT_USER_ID, &format!("post {number}"));
        }
        let id = UserId::new(emulator.x_user_id(DEFAULT_USER_ID));
        let fields = [PostField::CreatedAt, PostField::Lang];
        let mut generated = twitter.users().posts(&id).max_results(10).post_fields(fields.clone()).items();
        let mut declared = posts(&twitter, &id, Some(10), &fields);
        let mut count = 0;
        while let Some(expected) = generated.next().await {
            let post = declared.next().await.expect("as many").expect("a post");
            assert_eq!(post, expected.expect("a post"));
            count += 1;
        }
        assert!(declared.next().await.is_none());
        assert_eq!((count, emulator.requests().len()), (23, 6));
        let (one, two): (Vec<_>, Vec<_>) = emulator.requests().iter().map(seen).enumerate().partition(|(index, _)| index % 2 == 0);
        let plain = |list: Vec<(usize, _)>| list.into_iter().map(|(_, seen)| seen).collect::<Vec<_>>();
        assert_eq!(plain(one), plain(two));
    }

    #[tokio::test]
    async fn an_error_names_the_call_and_its_template() {
        let (_emulator, twitter) = start().await;
        let error = posts(&twitter, &UserId::new("x"), Some(1), &[]).next().await.expect("an answer").expect_err("no such id");
        assert!(error.to_string().starts_with("posts (GET /2/users/{id}/tweets): "), "{error}");
    }
}

mod arguments {
    use super::*;

    #[paragon_request(GET, "/2/circles/{circle_id}/{type}/liked")]
    async fn circle_likes<'a, K: Display>(
        twitter: &'a Twitter,
        circle_id: CircleId,
        #[path("type")] kind: K,
        #[query] max_results: Option<u32>,
        #[query(rename = "post.fields", csv)] fields: &'a [PostField],
        #[query("id")] ids: Vec<UserId>,
        #[query] order: Order,
        #[query] other_order: Option<Order>,
        #[query(csv)] some: Option<[u8; 2]>,
        #[query] value: &Value,
        #[header("x-beta")] beta: bool,
        #[header] x_list: &[&str],
        #[header] x_none: Option<String>,
    ) -> Result<()>;

    #[tokio::test]
    async fn path_query_and_header_go_where_they_are_told() {
        let (emulator, twitter) = start().await;
        emulator.route("twitter", Method::GET, "/2/circles/{id}/{type}/liked", |_| json!({}));
        let request = circle_likes(
            &twitter,
            CircleId("a/b ?".to_owned()),
            "k",
            Some(5),
            &[PostField::CreatedAt, PostField::Lang],
            vec![UserId::new("1"), UserId::new("2")],
            Order::Newest,
            Some(Order::Newest),
            Some([1, 2]),
            &json!("a,b"),
            true,
            &["p", "q"],
            None,
        );
        request.await.expect("an answer");
        let request = last(&emulator);
        let expected = "twitter/2/circles/a%2Fb%20%3F/k/liked?max_results=5&post.fields=created_at,lang&id=1&id=2\
                        &order=newest&other_order=newest&some=1,2&value=a%2Cb";
        assert_eq!(target(&request), expected);
        let headers = ["x-beta", "x-list", "x-none"].map(|name| request.header(name));
        assert_eq!(headers, [Some("true"), Some("p,q"), None]);
    }

    #[tokio::test]
    async fn what_is_none_empty_or_null_is_not_sent() {
        let (emulator, twitter) = start().await;
        let id = CircleId("1".to_owned());
        let request = circle_likes(&twitter, id, 2, None, &[], vec![], Order::Newest, None, None, &Value::Null, false, &[], None);
        let _ = request.await;
        let request = last(&emulator);
        assert_eq!(target(&request), "twitter/2/circles/1/2/liked?order=newest");
        assert_eq!(request.header("x-list"), None);
    }

    #[tokio::test]
    async fn a_path_value_cannot_leave_its_segment() {
        let (emulator, twitter) = start().await;
        for id in ["..", "a/..", ""] {
            let id = CircleId(id.to_owned());
            let request = circle_likes(&twitter, id, 2, None, &[], vec![], Order::Newest, None, None, &Value::Null, false, &[], None);
            let error = request.await.expect_err("refused");
            assert!(error.to_string().contains("path parameter `circle_id` of GET /2/circles/{circle_id}/{type}/liked"), "{error}");
        }
        assert!(emulator.requests().is_empty());
    }

    #[paragon_request(GET, "/2/circles")]
    async fn search(twitter: &Twitter, #[query(csv)] filter: &Filter) -> Result<Value>;

    #[paragon_request(GET, "/2/circles")]
    async fn search_by_map(twitter: &Twitter, #[query] filter: serde_json::Map<String, Value>) -> Result<Value>;

    #[tokio::test]
    async fn a_struct_is_a_parameter_per_field() {
        let (emulator, twitter) = start().await;
        let filter = Filter { since: Some("1"), until: None, kinds: vec!["a", "b"], strict: true, order: Order::Newest };
        let _ = search(&twitter, &filter).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles?kind=a,b&order=newest&since=1&strict=true");
    }

    #[tokio::test]
    async fn an_object_inside_an_object_is_refused() {
        let (emulator, twitter) = start().await;
        let Value::Object(filter) = json!({"a": {"b": 1}}) else { unreachable!() };
        let error = search_by_map(&twitter, filter).await.expect_err("refused");
        assert!(error.to_string().contains("the query parameter `a` of GET /2/circles is an object"), "{error}");
        assert!(emulator.requests().is_empty());
    }

    #[paragon_request(PUT, "/2/circles/{id}")]
    async fn as_whom(twitter: Twitter, id: u64, #[credential] account: Option<&str>, #[timeout] limit: Duration) -> Result<()>;

    #[tokio::test]
    async fn credential_and_timeout_are_of_this_call() {
        let (emulator, twitter) = start().await;
        let credential = emulator.credential_id(DEFAULT_USER_ID);
        let request = as_whom(twitter, 1, Some(&credential), Duration::from_secs(5));
        assert_eq!(request.call().operation().timeout(), Some(Duration::from_secs(5)));
        let _ = request.await;
        assert_eq!(last(&emulator).header("x-paragon-credential"), Some(credential.as_str()));
    }

    #[paragon_request(GET, "/2/circles/{id}")]
    async fn conditional(
        twitter: &Twitter,
        /// Which one.
        id: &str,
        #[cfg(any())]
        #[query]
        never: NoSuchType,
        #[cfg(test)]
        #[query]
        always: u8,
    ) -> Result<()>;

    #[paragon_request(GET, "/2/circles/{id}/{other}")]
    async fn configured_apart(
        twitter: &Twitter,
        #[cfg(any())] id: NoSuchType,
        #[cfg(test)] id: &str,
        #[cfg(any())]
        #[path("other")]
        one: NoSuchType,
        #[cfg(test)]
        #[path("other")]
        another: u8,
    ) -> Result<()>;

    #[paragon_request(GET, "/2/circles/{id}")]
    async fn unfilled(twitter: &Twitter, #[cfg(any())] id: &str) -> Result<()>;

    #[tokio::test]
    async fn a_placeholder_is_filled_by_the_argument_that_is_there() {
        let (emulator, twitter) = start().await;
        let _ = configured_apart(&twitter, "1", 2).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/1/2");
        let error = unfilled(&twitter).await.expect_err("refused");
        assert!(error.to_string().contains("a placeholder of GET /2/circles/{id} is filled by no argument"), "{error}");
        assert_eq!(emulator.requests().len(), 1);
    }

    /// What is declared by a macro of the user's has its types in groups that are not seen.
    macro_rules! declare {
        ($name:ident, $method:ident, $path:literal, $id:ty, $answer:ty) => {
            #[paragon_request($method, $path)]
            async fn $name(twitter: &Twitter, id: $id, #[query("q")] query: $id, #[query] list: &[$id]) -> $answer;
        };
    }
    declare!(by_macro, GET, "/2/circles/{id}", &str, Result<Reply<Value>>);

    #[paragon_request(GET, "/2/circles")]
    #[allow(unused_parens)]
    async fn in_parentheses(twitter: (&Twitter), #[query] q: (Option<(u8)>)) -> (Result<(Reply<(Value)>)>);

    #[tokio::test]
    async fn types_can_stand_in_parentheses_or_come_from_a_macro() {
        let (emulator, twitter) = start().await;
        let _ = by_macro(&twitter, "1", "2", &["3", "4"]).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?q=2&list=3&list=4");
        let _ = in_parentheses(&twitter, Some(5)).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles?q=5");
    }

    #[paragon_request(GET, "/2/circles/{id}")]
    async fn texts(twitter: &Twitter, id: &str, #[query] q: &str, #[query(csv)] list: &[&str], #[header] x_text: &str) -> Result<()>;

    #[tokio::test]
    async fn any_text_arrives_as_the_same_text() {
        let (emulator, twitter) = start().await;
        let text = "a/b?c#d%2F&e=f,g+h \u{fc}\u{1f600}{id}";
        let encoded = "a%2Fb%3Fc%23d%252F%26e%3Df%2Cg%2Bh%20%C3%BC%F0%9F%98%80%7Bid%7D";
        let _ = texts(&twitter, text, text, &[text, ""], "plain").await;
        assert_eq!(target(&last(&emulator)), format!("twitter/2/circles/{encoded}?q={encoded}&list={encoded},"));
        let _ = texts(&twitter, "1", "", &[], "").await;
        assert_eq!((target(&last(&emulator)), last(&emulator).header("x-text")), ("twitter/2/circles/1?q=", Some("")));
        let error = texts(&twitter, "1", "", &[], "a\r\nx-other: b").await.expect_err("refused");
        assert!(error.is_unsent() && error.to_string().contains("x-text"), "{error}");
    }

    #[paragon_request(GET, "/2/circles")]
    async fn perhaps(twitter: &Twitter, #[query] filter: Option<&Filter>, #[query] orders: &[Order]) -> Result<()>;

    #[tokio::test]
    async fn an_optional_struct_and_a_list_of_enums_are_sent() {
        let (emulator, twitter) = start().await;
        let filter = Filter { since: None, until: None, kinds: vec![], strict: false, order: Order::Newest };
        let _ = perhaps(&twitter, Some(&filter), &[Order::Newest, Order::Newest]).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles?order=newest&strict=false&orders=newest&orders=newest");
        let _ = perhaps(&twitter, None, &[]).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles");
    }

    #[tokio::test]
    async fn an_argument_can_be_configured_away() {
        let (emulator, twitter) = start().await;
        let _ = conditional(&twitter, "1", 2).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?always=2");
    }
}

mod bodies {
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
        emulator.route("twitter", Method::POST, "/2/circles", |_| (StatusCode::CREATED, json!({"data": {"id": "12"}})));
        emulator.route("twitter", Method::PUT, "/2/circles/{id}/picture", |_| json!({}));
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
}

mod answers {
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
        emulator.route("twitter", Method::GET, "/2/circles/{id}", move |_| body.clone());
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
    async fn what_is_missing_is_an_error_with_the_call() {
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
        let (_emulator, twitter) =
            answering(json!({"data": [{"id": "1", "members": []}, {"id": "2", "members": ["a", {"b\"}": 1}]}]})).await;
        let error = many(&twitter, 1).await.expect_err("not a circle");
        assert_eq!(error.path(), Some("data[1].members[1]"), "{error}");
        assert!(error.to_string().contains("invalid type: map, expected a string"), "{error}");
        let (_emulator, twitter) = answering(json!({"data": [{"id": "1"}, {"members": []}]})).await;
        let error = many(&twitter, 1).await.expect_err("not a circle");
        assert_eq!(error.path(), Some("data[1]"), "{error}");
    }
}

mod pages_and_streams {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Numbered {
        number: u64,
    }

    #[paragon_request(GET, "/2/circles/{id}/numbers", page = "next")]
    fn items(twitter: &Twitter, id: u8) -> Items<Numbered>;

    #[paragon_request(GET, "/2/circles/{id}/numbers", page = "next")]
    async fn items_later(twitter: &Twitter, id: u8) -> Result<Items<Numbered>>;

    #[paragon_request(GET, "/2/circles/{id}/numbers", page = "next")]
    fn pages(twitter: &Twitter, id: u8, #[query("next")] from: Option<&str>) -> Pages<Vec<Numbered>>;

    #[paragon_request(GET, "/2/circles/stream", auth = "app")]
    async fn stream(twitter: &Twitter) -> Result<Events<Numbered>>;

    #[paragon_request(GET, "/2/circles/stream", auth = "app")]
    async fn posts(twitter: &Twitter) -> Result<Events<Post>>;

    async fn three_pages() -> (Emulator, Twitter) {
        let (emulator, twitter) = start().await;
        emulator.route("twitter", Method::GET, "/2/circles/{id}/numbers", |request| {
            let page: u64 = request.path.rsplit_once("?next=").map_or(0, |(_, page)| page.parse().expect("a number"));
            let meta = if page < 2 { json!({"next_token": (page + 1).to_string()}) } else { json!({}) };
            json!({"data": [{"number": page * 2}, {"number": page * 2 + 1}], "meta": meta})
        });
        (emulator, twitter)
    }

    async fn numbers(mut items: Items<Numbered>) -> Vec<u64> {
        let mut numbers = Vec::new();
        while let Some(item) = items.next().await {
            numbers.push(item.expect("an item").number);
        }
        numbers
    }

    #[tokio::test]
    async fn items_are_those_of_all_pages() {
        let (emulator, twitter) = three_pages().await;
        assert_eq!(numbers(items(&twitter, 1)).await, [0, 1, 2, 3, 4, 5]);
        assert_eq!(numbers(items_later(&twitter, 1).await.expect("items")).await, [0, 1, 2, 3, 4, 5]);
        let targets: Vec<_> = emulator.requests().iter().map(|request| target(request).to_owned()).collect();
        let expected = ["", "?next=1", "?next=2"].map(|query| format!("twitter/2/circles/1/numbers{query}"));
        assert_eq!(targets, [expected.clone(), expected].concat());
    }

    #[tokio::test]
    async fn pages_begin_where_the_caller_says() {
        let (_emulator, twitter) = three_pages().await;
        let mut pages = pages(&twitter, 1, Some("1"));
        let mut sizes = Vec::new();
        while let Some(page) = pages.next().await {
            sizes.push(page.expect("a page").data[0].number);
        }
        assert_eq!(sizes, [2, 4]);
    }

    #[tokio::test]
    async fn a_stream_yields_its_documents() {
        let (emulator, twitter) = start().await;
        let body = "{\"data\":{\"number\":1,\"id\":\"7\"}}\r\n\r\n{\"errors\":[{\"title\":\"odd\"}]}\n{\"data\":{\"number\":2}}";
        emulator.route("twitter", Method::GET, "/2/circles/stream", move |_| Bytes::from_static(body.as_bytes()));
        let mut events = stream(&twitter).await.expect("a stream");
        assert_eq!(events.next().await.expect("a document").expect("a number").data.number, 1);
        assert_eq!(events.next().await.expect("a document").expect_err("a problem").problems()[0].title(), Some("odd"));
        assert_eq!(events.next().await.expect("a document").expect("a number").data.number, 2);
        assert!(events.next().await.is_none());
        assert_eq!(last(&emulator).route, emulator::Route::X);
        let mut events = posts(&twitter).await.expect("a stream");
        assert_eq!(events.next().await.expect("a document").expect("a post").data.id, "7");
    }
}

mod clients {
    use super::*;

    /// Endpoints as methods that `Twitter` gets.
    pub trait Circles: AsRef<Twitter> {
        /// One circle.
        #[paragon_request(GET, "/2/circles/{id}")]
        async fn circle(&self, id: &str) -> Result<()>;
    }

    impl Circles for Twitter {}

    /// A group, as the generated ones are.
    pub struct Group<'t>(&'t Twitter);

    pub trait Groups {
        fn circles(&self) -> Group<'_>;
    }

    impl Groups for Twitter {
        fn circles(&self) -> Group<'_> {
            Group(self)
        }
    }

    impl Group<'_> {
        /// Who likes it.
        #[paragon_request(GET, "/2/circles/{id}/likes", client = self.0, name = "circles.likes")]
        pub async fn likes(&self, id: &str) -> Result<()>;
    }

    struct Owned {
        twitter: Twitter,
    }

    impl AsRef<Twitter> for Owned {
        fn as_ref(&self) -> &Twitter {
            &self.twitter
        }
    }

    impl Owned {
        #[paragon_request(DELETE, "/2/circles/{id}")]
        async fn delete(self, id: &str) -> Result<()>;

        #[paragon_request(GET, "/2/circles")]
        async fn all(#[client] api: &std::sync::Arc<Twitter>) -> Result<()>;
    }

    #[paragon_request(GET, "/2/circles")]
    async fn through<C: Client>(#[client] client: &C) -> Result<()>;

    #[paragon_request(GET, "/2/circles")]
    async fn through_any(client: &impl Client) -> Result<()>;

    #[tokio::test]
    async fn a_call_is_made_through_whatever_holds_a_client() {
        let (emulator, twitter) = start().await;
        let _ = twitter.circle("1").await;
        let _ = twitter.circles().likes("2").await;
        let _ = Owned { twitter: twitter.clone() }.delete("3").await;
        let _ = Owned::all(&std::sync::Arc::new(twitter.clone())).await;
        let _ = through(twitter.user()).await;
        let _ = through_any(&Owned { twitter: twitter.clone() }).await;
        let _ = through_any(&twitter.user().integration("twitter")).await;
        let paths: Vec<_> = emulator.requests().iter().map(|request| format!("{} {}", request.method, target(request))).collect();
        let expected = ["GET", "GET", "DELETE", "GET", "GET", "GET", "GET"].into_iter().zip(["/1", "/2/likes", "/3", "", "", "", ""]);
        assert_eq!(paths, expected.map(|(method, rest)| format!("{method} twitter/2/circles{rest}")).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_method_has_the_name_that_it_is_given() {
        let (_emulator, twitter) = start().await;
        let error = twitter.circles().likes("2").await.expect_err("no such route");
        assert!(error.to_string().starts_with("circles.likes (GET /2/circles/{id}/likes): "), "{error}");
    }

    #[paragon_request(POST, "/chat.postMessage", integration = "slack")]
    async fn post_message(slack: &Integration, #[body] message: &Value) -> Result<Value>;

    #[paragon_request(POST, "/chat.postMessage", integration = "slack")]
    async fn post_as_user(user: &ParagonUser, #[body] message: &Value) -> Result<Reply<Message>>;

    #[derive(Debug, Deserialize)]
    struct Message {
        ok: bool,
    }

    #[paragon_request(GET, "/v1/{thing}", integration = "custom/ab-12")]
    async fn thing(user: ParagonUser, thing: &str) -> Result<Message>;

    #[paragon_request(GET, "/v1/{thing}")]
    async fn of_any(at: &Integration, thing: &str) -> Result<Message>;

    #[paragon_request(POST, "/v1/{thing}", integration = "slack")]
    async fn whatever_it_says(at: &Integration, thing: &str) -> Result<()>;

    #[tokio::test]
    async fn an_answer_that_does_not_matter_need_not_be_json() {
        let (emulator, twitter) = start().await;
        emulator.route("slack", Method::POST, "/v1/{thing}", |_| Bytes::from_static(b"ok"));
        whatever_it_says(&twitter.user().integration("slack"), "x").await.expect("a success");
    }

    #[paragon_request(GET, "/v1/{thing}", integration = "slack")]
    async fn of_slack(client: &impl Client, thing: &str) -> Result<Message>;

    #[tokio::test]
    async fn another_integration_answers_without_an_envelope() {
        let (emulator, twitter) = start().await;
        emulator.route("slack", Method::POST, "/chat.postMessage", |request| json!({"ok": true, "message": request.json()}));
        emulator.route("custom/ab-12", Method::GET, "/v1/{thing}", |_| json!({"ok": true}));
        let (user, message) = (twitter.user(), json!({"text": "hi"}));

        let answer = post_message(&user.integration("slack"), &message).await.expect("an answer");
        assert_eq!(answer, json!({"ok": true, "message": {"text": "hi"}}));
        let request = last(&emulator);
        assert_eq!((target(&request), request.header("x-paragon-use-raw-response")), ("slack/chat.postMessage", Some("1")));

        let answer = post_as_user(user, &message).await.expect("an answer");
        assert_eq!((answer.data.ok, answer.status), (true, StatusCode::OK));

        assert!(thing(user.clone(), "a b").await.expect("an answer").ok);
        assert_eq!(target(&last(&emulator)), "custom/ab-12/v1/a%20b");
        assert!(of_any(&user.integration("custom/ab-12"), "x").await.expect("an answer").ok);
        assert_eq!(target(&last(&emulator)), "custom/ab-12/v1/x");
    }

    #[tokio::test]
    async fn an_endpoint_is_called_at_its_own_integration_alone() {
        let (emulator, twitter) = start().await;
        let error = of_slack(&twitter, "x").await.expect_err("X is not Slack");
        assert!(error.to_string().contains("belongs to the integration slack and was called at twitter"), "{error}");
        let error = of_slack(&twitter.user().integration("jira"), "x").await.expect_err("Jira is not Slack");
        assert!(error.to_string().contains("called at jira"), "{error}");
        assert!(emulator.requests().is_empty());
    }

    #[tokio::test]
    async fn an_integration_can_be_called_untyped() {
        let (emulator, twitter) = start().await;
        emulator.route("slack", Method::GET, "/conversations.list", |_| json!({"ok": true}));
        let slack = twitter.user().integration("slack");
        let answer: Value = slack.request(Method::GET, "conversations.list").query("limit", 1).await.expect("an answer");
        assert_eq!((answer, slack.name()), (json!({"ok": true}), "slack"));
        assert_eq!(target(&last(&emulator)), "slack/conversations.list?limit=1");
        let count = emulator.requests().len();
        for name in ["", "..", "a/b", "custom/", "custom/a/b", "/slack"] {
            let error = twitter.user().integration(name).request(Method::GET, "x").await.expect_err("no integration");
            assert!(error.is_unsent(), "{name}: {error}");
        }
        let error = slack.request(Method::GET, "x").app_only().await.expect_err("not X");
        assert!(error.to_string().contains("for X alone"), "{error}");
        assert_eq!(emulator.requests().len(), count);
    }
}

mod facts {
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
        let operation = request.call().operation();
        let endpoint = operation.endpoint();
        assert_eq!((endpoint.name.as_ref(), endpoint.path.as_ref(), operation.path()), ("n", "/2/circles/{id}", "/2/circles/1"));
        assert_eq!((endpoint.method.clone(), endpoint.page_parameter.as_deref()), (Method::POST, Some("p")));
        assert_eq!((endpoint.auth.user, endpoint.auth.app, endpoint.auth.scopes), (true, true, ["a.read", "b.write"].as_slice()));
        assert!(endpoint.idempotent && !endpoint.streaming);
        assert!(!plain(&twitter).call().operation().endpoint().idempotent);
        assert!(put(&twitter).call().operation().endpoint().idempotent);
    }

    #[tokio::test]
    async fn a_declared_request_is_a_future_that_owns_all_it_needs() {
        let (emulator, twitter) = start().await;
        let request: DeclaredRequest<Result<()>> = plain(&twitter);
        drop(twitter);
        assert!(emulator.requests().is_empty(), "nothing is sent before it is awaited");
        let (one, two) = tokio::join!(tokio::spawn(request), async { 1 });
        assert!(one.expect("no panic").is_err());
        assert_eq!((two, emulator.requests().len()), (1, 1));
    }
}

/// What a signature may be made of, with no lint that finds fault with what is made of it.
pub mod signatures {
    #![deny(missing_docs, unused, unreachable_pub, elided_lifetimes_in_paths, clippy::pedantic, clippy::nursery)]
    #![allow(clippy::must_use_candidate, clippy::missing_errors_doc, reason = "it is about what is written by the attribute")]

    use super::{
        Deserialize, Display, Emulator, Items, Pages, Post, Reply, Result, Serialize, Twitter, Value, last, paragon_request, start, target,
    };

    /// Generics, lifetimes and bounds.
    #[paragon_request(GET, "/2/circles/{id}")]
    pub async fn generic<'a, K, T>(
        twitter: &'a Twitter,
        id: K,
        #[query] filter: &'a T,
        #[query] more: Option<impl Display>,
    ) -> Result<Reply<Value>>
    where
        K: Display + Clone,
        T: Serialize + ?Sized;

    /// Names that are words of the language, and `{braces}` or "quotes" in docs.
    #[paragon_request(GET, "/2/{type}/{match}")]
    pub async fn r#loop(
        twitter: &Twitter,
        /** " # {} */
        r#type: &str,
        r#match: impl Display,
        #[query] r#in: u8,
        #[header] r#use: u8,
    ) -> Result<()>;

    /// Old.
    #[deprecated = "it is gone"]
    #[paragon_request(DELETE, "/2/circles")]
    pub async fn old(twitter: &Twitter) -> Result<()>;

    /// Never there.
    #[cfg(any())]
    #[paragon_request(GET, "/2/circles")]
    pub async fn never(twitter: &Twitter, #[query] no: NoSuchType) -> Result<NoSuchType>;

    /// A group with something in it.
    #[derive(Debug)]
    pub struct Group<'t, X> {
        twitter: &'t Twitter,
        with: X,
    }

    impl<X: Display + Send> Group<'_, X> {
        /// Items.
        #[paragon_request(GET, "/2/circles/{id}", client = self.twitter, page = "page")]
        pub fn items(&self, id: &X) -> Items<Post>;

        /// Pages.
        #[paragon_request(GET, "/2/circles/{id}", client = self.twitter, page = "page")]
        pub async fn pages(&mut self, id: &str, #[query] list: &[X]) -> Result<Pages<Vec<Post>>>;

        /// With another receiver.
        #[paragon_request(PUT, "/2/circles/{id}", client = self.twitter)]
        pub(crate) async fn pinned(self: std::pin::Pin<&mut Self>, id: &str, #[body] body: &Value) -> Result<()>;
    }

    /// A trait that can be `dyn`: what its methods return is a type with a name.
    pub trait Circles: AsRef<Twitter> + Send + Sync {
        /// One.
        #[paragon_request(GET, "/2/circles/{id}")]
        async fn one(&self, id: &str) -> Result<Value>;

        /// Any.
        #[paragon_request(GET, "/2/circles/{id}")]
        async fn any<T: for<'de> Deserialize<'de>, const N: usize>(&self, id: usize, #[query] list: [u8; N]) -> Result<T>
        where
            Self: Sized;
    }

    impl Circles for Twitter {}

    #[tokio::test]
    async fn all_of_them_are_called() {
        let (emulator, twitter): (Emulator, Twitter) = start().await;
        let _ = generic(&twitter, "1", &[2, 3][..], Some(4)).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?filter=2&filter=3&more=4");
        let _ = r#loop(&twitter, "a", 'b', 1, 2).await;
        assert_eq!((target(&last(&emulator)), last(&emulator).header("use")), ("twitter/2/a/b?in=1", Some("2")));
        let mut group = Group { twitter: &twitter, with: 'x' };
        let _ = group.items(&group.with).next().await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/x");
        let mut pages = group.pages("1", &['y', 'z']).await.expect("pages");
        let _ = pages.next().await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?list=y&list=z");
        let _ = std::pin::Pin::new(&mut group).pinned("1", &Value::Bool(true)).await;
        assert_eq!(last(&emulator).body, b"true"[..]);
        let circles: &dyn Circles = &twitter;
        let _ = circles.one("1").await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/1");
        let _ = twitter.any::<Value, 2>(1, [2, 3]).await;
        assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?list=2&list=3");
    }
}

/// Names of the standard library and of the client that mean something else.
mod shadowed {
    #![no_implicit_prelude]
    #![allow(dead_code, reason = "they are there to be in the way")]

    mod std {}
    mod core {}
    mod serde {}
    mod twitter_api {}
    struct Result;
    struct Option;
    struct Some;
    struct None;
    struct Ok;
    struct String;
    struct Vec;
    struct Draft;
    struct Arg;
    struct Answer;
    struct DeclaredRequest;
    trait Client {}
    trait Display {}

    #[::twitter_api::paragon_request(GET, "/2/{draft}/{call}", scopes = ["a"], page = "p")]
    pub(super) async fn shadowed(
        twitter: &::twitter_api::Twitter,
        draft: &str,
        call: &str,
        #[query] endpoint: ::core::option::Option<u8>,
        #[query] list: &[u8],
        #[header] client: char,
    ) -> ::twitter_api::Result<::twitter_api::Reply<::std::vec::Vec<u8>>>;
}

#[tokio::test]
async fn names_of_the_user_s_are_not_in_the_way() {
    let (emulator, twitter) = start().await;
    let _ = shadowed::shadowed(&twitter, "a", "b", Some(1), &[2], 'c').await;
    assert_eq!(target(&last(&emulator)), "twitter/2/a/b?endpoint=1&list=2");
}
