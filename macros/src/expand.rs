//! From a signature to a function that makes the call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute as Attr, LitStr, ReturnType, Token, Type};

use crate::argument::{self, Argument, Role, Writing};
use crate::attribute::{Attribute, Auth, TWITTER, list};
use crate::check::{borrowed, check_output, check_places, check_qualifiers, here, innermost, settle_client, settle_paths, start};
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

/// The function as it was written, for the rest of the program to be checked against. The errors beside it keep it from ever being run.
fn stub(function: Function, returns: bool) -> TokenStream {
    let Function { attributes, visibility, mut signature, .. } = function;
    if !returns {
        // The compiler would find fault with it as well.
        signature.output = ReturnType::Default;
        signature.asyncness = Some(Token![async](signature.fn_token.span));
    }
    quote! {
        #(#attributes)*
        #[allow(
            unused_variables,
            unused_mut,
            async_fn_in_trait,
            clippy::all,
            clippy::pedantic,
            reason = "it does not compile anyway, for the reasons given"
        )]
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
        if let Some(again) = function.attributes.iter().find(|other| is_ours(other)) {
            report.add(again.path().span(), "an endpoint is declared once");
            function.attributes.retain(|other| !is_ours(other));
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
        let many = (signature.inputs.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments, reason = "the endpoint has as many")]));
        // There is one, or there would have been an error.
        let Some(output) = &self.output else { return TokenStream::new() };

        let name = self.attribute.name.as_ref().map_or_else(|| signature.ident.unraw().to_string(), LitStr::value);
        let (statements, draft) = self.draft(&name);
        let answer = here(innermost(output));
        let span = here(start(output));
        let send = if self.immediate {
            quote_spanned!(answer=> .start((&__paragon::Answer::<#output>::NEW).__paragon_start()))
        } else {
            let value = quote_spanned!(span=> <#output as __paragon::Outcome>::Value);
            quote_spanned!(answer=> .send::<#output>((&&__paragon::Answer::<#value>::NEW).__paragon_way()))
        };
        signature.asyncness = None;
        if !self.immediate {
            let krate = self.krate(span);
            let output = quote_spanned!(span=> #krate::DeclaredRequest<#output>);
            signature.output = ReturnType::Type(Default::default(), Box::new(Type::Verbatim(output)));
        }
        let krate = self.krate(Span::call_site());
        quote! {
            #(#attributes)*
            #docs
            #many
            #visibility #signature {
                use #krate::__private::{self as __paragon, rules::*};
                #statements
                #draft #send
            }
        }
    }

    /// The call with all that is known of it and all arguments, one after the other, and what has to stand before it.
    fn draft(&self, name: &str) -> (TokenStream, TokenStream) {
        let (client, span) = (&self.client, here(self.client_span));
        let Attribute { method, path, .. } = &self.attribute;
        let method = method.as_ref().map(ToString::to_string);
        // As a text of the user's, it would look to some lints like a format string.
        let path = path.as_ref().map(LitStr::value);
        let mut draft = quote_spanned!(span=> __paragon::Draft::new(#client, #name, #method, #path));
        self.facts(&mut draft);
        let mut statements = TokenStream::new();
        for argument in &self.arguments {
            let Some(put) = put(argument) else { continue };
            let cfgs = &argument.cfgs;
            if cfgs.is_empty() {
                draft.extend(put);
            } else {
                // A name of the macro's own, which no argument can have.
                let so_far = Ident::new("draft", Span::mixed_site());
                statements.extend(quote!(let #so_far = #draft; #(#cfgs)* let #so_far = #so_far #put;));
                draft = so_far.into_token_stream();
            }
        }
        (statements, draft)
    }

    fn krate(&self, span: Span) -> TokenStream {
        self.attribute.krate.as_ref().map_or_else(|| quote_spanned!(span=> ::paragon_twitter), ToTokens::to_token_stream)
    }

    /// What is not as with most endpoints.
    fn facts(&self, draft: &mut TokenStream) {
        let Attribute { scopes, integration, idempotent, page, auth, envelope, .. } = &self.attribute;
        if *auth != Auth::User {
            let user = *auth != Auth::App;
            draft.extend(quote!(.auth(#user, true)));
        }
        if !scopes.is_empty() {
            draft.extend(quote!(.scopes(&[#(#scopes),*])));
        }
        for (method, text) in [("integration", integration), ("page", page)] {
            let method = Ident::new(method, Span::call_site());
            draft.extend(text.iter().map(|text| quote!(.#method(#text))));
        }
        for (method, flag) in [("idempotent", idempotent), ("envelope", envelope)] {
            let method = Ident::new(method, Span::call_site());
            draft.extend(flag.iter().map(|flag| quote!(.#method(#flag))));
        }
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

fn is_ours(attribute: &Attr) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == "paragon_request")
}

/// What puts an argument into the call; `None` for the client. Its tokens are where the type is, for which it may not do.
fn put(argument: &Argument) -> Option<TokenStream> {
    let Argument { ident, ty, .. } = argument;
    let span = here(start(ty));
    let reference = borrowed(argument.is_reference(), span);
    Some(match argument.role.as_ref()? {
        Role::Client => return None,
        Role::Path(name) => quote_spanned!(span=> .path(#name, &#ident)),
        Role::Query { name, csv } => quote_spanned!(span=> .query(#name, #csv, (&&__paragon::Arg(#reference #ident)).__paragon_input())),
        Role::Header(name) => quote_spanned!(span=> .header(#name, (&&__paragon::Arg(#reference #ident)).__paragon_input())),
        Role::Credential => quote_spanned!(span=> .credential((&&__paragon::Arg(#reference #ident)).__paragon_input())),
        Role::Timeout => quote_spanned!(span=> .timeout(#ident)),
        Role::Retry => quote_spanned!(span=> .retry(#ident)),
        Role::Body(Writing::Bytes(kind)) => quote_spanned!(span=> .bytes(#kind, (&__paragon::Arg(#reference #ident)).__paragon_bytes())),
        Role::Body(Writing::Json) => quote_spanned!(span=> .json((&&__paragon::Arg(#reference #ident)).__paragon_content())),
        Role::Body(Writing::Form) => quote_spanned!(span=> .form((&&__paragon::Arg(#reference #ident)).__paragon_content())),
        Role::Body(Writing::Multipart) => quote_spanned!(span=> .multipart((&&__paragon::Arg(#reference #ident)).__paragon_content())),
    })
}
