//! Bodies of requests and responses.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use super::error::{BoxError, TransportError};

/// Body of a request or a response: bytes in memory, or a stream of them.
///
/// It implements [`http_body::Body`], so that code for such bodies works on it.
///
/// ```
/// use paragon_twitter::transport::Body;
///
/// let body = Body::from(r#"{"text":"Hello World!"}"#);
/// assert_eq!(body.as_bytes().unwrap(), r#"{"text":"Hello World!"}"#);
/// ```
#[derive(Default)]
pub struct Body(Repr);

enum Repr {
    Whole(Bytes),
    /// The lock is never contended: it makes a body `Sync` whose stream is not.
    Streamed(Mutex<Box<Erased>>),
}

type Erased = dyn http_body::Body<Data = Bytes, Error = TransportError> + Send + Unpin;

impl Default for Repr {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl Body {
    /// Makes an empty body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Wraps a body of another type.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        // A body of this type stays as it is, so that it can still be looked at.
        let mut body = Some(body);
        if let Some(own) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return own.take().unwrap_or_default();
        }
        body.map_or_else(Self::empty, |body| Self::mapped(body, TransportError::of))
    }

    /// Wraps a body of another type, with a function that translates its errors.
    pub(crate) fn mapped<B>(body: B, error: fn(B::Error) -> TransportError) -> Self
    where
        B: http_body::Body + Send + 'static,
    {
        Self(Repr::Streamed(Mutex::new(Box::new(Foreign { body: Box::pin(body), error }))))
    }

    /// Wraps a stream of pieces. A piece that is an error ends the body.
    ///
    /// The length is not known then; if the server has to know it, collect the pieces and use `Body::from`.
    pub fn from_stream<S, D, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<D, E>> + Send + 'static,
        D: Into<Bytes>,
        E: Into<BoxError>,
    {
        Self(Repr::Streamed(Mutex::new(Box::new(Pieces { stream: Box::pin(stream) }))))
    }

    /// Makes a stream of pieces that are there already.
    pub(super) fn from_chunks(chunks: Vec<Bytes>) -> Self {
        Self(Repr::Streamed(Mutex::new(Box::new(Chunks(chunks.into_iter())))))
    }

    /// Returns the whole body if it is in memory, as bodies of requests are that the client sends.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Repr::Whole(bytes) => Some(bytes),
            Repr::Streamed(_) => None,
        }
    }

    /// Reads the rest of the body into memory.
    ///
    /// # Errors
    ///
    /// When the stream of pieces fails.
    pub async fn collect(mut self) -> Result<Bytes, TransportError> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            // Most bodies come in one piece, which is not copied.
            if all.is_empty() { all = piece.into() } else { all.extend_from_slice(&piece) }
        }
        Ok(all.freeze())
    }

    /// Returns the next piece of the body; `None` at its end.
    ///
    /// # Errors
    ///
    /// When the stream of pieces fails.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    /// Polls for the next piece; trailers are passed over.
    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        loop {
            match ready!(http_body::Body::poll_frame(Pin::new(self), context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => {
                    if let Ok(piece) = frame.into_data() {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
            }
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let inner = &mut self.get_mut().0;
        match inner {
            Repr::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Repr::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Repr::Streamed(stream) => {
                let stream = &mut **stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                let frame = ready!(Pin::new(stream).poll_frame(context));
                if !matches!(frame, Some(Ok(_))) {
                    // It is over, and some streams may not be polled again.
                    *inner = Repr::default();
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Repr::Whole(bytes) => bytes.is_empty(),
            Repr::Streamed(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Repr::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Repr::Streamed(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).size_hint(),
        }
    }
}

/// Body of another type, with its data and errors translated.
struct Foreign<B: http_body::Body> {
    body: Pin<Box<B>>,
    error: fn(B::Error) -> TransportError,
}

impl<B: http_body::Body> http_body::Body for Foreign<B> {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(ready!(self.body.as_mut().poll_frame(context)).map(|frame| match frame {
            Ok(frame) => Ok(frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))),
            Err(error) => Err((self.error)(error)),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Body of a stream's pieces.
struct Pieces<S> {
    stream: Pin<Box<S>>,
}

impl<S, D, E> http_body::Body for Pieces<S>
where
    S: Stream<Item = Result<D, E>>,
    D: Into<Bytes>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(ready!(self.stream.as_mut().poll_next(context)).map(|piece| match piece {
            Ok(data) => Ok(Frame::data(data.into())),
            Err(error) => Err(TransportError::of(error)),
        }))
    }
}

/// Body of pieces that are there already.
struct Chunks(std::vec::IntoIter<Bytes>);

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Frame::data(chunk))))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Repr::Whole(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from(bytes).into()
    }
}

/// The content is not shown: it may be long, or private.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Whole(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Repr::Streamed(_) => f.write_str("Body(stream)"),
        }
    }
}
