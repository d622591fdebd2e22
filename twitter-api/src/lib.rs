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
//! - [Users](#users)
//! - [Requests](#requests)
//! - [Replies](#replies)
//! - [Pages](#pages)
//! - [Streams](#streams)
//! - [Errors](#errors)
//! - [Retries and rate limits](#retries-and-rate-limits)
//! - [Tests of your own code](#tests-of-your-own-code)
//! - [Declared operations and untyped calls](#declared-operations-and-untyped-calls)
//! - [Features](#features)
//!
//! # Users
//!
//! [`Paragon`] is a project of Paragon, and the client: one per program is enough. [`ParagonUser`] is a user of your product, by the id in your
//! product, and [`Twitter`] is X's API as that user. All three are cheap to make and to clone.
//!
//! Paragon wants a token for each user. The [builder](ParagonBuilder) takes one source of them:
//! [`signing_key_pem`](ParagonBuilder::signing_key_pem) signs them here, [`user_token`](ParagonBuilder::user_token) takes a signed one, and
//! [`user_token_source`](ParagonBuilder::user_token_source) asks a function of yours. A user who connected several accounts has several credentials:
//!
//! ```
//! # fn main() -> paragon_twitter::Result<()> {
//! use paragon_twitter::Paragon;
//!
//! let paragon = Paragon::builder("project-id").user_token("header.payload.signature").build()?;
//! let user = paragon.user("user-42");
//! let first = user.twitter();
//! let second = user.clone().with_credential("5b0ed2a1-1c8e-4b11-9f02-6d4c6e1f7a55").twitter();
//! # Ok(())
//! # }
//! ```
//!
//! Some operations take no user at all, streams above all. They go to X directly, with the app-only token of
//! [`bearer_token`](ParagonBuilder::bearer_token); without one they are refused before anything is sent.
//!
//! # Requests
//!
//! The methods of [`Twitter`] are groups of operations ([`posts`], [`users`], [`lists`] and so on), and the methods of a group are its operations. Each
//! returns a request: a value that can be looked at, cloned and kept. Awaiting it sends it.
//!
//! Inputs without which X refuses the call are arguments, all others are setters. Options of the call, which all requests have, begin with
//! `with_`:
//!
//! ```no_run
//! # async fn example(twitter: paragon_twitter::Twitter) -> paragon_twitter::Result<()> {
//! use std::time::Duration;
//! use paragon_twitter::types::{Expansion, PostField};
//!
//! let request = twitter
//!     .posts()
//!     .search_recent("from:rustlang")
//!     .max_results(50)
//!     .post_fields([PostField::CreatedAt, PostField::PublicMetrics])
//!     .expansions([Expansion::AuthorId])
//!     .with_timeout(Duration::from_secs(10));
//! let found = request.await?;
//! # Ok(())
//! # }
//! ```
//!
//! Where X wants the id of the connected account in the path, as for likes, follows and bookmarks, the group's method takes it as its first argument
//! and [`Twitter::me`] has a method without it:
//!
//! ```no_run
//! # async fn example(twitter: paragon_twitter::Twitter) -> paragon_twitter::Result<()> {
//! twitter.me().like("1346889436626259968").await?;
//! let timeline = twitter.me().home_timeline().max_results(50).await?;
//! # Ok(())
//! # }
//! ```
//!
//! X leaves out most fields of an object unless the request names them, by setters such as `post_fields`.
//!
//! # Replies
//!
//! An awaited request returns a [`Reply`]: `data`, the objects that it refers to (`includes`), problems with parts of it (`errors`), `meta`, the status
//! and the headers. The [`types`] take any response of X: properties that are missing, `null`, of another type or unknown cost nothing but
//! themselves. Lists and maps without items are empty, other absent properties are `None`, and properties without a field are in `extra`.
//!
//! Values of enums that this version does not know are kept, and can be compared and printed. All [`types`] are `Serialize` and `Deserialize`, in X's
//! current spelling.
//!
//! # Pages
//!
//! Requests for listings have `pages()` and `items()`, which send a request per page, when it is needed:
//!
//! ```no_run
//! # async fn example(twitter: paragon_twitter::Twitter) -> paragon_twitter::Result<()> {
//! let me = twitter.users().me().await?.data;
//! let mut posts = twitter.users().posts(&me.id).max_results(100).items();
//! while let Some(post) = posts.next().await {
//!     println!("{}", post?.text);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Items`] and [`Pages`] are streams of the crate `futures` as well.
//!
//! # Streams
//!
//! Requests for endless responses return [`Events`], which yields one document after the other until X ends the response or the connection breaks.
//!
//! # Errors
//!
//! Each failure is an [`Error`]. Its [kind](ErrorKind) says where it happened, and its questions name the remedy: a new token, a connection that the user
//! has to renew, time, or money. It has the problems that X reported, the status, the headers and the request id.
//!
//! ```no_run
//! # async fn example(twitter: paragon_twitter::Twitter) -> paragon_twitter::Result<()> {
//! match twitter.posts().create().text("Hello World!").await {
//!     Ok(reply) => println!("posted {}", reply.data.id),
//!     Err(error) if error.needs_reconnect() => println!("ask the user to connect the account again"),
//!     Err(error) if error.is_rate_limited() => println!("try again in {:?}", error.retry_after()),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Retries and rate limits
//!
//! Failures that pass are tried again within the timeout of the call, where a second call does no harm: [`Retry`] has the rules, for the
//! client or for one request. X's rate limits are remembered: `rate_limits()` of a request and [`Twitter::rate_limits`] return the limits
//! that X last reported.
//!
//! Each call is a span of [`tracing`](https://docs.rs/tracing), with the target `paragon_twitter::call` and the level INFO. Its fields are `operation`, `method`,
//! `path` (the template) and `integration`, and at the end `attempts`, `status` and `error` (an [`ErrorKind`]). An attempt that is followed by
//! another is an event in it. No token stands in any of them.
//!
//! # Tests of your own code
//!
//! [`transport::Canned`] gives prepared responses, without a socket, and shows the requests that were sent:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> paragon_twitter::Result<()> {
//! use paragon_twitter::transport::Canned;
//! use paragon_twitter::{Method, Paragon};
//! use serde_json::json;
//!
//! let canned = Canned::new();
//! canned.on(Method::GET, "/2/users/me").reply(json!({"data": {"id": "12", "name": "Ada", "username": "ada"}}));
//!
//! let twitter = Paragon::canned(&canned).user("user-42").twitter();
//! assert_eq!(twitter.users().me().await?.data.username, "ada");
//! canned.assert_done();
//! # Ok(())
//! # }
//! ```
//!
//! The crate `paragon-twitter-emulator` is a server that plays Paragon and X, with a state of its own: posts are in timelines, likes are counted,
//! requests that X refuses are refused. Types of replies are made from JSON with [`json::from_value`].
//!
//! # Declared operations and untyped calls
//!
//! [`paragon_request`] declares an operation that X's description does not have, or one of another integration of the project, by its signature:
//!
//! ```
//! use paragon_twitter::types::Post;
//! use paragon_twitter::{Reply, Twitter, paragon_request};
//!
//! #[paragon_request(GET, "/2/circles/{circle_id}/liked", scopes = ["like.read"])]
//! async fn circle_likes(twitter: &Twitter, circle_id: &str, #[query] max_results: Option<u32>) -> paragon_twitter::Result<Reply<Vec<Post>>>;
//! ```
//!
//! [`Twitter::request`] and [`Integration::request`] call any path, with JSON in and out.
//!
//! # Features
//!
//! Each group of operations is a feature, all on by default; a group that is switched off is neither generated nor compiled. `reqwest-0-13` takes a
//! `reqwest::Client` of your own as [`transport`], and `tower-service-0-3` any service of tower.

// docs.rs builds with nightly and `--cfg docsrs`, and shows the feature that each module needs.
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
pub use json::extra::Extra;
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
    pub use crate::wire::request::{BodyField, QueryValue, RequestBody, RequestData};
}

#[doc(hidden)]
pub use call::declared::__private;
