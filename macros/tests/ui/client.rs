use paragon_twitter::{Integration, ParagonUser, Result, Twitter, paragon_request};

#[paragon_request(GET, "/2/a")]
async fn none() -> Result<()>;

#[paragon_request(GET, "/a", integration = "slack")]
async fn none_of_another_integration(#[query] a: u8) -> Result<()>;

#[paragon_request(GET, "/2/a")]
async fn two(twitter: &Twitter, user: &ParagonUser) -> Result<()>;

#[paragon_request(GET, "/a", integration = "slack")]
async fn of_another_integration(twitter: &Twitter) -> Result<()>;

#[paragon_request(GET, "/a", integration = "slack", auth = "app")]
async fn app_only(slack: &Integration) -> Result<()>;

struct Group {
    twitter: Twitter,
}

impl Group {
    #[paragon_request(GET, "/2/a", client = self.twitter)]
    async fn told_twice(&self, twitter: &Twitter) -> Result<()>;
}

fn main() {}
