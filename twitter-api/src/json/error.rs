//! The error of the reader.

use std::fmt;

/// A document that is not JSON, that ends in the middle, or that lacks a value which a request requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    message: String,
    offset: usize,
}

impl DecodeError {
    pub(crate) fn new(message: impl Into<String>, offset: usize) -> Self {
        Self { path: String::new(), message: message.into(), offset }
    }

    /// The same error one level further out. The path is put together while the error travels up, so that success pays nothing for it.
    pub(crate) fn within(mut self, element: impl AsRef<str>) -> Self {
        if !self.path.is_empty() && !self.path.starts_with('[') {
            self.path.insert(0, '.');
        }
        self.path.insert_str(0, element.as_ref());
        self
    }

    /// Returns the position in the document, for example `data[3].text`; empty for the document itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the position in the text, in bytes from its beginning.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The description without the position in the text, for documents that are not at hand as text.
    pub(crate) fn without_offset(&self) -> String {
        let Self { path, message, .. } = self;
        if path.is_empty() { message.clone() } else { format!("{message} at `{path}`") }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, message, offset } = self;
        if path.is_empty() {
            write!(f, "not readable as JSON at byte {offset}: {message}")
        } else {
            write!(f, "not readable as JSON at `{path}`, byte {offset}: {message}")
        }
    }
}

impl std::error::Error for DecodeError {}
