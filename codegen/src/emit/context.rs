//! The view of the api that all emitters share, and identifiers.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};

use crate::ir::{Api, Selection, TypeId};
use crate::names::Names;
use crate::prose::Prose;

/// Everything an emitter looks at.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) api: &'a Api,
    pub(super) names: &'a Names,
    pub(super) prose: &'a Prose,
    /// The values that ask for fields.
    pub(super) selection: &'a Selection,
    /// The types that are emitted.
    pub(super) types: &'a BTreeSet<TypeId>,
}

/// The keywords of Rust, of all editions, that can be raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// An identifier, raw where the name is a keyword.
pub(super) fn ident(name: &str) -> Ident {
    match name {
        // These cannot be raw.
        "self" | "super" | "crate" | "Self" | "_" => Ident::new(&format!("{name}_"), Span::call_site()),
        _ if KEYWORDS.contains(&name) => Ident::new_raw(name, Span::call_site()),
        _ => Ident::new(name, Span::call_site()),
    }
}
