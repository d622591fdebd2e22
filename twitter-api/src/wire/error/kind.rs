//! Kinds of errors, and their remedies.

/// Place at which a call failed. For the remedy ask the error itself: [`Error::is_retryable`](crate::Error::is_retryable), [`Error::needs_new_token`](crate::Error::needs_new_token) and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client's configuration cannot work: a key, an address, a header.
    Config,
    /// The call was refused before anything was sent.
    Request,
    /// There is no usable user token. Nothing was sent.
    Token,
    /// The connection could not be made, or it broke before the whole answer had come.
    Connect,
    /// There was no answer, or not a whole one, in time.
    Timeout,
    /// Paragon, or something on the way to it, answered in place of X.
    Paragon,
    /// X answered that the call failed.
    Api,
    /// The call succeeded but its answer could not be read.
    Decode,
}

/// Step that the caller has to take before the same call can succeed, where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    Other,
    NewToken,
    Reconnect,
}
