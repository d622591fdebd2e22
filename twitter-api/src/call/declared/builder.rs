//! Requests of declared operations in the making: from arguments of any type to calls of the one builder.
#![allow(missing_docs, missing_debug_implementations, reason = "it is not part of the interface")]

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::call::builder::RequestBuilder;
use crate::call::declared::arguments::{Content, Input};
use crate::call::declared::client::Client;
use crate::call::declared::returns::{Start, Way};
use crate::call::future::{Outcome, Read, RequestFuture};
use crate::engine::Caller;
use crate::engine::retry::Retry;
use crate::wire::operation::{Auth, Dialect, Operation, TWITTER, is_idempotent};
use crate::wire::request::{BodyField, QueryValue, RequestBody, RequestData};

/// A request of a declared operation in the making.
pub struct Declared {
    request: RequestBuilder,
    /// The integration that the client stands for.
    at: Option<Cow<'static, str>>,
    envelope: Option<bool>,
}

impl Declared {
    // The operation is made anew for each request: as a constant it would cost more time to compile than all the rest, and no less to run.
    pub fn new<C: Client + ?Sized>(client: &C, name: &'static str, method: &'static str, path: &'static str) -> Self {
        let (caller, at) = client.caller();
        Self::by(caller, at, name, method, path)
    }

    fn by(caller: Caller, at: Option<Cow<'static, str>>, name: &'static str, method: &'static str, path: &'static str) -> Self {
        // The attribute knows no others.
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        Self { request: RequestBuilder::of(caller, RequestData::new(operation(name, method, path))), at, envelope: None }
    }

    fn operation(&mut self) -> &mut Operation {
        self.request.data_mut().operation_mut()
    }

    pub fn auth(mut self, user: bool, app: bool) -> Self {
        let auth = &mut self.operation().auth;
        (auth.user, auth.app) = (user, app);
        self
    }

    pub fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.operation().auth.scopes = scopes;
        self
    }

    pub fn page(mut self, parameter: &'static str) -> Self {
        self.operation().page_parameter = Some(Cow::Borrowed(parameter));
        self
    }

    pub fn integration(mut self, name: &'static str) -> Self {
        self.operation().integration = Some(Cow::Borrowed(name));
        self
    }

    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.operation().idempotent = idempotent;
        self
    }

    pub fn envelope(mut self, envelope: bool) -> Self {
        self.envelope = Some(envelope);
        self
    }

    /// Settles which integration is called. By default, that decides whether the reply is in X's envelope.
    fn finish(mut self) -> RequestBuilder {
        let operation = self.request.data().operation();
        match (&operation.integration, self.at) {
            (Some(declared), Some(at)) if *declared != at => {
                let complaint = format!("`{}` belongs to the integration {declared} and was called at {at}", operation.name);
                self.request.note(Err(complaint));
            }
            (None, Some(at)) if at != TWITTER => self.request.data_mut().operation_mut().integration = Some(at),
            _ => {}
        }
        // Values are encoded, so this is a placeholder whose argument is configured away.
        if self.request.data().path().contains('{') {
            let Operation { method, path, .. } = self.request.data().operation();
            let complaint = format!("a placeholder of {method} {path} is filled by no argument");
            self.request.note(Err(complaint));
        }
        let operation = self.request.data_mut().operation_mut();
        operation.enveloped = self.envelope.unwrap_or(operation.integration() == TWITTER);
        self.request
    }

    fn refuse(&mut self, place: &str, name: &str, complaint: &str) {
        let Operation { method, path, .. } = self.request.data().operation();
        let complaint = format!("{place} `{name}` of {method} {path} {complaint}");
        self.request.note(Err(complaint));
    }

    pub fn path(mut self, name: &'static str, value: &dyn Display) -> Self {
        let set = self.request.data_mut().set_path(name, &value.to_string());
        self.request.note(set);
        self
    }

    pub fn query(mut self, name: &'static str, csv: bool, input: Input) -> Self {
        if let Err((name, why)) = put(self.request.data_mut(), Cow::Borrowed(name), csv, input) {
            self.refuse("the query parameter", &name, &why);
        }
        self
    }

    pub fn header(mut self, name: &'static str, input: Input) -> Self {
        let text = match input {
            Input::One(text) => text,
            Input::Many(texts) if !texts.is_empty() => texts.join(","),
            Input::Many(_) | Input::Absent => return self,
            Input::Fields(_) => {
                self.refuse("the header", name, "is an object, which a header cannot hold");
                return self;
            }
            Input::Unusable(why) => {
                self.refuse("the header", name, &why);
                return self;
            }
        };
        self.request.add_header(name, &text);
        self
    }

    pub fn credential(mut self, input: Input) -> Self {
        match input {
            Input::One(text) => self.request.set_credential(&text),
            Input::Absent => {}
            Input::Many(_) | Input::Fields(_) | Input::Unusable(_) => self.refuse("the credential", "id", "is not one text"),
        }
        self
    }

    pub fn retry(mut self, retry: impl Into<Option<Retry>>) -> Self {
        if let Some(retry) = retry.into() {
            self.request.set_retry(retry);
        }
        self
    }

    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        if let Some(timeout) = timeout.into() {
            self.request.set_timeout(timeout);
        }
        self
    }

    pub fn json(mut self, content: Content) -> Self {
        match content {
            Content::Nothing => {}
            // Field by field, so that more can be added to them.
            Content::Json(Value::Object(map)) => {
                let fields = map.into_iter().map(|(name, value)| (Cow::Owned(name), BodyField::Json(value))).collect();
                self.request.data_mut().set_body(RequestBody::Fields(fields));
            }
            Content::Json(value) => self.request.data_mut().set_body(RequestBody::Json(value)),
            Content::Parts(fields) => self.request.data_mut().set_body(RequestBody::Fields(fields)),
            Content::Unusable(why) => self.refuse("the body", "json", &why),
        }
        self
    }

    pub fn multipart(self, content: Content) -> Self {
        let nothing = matches!(content, Content::Nothing);
        let mut declared = self.json(content);
        match declared.request.data().body() {
            RequestBody::Json(_) => declared.refuse("the body", "multipart", "is neither a struct nor a list of fields"),
            _ if nothing => {}
            _ => declared.request.data_mut().use_multipart(),
        }
        declared
    }

    pub fn form(mut self, content: Content) -> Self {
        match content {
            Content::Nothing => {}
            Content::Json(value) if !matches!(value, Value::Object(_) | Value::Null) => {
                self.refuse("the body", "form", "is neither a struct nor a map");
            }
            Content::Json(value) => {
                // A form is a query that stands in the body.
                let mut form = RequestData::new(operation("", Method::POST, ""));
                match put(&mut form, Cow::Borrowed("form"), false, Input::of(value)) {
                    Ok(()) => {
                        let form = form.path_and_query();
                        let content = form.strip_prefix('?').unwrap_or_default().to_owned();
                        return self.bytes("application/x-www-form-urlencoded", content.into());
                    }
                    Err((name, why)) => self.refuse("the field", &name, &why),
                }
            }
            Content::Parts(_) => self.refuse("the body", "form", "holds fields of multipart, which a form cannot"),
            Content::Unusable(why) => self.refuse("the body", "form", &why),
        }
        self
    }

    pub fn bytes(mut self, content_type: &'static str, content: Bytes) -> Self {
        self.request.data_mut().set_body(RequestBody::Bytes { content_type, content });
        self
    }

    pub fn send<R: Outcome>(mut self, way: Way<R::Value>) -> RequestFuture<R> {
        self.operation().streaming = matches!(way.0, Read::Streamed(_));
        RequestFuture::new(self.finish(), way.0)
    }

    /// For types that send the request by themselves, page by page.
    pub fn start<X>(self, start: Start<X>) -> X {
        start.0(self.finish())
    }
}

/// An operation of which nothing more is known.
fn operation(name: &'static str, method: Method, path: &'static str) -> Operation {
    Operation {
        name: Cow::Borrowed(name),
        idempotent: is_idempotent(&method),
        method,
        path: Cow::Borrowed(path),
        auth: Auth::USER,
        page_parameter: None,
        streaming: false,
        enveloped: true,
        dialect: Dialect::Post,
        integration: None,
    }
}

/// Sets a query parameter, or several; an error has the name of the one at fault.
fn put(data: &mut RequestData, name: Cow<'static, str>, csv: bool, input: Input) -> std::result::Result<(), (String, String)> {
    let value = match input {
        Input::Absent => return Ok(()),
        Input::One(text) => QueryValue::One(text),
        Input::Many(texts) if texts.is_empty() => return Ok(()),
        Input::Many(texts) if csv => QueryValue::List(texts),
        Input::Many(texts) => QueryValue::Repeated(texts),
        Input::Fields(fields) => {
            for (name, input) in fields {
                if matches!(input, Input::Fields(_)) {
                    return Err((name, "is an object inside an object".to_owned()));
                }
                put(data, Cow::Owned(name), csv, input)?;
            }
            return Ok(());
        }
        Input::Unusable(why) => return Err((name.into_owned(), why)),
    };
    data.set_query(name, value);
    Ok(())
}
