use paragon_twitter::{Result, Twitter, paragon_request};

#[paragon_request(GET, "/2/a")]
async fn a_slip(twitter: &Twitter, #[qeury] a: u8) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn unknown(twitter: &Twitter, #[serde] a: u8) -> Result<()>;

#[paragon_request(GET, "/2/a/{a}")]
async fn two_places(twitter: &Twitter, #[path] #[query] a: u8) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn the_same_place(twitter: &Twitter, #[query] a: u8, #[query("a")] b: u8, #[header] x_a: u8, #[header("X-A")] c: u8) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn an_unknown_option(twitter: &Twitter, #[query(rname = "b")] a: u8, #[query(separator)] b: u8) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn written_otherwise(twitter: &Twitter, #[query = "b"] a: u8) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn odd_headers(twitter: &Twitter, #[header("x a")] a: u8, #[header("Authorization")] b: &str, #[header] host: &str) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn not_a_name(twitter: &Twitter, #[query] (a, b): (u8, u8), #[query] _: u8, #[query] mut c: u8) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn two_credentials(twitter: &Twitter, #[credential] a: &str, #[credential] b: &str, #[timeout(5)] c: u8) -> Result<()>;

fn main() {}
