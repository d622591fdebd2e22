//! Id types: an alias of the runtime's generic id each.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::context::{Context, ident};
use super::docs;

pub(super) fn emit(context: Context<'_>, names: &BTreeSet<&str>) -> TokenStream {
    let ids = names.iter().copied().map(|name| {
        let kind = format_ident!("{}Kind", name);
        let alias = ident(name);
        let old = context.names.old_ids.get(name).map(|old| quote!(#[doc(alias = #old)]));
        let docs = docs::attributes(context.api.settings.types.get(name).map_or("An identifier of X.", String::as_str));
        quote! {
            #[doc(hidden)]
            #[derive(Debug)]
            pub enum #kind {}
            #docs
            #old
            pub type #alias = crate::runtime::Id<#kind>;
        }
    });
    quote!(#(#ids)*)
}
