//! Whether the parts of a declaration fit together. Each mistake is reported at the token that is wrong.

use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, ReturnType, Safety, Signature, Type};

use crate::bind::Bound;
use crate::parse::argument::Place;
use crate::parse::attribute::{Attribute, Auth, TWITTER};
use crate::parse::function::{Function, is_ours};
use crate::report::Report;
use crate::types::{LAZY, bare, last};

/// Types of answers that carry others, and so are easily taken for the whole.
const ANSWERS: &[&str] = &["Reply", "Events", "Items", "Pages", "Bytes", "Vec", "Option", "String", "Value", "Box"];

/// A return type that an operation can have.
pub(crate) struct Output {
    pub(crate) ty: Type,
    /// Whether it asks for pages by itself, and so is returned as it is and not as a future.
    pub(crate) is_lazy: bool,
}

/// An operation is a plain function without a body, declared once.
pub(crate) fn check_function(function: &Function, report: &mut Report) {
    if let Some(body) = function.body {
        report.add(body, "the body is written by `#[paragon_request]`: end the signature with `;`");
    }
    if let Some(again) = function.attributes.iter().find(|attribute| is_ours(attribute)) {
        report.add(again.path().span(), "an operation is declared once");
    }
    let signature = &function.signature;
    if let Some(token) = signature.constness {
        report.add(token.span, "an operation cannot be `const`");
    }
    match &signature.safety {
        Safety::Default => {}
        safety => report.add(safety.to_token_stream().span(), "an operation cannot be `unsafe`"),
    }
    if let Some(abi) = &signature.abi {
        report.add(abi.extern_token.span, "an operation cannot be `extern`");
    }
    if let Some(variadic) = &signature.variadic {
        report.add(variadic.dots.spans[0], "an operation has a fixed number of arguments");
    }
}

/// Not every credential has scopes, and not every integration takes each credential.
pub(crate) fn check_auth(attribute: &Attribute, report: &mut Report) {
    if attribute.auth == Auth::App
        && let Some(scope) = attribute.scopes.first()
    {
        report.add(scope.span(), "scopes are what a user grants, and this operation takes an app-only token alone");
    }
    if attribute.auth != Auth::User
        && let Some(integration) = attribute.integration.as_ref().filter(|name| name.value() != TWITTER)
    {
        report.add(integration.span(), "an app-only token is for X alone, and not for other integrations");
    }
}

/// No place takes two, and not every method has all places.
pub(crate) fn check_places(attribute: &Attribute, arguments: &[Bound], report: &mut Report) {
    let mut taken: Vec<String> = Vec::new();
    for bound in arguments {
        let place = match &bound.place {
            Place::Query { name, .. } => format!("the query parameter `{name}`"),
            Place::Header(name) => format!("the header `{name}`"),
            Place::Credential => "the credential".to_owned(),
            Place::Timeout => "the timeout".to_owned(),
            Place::Retry => "the rule of retries".to_owned(),
            Place::Body(_) => {
                if !attribute.takes_body()
                    && let Some(method) = &attribute.method
                {
                    report.add(bound.span(), format!("a {method} request has no body: send it as `#[query]`, or by another method"));
                }
                "the body".to_owned()
            }
            Place::Client | Place::Path(_) => continue,
        };
        // Of two that are configured apart, only one is there.
        if taken.contains(&place) && bound.argument.cfgs.is_empty() {
            let message = match bound.place {
                Place::Body(_) => "there is a body already: a request has one".to_owned(),
                _ => format!("{place} is set already"),
            };
            report.add(bound.span(), message);
        }
        taken.push(place);
    }
}

/// The return type, if an operation can have it.
pub(crate) fn check_output(attribute: &Attribute, signature: &Signature, report: &mut Report) -> Option<Output> {
    let ReturnType::Type(_, output) = &signature.output else {
        let message = "an operation returns its answer: add `-> paragon_twitter::Result<Reply<…>>`, or `paragon_twitter::Result<()>`";
        report.add(signature.ident.span(), message);
        check_async(signature, false, report);
        return None;
    };
    let output: &Type = output;
    let own = last(output);
    let is_lazy = signature.asyncness.is_none() && own.is_some_and(|(name, _)| LAZY.iter().any(|lazy| name == lazy));
    check_async(signature, is_lazy, report);

    let mut answer = output;
    if !is_lazy {
        match own {
            Some((name, argument)) if ANSWERS.iter().any(|answer| name == answer) => {
                let arguments = if argument.is_some() { "<…>" } else { "" };
                report.add(name.span(), format!("a call may fail: write `paragon_twitter::Result<{name}{arguments}>`"));
            }
            Some((_, Some(first))) => answer = first,
            Some(_) => {}
            None => {
                report.add(output.span(), "an operation returns `paragon_twitter::Result<…>`");
                return None;
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
    owned.then(|| Output { ty: output.clone(), is_lazy })
}

fn check_async(signature: &Signature, is_lazy: bool, report: &mut Report) {
    if signature.asyncness.is_none() && !is_lazy {
        report.add(signature.fn_token.span, "an operation is an `async fn`; only one that returns `Items` or `Pages` need not be");
    }
}

/// An answer borrows nothing, and is of a type that has a name.
fn check_owned(ty: &Type, report: &mut Report) -> bool {
    let unnamed = "an answer is of a named type: a trait does not say how it is read";
    let (span, message) = match bare(ty) {
        Type::Reference(reference) => (reference.and_token.span, "an answer is owned: nothing is there that it could be borrowed from"),
        Type::ImplTrait(opaque) => (opaque.impl_token.span, unnamed),
        Type::TraitObject(_) => (ty.span(), unnamed),
        Type::Never(never) => (never.bang_token.span, "an answer is something: `()` when nothing of it matters"),
        Type::Infer(infer) => (infer.underscore_token.span, "name the type of the answer: `paragon_twitter::Value` takes anything"),
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
