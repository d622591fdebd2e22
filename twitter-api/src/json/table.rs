//! The view of a type that the reader and the writer share.
//!
//! A generated struct is an [`Object`]: a static list of names, and its fields in the same order, each behind `dyn`. The loops that read and
//! write objects exist once, so the rules of tolerance do too, and little is compiled per type.

use std::borrow::Cow;

use serde_json::{Number, Value};

use crate::json::decoder::Decoder;
use crate::json::error::DecodeError;
#[cfg(test)]
use crate::json::samples::Samples;

/// The names of a field: its name in writing, and its name in X's other dialect, or an empty text.
///
/// When an object has both, the first wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field(pub &'static str, pub &'static str);

/// A struct.
pub trait Object {
    /// Returns a struct in which no field is set.
    fn empty() -> Self
    where
        Self: Sized;

    /// Returns the names of the fields.
    fn fields(&self) -> &'static [Field];

    /// Shows all fields in the order of their names, and after them the struct's [`Extra`](crate::json::Extra).
    fn values(&self, _see: &mut dyn FnMut(&[&dyn Slot])) {}

    /// Gives all fields, and the extra, to be changed.
    fn slots(&mut self, change: &mut dyn FnMut(&mut [&mut dyn Slot]));

    /// Settles fields that depend on a sibling, when all are read.
    fn settle(&mut self) {}

    /// Returns the positions of the fields without which an object is not accepted.
    fn required(&self) -> &'static [usize] {
        &[]
    }
}

/// A field of a struct.
pub trait Slot {
    /// Reads the next value. `false` means that it was of a type that does not fit: it was passed over and the field is as it was.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or lacks a field that a request requires.
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, DecodeError>;

    /// Takes a property that the struct round this slot has no field for. Only the place for them does.
    fn keep(&mut self, _name: &str, _value: Value) {}

    /// Returns the value to write.
    fn view(&self) -> View<'_> {
        View::Absent
    }

    /// Sets the field, for tests of all types.
    #[cfg(test)]
    fn fill(&mut self, _samples: &mut Samples) {}
}

/// A value that is read and written by itself, such as an item of a list.
pub trait Json: Sized {
    /// Reads the next value; `None` when it is `null` or of a type that does not fit.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or lacks a field that a request requires.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError>;

    /// Returns the value to write. A type that is only read has none.
    fn encode(&self) -> View<'_> {
        View::Absent
    }

    /// Makes a value, for tests of all types.
    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        let json = samples.value().to_string();
        let read = Self::decode(&mut Decoder::new(json.as_bytes()));
        read.ok().flatten().unwrap_or_else(|| panic!("{json} is no {}", std::any::type_name::<Self>()))
    }
}

impl<T: Json> Slot for Option<T> {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, DecodeError> {
        let null = decoder.at_null()?;
        match T::decode(decoder)? {
            Some(value) => *self = Some(value),
            None => return Ok(null),
        }
        Ok(true)
    }

    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Absent, Json::encode)
    }

    #[cfg(test)]
    fn fill(&mut self, samples: &mut Samples) {
        *self = Some(T::sample(samples));
    }
}

impl<T: Json + Default> Slot for T {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, DecodeError> {
        let null = decoder.at_null()?;
        match T::decode(decoder)? {
            Some(value) => *self = value,
            None => return Ok(null),
        }
        Ok(true)
    }

    fn view(&self) -> View<'_> {
        // Absent and empty are the same where there is no `Option`.
        let view = Json::encode(self);
        if view.is_empty() { View::Absent } else { view }
    }

    #[cfg(test)]
    fn fill(&mut self, samples: &mut Samples) {
        *self = T::sample(samples);
    }
}

/// A value as the writer sees it.
pub enum View<'a> {
    /// Nothing to write.
    Absent,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(Cow<'a, str>),
    /// Any value.
    Json(&'a Value),
    /// Values without names.
    List(&'a dyn Parts),
    /// Values with names.
    Map(&'a dyn Parts),
    /// A struct.
    Object(&'a dyn Object),
}

impl<'a> View<'a> {
    /// Returns a text to write, or the number that it is.
    #[allow(dead_code, reason = "the features decide whether there are enums")]
    pub(crate) fn of_text(text: &'a str, is_number: bool) -> Self {
        let number = text.parse::<i64>().ok().filter(|number| is_number && number.to_string() == text);
        number.map_or(Self::Text(Cow::Borrowed(text)), |number| Self::Number(number.into()))
    }

    /// Returns whether it is a string, a list or a map with nothing in it.
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(parts) | Self::Map(parts) => {
                let mut empty = true;
                parts.each(&mut |_, _| empty = false);
                empty
            }
            Self::Absent | Self::Boolean(_) | Self::Number(_) | Self::Json(_) | Self::Object(_) => false,
        }
    }
}

/// The parts of a list or map.
pub trait Parts {
    /// Shows one after the other, each with its name; in lists that is empty.
    fn each(&self, see: &mut dyn FnMut(&str, View<'_>));
}
