//! Turns failures of a transport into errors of calls. What the transport says of the cause is left to `source`, so that a chain tells it once.

use crate::transport::{Kind, TransportError};
use crate::wire::error::Error;

/// A request that could not be sent, or to which no response came.
pub(super) fn unanswered(error: TransportError, host: &str) -> Error {
    let failed = match error.kind() {
        Kind::Refused => Error::request("the transport refuses the request"),
        // The transport names the remedy itself, and has no cause beside it.
        Kind::Misconfigured => return Error::config(error.to_string()).unsent(error.is_unsent()),
        Kind::TimedOut { .. } => Error::too_slow(format!("no answer from {host} in time")),
        Kind::Unsent => Error::connect(format!("no connection to {host}")),
        Kind::Broken => Error::connect(format!("the connection to {host} broke before an answer came")),
    };
    failed.unsent(error.is_unsent()).with_source(error)
}

/// A response whose body ended in the middle.
pub(super) fn broken_off(error: TransportError, after: usize) -> Error {
    let message = format!("the answer broke off after {after} bytes");
    let failed = if error.is_timeout() { Error::too_slow(message) } else { Error::connect(message) };
    failed.with_source(error)
}
