//! Who am I, my posts, post "Hello World!": the calls of Paragon's own Twitter example, typed.
//!
//! With `PARAGON_PROJECT_ID` and `PARAGON_SIGNING_KEY` (or `PARAGON_USER_TOKEN`) in the environment it acts as the connected user
//! `PARAGON_USER_ID` on the real X, where it publishes a post. Without, it acts on an emulator that it starts itself.

use std::error::Error;
use std::process::ExitCode;

use paragon_twitter::types::{Post, PostField, UserField};
use paragon_twitter::{Paragon, Timestamp};
use paragon_twitter_emulator::Emulator;

const PROJECT: &str = "PARAGON_PROJECT_ID";
const KEY: &str = "PARAGON_SIGNING_KEY";
const TOKEN: &str = "PARAGON_USER_TOKEN";
const USER: &str = "PARAGON_USER_ID";

/// A variable of the environment; an empty one counts as not set.
fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Finds out where to talk to, and as whom. The emulator runs as long as it is held.
async fn connect() -> Result<(Paragon, String, Option<Emulator>), Box<dyn Error>> {
    if let Some(project) = var(PROJECT) {
        let builder = Paragon::builder(project);
        let paragon = match (var(TOKEN), var(KEY)) {
            (Some(token), _) => builder.user_token(token).build()?,
            (None, Some(key)) => builder.signing_key_pem(key)?.build()?,
            (None, None) => return Err(format!("{PROJECT} is set, so set {KEY} or {TOKEN} as well").into()),
        };
        let user = var(USER).unwrap_or_else(|| "user-42".to_owned());
        println!("Talking to Paragon, project {}, as {user}.", paragon.project_id());
        return Ok((paragon, user, None));
    }
    if let Some(name) = [KEY, TOKEN, USER].into_iter().find(|name| var(name).is_some()) {
        return Err(format!("{name} is set, but {PROJECT} is not: set it as well, or none of them for the emulator").into());
    }
    let emulator = Emulator::start().await?;
    println!("{PROJECT} is not set, so this talks to an emulator of Paragon and X at {}.", emulator.url());
    for number in 1..=12 {
        emulator.x().post(paragon_twitter_emulator::DEFAULT_USER_ID, &format!("Note {number} of the day"));
    }
    let paragon = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem())?.proxy_url(emulator.url()).build()?;
    Ok((paragon, paragon_twitter_emulator::DEFAULT_USER_ID.to_owned(), Some(emulator)))
}

fn print_posts(posts: &[Post]) {
    for post in posts {
        let at = post.created_at.map(|at| at.to_string()).unwrap_or_default();
        println!("  {}  {at}  {}", post.id, post.text.replace('\n', " "));
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (paragon, user, emulator) = connect().await?;
    let twitter = paragon.user(user).twitter();

    println!("\nWho am I?                     GET /2/users/me");
    let me = twitter.users().me().user_fields([UserField::CreatedAt]).await?.data;
    println!("  {} (@{}), id {}", me.name, me.username, me.id);

    println!("\nMy posts, newest first.       GET /2/users/{{id}}/tweets");
    let mut pages = twitter.users().posts(&me.id).max_results(10).post_fields([PostField::CreatedAt]).pages();
    if let Some(page) = pages.next().await {
        print_posts(&page?.data);
    }
    if let Some(page) = pages.next().await {
        println!("One more page.");
        print_posts(&page?.data);
    }

    println!("\nA new post.                   POST /2/tweets");
    // X refuses a text that was posted just before, so a second run against the real service needs another.
    let text = if emulator.is_some() { "Hello World!".to_owned() } else { format!("Hello World! It is {}.", Timestamp::now()) };
    let created = twitter.posts().create().text(text).await?.data;
    println!("  created {}", created.id);

    println!("\nThe same post, looked up.     GET /2/tweets/{{id}}");
    let reply = twitter.posts().get(&created.id).await?;
    println!("  {} says {:?}", reply.data.id, reply.data.text);
    if let Some(limit) = reply.rate_limit() {
        println!("  {} of {} such calls are left until {}", limit.remaining, limit.limit, limit.reset);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
