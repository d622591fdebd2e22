//! Answers that differ a little from the description.

use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use std::sync::Arc;

use crate::description::forms;
use crate::dialect::{canonical, older};
use crate::message::{Answer, Body};
use crate::problem::resource_not_found;
use crate::shared::Shared;

/// A change of the JSON of an answer. The envelope round `data`, `includes`, `meta` and `errors` stays unless its fields are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Fields that the description requires are missing, and so are `name`, `username` and `text` of objects with an id; fields that are named are
    /// missing in any case.
    MissingFields,
    /// Values of enums are `emulator_unknown`; so are the texts of fields that are named, of which the description may not know that they are enums.
    UnknownEnumValues,
    /// Numbers are strings.
    NumbersAsStrings,
    /// A field that is spelled in two ways is there in both.
    BothSpellings,
    /// Fields that would be absent are `null`.
    NullForAbsent,
    /// A list `[…]` named `links` is an object `{"links": […]}`.
    ObjectsForLists,
    /// An object `{…}` is a list `[{…}]`.
    ListsForObjects,
    /// A resource could not be found beside those in `data`: a partial success.
    PartialErrors,
}

/// The text for a value that no enum has.
const UNKNOWN: &str = "emulator_unknown";

/// Properties that X always shows, whether the description requires them or not.
const USUAL: [&str; 3] = ["name", "username", "text"];

/// Changes the JSON of an answer, whole or streamed. An answer that is none is left as it is.
pub(super) fn apply(shared: &Arc<Shared>, what: Change, fields: &[String], schema: Option<Value>, mut answer: Answer) -> Answer {
    let (shared, fields, schema) = (Arc::clone(shared), fields.to_vec(), schema.unwrap_or_default());
    let change = move |bytes: Bytes| {
        let changer = Changer { document: shared.description.document(), what, fields: &fields };
        changer.document(&bytes, &schema).unwrap_or(bytes)
    };
    answer.body = match answer.body {
        Body::Whole(bytes) => Body::Whole(change(bytes)),
        Body::Chunks(chunks) => Body::Chunks(Box::pin(chunks.map(move |bytes| bytes.map(&change)))),
    };
    answer
}

struct Changer<'a> {
    /// The description, for references.
    document: &'a Value,
    what: Change,
    /// All if empty.
    fields: &'a [String],
}

impl<'a> Changer<'a> {
    /// Changes a document; white space around it, which tells a stream's documents apart, stays.
    fn document(&self, bytes: &[u8], schema: &'a Value) -> Option<Bytes> {
        let mut value: Value = serde_json::from_slice(bytes).ok().filter(Value::is_object)?;
        // Paragon may have wrapped it.
        let body = match value.as_object_mut() {
            Some(object) if object.len() == 1 && object.contains_key("output") => object.get_mut("output")?,
            _ => &mut value,
        };
        self.value(body, &forms(self.document, schema), true);
        if self.what == Change::PartialErrors
            && let Some(body) = body.as_object_mut()
        {
            body.insert("errors".to_owned(), json!([resource_not_found("tweet", "id", "0")]));
        }
        let end = bytes.len() - bytes.trim_ascii_end().len();
        Some([value.to_string().as_bytes(), &bytes[bytes.len() - end..]].concat().into())
    }

    /// The schemas of a property, under either spelling.
    fn property(&self, schemas: &[&'a Value], name: &str) -> Vec<&'a Value> {
        let find = |schema: &&'a Value| {
            let properties = &schema["properties"];
            [name, canonical(name), older(name)].iter().find_map(|name| properties.get(*name))
        };
        schemas.iter().filter_map(find).flat_map(|schema| forms(self.document, schema)).collect()
    }

    fn is_named(&self, name: &str) -> bool {
        self.fields.iter().any(|field| canonical(field) == canonical(name))
    }

    /// Returns whether a field is to be changed. A field of an envelope is only if it is named.
    fn is_meant(&self, name: &str, envelope: bool) -> bool {
        if self.fields.is_empty() { !envelope } else { self.is_named(name) }
    }

    fn value(&self, value: &mut Value, schemas: &[&'a Value], envelope: bool) {
        match value {
            Value::Object(object) => self.object(object, schemas, envelope),
            Value::Array(items) => {
                let schemas: Vec<&Value> =
                    schemas.iter().filter_map(|schema| schema.get("items")).flat_map(|items| forms(self.document, items)).collect();
                items.iter_mut().for_each(|item| self.value(item, &schemas, false));
            }
            _ => {}
        }
    }

    fn object(&self, object: &mut Map<String, Value>, schemas: &[&'a Value], envelope: bool) {
        for (name, value) in object.iter_mut() {
            let own = self.property(schemas, name);
            // The content of an envelope is changed before the envelope itself.
            self.value(value, &own, envelope && name == "includes");
            if self.is_meant(name, envelope) {
                self.field(name, value, &own);
            }
        }
        match self.what {
            Change::MissingFields => {
                let required = |name: &str| {
                    let names = schemas.iter().filter_map(|schema| schema["required"].as_array()).flatten().filter_map(Value::as_str);
                    names.into_iter().any(|required| canonical(required) == canonical(name))
                };
                // Current descriptions require nothing of posts and users.
                let has_id = object.contains_key("id");
                let usual = |name: &str| has_id && USUAL.contains(&name);
                object.retain(|name, _| !(self.is_meant(name, envelope) && (self.is_named(name) || required(name) || usual(name))));
            }
            Change::NullForAbsent => {
                for name in schemas.iter().filter_map(|schema| schema["properties"].as_object()).flat_map(Map::keys) {
                    let absent = ![name.as_str(), canonical(name), older(name)].iter().any(|name| object.contains_key(*name));
                    if absent && (self.fields.is_empty() || self.is_named(name)) {
                        object.insert(name.clone(), Value::Null);
                    }
                }
            }
            Change::BothSpellings => {
                let other = |name: &str| if canonical(name) == name { older(name).to_owned() } else { canonical(name).to_owned() };
                let meant = object.iter().filter(|(name, _)| self.fields.is_empty() || self.is_named(name));
                let others: Vec<(String, Value)> = meant.map(|(name, value)| (other(name), value.clone())).collect();
                for (name, value) in others {
                    object.entry(name).or_insert(value);
                }
            }
            _ => {}
        }
    }

    /// Changes the value of a field that is to be changed.
    fn field(&self, name: &str, value: &mut Value, schemas: &[&'a Value]) {
        match (self.what, &mut *value) {
            (Change::NumbersAsStrings, Value::Number(number)) => *value = number.to_string().into(),
            (Change::NumbersAsStrings, Value::Array(items)) => items.iter_mut().for_each(|item| self.field(name, item, schemas)),
            (Change::UnknownEnumValues, Value::String(text))
                if self.is_named(name) || schemas.iter().any(|schema| schema.get("enum").is_some()) =>
            {
                UNKNOWN.clone_into(text);
            }
            (Change::UnknownEnumValues, Value::Array(items)) => {
                let schemas: Vec<&Value> =
                    schemas.iter().filter_map(|schema| schema.get("items")).flat_map(|items| forms(self.document, items)).collect();
                items.iter_mut().for_each(|item| self.field(name, item, &schemas));
            }
            (Change::ObjectsForLists, Value::Array(_)) => *value = Value::from_iter([(name, value.take())]),
            (Change::ListsForObjects, Value::Object(_)) => *value = Value::Array(vec![value.take()]),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Change, Changer};

    fn changed(what: Change, fields: &[&str], answer: Value) -> Value {
        let document = json!({
            "components": { "schemas": {
                "Thing": {
                    "required": ["id", "post_count"],
                    "properties": {
                        "id": { "type": "string" },
                        "kind": { "enum": ["a", "b"] },
                        "kinds": { "items": { "enum": ["a", "b"] } },
                        "post_count": { "type": "integer" },
                        "parent": { "$ref": "#/components/schemas/Thing" },
                    },
                },
            } },
        });
        let thing = json!({ "$ref": "#/components/schemas/Thing" });
        let list = json!({ "type": "array", "items": { "anyOf": [thing] } });
        let schema =
            json!({ "required": ["data"], "properties": { "data": list, "includes": { "properties": { "things": list } }, "meta": {} } });
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        let changer = Changer { document: &document, what, fields: &fields };
        let bytes = changer.document(answer.to_string().as_bytes(), &schema).expect("JSON");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[test]
    fn required_fields_or_those_named_are_missing() {
        let answer = json!({ "data": [{ "id": "1", "kind": "a", "tweet_count": 2, "parent": { "id": "2" } }] });
        assert_eq!(changed(Change::MissingFields, &[], answer.clone()), json!({ "data": [{ "kind": "a", "parent": {} }] }));
        assert_eq!(
            changed(Change::MissingFields, &["kind", "id"], answer.clone()),
            json!({ "data": [{ "tweet_count": 2, "parent": {} }] })
        );
        assert_eq!(changed(Change::MissingFields, &["data"], answer), json!({}));
    }

    #[test]
    fn enums_have_unknown_values() {
        let answer = json!({ "data": [{ "id": "a", "kind": "a", "kinds": ["a", "b"] }] });
        let unknown = "emulator_unknown";
        assert_eq!(
            changed(Change::UnknownEnumValues, &[], answer),
            json!({ "data": [{ "id": "a", "kind": unknown, "kinds": [unknown, unknown] }] })
        );
        let answer = json!({ "data": [{ "id": "a", "kind": "a" }] });
        assert_eq!(changed(Change::UnknownEnumValues, &["id"], answer), json!({ "data": [{ "id": unknown, "kind": "a" }] }));
    }

    #[test]
    fn numbers_are_strings_wherever_they_are() {
        let answer = json!({ "data": [{ "tweet_count": 2, "list": [1, 2.5] }], "meta": { "result_count": 1 } });
        let expected = json!({ "data": [{ "tweet_count": "2", "list": ["1", "2.5"] }], "meta": { "result_count": "1" } });
        assert_eq!(changed(Change::NumbersAsStrings, &[], answer), expected);
    }

    #[test]
    fn both_spellings_are_there_with_one_value() {
        let answer = json!({ "data": [{ "id": "1", "tweet_count": 2 }], "includes": { "posts": [] } });
        let expected = json!({ "data": [{ "id": "1", "tweet_count": 2, "post_count": 2 }], "includes": { "posts": [], "tweets": [] } });
        assert_eq!(changed(Change::BothSpellings, &[], answer), expected);
    }

    #[test]
    fn absent_fields_are_null() {
        let answer = json!({ "data": [{ "id": "1", "tweet_count": 2 }] });
        let thing = json!({ "id": "1", "tweet_count": 2, "kind": null, "kinds": null, "parent": null });
        assert_eq!(changed(Change::NullForAbsent, &[], answer.clone()), json!({ "data": [thing], "includes": null, "meta": null }));
        assert_eq!(changed(Change::NullForAbsent, &["kind"], answer), json!({ "data": [{ "id": "1", "tweet_count": 2, "kind": null }] }));
    }

    #[test]
    fn lists_and_objects_change_places_below_the_envelope() {
        let answer = json!({ "data": [{ "links": [1], "parent": { "id": "1" } }] });
        let objects = json!({ "data": [{ "links": { "links": [1] }, "parent": { "id": "1" } }] });
        assert_eq!(changed(Change::ObjectsForLists, &[], answer.clone()), objects);
        let lists = json!({ "data": [{ "links": [1], "parent": [{ "id": "1" }] }] });
        assert_eq!(changed(Change::ListsForObjects, &[], answer.clone()), lists);
        let named = json!({ "data": { "data": [{ "links": [1], "parent": { "id": "1" } }] } });
        assert_eq!(changed(Change::ObjectsForLists, &["data"], answer), named);
    }

    #[test]
    fn a_wrapped_answer_is_changed_inside_and_a_line_keeps_its_end() {
        let answer = json!({ "output": { "data": [{ "tweet_count": 2 }] } });
        assert_eq!(changed(Change::NumbersAsStrings, &[], answer), json!({ "output": { "data": [{ "tweet_count": "2" }] } }));
        let changer = Changer { document: &Value::Null, what: Change::NumbersAsStrings, fields: &[] };
        assert_eq!(changer.document(b"{\"data\":{\"a\":1}}\r\n", &Value::Null).as_deref(), Some(&b"{\"data\":{\"a\":\"1\"}}\r\n"[..]));
        assert_eq!(changer.document(b"\r\n", &Value::Null), None);
    }
}
