//! Answers that arrive slowly, or not to their end.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::HeaderValue;
use http::header::CONTENT_LENGTH;
use tokio::sync::Notify;

use crate::message::{Answer, Body, Chunks};

/// Ends a connection by a reset.
#[derive(Default)]
pub(crate) struct Reset(Notify);

impl Reset {
    /// Waits until the connection is to be reset.
    pub(crate) async fn requested(&self) {
        self.0.notified().await;
    }

    /// Resets the connection, and with it ends whoever calls this.
    pub(crate) async fn now(&self) -> ! {
        self.0.notify_one();
        std::future::pending().await
    }
}

/// The body as a stream. A whole one keeps its length in `Content-Length` unless it is to be sent in chunks.
fn streamed(answer: &mut Answer, chunked: bool) -> Chunks {
    let empty = Body::Whole(Bytes::new());
    match std::mem::replace(&mut answer.body, empty) {
        Body::Whole(bytes) => {
            if !chunked {
                answer.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            }
            Box::pin(stream::once(async { Ok(bytes) }))
        }
        Body::Chunks(chunks) => chunks,
    }
}

/// Sends a body in chunks, with a pause before each.
pub(super) fn slow(mut answer: Answer, chunk: usize, delay: Duration) -> Answer {
    let pieces = streamed(&mut answer, false).flat_map(move |bytes| {
        let pieces: Vec<io::Result<Bytes>> = match bytes {
            Ok(bytes) => bytes.chunks(chunk).map(|piece| Ok(bytes.slice_ref(piece))).collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(pieces)
    });
    answer.body = Body::Chunks(Box::pin(pieces.then(move |piece| async move {
        tokio::time::sleep(delay).await;
        piece
    })));
    answer
}

/// Ends the connection within a body.
pub(super) fn cut(mut answer: Answer, after: usize, chunked: bool) -> Answer {
    // The whole of it would be no cut.
    let after = match &answer.body {
        Body::Whole(bytes) => after.min(bytes.len().saturating_sub(1)),
        Body::Chunks(_) => after,
    };
    let start = (streamed(&mut answer, chunked), after);
    let pieces = stream::try_unfold(start, |(mut chunks, left)| async move {
        let next = if left > 0 { chunks.next().await } else { None };
        let Some(bytes) = next else {
            // An error right behind the bytes would keep hyper from sending them.
            tokio::task::yield_now().await;
            return Err(io::Error::other("the body is cut off here"));
        };
        let mut bytes = bytes?;
        bytes.truncate(left);
        let left = left - bytes.len();
        Ok(Some((bytes, (chunks, left))))
    });
    answer.body = Body::Chunks(Box::pin(pieces));
    answer
}
