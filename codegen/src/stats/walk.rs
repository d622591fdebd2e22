//! Walks over a description and, beside it, over the code that was generated of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::rc::Rc;

use serde_json::Value;

use super::counts::{Emitted, Missing, Owner, Row, Stats, Waived, What};
use crate::generator::Generated;
use crate::ir::{Answer, Body, Field, Location, Role, Shape, TypeId, TypeKind};

/// Place in the generated code at which a described part should be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place<'a> {
    /// A value of a shape.
    Value(&'a Shape),
    /// A value of a generated type.
    Type(TypeId),
    /// The body of an operation, which is given field by field.
    Body(usize),
    /// The answer of an operation, in X's envelope.
    Envelope(usize),
    /// Nowhere, for a cause in [`Walk::causes`].
    Nowhere(usize),
    /// Left out, by a decision in [`Walk::waived`].
    Waived(usize),
}

/// Outcome of a described part. Where it is described at several places, the later of these counts: a part that is generated at one place needs
/// no waiver at another, and a part that is missing at one place is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Waived(usize),
    Emitted,
    Missing(usize),
}

/// A schema to look at.
#[derive(Clone)]
struct Task<'a> {
    schema: &'a Value,
    /// Its place in the description, by which it is counted.
    pointer: String,
    /// Its place after everything but schemas was put in place of the references to it, by which waivers name it.
    used_at: String,
    place: Place<'a>,
    role: Role,
    /// Whether it is one of several alternatives.
    alternative: bool,
    /// The property, parameter, body or answer whose value it describes.
    holder: Rc<str>,
    /// The operation by which it was reached.
    operation: Rc<str>,
}

impl<'a> Task<'a> {
    /// The same for a node below it.
    fn below<const N: usize>(&self, schema: &'a Value, tokens: [&str; N]) -> Self {
        let under = |pointer: &String| tokens.iter().fold(pointer.clone(), |pointer, token| child(&pointer, token));
        Self { schema, pointer: under(&self.pointer), used_at: under(&self.used_at), ..self.clone() }
    }

    /// The same for a schema elsewhere.
    fn elsewhere(&self, (schema, pointer): (&'a Value, String)) -> Self {
        Self { schema, used_at: pointer.clone(), pointer, ..self.clone() }
    }

    fn at(self, place: Place<'a>) -> Self {
        Self { place, ..self }
    }

    /// Fault of its shape.
    fn cause(&self, what: &str) -> String {
        format!("{} ({}): {what}", self.holder, self.operation)
    }
}

/// A generated thing, if there is one.
struct Found<'a> {
    owner: Owner,
    place: Place<'a>,
}

pub(super) struct Walk<'a> {
    root: &'a Value,
    generated: &'a Generated,
    /// Position of each operation.
    operations: HashMap<(&'a str, &'a str), usize>,
    /// Types that no code names.
    unnamed: BTreeSet<TypeId>,
    waivers: HashMap<&'a str, usize>,
    waived: Vec<Waived>,
    causes: Vec<String>,
    things: BTreeMap<(What, String), Fate>,
    emitted: BTreeSet<Emitted>,
    open: VecDeque<Task<'a>>,
    seen: HashSet<(String, Place<'a>, Role, bool)>,
}

/// The methods of a path item.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

fn child(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}

/// The entries of an object at a key.
fn entries<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    node.get(key).and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// The items of an array at a key.
fn items<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    node.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The position of the field of a wire name, if it has an identifier as well.
fn position(fields: &[Field], wire: &str, names: usize) -> Option<usize> {
    fields.iter().position(|field| field.wire == wire).filter(|position| *position < names)
}

impl<'a> Walk<'a> {
    pub(super) fn new(root: &'a Value, generated: &'a Generated) -> Self {
        let Generated { api, waivers, .. } = generated;
        let operations = api.operations.iter().enumerate();
        Self {
            root,
            generated,
            operations: operations.map(|(index, found)| ((found.method.as_str(), found.path.as_str()), index)).collect(),
            unnamed: api.unnamed(),
            waivers: waivers.iter().enumerate().map(|(index, waiver)| (waiver.pointer.as_str(), index)).collect(),
            waived: waivers.iter().map(|waiver| Waived { name: waiver.pointer.clone(), reason: waiver.reason.clone(), count: 0 }).collect(),
            causes: Vec::new(),
            things: BTreeMap::new(),
            emitted: BTreeSet::new(),
            open: VecDeque::new(),
            seen: HashSet::new(),
        }
    }

    /// Walks to the end, and returns the counts.
    pub(super) fn count(mut self) -> Result<Stats, String> {
        self.operations()?;
        while let Some(task) = self.open.pop_front() {
            self.schema(task)?;
        }
        Ok(self.finish())
    }

    fn nowhere(&mut self, cause: String) -> Place<'a> {
        let known = self.causes.iter().position(|known| *known == cause);
        Place::Nowhere(known.unwrap_or_else(|| {
            self.causes.push(cause);
            self.causes.len() - 1
        }))
    }

    /// Left out by a decision other than those of the overlay's `x-rust-waive`.
    fn left_out(&mut self, name: &str, reason: &str) -> Place<'a> {
        let known = self.waived.iter().position(|known| known.name == name);
        Place::Waived(known.unwrap_or_else(|| {
            self.waived.push(Waived { name: name.to_owned(), reason: reason.to_owned(), count: 0 });
            self.waived.len() - 1
        }))
    }

    /// The place, unless a waiver is written at the pointer.
    fn unless_waived(&self, pointer: &str, place: Place<'a>) -> Place<'a> {
        self.waivers.get(pointer).map_or(place, |index| Place::Waived(*index))
    }

    fn thing(&mut self, what: What, pointer: &str, place: Place<'a>) {
        let fate = match place {
            Place::Nowhere(cause) => Fate::Missing(cause),
            Place::Waived(waiver) => Fate::Waived(waiver),
            Place::Value(_) | Place::Type(_) | Place::Body(_) | Place::Envelope(_) => Fate::Emitted,
        };
        let known = self.things.entry((what, pointer.to_owned())).or_insert(fate);
        // Of several causes or waivers the first one met is as good as any.
        if std::mem::discriminant(known) != std::mem::discriminant(&fate) {
            *known = fate.max(*known);
        }
    }

    fn found(&mut self, owner: Owner, what: What, wire: &str) {
        self.emitted.insert(Emitted { owner, what, wire: wire.to_owned() });
    }

    /// A node, or the target of its reference, with the pointer to it.
    fn resolve(&self, node: &'a Value, pointer: &str) -> Result<(&'a Value, String), String> {
        match node.get("$ref") {
            None => Ok((node, pointer.to_owned())),
            Some(reference) => self.target(reference).ok_or_else(|| format!("{pointer}: {reference} leads nowhere")),
        }
    }

    /// Where a reference leads, or a mapping of a discriminator, which may be the mere name of a schema.
    fn target(&self, reference: &Value) -> Option<(&'a Value, String)> {
        let reference = reference.as_str()?;
        let pointer = match reference.strip_prefix('#') {
            Some(pointer) => pointer.to_owned(),
            None => child("/components/schemas", reference),
        };
        Some((self.root.pointer(&pointer)?, pointer))
    }

    fn operations(&mut self) -> Result<(), String> {
        for (path, item) in entries(self.root, "paths").filter(|(path, _)| path.starts_with('/')) {
            let item_at = child("/paths", path);
            for (method, described) in METHODS.iter().filter_map(|method| Some((*method, item.get(method)?))) {
                let upper = method.to_uppercase();
                let found = self.operations.get(&(upper.as_str(), path)).copied();
                let label = format!("{upper} {path}");
                let place = match found.filter(|index| *index < self.generated.names.operations.len()) {
                    Some(index) => {
                        self.found(Owner::Operation(index), What::Operation, &label);
                        Place::Body(index)
                    }
                    None => self.nowhere(format!("{label} is not emitted")),
                };
                let at = child(&item_at, method);
                let place = self.unless_waived(&at, place);
                self.thing(What::Operation, &at, place);
                let operation = Task {
                    schema: described,
                    used_at: at.clone(),
                    pointer: at,
                    place,
                    role: Role::Request,
                    alternative: false,
                    holder: Rc::from("the operation"),
                    operation: Rc::from(label),
                };
                self.parameters((item, &item_at), &operation)?;
                self.request(&operation)?;
                self.answers(&operation)?;
            }
        }
        Ok(())
    }

    fn parameters(&mut self, (item, item_at): (&'a Value, &str), operation: &Task<'a>) -> Result<(), String> {
        // One of the operation stands for one of the path.
        let mut all: BTreeMap<(&str, &str), Task<'a>> = BTreeMap::new();
        for (at, list) in [(item_at, item), (operation.pointer.as_str(), operation.schema)] {
            for (index, node) in items(list, "parameters").enumerate() {
                let pointer = child(&child(at, "parameters"), &index.to_string());
                let mut task = operation.elsewhere((node, pointer));
                (task.schema, task.pointer) = self.resolve(node, &task.pointer)?;
                all.insert((text(task.schema, "in"), text(task.schema, "name")), task);
            }
        }
        for ((location, name), task) in all {
            let (location, what) = match location {
                "path" => (Location::Path, What::PathParameter),
                "query" => (Location::Query, What::QueryParameter),
                "header" => (Location::Header, What::HeaderParameter),
                "cookie" => (Location::Cookie, What::CookieParameter),
                _ => return Err(format!("{}: a parameter cannot be in {location:?}", task.pointer)),
            };
            let place = match task.place {
                Place::Body(index) => {
                    let parameters = &self.generated.api.operations[index].parameters;
                    let names = self.generated.names.operations[index].parameters.len();
                    let mut places = parameters.iter().take(names);
                    match places.find(|found| found.location == location && found.field.wire == name) {
                        Some(found) => {
                            self.found(Owner::Operation(index), what, name);
                            Place::Value(&found.field.shape)
                        }
                        None => self.nowhere(task.cause(&format!("no parameter `{name}` in {location:?}"))),
                    }
                }
                place => place,
            };
            let place = self.unless_waived(&task.used_at, place);
            // A parameter of the path is one of each of its operations.
            let of_path = task.used_at.starts_with(&child(item_at, "parameters"));
            let pointer = if of_path { format!("{} of {}", task.used_at, operation.operation) } else { task.used_at.clone() };
            self.thing(what, &pointer, place);
            let holder = Rc::from(format!("parameter `{name}`"));
            self.value(&Task { place, holder, ..task }, "schema", place);
        }
        Ok(())
    }

    /// Puts the schema at a key of a node on the list of those to look at.
    fn value(&mut self, task: &Task<'a>, key: &str, place: Place<'a>) {
        if let Some(schema) = task.schema.get(key).filter(|schema| schema.is_object()) {
            self.open.push_back(task.below(schema, [key]).at(place));
        }
    }

    fn request(&mut self, operation: &Task<'a>) -> Result<(), String> {
        let Some(node) = operation.schema.get("requestBody") else { return Ok(()) };
        let mut body = operation.below(node, ["requestBody"]);
        (body.schema, body.pointer) = self.resolve(node, &body.pointer)?;
        body.holder = Rc::from("the body");
        for (media_type, content) in entries(body.schema, "content") {
            let mut task = body.below(content, ["content", media_type]);
            if let Place::Body(index) = operation.place {
                let sent = match &self.generated.api.operations[index].body {
                    Body::Fields { json: true, .. } if media_type == "application/json" => Some(Place::Body(index)),
                    Body::Fields { multipart: true, .. } if media_type == "multipart/form-data" => Some(Place::Body(index)),
                    Body::Json(shape) if media_type == "application/json" => Some(Place::Value(shape)),
                    Body::Bytes(bytes) if media_type == bytes => Some(Place::Value(&Shape::Bytes)),
                    Body::None | Body::Fields { .. } | Body::Json(_) | Body::Bytes(_) => None,
                };
                if sent.is_some() {
                    self.found(Owner::Operation(index), What::RequestMediaType, media_type);
                }
                task.place = sent.unwrap_or_else(|| self.nowhere(task.cause(&format!("not sent as {media_type}"))));
            }
            task.place = self.unless_waived(&task.used_at, task.place);
            self.thing(What::RequestMediaType, &task.used_at, task.place);
            self.value(&task, "schema", task.place);
        }
        Ok(())
    }

    fn answers(&mut self, operation: &Task<'a>) -> Result<(), String> {
        let statuses = || entries(operation.schema, "responses").map(|(status, _)| status);
        // The default is for failures, unless it is all there is.
        let success = if statuses().any(|status| status.starts_with('2')) { "2" } else { "default" };
        for (status, node) in entries(operation.schema, "responses").filter(|(status, _)| status.starts_with(success)) {
            let mut answer = operation.below(node, ["responses", status]);
            (answer.schema, answer.pointer) = self.resolve(node, &answer.pointer)?;
            answer.holder = Rc::from("the answer");
            answer.role = Role::Answer;
            if entries(answer.schema, "content").next().is_none() {
                // Nothing is answered, and nothing has to be read.
                self.thing(What::SuccessAnswer, &answer.used_at, answer.place);
            }
            for (media_type, content) in entries(answer.schema, "content") {
                let mut task = answer.below(content, ["content", media_type]);
                let is_json = media_type == "application/json" || media_type.ends_with("+json");
                if let Place::Body(index) = operation.place {
                    let read = match &self.generated.api.operations[index].answer {
                        Answer::Envelope(_) if is_json => Some((Place::Envelope(index), "envelope")),
                        Answer::Whole(shape) if is_json => Some((Place::Value(shape), "whole")),
                        Answer::Bytes if !is_json => Some((Place::Value(&Shape::Bytes), "bytes")),
                        Answer::Envelope(_) | Answer::Whole(_) | Answer::Bytes | Answer::Nothing => None,
                    };
                    task.place = match read {
                        Some((place, form)) => {
                            self.found(Owner::Operation(index), What::SuccessAnswer, form);
                            place
                        }
                        None => self.nowhere(task.cause(&format!("not read as {media_type}"))),
                    };
                }
                task.place = self.unless_waived(&task.used_at, task.place);
                self.thing(What::SuccessAnswer, &task.used_at, task.place);
                self.value(&task, "schema", task.place);
            }
        }
        Ok(())
    }

    /// Looks at one schema, and puts those below it on the list.
    fn schema(&mut self, mut task: Task<'a>) -> Result<(), String> {
        task.place = self.unless_waived(&task.used_at, task.place);
        if let Place::Type(id) | Place::Value(&Shape::Type(id)) = task.place {
            task.place = Place::Type(id);
        }
        // All causes are one here: only the first is told.
        let place = if let Place::Nowhere(_) = task.place { Place::Nowhere(0) } else { task.place };
        if !self.seen.insert((task.pointer.clone(), place, task.role, task.alternative)) {
            return Ok(());
        }
        if let Some(reference) = task.schema.get("$ref") {
            let target = self.target(reference).ok_or_else(|| format!("{}: {reference} leads nowhere", task.pointer))?;
            self.open.push_back(task.elsewhere(target));
        }
        for value in items(task.schema, "enum").filter(|value| !value.is_null()) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let place = self.enum_value(&task, task.place, &value);
            self.thing(What::value(task.role), &format!("{}/enum: {value}", task.pointer), place);
        }
        for (name, property) in entries(task.schema, "properties") {
            let mut below = task.below(property, ["properties", name]);
            let place = self.property(&task, task.place, name);
            below.place = self.unless_waived(&below.used_at, place);
            below.holder = Rc::from(below.pointer.as_str());
            below.alternative = false;
            self.thing(What::property(task.role), &below.pointer, below.place);
            self.open.push_back(below);
        }
        let items = self.inner(&task, "a list");
        self.value(&task, "items", items);
        let values = self.inner(&task, "a map");
        self.value(&task, "additionalProperties", values);
        self.parts(&task)
    }

    /// The parts and alternatives of a schema: the value is at the same place whichever it is, unless a sibling of it tells them apart.
    fn parts(&mut self, task: &Task<'a>) -> Result<(), String> {
        let discriminator = task.schema.get("discriminator").unwrap_or(&Value::Null);
        let outside = text(discriminator, "propertyName").strip_prefix("../");
        let union = match task.place {
            Place::Type(id) => match &self.generated.api.types[id.0].kind {
                TypeKind::Union(union) if outside == Some(union.tag.as_str()) => Some((id, union)),
                _ => None,
            },
            _ => None,
        };
        let mut mapped = Vec::new();
        for (tag, reference) in entries(discriminator, "mapping") {
            let target = self.target(reference).ok_or_else(|| format!("{}: {reference} leads nowhere", task.pointer))?;
            mapped.push(target.1.clone());
            let place = match union {
                None => task.place,
                Some((id, union)) => {
                    let names = self.generated.names.members.get(&id).map_or(0, Vec::len);
                    let mut variants = union.variants.iter().take(names);
                    match variants.find(|(_, tags)| tags.iter().any(|other| other == tag)) {
                        Some((variant, _)) => {
                            self.found(Owner::Type(id), What::value(task.role), tag);
                            Place::Type(*variant)
                        }
                        None => self.nowhere(task.cause(&format!("no variant for `{tag}`"))),
                    }
                }
            };
            self.open.push_back(Task { alternative: true, ..task.elsewhere(target) }.at(place));
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for (index, part) in items(task.schema, key).enumerate() {
                let mut below = task.below(part, [key, &index.to_string()]);
                below.alternative |= key != "allOf";
                if union.is_some() && key != "allOf" {
                    // The mapping led there already, each alternative at a place of its own.
                    if mapped.contains(&self.resolve(part, &below.pointer)?.1) {
                        continue;
                    }
                    below.place = self.nowhere(task.cause(&format!("no tag leads to {}", below.pointer)));
                }
                self.open.push_back(below);
            }
        }
        Ok(())
    }

    /// Where a value of an enum is.
    fn enum_value(&mut self, task: &Task<'a>, place: Place<'a>, value: &str) -> Place<'a> {
        let id = match place {
            // `true` and `false` are all the values there are.
            Place::Waived(_) | Place::Nowhere(_) | Place::Value(Shape::Boolean) => return place,
            Place::Value(Shape::List(inner)) if task.role == Role::Answer => return self.enum_value(task, Place::Value(inner), value),
            Place::Value(Shape::Text | Shape::Number | Shape::Integer) if task.alternative => {
                return self.left_out("alternatives", "a scalar stands for several of which it takes every value");
            }
            Place::Type(id) | Place::Value(&Shape::Type(id)) => id,
            Place::Value(shape) => return self.nowhere(task.cause(&format!("{} in place of an enum", describe(shape)))),
            Place::Body(_) | Place::Envelope(_) => return self.nowhere(task.cause("fields in place of an enum")),
        };
        let TypeKind::Enum(known) = &self.generated.api.types[id.0].kind else {
            return self.nowhere(task.cause("another type in place of an enum"));
        };
        let names = self.generated.names.members.get(&id).map_or(0, Vec::len);
        let has = |value: &str| known.values.iter().take(names).any(|other| other == value);
        let current =
            self.generated.api.settings.spellings.values.values().flatten().find(|(_, old)| *old == value).map(|(new, _)| new.as_str());
        match [Some(value), current].into_iter().flatten().find(|value| has(value)) {
            Some(spelling) => {
                // The value of an input that has no other is in the method that makes the request.
                if !self.unnamed.contains(&id) {
                    self.found(Owner::Type(id), What::value(task.role), spelling);
                }
                Place::Type(id)
            }
            None => self.nowhere(task.cause("the enum lacks values")),
        }
    }

    /// Where a property of the value at a place is.
    fn property(&mut self, task: &Task<'a>, place: Place<'a>, wire: &str) -> Place<'a> {
        let Generated { api, names, .. } = self.generated;
        let found = match place {
            Place::Waived(_) | Place::Nowhere(_) => return place,
            // An answer's list also reads a single value.
            Place::Value(Shape::List(inner)) if task.role == Role::Answer => return self.property(task, Place::Value(inner), wire),
            Place::Type(id) | Place::Value(&Shape::Type(id)) => {
                let TypeKind::Struct(fields) = &api.types[id.0].kind else {
                    return self.nowhere(task.cause("another type in place of a struct"));
                };
                let named = names.types.get(&id).and_then(|_| names.members.get(&id)).map_or(0, Vec::len);
                position(fields, wire, named).map(|index| Found { owner: Owner::Type(id), place: Place::Value(&fields[index].shape) })
            }
            Place::Value(Shape::Problem) => return self.left_out("problems", "read by the type that the runtime has for them"),
            Place::Value(shape) => return self.nowhere(task.cause(&format!("{} in place of a struct", describe(shape)))),
            Place::Body(index) => match &api.operations[index].body {
                Body::Fields { fields, .. } => position(fields, wire, names.operations[index].body.len())
                    .map(|field| Found { owner: Owner::Operation(index), place: Place::Value(&fields[field].shape) }),
                Body::None | Body::Json(_) | Body::Bytes(_) => None,
            },
            Place::Envelope(index) => return self.part(task, index, wire),
        };
        match found {
            Some(Found { owner, place }) => {
                self.found(owner, What::property(task.role), wire);
                place
            }
            None => self.nowhere(task.cause("the struct lacks fields")),
        }
    }

    /// Where a part of the envelope of an answer is.
    fn part(&mut self, task: &Task<'a>, index: usize, wire: &str) -> Place<'a> {
        let api = &self.generated.api;
        let operation = &api.operations[index];
        if let Some(reason) = api.settings.by_runtime.get(wire) {
            return self.left_out(wire, reason);
        }
        match wire {
            "data" => match operation.answer.data() {
                Some(shape) => {
                    self.found(Owner::Operation(index), What::AnswerProperty, wire);
                    Place::Value(shape)
                }
                None => self.nowhere(task.cause("the answer has no data")),
            },
            "includes" if operation.expands => Place::Type(api.includes),
            "includes" => self.nowhere(task.cause("the answer has no includes")),
            "meta" => Place::Type(api.meta),
            // Properties beside these are read into `meta`.
            _ => self.property(task, Place::Type(api.meta), wire),
        }
    }

    /// Where the items of a list are, or the values of a map.
    fn inner(&mut self, task: &Task<'a>, wanted: &str) -> Place<'a> {
        match task.place {
            Place::Waived(_) | Place::Nowhere(_) | Place::Value(Shape::Json) => task.place,
            Place::Value(Shape::List(inner)) if wanted == "a list" => Place::Value(inner),
            Place::Value(Shape::Map(inner)) if wanted == "a map" => Place::Value(inner),
            // Only asked for when there is such a part.
            _ if task
                .schema
                .get(if wanted == "a list" { "items" } else { "additionalProperties" })
                .is_none_or(|node| !node.is_object()) =>
            {
                task.place
            }
            Place::Value(shape) => self.nowhere(task.cause(&format!("{} in place of {wanted}", describe(shape)))),
            Place::Type(_) | Place::Body(_) | Place::Envelope(_) => self.nowhere(task.cause(&format!("a type in place of {wanted}"))),
        }
    }

    fn finish(mut self) -> Stats {
        let mut rows: Vec<Row> = What::ALL.map(|what| Row { what, described: 0, emitted: 0, waived: 0, missing: 0 }).into();
        let mut missing = Vec::new();
        for ((what, pointer), fate) in self.things {
            let Some(row) = rows.iter_mut().find(|row| row.what == what) else { continue };
            row.described += 1;
            match fate {
                Fate::Emitted => row.emitted += 1,
                Fate::Waived(index) => {
                    row.waived += 1;
                    self.waived[index].count += 1;
                }
                Fate::Missing(cause) => {
                    row.missing += 1;
                    missing.push(Missing { cause: self.causes[cause].clone(), what, pointer });
                }
            }
        }
        missing.sort();
        Stats { rows, missing, waived: self.waived, emitted: self.emitted }
    }
}

fn describe(shape: &Shape) -> &'static str {
    match shape {
        Shape::Json => "untyped JSON",
        Shape::List(_) => "a list",
        Shape::Map(_) => "a map",
        Shape::Type(_) | Shape::Problem => "a type",
        Shape::Id(_) => "an id",
        Shape::Text
        | Shape::Boolean
        | Shape::Integer
        | Shape::Number
        | Shape::Time
        | Shape::UnixMillis
        | Shape::UtcMinute
        | Shape::Bytes => "a scalar",
    }
}
