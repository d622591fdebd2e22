//! Reading and writing JSON, the one way for all that X sends and is sent.

pub mod read;
pub mod write;

pub use read::{DecodeError, Extra, from_slice, from_value};
