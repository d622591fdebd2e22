//! The committed description: facts only, in canonical form, and made by `import`.

use paragon_twitter_codegen::{Source, import};
use paragon_twitter_spec::OPENAPI;
use serde_json::Value;

/// Keywords whose value is a map with names as keys, where any word may be a name.
const NAME_MAPS: [&str; 8] = ["properties", "paths", "schemas", "parameters", "responses", "content", "securitySchemes", "mapping"];

/// Calls `visit` with every keyword and its value, and with every string that stands anywhere.
fn walk(value: &Value, keys_are_names: bool, visit: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if !keys_are_names {
                    visit(key, value);
                }
                walk(value, !keys_are_names && NAME_MAPS.contains(&key.as_str()), visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, false, visit)),
        Value::String(_) => visit("", value),
        _ => {}
    }
}

#[test]
fn no_sentence_of_upstream_survives() {
    let description: Value = serde_json::from_str(OPENAPI).expect("JSON");
    let mut found = Vec::new();
    walk(&description, false, &mut |key, value| {
        let prose = matches!(key, "description" | "summary" | "title" | "example" | "examples" | "externalDocs");
        let sentence = value.as_str().is_some_and(|text| text.split_whitespace().count() > 3);
        if prose || sentence {
            found.push(format!("{key}: {value}"));
        }
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_committed_description_is_in_the_form_that_import_gives() {
    let again = import::import(Source { file: "openapi.json", text: OPENAPI }).expect("a description");
    assert!(again == OPENAPI, "import changes the committed description");
}

#[test]
fn import_makes_the_committed_description_of_the_upstream_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/specs/openapi-2.173.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the upstream file of version 2.173 is not here");
        return;
    };
    let facts = import::import(Source { file: path, text: &text }).expect("a description");
    assert!(facts == OPENAPI, "the committed description is not what import makes of version 2.173");
}

#[test]
fn a_group_of_operations_is_a_feature_of_the_client_and_the_other_way_round() {
    let manifest = include_str!("../../twitter-api/Cargo.toml");
    // The others are named after a version of another library, with a hyphen.
    let features: Vec<&str> = manifest.lines().filter_map(|line| line.strip_suffix(" = []")).filter(|name| !name.contains('-')).collect();
    let overlay = Source { file: "overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    let generated =
        paragon_twitter_codegen::Generator::new(Source { file: "openapi.json", text: OPENAPI }, overlay).run().expect("the project's own");
    let groups: Vec<&str> = generated.api.groups().into_keys().collect();
    assert_eq!(features, groups);
    assert_eq!(groups, generated.api.settings.groups.keys().collect::<Vec<_>>());
    for group in groups {
        assert!(manifest.contains(&format!("    \"{group}\",\n")), "{group} is not on by default");
    }
}

#[test]
fn every_operation_and_every_type_that_several_share_has_a_name_and_a_line_of_the_overlay() {
    let overlay = Source { file: "overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    let generated =
        paragon_twitter_codegen::Generator::new(Source { file: "openapi.json", text: OPENAPI }, overlay).run().expect("the project's own");
    assert!(generated.warnings.0.is_empty(), "{}", generated.warnings);
    for operation in &generated.api.operations {
        let named = operation.settings.name.is_some() && operation.settings.group.is_some() && operation.summary.is_some();
        assert!(named, "{} {} has no name, group or summary in the overlay", operation.method, operation.path);
    }
    assert!(generated.prose.missing.is_empty(), "write a line for these in the overlay: {:#?}", generated.prose.missing);
    // A new operation that mentions a type named by place could rename it.
    let unnamed: Vec<String> = paragon_twitter_codegen::stats::types(&generated)
        .lines()
        .filter(|line| line.contains(", rule, ") && !line.contains(" 1 operations]"))
        .map(str::to_owned)
        .collect();
    assert!(unnamed.is_empty(), "name these in the overlay: {unnamed:#?}");
}
