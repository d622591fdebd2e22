//! The trait of all transports.

use std::fmt::Debug;
use std::pin::Pin;

use super::body::Body;
use super::error::TransportError;

/// Sends one request and returns its response as soon as that has begun; the body may still be on its way.
///
/// It follows no redirect, since the request carries a credential. It has no timeout of its own for the whole response, which may be a stream that goes
/// on for days. The request has [`CallInfo`](crate::transport::CallInfo) among its extensions.
///
/// The trait is sealed. [`from_fn`](crate::transport::from_fn) and `tower_service_0_3::from_service` bring other implementations in.
pub trait Transport: sealed::Sealed + Debug + Send + Sync + 'static {
    /// Sends a request. Nothing is sent before the future is polled.
    fn send(&self, request: http::Request<Body>) -> ResponseFuture;
}

/// Future of a response, as [`Transport::send`] returns it.
pub type ResponseFuture = Pin<Box<dyn Future<Output = Result<http::Response<Body>, TransportError>> + Send>>;

pub(super) mod sealed {
    pub trait Sealed {}
}
