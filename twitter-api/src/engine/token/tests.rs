use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::json;

use super::*;
use crate::wire::error::ErrorKind;

// Made for these tests; nothing else accepts them.
const PKCS8: &str = include_str!("keys/signing.pem");
const PKCS1: &str = include_str!("keys/signing-pkcs1.pem");
const PUBLIC: &str = include_str!("keys/public.pem");
const CURVE: &str = include_str!("keys/curve.pem");
const START: i64 = 1_795_000_000;

/// A clock that is turned by hand.
fn clock() -> (Arc<AtomicI64>, Clock) {
    let second = Arc::new(AtomicI64::new(START));
    let shown = second.clone();
    (second, Arc::new(move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap()))
}

fn verify(token: &str) -> Value {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_audience(&["useparagon.com/project"]);
    jsonwebtoken::decode::<Value>(token, &DecodingKey::from_rsa_pem(PUBLIC.as_bytes()).unwrap(), &validation).unwrap().claims
}

fn signed(clock: Clock) -> Tokens {
    let key = SigningKey::from_pem(PKCS8.as_bytes()).unwrap();
    Tokens::new("project".into(), Source::Signed(key), clock).unwrap()
}

/// A token with claims, which nobody has signed.
fn unsigned(claims: &Value) -> String {
    format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn supplied(token: &str) -> Result<Tokens> {
    Tokens::new("project".into(), Source::Supplied(Secret::bearer(token, "user token").map_err(Error::config)?), clock().1)
}

fn asked<F>(clock: Clock, answer: F) -> (Arc<AtomicUsize>, Tokens)
where
    F: Fn(usize, String) -> std::result::Result<String, Box<dyn StdError + Send + Sync>> + Send + Sync + 'static,
{
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let answer = Arc::new(answer);
    let callback: Callback = Arc::new(move |user| {
        let count = count.fetch_add(1, Ordering::SeqCst);
        let answer = answer.clone();
        Box::pin(async move {
            tokio::task::yield_now().await;
            answer(count, user)
        })
    });
    (asked, Tokens::new("project".into(), Source::Asked(callback), clock).unwrap())
}

#[tokio::test]
async fn a_signed_token_has_paragon_s_claims_and_a_signature_that_the_public_key_verifies() {
    let token = signed(clock().1).get("user-42").await.unwrap();
    assert_eq!(verify(token.expose()), json!({"sub": "user-42", "aud": "useparagon.com/project", "iat": START, "exp": START + 3600}));
}

#[test]
fn a_key_is_read_in_every_form_that_files_and_environments_give_it() {
    for pem in [PKCS8, PKCS1] {
        let one_line = pem.replace('\n', "\\n");
        for text in [
            pem.to_owned(),
            one_line.clone(),
            format!("\"{one_line}\""),
            format!(" '{}' ", pem.trim()),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', "\\r\\n"),
            pem.replace('\n', "\\\\n"),
            pem.replace('\n', " "),
            format!("\u{feff}{pem}"),
            format!("{CERTIFICATE}{pem}"),
        ] {
            let token = SigningKey::from_pem(text.as_bytes()).unwrap().sign("u", "project", START, START + 1).unwrap();
            assert_eq!(verify(token.expose())["sub"], "u");
        }
    }
}

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

#[test]
fn what_is_no_signing_key_is_named_and_none_of_it_is_shown() {
    let body = PKCS8.lines().nth(1).unwrap();
    let cases = [
        (String::new(), "is empty"),
        ("  \n".to_owned(), "is empty"),
        (PUBLIC.to_owned(), "is a public key"),
        (PUBLIC.replace('\n', "\\n"), "is a public key"),
        (CERTIFICATE.to_owned(), "is a certificate"),
        (CURVE.to_owned(), "no RSA key inside"),
        (PKCS8.replace("PRIVATE", "EC PRIVATE"), "elliptic curves"),
        (PKCS8.replace("PRIVATE", "ENCRYPTED PRIVATE"), "openssl pkey"),
        (PKCS1.replacen('\n', "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1), "openssl pkey"),
        (PKCS8.replace("PRIVATE", "OPENSSH PRIVATE"), "SSH"),
        (PKCS8.replace("PRIVATE", "PGP"), "not of a private key"),
        (PKCS8.split("-----END").next().unwrap().to_owned(), "cut off"),
        (PKCS8.lines().take(1).collect(), "cut off"),
        (PKCS8.replacen(body, &format!("{}*", &body[1..]), 1), "characters that do not belong"),
        (PKCS8.replacen(body, "", 1), "damaged"),
        (PKCS1.replace("RSA ", ""), "damaged"),
        (PKCS8.replace("PRIVATE", "RSA PRIVATE"), "damaged"),
        (PKCS8.lines().skip(1).collect(), "it has no line `-----BEGIN"),
        (body.to_owned(), "it has no line `-----BEGIN"),
        (base64::engine::general_purpose::STANDARD.encode(PKCS8), "decode it first"),
        (unsigned(&json!({})), "user_token"),
        ("keys/signing.pem".to_owned(), "name of a file"),
    ];
    for (text, expected) in cases {
        let Err(error) = SigningKey::from_pem(text.as_bytes()) else { panic!("accepted, not {expected}") };
        assert_eq!(error.kind(), ErrorKind::Config);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(expected), "{expected}: {shown}");
        let fragments = text.lines().filter(|line| line.len() > 40 && !line.starts_with("-----"));
        for fragment in fragments {
            assert!(!shown.contains(&fragment[8..40]), "{shown}");
        }
    }
    assert!(SigningKey::from_pem(&[0x30, 0x82, 0xff]).err().unwrap().to_string().contains("DER"));
}

#[test]
fn no_damage_to_a_key_makes_reading_it_panic() {
    let body: String = PKCS1.lines().filter(|line| !line.starts_with('-')).collect();
    let read =
        |body: &str| SigningKey::from_pem(format!("-----BEGIN RSA PRIVATE KEY-----{body}-----END RSA PRIVATE KEY-----").as_bytes()).is_ok();
    assert!(read(&body));
    for length in (0..body.len()).step_by(4) {
        assert!(!read(&body[..length]), "{length}");
        let mut damaged = body.clone();
        damaged.replace_range(length..length + 1, if body[length..].starts_with('/') { "A" } else { "/" });
        assert!(!read(&damaged), "{length}");
    }
    for length in 0..64 {
        assert!(!read(&"/".repeat(length)) && !read(&"MIIE".repeat(length)), "{length}");
    }
}

#[tokio::test]
async fn a_signed_token_is_kept_for_each_user_until_shortly_before_its_end() {
    let (second, clock) = clock();
    let tokens = signed(clock);
    let first = tokens.get("a").await.unwrap();
    assert_ne!(tokens.get("b").await.unwrap(), first);
    second.fetch_add(3600 - 301, Ordering::SeqCst);
    assert_eq!(tokens.get("a").await.unwrap(), first);
    second.fetch_add(1, Ordering::SeqCst);
    let renewed = tokens.get("a").await.unwrap();
    assert_ne!(renewed, first);
    assert_eq!(verify(renewed.expose())["iat"], START + 3600 - 300);
}

#[tokio::test]
async fn a_refused_token_is_no_longer_kept_but_its_successor_is() {
    let (second, clock) = clock();
    let tokens = signed(clock);
    let first = tokens.get("a").await.unwrap();
    tokens.forget("a", &first).await;
    second.fetch_add(1, Ordering::SeqCst);
    let renewed = tokens.get("a").await.unwrap();
    assert_ne!(renewed, first);
    tokens.forget("a", &first).await;
    second.fetch_add(1, Ordering::SeqCst);
    assert_eq!(tokens.get("a").await.unwrap(), renewed);
}

#[tokio::test]
async fn a_refused_token_is_forgotten_also_while_another_call_looks_at_it() {
    let (_, clock) = clock();
    let tokens = signed(clock);
    let first = tokens.get("a").await.unwrap();
    let place = tokens.place("a");
    let looking = place.lock().await;
    let mut forgotten = std::pin::pin!(tokens.forget("a", &first));
    assert!(forgotten.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
    drop(looking);
    forgotten.await;
    assert!(place.lock().await.is_none());
}

#[tokio::test]
async fn the_users_that_tokens_are_kept_for_are_bounded() {
    let (second, clock) = clock();
    let (_, tokens) = asked(clock, |_, _| Ok(unsigned(&json!({"exp": START + 100}))));
    for user in 0..CACHED_USERS {
        tokens.get(&user.to_string()).await.unwrap();
    }
    tokens.get("one more").await.unwrap();
    let count = || tokens.kept.lock().unwrap().len();
    assert_eq!(count(), CACHED_USERS / 2 + 1, "all were fresh");
    for user in 0..CACHED_USERS / 2 - 1 {
        tokens.get(&format!("again {user}")).await.unwrap();
    }
    assert_eq!(count(), CACHED_USERS);
    second.fetch_add(95, Ordering::SeqCst);
    tokens.get("much later").await.unwrap();
    assert_eq!(count(), 1, "what has expired goes first");
}

#[tokio::test]
async fn an_empty_user_id_is_refused() {
    let error = signed(clock().1).get("").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
}

#[tokio::test]
async fn a_supplied_token_is_used_as_it_is_for_any_user() {
    let token = unsigned(&json!({"sub": "u", "exp": START + 1, "aud": "useparagon.com/project"}));
    for text in [token.clone(), format!("Bearer {token}"), format!(" {token}\n")] {
        assert_eq!(supplied(&text).unwrap().get("").await.unwrap().expose(), token);
    }
    let without_expiry = unsigned(&json!({}));
    for token in [without_expiry.as_str(), "a.b.c"] {
        assert_eq!(supplied(token).unwrap().get("").await.unwrap().expose(), token, "what cannot be read is for Paragon to judge");
    }
}

#[tokio::test]
async fn an_expired_supplied_token_is_noticed_before_anything_is_sent() {
    let token = unsigned(&json!({"exp": START - 60}));
    let error = supplied(&token).unwrap().get("u").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    assert!(error.needs_new_token() && error.is_unsent());
    assert_eq!(
        error.to_string(),
        "the user token expired at 2026-11-18T11:05:40Z; it is 2026-11-18T11:06:40Z by the clock of this machine. Sign a new one and build \
         the client with it"
    );
}

#[test]
fn what_is_no_user_token_is_refused_and_not_shown() {
    let other = unsigned(&json!({"aud": "useparagon.com/another"}));
    for (text, expected) in [
        ("", "is empty"),
        ("Bearer ", "is empty"),
        (PKCS8, "signing_key_pem"),
        ("two words", "line break or a space"),
        ("no-jwt-at-all", "not a JWT"),
        ("a..c", "not a JWT"),
        ("a.b.c.d.e", "not a JWT"),
        (other.as_str(), "made for project \"another\""),
    ] {
        let error = supplied(text).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(expected), "{error}");
        assert!(text.is_empty() || !format!("{error:?}").contains(text), "{error:?}");
    }
}

#[tokio::test]
async fn a_source_is_asked_once_for_as_long_as_its_token_lasts() {
    let (second, clock) = clock();
    let (count, tokens) = asked(clock, |n, user| Ok(unsigned(&json!({"sub": user, "n": n, "exp": START + 1000 * (n as i64 + 1)}))));
    let first = tokens.get("a").await.unwrap();
    assert_eq!(Claims::read(&first).unwrap().expiry, Some(START + 1000));
    second.fetch_add(899, Ordering::SeqCst);
    assert_eq!(tokens.get("a").await.unwrap(), first, "a tenth of its life is left when it is replaced");
    second.fetch_add(1, Ordering::SeqCst);
    assert_ne!(tokens.get("a").await.unwrap(), first);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn calls_at_once_ask_the_source_once_per_user() {
    let (count, tokens) = asked(clock().1, |_, user| Ok(unsigned(&json!({"sub": user, "exp": START + 1000}))));
    let (a, b, c) = tokio::join!(tokens.get("a"), tokens.get("a"), tokens.get("b"));
    assert_eq!(a.unwrap(), b.unwrap());
    c.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_whose_expiry_cannot_be_read_is_used_once() {
    let (count, tokens) = asked(clock().1, |_, _| Ok("opaque".to_owned()));
    assert_eq!(tokens.get("a").await.unwrap().expose(), "opaque");
    tokens.get("a").await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_source_that_fails_or_gives_nothing_usable_is_a_token_error() {
    let (_, failing) = asked(clock().1, |_, _| Err("vault is sealed".into()));
    let error = failing.get("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    assert!(!error.needs_new_token());
    // The cause is told once in the chain.
    assert_eq!(error.to_string(), "the source of user tokens failed");
    assert_eq!(std::error::Error::source(&error).map(ToString::to_string).as_deref(), Some("vault is sealed"));
    assert_eq!(StdError::source(&error).unwrap().to_string(), "vault is sealed");

    let (_, empty) = asked(clock().1, |_, _| Ok(String::new()));
    assert!(empty.get("a").await.unwrap_err().to_string().contains("is empty"));

    let (_, stale) = asked(clock().1, |_, _| Ok(unsigned(&json!({"exp": START}))));
    let error = stale.get("a").await.unwrap_err();
    assert!(error.needs_new_token() && error.to_string().contains("expired"), "{error}");
}

#[tokio::test]
async fn without_a_source_calls_as_a_user_are_refused() {
    let tokens = Tokens::new("project".into(), Source::Absent, clock().1).unwrap();
    let error = tokens.get("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().contains("user_token_source"));
}

#[tokio::test]
async fn nothing_shows_a_token_or_a_key() {
    let tokens = signed(clock().1);
    let token = tokens.get("a").await.unwrap();
    assert_eq!(format!("{token:?}"), "[redacted]");
    assert_eq!(format!("{tokens:?}"), "a signing key");
}
