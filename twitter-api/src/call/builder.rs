//! Requests in the making, and the settings that all have in common.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::engine::response::{self, Response};
use crate::engine::retry::Retry;
use crate::engine::{Caller, Options};
use crate::json::{self, Json};
use crate::wire::error::{Error, Result};
use crate::wire::operation::{Dialect, Operation};
use crate::wire::rate_limit::RateLimits;
use crate::wire::request::{BodyField, QueryValue, RequestBody, RequestData};

/// A request in the making: who sends it, its data and its options. Generated, declared and untyped requests are made of it alike.
#[derive(Debug, Clone)]
pub struct RequestBuilder {
    caller: Caller,
    data: RequestData,
    options: Options,
}

impl RequestBuilder {
    pub(crate) fn of(caller: Caller, data: RequestData) -> Self {
        Self { caller, data, options: Options::default() }
    }

    pub(crate) fn data(&self) -> &RequestData {
        &self.data
    }

    pub(crate) fn data_mut(&mut self) -> &mut RequestData {
        &mut self.data
    }

    pub(crate) fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    pub(crate) fn rate_limits(&self) -> RateLimits {
        self.caller.rate_limits(&self.data, &self.options)
    }

    pub(crate) fn rate_limits_of_either(&self) -> RateLimits {
        self.caller.rate_limits_of_either(&self.data)
    }

    /// Remembers why a value was refused, if it was.
    pub(crate) fn note(&mut self, set: std::result::Result<(), String>) {
        self.data.note(set);
    }

    /// Takes the request and leaves one with nothing filled in.
    pub(crate) fn take(&mut self) -> Self {
        let empty = Self::of(self.caller.clone(), RequestData::new(self.data.shared_operation()));
        std::mem::replace(self, empty)
    }

    /// The request as it goes out, in the dialect that was chosen.
    fn finish(self) -> Result<(Caller, RequestData, Options)> {
        let Self { caller, mut data, options } = self;
        if let Some(complaint) = data.refused() {
            return Err(Error::request(complaint));
        }
        let dialect = options.dialect.or(caller.dialect).unwrap_or(data.operation().dialect);
        if dialect == Dialect::Tweet {
            data.speak_old();
        }
        Ok((caller, data, options))
    }

    /// Sends the request and waits for its whole response. Not generic, so that it is compiled once.
    pub(crate) async fn exchange(self) -> Result<Response<Bytes>> {
        let (caller, data, options) = self.finish()?;
        caller.exchange(&data, &options).await
    }

    /// Sends the request and waits until its response begins.
    pub(crate) async fn open(self) -> Result<Response<response::ResponseBody>> {
        let (caller, data, options) = self.finish()?;
        caller.open(&data, &options).await
    }
}

/// The methods that generated code fills a request in with.
#[allow(dead_code, reason = "the description and the features decide which of them are used")]
impl RequestBuilder {
    pub(crate) fn new(caller: &Caller, operation: &'static Operation) -> Self {
        Self::of(caller.clone(), RequestData::new(operation))
    }

    pub(crate) fn path(mut self, name: &'static str, value: impl Display) -> Self {
        let set = self.data.set_path(name, &value.to_string());
        self.note(set);
        self
    }

    /// Fills a path parameter in, when the request is sent, with the id of the account that the call is made as.
    pub(crate) fn own_id(mut self, name: &'static str) -> Self {
        self.data.use_own_id(name);
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Display) -> Self {
        self.data.set_query(name, QueryValue::One(value.to_string()));
        self
    }

    pub(crate) fn list(mut self, name: &'static str, values: impl IntoIterator<Item = impl Display>) -> Self {
        self.data.set_query(name, QueryValue::List(texts(values)));
        self
    }

    pub(crate) fn repeated(mut self, name: &'static str, values: impl IntoIterator<Item = impl Display>) -> Self {
        self.data.set_query(name, QueryValue::Repeated(texts(values)));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Display) -> Self {
        let set = self.data.set_header(name, &value.to_string());
        self.note(set);
        self
    }

    pub(crate) fn cookie(mut self, name: &'static str, value: impl Display) -> Self {
        let set = self.data.add_cookie(name, &value.to_string());
        self.note(set);
        self
    }

    /// Sends an object, also when no field is set.
    pub(crate) fn with_fields(mut self) -> Self {
        self.data.set_body(RequestBody::Fields(Vec::new()));
        self
    }

    pub(crate) fn with_multipart(mut self) -> Self {
        self.data.use_multipart();
        self
    }

    pub(crate) fn field(mut self, name: &'static str, value: impl Json) -> Self {
        if let Some(value) = json::to_value(value.encode()) {
            let set = self.data.set_field(name, BodyField::Json(value));
            self.note(set);
        }
        self
    }

    pub(crate) fn binary(mut self, name: &'static str, value: Bytes) -> Self {
        let set = self.data.set_field(name, BodyField::Binary(value));
        self.note(set);
        self
    }

    pub(crate) fn json(mut self, value: impl Json) -> Self {
        self.data.set_body(RequestBody::Json(json::to_value(value.encode()).unwrap_or_default()));
        self
    }

    pub(crate) fn content(mut self, content_type: &'static str, content: Bytes) -> Self {
        self.data.set_body(RequestBody::Bytes { content_type, content });
        self
    }
}

fn texts(values: impl IntoIterator<Item = impl Display>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// Values joined by commas, for places that take one text.
#[allow(dead_code, reason = "the description decides whether it is used")]
pub(crate) fn joined(values: impl IntoIterator<Item = impl Display>) -> String {
    texts(values).join(",")
}

/// The options of a request, as the methods of every request call them.
impl RequestBuilder {
    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.options.timeout = Some(timeout);
    }

    pub(crate) fn set_retry(&mut self, retry: Retry) {
        self.options.retry = Some(retry);
    }

    pub(crate) fn set_credential(&mut self, credential_id: &dyn Display) {
        self.options.credential = Some(credential_id.to_string());
    }

    pub(crate) fn add_header(&mut self, name: &str, value: &str) {
        let set = self.data.set_header(name, value);
        self.note(set);
    }

    pub(crate) fn add_query(&mut self, name: String, value: &dyn Display) {
        self.data.set_query(name, QueryValue::One(value.to_string()));
    }

    pub(crate) fn add_field(&mut self, name: String, value: Value) {
        let set = self.data.set_field(name, BodyField::Json(value));
        self.note(set);
    }
}

/// Gives a request its options. All begin with `with_`, which no setter does, so that neither can hide the other.
///
/// They are inherent methods, and no trait's, so that completion finds them.
macro_rules! options {
    ([$($generics:tt)*] $request:ty, $builder:tt $(, $app_only:ident)?) => {
        impl<$($generics)*> $request {
            /// Limits the time of the whole call, with all its attempts and the pauses between them, in place of the client's
            /// [timeout](crate::ParagonBuilder::timeout).
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.$builder.set_timeout(timeout);
                self
            }

            /// Sets how often this call may be attempted, in place of the client's [rule](crate::Retry).
            pub fn with_retry(mut self, retry: crate::engine::retry::Retry) -> Self {
                self.$builder.set_retry(retry);
                self
            }

            /// Sets whether two such calls do no more than one, so that a call that got no answer may be repeated. By default the method decides.
            pub fn with_idempotent(mut self, idempotent: bool) -> Self {
                self.$builder.options_mut().idempotent = Some(idempotent);
                self
            }

            /// Chooses one of the user's connected accounts for this call, by Paragon's credential id.
            pub fn with_credential(mut self, credential_id: impl ::std::fmt::Display) -> Self {
                self.$builder.set_credential(&credential_id);
                self
            }

            /// Sends a header. A name or value that cannot be sent is reported when the request is.
            pub fn with_header(mut self, name: &str, value: &str) -> Self {
                self.$builder.add_header(name, value);
                self
            }

            /// Sends a query parameter that the request has no setter for.
            pub fn with_query(mut self, name: impl Into<::std::string::String>, value: impl ::std::fmt::Display) -> Self {
                self.$builder.add_query(name.into(), &value);
                self
            }

            /// Sends a field of the body that the request has no setter for.
            pub fn with_field(mut self, name: impl Into<::std::string::String>, value: impl Into<::serde_json::Value>) -> Self {
                self.$builder.add_field(name.into(), value.into());
                self
            }

            /// Speaks to X in one of its two spellings, in place of the client's.
            pub fn with_dialect(mut self, dialect: crate::wire::operation::Dialect) -> Self {
                self.$builder.options_mut().dialect = Some(dialect);
                self
            }

            $(
                /// Sends the request to X directly, with the app-only token of [`ParagonBuilder::bearer_token`](crate::ParagonBuilder::bearer_token),
                /// although a connected user could make it as well.
                pub fn $app_only(mut self) -> Self {
                    self.$builder.options_mut().app_only = true;
                    self
                }
            )?

            /// Returns the data that will be sent: the operation, path, query, headers and body.
            #[must_use]
            pub fn request_data(&self) -> &crate::wire::request::RequestData {
                self.$builder.data()
            }

            /// Returns the rate limits that X last reported for this operation to this user, or to the app where it is called as that. A limit that was
            /// not reported yet, or whose window has ended, is `None`. Nothing is sent, and no call is held back by the limits found.
            #[must_use]
            pub fn rate_limits(&self) -> crate::wire::rate_limit::RateLimits {
                self.$builder.rate_limits()
            }
        }
    };
}

pub(crate) use options;
