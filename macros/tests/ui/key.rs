use paragon_twitter::{Result, Twitter, paragon_request};

#[paragon_request(GET, "/2/a", scope = ["like.read"])]
async fn a_slip(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", retries = 3)]
async fn unknown(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", idempotent, idempotent = true)]
async fn twice(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", scopes = "like.read")]
async fn not_a_list(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", scopes = ["like.read tweet.read"])]
async fn two_in_one(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", scopes)]
async fn without_a_value(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", idempotent = "yes")]
async fn not_a_boolean(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", page = 3)]
async fn not_a_text(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", integration = "slack/x")]
async fn not_an_integration(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", auth = "application")]
async fn not_a_credential(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", auth = "app", scopes = ["like.read"])]
async fn scopes_of_nobody(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", "like.read")]
async fn no_key(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/2/a", client = )]
async fn with_nothing_behind(twitter: &Twitter) -> Result<()>;

fn main() {}
