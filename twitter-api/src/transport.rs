//! The seam between the client and the network: a transport puts a request on the wire and hands back the response.
//!
//! A client uses [`HttpClient`] unless [`ParagonBuilder::transport`](crate::ParagonBuilder::transport) gives it another [`Transport`]:
//!
//! - [`Canned`] gives prepared responses, for unit tests without a socket.
//! - [`from_fn`] makes a transport of a function.
//! - The feature `tower-service-0-3` makes one of any tower service, and makes each transport here a tower service, so that layers can stand
//!   between the client and the network.
//! - The feature `reqwest-0-13` makes an [`HttpClient`] of a `reqwest::Client` with settings of your own: proxies, certificates, limits of the pool.
//!
//! Authorization, retries, timeouts and rate limits are not a transport's business: it gets each attempt as a complete request.

mod body;
mod call_info;
mod canned;
mod error;
mod function;
mod http_client;
mod interface;
#[cfg(feature = "reqwest-0-13")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest-0-13")))]
pub mod reqwest_0_13;
#[cfg(feature = "tower-service-0-3")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower-service-0-3")))]
pub mod tower_service_0_3;

pub use body::Body;
pub use call_info::CallInfo;
pub use canned::{Canned, CannedReply, SentRequest};
pub(crate) use error::Kind;
pub use error::TransportError;
pub use function::{FromFn, from_fn};
pub use http_client::HttpClient;
pub use interface::{ResponseFuture, Transport};
