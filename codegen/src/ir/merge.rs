//! Making one type of several: those of one name, and those of one shape.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::api::{Enum, Field, Limits, Role, Shape, TypeId, TypeKind};
use super::draft::Draft;
use super::pool::Types;

/// Joins types that have one name: answers under one name are one type with the fields of all.
pub(super) fn by_name(draft: &mut Draft<'_>) {
    let complain = |draft: &mut Draft<'_>, name: &str| {
        let message = format!("{name} is the name of types that do not go together");
        draft.complain("/x-rust", message, "give them names of their own in the overlay");
    };
    let distinct = draft.types.distinct();
    let given = |enums: bool| -> BTreeSet<String> {
        let types = distinct.iter().map(|id| &draft.types.all[id.0]).filter(|found| matches!(found.kind, TypeKind::Enum(_)) == enums);
        types.filter_map(|found| found.name.clone()).collect()
    };
    let (enums, others) = (given(true), given(false));
    for name in enums.intersection(&others) {
        complain(draft, name);
    }
    let mut named: IndexMap<(String, Option<Role>), TypeId> = IndexMap::new();
    for id in distinct {
        let found = &draft.types.all[id.0];
        let Some(name) = found.own_name().map(str::to_owned) else { continue };
        // An enum is the same in both directions.
        let role = (!matches!(found.kind, TypeKind::Enum(_))).then_some(found.role);
        match named.get(&(name.clone(), role)).copied() {
            None => {
                named.insert((name, role), id);
            }
            Some(first) => {
                let types = &mut draft.types;
                let first = types.end(first);
                match types.either_type(first, id) {
                    Some(all) if all != first => {
                        types.all[all.0].name = types.all[first.0].name.clone().or_else(|| types.all[id.0].name.clone());
                        types.all[all.0].hint = types.all[first.0].hint.clone();
                        types.unite(first, all);
                        types.unite(id, all);
                        named.insert((name, role), all);
                    }
                    Some(_) => {}
                    None => complain(draft, &name),
                }
            }
        }
    }
}

/// Joins types of equal shape, also where only the joining of their contents has made them equal.
pub(super) fn equal(draft: &mut Draft<'_>) {
    let types = &mut draft.types;
    loop {
        let mut groups: HashMap<TypeKey, Vec<TypeId>> = HashMap::new();
        for id in types.distinct() {
            if let Some(key) = key(types, id) {
                groups.entry(key).or_default().push(id);
            }
        }
        let mut changed = false;
        for ids in groups.into_values().filter(|ids| ids.len() > 1) {
            let mut names: Vec<String> = ids.iter().filter_map(|id| types.all[id.0].own_name().map(str::to_owned)).collect();
            names.sort();
            names.dedup();
            // Types with names of their own stay apart; those without join the only name there is, or each other.
            let target = ids.iter().copied().find(|id| types.all[id.0].own_name().is_some() == (names.len() == 1));
            for id in ids {
                if let Some(target) = target
                    && id != target
                    && (names.len() == 1 || types.all[id.0].own_name().is_none())
                {
                    types.unite(id, target);
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
}

/// Key by which two types are equal: direction, names and shapes. Prose does not count; limits do in requests, where the caller must keep them.
#[derive(PartialEq, Eq, Hash)]
struct TypeKey {
    role: Option<Role>,
    fields: Vec<(String, Shape, bool, Limits)>,
    values: Vec<String>,
    integer: bool,
}

fn key(types: &Types, id: TypeId) -> Option<TypeKey> {
    let found = &types.all[id.0];
    let resolved = |shape: &Shape| {
        let mut shape = shape.clone();
        if let Shape::Type(id) = shape.innermost_mut() {
            *id = types.end(*id);
        }
        shape
    };
    let limits = |field: &Field| if found.role == Role::Request { field.limits.clone() } else { Limits::default() };
    // Required fields do not matter to the type of an answer, unless the overlay lists them, and then the type has a name.
    let mut key = TypeKey { role: Some(found.role), fields: Vec::new(), values: Vec::new(), integer: false };
    match &found.kind {
        TypeKind::Struct(fields) => {
            let of =
                |field: &Field| (field.wire.clone(), resolved(&field.shape), field.required && found.role == Role::Request, limits(field));
            key.fields = fields.iter().map(of).collect();
            key.fields.sort();
        }
        TypeKind::Enum(Enum { values, integer }) => {
            key.role = None;
            key.values.clone_from(values);
            key.values.sort();
            key.integer = *integer;
        }
        TypeKind::Union(_) => return None,
    }
    Some(key)
}
