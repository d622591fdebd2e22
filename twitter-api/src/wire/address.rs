//! Addresses: the configured bases, the paths behind them, and percent-encoding.

use std::fmt;

use http::Uri;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::wire::error::{Error, Result};

/// Characters that are percent-encoded in a path segment or a query value: all but RFC 3986's unreserved ones.
pub(crate) const ALL_BUT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Characters that are percent-encoded in a path or query that was written by hand, because no address may hold them. Percent signs stay: they
/// encode something already.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'\'')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A base address that paths are put behind. It has no slash at its end.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    base: String,
    host: String,
}

impl Address {
    /// Reads a configured address; `name` is the setting's.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self> {
        // The text is not shown: it may hold a password.
        let refuse = |why: &str| Error::config(format!("`{name}` is not a usable address: {why}"));
        let url = Url::parse(text.trim()).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("it does not begin with `https://` or `http://`"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("it holds a user name or password; calls are authorized by tokens alone"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it holds a query or a fragment, and paths are put behind it"));
        }
        let host = url.host_str().ok_or_else(|| refuse("it has no host"))?.to_owned();
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), host })
    }

    /// The address with a fixed, encoded path behind it.
    pub(crate) fn join(self, path: &str) -> Result<Self> {
        let base = self.base + path;
        match Url::parse(&base) {
            Ok(url) if url.as_str() == base => Ok(Self { base, host: self.host }),
            _ => Err(Error::config(format!("`{path}` cannot be part of an address: is the project id right?"))),
        }
    }

    /// The host's name.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The address of a call. Percent-encoded parts stay as they are; nothing can lead out of the base.
    pub(crate) fn resolve(&self, path_and_query: &str) -> Result<Uri> {
        let path = path_and_query.split('?').next().unwrap_or_default();
        if path.contains("://") {
            return Err(Error::request("give the path alone, such as `/2/users/me`, and not a whole address"));
        }
        if let Some((_, name)) = path.split_once('{') {
            let name = name.split('}').next().unwrap_or_default();
            return Err(Error::request(format!("the path parameter `{name}` was not filled in")));
        }
        let leads_out = path.split('/').any(|segment| {
            let decoded = percent_decode_str(segment).decode_utf8_lossy();
            decoded.split(['/', '\\']).any(|part| matches!(part, "." | ".."))
        });
        if leads_out {
            return Err(Error::request("the path holds a step to another directory, `.` or `..`"));
        }
        let text = format!("{}/{}", self.base, utf8_percent_encode(path_and_query.trim_start_matches('/'), UNSAFE));
        match Url::parse(&text) {
            Ok(url) if url.as_str() == text => {
                text.parse().map_err(|error| Error::request(format!("the path and the query cannot stand in an address: {error}")))
            }
            _ => Err(Error::request("the path cannot stand in an address as it is: percent-encode what is special in it")),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}
