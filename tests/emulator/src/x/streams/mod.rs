//! The operations that bring events as they happen.
//!
//! Each of them is a row: its events, and the document that it makes of one. The rest is the same for all, and is in `feed`.
//!
//! X chooses the contents of a sample and of each partition. Here a sample has everything, so that a test finds the events that it has caused; the
//! first event of each kind is in partition 1, and the later ones are spread evenly, the same in each run.

mod compliance;
mod connections;
mod feed;
mod rules;
#[cfg(test)]
mod tests;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::subject::matches;
use super::{Answer, Call, Entry, Included, Problem, View, activity};
use crate::state::{Event, Post, PostId, UserId, World, created_at, time_of};

pub(super) use connections::HANDLERS as CONNECTIONS;
pub(crate) use feed::DEFAULT_KEEP_ALIVE;
pub(super) use rules::HANDLERS as RULES;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/tweets/search/stream", filtered),
    (Method::GET, "/2/tweets/sample/stream", |call| call.stream("sample_stream", posts)),
    (Method::GET, "/2/tweets/sample10/stream", |call| call.stream("sample10_stream", posts)),
    (Method::GET, "/2/tweets/firehose/stream", |call| call.stream("firehose_stream", posts)),
    (Method::GET, "/2/tweets/firehose/stream/lang/en", |call| {
        call.stream("firehose_stream_lang_en", |view, world, event| posts_in("en", view, world, event))
    }),
    (Method::GET, "/2/tweets/firehose/stream/lang/ja", |call| {
        call.stream("firehose_stream_lang_ja", |view, world, event| posts_in("ja", view, world, event))
    }),
    (Method::GET, "/2/tweets/firehose/stream/lang/ko", |call| {
        call.stream("firehose_stream_lang_ko", |view, world, event| posts_in("ko", view, world, event))
    }),
    (Method::GET, "/2/tweets/firehose/stream/lang/pt", |call| {
        call.stream("firehose_stream_lang_pt", |view, world, event| posts_in("pt", view, world, event))
    }),
    (Method::GET, "/2/likes/firehose/stream", |call| call.stream("likes_firehose_stream", likes)),
    (Method::GET, "/2/likes/sample10/stream", |call| call.stream("likes_sample10_stream", likes)),
    (Method::GET, "/2/tweets/compliance/stream", |call| call.stream("tweets_compliance_stream", compliance::posts)),
    (Method::GET, "/2/users/compliance/stream", |call| call.stream("users_compliance_stream", compliance::users)),
    (Method::GET, "/2/likes/compliance/stream", |call| call.stream("likes_compliance_stream", compliance::likes)),
    (Method::GET, "/2/tweets/label/stream", |call| call.stream("tweet_label_stream", compliance::labels)),
    (Method::GET, "/2/activity/stream", |call| {
        let view = activity::view(call.dialect);
        call.open("activity_stream", view, activity::documents)
    }),
];

/// The documents that a stream makes of an event: none if the event is not for it.
type Render = fn(&View, &World, &Event) -> Vec<Value>;

impl Call<'_> {
    fn stream(&mut self, endpoint: &'static str, render: Render) -> Result<Answer, Problem> {
        let view = self.view();
        self.open(endpoint, view, render)
    }
}

/// The post of an event, if it was just made and everybody may see it.
fn posted<'w>(world: &'w World, event: &Event) -> Option<&'w Post> {
    match event {
        Event::Posted(id) => world.post(*id).filter(|post| world.sees(None, post)),
        _ => None,
    }
}

/// A document with the objects that the expansions bring in.
fn document(view: &View, world: &World, data: Value, included: Included) -> Value {
    let mut document = Map::from_iter([("data".to_owned(), data)]);
    let includes = view.includes(world, &included);
    if !includes.is_empty() {
        document.insert("includes".to_owned(), includes.into());
    }
    if !included.errors.is_empty() {
        document.insert("errors".to_owned(), included.errors.into());
    }
    document.into()
}

fn post_document(view: &View, world: &World, post: &Post) -> Value {
    let mut included = Included::default();
    super::posts::expand(view, world, &[post], &mut included);
    document(view, world, super::posts::render(view, world, post), included)
}

fn posts(view: &View, world: &World, event: &Event) -> Vec<Value> {
    posted(world, event).map(|post| post_document(view, world, post)).into_iter().collect()
}

fn posts_in(wanted: &str, view: &View, world: &World, event: &Event) -> Vec<Value> {
    let post = posted(world, event).filter(|post| post.language() == wanted);
    post.map(|post| post_document(view, world, post)).into_iter().collect()
}

fn filtered(call: &mut Call<'_>) -> Result<Answer, Problem> {
    if call.world.rules.len() == 0 {
        let detail = "The stream has no rules: add one first.";
        return Err(Problem::connection(StatusCode::CONFLICT, "RuleConfigurationIssue", detail));
    }
    call.stream("filtered_stream", found)
}

/// The rules that match.
pub(super) fn found(view: &View, world: &World, event: &Event) -> Vec<Value> {
    let Some(post) = posted(world, event) else { return Vec::new() };
    let matching = world.rules.iter().filter(|rule| matches(world, &rule.query, post)).map(|rule| {
        let mut shown = Map::from_iter([("id".to_owned(), rule.id.to_string().into())]);
        if let Some(tag) = &rule.tag {
            shown.insert("tag".to_owned(), tag.as_str().into());
        }
        Value::Object(shown)
    });
    let matching: Vec<Value> = matching.collect();
    if matching.is_empty() {
        return Vec::new();
    }
    let mut document = post_document(view, world, post);
    document["matching_rules"] = matching.into();
    vec![document]
}

/// A like with the fields that were asked for. The field of the author has another name than the property.
pub(super) fn render_like(view: &View, user: UserId, post: PostId, author: UserId, moment: u64) -> Value {
    const KIND: &str = "like_with_tweet_author";
    let mut object = view.object(KIND);
    object.put("id", || Some(format!("{user:016x}{moment:016x}")));
    object.put("created_at", || Some(created_at(moment)));
    object.put("liked_tweet_id", || Some(post.to_string()));
    object.put("timestamp_ms", || Some(time_of(moment).as_millisecond()));
    let mut like = object.finish();
    if view.shows(KIND, "liked_tweet_author_id") {
        like["tweet_author_id"] = author.to_string().into();
    }
    like
}

fn likes(view: &View, world: &World, event: &Event) -> Vec<Value> {
    let Event::Liked { user, post: id, moment } = event else { return Vec::new() };
    let Some(post) = world.post(*id).filter(|post| world.sees(None, post)) else { return Vec::new() };
    let mut included = Included::default();
    if view.expands("liked_tweet_id") {
        included.post(post.id);
    }
    if view.expands("liked_tweet_author_id") {
        included.user(post.author);
    }
    if view.expands("attachments.media_keys") {
        post.media.iter().for_each(|key| included.media(key));
    }
    vec![document(view, world, render_like(view, *user, *id, post.author, *moment), included)]
}

/// A document with nothing but data.
fn data(data: Value) -> Vec<Value> {
    vec![json!({ "data": data })]
}
