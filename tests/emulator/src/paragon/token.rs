//! User tokens: how a developer's server signs them, and how Paragon verifies them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, Serializer};

use crate::problem::ParagonError;
use crate::shared::lock;

/// How long a fresh token is good for, in seconds.
const TOKEN_LIFE: i64 = 60 * 60;

/// How many verified tokens are remembered: one for each user who is active at a time.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    /// JWT counts seconds in numbers that may have a fraction.
    #[serde(serialize_with = "whole")]
    iat: f64,
    #[serde(serialize_with = "whole")]
    exp: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<f64>,
    /// Tells apart the tokens that the emulator itself signs within one second.
    #[serde(rename = "emulator:serial", default, skip_serializing_if = "Option::is_none")]
    serial: Option<u64>,
}

/// Not every library reads `1.0` as a number of seconds.
fn whole<S: Serializer>(seconds: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(*seconds as i64)
}

/// `aud` is read by the library alone.
#[derive(Serialize)]
struct Signed<'a> {
    aud: &'a str,
    #[serde(flatten)]
    claims: Claims,
}

/// The claims of a token whose signature and audience are right. Its times are checked at each request.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    pub(super) user: Arc<str>,
    pub(super) issued: f64,
    expires: f64,
    not_before: Option<f64>,
    pub(super) serial: Option<u64>,
}

impl Verified {
    /// Refuses the token if it does not hold at a time, in seconds.
    pub(super) fn check(&self, now: f64) -> Result<(), ParagonError> {
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return Err(ParagonError::unauthorized("The user token is not valid yet: its `nbf` lies in the future."));
        }
        if self.expires <= now { Err(expired()) } else { Ok(()) }
    }
}

pub(super) fn expired() -> ParagonError {
    ParagonError::unauthorized("The user token has expired.")
}

/// The user tokens of a project. The private half of its Signing Key belongs to the developer, the public half to Paragon.
pub(crate) struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    audience: String,
    validation: Validation,
    signed: AtomicU64,
    /// To verify a signature costs more than all the rest of a request.
    verified: Mutex<HashMap<String, Verified>>,
}

impl Tokens {
    pub(crate) const PRIVATE_PEM: &str = include_str!("../../keys/signing-key.pem");
    const PUBLIC_PEM: &str = include_str!("../../keys/signing-key.pub.pem");

    pub(crate) fn new(project_id: &str) -> jsonwebtoken::errors::Result<Self> {
        let audience = format!("useparagon.com/{project_id}");
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[&audience]);
        validation.set_required_spec_claims(&["sub", "aud", "exp"]);
        // Both are checked by Paragon's clock, which a test may move.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self {
            signing: EncodingKey::from_rsa_pem(Self::PRIVATE_PEM.as_bytes())?,
            verifying: DecodingKey::from_rsa_pem(Self::PUBLIC_PEM.as_bytes())?,
            audience,
            validation,
            signed: AtomicU64::new(0),
            verified: Mutex::default(),
        })
    }

    /// A token for a user, as the developer's server would sign it at a time.
    pub(crate) fn sign(&self, user_id: &str, now: i64) -> jsonwebtoken::errors::Result<String> {
        // Seconds of this millennium are exact in an `f64`.
        let (iat, exp) = (now as f64, (now + TOKEN_LIFE) as f64);
        let serial = Some(self.signed.fetch_add(1, Ordering::Relaxed));
        let claims = Claims { sub: user_id.to_owned(), iat, exp, nbf: None, serial };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &Signed { aud: &self.audience, claims }, &self.signing)
    }

    /// How many tokens were signed here: all later ones have at least this serial number.
    pub(crate) fn signed(&self) -> u64 {
        self.signed.load(Ordering::Relaxed)
    }

    /// The claims of a token, if it was signed with the project's key for this project.
    pub(super) fn verify(&self, token: &str) -> Result<Verified, ParagonError> {
        if let Some(verified) = lock(&self.verified).get(token) {
            return Ok(verified.clone());
        }
        let verified = self.decode(token)?;
        let mut remembered = lock(&self.verified);
        if remembered.len() >= REMEMBERED {
            // Which ones go does not matter: to verify again is slow, and nothing else.
            remembered.clear();
        }
        remembered.insert(token.to_owned(), verified.clone());
        Ok(verified)
    }

    fn decode(&self, token: &str) -> Result<Verified, ParagonError> {
        // An algorithm that the library does not know, `none` above all, is no mistake in the claims.
        if jsonwebtoken::decode_header(token).is_err_and(|error| matches!(error.kind(), ErrorKind::Json(error) if error.is_data())) {
            return Err(ParagonError::unauthorized(NOT_RS256));
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation)
            .map_err(|error| ParagonError::unauthorized(reason(&error)))?
            .claims;
        if claims.sub.is_empty() {
            return Err(ParagonError::unauthorized("The user token has no valid claim `sub`."));
        }
        Ok(Verified { user: claims.sub.into(), issued: claims.iat, expires: claims.exp, not_before: claims.nbf, serial: claims.serial })
    }
}

const NOT_RS256: &str = "The user token is not signed with RS256.";

fn reason(error: &Error) -> String {
    match error.kind() {
        ErrorKind::InvalidAudience => "The user token was not made for this project: wrong audience.".to_owned(),
        ErrorKind::InvalidSignature => "The signature of the user token does not match the project's signing key.".to_owned(),
        ErrorKind::InvalidAlgorithm => NOT_RS256.to_owned(),
        ErrorKind::MissingRequiredClaim(claim) => format!("The user token has no valid claim `{claim}`."),
        // Signed by the right key and yet not the claims that Paragon documents.
        ErrorKind::Json(error) if error.is_data() => format!("The claims of the user token are not valid: {error}."),
        _ => "The user token is not a well-formed JWT.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::{NOT_RS256, REMEMBERED, Tokens, lock};

    #[test]
    fn a_token_is_verified_once_and_its_times_are_checked_each_time() {
        let tokens = Tokens::new("p").expect("the committed keys");
        let token = tokens.sign("u", 1000).expect("a token");
        let first = tokens.verify(&token).expect("verified");
        assert_eq!(lock(&tokens.verified).len(), 1);
        let again = tokens.verify(&token).expect("verified");
        assert_eq!(lock(&tokens.verified).len(), 1);
        assert!(std::sync::Arc::ptr_eq(&first.user, &again.user), "the second answer comes from the first");
        assert!(again.check(4599.9).is_ok());
        assert!(again.check(4600.0).is_err());
    }

    #[test]
    fn a_token_without_an_algorithm_is_told_from_one_with_wrong_claims() {
        let tokens = Tokens::new("p").expect("the committed keys");
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"ES256K"}"#] {
            let parts = [header, r#"{"sub":"u"}"#].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
            let refused = tokens.verify(&format!("{}.{}.", parts[0], parts[1])).expect_err("refused");
            assert!(format!("{refused:?}").contains(NOT_RS256), "{refused:?}");
        }
    }

    #[test]
    fn refused_tokens_are_not_remembered_and_the_number_of_others_is_bounded() {
        let tokens = Tokens::new("p").expect("the committed keys");
        let foreign = Tokens::new("q").expect("the committed keys").sign("u", 1000).expect("a token");
        assert!(tokens.verify(&foreign).is_err());
        assert!(lock(&tokens.verified).is_empty());

        let token = tokens.sign("u", 1000).expect("a token");
        let verified = tokens.verify(&token).expect("verified");
        lock(&tokens.verified).extend((0..REMEMBERED).map(|number| (number.to_string(), verified.clone())));
        tokens.verify(&tokens.sign("v", 1000).expect("a token")).expect("verified");
        assert_eq!(lock(&tokens.verified).len(), 1);
    }
}
