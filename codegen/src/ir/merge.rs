//! Making one type of several: those of one name, those of one shape, and those that a value may be either of.

use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;

use super::{Answer, Api, Body, Enum, Field, Limits, Operation, Role, Shape, Type, TypeId, TypeKind};
use crate::diagnostic::{Diagnostic, Severity, Source};

/// The types made so far.
#[derive(Debug, Default)]
pub(super) struct Types {
    pub all: Vec<Type>,
    /// The struct that was made of two.
    joined: HashMap<(TypeId, TypeId), TypeId>,
    /// Those that are promised and not known yet: there is nothing to join.
    pub promised: HashSet<TypeId>,
    /// How many types are being joined, one in the other.
    depth: usize,
}

/// How deep types are joined before what is in them becomes any JSON value.
const MAX_DEPTH: usize = 64;

impl Types {
    pub(super) fn add(&mut self, role: Role, kind: TypeKind, description: Option<&String>) -> TypeId {
        self.all.push(Type { name: None, hint: None, description: description.cloned(), role, kind });
        TypeId(self.all.len() - 1)
    }

    /// A type behind those that are the same as another.
    pub(super) fn end(&self, mut id: TypeId) -> TypeId {
        while let TypeKind::Same(other) = self.all[id.0].kind {
            id = other;
        }
        id
    }

    pub(super) fn enumeration(
        &mut self,
        values: impl IntoIterator<Item = String>,
        integer: bool,
        role: Role,
        description: Option<&String>,
    ) -> TypeId {
        let mut distinct = Vec::new();
        for value in values {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        self.add(role, TypeKind::Enum(Enum { values: distinct, integer }), description)
    }

    /// The shape of a value that has one of two.
    pub(super) fn either(&mut self, a: &Shape, b: &Shape, role: Role) -> Shape {
        if a == b {
            return a.clone();
        }
        let is_enum = |types: &Self, id: TypeId| matches!(types.all[types.end(id).0].kind, TypeKind::Enum(_));
        match (a, b) {
            (Shape::Type(left), Shape::Type(right)) => self.either_type(*left, *right).map_or(Shape::Json, Shape::Type),
            (Shape::List(left), Shape::List(right)) => Shape::List(Box::new(self.either(left, right, role))),
            // An answer's list also reads a single value, see the runtime's rules of tolerance.
            (Shape::List(items), Shape::Type(id)) | (Shape::Type(id), Shape::List(items)) if role == Role::Answer => {
                Shape::List(Box::new(self.either(items, &Shape::Type(*id), role)))
            }
            // Enums are open: one of strings takes any other string as well. One of numbers does not.
            (Shape::Type(id), Shape::Text) | (Shape::Text, Shape::Type(id)) if is_enum(self, *id) => {
                if matches!(&self.all[self.end(*id).0].kind, TypeKind::Enum(values) if values.integer) {
                    Shape::Text
                } else {
                    Shape::Type(*id)
                }
            }
            (Shape::Boolean, Shape::Text | Shape::Integer) | (Shape::Text | Shape::Integer, Shape::Boolean) => Shape::Boolean,
            (Shape::Integer, Shape::Number) | (Shape::Number, Shape::Integer) => Shape::Number,
            // The runtime reads numbers from strings too, and the number says more. What is sent is up to the caller: text can be either.
            (number @ (Shape::Integer | Shape::Number), Shape::Text) | (Shape::Text, number @ (Shape::Integer | Shape::Number)) => {
                match role {
                    Role::Answer => number.clone(),
                    Role::Request => Shape::Text,
                }
            }
            (Shape::Bytes, Shape::Text) | (Shape::Text, Shape::Bytes) => Shape::Bytes,
            (Shape::Id(id), Shape::Text) | (Shape::Text, Shape::Id(id)) => Shape::Id(id.clone()),
            // An untyped object beside a typed one: the typed one keeps what it has no field for.
            (Shape::Type(id), Shape::Json) | (Shape::Json, Shape::Type(id)) if role == Role::Answer && !is_enum(self, *id) => {
                Shape::Type(*id)
            }
            _ => Shape::Json,
        }
    }

    fn either_type(&mut self, left: TypeId, right: TypeId) -> Option<TypeId> {
        let (left, right) = (self.end(left), self.end(right));
        if left == right {
            return Some(left);
        }
        if let Some(id) = self.joined.get(&(left, right)) {
            return Some(*id);
        }
        if self.depth == MAX_DEPTH || self.promised.contains(&left) || self.promised.contains(&right) {
            return None;
        }
        let (one, other) = (self.all[left.0].clone(), self.all[right.0].clone());
        let id = match (one.kind, other.kind) {
            (TypeKind::Enum(a), TypeKind::Enum(b)) => {
                self.enumeration(a.values.into_iter().chain(b.values), a.integer && b.integer, one.role, None)
            }
            (TypeKind::Struct(a), TypeKind::Struct(b)) => {
                // Known before its fields are put together, as one of them may lead back here.
                let id = self.add(one.role, TypeKind::Struct(Vec::new()), None);
                self.joined.insert((left, right), id);
                let mut fields: IndexMap<String, Field> = a.into_iter().map(|field| (field.wire.clone(), field)).collect();
                let mut in_both = Vec::new();
                for field in b {
                    if let Some(known) = fields.get(&field.wire).cloned() {
                        if known.required && field.required {
                            in_both.push(field.wire.clone());
                        }
                        self.depth += 1;
                        let shape = self.either(&known.shape, &field.shape, one.role);
                        self.depth -= 1;
                        fields.insert(field.wire.clone(), Field { shape, ..known });
                    } else {
                        fields.insert(field.wire.clone(), field);
                    }
                }
                let fields = fields.into_values().map(|field| Field { required: in_both.contains(&field.wire), ..field });
                self.all[id.0].kind = TypeKind::Struct(fields.collect());
                id
            }
            _ => return None,
        };
        let joined = &mut self.all[id.0];
        joined.description = one.description.or(other.description);
        joined.name = one.name.or(other.name);
        joined.hint = one.hint.or(other.hint);
        Some(id)
    }
}

/// Joins types that have one name: what operations answer under one name is one type with the fields of all.
pub(super) fn by_name(types: &mut Types, overlay: Source<'_>, strict: bool, findings: &mut Vec<Diagnostic>) {
    let mut complain = |name: &str| {
        let severity = if strict { Severity::Error } else { Severity::Warning };
        let message = format!("{name} is the name of types that do not go together");
        findings.push(overlay.diagnostic(severity, "/x-rust", message, "give them names of their own in the overlay"));
    };
    let given = |found: &Type, enums: bool| {
        found
            .name
            .as_ref()
            .filter(|_| matches!(found.kind, TypeKind::Enum(_)) == enums && !matches!(found.kind, TypeKind::Same(_)))
            .cloned()
    };
    let enums: BTreeSet<String> = types.all.iter().filter_map(|found| given(found, true)).collect();
    let others: BTreeSet<String> = types.all.iter().filter_map(|found| given(found, false)).collect();
    enums.intersection(&others).for_each(|name| complain(name));
    let mut named: IndexMap<(String, Option<Role>), TypeId> = IndexMap::new();
    for id in (0..types.all.len()).map(TypeId) {
        let found = &types.all[id.0];
        let Some(name) = found.own_name().map(str::to_owned) else { continue };
        // An enum is the same in both directions.
        let role = (!matches!(found.kind, TypeKind::Enum(_))).then_some(found.role);
        if matches!(found.kind, TypeKind::Same(_)) {
            continue;
        }
        match named.get(&(name.clone(), role)).copied() {
            None => {
                named.insert((name, role), id);
            }
            Some(first) => {
                let first = types.end(first);
                match types.either_type(first, id) {
                    Some(all) if all != first => {
                        types.all[all.0].name = types.all[first.0].name.clone().or_else(|| types.all[id.0].name.clone());
                        types.all[all.0].hint = types.all[first.0].hint.clone();
                        types.all[first.0].kind = TypeKind::Same(all);
                        types.all[id.0].kind = TypeKind::Same(all);
                        named.insert((name, role), all);
                    }
                    Some(_) => {}
                    None => complain(&name),
                }
            }
        }
    }
}

/// Makes types of equal shape one, also where they are equal only because what they contain has become one.
pub(super) fn equal(api: &mut Api) {
    loop {
        let mut groups: HashMap<TypeKey, Vec<TypeId>> = HashMap::new();
        for id in (0..api.types.len()).map(TypeId) {
            if let Some(key) = key(api, id) {
                groups.entry(key).or_default().push(id);
            }
        }
        let mut changed = false;
        for ids in groups.into_values().filter(|ids| ids.len() > 1) {
            let types = &mut api.types;
            let mut names: Vec<String> = ids.iter().filter_map(|id| types[id.0].own_name().map(str::to_owned)).collect();
            names.sort();
            names.dedup();
            // Types with names of their own stay apart; those without join the only name there is, or each other.
            let target = ids.iter().copied().find(|id| types[id.0].own_name().is_some() == (names.len() == 1));
            for id in ids {
                if let Some(target) = target
                    && id != target
                    && (names.len() == 1 || types[id.0].own_name().is_none())
                {
                    types[id.0].kind = TypeKind::Same(target);
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    // From here on every mention is of the type that stands for all.
    let ends: Vec<TypeId> = (0..api.types.len()).map(|id| api.resolve(TypeId(id))).collect();
    let settle = |shape: &mut Shape| {
        if let Shape::Type(id) = shape.innermost_mut() {
            *id = ends[id.0];
        }
    };
    for found in &mut api.types {
        match &mut found.kind {
            TypeKind::Struct(fields) => fields.iter_mut().for_each(|field| settle(&mut field.shape)),
            TypeKind::Union(union) => {
                // Types that became one are one variant, of the tags of all.
                let mut variants: IndexMap<TypeId, Vec<String>> = IndexMap::new();
                for (id, tags) in std::mem::take(&mut union.variants) {
                    variants.entry(ends[id.0]).or_default().extend(tags);
                }
                union.variants = variants.into_iter().collect();
            }
            TypeKind::Enum(_) | TypeKind::Same(_) => {}
        }
    }
    for operation in &mut api.operations {
        each_shape(operation, &settle);
    }
    api.includes = ends[api.includes.0];
    api.meta = ends[api.meta.0];
}

fn each_shape(operation: &mut Operation, visit: &dyn Fn(&mut Shape)) {
    operation.parameters.iter_mut().for_each(|parameter| visit(&mut parameter.field.shape));
    match &mut operation.body {
        Body::Fields { fields, .. } => fields.iter_mut().for_each(|field| visit(&mut field.shape)),
        Body::Json(shape) => visit(shape),
        Body::None | Body::Bytes(_) => {}
    }
    match &mut operation.answer {
        Answer::Envelope(Some(shape)) | Answer::Whole(shape) => visit(shape),
        Answer::Envelope(None) | Answer::Bytes | Answer::Nothing => {}
    }
}

/// What makes two types equal: direction, names and shapes. Prose does not count; limits do in requests, where the caller must keep them.
#[derive(PartialEq, Eq, Hash)]
struct TypeKey {
    role: Option<Role>,
    fields: Vec<(String, Shape, bool, Limits)>,
    values: Vec<String>,
    integer: bool,
}

fn key(api: &Api, id: TypeId) -> Option<TypeKey> {
    let found = &api.types[id.0];
    let resolved = |shape: &Shape| {
        let mut shape = shape.clone();
        if let Shape::Type(id) = shape.innermost_mut() {
            *id = api.resolve(*id);
        }
        shape
    };
    let limits = |field: &Field| if found.role == Role::Request { field.limits.clone() } else { Limits::default() };
    // What is required says nothing of an answer's type unless the overlay says it, and then the type has a name.
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
        TypeKind::Union(_) | TypeKind::Same(_) => return None,
    }
    Some(key)
}
