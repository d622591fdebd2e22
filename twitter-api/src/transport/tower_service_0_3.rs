//! Services of [tower](https://docs.rs/tower-service/0.3) as a transport, and transports as services. The feature `tower-service-0-3`
//! switches this module on.
//!
//! [`HttpClient`] and [`Canned`] are services too, so that layers can stand between the client and the network:
//!
//! ```
//! use http::HeaderValue;
//! use paragon_twitter::Paragon;
//! use paragon_twitter::transport::{Body, HttpClient, tower_service_0_3};
//! use tower::ServiceBuilder;
//!
//! let stack = ServiceBuilder::new()
//!     .concurrency_limit(8)
//!     .map_request(|mut request: http::Request<Body>| {
//!         request.headers_mut().insert("x-team", HeaderValue::from_static("growth"));
//!         request
//!     })
//!     .service(HttpClient::new()?);
//! let paragon = Paragon::builder("project-id").user_token("a.b.c").transport(tower_service_0_3::from_service(stack)).build()?;
//! # drop(paragon);
//! # Ok::<(), paragon_twitter::Error>(())
//! ```

use std::fmt;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::body::Body;
use super::canned::Canned;
use super::error::{BoxError, TransportError};
use super::http_client::HttpClient;
use super::interface::sealed::Sealed;
use super::interface::{ResponseFuture, Transport};

/// Makes a transport of a service.
///
/// Each request goes to a clone of the service, once that is ready. A service that fails to become ready is an error with which nothing
/// was sent. An error of the service itself is a broken connection, with which the server may have seen the request, unless a [`TransportError`] is
/// the error or among its sources.
///
/// The service must follow no redirect, since requests carry a credential.
pub fn from_service<S, B>(service: S) -> FromService<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    FromService(Mutex::new(service))
}

/// Transport that [`from_service`] returns.
// The lock is held for cloning alone: it makes services usable that are not `Sync`.
pub struct FromService<S>(Mutex<S>);

impl<S> Sealed for FromService<S> {}

impl<S, B> Transport for FromService<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn send(&self, request: Request<Body>) -> ResponseFuture {
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            poll_fn(|context| service.poll_ready(context)).await.map_err(|error| {
                let error = TransportError::of(error);
                if error.is_unsent() { error } else { TransportError::unsent(error) }
            })?;
            let response = service.call(request).await.map_err(TransportError::of)?;
            Ok(response.map(Body::new))
        })
    }
}

impl<S> fmt::Debug for FromService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FromService").finish()
    }
}

macro_rules! is_a_service {
    ($($transport:ty)*) => {$(
        impl Service<Request<Body>> for $transport {
            type Response = Response<Body>;
            type Error = TransportError;
            type Future = ResponseFuture;

            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: Request<Body>) -> ResponseFuture {
                self.send(request)
            }
        }
    )*};
}

is_a_service!(HttpClient Canned);
