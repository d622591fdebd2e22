//! From tokens to what was declared: the attribute, the signature and the attributes of its arguments. Each is read by itself; whether they fit
//! together is asked later.

pub(crate) mod argument;
pub(crate) mod attribute;
pub(crate) mod function;
mod path;
