//! From an answer to what a declared endpoint returns, by its type.
#![allow(missing_docs, missing_debug_implementations, reason = "it is not part of the interface")]

use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Kind;
use super::reading::{ours, theirs};
use crate::call::Call;
use crate::decode::Slot;
use crate::error::Result;
use crate::paging::{Items, Pages};
use crate::reply::{Raw, Reply};
use crate::streaming::Events;

/// How an answer becomes an `X`.
pub struct Way<X>(pub(super) Kind<X>);

/// The type of an answer that is to be found out.
pub struct Answer<X>(PhantomData<fn() -> X>);

impl<X> Answer<X> {
    pub const NEW: Self = Self(PhantomData);
}

/// What makes an `X` that sends its calls by itself.
pub struct Start<X>(pub(super) fn(Call, bool) -> X);

// The rules for answers. At each depth there are two: for types that carry others, none of which is itself read by either, and for all
// others.

pub trait AnswerOfBytes<X> {
    fn __paragon_way(&self) -> Way<X>;
}
impl AnswerOfBytes<Bytes> for &&&Answer<Bytes> {
    fn __paragon_way(&self) -> Way<Bytes> {
        Way(Kind::Whole(|raw, _| Ok(raw.body)))
    }
}
impl AnswerOfBytes<Vec<u8>> for &&&Answer<Vec<u8>> {
    fn __paragon_way(&self) -> Way<Vec<u8>> {
        Way(Kind::Whole(|raw, _| Ok(raw.body.into())))
    }
}
// Where no envelope can tell what went wrong, nothing depends on the body, which need not be JSON.
impl AnswerOfBytes<()> for &&&Answer<()> {
    fn __paragon_way(&self) -> Way<()> {
        Way(Kind::Whole(|raw, enveloped| if enveloped { raw.envelope::<()>().map(drop) } else { Ok(()) }))
    }
}
impl AnswerOfBytes<Reply<Bytes>> for &&&Answer<Reply<Bytes>> {
    fn __paragon_way(&self) -> Way<Reply<Bytes>> {
        Way(Kind::Whole(|raw, _| raw.bytes()))
    }
}
impl AnswerOfBytes<Reply<Vec<u8>>> for &&&Answer<Reply<Vec<u8>>> {
    fn __paragon_way(&self) -> Way<Reply<Vec<u8>>> {
        Way(Kind::Whole(|raw, _| Ok(raw.bytes()?.map(Vec::from))))
    }
}

/// A way to read, for an answer in X's envelope and for one without.
fn reader<T>(enveloped: bool, with: fn(Raw) -> Result<Reply<T>>, without: fn(Raw) -> Result<Reply<T>>) -> fn(Raw) -> Result<Reply<T>> {
    if enveloped { with } else { without }
}

macro_rules! answers {
    ($with_more:ident, $alone:ident, $lazily:ident, $read:ident, [$($bound:tt)*], [$($by:tt)*]) => {
        pub trait $with_more<X> {
            fn __paragon_way(&self) -> Way<X>;
        }
        impl<T: $($bound)*> $with_more<Reply<T>> for $($by)* Answer<Reply<T>> {
            fn __paragon_way(&self) -> Way<Reply<T>> {
                Way(Kind::Whole($read))
            }
        }
        impl<T: $($bound)*> $with_more<Events<T>> for $($by)* Answer<Events<T>> {
            fn __paragon_way(&self) -> Way<Events<T>> {
                Way(Kind::Stream(|opened, enveloped| {
                    Events::new(opened, reader(enveloped, |raw| $read(raw, true), |raw| $read(raw, false)))
                }))
            }
        }
        impl<T: $($bound)*> $with_more<Pages<T>> for $($by)* Answer<Pages<T>> {
            fn __paragon_way(&self) -> Way<Pages<T>> {
                Way(Kind::Unsent((&$($by)* Answer::<Pages<T>>::NEW).__paragon_start().0))
            }
        }
        impl<T> $with_more<Items<T>> for $($by)* Answer<Items<T>>
        where
            Vec<T>: $($bound)*,
        {
            fn __paragon_way(&self) -> Way<Items<T>> {
                Way(Kind::Unsent((&$($by)* Answer::<Items<T>>::NEW).__paragon_start().0))
            }
        }

        pub trait $alone<X> {
            fn __paragon_way(&self) -> Way<X>;
        }
        impl<T: $($bound)*> $alone<T> for $($by)* Answer<T> {
            fn __paragon_way(&self) -> Way<T> {
                Way(Kind::Whole(|raw, enveloped| Ok($read(raw, enveloped)?.data)))
            }
        }

        pub trait $lazily<X> {
            fn __paragon_start(&self) -> Start<X>;
        }
        impl<T: $($bound)*> $lazily<Pages<T>> for $($by)* Answer<Pages<T>> {
            fn __paragon_start(&self) -> Start<Pages<T>> {
                Start(|call, enveloped| Pages::read_by(call, reader(enveloped, |raw| $read(raw, true), |raw| $read(raw, false))))
            }
        }
        impl<T> $lazily<Items<T>> for $($by)* Answer<Items<T>>
        where
            Vec<T>: $($bound)*,
        {
            fn __paragon_start(&self) -> Start<Items<T>> {
                Start(|call, enveloped| {
                    Items::of(Pages::read_by(call, reader(enveloped, |raw| $read(raw, true), |raw| $read(raw, false))))
                })
            }
        }
    };
}
answers!(AnswerOfOurs, DataOfOurs, StartOfOurs, ours, [Slot + Default], [&&]);
answers!(AnswerBySerde, DataBySerde, StartBySerde, theirs, [DeserializeOwned], [&]);

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an answer",
    label = "neither one of `twitter_api`'s own types nor `serde::de::DeserializeOwned`",
    note = "an endpoint returns a `Result` of `Reply<T>`, `T`, `()`, `Bytes`, `Events<T>`, `Pages<T>` or `Items<T>`"
)]
pub trait Readable: Sized {
    fn way() -> Way<Self>;
}

pub trait AnswerOfNone<X> {
    fn __paragon_way(&self) -> Way<X>
    where
        X: Readable;
}
impl<X> AnswerOfNone<X> for Answer<X> {
    fn __paragon_way(&self) -> Way<X>
    where
        X: Readable,
    {
        X::way()
    }
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that asks for pages",
    label = "neither `Items<T>` nor `Pages<T>` of a type that can be read from an answer"
)]
pub trait Paged: Sized {
    fn start() -> Start<Self>;
}

pub trait StartOfNone<X> {
    fn __paragon_start(&self) -> Start<X>
    where
        X: Paged;
}
impl<X> StartOfNone<X> for Answer<X> {
    fn __paragon_start(&self) -> Start<X>
    where
        X: Paged,
    {
        X::start()
    }
}
