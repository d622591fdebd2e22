//! Findings about an input: the fault, its place, and the remedy.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde_json::value::RawValue;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Code is generated; the finding names the missing part.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The file it is in.
    pub file: String,
    /// Where in the document, as a JSON pointer; empty when it is about the whole file.
    pub pointer: String,
    /// Line and column, from 1, where they are known.
    pub position: Option<(usize, usize)>,
    /// The fault.
    pub message: String,
    /// The remedy.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{label}: {}", self.message)?;
        write!(f, "\n  --> {}", self.file)?;
        if let Some((line, column)) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        if !self.pointer.is_empty() {
            write!(f, " at {}", self.pointer)?;
        }
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

/// Everything found wrong with an input, all at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Whether anything stands in the way of generating.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// A text and its name, for diagnostics that point into it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file's name, as the user gave it.
    pub file: &'a str,
    /// Its content.
    pub text: &'a str,
}

impl Source<'_> {
    /// A finding at a JSON pointer, with line and column when the pointer leads somewhere in the text.
    #[must_use]
    pub fn diagnostic(&self, severity: Severity, pointer: &str, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity,
            file: self.file.to_owned(),
            pointer: pointer.to_owned(),
            position: locate(self.text, pointer),
            message: message.into(),
            help: help.into(),
        }
    }
}

/// Line and column of the value at a JSON pointer.
fn locate(text: &str, pointer: &str) -> Option<(usize, usize)> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        value = if value.get().starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
            *items.get(token.parse::<usize>().ok()?)?
        } else {
            let map: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(value.get()).ok()?;
            *map.get(token.as_str())?
        };
    }
    // The raw value borrows from the text, so the difference of their addresses is its offset.
    let offset = (value.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let before = text.get(..offset)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    Some((line, column))
}

/// A place in a document, linked to its parent so that it costs nothing until it is printed.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    token: &'a str,
}

impl<'a> At<'a> {
    /// The root, or any pointer as a starting point.
    #[must_use]
    pub const fn root(pointer: &'a str) -> Self {
        Self { parent: None, token: pointer }
    }

    /// A child of this place.
    #[must_use]
    pub const fn child(&'a self, token: &'a str) -> At<'a> {
        At { parent: Some(self), token }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent {
            None => f.write_str(self.token),
            Some(parent) => write!(f, "{parent}/{}", escape(self.token)),
        }
    }
}

/// A token of a JSON pointer, escaped.
#[must_use]
pub fn escape(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) { Cow::Owned(token.replace('~', "~0").replace('/', "~1")) } else { Cow::Borrowed(token) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_found_by_line_and_column() {
        let text = "{\n  \"a/b\": [\n    1,\n    {\"c\": true}\n  ]\n}";
        assert_eq!(locate(text, "/a~1b/1/c"), Some((4, 11)));
        assert_eq!(locate(text, ""), Some((1, 1)));
        assert_eq!(locate(text, "/nowhere"), None);
    }

    #[test]
    fn a_place_prints_as_an_escaped_pointer() {
        let root = At::root("/paths");
        let path = root.child("/2/tweets");
        assert_eq!(path.child("get").to_string(), "/paths/~12~1tweets/get");
    }
}
