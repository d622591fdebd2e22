//! How Rust holds fields and takes inputs.

use std::collections::HashSet;

use super::api::{Api, Body, Field, Operation, Role, Shape, TypeId, TypeKind};
use super::draft::Draft;

/// Marks the fields of answers that X always sends, by the overlay's word.
pub(super) fn present(draft: &mut Draft<'_>) {
    for (name, wires) in &draft.settings.present {
        for found in draft.types.all.iter_mut().filter(|found| found.role == Role::Answer && found.name.as_ref() == Some(name)) {
            if let TypeKind::Struct(fields) = &mut found.kind {
                fields.iter_mut().filter(|field| wires.contains(&field.wire)).for_each(|field| field.required = true);
            }
        }
    }
}

/// Boxes the fields that would make their struct contain itself.
pub(super) fn boxed(api: &mut Api) {
    let direct = |id: TypeId| -> Vec<TypeId> {
        match &api.types[id.0].kind {
            TypeKind::Struct(fields) => {
                fields.iter().filter_map(|field| if let Shape::Type(id) = field.shape { Some(id) } else { None }).collect()
            }
            // The variants of a union are boxed already.
            TypeKind::Enum(_) | TypeKind::Union(_) => Vec::new(),
        }
    };
    let mut boxed = HashSet::new();
    for owner in (0..api.types.len()).map(TypeId) {
        for child in direct(owner) {
            let (mut seen, mut open) = (HashSet::new(), vec![child]);
            while let Some(id) = open.pop() {
                if id == owner {
                    boxed.insert((owner, child));
                    break;
                }
                if seen.insert(id) {
                    open.extend(direct(id));
                }
            }
        }
    }
    for (index, found) in api.types.iter_mut().enumerate() {
        if let TypeKind::Struct(fields) = &mut found.kind {
            for field in fields {
                field.boxed = matches!(field.shape, Shape::Type(child) if boxed.contains(&(TypeId(index), child)));
            }
        }
    }
}

/// Decides which fields are an `Option`.
pub(super) fn optional(api: &mut Api) {
    for found in &mut api.types {
        let role = found.role;
        if let TypeKind::Struct(fields) = &mut found.kind {
            fields.iter_mut().for_each(|field| field.optional = is_optional(field, role));
        }
    }
    for operation in &mut api.operations {
        inputs(operation).for_each(|field| field.optional = is_optional(field, Role::Request));
    }
}

fn is_optional(field: &Field, role: Role) -> bool {
    match (role, &field.shape) {
        (Role::Request, _) => !field.required,
        // Missing and empty are the same for these.
        (Role::Answer, Shape::List(_) | Shape::Map(_)) => false,
        (Role::Answer, Shape::Text | Shape::Id(_)) => !field.required,
        (Role::Answer, _) => true,
    }
}

fn inputs(operation: &mut Operation) -> impl Iterator<Item = &mut Field> {
    let fields = match &mut operation.body {
        Body::Fields { fields, .. } => fields.as_mut_slice(),
        Body::None | Body::Json(_) | Body::Bytes(_) => &mut [],
    };
    operation.parameters.iter_mut().map(|parameter| &mut parameter.field).chain(fields)
}

/// Puts the required inputs in order: path parameters as in the path, then the rest in the overlay's order, else in the description's.
pub(super) fn arguments(api: &mut Api) {
    for operation in &mut api.operations {
        let path = operation.path.clone();
        let args = operation.settings.args.clone();
        let mut required: Vec<(usize, usize, usize)> = inputs(operation)
            .enumerate()
            .filter(|(_, field)| !field.optional)
            .map(|(index, field)| {
                let in_path = path.find(&format!("{{{}}}", field.wire)).unwrap_or(usize::MAX);
                let in_args = args.iter().position(|arg| *arg == field.wire).unwrap_or(usize::MAX);
                (in_path, in_args, index)
            })
            .collect();
        required.sort_unstable();
        operation.arguments = required.into_iter().map(|(_, _, index)| index).collect();
    }
}
