//! Names that the overlay gives to types by their places in an operation.

use super::api::{Operation, Shape, TypeId, TypeKind};
use super::draft::Draft;
use super::pool::Types;
use crate::diagnostic::At;
use crate::settings::Settings;
use crate::words;

/// Gives types the names that the overlay has for their places.
pub(super) fn by_place(draft: &mut Draft<'_>) {
    let common = [("includes", draft.includes), ("meta", draft.meta)];
    let operations = std::mem::take(&mut draft.operations);
    for operation in &operations {
        let pointer = At::root("/paths");
        let pointer = pointer.child(&operation.path);
        let method = operation.method.to_ascii_lowercase();
        let pointer = pointer.child(&method).child("x-rust").to_string();
        for (place, name) in &operation.settings.types {
            match find(operation, &draft.types, common, place, draft.settings) {
                None => {
                    let message = format!("the overlay names the type at `{place}` {name}, but there is none");
                    draft.complain(&pointer, message, "move the name to where the type is now, or delete it");
                }
                Some(id) => {
                    let old = draft.types.all[id.0].name.replace(name.clone());
                    if let Some(old) = old.filter(|old| old != name) {
                        let message = format!("the type at `{place}` is named {name} and {old}");
                        draft.complain(&pointer, message, "give it one name in the overlay");
                    }
                }
            }
        }
    }
    draft.operations = operations;
}

/// The generated type at a place such as `data.entities.urls` or `body.reply` or `query.post.fields`.
fn find(operation: &Operation, types: &Types, common: [(&str, TypeId); 2], place: &str, settings: &Settings) -> Option<TypeId> {
    // By the words of Rust names, so that a place is found under the old words of X too.
    let current = |name: &str| words::current(name, settings);
    let place = current(place);
    let starts = |root: &str| place == root || place.strip_prefix(root).is_some_and(|rest| rest.starts_with('.'));
    let common = common.into_iter().map(|(root, id)| (root.to_owned(), Shape::Type(id)));
    let roots = operation.roots().map(|(root, shape)| (current(&root), shape.clone())).chain(common);
    let (root, mut shape) = roots.filter(|(root, _)| starts(root)).max_by_key(|(root, _)| root.len())?;
    let mut rest = place[root.len()..].trim_start_matches('.');
    while !rest.is_empty() {
        // The tags of a union may have dots in them.
        let next = |name: &str| Some(rest.strip_prefix(&current(name))?).filter(|after| after.is_empty() || after.starts_with('.'));
        let id = end(types, &shape)?;
        (rest, shape) = match &types.all[id.0].kind {
            TypeKind::Struct(fields) => fields.iter().find_map(|field| Some((next(&field.wire)?, field.shape.clone())))?,
            TypeKind::Union(union) => {
                let tagged = |tags: &[String]| tags.iter().find_map(|tag| next(tag));
                union.variants.iter().find_map(|(id, tags)| Some((tagged(tags)?, Shape::Type(*id))))?
            }
            TypeKind::Enum(_) => return None,
        };
        rest = rest.trim_start_matches('.');
    }
    end(types, &shape)
}

/// The type in a shape.
fn end(types: &Types, shape: &Shape) -> Option<TypeId> {
    let Shape::Type(id) = shape.innermost() else { return None };
    Some(types.end(*id))
}
