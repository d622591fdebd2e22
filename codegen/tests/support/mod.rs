//! The constructs of `fixtures/constructs.yaml` as OpenAPI descriptions, and what is generated from them.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;

use paragon_twitter_codegen::{File, Generated, Generator, Source};
use serde_json::{Map, Value, json};

/// Settings for the constructs.
pub const OVERLAY: &str = include_str!("../fixtures/overlay.yaml");

/// An overlay that says nothing.
pub const EMPTY: &str = "{overlay: 1.0.0, actions: []}";

/// The constructs by name.
pub fn constructs() -> BTreeMap<String, Value> {
    yaml_serde::from_str(include_str!("../fixtures/constructs.yaml")).expect("the fixture is YAML")
}

/// A description of one construct, or of all of them.
pub fn description(name: Option<&str>) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    let mut found = false;
    for (_, construct) in constructs().into_iter().filter(|(key, _)| name.is_none_or(|name| name == key)) {
        found = true;
        for (key, operation) in construct["operations"].as_object().expect("operations") {
            let (method, path) = key.split_once(' ').expect("method and path");
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[method.to_lowercase()] = expand(operation.clone());
        }
        schemas.extend(construct.get("schemas").and_then(Value::as_object).cloned().unwrap_or_default());
    }
    assert!(found, "there is no construct {name:?}");
    json!({
        "openapi": "3.0.0",
        "info": {"title": "Constructs", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {
            "BearerToken": {"type": "http", "scheme": "bearer"},
            "UserToken": {"type": "http", "scheme": "OAuth"},
            "OAuth2UserToken": {"type": "oauth2", "flows": {"authorizationCode": {
                "authorizationUrl": "https://example.org/a", "tokenUrl": "https://example.org/t",
                "scopes": {"pet.read": "", "users.read": "", "all.read": ""}
            }}}
        }}
    })
}

fn expand(mut operation: Value) -> Value {
    let map = operation.as_object_mut().expect("an operation");
    if let Some(data) = map.remove("data") {
        let schema = json!({"type": "object", "properties": {"data": data}});
        map.insert("responses".to_owned(), json!({"200": {"content": {"application/json": {"schema": schema}}}}));
    }
    if let Some(json) = map.remove("json") {
        map.insert("requestBody".to_owned(), json!({"content": {"application/json": {"schema": json}}}));
    }
    operation
}

/// Runs the generator, for a description that the overlay was not written for.
pub fn generate(description: &Value, overlay: &str) -> Generated {
    let text = description.to_string();
    let generator = Generator::new(Source { file: "api.json", text: &text }, Source { file: "overlay.yaml", text: overlay });
    generator.foreign().run().unwrap_or_else(|error| panic!("{error}"))
}

/// All files of a description.
pub fn files(description: &Value, overlay: &str) -> Vec<File> {
    generate(description, overlay).emit(None).expect("the code is Rust")
}

/// The items of `types.rs` by the name of the type that they define or implement something for.
pub fn items(files: &[File]) -> BTreeMap<String, Vec<syn::Item>> {
    let types = files.iter().find(|file| file.name == "types.rs").expect("types.rs");
    let mut items: BTreeMap<String, Vec<syn::Item>> = BTreeMap::new();
    for item in syn::parse_file(&types.content).expect("types.rs is Rust").items {
        let name = match &item {
            syn::Item::Struct(item) => item.ident.to_string(),
            syn::Item::Enum(item) => item.ident.to_string(),
            syn::Item::Type(item) => item.ident.to_string(),
            syn::Item::Impl(item) => match item.self_ty.as_ref() {
                syn::Type::Path(path) => path.path.segments.last().expect("a name").ident.to_string(),
                _ => continue,
            },
            _ => continue,
        };
        items.entry(name).or_default().push(item);
    }
    items
}

/// Items as formatted code.
pub fn code<'a>(items: impl IntoIterator<Item = &'a syn::Item>) -> String {
    prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: items.into_iter().cloned().collect() })
}

/// What every description has.
pub fn is_common(name: &str) -> bool {
    matches!(name, "Includes" | "Meta") || name.starts_with("PetId")
}

/// The definitions of a construct's types, without what is implemented for them.
pub fn definitions(construct: &str) -> String {
    let items = items(&files(&description(Some(construct)), OVERLAY));
    let own = items.iter().filter(|(name, _)| !is_common(name)).flat_map(|(_, items)| items);
    code(own.filter(|item| !matches!(item, syn::Item::Impl(_))))
}

/// All code about some of a construct's types.
pub fn types(construct: &str, names: &[&str]) -> String {
    let items = items(&files(&description(Some(construct)), OVERLAY));
    code(names.iter().flat_map(|name| items.get(*name).unwrap_or_else(|| panic!("no {name} in {:?}", items.keys()))))
}

/// The file of a construct's group.
pub fn group(construct: &str, name: &str) -> String {
    let files = files(&description(Some(construct)), OVERLAY);
    let file = files.iter().find(|file| file.name == format!("{name}.rs"));
    file.unwrap_or_else(|| panic!("no {name}.rs")).content.clone()
}
