//! Texts that must not be shown.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

/// A credential. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Arc<str>);

impl Secret {
    pub(crate) fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// Reads a bearer token as it was configured; the error calls it by the name given.
    pub(crate) fn bearer(text: &str, what: &str) -> Result<Self, String> {
        let text = text.trim();
        let text = match text.strip_prefix("Bearer") {
            Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => rest.trim_start(),
            _ => text,
        };
        if text.is_empty() {
            return Err(format!("the {what} is empty: is the environment variable or file that it comes from set?"));
        }
        if text.starts_with("-----BEGIN") {
            return Err(format!("the {what} is a key in PEM form, and not a token: give it to `signing_key_pem`"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("the {what} holds a character that no token has, such as a line break or a space"));
        }
        Ok(Self::new(text))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Blots the credential out of a text: a page of an intermediary may repeat the request.
    pub(crate) fn redact(&self, text: Bytes) -> Bytes {
        let needle = self.0.as_bytes();
        let find = |from: &[u8]| from.windows(needle.len()).position(|window| window == needle);
        let Some(mut at) = find(&text) else { return text };
        let mut clean = BytesMut::new();
        let mut rest = &text[..];
        loop {
            clean.extend_from_slice(&rest[..at]);
            clean.extend_from_slice(b"[redacted]");
            rest = &rest[at + needle.len()..];
            match find(rest) {
                Some(next) => at = next,
                None => break,
            }
        }
        clean.extend_from_slice(rest);
        clean.freeze()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
