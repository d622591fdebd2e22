//! Properties that a struct has no field for.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::json::decoder::Decoder;
use crate::json::error::DecodeError;
#[cfg(test)]
use crate::json::samples::Samples;
use crate::json::table::{Parts, Slot, View};

/// Properties of an object beyond the fields of its struct: those that X's description does not have, and values of a type it does not expect.
///
/// In JSON they stand beside the fields.
///
/// ```
/// use paragon_twitter::{json, types::User};
///
/// let user: User = json::from_slice(br#"{"id": "12", "mood": "curious"}"#)?;
/// assert_eq!(user.extra.get("mood").unwrap(), "curious");
/// # Ok::<(), json::DecodeError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extra(Option<Box<Map<String, Value>>>);

impl Extra {
    /// Returns the value of a property.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Returns all properties, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|map| map.iter().map(|(name, value)| (name.as_str(), value)))
    }

    /// Returns whether there are none, as is usual.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Parts for Extra {
    fn each(&self, see: &mut dyn FnMut(&str, View<'_>)) {
        self.iter().for_each(|(name, value)| see(name, View::Json(value)));
    }
}

impl Slot for Extra {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, DecodeError> {
        decoder.skip()?;
        Ok(false)
    }

    fn keep(&mut self, name: &str, value: Value) {
        self.0.get_or_insert_default().insert(name.to_owned(), value);
    }

    fn view(&self) -> View<'_> {
        View::Map(self)
    }

    #[cfg(test)]
    fn fill(&mut self, samples: &mut Samples) {
        self.keep("no such property", samples.value());
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::deserialize(deserializer)?;
        Ok(Self((!map.is_empty()).then(|| Box::new(map))))
    }
}
