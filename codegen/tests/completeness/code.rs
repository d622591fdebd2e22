//! What the emitted code has, read from its text alone, and what it should have.

use std::collections::{BTreeMap, BTreeSet};

use paragon_twitter_codegen::ir::{Shape, TypeKind};
use paragon_twitter_codegen::stats::{Owner, Stats, What};
use paragon_twitter_codegen::{File, Generated};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;

/// What one operation or type has: kind and name on the wire. A name that is there twice is there twice.
pub type Parts = BTreeMap<(&'static str, String), usize>;

#[derive(Debug, Default)]
pub struct Code {
    /// Method and path to inputs, forms of body and answer.
    pub operations: BTreeMap<String, Parts>,
    /// Name of a type to its fields, values or tags. A field is under both of its spellings.
    types: BTreeMap<String, Vec<Member>>,
    /// How many operations the list of all has.
    pub listed: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    wire: String,
    /// The spelling of the other dialect, or nothing.
    other: String,
    /// The innermost type, of a field.
    of: String,
}

/// The tokens of a stream and of all groups in it, flat.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut all = Vec::new();
    for token in tokens {
        all.push(token.clone());
        if let TokenTree::Group(group) = token {
            all.extend(flat(group.stream()));
        }
    }
    all
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

fn in_parentheses(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        _ => None,
    }
}

/// The string literals directly in a stream.
fn texts(tokens: TokenStream) -> Vec<String> {
    tokens.into_iter().filter_map(|token| Some(syn::parse2::<syn::LitStr>(token.into()).ok()?.value())).collect()
}

/// The method calls in a stream, each with its first string literal.
fn calls(tokens: TokenStream) -> Vec<(String, String)> {
    let all = flat(tokens);
    let call = |window: &[TokenTree]| {
        let [dot, TokenTree::Ident(name), arguments] = window else { return None };
        // `RequestFuture::bytes` is a call as well.
        let arguments = in_parentheses(arguments).filter(|_| is_punct(dot, '.') || (is_punct(dot, ':') && name == "bytes"))?;
        Some((name.to_string(), texts(arguments.stream()).into_iter().next().unwrap_or_default()))
    };
    all.windows(3).filter_map(call).collect()
}

/// The innermost type, inside `Option`, `Vec` and the like.
fn innermost(of: &syn::Type) -> String {
    let syn::Type::Path(path) = of else { return of.to_token_stream().to_string() };
    let Some(last) = path.path.segments.last() else { return String::new() };
    if let syn::PathArguments::AngleBracketed(arguments) = &last.arguments {
        let inner = arguments.args.iter().rev().find_map(|argument| match argument {
            syn::GenericArgument::Type(inner) => Some(innermost(inner)),
            _ => None,
        });
        return inner.unwrap_or_default();
    }
    last.ident.to_string()
}

impl Code {
    pub fn read(files: &[File]) -> Self {
        let mut code = Self::default();
        for file in files {
            let tree = syn::parse_file(&file.content).expect("it is Rust");
            match file.name.as_str() {
                "types.rs" => code.read_types(&tree),
                "groups.rs" => code.read_list(&tree),
                _ => code.read_group(&tree),
            }
        }
        code
    }

    fn read_list(&mut self, tree: &syn::File) {
        for item in &tree.items {
            if let syn::Item::Static(item) = item
                && item.ident == "OPERATIONS"
                && let syn::Expr::Reference(list) = &*item.expr
                && let syn::Expr::Array(list) = &*list.expr
            {
                self.listed = list.elems.len();
            }
        }
    }

    fn read_group(&mut self, tree: &syn::File) {
        // The static of an operation to its method and path.
        let mut statics: BTreeMap<String, String> = BTreeMap::new();
        for item in &tree.items {
            if let syn::Item::Static(item) = item
                && let syn::Expr::Struct(data) = &*item.expr
                && data.path.segments.last().is_some_and(|last| last.ident == "Operation")
            {
                let field = |name: &str| {
                    let mut fields = data.fields.iter();
                    let found = fields.find(|field| matches!(&field.member, syn::Member::Named(member) if member == name));
                    flat(found.expect("the field is there").expr.to_token_stream())
                };
                let method = field("method").last().expect("a method").to_string();
                let path = field("path").into_iter().flat_map(|token| texts(token.into())).next().expect("a path");
                statics.insert(item.ident.to_string(), format!("{method} {path}"));
            }
        }
        // The struct of a request to its operation: both are in the function that begins the request.
        let mut requests: BTreeMap<String, String> = BTreeMap::new();
        let functions = |item: &syn::ItemImpl| -> Vec<syn::ImplItemFn> {
            item.items
                .iter()
                .filter_map(|item| if let syn::ImplItem::Fn(function) = item { Some(function.clone()) } else { None })
                .collect()
        };
        // `Me` begins requests that the group begins as well: they are counted once.
        let of_me = |item: &syn::ItemImpl| innermost(&item.self_ty) == "Me";
        let impls = || {
            tree.items.iter().filter_map(|item| {
                if let syn::Item::Impl(item) = item
                    && !of_me(item)
                {
                    Some(item)
                } else {
                    None
                }
            })
        };
        for function in impls().flat_map(functions) {
            let tokens = flat(function.block.to_token_stream());
            let begins = tokens.windows(2).find_map(|window| match window {
                [and, TokenTree::Ident(name)] if is_punct(and, '&') => statics.get(&name.to_string()),
                _ => None,
            });
            if let (Some(operation), syn::ReturnType::Type(_, request)) = (begins, &function.sig.output) {
                requests.insert(innermost(request), operation.clone());
                self.note(operation, calls(function.block.to_token_stream()));
            }
        }
        for item in impls() {
            let Some(operation) = requests.get(&innermost(&item.self_ty)) else { continue };
            for function in functions(item) {
                self.note(operation, calls(function.block.to_token_stream()));
            }
            for output in &item.items {
                if let syn::ImplItem::Type(output) = output
                    && output.ident == "Output"
                {
                    let data = innermost(&output.ty) != "()";
                    self.operations.entry(operation.clone()).or_default().extend(data.then(|| (("data", String::new()), 1)));
                }
            }
        }
    }

    fn note(&mut self, operation: &str, calls: Vec<(String, String)>) {
        let parts = self.operations.entry(operation.to_owned()).or_default();
        for (method, wire) in calls {
            let kind = match method.as_str() {
                "path" => "path",
                "query" | "list" | "repeated" => "query",
                "header" => "header",
                "cookie" => "cookie",
                "field" | "binary" => "field",
                "with_fields" | "json" => "application/json",
                "with_multipart" => "multipart/form-data",
                "content" => "content",
                "bytes" => "bytes",
                _ => continue,
            };
            *parts.entry((kind, wire)).or_default() += 1;
        }
    }

    fn read_types(&mut self, tree: &syn::File) {
        let mut structs: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for item in &tree.items {
            if let syn::Item::Struct(item) = item {
                let fields = item
                    .fields
                    .iter()
                    .map(|field| (field.ident.as_ref().map(ToString::to_string).unwrap_or_default(), innermost(&field.ty)));
                structs.insert(item.ident.to_string(), fields.filter(|(name, _)| name != "extra").collect());
            }
        }
        for item in &tree.items {
            let syn::Item::Impl(item) = item else { continue };
            let owner = innermost(&item.self_ty);
            let of = item.trait_.as_ref().and_then(|(path, _)| path.segments.last()).map(|last| last.ident.to_string());
            let tokens = flat(item.to_token_stream());
            match of.as_deref() {
                Some("Object") => {
                    let fields = structs.get(&owner).cloned().unwrap_or_default();
                    let table = tokens.windows(2).filter(|window| is_ident(&window[0], "Field"));
                    let table: Vec<Vec<String>> = table.filter_map(|window| Some(texts(in_parentheses(&window[1])?.stream()))).collect();
                    // `&self.name`: each entry of the table has its field.
                    let arms: Vec<String> = tokens
                        .windows(3)
                        .filter_map(|window| match window {
                            [this, dot, TokenTree::Ident(name)] if is_ident(this, "self") && is_punct(dot, '.') => Some(name.to_string()),
                            _ => None,
                        })
                        .take(table.len())
                        .collect();
                    assert_eq!(arms, fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), "{owner}");
                    assert_eq!(table.len(), fields.len(), "{owner}");
                    let member = |(texts, (_, of)): (Vec<String>, (String, String))| {
                        let [wire, other] = <[String; 2]>::try_from(texts).expect("two spellings");
                        Member { wire, other, of }
                    };
                    self.types.insert(owner, table.into_iter().zip(fields).map(member).collect());
                }
                Some("Open") => {
                    // `("text", Self::Variant)`; a second text of a variant is its other spelling.
                    let mut members: Vec<(String, Member)> = Vec::new();
                    for pair in tokens.iter().filter_map(in_parentheses) {
                        let Some(wire) = texts(pair.stream()).pop() else { continue };
                        let variant = pair.stream().into_iter().last().map(|token| token.to_string()).unwrap_or_default();
                        match members.iter_mut().find(|(known, _)| *known == variant) {
                            Some((_, member)) => member.other = wire,
                            None => members.push((variant, value(wire))),
                        }
                    }
                    self.types.insert(owner, members.into_iter().map(|(_, member)| member).collect());
                }
                // Of a union: the tags it knows.
                None if tokens.iter().any(|token| is_ident(token, "settled")) => {
                    let tags = tokens.into_iter().flat_map(|token| texts(token.into()));
                    self.types.insert(owner, tags.map(value).collect());
                }
                _ => {}
            }
        }
    }
}

fn value(wire: String) -> Member {
    Member { wire, other: String::new(), of: String::new() }
}

/// What the code should have.
pub struct Expected {
    operations: BTreeMap<String, Parts>,
    /// Name of a type to what it has, with the name of the type of it when that is a generated one.
    types: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

pub fn expected(stats: &Stats, generated: &Generated) -> Expected {
    let Generated { api, names, .. } = generated;
    let label = |index: usize| format!("{} {}", api.operations[index].method, api.operations[index].path);
    let mut expected = Expected { operations: BTreeMap::new(), types: BTreeMap::new() };
    for emitted in &stats.emitted {
        let wire = emitted.wire.clone();
        match emitted.owner {
            Owner::Operation(index) => {
                let parts = expected.operations.entry(label(index)).or_default();
                let current = |wire: String| {
                    let pairs = &api.settings.spellings.parameters;
                    pairs.iter().find(|(_, old)| **old == wire).map_or(wire, |(new, _)| new.clone())
                };
                let part = match (emitted.what, wire.as_str()) {
                    (What::Operation, _) | (What::SuccessAnswer, "envelope") => continue,
                    (What::PathParameter, _) => ("path", wire),
                    (What::QueryParameter, _) => ("query", current(wire)),
                    (What::HeaderParameter, _) => ("header", wire),
                    (What::CookieParameter, _) => ("cookie", wire),
                    (What::RequestProperty, _) => ("field", wire),
                    (What::RequestMediaType, "application/json") => ("application/json", String::new()),
                    (What::RequestMediaType, "multipart/form-data") => ("multipart/form-data", String::new()),
                    (What::RequestMediaType, _) => ("content", wire),
                    (What::SuccessAnswer, "whole") | (What::AnswerProperty, _) => ("data", String::new()),
                    (What::SuccessAnswer, _) => {
                        parts.insert(("data", String::new()), 1);
                        ("bytes", String::new())
                    }
                    (What::RequestValue | What::AnswerValue, _) => panic!("operations have no values"),
                };
                *parts.entry(part).or_default() += 1;
            }
            Owner::Type(id) => {
                let of = match &api.types[id.0].kind {
                    TypeKind::Struct(fields) => {
                        fields.iter().find(|field| field.wire == wire).and_then(|field| type_name(&field.shape, generated))
                    }
                    _ => None,
                };
                expected.types.entry(names.types[&id].clone()).or_default().insert(wire, of);
            }
        }
    }
    expected
}

fn type_name(shape: &Shape, generated: &Generated) -> Option<String> {
    let Shape::Type(id) = shape.innermost() else { return None };
    generated.names.types.get(id).cloned()
}

/// What is in one of the two and not in the other.
pub fn differences(expected: &Expected, code: &Code) -> Vec<String> {
    let mut lines = Vec::new();
    for operation in code.operations.keys().filter(|operation| !expected.operations.contains_key(*operation)) {
        lines.push(format!("{operation} is in the code, and nobody described it"));
    }
    for (operation, parts) in &expected.operations {
        let Some(found) = code.operations.get(operation) else {
            lines.push(format!("{operation} is not in the code"));
            continue;
        };
        let all: BTreeSet<_> = parts.keys().chain(found.keys()).collect();
        for part in all {
            let (kind, wire) = part;
            match (parts.get(part).copied().unwrap_or_default(), found.get(part).copied().unwrap_or_default()) {
                (wanted, 0) if wanted > 0 => lines.push(format!("{operation}: the code lacks {kind} {wire:?}")),
                (0, _) => lines.push(format!("{operation}: the code has {kind} {wire:?}, which nobody described")),
                (wanted, found) if wanted != found => {
                    lines.push(format!("{operation}: {kind} {wire:?} is there {found} times, not {wanted}"))
                }
                _ => {}
            }
        }
    }
    let empty = BTreeMap::new();
    let names: BTreeSet<&String> = expected.types.keys().chain(code.types.keys()).collect();
    for name in names {
        let wanted = expected.types.get(name).unwrap_or(&empty);
        let found = code.types.get(name).map(Vec::as_slice).unwrap_or_default();
        for (wire, of) in wanted {
            match found.iter().filter(|member| member.wire == *wire || member.other == *wire).collect::<Vec<_>>().as_slice() {
                [] => lines.push(format!("{name}: the code lacks {wire:?}")),
                [member] => {
                    if let Some(of) = of.as_ref().filter(|of| **of != member.of) {
                        lines.push(format!("{name}: {wire:?} is a {} in the code, not a {of}", member.of));
                    }
                }
                several => lines.push(format!("{name}: {wire:?} is there {} times", several.len())),
            }
        }
        for member in found.iter().filter(|member| !wanted.contains_key(&member.wire) && !wanted.contains_key(&member.other)) {
            lines.push(format!("{name}: the code has {:?}, which nobody described", member.wire));
        }
    }
    lines
}
