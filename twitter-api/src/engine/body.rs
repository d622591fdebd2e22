//! Bodies of requests, in the form in which they are sent.

use bytes::Bytes;
use http::header::HeaderValue;

use crate::wire::multipart;
use crate::wire::request::RequestBody;

/// A body in the form in which it is sent.
#[derive(Default)]
pub(super) struct Encoded {
    pub(super) content_type: Option<HeaderValue>,
    pub(super) bytes: Bytes,
}

impl Encoded {
    pub(super) fn of(body: &RequestBody) -> Self {
        match body {
            RequestBody::Multipart(fields) => {
                let (content_type, bytes) = multipart::encode(fields);
                Self { content_type: content_type.parse().ok(), bytes }
            }
            RequestBody::Bytes { content_type, content } => {
                Self { content_type: Some(HeaderValue::from_static(content_type)), bytes: content.clone() }
            }
            RequestBody::Empty => Self::default(),
            RequestBody::Json(_) | RequestBody::Fields(_) => body.to_json().map_or_else(Self::default, |json| Self {
                content_type: Some(HeaderValue::from_static("application/json")),
                bytes: json.to_string().into(),
            }),
        }
    }
}
