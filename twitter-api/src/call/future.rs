//! The future of every request.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use sync_wrapper::SyncWrapper;

use crate::call::builder::{RequestBuilder, options};
use crate::call::events::Events;
use crate::call::reply::{self, Reply};
use crate::engine::response::{Response, ResponseBody};
use crate::json::Slot;
use crate::wire::error::{Error, Result};

/// A type that a request can come to: a result of something, with an error that can be made from this crate's.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an operation returns a `Result` whose error can be made from `paragon_twitter::Error`, and not `{Self}`",
    label = "write `paragon_twitter::Result<…>`"
)]
pub trait Outcome: sealed::Outcome {
    /// The value of a call that succeeded.
    type Value;

    /// The outcome of a call.
    fn of(result: Result<Self::Value>) -> Self;
}

impl<T, E: From<Error>> Outcome for std::result::Result<T, E> {
    type Value = T;

    fn of(result: Result<T>) -> Self {
        Ok(result?)
    }
}

mod sealed {
    pub trait Outcome {}
    impl<T, E> Outcome for Result<T, E> {}
}

/// The way from a request to a value.
pub(crate) enum Read<X> {
    /// The response is read when all of it has come.
    Whole(fn(Response<Bytes>) -> Result<X>),
    /// The response is read as it comes.
    Streamed(fn(Response<ResponseBody>) -> X),
    /// The value sends the request itself.
    Unsent(fn(RequestBuilder) -> X),
}

impl<X> Clone for Read<X> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<X> Copy for Read<X> {}

/// A request that is sent when it is awaited: the future of every request of this crate.
///
/// The `send` of a request returns it, and so does a function that was declared with [`paragon_request`](crate::paragon_request). Nothing is
/// sent before it is awaited, and until then the options of this one call can be set. `R` is the [`Result`] that it comes to.
///
/// ```no_run
/// use std::time::Duration;
/// use paragon_twitter::{Reply, Twitter, Value, paragon_request};
///
/// #[paragon_request(GET, "/2/circles/{id}")]
/// async fn circle(twitter: &Twitter, id: &str) -> paragon_twitter::Result<Reply<Value>>;
///
/// # async fn example(twitter: Twitter) -> paragon_twitter::Result<()> {
/// let patient = circle(&twitter, "12").with_timeout(Duration::from_secs(90)).with_query("verbose", true).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct RequestFuture<R: Outcome> {
    request: RequestBuilder,
    read: Read<R::Value>,
    whole: Option<Pending<Bytes>>,
    streamed: Option<Pending<ResponseBody>>,
}

/// A call that is under way.
pub(crate) type Pending<B> = SyncWrapper<Pin<Box<dyn Future<Output = Result<Response<B>>> + Send>>>;

/// A call that begins when it is polled.
pub(crate) fn pending<B>(call: impl Future<Output = Result<Response<B>>> + Send + 'static) -> Pending<B> {
    SyncWrapper::new(Box::pin(call))
}

impl<R: Outcome> RequestFuture<R> {
    pub(crate) fn new(request: RequestBuilder, read: Read<R::Value>) -> Self {
        Self { request, read, whole: None, streamed: None }
    }
}

#[allow(dead_code, reason = "the description and the features decide which of them are used")]
impl<T: Slot + Default> RequestFuture<Result<Reply<T>>> {
    /// Sends a request for a reply that is read as JSON.
    pub(crate) fn reply(request: RequestBuilder) -> Self {
        Self::new(request, Read::Whole(reply::read))
    }
}

#[allow(dead_code, reason = "the description and the features decide which of them are used")]
impl RequestFuture<Result<Reply<Bytes>>> {
    /// Sends a request for a reply that is bytes.
    pub(crate) fn bytes(request: RequestBuilder) -> Self {
        Self::new(request, Read::Whole(reply::bytes))
    }
}

#[allow(dead_code, reason = "the description and the features decide which of them are used")]
impl<T: Slot + Default> RequestFuture<Result<Events<T>>> {
    /// Sends a request for the stream that it opens.
    pub(crate) fn events(request: RequestBuilder) -> Self {
        Self::new(request, Read::Streamed(|response| Events::new(response, reply::read)))
    }
}

options!([R: Outcome] RequestFuture<R>, request, with_app_only);

impl<R: Outcome> Future for RequestFuture<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let Self { request, read, whole, streamed } = &mut *self;
        Poll::Ready(R::of(match *read {
            Read::Whole(read) => {
                let call = whole.get_or_insert_with(|| pending(request.take().exchange()));
                ready!(call.get_mut().as_mut().poll(context)).and_then(read)
            }
            Read::Streamed(read) => {
                let call = streamed.get_or_insert_with(|| pending(request.take().open()));
                ready!(call.get_mut().as_mut().poll(context)).map(read)
            }
            Read::Unsent(make) => Ok(make(request.take())),
        }))
    }
}

impl<R: Outcome> fmt::Debug for RequestFuture<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestFuture").field("request", &self.request).finish_non_exhaustive()
    }
}
