//! Turns failures of a transport into errors of calls.

use crate::transport::{Kind, TransportError};
use crate::wire::error::{Error, root_cause};

/// A request that could not be sent, or to which no response came.
pub(super) fn unanswered(error: TransportError, host: &str) -> Error {
    let cause = root_cause(&error);
    let failed = match error.kind() {
        Kind::Refused => Error::request(format!("the transport refuses the request: {cause}")),
        Kind::Misconfigured => Error::config(cause),
        Kind::TimedOut { .. } => Error::too_slow(format!("no answer from {host} in time: {cause}")),
        Kind::Unsent => Error::connect(format!("no connection to {host}: {cause}")),
        Kind::Broken => Error::connect(format!("the connection to {host} broke before an answer came: {cause}")),
    };
    failed.unsent(error.is_unsent()).with_source(error)
}

/// A response whose body ended in the middle.
pub(super) fn broken_off(error: TransportError, after: usize) -> Error {
    let message = format!("the answer broke off after {after} bytes: {}", root_cause(&error));
    let failed = if error.is_timeout() { Error::too_slow(message) } else { Error::connect(message) };
    failed.with_source(error)
}
