//! Reading answers, of our own types and of a caller's.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::call::reply::{Raw, Reply};
use crate::engine::redact;
use crate::engine::token::Secret;
use crate::json::{DecodeError, Decoder, Json, Slot, is_empty_object};
use crate::wire::error::{Error, Result};
use crate::wire::operation::Called;

/// Reads one of our types, tolerantly.
pub(super) fn ours<T: Slot + Default>(raw: Raw, enveloped: bool) -> Result<Reply<T>> {
    if enveloped { raw.envelope() } else { raw.whole() }
}

/// Reads a type of the caller's, by serde.
pub(super) fn theirs<T: DeserializeOwned>(raw: Raw, enveloped: bool) -> Result<Reply<T>> {
    let answered = (raw.body.clone(), raw.call.clone(), raw.secret.clone());
    let reply = ours::<Text>(raw, enveloped)?;
    match read_by_serde(&reply.data.json) {
        Ok(data) => Ok(reply.map(|_| data)),
        Err(error) => Err(unreadable(reply, &error, answered, enveloped)),
    }
}

/// The text of a value that serde is to read, and where in the answer it begins.
#[derive(Default)]
struct Text {
    json: Vec<u8>,
    start: usize,
}

impl Json for Text {
    fn decode(decoder: &mut Decoder<'_>) -> std::result::Result<Option<Self>, DecodeError> {
        let start = decoder.start()?;
        decoder.skip()?;
        Ok(Some(Self { json: decoder.since(start).to_vec(), start }))
    }
}

fn read_by_serde<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    if !json.is_empty() && json != b"null" {
        match serde_json::from_slice(json) {
            Err(_) if is_empty_object(json) => {}
            read => return read,
        }
    }
    // X leaves out what is empty, so what is not there is an option without a value, or a list without items.
    serde_json::from_slice(b"null").or_else(|_| serde_json::from_slice(b"[]")).or_else(|_| serde_json::from_slice(json))
}

fn unreadable(reply: Reply<Text>, error: &serde_json::Error, (body, call, secret): (Bytes, Called, Secret), enveloped: bool) -> Error {
    let Text { json, start } = reply.data;
    let absent = enveloped && (json.is_empty() || json == b"null");
    let (path, message, offset) = if absent {
        (String::new(), "there is no `data`, and its type has no value that stands for none".to_owned(), 0)
    } else {
        let before = json.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum::<usize>();
        let offset = (before + error.column()).min(json.len());
        // It ends with the place, which is said by the path already.
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
        (path_at(&json[..offset], if enveloped { "data" } else { "" }), message, start + offset)
    };
    Error::decode(DecodeError::new(message, offset).within(path), reply.status, &reply.headers, redact(body, &secret)).in_call(&call)
}

/// Where in a document its text breaks off, for example `data[3].text`; after an object or list, that is it.
fn path_at(json: &[u8], prefix: &str) -> String {
    enum Step {
        Field(Option<String>),
        Item(usize),
    }
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        at += 1;
        match byte {
            b'{' => steps.push(Step::Field(None)),
            b'[' => steps.push(Step::Item(0)),
            b'}' | b']' => drop(steps.pop()),
            b',' => match steps.last_mut() {
                Some(Step::Field(name)) => *name = None,
                Some(Step::Item(number)) => *number += 1,
                None => {}
            },
            b'"' => {
                let start = at;
                while let Some(byte) = json.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
                if let Some(Step::Field(name @ None)) = steps.last_mut() {
                    *name = Some(String::from_utf8_lossy(&json[start..at.min(json.len())]).into_owned());
                }
                at += 1;
            }
            _ => {}
        }
    }
    let mut path = prefix.to_owned();
    for step in steps {
        match step {
            Step::Field(Some(name)) if path.is_empty() => path = name,
            Step::Field(Some(name)) => path = format!("{path}.{name}"),
            Step::Field(None) => {}
            Step::Item(number) => path = format!("{path}[{number}]"),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_fields_and_positions() {
        for (json, expected) in [
            ("", "data"),
            ("{", "data"),
            (r#"{"id""#, "data.id"),
            (r#"{"id":"a","name":"#, "data.name"),
            (r#"{"id":{"a":[1,{"b\"}":"#, r#"data.id.a[1].b\"}"#),
            (r#"{"id":[1,2]}"#, "data"),
            (r#"{"id":[1,2]"#, "data.id"),
            (r#"[{"id":"a,{"},"x""#, "data[1]"),
        ] {
            assert_eq!(path_at(json.as_bytes(), "data"), expected, "{json}");
        }
        assert_eq!(path_at(br#"{"a":[1,"#, ""), "a[1]");
    }

    #[test]
    fn what_is_not_there_is_whatever_stands_for_nothing() {
        for json in ["", "null", "{}"] {
            assert_eq!(read_by_serde::<Option<i64>>(json.as_bytes()).ok(), Some(None), "{json}");
            assert_eq!(read_by_serde::<Vec<i64>>(json.as_bytes()).ok(), Some(Vec::new()), "{json}");
            assert!(read_by_serde::<i64>(json.as_bytes()).is_err(), "{json}");
        }
        assert!(read_by_serde::<Vec<i64>>(b"3").is_err());
    }
}
