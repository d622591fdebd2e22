use paragon_twitter::{Result, Twitter, paragon_request};

#[paragon_request(GET, "2/a")]
async fn no_slash(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "https://api.x.com/2/a")]
async fn a_whole_address(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/{id")]
async fn not_closed(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/id}")]
async fn not_opened(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/{}")]
async fn without_a_name(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/{an-id}")]
async fn not_a_name(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/{id}/{id}")]
async fn doubled(twitter: &Twitter, id: &str) -> Result<()>;

#[paragon_request(GET, "/2/a b")]
async fn a_space(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/../a")]
async fn a_step(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET)]
async fn none(twitter: &Twitter) -> Result<()>;

const PATH: &str = "/2/a";

#[paragon_request(GET, PATH)]
async fn a_constant(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, concat!("/2", "/a"), scope = ["like.read"])]
async fn put_together(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET "/2/a" idempotent)]
async fn no_commas(twitter: &Twitter) -> Result<()>;

fn main() {}
