//! A call in the making, and the future of its answer.

use std::fmt::Display;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::call::events::Connecting;
use crate::call::pages::{Items, Pages};
use crate::call::reply::{Raw, Reply};
use crate::client::twitter::Twitter;
use crate::engine::Answer;
use crate::engine::retry::Retry;
use crate::json::{self, Json, Slot};
use crate::wire::error::{Error, Result};
use crate::wire::operation::{Body, BodyField, Dialect, Endpoint, Operation, QueryValue};
use crate::wire::rate_limit::RateLimits;

/// A call that is being put together: what it sends, and as whom.
#[derive(Debug, Clone)]
pub struct Call {
    twitter: Twitter,
    operation: Operation,
    dialect: Option<Dialect>,
    /// The first thing that was wrong with what was put in; reported when the call is sent.
    refused: Option<String>,
}

impl Call {
    pub(crate) fn of(twitter: &Twitter, operation: Operation) -> Self {
        Self { twitter: twitter.clone(), operation, dialect: None, refused: None }
    }

    /// What will be sent.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// What will be sent, to be changed.
    pub fn operation_mut(&mut self) -> &mut Operation {
        &mut self.operation
    }

    pub(crate) fn note(&mut self, done: std::result::Result<(), impl Display>) {
        if let Err(complaint) = done {
            self.refused.get_or_insert_with(|| complaint.to_string());
        }
    }

    /// Takes the call and leaves an empty one.
    pub(crate) fn take(&mut self) -> Self {
        let empty = Self::of(&self.twitter, Operation::new(self.operation.endpoint().clone()));
        std::mem::replace(self, empty)
    }

    /// The operation as it goes out, in the dialect that was chosen.
    pub(crate) fn finish(self) -> Result<(Twitter, Operation)> {
        let Self { twitter, mut operation, dialect, refused } = self;
        if let Some(complaint) = refused {
            return Err(Error::request(complaint));
        }
        let dialect = dialect.or(twitter.dialect()).unwrap_or(operation.endpoint().dialect);
        if dialect == Dialect::Tweet {
            operation.speak_old(crate::PARAMETER_SPELLINGS, crate::VALUE_SPELLINGS);
        }
        Ok((twitter, operation))
    }
}

/// What generated code puts a call together with.
#[allow(dead_code, reason = "what of it is used depends on the description and on the features")]
impl Call {
    pub(crate) fn new(twitter: &Twitter, endpoint: &'static Endpoint) -> Self {
        Self::of(twitter, Operation::new(endpoint))
    }

    pub(crate) fn path(mut self, name: &'static str, value: impl Display) -> Self {
        let done = self.operation.fill(name, &value.to_string());
        self.note(done);
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Display) -> Self {
        self.operation.set_query(name, QueryValue::One(value.to_string()));
        self
    }

    pub(crate) fn list(mut self, name: &'static str, values: impl IntoIterator<Item = impl Display>) -> Self {
        self.operation.set_query(name, QueryValue::List(texts(values)));
        self
    }

    pub(crate) fn repeated(mut self, name: &'static str, values: impl IntoIterator<Item = impl Display>) -> Self {
        self.operation.set_query(name, QueryValue::Repeated(texts(values)));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Display) -> Self {
        let done = self.operation.set_header(name, &value.to_string());
        self.note(done);
        self
    }

    pub(crate) fn cookie(mut self, name: &'static str, value: impl Display) -> Self {
        let done = self.operation.set_cookie(name, &value.to_string());
        self.note(done);
        self
    }

    /// Sends an object, also when no field is set.
    pub(crate) fn with_fields(mut self) -> Self {
        self.operation.set_body(Body::Fields(Vec::new()));
        self
    }

    pub(crate) fn with_multipart(mut self) -> Self {
        self.operation.use_multipart();
        self
    }

    pub(crate) fn field(mut self, name: &'static str, value: impl Json) -> Self {
        if let Some(value) = json::to_value(value.encode()) {
            let done = self.operation.set_body_field(name, BodyField::Json(value));
            self.note(done);
        }
        self
    }

    pub(crate) fn binary(mut self, name: &'static str, value: Bytes) -> Self {
        let done = self.operation.set_body_field(name, BodyField::Binary(value));
        self.note(done);
        self
    }

    pub(crate) fn json(mut self, value: impl Json) -> Self {
        self.operation.set_body(Body::Json(json::to_value(value.encode()).unwrap_or_default()));
        self
    }

    pub(crate) fn content(mut self, content_type: &'static str, content: Bytes) -> Self {
        self.operation.set_body(Body::Bytes { content_type, content });
        self
    }

    /// Sends it; the answer is an envelope.
    pub(crate) fn send<T: Slot + Default>(self) -> Sending<T> {
        Sending::new(self, Raw::envelope)
    }

    /// Sends it; the answer has no envelope.
    pub(crate) fn send_whole<T: Slot + Default>(self) -> Sending<T> {
        Sending::new(self, Raw::whole)
    }

    /// Sends it; the answer is bytes.
    pub(crate) fn send_bytes(self) -> Sending<Bytes> {
        Sending::new(self, Raw::bytes)
    }

    /// Sends it once per page.
    pub(crate) fn pages<T: Slot + Default>(self) -> Pages<T> {
        Pages::new(self)
    }

    /// Sends it once per page, for the items of all.
    pub(crate) fn items<T>(self) -> Items<T>
    where
        Vec<T>: Slot,
    {
        Items::new(self)
    }

    /// Opens the stream that it asks for.
    pub(crate) fn connect<T: Slot + Default + 'static>(self) -> Connecting<T> {
        Connecting::new(self)
    }
}

fn texts(values: impl IntoIterator<Item = impl Display>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// Values joined by commas, for places that take one text.
#[allow(dead_code, reason = "whether it is used depends on the description")]
pub(crate) fn joined(values: impl IntoIterator<Item = impl Display>) -> String {
    texts(values).join(",")
}

/// What all requests have in common: settings of one call that the operation itself does not know.
///
/// It is implemented by the requests of this crate, and may get more methods.
///
/// ```
/// use std::time::Duration;
/// use paragon_twitter::{Paragon, Request as _};
///
/// let paragon = Paragon::builder("project-id").user_token("a.b.c").build()?;
/// let twitter = paragon.user("user-42").twitter();
/// let request = twitter.posts().create().text("Hello").timeout(Duration::from_secs(5)).extra_field("beta", true);
/// # drop(request);
/// # Ok::<(), paragon_twitter::Error>(())
/// ```
pub trait Request: Sized {
    /// The call behind the request: what it sends.
    fn call(&self) -> &Call;

    /// The same, to be changed.
    fn call_mut(&mut self) -> &mut Call;

    /// How long the whole call may take, all its attempts and the pauses between them, in place of the client's timeout.
    #[must_use]
    fn timeout(mut self, timeout: Duration) -> Self {
        self.call_mut().operation.set_timeout(timeout);
        self
    }

    /// How often this call may be made when it fails, in place of the client's rule. [`Retry`] says which failures count.
    #[must_use]
    fn retry(mut self, retry: Retry) -> Self {
        self.call_mut().operation.set_retry(retry);
        self
    }

    /// Says that making this call twice does no more than making it once, so that it may be made again when no answer came, or that it does
    /// more. Otherwise that goes by the method.
    ///
    /// ```
    /// # let paragon = paragon_twitter::Paragon::builder("project-id").user_token("a.b.c").build()?;
    /// # let twitter = paragon.user("user-42").twitter();
    /// use paragon_twitter::Request as _;
    ///
    /// // X refuses the same text a second time.
    /// let request = twitter.posts().create().text("Hello").idempotent(true);
    /// # drop(request);
    /// # Ok::<(), paragon_twitter::Error>(())
    /// ```
    #[must_use]
    fn idempotent(mut self, idempotent: bool) -> Self {
        self.call_mut().operation.set_idempotent(idempotent);
        self
    }

    /// The rate limits that X last reported for this operation to this user, or to the app where it is called as that. What was not reported yet, or
    /// only of a window that has ended, is `None`. Nothing is sent, and no call is held back by what is found.
    ///
    /// ```
    /// # let paragon = paragon_twitter::Paragon::builder("project-id").user_token("a.b.c").build()?;
    /// # let twitter = paragon.user("user-42").twitter();
    /// use paragon_twitter::Request as _;
    ///
    /// let request = twitter.users().me();
    /// if let Some(limit) = request.rate_limits().exhausted() {
    ///     println!("not before {}", limit.reset);
    /// }
    /// # Ok::<(), paragon_twitter::Error>(())
    /// ```
    #[must_use]
    fn rate_limits(&self) -> RateLimits {
        let call = self.call();
        call.twitter.user().rate_limits(&call.operation)
    }

    /// Chooses one of the user's connected accounts for this call, by Paragon's credential id.
    #[must_use]
    fn credential(mut self, credential_id: impl Display) -> Self {
        self.call_mut().operation.set_credential(credential_id);
        self
    }

    /// Sends a query parameter that the operation has no setter for.
    #[must_use]
    fn extra_query(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.call_mut().operation.set_query(name.into(), QueryValue::One(value.to_string()));
        self
    }

    /// Sends a field of the body that the operation has no setter for.
    #[must_use]
    fn extra_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let call = self.call_mut();
        let done = call.operation.set_body_field(name.into(), BodyField::Json(value.into()));
        call.note(done);
        self
    }

    /// Sends a header. One that cannot be sent is reported when the call is.
    #[must_use]
    fn extra_header(mut self, name: &str, value: &str) -> Self {
        let call = self.call_mut();
        let done = call.operation.set_header(name, value);
        call.note(done);
        self
    }

    /// Speaks to X in one of its two spellings, in place of the client's.
    #[must_use]
    fn dialect(mut self, dialect: Dialect) -> Self {
        self.call_mut().dialect = Some(dialect);
        self
    }
}

/// A call that is on its way: a future of its answer. Nothing is sent before it is awaited.
#[must_use = "nothing is sent until it is awaited"]
pub struct Sending<T> {
    raw: Pin<Box<dyn Future<Output = Result<Raw>> + Send>>,
    read: fn(Raw) -> Result<Reply<T>>,
}

impl<T> Sending<T> {
    pub(crate) fn new(call: Call, read: fn(Raw) -> Result<Reply<T>>) -> Self {
        Self { raw: Box::pin(exchange(call)), read }
    }
}

/// Sends a call and reads its whole answer. Not generic, so that it is compiled once.
pub(crate) async fn exchange(call: Call) -> Result<Raw> {
    let (twitter, operation) = call.finish()?;
    let (answer, body) = twitter.user().exchange(&operation).await?;
    let Answer { status, headers, call, secret, .. } = answer;
    Ok(Raw { status, headers, body, call, secret })
}

impl<T> Future for Sending<T> {
    type Output = Result<Reply<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let read = self.read;
        self.raw.as_mut().poll(context).map(|raw| read(raw?))
    }
}

impl<T> std::fmt::Debug for Sending<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}
