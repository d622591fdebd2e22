//! A function as a transport.

use std::fmt;
use std::sync::Arc;

use super::body::Body;
use super::error::TransportError;
use super::interface::sealed::Sealed;
use super::interface::{ResponseFuture, Transport};

/// Makes a transport of a function.
///
/// ```
/// use http::Response;
/// use paragon_twitter::{Paragon, transport};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> paragon_twitter::Result<()> {
/// let transport = transport::from_fn(async |request| {
///     assert!(request.headers().contains_key("authorization"));
///     Ok(Response::new(r#"{"data": {"id": "12", "name": "Ada", "username": "ada"}}"#.into()))
/// });
/// let paragon = Paragon::builder("project-id").user_token("a.b.c").transport(transport).build()?;
/// let me = paragon.user("user-42").twitter().users().me().await?;
/// assert_eq!(me.data.username, "ada");
/// # Ok(())
/// # }
/// ```
pub fn from_fn<F, R>(function: F) -> FromFn<F>
where
    F: Fn(http::Request<Body>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<http::Response<Body>, TransportError>> + Send + 'static,
{
    FromFn(Arc::new(function))
}

/// Transport that [`from_fn`] returns.
pub struct FromFn<F>(Arc<F>);

impl<F> Sealed for FromFn<F> {}

impl<F, R> Transport for FromFn<F>
where
    F: Fn(http::Request<Body>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<http::Response<Body>, TransportError>> + Send + 'static,
{
    fn send(&self, request: http::Request<Body>) -> ResponseFuture {
        let function = self.0.clone();
        Box::pin(async move { function(request).await })
    }
}

impl<F> Clone for FromFn<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FromFn").finish()
    }
}
