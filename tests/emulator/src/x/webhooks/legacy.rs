//! Posts and users as X's API v1.1 shows them, which account activity still does. Entities of the text are there; media, polls and places are left out.

use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::query::Query;
use crate::search::{Tag, entities};
use crate::state::{Post, PostId, User, UserId, World, time_of};
use crate::x::View;
use crate::x::posts::{SOURCE, display, public_metrics};

/// When something happened, in milliseconds since 1970, as text.
pub(super) fn milliseconds(moment: u64) -> String {
    time_of(moment).as_millisecond().to_string()
}

/// The same in words.
pub(super) fn date(moment: u64) -> String {
    time_of(moment).strftime("%a %b %d %H:%M:%S +0000 %Y").to_string()
}

/// The fields that both forms of a user have.
fn common(world: &World, user: &User) -> Value {
    json!({
        "name": user.name,
        "screen_name": user.username,
        "location": user.location,
        "description": user.description,
        "url": user.url,
        "protected": user.protected,
        "verified": user.verified,
        "followers_count": world.follows.count_to(user.id),
        "friends_count": world.follows.count_from(user.id),
        "statuses_count": world.count_posts_of(user.id),
        "profile_image_url_https": format!("https://example.com/{}.png", user.username),
    })
}

/// A user; null if there is none.
pub(super) fn user(world: &World, id: UserId) -> Value {
    let Some(user) = world.user(id) else { return Value::Null };
    let mut object = common(world, user);
    object["id"] = id.into();
    object["id_str"] = id.to_string().into();
    object["created_at"] = date(id).into();
    object["favourites_count"] = world.likes.count_from(id).into();
    object["listed_count"] = world.lists.members.count_to(id).into();
    object
}

/// A user as messages show one, who has no number and another time.
pub(super) fn correspondent(world: &World, id: UserId) -> Value {
    let Some(user) = world.user(id) else { return Value::Null };
    let mut object = common(world, user);
    object["id"] = id.to_string().into();
    object["created_timestamp"] = milliseconds(id).into();
    object
}

/// Tags, mentions and links in a text. All four kinds are always there.
pub(super) fn entities_of(world: &World, text: &str) -> Value {
    let found = entities(text);
    let texts = |tags: &[Tag]| tags.iter().map(|tag| json!({ "text": tag.text, "indices": [tag.start, tag.end] })).collect::<Vec<_>>();
    let urls = found.urls.iter().map(
        |tag| json!({ "url": tag.text, "expanded_url": tag.text, "display_url": display(&tag.text), "indices": [tag.start, tag.end] }),
    );
    let mentions = found.mentions.iter().filter_map(|tag| {
        let user = world.user_by_name(&tag.text)?;
        let (id, id_str) = (user.id, user.id.to_string());
        Some(json!({ "screen_name": user.username, "name": user.name, "id": id, "id_str": id_str, "indices": [tag.start, tag.end] }))
    });
    json!({
        "hashtags": texts(&found.hashtags),
        "symbols": texts(&found.cashtags),
        "urls": urls.collect::<Vec<_>>(),
        "user_mentions": mentions.collect::<Vec<_>>(),
    })
}

/// A post, with its original and the post that either quotes, as far as the viewer may see them.
pub(super) fn post(world: &World, viewer: UserId, post: &Post) -> Value {
    let mut object = with_quoted(world, viewer, post);
    if let Some(reposted) = post.reposted.and_then(|id| visible(world, viewer, id)) {
        object["retweeted_status"] = with_quoted(world, viewer, reposted);
    }
    object
}

fn visible(world: &World, viewer: UserId, id: PostId) -> Option<&Post> {
    world.post(id).filter(|post| world.sees(Some(viewer), post))
}

fn with_quoted(world: &World, viewer: UserId, post: &Post) -> Value {
    let mut object = alone(world, post);
    if let Some(id) = post.quoted {
        object["quoted_status_id"] = id.into();
        object["quoted_status_id_str"] = id.to_string().into();
        if let Some(quoted) = visible(world, viewer, id) {
            object["quoted_status"] = alone(world, quoted);
        }
    }
    object
}

/// A post without others.
fn alone(world: &World, post: &Post) -> Value {
    let figures = public_metrics(&View::new(&Query::default(), Dialect::Tweet, None), world, post);
    let text = |id: Option<PostId>| id.map(|id| id.to_string());
    let (answered, author) = (post.reply.map(|reply| reply.to), post.reply.map(|reply| reply.to_user));
    json!({
        "created_at": date(post.id),
        "timestamp_ms": milliseconds(post.id),
        "id": post.id,
        "id_str": post.id.to_string(),
        "text": post.text,
        "display_text_range": [0, post.text.chars().count()],
        "truncated": false,
        "source": format!("<a href=\"https://example.com\" rel=\"nofollow\">{SOURCE}</a>"),
        "in_reply_to_status_id": answered,
        "in_reply_to_status_id_str": text(answered),
        "in_reply_to_user_id": author,
        "in_reply_to_user_id_str": text(author),
        "in_reply_to_screen_name": author.and_then(|author| world.user(author)).map(|author| author.username.as_str()),
        "user": user(world, post.author),
        "is_quote_status": post.quoted.is_some(),
        "quote_count": figures["quote_count"],
        "reply_count": figures["reply_count"],
        "retweet_count": figures["retweet_count"],
        "favorite_count": figures["like_count"],
        "favorited": false,
        "retweeted": false,
        "possibly_sensitive": false,
        "lang": post.language(),
        "entities": entities_of(world, &post.text),
    })
}
