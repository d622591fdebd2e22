use paragon_twitter::{Result, Twitter, Value, paragon_request};

#[paragon_request(POST, "/2/a")]
async fn two(twitter: &Twitter, #[body] one: &Value, #[body] other: &Value) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn of_a_get(twitter: &Twitter, #[body] body: &Value) -> Result<()>;

#[paragon_request(HEAD, "/2/a")]
async fn of_a_head(twitter: &Twitter, #[body(form)] body: &Value) -> Result<()>;

#[paragon_request(POST, "/2/a")]
async fn in_two_ways(twitter: &Twitter, #[body(form, multipart)] body: &Value) -> Result<()>;

#[paragon_request(POST, "/2/a")]
async fn in_an_unknown_way(twitter: &Twitter, #[body(mutlipart)] body: &Value) -> Result<()>;

#[paragon_request(POST, "/2/a")]
async fn of_no_type(twitter: &Twitter, #[body("png")] body: &[u8]) -> Result<()>;

#[paragon_request(POST, "/2/a")]
async fn of_a_type_and_json(twitter: &Twitter, #[body("image/png", json)] body: &[u8]) -> Result<()>;

fn main() {}
