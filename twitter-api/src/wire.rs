//! What goes over the wire, as plain data and pure functions: operations, requests, addresses, rate limits, errors.

pub mod address;
pub mod error;
pub mod multipart;
pub mod operation;
pub mod rate_limit;
