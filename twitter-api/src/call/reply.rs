//! What a call answers.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::engine::redact;
use crate::engine::token::Secret;
use crate::json::{self, DecodeError, Decoder, Field, Object, Slot, is_empty_object};
use crate::types::{Includes, Meta};
use crate::value::problem::Problem;
use crate::wire::error::{self, Error, Result};
use crate::wire::operation::Called;
use crate::wire::rate_limit::RateLimit;

/// An answer: the data that was asked for, and what came with it.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The data. What the answer did not have is empty.
    pub data: T,
    /// What `expansions` asked for.
    pub includes: Includes,
    /// What went wrong with parts of the call, when the rest succeeded. A call that only went wrong is an error.
    pub errors: Vec<Problem>,
    /// What the answer says of itself, such as the token of the next page; and what stood beside `data`.
    pub meta: Meta,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers as they came.
    pub headers: HeaderMap,
    has_data: bool,
}

impl<T> Reply<T> {
    /// What is left of the rate limit of this call, if the answer says so.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::from_headers(&self.headers)
    }

    /// Returns a reply of status 200 with this data, for tests.
    pub fn new(data: T) -> Self {
        Reply { has_data: true, ..Reply::<()>::default() }.map(|()| data)
    }

    /// Whether the answer had data at all: without any (nothing, `null` or `{}`) the data here is empty.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.has_data
    }

    /// The same answer with other data.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        let Self { data, includes, errors, meta, status, headers, has_data } = self;
        Reply { data: change(data), includes, errors, meta, status, headers, has_data }
    }
}

/// An answer as it came in, whole.
#[derive(Debug)]
pub struct Raw {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What was called, for errors.
    pub(crate) call: Called,
    /// What must not get into errors.
    pub(crate) secret: Secret,
}

impl Raw {
    /// Reads X's envelope.
    pub(crate) fn envelope<T: Slot + Default>(self) -> Result<Reply<T>> {
        let Self { status, headers, body, call, secret } = self;
        // An empty body is a legal success.
        if body.trim_ascii().is_empty() {
            return Ok(Reply { status, headers, ..Reply::default() });
        }
        let mut envelope = Envelope::<T>::default();
        let mut read = || -> std::result::Result<(), DecodeError> {
            let mut decoder = Decoder::new(&body);
            if !envelope.read(&mut decoder)? {
                return Err(DecodeError::new("the answer is not an object", 0));
            }
            decoder.finish()
        };
        if let Err(error) = read() {
            return Err(Error::decode(error, status, &headers, redact(body, &secret)).in_call(&call));
        }
        let Envelope { data, includes, errors, meta, .. } = envelope;
        if !data.present {
            // A body that only says what went wrong, in whichever of X's forms.
            let problems = error::problems(&serde_json::from_slice(&body).unwrap_or_default());
            if !problems.is_empty() {
                return Err(Error::from_problems(problems, status, &headers, redact(body, &secret)).in_call(&call));
            }
        }
        Ok(Reply { data: data.value, includes, errors, meta, status, headers, has_data: data.present })
    }

    /// Reads a value that comes without an envelope.
    pub(crate) fn whole<T: Slot + Default>(self) -> Result<Reply<T>> {
        let Self { status, headers, body, call, secret } = self;
        if body.trim_ascii().is_empty() {
            return Ok(Reply { status, headers, ..Reply::default() });
        }
        match json::from_slice(&body) {
            Ok(data) => Ok(Reply { data, status, headers, has_data: true, ..Reply::default() }),
            Err(error) => Err(Error::decode(error, status, &headers, redact(body, &secret)).in_call(&call)),
        }
    }

    /// Takes the body as it is.
    pub(crate) fn bytes(self) -> Result<Reply<Bytes>> {
        let Self { status, headers, body, .. } = self;
        Ok(Reply { has_data: !body.is_empty(), data: body, status, headers, ..Reply::default() })
    }
}

#[derive(Default)]
struct Envelope<T> {
    data: Data<T>,
    includes: Includes,
    errors: Vec<Problem>,
    meta: Meta,
    beside: Beside,
}

impl<T: Slot + Default> Object for Envelope<T> {
    fn empty() -> Self {
        Self { data: Data::default(), includes: Includes::default(), errors: Vec::new(), meta: Meta::default(), beside: Beside::default() }
    }

    fn fields(&self) -> &'static [Field] {
        &[Field("data", ""), Field("includes", ""), Field("errors", ""), Field("meta", "")]
    }

    fn slots(&mut self, change: &mut dyn FnMut(&mut [&mut dyn Slot])) {
        let Self { data, includes, errors, meta, beside } = self;
        change(&mut [data, includes, errors, meta, beside]);
    }

    fn settle(&mut self) {
        for (name, value) in std::mem::take(&mut self.beside.0) {
            json::put(&mut self.meta, &name, value);
        }
    }
}

/// Properties beside `data`, which go into the meta.
#[derive(Default)]
struct Beside(Vec<(String, Value)>);

impl Slot for Beside {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> std::result::Result<bool, DecodeError> {
        decoder.skip()?;
        Ok(false)
    }

    fn keep(&mut self, name: &str, value: Value) {
        self.0.push((name.to_owned(), value));
    }
}

/// Data, and whether there was any: `null` and `{}` are none.
#[derive(Default)]
struct Data<T> {
    value: T,
    present: bool,
}

impl<T: Slot> Slot for Data<T> {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> std::result::Result<bool, DecodeError> {
        let start = decoder.start()?;
        let fits = self.value.read(decoder)?;
        let text = decoder.since(start);
        self.present = fits && text != b"null" && !is_empty_object(text);
        Ok(fits)
    }
}
