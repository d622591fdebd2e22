//! The function that the attribute stands before.

use proc_macro2::{Delimiter, Group, Span};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Result, Signature, Token, Visibility};

/// A function, with its body if it has one in spite of everything.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// Where the body is.
    pub(crate) body: Option<Span>,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let start = input.span();
        if !is_function(input) {
            return Err(Error::new(start, "`#[paragon_request]` stands before the signature of a function: `async fn name(…) -> …;`"));
        }
        let signature: Signature = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            let body: Group = input.parse()?;
            (body.delimiter() == Delimiter::Brace).then(|| body.span_open())
        };
        Ok(Self { attributes, visibility, signature, body })
    }
}

/// Whether an attribute is another `#[paragon_request]`.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == "paragon_request")
}

/// Whether `fn` comes, after words that may stand before it.
fn is_function(input: ParseStream<'_>) -> bool {
    if input.peek(Token![async]) && input.peek2(Token![fn]) {
        return true;
    }
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let word = ahead.peek(Token![async]) || ahead.peek(Token![const]) || ahead.peek(Token![unsafe]);
        let word = word || ahead.peek(Token![extern]) || ahead.peek(syn::LitStr);
        if !word || ahead.parse::<proc_macro2::TokenTree>().is_err() {
            return false;
        }
    }
}
