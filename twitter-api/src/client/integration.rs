//! Other integrations of the same Paragon project.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::client::paragon::ParagonUser;
use crate::client::twitter::{Twitter, UntypedRequest};
use crate::wire::operation::Auth;

/// What Paragon calls the integration of X.
pub(crate) const TWITTER: &str = "twitter";

/// Any integration of the project, called as one connected user: what [`Twitter`] is for X, without its types.
///
/// It is made by [`ParagonUser::integration`], and cheap to make and to clone. Endpoints of it are declared with
/// [`paragon_request`](crate::paragon_request), or called by [`request`](Self::request).
#[derive(Clone)]
pub struct Integration {
    user: ParagonUser,
    name: Arc<str>,
}

impl Integration {
    pub(crate) fn new(user: ParagonUser, name: String) -> Self {
        Self { user, name: name.into() }
    }

    /// The connected user.
    #[must_use]
    pub fn user(&self) -> &ParagonUser {
        &self.user
    }

    /// The name of the integration, as it stands in the addresses of Paragon's proxy.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls any path of the integration's API, untyped, as Paragon's `paragon.request("slack", path, { method, body })` does.
    ///
    /// The path may have a query, and may begin with `/` or not. The answer is the whole JSON; an empty one is `null`.
    ///
    /// ```no_run
    /// # async fn example(paragon: paragon_twitter::Paragon) -> paragon_twitter::Result<()> {
    /// use paragon_twitter::{Method, Value};
    ///
    /// let slack = paragon.user("user-42").integration("slack");
    /// let channels: Value = slack.request(Method::GET, "conversations.list").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> UntypedRequest {
        UntypedRequest::new(&Twitter::new(self.user.clone()), Some(self.name.to_string().into()), Auth::USER, method, path)
    }
}

impl fmt::Debug for Integration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Integration").field("name", &self.name).field("user", &self.user).finish()
    }
}
