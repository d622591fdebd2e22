use paragon_twitter::{Reply, Result, Twitter, Value, paragon_request};

#[paragon_request(GET, "/2/a", scopes = )]
async fn half_an_attribute(twitter: &Twitter) -> Result<Reply<Value>>;

#[paragon_request(GET, "/2/a")]
async fn half_an_attribute_of_an_argument(twitter: &Twitter, #[query(rename = )] id: u8) -> Result<Reply<Value>>;

#[paragon_request(GET, "/2/a")]
async fn no_output_yet(twitter: &Twitter);

#[paragon_request(GET, "/2/a")]
fn not_async_yet(twitter: &Twitter) -> Result<Reply<Value>>;

#[paragon_request(GET, "/2/a")]
async fn an_odd_output(twitter: &Twitter) -> Result<Reply<&Value>>;

// All of them are there, so that nothing is told of their callers.
async fn caller(twitter: &Twitter) -> Result<()> {
    let _ = half_an_attribute(twitter).await?.data;
    let _ = half_an_attribute_of_an_argument(twitter, 12).await?.data;
    let _ = no_output_yet(twitter).await?.data;
    let _ = not_async_yet(twitter).await?.data;
    let _ = an_odd_output(twitter).await?.data;
    Ok(())
}

fn main() {}
