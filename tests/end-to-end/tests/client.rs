//! The typed client against the emulator, over real sockets, with real signatures.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use paragon_twitter::request::{Operation, RequestData, RequestFuture, UntypedRequest};
use paragon_twitter::transport::{self, Canned, TransportError};
use paragon_twitter::types::{Expansion, Post, PostField, User, UserField};
use paragon_twitter::{
    Dialect, Events, Items, Method, Pages, Paragon, ParagonBuilder, ParagonUser, Reply, Result, Retry, StatusCode, Twitter, Value,
};
use paragon_twitter_emulator::Emulator;
use paragon_twitter_test_support::{self as support, Server, ok};

/// A key that the emulator's project does not know.
const OTHER_KEY: &str = include_str!("../../../twitter-api/src/engine/token/keys/signing.pem");

async fn emulator() -> Emulator {
    Emulator::start().await.expect("a loopback port")
}

fn paragon(emulator: &Emulator) -> Paragon {
    Paragon::builder(emulator.project_id())
        .signing_key_pem(emulator.signing_key_pem())
        .expect("the emulator's key")
        .proxy_url(emulator.url())
        .x_url(emulator.x_url())
        .build()
        .expect("a client")
}

fn twitter(emulator: &Emulator) -> Twitter {
    paragon(emulator).user(paragon_twitter_emulator::DEFAULT_USER_ID).twitter()
}

/// A client whose calls are all answered alike, as long as the server is there.
fn answered(reply: support::Reply) -> (Server, Twitter) {
    let server = Server::always(reply);
    // It would be the same answer again.
    let builder = Paragon::builder("project").user_token("a.b.c").retry(Retry::none());
    let twitter = builder.proxy_url(server.url()).build().expect("a client").user("user").twitter();
    (server, twitter)
}

#[tokio::test]
async fn the_three_calls_of_the_quickstart_see_each_other() {
    let emulator = emulator().await;
    let twitter = twitter(&emulator);

    let me = twitter.users().me().await.expect("me");
    assert_eq!((me.data.name.as_str(), me.data.username.as_str()), ("Ada Lovelace", "ada"));
    assert_eq!(me.status, StatusCode::OK);
    assert!(me.rate_limit().is_some_and(|limit| limit.remaining < limit.limit));

    let empty = twitter.users().posts(&me.data.id).await.expect("no posts yet");
    assert!(empty.data.is_empty() && empty.meta.next_token.is_none());

    let created = twitter.posts().create().text("Hello World!").await.expect("a post");
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.data.text, "Hello World!");

    let listed = twitter.users().posts(&me.data.id).await.expect("the post");
    assert_eq!(listed.data.iter().map(|post| &post.id).collect::<Vec<_>>(), [&created.data.id]);

    let found = twitter.posts().get(&created.data.id).post_fields([PostField::CreatedAt]).await.expect("the post");
    assert_eq!(found.data.text, "Hello World!");
    assert!(found.data.created_at.is_some());

    let deleted = twitter.posts().delete(&created.data.id).await.expect("deleted");
    assert_eq!(deleted.data.deleted, Some(true));
    let gone = twitter.posts().get(&created.data.id).await.expect_err("it is gone");
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.problems()[0].kind(), Some("resource-not-found"));
}

#[tokio::test]
async fn pages_are_walked_by_their_tokens_and_end_without_one() {
    let emulator = emulator().await;
    for number in 0..23 {
        emulator.x().post(paragon_twitter_emulator::DEFAULT_USER_ID, &format!("post {number}"));
    }
    let twitter = twitter(&emulator);
    let me = twitter.users().me().await.expect("me").data.id;
    let (mut texts, mut sizes, mut token) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let mut request = twitter.users().posts(&me).max_results(10);
        if let Some(token) = token.take() {
            request = request.pagination_token(token);
        }
        let page = request.await.expect("a page");
        sizes.push(page.data.len());
        assert_eq!(page.meta.result_count, Some(page.data.len() as i64));
        texts.extend(page.data.into_iter().map(|post| post.text));
        match page.meta.next_token {
            Some(next) => token = Some(next),
            None => break,
        }
    }
    assert_eq!(sizes, [10, 10, 3]);
    assert_eq!(texts, (0..23).rev().map(|number| format!("post {number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_call_goes_out_as_paragon_and_x_expect_it() {
    let emulator = emulator().await;
    let twitter = twitter(&emulator);
    let me = twitter.users().me().user_fields([UserField::CreatedAt, UserField::Verified]).await.expect("me").data.id;
    let _ =
        twitter.users().posts(&me).max_results(5).post_fields([PostField::CreatedAt, PostField::Lang]).with_dialect(Dialect::Tweet).await;
    let credential = emulator.paragon().credential_id(paragon_twitter_emulator::DEFAULT_USER_ID);
    twitter.posts().create().text("a & b, c").with_credential(&credential).await.expect("a post");

    let requests = emulator.requests();
    let project = emulator.project_id();
    let prefix = format!("/projects/{project}/sdk/proxy/twitter");
    // The commas of a list stay as they are.
    assert_eq!(requests[0].path, format!("{prefix}/2/users/me?user.fields=created_at,verified"));
    assert_eq!(requests[0].header("x-paragon-use-raw-response"), Some("1"));
    assert!(requests[0].header("authorization").is_some_and(|value| value.starts_with("Bearer ey")));
    assert_eq!(requests[1].path, format!("{prefix}/2/users/{me}/tweets?max_results=5&tweet.fields=created_at,lang"));
    assert_eq!((requests[2].method.as_str(), requests[2].header("content-type")), ("POST", Some("application/json")));
    assert_eq!(requests[2].header("x-paragon-credential"), Some(credential.as_str()));
    assert_eq!(requests[2].json(), Some(serde_json::json!({"text": "a & b, c"})));
}

#[tokio::test]
async fn answers_in_either_dialect_are_the_same_post() {
    let emulator = emulator().await;
    let id = emulator.x().post(paragon_twitter_emulator::DEFAULT_USER_ID, "hello");
    let twitter = twitter(&emulator);
    for dialect in [Dialect::Post, Dialect::Tweet] {
        let request = twitter
            .posts()
            .get(id.as_str())
            .post_fields([PostField::PublicMetrics])
            .expansions([Expansion::AuthorId])
            .with_dialect(dialect);
        let reply = request.await.expect("the post");
        assert_eq!(reply.data.edit_history_post_ids, [id.as_str()], "{dialect:?}");
        assert_eq!(reply.includes.users[0].username, "ada");
        assert!(reply.data.extra.is_empty(), "{dialect:?}: {:?}", reply.data.extra);
    }
}

#[tokio::test]
async fn a_partial_success_has_data_and_problems() {
    let emulator = emulator().await;
    let id = emulator.x().post(paragon_twitter_emulator::DEFAULT_USER_ID, "here");
    let reply = twitter(&emulator).posts().get_by_ids([id.as_str(), "1"]).await.expect("one of two");
    assert_eq!((reply.data.len(), reply.errors.len()), (1, 1));
    assert_eq!(reply.errors[0].resource_id(), Some("1"));
}

#[tokio::test]
async fn the_untyped_request_is_paragons_own() {
    let emulator = emulator().await;
    let twitter = twitter(&emulator);
    let me: Value = twitter.request(Method::GET, "2/users/me?user.fields=created_at").await.expect("me");
    assert_eq!(me["data"]["username"], "ada");
    let body = serde_json::json!({"text": "Hello World!"});
    let created = twitter.request(Method::POST, "/2/tweets").body(body).send().await.expect("a post");
    assert_eq!((created.status, &created.data["data"]["text"]), (StatusCode::CREATED, &Value::from("Hello World!")));
    let error = twitter.request(Method::GET, "/2/users/../tweets").await.expect_err("a path that leaves its place");
    assert_eq!(error.status(), None, "{error}");
}

#[tokio::test]
async fn an_app_only_operation_is_refused_before_it_is_sent() {
    let emulator = emulator().await;
    let error = twitter(&emulator).posts().count_all("rust").await.expect_err("no bearer token");
    assert!(error.to_string().contains("app-only") && error.to_string().contains("bearer_token"), "{error}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn a_path_value_cannot_leave_its_segment() {
    let emulator = emulator().await;
    let twitter = twitter(&emulator);
    let error = twitter.users().get("../../me").await.expect_err("refused");
    assert_eq!(error.to_string(), "path parameter `id` of GET /2/users/{id} would leave its place in the path: \"../../me\"",);
    assert!(twitter.users().get("").await.expect_err("refused").to_string().contains("is empty"));
    assert!(emulator.requests().is_empty());
    let _ = twitter.users().get("a/b?c#d%2e").await;
    assert!(emulator.requests()[0].path.ends_with("/2/users/a%2Fb%3Fc%23d%252e"), "{}", emulator.requests()[0].path);
}

#[tokio::test]
async fn a_key_of_another_project_says_to_look_at_the_key() {
    let emulator = emulator().await;
    let builder = Paragon::builder(emulator.project_id()).signing_key_pem(OTHER_KEY).expect("a key");
    let twitter = builder.proxy_url(emulator.url()).build().expect("a client").user(paragon_twitter_emulator::DEFAULT_USER_ID).twitter();
    let error = twitter.users().me().await.expect_err("a wrong key");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert!(error.needs_new_token() && !error.needs_reconnect());
    assert!(error.to_string().contains("the signing key is not the one of project"), "{error}");
    assert_eq!(emulator.requests().len(), 1, "a new token would be refused as well");
}

#[tokio::test]
async fn a_token_that_expires_in_a_run_is_replaced_and_the_call_made_again() {
    let emulator = Arc::new(emulator().await);
    let signed = paragon(&emulator);
    let (builder, source) = (Paragon::builder(emulator.project_id()).proxy_url(emulator.url()), emulator.clone());
    let asked = builder.user_token_source(move |user| {
        let token = source.user_token(&user);
        async move { Ok(token) }
    });
    for (paragon, text) in [(signed, "signed"), (asked.build().expect("a client"), "asked for")] {
        let twitter = paragon.user("user-42").twitter();
        let me = twitter.users().me().await.expect("a token").data;
        emulator.clear_requests();
        emulator.paragon().expire_tokens("user-42");
        twitter.posts().create().text(text).await.expect("with a new token");
        let statuses: Vec<_> = emulator.exchanges().iter().map(|exchange| exchange.status.as_u16()).collect();
        assert_eq!(statuses, [401, 201]);
        twitter.users().get(me.id).await.expect("the new token is kept");

        emulator.paragon().expire_tokens("user-42");
        let error = twitter.users().me().with_retry(Retry::none()).await.expect_err("one attempt");
        assert!(error.needs_new_token() && error.is_retryable() && error.attempts() == 1, "{error}");
        assert!(error.to_string().contains("the next call gets a new one"), "{error}");
        twitter.users().me().with_retry(Retry::none()).await.expect("the next call");
    }
}

#[tokio::test]
async fn an_expired_token_is_told_before_it_is_sent() {
    let emulator = emulator().await;
    // `exp` lies in the year 2001; the signature is not looked at here.
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyLTQyIiwiZXhwIjoxMDAwMDAwMDAwfQ.c2ln";
    let builder = Paragon::builder(emulator.project_id()).user_token(token).proxy_url(emulator.url());
    let error = builder.build().expect("a client").user("user-42").twitter().users().me().await.expect_err("expired");
    assert!(error.needs_new_token(), "{error}");
    assert!(error.to_string().contains("expired") && !error.to_string().contains(token), "{error}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn an_account_that_is_not_connected_says_to_reconnect() {
    let emulator = emulator().await;
    let error = paragon(&emulator).user("nobody").twitter().users().me().await.expect_err("no account");
    assert!(error.needs_reconnect() && !error.needs_new_token(), "{error}");
}

#[test]
fn a_malformed_key_says_what_is_wrong_with_it_and_shows_nothing_of_it() {
    let error =
        Paragon::builder("p").signing_key_pem("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----").expect_err("no key");
    let text = format!("{error} {error:?}");
    assert!(text.contains("signing key") && !text.contains("c2VjcmV0"), "{text}");
}

#[test]
fn a_key_with_escaped_newlines_is_a_key() {
    let escaped = OTHER_KEY.trim().replace('\n', "\\n");
    assert!(Paragon::builder("p").signing_key_pem(escaped).and_then(paragon_twitter::ParagonBuilder::build).is_ok());
}

#[tokio::test]
async fn an_answer_that_is_html_is_an_error_with_its_text() {
    let error = answered(support::Reply::new(200, "text/html", "<html>Please wait.</html>")).1.users().me().await.expect_err("not JSON");
    assert!(error.to_string().contains("users.me (GET /2/users/me)"), "{error}");
    assert_eq!(error.body().map(|body| body.as_ref()), Some(b"<html>Please wait.</html>".as_ref()));

    let page =
        "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 24\r\nconnection: close\r\n\r\n<html>Bad gateway</html>";
    let error = answered(support::Reply::raw(page)).1.users().me().await.expect_err("a bad gateway");
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert!(error.is_retryable() && error.to_string().contains("Bad gateway"), "{error}");
}

#[tokio::test]
async fn an_answer_cut_off_in_the_middle_is_an_error() {
    let short = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"data\":{\"id\":\"1\",\"na";
    let error = answered(support::Reply::raw(short)).1.users().me().await.expect_err("cut off");
    assert!(error.to_string().contains("broke off"), "{error}");

    let half = r#"{"data":{"id":"1","name":"Ad"#;
    let error = answered(ok(half)).1.users().me().await.expect_err("half a document");
    assert_eq!(error.path(), Some("data.name"), "{error}");
}

#[tokio::test]
async fn an_error_does_not_repeat_what_its_source_says() {
    // Nothing listens at port 1, and no test is ever given it.
    let nowhere = || Paragon::builder("project").proxy_url("http://127.0.0.1:1").retry(Retry::none());
    let me =
        async |builder: ParagonBuilder| builder.build().expect("a client").user("user").twitter().users().me().await.expect_err("no reply");
    let stuck = transport::from_fn(async |_| Err(TransportError::timed_out(io::Error::other("the queue is full"))));
    let canned = Canned::new();
    let short = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"data\":{\"id\":\"1\"";
    let (_server, cut) = answered(support::Reply::raw(short));
    let (_server, half) = answered(ok(r#"{"data":{"id":"1","name":"Ad"#));
    let no_token = || async { Err(io::Error::other(io::Error::other("the keys are locked")).into()) };
    // Each with the last error of its chain.
    let errors = [
        (me(nowhere().user_token("a.b.c")).await, "onnection refused"),
        (me(nowhere().user_token_source(move |_| no_token())).await, "the keys are locked"),
        (me(nowhere().user_token("a.b.c").transport(stuck)).await, "the queue is full"),
        (me(nowhere().user_token("a.b.c").transport(canned)).await, "no response is set for GET /2/users/me"),
        (cut.users().me().await.expect_err("cut off"), "end of file before message length reached"),
        (half.users().me().await.expect_err("half a document"), "the answer is "),
        (Paragon::builder("project").proxy_url("no address").user_token("a.b.c").build().expect_err("no address"), "`proxy_url`"),
        (Paragon::builder("project").signing_key_pem("no key").map(drop).expect_err("no key"), "key"),
    ];
    for (error, last) in errors {
        let mut told = vec![error.to_string()];
        let mut source = error.source();
        while let Some(cause) = source {
            told.push(cause.to_string());
            source = cause.source();
        }
        println!("{told:?}");
        for (index, text) in told.iter().enumerate() {
            assert!(!told[..index].iter().any(|outer| outer.contains(text.as_str())), "{text:?} is told twice: {told:?}");
        }
        assert!(told.last().is_some_and(|text| text.contains(last)), "{told:?}");
    }
}

#[tokio::test]
async fn a_wrapped_answer_and_an_empty_one_are_read() {
    let wrapped = r#"{"output":{"data":{"id":"1","name":"Ada","username":"ada"}}}"#;
    let (_server, twitter) = answered(ok(wrapped));
    assert_eq!(twitter.users().me().await.expect("unwrapped").data.name, "Ada");
    let empty = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    assert_eq!(answered(support::Reply::raw(empty)).1.posts().delete("1").await.expect("a success").data.deleted, None);
}

#[tokio::test]
async fn a_stream_yields_its_documents_and_passes_over_empty_lines() {
    let stream = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"data\":{\"id\":\"1\",\"text\":\"a\"},\"matching_rules\":[{\"id\":\"9\",\"tag\":\"t\"}]}\r\n\r\n\n\
        {\"errors\":[{\"title\":\"operational-disconnect\"}]}\n{\"data\":{\"id\":\"2\",\"text\":\"b\"}}";
    let server = Server::always(support::Reply::raw(stream));
    let paragon = Paragon::builder("project").user_token("a.b.c").bearer_token("app").x_url(server.url()).build().expect("a client");
    let mut events = paragon.user("user").twitter().streams().filtered().await.expect("a stream");
    let first = events.next().await.expect("a document").expect("a post");
    assert_eq!((first.data.text.as_str(), first.meta.matching_rules[0].tag.as_deref()), ("a", Some("t")));
    let problem = events.next().await.expect("a document").expect_err("a problem");
    assert_eq!(problem.problems()[0].title(), Some("operational-disconnect"));
    assert_eq!(events.next().await.expect("a document").expect("a post").data.id, "2");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn all_items_of_all_pages_come_as_one_stream_that_asks_only_as_far_as_it_is_taken() {
    let emulator = emulator().await;
    for number in 0..23 {
        emulator.x().post(paragon_twitter_emulator::DEFAULT_USER_ID, &format!("post {number}"));
    }
    let twitter = twitter(&emulator);
    let me = twitter.users().me().await.expect("me").data.id;
    let mut items = twitter.users().posts(&me).max_results(10).items();
    for _ in 0..10 {
        items.next().await.expect("an item").expect("a post");
    }
    assert_eq!(emulator.requests().len(), 2);
    let mut rest = 0;
    while let Some(item) = items.next().await {
        item.expect("a post");
        rest += 1;
    }
    assert_eq!((rest, emulator.requests().len()), (13, 4));

    let mut pages = twitter.users().posts(&me).max_results(10).pages();
    let first = pages.next().await.expect("a page").expect("posts");
    assert_eq!((first.data.len(), pages.token()), (10, first.meta.next_token.as_deref()));
}

#[tokio::test]
async fn pages_end_when_a_token_repeats_itself() {
    let page = r#"{"data":[{"id":"1","text":"a"}],"meta":{"next_token":"same"}}"#;
    let (_server, twitter) = answered(ok(page));
    let mut items = twitter.users().posts("1").items();
    let mut count = 0;
    while let Some(item) = items.next().await {
        item.expect("a post");
        count += 1;
    }
    assert_eq!(count, 2);
}

#[tokio::test]
async fn fields_beside_data_and_fields_of_meta_leave_each_other_alone() {
    for body in [
        r#"{"matching_rules":[{"id":"9"}],"data":[{"id":"1","text":"a"}],"meta":{"next_token":"t"}}"#,
        r#"{"meta":{"next_token":"t"},"next_token":null,"data":[{"id":"1","text":"a"}],"matching_rules":[{"id":"9"}]}"#,
    ] {
        let page = answered(ok(body)).1.users().posts("1").await.expect("a page");
        assert_eq!(page.meta.next_token.as_deref(), Some("t"), "{body}");
        assert_eq!(page.meta.matching_rules.len(), 1, "{body}");
    }
}

#[tokio::test]
async fn a_success_that_only_says_what_went_wrong_is_an_error() {
    for body in [
        r#"{"title":"ConnectionException","detail":"too many","connection_issue":"TooManyConnections","type":"about:blank"}"#,
        r#"{"errors":[{"title":"Not Found Error","detail":"too many"}]}"#,
        r#"{"data":[],"errors":[{"title":"Not Found Error","detail":"too many"}]}"#,
        r#"{"data":null,"errors":[{"message":"too many"}]}"#,
    ] {
        let error = answered(ok(body)).1.posts().get("1").await.expect_err(body);
        assert!(error.to_string().contains("too many"), "{error}");
    }
    let empty = answered(ok(r#"{"data":[],"errors":[{"title":"x"}]}"#)).1.users().posts("1").await;
    assert!(empty.expect("an empty list is a list").data.is_empty());
    let none = answered(ok(r#"{"data":null}"#)).1.posts().get("1").await.expect("no error");
    assert!(!none.has_data());
}

#[tokio::test]
async fn one_odd_string_does_not_cost_the_page() {
    let body = r#"{"data":[{"id":"1","text":"a"},{"id":"2","text":"x\ud83d \"y\" \ud83d\ude00"},{"id":"3","text":"c"}]}"#;
    let page = answered(ok(body)).1.users().posts("1").await.expect("a page");
    assert_eq!(page.data.len(), 3);
    assert!(page.data[1].text.starts_with("x\u{fffd} \"y\""), "{}", page.data[1].text);
}

#[tokio::test]
async fn an_error_never_shows_the_token_that_a_page_repeats() {
    let (_server, twitter) = answered(support::Reply::new(200, "text/html", "<html>you sent Bearer a.b.c here</html>"));
    let error = twitter.users().me().await.expect_err("not JSON");
    let shown = format!("{error} {error:?} {:?}", error.body());
    assert!(!shown.contains("a.b.c"), "{shown}");
}

#[tokio::test]
async fn extra_fields_join_the_body_that_is_there() {
    let emulator = emulator().await;
    let twitter = twitter(&emulator);
    let _ = twitter.request(Method::POST, "/2/tweets").body(serde_json::json!({"text": "hi"})).with_field("beta", true).await;
    let _ = twitter.posts().create().text("hi").with_field("beta", true).await;
    for request in emulator.requests() {
        assert_eq!(request.json(), Some(serde_json::json!({"text": "hi", "beta": true})));
    }
    let error = twitter.request(Method::POST, "/2/tweets").body("text").with_field("beta", true).await.expect_err("no place for it");
    assert!(error.to_string().contains("`beta`"), "{error}");
}

#[tokio::test]
async fn only_fields_and_expansions_are_translated_to_the_old_dialect() {
    let emulator = emulator().await;
    let twitter = twitter(&emulator).with_dialect(Dialect::Tweet);
    let _ = twitter.users().get_by_usernames(["note_post"]).post_fields([PostField::NotePost]).await;
    let path = &emulator.requests()[0].path;
    assert!(path.contains("usernames=note_post") && path.contains("tweet.fields=note_tweet"), "{path}");
}

#[tokio::test]
async fn a_time_is_sent_in_the_form_that_the_operation_takes() {
    let emulator = emulator().await;
    let builder = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem()).expect("the emulator's key");
    // One of the calls is for apps only.
    let builder = builder.bearer_token(emulator.bearer_token()).proxy_url(emulator.url()).x_url(emulator.x_url());
    let twitter = builder.build().expect("a client").user(paragon_twitter_emulator::DEFAULT_USER_ID).twitter();
    let time = |text: &str| text.parse::<paragon_twitter::Timestamp>().expect("a time");
    // Whether X takes the calls does not matter here.
    let _ = twitter.webhooks().replay("1", time("2026-10-01T09:30:59Z"), time("2026-10-01T12:00:00+01:00")).await;
    let _ = twitter.broadcasts().create_scheduled("1", time("2026-10-01T09:30:00.5Z")).await;
    let _ = twitter.calls().create_scheduled(time("2026-10-01T09:30:00Z")).await;
    let sent: Vec<Value> = emulator.requests().iter().filter_map(|request| serde_json::from_slice(&request.body).ok()).collect();
    let has = |name: &str, value: &str| sent.iter().any(|body| body[name] == value);
    assert!(has("from_date", "202610010930") && has("to_date", "202610011100"), "{sent:?}");
    assert!(has("scheduled_start_ms", "1790847000500"), "{sent:?}");
    assert!(has("start_time", "2026-10-01T09:30:00Z"), "{sent:?}");
}

#[test]
fn handles_requests_and_what_they_come_to_can_cross_threads() {
    fn check<T: Send + Sync + Unpin + 'static>() {}
    check::<Paragon>();
    check::<ParagonUser>();
    check::<Twitter>();
    check::<paragon_twitter::users::Users>();
    check::<UntypedRequest>();
    check::<RequestData>();
    check::<Operation>();
    check::<RequestFuture<Result<Reply<User>>>>();
    check::<RequestFuture<Result<Events<Post>>>>();
    check::<Pages<Vec<Post>>>();
    check::<Items<Post>>();
    check::<Events<Post>>();
}

#[tokio::test]
async fn groups_and_futures_own_what_they_hold() {
    let emulator = emulator().await;
    let users = paragon(&emulator).user("user-42").twitter().users();
    let me = tokio::spawn(users.me().into_future()).await.expect("no panic").expect("an account");
    assert!(!me.data.id.as_str().is_empty());
}

#[tokio::test]
async fn a_request_can_be_looked_at_and_sent_untyped() {
    let emulator = emulator().await;
    let twitter = paragon(&emulator).user("user-42").twitter();
    let request = twitter.posts().create().text("Hello").with_header("x-trace", "1");
    let data = request.request_data();
    assert_eq!(
        (&data.operation().method, data.operation().path.as_ref(), data.path_and_query().as_str()),
        (&Method::POST, "/2/tweets", "/2/tweets")
    );
    assert_eq!((data.headers()["x-trace"].as_bytes(), data.query().len()), (b"1".as_slice(), 0));
    assert_eq!(data.body().to_json(), Some(serde_json::json!({"text": "Hello"})));
    let json = twitter.request_with(data.clone()).await.expect("a post");
    assert_eq!(json["data"]["text"], "Hello");
}

#[tokio::test]
async fn a_request_for_users_alone_cannot_be_made_as_the_app() {
    let emulator = emulator().await;
    let twitter = paragon(&emulator).user("user-42").twitter();
    let request = twitter.request_with(twitter.users().me().request_data().clone()).with_app_only();
    let error = request.await.expect_err("refused");
    assert!(error.is_unsent() && error.to_string().contains("no app-only bearer token"), "{error}");
}
