//! Who am I, my posts, post "Hello World!": the calls of Paragon's own Twitter example, typed.
//!
//! With `PARAGON_PROJECT_ID` and `PARAGON_SIGNING_KEY` (or `PARAGON_USER_TOKEN`) in the environment it acts as the connected user
//! `PARAGON_USER_ID` on the real X, where it publishes a post. Without, it acts on an emulator that it starts itself.

use std::env::var;

use emulator::Emulator;
use twitter_api::types::{Post, PostField, UserField};
use twitter_api::{Paragon, Reply, Timestamp};

/// Finds out where to talk to, and as whom. The emulator runs as long as it is held.
async fn connect() -> Result<(Paragon, String, Option<Emulator>), Box<dyn std::error::Error>> {
    let user = var("PARAGON_USER_ID").unwrap_or_else(|_| "user-42".to_owned());
    if let Ok(project) = var("PARAGON_PROJECT_ID") {
        let builder = Paragon::builder(project);
        let paragon = match (var("PARAGON_USER_TOKEN"), var("PARAGON_SIGNING_KEY")) {
            (Ok(token), _) => builder.user_token(token).build()?,
            (_, Ok(key)) => builder.signing_key_pem(key)?.build()?,
            _ => return Err("PARAGON_PROJECT_ID is set, so set PARAGON_SIGNING_KEY or PARAGON_USER_TOKEN as well".into()),
        };
        println!("Talking to Paragon, project {}, as {user}.", paragon.project_id());
        return Ok((paragon, user, None));
    }
    let emulator = Emulator::start().await?;
    println!("PARAGON_PROJECT_ID is not set, so this talks to an emulator of Paragon and X at {}.", emulator.url());
    for number in 1..=12 {
        emulator.post(emulator::DEFAULT_USER_ID, &format!("Note {number} of the day"));
    }
    let paragon = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem())?.proxy_url(emulator.url()).build()?;
    Ok((paragon, emulator::DEFAULT_USER_ID.to_owned(), Some(emulator)))
}

fn print_posts(page: &Reply<Vec<Post>>) {
    for post in &page.data {
        let at = post.created_at.map(|at| at.to_string()).unwrap_or_default();
        println!("  {}  {at}  {}", post.id, post.text.replace('\n', " "));
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (paragon, user, emulator) = connect().await?;
    let twitter = paragon.user(user).twitter();

    println!("\nWho am I?                     GET /2/users/me");
    let me = twitter.users().me().user_fields([UserField::CreatedAt]).await?.data;
    println!("  {} (@{}), id {}", me.name, me.username, me.id);

    println!("\nMy posts, newest first.       GET /2/users/{{id}}/tweets");
    let page = twitter.users().posts(&me.id).max_results(10).post_fields([PostField::CreatedAt]).await?;
    print_posts(&page);
    if let Some(token) = &page.meta.next_token {
        println!("One more page.");
        let page = twitter.users().posts(&me.id).max_results(10).post_fields([PostField::CreatedAt]).pagination_token(token).await?;
        print_posts(&page);
    }

    println!("\nA new post.                   POST /2/tweets");
    // X refuses a text that was posted just before, so a second run against the real service needs another.
    let text = if emulator.is_some() { "Hello World!".to_owned() } else { format!("Hello World! It is {}.", Timestamp::now()) };
    let created = twitter.posts().create().text(text).await?.data;
    println!("  created {}", created.id);

    println!("\nThe same post, looked up.     GET /2/tweets/{{id}}");
    let reply = twitter.posts().get(&created.id).post_fields([PostField::CreatedAt]).await?;
    println!("  {} says {:?}", reply.data.id, reply.data.text);
    if let Some(limit) = reply.rate_limit() {
        println!("  {} of {} such calls are left until {}", limit.remaining, limit.limit, limit.reset);
    }
    Ok(())
}
