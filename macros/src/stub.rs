//! Functions whose declaration is in error. They stay, so that nothing else is in error because of it, and editors go on completing.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::parse::argument::KEPT;
use crate::parse::attribute::Attribute;
use crate::types::LAZY;

/// Writes a function as it was declared, with the errors for a body.
///
/// A signature is handed on token by token, however broken it is. An editor finds the cursor in it that way, and the compiler, which has told of a
/// syntax error before it called the attribute, goes on from there just as it did then, and does not tell of it again.
///
/// An output that is missing, or that no function can have, becomes the most usual one.
pub(crate) fn stub(item: TokenStream, attribute: &Attribute, keeps_output: bool, errors: Option<TokenStream>) -> TokenStream {
    let item: Vec<TokenTree> = item.into_iter().collect();
    let Some(Parts { head, name, arguments, rest }) = Parts::of(&item) else { return quote!(#errors #(#item)*) };
    let (output, bounds) = rest.split_at(rest.iter().position(|token| is_word(token, "where")).unwrap_or(rest.len()));
    let is_lazy = output.iter().any(|token| LAZY.iter().any(|lazy| is_word(token, lazy)));
    let mut head = without_ours(head);
    if !is_lazy && !head.iter().any(|token| is_word(token, "async")) {
        let position = head.iter().position(|token| is_word(token, "unsafe") || is_word(token, "extern")).unwrap_or(head.len());
        head.insert(position, Ident::new("async", Span::call_site()).into());
    }
    let arguments = arguments.map(|group| {
        let mut arguments = Group::new(Delimiter::Parenthesis, without_places(group.stream()));
        // Most errors of syntax in arguments are at the end of them.
        arguments.set_span(group.span_close());
        arguments
    });
    let output = if arguments.is_some() && (output.is_empty() || !keeps_output) {
        let krate = attribute.krate(Span::call_site());
        quote!(-> #krate::Result<#krate::Reply<#krate::Value>>)
    } else {
        output.iter().cloned().collect()
    };
    let body = errors.unwrap_or_else(|| quote!(loop {}));
    quote! {
        #[allow(
            unused_variables,
            unused_mut,
            async_fn_in_trait,
            clippy::all,
            clippy::pedantic,
            reason = "it does not compile anyway, for the reasons given"
        )]
        #(#head)* #(#name)* #arguments #output #(#bounds)* { #body }
    }
}

/// Whether a function has no arguments yet, or one of them no type yet. As no Rust has such functions, the compiler tells of it, and the attribute
/// need not.
pub(crate) fn is_half_typed(item: TokenStream) -> bool {
    let item: Vec<TokenTree> = item.into_iter().collect();
    let Some(Parts { arguments, .. }) = Parts::of(&item) else { return false };
    let Some(arguments) = arguments else { return true };
    let mut depth = Depth::default();
    let tokens: Vec<TokenTree> = arguments.stream().into_iter().collect();
    let pieces: Vec<&[TokenTree]> = tokens.split(|token| depth.follow(token) && is_punct(token, ',')).collect();
    for (index, piece) in pieces.iter().enumerate() {
        let is_after_last = piece.is_empty() && index + 1 == pieces.len();
        let mut bare = *piece;
        while let [TokenTree::Punct(hash), TokenTree::Group(_), after @ ..] = bare
            && hash.as_char() == '#'
        {
            bare = after;
        }
        let is_half = match bare {
            [] => !is_after_last,
            [TokenTree::Ident(word)] => word != "self",
            [.., before, last] => is_punct(last, ':') && !is_punct(before, ':'),
            [_] => false,
        };
        if is_half {
            return true;
        }
    }
    // `Vec<` and the like.
    depth.open > 0
}

/// The tokens of a function.
struct Parts<'t> {
    /// Attributes, visibility, and the words before `fn`.
    head: &'t [TokenTree],
    /// `fn`, the name, generics.
    name: &'t [TokenTree],
    arguments: Option<&'t Group>,
    /// Output and bounds.
    rest: &'t [TokenTree],
}

impl<'t> Parts<'t> {
    /// `None` for anything but a function that has a name.
    fn of(item: &'t [TokenTree]) -> Option<Self> {
        let start = item.iter().position(|token| is_word(token, "fn"))?;
        let TokenTree::Ident(_) = item.get(start + 1)? else { return None };
        let is_body =
            |token: &TokenTree| is_punct(token, ';') || matches!(token, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace);
        let end = item.len() - usize::from(item.last().is_some_and(is_body));
        let mut depth = Depth::default();
        let arguments = (start + 2..end).find_map(|index| match &item[index] {
            TokenTree::Group(group) if depth.follow(&item[index]) && group.delimiter() == Delimiter::Parenthesis => Some((index, group)),
            token => {
                depth.follow(token);
                None
            }
        });
        let (name_end, rest) = arguments.map_or((end, end), |(index, _)| (index, index + 1));
        let arguments = arguments.map(|(_, group)| group);
        Some(Self { head: &item[..start], name: &item[start..name_end], arguments, rest: &item[rest..end] })
    }
}

/// How deep tokens are in `<…>`, which are no groups.
#[derive(Default)]
struct Depth {
    open: usize,
    after_minus: bool,
}

impl Depth {
    /// Whether this token, the next one, is outside.
    fn follow(&mut self, token: &TokenTree) -> bool {
        let is_arrow = self.after_minus && is_punct(token, '>');
        if is_punct(token, '<') {
            self.open += 1;
        } else if is_punct(token, '>') && !is_arrow {
            self.open = self.open.saturating_sub(1);
        }
        self.after_minus = is_punct(token, '-');
        self.open == 0
    }
}

/// Leaves out this attribute where it is given again.
fn without_ours(head: &[TokenTree]) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in head {
        let is_ours = match token {
            TokenTree::Group(group) => group.stream().into_iter().any(|token| is_word(&token, "paragon_request")),
            _ => false,
        };
        if is_ours && kept.last().is_some_and(|before| is_punct(before, '#')) {
            kept.pop();
        } else {
            kept.push(token.clone());
        }
    }
    kept
}

/// Puts an attribute that changes nothing in the place of those that the compiler does not know, so that an argument of which nothing else is
/// there yet is still one.
fn without_places(arguments: TokenStream) -> TokenStream {
    let mut after_hash = false;
    let tokens = arguments.into_iter().map(|token| {
        let is_attribute = std::mem::replace(&mut after_hash, is_punct(&token, '#'));
        match &token {
            TokenTree::Group(group) if is_attribute => {
                let mut words = group.stream().into_iter();
                let is_kept = words.next().is_some_and(|word| KEPT.iter().any(|kept| is_word(&word, kept)));
                let is_of_a_tool = words.next().is_some_and(|token| is_punct(&token, ':'));
                if is_kept || is_of_a_tool { token } else { Group::new(Delimiter::Bracket, quote!(cfg(all()))).into() }
            }
            _ => token,
        }
    });
    tokens.collect()
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(token) if token.as_char() == punct)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_half_typed_when_arguments_or_types_are_still_to_come() {
        for (signature, expected) in [
            ("fn f;", true),
            ("fn f(a);", true),
            ("fn f(a: , b: u8);", true),
            ("fn f(a: u8, , b: u8);", true),
            ("fn f(&self, #[query]);", true),
            ("fn f(a: Vec<);", true),
            ("fn f();", false),
            ("fn f(self, a: BTreeMap<u8, u8>, b: fn(u8) -> u8,);", false),
            ("fn f(a: u8) -> ;", false),
            ("struct F;", false),
        ] {
            assert_eq!(is_half_typed(signature.parse().unwrap()), expected, "{signature}");
        }
    }
}
