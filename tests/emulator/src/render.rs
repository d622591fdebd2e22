//! Posts and users as JSON: the fields that were asked for, in the dialect of the request.
//!
//! Inside, everything has its current name ("post"); the older one ("tweet") exists only at the edges.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::problem::resource_not_found;
use crate::query::Query;
use crate::state::{Post, PostId, User, UserId, World, created_at, editable_until};

/// Which of X's two vocabularies an answer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Post,
    Tweet,
}

/// The names that differ: the current one, then the older one.
const SPELLINGS: &[(&str, &str)] = &[
    ("edit_history_post_ids", "edit_history_tweet_ids"),
    ("referenced_posts", "referenced_tweets"),
    ("referenced_posts.id", "referenced_tweets.id"),
    ("referenced_posts.id.author_id", "referenced_tweets.id.author_id"),
    ("referenced_posts.id.attachments.media_keys", "referenced_tweets.id.attachments.media_keys"),
    ("note_post", "note_tweet"),
    ("pinned_post_id", "pinned_tweet_id"),
    ("most_recent_post_id", "most_recent_tweet_id"),
    ("repost_count", "retweet_count"),
    ("post_count", "tweet_count"),
    ("posts", "tweets"),
];

/// The current name of what may be an older one.
fn canonical(name: &str) -> &str {
    SPELLINGS.iter().find(|(_, old)| *old == name).map_or(name, |(current, _)| current)
}

impl Dialect {
    fn spell(self, name: &'static str) -> &'static str {
        match self {
            Self::Post => name,
            Self::Tweet => SPELLINGS.iter().find(|(current, _)| *current == name).map_or(name, |(_, old)| old),
        }
    }

    /// The answer follows the request. One that uses both vocabularies is answered in the current one.
    fn of(query: &Query) -> Self {
        let current_names = query.list("expansions").chain(query.list("user.fields"));
        let mut current_names = current_names.filter(|name| SPELLINGS.iter().any(|(current, _)| current == name));
        if query.get("post.fields").is_some() || current_names.next().is_some() { Self::Post } else { Self::Tweet }
    }
}

/// Fields of a post in 2.173 and, below, those that only its predecessors list although they are still answered.
const POST_FIELDS: &[&str] = &[
    "article",
    "article_title",
    "attachments",
    "card_uri",
    "community_id",
    "context_annotations",
    "conversation_id",
    "created_at",
    "display_text_range",
    "edit_controls",
    "entities",
    "geo",
    "id",
    "lang",
    "matched_media_notes",
    "media_metadata",
    "non_public_metrics",
    "note_post",
    "note_request_suggestions",
    "organic_metrics",
    "paid_partnership",
    "possibly_sensitive",
    "promoted_metrics",
    "public_metrics",
    "reply_settings",
    "scopes",
    "source",
    "suggested_source_links",
    "suggested_source_links_with_counts",
    "text",
    "withheld",
    "author_id",
    "edit_history_post_ids",
    "in_reply_to_user_id",
    "referenced_posts",
];

/// Fields of a user in 2.173 and, below, those that only its predecessors list although they are still answered.
const USER_FIELDS: &[&str] = &[
    "active_follower_count",
    "confirmed_email",
    "connection_status",
    "created_at",
    "description",
    "entities",
    "id",
    "is_identity_verified",
    "location",
    "name",
    "parody",
    "profile_banner_url",
    "profile_image_url",
    "protected",
    "public_metrics",
    "receives_your_dm",
    "subscriber_count",
    "subscribes_to_you",
    "subscription",
    "subscription_type",
    "url",
    "username",
    "verified",
    "verified_followers_count",
    "verified_type",
    "withheld",
    "affiliation",
    "most_recent_post_id",
    "pinned_post_id",
];

const POST_EXPANSIONS: &[&str] = &[
    "article.cover_media",
    "article.media_entities",
    "attachments.media_keys",
    "attachments.media_source_tweet",
    "attachments.poll_ids",
    "author_id",
    "edit_history_post_ids",
    "entities.mentions.username",
    "entities.note.mentions.username",
    "geo.place_id",
    "in_reply_to_user_id",
    "referenced_posts",
    "referenced_posts.id",
    "referenced_posts.id.attachments.media_keys",
    "referenced_posts.id.author_id",
    "username",
];

const USER_EXPANSIONS: &[&str] = &["affiliation", "affiliation.user_id", "most_recent_post_id", "pinned_post_id"];

pub(crate) fn is_post_field(name: &str) -> bool {
    POST_FIELDS.contains(&canonical(name))
}

pub(crate) fn is_user_field(name: &str) -> bool {
    USER_FIELDS.contains(&canonical(name))
}

pub(crate) fn is_post_expansion(name: &str) -> bool {
    POST_EXPANSIONS.contains(&canonical(name))
}

pub(crate) fn is_user_expansion(name: &str) -> bool {
    USER_EXPANSIONS.contains(&canonical(name))
}

/// What a request wants to see, under current names.
#[derive(Debug)]
pub(crate) struct View {
    dialect: Dialect,
    post_fields: BTreeSet<String>,
    user_fields: BTreeSet<String>,
    expansions: BTreeSet<String>,
}

/// What an answer carries beside its `data`.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    pub(crate) includes: Option<Value>,
    pub(crate) errors: Vec<Value>,
}

/// The things to be included, each once and in the order they were met.
#[derive(Debug, Default)]
struct Included {
    posts: Vec<PostId>,
    users: Vec<UserId>,
}

impl Included {
    fn post(&mut self, id: PostId) {
        if !self.posts.contains(&id) {
            self.posts.push(id);
        }
    }

    fn user(&mut self, id: UserId) {
        if !self.users.contains(&id) {
            self.users.push(id);
        }
    }
}

impl View {
    pub(crate) fn of(query: &Query) -> Self {
        let set = |names: &mut dyn Iterator<Item = &str>| names.map(|name| canonical(name).to_owned()).collect::<BTreeSet<_>>();
        let expansions = set(&mut query.list("expansions"));
        let mut post_fields = set(&mut query.list("post.fields").chain(query.list("tweet.fields")));
        let mut user_fields = set(&mut query.list("user.fields"));
        post_fields.extend(["id", "text", "edit_history_post_ids"].map(str::to_owned));
        user_fields.extend(["id", "name", "username"].map(str::to_owned));
        // X shows the field that an expansion starts from, asked for or not.
        for expansion in &expansions {
            let field = expansion.split('.').next().unwrap_or_default().to_owned();
            post_fields.insert(field.clone());
            user_fields.insert(field);
        }
        Self { dialect: Dialect::of(query), post_fields, user_fields, expansions }
    }

    fn expands(&self, name: &str) -> bool {
        self.expansions.contains(name)
    }

    pub(crate) fn post(&self, world: &World, post: &Post) -> Value {
        let mut object = Map::new();
        let mut put = |name: &'static str, value: &dyn Fn() -> Option<Value>| {
            if self.post_fields.contains(name)
                && let Some(value) = value()
            {
                object.insert(self.dialect.spell(name).to_owned(), value);
            }
        };
        put("id", &|| Some(post.id.to_string().into()));
        put("text", &|| Some(post.text.as_str().into()));
        put("edit_history_post_ids", &|| Some(json!([post.id.to_string()])));
        put("author_id", &|| Some(post.author.to_string().into()));
        put("conversation_id", &|| Some(post.conversation.to_string().into()));
        put("created_at", &|| Some(created_at(post.id).into()));
        put("edit_controls", &|| {
            Some(json!({ "edits_remaining": 5, "is_edit_eligible": true, "editable_until": editable_until(post.id) }))
        });
        put("in_reply_to_user_id", &|| Some(post.reply?.to_user.to_string().into()));
        put("possibly_sensitive", &|| Some(false.into()));
        put("public_metrics", &|| Some(self.post_metrics(world, post)));
        put("referenced_posts", &|| {
            let list: Vec<Value> = references(post).map(|(kind, id)| json!({ "type": kind, "id": id.to_string() })).collect();
            (!list.is_empty()).then(|| list.into())
        });
        put("reply_settings", &|| Some(post.reply_settings.as_str().into()));
        Value::Object(object)
    }

    fn post_metrics(&self, world: &World, post: &Post) -> Value {
        let replies = world.posts().filter(|other| other.reply.is_some_and(|reply| reply.to == post.id)).count();
        let quotes = world.posts().filter(|other| other.quoted == Some(post.id)).count();
        json!({
            self.dialect.spell("repost_count"): 0,
            "reply_count": replies,
            "like_count": 0,
            "quote_count": quotes,
            "bookmark_count": 0,
            "impression_count": 0,
        })
    }

    pub(crate) fn user(&self, world: &World, user: &User) -> Value {
        let mut object = Map::new();
        let mut put = |name: &'static str, value: &dyn Fn() -> Option<Value>| {
            if self.user_fields.contains(name)
                && let Some(value) = value()
            {
                object.insert(self.dialect.spell(name).to_owned(), value);
            }
        };
        put("id", &|| Some(user.id.to_string().into()));
        put("name", &|| Some(user.name.as_str().into()));
        put("username", &|| Some(user.username.as_str().into()));
        put("created_at", &|| Some(created_at(user.id).into()));
        put("description", &|| Some("".into()));
        put("most_recent_post_id", &|| Some(world.posts_of(user.id).next()?.id.to_string().into()));
        put("protected", &|| Some(false.into()));
        put("public_metrics", &|| {
            Some(json!({
                "followers_count": 0,
                "following_count": 0,
                self.dialect.spell("post_count"): world.posts_of(user.id).count(),
                "listed_count": 0,
                "like_count": 0,
                "media_count": 0,
            }))
        });
        put("verified", &|| Some(false.into()));
        put("verified_type", &|| Some("none".into()));
        Value::Object(object)
    }

    /// What the expansions bring in for these posts.
    pub(crate) fn extras_of_posts(&self, world: &World, posts: &[&Post]) -> Extras {
        let mut included = Included::default();
        let mut errors = Vec::new();
        let referenced_authors = self.expands("referenced_posts.id.author_id");
        let referenced = referenced_authors || self.expands("referenced_posts") || self.expands("referenced_posts.id");
        for post in posts {
            if self.expands("author_id") {
                included.user(post.author);
            }
            if self.expands("edit_history_post_ids") {
                included.post(post.id);
            }
            if self.expands("in_reply_to_user_id")
                && let Some(reply) = post.reply
            {
                included.user(reply.to_user);
            }
            for (_, id) in references(post).filter(|_| referenced) {
                match world.post(id) {
                    Some(other) => {
                        included.post(id);
                        if referenced_authors {
                            included.user(other.author);
                        }
                    }
                    None => errors.push(resource_not_found("tweet", self.dialect.spell("referenced_posts.id"), &id.to_string())),
                }
            }
        }
        Extras { includes: self.includes(world, &included), errors }
    }

    /// What the expansions bring in for this user.
    pub(crate) fn extras_of_user(&self, world: &World, user: &User) -> Extras {
        let mut included = Included::default();
        if self.expands("most_recent_post_id")
            && let Some(post) = world.posts_of(user.id).next()
        {
            included.post(post.id);
        }
        Extras { includes: self.includes(world, &included), errors: Vec::new() }
    }

    fn includes(&self, world: &World, included: &Included) -> Option<Value> {
        let users: Vec<Value> = included.users.iter().filter_map(|id| world.user(*id)).map(|user| self.user(world, user)).collect();
        let posts: Vec<Value> = included.posts.iter().filter_map(|id| world.post(*id)).map(|post| self.post(world, post)).collect();
        let mut includes = Map::new();
        if !users.is_empty() {
            includes.insert("users".to_owned(), users.into());
        }
        if !posts.is_empty() {
            includes.insert(self.dialect.spell("posts").to_owned(), posts.into());
        }
        (!includes.is_empty()).then_some(Value::Object(includes))
    }
}

/// The posts that a post points to.
fn references(post: &Post) -> impl Iterator<Item = (&'static str, PostId)> {
    let quoted = post.quoted.map(|id| ("quoted", id));
    let replied = post.reply.map(|reply| ("replied_to", reply.to));
    quoted.into_iter().chain(replied)
}
