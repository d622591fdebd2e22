//! Binds arguments to places: the client, placeholders of the path, and the rest. An argument without an attribute is bound by its type or its name.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{FnArg, LitStr, ReceiverKind, Signature};

use crate::parse::argument::{Argument, Place};
use crate::parse::attribute::{Attribute, TWITTER};
use crate::report::{Report, did_you_mean};
use crate::types;

/// The places of all arguments that have one.
pub(crate) struct Binding {
    /// `None` when there is nothing to make the call through, which is reported.
    pub(crate) client: Option<Client>,
    pub(crate) arguments: Vec<Bound>,
}

/// The value that the call is made through.
pub(crate) struct Client {
    pub(crate) value: TokenStream,
    pub(crate) is_reference: bool,
    /// Where an error about it belongs.
    pub(crate) span: Span,
}

/// An argument and its place.
pub(crate) struct Bound {
    pub(crate) argument: Argument,
    pub(crate) place: Place,
}

impl Bound {
    /// Where an error about the place belongs.
    pub(crate) fn span(&self) -> Span {
        self.argument.mark.as_ref().map_or_else(|| self.argument.ident.span(), |mark| mark.span)
    }
}

pub(crate) fn bind(attribute: &Attribute, signature: &Signature, arguments: Vec<Argument>, report: &mut Report) -> Binding {
    let mut places: Vec<Option<Place>> =
        arguments.iter().map(|argument| argument.mark.as_ref().and_then(|mark| mark.place.clone())).collect();
    let client = bind_client(attribute, signature, &arguments, &mut places, report);
    bind_path(attribute, &arguments, &mut places, report);
    let bound = arguments.into_iter().zip(places).filter_map(|(argument, place)| Some(Bound { argument, place: place? }));
    Binding { client, arguments: bound.collect() }
}

/// Finds the value that the call is made through: the attribute names it, an argument is marked or has the type of one, or it is `self`.
fn bind_client(
    attribute: &Attribute,
    signature: &Signature,
    arguments: &[Argument],
    places: &mut [Option<Place>],
    report: &mut Report,
) -> Option<Client> {
    let other = attribute.integration.as_ref().map(LitStr::value).filter(|name| name != TWITTER);
    let mut found =
        attribute.client.as_ref().map(|client| Client { value: client.to_token_stream(), is_reference: false, span: client.span() });
    for (argument, place) in arguments.iter().zip(places) {
        let by_type = types::client(&argument.ty);
        let is_client = match &argument.mark {
            Some(mark) => matches!(mark.place, Some(Place::Client)),
            None => by_type.is_some() && !attribute.placeholders.contains(&argument.name()),
        };
        if !is_client {
            continue;
        }
        if found.is_some() {
            let other = if attribute.client.is_some() { "the `client` of the attribute" } else { "another argument" };
            report.add(argument.ident.span(), format!("the call is made through {other} already"));
        }
        if let (Some(name), Some(client)) = (&other, by_type.filter(|client| *client == "Twitter")) {
            report.add(client.span(), format!("`Twitter` is for X alone: take `&ParagonUser` or `&Integration` for {name:?}"));
        }
        *place = Some(Place::Client);
        let (value, is_reference) = (argument.ident.to_token_stream(), types::is_reference(&argument.ty));
        found.get_or_insert(Client { value, is_reference, span: types::start(&argument.ty) });
    }
    if found.is_none() {
        match signature.inputs.first() {
            Some(FnArg::Receiver(receiver)) => {
                let is_reference = matches!(receiver.kind, ReceiverKind::Reference(..));
                found = Some(Client { value: receiver.self_token.to_token_stream(), is_reference, span: receiver.self_token.span });
            }
            _ => {
                let client = if other.is_some() { "user: &ParagonUser" } else { "twitter: &Twitter" };
                report.add(
                    signature.paren_token.span.open(),
                    format!("the call has no client: add an argument `{client}`, `&self`, or `client = …` in the attribute"),
                );
            }
        }
    }
    found
}

/// Binds arguments to placeholders by name.
fn bind_path(attribute: &Attribute, arguments: &[Argument], places: &mut [Option<Place>], report: &mut Report) {
    let Attribute { path, placeholders, .. } = attribute;
    let mut filled: Vec<String> = Vec::new();
    let mut astray = Vec::new();
    for (argument, place) in arguments.iter().zip(places) {
        let name = argument.name();
        match place {
            Some(Place::Path(name)) if !placeholders.contains(name) => {
                if path.is_some() {
                    let known: Vec<&str> = placeholders.iter().map(String::as_str).collect();
                    let span = argument.mark.as_ref().map_or_else(|| argument.ident.span(), |mark| mark.span);
                    report.add(span, format!("the path has no placeholder `{{{name}}}`{}", did_you_mean(name, &known)));
                }
            }
            // Of two that are configured apart, only one is there.
            Some(Place::Path(name)) if filled.contains(name) && argument.cfgs.is_empty() => {
                report.add(argument.ident.span(), format!("`{{{name}}}` is filled already"));
            }
            Some(Place::Path(name)) => filled.push(name.clone()),
            Some(_) => {}
            None if argument.is_unclear() => {}
            None if placeholders.contains(&name) && (!filled.contains(&name) || !argument.cfgs.is_empty()) => {
                filled.push(name.clone());
                *place = Some(Place::Path(name));
            }
            None => astray.push(argument),
        }
    }
    let Some(path) = path else { return };
    let open: Vec<&str> = placeholders.iter().filter(|name| !filled.contains(name)).map(String::as_str).collect();
    for argument in astray {
        let name = argument.name();
        let message = match did_you_mean(&name, &open) {
            hint if !hint.is_empty() => format!("`{name}` goes nowhere: it is no placeholder of the path{hint}"),
            _ => format!("`{name}` goes nowhere: mark it `#[query]`, `#[header(\"…\")]` or `#[body]`, or write `{{{name}}}` in the path"),
        };
        report.add(argument.ident.span(), message);
    }
    // An argument whose attribute is wrong may have been meant for the placeholder.
    let unclear = |name: &str| arguments.iter().any(|argument| argument.is_unclear() && argument.name() == name);
    for name in open.into_iter().filter(|name| !unclear(name)) {
        report.add(path.span(), format!("no argument fills `{{{name}}}`: add `{name}: …`"));
    }
}
