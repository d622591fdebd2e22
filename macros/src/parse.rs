//! Parses the attribute, the signature and the attributes of its arguments, each by itself. Later stages ask whether they fit together.

pub(crate) mod argument;
pub(crate) mod attribute;
pub(crate) mod function;
mod path;
