//! Account activity: documents to webhooks about their subscribed users.
//!
//! X's description has no such documents; they are made here as X documents them. Typing, read receipts and revoked access are left out, which
//! nothing causes here, and so are messages in groups, of which X does not tell either.

use serde_json::{Value, json};

use super::legacy::{correspondent, date, entities_of, milliseconds, post, user};
use super::{ACCOUNT_NAME, APPLICATION_ID};
use crate::search::entities;
use crate::state::{Conversation, DmEvent, Event, Post, PostId, UserId, WebhookId, World, time_of};

/// The documents of a webhook for an event: one for each subscribed user whom it concerns.
pub(super) fn documents(world: &World, webhook: WebhookId, event: &Event) -> Vec<Value> {
    world.webhooks.subscribed.from(webhook).filter_map(|(_, subscribed)| document(world, subscribed, event)).collect()
}

/// The content of an event for one user.
fn document(world: &World, subscribed: UserId, event: &Event) -> Option<Value> {
    let concerns = |one: UserId, other: UserId| one == subscribed || other == subscribed;
    let between = |name: &'static str, kind: &str, source: UserId, target: UserId, moment: u64| {
        let told = || {
            let (source, target) = (user(world, source), user(world, target));
            json!([{ "type": kind, "created_timestamp": milliseconds(moment), "source": source, "target": target }])
        };
        concerns(source, target).then(|| (name, told()))
    };
    let mut document = json!({ "for_user_id": subscribed.to_string() });
    let (name, told) = match *event {
        Event::Posted(id) => {
            let made = world.post(id).filter(|made| is_told_of_post(world, subscribed, made))?;
            if made.author != subscribed && names(world, made, subscribed) {
                // X documents it as a text, and sends it like this.
                document["user_has_blocked"] = world.blocks.has(subscribed, made.author).into();
            }
            ("tweet_create_events", json!([post(world, subscribed, made)]))
        }
        Event::Deleted { post, author, moment } => {
            let status = json!({ "id": post.to_string(), "user_id": author.to_string() });
            let told = json!([{ "status": status, "timestamp_ms": milliseconds(moment) }]);
            (author == subscribed).then_some(("tweet_delete_events", told))?
        }
        Event::Liked { user: by, post: id, moment } => {
            let liked = world.post(id).filter(|liked| concerns(by, liked.author) && world.sees(Some(subscribed), liked))?;
            let told = json!([{
                "id": format!("{by:016x}{moment:016x}"),
                "created_at": date(moment),
                "timestamp_ms": time_of(moment).as_millisecond(),
                "favorited_status": post(world, subscribed, liked),
                "user": user(world, by),
            }]);
            ("favorite_events", told)
        }
        Event::Followed { user, followed, moment } => between("follow_events", "follow", user, followed, moment)?,
        Event::Unfollowed { user, followed, moment } => between("follow_events", "unfollow", user, followed, moment)?,
        Event::Blocked { user, other, begins, moment } => {
            between("block_events", if begins { "block" } else { "unblock" }, user, other, moment)?
        }
        Event::Muted { user, other, begins, moment } => {
            between("mute_events", if begins { "mute" } else { "unmute" }, user, other, moment)?
        }
        Event::Messaged(id) => {
            let (told, correspondents) = message(world, world.dm_event(id)?, subscribed)?;
            document["apps"] = json!({ APPLICATION_ID: { "id": APPLICATION_ID, "name": ACCOUNT_NAME, "url": "https://example.com" } });
            document["users"] = correspondents;
            ("direct_message_events", told)
        }
        Event::Unliked { .. } | Event::Protected { .. } | Event::ProfileChanged { .. } | Event::Labeled { .. } => return None,
    };
    document[name] = told;
    Some(document)
}

/// Returns whether a post is by, to, of or about a user, who may see it.
fn is_told_of_post(world: &World, subscribed: UserId, post: &Post) -> bool {
    let find = |id: Option<PostId>| id.and_then(|id| world.post(id));
    let is_of = |id: Option<PostId>| find(id).is_some_and(|post| post.author == subscribed);
    let concerns = post.author == subscribed
        || post.reply.is_some_and(|reply| reply.to_user == subscribed)
        || is_of(post.reposted)
        || is_of(post.quoted)
        || find(post.reposted).is_some_and(|reposted| is_of(reposted.quoted))
        || names(world, post, subscribed);
    concerns && world.sees(Some(subscribed), post)
}

/// Returns whether a post mentions a user. A repost has the mentions of the post that it repeats, and does not count.
fn names(world: &World, post: &Post, user: UserId) -> bool {
    let mentions = || entities(&post.text).mentions;
    post.reposted.is_none() && mentions().iter().filter_map(|tag| world.user_by_name(&tag.text)).any(|named| named.id == user)
}

/// A message between two users of whom one is subscribed, and both of them by their ids.
fn message(world: &World, event: &DmEvent, subscribed: UserId) -> Option<(Value, Value)> {
    let Conversation::Pair(one, other) = event.conversation else { return None };
    let recipient = if event.sender == one { other } else { one };
    if subscribed != one && subscribed != other {
        return None;
    }
    let text = event.message()?.text.as_deref().unwrap_or_default();
    let told = json!([{
        "type": "message_create",
        "id": event.id.to_string(),
        "created_timestamp": milliseconds(event.id),
        "message_create": {
            "target": { "recipient_id": recipient.to_string() },
            "sender_id": event.sender.to_string(),
            "source_app_id": APPLICATION_ID,
            "message_data": { "text": text, "entities": entities_of(world, text) },
        },
    }]);
    let correspondents = [one, other].map(|id| (id.to_string(), correspondent(world, id)));
    Some((told, correspondents.into_iter().collect()))
}
