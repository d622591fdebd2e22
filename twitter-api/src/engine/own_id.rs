//! Own ids: the ids of the accounts that calls are made as, which some operations want in their path.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::wire::error::{Error, Result};

/// How many ids are kept.
const MOST: usize = 10_000;

/// A connected user, and the credential if one was chosen.
pub(super) type Account = (Arc<str>, Option<String>);

/// The own ids that were found, shared by all handles of a client.
#[derive(Debug, Default)]
pub(crate) struct OwnIds(Mutex<HashMap<Account, Arc<Place>>>);

/// One account's place. Whoever holds the lock looks the id up; the others wait for its end.
#[derive(Debug, Default)]
struct Place {
    /// How many look-ups have failed.
    failed: AtomicU64,
    last: tokio::sync::Mutex<Option<LookUp>>,
}

#[derive(Debug)]
enum LookUp {
    Found(Arc<str>),
    Failed(Error),
}

impl OwnIds {
    /// Returns the id of an account: the kept id, or else the outcome of one look-up for all who ask at the same time. The second part tells
    /// whether it was kept, for all but the caller whose look-up it is.
    pub(super) async fn get(&self, account: &Account, look_up: impl Future<Output = Result<String>>) -> Result<(Arc<str>, bool)> {
        let place = self.place(account);
        let failed = place.failed.load(Ordering::SeqCst);
        let mut last = place.last.lock().await;
        match &*last {
            Some(LookUp::Found(id)) => return Ok((id.clone(), true)),
            // It failed while this call waited for it.
            Some(LookUp::Failed(error)) if place.failed.load(Ordering::SeqCst) != failed => return Err(error.duplicate()),
            _ => {}
        }
        match look_up.await {
            Ok(id) => {
                let id: Arc<str> = id.into();
                *last = Some(LookUp::Found(id.clone()));
                Ok((id, false))
            }
            // The time of those who wait may not be up.
            Err(error) if error.is_timeout() => Err(error),
            Err(error) => {
                *last = Some(LookUp::Failed(error.duplicate()));
                place.failed.fetch_add(1, Ordering::SeqCst);
                Err(error)
            }
        }
    }

    /// No longer keeps the id of an account: another one may be connected next.
    pub(super) fn forget(&self, account: &Account) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }

    fn place(&self, account: &Account) -> Arc<Place> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(account) {
            return place.clone();
        }
        if places.len() >= MOST {
            // Any half may go: a lost id costs a call. The waiting calls keep alive an id that is being looked up.
            let mut keep = false;
            places.retain(|_, _| {
                keep = !keep;
                keep
            });
        }
        places.entry(account.clone()).or_default().clone()
    }
}
