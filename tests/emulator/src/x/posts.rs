//! Posts: how they are shown, looked up, made, deleted and hidden.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{Answer, Call, Entry, Envelope, Included, Page, Problem, View, text};
use crate::problem::{invalid, resource_not_authorized, resource_not_found};
use crate::search::{Tag, entities};
use crate::state::{Draft, Post, PostId, UserId, World, created_at, show_time, time_of};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/tweets", by_ids),
    (Method::POST, "/2/tweets", create),
    (Method::GET, "/2/tweets/{id}", by_id),
    (Method::DELETE, "/2/tweets/{id}", delete),
    (Method::PUT, "/2/tweets/{tweet_id}/hidden", hide),
];

/// The weighted length that a post may have.
const MAX_TEXT: usize = 280;

/// The name of the app that all posts are made with.
pub(crate) const SOURCE: &str = "Emulator";

/// How long and how often X lets an author edit a post.
const EDIT_TIME: Duration = Duration::from_secs(60 * 60);
const MAX_EDITS: usize = 5;

/// A post with the fields that were asked for.
pub(super) fn render(view: &View, world: &World, post: &Post) -> Value {
    let mut object = view.object("post").own(view.viewer == Some(post.author));
    object.put("id", || Some(post.id.to_string()));
    object.put("text", || Some(&*post.text));
    object.put("edit_history_post_ids", || Some(world.versions(post).iter().map(PostId::to_string).collect::<Vec<_>>()));
    object.put("attachments", || attachments(post));
    object.put("author_id", || Some(post.author.to_string()));
    object.put("conversation_id", || Some(post.conversation.to_string()));
    object.put("created_at", || Some(created_at(post.id)));
    object.put("display_text_range", || Some(json!([0, post.text.chars().count()])));
    object.put("edit_controls", || Some(edit_controls(world, post)));
    object.put("entities", || entities_of(world, &post.text));
    object.put("in_reply_to_user_id", || Some(post.reply?.to_user.to_string()));
    object.put("lang", || Some(post.language()));
    object.put("possibly_sensitive", || Some(false));
    object.put("public_metrics", || Some(public_metrics(view, world, post)));
    for private in ["non_public_metrics", "organic_metrics"] {
        object.put(private, || Some(json!({ "impression_count": 0 })));
    }
    object.put("referenced_posts", || {
        let list: Vec<Value> = references(post).map(|(kind, id)| json!({ "type": kind, "id": id.to_string() })).collect();
        (!list.is_empty()).then_some(list)
    });
    object.put("reply_settings", || Some(post.reply_settings.as_deref().unwrap_or("everyone")));
    object.put("source", || Some(SOURCE));
    object.put("username", || Some(world.user(post.author)?.username.as_str()));
    for name in ["card_uri", "community_id", "geo", "paid_partnership"] {
        object.put(name, || post.other.as_ref()?.get(name).cloned());
    }
    object.finish_as(world, post.id)
}

fn attachments(post: &Post) -> Option<Value> {
    let mut attachments = Map::new();
    if !post.media.is_empty() {
        attachments.insert("media_keys".to_owned(), json!(post.media));
    }
    if poll(post).is_some() {
        attachments.insert("poll_ids".to_owned(), json!([poll_id(post.id)]));
    }
    (!attachments.is_empty()).then_some(Value::Object(attachments))
}

fn poll(post: &Post) -> Option<&Value> {
    post.other.as_ref()?.get("poll")
}

/// A post has one poll at most, so that its own id tells which.
fn poll_id(post: PostId) -> String {
    post.to_string()
}

/// The poll of a post.
pub(super) fn render_poll(view: &View, world: &World, post: &Post) -> Option<Value> {
    let poll = poll(post)?;
    let minutes = poll["duration_minutes"].as_i64().unwrap_or_default();
    let end = time_of(post.id).saturating_add(jiff::SignedDuration::from_mins(minutes)).unwrap_or(jiff::Timestamp::MAX);
    let labels = poll["options"].as_array().into_iter().flatten();
    let mut object = view.object("poll");
    object.put("id", || Some(poll_id(post.id)));
    object.put("options", || {
        Some(labels.zip(1..).map(|(label, position)| json!({ "position": position, "label": label, "votes": 0 })).collect::<Vec<_>>())
    });
    object.put("duration_minutes", || Some(minutes));
    object.put("end_datetime", || Some(show_time(end)));
    object.put("voting_status", || Some(if world.now() < end { "open" } else { "closed" }));
    Some(object.finish())
}

fn edit_controls(world: &World, post: &Post) -> Value {
    let first = post.earlier.first().copied().unwrap_or(post.id);
    let until = time_of(first).saturating_add(EDIT_TIME).unwrap_or(jiff::Timestamp::MAX);
    let remaining = MAX_EDITS.saturating_sub(post.earlier.len());
    let eligible = remaining > 0 && world.now() < until && post.later.is_none() && post.reply.is_none() && post.reposted.is_none();
    json!({ "edits_remaining": remaining, "is_edit_eligible": eligible, "editable_until": show_time(until) })
}

/// Tags, mentions and links in a text, with their places in characters. X puts a short link of its own in place of each; here they stay as they were written.
pub(super) fn entities_of(world: &World, text: &str) -> Option<Value> {
    let found = entities(text);
    let list = |tags: &[Tag], what: &dyn Fn(&str) -> Value| -> Option<Value> {
        let items = tags.iter().map(|tag| {
            let mut item = what(&tag.text);
            (item["start"], item["end"]) = (tag.start.into(), tag.end.into());
            item
        });
        let items: Vec<Value> = items.collect();
        (!items.is_empty()).then(|| items.into())
    };
    let tag = |text: &str| json!({ "tag": text });
    let mention = |name: &str| match world.user_by_name(name) {
        Some(user) => json!({ "username": user.username, "id": user.id.to_string() }),
        None => json!({ "username": name }),
    };
    let link = |url: &str| json!({ "url": url, "expanded_url": url, "display_url": display(url) });
    let kinds = [
        ("hashtags", list(&found.hashtags, &tag)),
        ("cashtags", list(&found.cashtags, &tag)),
        ("mentions", list(&found.mentions, &mention)),
        ("urls", list(&found.urls, &link)),
    ];
    let object: Map<String, Value> = kinds.into_iter().filter_map(|(name, list)| Some((name.to_owned(), list?))).collect();
    (!object.is_empty()).then_some(Value::Object(object))
}

/// A link as X shows it to readers: without its scheme, and of a long path only the beginning.
pub(super) fn display(url: &str) -> String {
    const SHOWN: usize = 15;
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let path = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[path..].char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &rest[..path + end]),
        None => rest.to_owned(),
    }
}

pub(super) fn public_metrics(view: &View, world: &World, post: &Post) -> Value {
    let (mut replies, mut quotes, mut reposts) = (0, 0, 0);
    for other in world.referring_to(post.id) {
        replies += usize::from(other.reply.is_some_and(|reply| reply.to == post.id));
        quotes += usize::from(other.quoted == Some(post.id));
        reposts += usize::from(other.reposted == Some(post.id));
    }
    json!({
        view.dialect.spell("repost_count"): reposts,
        "reply_count": replies,
        "like_count": world.likes.count_to(post.id),
        "quote_count": quotes,
        "bookmark_count": world.bookmarks.posts.count_to(post.id),
        "impression_count": 0,
    })
}

/// The posts that a post points to.
fn references(post: &Post) -> impl Iterator<Item = (&'static str, PostId)> {
    let reposted = post.reposted.map(|id| ("retweeted", id));
    let quoted = post.quoted.map(|id| ("quoted", id));
    let replied = post.reply.map(|reply| ("replied_to", reply.to));
    reposted.into_iter().chain(quoted).chain(replied)
}

/// The objects that the expansions bring in for posts.
pub(super) fn expand(view: &View, world: &World, posts: &[&Post], included: &mut Included) {
    let referenced_authors = view.expands("referenced_posts.id.author_id");
    let referenced_media = view.expands("referenced_posts.id.attachments.media_keys");
    let referenced = referenced_authors || referenced_media || view.expands("referenced_posts") || view.expands("referenced_posts.id");
    for post in posts {
        if view.expands("author_id") {
            included.user(post.author);
        }
        if view.expands("edit_history_post_ids") {
            world.versions(post).into_iter().for_each(|version| included.post(version));
        }
        if view.expands("in_reply_to_user_id")
            && let Some(reply) = post.reply
        {
            included.user(reply.to_user);
        }
        if view.expands("entities.mentions.username") {
            let mentioned = entities(&post.text).mentions;
            mentioned.iter().filter_map(|tag| world.user_by_name(&tag.text)).for_each(|user| included.user(user.id));
        }
        if view.expands("attachments.media_keys") {
            post.media.iter().for_each(|key| included.media(key));
        }
        if view.expands("attachments.poll_ids") && poll(post).is_some() {
            included.poll(post.id);
        }
        for (_, id) in references(post).filter(|_| referenced) {
            let Some(other) = world.post(id) else {
                included.errors.push(resource_not_found("tweet", view.dialect.spell("referenced_posts.id"), &id.to_string()));
                continue;
            };
            if !world.sees(view.viewer, other) {
                included.errors.push(resource_not_authorized("tweet", view.dialect.spell("referenced_posts.id"), &id.to_string()));
                continue;
            }
            included.post(id);
            if referenced_authors {
                included.user(other.author);
            }
            if referenced_media {
                other.media.iter().for_each(|key| included.media(key));
            }
        }
    }
}

impl Call<'_> {
    /// Answers with one post.
    fn show_post(&self, post: &Post) -> Result<Answer, Problem> {
        let view = self.view();
        let mut included = Included::default();
        expand(&view, self.world, &[post], &mut included);
        let includes = view.includes(self.world, &included);
        self.answer(Envelope { data: Some(render(&view, self.world, post)), includes, errors: included.errors, ..Envelope::default() })
    }

    /// Returns whether the caller may see a post.
    pub(super) fn sees(&self, post: &Post) -> bool {
        self.world.sees(self.viewer(), post)
    }

    /// Answers with a page of posts, as far as the caller may see them, each with the key of its place.
    pub(super) fn show_posts<'w>(&'w self, posts: impl Iterator<Item = (u64, &'w Post)>) -> Result<Answer, Problem> {
        let Page { items, mut meta } = Page::of(self, posts.filter(|(_, post)| self.sees(post)))?;
        if let (Some(newest), Some(oldest)) = (items.first(), items.last()) {
            meta.insert("newest_id".to_owned(), newest.id.to_string().into());
            meta.insert("oldest_id".to_owned(), oldest.id.to_string().into());
        }
        self.list_posts(&items, Included::default(), meta)
    }

    fn list_posts(&self, posts: &[&Post], mut included: Included, meta: Map<String, Value>) -> Result<Answer, Problem> {
        let view = self.view();
        expand(&view, self.world, posts, &mut included);
        let data: Vec<Value> = posts.iter().map(|post| render(&view, self.world, post)).collect();
        let includes = view.includes(self.world, &included);
        self.answer(Envelope { data: (!data.is_empty()).then(|| data.into()), includes, errors: included.errors, meta })
    }

    /// The post in the path. A deleted post has a status of its own, as X also gives it.
    pub(super) fn post_in_path(&self) -> Result<&Post, Problem> {
        let id = self.id(0);
        let post = self.world.post(id);
        if post.is_some_and(|post| !self.sees(post)) {
            return Err(Problem::not_authorized("tweet", self.path_name(0), &self.path[0]));
        }
        post.ok_or_else(|| match self.world.deleted_author(id) {
            Some(_) => Problem::not_found(&resource_not_found("tweet", self.path_name(0), &self.path[0])),
            None => Problem::missing("tweet", self.path_name(0), &self.path[0]),
        })
    }
}

fn by_id(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let post = call.post_in_path()?;
    call.show_post(post)
}

fn by_ids(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let mut found = Vec::new();
    let mut included = Included::default();
    for id in call.query.list("ids") {
        match id.parse::<PostId>().ok().and_then(|id| call.world.post(id)) {
            Some(post) if !call.sees(post) => included.errors.push(resource_not_authorized("tweet", "ids", id)),
            Some(post) => found.push(post),
            None => included.errors.push(resource_not_found("tweet", "ids", id)),
        }
    }
    call.list_posts(&found, included, Map::new())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let author = call.user()?;
    let draft = draft(call)?;
    let last = call.world.posts_of(author).find(|post| post.reposted.is_none());
    if draft.edits.is_none() && draft.media.is_empty() && last.is_some_and(|last| *last.text == *draft.text) {
        return Err(Problem::forbidden("You are not allowed to create a Tweet with duplicate content."));
    }
    if let Some(to) = draft.reply_to {
        may_reply(call, to)?;
    }
    if let Some(quoted) = draft.quoted {
        let Some(quoted) = call.world.post(quoted).filter(|post| call.sees(post)) else {
            return Err(Problem::forbidden("You attempted to quote a Tweet that is deleted or not visible to you."));
        };
        may_share(call, author, quoted)?;
    }
    let id = call.world.create(author, draft);
    let view = call.view();
    let Some(post) = call.world.post(id) else { return Err(Problem::missing("tweet", "id", &id.to_string())) };
    call.data(render(&view, call.world, post))
}

/// Posts of protected users are for their followers, who may not repeat or quote them.
pub(super) fn may_share(call: &Call<'_>, user: UserId, post: &Post) -> Result<(), Problem> {
    if post.author != user && call.world.is_protected(post.author) {
        return Err(Problem::forbidden("The author of the post is protected: only they may repost or quote it."));
    }
    Ok(())
}

fn may_reply(call: &Call<'_>, to: PostId) -> Result<(), Problem> {
    let user = call.user()?;
    let Some(post) = call.world.post(to).filter(|post| call.sees(post)) else {
        return Err(Problem::forbidden("You attempted to reply to a Tweet that is deleted or not visible to you."));
    };
    let me = call.world.user(user).map_or("", |user| user.username.as_str());
    let allowed = match post.reply_settings.as_deref() {
        _ if post.author == user => true,
        Some("following") => call.world.follows.has(post.author, user),
        Some("mentionedUsers") => entities(&post.text).mentions.iter().any(|tag| tag.text.eq_ignore_ascii_case(me)),
        Some("verified") => call.world.user(user).is_some_and(|user| user.verified),
        // Nobody subscribes to anybody here.
        Some("subscribers") => false,
        _ => true,
    };
    if allowed {
        Ok(())
    } else {
        Err(Problem::forbidden(
            "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
        ))
    }
}

/// The body of a new post. It is known to be as described; only rules beyond the description are checked here.
fn draft(call: &Call<'_>) -> Result<Draft, Problem> {
    let mut errors = Vec::new();
    let body = &call.body;
    let id = |path: &[&str]| {
        let value = path.iter().try_fold(body, |value, key| value.get(key)).and_then(Value::as_str);
        value.and_then(|text| text.parse::<u64>().ok())
    };
    let text = call.text("text").unwrap_or_default().to_owned();
    let (reply_to, quoted, edits) =
        (id(&["reply", "in_reply_to_tweet_id"]), id(&["quote_tweet_id"]), id(&["edit_options", "previous_post_id"]));
    let reply_settings = call.text("reply_settings").map(str::to_owned);
    let media: Vec<String> = body
        .pointer("/media/media_ids")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let has_more = !media.is_empty() || ["poll", "card_uri", "direct_message_deep_link"].iter().any(|name| body.get(name).is_some());
    if text.trim().is_empty() && !has_more {
        errors.push(invalid("text", &[&text], "$.text: must not be empty in a post without media"));
    }
    if text::weighted_length(&text) > MAX_TEXT {
        errors.push(invalid("text", &[&text], format!("$.text: is longer than {MAX_TEXT} characters")));
    }
    let known: Vec<&str> = ["poll", "media", "quote_tweet_id", "card_uri"].into_iter().filter(|name| body.get(name).is_some()).collect();
    if known.len() > 1 {
        let message = format!("$: only one of [{}] may be given", known.join(","));
        errors.push(invalid(known[0], &[], message));
    }
    if let Some(edits) = edits {
        let fault = match call.world.post(edits) {
            None => Some("is not a post"),
            Some(post) if Some(post.author) != call.user().ok() => Some("is not a post of the authenticating user"),
            Some(post) if edit_controls(call.world, post)["is_edit_eligible"] == false => Some("can no longer be edited"),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            let message = format!("$.edit_options.previous_post_id: {fault}");
            errors.push(invalid("edit_options.previous_post_id", &[&edits.to_string()], message));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_request(errors));
    }
    let other: Map<String, Value> =
        ["card_uri", "community_id", "geo", "poll"].iter().filter_map(|name| Some(((*name).to_owned(), body.get(name)?.clone()))).collect();
    let media = call.world.ready(call.user()?, &media).map_err(|unknown| {
        let message = "$.media.media_ids: is not an uploaded medium that is ready";
        Problem::invalid_request(vec![invalid("media.media_ids", &[&unknown], message)])
    })?;
    Ok(Draft {
        text,
        reply_to,
        quoted,
        reply_settings,
        edits,
        media: media.into_iter().map(|(_, key)| key).collect(),
        other: (!other.is_empty()).then_some(other),
        ..Draft::default()
    })
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, id) = (call.user()?, call.id(0));
    // A user who can no longer see the original of a repost may still delete the repost.
    if call.world.post(id).is_none_or(|post| post.author != user) {
        call.post_in_path()?;
        return Err(Problem::forbidden("You are not authorized to delete this Tweet."));
    }
    call.world.delete(id);
    call.data(json!({ "deleted": true }))
}

fn hide(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let post = call.post_in_path()?;
    let (id, answered) = (post.id, post.reply);
    let Some(reply) = answered else {
        let message = "The post is not a reply.";
        return Err(Problem::blank(StatusCode::BAD_REQUEST, message));
    };
    let conversation = call.world.post(id).map(|post| post.conversation).and_then(|id| call.world.post(id));
    if conversation.map_or(reply.to_user, |first| first.author) != user {
        return Err(Problem::forbidden("Only the author of a conversation may hide its replies."));
    }
    let hidden = call.body["hidden"] == true;
    if let Some(post) = call.world.post_mut(id) {
        post.hidden = hidden;
    }
    call.data(json!({ "hidden": hidden }))
}
