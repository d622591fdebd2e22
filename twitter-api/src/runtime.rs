//! What generated code uses of the runtime, under one roof.
#![allow(unused_imports, reason = "what of it is used depends on the description and on the features")]

pub(crate) use std::collections::BTreeMap;

pub(crate) use bytes::Bytes;
pub(crate) use jiff::Timestamp;
pub(crate) use serde_json::Value;

pub(crate) use crate::json::read::{Decode, Decoder, Extra, Fault, Field, Object, Slot, from_value};
pub(crate) use crate::json::write::{Encode, Record};
pub(crate) use crate::value::id::{Id, IdKind};
pub(crate) use crate::value::open::Open;

/// The same for the files of requests.
pub(crate) mod requests {
    pub(crate) use std::collections::BTreeMap;

    pub(crate) use bytes::Bytes;
    pub(crate) use http::Method;
    pub(crate) use jiff::Timestamp;
    pub(crate) use serde_json::Value;

    pub(crate) use crate::call::events::{Connecting, Events};
    pub(crate) use crate::call::pages::{Items, Pages};
    pub(crate) use crate::call::reply::Reply;
    pub(crate) use crate::call::request::{Call, Request, Sending, joined};
    pub(crate) use crate::client::twitter::Twitter;
    pub(crate) use crate::types;
    pub(crate) use crate::wire::error::Result;
    pub(crate) use crate::wire::operation::{Auth, Endpoint};
}
