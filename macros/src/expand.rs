//! From a signature to a function that makes the call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute as Attr, LitStr, ReturnType, Token, Type};

use crate::argument::{self, Argument, Role, Writing};
use crate::attribute::{Attribute, Auth, TWITTER, list};
use crate::check::{borrowed, check_output, check_places, check_qualifiers, innermost, settle_client, settle_paths};
use crate::function::Function;
use crate::report::Report;

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let attribute = Attribute::read(attribute, &mut report);
    let Some(mut function) = report.take(syn::parse2::<Function>(item)) else {
        return report.into_tokens().unwrap_or_default();
    };
    let plan = Plan::make(attribute, &mut function, &mut report);
    match report.into_tokens() {
        // A function remains, so that its callers are not in error as well.
        Some(errors) => {
            let stub = stub(function, plan.output.is_some());
            quote!(#errors #stub)
        }
        None => plan.write(function),
    }
}

/// The function as it was written, with a body that is never reached.
fn stub(function: Function, returns: bool) -> TokenStream {
    let Function { attributes, visibility, mut signature, .. } = function;
    if !returns {
        // The compiler would find fault with it as well.
        signature.output = ReturnType::Default;
        signature.asyncness = Some(Token![async](signature.fn_token.span));
    }
    quote! {
        #(#attributes)*
        #[allow(unused_variables, unused_mut, async_fn_in_trait, clippy::all, clippy::pedantic)]
        #visibility #signature { ::core::unimplemented!() }
    }
}

/// A checked declaration.
struct Plan {
    attribute: Attribute,
    arguments: Vec<Argument>,
    /// What the call is made through.
    client: TokenStream,
    /// Where an error about the client belongs.
    client_span: Span,
    /// The return type, if it is one that can be.
    output: Option<Type>,
    /// Whether the function returns what asks for pages, and not a future.
    immediate: bool,
}

impl Plan {
    fn make(attribute: Attribute, function: &mut Function, report: &mut Report) -> Self {
        if let Some(body) = function.body {
            report.add(body, "the body is written by `#[paragon_request]`: end the signature with `;`");
        }
        check_qualifiers(&function.signature, report);
        let mut arguments: Vec<Argument> = function.signature.inputs.iter_mut().filter_map(|input| argument::read(input, report)).collect();
        let (client, client_span) = settle_client(&attribute, &function.signature, &mut arguments, report);
        settle_paths(&attribute, &mut arguments, report);
        check_places(&attribute, &arguments, report);
        let (output, immediate) = check_output(&attribute, &function.signature, report);
        Self { attribute, arguments, client, client_span, output, immediate }
    }

    fn write(self, function: Function) -> TokenStream {
        let Function { attributes, visibility, mut signature, .. } = function;
        let docs = self.docs(&attributes);
        // How many arguments there are is the endpoint's doing.
        let many = (signature.inputs.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        // There is one, or there would have been an error.
        let Some(output) = &self.output else { return TokenStream::new() };
        // A name of the macro's own, which no argument can have.
        let draft = Ident::new("draft", Span::mixed_site());
        let here = |span: Span| Span::mixed_site().located_at(span);

        let (client, client_span) = (&self.client, here(self.client_span));
        let facts = self.facts(&draft);
        let statements: Vec<TokenStream> =
            self.arguments.iter().filter_map(|argument| statement(argument, &draft, here(argument.ty.span()))).collect();
        let mutability = (!statements.is_empty() || !facts.is_empty()).then(|| quote!(mut));
        // Arguments may be configured away, all of them.
        let mut sent = self.arguments.iter().filter(|argument| !matches!(argument.role, Some(Role::Client)));
        let conditional = sent.all(|argument| !argument.cfgs.is_empty()).then(|| quote!(#[allow(unused_mut)]));
        let conditional = conditional.filter(|_| facts.is_empty() && !statements.is_empty());

        let answer = here(innermost(output).span());
        let send = if self.immediate {
            quote_spanned!(answer=> #draft.start((&&&__paragon::Answer::<#output>::NEW).__paragon_start()))
        } else {
            let value = quote_spanned!(here(output.span())=> <#output as __paragon::Outcome>::Value);
            let way = quote_spanned!(answer=> (&&&&__paragon::Answer::<#value>::NEW).__paragon_way());
            quote!(#draft.send::<#output>(#way))
        };
        let krate = self.krate(Span::call_site());
        signature.asyncness = None;
        if !self.immediate {
            let span = here(output.span());
            let krate = self.krate(span);
            let output = quote_spanned!(span=> #krate::DeclaredRequest<#output>);
            signature.output = ReturnType::Type(Default::default(), Box::new(Type::Verbatim(output)));
        }
        let Attribute { method, path, scopes, name, .. } = &self.attribute;
        let name = name.as_ref().map_or_else(|| signature.ident.unraw().to_string(), LitStr::value);
        let method = method.as_ref().map(ToString::to_string);
        // As a text of the user's, it would look to some lints like a format string.
        let path = path.as_ref().map(LitStr::value);
        let begin = quote_spanned!(client_span=> __paragon::Draft::new(#client, #name, #method, #path, &[#(#scopes),*]));
        quote! {
            #(#attributes)*
            #docs
            #many
            #visibility #signature {
                use #krate::__private::{self as __paragon, rules::*};
                #conditional
                let #mutability #draft = #begin;
                #facts
                #(#statements)*
                #send
            }
        }
    }

    fn krate(&self, span: Span) -> TokenStream {
        self.attribute.krate.as_ref().map_or_else(|| quote_spanned!(span=> ::twitter_api), ToTokens::to_token_stream)
    }

    /// What is not as with most endpoints.
    fn facts(&self, draft: &Ident) -> TokenStream {
        let Attribute { integration, idempotent, page, auth, envelope, .. } = &self.attribute;
        let mut facts = TokenStream::new();
        if *auth != Auth::User {
            let user = *auth != Auth::App;
            facts.extend(quote!(#draft.auth(#user, true);));
        }
        for (method, text) in [("integration", integration), ("page", page)] {
            let method = Ident::new(method, Span::call_site());
            facts.extend(text.iter().map(|text| quote!(#draft.#method(#text);)));
        }
        for (method, flag) in [("idempotent", idempotent), ("envelope", envelope)] {
            let method = Ident::new(method, Span::call_site());
            facts.extend(flag.iter().map(|flag| quote!(#draft.#method(#flag);)));
        }
        facts
    }

    /// What is added to the documentation: the line that a generated operation has, and what was said of the arguments.
    fn docs(&self, attributes: &[Attr]) -> TokenStream {
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
            Auth::Any => format!("as a connected user{granted}; X takes an app-only token as well"),
            Auth::App => "with an app-only token, which goes to X directly".to_owned(),
        };
        let mut lines = Vec::new();
        if attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
            lines.push(String::new());
        }
        lines.push(format!(" `{method} {}`{}, {whom}.", path.value(), of.unwrap_or_default()));
        let described: Vec<&Argument> = self.arguments.iter().filter(|argument| !argument.docs.is_empty()).collect();
        if !described.is_empty() {
            lines.push(String::new());
        }
        for argument in described {
            lines.push(format!(" - `{}`: {}", argument.name(), argument.docs.join("\n   ")));
        }
        quote!(#(#[doc = #lines])*)
    }
}

/// What puts an argument into the call; `None` for the client.
fn statement(argument: &Argument, draft: &Ident, span: Span) -> Option<TokenStream> {
    let Argument { ident, cfgs, .. } = argument;
    let reference = borrowed(argument.is_reference(), span);
    let reference = quote!(#reference #ident);
    let probe = |depth: usize, method: &str| {
        let depth = std::iter::repeat_n(quote_spanned!(span=> &), depth);
        let method = Ident::new(method, span);
        quote_spanned!(span=> (#(#depth)* __paragon::Arg(#reference)).#method())
    };
    let call = match argument.role.as_ref()? {
        Role::Client => return None,
        Role::Path(name) => quote_spanned!(span=> #draft.path(#name, &#ident)),
        Role::Query { name, csv } => {
            let input = probe(4, "__paragon_input");
            quote!(#draft.query(#name, #csv, #input))
        }
        Role::Header(name) => {
            let input = probe(4, "__paragon_input");
            quote!(#draft.header(#name, #input))
        }
        Role::Credential => {
            let input = probe(4, "__paragon_input");
            quote!(#draft.credential(#input))
        }
        Role::Timeout => quote_spanned!(span=> #draft.timeout(#ident)),
        Role::Body(Writing::Bytes(content_type)) => {
            let content = probe(3, "__paragon_bytes");
            quote!(#draft.bytes(#content_type, #content))
        }
        Role::Body(form) => {
            let content = probe(4, "__paragon_content");
            let way = match form {
                Writing::Form => quote!(form),
                Writing::Multipart => quote!(multipart),
                Writing::Json | Writing::Bytes(_) => quote!(json),
            };
            quote!(#draft.#way(#content))
        }
    };
    Some(quote!(#(#cfgs)* #call;))
}
