//! Names of values and of JSON that generated code refers to, each by its path from the crate's root.
#![allow(unused_imports, reason = "the description and the features decide which of them are used")]

pub(crate) use bytes::Bytes;
pub(crate) use jiff::Timestamp;
pub(crate) use serde_json::{Number, Value};

pub(crate) use crate::json::{DecodeError, Decoder, Extra, Field, Json, Object, Slot, View, from_value, models};
pub(crate) use crate::value::id::Id;
pub(crate) use crate::value::open::{Open, UnknownValue, open_enums};
pub(crate) use crate::value::problem::Problem;
