//! The overlay's documentation of fields and inputs, found by the owner of each line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ir::{Api, Body, Field, Shape, TypeId, TypeKind};
use crate::names::Names;

/// Lines of documentation, in the order of their owners.
#[derive(Debug, Default)]
pub struct Prose {
    /// Those of a struct's fields.
    pub fields: HashMap<TypeId, Vec<Option<String>>>,
    /// Those of each operation's inputs.
    pub operations: Vec<InputLines>,
    /// Owners that the overlay has no line for.
    pub missing: Vec<String>,
}

/// The lines of an operation's inputs.
#[derive(Debug, Default)]
pub struct InputLines {
    /// Parameters, in their order.
    pub parameters: Vec<Option<String>>,
    /// Fields of the body, in their order.
    pub body: Vec<Option<String>>,
}

/// Lines by owner, and the owners that were met.
struct Lines<'a> {
    api: &'a Api,
    by_owner: BTreeMap<&'a str, &'a str>,
    met: BTreeSet<&'a str>,
}

impl<'a> Lines<'a> {
    fn owned(&mut self, owner: &str) -> Option<&'a str> {
        let (owner, line) = self.by_owner.get_key_value(owner)?;
        self.met.insert(owner);
        Some(line)
    }

    /// The line of something by the owner that it is on the wire, in either spelling.
    fn spelled(&mut self, owner: impl Fn(&str) -> String, wire: &str) -> Option<&'a str> {
        let spellings = &self.api.settings.spellings;
        let properties = spellings.properties.iter().chain(&spellings.parameters);
        let other = properties.clone().find_map(|(new, old)| (old == wire).then_some(new)).or_else(|| spellings.properties.get(wire));
        self.owned(&owner(wire)).or_else(|| self.owned(&owner(other?)))
    }

    /// The line of a field with no name but `id`: the type of the id has it.
    fn id(&self, field: &Field) -> Option<&'a str> {
        match (field.wire.as_str(), field.shape.innermost()) {
            ("id" | "ids", Shape::Id(id)) => self.api.settings.types.get(id).map(String::as_str),
            _ => None,
        }
    }
}

impl Prose {
    /// Finds the line of everything. Also returns the faults of lines, in words.
    pub(crate) fn find(api: &Api, names: &Names) -> (Self, Vec<String>) {
        let settings = &api.settings;
        let mut wrong = Vec::new();
        let mut lines = Lines { api, by_owner: BTreeMap::new(), met: BTreeSet::new() };
        let own = settings.docs.iter().map(|(owner, line)| (owner.as_str(), line.as_str()));
        let shared = settings.shared_docs.iter().flat_map(|shared| shared.of.iter().map(|owner| (owner.as_str(), shared.line.as_str())));
        for (owner, line) in own.chain(shared) {
            if lines.by_owner.insert(owner, line).is_some() {
                wrong.push(format!("the overlay's docs: {owner} has two lines"));
            }
        }
        for shared in
            settings.shared_docs.iter().filter(|shared| shared.of.len() < 2 && !shared.of.iter().any(|owner| owner.starts_with('*')))
        {
            wrong.push(format!("the overlay's `shared_docs`: nothing shares the line {:?}", shared.line));
        }
        let mut prose = Self::default();
        let mut ids: Vec<(&String, &TypeId)> = names.types.iter().map(|(id, name)| (name, id)).collect();
        ids.sort();
        for (name, id) in ids {
            if let TypeKind::Struct(fields) = &api.types[id.0].kind {
                let line = |field: &Field| {
                    let owned = lines.spelled(|wire| format!("{name}.{wire}"), &field.wire);
                    owned.or_else(|| lines.id(field)).map(str::to_owned)
                };
                let found: Vec<Option<String>> = fields.iter().map(line).collect();
                let without = fields.iter().zip(&found).filter(|(_, line)| line.is_none());
                prose.missing.extend(without.map(|(field, _)| format!("{name}.{}", field.wire)));
                prose.fields.insert(*id, found);
            }
        }
        let mut families: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (index, operation) in api.operations.iter().enumerate() {
            let mut line = |field: &Field| {
                let place = format!("{} {}", operation.method, operation.path);
                let family = format!("*#{}", field.wire);
                families.entry(family).or_default().insert(index);
                let owned = lines.spelled(|wire| format!("{place}#{wire}"), &field.wire);
                let owned = operation.settings.docs.get(&field.wire).map(String::as_str).or(owned);
                let family = lines.spelled(|wire| format!("*#{wire}"), &field.wire);
                owned.or(family).or_else(|| lines.id(field)).map(str::to_owned)
            };
            let parameters: Vec<Option<String>> = operation.parameters.iter().map(|parameter| line(&parameter.field)).collect();
            let body: Vec<Option<String>> = match &operation.body {
                Body::Fields { fields, .. } => fields.iter().map(line).collect(),
                Body::None | Body::Json(_) | Body::Bytes(_) => Vec::new(),
            };
            let lines_of_all = parameters.iter().chain(&body);
            let without = operation.inputs().zip(lines_of_all).filter(|(field, line)| line.is_none() && api.constant(field).is_none());
            prose.missing.extend(without.map(|(field, _)| format!("{} {}#{}", operation.method, operation.path, field.wire)));
            prose.operations.push(InputLines { parameters, body });
        }
        for owner in lines.by_owner.keys() {
            if !lines.met.contains(owner) {
                wrong.push(format!("the overlay's docs: there is no {owner}"));
            } else if families.get(*owner).is_some_and(|operations| operations.len() < 2) {
                wrong.push(format!("the overlay's `shared_docs`: only one operation has {owner}; name it"));
            }
        }
        (prose, wrong)
    }
}
