//! Parameters: text in a path or a query string, and the value that it stands for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};

use super::schema::mismatch;
use super::{Mismatch, Operation, Schema, Schemas, shown};
use crate::dialect::{canonical, older};

/// The pattern of the ids of posts, users and most other things.
const ID: &str = "^[0-9]{1,19}$";

/// Where a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Location {
    Path,
    Query,
}

/// A parameter of an operation.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) location: Location,
    pub(crate) required: bool,
    /// Whether a list repeats the name (`p=a&p=b`) or joins its items by commas.
    pub(crate) explode: bool,
    schema: Schema,
}

impl Parameter {
    /// Reads a parameter. Those in headers and cookies, of which X has none, are not checked.
    pub(super) fn read(described: &Value) -> Option<Self> {
        let location = match described["in"].as_str()? {
            "path" => Location::Path,
            "query" => Location::Query,
            _ => return None,
        };
        // In a query string the default of `style` is `form`, and that of `explode` is then true.
        let explode = described["explode"].as_bool().unwrap_or(location == Location::Query);
        let name = described["name"].as_str()?.to_owned();
        let required = described["required"] == Value::Bool(true);
        Some(Self { name, location, required, explode, schema: Schema::new(bounded(described["schema"].clone())) })
    }

    pub(crate) fn schema(&self) -> &Value {
        self.schema.source()
    }

    pub(crate) fn is_list(&self) -> bool {
        self.schema()["type"] == "array"
    }

    /// Returns whether the parameter is a list that may have this name.
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.schema()["items"]["enum"].as_array().is_some_and(|values| values.iter().any(|value| value == name))
    }

    /// The names that a list may have, in both dialects.
    fn values(&self) -> BTreeSet<String> {
        let values = self.schema()["items"]["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        values.flat_map(|value| [canonical(value), older(canonical(value))]).map(str::to_owned).collect()
    }

    /// Returns the faults of the texts that were sent under this name.
    pub(super) fn faults(&self, schemas: &Schemas, texts: &[&str]) -> Vec<Mismatch> {
        if !self.explode && texts.len() > 1 || !self.is_list() && texts.len() > 1 {
            return vec![Mismatch { path: String::new(), value: Some(texts.join(",")), message: "is given more than once".to_owned() }];
        }
        let kind = |schema: &Value| schema["type"].as_str().unwrap_or_default().to_owned();
        let value = if self.is_list() {
            let item = kind(&self.schema()["items"]);
            let items = texts.iter().flat_map(|text| if self.explode { vec![*text] } else { text.split(',').collect() });
            items.map(|text| typed(&item, text)).collect()
        } else {
            typed(&kind(self.schema()), texts.first().copied().unwrap_or_default())
        };
        // X tells the range that a number has to be in, and the pattern of a text unless it is that of ids.
        let schema = self.schema();
        if let (Some(number), Some(least), Some(most)) = (value.as_f64(), schema["minimum"].as_f64(), schema["maximum"].as_f64())
            && !(least..=most).contains(&number)
        {
            let message = format!("is not between {} and {}", schema["minimum"], schema["maximum"]);
            return vec![Mismatch { path: String::new(), value: Some(shown(&value)), message }];
        }
        let mut faults = self.schema.faults(schemas, &value);
        let no_id = mismatch(ID);
        for fault in faults.iter_mut().filter(|fault| fault.message == no_id) {
            fault.message = "is not valid".to_owned();
        }
        faults
    }
}

/// An `int32` has its bounds. Of properties this is not taken at its word, for X calls milliseconds since 1970 so.
fn bounded(mut schema: Value) -> Value {
    if schema["type"] == "integer"
        && schema["format"] == "int32"
        && let Some(object) = schema.as_object_mut()
    {
        object.entry("minimum").or_insert(i32::MIN.into());
        object.entry("maximum").or_insert(i32::MAX.into());
    }
    schema
}

/// The value that a text stands for, or the text itself, which is then of the wrong type.
pub(super) fn typed(kind: &str, text: &str) -> Value {
    match kind {
        "integer" => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        "number" => text.parse().ok().and_then(Number::from_f64).map_or_else(|| text.into(), Value::Number),
        "boolean" => text.parse::<bool>().map_or_else(|_| text.into(), Value::Bool),
        _ => text.into(),
    }
}

/// The names that lists of fields take although the description does not list them. Earlier versions listed them, or X does where it refuses another
/// field; the fields are in the answers as before, and expansions start from them.
const UNLISTED: &[(&str, &[&str])] = &[
    ("chat_conversation.fields", &["admin_ids", "member_ids", "participant_ids"]),
    ("dm_event.fields", &["participant_ids", "referenced_posts", "sender_id"]),
    ("list.fields", &["owner_id"]),
    ("post.fields", &["username"]),
    ("space.fields", &["creator_id", "host_ids", "invited_user_ids", "speaker_ids", "topic_ids"]),
];

/// Lets every list of fields (`post.fields`) have the values that any operation lists under this name and [others](UNLISTED) that X takes, every list
/// of expansions those that go on from where one of its own starts, and all of them both dialects.
///
/// X reads both dialects everywhere, and its description has changed its mind more than once about which operation lists which field
/// (`author_id` is a field of posts for streams only) while the answers stayed.
pub(super) fn widen(operations: &mut [Operation]) {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for parameter in operations.iter().flat_map(|operation| &operation.parameters) {
        known.entry(canonical(&parameter.name).to_owned()).or_default().extend(parameter.values());
    }
    for (name, values) in UNLISTED {
        known.entry((*name).to_owned()).or_default().extend(values.iter().flat_map(|value| [*value, older(value)]).map(str::to_owned));
    }
    let root = |value: &str| canonical(value.split('.').next().unwrap_or_default()).to_owned();
    for parameter in operations.iter_mut().flat_map(|operation| &mut operation.parameters) {
        let mut values = parameter.values();
        let Some(all) = known.get(canonical(&parameter.name)).filter(|_| !values.is_empty()) else { continue };
        if parameter.name.ends_with(".fields") {
            values.clone_from(all);
        } else if parameter.name == "expansions" {
            let roots: BTreeSet<String> = values.iter().map(|value| root(value)).collect();
            values.extend(all.iter().filter(|value| roots.contains(&root(value))).cloned());
        }
        let mut schema = parameter.schema().clone();
        schema["items"]["enum"] = values.iter().map(String::as_str).collect();
        parameter.schema = Schema::new(schema);
    }
}
