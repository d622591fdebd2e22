//! The private key that user tokens are signed with.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use crate::wire::error::{Error, Result};
use crate::wire::secret::Secret;

const WHERE: &str = "the Signing Key that Paragon's dashboard showed once, under Settings > SDK Setup";

/// An RSA private key.
pub(crate) struct SigningKey(EncodingKey);

impl SigningKey {
    /// Reads a key in PEM form, PKCS#1 or PKCS#8, as files and environment variables hold it.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(pem).map_err(|_| {
            refuse("is not text. If it is a key in DER form, turn it into PEM: `openssl pkey -inform DER -in key.der -out key.pem`")
        })?;
        let key = EncodingKey::from_rsa_pem(normalize(text)?.as_bytes())
            .map_err(|_| refuse("has the outer form of a private key, but there is no RSA key inside; a part may be missing or damaged"))?;
        let key = Self(key);
        // The content is looked at only when something is signed, and that would be in the first call.
        key.signature(b"").map_err(|_| refuse("is not an RSA key that can sign; a part may be missing or damaged"))?;
        Ok(key)
    }

    /// Signs a token for a user of a project. Times are in seconds since the epoch.
    pub(super) fn sign(&self, user: &str, project: &str, issued: i64, expiry: i64) -> Result<Secret> {
        let header = json!({"alg": "RS256", "typ": "JWT"});
        let claims = json!({"sub": user, "aud": format!("useparagon.com/{project}"), "iat": issued, "exp": expiry});
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = self.signature(message.as_bytes()).map_err(|_| Error::token("the user token could not be signed"))?;
        Ok(Secret::new(&format!("{message}.{}", encode(&signature))))
    }

    /// The provider is named, since `jsonwebtoken::encode` panics when another crate of the program has switched a second one on.
    fn signature(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
        let signer = (DEFAULT_PROVIDER.signer_factory)(&Algorithm::RS256, &self.0)?;
        Ok(signer.try_sign(message)?)
    }
}

fn refuse(what: &str) -> Error {
    Error::config(format!("the signing key {what}"))
}

/// Brings a key into the form that the parser takes: real line breaks, nothing around. No error holds any of the text.
fn normalize(text: &str) -> Result<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(refuse(&format!("is empty. Give {WHERE}; is the environment variable that it comes from set?")));
    }
    // Backslashes are in no PEM: in environment variables the two characters `\n` stand for a line break.
    let text = text.replace("\\r", "").replace("\\n", "\n").replace('\\', "");
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));

    let mut other = None;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = after.split_once("-----") else { break };
        if !matches!(label, "PRIVATE KEY" | "RSA PRIVATE KEY") {
            other = other.or(Some(label));
            rest = body;
            continue;
        }
        let Some((body, _)) = body.split_once(&format!("-----END {label}-----")) else {
            return Err(refuse(
                "is cut off: it has no END line. In a file of environment variables, put it in quotes with \\n for each line break",
            ));
        };
        return rewrap(label, body);
    }
    Err(match other {
        Some("PUBLIC KEY" | "RSA PUBLIC KEY") => refuse(&format!("is a public key. Paragon has that one; give the private one, {WHERE}")),
        Some("CERTIFICATE") => refuse(&format!("is a certificate. Give the private key, {WHERE}")),
        Some("ENCRYPTED PRIVATE KEY") => refuse(ENCRYPTED),
        Some("EC PRIVATE KEY") => refuse(&format!("is for elliptic curves, and Paragon's are RSA keys. Give {WHERE}")),
        Some("OPENSSH PRIVATE KEY") => refuse(&format!("is a key for SSH. Give {WHERE}")),
        Some(_) => refuse(&format!("is PEM, but not of a private key. Give {WHERE}")),
        None if text.starts_with("LS0tLS1CRUdJTi") => refuse("is the base64 form of a PEM file: decode it first"),
        None if text.starts_with("eyJ") => refuse("is a token, and not a key: give it to `user_token`"),
        None if text.len() < 200 && text.ends_with(".pem") => refuse("is the name of a file: give what is in it"),
        None => refuse(&format!("is not PEM: it has no line `-----BEGIN PRIVATE KEY-----`. Give {WHERE}, with its first and last line")),
    })
}

const ENCRYPTED: &str = "is encrypted with a pass phrase: decrypt it first, `openssl pkey -in key.pem -out plain.pem`";

/// One PEM block with lines of the usual length, in place of its own line breaks.
fn rewrap(label: &str, body: &str) -> Result<String> {
    if body.contains("ENCRYPTED") {
        return Err(refuse(ENCRYPTED));
    }
    let content: String = body.split_whitespace().map(Cow::Borrowed).collect();
    if !content.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')) {
        return Err(refuse("is damaged: between its first and last line there are characters that do not belong there"));
    }
    let mut pem = format!("-----BEGIN {label}-----\n");
    let mut rest = content.as_str();
    while !rest.is_empty() {
        // All ASCII, so any position is a boundary.
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    Ok(pem)
}
