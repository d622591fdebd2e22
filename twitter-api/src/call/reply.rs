//! Replies, and reading them.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::engine::response::Response;
use crate::json::{self, DecodeError, Decoder, Field, Object, Slot, is_empty_object};
use crate::types::{Includes, Meta};
use crate::value::problem::Problem;
use crate::wire::error::{Error, Result, problems};
use crate::wire::rate_limit::RateLimit;

/// The reply to a request: its data, and everything that came with them.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The data. Parts that the reply did not have are empty.
    pub data: T,
    /// The objects that `expansions` asked for.
    pub includes: Includes,
    /// The problems with parts of the request, when the rest succeeded. A request that failed as a whole is an error.
    pub errors: Vec<Problem>,
    /// Facts about the reply, such as the token of the next page, and all that stood beside `data`.
    pub meta: Meta,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers as they came.
    pub headers: HeaderMap,
    has_data: bool,
}

impl<T> Reply<T> {
    /// Returns the rate limit of the operation, if the response reports it.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::from_headers(&self.headers)
    }

    /// Returns a reply of status 200 with this data, for tests.
    pub fn new(data: T) -> Self {
        Reply { has_data: true, ..Reply::<()>::default() }.map(|()| data)
    }

    /// Returns whether the reply had data at all: without any (nothing, `null` or `{}`) the data here is empty.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.has_data
    }

    /// Returns the same reply with other data.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        let Self { data, includes, errors, meta, status, headers, has_data } = self;
        Reply { data: change(data), includes, errors, meta, status, headers, has_data }
    }
}

/// Reads a whole response, in X's envelope or without it, as its operation has it.
pub(crate) fn read<T: Slot + Default>(response: Response<Bytes>) -> Result<Reply<T>> {
    let mut envelope = Envelope::<T>::empty();
    // An empty body is a legal success.
    if !response.body.trim_ascii().is_empty() {
        let mut read = || -> std::result::Result<(), DecodeError> {
            let mut decoder = Decoder::new(&response.body);
            if !response.operation.enveloped {
                envelope.data.value.read(&mut decoder)?;
                envelope.data.present = true;
            } else if !envelope.read(&mut decoder)? {
                return Err(DecodeError::new("the answer is not an object", 0));
            }
            decoder.finish()
        };
        if let Err(error) = read() {
            return Err(response.unreadable(error, response.body.clone()));
        }
        if !envelope.data.present {
            // A body that has only problems, in any of X's forms.
            let problems = problems(&serde_json::from_slice(&response.body).unwrap_or_default());
            if !problems.is_empty() {
                let body = response.secret.redact(response.body.clone());
                return Err(response.error(Error::from_problems(problems, response.status, &response.headers, body)));
            }
        }
    }
    let Envelope { data, includes, errors, meta, .. } = envelope;
    let Response { status, headers, .. } = response;
    Ok(Reply { data: data.value, includes, errors, meta, status, headers, has_data: data.present })
}

/// Takes the body as it is.
pub(crate) fn bytes(response: Response<Bytes>) -> Result<Reply<Bytes>> {
    let Response { status, headers, body, .. } = response;
    Ok(Reply { has_data: !body.is_empty(), data: body, status, headers, ..Reply::default() })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meta(json: &str) -> Meta {
        let mut envelope = Envelope::<Value>::empty();
        envelope.read(&mut Decoder::new(json.as_bytes())).expect("JSON");
        envelope.meta
    }

    #[test]
    fn what_stands_beside_data_goes_into_the_meta() {
        let meta = meta(r#"{"data":[],"next_token":"b","new":[1]}"#);
        assert_eq!((meta.next_token.as_deref(), meta.extra.get("new")), (Some("b"), Some(&json!([1]))));
    }

    #[test]
    fn what_stands_beside_data_takes_nothing_from_the_meta() {
        for json in [
            r#"{"next_token":"b","new":2,"meta":{"next_token":"a","new":1}}"#,
            r#"{"meta":{"next_token":"a","new":1},"next_token":"b","new":2}"#,
        ] {
            let meta = meta(json);
            assert_eq!(meta.next_token.as_deref(), Some("a"), "{json}");
            assert_eq!((meta.extra.get("next_token"), meta.extra.get("new")), (Some(&json!("b")), Some(&json!(1))), "{json}");
        }
        assert!(meta(r#"{"next_token":"a","meta":{"next_token":"a"}}"#).extra.is_empty());
    }
}
