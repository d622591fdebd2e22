//! Which failed calls are made again, and when.

#[cfg(test)]
mod tests;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::wire::error::Error;

/// Waits; put in from outside, so that tests need not.
pub(crate) type Sleeper = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// However many attempts there were, no pause is longer than this unless the answer asks for it.
const LONGEST: Duration = Duration::from_secs(10);

/// How often a call that failed is made again, for a client ([`ParagonBuilder::retry`](crate::ParagonBuilder::retry)) or for one call
/// (`with_retry` of a request).
///
/// A call is made again only when that cannot do anything twice:
///
/// | failure | calls that are made again |
/// |---|---|
/// | no connection could be made, so nothing was sent | all |
/// | the connection broke; 408, 500, 502, 503, 504 | those that are idempotent: by method (`GET`, `HEAD`, `OPTIONS`, `PUT`, `DELETE`), or because `with_idempotent` or `#[paragon_request(…, idempotent)]` says so |
/// | Paragon refused a user token that the client had already when the attempt began | all, at once, with a new token |
/// | 429: the call was refused | all, when the answer says until when, by `Retry-After` or by a limit that is used up |
/// | X refused an own id that the client had already, as another account's | all, at once, with the id looked up anew |
/// | anything else, also 402 and a monthly quota that is used up | none: it would fail again |
///
/// There is a pause before each attempt but with a new token or own id. It doubles from one to the next, and is varied, so that clients that failed together do not come back
/// together. Where an answer asks for a wait, that comes on top. **A pause that does not end within the call's
/// timeout is not begun**: the error is returned at once. So with the default of 30 seconds a rate limit of 15 minutes is an
/// error, and with a timeout of 20 minutes it is waited for. The timeout is for all attempts and pauses together.
///
/// Of a stream, only the connecting is retried; a connection that breaks later is yours to open again.
///
/// The default is three attempts, half a second or so apart: failures of this kind mostly pass in that time, and a caller could do no more than the
/// same. It is no more than three because X charges for calls: where X had answered and the answer was lost on the way, it is charged twice.
/// A repeated `DELETE` may find that the first had worked, and say that there is nothing to delete.
///
/// ```
/// use paragon_twitter::{Paragon, Retry};
///
/// let paragon = Paragon::builder("project-id").user_token("a.b.c").retry(Retry::attempts(5)).build()?;
/// let twitter = paragon.user("user-42").twitter();
/// let once = twitter.users().me().with_retry(Retry::none());
/// # drop(once);
/// # Ok::<(), paragon_twitter::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    pause: Duration,
}

impl Retry {
    /// Makes each call once.
    #[must_use]
    pub const fn none() -> Self {
        Self::attempts(1)
    }

    /// Makes each call up to this many times in all, and at least once.
    #[must_use]
    pub const fn attempts(attempts: u32) -> Self {
        Self { attempts, pause: Duration::from_millis(400) }
    }

    /// Sets the first pause, in place of 400 ms.
    #[must_use]
    pub const fn pause(mut self, first: Duration) -> Self {
        self.pause = first;
        self
    }

    /// How long to wait before the call is made again; `None` when it is not to be.
    pub(crate) fn wait(self, error: &Error, idempotent: bool, made: u32, now: Timestamp) -> Option<Duration> {
        if made >= self.attempts || !error.is_retryable() {
            return None;
        }
        if error.is_outdated() {
            return Some(Duration::ZERO);
        }
        let asked = if error.is_rate_limited() {
            let reset = error.exhausted().map(|limit| Duration::try_from(limit.reset.duration_since(now)).unwrap_or_default());
            // Without either, as when too many streams are open, nobody knows how long to wait.
            Some(error.retry_after().max(reset)?)
        } else if idempotent || error.is_unsent() {
            error.retry_after()
        } else {
            return None;
        };
        Some(self.backoff(made, random()).saturating_add(asked.unwrap_or_default()))
    }

    /// Between half of the pause that is due and all of it.
    fn backoff(self, made: u32, random: u32) -> Duration {
        let doublings = made.saturating_sub(1).min(16);
        let due = self.pause.saturating_mul(1 << doublings).min(LONGEST.max(self.pause));
        let half = due / 2;
        half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::attempts(3)
    }
}

/// The standard library's one source of chance: each of these states hashes in its own way. It is good enough to spread clients out.
fn random() -> u32 {
    let bytes = RandomState::new().build_hasher().finish().to_le_bytes();
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
