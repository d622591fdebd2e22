//! Counts.
use crate::Generated;
/// Counts.
#[derive(Debug)]
pub struct Stats;
impl Stats {
    /// Counts.
    pub fn count(_: &str, _: &Generated) -> Result<Self, String> {
        Ok(Self)
    }
}
impl std::fmt::Display for Stats {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

/// The generated types: name, origin of the name, number of operations that mention it, first place, members.
#[must_use]
pub fn types(generated: &Generated) -> String {
    use std::fmt::Write as _;
    let Generated { api, names, .. } = generated;
    let mut users: std::collections::BTreeMap<crate::ir::TypeId, usize> = std::collections::BTreeMap::new();
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
