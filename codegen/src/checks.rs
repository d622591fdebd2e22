//! All that may be wrong with the overlay's statements: that they cannot be read, that names in them cannot be, and that they are about nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use openapiv3::ReferenceOr;

use crate::diagnostic::{At, Diagnostics, Severity, Source};
use crate::document::Document;
use crate::ir::{Api, Field, Operation, Role, TypeId, TypeKind, format_place};
use crate::names::{Names, is_of_requests};
use crate::settings::{OperationSettings, Rule, Settings, Statements};
use crate::words;

/// Reads the statements that the overlay left in a document.
///
/// # Errors
///
/// Everything that cannot be read, and every name that cannot be, at once.
pub(crate) fn read(document: &Document) -> Result<Statements, Diagnostics> {
    // Where in the overlay's text they are is not known any more.
    let overlay = Source { file: &document.overlay, text: "" };
    let error = |at: &str, message: String, help: &str| overlay.diagnostic(Severity::Error, at, message, help);
    let mut findings = Vec::new();
    let mut statements = Statements::default();
    if !document.settings.is_null() {
        match serde_json::from_value(document.settings.clone()) {
            Ok(settings) => statements.settings = settings,
            Err(cause) => {
                let message = format!("the overlay's settings cannot be read: {cause}");
                findings.push(error("/x-rust", message, "see the fields of `Settings` in the generator"));
            }
        }
    }
    findings.extend(wrong_names(&statements.settings).into_iter().map(|(message, help)| error("/x-rust", message, help)));
    let root = At::root("/paths");
    for (path, item) in &document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let at = root.child(path);
        for (method, operation) in item.iter() {
            let Some(value) = operation.extensions.get("x-rust") else { continue };
            let at = at.child(method);
            let at = at.child("x-rust").to_string();
            match serde_json::from_value::<OperationSettings>(value.clone()) {
                Ok(settings) => {
                    for (name, message, help) in wrong_names_of(&settings, &statements.settings) {
                        findings.push(error(&at, format!("the overlay's name {name:?} is {message}"), help));
                    }
                    statements.operations.insert((path.clone(), method.to_owned()), settings);
                }
                Err(cause) => {
                    let message = format!("the overlay's `x-rust` of this operation cannot be read: {cause}");
                    findings.push(error(&at, message, "see the fields of `OperationSettings` in the generator"));
                }
            }
        }
    }
    if findings.is_empty() { Ok(statements) } else { Err(Diagnostics(findings)) }
}

/// Returns the faults of names of groups, ids and variants, each with the remedy.
fn wrong_names(settings: &Settings) -> Vec<(String, &'static str)> {
    let mut wrong = Vec::new();
    for group in settings.groups.keys().chain(settings.segments.values()) {
        if !words::is_snake(group) {
            wrong.push((format!("the overlay's settings: {group:?} cannot be the name of a group"), "write it as `direct_messages` is"));
        } else if words::is_taken_from_groups(group) {
            wrong.push((format!("the overlay's settings: the client has a {group:?} that is no group"), "choose another name"));
        }
    }
    for id in settings.ids.keys().filter(|id| !words::is_pascal(id) || words::PRELUDE.contains(&id.as_str())) {
        wrong.push((format!("the overlay's ids: {id:?} cannot be the name of a type"), "write it as `PostId` is"));
    }
    for (name, variants) in &settings.variants {
        let fits = |variant: &str| words::is_pascal(variant) && !matches!(variant, "Self" | "Unknown");
        for variant in variants.values().filter(|variant| !fits(variant)) {
            let message = format!("the overlay's `variants`: {name} cannot have a variant {variant:?}");
            wrong.push((message, "write it as `FollowedByUser` is; `Self` and `Unknown` are not free"));
        }
    }
    wrong
}

/// Returns the names that an operation and its types cannot have, each with its fault and the remedy.
fn wrong_names_of<'a>(operation: &'a OperationSettings, settings: &Settings) -> Vec<(&'a String, &'static str, &'static str)> {
    let taken = |name: &str| words::PRELUDE.contains(&name) || settings.ids.contains_key(name.strip_suffix("Kind").unwrap_or(name));
    let mut wrong: Vec<(&String, &str, &str)> = Vec::new();
    let OperationSettings { group, name, me, inputs, request, types, .. } = operation;
    for name in group.iter().chain(name).chain(me).chain(inputs.values()).filter(|name| !words::is_snake(name)) {
        wrong.push((name, "not in snake case", "write it as `list_posts` is"));
    }
    for name in group.iter().filter(|group| words::is_taken_from_groups(group)) {
        wrong.push((name, "not free: the client has something of it that is no group", "choose another"));
    }
    for name in inputs.values().filter(|name| is_of_requests(name)) {
        wrong.push((name, "not free: all requests have a method of it", "choose another"));
    }
    for name in types.values().chain(request) {
        if !words::is_pascal(name) {
            wrong.push((name, "not in Pascal case", "write it as `Post` is"));
        } else if taken(name) {
            wrong.push((name, "not free: Rust or an id has it", "choose another"));
        }
    }
    wrong
}

/// Returns the settings of the overlay that match nothing, in words. `met` has the places of ids that were found.
pub(crate) fn unmet(api: &Api, names: &Names, met: &BTreeSet<String>) -> Vec<String> {
    let settings = &api.settings;
    let mut unmet = Vec::new();
    for (id, places) in &settings.ids {
        for place in places.iter().filter(|place| !met.contains(*place)) {
            unmet.push(format!("the overlay's ids: {id} is nowhere at `{place}`"));
        }
    }
    for place in settings.formats.values().flatten().filter(|place| !met.contains(&format_place(place))) {
        unmet.push(format!("the overlay's formats: there is no text at `{place}`"));
    }
    for operation in &api.operations {
        let all: Vec<&Field> = operation.inputs().collect();
        let at = format!("{} {}", operation.method, operation.path);
        let OperationSettings { args, inputs, rules, docs, .. } = &operation.settings;
        let wires = args.iter().map(|wire| ("args", wire)).chain(inputs.keys().map(|wire| ("inputs", wire)));
        let wires = wires.chain(rules.iter().flat_map(Rule::wires).map(|wire| ("rules", wire)));
        let wires = wires.chain(docs.keys().map(|wire| ("docs", wire)));
        for (what, wire) in wires.filter(|(_, wire)| !all.iter().any(|field| field.wire == **wire)) {
            unmet.push(format!("the overlay's `{what}` of {at}: there is no `{wire}`"));
        }
    }
    for (name, variants) in &settings.variants {
        let of_name = |id: &&TypeId| names.types.get(*id) == Some(name);
        let ids: Vec<&TypeId> = names.types.keys().filter(of_name).collect();
        let has = |value: &str| {
            ids.iter().any(|id| matches!(&api.types[id.0].kind, TypeKind::Enum(found) if found.values.iter().any(|other| other == value)))
        };
        let gone = variants.keys().filter(|value| !has(value));
        unmet.extend(gone.map(|value| format!("the overlay's `variants`: {name} has no value {value:?}")));
    }
    for (name, wires) in &settings.present {
        let of_name = || api.types.iter().filter(|found| found.role == Role::Answer && found.name.as_ref() == Some(name));
        let has = |wire: &String| {
            of_name().any(|found| matches!(&found.kind, TypeKind::Struct(fields) if fields.iter().any(|field| field.wire == *wire)))
        };
        unmet.extend(wires.iter().filter(|wire| !has(wire)).map(|wire| format!("the overlay's `present`: {name} has no `{wire}`")));
    }
    let known: HashSet<&String> = names.types.values().chain(settings.ids.keys()).collect();
    let types = settings.types.keys().filter(|name| !known.contains(name));
    unmet.extend(types.map(|name| format!("the overlay's `types`: there is no {name}")));
    let groups = settings.groups.keys().filter(|group| api.operations.iter().all(|operation| operation.group != **group));
    unmet.extend(groups.map(|group| format!("the overlay's `groups`: {group} has no operations")));
    unmet
}

/// Returns names of the overlay that two operations have, and operations that are not the own account's though the overlay says so, each
/// with the remedy.
pub(crate) fn unfit(api: &Api, names: &Names) -> Vec<(String, &'static str)> {
    let mut unfit = Vec::new();
    let mut first: BTreeMap<(&str, &str, &str), &Operation> = BTreeMap::new();
    for operation in &api.operations {
        let OperationSettings { name, me, request, .. } = &operation.settings;
        let at = format!("{} {}", operation.method, operation.path);
        let given = [("name", operation.group.as_str(), name), ("me", "", me), ("request", "", request)];
        for (what, scope, name) in given.into_iter().filter_map(|(what, scope, name)| Some((what, scope, name.as_deref()?))) {
            if let Some(other) = first.get(&(what, scope, name)) {
                let message = format!("the overlay's `{what}` of {at}: {} {} is called {name} as well", other.method, other.path);
                unfit.push((message, "give each a name of its own"));
            }
            first.entry((what, scope, name)).or_insert(operation);
        }
        for name in request.iter().filter(|name| names.groups.values().any(|group| group == *name)) {
            unfit.push((format!("the overlay's `request` of {at}: {name} is a group"), "choose another name"));
        }
        if me.is_some() && !is_of_own_account(&operation.path) {
            let message = format!("the overlay's `me` of {at}: the path does not have the own account's id");
            unfit.push((message, "delete it: it is for `/users/{id}/…`, and for paths that say `me`"));
        }
    }
    unfit
}

/// Whether the first placeholder of a path takes a user's id, or the path says `me` without one.
fn is_of_own_account(path: &str) -> bool {
    match path.split_once('{') {
        Some((before, _)) => before.ends_with("/users/"),
        None => path.split(['/', '_']).any(|word| word == "me"),
    }
}
