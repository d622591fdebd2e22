//! Whatever the input: no panic, and either errors or code that is Rust without a name defined twice.
//!
//! `PROPTEST_CASES=100000 cargo test -p paragon-twitter-codegen --test robustness` runs it for longer.

mod support;

use std::collections::BTreeSet;

use paragon_twitter_codegen::{File, Generator, Source};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::Config;
use serde_json::{Value, json};
use syn::visit::Visit;

/// How often each property is tried unless `PROPTEST_CASES` says otherwise: a few seconds in all.
fn config(cases: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// Runs the whole pipeline; what it emits must be sound.
fn survives(description: &str, overlay: &str) {
    let generator = Generator::new(Source { file: "api.json", text: description }, Source { file: "overlay.yaml", text: overlay });
    for generator in [generator, generator.foreign()] {
        match generator.run() {
            Err(diagnostics) => assert!(diagnostics.has_errors() && !diagnostics.to_string().is_empty()),
            Ok(generated) => {
                assert!(!generated.warnings.has_errors());
                match generated.emit(None) {
                    Ok(files) => sound(&files),
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }
}

/// Checks what parsing does not: every name is defined once, and each generated type that is mentioned is there.
fn sound(files: &[File]) {
    let mut names = BTreeSet::new();
    assert!(files.iter().all(|file| names.insert(file.name.to_lowercase())), "two files of one name: {names:?}");
    let mut mentioned = Mentioned::default();
    let mut defined = BTreeSet::new();
    for file in files {
        let tree = syn::parse_file(&file.content).unwrap_or_else(|error| panic!("{} is not Rust: {error}\n{}", file.name, file.content));
        let mut once = Once { file, values: BTreeSet::new(), types: BTreeSet::new() };
        tree.items.iter().for_each(|item| once.item(item));
        if file.name == "types.rs" {
            defined = once.types;
        }
        mentioned.visit_file(&tree);
    }
    let missing: Vec<&String> = mentioned.0.difference(&defined).collect();
    assert!(missing.is_empty(), "{missing:?} are not defined");
}

/// The names that a file defines.
struct Once<'a> {
    file: &'a File,
    values: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl Once<'_> {
    fn item(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Struct(item) => {
                self.defines(&item.ident, !matches!(item.fields, syn::Fields::Named(_)), true);
                self.distinct(item.fields.iter().filter_map(|field| field.ident.as_ref()));
            }
            syn::Item::Enum(item) => {
                self.defines(&item.ident, false, true);
                self.distinct(item.variants.iter().map(|variant| &variant.ident));
            }
            syn::Item::Type(item) => self.defines(&item.ident, false, true),
            syn::Item::Mod(item) => self.defines(&item.ident, false, true),
            syn::Item::Static(item) => self.defines(&item.ident, true, false),
            syn::Item::Impl(item) => {
                let methods = item.items.iter().filter_map(|item| if let syn::ImplItem::Fn(item) = item { Some(item) } else { None });
                self.distinct(methods.clone().map(|method| &method.sig.ident));
                for method in methods {
                    let arguments = method.sig.inputs.iter().filter_map(|input| match input {
                        syn::FnArg::Typed(input) => Some(input.pat.as_ref()),
                        syn::FnArg::Receiver(_) => None,
                    });
                    let arguments: Vec<_> =
                        arguments.filter_map(|input| if let syn::Pat::Ident(input) = input { Some(&input.ident) } else { None }).collect();
                    self.distinct(arguments.iter().copied());
                    // An argument cannot have the name of a static or of a tuple struct.
                    let shadowed = arguments.iter().find(|argument| self.values.contains(&argument.to_string()));
                    assert!(shadowed.is_none(), "{shadowed:?} is an argument and an item in {}", self.file.content);
                }
            }
            _ => {}
        }
    }

    fn defines(&mut self, ident: &syn::Ident, value: bool, type_: bool) {
        let name = ident.to_string();
        let twice = value && !self.values.insert(name.clone()) || type_ && !self.types.insert(name.clone());
        assert!(!twice, "{name} is defined twice in {}:\n{}", self.file.name, self.file.content);
    }

    fn distinct<'i>(&self, idents: impl Iterator<Item = &'i syn::Ident>) {
        let mut seen = BTreeSet::new();
        for ident in idents {
            assert!(seen.insert(ident.to_string()), "{ident} is there twice in {}:\n{}", self.file.name, self.file.content);
        }
    }
}

/// The generated types that code mentions as `crate::types::…`.
#[derive(Default)]
struct Mentioned(BTreeSet<String>);

impl<'ast> Visit<'ast> for Mentioned {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let [root, types, name] = names.as_slice()
            && root == "crate"
            && types == "types"
        {
            self.0.insert(name.clone());
        }
        syn::visit::visit_path(self, path);
    }
}

/// One change of a document.
#[derive(Debug, Clone)]
enum Change {
    Remove(Index),
    Replace(Index, Value),
    /// A part takes the place of another.
    Copy(Index, Index),
    /// A key gets another name.
    Rename(Index, String),
    Insert(Index, String, Value),
}

/// Pointers to all nodes of a document but its root.
fn pointers(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, all: &mut Vec<String>) {
        let mut child = |token: &str, child: &Value| {
            let at = format!("{at}/{}", token.replace('~', "~0").replace('/', "~1"));
            all.push(at.clone());
            walk(child, &at, all);
        };
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| child(key, value)),
            Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| child(&index.to_string(), value)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    walk(value, "", &mut all);
    all
}

fn change(document: &mut Value, change: &Change) {
    let pointers = pointers(document);
    if pointers.is_empty() {
        return;
    }
    let node = |at: &Index| pointers[at.index(pointers.len())].as_str();
    let parent = |pointer: &str| {
        let (parent, token) = pointer.rsplit_once('/').expect("not the root");
        (parent.to_owned(), token.replace("~1", "/").replace("~0", "~"))
    };
    match change {
        Change::Remove(at) => {
            let (parent, token) = parent(node(at));
            match document.pointer_mut(&parent) {
                Some(Value::Object(map)) => drop(map.remove(&token)),
                Some(Value::Array(items)) => drop(items.remove(token.parse().expect("an index"))),
                _ => {}
            }
        }
        Change::Replace(at, value) => *document.pointer_mut(node(at)).expect("a node") = value.clone(),
        Change::Copy(from, to) => {
            let value = document.pointer(node(from)).expect("a node").clone();
            *document.pointer_mut(node(to)).expect("a node") = value;
        }
        Change::Rename(at, name) => {
            let (parent, token) = parent(node(at));
            if let Some(Value::Object(map)) = document.pointer_mut(&parent)
                && let Some(value) = map.remove(&token)
            {
                map.insert(name.clone(), value);
            }
        }
        Change::Insert(at, name, value) => match document.pointer_mut(node(at)) {
            Some(Value::Object(map)) => drop(map.insert(name.clone(), value.clone())),
            Some(Value::Array(items)) => items.push(value.clone()),
            _ => {}
        },
    }
}

/// Names that mean something, and names that are hard to turn into Rust.
fn name() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "$ref",
        "type",
        "properties",
        "items",
        "allOf",
        "oneOf",
        "anyOf",
        "not",
        "enum",
        "required",
        "format",
        "nullable",
        "discriminator",
        "mapping",
        "additionalProperties",
        "propertyName",
        "schema",
        "name",
        "in",
        "content",
        "parameters",
        "requestBody",
        "responses",
        "200",
        "204",
        "default",
        "application/json",
        "application/octet-stream",
        "multipart/form-data",
        "text/xml",
        "x-rust-waive",
        "x-rust",
        "security",
        "get",
        "post",
        "/2/types",
        "/2/a/{id}",
        "data",
        "includes",
        "errors",
        "meta",
        "body",
        "self",
        "Self",
        "type_",
        "_",
        "",
        "extra",
        "new",
        "send",
        "日本",
        "a b",
        "🦀",
        "1",
        "-1",
        "+1",
        "a\u{0}b",
        "ß",
        "ﬁ",
        "ı",
        "post_count",
        "tweet_count",
        "next_token",
    ];
    prop_oneof![8 => select(KNOWN).prop_map(str::to_owned), 1 => any::<String>()]
}

/// Values that mean something at some place.
fn value() -> impl Strategy<Value = Value> {
    let some = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!([]),
        json!({}),
        json!("string"),
        json!("integer"),
        json!("object"),
        json!("array"),
        json!("date-time"),
        json!("binary"),
        json!("path"),
        json!("query"),
        json!("header"),
        json!("cookie"),
        json!("deepObject"),
        json!("#/components/schemas/Pet"),
        json!("#/components/schemas"),
        json!("#"),
        json!("../type"),
        json!({"$ref": "#/components/schemas/Pet"}),
        json!({"$ref": "#/components/schemas/Folder"}),
        json!({"$ref": "#/components/schemas/Medium"}),
        json!({"$ref": "#/components/schemas/Cat"}),
        json!({"type": "string"}),
        json!({"type": "integer"}),
        json!({"type": "object"}),
        json!({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}),
        json!({"type": "object", "properties": {"a": {"type": "string"}}}),
        json!({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Folder"}}),
        json!({"type": "string", "enum": ["a", "A", "a "]}),
        json!({"type": "integer", "enum": [1, -1]}),
        json!({"oneOf": [{"type": "string"}, {"type": "object"}]}),
        json!({"allOf": [{"$ref": "#/components/schemas/Folder"}, {"$ref": "#/components/schemas/Cat"}]}),
        json!({"oneOf": [{"$ref": "#/components/schemas/Folder"}, {"$ref": "#/components/schemas/Cat"}], "discriminator": {"propertyName": "../type", "mapping": {"a": "Folder", "b": "Cat", "c": "Cat"}}}),
        json!([{"name": "a", "in": "query", "schema": {"type": "object"}}]),
        json!(["a", "b"]),
        json!({"200": {"content": {"application/json": {"schema": {}}}}}),
        json!("text with \r \n ``` `tick` [link] <b> \u{202e} */ /* \\ \" {} \u{0}"),
    ];
    prop_oneof![8 => select(some.to_vec()), 1 => any::<String>().prop_map(Value::from), 1 => any::<i64>().prop_map(Value::from)]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = prop_oneof![
        2 => any::<Index>().prop_map(Change::Remove),
        4 => (any::<Index>(), value()).prop_map(|(at, value)| Change::Replace(at, value)),
        3 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Copy(from, to)),
        2 => (any::<Index>(), name()).prop_map(|(at, name)| Change::Rename(at, name)),
        4 => (any::<Index>(), name(), value()).prop_map(|(at, name, value)| Change::Insert(at, name, value)),
    ];
    proptest::collection::vec(one, 1..6)
}

/// Two constructs at once, so that their parts can mix.
fn constructs() -> impl Strategy<Value = Value> {
    let names: Vec<String> = support::constructs().into_keys().collect();
    (select(names.clone()), select(names)).prop_map(|(one, other)| {
        let mut both = support::description(Some(&one));
        let other = support::description(Some(&other));
        for part in ["/paths", "/components/schemas"] {
            let more = other.pointer(part).and_then(Value::as_object).cloned().unwrap_or_default();
            if let Some(Value::Object(map)) = both.pointer_mut(part) {
                map.extend(more);
            }
        }
        both
    })
}

/// Any schema that is one of OpenAPI 3.0.
fn schema() -> impl Strategy<Value = Value> {
    let named = ["Pet", "Folder", "Medium", "Cat", "Dog", "Hen"].map(|name| json!({"$ref": format!("#/components/schemas/{name}")}));
    let kinds = ["string", "integer", "number", "boolean", "object", "array"].map(|kind| json!({"type": kind}));
    let formats = ["date-time", "binary", "byte", "uuid"].map(|format| json!({"type": "string", "format": format}));
    let values = proptest::collection::vec(name(), 0..4).prop_map(|values| json!({"type": "string", "enum": values}));
    let numbers = proptest::collection::vec(-3..3_i64, 1..4).prop_map(|values| json!({"type": "integer", "enum": values}));
    let leaf = prop_oneof![4 => select(named.to_vec()), 2 => select(kinds.to_vec()), 1 => select(formats.to_vec()), 1 => Just(json!({})), 2 => values, 1 => numbers];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let several = || proptest::collection::vec(inner.clone(), 1..4);
        let properties = proptest::collection::btree_map(name(), inner.clone(), 0..4);
        let required = proptest::collection::vec(name(), 0..3);
        let description = any::<Option<String>>();
        prop_oneof![
            4 => (properties, required, description).prop_map(|(properties, required, description)| {
                let mut schema = json!({"type": "object", "properties": properties, "required": required});
                if let Some(description) = description {
                    schema["description"] = Value::from(description);
                }
                schema
            }),
            2 => inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            1 => inner.clone().prop_map(|values| json!({"type": "object", "additionalProperties": values})),
            1 => several().prop_map(|parts| json!({"allOf": parts})),
            1 => several().prop_map(|parts| json!({"oneOf": parts})),
            1 => several().prop_map(|parts| json!({"anyOf": parts, "nullable": true})),
            1 => (inner.clone(), several(), proptest::collection::btree_map(name(), select(vec!["Pet", "Folder", "Cat", "Dog"]), 0..4)).prop_map(|(tag, parts, mapping)| json!({
                "type": "object",
                "properties": {"type": tag, "payload": {"oneOf": parts, "discriminator": {"propertyName": "../type", "mapping": mapping}}}
            })),
        ]
    })
}

/// A description of any paths and schemas.
fn descriptions() -> impl Strategy<Value = Value> {
    let method = select(vec!["get", "post", "put", "delete"]);
    let location = select(vec!["path", "query", "header", "cookie"]);
    let parameter = (name(), location, select(vec!["string", "integer", "boolean"]), any::<bool>(), any::<bool>());
    let parameters = proptest::collection::vec(parameter, 0..4).prop_map(|parameters| {
        let all = parameters.into_iter().filter(|(name, ..)| !name.is_empty()).map(|(name, location, kind, list, required)| {
            let schema = json!({"type": kind});
            let schema = if list { json!({"type": "array", "items": schema}) } else { schema };
            json!({"name": name, "in": location, "required": required, "schema": schema})
        });
        all.collect::<Vec<_>>()
    });
    let media_type = select(vec!["application/json", "multipart/form-data", "application/octet-stream"]);
    let body = proptest::option::of((media_type, schema()));
    let operation = (parameters, body, schema(), any::<bool>(), any::<bool>()).prop_map(|(parameters, body, answer, whole, streaming)| {
        let answer = if whole { answer } else { json!({"type": "object", "properties": {"data": answer, "meta": {"type": "object", "properties": {"next_token": {"type": "string"}}}}}) };
        let mut operation = json!({"parameters": parameters, "x-twitter-streaming": streaming, "responses": {"200": {"content": {"application/json": {"schema": answer}}}}});
        if let Some((media_type, schema)) = body {
            operation["requestBody"] = json!({"content": {media_type: {"schema": schema}}});
        }
        operation
    });
    let path = proptest::collection::vec(prop_oneof![2 => name(), 1 => Just("{id}".to_owned())], 0..3)
        .prop_map(|segments| format!("/2/{}", segments.join("/")));
    let item = proptest::collection::btree_map(method, operation, 1..3);
    let schemas = proptest::collection::btree_map(select(vec!["Pet", "Cat", "Folder"]), schema(), 0..3);
    (proptest::collection::btree_map(path, item, 1..5), schemas).prop_map(|(paths, schemas)| {
        let mut description = support::description(None);
        description["paths"] = json!(paths);
        for (name, schema) in schemas {
            description["components"]["schemas"][name] = schema;
        }
        description
    })
}

/// An overlay with some of everything.
fn overlay() -> Value {
    json!({"overlay": "1.0.0", "actions": [
        {"target": "$", "update": {"x-rust": {
            "groups": {"pets": "Pets."}, "segments": {"enums": "pets"}, "words": {"tweet": "post"},
            "spellings": {"properties": {"post_count": "tweet_count"}, "parameters": {"post.fields": "tweet.fields"}, "values": {"post.fields": {"note_post": "note_tweet"}}},
            "ids": {"PetId": ["id", "answer_struct/{id}", "get /2/enums?level", "Pet.name"]}, "present": {"Pet": ["name"]},
            "by_runtime": {"errors": "read"}, "types": {"Pet": "A pet."}, "docs": {"name": "What it is called."}
        }}},
        {"target": "$.paths[*].get", "update": {"x-rust": {"group": "pets", "types": {"data": "Pet"}}, "summary": "Gets."}},
        {"target": "$.paths[*].post", "update": {"x-rust": {"name": "add", "args": ["name"], "docs": {"name": "Its name."}, "types": {"body.food": "Food"}}}},
        {"target": "$..properties.age", "remove": true},
        {"target": "$.paths[*][*].parameters[?@.name == 'limit']", "update": {"x-rust-waive": "nobody needs it"}}
    ]})
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn a_mutated_description_gives_errors_or_rust(mut description in constructs(), changes in changes()) {
        changes.iter().for_each(|one| change(&mut description, one));
        survives(&description.to_string(), support::OVERLAY);
    }

    #[test]
    fn a_description_of_anything_gives_errors_or_rust(description in descriptions()) {
        survives(&description.to_string(), support::OVERLAY);
    }

    #[test]
    fn a_mutated_overlay_gives_errors_or_rust(description in constructs(), changes in changes()) {
        let mut overlay = overlay();
        changes.iter().for_each(|one| change(&mut overlay, one));
        survives(&description.to_string(), &overlay.to_string());
    }

    #[test]
    fn a_mutated_overlay_text_gives_errors_or_rust(cut in any::<Index>(), text in any::<String>(), length in 0_usize..20) {
        let overlay: Vec<char> = support::OVERLAY.chars().collect();
        let at = cut.index(overlay.len());
        let mutated: String = overlay[..at].iter().copied().chain(text.chars()).chain(overlay[at..].iter().skip(length).copied()).collect();
        survives(&support::description(Some("lists")).to_string(), &mutated);
    }

    #[test]
    fn a_target_of_any_text_gives_errors_or_rust(target in "[$.@\\[\\]()*?'a-z0-9:, &|!=<>-]{0,40}") {
        let overlay = json!({"overlay": "1.0.0", "actions": [{"target": format!("${target}"), "update": {"a": [1]}}]});
        survives(&support::description(Some("lists")).to_string(), &overlay.to_string());
    }

    #[test]
    fn a_truncated_or_spoiled_text_gives_errors_or_rust(at in any::<Index>(), spoil in any::<Option<char>>()) {
        let text: Vec<char> = serde_json::to_string_pretty(&support::description(Some("answer_struct"))).expect("JSON").chars().collect();
        let at = at.index(text.len());
        let mut mutated: String = text[..at].iter().collect();
        if let Some(spoil) = spoil {
            mutated.push(spoil);
            mutated.extend(&text[at + 1..]);
        }
        survives(&mutated, support::EMPTY);
    }
}

/// Text that nests this deep overflows the stack of whatever follows it recursively without a limit.
const DEEP: usize = 10_000;

/// Enough references to do the same, each of which opens several schemas.
const FAR: usize = 2_000;

#[test]
fn a_description_that_nests_deep_is_refused() {
    let schema = |open: &str, close: &str| format!("{}{{\"type\": \"string\"}}{}", open.repeat(DEEP), close.repeat(DEEP));
    let nested = [
        schema(r#"{"type": "array", "items": "#, "}"),
        schema(r#"{"type": "object", "properties": {"a": "#, "}}"),
        schema(r#"{"allOf": ["#, "]}"),
        schema("[", "]"),
    ];
    for schema in nested {
        let description = json!({"openapi": "3.0.0", "info": {}, "paths": {}, "components": {"schemas": {"A": "HERE"}}}).to_string();
        survives(&description.replace("\"HERE\"", &schema), support::EMPTY);
    }
}

#[test]
fn references_that_lead_far_are_refused() {
    let chains: [fn(String) -> Value; 6] = [
        |next| json!({"type": "object", "properties": {"a": {"$ref": next}}}),
        |next| json!({"type": "array", "items": {"$ref": next}}),
        |next| json!({"type": "object", "additionalProperties": {"$ref": next}}),
        |next| json!({"allOf": [{"$ref": next}, {"type": "object", "properties": {"a": {"type": "string"}}}]}),
        |next| json!({"oneOf": [{"$ref": next}, {"type": "object", "properties": {"a": {"type": "string"}}}]}),
        |next| json!({"$ref": next}),
    ];
    for link in chains {
        let mut schemas: serde_json::Map<String, Value> =
            (0..FAR).map(|n| (format!("S{n}"), link(format!("#/components/schemas/S{}", n + 1)))).collect();
        schemas.insert(format!("S{FAR}"), json!({"type": "object", "properties": {"end": {"type": "string"}}}));
        // From its middle, its end and its beginning, so that parts of the chain are known when the rest is met.
        let answer = |n: usize| json!({"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/S{n}")}}}}}}});
        let description = json!({
            "openapi": "3.0.0", "info": {}, "components": {"schemas": schemas},
            "paths": {"/2/a": answer(FAR - 30), "/2/b": answer(FAR - 60), "/2/c": answer(FAR - 90), "/2/d": answer(0)}
        });
        survives(&description.to_string(), support::EMPTY);
    }
}

#[test]
fn an_overlay_that_nests_deep_is_refused() {
    let update = format!("{}1{}", "{\"a\": ".repeat(DEEP), "}".repeat(DEEP));
    let description = support::description(Some("lists")).to_string();
    survives(&description, &format!("{{\"overlay\": \"1.0.0\", \"actions\": [{{\"target\": \"$\", \"update\": {update}}}]}}"));
    // Each action goes on where the last one ended.
    let step = 100;
    let update = (0..step).fold(json!({}), |inner, _| json!({"a": inner}));
    let actions: Vec<Value> =
        (0..100).map(|n| json!({"target": format!("$.components{}", ".a".repeat(n * step)), "update": update})).collect();
    survives(&description, &json!({"overlay": "1.0.0", "actions": actions}).to_string());
    for target in ["$[?".to_owned() + &"(".repeat(DEEP), "$[?".to_owned() + &"!".repeat(DEEP), "$".to_owned() + &"[?@".repeat(DEEP)] {
        survives(&description, &json!({"overlay": "1.0.0", "actions": [{"target": target, "remove": true}]}).to_string());
    }
}
