//! What streams give for what happens.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::description::Location;
use crate::state::{Event, Post, Rule, World, created_at, time_of};
use crate::x::subject::matches;
use crate::x::{Call, Included, View, activity, posts};

/// What a stream is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Documents {
    /// Posts that a rule matches.
    Filtered,
    /// All posts, or those in a language.
    Posts {
        lang: Option<&'static str>,
    },
    Likes,
    /// Posts that are gone.
    Deletions,
    /// What became of users.
    Users,
    /// Likes that are gone.
    Unlikes,
    /// Posts that X has put a notice to.
    Labels,
    /// What users do, as far as it is subscribed to.
    Activity,
}

/// What one request wants of a stream.
pub(super) struct Wanted {
    view: View,
    /// Its part, counted from 0, and how many there are.
    partition: Option<(u64, u64)>,
    /// Bounds by time.
    ids: Range<u64>,
}

impl Wanted {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let described =
            call.operation.parameters.iter().find(|parameter| parameter.location == Location::Query && parameter.name == "partition");
        let parts = described.and_then(|parameter| parameter.schema()["maximum"].as_u64()).filter(|parts| *parts > 0);
        let partition = call.query.integer("partition").and_then(|part| Some((part.checked_sub(1)?, parts?)));
        Self { view: call.view(), partition, ids: call.id_range() }
    }

    /// Whether something is in the part and the time that were asked for. A thing is in the same part of all streams.
    fn has(&self, moment: u64) -> bool {
        let mut hasher = DefaultHasher::new();
        moment.hash(&mut hasher);
        self.ids.contains(&moment) && self.partition.is_none_or(|(part, parts)| hasher.finish() % parts == part)
    }
}

impl Documents {
    /// The documents for an event.
    pub(super) fn of(self, world: &World, wanted: &Wanted, event: &Event) -> impl Iterator<Item = Value> {
        let documents = if wanted.has(moment(event)) { self.all_of(world, wanted, event) } else { Vec::new() };
        documents.into_iter()
    }

    /// The documents for what has happened since an id, as far as the state tells: a like that was taken back has left no trace.
    pub(super) fn since(self, world: &World, wanted: &Wanted, since: u64) -> Vec<Value> {
        let events = world.history(since);
        events.iter().flat_map(|event| self.of(world, wanted, event)).collect()
    }

    fn all_of(self, world: &World, wanted: &Wanted, event: &Event) -> Vec<Value> {
        let view = &wanted.view;
        let one = match (self, *event) {
            (Self::Filtered, Event::Posted(id)) => world.post(id).and_then(|post| filtered(world, view, post)),
            (Self::Posts { lang }, Event::Posted(id)) => {
                let post = world.post(id).filter(|post| lang.is_none_or(|lang| posts::language(&post.text) == lang));
                post.map(|post| Value::Object(shown(world, view, post)))
            }
            (Self::Likes, Event::Liked { user, post, moment }) => Some(like(world, view, user, post, moment)),
            (Self::Deletions, Event::Deleted { post, author, moment }) => {
                let tweet = json!({ "id": post.to_string(), "author_id": author.to_string() });
                Some(json!({ "data": { "delete": { "tweet": tweet, "event_at": created_at(moment) } } }))
            }
            (Self::Unlikes, Event::Unliked { user, post, moment }) => {
                let favorite = json!({ "id": post.to_string(), "user_id": user.to_string() });
                Some(json!({ "data": { "delete": { "favorite": favorite, "event_at": created_at(moment) } } }))
            }
            (Self::Users, Event::Protected { user, protected, moment }) => {
                let name = if protected { "user_protect" } else { "user_unprotect" };
                Some(json!({ "data": { name: { "user": { "id": user.to_string() }, "event_at": created_at(moment) } } }))
            }
            (Self::Labels, Event::Labelled { post, moment }) => world.post(post).map(|post| label(world, post, moment)),
            (Self::Activity, _) => return activity::documents(world, view, event),
            _ => None,
        };
        one.into_iter().collect()
    }
}

/// When something happened, as an id.
fn moment(event: &Event) -> u64 {
    match *event {
        Event::Posted(id) => id,
        Event::Deleted { moment, .. }
        | Event::Liked { moment, .. }
        | Event::Unliked { moment, .. }
        | Event::Followed { moment, .. }
        | Event::Unfollowed { moment, .. }
        | Event::Protected { moment, .. }
        | Event::Labelled { moment, .. } => moment,
    }
}

/// A post with what was asked for.
fn shown(world: &World, view: &View, post: &Post) -> Map<String, Value> {
    let mut included = Included::default();
    posts::expand(view, world, &[post], &mut included);
    let includes = view.includes(world, &included);
    let mut document = Map::from_iter([("data".to_owned(), posts::render(view, world, post))]);
    if !includes.is_empty() {
        document.insert("includes".to_owned(), Value::Object(includes));
    }
    if !included.errors.is_empty() {
        document.insert("errors".to_owned(), included.errors.into());
    }
    document
}

fn filtered(world: &World, view: &View, post: &Post) -> Option<Value> {
    let rules: Vec<Value> = world.streams.rules.iter().filter(|rule| matches(world, &rule.query, post)).map(matching_rule).collect();
    if rules.is_empty() {
        return None;
    }
    let mut document = shown(world, view, post);
    document.insert("matching_rules".to_owned(), rules.into());
    Some(Value::Object(document))
}

fn matching_rule(rule: &Rule) -> Value {
    match &rule.tag {
        Some(tag) => json!({ "id": rule.id.to_string(), "tag": tag }),
        None => json!({ "id": rule.id.to_string() }),
    }
}

fn like(world: &World, view: &View, user: u64, post: u64, moment: u64) -> Value {
    let author = world.post(post).map(|post| post.author);
    let mut object = view.object("like_with_tweet_author");
    object.put("id", || Some(format!("{user}_{moment}")));
    object.put("liked_tweet_id", || Some(post.to_string()));
    object.put("created_at", || Some(created_at(moment)));
    object.put("timestamp_ms", || Some(time_of(moment).as_millisecond()));
    object.put("liked_tweet_author_id", || Some(author?.to_string()));
    let mut data = object.finish();
    // The field that is asked for under one name is described under another.
    if let Some(author) = data.as_object_mut().and_then(|data| data.remove("liked_tweet_author_id")) {
        data["tweet_author_id"] = author;
    }
    let mut included = Included::default();
    if view.expands("liked_tweet_id") {
        included.post(post);
    }
    if view.expands("liked_tweet_author_id") {
        author.into_iter().for_each(|author| included.user(author));
    }
    let includes = view.includes(world, &included);
    if includes.is_empty() { json!({ "data": data }) } else { json!({ "data": data, "includes": includes }) }
}

fn label(world: &World, post: &Post, moment: u64) -> Value {
    let notice = json!({
        "tweet": { "id": post.id.to_string(), "author_id": post.author.to_string() },
        "event_type": "applied",
        "event_at": created_at(moment),
        "application": "emulator",
        "label_title": world.label(post.id).unwrap_or_default(),
    });
    json!({ "data": { "public_tweet_notice": notice } })
}
