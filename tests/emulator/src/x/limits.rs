//! Rate limits: how many requests of one caller an operation takes in a window.

use std::collections::HashMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::message::Answer;
use crate::state::Caller;

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

/// The rest of the caller's quotas after a request.
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

    /// Returns the limits that a request is under: the prefix of their headers, the key of their counter, and the limit. A request for no operation,
    /// or from an unknown caller, has no counter.
    fn of(&self, caller: Option<Caller>, operation: Option<usize>) -> impl Iterator<Item = (&'static str, Option<Counted>, Limit)> + use<> {
        let limit = operation.and_then(|operation| self.operations.get(&operation)).copied().unwrap_or(self.default);
        let day = |requests| Limit { requests, seconds: DAY };
        let is_user = caller.is_some_and(|caller| caller != Caller::App);
        let user = self.user_day.filter(|_| is_user).map(|requests| ("x-user-limit-24hour", caller.map(Counted::User), day(requests)));
        let app = self.app_day.map(|requests| ("x-app-limit-24hour", Some(Counted::App), day(requests)));
        let counted = caller.zip(operation).map(|(caller, operation)| Counted::Operation(caller, operation));
        [Some(("x-rate-limit", counted, limit)), user, app].into_iter().flatten()
    }

    /// The window that is open at `now`, in seconds since 1970.
    fn window(&self, counted: Option<Counted>, limit: Limit, now: i64) -> Window {
        let open = counted.and_then(|counted| self.windows.get(&counted)).filter(|window| now < window.reset);
        open.copied().unwrap_or(Window { reset: now.saturating_add(limit.seconds), used: 0 })
    }

    /// The quotas of a request that uses none of them.
    pub(crate) fn look(&self, caller: Option<Caller>, operation: Option<usize>, now: i64) -> Quota {
        let shown: Vec<_> =
            self.of(caller, operation).map(|(prefix, key, limit)| (prefix, limit.requests, self.window(key, limit, now))).collect();
        let exceeded = shown.iter().any(|(_, requests, window)| window.used >= *requests);
        Quota { shown, exceeded }
    }

    /// Counts a request of an operation. A request that is refused for want of quota does not use any.
    pub(crate) fn count(&mut self, caller: Caller, operation: usize, now: i64) -> Quota {
        let (caller, operation) = (Some(caller), Some(operation));
        let mut quota = self.look(caller, operation, now);
        for ((_, key, _), (.., window)) in self.of(caller, operation).zip(&mut quota.shown) {
            window.used += u32::from(!quota.exceeded);
            self.windows.extend(key.map(|key| (key, *window)));
        }
        quota
    }
}

impl Quota {
    /// Puts the rest of the limits into an answer, unless the answer has it itself.
    pub(crate) fn show(&self, answer: &mut Answer) {
        for (prefix, limit, window) in &self.shown {
            let remaining = limit.saturating_sub(window.used);
            for (name, value) in [("limit", i64::from(*limit)), ("remaining", i64::from(remaining)), ("reset", window.reset)] {
                // The prefixes are constants of this file.
                if let Ok(name) = HeaderName::try_from(format!("{prefix}-{name}")) {
                    answer.headers.entry(name).or_insert_with(|| HeaderValue::from(value));
                }
            }
        }
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
    fn a_look_shows_what_is_left_and_uses_nothing() {
        let mut limits = Limits::new(2);
        limits.set_daily(Some(9), None);
        limits.count(ADA, 0, 100);
        let shown = |caller, operation| {
            let quota = limits.look(caller, operation, 101);
            quota.shown.into_iter().map(|(prefix, limit, window)| (prefix, limit - window.used)).collect::<Vec<_>>()
        };
        for _ in 0..2 {
            assert_eq!(shown(Some(ADA), Some(0)), [("x-rate-limit", 1), ("x-user-limit-24hour", 8)]);
            assert_eq!(shown(Some(ADA), None), [("x-rate-limit", 2), ("x-user-limit-24hour", 8)]);
            assert_eq!(shown(None, None), [("x-rate-limit", 2)]);
        }
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
