//! The overlay's settings for the Rust side: `x-rust` at the document's root and at each operation.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Everything that the overlay says to the generator.
#[derive(Debug, Clone, Default)]
pub struct Statements {
    /// Of the whole document.
    pub settings: Settings,
    /// Of operations, by path and method.
    pub operations: BTreeMap<(String, String), OperationSettings>,
}

impl Statements {
    /// Returns the settings of one operation.
    #[must_use]
    pub fn of(&self, method: &str, path: &str) -> OperationSettings {
        self.operations.get(&(path.to_owned(), method.to_owned())).cloned().unwrap_or_default()
    }
}

/// `x-rust` at the root of the document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Group of operations to its documentation. Each is a Cargo feature.
    #[serde(default)]
    pub groups: BTreeMap<String, Group>,
    /// First segment of a path to group, for operations that the overlay does not name.
    #[serde(default)]
    pub segments: BTreeMap<String, String>,
    /// Words of the wire to the words used in Rust names: X renamed tweets to posts, and Rust names must not change when it does.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// Name on the wire to the name in Rust, for whole names, such as those that are keywords of Rust.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Rust type of an enum to those of its values whose variant has another name than one made of the value.
    #[serde(default)]
    pub variants: BTreeMap<String, BTreeMap<String, String>>,
    /// Current spelling to the other dialect's.
    #[serde(default)]
    pub spellings: Spellings,
    /// Id type to the places that hold such an id. `ir::ids` has the forms of a place.
    #[serde(default)]
    pub ids: BTreeMap<String, Vec<String>>,
    /// Query parameter to the name of its enum, where the name by the rule of `words::parameter_enum` says too little.
    #[serde(default)]
    pub parameter_types: BTreeMap<String, String>,
    /// Form of times to the places that have it, where the description calls them text. See [`crate::ir`].
    #[serde(default)]
    pub formats: BTreeMap<Format, Vec<String>>,
    /// Type of answers to those of its fields that X always sends: they are not optional in Rust.
    #[serde(default)]
    pub present: BTreeMap<String, Vec<String>>,
    /// Part of X's envelope that a type of the runtime reads, to how that type loses nothing.
    #[serde(default)]
    pub by_runtime: BTreeMap<String, String>,
    /// Rust type name to one line of prose.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// Owner to one line of prose. An owner is a field, `Type.name`, or an input of an operation, `GET /2/path#name`; both names are those
    /// on the wire.
    #[serde(default)]
    pub docs: BTreeMap<String, String>,
    /// Lines that several owners share.
    #[serde(default)]
    pub shared_docs: Vec<SharedLine>,
}

/// A line of prose for several owners.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedLine {
    /// The line.
    pub line: String,
    /// All owners; `*#name` is an input of that name wherever an operation has one.
    pub of: Vec<String>,
}

/// Documentation of a group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "GroupForm")]
pub struct Group {
    /// One line.
    pub line: String,
    /// Its uses, in Markdown.
    pub text: String,
}

/// The forms in which the overlay documents a group: only a line, or both.
#[derive(Deserialize)]
#[serde(untagged)]
enum GroupForm {
    Line(String),
    Page(GroupPage),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupPage {
    line: String,
    #[serde(default)]
    text: String,
}

impl From<GroupForm> for Group {
    fn from(form: GroupForm) -> Self {
        match form {
            GroupForm::Line(line) => Self { line, text: String::new() },
            GroupForm::Page(GroupPage { line, text }) => Self { line, text },
        }
    }
}

/// A form of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Format {
    /// RFC 3339.
    Time,
    /// Milliseconds since 1970, as text.
    UnixMillis,
    /// `yyyymmddhhmm` in UTC.
    UtcMinute,
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
    /// Wire names of query parameters and body fields that are arguments, in their order, even if X calls them optional.
    #[serde(default)]
    pub args: Vec<String>,
    /// Wire name of a parameter or body field to a line of prose for this operation alone.
    #[serde(default)]
    pub docs: BTreeMap<String, String>,
    /// Place of a type in this operation to its Rust name, for example `data.entities.urls` or `query.sort_order`.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// The name of the request's struct, in Pascal case.
    pub request: Option<String>,
    /// The name of the method of the connected account's own handle, in snake case.
    pub me: Option<String>,
    /// Other words that a search of the docs finds the operation by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Wire name of an input to its Rust name, where that made of the wire name would differ from the same thing in another operation.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// Combinations of inputs that X refuses.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// Which inputs of an operation go together, by their wire names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// At most one of these.
    Exclusive(Vec<String>),
    /// One of these or more.
    AtLeastOne(Vec<String>),
    /// One of these and no other.
    ExactlyOne(Vec<String>),
    /// The first only with the second.
    Requires(BTreeMap<String, String>),
}

impl Rule {
    /// All inputs that it mentions.
    #[must_use]
    pub fn wires(&self) -> Vec<&String> {
        match self {
            Self::Exclusive(wires) | Self::AtLeastOne(wires) | Self::ExactlyOne(wires) => wires.iter().collect(),
            Self::Requires(pairs) => pairs.iter().flat_map(|(first, second)| [first, second]).collect(),
        }
    }
}
