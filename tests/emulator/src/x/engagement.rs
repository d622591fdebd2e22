//! Likes and reposts.

use http::Method;
use serde_json::json;

use super::posts::may_share;
use super::{Answer, Call, Entry, Problem};
use crate::problem::resource_not_found;
use crate::state::{Draft, Post, PostId, UserId};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/tweets/{id}/liking_users", liking_users),
    (Method::GET, "/2/users/{id}/liked_tweets", liked_posts),
    (Method::POST, "/2/users/{id}/likes", like),
    (Method::DELETE, "/2/users/{id}/likes/{tweet_id}", unlike),
    (Method::GET, "/2/tweets/{id}/retweeted_by", reposted_by),
    (Method::GET, "/2/tweets/{id}/retweets", reposts),
    (Method::GET, "/2/users/reposts_of_me", reposts_of_me),
    (Method::POST, "/2/users/{id}/retweets", repost),
    (Method::DELETE, "/2/users/{id}/retweets/{source_tweet_id}", undo_repost),
];

fn liking_users(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let post = call.post_in_path()?;
    call.show_users(call.world.likes.to(post.id))
}

fn liked_posts(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_posts(call.world.likes.from(user.id).filter_map(|(moment, id)| Some((moment, call.world.post(id)?))))
}

impl Call<'_> {
    /// The caller and the post that the body names, which they must be able to see.
    pub(super) fn post_in_body(&self) -> Result<(UserId, PostId), Problem> {
        let user = self.own_user()?;
        let id = self.body_id("tweet_id");
        match self.world.post(id) {
            Some(post) if self.world.blocks.has(post.author, user) => {
                Err(Problem::forbidden("The author of the post has blocked the authenticating user."))
            }
            Some(post) if !self.sees(post) => {
                Err(Problem::forbidden("The author of the post is protected, and the authenticating user does not follow them."))
            }
            Some(_) => Ok((user, id)),
            None => Err(Problem::not_found(&resource_not_found("tweet", "tweet_id", self.text("tweet_id").unwrap_or_default()))),
        }
    }
}

fn like(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, post) = call.post_in_body()?;
    call.world.like(user, post);
    call.data(json!({ "liked": true }))
}

fn unlike(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    let post = call.id(1);
    call.world.unlike(user, post);
    call.data(json!({ "liked": false }))
}

/// The posts that repeat one, the newest first.
fn repeats<'a>(call: &'a Call<'_>, id: PostId) -> impl Iterator<Item = &'a Post> {
    call.world.referring_to(id).filter(move |post| post.reposted == Some(id))
}

fn reposted_by(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let post = call.post_in_path()?;
    call.show_users(repeats(call, post.id).map(|repeat| (repeat.id, repeat.author)))
}

fn reposts(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let post = call.post_in_path()?;
    call.show_posts(repeats(call, post.id).map(|repeat| (repeat.id, repeat)))
}

/// The caller's posts that somebody has repeated, the newest first.
fn reposts_of_me(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let mine = call.world.posts_of(call.user()?);
    call.show_posts(mine.filter(|post| repeats(call, post.id).next().is_some()).map(|post| (post.id, post)))
}

/// The post by which a user repeats another.
fn repeat_of(call: &Call<'_>, user: UserId, id: PostId) -> Option<PostId> {
    repeats(call, id).find(|post| post.author == user).map(|post| post.id)
}

fn repost(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, id) = call.post_in_body()?;
    if let Some(post) = call.world.post(id) {
        may_share(call, user, post)?;
    }
    if repeat_of(call, user, id).is_none() {
        let original = call.world.post(id);
        let author = original.and_then(|post| call.world.user(post.author)).map_or("", |author| author.username.as_str());
        let text = format!("RT @{author}: {}", original.map_or("", |post| &*post.text));
        call.world.create(user, Draft { text, reposted: Some(id), ..Draft::default() });
    }
    call.data(json!({ "retweeted": true, "rest_id": id.to_string() }))
}

fn undo_repost(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    if let Some(repeat) = repeat_of(call, user, call.id(1)) {
        call.world.delete(repeat);
    }
    call.data(json!({ "retweeted": false }))
}
