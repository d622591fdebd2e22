//! From an answer to what a declared endpoint returns, by its type.
#![allow(missing_docs, missing_debug_implementations, reason = "it is not part of the interface")]

use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Kind;
use super::reading::{ours, theirs};
use crate::call::events::Events;
use crate::call::pages::{Items, Pages};
use crate::call::reply::{Raw, Reply};
use crate::call::request::Call;
use crate::json::Slot;
use crate::wire::error::Result;

/// How an answer becomes an `X`.
pub struct Way<X>(pub(super) Kind<X>);

/// What makes an `X` that sends its calls by itself.
pub struct Start<X>(pub(super) fn(Call, bool) -> X);

/// The type of an answer that is to be found out.
pub struct Answer<X>(PhantomData<fn() -> X>);

impl<X> Answer<X> {
    pub const NEW: Self = Self(PhantomData);
}

impl<X> Clone for Answer<X> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<X> Copy for Answer<X> {}

/// What reads the data of an answer. The flag says whether it is in X's envelope.
pub trait Reader<T> {
    fn read(raw: Raw, enveloped: bool) -> Result<Reply<T>>;

    /// The same for an answer of which that is known.
    fn reader(enveloped: bool) -> fn(Raw) -> Result<Reply<T>> {
        if enveloped { |raw| Self::read(raw, true) } else { |raw| Self::read(raw, false) }
    }
}

/// Reads types of this crate.
pub struct Ours;

impl<T: Slot + Default> Reader<T> for Ours {
    fn read(raw: Raw, enveloped: bool) -> Result<Reply<T>> {
        ours(raw, enveloped)
    }
}

/// Reads any type, by serde.
pub struct Serde;

impl<T: DeserializeOwned> Reader<T> for Serde {
    fn read(raw: Raw, enveloped: bool) -> Result<Reply<T>> {
        theirs(raw, enveloped)
    }
}

/// What a reader makes of an answer: the data, alone or with what came with it, or what asks for more of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an answer",
    label = "neither one of `paragon_twitter`'s own types nor `serde::de::DeserializeOwned`",
    note = "an endpoint returns a `Result` of `Reply<T>`, `T`, `()`, `Bytes`, `Events<T>`, `Pages<T>` or `Items<T>`"
)]
pub trait Readable<R>: Sized {
    fn way() -> Way<Self>;
}

#[diagnostic::do_not_recommend]
impl<R: Reader<T>, T> Readable<R> for Reply<T> {
    fn way() -> Way<Self> {
        Way(Kind::Whole(R::read))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<T>, T> Readable<R> for Events<T> {
    fn way() -> Way<Self> {
        Way(Kind::Stream(|opened, enveloped| Self::new(opened, R::reader(enveloped))))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<T>, T> Readable<R> for Pages<T> {
    fn way() -> Way<Self> {
        Way(Kind::Unsent(<Self as Paged<R>>::start().0))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<Vec<T>>, T> Readable<R> for Items<T> {
    fn way() -> Way<Self> {
        Way(Kind::Unsent(<Self as Paged<R>>::start().0))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Slot + Default> Readable<Ours> for T {
    fn way() -> Way<Self> {
        Way(Kind::Whole(|raw, enveloped| Ok(ours(raw, enveloped)?.data)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Readable<Serde> for T {
    fn way() -> Way<Self> {
        Way(Kind::Whole(|raw, enveloped| Ok(theirs(raw, enveloped)?.data)))
    }
}

/// What asks for its pages by itself.
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
        Start(|call, enveloped| Self::read_by(call, R::reader(enveloped)))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reader<Vec<T>>, T> Paged<R> for Items<T> {
    fn start() -> Start<Self> {
        Start(|call, enveloped| Self::of(Pages::read_by(call, R::reader(enveloped))))
    }
}

// The rules for answers: bytes, then types of this crate, then all others.

pub trait AnswerOfBytes<X> {
    fn __paragon_way(self) -> Way<X>;
}
impl AnswerOfBytes<Bytes> for &&Answer<Bytes> {
    fn __paragon_way(self) -> Way<Bytes> {
        Way(Kind::Whole(|raw, _| Ok(raw.body)))
    }
}
impl AnswerOfBytes<Vec<u8>> for &&Answer<Vec<u8>> {
    fn __paragon_way(self) -> Way<Vec<u8>> {
        Way(Kind::Whole(|raw, _| Ok(raw.body.into())))
    }
}
// Where no envelope can tell what went wrong, nothing depends on the body, which need not be JSON.
impl AnswerOfBytes<()> for &&Answer<()> {
    fn __paragon_way(self) -> Way<()> {
        Way(Kind::Whole(|raw, enveloped| if enveloped { raw.envelope::<()>().map(drop) } else { Ok(()) }))
    }
}
impl AnswerOfBytes<Reply<Bytes>> for &&Answer<Reply<Bytes>> {
    fn __paragon_way(self) -> Way<Reply<Bytes>> {
        Way(Kind::Whole(|raw, _| raw.bytes()))
    }
}
impl AnswerOfBytes<Reply<Vec<u8>>> for &&Answer<Reply<Vec<u8>>> {
    fn __paragon_way(self) -> Way<Reply<Vec<u8>>> {
        Way(Kind::Whole(|raw, _| Ok(raw.bytes()?.map(Vec::from))))
    }
}

pub trait AnswerOfOurs<X> {
    fn __paragon_way(self) -> Way<X>;
}
impl<X: Readable<Ours>> AnswerOfOurs<X> for &Answer<X> {
    fn __paragon_way(self) -> Way<X> {
        X::way()
    }
}

pub trait AnswerBySerde<X> {
    fn __paragon_way(self) -> Way<X>
    where
        X: Readable<Serde>;
}
impl<X> AnswerBySerde<X> for Answer<X> {
    fn __paragon_way(self) -> Way<X>
    where
        X: Readable<Serde>,
    {
        X::way()
    }
}

// The same for what asks for pages.

pub trait StartOfOurs<X> {
    fn __paragon_start(self) -> Start<X>;
}
impl<X: Paged<Ours>> StartOfOurs<X> for &Answer<X> {
    fn __paragon_start(self) -> Start<X> {
        X::start()
    }
}

pub trait StartBySerde<X> {
    fn __paragon_start(self) -> Start<X>
    where
        X: Paged<Serde>;
}
impl<X> StartBySerde<X> for Answer<X> {
    fn __paragon_start(self) -> Start<X>
    where
        X: Paged<Serde>,
    {
        X::start()
    }
}
