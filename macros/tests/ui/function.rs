use paragon_twitter::{Result, Twitter, paragon_request};

#[paragon_request(GET, "/2/a")]
fn not_async(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn with_a_body(twitter: &Twitter) -> Result<()> {
    Ok(())
}

#[paragon_request(GET, "/2/a")]
async unsafe fn not_safe(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async extern "C" fn of_another_language(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a")]
struct NotAFunction;

#[paragon_request(GET, "/2/a")]
#[paragon_request(GET, "/2/b")]
async fn twice(twitter: &Twitter) -> Result<()>;

fn main() {}
