//! The data of one request, before anything is known of who sends it.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value};

use crate::wire::address::ALL_BUT_UNRESERVED;
use crate::wire::operation::Operation;
use crate::wire::spellings::{PARAMETER_SPELLINGS, VALUE_SPELLINGS};

/// The value of a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryValue {
    /// One value: `name=value`.
    One(String),
    /// Several, joined by commas that are not percent-encoded: `name=a,b`.
    List(Vec<String>),
    /// Several, each with the name: `name=a&name=b`.
    Repeated(Vec<String>),
}

/// A field of a JSON or multipart body.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum BodyField {
    /// Any JSON value.
    Json(Value),
    /// Bytes: a part of its own in multipart, base64 in JSON.
    Binary(Bytes),
}

impl BodyField {
    /// The field as a JSON value.
    fn into_json(self) -> Value {
        match self {
            Self::Json(value) => value,
            Self::Binary(bytes) => Value::from(base64::engine::general_purpose::STANDARD.encode(bytes)),
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub enum RequestBody {
    /// No body.
    #[default]
    Empty,
    /// A JSON value.
    Json(Value),
    /// Named fields, sent as one JSON object.
    Fields(Vec<(Cow<'static, str>, BodyField)>),
    /// Named fields, sent as `multipart/form-data`. Paragon's proxy takes JSON only, so this goes to X directly or not at all.
    Multipart(Vec<(Cow<'static, str>, BodyField)>),
    /// Bytes of a media type.
    Bytes {
        /// The `Content-Type`.
        content_type: &'static str,
        /// The content.
        content: Bytes,
    },
}

impl RequestBody {
    /// Returns the body as one JSON value, bytes in base64; `None` when it has no JSON form.
    #[must_use]
    pub fn to_json(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Fields(fields) => {
                let pairs = fields.iter().map(|(name, field)| (name.to_string(), field.clone().into_json()));
                Some(Value::Object(pairs.collect::<Map<_, _>>()))
            }
            Self::Empty | Self::Multipart(_) | Self::Bytes { .. } => None,
        }
    }
}

/// The data of one request: an operation and the values it is called with. Who sends it and how is no part of it: the options of the call,
/// such as its timeout, are not in the data.
///
/// Every request has it, to be looked at before anything is sent:
///
/// ```
/// # let paragon = paragon_twitter::Paragon::builder("project-id").user_token("a.b.c").build()?;
/// # let twitter = paragon.user("user-42").twitter();
/// use paragon_twitter::Method;
///
/// let request = twitter.users().posts("12").max_results(5_u32);
/// let data = request.request_data();
/// assert_eq!(data.operation().method, Method::GET);
/// assert_eq!(data.operation().path, "/2/users/{id}/tweets");
/// assert_eq!(data.path_and_query(), "/2/users/12/tweets?max_results=5");
/// # Ok::<(), paragon_twitter::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RequestData {
    operation: Cow<'static, Operation>,
    path: String,
    query: Vec<(Cow<'static, str>, QueryValue)>,
    headers: HeaderMap,
    body: RequestBody,
    own_id: Option<&'static str>,
    /// The first value that was refused; reported when the request is sent.
    refused: Option<String>,
}

impl RequestData {
    /// Returns the operation that is called.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Returns the path with its parameters filled in, percent-encoded. The own id of requests of `twitter.me()` is filled in
    /// when they are sent.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the query parameters, in the order they were set.
    #[must_use]
    pub fn query(&self) -> &[(Cow<'static, str>, QueryValue)] {
        &self.query
    }

    /// Returns the headers that were set for this request.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &RequestBody {
        &self.body
    }

    /// Returns path and query as they are sent.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let mut text = self.path.clone();
        // A path that was written by hand may bring a query of its own.
        let mut separator = if text.contains('?') { '&' } else { '?' };
        let mut add = |text: &mut String, name: &str, value: &str| {
            let name = utf8_percent_encode(name, ALL_BUT_UNRESERVED);
            text.push(separator);
            separator = '&';
            // Writing to a string cannot fail.
            let _ = write!(text, "{name}={value}");
        };
        let encode = |value: &String| utf8_percent_encode(value, ALL_BUT_UNRESERVED).to_string();
        for (name, value) in &self.query {
            match value {
                QueryValue::One(value) => add(&mut text, name, &encode(value)),
                QueryValue::List(values) => add(&mut text, name, &values.iter().map(encode).collect::<Vec<_>>().join(",")),
                QueryValue::Repeated(values) => values.iter().for_each(|value| add(&mut text, name, &encode(value))),
            }
        }
        text
    }
}

/// Filling it in. Errors are texts, because which call they belong to is said when it is sent.
impl RequestData {
    pub(crate) fn new(operation: impl Into<Cow<'static, Operation>>) -> Self {
        let operation = operation.into();
        Self {
            path: operation.path.to_string(),
            operation,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: RequestBody::Empty,
            own_id: None,
            refused: None,
        }
    }

    /// Remembers why a value was refused, if it was.
    pub(crate) fn note(&mut self, set: Result<(), String>) {
        if let Err(complaint) = set {
            self.refused.get_or_insert(complaint);
        }
    }

    /// Why the first of the refused values was refused.
    pub(crate) fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// The operation, to be kept.
    pub(crate) fn shared_operation(&self) -> Cow<'static, Operation> {
        self.operation.clone()
    }

    /// The operation, to be changed for this request alone.
    pub(crate) fn operation_mut(&mut self) -> &mut Operation {
        self.operation.to_mut()
    }

    /// Fills a path parameter in. The value is percent-encoded and stays within its segment: an empty one, or a step to another directory (`..`)
    /// that an intermediary might take, is refused.
    pub(crate) fn set_path(&mut self, name: &str, value: &str) -> Result<(), String> {
        let leaves = value.split(['/', '\\']).any(|part| matches!(part, "." | ".."));
        let complaint = if value.is_empty() {
            "is empty"
        } else if leaves {
            "would leave its place in the path"
        } else {
            let placeholder = format!("{{{name}}}");
            self.path = self.path.replace(&placeholder, &utf8_percent_encode(value, ALL_BUT_UNRESERVED).to_string());
            return Ok(());
        };
        let Operation { method, path, .. } = self.operation();
        Err(format!("path parameter `{name}` of {method} {path} {complaint}: {value:?}"))
    }

    /// Leaves a path parameter open for the id of the account that the call is made as, which is filled in when the request is sent.
    pub(crate) fn use_own_id(&mut self, name: &'static str) {
        self.own_id = Some(name);
    }

    /// The path parameter that takes the id of the account that the call is made as.
    pub(crate) fn own_id(&self) -> Option<&'static str> {
        self.own_id
    }

    /// Sets a query parameter, in place of an earlier value.
    pub(crate) fn set_query(&mut self, name: impl Into<Cow<'static, str>>, value: QueryValue) {
        let name = name.into();
        match self.query.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.query.push((name, value)),
        }
    }

    /// Sets a header, in place of an earlier value. `Authorization` is refused: the client sets it.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let parsed: HeaderName = name.parse().map_err(|_| format!("`{name}` is not the name of a header"))?;
        if parsed == http::header::AUTHORIZATION {
            return Err("the header `authorization` is set by the client; choose the user or the token instead".to_owned());
        }
        let value: HeaderValue =
            value.parse().map_err(|_| format!("the value for header `{name}` holds characters that a header cannot"))?;
        self.headers.insert(parsed, value);
        Ok(())
    }

    /// Adds a cookie to the `Cookie` header.
    pub(crate) fn add_cookie(&mut self, name: &str, value: &str) -> Result<(), String> {
        let value = utf8_percent_encode(value, ALL_BUT_UNRESERVED);
        let cookie = match self.headers.get(http::header::COOKIE).and_then(|old| old.to_str().ok()) {
            Some(old) => format!("{old}; {name}={value}"),
            None => format!("{name}={value}"),
        };
        self.set_header("cookie", &cookie)
    }

    /// Sets the whole body.
    pub(crate) fn set_body(&mut self, body: RequestBody) {
        self.body = body;
    }

    /// Sets one field of the body, in place of an earlier value. A body that is no object is an error.
    pub(crate) fn set_field(&mut self, name: impl Into<Cow<'static, str>>, field: BodyField) -> Result<(), String> {
        let name = name.into();
        match &mut self.body {
            RequestBody::Fields(fields) | RequestBody::Multipart(fields) => match fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = field,
                None => fields.push((name, field)),
            },
            RequestBody::Json(Value::Object(map)) => {
                map.insert(name.into_owned(), field.into_json());
            }
            RequestBody::Empty => self.body = RequestBody::Fields(vec![(name, field)]),
            RequestBody::Json(_) | RequestBody::Bytes { .. } => {
                return Err(format!("the body is not an object, so it has no place for the field `{name}`"));
            }
        }
        Ok(())
    }

    /// Sends the fields of the body as `multipart/form-data`.
    pub(crate) fn use_multipart(&mut self) {
        if let RequestBody::Fields(fields) = std::mem::take(&mut self.body) {
            self.body = RequestBody::Multipart(fields);
        } else if !matches!(self.body, RequestBody::Multipart(_)) {
            self.body = RequestBody::Multipart(Vec::new());
        }
    }

    /// Writes query names, and the values of some, in the old dialect.
    pub(crate) fn speak_old(&mut self) {
        for (name, value) in &mut self.query {
            if let QueryValue::List(items) | QueryValue::Repeated(items) = value {
                for item in items {
                    if let Some((_, _, old)) = VALUE_SPELLINGS.iter().find(|(parameter, new, _)| name == parameter && item == new) {
                        (*old).clone_into(item);
                    }
                }
            }
            if let Some((_, old)) = PARAMETER_SPELLINGS.iter().find(|(new, _)| name == new) {
                *name = Cow::Borrowed(old);
            }
        }
    }
}

impl From<Operation> for Cow<'static, Operation> {
    fn from(operation: Operation) -> Self {
        Cow::Owned(operation)
    }
}

impl From<&'static Operation> for Cow<'static, Operation> {
    fn from(operation: &'static Operation) -> Self {
        Cow::Borrowed(operation)
    }
}
