//! Tolerant reading of the JSON that X answers with.
//!
//! Every type in [`types`](crate::types) is also `Serialize` and `Deserialize`, with X's current names. These functions also read input that
//! serde would refuse: a text with half a surrogate pair, or bytes that are not UTF-8, costs no more than the value that it stands in.

mod bridge;
mod decoder;
mod error;
pub(crate) mod extra;
mod leaf;
mod read;
#[cfg(test)]
pub(crate) mod samples;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use error::DecodeError;
pub use read::{from_slice, from_value};

pub(crate) use bridge::{deserialize, models, serialize};
pub(crate) use decoder::Decoder;
pub(crate) use extra::Extra;
pub(crate) use read::{is_empty_object, put};
pub(crate) use table::{Field, Json, Object, Parts, Slot, View};
pub(crate) use write::to_value;
