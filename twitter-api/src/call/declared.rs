//! Endpoints that are in no description, declared with [`paragon_request`](crate::paragon_request).
//!
//! What the attribute writes are a handful of calls into [`__private`]. Which of the rules for a type apply (is it an option, a list, one of
//! ours, one of serde's?) is not known to the attribute, which sees names alone; it is found by method lookup: the rules are traits with one
//! method name, implemented for references of different depth, and the lookup takes the deepest one that applies.

mod answers;
mod arguments;
mod draft;
mod reading;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::call::events::{Opened, open};
use crate::call::reply::Raw;
use crate::call::request::{Call, Request, exchange};
use crate::client::integration::{Integration, TWITTER};
use crate::client::paragon::ParagonUser;
use crate::client::twitter::Twitter;
use crate::wire::error::{Error, Result};

/// What a declared endpoint is called through.
///
/// [`Twitter`] is for endpoints of X, [`Integration`] for those of another integration, and a [`ParagonUser`] for either. A type of your own is one
/// when it holds a [`Twitter`] and gives it away by `AsRef<Twitter>`:
///
/// ```
/// use paragon_twitter::{Reply, Twitter, Value, paragon_request};
///
/// struct Circles(Twitter);
///
/// impl AsRef<Twitter> for Circles {
///     fn as_ref(&self) -> &Twitter {
///         &self.0
///     }
/// }
///
/// impl Circles {
///     #[paragon_request(GET, "/2/circles/{id}")]
///     async fn get(&self, id: &str) -> paragon_twitter::Result<Reply<Value>>;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a call cannot be made through `{Self}`",
    label = "neither `Twitter`, `ParagonUser` nor `Integration`, and not `AsRef<Twitter>`",
    note = "implement `AsRef<Twitter>` for it, or say in the attribute where the client is: `client = self.twitter`"
)]
pub trait Client {
    #[doc(hidden)]
    fn caller(&self) -> Caller;
}

/// As whom a call is made, and at which integration.
#[doc(hidden)]
#[derive(Debug)]
pub struct Caller {
    twitter: Twitter,
    /// `None` is whichever the endpoint belongs to.
    integration: Option<Cow<'static, str>>,
}

impl<T: AsRef<Twitter> + ?Sized> Client for T {
    fn caller(&self) -> Caller {
        Caller { twitter: self.as_ref().clone(), integration: Some(Cow::Borrowed(TWITTER)) }
    }
}

impl Client for ParagonUser {
    fn caller(&self) -> Caller {
        Caller { twitter: self.twitter(), integration: None }
    }
}

impl Client for Integration {
    fn caller(&self) -> Caller {
        Caller { twitter: self.user().twitter(), integration: Some(Cow::Owned(self.name().to_owned())) }
    }
}

impl Client for &ParagonUser {
    fn caller(&self) -> Caller {
        (**self).caller()
    }
}

impl Client for &Integration {
    fn caller(&self) -> Caller {
        (**self).caller()
    }
}

/// What a function declares that it returns: a result of something, with an error that takes ours.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an endpoint returns a `Result` whose error can be made from `paragon_twitter::Error`, and not `{Self}`",
    label = "write `paragon_twitter::Result<…>`"
)]
pub trait Outcome {
    /// What it is when the call succeeds.
    type Value;

    /// From the client's own form.
    fn of(result: Result<Self::Value>) -> Self;
}

impl<T, E: From<Error>> Outcome for std::result::Result<T, E> {
    type Value = T;

    fn of(result: Result<T>) -> Self {
        Ok(result?)
    }
}

/// A request to an endpoint that was declared with [`paragon_request`](crate::paragon_request).
///
/// It is a future like that of any `async fn`: nothing is sent before it is awaited. Until then [`Request`] has the settings of this one call.
///
/// ```no_run
/// use std::time::Duration;
/// use paragon_twitter::{Reply, Request as _, Twitter, Value, paragon_request};
///
/// #[paragon_request(GET, "/2/circles/{id}")]
/// async fn circle(twitter: &Twitter, id: &str) -> paragon_twitter::Result<Reply<Value>>;
///
/// # async fn example(twitter: Twitter) -> paragon_twitter::Result<()> {
/// let patient = circle(&twitter, "12").timeout(Duration::from_secs(90)).extra_query("verbose", true).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct DeclaredRequest<R: Outcome> {
    call: Call,
    enveloped: bool,
    way: Kind<R::Value>,
    flight: Option<Flight<R::Value>>,
}

/// A call that is on its way, and what makes a value of its answer.
enum Flight<X> {
    Whole(Pin<Box<dyn Future<Output = Result<Raw>> + Send>>, fn(Raw, bool) -> Result<X>),
    Stream(Pin<Box<dyn Future<Output = Result<Opened>> + Send>>, fn(Opened, bool) -> X),
}

impl<R: Outcome> Future for DeclaredRequest<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let enveloped = self.enveloped;
        loop {
            let result = match &mut self.flight {
                Some(Flight::Whole(future, read)) => ready!(future.as_mut().poll(context)).and_then(|raw| read(raw, enveloped)),
                Some(Flight::Stream(future, read)) => ready!(future.as_mut().poll(context)).map(|opened| read(opened, enveloped)),
                None => {
                    let call = self.call.take();
                    self.flight = Some(match self.way {
                        Kind::Whole(read) => Flight::Whole(Box::pin(exchange(call)), read),
                        Kind::Stream(read) => Flight::Stream(Box::pin(open(call)), read),
                        Kind::Unsent(make) => return Poll::Ready(R::of(Ok(make(call, enveloped)))),
                    });
                    continue;
                }
            };
            return Poll::Ready(R::of(result));
        }
    }
}

impl<R: Outcome> Request for DeclaredRequest<R> {
    fn call(&self) -> &Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut Call {
        &mut self.call
    }
}

impl<R: Outcome> fmt::Debug for DeclaredRequest<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeclaredRequest").field("call", &self.call).finish_non_exhaustive()
    }
}

/// How an answer becomes a value of a type.
enum Kind<X> {
    /// It is read when all of it has come. The flag says whether it is in X's envelope.
    Whole(fn(Raw, bool) -> Result<X>),
    /// It is read as it comes.
    Stream(fn(Opened, bool) -> X),
    /// The value sends the call itself.
    Unsent(fn(Call, bool) -> X),
}

/// What the attribute's expansions name. Nothing in here is for use by hand, and all of it may change.
#[doc(hidden)]
#[allow(missing_docs, reason = "it is not part of the interface")]
pub mod __private {
    pub use super::answers::Answer;
    pub use super::arguments::Arg;
    pub use super::draft::Draft;
    pub use super::{Client, Outcome};

    /// The rules, for the lookup, without their names.
    pub mod rules {
        pub use super::super::answers::{AnswerBySerde as _, AnswerOfBytes as _, AnswerOfOurs as _, StartBySerde as _, StartOfOurs as _};
        pub use super::super::arguments::{
            BytesOfBytes as _, BytesOfSlice as _, ContentBehind as _, ContentBehindReference as _, ContentBySerde as _, ContentOfOurs as _,
            ContentOfParts as _, InputBySerde as _, InputOfList as _, InputOfOption as _, InputOfText as _,
        };
    }
}
