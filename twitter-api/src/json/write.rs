//! Encoding of request bodies, by the same kind of table as decoding.

use std::collections::BTreeMap;

use base64::Engine as _;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::json::read::Field;

/// A value of a request body.
pub trait Encode {
    /// The value as JSON; `None` when it is not to be sent.
    fn encode(&self) -> Option<Value>;
}

/// A struct of a request body, as the encoder sees it.
pub trait Record {
    /// The fields, in the order of [`field`](Self::field).
    fn fields(&self) -> &'static [Field];

    /// The field at a position of [`fields`](Self::fields).
    fn field(&self, index: usize) -> Option<&dyn Encode>;
}

impl<T: Record> Encode for T {
    fn encode(&self) -> Option<Value> {
        let named = self.fields().iter().enumerate();
        let pairs = named.filter_map(|(index, field)| Some((field.0.to_owned(), self.field(index)?.encode()?)));
        Some(Value::Object(pairs.collect::<Map<_, _>>()))
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self) -> Option<Value> {
        self.as_ref()?.encode()
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(Encode::encode).collect()))
    }
}

impl<T: Encode> Encode for BTreeMap<String, T> {
    fn encode(&self) -> Option<Value> {
        Some(Value::Object(self.iter().filter_map(|(name, value)| Some((name.clone(), value.encode()?))).collect()))
    }
}

impl<T: Record + ?Sized> Record for Box<T> {
    fn fields(&self) -> &'static [Field] {
        (**self).fields()
    }

    fn field(&self, index: usize) -> Option<&dyn Encode> {
        (**self).field(index)
    }
}

impl Encode for String {
    fn encode(&self) -> Option<Value> {
        Some(Value::from(self.as_str()))
    }
}

impl Encode for i64 {
    fn encode(&self) -> Option<Value> {
        Some(Value::from(*self))
    }
}

impl Encode for f64 {
    fn encode(&self) -> Option<Value> {
        Some(Value::from(*self))
    }
}

impl Encode for bool {
    fn encode(&self) -> Option<Value> {
        Some(Value::from(*self))
    }
}

impl Encode for Timestamp {
    fn encode(&self) -> Option<Value> {
        Some(Value::from(self.to_string()))
    }
}

impl Encode for Bytes {
    /// Base64, as JSON carries bytes.
    fn encode(&self) -> Option<Value> {
        Some(Value::from(base64::engine::general_purpose::STANDARD.encode(self)))
    }
}

impl Encode for Value {
    fn encode(&self) -> Option<Value> {
        Some(self.clone())
    }
}
