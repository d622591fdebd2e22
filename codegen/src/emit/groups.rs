//! Groups of operations, and the list of all.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, ident};
use super::{docs, operations};
use crate::settings::Group;

/// The file of one group.
pub(super) fn one(context: Context<'_>, group: &str, indices: &[usize]) -> TokenStream {
    let name = ident(&context.names.groups[group]);
    let docs = docs::attributes(&format!("{} See [`Twitter::{group}`](crate::Twitter::{group}).", page(context, group).line));
    let statics = indices.iter().map(|index| operations::operation(context, *index));
    let constructors = indices.iter().map(|index| operations::constructor(context, *index));
    let of_me: Vec<TokenStream> = indices.iter().filter_map(|index| operations::constructor_of_me(context, *index)).collect();
    let feature = feature(context, group);
    let me = (!of_me.is_empty()).then(|| {
        quote! {
            #feature
            impl crate::Me {
                #(#of_me)*
            }
        }
    });
    let requests = indices.iter().map(|index| operations::request(context, *index));
    quote! {
        #docs
        #[derive(Debug, Clone)]
        pub struct #name(pub(crate) crate::client::runtime::Caller);
        impl #name {
            #(#constructors)*
        }
        #me
        #(#requests)*
        #(#statics)*
    }
}

/// The file that brings the groups together.
pub(super) fn all(context: Context<'_>, groups: &BTreeMap<&str, Vec<usize>>) -> TokenStream {
    let modules = groups.iter().map(|(group, indices)| {
        let (module, file) = (ident(group), format!("/{group}.rs"));
        let docs = docs::attributes(&docs::group(context, group, &page(context, group), indices));
        let feature = feature(context, group);
        quote! {
            #docs
            #feature
            #[allow(clippy::should_implement_trait, clippy::too_many_arguments, reason = "names and required inputs are X's")]
            pub mod #module {
                include!(concat!(env!("OUT_DIR"), #file));
            }
        }
    });
    let accessors = groups.keys().map(|group| {
        let (module, name) = (ident(group), ident(&context.names.groups[*group]));
        let docs = docs::attributes(&page(context, group).line);
        let feature = feature(context, group);
        quote! {
            #docs
            #feature
            #[must_use]
            pub fn #module(&self) -> #module::#name {
                #module::#name(self.caller())
            }
        }
    });
    // The groups give it their methods. Without any it would be of no use.
    let of_me: Vec<usize> = groups.values().flatten().copied().filter(|index| context.names.operations[*index].me.is_some()).collect();
    let me = (!of_me.is_empty()).then(|| {
        let docs = docs::attributes(&docs::me(context, &of_me));
        quote! {
            #docs
            #[derive(Debug, Clone)]
            pub struct Me(pub(crate) crate::client::runtime::Caller);
            impl crate::client::runtime::Twitter {
                /// Operations of the connected account itself, without its id as an argument.
                #[must_use]
                pub fn me(&self) -> Me {
                    Me(self.caller())
                }
            }
        }
    });
    let operations = groups.iter().flat_map(|(group, indices)| {
        indices.iter().map(move |index| {
            let (module, name) = (ident(group), ident(&context.names.operations[*index].operation));
            quote!(&#module::#name)
        })
    });
    // Configured out by its feature, so that rustc names the feature to who uses it.
    let off = context.api.settings.groups.keys().filter(|group| !groups.contains_key(group.as_str())).map(|group| {
        let module = ident(group);
        // Another description may have no operations of a group that is switched on.
        let docs = docs::attributes(&page(context, group).line);
        quote! {
            #docs
            #[cfg(feature = #group)]
            pub mod #module {}
        }
    });
    quote! {
        #(#modules)*
        #(#off)*
        impl crate::client::runtime::Twitter {
            #(#accessors)*
        }
        #me
        /// Every operation of this build, by group and path.
        pub static OPERATIONS: &[&crate::client::runtime::Operation] = &[#(#operations),*];
    }
}

/// The file of the query parameters and values that have two spellings.
pub(super) fn spellings(context: Context<'_>) -> TokenStream {
    let spellings = &context.api.settings.spellings;
    let parameters = spellings.parameters.iter().map(|(new, old)| quote!((#new, #old)));
    let values =
        spellings.values.iter().flat_map(|(parameter, values)| values.iter().map(move |(new, old)| quote!((#parameter, #new, #old))));
    quote! {
        /// Query parameters with two spellings: the current one and the old one.
        pub(crate) static PARAMETER_SPELLINGS: &[(&str, &str)] = &[#(#parameters),*];
        /// Parameters and those of their values that have two spellings, likewise.
        pub(crate) static VALUE_SPELLINGS: &[(&str, &str, &str)] = &[#(#values),*];
    }
}

/// Documentation of a group.
fn page(context: Context<'_>, group: &str) -> Group {
    let known = context.api.settings.groups.get(group).cloned();
    known.unwrap_or_else(|| Group { line: format!("Operations under `{group}`."), text: String::new() })
}

/// Tells rustdoc the feature of a group. One of another description has none.
fn feature(context: Context<'_>, group: &str) -> TokenStream {
    if context.api.settings.groups.contains_key(group) {
        quote!(#[cfg_attr(docsrs, doc(cfg(feature = #group)))])
    } else {
        TokenStream::new()
    }
}
