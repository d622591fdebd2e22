//! Every operation of X (Twitter) API v2 as a typed call, made as a user who connected their account through
//! [Paragon](https://www.useparagon.com).
//!
//! ```no_run
//! # async fn example(key: String) -> twitter_api::Result<()> {
//! use twitter_api::Paragon;
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
//! - An operation's required parameters are arguments, the others are setters; awaiting the request sends it. [`Request`] has what all requests have.
//! - The answer is a [`Reply`]: data, and what came with it. The [`types`] of answers take what X sends: what is missing, null or new costs nothing.
//! - Everything that can go wrong is an [`Error`], which knows what to do about it.
//! - What is in no description goes through [`Twitter::request`], untyped, or is declared with [`paragon_request`]; so do other integrations of the
//!   same project, through [`Integration`].

mod call;
pub mod decode;
pub mod encode;
mod endpoint;
mod error;
mod id;
mod integration;
mod open;
mod operation;
mod paging;
mod paragon;
mod problem;
mod reply;
mod runtime;
mod streaming;
mod token;
mod transport;
mod twitter;

pub use bytes::Bytes;
pub use http::{HeaderMap, Method, StatusCode};
pub use jiff::Timestamp;
pub use serde_json::Value;

pub use call::{Call, Request, Sending};
pub use decode::Extra;
pub use endpoint::{Client, DeclaredRequest};
pub use error::{Error, ErrorKind, RateLimit, Result};
pub use id::{Id, IdKind};
pub use integration::Integration;
pub use open::Open;
pub use operation::{Auth, Body, BodyField, Dialect, Endpoint, Operation, QueryValue};
pub use paging::{Items, Pages};
pub use paragon::{Paragon, ParagonBuilder, ParagonUser};
pub use problem::Problem;
pub use reply::Reply;
pub use streaming::{Connecting, Events};
pub use twitter::{Twitter, UntypedRequest};
/// Declares an endpoint that is in no description: a signature becomes a typed call, sent by the same runtime as a generated one.
///
/// ```no_run
/// use twitter_api::{Reply, Result, Twitter, Value, paragon_request};
/// use twitter_api::types::{Post, PostField};
///
/// /// Posts liked by everyone in a circle (beta).
/// #[paragon_request(GET, "/2/circles/{circle_id}/liked", scopes = ["like.read"])]
/// async fn circle_likes(
///     twitter: &Twitter,
///     circle_id: &str,                                                // by name to `{circle_id}`
///     #[query] max_results: Option<u32>,                              // `None` is not sent
///     #[query(rename = "post.fields", csv)] fields: &[PostField],     // one value with commas; else the name is repeated
///     #[header("x-beta")] beta: bool,
/// ) -> Result<Reply<Vec<Post>>>;
///
/// #[paragon_request(POST, "/2/circles")]
/// async fn create_circle(twitter: &Twitter, #[body] circle: &Value) -> Result<Reply<Value>>;
/// # async fn example(twitter: Twitter) -> Result<()> {
/// let liked = circle_likes(&twitter, "12", Some(10), &[PostField::CreatedAt], true).await?;
/// # Ok(())
/// # }
/// ```
///
/// What the function returns can be awaited, or first be given what all calls take: see [`Request`].
///
/// **Method and path** come first. After them may stand `scopes = ["…"]`, `integration = "slack"` (also `"custom/…"`), `idempotent`,
/// `page = "pagination_token"`, `auth = "app"` (an app-only token, directly to X) or `"any"`, `envelope = false` (the answer has no `data`),
/// `client = self.0` and `name = "circles.likes"` (for errors).
///
/// **Arguments** go to the placeholder of their name, or where their attribute says: `#[path("id")]`, `#[query]`, `#[header]`, `#[body]`, each with
/// another name by `rename = "…"` or just `"…"`. A struct as `#[query]` is a parameter per field. A body is JSON; `#[body(form)]`, `#[body(multipart)]` and
/// `#[body("image/png")]` send it otherwise. `#[credential]` and `#[timeout]` set what [`Request`] sets. The argument of the type [`Twitter`],
/// [`ParagonUser`] or [`Integration`], `self` if it is a [`Client`], or the one marked `#[client]` says as whom.
///
/// **Types** of answers are those of this crate, read tolerantly, or any that implement serde's `Deserialize`; bodies are `Encode` or `Serialize`.
///
/// **The return type** decides how the answer is read: [`Reply<T>`](Reply), bare `T`, `()`, [`Bytes`]; [`Items`] and [`Pages`] for a paged endpoint, [`Events`] for a
/// stream.
///
/// ```no_run
/// use twitter_api::{Items, Result, Twitter, paragon_request};
/// use twitter_api::types::Post;
///
/// #[paragon_request(GET, "/2/circles/{id}/posts", page = "pagination_token")]
/// fn circle_posts(twitter: &Twitter, id: u64) -> Items<Post>;
///
/// /// A group, as the generated ones are.
/// struct Circles<'t>(&'t Twitter);
///
/// impl Circles<'_> {
///     #[paragon_request(DELETE, "/2/circles/{id}", client = self.0)]
///     async fn delete(&self, id: u64) -> Result<()>;
/// }
/// ```
///
/// Another integration of the same Paragon project:
///
/// ```no_run
/// use twitter_api::{ParagonUser, Result, Value, paragon_request};
///
/// #[paragon_request(POST, "/chat.postMessage", integration = "slack")]
/// async fn post_message(user: &ParagonUser, #[body] message: &Value) -> Result<Value>;
/// ```
///
/// What cannot work is told by the compiler on the very token, all mistakes at once: an unknown method or key, a malformed path, a placeholder without an
/// argument, an argument that goes nowhere, two bodies, a missing client, a return type that no answer can become.
#[doc(inline)]
pub use twitter_api_macros::paragon_request;

#[doc(hidden)]
pub use endpoint::__private;

/// The types of what is sent and answered, and of ids.
pub mod types {
    include!(concat!(env!("OUT_DIR"), "/types.rs"));
}

// The groups of operations, and the methods of `Twitter` that lead to them.
include!(concat!(env!("OUT_DIR"), "/groups.rs"));
