//! What a call answers.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::engine::redact;
use crate::engine::token::Secret;
use crate::json::read::{self as decode, Decode, DecodeError, Decoder, Fault, Field, Object, Slot, is_empty_object};
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

    /// An answer of status 200 with this data, for a caller's tests.
    pub fn new(data: T) -> Self
    where
        T: Default,
    {
        Self { data, has_data: true, ..Self::default() }
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
                return Err(DecodeError::unexpected("the answer is not an object"));
            }
            Ok(decoder.finish()?)
        };
        if let Err(error) = read() {
            return Err(Error::decode(error, status, &headers, redact(body, &secret)).in_call(&call));
        }
        let Envelope { data, includes, errors, meta } = envelope;
        if !data.present {
            // A body that only says what went wrong, in whichever of X's forms.
            let problems = error::problems(&serde_json::from_slice(&body).unwrap_or_default());
            if !problems.is_empty() {
                return Err(Error::from_problems(problems, status, &headers, redact(body, &secret)).in_call(&call));
            }
        }
        Ok(Reply { data: data.value, includes, errors, meta: meta.0, status, headers, has_data: data.present })
    }

    /// Reads a value that comes without an envelope.
    pub(crate) fn whole<T: Slot + Default>(self) -> Result<Reply<T>> {
        let Self { status, headers, body, call, secret } = self;
        if body.trim_ascii().is_empty() {
            return Ok(Reply { status, headers, ..Reply::default() });
        }
        match decode::from_slice(&body) {
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
    meta: Beside,
}

/// The meta, and what stands beside the data: neither takes away what the other brought.
#[derive(Default)]
struct Beside(Meta);

impl Slot for Beside {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> std::result::Result<bool, Fault> {
        decode::read_into(&mut self.0, decoder)
    }

    fn keep(&mut self, name: &str, value: Value) {
        Decode::keep(&mut self.0, name, value);
    }
}

impl<T: Slot> Object for Envelope<T> {
    fn fields(&self) -> &'static [Field] {
        &[Field("data", ""), Field("includes", ""), Field("errors", ""), Field("meta", "")]
    }

    fn slot(&mut self, index: usize) -> &mut dyn Slot {
        match index {
            0 => &mut self.data,
            1 => &mut self.includes,
            2 => &mut self.errors,
            // What stands beside `data` is taken into the meta.
            _ => &mut self.meta,
        }
    }
}

/// Data, and whether there was any: `null` and `{}` are none.
#[derive(Default)]
struct Data<T> {
    value: T,
    present: bool,
}

impl<T: Slot> Slot for Data<T> {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> std::result::Result<bool, Fault> {
        let start = decoder.start()?;
        let fits = self.value.read(decoder)?;
        let text = decoder.since(start);
        self.present = fits && text != b"null" && !is_empty_object(text);
        Ok(fits)
    }
}

impl Decode for () {
    fn decode(decoder: &mut Decoder<'_>) -> std::result::Result<Option<Self>, Fault> {
        decoder.skip()?;
        Ok(Some(()))
    }
}
