//! X's query language for posts: the `query` of recent and full-archive search and counts, and the rules of the filtered stream.
//!
//! A [`Query`] is parsed from its text and then asked of each post, whose facts the caller lays out as a [`Subject`]. [`entities`] finds the
//! hashtags, cashtags, mentions and links in a text, which are facts of a post too.
//!
//! The length limits are not checked here: they are in the description.

mod entities;
mod expr;
mod geo;
mod operator;
mod parse;
mod subject;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;

use self::expr::Expr;

pub(crate) use self::entities::{Tag, entities};
pub(crate) use self::parse::ParseError;
pub(crate) use self::subject::{Author, Reference, Subject};

/// The use of a query. The two have some operators each that the other does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Product {
    /// Search and counts. Accents are ignored.
    Search,
    /// Rules of the filtered stream. An accent must be there.
    Rules,
}

/// A parsed query. It shows itself in a normal form that parses to an equal query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    product: Product,
    expr: Expr,
    list: Option<u64>,
}

impl Query {
    /// Parses a query of search or counts.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        parse::parse(text, Product::Search)
    }

    /// Parses a rule of the filtered stream.
    pub(crate) fn parse_rule(text: &str) -> Result<Self, ParseError> {
        parse::parse(text, Product::Rules)
    }

    /// The list that `list:` names, if the query has that operator: [`Subject::lists`] need not name any other.
    pub(crate) fn list(&self) -> Option<u64> {
        self.list
    }

    /// Returns whether a post matches the query.
    pub(crate) fn matches(&self, subject: &Subject<'_>) -> bool {
        self.expr.matches(&subject::Facts::new(subject, self.product))
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}
