//! Open enums: known values as variants, any other as text.

use serde_json::Value;

use crate::json::read::{Decoder, Fault};

/// A generated enum, as the runtime sees it.
pub trait Open: Sized + PartialEq + Clone + 'static {
    /// The known values: on the wire, and as a variant.
    const KNOWN: &'static [(&'static str, Self)];
    /// Whether the values are whole numbers on the wire.
    const INTEGER: bool = false;

    /// The variant for any other value.
    fn other(text: Box<str>) -> Self;

    /// The text of that variant.
    fn as_other(&self) -> Option<&str>;

    /// The value on the wire.
    fn text(&self) -> &str {
        let known = || Self::KNOWN.iter().find(|(_, value)| value == self).map(|(text, _)| *text);
        self.as_other().or_else(known).unwrap_or_default()
    }

    /// The variant of a value on the wire.
    fn of(text: &str) -> Self {
        let known = Self::KNOWN.iter().find(|(known, _)| *known == text);
        known.map_or_else(|| Self::other(text.into()), |(_, value)| value.clone())
    }

    /// See [`Decode`](crate::json::read::Decode).
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    fn read(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        Ok(decoder.string()?.map(|text| Self::of(&text)))
    }

    /// See [`Encode`](crate::json::write::Encode).
    fn json(&self) -> Option<Value> {
        let text = self.text();
        let number = || text.parse::<i64>().ok().map(Value::from);
        Self::INTEGER.then(number).flatten().or_else(|| Some(Value::from(text)))
    }
}
