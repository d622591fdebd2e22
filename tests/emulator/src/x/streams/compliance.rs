//! Streams of changes that keepers of copies have to make to them. Their words are the older ones in both dialects.

use serde_json::{Value, json};

use super::data;
use crate::state::{Event, ProfileField, World, created_at};
use crate::x::View;

pub(super) fn posts(_: &View, world: &World, event: &Event) -> Vec<Value> {
    match event {
        Event::Deleted { post, author, moment } => data(json!({
            "delete": {
                "tweet": { "id": post.to_string(), "author_id": author.to_string() },
                "event_at": created_at(*moment),
            },
        })),
        Event::Posted(id) => match world.post(*id) {
            Some(post) if !post.earlier.is_empty() => {
                let versions: Vec<String> = post.earlier.iter().chain([id]).map(u64::to_string).collect();
                data(json!({
                    "tweet_edit": {
                        "tweet": { "id": id.to_string() },
                        "initial_tweet_id": versions[0],
                        "edit_tweet_ids": versions,
                        "event_at": created_at(*id),
                    },
                }))
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

pub(super) fn users(_: &View, _: &World, event: &Event) -> Vec<Value> {
    match event {
        Event::Protected { user, protected, moment } => {
            let name = if *protected { "user_protect" } else { "user_unprotect" };
            data(json!({ name: { "user": { "id": user.to_string() }, "event_at": created_at(*moment) } }))
        }
        Event::ProfileChanged { user, field, after, moment, .. } => {
            let field = match field {
                ProfileField::Description => "description",
                ProfileField::Location => "location",
                ProfileField::Url => "url",
            };
            data(json!({
                "user_profile_modification": {
                    "user": { "id": user.to_string() },
                    "profile_field": field,
                    "new_value": **after,
                    "event_at": created_at(*moment),
                },
            }))
        }
        _ => Vec::new(),
    }
}

pub(super) fn likes(_: &View, _: &World, event: &Event) -> Vec<Value> {
    let Event::Unliked { user, post, moment } = event else { return Vec::new() };
    data(json!({
        "delete": {
            "favorite": { "id": post.to_string(), "user_id": user.to_string() },
            "event_at": created_at(*moment),
        },
    }))
}

pub(super) fn labels(_: &View, world: &World, event: &Event) -> Vec<Value> {
    let Event::Labeled { post, title, moment } = event else { return Vec::new() };
    let author = world.post(*post).map(|post| post.author).or_else(|| world.deleted_author(*post));
    let Some(author) = author.filter(|author| world.sees_posts_of(None, *author)) else { return Vec::new() };
    data(json!({
        "public_tweet_notice": {
            "tweet": { "id": post.to_string(), "author_id": author.to_string() },
            "event_type": "update",
            "event_at": created_at(*moment),
            "application": "add",
            "label_title": **title,
        },
    }))
}
