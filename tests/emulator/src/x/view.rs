//! The fields that a request asks for, and the objects that come with them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::shown::overlay;
use crate::dialect::Dialect;
use crate::query::Query;
use crate::state::{PostId, UserId, World};

/// The fields that X shows unasked, by kind of thing.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("post", &["id", "text", "edit_history_post_ids"]),
    ("user", &["id", "name", "username"]),
    ("list", &["id", "name"]),
    ("media", &["media_key", "type"]),
    ("like_with_tweet_author", &["id", "liked_tweet_id", "liked_tweet_author_id", "created_at"]),
    ("connection", &["id", "endpoint_name", "connected_at"]),
    ("dm_event", &["id", "event_type", "text"]),
    ("poll", &["id", "options"]),
    ("place", &["id", "full_name"]),
    ("space", &["id", "state"]),
    ("topic", &["id", "name"]),
    ("call", &["id"]),
    ("webhook_config", &["id", "url", "valid", "created_at"]),
    ("community", &["id", "name"]),
    ("trend", &["trend_name", "post_count"]),
    ("personalized_trend", &["category", "post_count", "trend_name", "trending_since"]),
    ("usage", &["cap_reset_day", "project_cap", "project_id", "project_usage"]),
    (
        "compliance_job",
        &[
            "id",
            "type",
            "name",
            "resumable",
            "status",
            "created_at",
            "upload_url",
            "upload_expires_at",
            "download_url",
            "download_expires_at",
        ],
    ),
];

/// Fields that things of any other kind show unasked, as far as they have them: X does not document them.
const USUAL: &[&str] = &["id", "name", "text", "title", "media_key", "type"];

/// Fields that only the owner of a thing sees.
pub(super) const PRIVATE: &[&str] = &["confirmed_email", "non_public_metrics", "organic_metrics", "promoted_metrics"];

/// The fields and expansions of a request, under current names.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) dialect: Dialect,
    /// On whose behalf things are looked at; private figures are shown to their owner only.
    pub(crate) viewer: Option<UserId>,
    fields: BTreeMap<String, BTreeSet<String>>,
    expansions: BTreeSet<String>,
}

/// The things to be included, each once and in the order they were met.
#[derive(Debug, Default)]
pub(crate) struct Included {
    pub(crate) posts: Vec<PostId>,
    pub(crate) users: Vec<UserId>,
    pub(crate) media: Vec<String>,
    /// By the posts that they are attached to.
    pub(crate) polls: Vec<PostId>,
    /// Problems of things that could not be found.
    pub(crate) errors: Vec<Value>,
}

impl Included {
    pub(crate) fn post(&mut self, id: PostId) {
        add(&mut self.posts, id);
    }

    pub(crate) fn user(&mut self, id: UserId) {
        add(&mut self.users, id);
    }

    pub(crate) fn poll(&mut self, post: PostId) {
        add(&mut self.polls, post);
    }

    pub(crate) fn media(&mut self, key: &str) {
        add(&mut self.media, key.to_owned());
    }
}

fn add<T: PartialEq>(items: &mut Vec<T>, item: T) {
    if !items.contains(&item) {
        items.push(item);
    }
}

impl View {
    pub(crate) fn new(query: &Query, dialect: Dialect, viewer: Option<UserId>) -> Self {
        let expansions = query.set("expansions");
        let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (kind, defaults) in DEFAULTS {
            fields.entry((*kind).to_owned()).or_default().extend(defaults.iter().map(|name| (*name).to_owned()));
        }
        for (name, value) in query.pairs() {
            if let Some(kind) = name.strip_suffix(".fields") {
                fields.entry(kind.to_owned()).or_default().extend(value.split(',').map(str::to_owned));
            }
        }
        // X shows the field that an expansion starts from, asked for or not. None starts from a place, which has a `geo` as well.
        let roots: Vec<String> = expansions.iter().filter_map(|name| name.split('.').next()).map(str::to_owned).collect();
        for (_, names) in fields.iter_mut().filter(|(kind, _)| *kind != "place") {
            names.extend(roots.iter().cloned());
        }
        Self { dialect, viewer, fields, expansions }
    }

    pub(crate) fn expands(&self, name: &str) -> bool {
        self.expansions.contains(name)
    }

    /// Returns whether a field of a kind of thing is shown.
    pub(crate) fn shows(&self, kind: &str, field: &str) -> bool {
        let usual = || USUAL.contains(&field) && !DEFAULTS.iter().any(|(known, _)| *known == kind);
        self.fields.get(kind).is_some_and(|fields| fields.contains(field)) || usual()
    }

    /// A thing to be filled with the fields that were asked for.
    pub(crate) fn object(&self, kind: &'static str) -> Object<'_> {
        Object { view: self, kind, own: false, map: Map::new() }
    }

    /// `includes`, as far as there is something to include. Each kind of thing is rendered by its own module.
    pub(crate) fn includes(&self, world: &World, included: &Included) -> Map<String, Value> {
        let users = included.users.iter().filter_map(|id| world.user(*id)).map(|user| super::users::render(self, world, user));
        let seen = included.posts.iter().filter_map(|id| world.post(*id)).filter(|post| world.sees(self.viewer, post));
        let posts = seen.map(|post| super::posts::render(self, world, post));
        let polls = included.polls.iter().filter_map(|id| super::posts::render_poll(self, world, world.post(*id)?));
        let media = included.media.iter().filter_map(|key| world.medium(key)).map(|medium| super::media::render(self, medium));
        let mut includes = Map::new();
        for (name, things) in
            [("users", users.collect::<Vec<_>>()), ("posts", posts.collect()), ("media", media.collect()), ("polls", polls.collect())]
        {
            if !things.is_empty() {
                includes.insert(self.dialect.spell(name).to_owned(), things.into());
            }
        }
        includes
    }
}

/// A thing as JSON, field by field.
pub(crate) struct Object<'v> {
    view: &'v View,
    kind: &'static str,
    own: bool,
    map: Map<String, Value>,
}

impl Object<'_> {
    /// The same of a thing that may be the viewer's own, who then sees its private fields.
    pub(crate) fn own(self, own: bool) -> Self {
        Self { own, ..self }
    }

    fn shows(&self, name: &str) -> bool {
        self.view.shows(self.kind, name) && (self.own || !PRIVATE.contains(&name))
    }

    /// Puts in a field, under its current name, if it is asked for and there is something to show.
    pub(crate) fn put<V: Into<Value>>(&mut self, name: &str, value: impl FnOnce() -> Option<V>) {
        if self.shows(name)
            && let Some(value) = value()
        {
            self.map.insert(self.view.dialect.spell(name).to_owned(), value.into());
        }
    }

    pub(crate) fn finish(self) -> Value {
        Value::Object(self.map)
    }

    /// The same, with the fields that a test has set on the thing with this id.
    pub(crate) fn finish_as(mut self, world: &World, id: u64) -> Value {
        let shown = world.shown.get(&id).into_iter().flatten();
        for (name, value) in shown {
            if self.shows(name) {
                overlay(&mut self.map, name, value, self.view.dialect);
            }
        }
        Value::Object(self.map)
    }
}
