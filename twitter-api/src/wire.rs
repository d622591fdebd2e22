//! Operations, requests, addresses, rate limits and errors, as plain data and pure functions.

pub mod address;
pub mod error;
pub mod multipart;
pub mod operation;
pub mod rate_limit;
pub mod request;
pub mod secret;
mod spellings;
