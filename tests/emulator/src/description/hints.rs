//! Patterns of texts that other operations take: many answers hold ids whose form their own description leaves open.

use std::collections::{BTreeMap, BTreeSet};

use super::sample::matching;
use super::{Location, Operation, Schema, Schemas};
use fastrand::Rng;
use serde_json::{Value, json};

/// Patterns by the names of the texts that have to match them.
pub(super) fn hints(operations: &[Operation], schemas: &Schemas) -> BTreeMap<String, String> {
    let mut patterns: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for operation in operations {
        let segments: Vec<&str> = operation.template.split('/').collect();
        for (index, segment) in segments.iter().enumerate() {
            let Some(name) = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) else { continue };
            let parameter = operation.parameters.iter().find(|parameter| parameter.location == Location::Path && parameter.name == name);
            let Some(pattern) = parameter.and_then(|parameter| parameter.schema()["pattern"].as_str()) else { continue };
            // `conversations/{id}` has the name `conversation_id` elsewhere.
            let name = match segments[index - 1].strip_suffix('s') {
                Some(thing) if name == "id" => format!("{thing}_id"),
                _ => name.to_owned(),
            };
            patterns.entry(name).or_default().insert(pattern);
        }
    }
    patterns.into_iter().filter_map(|(name, patterns)| Some((name, fitting_all(&patterns, schemas)?.to_owned()))).collect()
}

/// The narrowest pattern, whose texts all others match as well.
fn fitting_all<'a>(patterns: &BTreeSet<&'a str>, schemas: &Schemas) -> Option<&'a str> {
    let fits = |text: &Value, pattern: &str| Schema::new(json!({ "type": "string", "pattern": pattern })).faults(schemas, text).is_empty();
    patterns.iter().copied().find(|pattern| {
        let text = matching(&mut Rng::with_seed(0), pattern).map(Value::from);
        text.is_some_and(|text| patterns.iter().all(|other| fits(&text, other)))
    })
}
