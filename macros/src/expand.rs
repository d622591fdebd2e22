//! From a signature to a function that makes the call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{
    Attribute as Attr, FnArg, GenericArgument, LitStr, PathArguments, ReceiverKind, ReturnType, Safety, Signature, Type, parse_quote,
};

use crate::argument::{self, Argument, Role, Writing};
use crate::attribute::{Attribute, Auth, TWITTER, list};
use crate::function::Function;
use crate::report::{Report, did_you_mean};

/// Types of answers that carry others, and so are easily taken for the whole.
const ANSWERS: &[&str] = &["Reply", "Events", "Items", "Pages", "Bytes", "Vec", "Option", "String", "Value", "Box"];

/// Types that ask for pages by themselves.
const LAZY: &[&str] = &["Items", "Pages"];

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
            let stub = stub(function);
            quote!(#errors #stub)
        }
        None => plan.write(function),
    }
}

/// The function as it was written, with a body that is never reached.
fn stub(function: Function) -> TokenStream {
    let Function { attributes, visibility, signature, .. } = function;
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
    output: Type,
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
        let krate = self.krate();
        let Function { attributes, visibility, mut signature, .. } = function;
        let docs = self.docs(&attributes);
        // How many arguments there are is the endpoint's doing.
        let many = (signature.inputs.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        let output = &self.output;
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
        signature.asyncness = None;
        if !self.immediate {
            let output = quote!(#krate::DeclaredRequest<#output>);
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

    fn krate(&self) -> TokenStream {
        self.attribute.krate.as_ref().map_or_else(|| quote!(::twitter_api), ToTokens::to_token_stream)
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

/// An endpoint is a plain function.
fn check_qualifiers(signature: &Signature, report: &mut Report) {
    if let Some(token) = signature.constness {
        report.add(token.span, "an endpoint cannot be `const`");
    }
    match &signature.safety {
        Safety::Default => {}
        safety => report.add(safety.to_token_stream().span(), "an endpoint cannot be `unsafe`"),
    }
    if let Some(abi) = &signature.abi {
        report.add(abi.extern_token.span, "an endpoint cannot be `extern`");
    }
    if let Some(variadic) = &signature.variadic {
        report.add(variadic.dots.spans[0], "an endpoint has a fixed number of arguments");
    }
}

/// Finds what the call is made through, and marks the argument if it is one.
fn settle_client(attribute: &Attribute, signature: &Signature, arguments: &mut [Argument], report: &mut Report) -> (TokenStream, Span) {
    let other = attribute.integration.as_ref().map(LitStr::value).filter(|name| name != TWITTER);
    let mut found: Option<(TokenStream, Span)> = None;
    if let Some(client) = &attribute.client {
        let reference = borrowed(false, client.span());
        found = Some((quote!(#reference #client), client.span()));
    }
    for argument in arguments {
        let marked = matches!(argument.role, Some(Role::Client));
        let by_type = argument.client();
        if !marked && (argument.is_said() || by_type.is_none() || attribute.placeholders.contains(&argument.name())) {
            continue;
        }
        if found.is_some() {
            let why = if attribute.client.is_some() { "the attribute says" } else { "there is" };
            report.add(argument.ident.span(), format!("{why} already what the call is made through"));
        }
        if let (Some(name), Some(client)) = (&other, by_type.filter(|client| client == "Twitter")) {
            report.add(client.span(), format!("`Twitter` is for X alone: take `&ParagonUser` or `&Integration` for {name:?}"));
        }
        argument.role = Some(Role::Client);
        let ident = &argument.ident;
        let reference = borrowed(argument.is_reference(), argument.ty.span());
        found.get_or_insert((quote!(#reference #ident), argument.ty.span()));
    }
    if let Some(found) = found {
        return found;
    }
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) => {
            let token = receiver.self_token;
            let reference = borrowed(matches!(receiver.kind, ReceiverKind::Reference(..)), token.span);
            (quote!(#reference #token), token.span)
        }
        _ => {
            let span = signature.paren_token.span.open();
            let client = if other.is_some() { "user: &ParagonUser" } else { "twitter: &Twitter" };
            report.add(
                span,
                format!("there is nothing to make the call through: add an argument `{client}`, `&self`, or in the attribute `client = …`"),
            );
            (TokenStream::new(), span)
        }
    }
}

/// What makes a reference of a value that is none.
fn borrowed(is_reference: bool, span: Span) -> Option<TokenStream> {
    (!is_reference).then(|| quote_spanned!(Span::mixed_site().located_at(span)=> &))
}

/// Binds arguments to placeholders by name.
fn settle_paths(attribute: &Attribute, arguments: &mut [Argument], report: &mut Report) {
    let Attribute { path, placeholders, .. } = attribute;
    let mut filled: Vec<String> = Vec::new();
    let mut astray = Vec::new();
    for (index, argument) in arguments.iter_mut().enumerate() {
        let name = argument.name();
        match &argument.role {
            Some(Role::Path(name)) if !placeholders.contains(name) => {
                if path.is_some() {
                    let known: Vec<&str> = placeholders.iter().map(String::as_str).collect();
                    let span = argument.said.unwrap_or_else(|| argument.ident.span());
                    report.add(span, format!("the path has no placeholder `{{{name}}}`{}", did_you_mean(name, &known)));
                }
            }
            Some(Role::Path(name)) if filled.contains(name) => {
                report.add(argument.ident.span(), format!("`{{{name}}}` is filled already"));
            }
            Some(Role::Path(name)) => filled.push(name.clone()),
            Some(_) => {}
            // Its attribute was wrong, which has been said.
            None if argument.is_said() => {}
            None if placeholders.contains(&name) && !filled.contains(&name) => {
                filled.push(name.clone());
                argument.role = Some(Role::Path(name));
            }
            None => astray.push(index),
        }
    }
    let Some(path) = path else { return };
    let open: Vec<&str> = placeholders.iter().filter(|name| !filled.contains(name)).map(String::as_str).collect();
    for argument in astray.into_iter().map(|index| &arguments[index]) {
        let name = argument.name();
        let message = match did_you_mean(&name, &open) {
            hint if !hint.is_empty() => format!("`{name}` goes nowhere: it is no placeholder of the path{hint}"),
            _ => format!("`{name}` goes nowhere: mark it `#[query]`, `#[header(\"…\")]` or `#[body]`, or write `{{{name}}}` in the path"),
        };
        report.add(argument.ident.span(), message);
    }
    // When an argument's attribute was wrong, it may have been meant for the placeholder.
    let unclear = |name: &str| arguments.iter().any(|argument| argument.is_said() && argument.role.is_none() && argument.name() == name);
    for name in open.into_iter().filter(|name| !unclear(name)) {
        report.add(path.span(), format!("no argument fills `{{{name}}}`: add `{name}: …`"));
    }
}

/// No place takes two, and not every method has all places.
fn check_places(attribute: &Attribute, arguments: &[Argument], report: &mut Report) {
    let mut places: Vec<String> = Vec::new();
    for argument in arguments {
        let span = argument.said.unwrap_or_else(|| argument.ident.span());
        let place = match &argument.role {
            Some(Role::Query { name, .. }) => format!("the query parameter `{name}`"),
            Some(Role::Header(name)) => format!("the header `{name}`"),
            Some(Role::Credential) => "the credential".to_owned(),
            Some(Role::Timeout) => "the timeout".to_owned(),
            Some(Role::Body(_)) => {
                if !attribute.takes_body()
                    && let Some(method) = &attribute.method
                {
                    report.add(span, format!("a {method} request has no body: send it as `#[query]`, or by another method"));
                }
                "the body".to_owned()
            }
            Some(Role::Client | Role::Path(_)) | None => continue,
        };
        // Of two that are configured apart, only one is there.
        if places.contains(&place) && argument.cfgs.is_empty() {
            let message = match &argument.role {
                Some(Role::Body(_)) => "there is a body already: a request has one".to_owned(),
                _ => format!("{place} is set already"),
            };
            report.add(span, message);
        }
        places.push(place);
    }
}

/// The return type, and whether it is what asks for pages by itself.
fn check_output(attribute: &Attribute, signature: &Signature, report: &mut Report) -> (Type, bool) {
    let ReturnType::Type(_, output) = &signature.output else {
        let message = "an endpoint returns what is answered: add `-> twitter_api::Result<Reply<…>>`, or `twitter_api::Result<()>`";
        report.add(signature.ident.span(), message);
        check_async(signature, false, report);
        return (parse_quote!(()), false);
    };
    let output = (**output).clone();
    let own = last(&output).map(|(name, _)| name.to_string());
    let immediate = signature.asyncness.is_none() && own.as_deref().is_some_and(|name| LAZY.contains(&name));
    check_async(signature, immediate, report);

    let mut answer = &output;
    if !immediate {
        match (&output, own.as_deref()) {
            (Type::Path(_), Some(name)) if ANSWERS.contains(&name) => {
                let span = innermost_of(&output, false).span();
                report.add(
                    span,
                    format!("a call may fail: write `twitter_api::Result<{name}{}>`", if has_arguments(&output) { "<…>" } else { "" }),
                );
            }
            (Type::Path(_), _) => {
                if let Some((_, Some(first))) = last(&output) {
                    answer = first;
                }
            }
            _ => {
                report.add(output.span(), "an endpoint returns `twitter_api::Result<…>`");
                return (output, false);
            }
        }
    }
    check_owned(answer, report);
    if let Some((name, _)) = last(answer)
        && LAZY.iter().any(|lazy| name == lazy)
        && attribute.page.is_none()
    {
        report.add(name.span(), format!("`{name}` asks for pages by a query parameter: say which, `page = \"pagination_token\"`"));
    }
    (output, immediate)
}

fn check_async(signature: &Signature, immediate: bool, report: &mut Report) {
    if signature.asyncness.is_none() && !immediate {
        report.add(signature.fn_token.span, "an endpoint is an `async fn`; only one that returns `Items` or `Pages` need not be");
    }
}

/// An answer borrows nothing, and is of a type that has a name.
fn check_owned(ty: &Type, report: &mut Report) {
    match ty {
        Type::Reference(reference) => {
            report.add(reference.and_token.span, "an answer is owned: nothing is there that it could be borrowed from")
        }
        Type::ImplTrait(opaque) => {
            report.add(opaque.impl_token.span, "an answer is of a named type: what is to be read is not known from a trait")
        }
        Type::TraitObject(_) => report.add(ty.span(), "an answer is of a named type: what is to be read is not known from a trait"),
        Type::Never(never) => report.add(never.bang_token.span, "an answer is something: `()` when nothing of it matters"),
        Type::Infer(infer) => report.add(infer.underscore_token.span, "say what is answered: `serde_json::Value` takes anything"),
        Type::Path(path) => {
            for segment in &path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                    for argument in &arguments.args {
                        if let GenericArgument::Type(inner) = argument {
                            check_owned(inner, report);
                        }
                    }
                }
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|inner| check_owned(inner, report)),
        Type::Paren(inner) => check_owned(&inner.elem, report),
        Type::Group(inner) => check_owned(&inner.elem, report),
        _ => {}
    }
}

/// The last word of a path, and the first type that it is given.
fn last(ty: &Type) -> Option<(&Ident, Option<&Type>)> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let first = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        }),
        _ => None,
    };
    Some((&segment.ident, first))
}

fn has_arguments(ty: &Type) -> bool {
    last(ty).is_some_and(|(_, first)| first.is_some())
}

/// The type that an error about what can be read is most likely about.
fn innermost(ty: &Type) -> TokenStream {
    innermost_of(ty, true)
}

fn innermost_of(ty: &Type, descend: bool) -> TokenStream {
    match last(ty) {
        Some((_, Some(inner))) if descend => innermost_of(inner, true),
        Some((name, _)) => name.to_token_stream(),
        None => ty.to_token_stream(),
    }
}
