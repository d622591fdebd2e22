//! Tolerant reading, by a table per struct and one loop.
//!
//! X's answers differ from their description: properties are missing, `null`, of another type or of another spelling, and unknown ones appear.
//! None of that may cost the rest of a page, so no value fails here for its type or content. Only text that is not JSON is an error, and a
//! request that lacks a required field. A struct keeps values without a field in its [`Extra`](crate::json::Extra).

use std::collections::BTreeMap;

use jiter::{Jiter, Peek};
use serde_json::Value;

use crate::json::decoder::Decoder;
use crate::json::error::DecodeError;
#[cfg(test)]
use crate::json::samples::Samples;
use crate::json::table::{Field, Json, Object, Parts, Slot, View};
use crate::json::write::to_value;

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

/// Reads an object, which the next value must be.
fn read_object(object: &mut dyn Object, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    let fields = object.fields();
    let mut read = Ok(());
    object.slots(&mut |slots| read = read_fields(fields, slots, decoder));
    read?;
    object.settle();
    let mut missing = None;
    object.values(&mut |values| {
        missing = object.required().iter().find(|index| values.get(**index).is_some_and(|value| matches!(value.view(), View::Absent)));
    });
    match missing.and_then(|index| fields.get(*index)) {
        Some(field) => Err(DecodeError::new(format!("the required field `{}` is missing", field.0), decoder.index())),
        None => Ok(()),
    }
}

/// The loop: reads an object field by field. Behind the last slot is the one for all else.
fn read_fields(fields: &[Field], slots: &mut [&mut dyn Slot], decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    // Which fields were read by their first name, which then wins, and which by the second. A struct with more fields than bits loses only
    // that precedence for the rest.
    let (mut by_first, mut by_second): (u128, u128) = (0, 0);
    let mut expected = 0;
    // An object `data` that has no field, and whether nothing else was kept.
    let (mut wrapped, mut alone) = (None, true);
    let mut key = decoder.object()?;
    while let Some(name) = key {
        let Some((index, is_second)) = position(fields, name, expected) else {
            let name = name.to_owned();
            let raw = decoder.raw().map_err(|error| error.within(&name))?;
            if name == "data" && raw.starts_with(b"{") {
                wrapped = Some(raw);
            } else {
                alone = false;
                keep(fields, slots, &name, raw);
            }
            key = decoder.next_key()?;
            continue;
        };
        expected = index + 1;
        let field = fields[index];
        let name = if is_second { field.1 } else { field.0 };
        let bit = 1_u128.checked_shl(u32::try_from(index).unwrap_or(u32::MAX)).unwrap_or(0);
        if is_second && by_first & bit != 0 {
            alone = false;
            keep(fields, slots, name, decoder.raw().map_err(|error| error.within(name))?);
        } else {
            let null = decoder.at_null().map_err(|error| error.within(name))?;
            let start = decoder.index();
            let replaced = if !is_second && by_second & bit != 0 { to_value(slots[index].view()) } else { None };
            let fits = slots[index].read(decoder).map_err(|error| error.within(name))?;
            if fits && !null {
                if is_second {
                    by_second |= bit;
                } else {
                    by_first |= bit;
                    if let Some(replaced) = replaced {
                        slots[fields.len()].keep(field.1, replaced);
                    }
                }
            }
            if !fits {
                alone = false;
                keep(fields, slots, name, decoder.since(start));
            }
        }
        key = decoder.next_key()?;
    }
    if let Some(raw) = wrapped {
        // Some events wrap their subject once more. Whether the rest is empty is judged as the writer would, which leaves out empty
        // values: else an object that is read, written and read again would be unwrapped only the second time.
        if alone && slots.iter().take(fields.len()).all(|slot| matches!(slot.view(), View::Absent)) {
            read_fields(fields, slots, &mut decoder.nested(raw)).map_err(|error| error.within("data"))?;
        } else {
            keep(fields, slots, "data", raw);
        }
    }
    decoder.leave();
    Ok(())
}

/// Puts a value into the struct's extra. JSON that is no value (half of a surrogate pair) is put there as text.
fn keep(fields: &[Field], slots: &mut [&mut dyn Slot], name: &str, raw: &[u8]) {
    let value = serde_json::from_slice(raw).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(raw)));
    slots[fields.len()].keep(name, value);
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

impl<T: Object> Json for T {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        match decoder.peek()? {
            Peek::Object => {
                let mut object = T::empty();
                read_object(&mut object, decoder)?;
                Ok(Some(object))
            }
            Peek::Array => {
                // An array where an object belongs: with exactly one element it is that element.
                let raw = decoder.raw()?;
                let mut items: Vec<T> = Vec::new();
                read_array(&mut items, &mut decoder.nested(raw))?;
                Ok(if items.len() == 1 { items.pop() } else { None })
            }
            _ => {
                decoder.skip()?;
                Ok(None)
            }
        }
    }

    fn encode(&self) -> View<'_> {
        View::Object(self)
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        let mut object = T::empty();
        samples.fill(&mut object);
        object
    }
}

/// Puts a property into the field of that name, else into the extra. A value that is there already stays.
pub(crate) fn put(object: &mut dyn Object, name: &str, value: Value) {
    let fields = object.fields();
    let mut value = Some(value);
    object.slots(&mut |slots| {
        let Some(value) = value.take() else { return };
        if let Some((index, _)) = position(fields, name, 0) {
            let there = to_value(slots[index].view());
            if there.as_ref() == Some(&value) {
                return;
            }
            if there.is_none() && matches!(slots[index].read(&mut Decoder::new(value.to_string().as_bytes())), Ok(true)) {
                return;
            }
        }
        let extra = &mut slots[fields.len()];
        if to_value(extra.view()).is_none_or(|kept| kept.get(name).is_none()) {
            extra.keep(name, value);
        }
    });
}

/// Reads a value that is at hand, to make an answer for a test for example; `None` when it does not fit.
///
/// ```
/// use paragon_twitter::{json, types::User};
///
/// let user: User = json::from_value(&serde_json::json!({"id": "12", "name": "Ada", "username": "ada"})).unwrap();
/// assert_eq!(user.username, "ada");
/// ```
pub fn from_value<T: Json>(value: &Value) -> Option<T> {
    let json = serde_json::to_vec(value).ok()?;
    T::decode(&mut Decoder::new(&json)).ok()?
}

impl<T: Object> Object for Box<T> {
    fn empty() -> Self {
        Self::new(T::empty())
    }

    fn fields(&self) -> &'static [Field] {
        (**self).fields()
    }

    fn values(&self, see: &mut dyn FnMut(&[&dyn Slot])) {
        (**self).values(see);
    }

    fn slots(&mut self, change: &mut dyn FnMut(&mut [&mut dyn Slot])) {
        (**self).slots(change);
    }

    fn settle(&mut self) {
        (**self).settle();
    }

    fn required(&self) -> &'static [usize] {
        (**self).required()
    }
}

fn read_array<T: Json>(items: &mut Vec<T>, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    let mut more = decoder.array()?;
    let mut index = 0_usize;
    while more {
        items.extend(T::decode(decoder).map_err(|error| error.within(format!("[{index}]")))?);
        index += 1;
        more = decoder.next_item()?;
    }
    decoder.leave();
    Ok(())
}

impl<T: Json> Json for Vec<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
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
                if let Some(array) = sole_array(raw) {
                    read_array(&mut items, &mut decoder.nested(array))?;
                } else if !is_empty_object(raw) {
                    match T::decode(&mut decoder.nested(raw))? {
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

    fn encode(&self) -> View<'_> {
        View::List(self)
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        (0..samples.length()).map(|_| T::sample(samples)).collect()
    }
}

impl<T: Json> Parts for Vec<T> {
    fn each(&self, see: &mut dyn FnMut(&str, View<'_>)) {
        self.iter().for_each(|item| see("", item.encode()));
    }
}

/// Returns whether the text of an object has nothing between its braces.
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

impl<T: Json> Json for BTreeMap<String, T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        if decoder.peek()? != Peek::Object {
            decoder.skip()?;
            return Ok(None);
        }
        let mut map = BTreeMap::new();
        let mut key = decoder.object()?.map(str::to_owned);
        while let Some(name) = key {
            let value = T::decode(decoder).map_err(|error| error.within(name.as_str()))?;
            map.extend(value.map(|value| (name, value)));
            key = decoder.next_key()?.map(str::to_owned);
        }
        decoder.leave();
        Ok(Some(map))
    }

    fn encode(&self) -> View<'_> {
        View::Map(self)
    }

    #[cfg(test)]
    fn sample(samples: &mut Samples) -> Self {
        (0..samples.length()).map(|_| (samples.text(), T::sample(samples))).collect()
    }
}

impl<T: Json> Parts for BTreeMap<String, T> {
    fn each(&self, see: &mut dyn FnMut(&str, View<'_>)) {
        self.iter().for_each(|(name, value)| see(name, value.encode()));
    }
}
