//! Declared operations, over real sockets: each form of the attribute, and the requests that arrive.
#![warn(clippy::pedantic)]

mod answers;
mod arguments;
mod bodies;
mod clients;
mod facts;
mod pages_and_streams;
pub mod signatures;
mod the_same_as_generated;

use std::fmt::Display;
use std::time::Duration;

use paragon_twitter::request::{BodyField, Client, RequestFuture};
use paragon_twitter::types::{Post, PostField, User, UserField, UserId};
use paragon_twitter::{
    Bytes, Error, Events, Integration, Items, Method, Pages, Paragon, ParagonUser, Reply, Result, StatusCode, Twitter, Value,
    paragon_request,
};
use paragon_twitter_emulator::{DEFAULT_USER_ID, Emulator, RecordedRequest};
use serde::{Deserialize, Serialize};
use serde_json::json;

async fn start() -> (Emulator, Twitter) {
    let emulator = Emulator::start().await.expect("a loopback port");
    let twitter = paragon(&emulator).user(DEFAULT_USER_ID).twitter();
    (emulator, twitter)
}

fn paragon(emulator: &Emulator) -> Paragon {
    let builder = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem()).expect("the emulator's key");
    let builder = builder.bearer_token(emulator.bearer_token()).proxy_url(emulator.url()).x_url(emulator.x_url());
    builder.build().expect("a client")
}

/// The request that arrived last.
fn last(emulator: &Emulator) -> RecordedRequest {
    emulator.requests().pop().expect("a request")
}

/// The path and query that X sees.
fn target(request: &RecordedRequest) -> &str {
    request.path.split_once("/sdk/proxy/").map_or(request.path.as_str(), |(_, target)| target)
}

/// Everything of a request that a server can see, but for the token, which is signed anew for each client.
fn seen(request: &RecordedRequest) -> (Method, String, Vec<(String, String)>, Vec<u8>) {
    let mut headers: Vec<_> = request.headers.iter().map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    headers.retain(|(name, _)| name != "authorization");
    headers.sort();
    (request.method.clone(), request.path.clone(), headers, request.body.to_vec())
}

/// A circle, as serde reads it.
#[derive(Debug, PartialEq, Deserialize)]
struct Circle {
    id: String,
    #[serde(default)]
    members: Vec<String>,
}

/// An identifier of one's own.
#[derive(Debug, Clone, Serialize)]
struct CircleId(String);

impl Display for CircleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Serialize)]
struct NewCircle {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
}

fn new_circle() -> NewCircle {
    NewCircle { name: "a & b".to_owned(), about: None }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Newest,
}

#[derive(Debug, Serialize)]
struct Filter {
    since: Option<&'static str>,
    until: Option<&'static str>,
    #[serde(rename = "kind")]
    kinds: Vec<&'static str>,
    strict: bool,
    order: Order,
}

/// Names of the standard library and of the client that mean something else.
mod shadowed {
    #![no_implicit_prelude]
    #![allow(dead_code, reason = "they are there to be in the way")]

    mod std {}
    mod core {}
    mod serde {}
    mod paragon_twitter {}
    struct Result;
    struct Option;
    struct Some;
    struct None;
    struct Ok;
    struct String;
    struct Vec;
    struct Declared;
    struct Arg;
    struct Returned;
    struct RequestFuture;
    trait Client {}
    trait Display {}

    #[::paragon_twitter::paragon_request(GET, "/2/{draft}/{call}", scopes = ["a"], page = "p")]
    pub(super) async fn shadowed(
        twitter: &::paragon_twitter::Twitter,
        draft: &str,
        call: &str,
        #[query] endpoint: ::core::option::Option<u8>,
        #[query] list: &[u8],
        #[header] client: char,
    ) -> ::paragon_twitter::Result<::paragon_twitter::Reply<::std::vec::Vec<u8>>>;
}

#[tokio::test]
async fn names_of_the_user_s_are_not_in_the_way() {
    let (emulator, twitter) = start().await;
    let _ = shadowed::shadowed(&twitter, "a", "b", Some(1), &[2], 'c').await;
    assert_eq!(target(&last(&emulator)), "twitter/2/a/b?endpoint=1&list=2");
}
