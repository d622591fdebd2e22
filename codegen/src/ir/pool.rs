//! The types made so far, and the joining of two types into the type of a value that may have either.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::api::{Enum, Field, Role, Shape, Type, TypeId, TypeKind};

/// The types made so far.
#[derive(Debug, Default)]
pub(super) struct Types {
    pub all: Vec<Type>,
    /// Types that turned out to be the same as another.
    same: HashMap<TypeId, TypeId>,
    /// The struct that was made of two.
    joined: HashMap<(TypeId, TypeId), TypeId>,
    /// Those that are promised and not known yet: there is nothing to join.
    pub promised: HashSet<TypeId>,
    /// How many types are being joined, one in the other.
    depth: usize,
}

/// Depth to which types are joined; deeper content becomes any JSON value.
const MAX_DEPTH: usize = 64;

impl Types {
    pub(super) fn add(&mut self, role: Role, kind: TypeKind, description: Option<&String>) -> TypeId {
        self.all.push(Type { name: None, hint: None, description: description.cloned(), role, kind });
        TypeId(self.all.len() - 1)
    }

    /// A type behind those that are the same as another.
    pub(super) fn end(&self, mut id: TypeId) -> TypeId {
        while let Some(other) = self.same.get(&id) {
            id = *other;
        }
        id
    }

    /// Makes a type the same as another.
    pub(super) fn unite(&mut self, id: TypeId, other: TypeId) {
        if self.end(other) != id {
            self.same.insert(id, other);
        }
    }

    /// The types that are not the same as another.
    pub(super) fn distinct(&self) -> Vec<TypeId> {
        (0..self.all.len()).map(TypeId).filter(|id| !self.same.contains_key(id)).collect()
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
            // The runtime reads numbers from strings too, and the number says more. In requests the caller decides: text can be either.
            (number @ (Shape::Integer | Shape::Number), Shape::Text) | (Shape::Text, number @ (Shape::Integer | Shape::Number)) => {
                match role {
                    Role::Answer => number.clone(),
                    Role::Request => Shape::Text,
                }
            }
            (Shape::Bytes, Shape::Text) | (Shape::Text, Shape::Bytes) => Shape::Bytes,
            (Shape::Id(id), Shape::Text) | (Shape::Text, Shape::Id(id)) => Shape::Id(id.clone()),
            // An untyped object beside a typed one: the typed one keeps properties without a field.
            (Shape::Type(id), Shape::Json) | (Shape::Json, Shape::Type(id)) if role == Role::Answer && !is_enum(self, *id) => {
                Shape::Type(*id)
            }
            _ => Shape::Json,
        }
    }

    pub(super) fn either_type(&mut self, left: TypeId, right: TypeId) -> Option<TypeId> {
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
