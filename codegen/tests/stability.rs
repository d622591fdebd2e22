//! What may change in a description without changing what a caller wrote: order, names of X's own, spellings, and which features are on.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use paragon_twitter_codegen::ir::Body;
use paragon_twitter_codegen::{File, Generated, Generator, Source};
use serde_json::{Map, Value};
use support::{code, description, generate, items};

/// The project's own description.
fn own() -> Value {
    serde_json::from_str(paragon_twitter_spec::OPENAPI).expect("the description is JSON")
}

fn files(generated: &Generated) -> Vec<File> {
    generated.emit(None).expect("the code is Rust")
}

/// The project's overlay without corrections of schemas: those go by X's names, and complain when these change.
fn overlay_without_schemas() -> String {
    let mut overlay: Value = yaml_serde::from_str(paragon_twitter_spec::OVERLAY).expect("the overlay is YAML");
    let actions = overlay["actions"].as_array_mut().expect("actions");
    actions.retain(|action| !action["target"].as_str().is_some_and(|target| target.starts_with("$.components")));
    overlay.to_string()
}

/// Fails with the first line that differs, not with megabytes.
fn assert_same(left: &[File], right: &[File]) {
    let names = |files: &[File]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(left), names(right));
    for (left, right) in left.iter().zip(right) {
        // X's names of operations are in the code for the search of the docs only.
        let lines = |file: &File| file.content.lines().filter(|line| !line.contains("#[doc(alias")).map(str::to_owned).collect::<Vec<_>>();
        let (own, others) = (lines(left), lines(right));
        for (number, (one, other)) in own.iter().zip(&others).enumerate() {
            assert_eq!(one, other, "{}:{}", left.name, number + 1);
        }
        assert_eq!(own.len(), others.len(), "{}", left.name);
    }
}

/// Puts the pairs of an object in some order.
type Order = fn(&mut Vec<(&String, &Value)>);

/// JSON with the keys of each object in an order of choice.
fn written(value: &Value, order: Order) -> String {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
            order(&mut pairs);
            let pairs: Vec<String> =
                pairs.into_iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), written(value, order))).collect();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(|item| written(item, order)).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// Calls `visit` with every object.
fn objects(value: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            visit(map);
            map.values_mut().for_each(|value| objects(value, visit));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| objects(item, visit)),
        _ => {}
    }
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    let run = || files(&generate(&own(), paragon_twitter_spec::OVERLAY));
    assert_same(&run(), &run());
}

#[test]
fn the_order_of_keys_changes_nothing() {
    let orders: [Order; 3] = [
        |pairs| pairs.reverse(),
        |pairs| {
            let half = pairs.len() / 2;
            pairs.rotate_left(half);
        },
        |pairs| pairs.sort_by_key(|(key, _)| (key.len(), key.chars().last())),
    ];
    let run = |text: &str, overlay: &str| {
        let generator = Generator::new(Source { file: "api.json", text }, Source { file: "overlay.yaml", text: overlay }).foreign();
        files(&generator.run().unwrap_or_else(|error| panic!("{error}")))
    };
    let constructs = description(None);
    let expected = run(&constructs.to_string(), support::OVERLAY);
    for order in orders {
        assert_same(&run(&written(&constructs, order), support::OVERLAY), &expected);
    }
    let expected = run(paragon_twitter_spec::OPENAPI, paragon_twitter_spec::OVERLAY);
    assert_same(&run(&written(&own(), orders[0]), paragon_twitter_spec::OVERLAY), &expected);
}

/// The code about each type but for what differs by design: `Includes` is empty when no operation has any, and docs link to the types
/// that are generated.
fn definitions(files: &[File]) -> BTreeMap<String, String> {
    let is_link = |line: &str| line.trim() == "///" || line.contains("by [`");
    let without = |code: String| code.lines().filter(|line| !is_link(line)).collect::<Vec<_>>().join("\n");
    items(files).iter().filter(|(name, _)| *name != "Includes").map(|(name, items)| (name.clone(), without(code(items)))).collect()
}

fn groups_alone_rename_nothing(generated: &Generated, groups: &[&str]) {
    let all = files(generated);
    let everything = definitions(&all);
    for group in groups {
        let some = generated.emit(Some(&BTreeSet::from([(*group).to_owned()]))).expect("the code is Rust");
        assert_eq!(some.len(), 4, "{group}: its file, the list of groups, the types and the spellings");
        let file = format!("{group}.rs");
        let own = |files: &[File]| files.iter().find(|other| other.name == file).expect("the group's file").content.clone();
        assert_eq!(own(&some), own(&all), "{group}");
        let list = &some.iter().find(|file| file.name == "groups.rs").expect("the list of groups").content;
        for off in generated.api.settings.groups.keys().filter(|off| off != group) {
            let configured_out = format!("#[cfg(feature = \"{off}\")]\npub mod {off} {{}}");
            assert!(list.contains(&configured_out), "rustc is not told of the feature {off}");
        }
        let types = definitions(&some);
        for (name, code) in &types {
            assert_eq!(Some(code), everything.get(name), "{name} alone in {group}");
        }
        // Nothing but what is reached.
        let reached = generated.api.reachable(generated.api.operations.iter().filter(|operation| operation.group == **group));
        let reached: BTreeSet<&str> = reached.iter().map(|id| generated.names.types[id].as_str()).collect();
        let ids = &generated.api.settings.ids;
        let is_id = |name: &str| ids.contains_key(name) || name.strip_suffix("Kind").is_some_and(|name| ids.contains_key(name));
        let extra: Vec<&String> = types.keys().filter(|name| !reached.contains(name.as_str()) && !is_id(name)).collect();
        assert!(extra.is_empty(), "{group} does not reach {extra:?}");
    }
}

#[test]
fn a_group_alone_has_the_same_names_and_only_the_types_it_reaches() {
    let constructs = generate(&description(None), support::OVERLAY);
    let groups: Vec<&str> = constructs.api.groups().into_keys().collect();
    groups_alone_rename_nothing(&constructs, &groups);
    let own = generate(&own(), paragon_twitter_spec::OVERLAY);
    groups_alone_rename_nothing(&own, &["posts", "media", "streams"]);
}

#[test]
fn new_names_of_schemas_operations_and_tags_change_nothing() {
    let mut renamed = own();
    let schemas = renamed.pointer_mut("/components/schemas").and_then(Value::as_object_mut).expect("schemas");
    // Backwards, so that their order is another one too.
    let new = |name: &str| format!("{}Renamed", name.chars().rev().collect::<String>());
    *schemas = std::mem::take(schemas).into_iter().map(|(name, schema)| (new(&name), schema)).collect();
    let moved = |target: &mut Value| {
        if let Some(name) = target.as_str().and_then(|target| target.strip_prefix("#/components/schemas/")) {
            *target = Value::from(format!("#/components/schemas/{}", new(name)));
        }
    };
    let mut count = 0;
    objects(&mut renamed, &mut |map| {
        if let Some(target) = map.get_mut("$ref") {
            moved(target);
            count += 1;
        }
        if let Some(Value::Object(mapping)) = map.get_mut("mapping") {
            mapping.values_mut().for_each(moved);
        }
        if let Some(Value::String(id)) = map.get_mut("operationId") {
            id.push_str("Renamed");
        }
        if let Some(Value::Array(tags)) =
            map.get_mut("tags").filter(|tags| tags.as_array().is_some_and(|tags| tags.iter().all(Value::is_string)))
        {
            tags.iter_mut().for_each(|tag| *tag = Value::from(format!("Renamed {}", tag.as_str().unwrap_or_default())));
        }
    });
    assert!(count > 500, "only {count} references were renamed");
    let overlay = overlay_without_schemas();
    assert_same(&files(&generate(&renamed, &overlay)), &files(&generate(&own(), &overlay)));
}

/// Every identifier that a caller can write: of types with their members, and of operations with what they take.
fn identifiers(generated: &Generated) -> BTreeSet<String> {
    let Generated { api, names, .. } = generated;
    let mut all = BTreeSet::new();
    for (id, name) in &names.types {
        all.insert(name.clone());
        all.extend(names.members[id].iter().map(|member| format!("{name}::{member}")));
    }
    for (operation, names) in api.operations.iter().zip(&names.operations) {
        let method = format!("{}::{} {}", operation.group, names.method, names.request);
        all.extend(names.parameters.iter().map(|name| format!("{method} {name}")));
        if let Body::Fields { .. } = operation.body {
            all.extend(names.body.iter().map(|name| format!("{method} body {name}")));
        }
        all.insert(method);
    }
    all
}

#[test]
fn the_old_spelling_of_properties_parameters_and_values_changes_no_identifier() {
    let own = own();
    let generated = generate(&own, paragon_twitter_spec::OVERLAY);
    let spellings = generated.api.settings.spellings.clone();
    let mut old = own.clone();
    let mut count = 0;
    objects(&mut old, &mut |map| {
        if let Some(Value::Object(properties)) = map.get_mut("properties") {
            for (new, old) in &spellings.properties {
                if !properties.contains_key(old)
                    && let Some(value) = properties.remove(new)
                {
                    properties.insert(old.clone(), value);
                    count += 1;
                }
            }
        }
        let Some(name) = map.get("name").and_then(Value::as_str).map(str::to_owned) else { return };
        let values = map.get_mut("schema").and_then(|schema| schema.pointer_mut("/items/enum")).and_then(Value::as_array_mut);
        for value in values.into_iter().flatten() {
            if let Some(old) = value.as_str().and_then(|value| spellings.values.get(&name)?.get(value)) {
                *value = Value::from(old.as_str());
                count += 1;
            }
        }
        if let Some(old) = spellings.parameters.get(&name) {
            map.insert("name".to_owned(), Value::from(old.as_str()));
            count += 1;
        }
    });
    assert!(count > 10, "only {count} places have two spellings");
    let (before, after) = (identifiers(&generated), identifiers(&generate(&old, paragon_twitter_spec::OVERLAY)));
    let (gone, come): (Vec<_>, Vec<_>) = (before.difference(&after).collect(), after.difference(&before).collect());
    assert!(gone.is_empty() && come.is_empty(), "gone: {gone:#?}\ncome: {come:#?}");
}
