//! Decides which strings are ids, and of which kind.
//!
//! The overlay lists for each id type the places that hold one:
//! - `author_id`: a property or parameter of that name, wherever it is;
//! - `users/{id}`: a path parameter after that segment;
//! - `get /2/users?ids`, `post /2/lists#owner`: a query parameter, or a field of the body, of one operation;
//! - `User.id`: a field of a type, by its Rust name.

use super::api::{Body, Location, Parameter, Shape, TypeKind};
use super::draft::Draft;

/// Turns strings into ids where the overlay says so by more than a bare name, and notes the places that matched.
pub(super) fn assign(draft: &mut Draft<'_>) {
    let Draft { operations, types, settings, met, .. } = draft;
    let ids = &settings.ids;
    for (id, place) in ids.iter().flat_map(|(id, places)| places.iter().map(move |place| (id, place.as_str()))) {
        let mut hit = false;
        let mut assign = |shape: &mut Shape| {
            if matches!(shape.innermost(), Shape::Text | Shape::Integer | Shape::Id(_)) {
                *shape.innermost_mut() = Shape::Id(id.clone());
                hit = true;
            }
        };
        if let Some((operation, name)) = place.split_once(['?', '#']) {
            let of_body = place.contains('#');
            for found in operations.iter_mut().filter(|found| operation.eq_ignore_ascii_case(&format!("{} {}", found.method, found.path))) {
                match &mut found.body {
                    Body::Fields { fields, .. } if of_body => {
                        fields.iter_mut().filter(|field| field.wire == name).for_each(|field| assign(&mut field.shape))
                    }
                    _ => found
                        .parameters
                        .iter_mut()
                        .filter(|parameter| parameter.location == Location::Query && parameter.field.wire == name)
                        .for_each(|parameter| assign(&mut parameter.field.shape)),
                }
            }
        } else if place.contains('{') {
            for operation in operations.iter_mut().filter(|operation| operation.path.contains(&format!("/{place}"))) {
                let name = place.rsplit('{').next().unwrap_or_default().trim_end_matches('}');
                // A longer place is more precise: it wins over a shorter one with the same end.
                let longer = ids
                    .values()
                    .flatten()
                    .any(|other| other.len() > place.len() && other.ends_with(place) && operation.path.contains(&format!("/{other}")));
                if longer {
                    continue;
                }
                let of_path = |parameter: &&mut Parameter| parameter.location == Location::Path && parameter.field.wire == name;
                operation.parameters.iter_mut().filter(of_path).for_each(|parameter| assign(&mut parameter.field.shape));
            }
        } else if let Some((owner, name)) = place.split_once('.') {
            for found in types.all.iter_mut().filter(|found| found.name.as_deref() == Some(owner)) {
                if let TypeKind::Struct(fields) = &mut found.kind {
                    fields.iter_mut().filter(|field| field.wire == name).for_each(|field| assign(&mut field.shape));
                }
            }
        }
        if hit {
            met.insert(place.to_owned());
        }
    }
}
