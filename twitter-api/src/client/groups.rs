//! The groups of operations, and the methods of [`Twitter`](crate::Twitter) that lead to them.

include!(concat!(env!("OUT_DIR"), "/groups.rs"));
