//! How a product tests its own code: against the emulator, without an account, without cost, and with what goes wrong.
//!
//! In a product, `main` would be a `#[tokio::test]` and the emulator a dev-dependency.

use std::error::Error;

use paragon_twitter::{Method, Paragon, Twitter};
use paragon_twitter_emulator::{Emulator, Fault};

/// The product's own code: says good morning, and takes a 429 for a good reason not to.
async fn good_morning(twitter: &Twitter) -> paragon_twitter::Result<bool> {
    match twitter.posts().create().text("Good morning!").await {
        Ok(_) => Ok(true),
        Err(error) if error.is_rate_limited() => Ok(false),
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::builder().account("user-42", "Ada", "ada").start().await?;
    let paragon = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem())?.proxy_url(emulator.url()).build()?;
    let twitter = paragon.user("user-42").twitter();

    emulator.faults().add(Fault::status(429).on(Method::POST, "/2/tweets").times(1));
    assert!(!good_morning(&twitter).await?);
    assert!(good_morning(&twitter).await?);
    let me = twitter.users().me().await?.data;
    assert_eq!(twitter.users().posts(me.id).await?.data[0].text, "Good morning!");
    assert_eq!(emulator.requests().len(), 4);
    println!("The first post was refused, the second one is there.");
    Ok(())
}
