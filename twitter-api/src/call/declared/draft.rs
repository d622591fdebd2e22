//! What the attribute's expansions put a call together with.
#![allow(missing_docs, missing_debug_implementations, reason = "it is not part of the interface")]

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use super::answers::{Start, Way};
use super::arguments::{Content, Input};
use super::{Caller, Client, DeclaredRequest, Kind, Outcome};
use crate::call::request::Call;
use crate::client::integration::TWITTER;
use crate::engine::retry::Retry;
use crate::wire::operation::{Auth, Body, BodyField, Endpoint, Operation, QueryValue};

/// A call that is being put together.
pub struct Draft {
    call: Call,
    /// The integration that the client stands for.
    at: Option<Cow<'static, str>>,
    envelope: Option<bool>,
}

impl Draft {
    // The endpoint is made anew for each call: as a constant it would cost more time to compile than all the rest, and no less to run.
    pub fn new<C: Client + ?Sized>(client: &C, name: &'static str, method: &'static str, path: &'static str) -> Self {
        Self::by(client.caller(), name, method, path)
    }

    fn by(caller: Caller, name: &'static str, method: &'static str, path: &'static str) -> Self {
        let Caller { twitter, integration } = caller;
        // The attribute knows no others.
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let endpoint = Endpoint::declared(name, method, path, Auth::USER, None, false, false);
        Self { call: Call::of(&twitter, Operation::new(endpoint)), at: integration, envelope: None }
    }

    fn endpoint(&mut self) -> &mut Endpoint {
        self.call.operation_mut().endpoint_mut()
    }

    pub fn auth(mut self, user: bool, app: bool) -> Self {
        let auth = &mut self.endpoint().auth;
        (auth.user, auth.app) = (user, app);
        self
    }

    pub fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.endpoint().auth.scopes = scopes;
        self
    }

    pub fn page(mut self, parameter: &'static str) -> Self {
        self.endpoint().page_parameter = Some(Cow::Borrowed(parameter));
        self
    }

    pub fn integration(mut self, name: &'static str) -> Self {
        self.endpoint().integration = Some(Cow::Borrowed(name));
        self
    }

    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.endpoint().idempotent = idempotent;
        self
    }

    pub fn envelope(mut self, envelope: bool) -> Self {
        self.envelope = Some(envelope);
        self
    }

    /// Settles which integration is called. Whether the answer is in X's envelope goes by that, if nothing is said.
    fn finish(mut self) -> (Call, bool) {
        let endpoint = self.call.operation().endpoint();
        match (&endpoint.integration, self.at) {
            (Some(of_endpoint), Some(of_client)) if *of_endpoint != of_client => {
                let complaint = format!("`{}` belongs to the integration {of_endpoint} and was called at {of_client}", endpoint.name);
                self.call.note(Err(complaint));
            }
            (None, Some(of_client)) if of_client != TWITTER => {
                self.call.operation_mut().endpoint_mut().integration = Some(of_client);
            }
            _ => {}
        }
        // What is filled in is encoded, so this is a placeholder whose argument is configured away.
        if self.call.operation().path().contains('{') {
            let Endpoint { method, path, .. } = self.call.operation().endpoint();
            let complaint = format!("a placeholder of {method} {path} is filled by no argument");
            self.call.note(Err(complaint));
        }
        let integration = self.call.operation().endpoint().integration.as_deref();
        let enveloped = self.envelope.unwrap_or(integration.is_none_or(|name| name == TWITTER));
        (self.call, enveloped)
    }

    fn refuse(&mut self, place: &str, name: &str, complaint: &str) {
        let Endpoint { method, path, .. } = self.call.operation().endpoint();
        let complaint = format!("{place} `{name}` of {method} {path} {complaint}");
        self.call.note(Err(complaint));
    }

    pub fn path(mut self, name: &'static str, value: &dyn Display) -> Self {
        let done = self.call.operation_mut().fill(name, &value.to_string());
        self.call.note(done);
        self
    }

    pub fn query(mut self, name: &'static str, csv: bool, input: Input) -> Self {
        if let Err((name, why)) = put(self.call.operation_mut(), Cow::Borrowed(name), csv, input) {
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
        let done = self.call.operation_mut().set_header(name, &text);
        self.call.note(done);
        self
    }

    pub fn credential(mut self, input: Input) -> Self {
        match input {
            Input::One(text) => self.call.operation_mut().set_credential(text),
            Input::Absent => {}
            Input::Many(_) | Input::Fields(_) | Input::Unusable(_) => self.refuse("the credential", "id", "is not one text"),
        }
        self
    }

    pub fn retry(mut self, retry: impl Into<Option<Retry>>) -> Self {
        if let Some(retry) = retry.into() {
            self.call.operation_mut().set_retry(retry);
        }
        self
    }

    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        if let Some(timeout) = timeout.into() {
            self.call.operation_mut().set_timeout(timeout);
        }
        self
    }

    pub fn json(mut self, content: Content) -> Self {
        match content {
            Content::Nothing => {}
            // Field by field, so that a caller can add to them.
            Content::Json(Value::Object(map)) => {
                let fields = map.into_iter().map(|(name, value)| (Cow::Owned(name), BodyField::Json(value))).collect();
                self.call.operation_mut().set_body(Body::Fields(fields));
            }
            Content::Json(value) => self.call.operation_mut().set_body(Body::Json(value)),
            Content::Parts(fields) => self.call.operation_mut().set_body(Body::Fields(fields)),
            Content::Unusable(why) => self.refuse("the body", "json", &why),
        }
        self
    }

    pub fn multipart(self, content: Content) -> Self {
        let nothing = matches!(content, Content::Nothing);
        let mut draft = self.json(content);
        match draft.call.operation().body() {
            Body::Json(_) => draft.refuse("the body", "multipart", "is neither a struct nor a list of fields"),
            _ if nothing => {}
            _ => draft.call.operation_mut().use_multipart(),
        }
        draft
    }

    pub fn form(mut self, content: Content) -> Self {
        match content {
            Content::Nothing => {}
            Content::Json(value) if !matches!(value, Value::Object(_) | Value::Null) => {
                self.refuse("the body", "form", "is neither a struct nor a map");
            }
            Content::Json(value) => {
                // A form is a query that stands in the body.
                let mut form = Operation::new(Endpoint::declared("", Method::POST, "", Auth::USER, None, false, false));
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
        self.call.operation_mut().set_body(Body::Bytes { content_type, content });
        self
    }

    pub fn send<R: Outcome>(mut self, way: Way<R::Value>) -> DeclaredRequest<R> {
        self.endpoint().streaming = matches!(way.0, Kind::Stream(_));
        let (call, enveloped) = self.finish();
        DeclaredRequest { call, enveloped, way: way.0, flight: None }
    }

    /// For what sends the call by itself, page by page.
    pub fn start<X>(self, start: Start<X>) -> X {
        let (call, enveloped) = self.finish();
        start.0(call, enveloped)
    }
}

/// Sets a query parameter, or several; an error has the name of the one at fault.
fn put(operation: &mut Operation, name: Cow<'static, str>, csv: bool, input: Input) -> std::result::Result<(), (String, String)> {
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
                put(operation, Cow::Owned(name), csv, input)?;
            }
            return Ok(());
        }
        Input::Unusable(why) => return Err((name.into_owned(), why)),
    };
    operation.set_query(name, value);
    Ok(())
}
