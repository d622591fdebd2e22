//! Values whose type is told by a sibling.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, ident};
use super::docs;
use crate::ir::{TypeId, Union};

pub(super) fn emit(context: Context<'_>, id: TypeId, union: &Union) -> TokenStream {
    let name = ident(&context.names.types[&id]);
    let text = format!(
        "{}\n\nThe sibling `{}` tells the type. A value that is read without it is `Unknown`.",
        docs::type_(context, id),
        union.tag
    );
    let alias = context.alias(id);
    let docs = docs::attributes(&text);
    let members: Vec<_> = context.names.members[&id].iter().map(|name| ident(name)).collect();
    let lines = union.variants.iter().map(|(_, tags)| {
        let tags: Vec<String> = tags.iter().map(|tag| format!("`{tag}`")).collect();
        docs::attributes(&format!("Of {}.", tags.join(", ")))
    });
    let tags = union.variants.iter().map(|(_, tags)| quote!(#(#tags)|*));
    quote! {
        #docs
        #alias
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#lines #members(Box<#members>),)*
            /// A value that does not fit its sibling, or whose sibling says something that the description does not have.
            Unknown(crate::runtime::Value),
        }
        impl crate::runtime::Json for #name {
            fn decode(decoder: &mut crate::runtime::Decoder<'_>) -> Result<Option<Self>, crate::runtime::DecodeError> {
                Ok(<crate::runtime::Value as crate::runtime::Json>::decode(decoder)?.map(Self::Unknown))
            }
            fn encode(&self) -> crate::runtime::View<'_> {
                match self {
                    #(Self::#members(value) => crate::json::Json::encode(value),)*
                    Self::Unknown(value) => crate::json::Json::encode(value),
                }
            }
        }
        impl #name {
            fn settle(&mut self, tag: &str) {
                let Self::Unknown(value) = self else { return };
                let settled = match tag {
                    #(#tags => crate::runtime::from_value(value).map(|value| Self::#members(Box::new(value))),)*
                    _ => None,
                };
                if let Some(settled) = settled {
                    *self = settled;
                }
            }
        }
    }
}
