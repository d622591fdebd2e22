//! Calls over real sockets: the requests that are sent, and the outcome of the responses.

mod attempts;
mod limits;
mod own_ids;

use std::borrow::Cow;
use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use paragon_twitter_test_support::{Reply, Request, Server, ok};
use serde_json::{Value, json};

use crate::client::builder::ParagonBuilder;
use crate::client::handles::{Paragon, ParagonUser};
use crate::engine::Options;
use crate::engine::response::{self, FAILURE, Response};
use crate::engine::retry::Retry;
use crate::transport::HttpClient;
use crate::wire::error::{Error, ErrorKind, Result};
use crate::wire::operation::{Auth, Dialect, Operation, is_idempotent};
use crate::wire::rate_limit::RateLimits;
use crate::wire::request::{BodyField, QueryValue, RequestBody, RequestData};

const KEY: &str = include_str!("../engine/token/keys/signing.pem");
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln";
const APP_ONLY: Auth = Auth { user: false, app: true, scopes: &[] };

/// A request with its options.
struct Planned {
    data: RequestData,
    options: Options,
}

fn planned(operation: Operation) -> Planned {
    Planned { data: RequestData::new(operation), options: Options::default() }
}

fn operation(method: Method, path: &'static str, auth: Auth) -> Operation {
    Operation {
        name: Cow::Borrowed("group.name"),
        idempotent: is_idempotent(&method),
        method,
        path: Cow::Borrowed(path),
        auth,
        page_parameter: None,
        streaming: false,
        enveloped: true,
        dialect: Dialect::Post,
        integration: None,
    }
}

fn get(path: &'static str) -> Planned {
    planned(operation(Method::GET, path, Auth::USER))
}

fn get_app_only(path: &'static str) -> Planned {
    planned(operation(Method::GET, path, APP_ONLY))
}

fn post(body: RequestBody) -> Planned {
    let mut request = planned(operation(Method::POST, "/2/tweets", Auth::USER));
    request.data.set_body(body);
    request
}

async fn open(user: &ParagonUser, request: &Planned) -> Result<Response<response::ResponseBody>> {
    user.caller().open(&request.data, &request.options).await
}

async fn exchange(user: &ParagonUser, request: &Planned) -> Result<Response<Bytes>> {
    user.caller().exchange(&request.data, &request.options).await
}

fn at(server: &Server) -> ParagonBuilder {
    let builder = Paragon::builder("project").proxy_url(server.url()).x_url(server.url()).transport(direct());
    builder.retry(Retry::none())
}

/// Goes to loopback even if the environment names a proxy.
fn direct() -> HttpClient {
    HttpClient::from_builder(settings()).unwrap()
}

fn settings() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy()
}

fn user_at(server: &Server) -> ParagonUser {
    at(server).user_token(TOKEN).build().unwrap().user("user-42")
}

async fn body_of(user: &ParagonUser, request: &Planned) -> Result<Bytes> {
    Ok(exchange(user, request).await?.body)
}

/// The error of a call that is answered like this.
async fn error_of(reply: Reply, request: &Planned) -> Error {
    let server = Server::start([reply]);
    body_of(&user_at(&server), request).await.expect_err("succeeded")
}

/// The request that a call becomes.
async fn sent(request: &Planned) -> Request {
    let server = Server::start([ok("{}")]);
    body_of(&user_at(&server), request).await.unwrap();
    server.request()
}

#[tokio::test]
async fn a_call_as_a_user_goes_through_the_proxy_of_paragon() {
    let server = Server::start([ok(r#"{"data": 1}"#)]);
    let mut request = get("/2/users/me");
    request.data.set_query("user.fields", QueryValue::List(vec!["created_at".into(), "name".into()]));
    let mut response = open(&user_at(&server), &request).await.unwrap();
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.headers["content-type"], "application/json");
    assert_eq!(response.whole().await.unwrap(), r#"{"data": 1}"#);

    let request = server.request();
    assert_eq!(request.line, "GET /projects/project/sdk/proxy/twitter/2/users/me?user.fields=created_at,name HTTP/1.1");
    assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(request.header("x-paragon-use-raw-response"), Some("1"));
    assert_eq!(request.header("user-agent"), Some(concat!("paragon-twitter/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(request.header("x-paragon-credential"), None);
    assert_eq!(request.header("content-type"), None);
}

/// A user for whom every token is another one: the clock advances with each look at it.
fn signing(builder: ParagonBuilder) -> ParagonUser {
    let second = std::sync::atomic::AtomicI64::new(1_795_000_000);
    let clock = move || jiff::Timestamp::from_second(second.fetch_add(1, std::sync::atomic::Ordering::SeqCst)).unwrap();
    builder.signing_key_pem(KEY).unwrap().clock(std::sync::Arc::new(clock)).build().unwrap().user("user-42")
}

fn refused() -> Reply {
    Reply::new(401, "application/json", r#"{"message":"no"}"#)
}

#[tokio::test]
async fn a_kept_token_that_is_refused_is_replaced_at_once_and_a_new_one_is_not() {
    let server = Server::start([ok("{}"), refused(), ok("{}"), refused(), refused()]);
    // Whoever waits in this call waits in vain.
    let user = signing(at(&server).retry(Retry::attempts(5).pause(Duration::from_secs(3600))));
    for _ in 0..2 {
        body_of(&user, &post(RequestBody::Empty)).await.unwrap();
    }
    let error = body_of(&user, &post(RequestBody::Empty)).await.unwrap_err();
    assert_eq!(error.attempts(), 2);
    assert!(error.to_string().contains("This client signed the token and it is fresh"), "{error}");
    assert!(error.needs_new_token() && !error.is_retryable());
    let tokens: Vec<_> = (0..5).map(|_| server.request().header("authorization").unwrap().to_owned()).collect();
    assert_eq!([0, 1, 2, 3].map(|call| tokens[call] == tokens[call + 1]), [true, false, true, false]);
}

#[tokio::test]
async fn a_signed_token_is_sent_again_until_it_is_refused() {
    let server = Server::start([ok("{}"), ok("{}"), refused(), ok("{}")]);
    let user = signing(at(&server));
    let mut tokens = Vec::new();
    for expected in [true, true, false, true] {
        assert_eq!(body_of(&user, &get("/2/users/me")).await.is_ok(), expected);
        tokens.push(server.request().header("authorization").unwrap().to_owned());
    }
    assert!(tokens[0] == tokens[1] && tokens[1] == tokens[2] && tokens[2] != tokens[3]);
}

#[tokio::test]
async fn a_wrong_signing_key_is_told_with_where_to_compare_it() {
    let server = Server::start([Reply::new(401, "application/json", r#"{"message":"Invalid signature","code":"0401"}"#)]);
    let user = at(&server).signing_key_pem(KEY).unwrap().build().unwrap().user("user-42");
    let error = body_of(&user, &get("/2/users/me")).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Paragon, Some("0401")));
    assert!(error.needs_new_token() && !error.needs_reconnect());
    assert_eq!(
        error.to_string(),
        "group.name (GET /2/users/me): Paragon answered 401 Unauthorized: Invalid signature (code 0401). This client signed the token and it \
         is fresh, so the signing key is not the one of project project, or the clock of this machine is wrong: compare with Settings > SDK Setup in \
         Paragon's dashboard"
    );
}

#[tokio::test]
async fn a_token_that_was_supplied_or_asked_for_has_advice_of_its_own() {
    let error = error_of(refused(), &get("/2/users/me")).await;
    assert!(error.to_string().contains("Sign a new user token"), "{error}");

    let server = Server::start([refused()]);
    let paragon = at(&server).user_token_source(|_| async { Ok(TOKEN.to_owned()) }).build().unwrap();
    let error = body_of(&paragon.user("u"), &get("/2/users/me")).await.unwrap_err();
    assert!(error.to_string().contains("source of user tokens"), "{error}");
}

#[tokio::test]
async fn an_account_that_is_not_connected_is_told() {
    let error = error_of(Reply::new(403, "application/json", r#"{"message":"Integration not enabled."}"#), &get("/2/users/me")).await;
    assert!(error.needs_reconnect() && !error.needs_new_token());
    assert!(error.to_string().contains("have the user connect it again"), "{error}");
}

#[tokio::test]
async fn an_app_only_operation_goes_to_x_with_the_app_s_token_and_nothing_of_paragon_s() {
    let server = Server::start([ok("{}")]);
    let user = at(&server).user_token(TOKEN).bearer_token("AAAA%2Bapp").build().unwrap().user("u").with_credential("c");
    let mut request = get_app_only("/2/tweets/search/stream/rules");
    request.data.set_header("X-Paragon-Configuration-Id", "7").unwrap();
    body_of(&user, &request).await.unwrap();
    let request = server.request();
    assert_eq!(request.line, "GET /2/tweets/search/stream/rules HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Bearer AAAA%2Bapp"));
    assert!(!request.head.to_ascii_lowercase().contains("x-paragon"), "{}", request.head);
}

#[tokio::test]
async fn an_app_only_operation_is_refused_without_the_app_s_token() {
    let server = Server::start([]);
    let error = body_of(&user_at(&server), &get_app_only("/2/usage/tweets")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.is_unsent() && error.to_string().contains("bearer_token"), "{error}");
}

#[tokio::test]
async fn what_takes_both_kinds_of_token_goes_through_paragon_unless_there_is_only_the_app_s() {
    let request = planned(operation(Method::GET, "/2/tweets", Auth { user: true, app: true, scopes: &[] }));
    let server = Server::start([ok("{}"), ok("{}")]);
    let both = at(&server).user_token(TOKEN).bearer_token("AAAA").build().unwrap();
    body_of(&both.user("u"), &request).await.unwrap();
    assert!(server.request().line.starts_with("GET /projects/"));
    let only_app = at(&server).bearer_token("AAAA").build().unwrap();
    body_of(&only_app.user(""), &request).await.unwrap();
    assert_eq!(server.request().line, "GET /2/tweets HTTP/1.1");
    let error = body_of(&only_app.user("u"), &get("/2/users/me")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
}

#[tokio::test]
async fn an_operation_with_no_security_goes_through_paragon() {
    let request = planned(operation(Method::GET, "/2/openapi.json", Auth { user: false, app: false, scopes: &[] }));
    assert!(sent(&request).await.line.starts_with("GET /projects/"));
}

#[tokio::test]
async fn the_credential_of_the_call_goes_before_the_user_s() {
    let server = Server::start([ok("{}"), ok("{}"), ok("{}")]);
    let user = user_at(&server).with_credential("user's");
    let mut request = get("/2/users/me");
    body_of(&user, &request).await.unwrap();
    assert_eq!(server.request().header("x-paragon-credential"), Some("user's"));
    request.data.set_header("x-paragon-credential", "by hand").unwrap();
    body_of(&user, &request).await.unwrap();
    assert_eq!(server.request().header("x-paragon-credential"), Some("by hand"));
    request.options.credential = Some("call's".into());
    body_of(&user, &request).await.unwrap();
    assert_eq!(server.request().header("x-paragon-credential"), Some("call's"));

    let error = body_of(&user.with_credential("a\nb"), &get("/2/users/me")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
}

#[tokio::test]
async fn headers_of_the_call_are_sent_but_not_those_that_frame_or_divert_it() {
    let mut request = get("/2/users/me");
    request.data.set_header("accept-language", "en").unwrap();
    request.data.set_header("user-agent", "mine").unwrap();
    request.data.set_header("x-paragon-use-raw-response", "0").unwrap();
    let request = sent(&request).await;
    assert_eq!(request.header("accept-language"), Some("en"));
    assert_eq!(request.header("user-agent"), Some("mine"));
    assert_eq!(request.header("x-paragon-use-raw-response"), Some("1"));
    for name in ["host", "content-length", "transfer-encoding", "connection", "x-paragon-proxy-url"] {
        let mut request = get("/2/users/me");
        request.data.set_header(name, "1").unwrap();
        let error = body_of(&user_at(&Server::start([])), &request).await.unwrap_err();
        assert!(error.is_unsent() && error.to_string().contains(name), "{error}");
    }
}

#[tokio::test]
async fn a_json_body_is_sent_as_json() {
    for body in [RequestBody::Json(json!({"text": "Hé"})), RequestBody::Fields(vec![(Cow::Borrowed("text"), BodyField::Json(json!("Hé")))])]
    {
        let request = sent(&post(body)).await;
        assert_eq!(request.line, "POST /projects/project/sdk/proxy/twitter/2/tweets HTTP/1.1");
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.body, r#"{"text":"Hé"}"#.as_bytes());
    }
    let binary = RequestBody::Fields(vec![(Cow::Borrowed("media"), BodyField::Binary(Bytes::from_static(&[0, 255])))]);
    assert_eq!(sent(&post(binary)).await.body, br#"{"media":"AP8="}"#);
}

#[tokio::test]
async fn a_post_without_a_body_says_so() {
    let request = sent(&post(RequestBody::Empty)).await;
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(request.header("content-type"), None);
}

#[tokio::test]
async fn bytes_are_sent_as_they_are() {
    let body = RequestBody::Bytes { content_type: "application/octet-stream", content: Bytes::from_static(&[0, 1, 255]) };
    let request = sent(&post(body)).await;
    assert_eq!(request.header("content-type"), Some("application/octet-stream"));
    assert_eq!(request.body, [0, 1, 255]);
}

fn multipart() -> RequestBody {
    RequestBody::Multipart(vec![
        (Cow::Borrowed("media"), BodyField::Binary(Bytes::from_static(b"\x00bytes"))),
        (Cow::Borrowed("segment_index"), BodyField::Json(json!(3))),
        (Cow::Borrowed("media_type"), BodyField::Json(json!("video/mp4"))),
        (Cow::Borrowed("absent"), BodyField::Json(Value::Null)),
    ])
}

#[tokio::test]
async fn multipart_is_refused_through_paragon() {
    let error = body_of(&user_at(&Server::start([])), &post(multipart())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.is_unsent() && error.to_string().contains("base64"), "{error}");
}

#[tokio::test]
async fn multipart_goes_to_x_directly() {
    let server = Server::start([ok("{}")]);
    let user = at(&server).bearer_token("AAAA").build().unwrap().user("");
    let mut request = planned(operation(Method::POST, "/2/media/upload", APP_ONLY));
    request.data.set_header("content-type", "application/json").unwrap();
    request.data.set_body(multipart());
    body_of(&user, &request).await.unwrap();
    let request = server.request();
    let boundary = request.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
    let text = String::from_utf8(request.body.clone()).unwrap();
    let parts: Vec<_> = text.split(&format!("--{boundary}")).collect();
    assert_eq!(parts.len(), 5, "{text}");
    assert!(parts[1].contains("filename=\"media\"") && parts[1].ends_with("\r\n\r\n\0bytes\r\n"), "{text}");
    assert!(parts[2].contains("name=\"segment_index\"") && parts[2].ends_with("\r\n\r\n3\r\n"), "{text}");
    assert!(parts[3].ends_with("\r\n\r\nvideo/mp4\r\n"), "{text}");
}

#[tokio::test]
async fn what_is_percent_encoded_arrives_as_it_is() {
    let mut request = get("/2/lists/{id}/x");
    request.data.set_path("id", "a/b,c ü'%").unwrap();
    request.data.set_query("query", QueryValue::One("#a b&c=d'ü+%2F".into()));
    request.data.set_query("ids", QueryValue::List(vec!["1,2".into(), "3".into()]));
    request.data.set_query("rep", QueryValue::Repeated(vec!["1".into(), "2".into()]));
    let expected = request.data.path_and_query();
    let request = sent(&request).await;
    assert_eq!(request.line, format!("GET /projects/project/sdk/proxy/twitter{expected} HTTP/1.1"));
    assert!(expected.starts_with("/2/lists/a%2Fb%2Cc%20%C3%BC%27%25/x?query=%23a%20b%26c%3Dd%27%C3%BC%2B%252F&ids=1%2C2,3&rep=1&rep=2"));
}

#[tokio::test]
async fn a_path_written_by_hand_is_made_fit_and_keeps_its_query() {
    for (path, expected) in [
        ("/2/users/me?user.fields=created_at", "/2/users/me?user.fields=created_at"),
        ("2/users/me", "/2/users/me"),
        ("//2/users/me", "/2/users/me"),
        ("/2/tweets/search/recent?query=#rust ü|'[x]\\", "/2/tweets/search/recent?query=%23rust%20%C3%BC%7C%27%5Bx%5D%5C"),
        ("/2/a%2Fb%2c", "/2/a%2Fb%2c"),
        ("/2/a\tb\n", "/2/a%09b%0A"),
        ("/2/x?next=https://a.example/../b", "/2/x?next=https://a.example/../b"),
        ("", "/"),
    ] {
        assert_eq!(sent(&get(path)).await.line, format!("GET /projects/project/sdk/proxy/twitter{expected} HTTP/1.1"));
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_project() {
    for path in [
        "/../x",
        "/2/..",
        "/2/%2e%2E/x",
        "/2/./x",
        "/2/a%2F..%2f..",
        "/2/..\\x",
        "/2/%2e%2e%5cx",
        "https://evil.example/2",
        "/2/users/{id}",
    ] {
        let error = body_of(&user_at(&Server::start([])), &get(path)).await.expect_err(path);
        assert_eq!(error.kind(), ErrorKind::Request, "{path}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_whatever_the_http_client_was_told() {
    let elsewhere = Server::start([ok("{}")]);
    let location = format!("location: {}/stolen", elsewhere.url());
    let server = Server::start([Reply::new(307, "text/plain", "").header(&location)]);
    let http = HttpClient::from_builder(settings().redirect(reqwest::redirect::Policy::limited(5))).unwrap();
    let user = at(&server).transport(http).user_token(TOKEN).build().unwrap().user("u");
    let error = body_of(&user, &get("/2/users/me")).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::TEMPORARY_REDIRECT));
    assert!(error.to_string().contains("Redirects are not followed"), "{error}");
    assert!(elsewhere.is_untouched());
}

#[tokio::test]
async fn an_html_page_is_an_error_that_keeps_status_and_body() {
    let page = "<html><title>502 Bad Gateway</title></html>";
    let error = error_of(Reply::new(502, "text/html", page), &get("/2/users/me")).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Paragon, Some(StatusCode::BAD_GATEWAY)));
    assert_eq!(error.body().unwrap(), page);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn x_s_response_comes_through_with_its_headers() {
    let reply = Reply::new(429, "application/problem+json", r#"{"title":"Too Many Requests","status":429}"#)
        .header("x-rate-limit-limit: 900\r\nx-rate-limit-remaining: 0\r\nx-rate-limit-reset: 1795000000\r\nx-transaction-id: f00");
    let error = error_of(reply, &get("/2/users/me")).await;
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.is_rate_limited());
    assert_eq!(error.rate_limit().unwrap().limit, 900);
    assert_eq!(error.request_id(), Some("f00"));
}

#[tokio::test]
async fn a_credential_in_a_response_is_blotted_out() {
    let page = format!("<pre>authorization: Bearer {TOKEN}\r\nagain: {TOKEN}</pre>");
    let error = error_of(Reply::new(400, "text/html", &page), &get("/2/users/me")).await;
    assert_eq!(error.body().unwrap(), "<pre>authorization: Bearer [redacted]\r\nagain: [redacted]</pre>");
    assert!(!format!("{error} {error:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_a_broken_connection() {
    let error = error_of(ok(r#"{"data": {"id": "#).content_length(1000), &get("/2/users/me")).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_retryable() && !error.is_unsent());
    assert!(error.to_string().contains("GET /2/users/me): the answer broke off after 16 bytes"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_failed_response_that_is_cut_off_still_has_its_status() {
    let error = error_of(Reply::new(503, "application/json", r#"{"title":"#).content_length(1000), &get("/2/users/me")).await;
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(error.body().unwrap(), r#"{"title":"#);
}

#[tokio::test]
async fn of_an_endless_failed_response_a_part_is_kept() {
    let long = "x".repeat(FAILURE + 1000);
    let error = error_of(Reply::new(500, "text/plain", &long), &get("/2/users/me")).await;
    assert_eq!(error.body().unwrap().len(), FAILURE);
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_response_may_have_delivered_the_call() {
    let error = error_of(Reply::hang_up(), &post(RequestBody::Json(json!({})))).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_retryable() && !error.is_unsent(), "{error}");
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_has_seen_nothing() {
    // Nothing listens at port 1, and no test is ever given it.
    let user = Paragon::builder("p").proxy_url("http://127.0.0.1:1").user_token(TOKEN).transport(direct()).retry(Retry::none());
    let user = user.build().unwrap().user("u");
    let error = body_of(&user, &get("/2/users/me")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_unsent() && error.is_retryable());
    assert!(error.to_string().contains("no connection to 127.0.0.1"), "{error}");
    assert!(!format!("{error:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_response_that_does_not_come_in_time_is_a_timeout() {
    let mut request = get("/2/users/me");
    request.options.timeout = Some(Duration::from_millis(50));
    for reply in [Reply::silence(), ok("{").content_length(10).left_open()] {
        let error = error_of(reply, &request).await;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.is_timeout() && error.is_retryable() && !error.is_unsent());
        assert!(error.to_string().contains("within 50ms"), "{error}");
    }
}

#[tokio::test]
async fn a_source_of_tokens_that_hangs_is_a_timeout_with_nothing_sent() {
    let server = Server::start([]);
    let paragon = at(&server).timeout(Duration::from_millis(50)).user_token_source(|_| std::future::pending()).build().unwrap();
    let error = body_of(&paragon.user("u"), &get("/2/users/me")).await.unwrap_err();
    assert!(error.is_timeout() && error.is_unsent(), "{error}");
}

/// Makes all timers of less than a day run out.
async fn let_a_day_pass() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(86_400)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn no_timeout_ends_a_stream_that_has_begun() {
    let (gate, reply) = Reply::gated(["{\"data\":1}\r\n", "\r\n", "{\"data\":2}\r\n"]);
    let server = Server::start([reply]);
    let mut streaming = operation(Method::GET, "/2/tweets/search/stream", APP_ONLY);
    streaming.streaming = true;
    let mut request = planned(streaming);
    request.options.timeout = Some(Duration::from_secs(3600));
    // The timeout of the caller's own client gives way.
    let http = HttpClient::from_builder(settings().timeout(Duration::from_secs(60))).unwrap();
    let user = at(&server).transport(http).bearer_token("AAAA").build().unwrap().user("");
    let mut response = open(&user, &request).await.unwrap();
    let_a_day_pass().await;
    gate.open();
    let mut text = Vec::new();
    while let Some(piece) = next(&mut response).await.transpose().unwrap() {
        text.extend_from_slice(&piece);
    }
    assert_eq!(text, b"{\"data\":1}\r\n\r\n{\"data\":2}\r\n");
}

#[tokio::test]
async fn the_timeout_covers_the_whole_of_any_other_response() {
    let (_gate, reply) = Reply::gated(["{}"]);
    let server = Server::start([reply]);
    let mut response = open(&user_at(&server), &get("/2/x")).await.unwrap();
    let_a_day_pass().await;
    let error = response.whole().await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("within 30s"), "{error}");
}

async fn next(response: &mut Response<response::ResponseBody>) -> Option<Result<Bytes>> {
    poll_fn(|context| response.poll_piece(context)).await
}

#[tokio::test]
async fn a_body_can_be_taken_as_a_stream() {
    let server = Server::start([ok("abc"), ok("abc").content_length(9), ok("abc").content_length(9).left_open()]);
    let user = user_at(&server);
    let mut whole = open(&user, &get("/2/x")).await.unwrap();
    assert_eq!(next(&mut whole).await.unwrap().unwrap(), "abc");
    assert!(next(&mut whole).await.is_none());

    let mut cut = open(&user, &get("/2/x")).await.unwrap();
    assert_eq!(next(&mut cut).await.unwrap().unwrap(), "abc");
    let error = next(&mut cut).await.unwrap().unwrap_err();
    assert!(error.to_string().contains("broke off after 3 bytes"), "{error}");
    assert!(next(&mut cut).await.is_none());

    let mut late = open(&user, &get("/2/x")).await.unwrap();
    assert_eq!(next(&mut late).await.unwrap().unwrap(), "abc");
    let_a_day_pass().await;
    assert!(next(&mut late).await.unwrap().unwrap_err().is_timeout());
    assert!(next(&mut late).await.is_none());
}

#[tokio::test]
async fn an_empty_body_is_a_success() {
    let server = Server::start([Reply::new(204, "application/json", ""), ok("")]);
    let user = user_at(&server);
    assert_eq!(body_of(&user, &get("/2/x")).await.unwrap(), "");
    assert_eq!(body_of(&user, &get("/2/x")).await.unwrap(), "");
}

#[tokio::test]
async fn a_response_that_paragon_has_wrapped_is_unwrapped() {
    for (body, expected) in [
        (r#"{"output": {"data": [1]}}"#, r#"{"data": [1]}"#),
        (r#" { "output" : [1, "x"] } "#, r#"[1, "x"]"#),
        (r#"{"status": 200, "output": {"data": 1}, "headers": {}}"#, r#"{"data": 1}"#),
    ] {
        let server = Server::start([ok(body)]);
        assert_eq!(body_of(&user_at(&server), &get("/2/x")).await.unwrap(), expected);
    }
    let wrapped = Reply::new(404, "application/json", r#"{"output": {"title": "Not Found Error", "detail": "Gone."}}"#);
    let error = error_of(wrapped, &get("/2/x")).await;
    assert_eq!((error.kind(), error.problems().len()), (ErrorKind::Api, 1));
}

#[tokio::test]
async fn what_x_responses_directly_is_never_unwrapped() {
    let server = Server::start([ok(r#"{"output": 1}"#)]);
    let user = at(&server).bearer_token("AAAA").build().unwrap().user("");
    assert_eq!(body_of(&user, &get_app_only("/2/x")).await.unwrap(), r#"{"output": 1}"#);
}

fn with_no_server() -> ParagonUser {
    Paragon::builder("p").user_token(TOKEN).build().unwrap().user("u")
}

#[tokio::test]
async fn a_timeout_too_long_to_be_a_time_is_none() {
    let server = Server::start([ok("{}")]);
    let user = at(&server).timeout(Duration::MAX).user_token(TOKEN).build().unwrap().user("u");
    assert_eq!(body_of(&user, &get("/2/x")).await.unwrap(), "{}");
}

#[tokio::test]
async fn the_data_of_a_stream_are_sent_untyped_for_a_reply_that_has_to_come_in_time() {
    let streaming = Operation { streaming: true, ..operation(Method::GET, "/2/tweets/sample/stream", APP_ONLY) };
    let server = Server::start([ok("{}").content_length(1000).left_open()]);
    let twitter = at(&server).bearer_token("AAAA").build().unwrap().user("u").twitter();
    let request = twitter.request_with(RequestData::new(streaming)).with_timeout(Duration::from_millis(50));
    let error = request.await.unwrap_err();
    assert!(error.is_timeout() && !error.is_unsent(), "{error}");
}

#[tokio::test]
async fn a_refused_value_is_refused_wherever_the_data_are_sent() {
    let server = Server::start([]);
    let twitter = user_at(&server).twitter();
    let request = twitter.request(Method::GET, "/2/x").with_header("authorization", "mine");
    let error = twitter.request_with(request.request_data().clone()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Request && error.to_string().contains("`authorization`"), "{error}");
}
