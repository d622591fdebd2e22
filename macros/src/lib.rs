//! The attribute `#[paragon_request]` of `twitter-api`: a signature becomes a typed call. It is used through that crate, which documents it.

mod argument;
mod attribute;
mod expand;
mod function;
mod path;
mod report;

use proc_macro::TokenStream;

/// Declares an endpoint.
#[proc_macro_attribute]
pub fn paragon_request(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(attribute.into(), item.into()).into()
}
