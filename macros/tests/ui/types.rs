use paragon_twitter::{Items, Reply, Result, Twitter, paragon_request};

struct Opaque;

#[paragon_request(GET, "/2/a")]
async fn an_answer(twitter: &Twitter) -> Result<Reply<Vec<Opaque>>>;

#[paragon_request(GET, "/2/a")]
async fn an_answer_alone(twitter: &Twitter) -> Result<Opaque>;

#[paragon_request(GET, "/2/a", page = "next")]
fn items(twitter: &Twitter) -> Items<Opaque>;

#[paragon_request(GET, "/2/{id}")]
async fn a_path(twitter: &Twitter, id: Opaque) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn a_query(twitter: &Twitter, #[query] a: Vec<Opaque>) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn a_header(twitter: &Twitter, #[header] a: &Opaque) -> Result<()>;

#[paragon_request(POST, "/2/a")]
async fn a_body(twitter: &Twitter, #[body] a: &Opaque) -> Result<()>;

#[paragon_request(POST, "/2/a")]
async fn some_bytes(twitter: &Twitter, #[body("image/png")] a: Opaque) -> Result<()>;

#[paragon_request(POST, "/2/a")]
async fn an_error(twitter: &Twitter) -> std::result::Result<(), Opaque>;

#[paragon_request(POST, "/2/a")]
async fn a_client(#[client] a: &Opaque) -> Result<()>;

fn main() {}
