//! The fields of answers that X sends only if a query parameter asks for them, each with the value that does.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::api::{Api, Field, Role, Shape, TypeId, TypeKind};

/// A field of a struct, or a value of an enum, by its position.
pub type Member = (TypeId, usize);

/// Values of query parameters by the fields that they concern.
#[derive(Debug, Default)]
pub struct Selection {
    /// Values that ask for a field.
    pub fields: BTreeMap<Member, BTreeSet<Member>>,
    /// Values that ask for the object that a field refers to.
    pub expansions: BTreeMap<Member, BTreeSet<Member>>,
}

impl Selection {
    /// Finds the values of all operations.
    #[must_use]
    pub fn find(api: &Api) -> Self {
        let mut selection = Self::default();
        // A `*.fields` parameter is about one type, wherever it is: the one that has a field for nearly each of its values.
        let mut objects = BTreeSet::new();
        api.types[api.includes.0].children(&mut |id| {
            objects.insert(id);
        });
        let mut parameters: BTreeMap<(&str, TypeId), BTreeSet<TypeId>> = BTreeMap::new();
        for operation in &api.operations {
            if let Some(Shape::Type(data)) = operation.answer.data().map(Shape::innermost) {
                objects.insert(*data);
            }
            for field in operation.parameters.iter().map(|parameter| &parameter.field) {
                let Some((values, _)) = values(api, field) else { continue };
                if field.wire.ends_with(".fields") {
                    parameters.entry((&field.wire, values)).or_default().extend(api.reachable(std::iter::once(operation)));
                } else if field.wire == "expansions"
                    && let Some(Shape::Type(data)) = operation.answer.data().map(Shape::innermost)
                {
                    selection.expand(api, field, *data);
                }
            }
        }
        for ((parameter, values), reached) in parameters {
            selection.ask(api, parameter, values, &reached, &objects);
        }
        selection
    }

    /// Notes the fields that the values of a `*.fields` parameter ask for. `objects` are the types of `data` and of `includes`.
    fn ask(&mut self, api: &Api, parameter: &str, values: TypeId, reached: &BTreeSet<TypeId>, objects: &BTreeSet<TypeId>) {
        let TypeKind::Enum(found) = &api.types[values.0].kind else { return };
        let answers = reached.iter().filter(|id| api.types[id.0].role == Role::Answer && **id != api.includes && **id != api.meta);
        let mut matches: Vec<_> = answers
            .filter_map(|id| {
                let TypeKind::Struct(fields) = &api.types[id.0].kind else { return None };
                let named = found.values.iter().enumerate();
                let named: Vec<_> =
                    named.filter_map(|(index, value)| Some((field(api, *id, parameter, value)?, (values, index)))).collect();
                // Of two types with these fields, an object goes before a part of one, and fewer other fields before more.
                Some(((named.len(), objects.contains(id), Reverse(fields.len())), named))
            })
            .filter(|(_, named)| named.len() * 4 >= found.values.len() * 3)
            .collect();
        matches.sort();
        let Some((best, named)) = matches.pop() else { return };
        // No link is better than a wrong one.
        if matches.last().is_some_and(|(second, _)| *second == best) {
            return;
        }
        for (field, value) in named {
            self.fields.entry(field).or_default().insert(value);
        }
    }

    /// Notes the fields that the values of `expansions` lead to, from the data of an answer.
    fn expand(&mut self, api: &Api, parameter: &Field, data: TypeId) {
        let Some((values, all)) = values(api, parameter) else { return };
        for (index, value) in all.iter().enumerate() {
            let mut path = value.split('.').peekable();
            let mut at = Some(data);
            while let (Some(step), Some(id)) = (path.next(), at) {
                let Some((_, position)) = field(api, id, &parameter.wire, step) else { break };
                let TypeKind::Struct(fields) = &api.types[id.0].kind else { break };
                if path.peek().is_none() {
                    self.expansions.entry((id, position)).or_default().insert((values, index));
                }
                at = if let Shape::Type(next) = fields[position].shape.innermost() { Some(*next) } else { None };
            }
        }
    }
}

/// The enum that a parameter lists values of.
fn values<'a>(api: &'a Api, field: &Field) -> Option<(TypeId, &'a [String])> {
    let Shape::Type(id) = field.shape.innermost() else { return None };
    if let TypeKind::Enum(found) = &api.types[id.0].kind { Some((*id, &found.values)) } else { None }
}

/// The field of a struct that a value of a parameter names, in either spelling.
fn field(api: &Api, id: TypeId, parameter: &str, value: &str) -> Option<Member> {
    let TypeKind::Struct(fields) = &api.types[id.0].kind else { return None };
    let spellings = &api.settings.spellings;
    let current =
        |wire: &str| spellings.properties.iter().find(|(_, old)| *old == wire).map_or_else(|| wire.to_owned(), |(new, _)| new.clone());
    let wanted = current(spellings.value(parameter, value));
    let exact = fields.iter().position(|field| field.wire == value);
    exact.or_else(|| fields.iter().position(|field| current(&field.wire) == wanted)).map(|index| (id, index))
}
