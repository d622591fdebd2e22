//! Open enums.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs, ident};
use crate::ir::{Enum, TypeId};

pub(super) fn emit(context: Context<'_>, id: TypeId, values: &Enum) -> TokenStream {
    let name = ident(&context.names.types[&id]);
    let alias = context.alias(id);
    let docs = docs::attributes(&docs::type_(context, id));
    let wires = &values.values;
    let members: Vec<_> = context.names.members[&id].iter().map(|name| ident(name)).collect();
    let lines = wires.iter().map(|wire| docs::attributes(&format!("`{}`", wire.replace('`', "'"))));
    let integer = values.integer.then(|| {
        quote!(
            const INTEGER: bool = true;
        )
    });
    quote! {
        #docs
        #alias
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#lines #members,)*
            /// A value that the description does not have.
            Other(Box<str>),
        }
        impl crate::runtime::Open for #name {
            const KNOWN: &'static [(&'static str, Self)] = &[#((#wires, Self::#members)),*];
            #integer
            fn other(text: Box<str>) -> Self {
                Self::Other(text)
            }
            fn as_other(&self) -> Option<&str> {
                if let Self::Other(text) = self { Some(text) } else { None }
            }
        }
        impl #name {
            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                crate::runtime::Open::text(self)
            }
        }
        impl std::fmt::Display for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(crate::runtime::Open::text(self))
            }
        }
        impl From<&str> for #name {
            fn from(text: &str) -> Self {
                crate::runtime::Open::of(text)
            }
        }
        impl From<String> for #name {
            fn from(text: String) -> Self {
                crate::runtime::Open::of(&text)
            }
        }
        impl crate::runtime::Decode for #name {
            fn decode(decoder: &mut crate::runtime::Decoder<'_>) -> Result<Option<Self>, crate::runtime::Fault> {
                crate::runtime::Open::read(decoder)
            }
        }
        impl crate::runtime::Encode for #name {
            fn encode(&self) -> Option<crate::runtime::Value> {
                crate::runtime::Open::json(self)
            }
        }
    }
}
