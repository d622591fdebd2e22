//! Every identifier of the generated code, assigned once.
//!
//! Names depend on the whole description, never on which part of it is generated, so that switching a feature on renames nothing.

mod requests;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::ir::{Api, Body, Operation, Role, Shape, Type, TypeId, TypeKind};
use crate::settings::Settings;
use crate::words::{PRELUDE, current, old, old_pascal, pascal, snake};

pub use requests::VERBS;

/// Methods that requests have besides their setters.
const METHODS: &[&str] = &["clone", "connect", "into_future", "items", "multipart", "pages", "rate_limits", "request_data", "send"];

/// The name of an input of an operation. A setter never has the name of a method of requests: those are few, and options of a call
/// begin with `with_`.
fn input(wire: &str, settings: &Settings) -> String {
    let name = snake(wire, settings);
    if is_of_requests(&name) { format!("set_{name}") } else { name }
}

/// Whether requests have a method of the name that is no setter.
pub(crate) fn is_of_requests(name: &str) -> bool {
    METHODS.contains(&name) || name.starts_with("with_")
}

/// The table.
#[derive(Debug)]
pub struct Names {
    /// The name of each generated type.
    pub types: HashMap<TypeId, String>,
    /// Where the type was first met: position of the operation and place in it.
    pub places: HashMap<TypeId, (usize, String)>,
    /// The names of a struct's fields or of an enum's or union's variants, in their order.
    pub members: HashMap<TypeId, Vec<String>>,
    /// The names of each operation, in the order of [`Api::operations`].
    pub operations: Vec<OperationNames>,
    /// The struct of each group.
    pub groups: BTreeMap<String, String>,
    /// Names of types in X's old words, where these differ, for the search of the docs.
    pub old: HashMap<TypeId, String>,
    /// The same of id types.
    pub old_ids: BTreeMap<String, String>,
}

/// The names of an operation.
#[derive(Debug)]
pub struct OperationNames {
    /// The method of the group.
    pub method: String,
    /// The method of the connected account's own handle, if the overlay puts the operation there.
    pub me: Option<String>,
    /// The struct of the request.
    pub request: String,
    /// The same in X's old words, where these differ.
    pub old_request: Option<String>,
    /// The static that describes the operation to the runtime.
    pub operation: String,
    /// Parameters, in their order.
    pub parameters: Vec<String>,
    /// Fields of the body, in their order.
    pub body: Vec<String>,
    /// Other words that the search of the docs finds the operation by.
    pub aliases: Vec<String>,
}

impl OperationNames {
    /// The name of an input by its name on the wire.
    #[must_use]
    pub(crate) fn input(&self, operation: &Operation, wire: &str) -> String {
        let parameters = operation.parameters.iter().map(|parameter| parameter.field.wire.as_str()).zip(&self.parameters);
        let fields = match &operation.body {
            Body::Fields { fields, .. } => fields.as_slice(),
            Body::None | Body::Json(_) | Body::Bytes(_) => &[],
        };
        let mut all = parameters.chain(fields.iter().map(|field| field.wire.as_str()).zip(&self.body));
        all.find(|(other, _)| *other == wire).map_or_else(|| wire.to_owned(), |(_, name)| name.clone())
    }
}

impl Names {
    /// Names everything.
    #[must_use]
    pub fn assign(api: &Api) -> Self {
        let settings = &api.settings;
        let (groups, operations) = operations(api);
        let places = places(api);
        let old_ids = settings.ids.keys().filter_map(|name| Some((name.clone(), old_pascal(name, settings)?))).collect();
        let mut names = Self { types: HashMap::new(), places, members: HashMap::new(), operations, groups, old: HashMap::new(), old_ids };
        let mut taken: HashSet<String> = PRELUDE.iter().map(|name| (*name).to_owned()).collect();
        // An id is an alias and the type that tells it from others.
        taken.extend(settings.ids.keys().flat_map(|name| [name.clone(), format!("{name}Kind")]));
        let mut everything = api.reachable(api.operations.iter());
        // Every reply has a place for includes, also where no operation has any.
        everything.insert(api.includes);
        // Names of the overlay first, then those of parameters, then those made up of places: a made-up name gives way.
        let given = everything.iter().filter_map(|id| Some((*id, api.types[id.0].name.clone()?)));
        let hinted = everything.iter().filter_map(|id| Some((*id, api.types[id.0].hint.clone()?)));
        let placed = {
            let mut ids: Vec<_> = everything.iter().filter_map(|id| Some((names.places.get(id)?.clone(), *id))).collect();
            ids.sort();
            ids.into_iter()
                .map(|((operation, place), id)| (id, place_name(&api.operations[operation], &place, settings)))
                .collect::<Vec<_>>()
        };
        for (id, wanted) in given.chain(hinted).chain(placed) {
            if names.types.contains_key(&id) {
                continue;
            }
            let wanted = if taken.contains(&wanted) && api.types[id.0].role == Role::Request { format!("{wanted}Input") } else { wanted };
            let name = unique(&mut taken, wanted);
            if let Some(old) = old_pascal(&name, settings) {
                names.old.insert(id, old);
            }
            names.types.insert(id, name);
        }
        for id in everything {
            let name = names.types.get(&id).cloned().unwrap_or_default();
            names.members.insert(id, members(&name, &api.types[id.0], settings));
        }
        for id in names.types.keys().copied().collect::<Vec<_>>() {
            if let TypeKind::Union(union) = &api.types[id.0].kind {
                let variants = union.variants.iter().map(|(id, _)| names.types.get(id).cloned().unwrap_or_default());
                names.members.insert(id, variants.collect());
            }
        }
        names
    }
}

/// A free name: the wanted one, or that with a number, apart from a number at its end.
fn unique(taken: &mut HashSet<String>, wanted: String) -> String {
    let mut name = wanted.clone();
    let mut number = 2;
    let gap = if wanted.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    while !taken.insert(name.clone()) {
        name = format!("{wanted}{gap}{number}");
        number += 1;
    }
    name
}

fn operations(api: &Api) -> (BTreeMap<String, String>, Vec<OperationNames>) {
    let settings = &api.settings;
    let mut groups: BTreeMap<String, (String, HashSet<String>)> = BTreeMap::new();
    let types: HashSet<&str> = api.types.iter().filter_map(|declared| declared.name.as_deref()).collect();
    for operation in &api.operations {
        groups.entry(operation.group.clone()).or_insert_with(|| {
            let name = pascal(&operation.group, settings);
            // Words without a plural (`Media`) name a group and what is in it alike.
            let name = if types.contains(name.as_str()) { format!("{name}Group") } else { name };
            let mut taken: HashSet<String> = PRELUDE.iter().map(|name| (*name).to_owned()).collect();
            let name = unique(&mut taken, name);
            (name, taken)
        });
    }
    // Names of the overlay before those made up of paths.
    let mut order: Vec<usize> = (0..api.operations.len()).collect();
    order.sort_by_key(|index| {
        let settings = &api.operations[*index].settings;
        (settings.request.is_none(), settings.name.is_none())
    });
    // Unique in the whole crate, so that requests of several groups can be imported side by side.
    let mut requests: HashSet<String> = PRELUDE.iter().map(|name| (*name).to_owned()).collect();
    requests.extend(groups.values().map(|(name, _)| name.clone()));
    let mut methods: HashMap<(&str, String), usize> = HashMap::new();
    let mut of_me: HashSet<String> = HashSet::new();
    let mut names: Vec<Option<OperationNames>> = api.operations.iter().map(|_| None).collect();
    for index in order {
        let operation = &api.operations[index];
        let mut method = operation.name.clone();
        let mut number = 2;
        while methods.contains_key(&(operation.group.as_str(), method.clone())) {
            method = format!("{}_{number}", operation.name);
            number += 1;
        }
        methods.insert((operation.group.as_str(), method.clone()), index);
        let me = operation.settings.me.clone().map(|name| unique(&mut of_me, name));
        let request = operation.settings.request.clone().unwrap_or_else(|| requests::by_rule(operation, &method, settings));
        let request = unique(&mut requests, request);
        if let Some((_, taken)) = groups.get_mut(&operation.group) {
            taken.insert(request.clone());
        }
        let mut taken: HashSet<String> = HashSet::new();
        // The arguments for a body that is one value.
        match &operation.body {
            Body::Json(_) => drop(taken.insert("body".to_owned())),
            Body::Bytes(_) => drop(taken.insert("content".to_owned())),
            Body::None | Body::Fields { .. } => {}
        }
        let parameters = operation.parameters.iter().map(|parameter| parameter.field.wire.as_str());
        let fields = match &operation.body {
            Body::Fields { fields, .. } => fields.iter().map(|field| field.wire.as_str()).collect(),
            Body::None | Body::Json(_) | Body::Bytes(_) => Vec::new(),
        };
        let all: Vec<&str> = parameters.chain(fields).collect();
        let mut assigned = member_names(&all, &mut taken, settings, input, &|wire| operation.given_name(wire));
        let body = assigned.split_off(operation.parameters.len());
        let aliases = aliases(operation, &method, settings);
        let old_request = old_pascal(&request, settings);
        let operation = String::new();
        names[index] = Some(OperationNames { method, me, request, old_request, operation, parameters: assigned, body, aliases });
    }
    // Statics last: they are private, so they give way. `y` is called by a `Y`, which is `y` in upper case as well.
    for (operation, names) in api.operations.iter().zip(names.iter_mut().flatten()) {
        let Some((_, taken)) = groups.get_mut(&operation.group) else { continue };
        let upper = names.method.to_uppercase();
        // A script without cases: a static must not be called as an argument may be.
        let wanted = if upper == names.method { format!("{upper}_OPERATION") } else { upper };
        names.operation = unique(taken, wanted);
    }
    (groups.into_iter().map(|(group, (name, _))| (group, name)).collect(), names.into_iter().flatten().collect())
}

/// Other words for an operation: X's own name of it, X's old words, and those of the overlay.
fn aliases(operation: &Operation, method: &str, settings: &Settings) -> Vec<String> {
    let all = operation.operation_id.clone().into_iter().chain(old(method, settings)).chain(operation.settings.aliases.iter().cloned());
    // rustdoc takes no other characters.
    let fits = |alias: &String| !alias.is_empty() && alias != method && alias.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    let mut aliases: Vec<String> = all.filter(fits).collect();
    let mut seen = HashSet::new();
    aliases.retain(|alias| seen.insert(alias.clone()));
    aliases
}

/// Names for wire names that are members of one owner. A wire name that is a Rust name already has precedence over others that become it.
/// A name that the overlay gives has precedence over both.
fn member_names<'a>(
    wires: &[&'a str],
    taken: &mut HashSet<String>,
    settings: &Settings,
    style: fn(&str, &Settings) -> String,
    given: &dyn Fn(&'a str) -> Option<&'a str>,
) -> Vec<String> {
    let mut names: Vec<Option<String>> = wires.iter().map(|wire| Some(unique(taken, given(wire)?.to_owned()))).collect();
    // In the order of their wire names, as that in which the description has them may change.
    let mut order: Vec<(usize, &&str)> = wires.iter().enumerate().collect();
    order.sort_by_key(|(_, wire)| **wire);
    for same in [true, false] {
        for (index, wire) in order.iter().copied() {
            if names[index].is_none() && (current(wire, settings) == **wire) == same {
                let wanted = style(wire, settings);
                // `post_count` and `tweet_count` side by side: each keeps its own name.
                let own = style(wire, &Settings::default());
                let wanted = if taken.contains(&wanted) && !taken.contains(&own) { own } else { wanted };
                names[index] = Some(unique(taken, wanted));
            }
        }
    }
    names.into_iter().flatten().collect()
}

/// A variant. `Unknown` is the one for values that the description does not have, and `Self` is no identifier.
fn variant(wire: &str, settings: &Settings) -> String {
    match pascal(wire, settings) {
        name if name == "Unknown" || name == "Self" => format!("{name}Value"),
        name => name,
    }
}

fn members(name: &str, found: &Type, settings: &Settings) -> Vec<String> {
    match &found.kind {
        TypeKind::Struct(fields) => {
            let wires: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
            let mut taken: HashSet<String> = ["extra", "new"].into_iter().map(str::to_owned).collect();
            member_names(&wires, &mut taken, settings, snake, &|_| None)
        }
        TypeKind::Enum(values) => {
            let wires: Vec<&str> = values.values.iter().map(String::as_str).collect();
            let mut taken: HashSet<String> = ["Unknown", "Self"].into_iter().map(str::to_owned).collect();
            let given = settings.variants.get(name);
            member_names(&wires, &mut taken, settings, variant, &|wire| given?.get(wire).map(String::as_str))
        }
        TypeKind::Union(_) => Vec::new(),
    }
}

/// Where each type is first met, in the order of operations; nearest to the root first.
fn places(api: &Api) -> HashMap<TypeId, (usize, String)> {
    let mut places = HashMap::new();
    let includes = Shape::Type(api.includes);
    let meta = Shape::Type(api.meta);
    for (index, operation) in api.operations.iter().enumerate() {
        let mut open: Vec<(String, TypeId)> = Vec::new();
        let common = [("includes".to_owned(), &includes), ("meta".to_owned(), &meta)];
        for (place, shape) in operation.roots().chain(common) {
            if let Shape::Type(id) = shape.innermost() {
                open.push((place, *id));
            }
        }
        while !open.is_empty() {
            for (place, id) in std::mem::take(&mut open) {
                if places.contains_key(&id) {
                    continue;
                }
                places.insert(id, (index, place.clone()));
                match &api.types[id.0].kind {
                    TypeKind::Struct(fields) => {
                        for field in fields {
                            if let Shape::Type(id) = field.shape.innermost() {
                                open.push((format!("{place}.{}", field.wire), *id));
                            }
                        }
                    }
                    TypeKind::Union(union) => {
                        open.extend(union.variants.iter().map(|(id, tags)| (format!("{place}.{}", tags.join("_")), *id)));
                    }
                    TypeKind::Enum(_) => {}
                }
            }
        }
    }
    places
}

/// `data.video` of `broadcasts.get` becomes `BroadcastsGetVideo`.
fn place_name(operation: &Operation, place: &str, settings: &Settings) -> String {
    let mut name = String::new();
    let (root, rest) = place.split_once('.').unwrap_or((place, ""));
    if !matches!(root, "includes" | "meta") {
        name = format!("{}{}", pascal(&operation.group, settings), pascal(&operation.name, settings));
    } else {
        name.push_str(&pascal(root, settings));
    }
    for part in rest.split('.').filter(|part| !part.is_empty()) {
        name.push_str(&pascal(part, settings));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(wires: &[&str], style: fn(&str, &Settings) -> String) -> Vec<String> {
        let settings = Settings { words: [("tweet".to_owned(), "post".to_owned())].into(), ..Settings::default() };
        member_names(wires, &mut HashSet::new(), &settings, style, &|_| None)
    }

    #[test]
    fn names_that_would_be_the_same_are_told_apart_whatever_their_order() {
        assert_eq!(named(&["a.b_c", "a.b.c"], pascal), ["ABC2", "ABC"]);
        assert_eq!(named(&["a.b.c", "a.b_c"], pascal), ["ABC", "ABC2"]);
        // A number that tells apart is not taken for a part of the value.
        assert_eq!(named(&["12", "1", "-1"], pascal), ["N12", "N1_2", "N1"]);
    }

    #[test]
    fn a_current_name_goes_before_one_that_only_becomes_it() {
        assert_eq!(named(&["tweet_count", "post_count"], snake), ["tweet_count", "post_count"]);
        assert_eq!(named(&["tweet_count"], snake), ["post_count"]);
    }

    #[test]
    fn a_setter_never_has_the_name_of_a_method_of_requests() {
        assert_eq!(named(&["send", "text", "with_timeout"], input), ["set_send", "text", "set_with_timeout"]);
        assert_eq!(named(&["send", "set_send"], input), ["set_send", "set_send2"]);
    }
}
