//! Failures of a transport.

#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;

/// Error of any type, as transports and services report it.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Failure to send a request or to receive its response.
///
/// It says whether the server may have seen the request, on which it depends whether a call that creates something is made again.
///
/// ```
/// use paragon_twitter::transport::TransportError;
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// assert!(TransportError::unsent(refused).is_unsent());
/// assert!(!TransportError::broken("the connection was reset").is_unsent());
/// ```
#[derive(Debug)]
pub struct TransportError {
    kind: Kind,
    cause: BoxError,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unsent,
    Broken,
    TimedOut { unsent: bool },
    Refused,
    Misconfigured,
}

impl TransportError {
    pub(crate) fn new(kind: Kind, cause: impl Into<BoxError>) -> Self {
        Self { kind, cause: cause.into() }
    }

    /// Makes the error of a connection that could not be made: no server has seen the request. The client may send any request again.
    pub fn unsent(cause: impl Into<BoxError>) -> Self {
        Self::new(Kind::Unsent, cause)
    }

    /// Makes the error of a connection that broke: the server may have seen the request. The client sends it again only if that is safe.
    pub fn broken(cause: impl Into<BoxError>) -> Self {
        Self::new(Kind::Broken, cause)
    }

    /// Makes the error of a response that did not come in time: the server may have seen the request.
    pub fn timed_out(cause: impl Into<BoxError>) -> Self {
        Self::new(Kind::TimedOut { unsent: false }, cause)
    }

    /// Makes the error of a request that the transport does not send, whoever asks and however often. The client does not send it again.
    pub fn refused(cause: impl Into<BoxError>) -> Self {
        Self::new(Kind::Refused, cause)
    }

    /// Takes the error of something that a transport was built on. If a `TransportError` is among its sources, as when a layer has wrapped it, its kind is
    /// kept; any other error is a broken connection.
    pub(crate) fn of(error: impl Into<BoxError>) -> Self {
        let error = match error.into().downcast::<Self>() {
            Ok(own) => return *own,
            Err(error) => error,
        };
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(own) = inner.downcast_ref::<Self>() {
                return Self { kind: own.kind, cause: error };
            }
            source = inner.source();
        }
        Self::broken(error)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns whether it is certain that no server has seen the request.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        matches!(self.kind, Kind::Unsent | Kind::Refused | Kind::TimedOut { unsent: true })
    }

    /// Returns whether the time was up.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind, Kind::TimedOut { .. })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl StdError for TransportError {
    /// The cause itself is told by `Display`. reqwest wraps errors of bodies in errors that say the same, of which no more than one is told.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let told = self.cause.to_string();
        std::iter::successors(self.cause.source(), |&error| error.source()).find(|error| error.to_string() != told)
    }
}
