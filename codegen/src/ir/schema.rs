//! Shapes of schemas.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, ReferenceOr, Schema, SchemaKind, Type as SchemaType, VariantOrUnknownOrEmpty};
use serde_json::Value;

use super::api::{Field, Limits, Role, Shape, TypeId, TypeKind, Union};
use super::pool::Types;
use crate::diagnostic::{At, Diagnostic, Severity, Source};
use crate::settings::Settings;
use crate::words;

/// A schema or the name of one.
#[derive(Clone, Copy)]
pub(super) enum Node<'d> {
    Named(&'d str),
    Inline(&'d Schema),
}

impl<'d> From<&'d ReferenceOr<Schema>> for Node<'d> {
    fn from(node: &'d ReferenceOr<Schema>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Named(component_name(reference)),
            ReferenceOr::Item(schema) => Self::Inline(schema),
        }
    }
}

impl<'d> From<&'d ReferenceOr<Box<Schema>>> for Node<'d> {
    fn from(node: &'d ReferenceOr<Box<Schema>>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Named(component_name(reference)),
            ReferenceOr::Item(schema) => Self::Inline(schema),
        }
    }
}

fn component_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// One form for the many in which `openapiv3` gives a schema.
#[derive(Default)]
pub(super) struct View<'d> {
    pub kind: &'d str,
    pub format: String,
    pattern: Option<&'d str>,
    values: Vec<String>,
    pub properties: Vec<(&'d str, Node<'d>)>,
    pub required: &'d [String],
    additional: Option<&'d AdditionalProperties>,
    items: Option<Node<'d>>,
    all_of: Vec<Node<'d>>,
    one_of: Vec<Node<'d>>,
    minimum: Option<String>,
    maximum: Option<String>,
    length: (Option<usize>, Option<usize>),
    count: (Option<usize>, Option<usize>),
    unique: bool,
}

fn texts<T: ToString>(values: &[Option<T>]) -> Vec<String> {
    values.iter().flatten().map(ToString::to_string).collect()
}

fn format_name<T: serde::Serialize>(format: &VariantOrUnknownOrEmpty<T>) -> String {
    match format {
        VariantOrUnknownOrEmpty::Item(format) => serde_json::to_value(format).ok().and_then(|value| Some(value.as_str()?.to_owned())),
        VariantOrUnknownOrEmpty::Unknown(format) => Some(format.clone()),
        VariantOrUnknownOrEmpty::Empty => None,
    }
    .unwrap_or_default()
}

fn nodes(parts: &[ReferenceOr<Schema>]) -> Vec<Node<'_>> {
    parts.iter().map(Node::from).collect()
}

pub(super) fn view(schema: &Schema) -> View<'_> {
    match &schema.schema_kind {
        SchemaKind::Type(SchemaType::String(string)) => View {
            kind: "string",
            format: format_name(&string.format),
            pattern: string.pattern.as_deref(),
            values: texts(&string.enumeration),
            length: (string.min_length, string.max_length),
            ..View::default()
        },
        SchemaKind::Type(SchemaType::Integer(integer)) => View {
            kind: "integer",
            values: texts(&integer.enumeration),
            minimum: integer.minimum.map(|n| n.to_string()),
            maximum: integer.maximum.map(|n| n.to_string()),
            ..View::default()
        },
        SchemaKind::Type(SchemaType::Number(number)) => View {
            kind: "number",
            format: format_name(&number.format),
            minimum: number.minimum.map(|n| n.to_string()),
            maximum: number.maximum.map(|n| n.to_string()),
            ..View::default()
        },
        SchemaKind::Type(SchemaType::Boolean(_)) => View { kind: "boolean", ..View::default() },
        SchemaKind::Type(SchemaType::Array(array)) => View {
            kind: "array",
            items: array.items.as_ref().map(Node::from),
            count: (array.min_items, array.max_items),
            unique: array.unique_items,
            ..View::default()
        },
        SchemaKind::Type(SchemaType::Object(object)) => View {
            kind: "object",
            properties: object.properties.iter().map(|(name, node)| (name.as_str(), Node::from(node))).collect(),
            required: &object.required,
            additional: object.additional_properties.as_ref(),
            ..View::default()
        },
        SchemaKind::OneOf { one_of } => View { one_of: nodes(one_of), ..View::default() },
        SchemaKind::AnyOf { any_of } => View { one_of: nodes(any_of), ..View::default() },
        SchemaKind::AllOf { all_of } => View { all_of: nodes(all_of), ..View::default() },
        // The check of the document lets no `not` through.
        SchemaKind::Not { .. } => View::default(),
        SchemaKind::Any(any) => View {
            kind: any.typ.as_deref().unwrap_or(if any.properties.is_empty() { "" } else { "object" }),
            format: any.format.clone().unwrap_or_default(),
            pattern: any.pattern.as_deref(),
            values: any.enumeration.iter().filter(|value| !value.is_null()).map(plain).collect(),
            properties: any.properties.iter().map(|(name, node)| (name.as_str(), Node::from(node))).collect(),
            required: &any.required,
            additional: any.additional_properties.as_ref(),
            items: any.items.as_ref().map(Node::from),
            all_of: nodes(&any.all_of),
            one_of: any.one_of.iter().chain(&any.any_of).map(Node::from).collect(),
            minimum: any.minimum.map(|n| n.to_string()),
            maximum: any.maximum.map(|n| n.to_string()),
            length: (any.min_length, any.max_length),
            count: (any.min_items, any.max_items),
            unique: any.unique_items.unwrap_or_default(),
        },
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The limits of a schema's values.
pub(super) fn limits(schema: &Schema, view: &View<'_>) -> Limits {
    let items = match view.items {
        Some(Node::Inline(items)) if view.kind == "array" => Some(limits(items, &self::view(items))),
        _ => None,
    };
    Limits {
        range: (view.minimum.clone(), view.maximum.clone()),
        length: view.length,
        pattern: view.pattern.map(str::to_owned),
        count: view.count,
        unique: view.unique,
        items: items.filter(|items| *items != Limits::default()).map(Box::new),
        default: schema.schema_data.default.as_ref().map(plain).filter(|default| !default.is_empty()),
        deprecated: schema.schema_data.deprecated,
    }
}

/// Where a named schema is in being lowered.
enum State {
    /// Being lowered; the type that was promised to those who asked in the meantime.
    Open(Option<TypeId>),
    Done(Shape),
}

/// Lowers schemas, each named one once per role.
pub(super) struct Schemas<'d> {
    pub components: Option<&'d IndexMap<String, ReferenceOr<Schema>>>,
    pub settings: &'d Settings,
    pub source: Source<'d>,
    pub types: Types,
    pub findings: Vec<Diagnostic>,
    /// Names of properties and parameters that hold ids, in Rust's words: as the overlay has them, and the id type.
    pub ids: HashMap<String, (Vec<&'d str>, &'d str)>,
    /// The names in it that were met.
    pub ids_met: BTreeSet<&'d str>,
    states: HashMap<(String, Role), State>,
    /// How many schemas are open, one in the other.
    depth: usize,
}

/// How deep schemas may nest: far deeper than any API does, and shallow enough for the stack of any thread.
const MAX_DEPTH: usize = 64;

/// The properties of an object that may be put together of several.
#[derive(Default)]
struct Properties {
    fields: IndexMap<String, Field>,
    required: BTreeSet<String>,
}

impl<'d> Schemas<'d> {
    pub(super) fn new(components: Option<&'d IndexMap<String, ReferenceOr<Schema>>>, settings: &'d Settings, source: Source<'d>) -> Self {
        let mut ids: HashMap<String, (Vec<&'d str>, &'d str)> = HashMap::new();
        for (id, places) in &settings.ids {
            for place in places.iter().filter(|place| !place.contains(['/', '.', '?', '#', ' '])) {
                ids.entry(words::current(place, settings)).or_insert_with(|| (Vec::new(), id.as_str())).0.push(place);
            }
        }
        Self {
            components,
            settings,
            source,
            types: Types::default(),
            findings: Vec::new(),
            ids,
            ids_met: BTreeSet::new(),
            states: HashMap::new(),
            depth: 0,
        }
    }

    fn error(&mut self, at: &At<'_>, message: String, help: &str) {
        self.findings.push(self.source.diagnostic(Severity::Error, &at.to_string(), message, help));
    }

    fn schema(&self, node: Node<'d>) -> Option<&'d Schema> {
        let mut name = match node {
            Node::Inline(schema) => return Some(schema),
            Node::Named(name) => name,
        };
        // A component that is itself a reference was turned into an `allOf` of it only when it had siblings. More steps than there are
        // components go in a circle.
        let components = self.components?;
        for _ in 0..=components.len() {
            match components.get(name)? {
                ReferenceOr::Item(schema) => return Some(schema),
                ReferenceOr::Reference { reference } => name = component_name(reference),
            }
        }
        None
    }

    /// The shape of a schema; a named one has one shape per role, wherever it is used.
    pub(super) fn shape(&mut self, node: Node<'d>, role: Role, at: &At<'_>) -> Shape {
        let name = match node {
            Node::Inline(schema) => return self.inline(schema, role, at),
            Node::Named(name) => name,
        };
        let key = (name.to_owned(), role);
        match self.states.get(&key) {
            Some(State::Done(shape)) => return shape.clone(),
            Some(State::Open(Some(id))) => return Shape::Type(*id),
            Some(State::Open(None)) => {
                // The schema contains itself: promise a type that is filled in when the outer one is done.
                let id = self.types.add(role, TypeKind::Struct(Vec::new()), None);
                self.types.promised.insert(id);
                self.states.insert(key, State::Open(Some(id)));
                return Shape::Type(id);
            }
            None => {}
        }
        let pointer = At::root("/components/schemas");
        let here = pointer.child(name);
        let Some(schema) = self.schema(node) else {
            self.error(&here, "the schema is a reference to itself".to_owned(), "describe it with an overlay action");
            self.states.insert(key, State::Done(Shape::Json));
            return Shape::Json;
        };
        self.states.insert(key.clone(), State::Open(None));
        let mut shape = self.inline(schema, role, &here);
        if shape.depth() > MAX_DEPTH {
            let message = format!("the schema is a list of lists, more than {MAX_DEPTH} levels deep");
            self.error(&here, message, "describe it with an overlay action");
            shape = Shape::Json;
        }
        if let Some(State::Open(Some(promised))) = self.states.get(&key) {
            self.types.promised.remove(promised);
            match shape {
                Shape::Type(id) if self.types.end(id) != *promised => self.types.unite(*promised, id),
                _ => {
                    let message = "the schema contains itself without an object in between".to_owned();
                    self.error(&here, message, "break the circle with an overlay action, or take the schema out with `x-rust-waive`");
                }
            }
        }
        self.states.insert(key, State::Done(shape.clone()));
        shape
    }

    fn inline(&mut self, schema: &'d Schema, role: Role, at: &At<'_>) -> Shape {
        if self.depth == MAX_DEPTH {
            let message = format!("the schema is nested more than {MAX_DEPTH} levels deep, with what it refers to");
            self.error(at, message, "shorten the chain with an overlay action, or take the schema out with `x-rust-waive`");
            return Shape::Json;
        }
        self.depth += 1;
        let shape = self.inline_shape(schema, role, at);
        self.depth -= 1;
        shape
    }

    fn inline_shape(&mut self, schema: &'d Schema, role: Role, at: &At<'_>) -> Shape {
        let view = view(schema);
        let description = schema.schema_data.description.as_ref();
        if !view.all_of.is_empty() {
            // Parts that only annotate have no shape of their own.
            let parts: Vec<Node<'d>> = view.all_of.iter().copied().filter(|part| !self.says_nothing(*part)).collect();
            return match parts.as_slice() {
                [] => Shape::Json,
                [part] => self.shape(*part, role, &at.child("allOf")),
                parts if parts.iter().all(|part| self.is_object(*part)) => self.object(schema, role, at),
                [first, ..] => self.shape(*first, role, &at.child("allOf")),
            };
        }
        if !view.one_of.is_empty() {
            return self.alternatives(schema, &view.one_of, role, at);
        }
        match view.kind {
            "string" if !view.values.is_empty() => Shape::Type(self.types.enumeration(view.values, false, role, description)),
            "string" => match view.format.as_str() {
                "date-time" | "data-time" => Shape::Time,
                "binary" | "byte" => Shape::Bytes,
                _ => Shape::Text,
            },
            "integer" if !view.values.is_empty() => Shape::Type(self.types.enumeration(view.values, true, role, description)),
            "integer" => Shape::Integer,
            "number" if view.format == "long" => Shape::Integer,
            "number" => Shape::Number,
            "boolean" => Shape::Boolean,
            "array" => {
                let items = view.items.map_or(Shape::Json, |items| self.shape(items, role, &at.child("items")));
                Shape::List(Box::new(items))
            }
            "object" if view.properties.is_empty() && schema.schema_data.discriminator.is_none() => match view.additional {
                Some(AdditionalProperties::Schema(values)) => {
                    let values = self.shape(Node::from(values.as_ref()), role, &at.child("additionalProperties"));
                    Shape::Map(Box::new(values))
                }
                _ => Shape::Json,
            },
            "object" => self.object(schema, role, at),
            "" if !view.values.is_empty() => Shape::Type(self.types.enumeration(view.values, false, role, description)),
            _ => Shape::Json,
        }
    }

    /// Whether a schema restricts nothing that the generator looks at.
    fn says_nothing(&self, node: Node<'d>) -> bool {
        let Node::Inline(schema) = node else { return false };
        let view = view(schema);
        view.kind.is_empty() && view.values.is_empty() && view.all_of.is_empty() && view.one_of.is_empty()
    }

    /// Whether a schema is an object that has no properties, nor any that the description does not list.
    pub(super) fn is_empty_object(&self, node: Node<'d>) -> bool {
        self.schema(node).is_some_and(|schema| {
            let view = view(schema);
            view.kind == "object" && view.properties.is_empty() && view.additional.is_none() && schema.schema_data.discriminator.is_none()
        })
    }

    /// Whether a schema is an object, however it is put together.
    fn is_object(&self, node: Node<'d>) -> bool {
        let (mut seen, mut open) = (BTreeSet::new(), vec![node]);
        while let Some(node) = open.pop() {
            if let Node::Named(name) = node
                && !seen.insert(name)
            {
                continue;
            }
            let Some(schema) = self.schema(node) else { return false };
            let view = view(schema);
            let parts = open.len();
            open.extend(view.all_of.iter().chain(&view.one_of));
            if open.len() == parts && view.kind != "object" {
                return false;
            }
        }
        true
    }

    fn object(&mut self, schema: &'d Schema, role: Role, at: &At<'_>) -> Shape {
        let properties = self.properties(Node::Inline(schema), role, at, &mut BTreeSet::new());
        let fields = finish(properties, role);
        Shape::Type(self.types.add(role, TypeKind::Struct(fields), schema.schema_data.description.as_ref()))
    }

    /// The properties of an object: its own, those of all parts of an `allOf`, and those of any alternative.
    ///
    /// Alternatives that no tag outside tells apart become one struct with the fields of all: an answer is read whichever it is, and a
    /// caller looks at the field instead of the variant. X itself has done the same with its oldest alternatives.
    fn properties(&mut self, node: Node<'d>, role: Role, at: &At<'_>, seen: &mut BTreeSet<&'d str>) -> Properties {
        if let Node::Named(name) = node
            && !seen.insert(name)
        {
            return Properties::default();
        }
        let Some(schema) = self.schema(node) else { return Properties::default() };
        if self.depth == MAX_DEPTH {
            // Too deep: says so.
            self.inline(schema, role, at);
            return Properties::default();
        }
        self.depth += 1;
        let properties = self.own_properties(schema, role, at, seen);
        self.depth -= 1;
        properties
    }

    fn own_properties(&mut self, schema: &'d Schema, role: Role, at: &At<'_>, seen: &mut BTreeSet<&'d str>) -> Properties {
        let mut all = Properties::default();
        let view = view(schema);
        all.required.extend(view.required.iter().cloned());
        for (name, node) in &view.properties {
            let at = at.child("properties");
            let field = self.field(name, *node, role, &at.child(name));
            self.put(&mut all, field, role);
        }
        for part in &view.all_of {
            let Properties { fields, required } = self.properties(*part, role, &at.child("allOf"), seen);
            fields.into_values().for_each(|field| self.put(&mut all, field, role));
            all.required.extend(required);
        }
        // The old form of `oneOf`: a base with a discriminator that maps to the schemas built upon it.
        let mapped = schema.schema_data.discriminator.as_ref().filter(|_| view.one_of.is_empty());
        let mapped =
            mapped.into_iter().flat_map(|discriminator| discriminator.mapping.values()).map(|target| Node::Named(component_name(target)));
        let mapped: Vec<Node<'d>> = mapped.collect();
        let mut required_by_all: Option<BTreeSet<String>> = None;
        for part in view.one_of.iter().copied().chain(mapped.iter().copied()) {
            let Properties { fields, required } = self.properties(part, role, &at.child("oneOf"), seen);
            fields.into_values().for_each(|field| self.put(&mut all, field, role));
            required_by_all = Some(match required_by_all {
                None => required,
                Some(others) => others.intersection(&required).cloned().collect(),
            });
        }
        if mapped.is_empty() {
            all.required.extend(required_by_all.unwrap_or_default());
        }
        all
    }

    fn put(&mut self, all: &mut Properties, field: Field, role: Role) {
        match all.fields.get(&field.wire).map(|known| known.shape.clone()) {
            None => {
                all.fields.insert(field.wire.clone(), field);
            }
            Some(shape) => {
                let shape = self.types.either(&shape, &field.shape, role);
                if let Some(known) = all.fields.get_mut(&field.wire) {
                    known.shape = shape;
                }
            }
        }
    }

    pub(super) fn field(&mut self, name: &str, node: Node<'d>, role: Role, at: &At<'_>) -> Field {
        let mut shape = self.shape(node, role, at);
        if let Some((places, id)) = self.ids.get(&words::current(name, self.settings))
            && matches!(shape.innermost(), Shape::Text)
        {
            // Where the overlay has both spellings, each is met by itself alone.
            let own = places.iter().find(|place| **place == name);
            self.ids_met.extend(own.map_or(places.as_slice(), std::slice::from_ref));
            *shape.innermost_mut() = Shape::Id((*id).to_owned());
        }
        let schema = self.schema(node);
        let limits = schema.map(|schema| limits(schema, &view(schema))).unwrap_or_default();
        let description = match node {
            Node::Inline(schema) => schema.schema_data.description.clone(),
            Node::Named(_) => schema.and_then(|schema| schema.schema_data.description.clone()),
        };
        Field { wire: name.to_owned(), shape, required: false, optional: false, boxed: false, limits, description }
    }

    fn alternatives(&mut self, schema: &'d Schema, parts: &[Node<'d>], role: Role, at: &At<'_>) -> Shape {
        let at = at.child("oneOf");
        if let [part] = parts {
            return self.shape(*part, role, &at);
        }
        let outside = schema.schema_data.discriminator.as_ref().and_then(|tag| Some((tag, tag.property_name.strip_prefix("../")?)));
        // In requests no sibling tells the alternatives apart: the caller chooses one.
        if let Some((discriminator, tag)) = outside.filter(|_| role == Role::Answer) {
            let mut variants: Vec<(TypeId, Vec<String>)> = Vec::new();
            for (value, target) in &discriminator.mapping {
                match self.shape(Node::Named(component_name(target)), role, &at) {
                    Shape::Type(id) => match variants.iter_mut().find(|(known, _)| *known == id) {
                        Some((_, tags)) => tags.push(value.clone()),
                        None => variants.push((id, vec![value.clone()])),
                    },
                    _ => self.error(
                        &at,
                        format!("{value} maps to a schema that is not an object"),
                        "correct the mapping with an overlay action",
                    ),
                }
            }
            let union = Union { tag: tag.to_owned(), variants };
            return Shape::Type(self.types.add(role, TypeKind::Union(union), schema.schema_data.description.as_ref()));
        }
        if parts.iter().all(|part| self.is_object(*part)) {
            return self.object(schema, role, &at);
        }
        let mut shapes = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            shapes.push(self.shape(*part, role, &at.child(&index.to_string())));
        }
        let mut shapes = shapes.into_iter();
        let first = shapes.next().unwrap_or(Shape::Json);
        shapes.fold(first, |all, shape| self.types.either(&all, &shape, role))
    }
}

/// The fields, each with whether it must be there. Only the overlay knows which required fields X does send.
fn finish(properties: Properties, role: Role) -> Vec<Field> {
    let Properties { fields, required } = properties;
    let mut fields: Vec<Field> = fields.into_values().collect();
    for field in &mut fields {
        field.required = role == Role::Request && required.contains(&field.wire);
    }
    fields
}
