//! Operations that are in no description, declared by their signature: some of X in beta, and one of another integration.
//!
//! None of them exists, so this runs against an emulator that is told what to answer.

use paragon_twitter::types::{Post, PostField};
use paragon_twitter::{Integration, Items, Method, Paragon, Reply, StatusCode, Twitter, paragon_request};
use paragon_twitter_emulator::{DEFAULT_USER_ID, Emulator};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Serialize)]
struct NewCircle {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Circle {
    id: String,
    name: String,
}

/// Makes a circle (beta).
#[paragon_request(POST, "/2/circles", scopes = ["circle.write"])]
async fn create_circle(twitter: &Twitter, #[body] circle: &NewCircle) -> paragon_twitter::Result<Reply<Circle>>;

/// Circles as methods of the client.
trait Circles: AsRef<Twitter> {
    /// The circles of the user.
    fn circles(&self) -> CircleGroup<'_> {
        CircleGroup(self.as_ref())
    }
}

impl Circles for Twitter {}

struct CircleGroup<'t>(&'t Twitter);

impl CircleGroup<'_> {
    /// Posts liked by everyone in a circle (beta).
    #[paragon_request(GET, "/2/circles/{id}/liked", client = self.0, name = "circles.likes", page = "pagination_token")]
    fn likes(
        &self,
        id: &str,
        /// How many on a page.
        #[query]
        max_results: Option<u32>,
        #[query("post.fields", csv)] fields: &[PostField],
        #[header("x-beta")] beta: bool,
    ) -> Items<Post>;
}

#[derive(Serialize)]
struct Message<'a> {
    channel: &'a str,
    text: &'a str,
}

#[derive(Debug, Deserialize)]
struct Posted {
    ok: bool,
}

/// Says something in Slack, with the account that the same user has connected there.
#[paragon_request(POST, "/chat.postMessage", integration = "slack")]
async fn post_message(slack: &Integration, #[body] message: &Message<'_>) -> paragon_twitter::Result<Posted>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    tell(&emulator);
    let paragon = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem())?.proxy_url(emulator.url()).build()?;
    let user = paragon.user(DEFAULT_USER_ID);
    let twitter = user.twitter();

    let circle = create_circle(&twitter, &NewCircle { name: "Analysts".to_owned() }).await?;
    println!("{}: {} has the id {}", circle.status, circle.data.name, circle.data.id);

    let mut likes = twitter.circles().likes(&circle.data.id, Some(1), &[PostField::CreatedAt], true);
    while let Some(post) = likes.next().await {
        println!("liked by all: {}", post?.text);
    }

    let message = Message { channel: "C1", text: "They like it." };
    let posted = post_message(&user.integration("slack"), &message).with_header("x-trace", "1").await?;
    println!("told Slack: {}", posted.ok);

    println!("\nwhat arrived:");
    for request in emulator.requests() {
        println!("{} {} {}", request.method, request.path, String::from_utf8_lossy(&request.body));
    }
    Ok(())
}

/// Gives the emulator the routes that it does not have.
fn tell(emulator: &Emulator) {
    emulator.x().route(Method::POST, "/2/circles", |request| {
        let name = request.json().map(|body| body["name"].clone());
        (StatusCode::CREATED, json!({"data": {"id": "12", "name": name}}))
    });
    emulator.x().route(Method::GET, "/2/circles/{id}/liked", |request| {
        if request.path.contains("pagination_token=") {
            json!({"data": [{"id": "2", "text": "the second"}], "meta": {}})
        } else {
            json!({"data": [{"id": "1", "text": "the first"}], "meta": {"next_token": "more"}})
        }
    });
    emulator.paragon().route("slack", Method::POST, "/chat.postMessage", |_| json!({"ok": true}));
}
