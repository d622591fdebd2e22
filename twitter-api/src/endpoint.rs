//! Endpoints that are in no description, declared with [`paragon_request`](crate::paragon_request).
//!
//! What the attribute writes are a handful of calls into [`__private`]. Which of the rules for a type apply (is it an option, a list, one of
//! ours, one of serde's?) is not known to the attribute, which sees names alone; it is found by method lookup: the rules are traits with one
//! method name, implemented for references of different depth, and the lookup takes the deepest one that applies.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{Call, Request, exchange};
use crate::decode::{Decode, DecodeError, Decoder, Fault, Slot, is_empty_object};
use crate::error::{Error, Result};
use crate::integration::{Integration, TWITTER};
use crate::operation::{Body, Endpoint, Operation, QueryValue};
use crate::paragon::ParagonUser;
use crate::reply::{Raw, Reply};
use crate::streaming::{Opened, open};
use crate::token::Secret;
use crate::transport::redact;
use crate::twitter::Twitter;

/// What a declared endpoint is called through.
///
/// [`Twitter`] is for endpoints of X, [`Integration`] for those of another integration, and a [`ParagonUser`] for either. A type of your own is one
/// when it holds a [`Twitter`] and gives it away by `AsRef<Twitter>`:
///
/// ```
/// use twitter_api::{Reply, Twitter, Value, paragon_request};
///
/// struct Circles(Twitter);
///
/// impl AsRef<Twitter> for Circles {
///     fn as_ref(&self) -> &Twitter {
///         &self.0
///     }
/// }
///
/// impl Circles {
///     #[paragon_request(GET, "/2/circles/{id}")]
///     async fn get(&self, id: &str) -> twitter_api::Result<Reply<Value>>;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a call cannot be made through `{Self}`",
    label = "neither `Twitter`, `ParagonUser` nor `Integration`, and not `AsRef<Twitter>`",
    note = "implement `AsRef<Twitter>` for it, or say in the attribute where the client is: `client = self.twitter`"
)]
pub trait Client {
    #[doc(hidden)]
    fn caller(&self) -> Caller;
}

/// As whom a call is made, and at which integration.
#[doc(hidden)]
#[derive(Debug)]
pub struct Caller {
    twitter: Twitter,
    /// `None` is whichever the endpoint belongs to.
    integration: Option<Cow<'static, str>>,
}

impl<T: AsRef<Twitter> + ?Sized> Client for T {
    fn caller(&self) -> Caller {
        Caller { twitter: self.as_ref().clone(), integration: Some(Cow::Borrowed(TWITTER)) }
    }
}

impl Client for ParagonUser {
    fn caller(&self) -> Caller {
        Caller { twitter: self.twitter(), integration: None }
    }
}

impl Client for Integration {
    fn caller(&self) -> Caller {
        Caller { twitter: self.user().twitter(), integration: Some(Cow::Owned(self.name().to_owned())) }
    }
}

impl Client for &ParagonUser {
    fn caller(&self) -> Caller {
        (**self).caller()
    }
}

impl Client for &Integration {
    fn caller(&self) -> Caller {
        (**self).caller()
    }
}

/// What a function declares that it returns: a result of something, with an error that takes ours.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an endpoint returns a `Result` whose error can be made from `twitter_api::Error`, and not `{Self}`",
    label = "write `twitter_api::Result<…>`"
)]
pub trait Outcome {
    /// What it is when the call succeeds.
    type Value;

    /// From the client's own form.
    fn of(result: Result<Self::Value>) -> Self;
}

impl<T, E: From<Error>> Outcome for std::result::Result<T, E> {
    type Value = T;

    fn of(result: Result<T>) -> Self {
        Ok(result?)
    }
}

/// A request to an endpoint that was declared with [`paragon_request`](crate::paragon_request).
///
/// It is a future like that of any `async fn`: nothing is sent before it is awaited. Until then [`Request`] has the settings of this one call.
///
/// ```no_run
/// use std::time::Duration;
/// use twitter_api::{Reply, Request as _, Twitter, Value, paragon_request};
///
/// #[paragon_request(GET, "/2/circles/{id}")]
/// async fn circle(twitter: &Twitter, id: &str) -> twitter_api::Result<Reply<Value>>;
///
/// # async fn example(twitter: Twitter) -> twitter_api::Result<()> {
/// let patient = circle(&twitter, "12").timeout(Duration::from_secs(90)).extra_query("verbose", true).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct DeclaredRequest<R: Outcome> {
    call: Call,
    enveloped: bool,
    way: Kind<R::Value>,
    flight: Option<Flight<R::Value>>,
}

/// A call that is on its way, and what makes a value of its answer.
enum Flight<X> {
    Whole(Pin<Box<dyn Future<Output = Result<Raw>> + Send>>, fn(Raw, bool) -> Result<X>),
    Stream(Pin<Box<dyn Future<Output = Result<Opened>> + Send>>, fn(Opened, bool) -> X),
}

impl<R: Outcome> Future for DeclaredRequest<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let enveloped = self.enveloped;
        loop {
            let result = match &mut self.flight {
                Some(Flight::Whole(future, read)) => ready!(future.as_mut().poll(context)).and_then(|raw| read(raw, enveloped)),
                Some(Flight::Stream(future, read)) => ready!(future.as_mut().poll(context)).map(|opened| read(opened, enveloped)),
                None => {
                    let call = self.call.take();
                    self.flight = Some(match self.way {
                        Kind::Whole(read) => Flight::Whole(Box::pin(exchange(call)), read),
                        Kind::Stream(read) => Flight::Stream(Box::pin(open(call)), read),
                        Kind::Unsent(make) => return Poll::Ready(R::of(Ok(make(call, enveloped)))),
                    });
                    continue;
                }
            };
            return Poll::Ready(R::of(result));
        }
    }
}

impl<R: Outcome> Request for DeclaredRequest<R> {
    fn call(&self) -> &Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut Call {
        &mut self.call
    }
}

impl<R: Outcome> fmt::Debug for DeclaredRequest<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeclaredRequest").field("call", &self.call).finish_non_exhaustive()
    }
}

/// How an answer becomes a value of a type.
enum Kind<X> {
    /// It is read when all of it has come. The flag says whether it is in X's envelope.
    Whole(fn(Raw, bool) -> Result<X>),
    /// It is read as it comes.
    Stream(fn(Opened, bool) -> X),
    /// The value sends the call itself.
    Unsent(fn(Call, bool) -> X),
}

/// Reads one of our types, tolerantly.
fn ours<T: Slot + Default>(raw: Raw, enveloped: bool) -> Result<Reply<T>> {
    if enveloped { raw.envelope() } else { raw.whole() }
}

/// Reads a type of the caller's, by serde.
fn theirs<T: DeserializeOwned>(raw: Raw, enveloped: bool) -> Result<Reply<T>> {
    let answered = (raw.body.clone(), raw.call.clone(), raw.secret.clone());
    let reply = ours::<Text>(raw, enveloped)?;
    match read_by_serde(&reply.data.json) {
        Ok(data) => Ok(reply.map(|_| data)),
        Err(error) => Err(unreadable(reply, &error, answered, enveloped)),
    }
}

/// The text of a value that serde is to read, and where in the answer it begins.
#[derive(Default)]
struct Text {
    json: Vec<u8>,
    start: usize,
}

impl Decode for Text {
    fn decode(decoder: &mut Decoder<'_>) -> std::result::Result<Option<Self>, Fault> {
        let start = decoder.start()?;
        decoder.skip()?;
        Ok(Some(Self { json: decoder.since(start).to_vec(), start }))
    }
}

fn read_by_serde<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    if !json.is_empty() && json != b"null" {
        match serde_json::from_slice(json) {
            Err(_) if is_empty_object(json) => {}
            read => return read,
        }
    }
    // X leaves out what is empty, so what is not there is an option without a value, or a list without items.
    serde_json::from_slice(b"null").or_else(|_| serde_json::from_slice(b"[]")).or_else(|_| serde_json::from_slice(json))
}

fn unreadable(
    reply: Reply<Text>,
    error: &serde_json::Error,
    (body, call, secret): (bytes::Bytes, Endpoint, Secret),
    enveloped: bool,
) -> Error {
    let Text { json, start } = reply.data;
    let absent = enveloped && (json.is_empty() || json == b"null");
    let (path, message, offset) = if absent {
        (String::new(), "there is no `data`, and its type has no value that stands for none".to_owned(), 0)
    } else {
        let before = json.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum::<usize>();
        let offset = (before + error.column()).min(json.len());
        // It ends with the place, which is said by the path already.
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
        (path_at(&json[..offset], if enveloped { "data" } else { "" }), message, start + offset)
    };
    Error::decode(DecodeError::at(path, message, offset), reply.status, &reply.headers, redact(body, &secret)).in_call(&call)
}

/// Where in a document its text breaks off, for example `data[3].text`; after an object or list, that is it.
fn path_at(json: &[u8], prefix: &str) -> String {
    enum Step {
        Field(Option<String>),
        Item(usize),
    }
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        at += 1;
        match byte {
            b'{' => steps.push(Step::Field(None)),
            b'[' => steps.push(Step::Item(0)),
            b'}' | b']' => drop(steps.pop()),
            b',' => match steps.last_mut() {
                Some(Step::Field(name)) => *name = None,
                Some(Step::Item(number)) => *number += 1,
                None => {}
            },
            b'"' => {
                let start = at;
                while let Some(byte) = json.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
                if let Some(Step::Field(name @ None)) = steps.last_mut() {
                    *name = Some(String::from_utf8_lossy(&json[start..at.min(json.len())]).into_owned());
                }
                at += 1;
            }
            _ => {}
        }
    }
    let mut path = prefix.to_owned();
    for step in steps {
        match step {
            Step::Field(Some(name)) if path.is_empty() => path = name,
            Step::Field(Some(name)) => path = format!("{path}.{name}"),
            Step::Field(None) => {}
            Step::Item(number) => path = format!("{path}[{number}]"),
        }
    }
    path
}

/// What the attribute's expansions call. Nothing in here is for use by hand, and all of it may change.
#[doc(hidden)]
#[allow(missing_docs, missing_debug_implementations, reason = "it is not part of the interface")]
pub mod __private {
    use std::collections::{BTreeSet, HashSet, VecDeque};
    use std::fmt::Display;
    use std::marker::PhantomData;
    use std::time::Duration;

    use bytes::Bytes;
    use http::Method;
    use serde::Serialize;

    use super::*;
    use crate::encode::Encode;
    use crate::operation::{Auth, BodyField};
    use crate::paging::{Items, Pages};
    use crate::streaming::Events;

    pub use super::{Client, Outcome};

    /// A call that is being put together.
    pub struct Draft {
        call: Call,
        /// The integration that the client stands for.
        at: Option<Cow<'static, str>>,
        envelope: Option<bool>,
    }

    impl Draft {
        // The endpoint is made anew for each call: as a constant it would cost more time to compile than all the rest, and no less to run.
        pub fn new<C: Client + ?Sized>(
            client: &C,
            name: &'static str,
            method: &'static str,
            path: &'static str,
            scopes: &'static [&'static str],
        ) -> Self {
            Self::by(client.caller(), name, method, path, scopes)
        }

        fn by(caller: Caller, name: &'static str, method: &'static str, path: &'static str, scopes: &'static [&'static str]) -> Self {
            let Caller { twitter, integration } = caller;
            // The attribute knows no others.
            let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
            let auth = Auth { scopes, ..Auth::USER };
            let endpoint = Endpoint::declared(name, method, path, auth, None, false, false);
            Self { call: Call::of(&twitter, Operation::new(endpoint)), at: integration, envelope: None }
        }

        fn endpoint(&mut self) -> &mut Endpoint {
            self.call.operation_mut().endpoint_mut()
        }

        pub fn auth(&mut self, user: bool, app: bool) {
            let auth = &mut self.endpoint().auth;
            (auth.user, auth.app) = (user, app);
        }

        pub fn page(&mut self, parameter: &'static str) {
            self.endpoint().page_parameter = Some(Cow::Borrowed(parameter));
        }

        pub fn integration(&mut self, name: &'static str) {
            self.endpoint().integration = Some(Cow::Borrowed(name));
        }

        pub fn idempotent(&mut self, idempotent: bool) {
            self.endpoint().idempotent = idempotent;
        }

        pub fn envelope(&mut self, envelope: bool) {
            self.envelope = Some(envelope);
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
            let integration = self.call.operation().endpoint().integration.as_deref();
            let enveloped = self.envelope.unwrap_or(integration.is_none_or(|name| name == TWITTER));
            (self.call, enveloped)
        }

        fn refuse(&mut self, place: &str, name: &str, complaint: &str) {
            let Endpoint { method, path, .. } = self.call.operation().endpoint();
            let complaint = format!("{place} `{name}` of {method} {path} {complaint}");
            self.call.note(Err(complaint));
        }

        pub fn path(&mut self, name: &'static str, value: &dyn Display) {
            let done = self.call.operation_mut().fill(name, &value.to_string());
            self.call.note(done);
        }

        pub fn query(&mut self, name: &'static str, csv: bool, input: Input) {
            if let Err((name, why)) = put(self.call.operation_mut(), Cow::Borrowed(name), csv, input) {
                self.refuse("the query parameter", &name, &why);
            }
        }

        pub fn header(&mut self, name: &'static str, input: Input) {
            let text = match input {
                Input::One(text) => text,
                Input::Many(texts) if texts.is_empty() => return,
                Input::Many(texts) => texts.join(","),
                Input::Absent => return,
                Input::Fields(_) => return self.refuse("the header", name, "is an object, which a header cannot hold"),
                Input::Unusable(why) => return self.refuse("the header", name, &why),
            };
            let done = self.call.operation_mut().set_header(name, &text);
            self.call.note(done);
        }

        pub fn credential(&mut self, input: Input) {
            match input {
                Input::One(text) => self.call.operation_mut().set_credential(text),
                Input::Absent => {}
                Input::Many(_) | Input::Fields(_) | Input::Unusable(_) => self.refuse("the credential", "id", "is not one text"),
            }
        }

        pub fn timeout(&mut self, timeout: impl Into<Option<Duration>>) {
            if let Some(timeout) = timeout.into() {
                self.call.operation_mut().set_timeout(timeout);
            }
        }

        pub fn json(&mut self, content: Content) {
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
        }

        pub fn multipart(&mut self, content: Content) {
            let nothing = matches!(content, Content::Nothing);
            self.json(content);
            match self.call.operation().body() {
                Body::Json(_) => self.refuse("the body", "multipart", "is neither a struct nor a list of fields"),
                _ if nothing => {}
                _ => self.call.operation_mut().use_multipart(),
            }
        }

        pub fn form(&mut self, content: Content) {
            match content {
                Content::Nothing => {}
                Content::Json(value) => {
                    // A form is a query that stands in the body.
                    let mut form = Operation::new(Endpoint::declared("", Method::POST, "", Auth::USER, None, false, false));
                    match put(&mut form, Cow::Borrowed("form"), false, Input::of(value)) {
                        Ok(()) => self.bytes("application/x-www-form-urlencoded", form.path_and_query().split_off(1).into()),
                        Err((name, why)) => self.refuse("the field", &name, &why),
                    }
                }
                Content::Parts(_) => self.refuse("the body", "form", "holds fields of multipart, which a form cannot"),
                Content::Unusable(why) => self.refuse("the body", "form", &why),
            }
        }

        pub fn bytes(&mut self, content_type: &'static str, content: Bytes) {
            self.call.operation_mut().set_body(Body::Bytes { content_type, content });
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

    /// A value for a query, a header or the like.
    pub enum Input {
        Absent,
        One(String),
        Many(Vec<String>),
        Fields(Vec<(String, Input)>),
        Unusable(String),
    }

    impl Input {
        fn many<T: Display>(values: impl IntoIterator<Item = T>) -> Self {
            Self::Many(values.into_iter().map(|value| value.to_string()).collect())
        }

        fn of(value: Value) -> Self {
            match value {
                Value::Null => Self::Absent,
                Value::String(text) => Self::One(text),
                Value::Bool(_) | Value::Number(_) => Self::One(value.to_string()),
                Value::Array(values) => {
                    let texts = values.into_iter().map(|value| match Self::of(value) {
                        Self::One(text) => Ok(text),
                        _ => Err(Self::Unusable("is a list of other things than texts, numbers and booleans".to_owned())),
                    });
                    texts.collect::<std::result::Result<_, _>>().map_or_else(|unusable| unusable, Self::Many)
                }
                Value::Object(map) => Self::Fields(map.into_iter().map(|(name, value)| (name, Self::of(value))).collect()),
            }
        }
    }

    /// What a body is made of.
    pub enum Content {
        Nothing,
        Json(Value),
        Parts(Vec<(Cow<'static, str>, BodyField)>),
        Unusable(String),
    }

    /// An argument whose type is to be found out.
    pub struct Arg<'a, T: ?Sized>(pub &'a T);

    /// A list of values.
    pub trait List {
        fn input(&self) -> Input;
    }

    impl<L: List + ?Sized> List for &L {
        fn input(&self) -> Input {
            (**self).input()
        }
    }

    macro_rules! lists {
        ($([$($generics:tt)*] $list:ty),* $(,)?) => {$(
            impl<T: Display, $($generics)*> List for $list {
                fn input(&self) -> Input {
                    Input::many(self)
                }
            }
        )*};
    }
    lists!([] [T], [const N: usize] [T; N], [] Vec<T>, [] VecDeque<T>, [] BTreeSet<T>, [S] HashSet<T, S>);

    impl<T: Display> List for Box<[T]> {
        fn input(&self) -> Input {
            (**self).input()
        }
    }

    // Its text is JSON, with quotation marks, so it is none of the values that are sent as they are shown.
    impl List for Value {
        fn input(&self) -> Input {
            Input::of(self.clone())
        }
    }

    /// Fields that a body is made of.
    pub trait Parts {
        fn parts(&self) -> Content;
    }

    impl<N: AsRef<str>> Parts for [(N, BodyField)] {
        fn parts(&self) -> Content {
            Content::Parts(self.iter().map(|(name, field)| (Cow::Owned(name.as_ref().to_owned()), field.clone())).collect())
        }
    }

    impl<N: AsRef<str>> Parts for Vec<(N, BodyField)> {
        fn parts(&self) -> Content {
            self.as_slice().parts()
        }
    }

    impl<N: AsRef<str>, const M: usize> Parts for [(N, BodyField); M] {
        fn parts(&self) -> Content {
            self.as_slice().parts()
        }
    }

    fn optional<T>(value: Option<&T>, input: impl FnOnce(&T) -> Input) -> Input {
        value.map_or(Input::Absent, input)
    }

    fn encoded(value: Option<Value>) -> Content {
        value.map_or(Content::Nothing, Content::Json)
    }

    fn by_serde<T: Serialize + ?Sized>(value: &T) -> std::result::Result<Value, String> {
        serde_json::to_value(value).map_err(|error| format!("cannot be put into JSON: {error}"))
    }

    // The rules for arguments. Of two at the same depth no more than one applies to a type.

    pub trait InputOfOptionalList {
        fn __paragon_input(&self) -> Input;
    }
    impl<T: List> InputOfOptionalList for &&&Arg<'_, Option<T>> {
        fn __paragon_input(&self) -> Input {
            optional(self.0.as_ref(), List::input)
        }
    }

    pub trait InputOfOption {
        fn __paragon_input(&self) -> Input;
    }
    impl<T: Display> InputOfOption for &&Arg<'_, Option<T>> {
        fn __paragon_input(&self) -> Input {
            optional(self.0.as_ref(), |value| Input::One(value.to_string()))
        }
    }

    pub trait InputOfList {
        fn __paragon_input(&self) -> Input;
    }
    impl<T: List + ?Sized> InputOfList for &&&Arg<'_, T> {
        fn __paragon_input(&self) -> Input {
            self.0.input()
        }
    }

    pub trait InputOfText {
        fn __paragon_input(&self) -> Input;
    }
    impl<T: Display + ?Sized> InputOfText for &&Arg<'_, T> {
        fn __paragon_input(&self) -> Input {
            Input::One(self.0.to_string())
        }
    }

    pub trait InputBySerde {
        fn __paragon_input(&self) -> Input;
    }
    impl<T: Serialize + ?Sized> InputBySerde for &Arg<'_, T> {
        fn __paragon_input(&self) -> Input {
            by_serde(self.0).map_or_else(Input::Unusable, Input::of)
        }
    }

    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be sent as a query parameter or header",
        label = "neither text (`Display`), nor an option or list of such, nor `serde::Serialize`"
    )]
    pub trait Sendable {}

    pub trait InputOfNone<T: ?Sized> {
        fn __paragon_input(&self) -> Input
        where
            T: Sendable;
    }
    impl<T: ?Sized> InputOfNone<T> for Arg<'_, T> {
        fn __paragon_input(&self) -> Input
        where
            T: Sendable,
        {
            Input::Absent
        }
    }

    // The rules for bodies.

    pub trait ContentOfParts {
        fn __paragon_content(&self) -> Content;
    }
    impl<T: Parts + ?Sized> ContentOfParts for &&&Arg<'_, T> {
        fn __paragon_content(&self) -> Content {
            self.0.parts()
        }
    }

    pub trait ContentBehind {
        fn __paragon_content(&self) -> Content;
    }
    impl<T: Encode> ContentBehind for &&Arg<'_, Option<&T>> {
        fn __paragon_content(&self) -> Content {
            encoded(self.0.and_then(Encode::encode))
        }
    }
    impl<T: Encode> ContentBehind for &&Arg<'_, [T]> {
        fn __paragon_content(&self) -> Content {
            Content::Json(Value::Array(self.0.iter().filter_map(Encode::encode).collect()))
        }
    }

    pub trait ContentOfOurs {
        fn __paragon_content(&self) -> Content;
    }
    impl<T: Encode + ?Sized> ContentOfOurs for &&Arg<'_, T> {
        fn __paragon_content(&self) -> Content {
            encoded(self.0.encode())
        }
    }

    pub trait ContentBySerde {
        fn __paragon_content(&self) -> Content;
    }
    impl<T: Serialize + ?Sized> ContentBySerde for &Arg<'_, T> {
        fn __paragon_content(&self) -> Content {
            match by_serde(self.0) {
                Ok(Value::Null) => Content::Nothing,
                Ok(value) => Content::Json(value),
                Err(why) => Content::Unusable(why),
            }
        }
    }

    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be sent as a body",
        label = "neither `serde::Serialize` nor `twitter_api::encode::Encode`"
    )]
    pub trait Bodily {}

    pub trait ContentOfNone<T: ?Sized> {
        fn __paragon_content(&self) -> Content
        where
            T: Bodily;
    }
    impl<T: ?Sized> ContentOfNone<T> for Arg<'_, T> {
        fn __paragon_content(&self) -> Content
        where
            T: Bodily,
        {
            Content::Nothing
        }
    }

    // The rules for bodies that are bytes.

    pub trait BytesOfBytes {
        fn __paragon_bytes(&self) -> Bytes;
    }
    impl BytesOfBytes for &&Arg<'_, Bytes> {
        fn __paragon_bytes(&self) -> Bytes {
            self.0.clone()
        }
    }

    pub trait BytesOfSlice {
        fn __paragon_bytes(&self) -> Bytes;
    }
    impl<T: AsRef<[u8]> + ?Sized> BytesOfSlice for &Arg<'_, T> {
        fn __paragon_bytes(&self) -> Bytes {
            Bytes::copy_from_slice(self.0.as_ref())
        }
    }

    #[diagnostic::on_unimplemented(message = "`{Self}` cannot be sent as bytes", label = "neither `twitter_api::Bytes` nor `AsRef<[u8]>`")]
    pub trait Binary {}

    pub trait BytesOfNone<T: ?Sized> {
        fn __paragon_bytes(&self) -> Bytes
        where
            T: Binary;
    }
    impl<T: ?Sized> BytesOfNone<T> for Arg<'_, T> {
        fn __paragon_bytes(&self) -> Bytes
        where
            T: Binary,
        {
            Bytes::new()
        }
    }

    /// How an answer becomes an `X`.
    pub struct Way<X>(Kind<X>);

    /// The type of an answer that is to be found out.
    pub struct Answer<X>(PhantomData<fn() -> X>);

    impl<X> Answer<X> {
        pub const NEW: Self = Self(PhantomData);
    }

    /// What makes an `X` that sends its calls by itself.
    pub struct Start<X>(fn(Call, bool) -> X);

    // The rules for answers. At each depth there are two: for types that carry others, none of which is itself read by either, and for all
    // others.

    pub trait AnswerOfBytes<X> {
        fn __paragon_way(&self) -> Way<X>;
    }
    impl AnswerOfBytes<Bytes> for &&&Answer<Bytes> {
        fn __paragon_way(&self) -> Way<Bytes> {
            Way(Kind::Whole(|raw, _| Ok(raw.body)))
        }
    }
    impl AnswerOfBytes<Vec<u8>> for &&&Answer<Vec<u8>> {
        fn __paragon_way(&self) -> Way<Vec<u8>> {
            Way(Kind::Whole(|raw, _| Ok(raw.body.into())))
        }
    }
    impl AnswerOfBytes<Reply<Bytes>> for &&&Answer<Reply<Bytes>> {
        fn __paragon_way(&self) -> Way<Reply<Bytes>> {
            Way(Kind::Whole(|raw, _| raw.bytes()))
        }
    }
    impl AnswerOfBytes<Reply<Vec<u8>>> for &&&Answer<Reply<Vec<u8>>> {
        fn __paragon_way(&self) -> Way<Reply<Vec<u8>>> {
            Way(Kind::Whole(|raw, _| Ok(raw.bytes()?.map(Vec::from))))
        }
    }

    /// A way to read, for an answer in X's envelope and for one without.
    fn reader<T>(enveloped: bool, with: fn(Raw) -> Result<Reply<T>>, without: fn(Raw) -> Result<Reply<T>>) -> fn(Raw) -> Result<Reply<T>> {
        if enveloped { with } else { without }
    }

    macro_rules! answers {
        ($with_more:ident, $alone:ident, $lazily:ident, $read:ident, [$($bound:tt)*], [$($by:tt)*]) => {
            pub trait $with_more<X> {
                fn __paragon_way(&self) -> Way<X>;
            }
            impl<T: $($bound)*> $with_more<Reply<T>> for $($by)* Answer<Reply<T>> {
                fn __paragon_way(&self) -> Way<Reply<T>> {
                    Way(Kind::Whole($read))
                }
            }
            impl<T: $($bound)*> $with_more<Events<T>> for $($by)* Answer<Events<T>> {
                fn __paragon_way(&self) -> Way<Events<T>> {
                    Way(Kind::Stream(|opened, enveloped| {
                        Events::new(opened, reader(enveloped, |raw| $read(raw, true), |raw| $read(raw, false)))
                    }))
                }
            }
            impl<T: $($bound)*> $with_more<Pages<T>> for $($by)* Answer<Pages<T>> {
                fn __paragon_way(&self) -> Way<Pages<T>> {
                    Way(Kind::Unsent((&$($by)* Answer::<Pages<T>>::NEW).__paragon_start().0))
                }
            }
            impl<T> $with_more<Items<T>> for $($by)* Answer<Items<T>>
            where
                Vec<T>: $($bound)*,
            {
                fn __paragon_way(&self) -> Way<Items<T>> {
                    Way(Kind::Unsent((&$($by)* Answer::<Items<T>>::NEW).__paragon_start().0))
                }
            }

            pub trait $alone<X> {
                fn __paragon_way(&self) -> Way<X>;
            }
            impl<T: $($bound)*> $alone<T> for $($by)* Answer<T> {
                fn __paragon_way(&self) -> Way<T> {
                    Way(Kind::Whole(|raw, enveloped| Ok($read(raw, enveloped)?.data)))
                }
            }

            pub trait $lazily<X> {
                fn __paragon_start(&self) -> Start<X>;
            }
            impl<T: $($bound)*> $lazily<Pages<T>> for $($by)* Answer<Pages<T>> {
                fn __paragon_start(&self) -> Start<Pages<T>> {
                    Start(|call, enveloped| Pages::read_by(call, reader(enveloped, |raw| $read(raw, true), |raw| $read(raw, false))))
                }
            }
            impl<T> $lazily<Items<T>> for $($by)* Answer<Items<T>>
            where
                Vec<T>: $($bound)*,
            {
                fn __paragon_start(&self) -> Start<Items<T>> {
                    Start(|call, enveloped| {
                        Items::of(Pages::read_by(call, reader(enveloped, |raw| $read(raw, true), |raw| $read(raw, false))))
                    })
                }
            }
        };
    }
    answers!(AnswerOfOurs, DataOfOurs, StartOfOurs, ours, [Slot + Default], [&&]);
    answers!(AnswerBySerde, DataBySerde, StartBySerde, theirs, [DeserializeOwned], [&]);

    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be read from an answer",
        label = "neither one of `twitter_api`'s own types nor `serde::de::DeserializeOwned`",
        note = "an endpoint returns a `Result` of `Reply<T>`, `T`, `()`, `Bytes`, `Events<T>`, `Pages<T>` or `Items<T>`"
    )]
    pub trait Readable: Sized {
        fn way() -> Way<Self>;
    }

    pub trait AnswerOfNone<X> {
        fn __paragon_way(&self) -> Way<X>
        where
            X: Readable;
    }
    impl<X> AnswerOfNone<X> for Answer<X> {
        fn __paragon_way(&self) -> Way<X>
        where
            X: Readable,
        {
            X::way()
        }
    }

    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not something that asks for pages",
        label = "neither `Items<T>` nor `Pages<T>` of a type that can be read from an answer"
    )]
    pub trait Paged: Sized {
        fn start() -> Start<Self>;
    }

    pub trait StartOfNone<X> {
        fn __paragon_start(&self) -> Start<X>
        where
            X: Paged;
    }
    impl<X> StartOfNone<X> for Answer<X> {
        fn __paragon_start(&self) -> Start<X>
        where
            X: Paged,
        {
            X::start()
        }
    }

    /// The rules, for the lookup, without their names.
    pub mod rules {
        pub use super::{
            AnswerBySerde as _, AnswerOfBytes as _, AnswerOfNone as _, AnswerOfOurs as _, BytesOfBytes as _, BytesOfNone as _,
            BytesOfSlice as _, ContentBehind as _, ContentBySerde as _, ContentOfNone as _, ContentOfOurs as _, ContentOfParts as _,
            DataBySerde as _, DataOfOurs as _, InputBySerde as _, InputOfList as _, InputOfNone as _, InputOfOption as _,
            InputOfOptionalList as _, InputOfText as _, StartBySerde as _, StartOfNone as _, StartOfOurs as _,
        };
    }
}
