//! Values made from a schema: the smallest right ones, and ones with a fault in one place.

use end_to_end::Description;
use serde_json::{Map, Value, json};

/// Texts of all kinds that the description asks for. For a schema the first that fits is taken.
const TEXTS: [&str; 14] = [
    "1",
    "abcde",
    "g1",
    "3_1",
    "EN",
    "1-2",
    "AbCdEf_-12",
    "1234567890123456",
    "202610010000",
    "2026-10-01T00:00:00Z",
    "https://example.com",
    "https://x.com/i/chat/group_join/g1/AbCdEf_-12",
    "YWJj",
    "a text that is longer than the others",
];

/// The way in which a value is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    Type,
    Enum,
    Range,
    Pattern,
    Length,
    Format,
    TooMany,
    Twice,
    Missing,
    Unknown,
}

/// A value that is wrong in one place.
pub struct Mistake {
    pub wrong: Wrong,
    /// Where: `reply.in_reply_to_tweet_id`; empty for the value itself.
    pub path: String,
    pub value: Value,
}

/// The least that fits a schema.
pub fn valid(description: &Description, schema: &Value) -> Value {
    let schema = description.resolve(schema);
    if let Some(values) = schema["enum"].as_array() {
        return values[0].clone();
    }
    let alternatives = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    let first = alternatives.map(|alternatives| &alternatives[0]);
    match (schema["type"].as_str(), first) {
        (Some("object"), _) => {
            // Alternatives of an object only list the properties that one of them requires.
            let required = [Some(&schema["required"]), first.map(|first| &first["required"])].into_iter().flatten();
            let names = required.flat_map(|names| names.as_array().into_iter().flatten()).filter_map(Value::as_str);
            names.map(|name| (name.to_owned(), valid(description, &schema["properties"][name]))).collect::<Map<_, _>>().into()
        }
        (None, Some(first)) => valid(description, first),
        (Some("array"), _) => items(description, schema, schema["minItems"].as_u64().unwrap_or(1).max(1)),
        (Some("string"), _) => {
            TEXTS.iter().map(|text| json!(text)).find(|text| description.faults(schema, text).is_empty()).unwrap_or_default()
        }
        (Some("integer" | "number"), _) => schema.get("minimum").cloned().unwrap_or(json!(1)),
        (Some("boolean"), _) => json!(true),
        _ => json!({}),
    }
}

/// An array of valid items, all the same.
fn items(description: &Description, schema: &Value, length: u64) -> Value {
    let item = valid(description, &schema["items"]);
    (0..length).map(|_| item.clone()).collect()
}

/// Values that are wrong in one place each, by the description's own judgement.
pub fn mistakes(description: &Description, schema: &Value) -> Vec<Mistake> {
    let candidates = candidates(description, description.resolve(schema));
    candidates.into_iter().filter(|mistake| !description.faults(schema, &mistake.value).is_empty()).collect()
}

fn candidates(description: &Description, schema: &Value) -> Vec<Mistake> {
    let here = |wrong, value| Mistake { wrong, path: String::new(), value };
    let limit = |name: &str| schema[name].as_u64();
    let text = |length: u64| json!("x".repeat(length as usize));
    let mut mistakes = vec![here(Wrong::Type, if schema["type"] == "object" { json!("nonsense") } else { json!({ "non": "sense" }) })];
    match schema["type"].as_str() {
        _ if schema.get("enum").is_some() => mistakes.push(here(Wrong::Enum, json!("nonsense"))),
        Some("string") => {
            mistakes.extend(schema.get("pattern").map(|_| here(Wrong::Pattern, json!("!"))));
            mistakes.extend(limit("minLength").and_then(|length| length.checked_sub(1)).map(|length| here(Wrong::Length, text(length))));
            mistakes.extend(limit("maxLength").map(|length| here(Wrong::Length, text(length + 1))));
            mistakes.extend((schema["format"] == "date-time").then(|| here(Wrong::Format, json!("yesterday"))));
        }
        Some("integer") => {
            mistakes.push(here(Wrong::Type, json!("nonsense")));
            mistakes.extend(schema["minimum"].as_i64().map(|minimum| here(Wrong::Range, json!(minimum - 1))));
            mistakes.extend(schema["maximum"].as_i64().map(|maximum| here(Wrong::Range, json!(maximum + 1))));
        }
        Some("boolean") => mistakes.push(here(Wrong::Type, json!("nonsense"))),
        Some("array") => {
            mistakes.extend(limit("maxItems").map(|length| here(Wrong::TooMany, items(description, schema, length + 1))));
            mistakes.extend((schema["uniqueItems"] == true).then(|| here(Wrong::Twice, items(description, schema, 2))));
            let inner = self::mistakes(description, &schema["items"]);
            let fill = items(description, schema, limit("minItems").unwrap_or(1).max(1));
            mistakes.extend(inner.into_iter().map(|mistake| within(&fill, "0", mistake)));
        }
        Some("object") => {
            let valid = valid(description, schema);
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                mistakes.extend(self::mistakes(description, property).into_iter().map(|mistake| within(&valid, name, mistake)));
                if schema["required"].as_array().is_some_and(|required| required.contains(&json!(name))) {
                    let mut value = valid.clone();
                    value.as_object_mut().and_then(|object| object.remove(name));
                    mistakes.push(Mistake { wrong: Wrong::Missing, path: name.clone(), value });
                }
            }
            mistakes.push(within(&valid, "nonsense", here(Wrong::Unknown, json!(1))));
        }
        _ => {}
    }
    mistakes
}

/// A mistake as one of the object or the array around it.
fn within(around: &Value, name: &str, mistake: Mistake) -> Mistake {
    let mut value = around.clone();
    match &mut value {
        Value::Array(items) => items[0] = mistake.value,
        other => other[name] = mistake.value,
    }
    let path = if mistake.path.is_empty() { name.to_owned() } else { format!("{name}.{}", mistake.path) };
    Mistake { wrong: mistake.wrong, path, value }
}
