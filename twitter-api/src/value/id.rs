//! Identifiers, each of its own type, so that a user's id cannot be passed for a post's.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::json::read::{Decode, Decoder, Fault};
use crate::json::write::Encode;

/// What an [`Id`] identifies.
pub trait IdKind {
    /// The name of the id type, for `Debug`.
    const NAME: &'static str;
}

/// An identifier of X: an opaque string, held without a heap allocation up to 24 bytes.
///
/// Most are decimal numbers, some are not, and none is checked: X decides what is an id. Use the aliases in [`crate::types`], such as
/// [`PostId`](crate::types::PostId).
///
/// ```
/// use paragon_twitter::types::PostId;
///
/// let id = PostId::new("1460323737035677698");
/// assert_eq!(id, PostId::from(1_460_323_737_035_677_698_u64));
/// assert_eq!(id.as_str(), "1460323737035677698");
/// assert!(id == "1460323737035677698" && String::from("1460323737035677698") == id);
/// assert_eq!(format!("{id} {id:?}"), "1460323737035677698 PostId(\"1460323737035677698\")");
/// ```
pub struct Id<K> {
    text: CompactString,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// An id from its text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: CompactString::new(text), kind: PhantomData }
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(K::NAME).field(&self.as_str()).finish()
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
        self.text.cmp(&other.text)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> AsRef<str> for Id<K> {
    fn as_ref(&self) -> &str {
        self.as_str()
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
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl<K> Decode for Id<K> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        Ok(decoder.string()?.map(Self::new))
    }
}

impl<K> Encode for Id<K> {
    fn encode(&self) -> Option<Value> {
        Some(Value::from(self.as_str()))
    }
}
