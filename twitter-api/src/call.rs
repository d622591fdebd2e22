//! One call, from the request that describes it to the reply, the pages or the events that it brings.

pub mod builder;
pub mod declared;
pub mod events;
pub mod future;
pub mod pages;
pub mod reply;
