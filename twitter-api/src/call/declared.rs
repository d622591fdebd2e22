//! Operations that are in no description, declared with [`paragon_request`](crate::paragon_request).
//!
//! The attribute writes a handful of calls into [`__private`]. Which of the rules for a type apply (is it an option, a list, one of
//! ours, one of serde's?) is not known to the attribute, which sees names alone; it is found by method lookup: the rules are traits with one
//! method name, implemented for references of different depth, and the lookup takes the deepest that applies.

mod arguments;
mod builder;
pub mod client;
mod reading;
mod returns;

/// Names for the attribute's expansions. Nothing in here is for use by hand, and all of it may change.
#[doc(hidden)]
#[allow(missing_docs, reason = "it is not part of the interface")]
pub mod __private {
    pub use super::arguments::Arg;
    pub use super::builder::Declared;
    pub use super::client::Client;
    pub use super::returns::Returned;
    pub use crate::call::future::{Outcome, RequestFuture};

    /// The rules, for the lookup, without their names.
    pub mod rules {
        pub use super::super::arguments::{
            BytesOfBytes as _, BytesOfSlice as _, ContentBehind as _, ContentBehindReference as _, ContentBySerde as _, ContentOfOurs as _,
            ContentOfParts as _, InputBySerde as _, InputOfList as _, InputOfOption as _, InputOfText as _,
        };
        pub use super::super::returns::{ReturnBySerde as _, ReturnOfBytes as _, ReturnOfOurs as _, StartBySerde as _, StartOfOurs as _};
    }
}
