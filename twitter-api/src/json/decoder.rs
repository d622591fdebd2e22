//! A position in a JSON text, and the steps from there.

use std::borrow::Cow;

use jiter::{Jiter, JiterErrorType, JsonErrorType, Peek};

use crate::json::error::DecodeError;

/// How deep a document may nest before it is refused.
const MAX_DEPTH: usize = 128;

/// A position in a JSON text.
#[derive(Debug)]
pub struct Decoder<'j> {
    json: &'j [u8],
    jiter: Jiter<'j>,
    /// Where in the text the parser began; see [`raw`](Self::raw).
    base: usize,
    depth: usize,
}

/// The content of a JSON string. Only strings with escapes are copied. Half of a surrogate pair, or bytes that are not UTF-8,
/// become the replacement character.
fn unescape(raw: &[u8]) -> Cow<'_, str> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains(&b'\\') {
        return String::from_utf8_lossy(inner);
    }
    let text = String::from_utf8_lossy(raw);
    if let Ok(text) = serde_json::from_str(&text) {
        return Cow::Owned(text);
    }
    // Rare, so every surrogate that is written as an escape goes, whether it has its other half or not.
    let mut mended = String::new();
    let mut rest = &*text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let surrogate = matches!(escape.as_bytes(), [_, b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', _, _, ..]);
        let length = if surrogate { 6 } else { escape.chars().take(2).map(char::len_utf8).sum() };
        mended.push_str(if surrogate { "\u{fffd}" } else { escape.get(..length).unwrap_or(escape) });
        rest = escape.get(length..).unwrap_or_default();
    }
    mended.push_str(rest);
    Cow::Owned(serde_json::from_str(&mended).unwrap_or(mended))
}

impl<'j> Decoder<'j> {
    /// Starts at the beginning of a text.
    #[must_use]
    pub fn new(json: &'j [u8]) -> Self {
        Self::at_depth(json, 0)
    }

    fn at_depth(json: &'j [u8], depth: usize) -> Self {
        Self { json, jiter: Jiter::new(json), base: 0, depth }
    }

    /// Starts at the beginning of a value that was passed over.
    pub(super) fn nested(&self, json: &'j [u8]) -> Self {
        Self::at_depth(json, self.depth)
    }

    /// Checks that nothing but white space follows.
    ///
    /// # Errors
    ///
    /// When something does.
    pub fn finish(&mut self) -> Result<(), DecodeError> {
        Self::checked(self.base, self.jiter.finish())
    }

    /// Where the next value begins.
    pub(crate) fn start(&mut self) -> Result<usize, DecodeError> {
        self.peek()?;
        Ok(self.index())
    }

    pub(super) fn index(&self) -> usize {
        self.base + self.jiter.current_index()
    }

    /// Moves an error of the parser to its place in the whole text.
    fn checked<T>(base: usize, result: Result<T, jiter::JiterError>) -> Result<T, DecodeError> {
        result.map_err(|error| DecodeError::new(error.error_type.to_string(), base + error.index))
    }

    /// The text since a position.
    pub(crate) fn since(&self, start: usize) -> &'j [u8] {
        self.json.get(start..self.index()).unwrap_or_default()
    }

    pub(super) fn peek(&mut self) -> Result<Peek, DecodeError> {
        Self::checked(self.base, self.jiter.peek())
    }

    pub(super) fn at_null(&mut self) -> Result<bool, DecodeError> {
        Ok(self.peek()? == Peek::Null)
    }

    /// Passes over the next value.
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    pub fn skip(&mut self) -> Result<(), DecodeError> {
        self.raw().map(|_| ())
    }

    /// Passes over the next value and returns its text.
    ///
    /// A string may hold half of a surrogate pair as an escape, which is good JSON but no text: the parser stops there, and starts anew
    /// behind the value.
    pub(super) fn raw(&mut self) -> Result<&'j [u8], DecodeError> {
        let start = self.start()?;
        if let Err(error) = self.jiter.next_skip() {
            let surrogate = JiterErrorType::JsonError(JsonErrorType::LoneLeadingSurrogateInHexEscape);
            let half = JiterErrorType::JsonError(JsonErrorType::UnexpectedEndOfHexEscape);
            let end = (error.error_type == surrogate || error.error_type == half).then(|| value_end(self.json, start)).flatten();
            let Some(end) = end else { return Self::checked(self.base, Err(error)) };
            self.base = end;
            self.jiter = Jiter::new(self.json.get(end..).unwrap_or_default());
        }
        Ok(self.since(start))
    }

    /// Returns the next value when it is a string; other values are passed over, except that a number counts as its own text.
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    pub fn string(&mut self) -> Result<Option<Cow<'j, str>>, DecodeError> {
        let peek = self.peek()?;
        let raw = self.raw()?;
        Ok(match peek {
            Peek::String => Some(unescape(raw)),
            peek if peek.is_num() => std::str::from_utf8(raw).ok().map(Cow::Borrowed),
            _ => None,
        })
    }

    /// Reads the beginning of an object, and the name of its first property.
    pub(super) fn object(&mut self) -> Result<Option<&str>, DecodeError> {
        self.enter()?;
        let base = self.base;
        Self::checked(base, self.jiter.known_object())
    }

    /// Reads the name of the next property; `None` at the end of the object.
    pub(super) fn next_key(&mut self) -> Result<Option<&str>, DecodeError> {
        let base = self.base;
        Self::checked(base, self.jiter.next_key())
    }

    /// Reads the beginning of a list; `false` when it has no items.
    pub(super) fn array(&mut self) -> Result<bool, DecodeError> {
        self.enter()?;
        Ok(Self::checked(self.base, self.jiter.known_array())?.is_some())
    }

    /// Goes on to the next item of a list; `false` at its end.
    pub(super) fn next_item(&mut self) -> Result<bool, DecodeError> {
        Ok(Self::checked(self.base, self.jiter.array_step())?.is_some())
    }

    /// Reads `true` or `false`, which has been peeked.
    pub(super) fn boolean(&mut self, peek: Peek) -> Result<bool, DecodeError> {
        Self::checked(self.base, self.jiter.known_bool(peek))
    }

    /// Leaves an object or list.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    fn enter(&mut self) -> Result<(), DecodeError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(DecodeError::new(format!("nested more than {MAX_DEPTH} levels deep"), self.index()));
        }
        Ok(())
    }
}

/// Where the value that begins at an index ends, by its quotes and brackets alone.
fn value_end(json: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (index, byte) in json.iter().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 && !in_string && matches!(byte, b'"' | b'}' | b']') {
            return Some(index + 1);
        }
    }
    None
}
