//! The posts of X.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::{Deref, Range};

use super::language::Language;
use super::{Event, PostId, UserId, World};
use crate::search::entities;

#[derive(Debug, Default)]
pub(crate) struct Post {
    pub(crate) id: PostId,
    pub(crate) author: UserId,
    pub(crate) text: Box<str>,
    pub(crate) conversation: PostId,
    pub(crate) reply: Option<Reply>,
    /// Hidden, as a reply, by the author of the post it answers.
    pub(crate) hidden: bool,
    /// Told when somebody asks, because it takes long.
    language: OnceCell<Language>,
    rest: Option<Box<Rest>>,
}

/// Properties that few posts have. They are apart from [`Post`], which leads to it, because there may be very many of those.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    pub(crate) quoted: Option<PostId>,
    /// The post that this one repeats.
    pub(crate) reposted: Option<PostId>,
    /// Who may reply, if not everyone.
    pub(crate) reply_settings: Option<Box<str>>,
    /// The earlier versions, the oldest first.
    pub(crate) earlier: Vec<PostId>,
    /// The version that came after this one, which is then to be found by its id alone.
    pub(crate) later: Option<PostId>,
    /// The media keys of the attachments.
    pub(crate) media: Vec<Box<str>>,
    /// Properties of a new post that the emulator only keeps and shows again: `poll`, `geo`, `community_id`, …
    pub(crate) other: Option<Box<serde_json::Map<String, serde_json::Value>>>,
}

impl Rest {
    fn is_something(&self) -> bool {
        let Self { quoted, reposted, reply_settings, earlier, later, media, other } = self;
        let ids = [quoted, reposted, later].into_iter().any(Option::is_some);
        ids || reply_settings.is_some() || other.is_some() || !earlier.is_empty() || !media.is_empty()
    }
}

impl Deref for Post {
    type Target = Rest;

    fn deref(&self) -> &Rest {
        static NOTHING: Rest =
            Rest { quoted: None, reposted: None, reply_settings: None, earlier: Vec::new(), later: None, media: Vec::new(), other: None };
        self.rest.as_deref().unwrap_or(&NOTHING)
    }
}

impl Post {
    /// X's code for the language of the text: `und` if it has none.
    pub(crate) fn language(&self) -> &'static str {
        self.language.get_or_init(|| Language::of(&self.text)).code()
    }
}

/// Both ids are kept: a reply still says whom it answered after that post is gone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply {
    pub(crate) to: PostId,
    pub(crate) to_user: UserId,
}

/// A post to be made.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) reply_to: Option<PostId>,
    pub(crate) quoted: Option<PostId>,
    pub(crate) reposted: Option<PostId>,
    pub(crate) reply_settings: Option<String>,
    /// The post that this one is a new version of.
    pub(crate) edits: Option<PostId>,
    pub(crate) media: Vec<String>,
    pub(crate) other: Option<serde_json::Map<String, serde_json::Value>>,
}

impl World {
    pub(crate) fn post(&self, id: PostId) -> Option<&Post> {
        self.posts.get(&id).map(|post| &**post)
    }

    pub(crate) fn post_mut(&mut self, id: PostId) -> Option<&mut Post> {
        self.posts.get_mut(&id).map(|post| &mut **post)
    }

    pub(crate) fn is_protected(&self, user: UserId) -> bool {
        self.user(user).is_some_and(|user| user.protected)
    }

    /// Returns whether a user (`None`: an app) may see the posts of another: protected posts are for followers, and users whom the author has blocked
    /// see none.
    pub(crate) fn sees_posts_of(&self, viewer: Option<UserId>, author: UserId) -> bool {
        let blocked = viewer.is_some_and(|viewer| self.blocks.has(author, viewer));
        let follower = || viewer.is_some_and(|viewer| viewer == author || self.follows.has(viewer, author));
        !blocked && (!self.is_protected(author) || follower())
    }

    /// Returns whether a user (`None`: an app) may see a post. A repost has the text of the post that it repeats.
    pub(crate) fn sees(&self, viewer: Option<UserId>, post: &Post) -> bool {
        let original = post.reposted.and_then(|id| self.post(id));
        [Some(post), original].into_iter().flatten().all(|post| self.sees_posts_of(viewer, post.author))
    }

    /// Who wrote a post that is deleted.
    pub(crate) fn deleted_author(&self, id: PostId) -> Option<UserId> {
        self.deleted.get(&id).copied()
    }

    /// All versions of a post, the oldest first.
    pub(crate) fn versions(&self, post: &Post) -> Vec<PostId> {
        let mut last = post;
        while let Some(later) = last.later.and_then(|later| self.post(later)) {
            last = later;
        }
        last.earlier.iter().copied().chain([last.id]).collect()
    }

    /// The posts with these ids, the oldest first, each in its last version.
    pub(crate) fn posts_between(&self, ids: Range<PostId>) -> impl DoubleEndedIterator<Item = &Post> {
        // A range that ends before it starts is an empty one, and would make the map panic.
        let ids = if ids.is_empty() { 0..0 } else { ids };
        self.posts.range(ids).map(|(_, post)| &**post).filter(|post| post.later.is_none())
    }

    /// A user's posts, the newest first.
    pub(crate) fn posts_of(&self, author: UserId) -> impl Iterator<Item = &Post> {
        self.found(self.posts_by_author.get(&author))
    }

    pub(crate) fn count_posts_of(&self, author: UserId) -> usize {
        self.posts_by_author.get(&author).map_or(0, BTreeSet::len)
    }

    /// The posts that answer, quote or repeat one, the newest first.
    pub(crate) fn referring_to(&self, id: PostId) -> impl Iterator<Item = &Post> {
        self.found(self.referring.get(&id))
    }

    /// The posts that mention a user, the newest first.
    pub(crate) fn mentioning(&self, username: &str) -> impl Iterator<Item = &Post> {
        self.found(self.mentions.get(&username.to_lowercase()))
    }

    fn found<'a>(&'a self, ids: Option<&'a BTreeSet<PostId>>) -> impl Iterator<Item = &'a Post> {
        ids.into_iter().flatten().rev().filter_map(|id| self.post(*id))
    }

    pub(crate) fn create(&mut self, author: UserId, draft: Draft) -> PostId {
        let id = self.next_id();
        let answered = draft.reply_to.and_then(|to| self.posts.get(&to));
        let (conversation, reply) = match answered {
            Some(post) => (post.conversation, Some(Reply { to: post.id, to_user: post.author })),
            None => (id, None),
        };
        let mut rest = Rest {
            quoted: draft.quoted,
            reposted: draft.reposted,
            reply_settings: draft.reply_settings.map(Into::into),
            media: draft.media.into_iter().map(Into::into).collect(),
            other: draft.other.map(Box::new),
            ..Rest::default()
        };
        let mut post = Box::new(Post { id, author, text: draft.text.into(), conversation, reply, ..Post::default() });
        if let Some(mut before) = draft.edits.and_then(|before| self.take(before)) {
            // A new version keeps the old one's conversation, reply and quote. Likes, replies and bookmarks stay with the old one.
            post.conversation = before.conversation;
            post.reply = before.reply;
            rest.quoted = rest.quoted.or(before.quoted);
            rest.earlier.clone_from(&before.earlier);
            rest.earlier.push(before.id);
            before.rest.get_or_insert_default().later = Some(id);
            self.posts.insert(before.id, before);
        }
        post.rest = rest.is_something().then(|| Box::new(rest));
        post.media.iter().for_each(|key| self.attached(key));
        self.index(&post);
        self.posts.insert(id, post);
        self.publish(Event::Posted(id));
        id
    }

    fn index(&mut self, post: &Post) {
        self.posts_by_author.entry(post.author).or_default().insert(post.id);
        for referred in referred(post) {
            self.referring.entry(referred).or_default().insert(post.id);
        }
        for name in mentioned(post) {
            self.mentions.entry(name).or_default().insert(post.id);
        }
    }

    /// Takes a post out, with its place in all lists.
    fn take(&mut self, id: PostId) -> Option<Box<Post>> {
        let post = self.posts.remove(&id)?;
        if let Some(ids) = self.posts_by_author.get_mut(&post.author) {
            ids.remove(&id);
        }
        for referred in referred(&post) {
            remove(&mut self.referring, &referred, id);
        }
        for name in mentioned(&post) {
            remove(&mut self.mentions, &name, id);
        }
        Some(post)
    }

    /// Warns of a post. Returns whether it is there.
    pub(crate) fn label(&mut self, post: PostId, title: &str) -> bool {
        let there = self.posts.contains_key(&post);
        if there {
            let moment = self.next_id();
            self.publish(Event::Labeled { post, title: title.into(), moment });
        }
        there
    }

    /// Deletes a post in all its versions, and its reposts. Returns whether it was there.
    pub(crate) fn delete(&mut self, id: PostId) -> bool {
        let Some(versions) = self.post(id).map(|post| self.versions(post)) else { return false };
        versions.into_iter().for_each(|version| self.delete_version(version));
        true
    }

    fn delete_version(&mut self, id: PostId) {
        let Some(post) = self.take(id) else { return };
        self.likes.remove_to(id);
        self.bookmarks.posts.remove_to(id);
        self.bookmarks.filed.remove_to(id);
        self.shown.remove(&id);
        self.deleted.insert(id, post.author);
        if let Some(author) = self.user_mut(post.author).filter(|author| author.pinned_post == Some(id)) {
            author.pinned_post = None;
        }
        let moment = self.next_id();
        self.publish(Event::Deleted { post: id, author: post.author, moment });
        let repeats: Vec<PostId> = self.referring_to(id).filter(|other| other.reposted == Some(id)).map(|other| other.id).collect();
        for repeat in repeats {
            self.delete(repeat);
        }
    }
}

fn remove<K: std::hash::Hash + Eq>(index: &mut std::collections::HashMap<K, BTreeSet<PostId>>, key: &K, id: PostId) {
    if let Some(ids) = index.get_mut(key) {
        ids.remove(&id);
        if ids.is_empty() {
            index.remove(key);
        }
    }
}

/// The posts that a post points to.
fn referred(post: &Post) -> impl Iterator<Item = PostId> {
    post.quoted.into_iter().chain(post.reposted).chain(post.reply.map(|reply| reply.to))
}

/// The names that a post mentions, in lower case.
fn mentioned(post: &Post) -> Vec<String> {
    entities(&post.text).mentions.into_iter().map(|mention| mention.text.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Draft, World};

    #[test]
    fn fields_set_for_a_post_are_forgotten_with_it_in_all_versions() {
        let mut world = World::new(|_, _| {});
        let author = world.user_named("Ada", "ada");
        let first = world.create(author, Draft { text: "tee".to_owned(), ..Draft::default() });
        let second = world.create(author, Draft { text: "tea".to_owned(), edits: Some(first), ..Draft::default() });
        for id in [author, first, second] {
            world.shown.entry(id).or_default();
        }
        world.delete(second);
        assert!(world.shown.keys().eq([&author]));
    }
}
