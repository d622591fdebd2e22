//! The description as `openapiv3` models it, after our overlay and a check of everything that the generator relies on.
//!
//! `openapiv3` drops anything that OpenAPI 3.0 has no place for (keywords beside `$ref`, a `type` beside `oneOf`), and reports unreadable parts
//! without saying where. So the JSON is walked first: it is brought into a form that loses nothing, and every construct that the later
//! stages do not know is reported with its place.

use std::collections::BTreeSet;

use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use crate::diagnostic::{At, Diagnostic, Diagnostics, Severity, Source};
use crate::overlay::Overlay;

/// The methods of a path item that OpenAPI 3.0 knows.
pub const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The extension that takes a construct out of the generated code, with the reason as its value.
pub const WAIVE: &str = "x-rust-waive";

/// A part of the description that is not generated, by decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// Why.
    pub reason: String,
}

/// A description that was read, overlaid and checked.
#[derive(Debug)]
pub struct Document {
    /// The model.
    pub api: OpenAPI,
    /// The overlay's file.
    pub overlay: String,
    /// The overlay's settings for the whole document, from `x-rust` at its root.
    pub settings: Value,
    /// The parts that the overlay takes out.
    pub waivers: Vec<Waiver>,
    /// Findings that do not stand in the way.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a text as JSON and checks that it is OpenAPI 3.0.
///
/// # Errors
///
/// When it is not; with line and column.
pub fn parse(source: Source<'_>) -> Result<Value, Diagnostics> {
    let value: Value = serde_json::from_str(source.text).map_err(|error| {
        let mut finding = source.diagnostic(
            Severity::Error,
            "",
            format!("the description is not valid JSON: {error}"),
            "download it again, or mend the text at that place",
        );
        finding.position = Some((error.line(), error.column().max(1)));
        Diagnostics(vec![finding])
    })?;
    recognise(source, &value)?;
    Ok(value)
}

/// Whether a value is a description at all, of the version that is supported.
fn recognise(source: Source<'_>, value: &Value) -> Result<(), Diagnostics> {
    let (pointer, message) = match value.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => {
            match ["info", "paths"].into_iter().find(|key| !value.get(key).is_some_and(Value::is_object)) {
                None => return Ok(()),
                Some(key) => ("", format!("the description has no `{key}`")),
            }
        }
        Some(Value::String(version)) => ("/openapi", format!("OpenAPI {version} is not supported")),
        Some(_) => ("/openapi", "`openapi` is not a version".to_owned()),
        None => match value.get("swagger").and_then(Value::as_str) {
            Some(version) => ("/swagger", format!("Swagger {version} is not supported")),
            None => ("", "the file is not an OpenAPI 3.0 description: it has no `openapi`".to_owned()),
        },
    };
    let help = "give a description in OpenAPI 3.0, as X serves at /2/openapi.json";
    Err(Diagnostics(vec![source.diagnostic(Severity::Error, pointer, message, help)]))
}

impl Document {
    /// Reads a description and lays the overlay over it. `strict` makes an overlay action that matches nothing an error.
    ///
    /// # Errors
    ///
    /// Everything that stands in the way of generating, at once.
    pub fn load(source: Source<'_>, overlay: &Overlay, strict: bool) -> Result<Self, Diagnostics> {
        let mut value = parse(source)?;
        let mut findings = overlay.apply(&mut value, strict).0;
        // The overlay may have put anything in its place.
        recognise(source, &value)?;
        // The order of keys means nothing, so nothing may follow from it, whichever map type `serde_json` was built with.
        value.sort_all_objects();
        let settings = value.get_mut("x-rust").map(Value::take).unwrap_or_default();
        let mut check = Check { root: value.clone(), source, findings: Vec::new(), waivers: Vec::new() };
        check.document(&mut value);
        findings.append(&mut check.findings);
        let waivers = std::mem::take(&mut check.waivers);
        let findings = Diagnostics(findings);
        if findings.has_errors() {
            return Err(findings);
        }
        match serde_json::from_value(value.clone()) {
            Ok(api) => Ok(Self { api, overlay: overlay.file().to_owned(), settings, waivers, warnings: findings.0 }),
            Err(error) => Err(unreadable(source, &check.root, &value, &error)),
        }
    }
}

/// Which parts `openapiv3` cannot read: it reports no place itself, so each schema, then each operation is tried alone.
fn unreadable(source: Source<'_>, root: &Value, value: &Value, error: &serde_json::Error) -> Diagnostics {
    let finding = |pointer: &str, error: &serde_json::Error| {
        let message = format!("this cannot be read as OpenAPI 3.0: {error}");
        source.diagnostic(Severity::Error, pointer, message, "correct it with an overlay action")
    };
    let mut findings = Vec::new();
    unreadable_schemas(&At::root(""), root, Place::Other, &mut |at, error| findings.push(finding(&at.to_string(), error)));
    let items = value["paths"].as_object().into_iter().flatten().filter(|_| findings.is_empty());
    let mut operations = Vec::new();
    for (path, item) in items {
        let at = At::root("/paths");
        let at = at.child(path);
        for (method, operation) in item.as_object().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str())) {
            if let Err(error) = serde_json::from_value::<openapiv3::Operation>(operation.clone()) {
                operations.push(finding(&at.child(method).to_string(), &error));
            }
        }
    }
    findings.append(&mut operations);
    if findings.is_empty() {
        findings.push(finding("", error));
    }
    Diagnostics(findings)
}

/// Kind of a node, which its place decides.
#[derive(Clone, Copy)]
enum Place {
    Schema,
    /// A list of schemas, or a map to schemas.
    Schemas,
    Other,
}

/// Tries each schema without those in it.
fn unreadable_schemas(at: &At<'_>, node: &Value, place: Place, complain: &mut dyn FnMut(&At<'_>, &serde_json::Error)) {
    let inner = |key: &str| match (place, key) {
        (Place::Schemas, _) | (Place::Schema, "items" | "additionalProperties") | (Place::Other, "schema") => Place::Schema,
        (Place::Schema, "properties" | "oneOf" | "anyOf" | "allOf") | (Place::Other, "schemas") => Place::Schemas,
        (Place::Schema | Place::Other, _) => Place::Other,
    };
    match node {
        Value::Object(map) => {
            if let Place::Schema = place
                && !map.contains_key("$ref")
            {
                let own = map.iter().filter(|(key, _)| matches!(inner(key), Place::Other)).map(|(key, value)| (key.clone(), value.clone()));
                if let Err(error) = serde_json::from_value::<openapiv3::Schema>(Value::Object(own.collect())) {
                    complain(at, &error);
                }
            }
            map.iter().for_each(|(key, node)| unreadable_schemas(&at.child(key), node, inner(key), complain));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, node)| unreadable_schemas(&at.child(&index.to_string()), node, inner(""), complain));
        }
        _ => {}
    }
}

/// Keywords of a schema that the generator understands or may ignore: limits and annotations.
const SCHEMA_KEYWORDS: &[&str] = &[
    "$ref",
    "type",
    "format",
    "properties",
    "required",
    "items",
    "enum",
    "nullable",
    "oneOf",
    "anyOf",
    "allOf",
    "discriminator",
    "additionalProperties",
    "title",
    "description",
    "default",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// Keywords that make a schema of several.
const COMPOUNDS: &[&str] = &["oneOf", "anyOf", "allOf"];

struct Check<'a> {
    /// The document as it was, to look references up in while it is changed.
    root: Value,
    source: Source<'a>,
    findings: Vec<Diagnostic>,
    waivers: Vec<Waiver>,
}

impl Check<'_> {
    fn error(&mut self, at: &At<'_>, message: impl Into<String>, help: &str) {
        self.findings.push(self.source.diagnostic(Severity::Error, &at.to_string(), message, help));
    }

    /// Whether the overlay takes a node out; then it is noted.
    fn waived(&mut self, at: &At<'_>, node: &Value) -> bool {
        let Some(reason) = node.get(WAIVE) else { return false };
        match reason.as_str().filter(|reason| !reason.trim().is_empty()) {
            Some(reason) => self.waivers.push(Waiver { pointer: at.to_string(), reason: reason.to_owned() }),
            None => self.error(at, format!("`{WAIVE}` gives no reason"), "write the reason as a string"),
        }
        true
    }

    fn document(&mut self, document: &mut Value) {
        // OpenAPI requires prose that the facts do not have.
        if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
            for key in ["title", "version"] {
                if !info.get(key).is_some_and(Value::is_string) {
                    info.insert(key.to_owned(), json!(""));
                }
            }
        }
        let root = At::root("/paths");
        for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
            let at = root.child(path);
            if !path.starts_with("x-") {
                self.path_item(&at, path, item);
            }
        }
        let root = At::root("/components/schemas");
        if let Some(schemas) = document.pointer_mut("/components/schemas") {
            match schemas.as_object_mut() {
                Some(schemas) => schemas.iter_mut().for_each(|(name, schema)| self.schema(&root.child(name), schema)),
                None => self.error(&root, "the schemas are not an object", "mend the description"),
            }
        }
        if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
            // Used where they are referred to; keeping them would only be parsed again.
            components.retain(|key, _| matches!(key.as_str(), "schemas" | "securitySchemes"));
        }
    }

    fn path_item(&mut self, item_at: &At<'_>, path: &str, item: &mut Value) {
        let Some(item) = item.as_object_mut() else {
            return self.error(item_at, "the path item is not an object", "mend the description");
        };
        if !path.starts_with('/') {
            self.error(item_at, format!("path {path:?} does not begin with `/`"), "mend the description");
        }
        if item.contains_key("$ref") {
            self.error(
                &item_at.child("$ref"),
                "a path item by reference is not supported",
                "write the path item in its place, with an overlay action",
            );
        }
        let shared = item.remove("parameters");
        let known =
            |key: &str| METHODS.contains(&key) || key.starts_with("x-") || matches!(key, "$ref" | "summary" | "description" | "servers");
        for key in item.keys().filter(|key| !known(key)) {
            self.error(&item_at.child(key), format!("`{key}` is not a method"), "correct it with an overlay action");
        }
        item.retain(|method, operation| {
            let place = item_at.child(method);
            !(METHODS.contains(&method.as_str()) && self.waived(&place, operation))
        });
        for (method, operation) in item.iter_mut().filter(|(method, _)| METHODS.contains(&method.as_str())) {
            let at = item_at.child(method);
            let Some(operation) = operation.as_object_mut() else {
                self.error(&at, "the operation is not an object", "mend the description");
                continue;
            };
            self.parameters(item_at, &at, operation, shared.as_ref());
            if let Some(body) = operation.get_mut("requestBody") {
                let at = at.child("requestBody");
                self.inline(&at, body);
                self.content(&at, body);
            }
            match operation.get_mut("responses").and_then(Value::as_object_mut) {
                Some(responses) => {
                    for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with("x-")) {
                        let at = at.child("responses");
                        let at = at.child(status);
                        self.inline(&at, response);
                        if let Some(response) = response.as_object_mut() {
                            response.entry("description").or_insert_with(|| json!(""));
                            response.remove("headers");
                            response.remove("links");
                        }
                        self.content(&at, response);
                    }
                }
                None => self.error(&at, "the operation has no `responses`", "add them with an overlay action"),
            }
        }
    }

    /// Parameters, those of the path item first, each in place of its reference.
    fn parameters(&mut self, item: &At<'_>, at: &At<'_>, operation: &mut Map<String, Value>, shared: Option<&Value>) {
        let own = operation.remove("parameters");
        let mut all: Vec<Value> = Vec::new();
        let mut described: Vec<(&At<'_>, usize, &Value)> = Vec::new();
        for (at, list) in [(item, shared), (at, own.as_ref())] {
            match list {
                None => {}
                Some(Value::Array(list)) => described.extend(list.iter().enumerate().map(|(index, parameter)| (at, index, parameter))),
                Some(_) => self.error(&at.child("parameters"), "the parameters are not a list", "correct it with an overlay action"),
            }
        }
        for (at, index, parameter) in described {
            let index = index.to_string();
            let at = at.child("parameters");
            let at = at.child(&index);
            let mut parameter = parameter.clone();
            self.inline(&at, &mut parameter);
            if self.waived(&at, &parameter) {
                continue;
            }
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (name, location, style) = (text("name"), text("in"), text("style"));
            let expected = if matches!(location.as_str(), "path" | "header") { "simple" } else { "form" };
            if name.is_empty() {
                self.error(&at, "the parameter has no `name`", "add it with an overlay action");
            } else if !matches!(location.as_str(), "path" | "query" | "header" | "cookie") {
                self.error(
                    &at,
                    format!("parameter `{name}` is in {location:?}, not in path, query, header or cookie"),
                    "correct it with an overlay action",
                );
            } else if !style.is_empty() && style != expected {
                let message =
                    format!("parameter `{name}` has the style `{style}`, which is not supported: only `{expected}` is, in {location}");
                self.error(&at, message, "describe it in that style with an overlay action, or take it out with `x-rust-waive`");
            } else if parameter.get("schema").is_none() {
                let message = format!("parameter `{name}` is described by `content`, or not at all, which is not supported");
                self.error(&at, message, "give it a `schema` with an overlay action, or take it out with `x-rust-waive`");
            }
            if let Some(schema) = parameter.get_mut("schema") {
                self.schema(&at.child("schema"), schema);
            }
            // A later parameter of the same name and place stands for an earlier one.
            all.retain(|other| other.get("name") != parameter.get("name") || other.get("in") != parameter.get("in"));
            all.push(parameter);
        }
        operation.insert("parameters".to_owned(), Value::Array(all));
    }

    /// Replaces a reference by its target. Schemas keep their names, so references to them stay.
    fn inline(&mut self, at: &At<'_>, node: &mut Value) {
        let Some(reference) = node.get("$ref") else { return };
        match self.resolve(reference) {
            Some(target) => *node = target.clone(),
            None => {
                let message = format!("{reference} leads nowhere");
                self.error(&at.child("$ref"), message, "add what it should lead to, or correct the reference, with an overlay action");
                *node = json!({"schema": {}, "description": "", "content": {}, "name": "unresolved", "in": "query"});
            }
        }
    }

    fn resolve(&self, reference: &Value) -> Option<&Value> {
        self.root.pointer(reference.as_str()?.strip_prefix('#')?)
    }

    fn content(&mut self, at: &At<'_>, node: &mut Value) {
        let Some(content) = node.get_mut("content").and_then(Value::as_object_mut) else { return };
        let place = at.child("content");
        content.retain(|media_type, node| !self.waived(&place.child(media_type), node));
        for (media_type, node) in content {
            let at = place.child(media_type);
            if let Some(schema) = node.get_mut("schema") {
                self.schema(&at.child("schema"), schema);
            }
        }
    }

    /// Checks a schema and everything below it, and gives it a form in which `openapiv3` loses nothing.
    fn schema(&mut self, at: &At<'_>, schema: &mut Value) {
        if self.waived(at, schema) {
            *schema = json!({});
            return;
        }
        let Some(map) = schema.as_object_mut() else {
            return self.error(at, "a schema must be an object", "correct it with an overlay action");
        };
        for key in map.keys().filter(|key| !SCHEMA_KEYWORDS.contains(&key.as_str()) && !key.starts_with("x-")).cloned().collect::<Vec<_>>()
        {
            let message = format!("the schema keyword `{key}` is not supported");
            self.error(&at.child(&key), message, "replace it with an overlay action, or take the schema out with `x-rust-waive`");
        }
        if let Some(typ) = map.get("type")
            && !matches!(typ.as_str(), Some("string" | "number" | "integer" | "boolean" | "object" | "array"))
        {
            let message = format!("the schema type {typ} is not one of OpenAPI 3.0");
            self.error(&at.child("type"), message, "correct it with an overlay action");
        }
        for (key, fits) in
            [("properties", Value::is_object as fn(&Value) -> bool), ("required", Value::is_array), ("enum", Value::is_array)]
        {
            if map.get(key).is_some_and(|value| !fits(value)) {
                self.error(&at.child(key), format!("`{key}` has the wrong form"), "correct it with an overlay action");
            }
        }
        if let Some(reference) = map.get("$ref") {
            let name = reference.as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            if self.resolve(reference).is_none() {
                let message = format!("{reference} leads nowhere");
                self.error(&at.child("$ref"), message, "add the schema, or correct the reference, with an overlay action");
            } else if name.is_none_or(|name| name.contains(['/', '~', '%'])) {
                let message = format!("{reference} does not lead to a schema of the components");
                self.error(&at.child("$ref"), message, "move the schema to the components with an overlay action");
            }
        }
        for (value, target) in
            map.get("discriminator").and_then(|node| node.get("mapping")).and_then(Value::as_object).into_iter().flatten()
        {
            // A bare name is one of a schema of the components.
            let bare = || self.root.pointer("/components/schemas")?.get(target.as_str()?);
            if target.is_string() && self.resolve(target).or_else(bare).is_none() {
                let at = at.child("discriminator");
                let at = at.child("mapping");
                let finding = self.source.diagnostic(
                    Severity::Error,
                    &at.child(value).to_string(),
                    format!("{target} leads nowhere"),
                    "correct the mapping with an overlay action",
                );
                self.findings.push(finding);
            }
        }
        for (name, property) in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let at = at.child("properties");
            self.schema(&at.child(name), property);
        }
        for key in ["items", "additionalProperties"] {
            if let Some(node) = map.get_mut(key).filter(|node| !node.is_boolean()) {
                self.schema(&at.child(key), node);
            }
        }
        for key in COMPOUNDS {
            let at = at.child(key);
            match map.get_mut(*key) {
                None => {}
                Some(Value::Array(parts)) if !parts.is_empty() => {
                    for (index, part) in parts.iter_mut().enumerate() {
                        self.schema(&at.child(&index.to_string()), part);
                    }
                }
                Some(_) => self.error(&at, format!("`{key}` is not a list of schemas"), "correct it with an overlay action"),
            }
        }
        untangle(map);
    }
}

/// Rewrites `$ref` or a compound beside other keywords, of which `openapiv3` would drop half, to an `allOf` of the two.
fn untangle(map: &mut Map<String, Value>) {
    // Alternatives that only say which properties must be there restrict values, not the type.
    for key in ["anyOf", "oneOf"] {
        let only_required = |part: &Value| part.as_object().is_some_and(|part| part.keys().all(|key| key == "required"));
        if map.get(key).and_then(Value::as_array).is_some_and(|parts| parts.iter().all(only_required)) {
            map.remove(key);
        }
    }
    let describes = ["$ref", "type", "properties", "enum", "items", "additionalProperties", "oneOf", "anyOf", "allOf"];
    let present: BTreeSet<&str> = describes.into_iter().filter(|key| map.contains_key(*key)).collect();
    let compound = present.iter().find(|key| COMPOUNDS.contains(*key)).copied();
    let annotated_reference = map.contains_key("$ref") && map.len() > 1;
    if !(annotated_reference || compound.is_some() && present.len() > 1) {
        return;
    }
    let mut parts = Vec::new();
    for key in ["$ref", "allOf", "oneOf", "anyOf"] {
        match map.remove(key) {
            Some(Value::Array(items)) if key == "allOf" => parts.extend(items),
            Some(node) => parts.push(json!({ key: node })),
            None => {}
        }
    }
    let own: Map<String, Value> = ["type", "properties", "required", "enum", "items", "additionalProperties", "format"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), map.remove(key)?)))
        .collect();
    if own.keys().any(|key| !matches!(key.as_str(), "type" | "required")) {
        parts.push(Value::Object(own));
    } else if let Some(required) = own.get("required") {
        parts.push(json!({"type": "object", "required": required}));
    }
    map.insert("allOf".to_owned(), Value::Array(parts));
}
