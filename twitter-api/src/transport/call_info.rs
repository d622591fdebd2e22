//! Facts about the call that a request belongs to.

use std::borrow::Cow;
use std::sync::Arc;

/// Facts about the call that a request belongs to, in the [extensions](http::Request::extensions) of each request that the client sends.
///
/// The request itself has them in the form that goes over the wire, behind Paragon's address and with a token; layers that count or log
/// want them as they were.
///
/// ```
/// use paragon_twitter::transport::{self, CallInfo, HttpClient, Transport as _};
///
/// let network = HttpClient::new()?;
/// let logged = transport::from_fn(move |request| {
///     let network = network.clone();
///     async move {
///         if let Some(call) = request.extensions().get::<CallInfo>() {
///             println!("{} {}, attempt {}", request.method(), call.path_template(), call.attempt());
///         }
///         network.send(request).await
///     }
/// });
/// # drop(logged);
/// # Ok::<(), paragon_twitter::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CallInfo {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) path_template: Cow<'static, str>,
    pub(crate) path_and_query: String,
    pub(crate) integration: Cow<'static, str>,
    /// Without one the call is made as the app.
    pub(crate) user: Option<Arc<str>>,
    pub(crate) attempt: u32,
}

impl CallInfo {
    /// Returns the name of the operation, for example `posts.create`; that of an untyped call is `request`.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Returns the path template, for example `/2/users/{id}/tweets`.
    #[must_use]
    pub fn path_template(&self) -> &str {
        &self.path_template
    }

    /// Returns path and query as X, or the integration that is called, sees them.
    #[must_use]
    pub fn path_and_query(&self) -> &str {
        &self.path_and_query
    }

    /// Returns the name of the integration that is called: `twitter` for X.
    #[must_use]
    pub fn integration(&self) -> &str {
        &self.integration
    }

    /// Returns the id of the connected user that the call is made as, or `None` when it is made as the app.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Returns the number of this attempt, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}
