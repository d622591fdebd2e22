//! Tolerant decoding of answers, by a table per struct and one loop.
//!
//! X's answers differ from their description: properties are missing, `null`, of another type or of another spelling, and unknown ones appear.
//! None of that may cost the caller the rest of a page, so nothing here fails for what a value *is*; only text that is not JSON
//! is an error. What a struct has no place for is kept in its [`Extra`].
//!
//! A generated struct is an [`Object`]: a static list of field names and a function from a field's position to the field. The loop lives
//! here, once, so the rules of tolerance do too.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use bytes::Bytes;
use compact_str::CompactString;
use jiff::Timestamp;
use jiter::{Jiter, JiterErrorType, JsonErrorType, Peek};
use serde_json::{Map, Value};

/// How deep an answer may nest before it is refused.
const MAX_DEPTH: usize = 128;

/// The spellings of one field: the name the description has and, where X has used two, the other one.
///
/// The first is the current spelling, which wins when an answer has both; the second is the other dialect's, or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field(pub &'static str, pub &'static str);

/// A struct of an answer, as the decoding loop sees it.
pub trait Object {
    /// The fields, in the order of [`slot`](Self::slot).
    fn fields(&self) -> &'static [Field];

    /// The field at a position of [`fields`](Self::fields); any other position is the struct's [`Extra`].
    fn slot(&mut self, index: usize) -> &mut dyn Slot;

    /// Called when all fields are read; settles what depends on a sibling.
    fn settle(&mut self) {}
}

/// A place that a JSON value can be read into.
pub trait Slot {
    /// Reads the next value. `false` means it was of a type that does not fit: it was passed over and the slot is as it was.
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, Fault>;

    /// Takes a value that the struct round this slot has no field for. What has no place for it lets it go.
    fn keep(&mut self, _name: &str, _value: Value) {}
}

/// A value that can be read by itself.
pub trait Decode: Sized {
    /// Reads the next value; `None` when it is `null` or of a type that does not fit.
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault>;

    /// See [`Slot::keep`].
    fn keep(&mut self, _name: &str, _value: Value) {}
}

impl<T: Decode> Slot for Option<T> {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, Fault> {
        let null = decoder.at_null()?;
        match T::decode(decoder)? {
            Some(value) => *self = Some(value),
            None => return Ok(null),
        }
        Ok(true)
    }
}

impl<T: Decode + Default> Slot for T {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, Fault> {
        let null = decoder.at_null()?;
        match T::decode(decoder)? {
            Some(value) => *self = value,
            None if null => return Ok(true),
            None => return Ok(false),
        }
        Ok(true)
    }

    fn keep(&mut self, name: &str, value: Value) {
        Decode::keep(self, name, value);
    }
}

/// What an answer holds beyond the fields of its struct: properties the description does not have, and values of a type it does not expect.
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
    /// The value of one property.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// All properties, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|map| map.iter().map(|(name, value)| (name.as_str(), value)))
    }

    /// Whether there is nothing beyond the struct's fields, as is usual.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Slot for Extra {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<bool, Fault> {
        decoder.skip()?;
        Ok(false)
    }

    fn keep(&mut self, name: &str, value: Value) {
        self.0.get_or_insert_default().insert(name.to_owned(), value);
    }
}

/// Why a text could not be read, and where.
#[derive(Debug)]
pub struct Fault {
    /// Path elements, innermost first: they are added while the error travels up, so that success pays nothing for them.
    path: Vec<String>,
    message: String,
    offset: usize,
}

impl Fault {
    fn at(mut self, element: impl Into<String>) -> Self {
        self.path.push(element.into());
        self
    }
}

/// An answer that is not JSON, or that ends in the middle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    message: String,
    offset: usize,
}

impl DecodeError {
    /// Where in the document, for example `data[3].text`; empty for the document itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where in the text, in bytes from its beginning.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { path, message, offset } = self;
        if path.is_empty() {
            write!(f, "not readable as JSON at byte {offset}: {message}")
        } else {
            write!(f, "not readable as JSON at `{path}`, byte {offset}: {message}")
        }
    }
}

impl std::error::Error for DecodeError {}

impl DecodeError {
    /// For a value that is read by other means.
    pub(crate) fn at(path: String, message: String, offset: usize) -> Self {
        Self { path, message, offset }
    }

    /// For a document that is JSON, but not the kind of value it has to be.
    pub(crate) fn unexpected(message: &str) -> Self {
        Self { path: String::new(), message: message.to_owned(), offset: 0 }
    }
}

impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        let mut path = String::new();
        for element in fault.path.iter().rev() {
            if !path.is_empty() && !element.starts_with('[') {
                path.push('.');
            }
            path.push_str(element);
        }
        Self { path, message: fault.message, offset: fault.offset }
    }
}

/// Reads one value from a JSON text.
///
/// `null`, and a value that does not fit at all, is the default value: whether an answer makes sense is for the caller to judge.
///
/// # Errors
///
/// When the text is not JSON; the error has the path and the position.
pub fn from_slice<T: Slot + Default>(json: &[u8]) -> Result<T, DecodeError> {
    let mut value = T::default();
    let mut decoder = Decoder::new(json);
    value.read(&mut decoder)?;
    decoder.finish()?;
    Ok(value)
}

/// A position in a JSON text.
#[derive(Debug)]
pub struct Decoder<'j> {
    json: &'j [u8],
    jiter: Jiter<'j>,
    /// Where in the text the parser began; see [`raw`](Self::raw).
    base: usize,
    depth: usize,
}

/// The content of a JSON string. Only one with escapes is copied; what no text can hold (half of a surrogate pair, bytes that are not UTF-8)
/// becomes the replacement character.
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
        Self::nested(json, 0)
    }

    fn nested(json: &'j [u8], depth: usize) -> Self {
        Self { json, jiter: Jiter::new(json), base: 0, depth }
    }

    /// Checks that nothing but white space follows.
    ///
    /// # Errors
    ///
    /// When something does.
    pub fn finish(&mut self) -> Result<(), Fault> {
        Decoder::checked(self.base, self.jiter.finish())
    }

    /// Where the next value begins.
    pub(crate) fn start(&mut self) -> Result<usize, Fault> {
        self.peek()?;
        Ok(self.index())
    }

    fn index(&self) -> usize {
        self.base + self.jiter.current_index()
    }

    /// What the parser complains about, at its place in the whole text.
    fn checked<T>(base: usize, result: Result<T, jiter::JiterError>) -> Result<T, Fault> {
        result.map_err(|error| Fault { path: Vec::new(), message: error.error_type.to_string(), offset: base + error.index })
    }

    /// The text since a position.
    pub(crate) fn since(&self, start: usize) -> &'j [u8] {
        self.json.get(start..self.index()).unwrap_or_default()
    }

    fn peek(&mut self) -> Result<Peek, Fault> {
        Decoder::checked(self.base, self.jiter.peek())
    }

    fn at_null(&mut self) -> Result<bool, Fault> {
        Ok(self.peek()? == Peek::Null)
    }

    /// Passes over the next value.
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    pub fn skip(&mut self) -> Result<(), Fault> {
        self.raw().map(|_| ())
    }

    /// Passes over the next value and returns its text.
    ///
    /// A string may hold half of a surrogate pair as an escape, which is good JSON but no text: the parser stops there, and starts anew
    /// behind the value.
    fn raw(&mut self) -> Result<&'j [u8], Fault> {
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

    /// The next value when it is a string; other values are passed over, except that a number counts as its own text.
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    pub fn string(&mut self) -> Result<Option<Cow<'j, str>>, Fault> {
        let peek = self.peek()?;
        let raw = self.raw()?;
        Ok(match peek {
            Peek::String => Some(unescape(raw)),
            peek if peek.is_num() => std::str::from_utf8(raw).ok().map(Cow::Borrowed),
            _ => None,
        })
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault { path: Vec::new(), message: format!("nested more than {MAX_DEPTH} levels deep"), offset: self.index() });
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

/// The position of a field by name, looked for from where the last one was found: X sends fields in the order of the description.
/// The second part tells whether it was found by its other spelling.
fn position(fields: &[Field], name: &str, expected: usize) -> Option<(usize, bool)> {
    if fields.get(expected).is_some_and(|field| field.0 == name) {
        return Some((expected, false));
    }
    if let Some(index) = fields.iter().position(|field| field.0 == name) {
        return Some((index, false));
    }
    fields.iter().position(|field| !name.is_empty() && field.1 == name).map(|index| (index, true))
}

/// The loop: reads an object field by field. What is there must be an object.
fn read_object(object: &mut dyn Object, decoder: &mut Decoder<'_>) -> Result<(), Fault> {
    let fields = object.fields();
    decoder.enter()?;
    // Which fields were read by their current spelling, which then wins. A struct with more fields than bits
    // loses only that precedence for the rest.
    let mut current: u128 = 0;
    let mut expected = 0;
    let mut key = Decoder::checked(decoder.base, decoder.jiter.known_object())?;
    let mut first = true;
    while let Some(name) = key {
        let alone = std::mem::take(&mut first);
        let Some((index, by_other)) = position(fields, name, expected) else {
            let name = name.to_owned();
            let raw = decoder.raw().map_err(|fault| fault.at(&*name))?;
            key = Decoder::checked(decoder.base, decoder.jiter.next_key())?;
            if alone && key.is_none() && name == "data" && raw.starts_with(b"{") {
                // Some events wrap what they are about once more.
                read_object(object, &mut Decoder::nested(raw, decoder.depth)).map_err(|fault| fault.at(name))?;
            } else {
                keep(object, &name, raw);
            }
            continue;
        };
        expected = index + 1;
        let field = fields[index];
        let name = if by_other { field.1 } else { field.0 };
        let bit = 1_u128.checked_shl(u32::try_from(index).unwrap_or(u32::MAX)).unwrap_or(0);
        if by_other && current & bit != 0 {
            keep(object, name, decoder.raw().map_err(|fault| fault.at(name))?);
        } else {
            let null = decoder.at_null().map_err(|fault| fault.at(name))?;
            let start = decoder.index();
            let fits = object.slot(index).read(decoder).map_err(|fault| fault.at(name))?;
            if fits && !null && !by_other {
                current |= bit;
            }
            if !fits {
                keep(object, name, decoder.since(start));
            }
        }
        key = Decoder::checked(decoder.base, decoder.jiter.next_key())?;
    }
    decoder.depth -= 1;
    object.settle();
    Ok(())
}

/// Reads an object into a struct that may have been filled in part.
pub(crate) fn read_into(object: &mut dyn Object, decoder: &mut Decoder<'_>) -> Result<bool, Fault> {
    match decoder.peek()? {
        Peek::Object => read_object(object, decoder)?,
        Peek::Null => decoder.skip()?,
        _ => {
            decoder.skip()?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts a value into the struct's extra. What is JSON and yet no value (half of a surrogate pair) is put there as text.
fn keep(object: &mut dyn Object, name: &str, raw: &[u8]) {
    let value = serde_json::from_slice(raw).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(raw)));
    object.slot(object.fields().len()).keep(name, value);
}

impl<T: Object + Default> Decode for T {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        match decoder.peek()? {
            Peek::Object => {
                let mut object = T::default();
                read_object(&mut object, decoder)?;
                Ok(Some(object))
            }
            Peek::Array => {
                // An array where an object belongs: with exactly one element it is that element.
                let raw = decoder.raw()?;
                let mut items: Vec<T> = Vec::new();
                read_array(&mut items, &mut Decoder::nested(raw, decoder.depth + 1))?;
                Ok(if items.len() == 1 { items.pop() } else { None })
            }
            _ => {
                decoder.skip()?;
                Ok(None)
            }
        }
    }

    /// Into the field of that name, else into the extra.
    fn keep(&mut self, name: &str, value: Value) {
        let fields = self.fields();
        if let Some((index, _)) = position(fields, name, 0)
            && let Ok(json) = serde_json::to_vec(&value)
            && let Ok(true) = self.slot(index).read(&mut Decoder::new(&json))
        {
            return;
        }
        self.slot(fields.len()).keep(name, value);
    }
}

/// Reads a value that is at hand, to make an answer for a test for example; `None` when it does not fit.
///
/// ```
/// use paragon_twitter::{json, types::User};
///
/// let user: User = json::from_value(&serde_json::json!({"id": "12", "name": "Ada", "username": "ada"})).unwrap();
/// assert_eq!(user.username, "ada");
/// ```
pub fn from_value<T: Decode>(value: &Value) -> Option<T> {
    let json = serde_json::to_vec(value).ok()?;
    T::decode(&mut Decoder::new(&json)).ok()?
}

impl<T: Object + ?Sized> Object for Box<T> {
    fn fields(&self) -> &'static [Field] {
        (**self).fields()
    }

    fn slot(&mut self, index: usize) -> &mut dyn Slot {
        (**self).slot(index)
    }

    fn settle(&mut self) {
        (**self).settle();
    }
}

fn read_array<T: Decode>(items: &mut Vec<T>, decoder: &mut Decoder<'_>) -> Result<(), Fault> {
    decoder.enter()?;
    let mut next = Decoder::checked(decoder.base, decoder.jiter.known_array())?;
    let mut index = 0_usize;
    while next.is_some() {
        items.extend(T::decode(decoder).map_err(|fault| fault.at(format!("[{index}]")))?);
        index += 1;
        next = Decoder::checked(decoder.base, decoder.jiter.array_step())?;
    }
    decoder.depth -= 1;
    Ok(())
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        let mut items = Vec::new();
        match decoder.peek()? {
            Peek::Array => read_array(&mut items, decoder)?,
            Peek::Null => {
                decoder.skip()?;
                return Ok(None);
            }
            Peek::Object => {
                // An object where an array belongs: a wrapper round the array, the only element, or none.
                let raw = decoder.raw()?;
                let depth = decoder.depth + 1;
                if let Some(array) = sole_array(raw) {
                    read_array(&mut items, &mut Decoder::nested(array, depth))?;
                } else if !is_empty_object(raw) {
                    match T::decode(&mut Decoder::nested(raw, depth))? {
                        Some(item) => items.push(item),
                        None => return Ok(None),
                    }
                }
            }
            _ => match T::decode(decoder)? {
                Some(item) => items.push(item),
                None => return Ok(None),
            },
        }
        Ok(Some(items))
    }
}

/// Whether the text of an object has nothing between its braces.
pub(crate) fn is_empty_object(raw: &[u8]) -> bool {
    matches!(raw, [b'{', inner @ .., b'}'] if inner.trim_ascii().is_empty())
}

/// The array inside `{"name": [ … ]}`, if the object has nothing else.
fn sole_array(raw: &[u8]) -> Option<&[u8]> {
    let mut jiter = Jiter::new(raw);
    jiter.next_object().ok()??;
    if jiter.peek().ok()? != Peek::Array {
        return None;
    }
    let start = jiter.current_index();
    jiter.next_skip().ok()?;
    let array = jiter.slice_to_current(start);
    jiter.next_key().ok()?.is_none().then_some(array)
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        if decoder.peek()? != Peek::Object {
            decoder.skip()?;
            return Ok(None);
        }
        decoder.enter()?;
        let mut map = BTreeMap::new();
        let mut key = Decoder::checked(decoder.base, decoder.jiter.known_object())?.map(str::to_owned);
        while let Some(name) = key {
            let value = T::decode(decoder).map_err(|fault| fault.at(name.as_str()))?;
            map.extend(value.map(|value| (name, value)));
            key = Decoder::checked(decoder.base, decoder.jiter.next_key())?.map(str::to_owned);
        }
        decoder.depth -= 1;
        Ok(Some(map))
    }
}

impl Decode for String {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        Ok(decoder.string()?.map(Cow::into_owned))
    }
}

impl Decode for CompactString {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        Ok(decoder.string()?.map(CompactString::new))
    }
}

impl Decode for i64 {
    /// A number, or a string that holds one. A fraction does not fit, unless it is zero.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64);
        Ok(decoder.string()?.and_then(|text| text.parse().ok().or_else(|| whole(text.parse().ok()?))))
    }
}

impl Decode for f64 {
    /// A number, or a string that holds one.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        Ok(decoder.string()?.and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite()))
    }
}

impl Decode for bool {
    /// `true` or `false`, also as a string.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        let peek = decoder.peek()?;
        if matches!(peek, Peek::True | Peek::False) {
            return Decoder::checked(decoder.base, decoder.jiter.known_bool(peek)).map(Some);
        }
        Ok(decoder.string()?.and_then(|text| text.parse().ok()))
    }
}

impl Decode for Timestamp {
    /// RFC 3339, with or without a fraction, in any offset.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        Ok(decoder.string()?.and_then(|text| text.parse().ok()))
    }
}

impl Decode for Bytes {
    /// Base64, as JSON carries bytes.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        let engine = base64::engine::general_purpose::STANDARD;
        Ok(decoder.string()?.and_then(|text| engine.decode(text.as_bytes()).ok()).map(Bytes::from))
    }
}

impl Decode for Value {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, Fault> {
        let raw = decoder.raw()?;
        Ok(serde_json::from_slice(raw).ok().filter(|value: &Value| !value.is_null()))
    }
}
