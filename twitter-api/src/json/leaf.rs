//! Values without parts.

use std::borrow::Cow;

use base64::Engine as _;
use bytes::Bytes;
use jiff::Timestamp;
use jiter::Peek;
use serde_json::{Number, Value};

use crate::json::decoder::Decoder;
use crate::json::error::DecodeError;
#[cfg(test)]
use crate::json::samples::Samples;
use crate::json::table::{Json, View};

impl Json for String {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        Ok(decoder.string()?.map(Cow::into_owned))
    }

    fn encode(&self) -> View<'_> {
        View::Text(Cow::Borrowed(self))
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.text()
    }
}

impl Json for i64 {
    /// A number, or a string that holds one. A fraction does not fit, unless it is zero.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64);
        Ok(decoder.string()?.and_then(|text| text.parse().ok().or_else(|| whole(text.parse().ok()?))))
    }

    fn encode(&self) -> View<'_> {
        View::Number((*self).into())
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.next() as i64
    }
}

impl Json for f64 {
    /// A number, or a string that holds one.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        Ok(decoder.string()?.and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite()))
    }

    fn encode(&self) -> View<'_> {
        Number::from_f64(*self).map_or(View::Absent, View::Number)
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.float()
    }
}

impl Json for bool {
    /// `true` or `false`, also as a string.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        let peek = decoder.peek()?;
        if matches!(peek, Peek::True | Peek::False) {
            return decoder.boolean(peek).map(Some);
        }
        Ok(decoder.string()?.and_then(|text| text.parse().ok()))
    }

    fn encode(&self) -> View<'_> {
        View::Boolean(*self)
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.below(2) == 0
    }
}

impl Json for Timestamp {
    /// RFC 3339, with or without a fraction, in any offset.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        Ok(decoder.string()?.and_then(|text| text.parse().ok()))
    }

    fn encode(&self) -> View<'_> {
        View::Text(Cow::Owned(self.to_string()))
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.time()
    }
}

impl Json for Bytes {
    /// Base64, as JSON carries bytes.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        let engine = base64::engine::general_purpose::STANDARD;
        Ok(decoder.string()?.and_then(|text| engine.decode(text.as_bytes()).ok()).map(Bytes::from))
    }

    fn encode(&self) -> View<'_> {
        View::Text(Cow::Owned(base64::engine::general_purpose::STANDARD.encode(self)))
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.text().into()
    }
}

impl Json for Value {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        let raw = decoder.raw()?;
        Ok(serde_json::from_slice(raw).ok().filter(|value: &Value| !value.is_null()))
    }

    fn encode(&self) -> View<'_> {
        View::Json(self)
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.value()
    }
}

impl Json for Number {
    /// A number, or a string that holds one.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        Ok(decoder.string()?.and_then(|text| text.parse().ok()))
    }

    fn encode(&self) -> View<'_> {
        View::Number(self.clone())
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        samples.next().into()
    }
}

impl Json for () {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        decoder.skip()?;
        Ok(Some(()))
    }
}
