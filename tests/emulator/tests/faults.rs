//! Faults on demand: their effect on a client and on the state.

mod support;

use std::io;
use std::time::Duration;

use paragon_twitter_emulator::{Change, Emulator, ErrorShape, Fault, Listener};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use support::{as_app, as_user, get, post, proxy, send, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ME: &str = "/2/users/me";

/// Sends `POST /2/tweets` by hand and reads all that comes back.
async fn create_by_hand(emulator: &Emulator) -> (Vec<u8>, io::Result<usize>) {
    let address = emulator.url().strip_prefix("http://").expect("a URL");
    let body = json!({ "text": "Hello World!" }).to_string();
    let head = format!(
        "POST /projects/{}/sdk/proxy/twitter/2/tweets HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nX-Paragon-Use-Raw-Response: 1\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        emulator.project_id(),
        emulator.user_token("user-42"),
        body.len(),
    );
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).await;
    (answer, end)
}

async fn posts(emulator: &Emulator) -> usize {
    let path = format!("/2/users/{}/tweets", emulator.paragon().x_user_id("user-42"));
    get(emulator, &path).await.ok()["meta"]["result_count"].as_u64().expect("a count") as usize
}

/// The status of `GET /2/users/me`, so many times.
async fn statuses(emulator: &Emulator, requests: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..requests {
        statuses.push(get(emulator, ME).await.status);
    }
    statuses
}

#[tokio::test]
async fn a_status_comes_as_often_as_said_and_then_the_real_answer() {
    let emulator = start().await;
    let outage = emulator.faults().add(Fault::status(503).on(Method::GET, ME).skip(1).times(2).header("Retry-After", "7"));
    assert_eq!(get(&emulator, ME).await.status, 200);
    let answer = get(&emulator, ME).await;
    assert_eq!(answer.header("retry-after"), "7");
    assert_eq!(answer.problem(503, "about:blank")["title"], "Service Unavailable");
    assert_eq!(statuses(&emulator, 3).await, [503, 200, 200]);
    assert_eq!(emulator.faults().hits(outage), 2);
}

#[tokio::test]
async fn a_request_that_met_an_error_is_recorded_and_has_no_effect() {
    let emulator = start().await;
    emulator.faults().add(Fault::status(500).times(1));
    assert_eq!(post(&emulator, json!({ "text": "a" })).await.status, 500);
    assert_eq!(emulator.requests()[0].json(), Some(json!({ "text": "a" })));
    assert_eq!(emulator.exchanges()[0].status, 500);
    assert_eq!(posts(&emulator).await, 0);
}

#[tokio::test]
async fn a_fault_is_for_its_operation_method_and_listener_only() {
    let emulator = start().await;
    emulator.faults().add(Fault::status(500).on(Method::GET, "/2/users/{id}"));
    emulator.faults().add(Fault::status(501).on(Method::POST, ME));
    emulator.faults().add(Fault::status(502).listener(Listener::X));
    assert_eq!(get(&emulator, ME).await.status, 200);
    assert_eq!(get(&emulator, "/2/users/1").await.status, 500);
    assert_eq!(send(as_app(&emulator, Method::GET, "/2/users/1")).await.status, 500);
    assert_eq!(send(as_app(&emulator, Method::GET, "/2/tweets/1")).await.status, 502);

    let form = format!("{}/projects/{}/sdk/proxy/twitter", emulator.url(), emulator.project_id());
    let request = Client::new().get(form).bearer_auth(emulator.user_token("user-42"));
    let request =
        request.header("X-Paragon-Use-Raw-Response", "1").header("X-Paragon-Proxy-Url", "https://api.x.com/2/users/1?user.fields=id");
    assert_eq!(send(request).await.status, 500);
}

#[tokio::test]
async fn paragons_own_endpoints_fail_as_well() {
    let emulator = start().await;
    emulator.faults().add(Fault::error(429, ErrorShape::Paragon).path("/projects/{project}/sdk/me"));
    let url = format!("{}/projects/{}/sdk/me", emulator.url(), emulator.project_id());
    send(Client::new().get(url).bearer_auth(emulator.user_token("user-42"))).await.paragon(429);
    assert_eq!(get(&emulator, ME).await.status, 200);
}

#[tokio::test]
async fn a_probability_hits_the_same_requests_with_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let emulator = Emulator::builder().seed(5).start().await.expect("a free port");
        let id = emulator.faults().add(Fault::status(503).probability(0.5));
        let run = statuses(&emulator, 24).await;
        assert_eq!(run.iter().filter(|status| **status == 503).count() as u64, emulator.faults().hits(id));
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&503) && runs[0].contains(&200));
}

#[tokio::test]
async fn faults_end_one_by_one_or_all_at_once() {
    let emulator = start().await;
    let first = emulator.faults().add(Fault::status(500));
    emulator.faults().add(Fault::status(501));
    emulator.faults().add(Fault::status(502));
    assert_eq!(get(&emulator, ME).await.status, 500);
    emulator.faults().remove(first);
    assert_eq!(get(&emulator, ME).await.status, 501);
    emulator.faults().clear();
    assert_eq!(get(&emulator, ME).await.status, 200);
}

#[tokio::test]
async fn each_shape_of_an_error_is_as_it_is_seen() {
    let emulator = start().await;
    let shapes = [
        (ErrorShape::Problem, "/title"),
        (ErrorShape::Codes, "/errors/0/code"),
        (ErrorShape::Parameters, "/errors/0/parameters/id"),
        (ErrorShape::Problems, "/errors/0/type"),
        (ErrorShape::NotFound, "/errors/0/resource_id"),
        (ErrorShape::Mixed, "/errors/0/code"),
        (ErrorShape::Detail, "/detail"),
        (ErrorShape::Message, "/message"),
        (ErrorShape::Rules, "/meta/summary/not_created"),
        (ErrorShape::Disconnect, "/errors/0/disconnect_type"),
        (ErrorShape::ConnectionIssue, "/connection_issue"),
        (ErrorShape::Paragon, "/code"),
        (ErrorShape::ParagonValidation, "/message/0/children/0/constraints/isString"),
        (ErrorShape::Integration, "/meta/isIntegrationError"),
        (ErrorShape::Json(json!({ "any": [1] })), "/any/0"),
    ];
    for (shape, pointer) in shapes {
        emulator.faults().add(Fault::error(429, shape.clone()).times(1));
        let answer = get(&emulator, ME).await;
        assert_eq!(answer.status, 429);
        assert!(answer.json().pointer(pointer).is_some(), "{shape:?}: {}", answer.text);
    }
    for (shape, media_type, part) in [
        (ErrorShape::Html, "text/html", "<h1>502 Bad Gateway</h1>"),
        (ErrorShape::Text("upstream".to_owned()), "text/plain", "upstream"),
        (ErrorShape::Empty, "", ""),
    ] {
        emulator.faults().add(Fault::error(502, shape).times(1));
        let answer = get(&emulator, ME).await;
        assert_eq!((answer.status, answer.header("content-type")), (502, media_type));
        assert!(answer.text.contains(part));
        assert_eq!(answer.text.is_empty(), part.is_empty());
    }
}

#[tokio::test]
async fn an_error_of_xs_is_in_paragons_form_unless_the_raw_one_is_asked_for() {
    let emulator = start().await;
    emulator.faults().add(Fault::error(403, ErrorShape::Detail));
    let request = || Client::new().get(format!("{}{ME}", proxy(&emulator))).bearer_auth(emulator.user_token("user-42"));
    let answer = send(request()).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.json()["meta"]["isIntegrationError"], true);
    assert_eq!(answer.json()["message"], get(&emulator, ME).await.json()["detail"]);
}

#[tokio::test]
async fn an_error_of_xs_shows_what_is_left_and_that_of_an_intermediary_does_not() {
    let emulator = start().await;
    assert_eq!(get(&emulator, "/2/users/me").await.header("x-rate-limit-remaining"), "899");
    for (fault, remaining) in [
        (Fault::status(503), "899"),
        (Fault::error(429, ErrorShape::Mixed).header("x-rate-limit-remaining", "0"), "0"),
        (Fault::error(502, ErrorShape::Html), ""),
    ] {
        let id = emulator.faults().add(fault.on(Method::GET, "/2/users/me"));
        assert_eq!(get(&emulator, "/2/users/me").await.header("x-rate-limit-remaining"), remaining);
        emulator.faults().remove(id);
    }
    emulator.faults().add(Fault::status(500));
    assert_eq!(send(as_app(&emulator, Method::GET, "/2/tweets?ids=1")).await.header("x-rate-limit-remaining"), "900");
}

#[tokio::test]
async fn a_reset_before_changes_nothing_and_a_reset_after_takes_effect() {
    let emulator = start().await;
    for (fault, made) in [(Fault::reset_before(), 0), (Fault::reset_after(), 1)] {
        emulator.faults().add(fault.times(1));
        emulator.clear_requests();
        let (answer, end) = create_by_hand(&emulator).await;
        assert_eq!(end.map_err(|error| error.kind()), Err(io::ErrorKind::ConnectionReset));
        assert_eq!(answer, b"");
        assert_eq!(emulator.requests().len(), 1, "the attempt is recorded");
        assert_eq!(emulator.exchanges().len(), made);
        assert_eq!(posts(&emulator).await, made);
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_ends_before_the_length_it_promised() {
    let emulator = start().await;
    for (after, fault) in [(10, Fault::cut_body(10)), (0, Fault::cut_body(0)), (usize::MAX, Fault::cut_body(usize::MAX))] {
        emulator.faults().add(fault.times(1));
        let (answer, _) = create_by_hand(&emulator).await;
        let answer = String::from_utf8(answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 201"), "{head}");
        let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
        let length = length.expect("a length");
        assert_eq!(body.len(), after.min(length - 1));
        emulator.x().advance(Duration::from_secs(1));
        emulator.reset();
    }
}

#[tokio::test]
async fn a_chunked_body_that_is_cut_off_has_no_last_chunk() {
    let emulator = start().await;
    emulator.faults().add(Fault::cut_chunked(10).times(1));
    let (answer, _) = create_by_hand(&emulator).await;
    let answer = String::from_utf8(answer).expect("text").to_ascii_lowercase();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    assert!(body.starts_with("a\r\n"), "{body}");
    assert!(!body.contains("0\r\n\r\n"), "{body}");

    emulator.faults().add(Fault::cut_chunked(10).times(1));
    let response = as_user(&emulator, "user-42", Method::GET, ME).send().await.expect("a head");
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn a_slow_answer_is_whole_in_the_end() {
    let emulator = start().await;
    let expected = get(&emulator, ME).await.ok();
    let delay = Duration::from_millis(3);
    emulator.faults().add(Fault::slow_head(delay).times(1));
    emulator.faults().add(Fault::slow_body(16, delay));
    let started = std::time::Instant::now();
    assert_eq!(get(&emulator, ME).await.ok(), expected);
    assert!(started.elapsed() >= delay);

    let mut response = as_user(&emulator, "user-42", Method::GET, ME).send().await.expect("a head");
    let length = response.content_length().expect("a length") as usize;
    let (mut pieces, started) = (Vec::new(), std::time::Instant::now());
    while let Some(piece) = response.chunk().await.expect("a piece") {
        pieces.push(piece);
    }
    assert_eq!(pieces.concat().len(), length);
    assert!(started.elapsed() >= delay * (length as u32 / 16));
}

#[tokio::test]
async fn one_fault_makes_an_answer_and_another_sends_it() {
    let emulator = start().await;
    let errors = [503, 500].map(|status| emulator.faults().add(Fault::status(status).header("retry-after", "1").times(1)));
    let cut = emulator.faults().add(Fault::cut_body(5).header("x-from", "cut").times(1));
    let response = Client::new().get(format!("{}{ME}", proxy(&emulator))).send().await.expect("a head");
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["x-from"], "cut");
    response.text().await.expect_err("it is cut off");
    assert_eq!(statuses(&emulator, 1).await, [500]);
    assert_eq!([errors[0], errors[1], cut].map(|id| emulator.faults().hits(id)), [1, 1, 1]);

    // A request that is reset before it was read is not answered, so that nothing is wrong with its answer.
    emulator.faults().add(Fault::reset_before().times(1));
    let error = emulator.faults().add(Fault::status(418).times(1));
    Client::new().get(format!("{}{ME}", proxy(&emulator))).send().await.expect_err("a reset");
    assert_eq!(emulator.faults().hits(error), 0);
    assert_eq!(statuses(&emulator, 2).await, [418, 200]);
}

#[tokio::test]
async fn an_answer_is_changed_in_several_ways_and_wrapped_whatever_it_is() {
    let emulator = start().await;
    let id = emulator.x().post("user-42", "Hello World!");
    let path = format!("/2/tweets/{id}?post.fields=public_metrics");
    emulator.faults().add(Fault::wrapped());
    emulator.faults().add(Fault::change(Change::NumbersAsStrings));
    emulator.faults().add(Fault::change(Change::BothSpellings));
    let output = get(&emulator, &path).await.ok()["output"].clone();
    assert_eq!(output["data"]["edit_history_post_ids"], output["data"]["edit_history_tweet_ids"]);
    assert_eq!(output["data"]["public_metrics"]["like_count"], "0");
    emulator.faults().add(Fault::status(500).times(1));
    let error = get(&emulator, &path).await;
    assert_eq!((error.status, error.json()["meta"]["isIntegrationError"].clone()), (500, json!(true)));
}

#[tokio::test]
async fn a_slow_head_can_be_too_slow_for_a_caller_whose_request_took_effect() {
    let emulator = start().await;
    emulator.faults().add(Fault::slow_head(Duration::from_secs(60)).times(1));
    let request = as_user(&emulator, "user-42", Method::POST, "/2/tweets").timeout(Duration::from_millis(200));
    let sent = request.header("Content-Type", "application/json").body(json!({ "text": "a" }).to_string()).send().await;
    assert!(sent.is_err_and(|error| error.is_timeout()));
    assert_eq!(posts(&emulator).await, 1);
}

#[tokio::test]
async fn paragon_wraps_although_raw_was_asked_for() {
    let emulator = start().await;
    emulator.faults().add(Fault::wrapped().times(1));
    let wrapped = get(&emulator, ME).await;
    assert_eq!(wrapped.header("x-rate-limit-limit"), "");
    assert_eq!(wrapped.ok()["output"], get(&emulator, ME).await.ok());
    assert_eq!(emulator.requests()[0].header("X-Paragon-Use-Raw-Response"), Some("1"));
}

#[tokio::test]
async fn a_token_that_expires_in_a_run_stays_expired_and_a_new_one_is_accepted() {
    let emulator = start().await;
    emulator.faults().add(Fault::expired_token().skip(2).times(1));
    let token = emulator.user_token("user-42");
    let me = async || {
        let request = Client::new().get(format!("{}{ME}", proxy(&emulator))).header("X-Paragon-Use-Raw-Response", "1");
        send(request.bearer_auth(&token)).await
    };
    for status in [200, 200, 401, 401] {
        assert_eq!(me().await.status, status);
    }
    assert!(me().await.paragon(401).contains("expired"));
    assert_eq!(get(&emulator, ME).await.status, 200);
}

#[tokio::test]
async fn an_access_token_expires_at_xs_listener_and_the_next_one_is_accepted() {
    let emulator = start().await;
    let old = emulator.paragon().access_token("user-42");
    let me = async |token: &str| {
        let request = Client::new().get(format!("{}{ME}", emulator.x_url())).bearer_auth(token);
        send(request).await.status
    };
    emulator.faults().add(Fault::expired_token().listener(Listener::X).skip(1).times(1));
    let statuses = [me(&old).await, me(&old).await, me(&old).await, me(&emulator.paragon().access_token("user-42")).await];
    assert_eq!(statuses, [200, 401, 401, 200]);
    assert_eq!(get(&emulator, ME).await.status, 200, "the user token is another thing");
}

#[tokio::test]
async fn the_json_of_an_answer_can_be_changed() {
    let emulator = start().await;
    let author = emulator.paragon().x_user_id("user-42");
    let id = emulator.x().post("user-42", "Hello");
    let path = format!("/2/tweets/{id}?tweet.fields=public_metrics,reply_settings,author_id&expansions=author_id");
    let honest = get(&emulator, &path).await.ok();
    let changed = async |fault: Fault| {
        emulator.faults().clear();
        emulator.faults().add(fault.on(Method::GET, "/2/tweets/{id}"));
        get(&emulator, &path).await.ok()
    };

    let metrics = changed(Fault::change(Change::NumbersAsStrings)).await["data"]["public_metrics"].clone();
    assert_eq!(metrics["like_count"], "0");
    let metrics = changed(Fault::change_fields(Change::NumbersAsStrings, ["reply_count"])).await["data"]["public_metrics"].clone();
    assert_eq!((&metrics["reply_count"], &metrics["like_count"]), (&json!("0"), &json!(0)));

    let missing = changed(Fault::change(Change::MissingFields)).await;
    assert!(missing["data"]["public_metrics"].get("like_count").is_none(), "{missing}");
    assert_eq!(missing["data"]["reply_settings"], "everyone");
    assert!(missing["data"].get("text").is_none(), "{missing}");
    assert_eq!(missing["includes"]["users"], json!([{ "id": author }]), "X leaves out what nothing requires of it");
    let missing = changed(Fault::change_fields(Change::MissingFields, ["name"])).await;
    assert_eq!(missing["includes"]["users"], json!([{ "id": author, "username": "ada" }]));
    let missing = changed(Fault::change_fields(Change::MissingFields, ["data"])).await;
    assert_eq!(missing.as_object().expect("an object").keys().collect::<Vec<_>>(), ["includes"]);

    let unknown = changed(Fault::change_fields(Change::UnknownEnumValues, ["reply_settings"])).await;
    assert_eq!(unknown["data"]["reply_settings"], "emulator_unknown");
    assert_eq!(unknown["data"]["text"], "Hello");

    let both = changed(Fault::change(Change::BothSpellings)).await["data"].clone();
    assert_eq!(both["edit_history_post_ids"], both["edit_history_tweet_ids"]);
    assert_eq!(both["public_metrics"]["repost_count"], both["public_metrics"]["retweet_count"]);

    let null = changed(Fault::change(Change::NullForAbsent)).await;
    assert_eq!(null["data"].get("geo"), Some(&Value::Null));
    assert_eq!(null["data"]["author_id"], json!(author));

    let objects = changed(Fault::change(Change::ObjectsForLists)).await;
    assert_eq!(objects["data"]["edit_history_tweet_ids"], json!({ "edit_history_tweet_ids": [id] }));
    assert!(objects["includes"]["users"].is_array());
    let lists = changed(Fault::change(Change::ListsForObjects)).await;
    assert_eq!(lists["data"]["public_metrics"], json!([honest["data"]["public_metrics"]]));

    let partial = changed(Fault::change(Change::PartialErrors)).await;
    assert_eq!(partial["data"], honest["data"]);
    assert!(partial["errors"][0]["resource_id"].is_string());

    emulator.faults().clear();
    assert_eq!(get(&emulator, &path).await.ok(), honest);
}

#[tokio::test]
#[should_panic(expected = "no probability")]
async fn a_fault_that_cannot_be_fails_the_test_that_asks() {
    start().await.faults().add(Fault::reset_after().probability(2.0));
}
