//! Names of the runtime that generated code refers to, each by its path from the crate's root.
#![allow(unused_imports, reason = "what of it is used depends on the description and on the features")]

pub(crate) use bytes::Bytes;
pub(crate) use http::Method;
pub(crate) use jiff::Timestamp;
pub(crate) use serde_json::Value;

pub(crate) use crate::call::events::{Connecting, Events};
pub(crate) use crate::call::pages::{Items, Pages};
pub(crate) use crate::call::reply::Reply;
pub(crate) use crate::call::request::{Call, Request, Sending, joined};
pub(crate) use crate::client::twitter::Twitter;
pub(crate) use crate::json::read::{Decode, Decoder, Extra, Fault, Field, Object, Slot, from_value};
pub(crate) use crate::json::write::{Encode, Record};
pub(crate) use crate::value::id::{Id, IdKind};
pub(crate) use crate::value::open::Open;
pub(crate) use crate::value::problem::Problem;
pub(crate) use crate::wire::error::Result;
pub(crate) use crate::wire::operation::{Auth, Endpoint};
