//! Replies that are a stream of documents.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use http::HeaderMap;

use crate::call::reply::Reply;
use crate::engine::response::{Response, ResponseBody};
use crate::json::DecodeError;
use crate::wire::error::Result;

/// The most bytes that one document of a stream may have.
const DOCUMENT: usize = 16 << 20;

/// The documents of an open stream, each with its own data, includes and problems.
///
/// A document that has only problems is an `Err`, and so is an unreadable document; the stream goes on after it. It ends when X ends
/// it or the connection breaks, which is an `Err` as well. It does not connect again by itself.
pub struct Events<T> {
    documents: Documents,
    read: fn(Response<Bytes>) -> Result<Reply<T>>,
}

impl<T> Events<T> {
    pub(crate) fn new(response: Response<ResponseBody>, read: fn(Response<Bytes>) -> Result<Reply<T>>) -> Self {
        Self { documents: Documents { response, buffer: BytesMut::new(), ended: false }, read }
    }

    /// Returns the headers with which X opened the stream.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.documents.response.headers
    }

    /// Waits for the next document; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Result<Reply<T>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T> Stream for Events<T> {
    type Item = Result<Reply<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let read = self.read;
        self.documents.poll_next(context).map(|document| document.map(|document| document.and_then(read)))
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("status", &self.documents.response.status).finish_non_exhaustive()
    }
}

/// The documents of a stream before they are read. Not generic, so that it is compiled once.
struct Documents {
    response: Response<ResponseBody>,
    /// The bytes that came in and were not handed out yet.
    buffer: BytesMut,
    ended: bool,
}

impl Documents {
    /// Takes the next line that is not empty; the empty ones only keep the connection alive.
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

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Response<Bytes>>>> {
        loop {
            if let Some(line) = self.line() {
                return Poll::Ready(Some(Ok(self.response.part(line))));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            match self.response.poll_piece(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(piece))) => self.buffer.extend_from_slice(&piece),
                Poll::Ready(Some(Err(error))) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => {
                    self.ended = true;
                    // The last document need not have a line end.
                    let rest = std::mem::take(&mut self.buffer).freeze();
                    if !rest.trim_ascii().is_empty() {
                        return Poll::Ready(Some(Ok(self.response.part(rest))));
                    }
                }
            }
            if self.buffer.len() > DOCUMENT {
                self.ended = true;
                let error = DecodeError::new("a document of the stream is longer than 16 MiB", 0);
                let body = std::mem::take(&mut self.buffer).freeze();
                return Poll::Ready(Some(Err(self.response.unreadable(error, body))));
            }
        }
    }
}
