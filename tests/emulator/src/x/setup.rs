//! Users and posts that a test adds.

use crate::shared::Shared;
use crate::state::Draft;

const LONGEST_USERNAME: usize = 15;

/// A user's profile: the user's own entries, and X's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The text of the profile; empty by default.
    pub description: String,
    /// Where the user says to be.
    pub location: Option<String>,
    /// The user's site.
    pub url: Option<String>,
    /// Whether posts are for followers only, and followers have to be accepted, which nobody does here: they stay pending. Those from before stay.
    pub protected: bool,
    /// Whether the user is verified.
    pub verified: bool,
    /// The id of the pinned post.
    pub pinned_post: Option<String>,
}

/// Refuses usernames that X allows nobody.
pub(crate) fn check_username(username: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if (1..=LONGEST_USERNAME).contains(&username.len()) && username.bytes().all(allowed) {
        return Ok(());
    }
    Err(format!("{username:?} is no username: X allows 1 to {LONGEST_USERNAME} letters, digits and `_`"))
}

impl Shared {
    /// The id of a user of X, who may be there already; an error names the fault.
    pub(crate) fn add_user(&self, name: &str, username: &str) -> Result<String, String> {
        check_username(username)?;
        Ok(self.world().user_named(name, username).to_string())
    }

    /// The id of a new post; `None` if there is no such user.
    pub(crate) fn add_post(&self, x_user_id: &str, text: &str) -> Option<String> {
        let mut world = self.world();
        let author = world.user(x_user_id.parse().ok()?)?.id;
        Some(world.create(author, Draft { text: text.to_owned(), ..Draft::default() }).to_string())
    }

    /// `None` if there is no such user.
    pub(crate) fn set_profile(&self, x_user_id: &str, profile: Profile) -> Option<()> {
        let id = x_user_id.parse().ok()?;
        let changed = self.world().change_user(id, |user| {
            user.description = profile.description;
            user.location = profile.location;
            user.url = profile.url;
            user.protected = profile.protected;
            user.verified = profile.verified;
            user.pinned_post = profile.pinned_post.and_then(|id| id.parse().ok());
        });
        changed.then_some(())
    }
}
