//! Counts of described parts, and the missing ones.

use std::collections::BTreeSet;
use std::fmt;

use crate::ir::{Role, TypeId};

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

    pub(super) fn property(role: Role) -> Self {
        if role == Role::Request { Self::RequestProperty } else { Self::AnswerProperty }
    }

    pub(super) fn value(role: Role) -> Self {
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
    /// Its kind.
    pub what: What,
    /// Where the description has it, as a JSON pointer.
    pub pointer: String,
}

/// A decision to leave something out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// A JSON pointer, or the name of a part that the runtime takes care of.
    pub name: String,
    /// Why.
    pub reason: String,
    /// How many things it covers that are not generated elsewhere.
    pub count: usize,
}

/// Owner of a generated part.
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
    /// Its owner.
    pub owner: Owner,
    /// Its kind.
    pub what: What,
    /// Its name on the wire, or the value; for an operation its method and path, for an answer `envelope`, `whole` or `bytes`.
    pub wire: String,
}

/// The result of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// A row per kind.
    pub rows: Vec<Row>,
    /// Missing parts, by cause.
    pub missing: Vec<Missing>,
    /// Parts that are left out by decision.
    pub waived: Vec<Waived>,
    /// The generated things that were found in the course.
    pub emitted: BTreeSet<Emitted>,
}

impl Stats {
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
