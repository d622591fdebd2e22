//! A request checked against the operation that it is for.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::form::FORM;
use super::{Location, Mismatch, Operation, Schemas};
use crate::dialect::{Dialect, canonical};
use crate::message::media_type;
use crate::problem::{Problem, invalid};
use crate::query::{Query, decode};

/// A request that is as the description wants it.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Texts of the path in the open segments, in order.
    pub(crate) path: Vec<String>,
    /// The query string, under current names.
    pub(crate) query: Query,
    /// The body, if it is JSON or a form; otherwise null.
    pub(crate) body: Value,
    /// The dialect of the request, if it has one.
    pub(crate) dialect: Option<Dialect>,
}

/// A request to be checked.
pub(crate) struct Unchecked<'a> {
    /// The segments that the template leaves open, undecoded.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a Bytes,
}

/// Checks a request; everything that is wrong is said at once.
pub(crate) fn check(schemas: &Schemas, operation: &Operation, request: &Unchecked<'_>) -> Result<Checked, Problem> {
    let mut errors = Vec::new();
    let path = check_path(schemas, operation, request.path, &mut errors);
    let (query, dialect) = check_query(schemas, operation, request.query, &mut errors);
    let body = check_body(schemas, operation, request, &mut errors)?;
    if errors.is_empty() { Ok(Checked { path, query, body, dialect }) } else { Err(Problem::invalid_request(errors)) }
}

/// An error about a parameter. X calls those in the path query parameters, too.
fn parameter_error(name: &str, texts: &[&str], fault: &Mismatch) -> Value {
    let value = fault.value.clone().unwrap_or_else(|| texts.join(","));
    invalid(name, &[&value], format!("The `{name}` query parameter value [{value}] {}", fault.message))
}

fn check_path(schemas: &Schemas, operation: &Operation, open: &[&str], errors: &mut Vec<Value>) -> Vec<String> {
    let names = operation.template.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let path: Vec<String> = open.iter().map(|segment| decode(segment)).collect();
    for (name, text) in names.zip(&path) {
        let described = |location| operation.parameters.iter().find(|parameter| parameter.location == location && parameter.name == name);
        for fault in described(Location::Path).into_iter().flat_map(|parameter| parameter.faults(schemas, &[text])) {
            errors.push(parameter_error(name, &[text], &fault));
        }
    }
    path
}

fn check_query(schemas: &Schemas, operation: &Operation, query: Option<&str>, errors: &mut Vec<Value>) -> (Query, Option<Dialect>) {
    let sent = Query::parse(query);
    let described = || operation.parameters.iter().filter(|parameter| parameter.location == Location::Query);
    let mut by_name: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, text) in sent.pairs() {
        match by_name.iter_mut().find(|(other, _)| *other == name) {
            Some((_, texts)) => texts.push(text),
            None => by_name.push((name, vec![text])),
        }
    }
    // `post.fields` and `tweet.fields` are one parameter.
    let same = |name: &str, other: &str| canonical(name) == canonical(other);
    for (name, texts) in &by_name {
        match described().find(|parameter| same(&parameter.name, name)) {
            Some(parameter) => {
                let faults = parameter.faults(schemas, texts);
                errors.extend(faults.iter().map(|fault| parameter_error(name, texts, fault)));
            }
            None => {
                let known: Vec<&str> = described().map(|parameter| parameter.name.as_str()).collect();
                errors.push(invalid(name, texts, format!("The query parameter [{name}] is not one of [{}]", known.join(","))));
            }
        }
    }
    for parameter in described().filter(|parameter| parameter.required && !by_name.iter().any(|(name, _)| same(name, &parameter.name))) {
        let name = &parameter.name;
        errors.push(invalid(name, &[], format!("The `{name}` query parameter can not be empty")));
    }
    let dialect = sent.dialect();
    (sent.canonical(), dialect)
}

fn check_body(schemas: &Schemas, operation: &Operation, request: &Unchecked<'_>, errors: &mut Vec<Value>) -> Result<Value, Problem> {
    let Some(described) = &operation.body else { return Ok(Value::Null) };
    if request.body.is_empty() {
        let known: Vec<&str> = described.media.keys().map(String::as_str).collect();
        let message = format!("The request has no body; it must have one of [{}].", known.join(","));
        return if described.required { Err(Problem::invalid_body(&message)) } else { Ok(Value::Null) };
    }
    let content_type = request.content_type.unwrap_or_default();
    let Some((media_type, schema)) = described.media.get_key_value(&media_type(content_type)) else {
        let known: Vec<&str> = described.media.keys().map(String::as_str).collect();
        let message = format!("The Content-Type of the request is not one of [{}].", known.join(","));
        return Err(Problem::blank(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    };
    let Some(schema) = schema else { return Ok(Value::Null) };
    let body = match media_type.as_str() {
        FORM => described.form.read(content_type, request.body),
        _ => serde_json::from_slice(request.body).map_err(|error| error.to_string()),
    };
    let body: Value = body.map_err(|error| Problem::invalid_body(&format!("The body of the request is not {media_type}: {error}.")))?;
    for fault in schema.faults(schemas, &body) {
        let values: Vec<&str> = fault.value.as_deref().into_iter().collect();
        let name = if fault.path.is_empty() { "body" } else { &fault.path };
        let place = if fault.path.is_empty() { "$".to_owned() } else { format!("$.{}", fault.path) };
        errors.push(invalid(name, &values, format!("{place}: {}", fault.message)));
    }
    Ok(body)
}
