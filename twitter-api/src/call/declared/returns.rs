//! From a response to the value that a declared operation returns, by its type.
#![allow(missing_docs, missing_debug_implementations, reason = "it is not part of the interface")]

use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::call::builder::RequestBuilder;
use crate::call::declared::reading::read_by_serde;
use crate::call::events::Events;
use crate::call::future::Read;
use crate::call::pages::{Items, Pages};
use crate::call::reply::{self, Reply};
use crate::engine::response::Response;
use crate::json::Slot;
use crate::wire::error::Result;

/// The way from a request to an `X`.
pub struct Way<X>(pub(crate) Read<X>);

/// Makes an `X` that sends its requests by itself.
pub struct Start<X>(pub(crate) fn(RequestBuilder) -> X);

/// A return type whose rule is to be found.
pub struct Returned<X>(PhantomData<fn() -> X>);

impl<X> Returned<X> {
    pub const NEW: Self = Self(PhantomData);
}

impl<X> Clone for Returned<X> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<X> Copy for Returned<X> {}

/// Reads the data of a response.
pub trait Reader<T> {
    fn read(response: Response<Bytes>) -> Result<Reply<T>>;
}

/// Reads types of this crate.
pub struct Ours;

impl<T: Slot + Default> Reader<T> for Ours {
    fn read(response: Response<Bytes>) -> Result<Reply<T>> {
        reply::read(response)
    }
}

/// Reads any type, by serde.
pub struct Serde;

impl<T: DeserializeOwned> Reader<T> for Serde {
    fn read(response: Response<Bytes>) -> Result<Reply<T>> {
        read_by_serde(response)
    }
}

/// A type that a reader makes of a response: the data, alone or with all that came with it, or a stream of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a reply",
    label = "neither one of `paragon_twitter`'s own types nor `serde::de::DeserializeOwned`",
    note = "an operation returns a `Result` of `Reply<T>`, `T`, `()`, `Bytes`, `Events<T>`, `Pages<T>` or `Items<T>`"
)]
pub trait Readable<R>: Sized {
    fn way() -> Way<Self>;
}

#[diagnostic::do_not_recommend]
impl<R: Reader<T>, T> Readable<R> for Reply<T> {
    fn way() -> Way<Self> {
        Way(Read::Whole(R::read))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<T>, T> Readable<R> for Events<T> {
    fn way() -> Way<Self> {
        Way(Read::Streamed(|response| Self::new(response, R::read)))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<T>, T> Readable<R> for Pages<T> {
    fn way() -> Way<Self> {
        Way(Read::Unsent(<Self as Paged<R>>::start().0))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<Vec<T>>, T> Readable<R> for Items<T> {
    fn way() -> Way<Self> {
        Way(Read::Unsent(<Self as Paged<R>>::start().0))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Slot + Default> Readable<Ours> for T {
    fn way() -> Way<Self> {
        Way(Read::Whole(|response| Ok(reply::read::<T>(response)?.data)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Readable<Serde> for T {
    fn way() -> Way<Self> {
        Way(Read::Whole(|response| Ok(read_by_serde::<T>(response)?.data)))
    }
}

/// A type that asks for its pages by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that asks for pages",
    label = "neither `Items<T>` nor `Pages<T>` of a type that can be read from an answer"
)]
pub trait Paged<R>: Sized {
    fn start() -> Start<Self>;
}

#[diagnostic::do_not_recommend]
impl<R: Reader<T>, T> Paged<R> for Pages<T> {
    fn start() -> Start<Self> {
        Start(|request| Self::new(request, R::read))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<Vec<T>>, T> Paged<R> for Items<T> {
    fn start() -> Start<Self> {
        Start(|request| Self::new(Pages::new(request, R::read)))
    }
}

// The rules for replies: bytes, then types of this crate, then all others.

pub trait ReturnOfBytes<X> {
    fn __paragon_way(self) -> Way<X>;
}
impl ReturnOfBytes<Bytes> for &&Returned<Bytes> {
    fn __paragon_way(self) -> Way<Bytes> {
        Way(Read::Whole(|response| Ok(response.body)))
    }
}
impl ReturnOfBytes<Vec<u8>> for &&Returned<Vec<u8>> {
    fn __paragon_way(self) -> Way<Vec<u8>> {
        Way(Read::Whole(|response| Ok(response.body.into())))
    }
}
// Without an envelope there are no problems to read, so nothing depends on the body, which need not be JSON.
impl ReturnOfBytes<()> for &&Returned<()> {
    fn __paragon_way(self) -> Way<()> {
        Way(Read::Whole(|response| if response.operation.enveloped { reply::read::<()>(response).map(drop) } else { Ok(()) }))
    }
}
impl ReturnOfBytes<Reply<Bytes>> for &&Returned<Reply<Bytes>> {
    fn __paragon_way(self) -> Way<Reply<Bytes>> {
        Way(Read::Whole(reply::bytes))
    }
}
impl ReturnOfBytes<Reply<Vec<u8>>> for &&Returned<Reply<Vec<u8>>> {
    fn __paragon_way(self) -> Way<Reply<Vec<u8>>> {
        Way(Read::Whole(|response| Ok(reply::bytes(response)?.map(Vec::from))))
    }
}

pub trait ReturnOfOurs<X> {
    fn __paragon_way(self) -> Way<X>;
}
impl<X: Readable<Ours>> ReturnOfOurs<X> for &Returned<X> {
    fn __paragon_way(self) -> Way<X> {
        X::way()
    }
}

pub trait ReturnBySerde<X> {
    fn __paragon_way(self) -> Way<X>
    where
        X: Readable<Serde>;
}
impl<X> ReturnBySerde<X> for Returned<X> {
    fn __paragon_way(self) -> Way<X>
    where
        X: Readable<Serde>,
    {
        X::way()
    }
}

// The same for types that ask for pages.

pub trait StartOfOurs<X> {
    fn __paragon_start(self) -> Start<X>;
}
impl<X: Paged<Ours>> StartOfOurs<X> for &Returned<X> {
    fn __paragon_start(self) -> Start<X> {
        X::start()
    }
}

pub trait StartBySerde<X> {
    fn __paragon_start(self) -> Start<X>
    where
        X: Paged<Serde>;
}
impl<X> StartBySerde<X> for Returned<X> {
    fn __paragon_start(self) -> Start<X>
    where
        X: Paged<Serde>,
    {
        X::start()
    }
}
