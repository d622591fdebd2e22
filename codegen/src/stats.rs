//! Counts what a description has against what was generated or waived, so that nothing is dropped unnoticed.
//!
//! The count walks the description as plain JSON and shares no code with the stages it checks: not the model of OpenAPI, not the overlay, not
//! the lowering. Beside each node of the description it holds the place in the generated shapes where that node should have ended up.

mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use serde_json::Value;

use crate::Generated;
use crate::ir::{Role, TypeId};
use crate::overlay::Overlay;
use walk::Walk;

/// A kind of things that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Pairs of method and path.
    Operation,
    /// Parameters in the path, per operation.
    PathParameter,
    /// Parameters in the query, per operation.
    QueryParameter,
    /// Headers, per operation.
    HeaderParameter,
    /// Cookies, per operation.
    CookieParameter,
    /// Media types of request bodies, per operation.
    RequestMediaType,
    /// Media types of successful answers, per operation and status.
    SuccessAnswer,
    /// Properties of request bodies, per schema.
    RequestProperty,
    /// Properties of successful answers, per schema.
    AnswerProperty,
    /// Enum values of parameters and request bodies, per schema.
    RequestValue,
    /// Enum values of successful answers, per schema.
    AnswerValue,
}

impl What {
    /// All kinds, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Operation,
        Self::PathParameter,
        Self::QueryParameter,
        Self::HeaderParameter,
        Self::CookieParameter,
        Self::RequestMediaType,
        Self::SuccessAnswer,
        Self::RequestProperty,
        Self::AnswerProperty,
        Self::RequestValue,
        Self::AnswerValue,
    ];

    fn property(role: Role) -> Self {
        if role == Role::Request { Self::RequestProperty } else { Self::AnswerProperty }
    }

    fn value(role: Role) -> Self {
        if role == Role::Request { Self::RequestValue } else { Self::AnswerValue }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Operation => "operations",
            Self::PathParameter => "path parameters",
            Self::QueryParameter => "query parameters",
            Self::HeaderParameter => "header parameters",
            Self::CookieParameter => "cookie parameters",
            Self::RequestMediaType => "request media types",
            Self::SuccessAnswer => "success answers",
            Self::RequestProperty => "properties of requests",
            Self::AnswerProperty => "properties of answers",
            Self::RequestValue => "enum values of requests",
            Self::AnswerValue => "enum values of answers",
        })
    }
}

/// The counts of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The kind.
    pub what: What,
    /// How many the description has.
    pub described: usize,
    /// How many of them are generated, everywhere they are described.
    pub emitted: usize,
    /// How many are left out by decision.
    pub waived: usize,
    /// How many are in neither, at one place at least.
    pub missing: usize,
}

/// Something that the description has and nothing accounts for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Why it is taken for missing, and where that was seen first.
    pub cause: String,
    /// What it is.
    pub what: What,
    /// Where the description has it, as a JSON pointer.
    pub pointer: String,
}

/// A decision to leave something out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// A JSON pointer, or the name of what the runtime takes care of.
    pub name: String,
    /// Why.
    pub reason: String,
    /// How many things it covers that are not generated elsewhere.
    pub count: usize,
}

/// What has a generated thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// An operation, by its position.
    Operation(usize),
    /// A type.
    Type(TypeId),
}

/// A generated thing that stands for something described, for a comparison with the emitted code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Emitted {
    /// What has it.
    pub owner: Owner,
    /// What it is.
    pub what: What,
    /// Its name on the wire, or the value; for an operation its method and path, for an answer `envelope`, `whole` or `bytes`.
    pub wire: String,
}

/// The result of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// A row per kind.
    pub rows: Vec<Row>,
    /// What is missing, by cause.
    pub missing: Vec<Missing>,
    /// What is left out by decision.
    pub waived: Vec<Waived>,
    /// The generated things that were found in the course.
    pub emitted: BTreeSet<Emitted>,
}

impl Stats {
    /// Counts what a description has with the overlay's corrections, and what of it is generated, waived or missing.
    ///
    /// # Errors
    ///
    /// When the description cannot be walked: it is not JSON, or a reference in it leads nowhere.
    pub fn count(description_text: &str, overlay: &Overlay, generated: &Generated) -> Result<Self, String> {
        let mut root: Value =
            serde_json::from_str(description_text).map_err(|error| format!("the description is not valid JSON: {error}"))?;
        // What the overlay adds is described as well. Whether it fits was told when the code was generated.
        let _ = overlay.apply(&mut root, false);
        Walk::new(&root, generated).count()
    }

    /// The counts of one kind.
    #[must_use]
    pub fn row(&self, what: What) -> Row {
        let none = Row { what, described: 0, emitted: 0, waived: 0, missing: 0 };
        self.rows.iter().copied().find(|row| row.what == what).unwrap_or(none)
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.row(What::Operation);
        writeln!(f, "{} operations emitted of {}", operations.emitted, operations.described)?;
        writeln!(f, "\n{:24} {:>9} {:>8} {:>7} {:>8}", "", "described", "emitted", "waived", "missing")?;
        for Row { what, described, emitted, waived, missing } in &self.rows {
            writeln!(f, "{what:24} {described:>9} {emitted:>8} {waived:>7} {missing:>8}")?;
        }
        if !self.waived.is_empty() {
            writeln!(f, "\nwaived:")?;
        }
        for Waived { name, reason, count } in &self.waived {
            writeln!(f, "  {count:>5}  {name}: {reason}")?;
        }
        if self.missing.is_empty() {
            return write!(f, "\nnothing is missing");
        }
        write!(f, "\nmissing:")?;
        let mut last = None;
        for Missing { cause, what, pointer } in &self.missing {
            if last.replace(cause) != Some(cause) {
                write!(f, "\n  {cause}")?;
            }
            write!(f, "\n    {what}: {pointer}")?;
        }
        Ok(())
    }
}

/// The generated types: name, origin of the name, number of operations that mention it, first place, members.
#[must_use]
pub fn types(generated: &Generated) -> String {
    let Generated { api, names, .. } = generated;
    let mut users: BTreeMap<TypeId, usize> = BTreeMap::new();
    for operation in &api.operations {
        let own = api.reachable(std::iter::once(operation));
        let common = api.reachable(std::iter::empty());
        for id in own.difference(&common) {
            *users.entry(*id).or_default() += 1;
        }
    }
    let mut lines = Vec::new();
    for (id, name) in &names.types {
        let found = &api.types[id.0];
        let origin = match (&found.name, &found.hint) {
            (Some(_), _) => "overlay",
            (None, Some(_)) => "parameter",
            (None, None) => "rule",
        };
        let place = names.places.get(id).map(|(operation, place)| {
            let operation = &api.operations[*operation];
            format!("{} {} {place}", operation.method.to_ascii_lowercase(), operation.path)
        });
        let members = names.members.get(id).map(|members| members.join(", ")).unwrap_or_default();
        let users = users.get(id).map_or_else(|| "every operation".to_owned(), |count| format!("{count} operations"));
        lines.push(format!("{name}  [{:?}, {origin}, {users}]  {}  {{{members}}}", found.role, place.unwrap_or_default()));
    }
    lines.sort();
    let mut out = String::new();
    for line in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{line}");
    }
    out
}
