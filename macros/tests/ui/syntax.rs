use paragon_twitter::{Reply, Result, Twitter, Value, paragon_request};

#[paragon_request(GET, "/2/a/{id}")]
async fn no_type_yet(twitter: &Twitter, id: ) -> Result<Reply<Value>>;

#[paragon_request(GET, "/2/a/{id}")]
async fn no_colon_yet(twitter: &Twitter, id) -> Result<Reply<Value>>;

#[paragon_request(GET, "/2/a")]
async fn no_name_yet(twitter: &Twitter, #[query] ) -> Result<Reply<Value>>;

#[paragon_request(GET, "/2/a")]
async fn half_a_type(twitter: &Twitter, #[query] id: Option<) -> Result<Reply<Value>>;

#[paragon_request(GET, "/2/a")]
async fn no_comma(twitter: &Twitter #[query] id: u8) -> Result<Reply<Value>>;

// All of them are there, so that nothing is told of their callers.
async fn caller(twitter: &Twitter) -> Result<()> {
    let _ = no_type_yet(twitter, "12").await?.data;
    let _ = no_colon_yet(twitter, "12").await?.data;
    let _ = no_name_yet(twitter, None).await?.data;
    let _ = half_a_type(twitter, Some(12)).await?.data;
    let _ = no_comma(twitter, 12).await?.data;
    Ok(())
}

fn main() {}
