use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::json::samples::{Samples, Visit};
use crate::json::{Json, View};
use crate::types::{self, ActivityEvent, ActivityPayload, ArticleContentInput, PostId, ReplySettings};
use crate::value::open::Open;

/// Writes and reads every type.
struct RoundTrip {
    seed: u64,
    count: usize,
}

impl Visit for RoundTrip {
    fn model<T: Json + Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str) {
        self.count += 1;
        let value = T::sample(&mut Samples::new(self.seed));
        let text = serde_json::to_string(&value).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
        assert_eq!(read, value, "{name}: {text}");
        // Once more by values in place of a text.
        let written = serde_json::to_value(&read).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read: T = serde_json::from_value(written).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, value, "{name}");
        // A property `data` beside an unset one.
        let View::Object(object) = value.encode() else { return };
        let Some(field) = object.fields().first() else { return };
        let text = format!(r#"{{"data":{{"data":{{}}}},"{}":null}}"#, field.0);
        // A request lacks a required field.
        let Ok(read) = serde_json::from_str::<T>(&text) else { return };
        let written = serde_json::to_string(&read).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(serde_json::from_str::<T>(&written).ok(), Some(read), "{name}: {written}");
    }

    fn open<T: Open + Serialize + DeserializeOwned + for<'a> From<&'a str> + Ord + Debug>(&mut self, name: &str) {
        self.count += 1;
        let unknown = Samples::new(self.seed).text();
        let known = T::KNOWN.iter().map(|(text, value)| (*text, value.clone()));
        for (text, value) in known.chain([(unknown.as_str(), T::from(&unknown))]) {
            let written = serde_json::to_string(&value).unwrap_or_else(|error| panic!("{name}: {error}"));
            let read: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(read, value, "{name}: {text}");
            assert_eq!(T::from(text), value, "{name}: {text}");
        }
        assert_eq!(T::from("no such value").as_unknown().map(|value| value.as_str()), Some("no such value"), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 16 } else { 256 }))]

    #[test]
    fn every_type_with_every_field_set_is_read_as_it_was_written(seed: u64) {
        let mut visit = RoundTrip { seed, count: 0 };
        types::each_model(&mut visit);
        prop_assert!(visit.count > 0);
    }

    #[test]
    fn every_enum_is_read_as_it_was_written_whether_its_value_is_known_or_not(seed: u64) {
        let mut visit = RoundTrip { seed, count: 0 };
        types::each_enum(&mut visit);
        prop_assert!(visit.count > 0);
    }
}

#[test]
fn a_request_struct_that_lacks_what_it_requires_is_refused_by_name() {
    let error = serde_json::from_value::<ArticleContentInput>(json!({"entities": []})).expect_err("no blocks");
    assert_eq!(error.to_string(), "the required field `blocks` is missing");
}

#[test]
fn a_value_of_another_kind_is_refused_with_the_name_of_the_type() {
    let error = serde_json::from_value::<ArticleContentInput>(json!(3)).expect_err("a number");
    assert_eq!(error.to_string(), "expected a value of `ArticleContentInput`, found a number");
}

#[test]
fn a_union_is_settled_by_its_sibling_when_it_is_read_by_serde() {
    let json = json!({"event_type": "post.create", "payload": {"id": "12", "text": "Hello"}});
    let event: ActivityEvent = serde_json::from_value(json.clone()).expect("an event");
    assert!(matches!(&event.payload, Some(ActivityPayload::Post(post)) if post.text == "Hello"), "{event:?}");
    assert_eq!(serde_json::to_value(&event).ok(), Some(json));
}

#[test]
fn ids_are_found_in_maps_by_text() {
    let id: PostId = "12".parse().expect("any text is an id");
    assert_eq!(HashMap::from([(id.clone(), 1)]).get("12"), Some(&1));
    assert_eq!(BTreeMap::from([(id.clone(), 1)]).get("12"), Some(&1));
    assert_eq!(serde_json::from_value::<PostId>(json!(12)).ok(), Some(id.clone()));
    assert_eq!(String::from(id), "12");
}

#[test]
fn a_known_text_is_never_an_unknown_value() {
    let settings: ReplySettings = "following".parse().expect("any text is a value");
    assert_eq!(settings, ReplySettings::Following);
    assert_eq!(settings, "following");
    assert!(matches!(ReplySettings::from("neighbours"), ReplySettings::Unknown(value) if value.as_str() == "neighbours"));
}
