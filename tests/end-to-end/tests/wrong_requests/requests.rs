//! The requests of an operation: a valid one, and those made from it that are wrong in one place.

use end_to_end::{Description, Operation, Parameter};
use serde_json::Value;

use crate::values::{Mistake, Wrong, mistakes, valid};

/// Whose token a request carries, and so which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A connected user, through Paragon.
    User,
    /// An app, directly.
    App,
}

/// A request to X.
#[derive(Debug, Clone)]
pub struct Request {
    pub caller: Caller,
    pub method: String,
    pub path: Vec<(String, String)>,
    pub template: String,
    pub query: Vec<(String, String)>,
    pub media_type: String,
    pub body: Option<Vec<u8>>,
}

/// The fault of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Path(Wrong),
    Query(Wrong),
    Body(Wrong),
    MediaType,
    Authentication,
}

/// A wrong request and how it has to be refused.
pub struct Case {
    pub kind: Kind,
    pub request: Request,
    pub status: u16,
    /// The text that the answer has to name: a parameter, a type of problem, or a media type.
    pub name: String,
}

impl Request {
    /// The least that an operation takes.
    pub fn valid(description: &Description, operation: &Operation) -> Self {
        let parameters = operation.parameters.iter().filter(|parameter| parameter.required);
        let texts = parameters.map(|parameter| (parameter, text(&valid(description, &parameter.schema)).unwrap_or_default()));
        let (path, query) = texts.partition::<Vec<_>, _>(|(parameter, _)| parameter.in_path);
        let pairs = |texts: Vec<(&Parameter, String)>| texts.into_iter().map(|(parameter, text)| (parameter.name.clone(), text)).collect();
        let media = operation.body.iter().flat_map(|body| &body.media).find(|(media_type, _)| !media_type.starts_with("multipart"));
        let body = media.map(|(media_type, schema)| match media_type.as_str() {
            "application/json" => valid(description, schema).to_string().into_bytes(),
            _ => b"bytes".to_vec(),
        });
        Self {
            caller: if operation.user { Caller::User } else { Caller::App },
            method: operation.method.clone(),
            path: pairs(path),
            template: operation.template.clone(),
            query: pairs(query),
            media_type: media.map(|(media_type, _)| media_type.clone()).unwrap_or_default(),
            body,
        }
    }

    /// The path with its query string.
    pub fn path_and_query(&self) -> String {
        let path = self.path.iter().fold(self.template.clone(), |path, (name, text)| path.replace(&format!("{{{name}}}"), &encoded(text)));
        let query: Vec<String> = self.query.iter().map(|(name, text)| format!("{name}={}", encoded(text))).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

/// Every byte that is no letter and no digit, percent-encoded.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

/// A value as a text in a path or a query string, if it can be one.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Option<Vec<_>>>().map(|texts| texts.join(",")),
        Value::Object(_) | Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Replaces or adds a pair.
fn put(pairs: &mut Vec<(String, String)>, name: &str, text: String) {
    pairs.retain(|(other, _)| other != name);
    pairs.push((name.to_owned(), text));
}

/// All wrong requests for an operation.
pub fn cases(description: &Description, operation: &Operation) -> Vec<Case> {
    let valid = Request::valid(description, operation);
    let case = |kind, status, name: &str, request| Case { kind, request, status, name: name.to_owned() };
    let mut cases = Vec::new();
    for Parameter { name, schema, in_path, required } in &operation.parameters {
        for Mistake { wrong, value, .. } in mistakes(description, schema) {
            let Some(text) = text(&value).filter(|text| !(*in_path && text.is_empty())) else { continue };
            let mut request = valid.clone();
            put(if *in_path { &mut request.path } else { &mut request.query }, name, text);
            cases.push(case(if *in_path { Kind::Path(wrong) } else { Kind::Query(wrong) }, 400, name, request));
        }
        if *required && !in_path {
            let mut request = valid.clone();
            request.query.retain(|(other, _)| other != name);
            cases.push(case(Kind::Query(Wrong::Missing), 400, name, request));
        }
    }
    let mut request = valid.clone();
    put(&mut request.query, "nonsense", "1".to_owned());
    cases.push(case(Kind::Query(Wrong::Unknown), 400, "nonsense", request));

    for (media_type, schema) in operation.body.iter().flat_map(|body| &body.media) {
        if media_type == "application/json" {
            for Mistake { wrong, path, value } in mistakes(description, schema) {
                let request = Request { body: Some(value.to_string().into_bytes()), ..valid.clone() };
                cases.push(case(Kind::Body(wrong), 400, if path.is_empty() { "body" } else { &path }, request));
            }
        }
    }
    if valid.body.is_some() {
        let request = Request { media_type: "text/plain".to_owned(), ..valid.clone() };
        cases.push(case(Kind::MediaType, 415, &valid.media_type, request));
    }
    if !operation.open() && operation.app != operation.user {
        let caller = if operation.app { Caller::User } else { Caller::App };
        // Paragon takes no bytes, so it is not the one to ask for them.
        let json = valid.body.is_none() || valid.media_type == "application/json";
        let body = valid.body.clone().filter(|_| json);
        cases.push(case(Kind::Authentication, 403, "unsupported-authentication", Request { caller, body, ..valid }));
    }
    cases
}
