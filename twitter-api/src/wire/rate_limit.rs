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
    /// Returns the limit of the operation's own window: `x-rate-limit-…`. `None` when the answer does not report one.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-rate-limit")
    }

    /// Returns the app's limit of 24 hours: `x-app-limit-24hour-…`.
    #[must_use]
    pub fn app_day(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-app-limit-24hour")
    }

    /// Returns the user's limit of 24 hours: `x-user-limit-24hour-…`.
    #[must_use]
    pub fn user_day(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-user-limit-24hour")
    }

    /// Returns the longest of the limits that are used up; `None` when none is.
    #[must_use]
    pub fn exhausted(headers: &HeaderMap) -> Option<Self> {
        RateLimits::from_headers(headers).exhausted()
    }

    fn read(headers: &HeaderMap, prefix: &str) -> Option<Self> {
        let number = |name: &str| headers.get(format!("{prefix}-{name}"))?.to_str().ok()?.trim().parse::<u64>().ok();
        let reset = Timestamp::from_second(number("reset")?.try_into().ok()?).ok()?;
        Some(Self { limit: number("limit")?, remaining: number("remaining")?, reset })
    }
}

/// The limits that a call is counted against: any of the three may stop it.
///
/// [`Twitter::rate_limits`](crate::Twitter::rate_limits), and `rate_limits` of every request, tell the last that were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimits {
    /// The operation's own window, mostly of 15 minutes: `x-rate-limit-…`.
    pub window: Option<RateLimit>,
    /// The user's limit of 24 hours: `x-user-limit-24hour-…`.
    pub user_day: Option<RateLimit>,
    /// The app's limit of 24 hours: `x-app-limit-24hour-…`.
    pub app_day: Option<RateLimit>,
}

impl RateLimits {
    /// Reads the limits that the headers of a response report.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        Self { window: RateLimit::from_headers(headers), user_day: RateLimit::user_day(headers), app_day: RateLimit::app_day(headers) }
    }

    /// Returns the longest of the limits that are used up: until it ends, calls are refused. `None` when none is.
    #[must_use]
    pub fn exhausted(&self) -> Option<RateLimit> {
        self.all().filter(|limit| limit.remaining == 0).max_by_key(|limit| limit.reset)
    }

    fn all(&self) -> impl Iterator<Item = RateLimit> {
        [self.window, self.user_day, self.app_day].into_iter().flatten()
    }

    /// These, and where there is none, those.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { window: self.window.or(other.window), user_day: self.user_day.or(other.user_day), app_day: self.app_day.or(other.app_day) }
    }

    /// Leaves out the windows that have ended: of the next ones nothing is known.
    pub(crate) fn current(self, now: Timestamp) -> Self {
        let open = |limit: &RateLimit| limit.reset > now;
        Self { window: self.window.filter(open), user_day: self.user_day.filter(open), app_day: self.app_day.filter(open) }
    }

    /// When the last of the windows ends.
    pub(crate) fn end(&self) -> Option<Timestamp> {
        self.all().map(|limit| limit.reset).max()
    }
}
