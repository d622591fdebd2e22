//! Our own layer over the description, in the form of the OpenAPI Overlay Specification 1.0.

use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

/// An overlay document.
#[derive(Debug, Clone, Deserialize)]
pub struct Overlay {
    /// The version of the Overlay Specification.
    overlay: String,
    actions: Vec<Action>,
    #[serde(skip)]
    file: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Action {
    target: String,
    /// Why the action is there.
    #[serde(default)]
    description: String,
    #[serde(default)]
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
}

impl Overlay {
    /// Reads an overlay from YAML (or JSON, which is YAML).
    ///
    /// # Errors
    ///
    /// When the text is not an overlay of version 1.
    pub fn parse(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let complain = |position, message: String, help: &str| {
            Diagnostics(vec![Diagnostic {
                severity: Severity::Error,
                file: file.to_owned(),
                pointer: String::new(),
                position,
                message,
                help: help.to_owned(),
            }])
        };
        let mut overlay: Self = yaml_serde::from_str(text).map_err(|error| {
            let position = error.location().map(|location| (location.line(), location.column()));
            complain(
                position,
                format!("this is not an overlay: {error}"),
                "an overlay has `overlay: 1.0.0` and a list of `actions`, each with a `target`",
            )
        })?;
        if !overlay.overlay.starts_with("1.") {
            let message = format!("overlay version {:?} is not supported", overlay.overlay);
            return Err(complain(None, message, "write the overlay in version 1.0.0"));
        }
        file.clone_into(&mut overlay.file);
        Ok(overlay)
    }

    /// The file it was read from.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Applies all actions in order.
    ///
    /// Returns findings: an action whose target is not a JSONPath is an error; an action that matches nothing is an error when `strict`, else
    /// a warning, because a description for which the overlay was not written lacks some of its places.
    #[must_use]
    pub fn apply(&self, document: &mut Value, strict: bool) -> Diagnostics {
        let mut findings = Vec::new();
        for (index, action) in self.actions.iter().enumerate() {
            let mut complain = |severity, message: String, help: &str| {
                findings.push(Diagnostic {
                    severity,
                    file: self.file.clone(),
                    pointer: format!("/actions/{index}"),
                    position: None,
                    message,
                    help: help.to_owned(),
                });
            };
            let Action { target, description, update, remove } = action;
            // The parser of paths goes as deep as the text does.
            if target.chars().filter(|c| matches!(c, '(' | '[' | '!')).count() > MAX_DEPTH {
                complain(Severity::Error, format!("a target has more than {MAX_DEPTH} brackets"), "write a shorter one");
                continue;
            }
            let path = match JsonPath::parse(target) {
                Ok(path) => path,
                Err(error) => {
                    complain(Severity::Error, format!("target {target} is not a JSONPath: {error}"), "see RFC 9535 for the form");
                    continue;
                }
            };
            // Later places first, so that removing an item of an array leaves the places before it where they are.
            let mut places: Vec<String> = path.query_located(document).locations().map(|place| place.to_json_pointer()).collect();
            places.reverse();
            if places.is_empty() {
                let severity = if strict { Severity::Error } else { Severity::Warning };
                let reason = if description.is_empty() { String::new() } else { format!(" ({description})") };
                let message = format!("overlay action {target} matches nothing{reason}");
                complain(severity, message, "the description has changed there: move the action to where it belongs now, or delete it");
            }
            let height = update.as_ref().map_or(0, height);
            for place in places {
                if place.matches('/').count() + height > MAX_DEPTH {
                    let message = format!("overlay action {target} would nest deeper than {MAX_DEPTH} levels at {place}");
                    complain(Severity::Error, message, "nest the update less");
                } else if *remove {
                    remove_at(document, &place);
                } else if let (Some(node), Some(update)) = (document.pointer_mut(&place), update) {
                    merge(node, update);
                }
            }
        }
        Diagnostics(findings)
    }
}

/// How deep a document may nest: as deep as `serde_json` reads one.
const MAX_DEPTH: usize = 127;

/// How deep a value nests.
fn height(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(height).max().unwrap_or_default(),
        Value::Object(map) => 1 + map.values().map(height).max().unwrap_or_default(),
        _ => 0,
    }
}

fn remove_at(document: &mut Value, pointer: &str) {
    let Some((parent, token)) = pointer.rsplit_once('/') else { return };
    let token = token.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.remove(&token);
        }
        Some(Value::Array(items)) => {
            if let Some(index) = token.parse::<usize>().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Merges as the specification says: objects key by key, arrays by appending, everything else by replacing.
fn merge(node: &mut Value, update: &Value) {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            for (key, value) in update {
                match node.get_mut(key) {
                    Some(old) => merge(old, value),
                    None => {
                        node.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(node), Value::Array(update)) => node.extend(update.iter().cloned()),
        (Value::Array(node), update) => node.push(update.clone()),
        (node, update) => *node = update.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn apply(actions: &str, mut document: Value, strict: bool) -> (Value, Diagnostics) {
        let text = format!("overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n{actions}");
        let findings = Overlay::parse("overlay.yaml", &text).expect("an overlay").apply(&mut document, strict);
        (document, findings)
    }

    #[test]
    fn an_update_merges_objects_and_appends_to_arrays() {
        let (document, findings) = apply(
            "  - target: $.paths['/2/a'].get\n    update: {summary: Ours., tags: [b], x-rust: {name: a}}\n",
            json!({"paths": {"/2/a": {"get": {"summary": "Theirs.", "tags": ["a"]}}}}),
            true,
        );
        assert_eq!(document, json!({"paths": {"/2/a": {"get": {"summary": "Ours.", "tags": ["a", "b"], "x-rust": {"name": "a"}}}}}));
        assert!(findings.0.is_empty());
    }

    #[test]
    fn a_removal_takes_every_match_out() {
        let (document, _) =
            apply("  - target: $.list[?@.drop]\n    remove: true\n", json!({"list": [{"drop": 1}, {"keep": 1}, {"drop": 2}]}), true);
        assert_eq!(document, json!({"list": [{"keep": 1}]}));
    }

    #[test]
    fn an_action_that_matches_nothing_is_an_error_with_its_name_or_a_warning_for_a_foreign_description() {
        let action = "  - target: $.paths['/2/gone'].get\n    description: a correction\n    update: {summary: x}\n";
        let (_, findings) = apply(action, json!({"paths": {}}), true);
        assert!(findings.has_errors());
        assert_eq!(
            findings.to_string(),
            "error: overlay action $.paths['/2/gone'].get matches nothing (a correction)\n  --> overlay.yaml at /actions/0\n  \
             help: the description has changed there: move the action to where it belongs now, or delete it"
        );
        let (_, findings) = apply(action, json!({"paths": {}}), false);
        assert!(!findings.has_errors() && findings.0.len() == 1);
    }

    #[test]
    fn a_target_that_is_no_path_and_a_text_that_is_no_overlay_are_named() {
        let (_, findings) = apply("  - target: paths[\n    remove: true\n", json!({}), false);
        assert!(findings.to_string().contains("target paths[ is not a JSONPath"), "{findings}");
        let error = Overlay::parse("o.yaml", "overlay: 1.0.0\nactions:\n  - update: 1\n").expect_err("no target");
        assert!(error.to_string().contains("target") && error.0[0].position.is_some(), "{error}");
    }
}
