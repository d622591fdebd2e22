//! Whether the parts of a declaration fit together. All that does not is reported, each mistake at the token that is wrong.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;
use syn::{FnArg, GenericArgument, LitStr, PathArguments, ReceiverKind, ReturnType, Safety, Signature, Token, Type, TypePath};

use crate::argument::{Argument, Role};
use crate::attribute::{Attribute, TWITTER};
use crate::report::{Report, did_you_mean};

/// Types of answers that carry others, and so are easily taken for the whole.
const ANSWERS: &[&str] = &["Reply", "Events", "Items", "Pages", "Bytes", "Vec", "Option", "String", "Value", "Box"];

/// Types that ask for pages by themselves.
const LAZY: &[&str] = &["Items", "Pages"];

/// An endpoint is a plain function.
pub(crate) fn check_qualifiers(signature: &Signature, report: &mut Report) {
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
pub(crate) fn settle_client(
    attribute: &Attribute,
    signature: &Signature,
    arguments: &mut [Argument],
    report: &mut Report,
) -> (TokenStream, Span) {
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
        let reference = borrowed(argument.is_reference(), start(&argument.ty));
        found.get_or_insert((quote!(#reference #ident), start(&argument.ty)));
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
pub(crate) fn borrowed(is_reference: bool, span: Span) -> Option<Token![&]> {
    (!is_reference).then(|| Token![&](here(span)))
}

/// The macro's own words, at a place of the user's.
pub(crate) fn here(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// Binds arguments to placeholders by name.
pub(crate) fn settle_paths(attribute: &Attribute, arguments: &mut [Argument], report: &mut Report) {
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
            // Of two that are configured apart, only one is there.
            Some(Role::Path(name)) if filled.contains(name) && argument.cfgs.is_empty() => {
                report.add(argument.ident.span(), format!("`{{{name}}}` is filled already"));
            }
            Some(Role::Path(name)) => filled.push(name.clone()),
            Some(_) => {}
            // Its attribute was wrong, which has been said.
            None if argument.is_said() => {}
            None if placeholders.contains(&name) && (!filled.contains(&name) || !argument.cfgs.is_empty()) => {
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
pub(crate) fn check_places(attribute: &Attribute, arguments: &[Argument], report: &mut Report) {
    let mut places: Vec<String> = Vec::new();
    for argument in arguments {
        let span = argument.said.unwrap_or_else(|| argument.ident.span());
        let place = match &argument.role {
            Some(Role::Query { name, .. }) => format!("the query parameter `{name}`"),
            Some(Role::Header(name)) => format!("the header `{name}`"),
            Some(Role::Credential) => "the credential".to_owned(),
            Some(Role::Timeout) => "the timeout".to_owned(),
            Some(Role::Retry) => "the rule of retries".to_owned(),
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
pub(crate) fn check_output(attribute: &Attribute, signature: &Signature, report: &mut Report) -> (Option<Type>, bool) {
    let ReturnType::Type(_, output) = &signature.output else {
        let message = "an endpoint returns what is answered: add `-> paragon_twitter::Result<Reply<…>>`, or `paragon_twitter::Result<()>`";
        report.add(signature.ident.span(), message);
        check_async(signature, false, report);
        return (None, false);
    };
    let output = (**output).clone();
    let own = last(&output).map(|(name, _)| name.to_string());
    let immediate = signature.asyncness.is_none() && own.as_deref().is_some_and(|name| LAZY.contains(&name));
    check_async(signature, immediate, report);

    let mut answer = &output;
    if !immediate {
        match (bare(&output), own.as_deref()) {
            (Type::Path(_), Some(name)) if ANSWERS.contains(&name) => {
                report.add(
                    last(&output).map_or_else(|| output.span(), |(name, _)| name.span()),
                    format!("a call may fail: write `paragon_twitter::Result<{name}{}>`", if has_arguments(&output) { "<…>" } else { "" }),
                );
            }
            (Type::Path(_), _) => {
                if let Some((_, Some(first))) = last(&output) {
                    answer = first;
                }
            }
            _ => {
                report.add(output.span(), "an endpoint returns `paragon_twitter::Result<…>`");
                return (None, false);
            }
        }
    }
    let owned = check_owned(answer, report);
    if let Some((name, _)) = last(answer)
        && LAZY.iter().any(|lazy| name == lazy)
        && attribute.page.is_none()
    {
        report.add(name.span(), format!("`{name}` asks for pages by a query parameter: say which, `page = \"pagination_token\"`"));
    }
    (owned.then_some(output), immediate)
}

fn check_async(signature: &Signature, immediate: bool, report: &mut Report) {
    if signature.asyncness.is_none() && !immediate {
        report.add(signature.fn_token.span, "an endpoint is an `async fn`; only one that returns `Items` or `Pages` need not be");
    }
}

/// An answer borrows nothing, and is of a type that has a name.
fn check_owned(ty: &Type, report: &mut Report) -> bool {
    let unnamed = "an answer is of a named type: what is to be read is not known from a trait";
    let (span, message) = match bare(ty) {
        Type::Reference(reference) => (reference.and_token.span, "an answer is owned: nothing is there that it could be borrowed from"),
        Type::ImplTrait(opaque) => (opaque.impl_token.span, unnamed),
        Type::TraitObject(_) => (ty.span(), unnamed),
        Type::Never(never) => (never.bang_token.span, "an answer is something: `()` when nothing of it matters"),
        Type::Infer(infer) => (infer.underscore_token.span, "say what is answered: `paragon_twitter::Value` takes anything"),
        Type::Path(path) => {
            let arguments = path.path.segments.iter().filter_map(|segment| match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
                _ => None,
            });
            let types = arguments.flatten().filter_map(|argument| match argument {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            });
            return all_owned(types, report);
        }
        Type::Tuple(tuple) => return all_owned(tuple.elems.iter(), report),
        _ => return true,
    };
    report.add(span, message);
    false
}

fn all_owned<'t>(types: impl Iterator<Item = &'t Type>, report: &mut Report) -> bool {
    let mut all = true;
    for ty in types {
        all &= check_owned(ty, report);
    }
    all
}

/// The last word of a path, and the first type that it is given.
fn last(ty: &Type) -> Option<(&Ident, Option<&Type>)> {
    let Type::Path(path) = bare(ty) else { return None };
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

/// Where the type is that an error about what can be read is most likely about.
pub(crate) fn innermost(ty: &Type) -> Span {
    match last(ty) {
        Some((_, Some(inner))) => innermost(inner),
        Some((name, _)) => name.span(),
        None => start(ty),
    }
}

/// A type without parentheses, or the group that it is in when it comes out of a `macro_rules!`.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        _ => ty,
    }
}

/// Where a type begins, which is where the compiler points for all of it. For most types that is known without writing their tokens down, which
/// takes time.
pub(crate) fn start(ty: &Type) -> Span {
    match bare(ty) {
        Type::Reference(reference) => reference.and_token.span,
        Type::Path(TypePath { qself: None, path, .. }) => match (&path.leading_colon, path.segments.first()) {
            (None, Some(first)) => first.ident.span(),
            _ => path.span(),
        },
        _ => ty.span(),
    }
}
