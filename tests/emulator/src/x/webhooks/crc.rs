//! The check that a webhook is the app's: it has to know the consumer secret.

use std::iter::repeat_with;
use std::time::Duration;

use serde_json::Value;

use super::outgoing::{Target, sign};

/// How long a webhook may take to answer.
const DEADLINE: Duration = Duration::from_secs(3);

/// How many characters of an answer are repeated.
const REPEATED: usize = 100;

/// Something that nobody can have the answer to beforehand.
fn random() -> String {
    repeat_with(fastrand::alphanumeric).take(32).collect()
}

/// The beginning of a text that may be very long.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Checks a webhook, or returns its fault. A webhook out of reach passes.
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
            "answers the CRC check with the response_token {}, which is not `sha256=` and the base64 of HMAC-SHA256 of the crc_token, \
             with the consumer secret as the key",
            shortened(given)
        )),
        None => Err("answers the CRC check with JSON that has no text named response_token".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use paragon_twitter_test_support::{Reply, Server};
    use tokio::time::{Instant, timeout};

    use super::check;

    #[tokio::test(start_paused = true)]
    async fn a_webhook_that_takes_the_check_and_does_not_answer_has_failed_after_three_seconds() {
        let silent = Server::always(Reply::silence());
        let url = silent.url();
        let started = Instant::now();
        let checked = timeout(Duration::from_secs(60), check(&url, "secret"));
        let (checked, ()) = tokio::join!(checked, silent.received(1, |request| request.path.starts_with("/?crc_token=")));
        assert_eq!(checked.expect("a deadline"), Err("has not answered in 3 seconds".to_owned()));
        assert_eq!(started.elapsed().as_secs(), 3);
    }
}
