//! Groups of operations, and the list of all.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs, ident, operations};

/// The file of one group.
pub(super) fn one(context: Context<'_>, group: &str, indices: &[usize]) -> TokenStream {
    let name = ident(&context.names.groups[group]);
    let docs = docs::attributes(&format!("{} See [`Twitter::{group}`](crate::Twitter::{group}).", line(context, group)));
    let endpoints = indices.iter().map(|index| operations::endpoint(context, *index));
    let constructors = indices.iter().map(|index| operations::constructor(context, *index));
    let requests = indices.iter().map(|index| operations::request(context, *index));
    quote! {
        #docs
        #[derive(Debug, Clone, Copy)]
        pub struct #name<'a>(pub(crate) &'a crate::runtime::Twitter);
        impl #name<'_> {
            #(#constructors)*
        }
        #(#requests)*
        #(#endpoints)*
    }
}

/// The file that brings the groups together.
pub(super) fn all(context: Context<'_>, groups: &BTreeMap<&str, Vec<usize>>) -> TokenStream {
    let modules = groups.keys().map(|group| {
        let (module, file) = (ident(group), format!("/{group}.rs"));
        let docs = docs::attributes(&line(context, group));
        quote! {
            #docs
            #[allow(clippy::should_implement_trait, clippy::too_many_arguments, reason = "names and required inputs are X's")]
            pub mod #module {
                include!(concat!(env!("OUT_DIR"), #file));
            }
        }
    });
    let accessors = groups.keys().map(|group| {
        let (module, name) = (ident(group), ident(&context.names.groups[*group]));
        let docs = docs::attributes(&line(context, group));
        quote! {
            #docs
            #[must_use]
            pub fn #module(&self) -> #module::#name<'_> {
                #module::#name(self)
            }
        }
    });
    let endpoints = groups.iter().flat_map(|(group, indices)| {
        indices.iter().map(move |index| {
            let (module, name) = (ident(group), ident(&context.names.operations[*index].endpoint));
            quote!(&#module::#name)
        })
    });
    let spellings = &context.api.settings.spellings;
    let parameters = spellings.parameters.iter().map(|(new, old)| quote!((#new, #old)));
    let values =
        spellings.values.iter().flat_map(|(parameter, values)| values.iter().map(move |(new, old)| quote!((#parameter, #new, #old))));
    quote! {
        #(#modules)*
        impl crate::runtime::Twitter {
            #(#accessors)*
        }
        /// Every operation of this build, by group and path.
        pub static ENDPOINTS: &[&crate::runtime::Endpoint] = &[#(#endpoints),*];
        /// Query parameters with two spellings: the current one and the old one.
        pub(crate) static PARAMETER_SPELLINGS: &[(&str, &str)] = &[#(#parameters),*];
        /// Parameters and those of their values that have two spellings, likewise.
        pub(crate) static VALUE_SPELLINGS: &[(&str, &str, &str)] = &[#(#values),*];
    }
}

fn line(context: Context<'_>, group: &str) -> String {
    let known = context.api.settings.groups.get(group).map(|group| group.line.clone());
    known.unwrap_or_else(|| format!("Operations under `{group}`."))
}
