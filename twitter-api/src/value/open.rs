//! Open enums: known values as variants, any other as text.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A generated enum, as the runtime sees it.
pub trait Open: Sized + PartialEq + Clone + 'static {
    /// The known values, as X writes them and as variants. A value that has two spellings is there twice, with the current one first.
    const KNOWN: &'static [(&'static str, Self)];
    /// Whether X writes the values as whole numbers.
    const INTEGER: bool = false;

    /// Returns the variant for any other value.
    fn unknown(value: UnknownValue<Self>) -> Self;

    /// Returns the value of that variant.
    fn as_unknown(&self) -> Option<&UnknownValue<Self>>;
}

/// A value of an enum that X's description does not have.
///
/// It can be printed and compared, and is made by nothing but reading a text as the enum. A value that is known, or becomes known in a later version,
/// is a variant of its own, so compare the enum with a text rather than match on an unknown value.
///
/// ```
/// use paragon_twitter::types::ReplySettings;
///
/// let settings = ReplySettings::from("neighbours");
/// assert!(matches!(&settings, ReplySettings::Unknown(value) if value.as_str() == "neighbours"));
/// assert!(settings == "neighbours");
/// ```
pub struct UnknownValue<E> {
    text: Box<str>,
    /// The enum, so that a value of one cannot be put into another, which may know it.
    of: PhantomData<fn() -> E>,
}

impl<E> UnknownValue<E> {
    /// Returns the value as X writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<E> fmt::Debug for UnknownValue<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<E> fmt::Display for UnknownValue<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<E> Clone for UnknownValue<E> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), of: PhantomData }
    }
}

impl<E> PartialEq for UnknownValue<E> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<E> Eq for UnknownValue<E> {}

impl<E> PartialOrd for UnknownValue<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for UnknownValue<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<E> Hash for UnknownValue<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// Returns the value as X writes it.
pub(crate) fn text<E: Open>(value: &E) -> &str {
    let known = || E::KNOWN.iter().find(|(_, known)| known == value).map(|(text, _)| *text);
    value.as_unknown().map(UnknownValue::as_str).or_else(known).unwrap_or_default()
}

/// Returns the variant of a value as X writes it.
pub(crate) fn of<E: Open>(text: &str) -> E {
    let known = E::KNOWN.iter().find(|(known, _)| *known == text);
    known.map_or_else(|| E::unknown(UnknownValue { text: text.into(), of: PhantomData }), |(_, value)| value.clone())
}

/// Implements the methods and traits that all open enums have in common.
macro_rules! open_enums {
    ($($name:ident),* $(,)?) => {
        $(
            impl $name {
                /// Returns the value as X writes it.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    $crate::value::open::text(self)
                }
            }

            impl ::std::fmt::Display for $name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.pad(self.as_str())
                }
            }

            impl ::std::str::FromStr for $name {
                type Err = ::std::convert::Infallible;

                fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                    Ok($crate::value::open::of(text))
                }
            }

            impl From<&str> for $name {
                fn from(text: &str) -> Self {
                    $crate::value::open::of(text)
                }
            }

            impl From<String> for $name {
                fn from(text: String) -> Self {
                    $crate::value::open::of(&text)
                }
            }

            impl PartialEq<str> for $name {
                fn eq(&self, other: &str) -> bool {
                    self.as_str() == other
                }
            }

            impl PartialEq<&str> for $name {
                fn eq(&self, other: &&str) -> bool {
                    self.as_str() == *other
                }
            }

            impl PartialOrd for $name {
                fn partial_cmp(&self, other: &Self) -> Option<::std::cmp::Ordering> {
                    Some(self.cmp(other))
                }
            }

            impl Ord for $name {
                /// By the text of the value.
                fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
                    self.as_str().cmp(other.as_str())
                }
            }

            impl $crate::json::Json for $name {
                fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::std::result::Result<Option<Self>, $crate::json::DecodeError> {
                    Ok(decoder.string()?.map(|text| $crate::value::open::of(&text)))
                }

                fn encode(&self) -> $crate::json::View<'_> {
                    $crate::json::View::of_text(self.as_str(), <Self as $crate::value::open::Open>::INTEGER)
                }

                #[cfg(test)]
                fn sample(samples: &mut $crate::json::samples::Samples) -> Self {
                    let known = <Self as $crate::value::open::Open>::KNOWN;
                    match samples.below(known.len() + 1) {
                        0 => Self::from(samples.text()),
                        index => known[index - 1].1.clone(),
                    }
                }
            }
        )*

        /// Shows a test every enum.
        #[cfg(test)]
        pub(crate) fn each_enum(visit: &mut impl $crate::json::samples::Visit) {
            $(visit.open::<$name>(stringify!($name));)*
        }
    };
}

pub(crate) use open_enums;
