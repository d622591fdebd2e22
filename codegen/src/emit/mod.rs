//! Rust code, one construct per module.

mod context;
mod docs;
mod enums;
mod examples;
mod groups;
mod ids;
mod limits;
mod operations;
mod shapes;
mod structs;
mod unions;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use context::{Context, ident};

use crate::ir::{Api, Operation, Role, Selection, Shape, TypeId, TypeKind};
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

/// Emits the code of all operations, or only of those of some groups, and of the types that these reach.
///
/// # Errors
///
/// When the emitted code is not Rust: a mistake of this generator, reported with the file.
pub fn emit(api: &Api, names: &Names, prose: &Prose, groups: Option<&BTreeSet<String>>) -> Result<Vec<File>, String> {
    let wanted = |group: &str| groups.is_none_or(|groups| groups.contains(group));
    let operations = api.operations.iter().enumerate().filter(|(_, operation)| wanted(&operation.group));
    let mut by_group: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, operation) in operations.clone() {
        by_group.entry(operation.group.as_str()).or_default().push(index);
    }
    let types = &api.reachable(operations.clone().map(|(_, operation)| operation)) - &api.unnamed();
    let context = Context { api, names, prose, selection: &Selection::find(api), types: &types };
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
        }
    });
    let is_enum = |id: &TypeId| matches!(context.api.types[id.0].kind, TypeKind::Enum(_));
    let (enums, others): (Vec<_>, Vec<_>) = named.iter().partition(|(_, id)| is_enum(id));
    let [enums, others] = [enums, others].map(|named| named.into_iter().map(|(name, _)| ident(name)).collect::<Vec<_>>());
    let id_types = ids::emit(context, id_names);
    // Every reply has a place for includes, if only an empty one.
    let includes = (!ids.contains(&context.api.includes)).then_some(context.api.includes);
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
