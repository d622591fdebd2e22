//! Rate limits: the last that was reported of each.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, Method};
use jiff::Timestamp;

use crate::wire::rate_limit::RateLimits;

/// How many limits are remembered. A client with more users than that forgets those whose windows end soonest.
const MOST: usize = 4096;

/// The key of a rate-limit window.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LimitKey {
    pub(crate) who: Who,
    pub(crate) integration: Cow<'static, str>,
    pub(crate) method: Method,
    /// The path template.
    pub(crate) path: Cow<'static, str>,
}

/// Whose calls are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// A connected user, and which of their accounts if one was chosen.
    User(Arc<str>, Option<String>),
    App,
}

/// The limits that were seen, shared by all handles of a client.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<LimitKey, RateLimits>>);

impl Limits {
    /// Remembers the limits that a response reports; others stay as they were.
    pub(crate) fn note(&self, key: LimitKey, headers: &HeaderMap, now: Timestamp) {
        let seen = RateLimits::from_headers(headers);
        if seen == RateLimits::default() {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(&key) {
            known.retain(|_, limits| limits.current(now) != RateLimits::default());
            if known.len() >= MOST {
                // More than one, so that not every call that follows has to look at all of them.
                let mut ends: Vec<_> = known.values().map(RateLimits::end).collect();
                let (_, middle, _) = ends.select_nth_unstable(MOST / 8);
                let middle = *middle;
                known.retain(|_, limits| limits.end() > middle);
            }
        }
        let limits = known.entry(key).or_default();
        *limits = seen.or(*limits);
    }

    /// The limits that still hold.
    pub(crate) fn of(&self, key: &LimitKey, now: Timestamp) -> RateLimits {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).copied().unwrap_or_default().current(now)
    }
}
