//! Answers that are a stream of documents.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, StatusCode};

use crate::call::reply::{Raw, Reply};
use crate::call::request::Call;
use crate::engine::Chunks;
use crate::engine::token::Secret;
use crate::json::{DecodeError, Slot};
use crate::wire::error::{Error, Result};
use crate::wire::operation::Called;

/// How long one document of a stream may be.
const DOCUMENT: usize = 16 << 20;

/// A stream that is being opened.
#[must_use = "nothing is sent until it is awaited"]
pub struct Connecting<T>(Pin<Box<dyn Future<Output = Result<Events<T>>> + Send>>);

impl<T: Slot + Default + 'static> Connecting<T> {
    pub(crate) fn new(call: Call) -> Self {
        Self(Box::pin(async move { Ok(Events::new(open(call).await?, Raw::envelope)) }))
    }
}

/// An answer that has begun, as pieces.
pub(crate) struct Opened {
    chunks: Chunks,
    status: StatusCode,
    headers: HeaderMap,
    call: Called,
    secret: Secret,
}

/// Sends a call whose answer is a stream. Not generic, so that it is compiled once.
pub(crate) async fn open(call: Call) -> Result<Opened> {
    let (twitter, operation) = call.finish()?;
    let answer = twitter.user().execute(&operation).await?;
    let (status, headers, secret) = (answer.status, answer.headers.clone(), answer.secret.clone());
    Ok(Opened { call: answer.call.clone(), chunks: answer.into_stream(), status, headers, secret })
}

impl<T> Future for Connecting<T> {
    type Output = Result<Events<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> std::fmt::Debug for Connecting<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connecting").finish_non_exhaustive()
    }
}

/// The documents of an open stream, each with its own data, includes and problems.
///
/// A document that only says what went wrong is an `Err`, and so is one that cannot be read; the stream goes on after it. It ends when X ends
/// it or the connection breaks, which is an `Err` as well. Connecting again is up to the caller.
pub struct Events<T> {
    chunks: Chunks,
    status: StatusCode,
    headers: HeaderMap,
    call: Called,
    secret: Secret,
    /// What came in and was not handed out yet.
    buffer: BytesMut,
    ended: bool,
    read: fn(Raw) -> Result<Reply<T>>,
}

impl<T> Events<T> {
    /// The documents of an open answer, and how one is read.
    pub(crate) fn new(opened: Opened, read: fn(Raw) -> Result<Reply<T>>) -> Self {
        let Opened { chunks, status, headers, call, secret } = opened;
        Self { chunks, status, headers, call, secret, buffer: BytesMut::new(), ended: false, read }
    }

    /// The headers with which X opened the stream.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The next line that is not empty; the empty ones only keep the connection alive.
    fn line(&mut self) -> Option<Bytes> {
        loop {
            let end = self.buffer.iter().position(|byte| *byte == b'\n')?;
            let line = self.buffer.split_to(end).freeze();
            self.buffer.advance(1);
            if !line.trim_ascii().is_empty() {
                return Some(line);
            }
        }
    }

    /// The next document; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Result<Reply<T>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn read(&self, line: Bytes) -> Result<Reply<T>> {
        let (call, secret) = (self.call.clone(), self.secret.clone());
        (self.read)(Raw { status: self.status, headers: HeaderMap::new(), body: line, call, secret })
    }
}

impl<T> Stream for Events<T> {
    type Item = Result<Reply<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(line) = this.line() {
                return Poll::Ready(Some(this.read(line)));
            }
            if this.ended {
                return Poll::Ready(None);
            }
            match Pin::new(&mut this.chunks).poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(chunk))) => this.buffer.extend_from_slice(&chunk),
                Poll::Ready(Some(Err(error))) => {
                    this.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => {
                    this.ended = true;
                    // The last document need not have a line end.
                    let rest = std::mem::take(&mut this.buffer).freeze();
                    if !rest.trim_ascii().is_empty() {
                        return Poll::Ready(Some(this.read(rest)));
                    }
                }
            }
            if this.buffer.len() > DOCUMENT {
                this.ended = true;
                let error = DecodeError::new("a document of the stream is longer than 16 MiB", 0);
                let body = std::mem::take(&mut this.buffer).freeze();
                return Poll::Ready(Some(Err(Error::decode(error, this.status, &this.headers, body).in_call(&this.call))));
            }
        }
    }
}

impl<T> std::fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("status", &self.status).finish_non_exhaustive()
    }
}
