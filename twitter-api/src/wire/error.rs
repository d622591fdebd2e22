//! The one error type.
//!
//! The `Display` of an [`Error`] names the failure and the remedy, and its methods answer questions about it, so that a program can
//! decide without reading the text.

mod body;
mod kind;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::json::DecodeError;
use crate::value::problem::Problem;
use crate::wire::error::kind::Remedy;
use crate::wire::operation::Operation;
use crate::wire::rate_limit::RateLimit;

pub(crate) use body::problems;
pub use kind::ErrorKind;

/// Result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed, or why a client could not be built.
///
/// ```
/// use paragon_twitter::{Error, ErrorKind};
///
/// fn advise(error: &Error) -> &'static str {
///     match error.kind() {
///         _ if error.needs_reconnect() => "please connect your account again",
///         _ if error.is_rate_limited() => "busy, please wait",
///         _ if error.is_retryable() => "try again in a moment",
///         ErrorKind::Config => "the operator made a mistake",
///         _ => "that did not work",
///     }
/// }
/// # assert_eq!(advise(&Error::config("no key")), "the operator made a mistake");
/// ```
///
/// `Display` says which call failed, and how. The error behind it, such as that of the socket, is told by [`source`](StdError::source) alone, and by `Debug`.
///
/// Neither `Display` nor `Debug` shows a token or a key.
pub struct Error(Box<Inner>);

/// The response that an error came with.
#[derive(Clone)]
struct Received {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    advice: Option<Cow<'static, str>>,
    call: Option<String>,
    attempts: u32,
    remedy: Remedy,
    /// Whether it is certain that no server saw the request.
    unsent: bool,
    /// Whether the refused token or own id was there before this attempt, so that a new one may do.
    outdated: bool,
    received: Option<Received>,
    problems: Vec<Problem>,
    code: Option<String>,
    path: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            advice: None,
            call: None,
            attempts: 0,
            remedy: Remedy::Other,
            unsent: matches!(kind, ErrorKind::Config | ErrorKind::Request | ErrorKind::Token),
            outdated: false,
            received: None,
            problems: Vec::new(),
            code: None,
            path: None,
            source: None,
        }))
    }

    /// Makes the error of a configuration that cannot work.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Makes the error of a call that is refused before anything is sent.
    pub fn request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Request, message)
    }

    /// Makes an error of a user token that could not be had.
    pub(crate) fn token(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Token, message)
    }

    /// Makes an error of a user token that has expired.
    pub(crate) fn expired_token(message: impl Into<String>) -> Self {
        let mut error = Self::token(message);
        error.0.remedy = Remedy::NewToken;
        error
    }

    /// Makes an error of an answer that did not end in time.
    pub(crate) fn timeout(limit: Duration) -> Self {
        Self::new(ErrorKind::Timeout, format!("there was no whole answer within {limit:?}"))
            .with_advice("Try again, or allow more time; whether the call took effect is not known")
    }

    /// Returns the same error once more, for another waiter for the same outcome.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// The error of the look-up of the own id that an operation wants, after so many attempts at the operation itself.
    pub(crate) fn of_own_id(mut self, operation: &Operation, attempts: u32) -> Self {
        let call = self.0.call.take();
        let mut error = self.in_call(operation, attempts).unsent(attempts == 0);
        error.0.attempts = attempts;
        let look_up = call.unwrap_or_else(|| "GET /2/users/me".to_owned());
        error.0.call = error.0.call.map(|call| format!("{call}: the own id is looked up first, and that failed: {look_up}"));
        error
    }

    /// Returns whether X says that the id in the path is not that of the account that the call was made as.
    pub(crate) fn names_other_account(&self) -> bool {
        let told = b"must be the same as the authenticating user";
        self.says(400) && self.body().is_some_and(|body| body.windows(told.len()).any(|text| text == told))
    }

    /// Marks that the client had kept the refused user token or own id, and has forgotten it now.
    pub(crate) fn outdated(mut self, advice: &'static str) -> Self {
        self.0.outdated = true;
        self.with_advice(advice)
    }

    /// Returns whether the client had kept the refused user token or own id, and has forgotten it now.
    pub(crate) fn is_outdated(&self) -> bool {
        self.0.outdated
    }

    /// Makes an error of a connection that could not be made, or broke.
    pub(crate) fn connect(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Connect, message)
    }

    /// Makes an error of a transport that was too slow by a limit of its own.
    pub(crate) fn too_slow(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Timeout, message)
    }

    /// Sets whether it is certain that no server saw the request.
    pub(crate) fn unsent(mut self, unsent: bool) -> Self {
        self.0.unsent = unsent;
        self
    }

    /// Makes an error of a successful answer that is not readable.
    pub(crate) fn decode(error: DecodeError, status: StatusCode, headers: &HeaderMap, body: Bytes) -> Self {
        let message = match body::page_excerpt(headers, &body) {
            Some(excerpt) => format!("the answer is an HTML page and not JSON: {excerpt}"),
            None if body.is_empty() => "the answer is empty".to_owned(),
            None => format!("the answer is {error}"),
        };
        let mut failed = Self::new(ErrorKind::Decode, message);
        failed.0.path = Some(error.path()).filter(|path| !path.is_empty()).map(str::to_owned);
        failed.0.received = Some(Received { status, headers: headers.clone(), body });
        failed
    }

    /// Makes an error of an answer with a status that is not a success. `through_paragon` tells whether it may be Paragon's.
    pub(crate) fn from_response(status: StatusCode, headers: &HeaderMap, body: Bytes, through_paragon: bool) -> Self {
        let read = body::read(status, headers, &body, through_paragon);
        let mut failed = Self::new(read.kind, read.message);
        failed.0.remedy = read.remedy;
        failed.0.code = read.code;
        failed.0.problems = read.problems;
        failed.0.advice = read.advice;
        failed.0.received = Some(Received { status, headers: headers.clone(), body });
        failed
    }

    /// Makes an error of an answer with a successful status that holds only problems.
    pub(crate) fn from_problems(problems: Vec<Problem>, status: StatusCode, headers: &HeaderMap, body: Bytes) -> Self {
        let mut failed = Self::new(ErrorKind::Api, format!("X answered {status} without data: {}", body::list(&problems)));
        failed.0.problems = problems;
        failed.0.received = Some(Received { status, headers: headers.clone(), body });
        failed
    }

    /// Adds the remedy.
    pub(crate) fn with_advice(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Keeps the error behind this one.
    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    /// Adds the call that failed, and the attempt. The template stands for the path, since a path may hold data of a user.
    pub(crate) fn in_call(mut self, operation: &Operation, attempts: u32) -> Self {
        let Operation { name, method, path, .. } = operation;
        let call = if name.is_empty() { format!("{method} {path}") } else { format!("{name} ({method} {path})") };
        self.0.call.get_or_insert(call);
        // A refusal before anything is sent is not an attempt.
        let refused = matches!(self.0.kind, ErrorKind::Config | ErrorKind::Request | ErrorKind::Token);
        self.0.attempts = attempts.saturating_sub(u32::from(refused));
        self
    }

    /// Returns the place where the call failed.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.received.as_ref().map(|received| received.status)
    }

    /// Returns the headers of the answer, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.received.as_ref().map(|received| &received.headers)
    }

    /// Returns the body of the response, byte for byte, except that the credential of the call is blotted out. At most 16 MiB of a failed
    /// answer are kept.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.received.as_ref().map(|received| &received.body)
    }

    /// Returns the problems that X sent.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// Returns Paragon's error code, for example `7003`. X's codes are in the [`problems`](Self::problems).
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the id that X or Paragon gave the call. Their support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let headers = self.headers()?;
        let names = ["x-request-id", "x-transaction-id", "x-amzn-requestid", "x-amzn-trace-id", "cf-ray"];
        names.into_iter().find_map(|name| headers.get(name)?.to_str().ok())
    }

    /// Returns the place in the JSON at which the response stopped being readable, for example `data[3].text`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Returns the rate limit that stopped the call, or, when none did, the limit that the response reports.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.exhausted().or_else(|| RateLimit::from_headers(self.headers()?))
    }

    /// Returns the rate limit that stopped the call, if one did and the answer reports it.
    pub(crate) fn exhausted(&self) -> Option<RateLimit> {
        RateLimit::exhausted(self.headers()?)
    }

    /// Returns how often the call was made, this failure included; 0 when it was refused before anything was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns how long the answer asks to wait, by its header `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers()?.get(http::header::RETRY_AFTER)?.to_str().ok()?;
        Some(Duration::from_secs(seconds.trim().parse().ok()?))
    }

    /// Returns whether the answer has this status, or has it in a problem while being a success in itself.
    fn says(&self, status: u16) -> bool {
        match self.status() {
            Some(own) if own.is_success() => self.0.problems.iter().any(|problem| problem.status() == Some(status)),
            Some(own) => own == status,
            None => false,
        }
    }

    fn has_problem(&self, kinds: &[&str]) -> bool {
        self.0.problems.iter().filter_map(Problem::kind).any(|kind| kinds.contains(&kind))
    }

    /// Returns whether too many calls were made, or a quota is used up. [`rate_limit`](Self::rate_limit) may tell until when.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.says(429)
    }

    /// Returns whether another user token is needed: the one there is has expired, or Paragon does not accept it. A client that signs or
    /// asks for tokens has forgotten it; if it was there before the attempt, a new one may do, and [`is_retryable`](Self::is_retryable) says so too.
    #[must_use]
    pub fn needs_new_token(&self) -> bool {
        self.0.remedy == Remedy::NewToken
    }

    /// Returns whether the user has to connect their account again: none is connected, or X or Paragon no longer accepts it.
    #[must_use]
    pub fn needs_reconnect(&self) -> bool {
        self.0.remedy == Remedy::Reconnect
    }

    /// Returns whether the developer account has run out of credits at X. Waiting does not help.
    #[must_use]
    pub fn is_out_of_credits(&self) -> bool {
        self.says(402) || self.has_problem(&["credits"])
    }

    /// Returns whether a credential, of any kind, was not accepted.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.says(401)
    }

    /// Returns whether the caller may not do this.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.says(403) || self.code() == Some(body::INSUFFICIENT_PERMISSION)
    }

    /// Returns whether X does not take this kind of credential for the operation: an app-only token where it wants a user, or the other way round.
    #[must_use]
    pub fn is_unsupported_authentication(&self) -> bool {
        self.has_problem(&["unsupported-authentication"])
    }

    /// Returns whether the requested object does not exist, or is not visible.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.says(404) || (self.status().is_some_and(|status| status.is_success()) && self.has_problem(&["resource-not-found"]))
    }

    /// Returns whether the time was up.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Returns whether the connection could not be made or broke.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Returns whether it is certain that no server saw the request, so that repeating it cannot do anything twice.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        self.0.unsent
    }

    /// Returns whether the same call may succeed later with nothing else changed. By then the client has tried as often as its
    /// [`Retry`](crate::Retry) allows, which [`attempts`](Self::attempts) counts. Whether it is safe to repeat a call that creates something is
    /// another question: unless [`is_unsent`](Self::is_unsent), or X refused it, the first attempt may have taken effect.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let passing = matches!(self.0.kind, ErrorKind::Connect | ErrorKind::Timeout);
        let used_up = self.is_out_of_credits() || self.has_problem(&[body::USAGE_CAPPED]);
        passing || self.0.outdated || (!used_up && [408, 429, 500, 502, 503, 504].into_iter().any(|status| self.says(status)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { call, attempts, message, advice, .. } = &*self.0;
        match call {
            Some(call) if *attempts > 1 => write!(f, "{call}, tried {attempts} times: ")?,
            Some(call) => write!(f, "{call}: ")?,
            None => {}
        }
        match advice {
            Some(advice) => write!(f, "{}. {advice}", message.trim_end_matches('.')),
            None => f.write_str(message),
        }
    }
}

impl fmt::Debug for Error {
    /// Shows everything but headers and body, which may be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.kind()).field("message", &self.to_string());
        if let Some(status) = self.status() {
            debug.field("status", &status.as_u16());
        }
        if self.attempts() > 1 {
            debug.field("attempts", &self.attempts());
        }
        let texts = [("code", self.code()), ("request_id", self.request_id()), ("path", self.path())];
        for (name, value) in texts {
            if let Some(value) = value {
                debug.field(name, &value);
            }
        }
        if !self.problems().is_empty() {
            debug.field("problems", &self.problems());
        }
        if let Some(limit) = self.rate_limit() {
            debug.field("rate_limit", &limit);
        }
        if let Some(source) = &self.0.source {
            debug.field("source", source);
        }
        debug.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
