//! Turns the arguments of a declared operation into parts of its request, by the type of each.
#![allow(missing_docs, missing_debug_implementations, reason = "it is not part of the interface")]

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt::Display;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::json::{Json, to_value};
use crate::wire::request::BodyField;

/// A value for a query, a header or the like.
pub enum Input {
    Absent,
    One(String),
    Many(Vec<String>),
    Fields(Vec<(String, Input)>),
    Unusable(String),
}

impl Input {
    fn many<T: Display>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Many(values.into_iter().map(|value| value.to_string()).collect())
    }

    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::String(text) => Self::One(text),
            Value::Bool(_) | Value::Number(_) => Self::One(value.to_string()),
            Value::Array(values) => {
                let texts = values.into_iter().map(|value| match Self::of(value) {
                    Self::One(text) => Ok(text),
                    _ => Err(Self::Unusable("is a list of other things than texts, numbers and booleans".to_owned())),
                });
                texts.collect::<std::result::Result<_, _>>().map_or_else(|unusable| unusable, Self::Many)
            }
            Value::Object(map) => Self::Fields(map.into_iter().map(|(name, value)| (name, Self::of(value))).collect()),
        }
    }
}

/// Content of a body.
pub enum Content {
    Nothing,
    Json(Value),
    Parts(Vec<(Cow<'static, str>, BodyField)>),
    Unusable(String),
}

/// An argument whose type is to be found out.
pub struct Arg<'a, T: ?Sized>(pub &'a T);

impl<T: ?Sized> Clone for Arg<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Arg<'_, T> {}

/// A list of values.
pub trait List {
    fn input(&self) -> Input;
}

impl<L: List + ?Sized> List for &L {
    fn input(&self) -> Input {
        (**self).input()
    }
}

macro_rules! lists {
    ($([$($generics:tt)*] $list:ty),* $(,)?) => {$(
        impl<T: Display, $($generics)*> List for $list {
            fn input(&self) -> Input {
                Input::many(self)
            }
        }
    )*};
}
lists!([] [T], [const N: usize] [T; N], [] Vec<T>, [] VecDeque<T>, [] BTreeSet<T>, [S] HashSet<T, S>);

impl<T: Display> List for Box<[T]> {
    fn input(&self) -> Input {
        (**self).input()
    }
}

// Its text is JSON, with quotation marks, so it is none of the values that are sent as they are shown.
impl List for Value {
    fn input(&self) -> Input {
        Input::of(self.clone())
    }
}

/// Fields that a body is made of.
pub trait Parts {
    fn parts(&self) -> Content;
}

impl<N: AsRef<str>> Parts for [(N, BodyField)] {
    fn parts(&self) -> Content {
        Content::Parts(self.iter().map(|(name, field)| (Cow::Owned(name.as_ref().to_owned()), field.clone())).collect())
    }
}

impl<N: AsRef<str>> Parts for Vec<(N, BodyField)> {
    fn parts(&self) -> Content {
        self.as_slice().parts()
    }
}

impl<N: AsRef<str>, const M: usize> Parts for [(N, BodyField); M] {
    fn parts(&self) -> Content {
        self.as_slice().parts()
    }
}

fn optional<T>(value: Option<&T>, input: impl FnOnce(&T) -> Input) -> Input {
    value.map_or(Input::Absent, input)
}

fn encoded(value: Option<&impl Json>) -> Content {
    value.and_then(|value| to_value(value.encode())).map_or(Content::Nothing, Content::Json)
}

fn by_serde<T: Serialize + ?Sized>(value: &T) -> std::result::Result<Value, String> {
    serde_json::to_value(value).map_err(|error| format!("cannot be put into JSON: {error}"))
}

// The rules for arguments: lists, then texts, then all others. Of two at the same depth no more than one applies to a type.

pub trait InputOfList {
    fn __paragon_input(self) -> Input;
}
impl<T: List> InputOfList for &&Arg<'_, Option<T>> {
    fn __paragon_input(self) -> Input {
        optional(self.0.as_ref(), List::input)
    }
}
impl<T: List + ?Sized> InputOfList for &&Arg<'_, T> {
    fn __paragon_input(self) -> Input {
        self.0.input()
    }
}

pub trait InputOfOption {
    fn __paragon_input(self) -> Input;
}
impl<T: Display> InputOfOption for &Arg<'_, Option<T>> {
    fn __paragon_input(self) -> Input {
        optional(self.0.as_ref(), |value| Input::One(value.to_string()))
    }
}

pub trait InputOfText {
    fn __paragon_input(self) -> Input;
}
impl<T: Display + ?Sized> InputOfText for &Arg<'_, T> {
    fn __paragon_input(self) -> Input {
        Input::One(self.0.to_string())
    }
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as a query parameter or header",
    label = "neither text (`Display`), nor an option or list of such, nor `serde::Serialize`"
)]
pub trait Sendable {
    fn input(&self) -> Input;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Sendable for T {
    fn input(&self) -> Input {
        by_serde(self).map_or_else(Input::Unusable, Input::of)
    }
}

pub trait InputBySerde<T: ?Sized> {
    fn __paragon_input(self) -> Input
    where
        T: Sendable;
}
impl<T: ?Sized> InputBySerde<T> for Arg<'_, T> {
    fn __paragon_input(self) -> Input
    where
        T: Sendable,
    {
        self.0.input()
    }
}

// The rules for bodies: fields, then request types of this crate, then all others.

pub trait ContentOfParts {
    fn __paragon_content(self) -> Content;
}
impl<T: Parts + ?Sized> ContentOfParts for &&Arg<'_, T> {
    fn __paragon_content(self) -> Content {
        self.0.parts()
    }
}

pub trait ContentBehind {
    fn __paragon_content(self) -> Content;
}
impl<T: Json> ContentBehind for &Arg<'_, Option<T>> {
    fn __paragon_content(self) -> Content {
        encoded(self.0.as_ref())
    }
}
impl<T: Json> ContentBehind for &Arg<'_, [T]> {
    fn __paragon_content(self) -> Content {
        Content::Json(Value::Array(self.0.iter().filter_map(|item| to_value(item.encode())).collect()))
    }
}

pub trait ContentBehindReference {
    fn __paragon_content(self) -> Content;
}
impl<T: Json> ContentBehindReference for &Arg<'_, Option<&T>> {
    fn __paragon_content(self) -> Content {
        encoded(*self.0)
    }
}

pub trait ContentOfOurs {
    fn __paragon_content(self) -> Content;
}
impl<T: Json> ContentOfOurs for &Arg<'_, T> {
    fn __paragon_content(self) -> Content {
        encoded(Some(self.0))
    }
}

#[diagnostic::on_unimplemented(message = "`{Self}` cannot be sent as a body", label = "not `serde::Serialize`")]
pub trait Bodily {
    fn content(&self) -> Content;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Bodily for T {
    fn content(&self) -> Content {
        match by_serde(self) {
            Ok(Value::Null) => Content::Nothing,
            Ok(value) => Content::Json(value),
            Err(why) => Content::Unusable(why),
        }
    }
}

pub trait ContentBySerde<T: ?Sized> {
    fn __paragon_content(self) -> Content
    where
        T: Bodily;
}
impl<T: ?Sized> ContentBySerde<T> for Arg<'_, T> {
    fn __paragon_content(self) -> Content
    where
        T: Bodily,
    {
        self.0.content()
    }
}

// The rules for bodies that are bytes.

pub trait BytesOfBytes {
    fn __paragon_bytes(self) -> Bytes;
}
impl BytesOfBytes for &Arg<'_, Bytes> {
    fn __paragon_bytes(self) -> Bytes {
        self.0.clone()
    }
}

#[diagnostic::on_unimplemented(message = "`{Self}` cannot be sent as bytes", label = "neither `paragon_twitter::Bytes` nor `AsRef<[u8]>`")]
pub trait Binary {
    fn binary(&self) -> Bytes;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<[u8]> + ?Sized> Binary for T {
    fn binary(&self) -> Bytes {
        Bytes::copy_from_slice(self.as_ref())
    }
}

pub trait BytesOfSlice<T: ?Sized> {
    fn __paragon_bytes(self) -> Bytes
    where
        T: Binary;
}
impl<T: ?Sized> BytesOfSlice<T> for Arg<'_, T> {
    fn __paragon_bytes(self) -> Bytes
    where
        T: Binary,
    {
        self.0.binary()
    }
}
