//! Endpoints that are in no description, declared by a signature: one of X, and one of another integration of the same Paragon project.
//!
//! It runs on an emulator that is told to answer them.

use emulator::Emulator;
use serde_json::json;
use twitter_api::types::{Post, PostField};
use twitter_api::{Method, Paragon, ParagonUser, Reply, Result, Twitter, Value, paragon_request};

/// Posts liked by everyone in a circle (beta).
#[paragon_request(GET, "/2/circles/{circle_id}/liked", scopes = ["like.read"])]
async fn circle_likes(
    twitter: &Twitter,
    circle_id: &str,
    #[query] max_results: Option<u32>,
    #[query(rename = "post.fields", csv)] fields: &[PostField],
) -> Result<Reply<Vec<Post>>>;

/// Posts a message to a channel of Slack.
#[paragon_request(POST, "/chat.postMessage", integration = "slack")]
async fn post_message(user: &ParagonUser, #[body] message: &Value) -> Result<Value>;

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    emulator.route("twitter", Method::GET, "/2/circles/{id}/liked", |_| json!({"data": [{"id": "1", "text": "Hello circle!"}]}));
    emulator.route("slack", Method::POST, "/chat.postMessage", |_| json!({"ok": true, "ts": "1.2"}));

    let paragon = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem())?.proxy_url(emulator.url()).build()?;
    let user = paragon.user(emulator::DEFAULT_USER_ID);

    let liked = circle_likes(&user.twitter(), "12", Some(10), &[PostField::CreatedAt]).await?;
    println!("{} post liked by the circle: {:?}", liked.data.len(), liked.data[0].text);

    let message = post_message(&user, &json!({"channel": "general", "text": "Somebody liked something"})).await?;
    println!("Slack says ok: {}", message["ok"]);
    Ok(())
}
