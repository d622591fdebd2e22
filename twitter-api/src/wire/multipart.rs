//! Bodies of the media type `multipart/form-data`.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use bytes::Bytes;
use serde_json::Value;

use crate::wire::request::BodyField;

/// Encodes fields as RFC 7578 has it; `null` is left out. Returns the `Content-Type` with the boundary, and the body.
pub(crate) fn encode(fields: &[(Cow<'static, str>, BodyField)]) -> (String, Bytes) {
    let parts: Vec<_> = fields
        .iter()
        .filter_map(|(name, field)| {
            let name = quoted(name);
            Some(match field {
                BodyField::Json(Value::Null) => return None,
                BodyField::Json(Value::String(text)) => (format!("name=\"{name}\""), Cow::Borrowed(text.as_bytes())),
                BodyField::Json(value) => (format!("name=\"{name}\""), Cow::Owned(value.to_string().into_bytes())),
                // Servers tell a file from a text by the presence of a file name.
                BodyField::Binary(bytes) => {
                    let head = format!("name=\"{name}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream");
                    (head, Cow::Borrowed(bytes.as_ref()))
                }
            })
        })
        .collect();
    let boundary =
        boundary(|boundary| parts.iter().any(|(head, content)| contains(head.as_bytes(), boundary) || contains(content, boundary)));
    let mut body =
        Vec::with_capacity(parts.iter().map(|(head, content)| head.len() + content.len() + boundary.len() + 50).sum::<usize>() + 80);
    for (head, content) in &parts {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body.into())
}

/// Chooses a boundary that is not taken. It cannot be guessed, so nobody can make content that takes many of them.
fn boundary(taken: impl Fn(&[u8]) -> bool) -> String {
    loop {
        let state = RandomState::new();
        let boundary = format!("{:016x}{:016x}", state.hash_one(0), state.hash_one(1));
        if !taken(boundary.as_bytes()) {
            return boundary;
        }
    }
}

fn contains(content: &[u8], boundary: &[u8]) -> bool {
    content.windows(boundary.len()).any(|window| window == boundary)
}

/// Escapes a name as browsers do, so that it stays between its quotes.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::*;

    #[test]
    fn fields_become_parts_and_null_none() {
        let (content_type, body) = encode(&[
            ("media".into(), BodyField::Binary(Bytes::from_static(b"\x00\xff"))),
            ("segment_index".into(), BodyField::Json(json!(3))),
            ("media_type".into(), BodyField::Json(json!("video/mp4"))),
            ("absent".into(), BodyField::Json(Value::Null)),
        ]);
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let mut expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        expected.extend_from_slice(b"\x00\xff");
        expected.extend_from_slice(
            format!(
                "\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n3\
                 \r\n--{boundary}\r\nContent-Disposition: form-data; name=\"media_type\"\r\n\r\nvideo/mp4\
                 \r\n--{boundary}--\r\n"
            )
            .as_bytes(),
        );
        assert_eq!(body, expected);
    }

    #[test]
    fn a_name_stays_between_its_quotes() {
        let (_, body) = encode(&[("a\"; x=\"\r\nb".into(), BodyField::Json(json!("c")))]);
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("form-data; name=\"a%22; x=%22%0D%0Ab\"\r\n\r\nc\r\n"), "{text}");
    }

    #[test]
    fn a_boundary_that_occurs_in_the_content_is_not_taken() {
        let refused = Cell::new(None);
        let chosen = boundary(|boundary| {
            let first = refused.take();
            refused.set(first.clone().or_else(|| Some(boundary.to_vec())));
            first.is_none()
        });
        assert_ne!(refused.take().unwrap(), chosen.as_bytes());
        assert!(contains(b"--x\r\n0123", b"012") && !contains(b"01", b"012"));
    }
}
