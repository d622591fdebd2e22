//! Operations, and the whole.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::{MediaType, Parameter as Described, ParameterSchemaOrContent, PathItem, ReferenceOr, Schema, SecurityScheme, StatusCode};

use super::schema::{Node, Schemas, view};
use super::{Answer, Api, Body, Field, Limits, Location, Operation, Parameter, Role, Shape, Type, TypeId, TypeKind, formats, ids, merge};
use crate::diagnostic::{At, Diagnostic, Diagnostics, Severity, Source};
use crate::document::Document;
use crate::settings::{OperationSettings, Rule, Settings};
use crate::words;

/// Properties that the runtime itself looks at, so every `meta` has them.
const PAGING: &[&str] = &["next_token", "previous_token", "result_count"];

/// The parts of X's envelope.
const ENVELOPE: &[&str] = &["data", "errors", "includes", "meta"];

pub(super) fn lower(document: &Document, source: Source<'_>, strict: bool) -> Result<(Api, Diagnostics), Diagnostics> {
    // What is wrong with the overlay's words is told of its file; where in it they are is not known any more.
    let overlay = Source { file: &document.overlay, text: "" };
    let settings: Settings = match &document.settings {
        serde_json::Value::Null => Settings::default(),
        value => serde_json::from_value(value.clone()).map_err(|error| {
            let help = "see the fields of `Settings` in the generator";
            Diagnostics(vec![overlay.diagnostic(
                Severity::Error,
                "/x-rust",
                format!("the overlay's settings cannot be read: {error}"),
                help,
            )])
        })?,
    };
    let wrong = names_that_cannot_be(&settings)
        .map(|message| overlay.diagnostic(Severity::Error, "/x-rust", message, "write groups as `direct_messages` is, ids as `PostId` is"));
    let wrong: Vec<Diagnostic> = wrong.collect();
    let empty = IndexMap::new();
    let components = document.api.components.as_ref();
    let schemas = Schemas::new(components.map_or(&empty, |components| &components.schemas), &settings, source);
    let mut lowering =
        Lowering { document, settings: &settings, schemas, includes: Vec::new(), meta: Vec::new(), expands: false, has_next_token: false };
    let mut operations = Vec::new();
    let root = At::root("/paths");
    for (path, item) in &document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let at = root.child(path);
        for (method, operation) in item.iter() {
            operations.extend(lowering.operation(path, method, item, operation, &at.child(method)));
        }
    }
    operations.sort_by(|a: &Operation, b: &Operation| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    let parts = std::mem::take(&mut lowering.includes);
    let includes = lowering.joined("Includes", &[], parts);
    let parts = std::mem::take(&mut lowering.meta);
    let meta = lowering.joined("Meta", PAGING, parts);
    let Schemas { mut types, mut findings, ids_met, .. } = lowering.schemas;
    findings.extend(wrong);
    name_types(&operations, &mut types.all, [("includes", includes), ("meta", meta)], &settings, overlay, strict, &mut findings);
    merge::by_name(&mut types, overlay, strict, &mut findings);
    let mut api = Api { operations, types: types.all, includes, meta, settings: Settings::default() };
    let mut ids_met: BTreeSet<&str> = ids_met.into_iter().collect();
    ids_met.extend(ids::assign(&settings.ids, &mut api.operations, &mut api.types));
    let formats_met = formats::assign(&settings.formats, &mut api.operations, &mut api.types);
    let severity = if strict { Severity::Error } else { Severity::Warning };
    for place in settings.formats.values().flatten().filter(|place| !formats_met.contains(&place.as_str())) {
        let help = "the description has changed there: mend the overlay";
        findings.push(overlay.diagnostic(severity, "/x-rust", format!("the overlay's formats: there is no text at `{place}`"), help));
    }
    unmet_settings(&settings, &ids_met, &mut api, overlay, strict, &mut findings);
    merge::equal(&mut api);
    api.settings = settings.clone();
    let findings = Diagnostics(findings);
    if findings.has_errors() { Err(findings) } else { Ok((api, findings)) }
}

/// Names in the overlay's settings that no group and no id can have.
fn names_that_cannot_be(settings: &Settings) -> impl Iterator<Item = String> {
    let fits = |group: &str| words::is_snake(group) && !words::FILES.contains(&group);
    let groups = settings.groups.keys().chain(settings.segments.values()).filter(move |group| !fits(group));
    let ids = settings.ids.keys().filter(|id| !words::is_pascal(id) || words::PRELUDE.contains(&id.as_str()));
    let groups = groups.map(|group| format!("the overlay's settings: {group:?} cannot be the name of a group"));
    groups.chain(ids.map(|id| format!("the overlay's ids: {id:?} cannot be the name of a type")))
}

struct Lowering<'d> {
    document: &'d Document,
    settings: &'d Settings,
    schemas: Schemas<'d>,
    /// What operations have as `includes`, and as `meta` or beside `data`.
    includes: Vec<Shape>,
    meta: Vec<Shape>,
    /// Whether the answer at hand has `includes`.
    expands: bool,
    /// Whether the answer at hand says where the next page is.
    has_next_token: bool,
}

impl<'d> Lowering<'d> {
    fn operation(
        &mut self,
        path: &str,
        method: &str,
        item: &'d PathItem,
        described: &'d openapiv3::Operation,
        at: &At<'_>,
    ) -> Option<Operation> {
        let settings: OperationSettings = match described.extensions.get("x-rust") {
            None => OperationSettings::default(),
            Some(value) => match serde_json::from_value(value.clone()) {
                Ok(settings) => settings,
                Err(error) => {
                    let message = format!("the overlay's `x-rust` of this operation cannot be read: {error}");
                    self.overlay_error(at, message, "see the fields of `OperationSettings` in the generator");
                    return None;
                }
            },
        };
        let taken =
            |name: &str| words::PRELUDE.contains(&name) || self.settings.ids.contains_key(name.strip_suffix("Kind").unwrap_or(name));
        let mut wrong: Vec<(&String, &str, &str)> = Vec::new();
        let methods = settings.group.iter().chain(&settings.name).chain(&settings.me).chain(settings.inputs.values());
        for name in methods.filter(|name| !words::is_snake(name)) {
            wrong.push((name, "not in snake case", "write it as `list_posts` is"));
        }
        for name in settings.group.iter().filter(|group| words::FILES.contains(&group.as_str())) {
            wrong.push((name, "not free: a generated file has it", "choose another"));
        }
        for name in settings.types.values().chain(&settings.request) {
            if !words::is_pascal(name) {
                wrong.push((name, "not in Pascal case", "write it as `Post` is"));
            } else if taken(name) {
                wrong.push((name, "not free: Rust or an id has it", "choose another"));
            }
        }
        for (name, message, help) in wrong {
            self.overlay_error(at, format!("the overlay's name {name:?} is {message}"), help);
        }
        let (mut parameters, old_values) = self.parameters(described, at);
        let page = |name: &str| parameters.iter().any(|parameter| parameter.location == Location::Query && parameter.field.wire == name);
        // Where an operation has both, `next_token` is its own and `pagination_token` an alias.
        let page_parameter = ["next_token", "pagination_token"].into_iter().find(|name| page(name)).map(str::to_owned);
        let old = |name: &str| self.settings.spellings.parameters.values().any(|other| other == name);
        let old_dialect = old_values || parameters.iter().any(|parameter| old(&parameter.field.wire));
        let (user, app, scopes) = self.security(described);
        let streaming = described.extensions.get("x-twitter-streaming").and_then(serde_json::Value::as_bool).unwrap_or_default();
        let upper = method.to_ascii_uppercase();
        let answer = self.answer(described, at);
        let expands = std::mem::take(&mut self.expands);
        let paged = std::mem::take(&mut self.has_next_token) && page_parameter.is_some();
        let (group, name) = words::operation(&upper, path, self.settings);
        let mut body = self.body(described, at);
        // An argument stays one, whatever X says of it.
        let fields = if let Body::Fields { fields, .. } = &mut body { fields.as_mut_slice() } else { &mut [] };
        for field in parameters.iter_mut().map(|parameter| &mut parameter.field).chain(fields) {
            field.required |= settings.args.contains(&field.wire);
        }
        Some(Operation {
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
        })
    }

    fn error(&mut self, at: &At<'_>, message: impl Into<String>, help: &str) {
        self.schemas.findings.push(self.schemas.source.diagnostic(Severity::Error, &at.to_string(), message, help));
    }

    /// Something wrong with the overlay's words at an operation.
    fn overlay_error(&mut self, at: &At<'_>, message: String, help: &str) {
        let overlay = Source { file: &self.document.overlay, text: "" };
        self.schemas.findings.push(overlay.diagnostic(Severity::Error, &at.child("x-rust").to_string(), message, help));
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
                found.hint = Some(words::parameter_enum(&data.name, self.settings));
                if let TypeKind::Enum(values) = &mut found.kind {
                    old_dialect |= values.make_current(&self.settings.spellings, &data.name);
                }
            }
            let default = matches!(location, Location::Query | Location::Cookie);
            parameters.push(Parameter { field, location, explode: data.explode.unwrap_or(default) });
        }
        (parameters, old_dialect)
    }

    /// A parameter travels as text: what it may hold besides scalars, and lists of them, has no form there.
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
        match &self.schemas.types.all[id.0].kind {
            TypeKind::Struct(fields) => Some(fields.clone()),
            TypeKind::Same(id) => self.fields_of(&Shape::Type(*id)),
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
                part if self.settings.by_runtime.contains_key(part) => {}
                "includes" => {
                    self.expands = true;
                    self.includes.push(field.shape);
                }
                "meta" => {
                    let fields = self.fields_of(&field.shape).unwrap_or_default();
                    self.has_next_token = fields.iter().any(|field| field.wire == "next_token");
                    self.meta.push(field.shape);
                }
                // What stands beside `data` is read into `meta`.
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

/// Gives types the names that the overlay has for their places.
fn name_types(
    operations: &[Operation],
    types: &mut [Type],
    common: [(&str, TypeId); 2],
    settings: &Settings,
    source: Source<'_>,
    strict: bool,
    findings: &mut Vec<Diagnostic>,
) {
    for operation in operations {
        for (place, name) in &operation.settings.types {
            let pointer = At::root("/paths");
            let pointer = pointer.child(&operation.path);
            let mut complain = |severity, message: String, help: &str| {
                let method = operation.method.to_ascii_lowercase();
                findings.push(source.diagnostic(severity, &pointer.child(&method).child("x-rust").to_string(), message, help));
            };
            match find(operation, types, common, place, settings) {
                None => {
                    let severity = if strict { Severity::Error } else { Severity::Warning };
                    let message = format!("the overlay names the type at `{place}` {name}, but there is none");
                    complain(severity, message, "move the name to where the type is now, or delete it");
                }
                Some(id) => {
                    let old = types[id.0].name.replace(name.clone());
                    if let Some(old) = old.filter(|old| old != name) {
                        let severity = if strict { Severity::Error } else { Severity::Warning };
                        complain(severity, format!("the type at `{place}` is named {name} and {old}"), "give it one name in the overlay");
                    }
                }
            }
        }
    }
}

/// The generated type at a place such as `data.entities.urls` or `body.reply` or `query.post.fields`.
fn find(operation: &Operation, types: &[Type], common: [(&str, TypeId); 2], place: &str, settings: &Settings) -> Option<TypeId> {
    // By the words of Rust names, so that a place is found under the old words of X too.
    let current = |name: &str| words::current(name, settings);
    let place = current(place);
    let starts = |root: &str| place == root || place.strip_prefix(root).is_some_and(|rest| rest.starts_with('.'));
    let common = common.into_iter().map(|(root, id)| (root.to_owned(), Shape::Type(id)));
    let roots = operation.roots().map(|(root, shape)| (current(&root), shape.clone())).chain(common);
    let (root, mut shape) = roots.filter(|(root, _)| starts(root)).max_by_key(|(root, _)| root.len())?;
    let mut rest = place[root.len()..].trim_start_matches('.');
    while !rest.is_empty() {
        // The tags of a union may have dots in them.
        let next = |name: &str| Some(rest.strip_prefix(&current(name))?).filter(|after| after.is_empty() || after.starts_with('.'));
        let id = end(types, &shape)?;
        (rest, shape) = match &types[id.0].kind {
            TypeKind::Struct(fields) => fields.iter().find_map(|field| Some((next(&field.wire)?, field.shape.clone())))?,
            TypeKind::Union(union) => {
                let tagged = |tags: &[String]| tags.iter().find_map(|tag| next(tag));
                union.variants.iter().find_map(|(id, tags)| Some((tagged(tags)?, Shape::Type(*id))))?
            }
            TypeKind::Enum(_) | TypeKind::Same(_) => return None,
        };
        rest = rest.trim_start_matches('.');
    }
    end(types, &shape)
}

/// The type in a shape, behind those that are the same as another.
fn end(types: &[Type], shape: &Shape) -> Option<TypeId> {
    let Shape::Type(id) = shape.innermost() else { return None };
    let mut id = *id;
    while let TypeKind::Same(other) = types[id.0].kind {
        id = other;
    }
    Some(id)
}

/// Applies what the overlay says of types by name, and finds what it says of nothing.
fn unmet_settings(
    settings: &Settings,
    ids_met: &BTreeSet<&str>,
    api: &mut Api,
    source: Source<'_>,
    strict: bool,
    findings: &mut Vec<Diagnostic>,
) {
    let severity = if strict { Severity::Error } else { Severity::Warning };
    let mut complain = |message: String| {
        findings.push(source.diagnostic(severity, "/x-rust", message, "the description has changed there: mend the overlay"));
    };
    for (id, places) in &settings.ids {
        for place in places.iter().filter(|place| !ids_met.contains(place.as_str())) {
            complain(format!("the overlay's ids: {id} is nowhere at `{place}`"));
        }
    }
    for operation in &api.operations {
        let all = || operation.inputs();
        let at = format!("{} {}", operation.method, operation.path);
        for wire in operation.settings.args.iter().filter(|wire| !all().any(|field| field.wire == **wire)) {
            complain(format!("the overlay's `args` of {at}: there is no `{wire}`"));
        }
        for wire in operation.settings.inputs.keys().filter(|wire| !all().any(|field| field.wire == **wire)) {
            complain(format!("the overlay's `inputs` of {at}: there is no `{wire}`"));
        }
        for wire in operation.settings.rules.iter().flat_map(Rule::wires).filter(|wire| !all().any(|field| field.wire == **wire)) {
            complain(format!("the overlay's `rules` of {at}: there is no `{wire}`"));
        }
        for wire in operation.settings.example.keys().filter(|wire| !all().any(|field| field.wire == **wire)) {
            complain(format!("the overlay's `example` of {at}: there is no `{wire}`"));
        }
        for wire in operation.settings.docs.keys().filter(|wire| !all().any(|field| field.wire == **wire)) {
            complain(format!("the overlay's `docs` of {at}: there is no `{wire}`"));
        }
    }
    for (name, wires) in &settings.present {
        for wire in wires {
            let mut hit = false;
            for found in api.types.iter_mut().filter(|found| found.role == Role::Answer && found.name.as_deref() == Some(name)) {
                if let TypeKind::Struct(fields) = &mut found.kind {
                    for field in fields.iter_mut().filter(|field| field.wire == *wire) {
                        field.required = true;
                        hit = true;
                    }
                }
            }
            if !hit {
                complain(format!("the overlay's `present`: {name} has no `{wire}`"));
            }
        }
    }
}
