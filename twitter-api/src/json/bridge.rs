//! The bridge to serde, for every type that has a table.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize as _, Serialize as _, Serializer};
use serde_json::Value;

use crate::json::decoder::Decoder;
use crate::json::table::Json;

/// Writes a value.
pub(crate) fn serialize<S: Serializer>(value: &impl Json, serializer: S) -> Result<S::Ok, S::Error> {
    value.encode().serialize(serializer)
}

/// Reads a value with the tolerance of answers, from any self-describing format.
pub(crate) fn deserialize<'de, T: Json, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn read<T: Json>(value: &Value) -> Result<T, String> {
    match T::decode(&mut Decoder::new(value.to_string().as_bytes())) {
        Ok(Some(read)) => Ok(read),
        Ok(None) => {
            let found = match value {
                Value::Null => "null",
                Value::Bool(_) => "a boolean",
                Value::Number(_) => "a number",
                Value::String(_) => "a string",
                Value::Array(_) => "a list",
                Value::Object(_) => "an object",
            };
            let wanted = std::any::type_name::<T>();
            Err(format!("expected a value of `{}`, found {found}", wanted.rsplit("::").next().unwrap_or(wanted)))
        }
        Err(error) => Err(error.without_offset()),
    }
}

/// Makes types with tables `Serialize` and `Deserialize`.
macro_rules! models {
    ($($name:ident),* $(,)?) => {
        $(
            impl ::serde::Serialize for $name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    $crate::json::serialize(self, serializer)
                }
            }

            impl<'de> ::serde::Deserialize<'de> for $name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    $crate::json::deserialize(deserializer)
                }
            }
        )*

        /// Shows a test every type.
        #[cfg(test)]
        pub(crate) fn each_model(visit: &mut impl $crate::json::samples::Visit) {
            $(visit.model::<$name>(stringify!($name));)*
        }
    };
}

pub(crate) use models;
