//! The operations, inputs, answers and types of the Rust code, with no word of OpenAPI left in them.

mod api;
mod draft;
mod formats;
pub(crate) mod ids;
mod layout;
mod lower;
mod merge;
mod naming;
mod pool;
mod schema;
mod selection;

use std::collections::BTreeSet;

pub use api::{Answer, Api, Body, Enum, Field, Limits, Location, Operation, Parameter, Role, Shape, Type, TypeId, TypeKind, Union};
pub use selection::{Member, Selection};

pub(crate) use formats::format_place;

use crate::diagnostic::{Diagnostics, Source};
use crate::document::Document;
use crate::settings::Statements;

/// Makes the intermediate form of a document, pass by pass. Also returns the places of ids that were met, and findings that do not stand in
/// the way.
///
/// # Errors
///
/// Every construct that cannot be expressed, at once. `strict` makes words of the overlay that contradict each other an error.
pub(crate) fn build(
    document: &Document,
    statements: &Statements,
    source: Source<'_>,
    strict: bool,
) -> Result<(Api, BTreeSet<String>, Diagnostics), Diagnostics> {
    let mut draft = lower::lower(document, statements, source, strict);
    naming::by_place(&mut draft);
    merge::by_name(&mut draft);
    ids::assign(&mut draft);
    formats::assign(&mut draft);
    layout::present(&mut draft);
    merge::equal(&mut draft);
    let (mut api, met, findings) = draft.finish();
    layout::boxed(&mut api);
    layout::optional(&mut api);
    layout::arguments(&mut api);
    if findings.has_errors() { Err(findings) } else { Ok((api, met, findings)) }
}
