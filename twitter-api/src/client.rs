//! The handles that calls are made through.

pub mod integration;
pub mod paragon;
pub mod twitter;
