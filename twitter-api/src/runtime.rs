//! Names of the runtime that generated code refers to, each by its path from the crate's root.
#![allow(unused_imports, reason = "what of it is used depends on the description and on the features")]

pub(crate) use bytes::Bytes;
pub(crate) use http::Method;
pub(crate) use jiff::Timestamp;
pub(crate) use serde_json::{Number, Value};

pub(crate) use crate::call::events::{Connecting, Events};
pub(crate) use crate::call::pages::{Items, Pages};
pub(crate) use crate::call::reply::Reply;
pub(crate) use crate::call::request::{Call, Request, Sending, joined};
pub(crate) use crate::client::twitter::Twitter;
pub(crate) use crate::json::{DecodeError, Decoder, Extra, Field, Json, Object, Slot, View, from_value, models};
pub(crate) use crate::value::id::Id;
pub(crate) use crate::value::open::{Open, UnknownValue, open_enums};
pub(crate) use crate::value::problem::Problem;
pub(crate) use crate::wire::error::Result;
pub(crate) use crate::wire::operation::{Auth, Endpoint};
