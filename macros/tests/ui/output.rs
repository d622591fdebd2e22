use paragon_twitter::{Items, Pages, Reply, Result, Twitter, paragon_request};

#[paragon_request(GET, "/2/a")]
async fn none(twitter: &Twitter);

#[paragon_request(GET, "/2/a")]
async fn not_a_result(twitter: &Twitter) -> Reply<Vec<String>>;

#[paragon_request(GET, "/2/a")]
async fn a_tuple(twitter: &Twitter) -> (u8, u8);

#[paragon_request(GET, "/2/a")]
async fn borrowed(twitter: &Twitter) -> Result<Reply<Vec<&str>>>;

#[paragon_request(GET, "/2/a")]
async fn without_a_name(twitter: &Twitter) -> Result<impl Send>;

#[paragon_request(GET, "/2/a")]
async fn left_open(twitter: &Twitter) -> Result<Reply<_>>;

#[paragon_request(GET, "/2/a")]
fn items_by_nothing(twitter: &Twitter) -> Items<String>;

#[paragon_request(GET, "/2/a")]
async fn pages_by_nothing(twitter: &Twitter) -> Result<Pages<String>>;

#[paragon_request(GET, "/2/a", page = "next")]
async fn items_without_result(twitter: &Twitter) -> Items<String>;

fn main() {}
