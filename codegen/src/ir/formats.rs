//! Decides which texts are times, and their form.
//!
//! The overlay lists for each form the places that have it: `created_at`, a property or input of that name wherever it is; `PostCount.start`, a
//! field of a type by its Rust name; `post /2/webhooks/replay#from_date`, an input of one operation.

use super::api::{Body, Field, Operation, Role, Shape, TypeKind};
use super::draft::Draft;
use crate::settings::Format;

/// Gives texts the form that the overlay lists for them, and notes the places that matched.
pub(super) fn assign(draft: &mut Draft<'_>) {
    let Draft { operations, types, settings, met, .. } = draft;
    for (format, place) in settings.formats.iter().flat_map(|(format, places)| places.iter().map(move |place| (*format, place.as_str()))) {
        let mut hit = false;
        let mut assign = |field: &mut Field, name: &str, role: Role| {
            let shape = field.shape.innermost_mut();
            if field.wire == name && *shape == Shape::Text {
                hit = true;
                match (format, role) {
                    (Format::Time, _) => *shape = Shape::Time,
                    (Format::UnixMillis, Role::Request) => *shape = Shape::UnixMillis,
                    (Format::UtcMinute, Role::Request) => *shape = Shape::UtcMinute,
                    // Answers keep the number.
                    (Format::UnixMillis | Format::UtcMinute, Role::Answer) => {}
                }
            }
        };
        let (operation, owner, name) = match (place.split_once('#'), place.split_once('.')) {
            (Some((operation, name)), _) => (Some(operation), None, name),
            (None, Some((owner, name))) => (None, Some(owner), name),
            (None, None) => (None, None, place),
        };
        if operation.is_none() {
            for found in types.all.iter_mut().filter(|found| owner.is_none_or(|owner| found.name.as_deref() == Some(owner))) {
                let role = found.role;
                if let TypeKind::Struct(fields) = &mut found.kind {
                    fields.iter_mut().for_each(|field| assign(field, name, role));
                }
            }
        }
        let of =
            |found: &&mut Operation| operation.is_none_or(|name| name.eq_ignore_ascii_case(&format!("{} {}", found.method, found.path)));
        for found in operations.iter_mut().filter(of).filter(|_| owner.is_none()) {
            found.parameters.iter_mut().for_each(|parameter| assign(&mut parameter.field, name, Role::Request));
            if let Body::Fields { fields, .. } = &mut found.body {
                fields.iter_mut().for_each(|field| assign(field, name, Role::Request));
            }
        }
        if hit {
            met.insert(format_place(place));
        }
    }
}

/// How the place of a format is noted as met; an id may be at a place of the same name.
pub(crate) fn format_place(place: &str) -> String {
    format!("format {place}")
}
