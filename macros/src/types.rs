//! Reading types: their names and arguments, and where they stand.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, Type, TypeParamBound, TypePath};

/// Types that ask for pages by themselves, and so are returned by functions that are not `async`.
pub(crate) const LAZY: &[&str] = &["Items", "Pages"];

/// A type without parentheses, or the group that it is in when it comes out of a `macro_rules!`.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        _ => ty,
    }
}

pub(crate) fn is_reference(ty: &Type) -> bool {
    matches!(bare(ty), Type::Reference(_))
}

/// The last word of a path, and the first type among its arguments.
pub(crate) fn last(ty: &Type) -> Option<(&Ident, Option<&Type>)> {
    let Type::Path(path) = bare(ty) else { return None };
    let segment = path.path.segments.last()?;
    let first = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        }),
        _ => None,
    };
    Some((&segment.ident, first))
}

/// The client that a type is, by name: `Twitter`, `ParagonUser` or `Integration`, or `Client` for anything that is one.
pub(crate) fn client(ty: &Type) -> Option<&Ident> {
    match bare(ty) {
        Type::Reference(reference) => client(&reference.elem),
        Type::Path(path) => {
            let last = &path.path.segments.last()?.ident;
            ["Twitter", "ParagonUser", "Integration"].contains(&last.to_string().as_str()).then_some(last)
        }
        Type::ImplTrait(bounds) => bounds.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last().map(|last| &last.ident).filter(|last| *last == "Client"),
            _ => None,
        }),
        _ => None,
    }
}

/// Where a type begins, which is where the compiler points for all of it. For most types that is known without writing their tokens down, which
/// takes time.
pub(crate) fn start(ty: &Type) -> Span {
    match bare(ty) {
        Type::Reference(reference) => reference.and_token.span,
        Type::Path(TypePath { qself: None, path, .. }) => match (&path.leading_colon, path.segments.first()) {
            (None, Some(first)) => first.ident.span(),
            _ => path.span(),
        },
        _ => ty.span(),
    }
}

/// Where the type is that an error about reading is most likely about.
pub(crate) fn innermost(ty: &Type) -> Span {
    match last(ty) {
        Some((_, Some(inner))) => innermost(inner),
        Some((name, _)) => name.span(),
        None => start(ty),
    }
}
