use http::HeaderMap;
use jiff::Timestamp;

/// How many calls of an operation a window of time allows, as X reports it in the headers of an answer.
///
/// Windows last 15 minutes mostly. Some answers report limits of 24 hours as well, one for the app and one for the user: a call is refused
/// when any of them is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many calls the window allows.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// When the next window begins.
    pub reset: Timestamp,
}

impl RateLimit {
    /// The limit of the operation's own window: `x-rate-limit-…`. `None` when the answer does not report one.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-rate-limit")
    }

    /// What the app may do in 24 hours: `x-app-limit-24hour-…`.
    #[must_use]
    pub fn app_day(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-app-limit-24hour")
    }

    /// What the user may do in 24 hours: `x-user-limit-24hour-…`.
    #[must_use]
    pub fn user_day(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-user-limit-24hour")
    }

    /// Of the limits that are used up, the one that lasts longest; `None` when none is.
    #[must_use]
    pub fn exhausted(headers: &HeaderMap) -> Option<Self> {
        let all = [Self::from_headers(headers), Self::app_day(headers), Self::user_day(headers)];
        all.into_iter().flatten().filter(|limit| limit.remaining == 0).max_by_key(|limit| limit.reset)
    }

    fn read(headers: &HeaderMap, prefix: &str) -> Option<Self> {
        let number = |name: &str| headers.get(format!("{prefix}-{name}"))?.to_str().ok()?.trim().parse::<u64>().ok();
        let reset = Timestamp::from_second(number("reset")?.try_into().ok()?).ok()?;
        Some(Self { limit: number("limit")?, remaining: number("remaining")?, reset })
    }
}
