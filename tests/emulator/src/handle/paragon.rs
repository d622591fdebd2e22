//! Paragon's side.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Map, Value};

use crate::extra::Response;
use crate::message::RecordedRequest;
use crate::paragon::{Account, AppEvent, CredentialStatus, WorkflowRun};
use crate::shared::Shared;

/// Paragon: connected accounts, their credentials and scopes, tokens, App Events, workflows, other integrations and the clock.
///
/// `whose` is the id of a user of Paragon, and stands for all the accounts of that user, or the id of one credential.
#[derive(Clone, Copy)]
pub struct ParagonHandle<'a> {
    shared: &'a Shared,
}

impl<'a> ParagonHandle<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    /// Connects an account of X for a user, as the user would in the Connect Portal, and returns the id of its credential. A user may
    /// connect several; two with one `username` are the same user of X. All scopes are granted: see [`set_scopes`](Self::set_scopes).
    ///
    /// # Panics
    ///
    /// If X allows no such username, or the id of the user is empty: a mistake in the test that asks.
    #[track_caller]
    pub fn connect(self, user_id: &str, name: &str, username: &str) -> String {
        // Panics for the test author, as an assertion would; the locks are released by now.
        self.shared.connect(user_id, name, username).unwrap_or_else(|mistake| panic!("{mistake}"))
    }

    /// Disconnects accounts, as the user may do at any time. Their posts stay.
    pub fn disconnect(self, whose: &str) {
        self.shared.paragon().disconnect(whose);
    }

    /// Returns the id of the credential of a user's first connected account, for the header `X-Paragon-Credential`.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn credential_id(self, user_id: &str) -> String {
        self.account(user_id).credential.clone()
    }

    /// Returns the ids of the credentials of all accounts that a user has connected, the oldest first.
    pub fn credential_ids(self, user_id: &str) -> Vec<String> {
        self.shared.paragon().accounts(user_id).iter().map(|account| account.credential.clone()).collect()
    }

    /// Returns the id at X of a user's first connected account.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn x_user_id(self, user_id: &str) -> String {
        self.account(user_id).user.to_string()
    }

    /// Returns the access token of X for a user's first connected account, for calls to X's listener as that user. In reality Paragon keeps it. It is
    /// good as long as the account is connected and its credential valid, or until [`Fault::expired_token`](crate::Fault::expired_token) has hit it.
    ///
    /// # Panics
    ///
    /// If that user has connected none: a mistake in the test that asks.
    #[track_caller]
    pub fn access_token(self, user_id: &str) -> String {
        self.account(user_id).access_token()
    }

    /// Sets the status of credentials. Calls through a credential that is not valid are answered 403 with code `7003` by the proxy.
    ///
    /// # Panics
    ///
    /// If there is no such account: a mistake in the test that asks.
    #[track_caller]
    pub fn set_credential_status(self, whose: &str, status: CredentialStatus) {
        let changed = self.shared.paragon().change(whose, |account| account.status = status);
        assert!(changed > 0, "{whose} has no connected account in this emulator");
    }

    /// Sets the scopes that the user has granted for accounts, for example `tweet.read`; all others are withdrawn.
    ///
    /// # Panics
    ///
    /// If there is no such account: a mistake in the test that asks.
    #[track_caller]
    pub fn set_scopes<S: Into<String>>(self, whose: &str, scopes: impl IntoIterator<Item = S>) {
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
    pub fn add_configuration(self, credential_id: &str) -> String {
        let added = self.shared.paragon().add_configuration(credential_id);
        // Panics for the test author, as an assertion would; the lock is released by now.
        added.unwrap_or_else(|| panic!("{credential_id} is no credential in this emulator"))
    }

    /// Returns the metadata of a user.
    pub fn user_meta(self, user_id: &str) -> Map<String, Value> {
        self.shared.paragon().users.get(user_id).map(|user| user.meta.clone()).unwrap_or_default()
    }

    /// Expires all tokens of a user that were signed so far: the next request with one is answered 401, and a new one is accepted.
    ///
    /// A JWT says in which second it was issued, and no more. So of tokens that your own code has signed within the very second of this call the next
    /// one to arrive is refused, unless an older one was refused before it, and those after it are taken to be new.
    pub fn expire_tokens(self, user_id: &str) {
        self.shared.expire_tokens(user_id);
    }

    /// Puts Paragon's clock forward, by which user tokens expire. A token that [`Emulator::user_token`](crate::Emulator::user_token) signs is fresh by
    /// that clock; a token that your own code signs is as old as the clocks are apart. X's clock is [`XHandle::advance`](crate::XHandle::advance).
    pub fn advance(self, by: Duration) {
        self.shared.paragon().advance(by);
    }

    /// Returns the App Events received so far, the oldest first; of very many the last thousand.
    pub fn events(self) -> Vec<AppEvent> {
        self.shared.paragon().events.clone()
    }

    /// Sets the response of a workflow with a Request trigger. Any other workflow answers 200 without a body.
    ///
    /// ```
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// emulator.paragon().workflow("b0a5", |run| serde_json::json!({ "received": run.json() }));
    /// emulator.paragon().workflow("c1b6", |_| http::StatusCode::NO_CONTENT);
    /// # Ok(())
    /// # }
    /// ```
    pub fn workflow<R: Into<Response>>(self, workflow_id: &str, respond: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static) {
        let respond = Arc::new(move |request: &RecordedRequest| respond(request).into());
        self.shared.paragon().workflows.insert(workflow_id.to_owned(), respond);
    }

    /// Returns the runs of workflows so far, the oldest first; of very many the last thousand.
    pub fn workflow_runs(self) -> Vec<WorkflowRun> {
        self.shared.paragon().runs.clone()
    }

    /// Returns the ids of the workflows that are turned on for accounts, in any configuration, each once and sorted.
    pub fn enabled_workflows(self, whose: &str) -> Vec<String> {
        let paragon = self.shared.paragon();
        let configurations = paragon.accounts_of(whose).flat_map(|account| &account.configurations);
        let mut workflows: Vec<String> = configurations.flat_map(|configuration| configuration.workflows.iter().cloned()).collect();
        workflows.sort_unstable();
        workflows.dedup();
        workflows
    }

    /// Adds a route of an integration, which is taken to be connected: `slack`, for example. `{name}` in the path stands for any one segment.
    /// `twitter` is X: see [`XHandle::route`](crate::XHandle::route).
    ///
    /// ```
    /// # use http::Method;
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// emulator.paragon().route("slack", Method::POST, "/chat.postMessage", |_| serde_json::json!({ "ok": true }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the path does not begin with `/`: a mistake in the test that asks.
    #[track_caller]
    pub fn route<R: Into<Response>>(
        self,
        integration: &str,
        method: Method,
        path: &str,
        respond: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static,
    ) {
        let added = self.shared.routes().add(integration, method, path, Arc::new(move |request| respond(request).into()));
        // Panics for the test author, as an assertion would; the lock is released by now.
        added.unwrap_or_else(|mistake| panic!("{mistake}"));
    }

    #[track_caller]
    fn account(self, user_id: &str) -> Arc<Account> {
        let account = self.shared.paragon().accounts(user_id).first().cloned();
        // Panics for the test author, as an assertion would; the lock is released by now.
        account.unwrap_or_else(|| panic!("{user_id} has no connected account in this emulator"))
    }
}
