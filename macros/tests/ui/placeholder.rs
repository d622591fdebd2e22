use paragon_twitter::{Result, Twitter, paragon_request};

#[paragon_request(GET, "/2/circles/{circle_id}/{kind}")]
async fn nothing_fills_it(twitter: &Twitter, kind: &str) -> Result<()>;

#[paragon_request(GET, "/2/circles/{circle_id}")]
async fn a_slip(twitter: &Twitter, circel_id: &str) -> Result<()>;

#[paragon_request(GET, "/2/circles")]
async fn goes_nowhere(twitter: &Twitter, max_results: u32) -> Result<()>;

#[paragon_request(GET, "/2/circles/{id}")]
async fn renamed_to_nothing(twitter: &Twitter, #[path("ids")] id: &str) -> Result<()>;

#[paragon_request(GET, "/2/circles/{id}")]
async fn filled_twice(twitter: &Twitter, id: &str, #[path("id")] other: &str) -> Result<()>;

fn main() {}
