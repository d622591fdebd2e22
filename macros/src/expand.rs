//! Expands a checked declaration to a function that makes the call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Attribute as Attr, LitStr, ReturnType, Token, Type};

use crate::bind::{Bound, Client};
use crate::check::Output;
use crate::parse::argument::{Argument, Encoding, Place};
use crate::parse::attribute::{Attribute, Auth, TWITTER};
use crate::parse::function::Function;
use crate::report::list;
use crate::types::{innermost, is_reference, start};

/// A declaration without mistakes.
pub(crate) struct Declaration {
    pub(crate) attribute: Attribute,
    pub(crate) function: Function,
    pub(crate) client: Client,
    pub(crate) arguments: Vec<Bound>,
    pub(crate) output: Output,
}

impl Declaration {
    pub(crate) fn expand(self) -> TokenStream {
        let docs = self.docs();
        let name = self.attribute.name.as_ref().map_or_else(|| self.function.signature.ident.unraw().to_string(), LitStr::value);
        let (statements, declared) = self.declared(&name);
        let output = &self.output.ty;
        let answer = here(innermost(output));
        let span = here(start(output));
        let send = if self.output.is_lazy {
            quote_spanned!(answer=> .start((&__paragon::Returned::<#output>::NEW).__paragon_start()))
        } else {
            let value = quote_spanned!(span=> <#output as __paragon::Outcome>::Value);
            quote_spanned!(answer=> .send::<#output>((&&__paragon::Returned::<#value>::NEW).__paragon_way()))
        };
        let krate = self.attribute.krate(Span::call_site());
        let spanned = self.attribute.krate(span);
        let Function { attributes, visibility, mut signature, .. } = self.function;
        signature.asyncness = None;
        if !self.output.is_lazy {
            let request = quote_spanned!(span=> #spanned::request::RequestFuture<#output>);
            signature.output = ReturnType::Type(Default::default(), Box::new(Type::Verbatim(request)));
        }
        // The operation decides how many arguments there are.
        let many = (signature.inputs.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments, reason = "the operation has as many")]));
        quote! {
            #(#attributes)*
            #docs
            #many
            #visibility #signature {
                use #krate::__private::{self as __paragon, rules::*};
                #statements
                #declared #send
            }
        }
    }

    /// The call with its facts and all arguments, one after the other, and the statements that stand before it.
    fn declared(&self, name: &str) -> (TokenStream, TokenStream) {
        let Client { value, is_reference, span } = &self.client;
        let span = here(*span);
        let reference = borrowed(*is_reference, span);
        let Attribute { method, path, .. } = &self.attribute;
        let method = method.as_ref().map(ToString::to_string);
        // As a text of the user's, it would look to some lints like a format string.
        let path = path.as_ref().map(LitStr::value);
        let mut declared = quote_spanned!(span=> __paragon::Declared::new(#reference #value, #name, #method, #path));
        self.facts(&mut declared);
        let mut statements = TokenStream::new();
        for bound in &self.arguments {
            let Some(put) = put(bound) else { continue };
            let cfgs = &bound.argument.cfgs;
            if cfgs.is_empty() {
                declared.extend(put);
            } else {
                // A name of the macro's own, which no argument can have.
                let so_far = Ident::new("declared", Span::mixed_site());
                statements.extend(quote!(let #so_far = #declared; #(#cfgs)* let #so_far = #so_far #put;));
                declared = so_far.into_token_stream();
            }
        }
        (statements, declared)
    }

    /// The facts in which this operation differs from most.
    fn facts(&self, declared: &mut TokenStream) {
        let Attribute { scopes, integration, idempotent, page, auth, envelope, .. } = &self.attribute;
        if *auth != Auth::User {
            let user = *auth != Auth::App;
            declared.extend(quote!(.auth(#user, true)));
        }
        if !scopes.is_empty() {
            declared.extend(quote!(.scopes(&[#(#scopes),*])));
        }
        for (method, text) in [("integration", integration), ("page", page)] {
            let method = Ident::new(method, Span::call_site());
            declared.extend(text.iter().map(|text| quote!(.#method(#text))));
        }
        for (method, flag) in [("idempotent", idempotent), ("envelope", envelope)] {
            let method = Ident::new(method, Span::call_site());
            declared.extend(flag.iter().map(|flag| quote!(.#method(#flag))));
        }
    }

    /// Lines for the documentation: the one of a generated operation, and the doc comments of the arguments.
    fn docs(&self) -> TokenStream {
        let Attribute { method, path, scopes, integration, auth, .. } = &self.attribute;
        let (Some(method), Some(path)) = (method, path) else { return TokenStream::new() };
        let scopes: Vec<String> = scopes.iter().map(LitStr::value).collect();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let granted = match scopes.len() {
            0 => String::new(),
            1 => format!(" who granted the scope {}", list(&scopes)),
            _ => format!(" who granted the scopes {}", list(&scopes)),
        };
        let of = integration.as_ref().filter(|name| name.value() != TWITTER).map(|name| format!(" of the integration `{}`", name.value()));
        let whom = match auth {
            Auth::User => format!("as a connected user{granted}"),
            Auth::Any => format!("as a connected user{granted}; also with an app-only token, by `with_app_only`"),
            Auth::App => "with an app-only token, which goes to X directly".to_owned(),
        };
        let mut lines = Vec::new();
        if self.function.attributes.iter().any(|attribute: &Attr| attribute.path().is_ident("doc")) {
            lines.push(String::new());
        }
        lines.push(format!(" `{method} {}`{}, {whom}.", path.value(), of.unwrap_or_default()));
        let described: Vec<&Argument> =
            self.arguments.iter().map(|bound| &bound.argument).filter(|argument| !argument.docs.is_empty()).collect();
        if !described.is_empty() {
            lines.push(String::new());
        }
        for argument in described {
            lines.push(format!(" - `{}`: {}", argument.name(), argument.docs.join("\n   ")));
        }
        quote!(#(#[doc = #lines])*)
    }
}

/// Makes a reference of a value that is none.
fn borrowed(is_reference: bool, span: Span) -> Option<Token![&]> {
    (!is_reference).then(|| Token![&](here(span)))
}

/// The macro's own words, at a place of the user's.
fn here(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// Puts an argument into the call; `None` for the client. Its tokens stand where the type is, so that errors about the type do too.
fn put(bound: &Bound) -> Option<TokenStream> {
    let Argument { ident, ty, .. } = &bound.argument;
    let span = here(start(ty));
    let reference = borrowed(is_reference(ty), span);
    Some(match &bound.place {
        Place::Client => return None,
        Place::Path(name) => quote_spanned!(span=> .path(#name, &#ident)),
        Place::Query { name, csv } => quote_spanned!(span=> .query(#name, #csv, (&&__paragon::Arg(#reference #ident)).__paragon_input())),
        Place::Header(name) => quote_spanned!(span=> .header(#name, (&&__paragon::Arg(#reference #ident)).__paragon_input())),
        Place::Credential => quote_spanned!(span=> .credential((&&__paragon::Arg(#reference #ident)).__paragon_input())),
        Place::Timeout => quote_spanned!(span=> .timeout(#ident)),
        Place::Retry => quote_spanned!(span=> .retry(#ident)),
        Place::Body(Encoding::Bytes(kind)) => quote_spanned!(span=> .bytes(#kind, (&__paragon::Arg(#reference #ident)).__paragon_bytes())),
        Place::Body(Encoding::Json) => quote_spanned!(span=> .json((&&__paragon::Arg(#reference #ident)).__paragon_content())),
        Place::Body(Encoding::Form) => quote_spanned!(span=> .form((&&__paragon::Arg(#reference #ident)).__paragon_content())),
        Place::Body(Encoding::Multipart) => quote_spanned!(span=> .multipart((&&__paragon::Arg(#reference #ident)).__paragon_content())),
    })
}
