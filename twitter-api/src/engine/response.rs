//! Responses: status, headers and body, and the call that they belong to.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use jiter::Jiter;
use tokio::time::{Sleep, sleep_until};

use crate::engine::deadline::Deadline;
use crate::engine::failure;
use crate::json::DecodeError;
use crate::transport;
use crate::wire::error::{Error, Result};
use crate::wire::operation::Operation;
use crate::wire::secret::Secret;

/// How much of the body of a failure is read.
pub(crate) const FAILURE: usize = 16 << 20;

/// A response: of a call whose body is still to come ([`ResponseBody`]), or has come (`Bytes`).
#[derive(Debug)]
pub struct Response<B> {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: B,
    /// The operation that was called, for errors.
    pub(crate) operation: Cow<'static, Operation>,
    /// The number of the attempt that succeeded, from 1.
    pub(crate) attempts: u32,
    /// The token of the call, which must not get into errors.
    pub(crate) secret: Secret,
}

impl<B> Response<B> {
    /// The same response with another body, and the body that it had.
    pub(crate) fn with_body<C>(self, body: C) -> (Response<C>, B) {
        let Self { status, headers, body: old, operation, attempts, secret } = self;
        (Response { status, headers, body, operation, attempts, secret }, old)
    }

    /// A part of the body, as a response without headers.
    pub(crate) fn part(&self, body: Bytes) -> Response<Bytes> {
        let Self { status, operation, attempts, secret, .. } = self;
        let (operation, secret) = (operation.clone(), secret.clone());
        Response { status: *status, headers: HeaderMap::new(), body, operation, attempts: *attempts, secret }
    }

    /// An error of this call.
    pub(crate) fn error(&self, error: Error) -> Error {
        error.in_call(&self.operation, self.attempts)
    }

    /// The error of a body, or a part of it, that cannot be read.
    pub(crate) fn unreadable(&self, error: DecodeError, body: Bytes) -> Error {
        self.error(Error::decode(error, self.status, &self.headers, self.secret.redact(body)))
    }
}

impl Response<ResponseBody> {
    /// The next piece of the body as it comes in; `None` at its end and after an error. Nothing is unwrapped.
    pub(crate) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.body.poll_piece(context).map(|piece| piece.map(|piece| piece.map_err(|error| error.in_call(&self.operation, self.attempts))))
    }

    async fn piece(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_piece(context)).await.transpose()
    }

    /// The whole body. It may be as long as memory allows: a long one is better taken piece by piece.
    pub(crate) async fn whole(&mut self) -> Result<Bytes> {
        let body = self.collect(usize::MAX).await.1?;
        Ok(if self.body.through_paragon { unwrap_output(body) } else { body })
    }

    /// As much of the body of a failure as is to be had: the status says more than why its body is not whole.
    pub(super) async fn failure(&mut self) -> Bytes {
        let (partial, whole) = self.collect(FAILURE).await;
        let body = whole.unwrap_or(partial);
        if self.body.through_paragon { unwrap_output(body) } else { body }
    }

    /// Reads the body up to a limit. The first part is the text that had come when reading failed.
    async fn collect(&mut self, limit: usize) -> (Bytes, Result<Bytes>) {
        let mut all = BytesMut::new();
        loop {
            match self.piece().await {
                // Most bodies come in one piece, which is not copied.
                Ok(Some(piece)) if all.is_empty() => all = piece.into(),
                Ok(Some(piece)) => all.extend_from_slice(&piece),
                Ok(None) => return (Bytes::new(), Ok(all.freeze())),
                Err(error) => return (all.freeze(), Err(error)),
            }
            if all.len() >= limit {
                all.truncate(limit);
                return (Bytes::new(), Ok(all.freeze()));
            }
        }
    }
}

/// A body that is still to come.
pub struct ResponseBody {
    /// Nothing after the end or an error.
    rest: Option<transport::Body>,
    limit: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    through_paragon: bool,
    received: usize,
}

impl ResponseBody {
    pub(super) fn new(body: transport::Body, deadline: Deadline, through_paragon: bool) -> Self {
        let sleep = deadline.at.map(|at| Box::pin(sleep_until(at)));
        Self { rest: Some(body), limit: deadline.limit, sleep, through_paragon, received: 0 }
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        let error = match rest.poll_chunk(context) {
            Poll::Ready(Some(Ok(piece))) => {
                self.received += piece.len();
                return Poll::Ready(Some(Ok(piece)));
            }
            Poll::Ready(Some(Err(error))) => failure::broken_off(error, self.received),
            Poll::Ready(None) => {
                self.rest = None;
                return Poll::Ready(None);
            }
            Poll::Pending => match self.sleep.as_mut().map(|sleep| sleep.as_mut().poll(context)) {
                Some(Poll::Ready(())) => Error::timeout(self.limit),
                _ => return Poll::Pending,
            },
        };
        self.rest = None;
        Poll::Ready(Some(Err(error)))
    }
}

impl std::fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseBody").field("received", &self.received).finish_non_exhaustive()
    }
}

/// Takes `{"output": …}` off, which Paragon may put round a body even when asked not to. Bodies of X have no such property.
fn unwrap_output(body: Bytes) -> Bytes {
    // Looking for the name is much cheaper than reading the JSON, and nearly always enough.
    let candidate = body.trim_ascii_start().starts_with(b"{") && std::str::from_utf8(&body).is_ok_and(|text| text.contains("\"output\""));
    match candidate.then(|| find_output(&body)).flatten() {
        Some(output) => body.slice_ref(output),
        None => body,
    }
}

/// The value of the property `output` of an object that is no envelope of X's.
fn find_output(body: &[u8]) -> Option<&[u8]> {
    let mut jiter = Jiter::new(body);
    let mut output = None;
    let mut key = jiter.next_object().ok()?;
    while let Some(name) = key {
        let is_output = match name {
            "data" | "errors" | "includes" => return None,
            name => name == "output",
        };
        jiter.peek().ok()?;
        let start = jiter.current_index();
        jiter.next_skip().ok()?;
        if is_output {
            output = Some(jiter.slice_to_current(start));
        }
        key = jiter.next_key().ok()?;
    }
    jiter.finish().ok()?;
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_wrapped_stays_as_it_is() {
        for body in [
            r#"{"data": {"text": "\"output\""}, "output": 1}"#,
            r#"{"data": {"output": 1}}"#,
            r#"{"text": "\"output\""}"#,
            r#"{"errors": [], "output": 1}"#,
            r#"["output"]"#,
            r#""output""#,
            r#"{"output": {"cut""#,
            r#"{"output": 1} {}"#,
            "{\"output\": \"\u{0}",
            "",
        ] {
            assert_eq!(unwrap_output(Bytes::from(body)), body);
        }
        let binary = Bytes::from_static(b"{\"output\": \xff}");
        assert_eq!(unwrap_output(binary.clone()), binary);
    }
}
