//! Requests to any path.

use std::borrow::Cow;
use std::fmt::Display;

use http::Method;
use serde_json::Value;

use crate::call::builder::{RequestBuilder, options};
use crate::call::future::{Read, RequestFuture};
use crate::call::reply::{self, Reply};
use crate::engine::Caller;
use crate::wire::error::Result;
use crate::wire::operation::{Auth, Dialect, Operation, is_idempotent};
use crate::wire::rate_limit::RateLimits;
use crate::wire::request::{QueryValue, RequestBody, RequestData};

/// A request to any path, made by [`Twitter::request`](crate::Twitter::request) or [`Integration::request`](crate::Integration::request).
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is awaited"]
pub struct UntypedRequest(RequestBuilder);

impl UntypedRequest {
    pub(crate) fn new(caller: Caller, integration: Option<Cow<'static, str>>, auth: Auth, method: Method, path: &str) -> Self {
        let operation = Operation {
            name: Cow::Borrowed("request"),
            idempotent: is_idempotent(&method),
            method,
            path: Cow::Owned(format!("/{}", path.strip_prefix('/').unwrap_or(path))),
            auth,
            page_parameter: None,
            streaming: false,
            enveloped: false,
            dialect: Dialect::Post,
            integration,
        };
        Self::of(caller, RequestData::new(operation))
    }

    pub(crate) fn of(caller: Caller, mut data: RequestData) -> Self {
        // The reply is the whole JSON, which a stream would not come to.
        if data.operation().enveloped || data.operation().streaming {
            let operation = data.operation_mut();
            (operation.enveloped, operation.streaming) = (false, false);
        }
        Self(RequestBuilder::of(caller, data))
    }

    pub(crate) fn rate_limits_of_either(&self) -> RateLimits {
        self.0.rate_limits_of_either()
    }

    /// Sends a JSON body.
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.0.data_mut().set_body(RequestBody::Json(body.into()));
        self
    }

    /// Sends a query parameter.
    pub fn query(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.0.data_mut().set_query(name.into(), QueryValue::One(value.to_string()));
        self
    }

    /// Sends the request, for a reply with status and headers. `data` is the whole JSON.
    pub fn send(self) -> RequestFuture<Result<Reply<Value>>> {
        RequestFuture::reply(self.0)
    }
}

options!([] UntypedRequest, 0, with_app_only);

impl IntoFuture for UntypedRequest {
    type Output = Result<Value>;
    type IntoFuture = RequestFuture<Result<Value>>;

    fn into_future(self) -> Self::IntoFuture {
        RequestFuture::new(self.0, Read::Whole(|response| Ok(reply::read::<Value>(response)?.data)))
    }
}
