//! The description of X's API: its operations, with their inputs and answers.
//!
//! It is read here from the JSON itself, without the generator that the client is made by: where the two disagree, tests show it.

mod check;
mod form;
mod hints;
mod parameter;
mod sample;
mod schema;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

pub(crate) use check::{Unchecked, check};
pub(crate) use parameter::{Location, Parameter};
pub(crate) use sample::Sampler;
pub(crate) use schema::{Mismatch, Schema, Schemas, shown};

use crate::dialect::{Dialect, canonical};
use form::{FORM, Form};

/// A part that [`Description::parse`] cannot read.
#[derive(Debug)]
pub(crate) struct DescriptionError(String);

impl std::fmt::Display for DescriptionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the description cannot be used: {}", self.0)
    }
}

impl std::error::Error for DescriptionError {}

pub(crate) struct Description {
    document: Value,
    schemas: Schemas,
    operations: Vec<Operation>,
    /// By number of segments, so that a lookup compares few of them.
    by_length: HashMap<usize, Vec<usize>>,
    scopes: Arc<[String]>,
    dialect: Dialect,
    /// Patterns of texts by name, as operations take them.
    hints: BTreeMap<String, String>,
}

/// An operation of X.
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// The path, with `{name}` for a segment that varies.
    pub(crate) template: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// The status of success.
    pub(crate) status: StatusCode,
    /// The media type of a successful answer and, for JSON, its schema.
    pub(crate) answer: Option<(String, Option<Schema>)>,
    /// The properties of the successful answer and of its `meta`.
    pub(crate) shape: Shape,
    pub(crate) security: Security,
}

#[derive(Default)]
pub(crate) struct Shape {
    pub(crate) answer: BTreeSet<String>,
    pub(crate) meta: BTreeSet<String>,
}

pub(crate) struct RequestBody {
    pub(crate) required: bool,
    /// By media type; only JSON and forms have a schema that is checked.
    pub(crate) media: BTreeMap<String, Option<Schema>>,
    pub(crate) form: Form,
}

/// Who may call an operation.
#[derive(Debug, Default)]
pub(crate) struct Security {
    /// An app with its own token.
    pub(crate) app: bool,
    /// A user's connection; it needs these scopes.
    pub(crate) user: Option<Vec<String>>,
    /// Anybody.
    pub(crate) open: bool,
}

/// The target of a method and a path.
pub(crate) enum Found<'a> {
    /// The operation, by its number, and the segments that its template leaves open, undecoded and in order.
    Operation(usize, Vec<&'a str>),
    /// The path has operations, with these other methods.
    OtherMethods(BTreeSet<&'a str>),
    Nothing,
}

impl Description {
    /// Reads an OpenAPI 3.0 description in JSON.
    pub(crate) fn parse(text: &str) -> Result<Self, DescriptionError> {
        let document: Value = serde_json::from_str(text).map_err(|error| DescriptionError(error.to_string()))?;
        let schemas = Schemas::new(&document).map_err(DescriptionError)?;
        let none = Map::new();
        let paths = document["paths"].as_object().ok_or_else(|| DescriptionError("there are no `paths`".to_owned()))?;
        let mut operations = Vec::new();
        for (template, item) in paths {
            let item = item.as_object().unwrap_or(&none);
            for (method, operation) in item.iter().filter(|(method, _)| METHODS.contains(&method.as_str())) {
                let method =
                    Method::from_bytes(method.to_ascii_uppercase().as_bytes()).map_err(|error| DescriptionError(error.to_string()))?;
                let reader = Reader { document: &document };
                operations.push(reader.operation(method, template, item, operation));
            }
        }
        parameter::widen(&mut operations);
        let mut by_length: HashMap<usize, Vec<usize>> = HashMap::new();
        for (number, operation) in operations.iter().enumerate() {
            by_length.entry(operation.template.split('/').count()).or_default().push(number);
        }
        let scopes = document.pointer("/components/securitySchemes").and_then(Value::as_object).unwrap_or(&none).values();
        let scopes = scopes.filter_map(|scheme| scheme.pointer("/flows/authorizationCode/scopes")?.as_object());
        let scopes = scopes.flat_map(Map::keys).cloned().collect();
        // X's renaming of 2.167 left `tweet.fields` to a few operations, so one in current words is enough.
        let current = operations.iter().flat_map(|operation| &operation.parameters).any(|parameter| parameter.name == "post.fields");
        let dialect = if current { Dialect::Post } else { Dialect::Tweet };
        let hints = hints::hints(&operations, &schemas);
        Ok(Self { hints, schemas, operations, by_length, scopes, dialect, document })
    }

    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    pub(crate) fn hints(&self) -> &BTreeMap<String, String> {
        &self.hints
    }

    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// All scopes that a user may grant.
    pub(crate) fn scopes(&self) -> Arc<[String]> {
        Arc::clone(&self.scopes)
    }

    /// The words that it is written in.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    pub(crate) fn operation(&self, number: usize) -> &Operation {
        &self.operations[number]
    }

    /// The operation of a method and a template.
    pub(crate) fn number(&self, method: &Method, template: &str) -> Option<usize> {
        self.operations.iter().position(|operation| operation.method == *method && operation.template == template)
    }

    /// The operation that a path, undecoded and without its query string, belongs to. A literal segment counts for more than an open one.
    pub(crate) fn find<'a>(&'a self, method: &Method, path: &'a str) -> Found<'a> {
        let candidates = self.by_length.get(&path.split('/').count()).map_or(&[][..], Vec::as_slice);
        let mut best: Option<(usize, Vec<&str>)> = None;
        let mut others = BTreeSet::new();
        for &number in candidates {
            let operation = &self.operations[number];
            let Some(open) = captures(&operation.template, path) else { continue };
            if operation.method != *method {
                others.insert(operation.method.as_str());
            } else if best.as_ref().is_none_or(|(_, fewest)| open.len() < fewest.len()) {
                best = Some((number, open));
            }
        }
        match best {
            Some((number, open)) => Found::Operation(number, open),
            None if others.is_empty() => Found::Nothing,
            None => Found::OtherMethods(others),
        }
    }

    /// The operation that a request is for, if it is for one.
    pub(crate) fn operation_at(&self, method: &Method, path: &str) -> Option<&Operation> {
        match self.find(method, path) {
            Found::Operation(number, _) => Some(self.operation(number)),
            Found::OtherMethods(_) | Found::Nothing => None,
        }
    }
}

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options", "trace"];

/// The segments of a path that a template leaves open, if the path is one of the template's.
pub(crate) fn captures<'a>(template: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut open = Vec::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') && expected.ends_with('}') && !segment.is_empty() {
            open.push(segment);
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(open)
}

/// Follows `$ref` within the document. A circle ends as nothing.
pub(crate) fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..64 {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => value = reference.strip_prefix('#').and_then(|at| document.pointer(at)).unwrap_or(&Value::Null),
            None => return value,
        }
    }
    &Value::Null
}

/// All schemas that a schema stands for: itself and, however deep, those it is made of or that it may be one of. Each is there once, though schemas may
/// refer to each other without an end.
pub(crate) fn forms<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    fn collect<'a>(document: &'a Value, schema: &'a Value, all: &mut Vec<&'a Value>) {
        let schema = resolve(document, schema);
        if all.iter().any(|known| std::ptr::eq(*known, schema)) {
            return;
        }
        all.push(schema);
        for part in ["allOf", "anyOf", "oneOf"].iter().filter_map(|name| schema[*name].as_array()).flatten() {
            collect(document, part, all);
        }
    }
    let mut all = Vec::new();
    collect(document, schema, &mut all);
    all
}

/// The schema of `data` in that of an answer; null if it has none.
pub(crate) fn data_of<'a>(document: &'a Value, answer: &'a Value) -> &'a Value {
    resolve(document, &resolve(document, answer)["properties"]["data"])
}

struct Reader<'a> {
    document: &'a Value,
}

impl Reader<'_> {
    fn operation(&self, method: Method, template: &str, item: &Map<String, Value>, operation: &Value) -> Operation {
        let shared = item.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let own = operation["parameters"].as_array().into_iter().flatten();
        let mut parameters: Vec<Parameter> = Vec::new();
        for described in shared.chain(own) {
            if let Some(parameter) = Parameter::read(resolve(self.document, described)) {
                // One of the operation's own goes before that of its path.
                parameters.retain(|other| (other.location, &other.name) != (parameter.location, &parameter.name));
                parameters.push(parameter);
            }
        }
        let (status, answer) = self.answer(operation);
        let shape = answer.as_ref().and_then(|(_, schema)| schema.as_ref()).map(|schema| self.shape(schema.source())).unwrap_or_default();
        Operation {
            body: self.body(operation),
            security: self.security(operation),
            template: template.to_owned(),
            method,
            parameters,
            status,
            answer,
            shape,
        }
    }

    fn body(&self, operation: &Value) -> Option<RequestBody> {
        let body = resolve(self.document, operation.get("requestBody")?);
        let content = body["content"].as_object()?;
        let media = content.iter().map(|(media_type, media)| (media_type.clone(), Self::schema(media_type, media)));
        let form = content.get(FORM).map(|media| Form::new(self.document, &media["schema"])).unwrap_or_default();
        Some(RequestBody { required: body["required"] == Value::Bool(true), media: media.collect(), form })
    }

    fn schema(media_type: &str, media: &Value) -> Option<Schema> {
        ["application/json", FORM].contains(&media_type).then(|| Schema::new(media["schema"].clone()))
    }

    /// The first success that is described; JSON goes before other media types.
    fn answer(&self, operation: &Value) -> (StatusCode, Option<(String, Option<Schema>)>) {
        let responses = operation["responses"].as_object().into_iter().flatten();
        let mut successes = responses.filter_map(|(status, answer)| {
            let status = StatusCode::from_bytes(status.as_bytes()).ok().filter(StatusCode::is_success)?;
            Some((status, resolve(self.document, answer)))
        });
        let Some((status, answer)) = successes.next() else { return (StatusCode::OK, None) };
        let content = answer["content"].as_object();
        let media = content.and_then(|content| content.get_key_value("application/json").or_else(|| content.iter().next()));
        (status, media.map(|(media_type, media)| (media_type.clone(), Self::schema(media_type, media))))
    }

    fn shape(&self, schema: &Value) -> Shape {
        let mut shape = Shape::default();
        for form in forms(self.document, schema) {
            let keys = |schema: &Value| {
                let properties = resolve(self.document, schema)["properties"].as_object();
                properties.into_iter().flat_map(Map::keys).map(|key| canonical(key).to_owned()).collect::<Vec<_>>()
            };
            shape.answer.extend(keys(form));
            shape.meta.extend(keys(&form["properties"]["meta"]));
        }
        shape
    }

    fn security(&self, operation: &Value) -> Security {
        let schemes = &self.document["components"]["securitySchemes"];
        let mut security = Security::default();
        let alternatives = operation.get("security").or_else(|| self.document.get("security")).and_then(Value::as_array);
        let alternatives = alternatives.map_or(&[][..], Vec::as_slice);
        security.open = alternatives.is_empty();
        for (name, scopes) in alternatives.iter().filter_map(Value::as_object).flatten() {
            let scheme = &schemes[name];
            match (scheme["type"].as_str(), scheme["scheme"].as_str()) {
                (Some("oauth2"), _) => {
                    let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
                    security.user.get_or_insert_default().extend(scopes);
                }
                (Some("http"), Some(scheme)) if scheme.eq_ignore_ascii_case("bearer") => security.app = true,
                // OAuth 1.0a: a user's as well. Paragon connects by OAuth 2.0, so the scopes of that count where both are offered.
                _ => drop(security.user.get_or_insert_default()),
            }
        }
        security
    }
}

#[cfg(test)]
mod tests;
