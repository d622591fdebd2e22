//! What a test can do and see at Paragon.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{AppEvent, CredentialStatus, WorkflowRun};
use crate::wire::RecordedRequest;
use crate::{Emulator, Response};

/// Paragon's side: users, accounts, tokens, App Events and workflows.
///
/// Where a method takes `whose`, that is the id of a user of Paragon and stands for all the accounts of that user, or it is the id of one
/// credential.
impl Emulator {
    /// Connects an account of X for a user, as the user would in the Connect Portal, and returns the id of its credential. A user may
    /// connect several; two with one `username` are the same user of X. All scopes are granted: see [`set_scopes`](Self::set_scopes).
    ///
    /// # Panics
    ///
    /// If X allows no such username, or the id of the user is empty: a mistake in the test that asks.
    #[track_caller]
    pub fn connect(&self, user_id: &str, name: &str, username: &str) -> String {
        // Panics for the test author, as an assertion would; the locks are released by now.
        self.shared.connect(user_id, name, username).unwrap_or_else(|mistake| panic!("{mistake}"))
    }

    /// Disconnects accounts, as the user may do at any time. What was posted stays.
    pub fn disconnect(&self, whose: &str) {
        self.shared.paragon().disconnect(whose);
    }

    /// Says of accounts whether Paragon can act through them. Through any other than a valid one the proxy answers 403 with code `7003`.
    ///
    /// # Panics
    ///
    /// If there is no such account: a mistake in the test that asks.
    #[track_caller]
    pub fn set_credential_status(&self, whose: &str, status: CredentialStatus) {
        let changed = self.shared.paragon().change(whose, |account| account.status = status);
        assert!(changed > 0, "{whose} has no connected account in this emulator");
    }

    /// Says which scopes the user has granted for accounts, for example `tweet.read`; all others are withdrawn.
    ///
    /// # Panics
    ///
    /// If there is no such account: a mistake in the test that asks.
    #[track_caller]
    pub fn set_scopes<S: Into<String>>(&self, whose: &str, scopes: impl IntoIterator<Item = S>) {
        let scopes: Arc<[String]> = scopes.into_iter().map(Into::into).collect();
        let changed = self.shared.paragon().change(whose, |account| account.scopes = Arc::clone(&scopes));
        assert!(changed > 0, "{whose} has no connected account in this emulator");
    }

    /// Adds a configuration to the account with a credential and returns its id, for the header `X-Paragon-Configuration-Id`. Each
    /// configuration has workflows of its own turned on.
    ///
    /// # Panics
    ///
    /// If there is no such account: a mistake in the test that asks.
    #[track_caller]
    pub fn add_configuration(&self, credential_id: &str) -> String {
        let added = self.shared.paragon().add_configuration(credential_id);
        // Panics for the test author, as an assertion would; the lock is released by now.
        added.unwrap_or_else(|| panic!("{credential_id} is no credential in this emulator"))
    }

    /// The metadata of a user.
    pub fn user_meta(&self, user_id: &str) -> Map<String, Value> {
        self.shared.paragon().users.get(user_id).map(|user| user.meta.clone()).unwrap_or_default()
    }

    /// Puts Paragon's clock forward, by which user tokens expire. What [`user_token`](Self::user_token) signs is fresh by that clock;
    /// what your own code signs is as old as the clocks are apart. X's clock is [`advance`](Self::advance).
    pub fn advance_paragon(&self, by: Duration) {
        self.shared.paragon().advance(by);
    }

    /// Lets all tokens of a user expire that were signed so far: the next request with one answers 401, and a new one is accepted.
    ///
    /// A JWT says in which second it was issued, and no more. So of tokens that your own code has signed within the very second of this call the next
    /// one to arrive is refused, unless an older one was refused before it, and those after it are taken to be new.
    pub fn expire_tokens(&self, user_id: &str) {
        self.shared.expire_tokens(user_id);
    }

    /// The App Events received so far, the oldest first; of very many the last thousand.
    pub fn events(&self) -> Vec<AppEvent> {
        self.shared.paragon().events.clone()
    }

    /// The runs of workflows so far, the oldest first; of very many the last thousand.
    pub fn workflow_runs(&self) -> Vec<WorkflowRun> {
        self.shared.paragon().runs.clone()
    }

    /// Says what a workflow with a Request trigger answers. One that nothing was said of answers 200 without a body.
    ///
    /// ```
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// emulator.workflow("b0a5", |run| serde_json::json!({ "received": run.json() }));
    /// emulator.workflow("c1b6", |_| http::StatusCode::NO_CONTENT);
    /// # Ok(())
    /// # }
    /// ```
    pub fn workflow<R: Into<Response>>(&self, workflow_id: &str, respond: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static) {
        let respond = Arc::new(move |request: &RecordedRequest| respond(request).into());
        self.shared.paragon().workflows.insert(workflow_id.to_owned(), respond);
    }

    /// The ids of the workflows that are turned on for accounts, in whichever configuration, each once and sorted.
    pub fn enabled_workflows(&self, whose: &str) -> Vec<String> {
        let paragon = self.shared.paragon();
        let configurations = paragon.accounts_of(whose).flat_map(|account| &account.configurations);
        let mut workflows: Vec<String> = configurations.flat_map(|configuration| configuration.workflows.iter().cloned()).collect();
        workflows.sort_unstable();
        workflows.dedup();
        workflows
    }
}
