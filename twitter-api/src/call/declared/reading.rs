//! Reading replies by serde, for types that are not of this crate.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::call::reply::{self, Reply};
use crate::engine::response::Response;
use crate::json::{DecodeError, Decoder, Json, is_empty_object};
use crate::wire::error::{Error, Result};

/// Reads a response whose data is of any type, by serde.
pub(super) fn read_by_serde<T: DeserializeOwned>(response: Response<Bytes>) -> Result<Reply<T>> {
    let enveloped = response.operation.enveloped;
    // The body is kept for the error.
    let part = response.part(response.body.clone());
    let reply = reply::read::<Text>(response)?;
    match from_json(&reply.data.json) {
        Ok(data) => Ok(reply.map(|_| data)),
        Err(error) => Err(unreadable(reply, &error, part, enveloped)),
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

fn from_json<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    if !json.is_empty() && json != b"null" {
        match serde_json::from_slice(json) {
            Err(_) if is_empty_object(json) => {}
            read => return read,
        }
    }
    // X leaves empty values out, so an absent value is an option without a value, or a list without items.
    serde_json::from_slice(b"null").or_else(|_| serde_json::from_slice(b"[]")).or_else(|_| serde_json::from_slice(json))
}

fn unreadable(reply: Reply<Text>, error: &serde_json::Error, part: Response<Bytes>, enveloped: bool) -> Error {
    let response = Response { headers: reply.headers, ..part };
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
    let body = response.body.clone();
    response.unreadable(DecodeError::new(message, offset).within(path), body)
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
            assert_eq!(from_json::<Option<i64>>(json.as_bytes()).ok(), Some(None), "{json}");
            assert_eq!(from_json::<Vec<i64>>(json.as_bytes()).ok(), Some(Vec::new()), "{json}");
            assert!(from_json::<i64>(json.as_bytes()).is_err(), "{json}");
        }
        assert!(from_json::<Vec<i64>>(b"3").is_err());
    }
}
