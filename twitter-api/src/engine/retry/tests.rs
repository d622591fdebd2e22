use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::*;

const NOW: i64 = 1_795_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Error {
    let headers: HeaderMap = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
    Error::from_response(StatusCode::from_u16(status).unwrap(), &headers, Bytes::new(), false)
}

/// The wait before a second attempt, without the client's own pause.
fn asked(error: &Error, idempotent: bool) -> Option<u64> {
    let retry = Retry::attempts(2).pause(Duration::ZERO);
    retry.wait(error, idempotent, 1, now()).map(|wait| wait.as_secs())
}

const RESET: [(&str, &str); 3] = [("x-rate-limit-limit", "15"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1795000060")];

#[test]
fn what_may_have_taken_effect_is_repeated_only_where_that_does_no_harm() {
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(asked(&answer(status, &[]), true), Some(0), "{status}");
        assert_eq!(asked(&answer(status, &[]), false), None, "{status}");
    }
    for status in [300, 400, 401, 402, 403, 404, 409, 415] {
        assert_eq!(asked(&answer(status, &[]), true), None, "{status}");
    }
}

#[test]
fn what_was_refused_waits_until_it_is_not_any_more() {
    assert_eq!(asked(&answer(429, &RESET), false), Some(60));
    assert_eq!(asked(&answer(429, &[("retry-after", "7")]), false), Some(7));
    let both = [&RESET[..], &[("retry-after", "90")]].concat();
    assert_eq!(asked(&answer(429, &both), true), Some(90));
    // Too many streams: there is quota left, and nothing to wait for.
    let left = [RESET[0], ("x-rate-limit-remaining", "9"), RESET[2]];
    assert_eq!(asked(&answer(429, &left), true), None);
    assert_eq!(asked(&answer(429, &[]), true), None);
    // A clock that is behind, or an answer that was long under way.
    let past = [RESET[0], RESET[1], ("x-rate-limit-reset", "1794999999")];
    assert_eq!(asked(&answer(429, &past), true), Some(0));
}

#[test]
fn a_server_that_is_down_may_say_for_how_long() {
    assert_eq!(asked(&answer(503, &[("retry-after", "5")]), true), Some(5));
}

#[test]
fn what_cannot_succeed_is_not_repeated() {
    for error in [Error::request("no"), Error::config("no"), Error::token("no")] {
        assert_eq!(asked(&error, true), None, "{error}");
    }
}

#[test]
fn attempts_are_counted() {
    let error = answer(503, &[]);
    for (retry, attempts) in [(Retry::none(), 1), (Retry::attempts(0), 1), (Retry::default(), 3), (Retry::attempts(9), 9)] {
        let made = (1..20).find(|made| retry.wait(&error, true, *made, now()).is_none());
        assert_eq!(made, Some(attempts), "{retry:?}");
    }
}

#[test]
fn pauses_double_and_vary_and_stay_short() {
    let retry = Retry::attempts(99).pause(Duration::from_millis(100));
    let range = |made| [0, u32::MAX].map(|random| retry.backoff(made, random).as_millis());
    assert_eq!([range(1), range(2), range(3)], [[50, 100], [100, 200], [200, 400]]);
    for made in [20, u32::MAX] {
        assert_eq!(range(made), [5_000, 10_000]);
    }
    let slow = Retry::attempts(99).pause(Duration::from_secs(60));
    assert_eq!(slow.backoff(5, u32::MAX), Duration::from_secs(60));
    assert_eq!(Retry::attempts(9).pause(Duration::MAX).backoff(3, 0), Duration::MAX / 2);
    assert!((0..100).any(|_| random() != random()));
}
