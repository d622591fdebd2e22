//! Events that make a stream bring something.

use paragon_twitter::Result;
use paragon_twitter_emulator::Profile;

use crate::call::Cast;
use crate::seed::{ALAN, Seed};

/// A stream may be one slice of twenty, and which slice an event is in is X's to say: among so many each slice has one.
const ENOUGH: usize = 100;

/// An event.
#[derive(Debug, Clone, Copy)]
pub enum Cause {
    /// Alan posts this.
    Posts(&'static str),
    /// Grace deletes posts.
    Deletions,
    /// Grace likes posts.
    Likes,
    /// Grace likes posts and thinks better of it.
    WithdrawnLikes,
    /// Alan's posts get notices.
    Notices,
    /// Grace protects her account, and opens it again.
    Protections,
}

impl Cause {
    pub async fn happen(self, cast: &Cast, seed: &Seed) -> Result<()> {
        let users = cast.grace.users();
        for number in 0..ENOUGH {
            match self {
                Self::Posts(text) => drop(cast.emulator.x().post(ALAN, text)),
                Self::Deletions => {
                    let post = cast.grace.posts().create().text("Never mind").await?.data.id;
                    cast.grace.posts().delete(post).await?;
                }
                Self::Likes | Self::WithdrawnLikes => {
                    let post = cast.emulator.x().post(ALAN, "How nice");
                    users.like(&seed.grace, &post).await?;
                    if matches!(self, Self::WithdrawnLikes) {
                        users.unlike(&seed.grace, &post).await?;
                    }
                }
                Self::Notices => cast.emulator.x().label_post(&cast.emulator.x().post(ALAN, "How odd"), "Odd"),
                Self::Protections => {
                    let mut profile = Profile::default();
                    profile.protected = number % 2 == 0;
                    cast.emulator.x().set_profile(&seed.grace.to_string(), profile);
                }
            }
        }
        Ok(())
    }
}
