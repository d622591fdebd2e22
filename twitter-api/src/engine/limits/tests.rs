use http::HeaderValue;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn key(user: &str) -> LimitKey {
    LimitKey { who: Who::User(user.into(), None), integration: "twitter".into(), method: Method::GET, path: "/2/users/{id}".into() }
}

fn headers(prefix: &str, remaining: u64, reset: i64) -> HeaderMap {
    let values = [("limit", 900.to_string()), ("remaining", remaining.to_string()), ("reset", reset.to_string())];
    values.into_iter().map(|(name, value)| (format!("{prefix}-{name}").parse().unwrap(), HeaderValue::try_from(value).unwrap())).collect()
}

#[test]
fn the_last_of_each_kind_is_kept_until_its_window_ends() {
    let limits = Limits::default();
    assert_eq!(limits.of(&key("u"), at(0)), RateLimits::default());
    limits.note(key("u"), &headers("x-rate-limit", 5, 100), at(0));
    limits.note(key("u"), &headers("x-user-limit-24hour", 0, 300), at(0));
    limits.note(key("u"), &headers("x-app-limit-24hour", 0, 200), at(0));
    limits.note(key("u"), &headers("x-rate-limit", 4, 100), at(0));
    limits.note(key("u"), &HeaderMap::new(), at(0));

    let all = limits.of(&key("u"), at(99));
    let remaining = [all.window, all.user_day, all.app_day].map(|limit| limit.map(|limit| limit.remaining));
    assert_eq!(remaining, [Some(4), Some(0), Some(0)]);
    assert_eq!(all.exhausted().map(|limit| limit.reset), Some(at(300)));
    let later = limits.of(&key("u"), at(200));
    assert_eq!((later.window, later.app_day, later.user_day.is_some()), (None, None, true));
}

#[test]
fn each_has_limits_of_their_own() {
    let limits = Limits::default();
    limits.note(key("u"), &headers("x-rate-limit", 5, 100), at(0));
    let u = key("u");
    let others = [
        key("v"),
        LimitKey { who: Who::App, ..u.clone() },
        LimitKey { who: Who::User("u".into(), Some("second account".into())), ..u.clone() },
        LimitKey { method: Method::DELETE, ..u.clone() },
        LimitKey { integration: "slack".into(), ..u.clone() },
        LimitKey { path: "/2/users/me".into(), ..u },
    ];
    for other in others {
        assert_eq!(limits.of(&other, at(0)), RateLimits::default(), "{other:?}");
    }
}

#[test]
fn memory_is_bounded_and_what_ends_first_goes_first() {
    let limits = Limits::default();
    let count = || limits.0.lock().unwrap().len();
    for number in 0..i64::try_from(MOST).unwrap() * 2 {
        limits.note(key(&number.to_string()), &headers("x-rate-limit", 5, 1000 + number), at(0));
        assert!(count() <= MOST);
    }
    assert!(count() > MOST / 2);
    assert_eq!(limits.of(&key("0"), at(0)), RateLimits::default());
    let newest = key(&(MOST * 2 - 1).to_string());
    assert!(limits.of(&newest, at(0)).window.is_some());

    // All of one end, and all ended.
    let limits = Limits::default();
    for number in 0..=MOST {
        limits.note(key(&number.to_string()), &headers("x-rate-limit", 5, 1000), at(0));
    }
    assert!(limits.0.lock().unwrap().len() <= MOST);
    for number in 0..=MOST {
        limits.note(key(&format!("later {number}")), &headers("x-rate-limit", 5, 3000), at(2000));
    }
    assert_eq!(limits.of(&key("7"), at(0)), RateLimits::default());
}
