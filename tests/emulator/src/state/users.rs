//! The users of X.

use super::{Event, ProfileField, UserId, World};

#[derive(Debug, Clone, Default)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) description: String,
    pub(crate) location: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) protected: bool,
    pub(crate) verified: bool,
    pub(crate) pinned_post: Option<u64>,
}

/// A text of a profile, empty if there is none.
type ProfileText = fn(&User) -> &str;

/// The texts of a profile that streams tell of.
const PROFILE: [(ProfileField, ProfileText); 3] = [
    (ProfileField::Description, |user| &user.description),
    (ProfileField::Location, |user| user.location.as_deref().unwrap_or_default()),
    (ProfileField::Url, |user| user.url.as_deref().unwrap_or_default()),
];

impl World {
    /// The user with this name, made if there is none yet. The case of letters does not tell users apart.
    pub(crate) fn user_named(&mut self, name: &str, username: &str) -> UserId {
        if let Some(user) = self.user_by_name(username) {
            return user.id;
        }
        let id = self.next_id();
        self.usernames.insert(username.to_lowercase(), id);
        self.users.insert(id, User { id, name: name.to_owned(), username: username.to_owned(), ..User::default() });
        id
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    pub(super) fn user_mut(&mut self, id: UserId) -> Option<&mut User> {
        self.users.get_mut(&id)
    }

    /// Changes a user, and publishes the changes. Returns whether there is one.
    pub(crate) fn change_user(&mut self, id: UserId, change: impl FnOnce(&mut User)) -> bool {
        let Some(user) = self.user_mut(id) else { return false };
        let before = user.clone();
        change(user);
        let after = user.clone();
        if before.protected != after.protected {
            let moment = self.next_id();
            self.publish(Event::Protected { user: id, protected: after.protected, moment });
        }
        for (field, text) in PROFILE {
            let (before, after) = (text(&before), text(&after));
            if before != after {
                let moment = self.next_id();
                self.publish(Event::ProfileChanged { user: id, field, before: before.into(), after: after.into(), moment });
            }
        }
        true
    }

    pub(crate) fn user_by_name(&self, username: &str) -> Option<&User> {
        self.user(*self.usernames.get(&username.to_lowercase())?)
    }

    /// All users, the newest first.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values().rev()
    }
}
