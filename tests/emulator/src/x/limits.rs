//! Rate limits: how many requests of one caller an operation takes in a window.

use std::collections::HashMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};

use crate::Emulator;
use crate::state::Caller;
use crate::wire::Answer;

/// X's window, for most operations.
const WINDOW: i64 = 15 * 60;

/// The length of the windows that all operations share, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// X's window allows this many requests per caller and operation unless another number is named.
pub(crate) const DEFAULT_RATE_LIMIT: u32 = 900;

/// A limit: so many requests in so many seconds.
#[derive(Debug, Clone, Copy)]
struct Limit {
    requests: u32,
    seconds: i64,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    reset: i64,
    used: u32,
}

/// Which requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Counted {
    /// Those of one caller to one operation: reading a post and deleting it have quotas of their own.
    Operation(Caller, usize),
    /// All of one user.
    User(Caller),
    /// All of the app, whoever it acts for.
    App,
}

#[derive(Debug)]
pub(crate) struct Limits {
    default: Limit,
    /// By operation, where it differs.
    operations: HashMap<usize, Limit>,
    user_day: Option<u32>,
    app_day: Option<u32>,
    windows: HashMap<Counted, Window>,
}

/// The quotas of a caller after a request was counted.
#[derive(Debug)]
pub(crate) struct Quota {
    /// Each with the prefix of its headers.
    shown: Vec<(&'static str, u32, Window)>,
    pub(crate) exceeded: bool,
}

impl Limits {
    pub(crate) fn new(requests: u32) -> Self {
        let default = Limit { requests, seconds: WINDOW };
        Self { default, operations: HashMap::new(), user_day: None, app_day: None, windows: HashMap::new() }
    }

    /// Sets the limit of an operation. Its windows start anew.
    pub(crate) fn set(&mut self, operation: usize, requests: u32, window: Duration) {
        let seconds = i64::try_from(window.as_secs()).unwrap_or(i64::MAX).max(1);
        self.operations.insert(operation, Limit { requests, seconds });
        self.windows.retain(|counted, _| !matches!(counted, Counted::Operation(_, number) if *number == operation));
    }

    /// Sets how many requests in 24 hours all operations together take, from each user and from the app as a whole. Both start anew.
    pub(crate) fn set_daily(&mut self, user: Option<u32>, app: Option<u32>) {
        (self.user_day, self.app_day) = (user, app);
        self.windows.retain(|counted, _| matches!(counted, Counted::Operation(..)));
    }

    /// Counts a request made at `now`, in seconds since 1970. One that is refused for want of quota does not use any.
    pub(crate) fn count(&mut self, caller: Caller, operation: usize, now: i64) -> Quota {
        let limit = self.operations.get(&operation).copied().unwrap_or(self.default);
        let day = |requests| Limit { requests, seconds: DAY };
        let user =
            self.user_day.filter(|_| caller != Caller::App).map(|requests| ("x-user-limit-24hour", Counted::User(caller), day(requests)));
        let app = self.app_day.map(|requests| ("x-app-limit-24hour", Counted::App, day(requests)));
        let counted = [Some(("x-rate-limit", Counted::Operation(caller, operation), limit)), user, app];
        let counted: Vec<_> = counted.into_iter().flatten().collect();
        let mut exceeded = false;
        for (_, key, limit) in &counted {
            let fresh = Window { reset: now.saturating_add(limit.seconds), used: 0 };
            let window = self.windows.entry(*key).or_insert(fresh);
            if now >= window.reset {
                *window = fresh;
            }
            exceeded |= window.used >= limit.requests;
        }
        let shown = counted.into_iter().filter_map(|(prefix, key, limit)| {
            let window = self.windows.get_mut(&key)?;
            window.used += u32::from(!exceeded);
            Some((prefix, limit.requests, *window))
        });
        Quota { shown: shown.collect(), exceeded }
    }
}

impl Quota {
    /// Says in an answer what is left.
    pub(crate) fn show(&self, answer: &mut Answer) {
        for (prefix, limit, window) in &self.shown {
            let remaining = limit.saturating_sub(window.used);
            for (name, value) in [("limit", i64::from(*limit)), ("remaining", i64::from(remaining)), ("reset", window.reset)] {
                // The prefixes are constants of this file.
                if let Ok(name) = HeaderName::try_from(format!("{prefix}-{name}")) {
                    answer.headers.insert(name, HeaderValue::from(value));
                }
            }
        }
    }
}

/// Rate limits.
impl Emulator {
    /// Sets how many requests an operation takes from each caller in a window, in place of what the builder said. Its windows start anew. The path is
    /// the template of the description, `/2/users/{id}`.
    ///
    /// # Panics
    ///
    /// If the description has no such operation: a mistake in the test that asks.
    #[track_caller]
    pub fn set_rate_limit(&self, method: Method, path: &str, requests: u32, window: Duration) {
        assert!(self.shared.set_rate_limit(&method, path, requests, window), "the description has no {method} {path}");
    }

    /// Sets how many requests in 24 hours all operations together take from each user, and how many from the app as a whole; `None` is no limit,
    /// which is so at the start. Answers then have the headers `x-user-limit-24hour-…` and `x-app-limit-24hour-…`.
    pub fn set_daily_limits(&self, user: Option<u32>, app: Option<u32>) {
        self.shared.limits().set_daily(user, app);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Limits;
    use crate::state::Caller;

    const ADA: Caller = Caller::User(1);

    #[test]
    fn a_window_is_per_caller_and_operation_and_ends() {
        let mut limits = Limits::new(1);
        assert!(!limits.count(ADA, 0, 100).exceeded);
        assert!(limits.count(ADA, 0, 100).exceeded);
        assert!(!limits.count(ADA, 1, 100).exceeded);
        assert!(!limits.count(Caller::User(2), 0, 100).exceeded);
        assert!(!limits.count(Caller::App, 0, 100).exceeded);
        assert!(limits.count(ADA, 0, 999).exceeded);
        assert!(!limits.count(ADA, 0, 1000).exceeded);
    }

    #[test]
    fn an_operation_may_have_a_limit_and_a_window_of_its_own() {
        let mut limits = Limits::new(9);
        limits.set(7, 1, Duration::from_secs(1));
        assert!(!limits.count(ADA, 7, 100).exceeded);
        assert!(limits.count(ADA, 7, 100).exceeded);
        assert!(!limits.count(ADA, 7, 101).exceeded);
    }

    #[test]
    fn a_day_counts_all_operations_of_a_user_and_all_users_of_the_app() {
        let mut limits = Limits::new(9);
        limits.set_daily(Some(2), Some(3));
        assert!(!limits.count(ADA, 0, 0).exceeded);
        assert!(!limits.count(ADA, 1, 0).exceeded);
        let third = limits.count(ADA, 2, 0);
        assert!(third.exceeded);
        assert_eq!(third.shown.len(), 3);
        assert!(!limits.count(Caller::User(2), 0, 0).exceeded, "what is refused uses no quota of the app");
        assert!(limits.count(Caller::User(3), 0, 0).exceeded);
        assert!(!limits.count(Caller::User(3), 0, super::DAY).exceeded);
    }
}
