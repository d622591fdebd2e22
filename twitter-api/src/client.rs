//! The handles that calls are made through.

pub mod builder;
pub mod groups;
pub mod handles;
pub mod runtime;
#[cfg(test)]
mod tests;
pub mod untyped;
