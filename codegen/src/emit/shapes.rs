//! Shapes as Rust types, and as arguments that turn into them.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, ident};
use crate::ir::{Shape, TypeId};

impl Context<'_> {
    /// The name that a type would have in X's old words, for the search of the docs.
    pub(super) fn alias(self, id: TypeId) -> TokenStream {
        self.names.old.get(&id).map_or_else(TokenStream::new, |old| quote!(#[doc(alias = #old)]))
    }

    /// The name of a generated type, as it is written outside of the module that has the types.
    fn type_path(self, id: TypeId, prefix: &TokenStream) -> TokenStream {
        // Every type that anything mentions is in the table; the fallback keeps a mistake here from panicking in a user's build.
        let name = ident(self.names.types.get(&id).map_or("Value", String::as_str));
        quote!(#prefix #name)
    }

    /// The Rust type of a shape. `prefix` leads to the generated types.
    pub(super) fn rust(self, shape: &Shape, prefix: &TokenStream) -> TokenStream {
        match shape {
            // A time in a form of its own is kept in that form.
            Shape::Text | Shape::UnixMillis | Shape::UtcMinute => quote!(String),
            Shape::Boolean => quote!(bool),
            Shape::Integer => quote!(i64),
            Shape::Number => quote!(f64),
            Shape::Time => quote!(crate::runtime::Timestamp),
            Shape::Bytes => quote!(crate::runtime::Bytes),
            Shape::Json => quote!(crate::runtime::Value),
            Shape::Problem => quote!(crate::runtime::Problem),
            Shape::Id(name) => {
                let name = ident(name);
                quote!(#prefix #name)
            }
            Shape::List(inner) => {
                let inner = self.rust(inner, prefix);
                quote!(Vec<#inner>)
            }
            Shape::Map(inner) => {
                let inner = self.rust(inner, prefix);
                quote!(std::collections::BTreeMap<String, #inner>)
            }
            Shape::Type(id) => self.type_path(*id, prefix),
        }
    }

    /// The type of an argument of a shape, and the expression that makes the value of it.
    pub(super) fn argument(self, shape: &Shape, name: &str, prefix: &TokenStream) -> (TokenStream, TokenStream) {
        let rust = self.rust(shape, prefix);
        let name = ident(name);
        match shape {
            Shape::Boolean | Shape::Time | Shape::Map(_) | Shape::Problem => (rust, quote!(#name)),
            Shape::UnixMillis => (quote!(crate::runtime::Timestamp), quote!(#name.as_millisecond().to_string())),
            Shape::UtcMinute => (quote!(crate::runtime::Timestamp), quote!(#name.strftime("%Y%m%d%H%M").to_string())),
            Shape::Type(id) if self.is_struct(*id) => (rust, quote!(#name)),
            // Integers of any type fit, and nothing else turns into one.
            Shape::Integer => (quote!(impl Into<crate::runtime::Number>), quote!(Into::<crate::runtime::Number>::into(#name))),
            Shape::List(inner) => {
                let inner = self.rust(inner, prefix);
                (quote!(impl IntoIterator<Item = impl Into<#inner>>), quote!(#name.into_iter().map(Into::<#inner>::into)))
            }
            _ => (quote!(impl Into<#rust>), quote!(Into::<#rust>::into(#name))),
        }
    }

    fn is_struct(self, id: TypeId) -> bool {
        !matches!(self.api.types[id.0].kind, crate::ir::TypeKind::Enum(_))
    }
}
