//! Compares the parts of a description with the generated and the waived ones, so that nothing is dropped unnoticed.
//!
//! The count walks the description as plain JSON and shares no code with the stages it checks: not the model of OpenAPI, not the overlay, not
//! the lowering. Beside each node of the description it holds the place in the generated shapes where that node should have ended up.

mod counts;
mod walk;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

pub use counts::{Emitted, Missing, Owner, Row, Stats, Waived, What};

use crate::diagnostic::Source;
use crate::generator::Generated;
use crate::ir::TypeId;
use crate::overlay::Overlay;
use walk::Walk;

/// Counts the parts of a description with the overlay's corrections: generated, waived and missing ones.
///
/// # Errors
///
/// When the description cannot be walked: it is not JSON, or a reference in it leads nowhere.
pub fn count(description: &str, overlay: Source<'_>, generated: &Generated) -> Result<Stats, String> {
    let overlay = Overlay::parse(overlay.file, overlay.text).map_err(|error| error.to_string())?;
    let mut root: Value = serde_json::from_str(description).map_err(|error| format!("the description is not valid JSON: {error}"))?;
    // Additions of the overlay count as described. Whether they fit was reported when the code was generated.
    let _ = overlay.apply(&mut root, false);
    Walk::new(&root, generated).count()
}

/// The generated types: name, origin of the name, number of operations that mention it, first place, members.
#[must_use]
pub fn types(generated: &Generated) -> String {
    let Generated { api, names, .. } = generated;
    let mut users: BTreeMap<TypeId, usize> = BTreeMap::new();
    for operation in &api.operations {
        let own = api.reachable(std::iter::once(operation));
        let common = api.reachable(std::iter::empty());
        for id in own.difference(&common) {
            *users.entry(*id).or_default() += 1;
        }
    }
    let mut lines = Vec::new();
    for (id, name) in &names.types {
        let found = &api.types[id.0];
        let origin = match (&found.name, &found.hint) {
            (Some(_), _) => "overlay",
            (None, Some(_)) => "parameter",
            (None, None) => "rule",
        };
        let place = names.places.get(id).map(|(operation, place)| {
            let operation = &api.operations[*operation];
            format!("{} {} {place}", operation.method.to_ascii_lowercase(), operation.path)
        });
        let members = names.members.get(id).map(|members| members.join(", ")).unwrap_or_default();
        let users = users.get(id).map_or_else(|| "every operation".to_owned(), |count| format!("{count} operations"));
        lines.push(format!("{name}  [{:?}, {origin}, {users}]  {}  {{{members}}}", found.role, place.unwrap_or_default()));
    }
    lines.sort();
    let mut out = String::new();
    for line in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{line}");
    }
    out
}
