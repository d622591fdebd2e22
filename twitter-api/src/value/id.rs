//! Identifiers, each of its own type, so that a user's id cannot be passed for a post's.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use compact_str::CompactString;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::{DecodeError, Decoder, Json, View};

/// An identifier of X: an opaque string, held without a heap allocation up to 24 bytes.
///
/// Most are decimal numbers, some are not, and none is checked: X alone knows its ids. Use the aliases in [`crate::types`], such as
/// [`PostId`](crate::types::PostId). A map with ids as keys finds them by `&str` as well.
///
/// ```
/// use paragon_twitter::types::PostId;
///
/// let id = PostId::new("1460323737035677698");
/// assert_eq!(id, PostId::from(1_460_323_737_035_677_698_u64));
/// assert_eq!(id.as_str(), "1460323737035677698");
/// assert!(id == "1460323737035677698" && String::from("1460323737035677698") == id);
/// assert_eq!(format!("{id} {id:?}"), "1460323737035677698 PostId(\"1460323737035677698\")");
///
/// let texts = std::collections::HashMap::from([(id, "hello")]);
/// assert_eq!(texts.get("1460323737035677698"), Some(&"hello"));
/// ```
pub struct Id<K> {
    text: CompactString,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// Returns an id from its text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: CompactString::new(text), kind: PhantomData }
    }

    /// Returns the id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `PostId` is an `Id<PostIdKind>`.
        let kind = std::any::type_name::<K>();
        let kind = kind.rsplit("::").next().unwrap_or(kind);
        f.debug_tuple(kind.strip_suffix("Kind").unwrap_or(kind)).field(&self.as_str()).finish()
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K> Default for Id<K> {
    fn default() -> Self {
        Self::new("")
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialEq<str> for Id<K> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl<K> PartialEq<String> for Id<K> {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl<K> PartialEq<Id<K>> for String {
    fn eq(&self, other: &Id<K>) -> bool {
        self == other.as_str()
    }
}

impl<K> PartialEq<Id<K>> for str {
    fn eq(&self, other: &Id<K>) -> bool {
        self == other.as_str()
    }
}

impl<K> PartialEq<Id<K>> for &str {
    fn eq(&self, other: &Id<K>) -> bool {
        *self == other.as_str()
    }
}

impl<K> PartialEq<&str> for Id<K> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    /// By text. Numeric ids of different length do not sort by age.
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl<K> Hash for Id<K> {
    /// As the text, by which a map can be asked.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<K> AsRef<str> for Id<K> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<K> Borrow<str> for Id<K> {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl<K> FromStr for Id<K> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl<K> From<Id<K>> for String {
    fn from(id: Id<K>) -> Self {
        id.text.into_string()
    }
}

impl<K> From<&str> for Id<K> {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<K> From<String> for Id<K> {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<K> From<&String> for Id<K> {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl<K> From<u64> for Id<K> {
    fn from(number: u64) -> Self {
        Self::new(number.to_string())
    }
}

impl<K> From<&Self> for Id<K> {
    fn from(id: &Self) -> Self {
        id.clone()
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    /// From a text, or from a number as older answers have them.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = CompactString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<CompactString, E> {
                Ok(CompactString::new(text))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<CompactString, E> {
                Ok(CompactString::new(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<CompactString, E> {
                Ok(CompactString::new(number.to_string()))
            }
        }

        // Only formats that people read say by themselves whether it is a text or a number.
        let text = if deserializer.is_human_readable() { deserializer.deserialize_any(Text) } else { deserializer.deserialize_str(Text) };
        Ok(Self { text: text?, kind: PhantomData })
    }
}

impl<K> Json for Id<K> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        Ok(decoder.string()?.map(Self::new))
    }

    fn encode(&self) -> View<'_> {
        View::Text(Cow::Borrowed(self.as_str()))
    }

    #[cfg(test)]
    fn sample(samples: &mut crate::json::samples::Samples) -> Self {
        Self::new(samples.text())
    }
}
