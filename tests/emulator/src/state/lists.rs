//! Lists of users, and folders of bookmarks.

use std::collections::BTreeMap;

use super::{Relation, UserId};

/// A list of users.
#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) id: u64,
    pub(crate) owner: UserId,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Seen by its owner only.
    pub(crate) private: bool,
}

/// All lists, and who is in, follows or pins which.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(crate) all: BTreeMap<u64, List>,
    /// From a list to a user on it.
    pub(crate) members: Relation,
    /// From a user to a list.
    pub(crate) followed: Relation,
    /// From a user to a list.
    pub(crate) pinned: Relation,
}

impl Lists {
    /// A list, if a user (`None`: an app) may see it.
    pub(crate) fn visible(&self, id: u64, viewer: Option<UserId>) -> Option<&List> {
        self.all.get(&id).filter(|list| !list.private || viewer == Some(list.owner))
    }

    /// How many lists a user is on, as far as everybody may see them.
    pub(crate) fn count_public_of(&self, user: UserId) -> u64 {
        self.members.to(user).map(|(_, list)| u64::from(self.visible(list, None).is_some())).sum()
    }

    pub(crate) fn delete(&mut self, id: u64) {
        self.all.remove(&id);
        self.members.remove_from(id);
        self.followed.remove_to(id);
        self.pinned.remove_to(id);
    }
}

/// A folder of bookmarks.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) id: u64,
    pub(crate) owner: UserId,
    pub(crate) name: String,
}

/// Bookmarked posts and the folders that they are in.
#[derive(Debug, Default)]
pub(crate) struct Bookmarks {
    /// From a user to a post.
    pub(crate) posts: Relation,
    pub(crate) folders: BTreeMap<u64, Folder>,
    /// From a folder to a post.
    pub(crate) filed: Relation,
}

impl Bookmarks {
    /// Removes a bookmark, from the user's folders as well.
    pub(crate) fn remove(&mut self, user: UserId, post: u64) {
        self.posts.remove(user, post);
        let folders: Vec<u64> = self.folders.values().filter(|folder| folder.owner == user).map(|folder| folder.id).collect();
        for folder in folders {
            self.filed.remove(folder, post);
        }
    }
}
