//! The check that a webhook is the app's: it has to know the consumer secret.

use std::iter::repeat_with;
use std::time::Duration;

use serde_json::Value;

use super::call::{Target, sign};

/// How long a webhook may take to answer.
const DEADLINE: Duration = Duration::from_secs(3);

/// Something that nobody can have the answer to beforehand.
fn random() -> String {
    repeat_with(fastrand::alphanumeric).take(32).collect()
}

/// Checks a webhook, or says what is wrong about it. What is out of reach passes.
pub(super) async fn check(url: &str, secret: &str) -> Result<(), String> {
    let Some(target) = Target::of(url) else { return Ok(()) };
    let token = random();
    let (status, body) = target.get(&format!("crc_token={token}&nonce={}", random()), DEADLINE).await?;
    if !status.is_success() {
        return Err(format!("answers the CRC check with status {}, which is not 2xx", status.as_u16()));
    }
    let body: Value =
        serde_json::from_slice(&body).map_err(|error| format!("answers the CRC check with something that is not JSON: {error}"))?;
    let expected = sign(secret, token.as_bytes());
    match body["response_token"].as_str() {
        Some(given) if given == expected => Ok(()),
        Some(given) => Err(format!(
            "answers the CRC check with the response_token {given}, which is not `sha256=` and the base64 of HMAC-SHA256 of the crc_token, \
             with the consumer secret as the key"
        )),
        None => Err("answers the CRC check with JSON that has no text named response_token".to_owned()),
    }
}
