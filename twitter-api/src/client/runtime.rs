//! Names of calls that generated groups and requests refer to, each by its path from the crate's root.
#![allow(unused_imports, reason = "the description and the features decide which of them are used")]

pub(crate) use http::Method;

pub(crate) use crate::call::builder::{RequestBuilder, joined, options};
pub(crate) use crate::call::events::Events;
pub(crate) use crate::call::future::RequestFuture;
pub(crate) use crate::call::pages::{Items, Pages};
pub(crate) use crate::call::reply::Reply;
pub(crate) use crate::client::handles::Twitter;
pub(crate) use crate::engine::Caller;
pub(crate) use crate::wire::error::Result;
pub(crate) use crate::wire::operation::{Auth, Dialect, Operation};
