//! HTTP methods in JSON.

use http::Method;
use serde::{Deserialize, Serialize};

const METHODS: [Method; 7] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// A method that is written as its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct MethodName(pub(crate) Method);

impl TryFrom<String> for MethodName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        // `get` would be a method of its own, and no request has it.
        let found = METHODS.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(&name));
        found.map(Self).ok_or_else(|| format!("{name:?} is not one of {}", METHODS.map(|method| method.to_string()).join(", ")))
    }
}

impl From<MethodName> for String {
    fn from(MethodName(method): MethodName) -> Self {
        method.as_str().to_owned()
    }
}
