//! The users of X.

use super::{UserId, World};

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

    pub(crate) fn user_mut(&mut self, id: UserId) -> Option<&mut User> {
        self.users.get_mut(&id)
    }

    pub(crate) fn user_by_name(&self, username: &str) -> Option<&User> {
        self.user(*self.usernames.get(&username.to_lowercase())?)
    }

    /// All users, the newest first.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values().rev()
    }
}
