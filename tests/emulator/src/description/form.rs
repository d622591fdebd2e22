//! Bodies of the media type `multipart/form-data`, read as the JSON that the same operation takes.

use std::collections::BTreeMap;
use std::convert::Infallible;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use multer::Multipart;
use serde_json::{Map, Value};

use super::parameter::typed;
use super::{forms, resolve};

pub(super) const FORM: &str = "multipart/form-data";

/// The schemas of a form's parts, by their names.
#[derive(Debug, Default)]
pub(crate) struct Form(BTreeMap<String, Kind>);

#[derive(Debug)]
enum Kind {
    /// Bytes as they are; in JSON they are base64.
    Binary,
    /// Text that stands for a value of this type.
    Text(String),
}

impl Form {
    pub(super) fn new(document: &Value, schema: &Value) -> Self {
        let properties = resolve(document, schema)["properties"].as_object().into_iter().flatten();
        let kinds = properties.map(|(name, property)| {
            let forms = forms(document, property);
            let kind = if forms.iter().any(|form| form["format"] == "binary") {
                Kind::Binary
            } else {
                Kind::Text(forms.iter().find_map(|form| form["type"].as_str()).unwrap_or_default().to_owned())
            };
            (name.clone(), kind)
        });
        Self(kinds.collect())
    }

    /// Reads a body; an error is a phrase that names the fault.
    pub(super) fn read(&self, content_type: &str, body: &Bytes) -> Result<Value, String> {
        let boundary = multer::parse_boundary(content_type).map_err(|error| error.to_string())?;
        let chunks = stream::iter([Ok::<_, Infallible>(body.clone())]);
        let parts = self.parts(Multipart::new(chunks, boundary));
        // All of it is there, so that nothing is waited for.
        let read = parts.now_or_never().unwrap_or_else(|| Err("it is not whole".to_owned()))?;
        Ok(Value::Object(read))
    }

    async fn parts(&self, mut form: Multipart<'_>) -> Result<Map<String, Value>, String> {
        let mut object = Map::new();
        while let Some(part) = form.next_field().await.map_err(|error| error.to_string())? {
            let name = part.name().ok_or("a part of it has no name")?.to_owned();
            let bytes = part.bytes().await.map_err(|error| error.to_string())?;
            let value = match self.0.get(&name) {
                Some(Kind::Binary) => BASE64_STANDARD.encode(&bytes).into(),
                kind => {
                    let text = str::from_utf8(&bytes).map_err(|_| format!("its part `{name}` is not text in UTF-8"))?;
                    match kind {
                        Some(Kind::Text(kind)) => typed(kind, text),
                        _ => text.into(),
                    }
                }
            };
            if object.insert(name.clone(), value).is_some() {
                return Err(format!("its part `{name}` is given more than once"));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::Form;

    const TYPE: &str = "multipart/form-data; boundary=x";

    fn read(content_type: &str, body: &'static [u8]) -> Result<Value, String> {
        let binary = json!({ "anyOf": [{ "type": "string", "format": "binary" }, { "type": "string", "format": "byte" }] });
        let document = json!({ "number": { "type": "integer" } });
        let schema = json!({ "properties": { "media": binary, "index": { "$ref": "#/number" }, "name": { "type": "string" } } });
        Form::new(&document, &schema).read(content_type, &Bytes::from_static(body))
    }

    #[test]
    fn parts_become_values_of_their_types_and_files_base64() {
        let body = b"--x\r\ncontent-disposition: form-data; name=\"index\"\r\n\r\n7\r\n\
            --x\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\n7\r\n\
            --x\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\n7\r\n\
            --x\r\ncontent-disposition: form-data; name=\"media\"; filename=\"a\"\r\n\r\n\xff\0\r\n--x--\r\n";
        assert_eq!(read(TYPE, body), Ok(json!({ "index": 7, "name": "7", "other": "7", "media": "/wA=" })));
        let body = b"--x\r\ncontent-disposition: form-data; name=\"index\"\r\n\r\nseven\r\n--x--\r\n";
        assert_eq!(read(TYPE, body), Ok(json!({ "index": "seven" })));
    }

    #[test]
    fn a_body_that_is_no_form_is_refused() {
        let twice = b"--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n7\r\n--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n7\r\n--x--\r\n";
        let nameless = b"--x\r\ncontent-disposition: form-data\r\n\r\n7\r\n--x--\r\n";
        let not_text = b"--x\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\n\xff\r\n--x--\r\n";
        let cut = b"--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n7";
        for (content_type, body, part) in [
            ("multipart/form-data", &twice[..], "boundary"),
            (TYPE, &twice[..], "`a`"),
            (TYPE, &nameless[..], "name"),
            (TYPE, &not_text[..], "`name`"),
            (TYPE, &cut[..], "incomplete"),
            (TYPE, &b"{}"[..], "incomplete"),
        ] {
            let refused = read(content_type, body);
            assert!(refused.as_ref().is_err_and(|error| error.contains(part)), "{part}: {refused:?}");
        }
    }
}
