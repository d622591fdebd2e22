use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

fn answer_of_x(status: u16, body: &serde_json::Value) -> Error {
    answer(status, &[], body.to_string(), true)
}

fn answer(status: u16, pairs: &[(&'static str, &str)], body: impl Into<Bytes>, through_paragon: bool) -> Error {
    Error::from_response(StatusCode::from_u16(status).unwrap(), &headers(pairs), body.into(), through_paragon)
}

fn details(error: &Error) -> Vec<String> {
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn an_error_is_small_and_can_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn a_plain_problem_is_read() {
    let error = answer_of_x(
        404,
        &json!({"title": "Not Found Error", "detail": "Could not find tweet.", "type": "https://api.x.com/2/problems/resource-not-found", "status": 404}),
    );
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.is_not_found() && !error.is_retryable());
    assert_eq!(error.problems()[0].kind(), Some("resource-not-found"));
    assert_eq!(error.to_string(), "X answered 404 Not Found: Could not find tweet");
}

#[test]
fn errors_with_code_and_message_are_read() {
    let error = answer_of_x(400, &json!({"errors": [{"code": 214, "message": "Bad request."}]}));
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(error.problems()[0].code(), Some(214));
    assert_eq!(error.code(), None, "X's codes are not Paragon's");
    assert_eq!(error.to_string(), "X answered 400 Bad Request: Bad request");
}

#[test]
fn a_problem_and_its_errors_are_read_outermost_first() {
    let error = answer_of_x(
        400,
        &json!({"errors": [{"message": "max_results is 1000", "parameters": {"max_results": ["1000"]}}],
                "title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
                "type": "https://api.twitter.com/2/problems/invalid-request"}),
    );
    assert_eq!(details(&error), ["One or more parameters to your request was invalid.", "max_results is 1000"]);
    assert_eq!(error.problems()[1].parameters().next().unwrap(), ("max_results", &json!(["1000"])));
    assert!(!error.problems()[0].raw().contains_key("errors"), "each is listed once");
}

#[test]
fn every_other_shape_of_x_is_read() {
    for (status, body, expected) in [
        (
            403,
            json!({"errors": [{"title": "Forbidden", "detail": "Not yours.", "status": 403, "type": "about:blank"}]}),
            vec!["Not yours."],
        ),
        (400, json!({"detail": "alone"}), vec!["alone"]),
        (400, json!({"error": "media type unrecognized."}), vec!["media type unrecognized."]),
        (
            429,
            json!({"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429,
                   "errors": [{"code": 88, "message": "Rate limit exceeded", "title": "x", "type": "y"}]}),
            vec!["Too Many Requests", "Rate limit exceeded"],
        ),
        (
            400,
            json!({"errors": [{"id": "1", "title": "DuplicateRule", "type": "t", "value": "cat"}], "meta": {"summary": {"created": 0}}}),
            vec!["DuplicateRule"],
        ),
        (500, json!({"errors": ["text alone"]}), vec!["text alone"]),
        (500, json!({"errors": {"message": "one object"}}), vec!["one object"]),
    ] {
        let error = answer_of_x(status, &body);
        assert_eq!(error.kind(), ErrorKind::Api, "{body}");
        assert_eq!(details(&error), expected, "{body}");
    }
}

#[test]
fn a_message_alone_is_x_s_where_x_was_called_or_its_headers_are_there() {
    let body = || json!({"message": "Something"}).to_string();
    assert_eq!(answer(403, &[], body(), false).kind(), ErrorKind::Api);
    assert_eq!(answer(403, &[("x-transaction-id", "ab")], body(), true).kind(), ErrorKind::Api);
    let error = answer(403, &[], body(), true);
    assert_eq!((error.kind(), error.needs_reconnect()), (ErrorKind::Paragon, true));
    assert!(error.problems().is_empty());
}

#[test]
fn a_token_that_paragon_refuses_is_not_an_account_that_x_refuses() {
    let by_paragon = answer(401, &[], r#"{"message":"Invalid token"}"#, true);
    assert!(by_paragon.needs_new_token() && !by_paragon.needs_reconnect());
    assert_eq!(
        by_paragon.to_string(),
        "Paragon answered 401 Unauthorized: Invalid token. Sign a new user token: this one has expired, or was signed with another key or \
         for another project"
    );

    let by_x = answer_of_x(401, &json!({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}));
    assert!(by_x.needs_reconnect() && !by_x.needs_new_token());
    assert!(by_x.is_unauthorized());

    let wrapped =
        answer_of_x(401, &json!({"message": "{\"title\":\"Unauthorized\",\"detail\":\"No.\"}", "meta": {"isIntegrationError": true}}));
    assert_eq!(wrapped.kind(), ErrorKind::Api);
    assert!(wrapped.needs_reconnect());
    assert_eq!(details(&wrapped), ["No."], "X's answer is taken out of Paragon's message");

    let direct = answer(401, &[], r#"{"title":"Unauthorized"}"#, false);
    assert!(direct.is_unauthorized() && !direct.needs_new_token() && !direct.needs_reconnect());
    assert!(direct.to_string().contains("app-only bearer token"));
}

#[test]
fn an_empty_401_or_403_through_paragon_is_paragon_s() {
    assert!(answer(401, &[], "", true).needs_new_token());
    let error = answer(403, &[], "", true);
    assert!(error.needs_reconnect() && error.is_forbidden());
    assert!(error.to_string().contains("an empty body"));
}

#[test]
fn paragon_s_codes_decide() {
    let credential = answer(400, &[], r#"{"message":"Credential verification failed","code":"7003","status":400}"#, true);
    assert!(credential.needs_reconnect());
    assert_eq!(credential.code(), Some("7003"));
    let permission = answer(401, &[], r#"{"message":"no","code":7210}"#, true);
    assert!(permission.is_forbidden() && !permission.needs_new_token() && !permission.needs_reconnect());
    assert_eq!(permission.code(), Some("7210"), "a number is a code as well");
}

#[test]
fn a_tree_of_failed_validations_becomes_text() {
    let body = json!({"message": [
        {"property": "a", "constraints": {"isString": "a must be a string"}, "children": []},
        {"property": "b", "children": [{"property": "c", "constraints": {"isInt": "c must be an integer"}}]}], "code": "1"});
    let error = answer(400, &[], body.to_string(), true);
    assert_eq!(error.to_string(), "Paragon answered 400 Bad Request: a must be a string; c must be an integer (code 1)");
}

#[test]
fn a_page_of_an_intermediary_is_shown_by_its_title_and_kept_whole() {
    let page = "<html><head><TITLE>502 Bad\n Gateway</TITLE></head><body><p>nginx</p></body></html>";
    let error = answer(502, &[("content-type", "text/html"), ("cf-ray", "8f")], page, true);
    assert_eq!(error.to_string(), "Paragon answered 502 Bad Gateway: an HTML page, \"502 Bad Gateway\". Try again later");
    assert_eq!(error.body().unwrap(), page);
    assert_eq!(error.request_id(), Some("8f"));
    assert!(error.is_retryable());
}

#[test]
fn a_page_that_refuses_the_caller_says_nothing_of_token_or_account() {
    for status in [401, 403] {
        let error = answer(status, &[], "<title>Attention Required!</title>", true);
        assert_eq!(error.kind(), ErrorKind::Paragon);
        assert!(!error.needs_new_token() && !error.needs_reconnect());
        assert!(error.to_string().ends_with("an HTML page, \"Attention Required!\""), "{error}");
    }
}

#[test]
fn a_long_text_is_shown_in_part() {
    let error = answer(503, &[], "ü".repeat(10_000), false);
    assert_eq!(error.to_string(), format!("X answered 503 Service Unavailable: \"{}…\". Try again later", "ü".repeat(200)));
    let bytes = answer(503, &[], vec![0xff; 3], false);
    assert!(bytes.to_string().contains("3 bytes that are not text"));
}

#[test]
fn a_rate_limit_says_until_when() {
    let pairs =
        [("x-rate-limit-limit", "300"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1795000000"), ("retry-after", "7")];
    let error = answer(429, &pairs, r#"{"title":"Too Many Requests"}"#, true);
    assert!(error.is_rate_limited() && error.is_retryable());
    let limit = error.rate_limit().unwrap();
    assert_eq!((limit.limit, limit.remaining, limit.reset), (300, 0, Timestamp::from_second(1_795_000_000).unwrap()));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(
        error.to_string(),
        "X answered 429 Too Many Requests: Too Many Requests. Wait until 2026-11-18T11:06:40Z, when the next window of 300 calls begins"
    );
}

#[test]
fn of_several_limits_the_one_that_stopped_the_call_is_told() {
    let pairs = [
        ("x-rate-limit-limit", "15"),
        ("x-rate-limit-remaining", "14"),
        ("x-rate-limit-reset", "1795000000"),
        ("x-app-limit-24hour-limit", "1000"),
        ("x-app-limit-24hour-remaining", "3"),
        ("x-app-limit-24hour-reset", "1795000001"),
        ("x-user-limit-24hour-limit", "50"),
        ("x-user-limit-24hour-remaining", "0"),
        ("x-user-limit-24hour-reset", "1795000002"),
    ];
    let error = answer(429, &pairs, "", false);
    assert_eq!(error.rate_limit().unwrap().limit, 50);
    assert_eq!(RateLimit::from_headers(&headers(&pairs)).unwrap().remaining, 14);
    assert_eq!(RateLimit::app_day(&headers(&pairs)).unwrap().limit, 1000);
}

#[test]
fn a_limit_with_a_header_missing_or_odd_is_none() {
    assert_eq!(RateLimit::from_headers(&headers(&[("x-rate-limit-limit", "15")])), None);
    let odd = [("x-rate-limit-limit", "15"), ("x-rate-limit-remaining", "-"), ("x-rate-limit-reset", "99999999999999999")];
    assert_eq!(RateLimit::from_headers(&headers(&odd)), None);
}

#[test]
fn waiting_does_not_help_without_credits_or_with_a_used_up_cap() {
    let credits = answer_of_x(402, &json!({"title": "CreditsDepleted", "detail": "…", "type": "https://api.x.com/2/problems/credits"}));
    assert!(credits.is_out_of_credits() && !credits.is_retryable());
    let cap = answer_of_x(429, &json!({"title": "UsageCapExceeded", "type": "https://api.x.com/2/problems/usage-capped"}));
    assert!(cap.is_rate_limited() && !cap.is_retryable());
    let left = [("x-rate-limit-limit", "300"), ("x-rate-limit-remaining", "299"), ("x-rate-limit-reset", "1795000000")];
    let body = r#"{"title":"UsageCapExceeded","type":"https://api.x.com/2/problems/usage-capped"}"#;
    let advised = answer(429, &left, body, true).to_string();
    assert!(advised.ends_with("the app's cap for this billing period is used up"), "{advised}");
}

#[test]
fn an_app_only_token_at_a_user_s_operation_is_told() {
    let error = answer(
        403,
        &[],
        json!({"title": "Unsupported Authentication", "detail": "…", "type": "https://api.x.com/2/problems/unsupported-authentication"})
            .to_string(),
        false,
    );
    assert!(error.is_unsupported_authentication() && error.is_forbidden());
}

#[test]
fn a_success_without_data_takes_its_answers_from_the_problems() {
    let problem = |value: serde_json::Value| Problem::new(value.as_object().unwrap().clone());
    let build = |problems| Error::from_problems(problems, StatusCode::OK, &HeaderMap::new(), Bytes::from_static(b"{}"));
    let gone = build(vec![problem(json!({"type": "https://api.twitter.com/2/problems/resource-not-found", "detail": "Gone."}))]);
    assert_eq!((gone.kind(), gone.status()), (ErrorKind::Api, Some(StatusCode::OK)));
    assert!(gone.is_not_found());
    assert_eq!(gone.to_string(), "X answered 200 OK without data: Gone");
    let many = build((0..5).map(|n| problem(json!({"detail": format!("p{n}."), "status": 503}))).collect());
    assert_eq!(many.to_string(), "X answered 200 OK without data: p0; p1; p2; and 2 more");
    assert!(many.is_retryable());
    let rule = json!({"title": "InvalidRule", "value": "is:foo", "details": ["is: takes one of retweet, quote", "(at position 1)"]});
    let rule = build(vec![problem(rule)]);
    assert_eq!(rule.to_string(), "X answered 200 OK without data: InvalidRule: is: takes one of retweet, quote; (at position 1)");
}

#[test]
fn a_refusal_while_there_is_quota_does_not_say_to_wait_for_the_next_window() {
    let left = [("x-rate-limit-limit", "300"), ("x-rate-limit-remaining", "299"), ("x-rate-limit-reset", "1795000000")];
    let advised = answer(429, &left, r#"{"title":"ConnectionException"}"#, true).to_string();
    assert!(advised.contains("of which some are left") && !advised.contains("Wait until"), "{advised}");
}

#[test]
fn an_unreadable_answer_says_where_and_keeps_the_body() {
    let cut = br#"{"data": [{"id": "1"}, {"id": "#;
    let error = crate::json::from_slice::<crate::json::Extra>(b"{").unwrap_err();
    let error = Error::decode(error, StatusCode::OK, &HeaderMap::new(), Bytes::from_static(cut));
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().starts_with("the answer is not readable as JSON at"), "{error}");
    assert_eq!(error.body().unwrap(), &cut[..]);
    assert_eq!(error.path(), None);
}

#[test]
fn a_page_in_place_of_json_is_named_as_such() {
    let error = crate::json::from_slice::<crate::json::Extra>(b"<").unwrap_err();
    let error = Error::decode(error, StatusCode::OK, &HeaderMap::new(), Bytes::from_static(b"\n<!doctype html><title>Sign in</title>"));
    assert_eq!(error.to_string(), "the answer is an HTML page and not JSON: \"Sign in\"");
}

#[test]
fn what_was_refused_before_sending_is_unsent_and_what_was_answered_is_not() {
    assert!(Error::config("a").is_unsent() && Error::request("b").is_unsent() && Error::token("c").is_unsent());
    assert!(!answer(500, &[], "", true).is_unsent());
    assert!(!Error::timeout(Duration::from_secs(1)).is_unsent());
}

#[test]
fn no_body_makes_reading_fail() {
    for body in ["null", "[]", "0", "\"text\"", "{", "{\"errors\":7}", "{\"message\":null}", "{\"meta\":7,\"code\":[]}", "<", "\u{feff}"] {
        for status in [300, 400, 401, 403, 404, 429, 500] {
            for through_paragon in [true, false] {
                let error = answer(status, &[], body, through_paragon);
                assert!(error.to_string().contains(&status.to_string()), "{error}");
                assert_eq!(error.body().unwrap(), body);
            }
        }
    }
}
