//! The part that the end-to-end tests in `tests/` share: X's description, read without the generator and without the emulator, so that both can be held to it.

mod description;
#[cfg(doctest)]
mod sealed;

pub use description::{Answer, Body, Description, Operation, Parameter};
