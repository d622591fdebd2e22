//! Paragon user tokens: where they come from, and how long one is used.

mod key;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use crate::wire::error::{Error, Result};
use crate::wire::secret::Secret;

pub(crate) use key::SigningKey;

/// How long a signed token is valid, in seconds.
const LIFETIME: i64 = 3600;
/// How long before its end a token is replaced, in seconds, so that none expires on the way. Less for tokens that live only minutes.
const MARGIN: i64 = 300;
/// For how many users a token is kept.
const CACHED_USERS: usize = 10_000;

/// A clock; tests turn it by hand.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A source of tokens that was configured as a function.
pub(crate) type Callback = Arc<dyn Fn(String) -> Asking + Send + Sync>;
type Asking = Pin<Box<dyn Future<Output = std::result::Result<String, Box<dyn StdError + Send + Sync>>> + Send>>;

/// Where user tokens come from.
pub(crate) enum Source {
    /// Nowhere: the client calls X with an app-only token alone.
    Absent,
    /// One token, made elsewhere for one user.
    Supplied(Secret),
    /// Signed here.
    Signed(SigningKey),
    /// Asked for.
    Asked(Callback),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "no user tokens",
            Self::Supplied(_) => "one user token",
            Self::Signed(_) => "a signing key",
            Self::Asked(_) => "a source of user tokens",
        })
    }
}

/// A token that is kept, and how long it is used.
#[derive(Clone)]
struct Kept {
    token: Secret,
    /// Seconds since the epoch.
    until: i64,
}

/// One user's place in the cache. Whoever holds the lock makes the token; the others wait for it and do not make one of their own.
type Place = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// The user tokens of one client.
pub(crate) struct Tokens {
    project: String,
    source: Source,
    clock: Clock,
    kept: Mutex<HashMap<String, Place>>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl Tokens {
    /// Tokens for the users of a project.
    pub(crate) fn new(project: String, source: Source, clock: Clock) -> Result<Self> {
        if let Source::Supplied(token) = &source {
            if token.expose().split('.').filter(|part| !part.is_empty()).count() != 3 {
                return Err(Error::config(
                    "the user token is not a JWT: give the token that your server signs for the user, three parts with dots between",
                ));
            }
            Claims::read(token).map_or(Ok(()), |claims| claims.check_project(&project))?;
        }
        Ok(Self { project, source, clock, kept: Mutex::default() })
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    fn now(&self) -> i64 {
        (self.clock)().as_second()
    }

    /// A token for a user that is valid for a while.
    pub(crate) async fn get(&self, user: &str) -> Result<Secret> {
        Ok(self.find(user).await?.0)
    }

    /// The same, and whether it was there already: if it is refused, a new one may not be.
    pub(crate) async fn find(&self, user: &str) -> Result<(Secret, bool)> {
        match &self.source {
            Source::Absent => Err(Error::request("this call is made as a connected user, and the client has no way to get user tokens")
                .with_advice("Build it with `signing_key_pem`, `user_token` or `user_token_source`")),
            Source::Supplied(token) => {
                let expiry = Claims::read(token).and_then(|claims| claims.expiry);
                match expiry.filter(|expiry| *expiry <= self.now()) {
                    Some(expiry) => Err(expired(expiry, self.now()).with_advice("Sign a new one and build the client with it")),
                    None => Ok((token.clone(), false)),
                }
            }
            Source::Signed(_) | Source::Asked(_) if user.is_empty() => {
                Err(Error::request("the user id is empty: give the id that the user has in your own product"))
            }
            Source::Signed(_) | Source::Asked(_) => {
                let place = self.place(user);
                let mut place = place.lock().await;
                if let Some(token) = self.usable(&place) {
                    return Ok((token, true));
                }
                let (token, until) = self.make(user).await?;
                *place = until.map(|until| Kept { token: token.clone(), until });
                Ok((token, false))
            }
        }
    }

    /// Makes a token, and tells until when it is to be used if it is worth keeping.
    async fn make(&self, user: &str) -> Result<(Secret, Option<i64>)> {
        let callback = match &self.source {
            Source::Asked(callback) => callback,
            Source::Signed(key) => {
                let now = self.now();
                return Ok((key.sign(user, &self.project, now, now + LIFETIME)?, Some(now + LIFETIME - MARGIN)));
            }
            Source::Absent | Source::Supplied(_) => return Err(Error::token("this client makes no user tokens")),
        };
        let text = callback(user.to_owned()).await.map_err(|error| Error::token("the source of user tokens failed").with_source(error))?;
        let token = Secret::bearer(&text, "user token from the source of user tokens").map_err(Error::token)?;
        let now = self.now();
        // A token that cannot be read may still be good: that is for Paragon to judge, and it is not kept.
        let Some(expiry) = Claims::read(&token).and_then(|claims| claims.expiry) else { return Ok((token, None)) };
        if expiry <= now {
            return Err(expired(expiry, now).with_advice("The source of user tokens has to give one that is still valid"));
        }
        Ok((token, Some(expiry - MARGIN.min((expiry - now) / 10))))
    }

    fn usable(&self, place: &Option<Kept>) -> Option<Secret> {
        place.as_ref().filter(|kept| self.now() < kept.until).map(|kept| kept.token.clone())
    }

    /// No longer keeps a token that was not accepted. It waits for whoever is getting a new one.
    pub(crate) async fn forget(&self, user: &str, token: &Secret) {
        let place = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(user).cloned();
        let Some(place) = place else { return };
        let mut kept = place.lock().await;
        if kept.as_ref().is_some_and(|kept| kept.token == *token) {
            *kept = None;
        }
    }

    fn place(&self, user: &str) -> Place {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.get(user) {
            return place.clone();
        }
        if kept.len() >= CACHED_USERS {
            // A place that is locked is in use. A call that has just taken its place out of the map keeps it alive by itself.
            kept.retain(|_, place| place.try_lock().map_or(true, |place| self.usable(&place).is_some()));
        }
        if kept.len() >= CACHED_USERS {
            // All are fresh. Any half may go: each costs one signature or one question to get back.
            let mut keep = false;
            kept.retain(|_, _| {
                keep = !keep;
                keep
            });
        }
        kept.entry(user.to_owned()).or_default().clone()
    }
}

fn expired(expiry: i64, now: i64) -> Error {
    let show = |second| Timestamp::from_second(second).map_or_else(|_| "a time long ago".to_owned(), |time| time.to_string());
    Error::expired_token(format!("the user token expired at {}; it is {} by the clock of this machine", show(expiry), show(now)))
}

/// Claims of a token. Nobody has checked its signature, so they serve only to refuse early.
struct Claims {
    expiry: Option<i64>,
    audience: Option<String>,
}

impl Claims {
    fn read(token: &Secret) -> Option<Self> {
        let mut parts = token.expose().split('.');
        let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let json = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
        let claims: Value = serde_json::from_slice(&json).ok()?;
        let expiry = claims.get("exp").and_then(|exp| exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64)));
        Some(Self { expiry, audience: claims.get("aud").and_then(Value::as_str).map(str::to_owned) })
    }

    /// Refuses a token that was plainly made for another project.
    fn check_project(&self, project: &str) -> Result<()> {
        match self.audience.as_deref().and_then(|audience| audience.strip_prefix("useparagon.com/")) {
            Some(other) if other != project => Err(Error::config(format!(
                "the user token was made for project {other:?} and the client is built for {project:?}: one of the two is not the right one"
            ))),
            _ => Ok(()),
        }
    }
}
