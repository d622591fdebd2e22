//! What our overlay says about the Rust side: `x-rust` at the document's root and at each operation.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `x-rust` at the root of the document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Group of operations to its description. Each is a Cargo feature.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// First segment of a path to group, for operations that the overlay does not name.
    #[serde(default)]
    pub segments: BTreeMap<String, String>,
    /// Words of the wire to the words used in Rust names: X renamed tweets to posts, and Rust names must not change when it does.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// Current spelling to the other dialect's.
    #[serde(default)]
    pub spellings: Spellings,
    /// Id type to the places that hold such an id. See [`crate::ir::ids`].
    #[serde(default)]
    pub ids: BTreeMap<String, Vec<String>>,
    /// Query parameter to the name of its enum, where the rule of [`crate::words::parameter_enum`] gives one that says too little.
    #[serde(default)]
    pub parameter_types: BTreeMap<String, String>,
    /// Type of answers to those of its fields that X always sends: they are not optional in Rust.
    #[serde(default)]
    pub present: BTreeMap<String, Vec<String>>,
    /// Part of X's envelope that a type of the runtime reads, to how that type loses nothing.
    #[serde(default)]
    pub by_runtime: BTreeMap<String, String>,
    /// Rust type name to one line of prose.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// Wire name of a parameter or property to one line of prose; `Type.name` where one type needs another.
    #[serde(default)]
    pub docs: BTreeMap<String, String>,
}

/// The two dialects of X: each map goes from the current spelling to the old one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spellings {
    /// Names of properties of answers.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// Names of query parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Query parameter, in its current spelling, to those of its values that have two.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

impl Spellings {
    /// The current spelling of a query parameter's name.
    #[must_use]
    pub fn parameter<'a>(&'a self, wire: &'a str) -> &'a str {
        self.parameters.iter().find(|(_, old)| *old == wire).map_or(wire, |(new, _)| new.as_str())
    }

    /// The current spelling of a value of a query parameter.
    #[must_use]
    pub fn value<'a>(&'a self, parameter: &str, wire: &'a str) -> &'a str {
        let values = self.values.get(self.parameter(parameter));
        values.into_iter().flatten().find(|(_, old)| *old == wire).map_or(wire, |(new, _)| new.as_str())
    }
}

/// `x-rust` at an operation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationSettings {
    /// The group, in snake case.
    pub group: Option<String>,
    /// The method's name within the group, in snake case.
    pub name: Option<String>,
    /// Wire names of required query parameters and body fields, in the order of the arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Wire name of a parameter or body field to a line of prose for this operation alone.
    #[serde(default)]
    pub docs: BTreeMap<String, String>,
    /// Place of a type in this operation to its Rust name, for example `data.entities.urls` or `query.sort_order`.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
}
