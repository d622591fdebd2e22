//! A query as a tree.

use std::fmt;

use super::operator::Term;
use super::subject::Facts;

/// How terms are combined. Neither of the lists has less than two members.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Any(Vec<Expr>),
    All(Vec<Expr>),
    Not(Box<Expr>),
    Term(Term),
}

impl Expr {
    /// The depth of the recursion is that of the parentheses, which the parser limits.
    pub(super) fn matches(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Any(branches) => branches.iter().any(|branch| branch.matches(facts)),
            // Slow conditions come last, wherever they were written.
            Self::All(parts) => [false, true].iter().all(|last| {
                let mut parts = parts.iter().filter(|part| part.takes_long() == *last);
                parts.all(|part| part.matches(facts))
            }),
            Self::Not(inner) => !inner.matches(facts),
            Self::Term(term) => term.matches(facts),
        }
    }

    fn takes_long(&self) -> bool {
        match self {
            Self::Not(inner) => inner.takes_long(),
            Self::Term(term) => matches!(term, Term::Lang(_)),
            Self::Any(_) | Self::All(_) => false,
        }
    }

    /// Writes a member of a compound, in parentheses where it would otherwise be read as several members.
    fn write_member(&self, f: &mut fmt::Formatter<'_>, parenthesized: bool) -> fmt::Result {
        if parenthesized { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(branches) => {
                for (i, branch) in branches.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { " OR " })?;
                    branch.write_member(f, matches!(branch, Self::Any(_)))?;
                }
                Ok(())
            }
            Self::All(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { " " })?;
                    part.write_member(f, matches!(part, Self::Any(_) | Self::All(_)))?;
                }
                Ok(())
            }
            Self::Not(inner) => {
                f.write_str("-")?;
                inner.write_member(f, !matches!(**inner, Self::Term(_)))
            }
            Self::Term(term) => term.fmt(f),
        }
    }
}
