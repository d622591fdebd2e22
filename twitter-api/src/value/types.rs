//! The types of requests and replies, and of ids.

include!(concat!(env!("OUT_DIR"), "/types.rs"));
