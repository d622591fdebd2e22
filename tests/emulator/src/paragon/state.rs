//! Paragon's state of a project: its users, the accounts they have connected, and the events and runs they have sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::INTEGRATION;
use super::events::{AppEvent, WorkflowRun};
use super::token::{Verified, expired};
use crate::extra::Respond;
use crate::problem::ParagonError;
use crate::state::UserId;

const CREDENTIAL: &str = "x-paragon-credential";
const CONFIGURATION: &str = "x-paragon-configuration-id";

/// The status of a connected account, which decides whether Paragon can act through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum CredentialStatus {
    /// It can.
    Valid,
    /// X no longer takes Paragon's token: the user has to reconnect.
    Invalid,
    /// The user has begun to connect the account and has not finished.
    Pending,
}

impl CredentialStatus {
    /// Returns the spelling on the wire, `VALID` and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Invalid => "INVALID",
            Self::Pending => "PENDING",
        }
    }
}

/// An account of X that a user of Paragon has connected.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) credential: String,
    /// Who it is at X.
    pub(crate) user: UserId,
    pub(crate) username: String,
    pub(crate) status: CredentialStatus,
    /// The scopes that the user has granted.
    pub(crate) scopes: Arc<[String]>,
    /// How often X has renewed the access token.
    renewals: u32,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    /// Never empty; the first is the default one.
    pub(crate) configurations: Vec<Configuration>,
}

/// One set of settings of a connected account.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    pub(crate) id: String,
    /// The workflows that were turned on.
    pub(crate) workflows: BTreeSet<String>,
}

/// Prefix of all access tokens.
const ACCESS_TOKEN: &str = "emulator-access-token-";

/// The credential that an access token is for.
fn credential_in(access_token: &str) -> Option<&str> {
    access_token.strip_prefix(ACCESS_TOKEN)?.rsplit_once('-').map(|(credential, _)| credential)
}

impl Account {
    /// The OAuth 2.0 access token that X has given Paragon to act for the user.
    pub(crate) fn access_token(&self) -> String {
        format!("{ACCESS_TOKEN}{}-{}", self.credential, self.renewals)
    }
}

impl Configuration {
    fn new(credential: &str, number: usize) -> Self {
        // The credential's own number is at the end of its id.
        let tail = credential.rsplit('-').next().unwrap_or_default();
        Self { id: format!("5e77109f-{:04}-4000-8000-{tail}", number % 10_000), workflows: BTreeSet::new() }
    }
}

/// A Connected User.
#[derive(Debug)]
pub(crate) struct User {
    pub(super) persona: String,
    pub(crate) meta: Map<String, Value>,
    /// The oldest first. Shared, because each call of the proxy takes one along.
    pub(crate) accounts: Vec<Arc<Account>>,
    expired: Option<Expired>,
}

/// Which tokens of a user were declared expired.
#[derive(Debug)]
struct Expired {
    /// The emulator's own: those with a smaller serial number.
    serial: u64,
    /// Those signed elsewhere: those issued before this second.
    second: i64,
    /// Of those issued within that second nobody can tell which are older. If nothing was refused yet, the next one is taken to be; later ones are not.
    next: bool,
}

/// An account that was chosen by the headers of a request.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) account: Arc<Account>,
    /// The place of the configuration in the account.
    pub(super) configuration: usize,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) events: Vec<AppEvent>,
    pub(crate) runs: Vec<WorkflowRun>,
    pub(crate) workflows: HashMap<String, Arc<Respond>>,
    credentials: u64,
    advanced: Duration,
}

impl State {
    /// Paragon's clock: the real time and the time that a test has added.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.advanced).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    pub(crate) fn now_in_seconds(&self) -> i64 {
        self.now().as_second()
    }

    pub(super) fn user(&mut self, id: &str) -> &mut User {
        let number = self.users.len() + 1;
        self.users.entry(id.to_owned()).or_insert_with(|| User {
            persona: format!("9e45044a-0000-4000-8000-{number:012}"),
            meta: Map::new(),
            accounts: Vec::new(),
            expired: None,
        })
    }

    /// Connects an account and tells its credential.
    pub(crate) fn connect(&mut self, user: &str, x_user: UserId, username: &str, scopes: Arc<[String]>) -> String {
        self.credentials += 1;
        let credential = format!("c7ede271-0000-4000-8000-{:012}", self.credentials);
        let now = self.now();
        let account = Account {
            credential: credential.clone(),
            user: x_user,
            username: username.to_owned(),
            status: CredentialStatus::Valid,
            scopes,
            renewals: 0,
            created: now,
            updated: now,
            configurations: vec![Configuration::new(&credential, 0)],
        };
        self.user(user).accounts.push(Arc::new(account));
        credential
    }

    /// The connected accounts of a user, the oldest first.
    pub(crate) fn accounts(&self, user: &str) -> &[Arc<Account>] {
        self.users.get(user).map_or(&[], |user| &user.accounts)
    }

    /// The account that X knows an access token for.
    pub(crate) fn account_with(&self, access_token: &str) -> Option<Arc<Account>> {
        let credential = credential_in(access_token)?;
        let mut accounts = self.users.values().flat_map(|user| &user.accounts);
        let account = accounts.find(|account| account.credential == credential)?;
        (account.status == CredentialStatus::Valid && account.access_token() == access_token).then(|| Arc::clone(account))
    }

    /// Lets an access token expire. Paragon has the next one at once.
    pub(crate) fn renew(&mut self, access_token: &str) {
        let Some(credential) = credential_in(access_token) else { return };
        self.change(credential, |account| account.renewals += u32::from(account.access_token() == access_token));
    }

    /// All accounts of a user, or the one with a credential.
    pub(crate) fn accounts_of(&self, whose: &str) -> impl Iterator<Item = &Account> {
        let accounts = self.users.iter().flat_map(|(user, known)| known.accounts.iter().map(move |account| (user, &**account)));
        accounts.filter(move |(user, account)| *user == whose || account.credential == whose).map(|(_, account)| account)
    }

    /// Changes all accounts of a user, or the one with a credential, and tells how many those were.
    pub(crate) fn change(&mut self, whose: &str, mut change: impl FnMut(&mut Account)) -> usize {
        let now = self.now();
        let mut changed = 0;
        for (user, known) in &mut self.users {
            for account in known.accounts.iter_mut().filter(|account| user == whose || account.credential == whose) {
                let account = Arc::make_mut(account);
                change(account);
                account.updated = now;
                changed += 1;
            }
        }
        changed
    }

    /// Disconnects all accounts of a user, or the one with a credential.
    pub(crate) fn disconnect(&mut self, whose: &str) {
        for (user, known) in &mut self.users {
            known.accounts.retain(|account| user != whose && account.credential != whose);
        }
    }

    /// Adds a configuration to an account, and tells its id.
    pub(crate) fn add_configuration(&mut self, credential: &str) -> Option<String> {
        let mut id = None;
        self.change(credential, |account| {
            let configuration = Configuration::new(&account.credential, account.configurations.len());
            id = Some(configuration.id.clone());
            account.configurations.push(configuration);
        });
        id
    }

    /// Declares all tokens of a user expired that were signed so far; `serial` is the number that the emulator's next one will have.
    pub(crate) fn expire_tokens(&mut self, user: &str, serial: u64) {
        let second = self.now_in_seconds();
        self.user(user).expired = Some(Expired { serial, second, next: true });
    }

    /// Refuses a verified token that is not accepted now.
    pub(super) fn admit(&mut self, token: &Verified) -> Result<(), ParagonError> {
        token.check(self.now().as_millisecond() as f64 / 1000.0)?;
        let Some(limit) = self.users.get_mut(&*token.user).and_then(|user| user.expired.as_mut()) else { return Ok(()) };
        let issued = token.issued.floor();
        let is_expired = match token.serial {
            Some(serial) => serial < limit.serial,
            None if issued == limit.second as f64 => std::mem::take(&mut limit.next),
            None if issued < limit.second as f64 => {
                // This was the next token: tokens that its sender signs now are new.
                limit.next = false;
                true
            }
            None => false,
        };
        if is_expired { Err(expired()) } else { Ok(()) }
    }

    /// The account that the headers ask for, or else the user's first; `None` if the user has none and asks for none.
    pub(super) fn choose(&self, user: &str, headers: &HeaderMap) -> Result<Option<Chosen>, ParagonError> {
        let accounts = self.accounts(user);
        let (credential, configuration) = (headers.get(CREDENTIAL), headers.get(CONFIGURATION));
        let account = match credential {
            None if configuration.is_some() => {
                let message = "The header X-Paragon-Configuration-Id goes together with X-Paragon-Credential only.";
                return Err(ParagonError::invalid_request(message));
            }
            None => accounts.first(),
            Some(wanted) => {
                let found = accounts.iter().find(|account| account.credential.as_bytes() == wanted.as_bytes());
                Some(found.ok_or_else(|| ParagonError::credential("The user has no such credential."))?)
            }
        };
        let Some(account) = account else { return Ok(None) };
        let configuration = match configuration {
            None => 0,
            Some(wanted) => account
                .configurations
                .iter()
                .position(|configuration| configuration.id.as_bytes() == wanted.as_bytes())
                .ok_or_else(|| ParagonError::invalid_request("The credential has no such configuration."))?,
        };
        Ok(Some(Chosen { account: Arc::clone(account), configuration }))
    }

    /// The account to act through, which must be there.
    pub(super) fn choose_connected(&self, user: &str, headers: &HeaderMap) -> Result<Chosen, ParagonError> {
        let chosen = self.choose(user, headers)?;
        chosen.ok_or_else(|| ParagonError::credential(format!("The user has not connected an account of {INTEGRATION}.")))
    }

    /// The account to act through, which Paragon must be able to act through.
    pub(super) fn choose_valid(&self, user: &str, headers: &HeaderMap) -> Result<Arc<Account>, ParagonError> {
        let account = self.choose_connected(user, headers)?.account;
        match account.status {
            CredentialStatus::Valid => Ok(account),
            CredentialStatus::Invalid => {
                Err(ParagonError::credential("The status of the credential is INVALID: the user has to connect the account again."))
            }
            CredentialStatus::Pending => {
                Err(ParagonError::credential("The status of the credential is PENDING: the user has not finished connecting the account."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::State;

    #[test]
    fn ids_are_unique() {
        let mut state = State::default();
        let credential = state.connect("u", 1, "ada", Arc::new([]));
        state.connect("u", 2, "grace", Arc::new([]));
        state.add_configuration(&credential);
        let mut ids: Vec<&str> = state.accounts("u").iter().map(|account| account.credential.as_str()).collect();
        ids.extend(state.accounts("u").iter().flat_map(|account| &account.configurations).map(|configuration| configuration.id.as_str()));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((count, ids.len()), (5, 5));
    }
}
