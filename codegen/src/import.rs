//! From an upstream description to the facts that this project commits.

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostics, Severity, Source};
use crate::document;

/// Keywords whose values are prose, samples or legal text.
const PROSE: &[&str] =
    &["description", "summary", "title", "example", "examples", "externalDocs", "termsOfService", "contact", "license", "links"];

/// Keywords whose value is a map from names to nodes, where a key is a name and never a keyword.
const NAME_MAPS: &[&str] = &[
    "properties",
    "patternProperties",
    "paths",
    "responses",
    "content",
    "headers",
    "schemas",
    "parameters",
    "requestBodies",
    "securitySchemes",
    "callbacks",
    "encoding",
    "variables",
    "flows",
];

/// Keywords whose value is data, kept as it is.
const LITERALS: &[&str] = &["enum", "default", "mapping", "required", "security"];

/// Reduces an upstream description to facts, in one canonical form: the same facts give the same bytes.
///
/// # Errors
///
/// When the text is not JSON, or not OpenAPI 3.0.
pub fn import(source: Source<'_>) -> Result<String, Diagnostics> {
    let value = document::parse(source)?;
    let facts = sorted(node(value));
    let mut text = serde_json::to_string_pretty(&facts).map_err(|error| {
        Diagnostics(vec![source.diagnostic(Severity::Error, "", format!("the facts cannot be written as JSON: {error}"), "")])
    })?;
    text.push('\n');
    Ok(text)
}

/// An object whose keys are keywords.
fn node(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(key, _)| !PROSE.contains(&key.as_str()));
            Value::Object(
                kept.map(|(key, value)| {
                    let value = keyword(&key, value);
                    (key, value)
                })
                .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(node).collect()),
        other => other,
    }
}

fn keyword(key: &str, value: Value) -> Value {
    match (key, value) {
        // The scopes of a security scheme map each name to a sentence.
        ("scopes", Value::Object(scopes)) => {
            Value::Object(scopes.into_iter().map(|(name, _)| (name, Value::String(String::new()))).collect())
        }
        ("required", Value::Array(mut names)) => {
            names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            Value::Array(names)
        }
        (key, value) if LITERALS.contains(&key) => value,
        (key, Value::Object(map)) if NAME_MAPS.contains(&key) => {
            Value::Object(map.into_iter().map(|(name, value)| (name, node(value))).collect())
        }
        (_, value) => node(value),
    }
}

/// Sorts the keys of all objects, whichever map type `serde_json` was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(Map::from_iter(pairs))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(text: &str) -> String {
        import(Source { file: "upstream.json", text }).expect("a valid description")
    }

    const UPSTREAM: &str = r##"{
        "openapi": "3.0.0",
        "info": {"version": "9.9", "title": "Some API", "description": "Prose."},
        "paths": {"/2/things": {"get": {
            "summary": "Prose.", "operationId": "getThings", "tags": ["Things"],
            "parameters": [{"name": "title", "in": "query", "description": "Prose.", "example": 1, "schema": {"type": "string", "default": "description"}}],
            "responses": {"200": {"description": "Prose.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
        }}},
        "components": {
            "schemas": {"Thing": {"type": "object", "title": "Prose", "required": ["title", "description"],
                "properties": {"title": {"type": "string", "title": "Prose"}, "description": {"type": "object", "description": "Prose.", "properties": {"example": {"type": "string"}}}}}},
            "securitySchemes": {"O": {"type": "oauth2", "flows": {"authorizationCode": {"scopes": {"tweet.read": "Prose."}}}}}
        }
    }"##;

    #[test]
    fn prose_is_dropped_and_names_that_look_like_prose_are_kept() {
        let text = imported(UPSTREAM);
        assert!(!text.contains("Prose"), "{text}");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let properties = &value["components"]["schemas"]["Thing"]["properties"];
        assert_eq!(properties["title"]["type"], "string");
        assert_eq!(properties["description"]["properties"]["example"]["type"], "string");
        assert_eq!(value["paths"]["/2/things"]["get"]["parameters"][0]["schema"]["default"], "description");
        assert_eq!(value["components"]["schemas"]["Thing"]["required"][0], "description");
    }

    #[test]
    fn importing_twice_gives_the_same_bytes() {
        let once = imported(UPSTREAM);
        assert_eq!(imported(&once), once);
    }
}
