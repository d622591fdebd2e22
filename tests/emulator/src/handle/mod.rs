//! The handle of the running emulator, in parts.

mod builder;
mod expectation;
mod faults;
mod paragon;
mod streams;
mod webhooks;
mod x;

use std::io;
use std::sync::Arc;

use http::Method;
use tokio::task::JoinHandle;

use crate::message::{Exchange, RecordedRequest};
use crate::paragon::Tokens;
use crate::shared::Shared;

pub use builder::EmulatorBuilder;
pub use expectation::Expectation;
pub use faults::FaultsHandle;
pub use paragon::ParagonHandle;
pub use streams::StreamsHandle;
pub use webhooks::WebhooksHandle;
pub use x::XHandle;

/// A running emulator. It stops when it is dropped, and then panics if an [expectation](Self::expect) is not met.
///
/// Its state is set up and looked at by part: [`x`](Self::x), [`paragon`](Self::paragon), [`faults`](Self::faults), [`streams`](Self::streams) and
/// [`webhooks`](Self::webhooks).
#[must_use = "an emulator stops when it is dropped"]
pub struct Emulator {
    pub(crate) shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("url", &self.url()).field("x_url", &self.x_url()).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Returns a builder with the defaults.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Starts an emulator with the user `user-42` ([`DEFAULT_USER_ID`](crate::DEFAULT_USER_ID)), who has connected the account `ada`, on free ports.
    ///
    /// # Errors
    ///
    /// If no port can be opened on the loopback interface.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Stops the emulator and returns when both ports are closed.
    pub async fn stop(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            // An error here means that the task was aborted, as it should be.
            let _ = task.await;
        }
    }

    /// Goes back to the state at the start: the accounts of the builder and nothing else, no faults, no
    /// requests, no expectations. Tokens stay good.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Returns the base URL of Paragon, `http://127.0.0.1:PORT`: of the proxy and of its other services alike.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// Returns the base URL of X, `http://127.0.0.1:PORT`: another origin than [`url`](Self::url), as in reality.
    pub fn x_url(&self) -> &str {
        &self.shared.x_url
    }

    /// Returns the id of the Paragon project.
    pub fn project_id(&self) -> &str {
        &self.shared.project_id
    }

    /// Returns the project's Signing Key: a private RSA key as PEM (PKCS#8). It is committed, public, and good for nothing else.
    pub fn signing_key_pem(&self) -> &'static str {
        Tokens::PRIVATE_PEM
    }

    /// Signs a fresh token for a user, valid for one hour by Paragon's clock. The user need not have connected anything.
    ///
    /// # Panics
    ///
    /// If the system cannot sign with RSA at all.
    pub fn user_token(&self, user_id: &str) -> String {
        // The key is a constant that was read when the emulator started; no input can make this fail.
        self.shared.user_token(user_id).expect("the committed key signs")
    }

    /// Returns the app-only token that X accepts.
    pub fn bearer_token(&self) -> &str {
        &self.shared.bearer_token
    }

    /// Returns the handle of X: users, posts, media, messages, rate limits, routes and the clock.
    pub fn x(&self) -> XHandle<'_> {
        XHandle::new(&self.shared)
    }

    /// Returns the handle of Paragon: connected accounts, their credentials and scopes, tokens, App Events, workflows, other integrations and the
    /// clock.
    pub fn paragon(&self) -> ParagonHandle<'_> {
        ParagonHandle::new(&self.shared)
    }

    /// Returns the handle of faults: errors, resets, slow, cut and changed responses.
    pub fn faults(&self) -> FaultsHandle<'_> {
        FaultsHandle::new(&self.shared)
    }

    /// Returns the handle of open streams.
    pub fn streams(&self) -> StreamsHandle<'_> {
        StreamsHandle::new(&self.shared)
    }

    /// Documents that X posts to webhooks.
    pub fn webhooks(&self) -> WebhooksHandle<'_> {
        WebhooksHandle::new(&self.shared)
    }

    /// Expects requests with this method and a path of this template, in which `{name}` stands for any one segment: at least one, unless the
    /// expectation says otherwise. The path of a call through Paragon's proxy is X's, and has no query.
    ///
    /// The expectation counts the requests from now on. It is checked when the emulator is dropped or stopped, and by [`verify`](Self::verify).
    ///
    /// ```
    /// # use http::Method;
    /// # use serde_json::json;
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// emulator.expect(Method::POST, "/2/tweets").with_body(json!({ "text": "Good morning!" })).times(1);
    /// emulator.expect(Method::DELETE, "/2/tweets/{id}").never();
    /// // … your own code …
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the path does not begin with `/`, or has a query: a mistake in the test that asks.
    #[track_caller]
    pub fn expect(&self, method: Method, path: &str) -> Expectation<'_> {
        Expectation::new(&self.shared, method, path)
    }

    /// Checks all expectations that were set so far.
    ///
    /// # Panics
    ///
    /// If one of them is not met. The message lists the requests that came instead, the most similar ones first.
    #[track_caller]
    pub fn verify(&self) {
        let unmet = self.shared.unmet();
        assert!(unmet.is_empty(), "{}", unmet.join("\n"));
    }

    /// Returns all requests received so far on both listeners, the oldest first. Of very many the last are kept: as many as 16 MiB hold. A body that
    /// was too large, or did not arrive whole, is empty here.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.record().requests()
    }

    /// Returns all requests that were answered so far, each with its response, the oldest first. Like [`requests`](Self::requests) it goes back some
    /// thousand requests.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.record().exchanges()
    }

    /// Forgets all requests received so far.
    pub fn clear_requests(&self) {
        self.shared.record().clear();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Their listeners and connections end with them.
        for task in &self.tasks {
            task.abort();
        }
        self.shared.world().webhooks.stop();
        // A second panic would end the process, and hide why the test has failed.
        if !std::thread::panicking() {
            self.verify();
        }
    }
}
