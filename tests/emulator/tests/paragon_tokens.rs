//! When a user token holds: by Paragon's clock, until a test lets it expire, and in spite of being remembered.

mod support;

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use paragon_twitter_emulator::Emulator;
use reqwest::Client;
use serde_json::{Value, json};
use support::{Answer, proxy, send, start};

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A token that the emulator has not signed itself.
fn sign(emulator: &Emulator, change: impl FnOnce(&mut Value)) -> String {
    let aud = format!("useparagon.com/{}", emulator.project_id());
    let mut claims = json!({ "sub": "user-42", "aud": aud, "iat": now(), "exp": now() + 600 });
    change(&mut claims);
    let key = EncodingKey::from_rsa_pem(emulator.signing_key_pem().as_bytes()).expect("a key");
    encode(&Header::new(Algorithm::RS256), &claims, &key).expect("a token")
}

async fn me(emulator: &Emulator, token: &str) -> Answer {
    send(Client::new().get(format!("{}/2/users/me", proxy(emulator))).bearer_auth(token)).await
}

#[tokio::test]
async fn a_token_that_is_not_valid_yet_is_told_from_one_that_has_expired() {
    let emulator = start().await;
    let early = sign(&emulator, |claims| claims["nbf"] = json!(now() + 60));
    assert!(me(&emulator, &early).await.paragon(401).contains("not valid yet"));
    emulator.paragon().advance(Duration::from_secs(61));
    me(&emulator, &early).await.ok();
    emulator.paragon().advance(Duration::from_secs(600));
    assert!(me(&emulator, &early).await.paragon(401).contains("has expired"));
}

#[tokio::test]
async fn claims_must_have_the_right_types() {
    let emulator = start().await;
    for (name, value) in [("sub", json!("")), ("sub", json!(1)), ("exp", json!("soon")), ("iat", json!("now")), ("nbf", json!("now"))] {
        let token = sign(&emulator, |claims| claims[name] = value.clone());
        me(&emulator, &token).await.paragon(401);
    }
    let token = sign(&emulator, |claims| claims["exp"] = json!(now() as f64 + 60.5));
    me(&emulator, &token).await.ok();
    let token = sign(&emulator, |claims| claims["aud"] = json!(["else", claims["aud"]]));
    me(&emulator, &token).await.ok();
}

#[tokio::test]
async fn a_token_that_was_accepted_once_expires_by_paragons_clock() {
    let emulator = start().await;
    let token = emulator.user_token("user-42");
    me(&emulator, &token).await.ok();
    emulator.x().advance(Duration::from_secs(2 * 60 * 60));
    me(&emulator, &token).await.ok();
    emulator.paragon().advance(Duration::from_secs(60 * 60));
    assert!(me(&emulator, &token).await.paragon(401).contains("has expired"));
    me(&emulator, &emulator.user_token("user-42")).await.ok();
}

#[tokio::test]
async fn a_token_that_resembles_an_accepted_one_is_verified_for_itself() {
    let emulator = start().await;
    let token = emulator.user_token("user-42");
    me(&emulator, &token).await.ok();
    let (rest, signature) = token.rsplit_once('.').expect("dots");
    let swapped: String = signature.chars().rev().collect();
    assert_ne!(swapped, signature);
    me(&emulator, &format!("{rest}.{swapped}")).await.paragon(401);
    assert!(me(&emulator, &format!("{rest}.")).await.paragon(401).contains("signature"));
}

#[tokio::test]
async fn tokens_can_be_let_expire_in_the_middle_of_a_run() {
    let emulator = start().await;
    emulator.paragon().connect("other", "Grace Hopper", "grace");
    let (old, unused) = (emulator.user_token("user-42"), emulator.user_token("user-42"));
    let other = emulator.user_token("other");
    me(&emulator, &old).await.ok();

    for _ in 0..2 {
        emulator.paragon().expire_tokens("user-42");
        let new = emulator.user_token("user-42");
        for _ in 0..2 {
            for token in [&old, &unused] {
                assert!(me(&emulator, token).await.paragon(401).contains("has expired"));
            }
            me(&emulator, &new).await.ok();
        }
    }
    me(&emulator, &other).await.ok();
}

#[tokio::test]
async fn a_client_that_signs_again_at_once_is_let_in_again() {
    for age in [60, 1, 0] {
        let emulator = start().await;
        let old = sign(&emulator, |claims| claims["iat"] = json!(now() - age));
        me(&emulator, &old).await.ok();
        emulator.paragon().expire_tokens("user-42");
        assert!(me(&emulator, &old).await.paragon(401).contains("has expired"));
        let new = sign(&emulator, |_| ());
        for _ in 0..2 {
            me(&emulator, &new).await.ok();
        }
        if age > 0 {
            assert!(me(&emulator, &old).await.paragon(401).contains("has expired"));
        }
    }
}
