//! Operations without a state of their own: their answers are made from the description.
//!
//! The same request gets the same answer for the same seed, whenever it is made. Values of the request appear in its answer where the answer has a
//! place for them; lists have a fixed number of items to page through.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use bytes::Bytes;
use fastrand::Rng;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::view::PRIVATE;
use super::{Answer, Call, Page, Problem, View};
use crate::description::{Parameter, Sampler, data_of, resolve};
use crate::dialect::{canonical, respelled};

/// How many items a list has.
const ITEMS: u64 = 25;

/// The moment of all that is made, 2026-01-01 in seconds since 1970: data that depend on a seed alone cannot follow a clock.
const MADE: i64 = 1_767_225_600;

/// How many bytes a file has.
const FILE: usize = 256;

pub(super) fn answer(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let operation = call.operation;
    let Some((media_type, schema)) = &operation.answer else { return Ok(Answer::empty(operation.status)) };
    let Some(schema) = schema else {
        let mut rng = rng(call, 0);
        let bytes: Bytes = std::iter::repeat_with(|| rng.u8(..)).take(FILE).collect();
        let mut answer = Answer::bytes(operation.status, bytes);
        if let Ok(media_type) = HeaderValue::from_str(media_type) {
            answer.headers.insert(CONTENT_TYPE, media_type);
        }
        return Ok(answer);
    };
    let given = named(call, schema.source());
    let body = made(call, schema.source(), &given)?;
    // A value of the request may not fit its place in the answer: a name that is too long, say.
    let fits = schema.faults(call.shared.description.schemas(), &body).is_empty();
    let mut body = if fits { body } else { made(call, schema.source(), &BTreeMap::new())? };
    match body.get_mut("data") {
        Some(Value::Array(things)) => things.iter_mut().for_each(tell_history),
        Some(thing) => tell_history(thing),
        None => {}
    }
    // In its own dialect, the description has some names of both.
    if call.dialect != call.shared.description.dialect() {
        body = respelled(&body, &|name| call.dialect.spell(canonical(name)));
    }
    Ok(Answer::json(operation.status, &body))
}

/// The source of all that is made for a request.
fn rng(call: &Call<'_>, item: u64) -> Rng {
    let mut hasher = DefaultHasher::new();
    (call.shared.seed, &call.operation.method, &call.operation.template, &call.path, item).hash(&mut hasher);
    Rng::with_seed(hasher.finish())
}

/// Returns the values that the request names: the properties of its body, and the texts in its path. Where it asks for a list of things, its `id` is
/// not the `id` of an item.
fn named(call: &Call<'_>, schema: &Value) -> BTreeMap<String, Value> {
    let document = call.shared.description.document();
    let is_list = data_of(document, schema)["type"] == "array";
    let body = call.body.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone()));
    let path = call.path.iter().enumerate().map(|(index, text)| (call.path_name(index).to_owned(), Value::from(text.as_str())));
    body.chain(path).filter(|(name, _)| !(is_list && name == "id")).collect()
}

fn made(call: &Call<'_>, schema: &Value, given: &BTreeMap<String, Value>) -> Result<Value, Problem> {
    let document = call.shared.description.document();
    let view = call.view();
    let data = data_of(document, schema);
    let list = (data["type"] == "array").then(|| resolve(document, &data["items"]));
    let kind = kind(call, list.unwrap_or(data));
    let wants = |path: &[&str]| wanted(call, &view, kind, path);
    // A thing without fields that are shown unasked shows all fields that it has.
    let wants_all = |path: &[&str]| path.first() == Some(&"data") || wants(path);
    let flag = |name: &str| is_true(call, name);
    let sampler = |item, wants| {
        let (rng, now) = (rng(call, item), Timestamp::from_second(MADE).unwrap_or_default());
        let hints = call.shared.description.hints();
        Sampler { document, rng, now, hints, flag: &flag, given, wants }
    };
    let mut body = sampler(0, &wants).value(schema, &[]);
    if body["data"] == json!({}) {
        body = sampler(0, &wants_all).value(schema, &[]);
    }
    let Some(thing) = list else { return Ok(body) };
    let ids: Vec<&str> = ["ids", "media_keys", "user_ids"].iter().flat_map(|name| call.query.list(name)).collect();
    let item = |number: u64| match sampler(number, &wants).value(thing, &["data"]) {
        Value::Object(item) if item.is_empty() => sampler(number, &wants_all).value(thing, &["data"]),
        item => item,
    };
    let items: Vec<Value> = if ids.is_empty() {
        let page = Page::of(call, (1..=ITEMS).rev().map(|number| (number, number)))?;
        merge_meta(call, &mut body, page.meta);
        page.items.into_iter().map(item).collect()
    } else {
        let named = ids.iter().zip(1..).map(|(id, number)| {
            let mut item = item(number);
            if let Some(own) = item.get_mut("id") {
                *own = (*id).into();
            }
            item
        });
        named.collect()
    };
    body["data"] = items.into();
    Ok(body)
}

/// A made post is the only version of itself.
fn tell_history(thing: &mut Value) {
    let id = thing["id"].clone();
    for name in ["edit_history_post_ids", "edit_history_tweet_ids"] {
        if let Some(history) = thing.get_mut(name) {
            *history = json!([id]);
        }
    }
}

/// Returns the value of a boolean in an answer: true after an action, false after its undoing (`muted` after `DELETE …/mute`), and false in the
/// answer to a `GET`.
fn is_true(call: &Call<'_>, name: &str) -> bool {
    let undone = || {
        let what = call.operation.template.rsplit('/').find(|segment| !segment.starts_with('{')).unwrap_or_default();
        name.strip_suffix('d') == Some(what.strip_suffix('s').unwrap_or(what))
    };
    match call.operation.method {
        Method::GET => false,
        Method::DELETE => !undone(),
        _ => true,
    }
}

/// Returns the parameter that lists the fields of a thing: the parameter with the most of its properties, and at least half of them. The other
/// parameters are about included things.
fn kind<'c>(call: &Call<'c>, thing: &Value) -> Option<&'c Parameter> {
    let properties: Vec<&String> = thing["properties"].as_object().into_iter().flat_map(Map::keys).collect();
    let count = |parameter: &Parameter| properties.iter().filter(|name| parameter.lists(name)).count();
    let fields = call.operation.parameters.iter().filter(|parameter| parameter.name.ends_with(".fields"));
    fields.max_by_key(|parameter| count(parameter)).filter(|parameter| count(parameter) * 2 >= properties.len())
}

/// Returns whether a property is shown. Included things follow the same rule as everywhere; the thing itself shows the usual properties of its kind
/// among those that the parameter of its kind lists, and all others always.
fn wanted(call: &Call<'_>, view: &View, kind: Option<&Parameter>, path: &[&str]) -> bool {
    match path {
        ["errors"] => false,
        // Made data belongs to nobody.
        ["data", name] | ["includes", _, name] if PRIVATE.contains(name) => false,
        // `media` is its own singular.
        ["includes", kind, name] => view.shows(canonical(kind).trim_end_matches('s'), canonical(name)),
        ["includes", ..] => call.query.get("expansions").is_some(),
        ["data", name] => kind.filter(|kind| kind.lists(name)).is_none_or(|kind| {
            let kind = canonical(&kind.name);
            view.shows(kind.strip_suffix(".fields").unwrap_or(kind), canonical(name))
        }),
        _ => true,
    }
}

/// Puts the values of a page in place of the made ones.
fn merge_meta(call: &Call<'_>, body: &mut Value, page: Map<String, Value>) {
    let shape = &call.operation.shape;
    let Some(meta) = body.get_mut("meta").and_then(Value::as_object_mut) else { return };
    for token in ["next_token", "previous_token"] {
        meta.remove(token);
    }
    let more = page.contains_key("next_token");
    for (name, value) in page.into_iter().chain([("has_more".to_owned(), more.into()), ("total_count".to_owned(), ITEMS.into())]) {
        if shape.meta.contains(&name) {
            meta.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::description::Description;
    use crate::x::Handlers;

    /// Returns whether a path begins with the segments of another.
    fn begins_with(path: &str, start: &str) -> bool {
        path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    #[test]
    fn the_docs_say_which_operations_have_no_state() {
        let docs = include_str!("../lib.rs");
        let (_, section) = docs.split_once("//! # State").expect("the section");
        let (section, _) = section.split_once("//! # ").expect("a section after it");
        let said: BTreeSet<&str> = section.split('`').filter(|text| text.starts_with("/2/")).collect();
        let description = Description::parse(paragon_twitter_spec::OPENAPI).expect("the project's own description");
        let handlers = Handlers::new(&description);
        let mut used = BTreeSet::new();
        for (number, operation) in description.operations().iter().enumerate() {
            let start = said.iter().find(|start| begins_with(&operation.template, start));
            assert_eq!(start.is_none(), handlers.0.contains_key(&number), "{} {}", operation.method, operation.template);
            used.extend(start);
        }
        assert_eq!(used, said, "there are no others");
    }
}
