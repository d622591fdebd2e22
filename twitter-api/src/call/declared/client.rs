//! Clients that declared operations are called through.

use std::borrow::Cow;

use crate::engine::Caller;

/// A client that declared operations are called through.
///
/// [`Twitter`](crate::Twitter) is for operations of X, [`Integration`](crate::Integration) for those of another integration, and a
/// [`ParagonUser`](crate::ParagonUser) for either. A type of your own is one when it holds a `Twitter` and gives it away by `AsRef<Twitter>`:
///
/// ```
/// use paragon_twitter::{Reply, Twitter, Value, paragon_request};
///
/// struct Circles(Twitter);
///
/// impl AsRef<Twitter> for Circles {
///     fn as_ref(&self) -> &Twitter {
///         &self.0
///     }
/// }
///
/// impl Circles {
///     #[paragon_request(GET, "/2/circles/{id}")]
///     async fn get(&self, id: &str) -> paragon_twitter::Result<Reply<Value>>;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a call cannot be made through `{Self}`",
    label = "neither `Twitter`, `ParagonUser` nor `Integration`, and not `AsRef<Twitter>`",
    note = "implement `AsRef<Twitter>` for it, or say in the attribute where the client is: `client = self.twitter`"
)]
pub trait Client: sealed::Client {
    /// As whom a call is made, and at which integration; `None` is whichever the operation belongs to.
    #[doc(hidden)]
    fn caller(&self) -> (Caller, Option<Cow<'static, str>>);
}

/// No crate outside can implement `Client` by itself: which types are one is said beside them.
pub(crate) mod sealed {
    pub trait Client {}
}
