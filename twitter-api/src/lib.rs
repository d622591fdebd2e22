//! Every operation of X (Twitter) API v2 as a typed call, made as a user who connected their account through
//! [Paragon](https://www.useparagon.com).
//!
//! ```no_run
//! # async fn example(key: String) -> paragon_twitter::Result<()> {
//! use paragon_twitter::Paragon;
//!
//! let paragon = Paragon::builder("project-id").signing_key_pem(&key)?.build()?;
//! let twitter = paragon.user("user-42").twitter();
//!
//! let me = twitter.users().me().await?;
//! let page = twitter.users().posts(&me.data.id).max_results(10).await?;
//! let hello = twitter.posts().create().text("Hello World!").await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Paragon`] is a project, [`ParagonUser`] one of its users, [`Twitter`] the API as that user. Its methods are the groups of operations:
//!   [`posts`], [`users`], [`lists`] and so on, each a Cargo feature.
//! - An operation's required parameters are arguments, the others are setters; awaiting the request sends it. Options of the call, which
//!   all requests have, begin with `with_`: `with_timeout`, `with_retry`, `with_header` and so on. The data of a request can be looked at before it is sent: [`request`].
//! - The answer is a [`Reply`]: data, and what came with it. The [`types`] of answers take what X sends: what is missing, null or new costs nothing.
//! - Everything that can go wrong is an [`Error`], which knows what to do about it. What passes by itself is tried again first, where that is safe: [`Retry`].
//! - Each call is a span of [`tracing`](https://docs.rs/tracing), with the target `paragon_twitter::call` and the level INFO: `operation`, `method`, `path` (the template),
//!   `integration`, and when it is over `attempts`, `status` and `error` (an [`ErrorKind`]). An attempt that is followed by another is an event in it.
//! - The rate limits that X reports are remembered: `rate_limits` of a request, [`Twitter::rate_limits`].
//! - What is in no description goes through [`Twitter::request`], untyped, or is declared with [`paragon_request`]; so do other integrations of the
//!   same project, through [`Integration`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod client;
mod engine;
pub mod json;
mod runtime;
pub mod transport;
mod value;
mod wire;

pub use bytes::Bytes;
pub use http::{HeaderMap, Method, StatusCode};
pub use jiff::Timestamp;
pub use serde_json::{Number, Value};

pub use call::events::Events;
pub use call::pages::{Items, Pages};
pub use call::reply::Reply;
pub use client::builder::ParagonBuilder;
pub use client::groups::*;
pub use client::handles::{Integration, Paragon, ParagonUser, Twitter};
pub use engine::retry::Retry;
pub use json::Extra;
#[doc(inline)]
pub use paragon_twitter_macros::paragon_request;
pub use value::id::Id;
pub use value::open::UnknownValue;
pub use value::problem::Problem;
pub use value::types;
pub use wire::error::{Error, ErrorKind, Result};
pub use wire::operation::Dialect;
pub use wire::rate_limit::{RateLimit, RateLimits};

/// The parts of requests, to look at one before it is sent, and the types that requests have in common.
pub mod request {
    pub use crate::call::declared::client::Client;
    pub use crate::call::future::RequestFuture;
    pub use crate::client::untyped::UntypedRequest;
    pub use crate::wire::operation::{Auth, Operation};
    pub use crate::wire::request::{Body, BodyField, QueryValue, RequestData};
}

#[doc(hidden)]
pub use call::declared::__private;
