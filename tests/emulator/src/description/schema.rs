//! Values checked against the description's schemas, by the crate `jsonschema`.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Map, Value};

/// Where the description lies for the references of schemas that are not in it.
const BASE: &str = "json-schema:///description";

/// All component schemas, ready to be referred to.
pub(crate) struct Schemas {
    registry: Registry<'static>,
}

/// A schema of the description. It is compiled when it is first needed: most are not in one run.
pub(crate) struct Schema {
    source: Value,
    compiled: OnceLock<Result<Validator, String>>,
}

/// The fault of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// The path within the value, `reply.in_reply_to_tweet_id`; empty for the value itself.
    pub(crate) path: String,
    /// The value there, as text.
    pub(crate) value: Option<String>,
    /// The fault, a phrase that goes after a name: `is not of type string`.
    pub(crate) message: String,
}

impl Schemas {
    pub(crate) fn new(document: &Value) -> Result<Self, String> {
        let mut components = Map::new();
        components.insert("schemas".to_owned(), translated(&document["components"]["schemas"], ""));
        let root = Value::Object(Map::from_iter([("components".to_owned(), Value::Object(components))]));
        let registry = Registry::new().draft(Draft::Draft4).add(BASE, root).and_then(|registry| registry.prepare());
        Ok(Self { registry: registry.map_err(|error| error.to_string())? })
    }
}

impl Schema {
    pub(super) fn new(source: Value) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The schema as it is written in the description.
    pub(crate) fn source(&self) -> &Value {
        &self.source
    }

    /// Everything that is wrong with a value.
    pub(crate) fn faults(&self, schemas: &Schemas, value: &Value) -> Vec<Mismatch> {
        let compiled = self.compiled.get_or_init(|| {
            let options = jsonschema::options().with_draft(Draft::Draft4).with_registry(&schemas.registry);
            let options = options.should_validate_formats(true).should_ignore_unknown_formats(true);
            options.build(&translated(&self.source, BASE)).map_err(|error| error.to_string())
        });
        match compiled {
            Ok(validator) if validator.is_valid(value) => Vec::new(),
            Ok(validator) => validator.iter_errors(value).flat_map(|error| faults(&error)).collect(),
            // A description can be wrong. Whoever gives the emulator such a one must see it, and where.
            Err(error) => vec![Mismatch { path: String::new(), value: None, message: format!("has a schema that is not usable: {error}") }],
        }
    }
}

/// A schema of OpenAPI 3.0 as one of JSON Schema: `nullable` is a type of its own there, and references may need a base.
fn translated(schema: &Value, base: &str) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(|item| translated(item, base)).collect(),
        Value::Object(keywords) => {
            let mut object: Map<String, Value> = keywords.iter().map(|(key, value)| (key.clone(), translated(value, base))).collect();
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && reference.starts_with('#')
            {
                reference.insert_str(0, base);
            }
            if object.get("nullable") == Some(&Value::Bool(true)) {
                if let Some(kind @ Value::String(_)) = object.get_mut("type") {
                    *kind = Value::Array(vec![kind.take(), "null".into()]);
                }
                if let Some(Value::Array(values)) = object.get_mut("enum") {
                    values.push(Value::Null);
                }
            }
            // X's alternatives overlap, since most of them require nothing: to be of two forms at once is no fault.
            if !object.contains_key("anyOf")
                && let Some(alternatives) = object.remove("oneOf")
            {
                object.insert("anyOf".to_owned(), alternatives);
            }
            // Descriptions of X had values that their own pattern forbids, and the same value twice, which JSON Schema forbids.
            if object.get("enum").is_some_and(Value::is_array) {
                object.remove("pattern");
            }
            if let Some(Value::Array(values)) = object.get_mut("enum") {
                let mut seen = Vec::new();
                values.retain(|value| {
                    !seen.contains(value) && {
                        seen.push(value.clone());
                        true
                    }
                });
            }
            Value::Object(object)
        }
        other => other.clone(),
    }
}

/// A validation error in our words. Of alternatives, the errors of the first closest.
fn faults(error: &ValidationError<'_>) -> Vec<Mismatch> {
    let path = dotted(error.instance_path().as_str());
    let value = Some(shown(error.instance()));
    let one = |message: String| vec![Mismatch { path: path.clone(), value: value.clone(), message }];
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            // Alternatives that do no more than require are one requirement: it names the first of them, as the usual one.
            let alternatives: Option<Vec<String>> = context.iter().map(|errors| only_missing(errors)).collect();
            if let Some((first, names)) = alternatives.as_ref().and_then(|names| Some((names.first()?, names.join(",")))) {
                let message = format!("is missing but one of [{names}] is required");
                return vec![Mismatch { path: join(&path, first), value: None, message }];
            }
            // Of several that came equally close the last is found, so the first goes last.
            let closest = context.iter().rev().max_by_key(|errors| closeness(errors));
            closest
                .map_or_else(|| one("is none of the forms that it may have".to_owned()), |errors| errors.iter().flat_map(faults).collect())
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let inner = |key: &String| Mismatch {
                path: join(&path, key),
                value: error.instance().get(key).map(shown),
                message: "is not defined in the schema, which allows no additional properties".to_owned(),
            };
            unexpected.iter().map(inner).collect()
        }
        ValidationErrorKind::Required { property } => {
            let path = join(&path, &shown(property));
            vec![Mismatch { path, value: None, message: "is missing but it is required".to_owned() }]
        }
        ValidationErrorKind::Type { kind } => one(format!("is not of type {}", types(kind))),
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(shown).collect();
            one(format!("is not one of [{}]", options.join(",")))
        }
        ValidationErrorKind::Pattern { pattern } => one(mismatch(pattern)),
        ValidationErrorKind::Format { format } => one(format!("is not a valid {format}")),
        ValidationErrorKind::Minimum { limit } => one(format!("is less than {limit}")),
        ValidationErrorKind::Maximum { limit } => one(format!("is greater than {limit}")),
        ValidationErrorKind::MinLength { limit } => one(format!("is shorter than {limit}")),
        ValidationErrorKind::MaxLength { limit } => one(format!("is longer than {limit}")),
        ValidationErrorKind::MinItems { limit } => one(format!("has fewer items than {limit}")),
        ValidationErrorKind::MaxItems { limit } => one(format!("has more items than {limit}")),
        ValidationErrorKind::UniqueItems => one("has an item twice".to_owned()),
        ValidationErrorKind::OneOfMultipleValid { .. } => one("is of more than one of the forms that it may have".to_owned()),
        other => one(format!("does not satisfy `{}`", other.keyword())),
    }
}

/// The property that is all that an object lacks to be of an alternative, if it is.
fn only_missing(errors: &[ValidationError<'_>]) -> Option<String> {
    let [error] = errors else { return None };
    match error.kind() {
        ValidationErrorKind::Required { property } => Some(shown(property)),
        _ => None,
    }
}

/// The complaint about a text that does not match a pattern.
pub(super) fn mismatch(pattern: &str) -> String {
    format!("does not match {pattern}")
}

/// How far an alternative got: the deeper its first error, and the fewer of them, the closer.
fn closeness(errors: &[ValidationError<'_>]) -> (usize, std::cmp::Reverse<usize>) {
    let depth = errors.iter().map(|error| error.instance_path().as_str().matches('/').count()).max().unwrap_or_default();
    (depth, std::cmp::Reverse(errors.len()))
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

/// A JSON pointer as X writes a path.
fn dotted(pointer: &str) -> String {
    let segments = pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"));
    segments.collect::<Vec<_>>().join(".")
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A value as it appears in `parameters`: text without quotes, anything else as JSON.
pub(crate) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
