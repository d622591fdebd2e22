//! Data made from a schema: valid, plausible, and the same for the same seed.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::Timestamp;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

use super::resolve;
use crate::state::show_time;

/// From this depth on, an object has only its required properties. Schemas refer to themselves.
const DEEP: usize = 6;

/// Where even a schema that requires itself ends.
const TOO_DEEP: usize = 32;

/// How often an unbounded repetition of a pattern repeats, at the most.
const REPEATS: u32 = 12;

/// Names, and ends of names, of texts that are times.
const TIMES: &[&str] = &["at", "time", "start", "end", "datetime", "until", "date"];

/// How many digits an id has.
const ID_DIGITS: usize = 19;

/// Names, and ends of names, of ids.
const IDS: &[&str] = &["id", "ids"];

/// Texts that go with names and ends of names, of which the first that fits counts; `#` is a figure.
const TEXTS: &[(&[&str], &[&str])] = &[
    (&["username", "handle", "screen_name"], &["ada_#", "grace_#", "alan_#", "mary_#"]),
    (&["country_code", "country_codes"], &["US", "GB", "DE", "JP"]),
    (&["country"], &["Germany", "Japan", "Brazil"]),
    (&["full_name"], &["Berlin, Germany", "London, England", "Kyoto, Japan"]),
    (&["place_type"], &["city", "admin", "country"]),
    (&["location"], &["Berlin", "London", "Kyoto"]),
    (&["name"], &["Ada Lovelace", "Grace Hopper", "Alan Turing", "Mary Somerville"]),
    (&["title", "topic", "headline"], &["Notes on an engine, part #", "Letters about numbers, volume #"]),
    (&["text", "description", "summary", "body"], &["The engine weaves patterns, run #.", "Card # is punched and read back."]),
    (&["lang", "language"], &["en", "de", "ja"]),
    (&["media_key", "media_keys"], &["3_#", "7_#", "13_#"]),
    (&["content_type", "media_type"], &["image/png", "video/mp4"]),
    (&["url", "urls", "uri", "link"], &["https://example.com/#"]),
    (&["email"], &["ada.#@example.com"]),
    (&["tag"], &["engine#", "cards#"]),
    (&["count", "cap", "usage", "ms"], &["#"]),
    (&["source"], &["Emulator"]),
];

/// Makes values of schemas.
pub(crate) struct Sampler<'a> {
    pub(crate) document: &'a Value,
    pub(crate) rng: Rng,
    pub(crate) now: Timestamp,
    /// Patterns for texts without one, by name.
    pub(crate) hints: &'a BTreeMap<String, String>,
    /// The value of a boolean of a name.
    pub(crate) flag: &'a dyn Fn(&str) -> bool,
    /// Values for properties of these names, wherever the schema wants a value of their type.
    pub(crate) given: &'a BTreeMap<String, Value>,
    /// Returns whether an optional property is wanted, by its path from the top; the places of items in lists are not in it.
    pub(crate) wants: &'a dyn Fn(&[&str]) -> bool,
}

impl Sampler<'_> {
    /// A value of a schema that stands at a path from the top.
    pub(crate) fn value(&mut self, schema: &Value, path: &[&str]) -> Value {
        // A resolved schema lives as long as the document, or is the schema itself.
        let document = self.document;
        let schema = resolve(document, schema);
        if path.len() > TOO_DEEP {
            return Value::Null;
        }
        if let Some(values) = schema["enum"].as_array().filter(|values| !values.is_empty()) {
            return values[self.rng.usize(..values.len())].clone();
        }
        let name = path.last().copied().unwrap_or_default();
        if schema["properties"].is_object() || schema["type"] == "object" || schema["allOf"].is_array() {
            return self.object(schema, path);
        }
        if let Some(alternative) = ["oneOf", "anyOf"].iter().find_map(|keyword| schema[*keyword].get(0)) {
            let mut value = self.value(alternative, path);
            // An object without anything would be of all the forms that require nothing.
            let properties = resolve(document, alternative)["properties"].as_object();
            if let (Some(object), Some((name, property))) =
                (value.as_object_mut(), properties.and_then(|properties| properties.iter().next()))
                && object.is_empty()
            {
                object.insert(name.clone(), self.value(property, &[path, &[name.as_str()]].concat()));
            }
            return value;
        }
        match schema["type"].as_str() {
            Some("array") => self.list(schema, path),
            Some("string") => self.string(schema, name).into(),
            Some("integer") => self.integer(schema).into(),
            Some("number") => json!(self.between(schema, 0.0, 1.0)),
            Some("boolean") => (self.flag)(name).into(),
            // Anything may stand here.
            _ => json!({}),
        }
    }

    fn object(&mut self, schema: &Value, path: &[&str]) -> Value {
        let mut object = Map::new();
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let alternative = ["oneOf", "anyOf"].iter().find_map(|keyword| schema[*keyword].get(0));
        for part in parts.chain(alternative) {
            // An alternative may do no more than require.
            if let Value::Object(more) = self.value(part, path) {
                object.extend(more);
            }
        }
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let also: Vec<&str> =
            alternative.and_then(|part| part["required"].as_array()).into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = [path, &[name.as_str()]].concat();
            let needed = required.contains(&name.as_str()) || also.contains(&name.as_str());
            if !object.contains_key(name) && (needed || path.len() < DEEP && (self.wants)(&path)) {
                let value = self.given(name, property).or_else(|| self.told(schema, name)).unwrap_or_else(|| self.value(property, &path));
                object.insert(name.clone(), value);
            }
        }
        // X requires properties that it does not describe.
        for name in required {
            object.entry(name).or_insert_with(|| json!({}));
        }
        let others = &schema["additionalProperties"];
        if object.is_empty() && others.is_object() && path.len() < DEEP && (self.wants)(path) {
            let path = [path, &["key"]].concat();
            object.insert("key".to_owned(), self.value(others, &path));
        }
        if let (Some(start), Some(end)) = (object.get("start").and_then(Value::as_i64), object.get("end").and_then(Value::as_i64))
            && start > end
        {
            object.insert("start".to_owned(), end.into());
            object.insert("end".to_owned(), start.into());
        }
        Value::Object(object)
    }

    /// The value that is given for a property of this name, if it is of its type.
    fn given(&self, name: &str, property: &Value) -> Option<Value> {
        let given = self.given.get(name)?;
        let kind = match given {
            Value::String(_) => "string",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            Value::Null => return None,
        };
        (resolve(self.document, property)["type"] == kind).then(|| given.clone())
    }

    /// One of the values that tell the kinds of an object apart, if the property has them.
    fn told(&mut self, schema: &Value, name: &str) -> Option<Value> {
        let discriminator = schema.get("discriminator").filter(|discriminator| discriminator["propertyName"] == name)?;
        let kinds = discriminator["mapping"].as_object().filter(|kinds| !kinds.is_empty())?;
        kinds.keys().nth(self.rng.usize(..kinds.len())).map(|kind| kind.as_str().into())
    }

    fn list(&mut self, schema: &Value, path: &[&str]) -> Value {
        let most = schema["maxItems"].as_u64().unwrap_or(u64::MAX);
        let wanted = schema["minItems"].as_u64().unwrap_or(0).max(1).min(most);
        let mut items: Vec<Value> = Vec::new();
        // An enum may have fewer values than are wanted: a list that must not repeat itself ends there.
        for _ in 0..wanted.saturating_mul(8) {
            if items.len() as u64 == wanted {
                break;
            }
            let item = self.value(&schema["items"], path);
            if schema["uniqueItems"] != true || !items.contains(&item) {
                items.push(item);
            }
        }
        items.into()
    }

    fn between(&mut self, schema: &Value, low: f64, high: f64) -> f64 {
        let low = schema["minimum"].as_f64().unwrap_or(low);
        let high = schema["maximum"].as_f64().unwrap_or(high.max(low));
        low + self.rng.f64() * (high - low)
    }

    fn integer(&mut self, schema: &Value) -> i64 {
        let low = schema["minimum"].as_i64().unwrap_or(0);
        // Small figures are plausible ones.
        let high = schema["maximum"].as_i64().unwrap_or(i64::MAX).min(low.saturating_add(100)).max(low);
        self.rng.i64(low..=high)
    }

    fn string(&mut self, schema: &Value, name: &str) -> String {
        let text = match (schema["format"].as_str(), schema["pattern"].as_str()) {
            (Some("date-time"), _) => show_time(self.now),
            (Some("byte"), _) => "ZW11bGF0b3I=".to_owned(),
            (_, Some(pattern)) => match matching(&mut self.rng, pattern) {
                // As X's ids do, those made here fit into a signed integer of 64 bits.
                Some(id) if id.len() == ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_digit()) => format!("1{}", &id[1..]),
                Some(text) => text,
                None => format!("https://example.com/{name}"),
            },
            _ => self.hinted(name).unwrap_or_else(|| self.word(name)),
        };
        let least = schema["minLength"].as_u64().and_then(|least| usize::try_from(least).ok()).unwrap_or(0);
        let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let short = least.saturating_sub(text.chars().count());
        text.chars().chain(std::iter::repeat_n('x', short)).take(most).collect()
    }

    /// A text that goes with a name.
    fn word(&mut self, name: &str) -> String {
        let is = |end: &&str| name == *end || name.strip_suffix(end).is_some_and(|rest| rest.ends_with('_'));
        if TIMES.iter().any(is) {
            return show_time(self.now);
        }
        let texts = TEXTS.iter().find(|(names, _)| names.iter().any(is)).map(|(_, texts)| *texts);
        let figure = self.rng.u32(1..10_000).to_string();
        match texts {
            Some(texts) => texts[self.rng.usize(..texts.len())].replace('#', &figure),
            None if IDS.iter().any(is) => self.rng.u64(1_000_000_000_000_000_000..2_000_000_000_000_000_000).to_string(),
            None => format!("{} {figure}", name.replace('_', " ")),
        }
    }

    /// A text of the form that operations want under this name.
    fn hinted(&mut self, name: &str) -> Option<String> {
        matching(&mut self.rng, self.hints.get(name)?)
    }
}

/// A text that a pattern matches; `None` if the pattern looks ahead or is none.
pub(super) fn matching(rng: &mut Rng, pattern: &str) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut bytes = Vec::new();
    write(rng, &hir, &mut bytes);
    String::from_utf8(bytes).ok()
}

fn write(rng: &mut Rng, hir: &Hir, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.extend_from_slice(character(rng, class).to_string().as_bytes()),
        HirKind::Capture(capture) => write(rng, &capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(rng, part, out)),
        HirKind::Alternation(parts) => {
            let chosen = rng.usize(..parts.len());
            write(rng, &parts[chosen], out);
        }
        HirKind::Repetition(repetition) => {
            // X's ids have 19 digits at the most, and mostly just that.
            let most = repetition.max.unwrap_or(repetition.min.saturating_add(REPEATS));
            let count = if most <= 19 { most } else { repetition.min.max(REPEATS).min(most) };
            (0..count).for_each(|_| write(rng, &repetition.sub, out));
        }
    }
}

/// A character of a class, a letter or a digit if it has one. Ids must not begin with 0, and need not have one elsewhere.
fn character(rng: &mut Rng, class: &Class) -> char {
    let plain = ('1'..='9').chain('a'..='z').chain('A'..='Z');
    let fits = |character: char| match class {
        Class::Unicode(class) => class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&character)),
        Class::Bytes(class) => class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&(character as u8))),
    };
    let choices: Vec<char> = plain.filter(|character| fits(*character)).collect();
    if !choices.is_empty() {
        return choices[rng.usize(..choices.len())];
    }
    match class {
        Class::Unicode(class) => class.ranges().first().map_or('x', |range| range.start()),
        Class::Bytes(class) => class.ranges().first().map_or('x', |range| range.start().into()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use fastrand::Rng;
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::Sampler;
    use crate::description::Description;

    fn sampled(document: &Value, schema: &Value, seed: u64, wants: bool) -> Value {
        let wants = move |_: &[&str]| wants;
        let (given, hints) = (BTreeMap::new(), BTreeMap::new());
        let rng = Rng::with_seed(seed);
        Sampler { document, rng, now: Timestamp::UNIX_EPOCH, hints: &hints, flag: &|_| true, given: &given, wants: &wants }
            .value(schema, &[])
    }

    /// How many schemas of bodies and answers a description has, each tried with all and with only the required properties.
    fn all_are_valid(text: &str) -> usize {
        let description = Description::parse(text).expect("a description");
        let mut count = 0;
        let mut wrong = Vec::new();
        for operation in description.operations() {
            let answer = operation.answer.iter().filter_map(|(_, schema)| schema.as_ref());
            let body = operation.body.iter().flat_map(|body| body.media.values()).flatten();
            for schema in answer.chain(body) {
                count += 1;
                for wants in [true, false] {
                    let value = sampled(description.document(), schema.source(), 7, wants);
                    let faults = schema.faults(description.schemas(), &value);
                    if !faults.is_empty() {
                        wrong.push(format!("{} {}: {faults:?}", operation.method, operation.template));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        count
    }

    #[test]
    fn made_data_is_valid_for_every_body_and_answer_of_the_description() {
        assert!(all_are_valid(paragon_twitter_spec::OPENAPI) > 300);
    }

    #[test]
    fn it_is_valid_for_other_descriptions_too() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/specs");
        let Ok(entries) = fs::read_dir(folder) else {
            println!("skipped: there are no other descriptions in {folder}");
            return;
        };
        for entry in entries.flatten() {
            let text = fs::read_to_string(entry.path()).expect("text");
            assert!(all_are_valid(&text) > 50, "{}", entry.path().display());
        }
    }

    #[test]
    fn a_seed_makes_the_same_value_again_and_another_seed_another() {
        let schema = json!({ "type": "object", "properties": { "id": { "type": "string", "pattern": "^[0-9]{1,19}$" } } });
        let made = |seed| sampled(&Value::Null, &schema, seed, true);
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        assert_eq!(made(1)["id"].as_str().map(str::len), Some(19));
    }

    #[test]
    fn texts_go_with_their_names() {
        let names = ["username", "country_code", "media_keys", "profile_image_url", "editable_until", "author_id", "join_policy"];
        let properties: Value = names.map(|name| (name.to_owned(), json!({ "type": "string" }))).into_iter().collect();
        let value = sampled(&Value::Null, &json!({ "type": "object", "properties": properties }), 1, true);
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        assert!(text("username").bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{value}");
        assert_eq!(text("country_code").len(), 2, "{value}");
        assert!(text("media_keys").contains('_'), "{value}");
        assert!(text("profile_image_url").starts_with("https://example.com/"), "{value}");
        assert!(text("editable_until").parse::<Timestamp>().is_ok(), "{value}");
        assert!(text("author_id").len() == 19 && text("author_id").parse::<i64>().is_ok(), "{value}");
        assert!(text("join_policy").starts_with("join policy "), "{value}");
    }

    #[test]
    fn ids_fit_into_a_signed_integer() {
        let schema = json!({ "type": "string", "pattern": "^[0-9]{1,19}$" });
        for seed in 0..100 {
            let id = sampled(&Value::Null, &schema, seed, true);
            assert!(id.as_str().is_some_and(|id| id.parse::<i64>().is_ok()), "{id}");
        }
    }

    #[test]
    fn a_range_starts_before_it_ends() {
        let number = json!({ "type": "integer", "minimum": 0 });
        let schema = json!({ "type": "object", "properties": { "start": number, "end": number } });
        for seed in 0..20 {
            let range = sampled(&Value::Null, &schema, seed, true);
            assert!(range["start"].as_i64() <= range["end"].as_i64(), "{range}");
        }
    }

    #[test]
    fn a_map_has_an_entry_where_more_than_the_required_is_wanted() {
        let schema = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
        assert!(sampled(&Value::Null, &schema, 0, true)["key"].is_i64());
        assert_eq!(sampled(&Value::Null, &schema, 0, false), json!({}));
    }

    #[test]
    fn the_kind_of_an_object_is_one_of_those_that_there_are() {
        let discriminator = json!({ "propertyName": "type", "mapping": { "photo": "#/a", "video": "#/b" } });
        let schema = json!({ "type": "object", "discriminator": discriminator, "required": ["type"], "properties": { "type": { "type": "string" } } });
        let kind = sampled(&Value::Null, &schema, 0, false);
        assert!(kind["type"] == "photo" || kind["type"] == "video", "{kind}");
    }

    #[test]
    fn of_forms_that_require_nothing_one_is_recognizable() {
        let form = |name: &str| json!({ "type": "object", "properties": { name: { "type": "boolean" } } });
        let schema = json!({ "oneOf": [form("one"), form("other")] });
        assert_eq!(sampled(&Value::Null, &schema, 0, false), json!({ "one": true }));
    }

    #[test]
    fn a_schema_that_contains_itself_comes_to_an_end() {
        let document = json!({ "components": { "schemas": {
            "May": { "type": "object", "properties": { "next": { "$ref": "#/components/schemas/May" } } },
            "Must": { "type": "object", "required": ["next"], "properties": { "next": { "$ref": "#/components/schemas/Must" } } },
            "Itself": { "$ref": "#/components/schemas/Itself" },
        } } });
        for name in ["May", "Must", "Itself"] {
            let value = sampled(&document, &json!({ "$ref": format!("#/components/schemas/{name}") }), 0, true);
            assert!(value.is_object(), "{name}");
        }
    }
}
