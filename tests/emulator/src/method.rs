//! HTTP methods in JSON.

use http::Method;
use serde::{Deserialize, Serialize};

/// A method that is written as its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct MethodName(pub(crate) Method);

impl TryFrom<String> for MethodName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        // `get` would be a method of its own, and no request has it.
        let method = Method::from_bytes(name.to_ascii_uppercase().as_bytes());
        method.map(Self).map_err(|_| format!("{name:?} is no method"))
    }
}

impl From<MethodName> for String {
    fn from(MethodName(method): MethodName) -> Self {
        method.as_str().to_owned()
    }
}
