//! References to operations in the overlay's prose.

use std::collections::BTreeMap;

use crate::ir::{Api, Operation};
use crate::names::Names;

/// Makes each operation that the overlay's prose refers to, as in `<GET /2/users/me>`, a link to its method, so that prose need not follow
/// names. Returns a message for each reference to no operation.
pub(crate) fn resolve(api: &mut Api, names: &Names) -> Vec<String> {
    let Api { operations, settings, .. } = api;
    let links: BTreeMap<String, String> = operations
        .iter()
        .zip(&names.operations)
        .map(|(Operation { method, path, group, .. }, own)| {
            let (handle, name) = (&names.groups[group], &own.method);
            (format!("{method} {path}"), format!("[`{name}`](crate::{group}::{handle}::{name})"))
        })
        .collect();
    let groups = settings.groups.values_mut().flat_map(|group| [&mut group.line, &mut group.text]);
    let shared = settings.shared_docs.iter_mut().map(|shared| &mut shared.line);
    let of_operations =
        operations.iter_mut().flat_map(|operation| operation.summary.iter_mut().chain(operation.settings.docs.values_mut()));
    let lines = settings.types.values_mut().chain(settings.docs.values_mut());
    let mut unknown = Vec::new();
    for text in groups.chain(lines).chain(shared).chain(of_operations) {
        *text = link(text, &links, &mut unknown);
    }
    unknown.into_iter().map(|operation| format!("the overlay's prose: there is no {operation}")).collect()
}

/// A text with its references replaced. Other text in angle brackets stays as it is.
fn link(text: &str, links: &BTreeMap<String, String>, unknown: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        match after.split_once('>').filter(|(inside, _)| is_operation(inside)) {
            Some((operation, after)) => {
                match links.get(operation) {
                    Some(link) => out.push_str(link),
                    None => {
                        unknown.push(operation.to_owned());
                        out.push_str(&format!("`{operation}`"));
                    }
                }
                rest = after;
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Whether a text has the form of a method and a path.
fn is_operation(text: &str) -> bool {
    text.split_once(" /").is_some_and(|(method, _)| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_becomes_a_link_and_one_to_nothing_a_path_that_is_told() {
        let links = BTreeMap::from([("GET /2/pets/{id}".to_owned(), "[`get`](crate::pets::Pets::get)".to_owned())]);
        let mut unknown = Vec::new();
        let text = link("Use <GET /2/pets/{id}>, not <DELETE /2/dogs>, if a < b and <b> or <GET>.", &links, &mut unknown);
        assert_eq!(text, "Use [`get`](crate::pets::Pets::get), not `DELETE /2/dogs`, if a < b and <b> or <GET>.");
        assert_eq!(unknown, ["DELETE /2/dogs"]);
    }
}
