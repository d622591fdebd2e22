use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Default, PartialEq)]
struct Item {
    id: String,
    count: Option<i64>,
    share: Option<f64>,
    seen: Option<bool>,
    at: Option<Timestamp>,
    tags: Vec<String>,
    inner: Option<Box<Item>>,
    renamed: Option<String>,
    extra: Extra,
}

impl Object for Item {
    fn empty() -> Self {
        Self::default()
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field("id", ""),
            Field("count", ""),
            Field("share", ""),
            Field("seen", ""),
            Field("at", ""),
            Field("tags", ""),
            Field("inner", ""),
            Field("post", "tweet"),
        ]
    }

    fn values(&self, see: &mut dyn FnMut(&[&dyn Slot])) {
        let Self { id, count, share, seen, at, tags, inner, renamed, extra } = self;
        see(&[id, count, share, seen, at, tags, inner, renamed, extra]);
    }

    fn slots(&mut self, change: &mut dyn FnMut(&mut [&mut dyn Slot])) {
        let Self { id, count, share, seen, at, tags, inner, renamed, extra } = self;
        change(&mut [id, count, share, seen, at, tags, inner, renamed, extra]);
    }
}

fn item(json: &str) -> Item {
    from_slice(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[test]
fn missing_and_null_are_the_same() {
    assert_eq!(item("{}"), Item::default());
    assert_eq!(item(r#"{"id":null,"count":null,"tags":null,"inner":null,"post":null}"#), Item::default());
    assert_eq!(item("null"), Item::default());
}

#[test]
fn a_number_is_read_from_a_string_and_a_string_from_a_number() {
    let read = item(r#"{"id":12345678901234567890,"count":"42","share":"0.5","seen":"true"}"#);
    assert_eq!((read.id.as_str(), read.count, read.share, read.seen), ("12345678901234567890", Some(42), Some(0.5), Some(true)));
    assert_eq!(item(r#"{"count":3.0}"#).count, Some(3));
    assert_eq!(item(r#"{"share":7}"#).share, Some(7.0));
}

#[test]
fn what_does_not_fit_is_kept_aside_and_costs_nothing_else() {
    let read = item(r#"{"id":{"a":1},"count":"many","at":"yesterday","seen":[],"share":1e999,"new":[1],"tags":["x"]}"#);
    assert_eq!(read.tags, ["x"]);
    let kept: Vec<(&str, String)> = read.extra.iter().map(|(name, value)| (name, value.to_string())).collect();
    let expected = [("at", r#""yesterday""#), ("count", r#""many""#), ("id", r#"{"a":1}"#), ("new", "[1]"), ("seen", "[]")];
    for (name, value) in expected {
        assert!(kept.contains(&(name, value.to_owned())), "{name} in {kept:?}");
    }
    assert_eq!(Item { tags: Vec::new(), extra: Extra::default(), ..read }, Item::default());
}

#[test]
fn times_are_read_in_every_form_that_x_writes() {
    let expected = "2026-11-23T10:00:00Z".parse().ok();
    for text in ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00+00:00", "2026-11-23T11:00:00+01:00"] {
        assert_eq!(item(&format!(r#"{{"at":"{text}"}}"#)).at, expected, "{text}");
    }
}

#[test]
fn either_spelling_is_read_and_the_current_one_wins_in_any_order() {
    assert_eq!(item(r#"{"tweet":"old"}"#).renamed.as_deref(), Some("old"));
    for json in [r#"{"tweet":"old","post":"new"}"#, r#"{"post":"new","tweet":"old"}"#] {
        let both = item(json);
        assert_eq!(both.renamed.as_deref(), Some("new"), "{json}");
        assert_eq!(both.extra.get("tweet").and_then(Value::as_str), Some("old"), "{json}");
    }
}

#[test]
fn an_object_is_read_where_an_array_belongs_and_the_other_way_round() {
    let list = |json: &str| from_slice::<Vec<Item>>(json.as_bytes()).expect("JSON").into_iter().map(|item| item.id).collect::<Vec<_>>();
    assert_eq!(list(r#"{"id":"a"}"#), ["a"]);
    assert_eq!(list(r#"{"links":[{"id":"a"},{"id":"b"}]}"#), ["a", "b"]);
    assert_eq!(list("{ }"), [""; 0]);
    assert_eq!(list(r#"[{"id":"a"},null,3,{"id":"b"}]"#), ["a", "b"]);
    assert_eq!(item(r#"{"inner":[{"id":"a"}]}"#).inner.map(|inner| inner.id).as_deref(), Some("a"));
    let two = item(r#"{"inner":[{"id":"a"},{"id":"b"}]}"#);
    assert!(two.inner.is_none() && two.extra.get("inner").is_some());
    assert_eq!(item(r#"{"tags":"alone"}"#).tags, ["alone"]);
}

#[test]
fn a_text_that_ends_in_the_middle_is_an_error_with_its_path() {
    let error = from_slice::<Vec<Item>>(br#"[{"id":"a"},{"inner":{"tags":["x","y"#).expect_err("cut off");
    assert_eq!(error.path(), "[1].inner.tags[1]");
    assert!(error.to_string().contains("`[1].inner.tags[1]`"), "{error}");
    assert!(from_slice::<Item>(b"<html>").is_err());
    assert!(from_slice::<Item>(b"{} {}").is_err());
}

#[test]
fn nesting_without_end_is_an_error_and_not_an_overflow() {
    let known = r#"{"inner":"#.repeat(100_000);
    assert!(from_slice::<Item>(known.as_bytes()).is_err());
    let unknown = format!(r#"{{"new":{}"#, "[".repeat(100_000));
    assert!(from_slice::<Item>(unknown.as_bytes()).is_err());
}

#[test]
fn escapes_in_keys_and_values_are_read() {
    assert_eq!(item(r#"{"\u0069d":"\u00e9\n"}"#).id, "é\n");
}

#[test]
fn null_and_misfits_take_nothing_away() {
    for json in [
        r#"{"tweet":"old","post":null}"#,
        r#"{"post":null,"tweet":"old"}"#,
        r#"{"tweet":"old","post":[1]}"#,
        r#"{"post":[1],"tweet":"old"}"#,
    ] {
        assert_eq!(item(json).renamed.as_deref(), Some("old"), "{json}");
    }
    assert_eq!(item(r#"{"count":5,"count":null}"#).count, Some(5));
}

#[test]
fn an_object_wrapped_in_data_is_read_as_if_it_were_not() {
    assert_eq!(
        item(r#"{"inner":{"data":{"id":"a","count":1}}}"#).inner.map(|inner| (inner.id, inner.count)),
        Some(("a".to_owned(), Some(1)))
    );
}

#[test]
fn whatever_else_says_nothing_does_not_keep_an_object_wrapped_in_data() {
    for json in
        [r#"{"data":{"id":"a"},"id":null}"#, r#"{"count":null,"data":{"id":"a"}}"#, r#"{"tags":[],"data":{"data":{"id":"a"},"id":""}}"#]
    {
        assert_eq!(item(json), Item { id: "a".to_owned(), ..Item::default() }, "{json}");
    }
    assert_eq!(item(r#"{"data":{},"id":null}"#), Item::default());
    for json in [r#"{"data":{"id":"a"},"count":1}"#, r#"{"new":1,"data":{"id":"a"}}"#, r#"{"data":[{"id":"a"}]}"#] {
        let read = item(json);
        assert!(read.id.is_empty() && read.extra.get("data").is_some(), "{json}");
    }
}

#[test]
fn half_a_surrogate_pair_becomes_the_replacement_character() {
    assert_eq!(item(r#"{"id":"a\ud83d\n\\b"}"#).id, "a\u{fffd}\n\\b");
    assert_eq!(item(r#"{"id":"\ud83d\ude00"}"#).id, "\u{1f600}");
}

/// Any JSON, with the names of fields among its keys.
fn any_json() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        "[0-9]{1,20}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        prop::sample::select(vec!["id", "count", "share", "seen", "at", "tags", "inner", "post", "tweet", "data"]).prop_map(str::to_owned),
        ".{0,4}",
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

#[test]
fn what_is_set_is_written_by_its_current_name_beside_what_has_no_field() {
    let read = item(r#"{"new":[1],"tweet":"old","tags":[],"count":"7","at":"yesterday","inner":{"tags":["x"]}}"#);
    let expected = json!({"new": [1], "post": "old", "count": 7, "at": "yesterday", "inner": {"tags": ["x"]}});
    assert_eq!(to_value(read.encode()), Some(expected));
}

#[test]
fn a_value_that_did_not_fit_keeps_its_name_and_the_field_takes_the_other() {
    let read = item(r#"{"tweet":"old","post":[1]}"#);
    assert_eq!(to_value(read.encode()), Some(json!({"tweet": "old", "post": [1]})));
}

proptest::proptest! {
    #[test]
    fn what_was_read_is_read_as_it_was_written(value in any_json()) {
        let read: Item = from_slice(value.to_string().as_bytes()).expect("it is JSON");
        let written = to_value(read.encode()).expect("an object").to_string();
        proptest::prop_assert_eq!(&from_slice::<Item>(written.as_bytes()).expect("it is JSON"), &read, "{}", written);
    }

    #[test]
    fn every_json_is_read_and_nothing_unknown_is_lost(value in any_json()) {
        let json = value.to_string();
        let read: Item = from_slice(json.as_bytes()).expect("it is JSON");
        // Once more through text, which rounds some numbers.
        let value: Value = serde_json::from_str(&json).expect("it is JSON");
        if let Value::Object(map) = &value {
            let known = ["id", "count", "share", "seen", "at", "tags", "inner", "post", "tweet", "data"];
            for (name, value) in map.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
                proptest::prop_assert_eq!(read.extra.get(name), Some(value));
            }
        }
        from_slice::<Vec<Item>>(json.as_bytes()).expect("it is JSON");
        from_slice::<BTreeMap<String, Item>>(json.as_bytes()).expect("it is JSON");
    }

    #[test]
    fn no_text_panics(value in any_json(), at in proptest::prelude::any::<proptest::sample::Index>(), byte in proptest::prelude::any::<u8>(), cut: bool) {
        let mut json = value.to_string().into_bytes();
        let at = at.index(json.len());
        if cut { json.truncate(at) } else { json[at] = byte }
        let _ = from_slice::<Item>(&json);
        let _ = from_slice::<Vec<Item>>(&json);
    }
}
