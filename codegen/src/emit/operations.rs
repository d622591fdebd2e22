//! Requests: a struct per operation with its setters.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, ident};
use super::{docs, examples};
use crate::ir::{Answer, Body, Field, Location, Operation, Shape};

/// An input of a request: its name, and the method that puts it into the call.
struct Input<'a> {
    field: &'a Field,
    /// Our line about it.
    line: Option<&'a str>,
    /// Sentences of the rules that tie it to other inputs.
    rules: Vec<String>,
    name: &'a str,
    /// Name of the argument: required inputs are told apart by their names, a setter has only one.
    local: &'a str,
    /// Type of the argument.
    argument: TokenStream,
    /// Method call upon a `RequestBuilder`.
    apply: TokenStream,
    /// Whether its value is always the same, so that no caller gives it.
    constant: bool,
}

/// All inputs, parameters first.
fn inputs(context: Context<'_>, index: usize) -> Vec<Input<'_>> {
    let Context { api, names, prose, .. } = context;
    let lines = &prose.operations[index];
    let operation: &Operation = &api.operations[index];
    let rules = |wire: &str| docs::rules(&operation.settings.rules, wire, |wire| names.operations[index].input(operation, wire));
    let prefix = quote!(crate::types::);
    let mut inputs = Vec::new();
    for ((parameter, name), line) in operation.parameters.iter().zip(&names.operations[index].parameters).zip(&lines.parameters) {
        let field = &parameter.field;
        let local = if field.required { name } else { "value" };
        let (argument, value) = context.argument(&field.shape, local, &prefix);
        let value = api.constant(field).map_or(value, |only| quote!(#only));
        // The runtime turns names and values of these into the dialect that is asked for, so they are in the current one here.
        let wire = api.settings.spellings.parameter(&field.wire);
        let apply = match (parameter.location, &field.shape) {
            (Location::Query, Shape::List(_)) if parameter.explode => quote!(repeated(#wire, #value)),
            (Location::Query, Shape::List(_)) => quote!(list(#wire, #value)),
            (Location::Query, _) => quote!(query(#wire, #value)),
            (location, shape) => {
                let value = if matches!(shape, Shape::List(_)) { quote!(crate::client::runtime::joined(#value)) } else { value };
                match location {
                    Location::Path => quote!(path(#wire, #value)),
                    Location::Header => quote!(header(#wire, #value)),
                    Location::Cookie | Location::Query => quote!(cookie(#wire, #value)),
                }
            }
        };
        inputs.push(Input {
            field,
            line: line.as_deref(),
            rules: rules(&field.wire),
            name,
            local,
            argument,
            apply,
            constant: api.constant(field).is_some(),
        });
    }
    if let Body::Fields { fields, .. } = &operation.body {
        for ((field, name), line) in fields.iter().zip(&names.operations[index].body).zip(&lines.body) {
            let local = if field.required { name } else { "value" };
            let (argument, value) = context.argument(&field.shape, local, &prefix);
            let value = api.constant(field).map_or(value, |only| quote!(String::from(#only)));
            let wire = &field.wire;
            let apply = match &field.shape {
                Shape::Bytes => quote!(binary(#wire, #value)),
                Shape::List(_) => quote!(field(#wire, #value.collect::<Vec<_>>())),
                _ => quote!(field(#wire, #value)),
            };
            inputs.push(Input {
                field,
                line: line.as_deref(),
                rules: rules(&field.wire),
                name,
                local,
                argument,
                apply,
                constant: api.constant(field).is_some(),
            });
        }
    }
    inputs
}

/// The required ones, as arguments.
fn arguments<'a>(operation: &Operation, inputs: &'a [Input<'a>]) -> Vec<&'a Input<'a>> {
    operation.arguments.iter().filter_map(|index| inputs.get(*index)).collect()
}

/// The constant data of an operation for the runtime.
pub(super) fn operation(context: Context<'_>, index: usize) -> TokenStream {
    let operation = &context.api.operations[index];
    let Operation { method, path, user, app, scopes, streaming, old_dialect, page_parameter, group, .. } = operation;
    let own = &context.names.operations[index].method;
    let (name, label) = (ident(&context.names.operations[index].operation), format!("{group}.{own}"));
    // The methods that HTTP defines as idempotent.
    let idempotent = matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE");
    let method = ident(method);
    let page = page_parameter.as_ref().map_or_else(|| quote!(None), |name| quote!(Some(std::borrow::Cow::Borrowed(#name))));
    let dialect = ident(if *old_dialect { "Tweet" } else { "Post" });
    // Each document of a stream is an envelope, even if the description shows none.
    let enveloped = *streaming || matches!(operation.answer, Answer::Envelope(_) | Answer::Nothing);
    quote! {
        pub(crate) static #name: crate::client::runtime::Operation = crate::client::runtime::Operation {
            name: std::borrow::Cow::Borrowed(#label),
            method: crate::client::runtime::Method::#method,
            path: std::borrow::Cow::Borrowed(#path),
            auth: crate::client::runtime::Auth { user: #user, app: #app, scopes: &[#(#scopes),*] },
            page_parameter: #page,
            streaming: #streaming,
            enveloped: #enveloped,
            dialect: crate::client::runtime::Dialect::#dialect,
            integration: None,
            idempotent: #idempotent,
        };
    }
}

/// The group's method that begins a request.
pub(super) fn constructor(context: Context<'_>, index: usize) -> TokenStream {
    begin(context, index, &context.names.operations[index].method, false)
}

/// The method of `Me` that begins the same request, if there is one. It leaves the own id to the engine.
pub(super) fn constructor_of_me(context: Context<'_>, index: usize) -> Option<TokenStream> {
    let name = context.names.operations[index].me.as_ref()?;
    Some(begin(context, index, name, true))
}

/// A method that begins a request, of the group or of `Me`.
fn begin(context: Context<'_>, index: usize, method: &str, of_me: bool) -> TokenStream {
    let operation = &context.api.operations[index];
    let names = &context.names.operations[index];
    let inputs = inputs(context, index);
    let arguments = arguments(operation, &inputs);
    let own = operation.own_id();
    // The engine fills it in. Where no own id is in the path, the two methods differ in their names only.
    let filled_in = own.filter(|_| of_me);
    let is_filled_in = |input: &Input<'_>| Some(input.field.wire.as_str()) == filled_in;
    let asked = || arguments.iter().filter(|input| !input.constant && !is_filled_in(input));
    let mut lines: Vec<String> = asked()
        .map(|input| {
            let line = docs::argument(input.field, input.name, input.line, input.rules.clone());
            match &names.me {
                Some(me) if own == Some(&input.field.wire) => format!("{line} [`Me::{me}`](crate::Me::{me}) does without it."),
                _ => line,
            }
        })
        .collect();
    let mut parameters: Vec<TokenStream> = asked()
        .map(|input| {
            let (name, argument) = (ident(input.name), &input.argument);
            quote!(#name: #argument)
        })
        .collect();
    let mut applied: Vec<TokenStream> = arguments
        .iter()
        .map(|input| {
            let wire = &input.field.wire;
            if is_filled_in(input) { quote!(own_id(#wire)) } else { input.apply.clone() }
        })
        .collect();
    match &operation.body {
        Body::None => {}
        Body::Fields { json: true, .. } => applied.insert(0, quote!(with_fields())),
        Body::Fields { .. } => applied.insert(0, quote!(with_multipart())),
        Body::Json(shape) => {
            let (argument, value) = context.argument(shape, "body", &quote!(crate::types::));
            let value = if matches!(shape, Shape::List(_)) { quote!(#value.collect::<Vec<_>>()) } else { value };
            parameters.push(quote!(body: #argument));
            applied.push(quote!(json(#value)));
            lines.push("- `body`: JSON to send.".to_owned());
        }
        Body::Bytes(media_type) => {
            parameters.push(quote!(content: impl Into<crate::runtime::Bytes>));
            applied.push(quote!(content(#media_type, Into::<crate::runtime::Bytes>::into(content))));
            lines.push(format!("- `content`: the bytes to send, as `{media_type}`."));
        }
    }
    let docs = docs::attributes(&format!(
        "{}\n\n{}",
        docs::operation(context, index, filled_in.is_some(), &lines),
        examples::of(context, index, method, of_me)
    ));
    let aliases = names.aliases.iter().filter(|alias| *alias != method);
    let (method, request, data) = (ident(method), ident(&names.request), ident(&names.operation));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated = "X is about to take this operation away"]));
    quote! {
        #docs
        #(#[doc(alias = #aliases)])*
        #deprecated
        pub fn #method(&self, #(#parameters),*) -> #request {
            #request(crate::client::runtime::RequestBuilder::new(&self.0, &#data)#(.#applied)*)
        }
    }
}

/// The request's struct.
pub(super) fn request(context: Context<'_>, index: usize) -> TokenStream {
    let operation = &context.api.operations[index];
    let names = &context.names.operations[index];
    let (request, group) = (ident(&names.request), &context.names.groups[&operation.group]);
    let me = names.me.as_ref().map_or_else(String::new, |me| format!(" and [`Me::{me}`](crate::Me::{me})"));
    let text = format!(
        "{}\n\nA request to `{} {}`, made by [`{group}::{method}`]{me}.",
        docs::summary(operation),
        operation.method,
        operation.path,
        method = names.method,
    );
    let docs = docs::attributes(&text);
    let inputs = inputs(context, index);
    let setters = inputs.iter().filter(|input| !input.field.required).map(|input| {
        let line = docs::attributes(&docs::input(input.field, input.line, input.rules.clone()));
        let (name, local, argument, apply) = (ident(input.name), ident(input.local), &input.argument, &input.apply);
        quote! {
            #line
            pub fn #name(self, #local: #argument) -> Self {
                Self(self.0.#apply)
            }
        }
    });
    let multipart = matches!(&operation.body, Body::Fields { json: true, multipart: true, .. }).then(|| {
        quote! {
            /// Sends the body as `multipart/form-data` in place of JSON. Paragon's proxy takes JSON only.
            pub fn multipart(self) -> Self {
                Self(self.0.with_multipart())
            }
        }
    });
    let prefix = quote!(crate::types::);
    let (output, send, verb) = match &operation.answer {
        Answer::Bytes => (quote!(crate::runtime::Bytes), quote!(bytes), "send"),
        Answer::Nothing | Answer::Envelope(None) => (quote!(()), quote!(reply), "send"),
        Answer::Envelope(Some(shape)) | Answer::Whole(shape) => {
            let rust = context.rust(shape, &prefix);
            // Data that is one scalar may be missing like any other.
            let rust = match shape {
                Shape::Boolean | Shape::Integer | Shape::Number | Shape::Time | Shape::Bytes => quote!(Option<#rust>),
                Shape::Type(id) if matches!(context.api.types[id.0].kind, crate::ir::TypeKind::Enum(_) | crate::ir::TypeKind::Union(_)) => {
                    quote!(Option<#rust>)
                }
                _ => rust,
            };
            if operation.streaming { (rust, quote!(events), "connect") } else { (rust, quote!(reply), "send") }
        }
    };
    let (outcome, line) = match verb {
        "connect" => (quote!(crate::client::runtime::Events<#output>), "Opens the stream; the same as `.await` on the request."),
        _ => (quote!(crate::client::runtime::Reply<#output>), "Sends the request; the same as `.await` on it."),
    };
    let outcome = quote!(crate::client::runtime::Result<#outcome>);
    let future = quote!(crate::client::runtime::RequestFuture<#outcome>);
    // A request that goes one way only has no choice to offer.
    let app_only = (operation.user && operation.app).then(|| quote!(, with_app_only));
    let (verb, line) = (ident(verb), docs::attributes(line));
    let paged = operation.paged && matches!(operation.answer, Answer::Envelope(Some(_)));
    let pages = paged.then(|| {
        let items = match &operation.answer {
            Answer::Envelope(Some(Shape::List(item))) => {
                let item = context.rust(item, &prefix);
                Some(quote! {
                    /// The items of all pages, as a stream. Nothing is sent before the first is asked for.
                    pub fn items(self) -> crate::client::runtime::Items<#item> {
                        crate::client::runtime::Items::of(self.0)
                    }
                })
            }
            _ => None,
        };
        quote! {
            /// All pages, as a stream. Nothing is sent before the first is asked for.
            pub fn pages(self) -> crate::client::runtime::Pages<#output> {
                crate::client::runtime::Pages::of(self.0)
            }
            #items
        }
    });
    let old = names.old_request.as_ref().map(|old| quote!(#[doc(alias = #old)]));
    quote! {
        #docs
        #old
        #[derive(Debug, Clone)]
        #[must_use = "a request does nothing until it is awaited"]
        pub struct #request(crate::client::runtime::RequestBuilder);
        impl #request {
            #(#setters)*
            #multipart
            #pages
            #line
            pub fn #verb(self) -> #future {
                crate::client::runtime::RequestFuture::#send(self.0)
            }
        }
        impl IntoFuture for #request {
            type Output = #outcome;
            type IntoFuture = #future;
            fn into_future(self) -> Self::IntoFuture {
                self.#verb()
            }
        }
        crate::client::runtime::options!([] #request, 0 #app_only);
    }
}
