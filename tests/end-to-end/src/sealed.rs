//! Attempts of another crate to implement the traits of the client. The documentation of this module is compiled, and each attempt has to fail.
//!
//! Every trait that another crate can name has one, which a test of the public interface checks by name.
//!
//! ```compile_fail,E0277
//! use paragon_twitter::transport::{Body, ResponseFuture, Transport};
//!
//! #[derive(Debug)]
//! struct Mine;
//!
//! impl Transport for Mine {
//!     fn send(&self, _: http::Request<Body>) -> ResponseFuture {
//!         Box::pin(async { Ok(http::Response::new(Body::empty())) })
//!     }
//! }
//! ```
//!
//! ```compile_fail,E0277
//! struct Mine;
//!
//! impl paragon_twitter::request::Client for Mine {}
//! ```
//!
//! ```compile_fail,E0277
//! struct Mine;
//!
//! impl paragon_twitter::__private::Outcome for Mine {
//!     type Value = ();
//!
//!     fn of(_: paragon_twitter::Result<()>) -> Self {
//!         Self
//!     }
//! }
//! ```
//!
//! All other traits have no name outside: neither where they are written nor where the attribute finds them.
//!
//! ```compile_fail,E0603
//! use paragon_twitter::json::table::Json;
//! ```
//!
//! ```compile_fail,E0603
//! use paragon_twitter::value::open::Open;
//! ```
//!
//! ```compile_fail,E0603
//! use paragon_twitter::runtime::Object;
//! ```
//!
//! ```compile_fail,E0405
//! use paragon_twitter::__private::rules::*;
//!
//! struct Mine;
//!
//! impl InputOfOption for Mine {}
//! ```
