//! Generated, declared and untyped calls are traced, made again and counted alike.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use paragon_twitter::types::Post;
use paragon_twitter::{
    Error, Events, Integration, Items, Method, Paragon, RateLimits, Reply, Result, Retry, StatusCode, Twitter, Value, paragon_request,
};
use paragon_twitter_test_support::{Reply as Scripted, Server};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const USER_TOKEN: &str = "user.token.secret";
const APP_TOKEN: &str = "app-token-secret";
const TEMPLATE: &str = "/2/users/{id}/tweets";
const FAR_OFF: &str = "x-rate-limit-limit: 15\r\nx-rate-limit-remaining: 7\r\nx-rate-limit-reset: 9999999999\r\n";

#[paragon_request(GET, "/2/users/{id}/tweets", name = "circles.posts")]
async fn posts(twitter: &Twitter, id: &str) -> Result<Reply<Vec<Post>>>;

#[paragon_request(GET, "/2/users/{id}/tweets", page = "pagination_token")]
fn post_items(twitter: &Twitter, id: &str, #[retry] rule: Option<Retry>) -> Items<Post>;

#[paragon_request(POST, "/2/tweets")]
async fn create(twitter: &Twitter, #[body] post: &Value) -> Result<Reply<Post>>;

#[paragon_request(POST, "/2/tweets", idempotent)]
async fn create_once(twitter: &Twitter, #[body] post: &Value) -> Result<Reply<Post>>;

#[paragon_request(GET, "/2/tweets/search/stream", auth = "app")]
async fn stream(twitter: &Twitter) -> Result<Events<Post>>;

#[paragon_request(GET, "/channels/{id}", integration = "slack")]
async fn channel(slack: &Integration, id: &str) -> Result<Value>;

fn answer(status: u16, headers: &str, body: &str) -> Scripted {
    headers.lines().fold(Scripted::new(status, "application/json", body), Scripted::header)
}

fn down() -> Scripted {
    answer(503, "", "{}")
}

fn paragon(url: &str) -> Paragon {
    let builder = Paragon::builder("project").user_token(USER_TOKEN).bearer_token(APP_TOKEN).proxy_url(url).x_url(url);
    // As many attempts as if nothing was said, without the pauses between them.
    builder.retry(Retry::attempts(3).pause(Duration::ZERO)).build().expect("a client")
}

fn twitter(url: &str) -> Twitter {
    paragon(url).user("user-42").twitter()
}

type Fields = BTreeMap<&'static str, String>;

/// A span, and the events in it.
#[derive(Debug, Default, Clone)]
struct Span {
    name: &'static str,
    fields: Fields,
    events: Vec<Fields>,
}

impl Span {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// The facts of a call of any kind.
    fn told(&self) -> [Option<&str>; 6] {
        ["method", "path", "integration", "status", "attempts", "error"].map(|name| self.field(name))
    }
}

/// Collects the spans of calls.
#[derive(Debug, Default, Clone)]
struct Collector(Arc<Mutex<(Vec<Span>, Vec<u64>)>>);

impl Collector {
    fn spans(&self) -> Vec<Span> {
        self.0.lock().expect("spans").0.clone()
    }

    /// All that was told, as one text.
    fn text(&self) -> String {
        let mut text = String::new();
        write!(text, "{:?}", self.spans()).expect("a string takes all");
        text
    }

    fn of(&self, id: &Id, change: impl FnOnce(&mut Span)) {
        let mut spans = self.0.lock().expect("spans");
        let index = usize::try_from(id.into_u64()).expect("an index") - 1;
        change(&mut spans.0[index]);
    }
}

struct Visitor<'a>(&'a mut Fields);

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "paragon_twitter::call"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut new = Span { name: span.metadata().name(), ..Span::default() };
        span.record(&mut Visitor(&mut new.fields));
        let spans = &mut self.0.lock().expect("spans").0;
        spans.push(new);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.of(span, |span| values.record(&mut Visitor(&mut span.fields)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Visitor(&mut fields));
        let current = *self.0.lock().expect("spans").1.last().expect("the event is in a span");
        self.of(&Id::from_u64(current), |span| span.events.push(fields));
    }

    fn enter(&self, span: &Id) {
        self.0.lock().expect("spans").1.push(span.into_u64());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().expect("spans").1.pop();
    }
}

type Made = Pin<Box<dyn Future<Output = Option<Error>>>>;

/// Makes a call one way, and keeps the error.
fn made<T>(call: impl Future<Output = Result<T>> + 'static) -> Made {
    Box::pin(async { call.await.err() })
}

fn three_reads(twitter: &Twitter) -> [(&'static str, &'static str, Made, RateLimits); 3] {
    let generated = twitter.users().posts("12");
    let declared = posts(twitter, "12");
    let untyped = twitter.request(Method::GET, "/2/users/12/tweets?max_results=5");
    let limits = (generated.rate_limits(), declared.rate_limits(), untyped.rate_limits());
    [
        ("users.posts", TEMPLATE, made(generated.into_future()), limits.0),
        ("circles.posts", TEMPLATE, made(declared), limits.1),
        // There is no template, so the path is the caller's text.
        ("request", "/2/users/12/tweets", made(untyped.into_future()), limits.2),
    ]
}

fn three_writes(twitter: &Twitter) -> [Made; 3] {
    let body = json!({"text": "Hello"});
    [
        made(twitter.posts().create().text("Hello").into_future()),
        made(create(twitter, &body)),
        made(twitter.request(Method::POST, "/2/tweets").body(body).into_future()),
    ]
}

fn three_idempotent_writes(twitter: &Twitter) -> [Made; 3] {
    let body = json!({"text": "Hello"});
    [
        made(twitter.posts().create().text("Hello").with_idempotent(true).into_future()),
        made(create_once(twitter, &body)),
        made(twitter.request(Method::POST, "/2/tweets").body(body).with_idempotent(true).into_future()),
    ]
}

#[tokio::test]
async fn each_call_is_one_span_with_its_template_and_without_secrets() {
    for way in 0..3 {
        let server = Server::start([down(), answer(200, FAR_OFF, r#"{"data":[]}"#)]);
        let twitter = twitter(&server.url());
        let (name, path, call, before) = three_reads(&twitter).into_iter().nth(way).expect("three ways");
        assert_eq!(before, RateLimits::default());
        let collector = Collector::default();
        assert!(call.with_subscriber(collector.clone()).await.is_none());

        let spans = collector.spans();
        assert_eq!((spans.len(), spans[0].name, server.requests().len()), (1, "call", 2));
        assert_eq!(spans[0].told(), [Some("GET"), Some(path), Some("twitter"), Some("200"), Some("2"), None]);
        assert_eq!(spans[0].field("operation"), Some(name));
        assert_eq!(spans[0].events.len(), 1);
        let event = &spans[0].events[0];
        assert_eq!([&event["attempt"], &event["status"], &event["error"], &event["pause"]], ["1", "503", "Paragon", "0ns"]);
        let text = collector.text();
        assert!(!text.contains("secret") && !text.contains("max_results"), "{text}");
        assert!(way == 2 || !text.contains("12"), "{text}");

        // The reported limits are known for each of them, by their key.
        let seen = twitter.rate_limits(Method::GET, path);
        assert_eq!(seen.window.map(|limit| (limit.limit, limit.remaining)), Some((15, 7)));
        for (_, other, _, limits) in three_reads(&twitter) {
            assert_eq!(limits, if other == path { seen } else { RateLimits::default() });
        }
    }
}

#[tokio::test]
async fn a_creating_call_is_made_again_only_when_it_is_said_to_do_no_harm() {
    for way in 0..3 {
        let server = Server::start([down(), answer(201, "", r#"{"data":{"id":"1","text":"Hello"}}"#)]);
        let collector = Collector::default();
        let [a, b, c] = three_writes(&twitter(&server.url()));
        let call = [a, b, c].into_iter().nth(way).expect("three ways");
        let error = call.with_subscriber(collector.clone()).await.expect("an error");
        assert_eq!((error.attempts(), error.status(), server.requests().len()), (1, Some(StatusCode::SERVICE_UNAVAILABLE), 1));
        let told = [Some("POST"), Some("/2/tweets"), Some("twitter"), Some("503"), Some("1"), Some("Paragon")];
        assert_eq!(collector.spans()[0].told(), told);
        assert!(collector.spans()[0].events.is_empty());

        let server = Server::start([down(), answer(201, "", r#"{"data":{"id":"1","text":"Hello"}}"#)]);
        let call = three_idempotent_writes(&twitter(&server.url())).into_iter().nth(way).expect("three ways");
        assert!(call.await.is_none());
        let requests = server.requests();
        assert_eq!(requests[0], requests[1]);
        assert_eq!(requests[0].body, br#"{"text":"Hello"}"#);
    }
}

#[tokio::test]
async fn a_refusal_is_waited_for_when_its_end_is_near_and_an_error_when_it_is_not() {
    let (soon, late) = ("retry-after: 0\r\n", FAR_OFF.replace('7', "0"));
    for way in 0..3 {
        let server = Server::start([answer(429, soon, "{}"), answer(201, "", "{}")]);
        let call = three_writes(&twitter(&server.url())).into_iter().nth(way).expect("three ways");
        assert!(call.await.is_none());
        assert_eq!(server.requests().len(), 2);

        let server = Server::start([answer(429, &late, "{}"), answer(201, "", "{}")]);
        let twitter = twitter(&server.url());
        let call = three_writes(&twitter).into_iter().nth(way).expect("three ways");
        assert!(call.await.is_some_and(|error| error.is_rate_limited() && error.attempts() == 1));
        assert!(twitter.rate_limits(Method::POST, "/2/tweets").exhausted().is_some());
        assert!(twitter.posts().create().rate_limits().exhausted().is_some());
    }
}

#[tokio::test]
async fn without_a_connection_all_are_tried_again() {
    // Nothing listens at port 1, and no test is ever given it.
    for call in three_writes(&twitter("http://127.0.0.1:1")) {
        let collector = Collector::default();
        let error = call.with_subscriber(collector.clone()).await.expect("an error");
        assert_eq!((error.attempts(), error.is_unsent()), (3, true), "{error}");
        assert!(error.to_string().contains(", tried 3 times: no connection"), "{error}");
        let told = [Some("POST"), Some("/2/tweets"), Some("twitter"), None, Some("3"), Some("Connect")];
        assert_eq!(collector.spans()[0].told(), told);
        assert_eq!(collector.spans()[0].events.len(), 2);
    }
}

#[tokio::test]
async fn the_caller_s_rule_for_one_call_is_kept_by_each() {
    for way in 0..3 {
        let server = Server::start([down(), down()]);
        let twitter = twitter(&server.url());
        let call = match way {
            0 => made(twitter.users().posts("12").with_retry(Retry::none()).into_future()),
            1 => made(posts(&twitter, "12").with_retry(Retry::none())),
            _ => made(twitter.request(Method::GET, "/2/x").with_retry(Retry::none()).into_future()),
        };
        assert_eq!(call.await.expect("an error").attempts(), 1);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn each_page_is_a_call_and_is_tried_again_by_itself() {
    let page = |token: &str| answer(200, "", &format!(r#"{{"data":[{{"id":"1","text":"a"}}],"meta":{{{token}}}}}"#));
    for declared in [false, true] {
        let server = Server::start([page(r#""next_token":"two""#), down(), page("")]);
        let twitter = twitter(&server.url());
        let mut items = if declared { post_items(&twitter, "12", None) } else { twitter.users().posts("12").items() };
        let collector = Collector::default();
        let count = async {
            let mut count = 0;
            while let Some(item) = items.next().await {
                item.expect("a post");
                count += 1;
            }
            count
        };
        assert_eq!(count.with_subscriber(collector.clone()).await, 2);
        let attempts: Vec<_> = collector.spans().iter().map(|span| span.fields["attempts"].clone()).collect();
        assert_eq!(attempts, ["1", "2"]);
    }
}

#[tokio::test]
async fn the_pages_of_a_list_keep_the_rule_they_were_given() {
    for declared in [false, true] {
        let server = Server::start([down(), down()]);
        let twitter = twitter(&server.url());
        let generated = || twitter.users().posts("12").with_retry(Retry::none()).items();
        let mut items = if declared { post_items(&twitter, "12", Some(Retry::none())) } else { generated() };
        let error = items.next().await.expect("an item").expect_err("it is down");
        assert_eq!((error.attempts(), server.requests().len()), (1, 1));
        assert!(items.next().await.is_none());
    }
}

#[tokio::test]
async fn a_stream_is_connected_again_only_before_it_has_begun() {
    for declared in [false, true] {
        let cut = "HTTP/1.1 200 OK\r\ncontent-length: 900\r\nconnection: close\r\n\r\n{\"data\":{\"id\":\"1\",\"text\":\"a\"}}\r\n";
        let server = Server::start([down(), Scripted::raw(cut), down()]);
        let twitter = twitter(&server.url());
        let collector = Collector::default();
        let connect = async { if declared { stream(&twitter).await } else { twitter.streams().filtered().await } };
        let mut events = connect.with_subscriber(collector.clone()).await.expect("a stream");
        assert_eq!(events.next().await.expect("a document").expect("a post").data.text, "a");
        let broken = events.next().await.expect("the end").expect_err("it broke");
        assert_eq!((broken.attempts(), server.requests().len()), (2, 2), "{broken}");
        assert!(events.next().await.is_none());

        let told = [Some("GET"), Some("/2/tweets/search/stream"), Some("twitter"), Some("200"), Some("2"), None];
        assert_eq!(collector.spans()[0].told(), told);
        assert!(!collector.text().contains("secret"));
    }
}

#[tokio::test]
async fn another_integration_is_told_of_by_its_name() {
    for declared in [false, true] {
        let server = Server::start([down(), answer(200, FAR_OFF, "{}")]);
        let slack = paragon(&server.url()).user("user-42").integration("slack");
        let collector = Collector::default();
        let call = if declared { made(channel(&slack, "C1")) } else { made(slack.request(Method::GET, "channels/C1").into_future()) };
        assert!(call.with_subscriber(collector.clone()).await.is_none());
        let path = if declared { "/channels/{id}" } else { "/channels/C1" };
        assert_eq!(collector.spans()[0].told(), [Some("GET"), Some(path), Some("slack"), Some("200"), Some("2"), None]);
        let limits = if declared { channel(&slack, "C1").rate_limits() } else { slack.request(Method::GET, path).rate_limits() };
        assert_eq!(limits.window.map(|limit| limit.remaining), Some(7));
        // X's own limits are others.
        assert_eq!(slack.user().twitter().rate_limits(Method::GET, path), RateLimits::default());
    }
}

#[tokio::test]
async fn a_refusal_before_sending_is_told_as_no_attempt() {
    let server = Server::start([]);
    let collector = Collector::default();
    let call = made(twitter(&server.url()).request(Method::GET, "/2/users/../x").into_future());
    let error = call.with_subscriber(collector.clone()).await.expect("an error");
    assert_eq!((error.attempts(), server.requests().len()), (0, 0));
    let spans = collector.spans();
    assert_eq!((spans[0].field("attempts"), spans[0].field("error")), (Some("0"), Some("Request")));
}
