//! Query parameters, and values of them, that have two spellings.

include!(concat!(env!("OUT_DIR"), "/spellings.rs"));
