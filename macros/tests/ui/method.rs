use paragon_twitter::{Result, Twitter, paragon_request};

#[paragon_request(GETT, "/2/a")]
async fn a_slip(twitter: &Twitter) -> Result<()>;

#[paragon_request(get, "/2/a")]
async fn in_small_letters(twitter: &Twitter) -> Result<()>;

#[paragon_request(FETCH, "/2/a")]
async fn of_one_s_own(twitter: &Twitter) -> Result<()>;

#[paragon_request("GET", "/2/a")]
async fn in_quotation_marks(twitter: &Twitter) -> Result<()>;

#[paragon_request("/2/a")]
async fn none(twitter: &Twitter) -> Result<()>;

#[paragon_request(scopes = ["like.read"])]
async fn neither_method_nor_path(twitter: &Twitter) -> Result<()>;

#[paragon_request]
async fn nothing(twitter: &Twitter) -> Result<()>;

fn main() {}
