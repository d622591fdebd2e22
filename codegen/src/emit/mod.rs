//! Rust code, one construct per module.

mod docs;
mod enums;
mod groups;
mod ids;
mod limits;
mod operations;
mod shapes;
mod structs;
mod unions;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::ir::{Api, Operation, Role, Shape, TypeId, TypeKind};
use crate::names::Names;
use crate::prose::Prose;

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, for example `posts.rs`.
    pub name: String,
    /// Its content, formatted.
    pub content: String,
}

/// Everything an emitter looks at.
#[derive(Clone, Copy)]
struct Context<'a> {
    api: &'a Api,
    names: &'a Names,
    prose: &'a Prose,
    /// Fields that lead back to the struct they are in, by owner and type: they are boxed.
    boxed: &'a HashSet<(TypeId, TypeId)>,
}

/// Emits the code of all operations, or only of those of some groups, and of the types that these reach.
///
/// # Errors
///
/// When the emitted code is not Rust: a mistake of this generator, reported with the file.
pub fn emit(api: &Api, names: &Names, prose: &Prose, groups: Option<&BTreeSet<String>>) -> Result<Vec<File>, String> {
    let wanted = |group: &str| groups.is_none_or(|groups| groups.contains(group));
    let boxed = boxed(api);
    let context = Context { api, names, prose, boxed: &boxed };
    let operations = api.operations.iter().enumerate().filter(|(_, operation)| wanted(&operation.group));
    let mut by_group: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, operation) in operations.clone() {
        by_group.entry(operation.group.as_str()).or_default().push(index);
    }
    let types = &api.reachable(operations.clone().map(|(_, operation)| operation)) - &api.unnamed();
    let ids = id_names(api, operations.map(|(_, operation)| operation), &types);
    // Formatting is most of the work, so the files are shared out to two threads, the biggest apart.
    let jobs: Vec<Job<'_>> =
        std::iter::once(Job::Types(&types, &ids)).chain(by_group.iter().map(|(group, operations)| Job::Group(group, operations))).collect();
    let (left, right) = jobs.split_at(if jobs.len() > 1 { 1 } else { 0 });
    let run = |jobs: &[Job<'_>]| jobs.iter().map(|job| job.run(context)).collect::<Result<Vec<File>, String>>();
    let (mut files, others) = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(right));
        let own = run(left)?;
        let other = other.join().map_err(|_| "the generator panicked while it emitted code".to_owned())??;
        Ok::<_, String>((own, other))
    })?;
    files.extend(others);
    files.push(file("groups.rs", groups::all(context, &by_group))?);
    files.push(file("spellings.rs", groups::spellings(context))?);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The id types that operations and types mention.
fn id_names<'a>(api: &'a Api, operations: impl Iterator<Item = &'a Operation>, types: &BTreeSet<TypeId>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    let mut note = |shape: &'a Shape| {
        if let Shape::Id(name) = shape.innermost() {
            names.insert(name.as_str());
        }
    };
    for operation in operations {
        operation.roots().for_each(|(_, shape)| note(shape));
    }
    for id in types {
        if let TypeKind::Struct(fields) = &api.types[id.0].kind {
            fields.iter().for_each(|field| note(&field.shape));
        }
    }
    names
}

enum Job<'a> {
    Types(&'a BTreeSet<TypeId>, &'a BTreeSet<&'a str>),
    Group(&'a str, &'a [usize]),
}

impl Job<'_> {
    fn run(&self, context: Context<'_>) -> Result<File, String> {
        match self {
            Self::Types(types, ids) => file("types.rs", self::types(context, types, ids)),
            Self::Group(group, operations) => file(&format!("{group}.rs"), groups::one(context, group, operations)),
        }
    }
}

fn types(context: Context<'_>, ids: &BTreeSet<TypeId>, id_names: &BTreeSet<&str>) -> TokenStream {
    let mut named: Vec<(&str, TypeId)> = ids.iter().filter_map(|id| Some((context.names.types.get(id)?.as_str(), *id))).collect();
    named.sort_unstable();
    let types = named.iter().map(|(_, id)| {
        let found = &context.api.types[id.0];
        match &found.kind {
            TypeKind::Struct(fields) if found.role == Role::Answer => structs::answer(context, *id, fields),
            TypeKind::Struct(fields) => structs::request(context, *id, fields),
            TypeKind::Enum(values) => enums::emit(context, *id, values),
            TypeKind::Union(union) => unions::emit(context, *id, union),
            TypeKind::Same(_) => TokenStream::new(),
        }
    });
    let is_enum = |id: &TypeId| matches!(context.api.types[id.0].kind, TypeKind::Enum(_));
    let (enums, others): (Vec<_>, Vec<_>) = named.iter().partition(|(_, id)| is_enum(id));
    let [enums, others] = [enums, others].map(|named| named.into_iter().map(|(name, _)| ident(name)).collect::<Vec<_>>());
    let id_types = ids::emit(context, id_names);
    // Every reply has a place for includes, if only an empty one.
    let includes = (!ids.contains(&context.api.resolve(context.api.includes))).then_some(context.api.includes);
    let others = others.into_iter().chain(includes.map(|id| ident(&context.names.types[&id])));
    let includes = includes.map(|id| structs::answer(context, id, &[]));
    quote! {
        #id_types
        #(#types)*
        #includes
        crate::runtime::open_enums!(#(#enums),*);
        crate::runtime::models!(#(#enums,)* #(#others),*);
    }
}

fn file(name: &str, tokens: TokenStream) -> Result<File, String> {
    let tree: syn::File = syn::parse2(tokens).map_err(|error| format!("{name} would not be Rust: {error}"))?;
    Ok(File { name: name.to_owned(), content: prettyplease::unparse(&tree) })
}

/// The keywords of Rust, of all editions, that can be raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// An identifier, raw where the name is a keyword.
fn ident(name: &str) -> Ident {
    match name {
        // These cannot be raw.
        "self" | "super" | "crate" | "Self" | "_" => Ident::new(&format!("{name}_"), Span::call_site()),
        _ if KEYWORDS.contains(&name) => Ident::new_raw(name, Span::call_site()),
        _ => Ident::new(name, Span::call_site()),
    }
}

/// The struct fields that would make their struct contain itself.
fn boxed(api: &Api) -> HashSet<(TypeId, TypeId)> {
    let direct = |id: TypeId| -> Vec<TypeId> {
        match &api.types[id.0].kind {
            TypeKind::Struct(fields) => {
                fields.iter().filter_map(|field| if let Shape::Type(id) = field.shape { Some(api.resolve(id)) } else { None }).collect()
            }
            // The variants of a union are boxed already.
            TypeKind::Enum(_) | TypeKind::Union(_) | TypeKind::Same(_) => Vec::new(),
        }
    };
    let mut boxed = HashSet::new();
    for owner in (0..api.types.len()).map(TypeId) {
        for child in direct(owner) {
            let (mut seen, mut open) = (HashSet::new(), vec![child]);
            while let Some(id) = open.pop() {
                if id == owner {
                    boxed.insert((owner, child));
                    break;
                }
                if seen.insert(id) {
                    open.extend(direct(id));
                }
            }
        }
    }
    boxed
}
