//! Operations, and the whole.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::{MediaType, Parameter as Described, ParameterSchemaOrContent, PathItem, ReferenceOr, Schema, SecurityScheme, StatusCode};

use super::api::{Answer, Body, Field, Limits, Location, Operation, Parameter, Role, Shape, TypeId, TypeKind};
use super::draft::Draft;
use super::schema::{Node, Schemas, view};
use crate::diagnostic::{At, Severity, Source};
use crate::document::Document;
use crate::settings::Statements;
use crate::words;

/// Properties that the runtime itself looks at, so every `meta` has them.
const PAGING: &[&str] = &["next_token", "previous_token", "result_count"];

/// The parts of X's envelope.
const ENVELOPE: &[&str] = &["data", "errors", "includes", "meta"];

/// Operations and schemas as operations, shapes and types.
pub(super) fn lower<'d>(document: &'d Document, statements: &'d Statements, source: Source<'d>, strict: bool) -> Draft<'d> {
    let settings = &statements.settings;
    let components = document.api.components.as_ref().map(|components| &components.schemas);
    let schemas = Schemas::new(components, settings, source);
    let mut lowering =
        Lowering { document, statements, schemas, includes: Vec::new(), meta: Vec::new(), expands: false, has_next_token: false };
    let mut operations = Vec::new();
    let root = At::root("/paths");
    for (path, item) in &document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let at = root.child(path);
        for (method, operation) in item.iter() {
            operations.push(lowering.operation(path, method, item, operation, &at.child(method)));
        }
    }
    operations.sort_by(|a: &Operation, b: &Operation| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    let parts = std::mem::take(&mut lowering.includes);
    let includes = lowering.joined("Includes", &[], parts);
    let parts = std::mem::take(&mut lowering.meta);
    let meta = lowering.joined("Meta", PAGING, parts);
    let Schemas { types, findings, ids_met, .. } = lowering.schemas;
    let met = ids_met.into_iter().map(str::to_owned).collect();
    Draft { operations, types, includes, meta, settings, met, findings, overlay: &document.overlay, strict }
}

struct Lowering<'d> {
    document: &'d Document,
    statements: &'d Statements,
    schemas: Schemas<'d>,
    /// Properties of the operations' `includes`, and of `meta` or beside `data`.
    includes: Vec<Shape>,
    meta: Vec<Shape>,
    /// Whether the answer at hand has `includes`.
    expands: bool,
    /// Whether the answer at hand says where the next page is.
    has_next_token: bool,
}

impl<'d> Lowering<'d> {
    fn operation(&mut self, path: &str, method: &str, item: &'d PathItem, described: &'d openapiv3::Operation, at: &At<'_>) -> Operation {
        let settings = self.statements.of(method, path);
        let (mut parameters, old_values) = self.parameters(described, at);
        let page = |name: &str| parameters.iter().any(|parameter| parameter.location == Location::Query && parameter.field.wire == name);
        // Where an operation has both, `next_token` is its own and `pagination_token` an alias.
        let page_parameter = ["next_token", "pagination_token"].into_iter().find(|name| page(name)).map(str::to_owned);
        let old = |name: &str| self.statements.settings.spellings.parameters.values().any(|other| other == name);
        let old_dialect = old_values || parameters.iter().any(|parameter| old(&parameter.field.wire));
        let (user, app, scopes) = self.security(described);
        let streaming = described.extensions.get("x-twitter-streaming").and_then(serde_json::Value::as_bool).unwrap_or_default();
        let upper = method.to_ascii_uppercase();
        let answer = self.answer(described, at);
        let expands = std::mem::take(&mut self.expands);
        let paged = std::mem::take(&mut self.has_next_token) && page_parameter.is_some();
        let (group, name) = words::operation(&upper, path, &self.statements.settings);
        let mut body = self.body(described, at);
        // An argument of the overlay stays an argument, even if X calls it optional.
        let fields = if let Body::Fields { fields, .. } = &mut body { fields.as_mut_slice() } else { &mut [] };
        for field in parameters.iter_mut().map(|parameter| &mut parameter.field).chain(fields) {
            field.required |= settings.args.contains(&field.wire);
        }
        Operation {
            group: settings.group.clone().unwrap_or(group),
            name: settings.name.clone().unwrap_or(name),
            operation_id: described.operation_id.clone(),
            summary: described.summary.clone(),
            description: described.description.clone().or_else(|| item.description.clone()),
            deprecated: described.deprecated,
            user,
            app,
            scopes,
            body,
            answer,
            expands,
            paged,
            parameters,
            streaming,
            page_parameter,
            old_dialect,
            settings,
            method: upper,
            path: path.to_owned(),
            arguments: Vec::new(),
        }
    }

    fn error(&mut self, at: &At<'_>, message: impl Into<String>, help: &str) {
        self.schemas.findings.push(self.schemas.source.diagnostic(Severity::Error, &at.to_string(), message, help));
    }

    /// The parameters, and whether any of their values is spelled in the old dialect.
    fn parameters(&mut self, described: &'d openapiv3::Operation, at: &At<'_>) -> (Vec<Parameter>, bool) {
        let at = at.child("parameters");
        let mut parameters = Vec::new();
        let mut old_dialect = false;
        for (index, parameter) in described.parameters.iter().enumerate() {
            // The check of the document put every parameter in place of its reference and saw that it has a schema.
            let ReferenceOr::Item(parameter) = parameter else { continue };
            let data = parameter.parameter_data_ref();
            let ParameterSchemaOrContent::Schema(schema) = &data.format else { continue };
            let location = match parameter {
                Described::Path { .. } => Location::Path,
                Described::Query { .. } => Location::Query,
                Described::Header { .. } => Location::Header,
                Described::Cookie { .. } => Location::Cookie,
            };
            let index = index.to_string();
            let mut field = self.schemas.field(&data.name, Node::from(schema), Role::Request, &at.child(&index));
            self.as_text(&mut field, &at.child(&index));
            field.required = data.required || location == Location::Path;
            field.description = data.description.clone().or(field.description);
            if location == Location::Query
                && let Shape::Type(id) = field.shape.innermost()
                && self.schemas.types.all[id.0].hint.is_none()
            {
                // One enum for all parameters of a name: its values differ between operations, its meaning does not.
                let found = &mut self.schemas.types.all[id.0];
                found.hint = Some(words::parameter_enum(&data.name, &self.statements.settings));
                if let TypeKind::Enum(values) = &mut found.kind {
                    old_dialect |= values.make_current(&self.statements.settings.spellings, &data.name);
                }
            }
            let default = matches!(location, Location::Query | Location::Cookie);
            parameters.push(Parameter { field, location, explode: data.explode.unwrap_or(default) });
        }
        (parameters, old_dialect)
    }

    /// A parameter travels as text, in which only scalars and lists of them have a form.
    fn as_text(&mut self, field: &mut Field, at: &At<'_>) {
        let one = if let Shape::List(items) = &mut field.shape { items.as_mut() } else { &mut field.shape };
        match one {
            Shape::Json | Shape::Bytes => *one = Shape::Text,
            Shape::Type(id) if matches!(self.schemas.types.all[self.schemas.types.end(*id).0].kind, TypeKind::Enum(_)) => {}
            Shape::List(_) | Shape::Map(_) | Shape::Problem | Shape::Type(_) => {
                *one = Shape::Text;
                let message = format!("parameter `{}` is an object or a list of lists, which is not supported", field.wire);
                self.error(at, message, "describe it as a string with an overlay action, or take it out with `x-rust-waive`");
            }
            Shape::Text
            | Shape::Boolean
            | Shape::Integer
            | Shape::Number
            | Shape::Time
            | Shape::UnixMillis
            | Shape::UtcMinute
            | Shape::Id(_) => {}
        }
    }

    /// Whether users and apps may call it, and with which scopes.
    fn security(&self, described: &openapiv3::Operation) -> (bool, bool, Vec<String>) {
        let schemes = self.document.api.components.as_ref().map(|components| &components.security_schemes);
        let (mut user, mut app, mut scopes) = (false, false, Vec::<String>::new());
        let alternatives = described.security.as_ref().or(self.document.api.security.as_ref());
        for (name, needed) in alternatives.into_iter().flatten().flatten() {
            match schemes.and_then(|schemes| schemes.get(name)) {
                Some(ReferenceOr::Item(SecurityScheme::HTTP { scheme, .. })) if scheme.eq_ignore_ascii_case("bearer") => app = true,
                Some(ReferenceOr::Item(SecurityScheme::OAuth2 { .. })) => {
                    user = true;
                    for scope in needed {
                        if !scopes.contains(scope) {
                            scopes.push(scope.clone());
                        }
                    }
                }
                // OAuth 1.0a is how X lets a user sign in the older way; a scheme that is not described is taken for one too.
                _ => user = true,
            }
        }
        (user, app, scopes)
    }

    fn body(&mut self, described: &'d openapiv3::Operation, at: &At<'_>) -> Body {
        let Some(ReferenceOr::Item(body)) = &described.request_body else { return Body::None };
        let at = at.child("requestBody");
        let at = at.child("content");
        let (mut json, mut multipart, mut shape, mut bytes, mut empty) = (false, false, None, None, true);
        for (media_type, content) in &body.content {
            let at = at.child(media_type);
            match media_type.as_str() {
                "application/json" => json = true,
                "multipart/form-data" => multipart = true,
                "application/octet-stream" => {
                    bytes = Some(media_type.clone());
                    continue;
                }
                _ => {
                    let help = "take the media type out with `x-rust-waive`, if the operation has another";
                    self.error(&at, format!("request bodies of type {media_type} are not supported"), help);
                    continue;
                }
            }
            let at = at.child("schema");
            let other = content.schema.as_ref().map_or(Shape::Json, |schema| self.schemas.shape(Node::from(schema), Role::Request, &at));
            empty &= content.schema.as_ref().is_some_and(|schema| self.schemas.is_empty_object(Node::from(schema)));
            shape = Some(match shape {
                None => other,
                Some(shape) => self.schemas.types.either(&shape, &other, Role::Request),
            });
        }
        match (shape, bytes) {
            (None, None) => Body::None,
            (None, Some(media_type)) => Body::Bytes(media_type),
            (Some(_), Some(_)) => {
                self.error(&at, "a body that is bytes or JSON is not supported", "take one of the media types out with `x-rust-waive`");
                Body::None
            }
            (Some(shape), None) => match self.fields_of(&shape) {
                Some(fields) => Body::Fields { fields, json, multipart },
                // An object without properties has one form only, so nobody is asked for it.
                None if shape == Shape::Json && empty => Body::Fields { fields: Vec::new(), json, multipart },
                None => Body::Json(shape),
            },
        }
    }

    fn fields_of(&self, shape: &Shape) -> Option<Vec<Field>> {
        let Shape::Type(id) = shape else { return None };
        match &self.schemas.types.all[self.schemas.types.end(*id).0].kind {
            TypeKind::Struct(fields) => Some(fields.clone()),
            TypeKind::Enum(_) | TypeKind::Union(_) => None,
        }
    }

    fn answer(&mut self, described: &'d openapiv3::Operation, at: &At<'_>) -> Answer {
        let success = |status: &StatusCode| matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2));
        let answers = described.responses.responses.iter().filter(|(status, _)| success(status));
        let contents: Vec<(String, &'d IndexMap<String, MediaType>)> = answers
            .filter_map(|(status, answer)| Some((status.to_string(), &answer.as_item()?.content)))
            .filter(|(_, content)| !content.is_empty())
            .collect();
        let at = at.child("responses");
        let mut all: Option<Answer> = None;
        for (status, content) in contents {
            let at = at.child(&status);
            let at = at.child("content");
            for (media_type, content) in content {
                let at = at.child(media_type);
                let answer = match media_type.as_str() {
                    "application/json" | "application/problem+json" => match &content.schema {
                        Some(schema) => self.json_answer(schema, &at.child("schema")),
                        None => Answer::Whole(Shape::Json),
                    },
                    "application/octet-stream" => Answer::Bytes,
                    _ if content.schema.as_ref().is_some_and(is_binary) => Answer::Bytes,
                    _ => {
                        let help = "take the media type out with `x-rust-waive`, if the operation has another";
                        self.error(&at, format!("answers of type {media_type} are not supported"), help);
                        continue;
                    }
                };
                all = Some(match (all, answer) {
                    (None, answer) => answer,
                    (Some(Answer::Envelope(Some(a))), Answer::Envelope(Some(b))) => {
                        Answer::Envelope(Some(self.schemas.types.either(&a, &b, Role::Answer)))
                    }
                    (Some(Answer::Envelope(a)), Answer::Envelope(b)) => Answer::Envelope(a.or(b)),
                    (Some(Answer::Whole(a)), Answer::Whole(b)) => Answer::Whole(self.schemas.types.either(&a, &b, Role::Answer)),
                    (Some(Answer::Bytes), Answer::Bytes) => Answer::Bytes,
                    (Some(_), _) => {
                        let help = "take one of them out with `x-rust-waive`";
                        self.error(&at, "the operation answers in forms that do not go together", help);
                        Answer::Nothing
                    }
                });
            }
        }
        all.unwrap_or(Answer::Nothing)
    }

    /// An answer in JSON: an envelope is one with `data`, or with nothing but parts of an envelope.
    fn json_answer(&mut self, schema: &'d ReferenceOr<Schema>, at: &At<'_>) -> Answer {
        let shape = self.schemas.shape(Node::from(schema), Role::Answer, at);
        let Some(fields) = self.fields_of(&shape).filter(|fields| !fields.is_empty()) else { return Answer::Whole(shape) };
        let is_part = |field: &Field| ENVELOPE.contains(&field.wire.as_str());
        if !fields.iter().any(|field| field.wire == "data") && !fields.iter().all(is_part) {
            return Answer::Whole(shape);
        }
        let mut data = None;
        for field in fields {
            match field.wire.as_str() {
                "data" => data = Some(field.shape),
                part if self.statements.settings.by_runtime.contains_key(part) => {}
                "includes" => {
                    self.expands = true;
                    self.includes.push(field.shape);
                }
                "meta" => {
                    let fields = self.fields_of(&field.shape).unwrap_or_default();
                    self.has_next_token = fields.iter().any(|field| field.wire == "next_token");
                    self.meta.push(field.shape);
                }
                // Properties beside `data` are read into `meta`.
                _ => {
                    let kind = TypeKind::Struct(vec![field]);
                    let id = self.schemas.types.add(Role::Answer, kind, None);
                    self.meta.push(Shape::Type(id));
                }
            }
        }
        Answer::Envelope(data)
    }

    /// One struct with the fields of all.
    fn joined(&mut self, name: &str, always: &[&str], parts: Vec<Shape>) -> TypeId {
        let always = always.iter().map(|wire| Field {
            wire: (*wire).to_owned(),
            shape: if wire.ends_with("count") { Shape::Integer } else { Shape::Text },
            required: false,
            optional: false,
            boxed: false,
            limits: Limits::default(),
            description: None,
        });
        let first = self.schemas.types.add(Role::Answer, TypeKind::Struct(always.collect()), None);
        let distinct: BTreeSet<Shape> = parts.into_iter().collect();
        let all = distinct.iter().fold(Shape::Type(first), |all, part| match part {
            Shape::Type(_) => self.schemas.types.either(&all, part, Role::Answer),
            _ => all,
        });
        let id = if let Shape::Type(id) = all { id } else { first };
        let joined = &mut self.schemas.types.all[id.0];
        joined.name = Some(name.to_owned());
        // Fields from one operation, without the limits and prose of it.
        if let TypeKind::Struct(fields) = &mut joined.kind {
            fields.sort_by(|a, b| a.wire.cmp(&b.wire));
        }
        id
    }
}

fn is_binary(schema: &ReferenceOr<Schema>) -> bool {
    schema.as_item().is_some_and(|schema| view(schema).format == "binary")
}
