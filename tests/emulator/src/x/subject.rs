//! A post as the query language sees it.

use super::posts::SOURCE;
use crate::search::{Author, Query, Reference, Subject};
use crate::state::{Post, PostId, UserId, World};

/// Returns whether a post matches a query.
pub(crate) fn matches(world: &World, query: &Query, post: &Post) -> bool {
    matches_for(None, world, query, post)
}

/// Returns whether a post matches a query of a user (`None`: an app). The lists in it are those that the user may see.
pub(crate) fn matches_for(viewer: Option<UserId>, world: &World, query: &Query, post: &Post) -> bool {
    let author = world.user(post.author);
    let reference = |id: Option<PostId>| reference(world, id?);
    let has = |prefix: &str| post.media.iter().any(|key| key.starts_with(prefix));
    let is_on = |list: &u64| world.lists.members.has(*list, post.author) && world.lists.visible(*list, viewer).is_some();
    let lists: Vec<u64> = query.list().filter(is_on).into_iter().collect();
    query.matches(&Subject {
        id: post.id,
        text: &post.text,
        author: author.map_or_else(Author::default, |user| Author {
            id: user.id,
            username: &user.username,
            name: &user.name,
            bio: &user.description,
            location: user.location.as_deref().unwrap_or_default(),
            verified: user.verified,
            followers: world.follows.count_to(user.id),
            following: world.follows.count_from(user.id),
            listed: world.lists.count_public_of(user.id),
            posts: world.count_posts_of(user.id) as u64,
        }),
        conversation: post.conversation,
        in_reply_to: post.reply.map(|reply| named(world, reply.to, reply.to_user)),
        repost_of: reference(post.reposted),
        quote_of: reference(post.quoted),
        lang: Some(&|| post.language()),
        source: SOURCE,
        has_images: has(IMAGE),
        has_videos: has(VIDEO),
        has_gifs: has(GIF),
        lists: &lists,
        ..Subject::default()
    })
}

/// Prefix of the key of a medium, by its kind.
const IMAGE: &str = "3_";
const VIDEO: &str = "7_";
const GIF: &str = "16_";

fn reference(world: &World, id: PostId) -> Option<Reference<'_>> {
    let author = world.post(id).map(|post| post.author).or_else(|| world.deleted_author(id))?;
    Some(named(world, id, author))
}

fn named(world: &World, post: PostId, author: UserId) -> Reference<'_> {
    Reference { post, author, username: world.user(author).map_or("", |user| &user.username) }
}
