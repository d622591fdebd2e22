//! Operations, shapes and types.

use std::collections::{BTreeMap, BTreeSet};

use crate::settings::Settings;

/// Everything that is generated.
#[derive(Debug)]
pub struct Api {
    /// All operations, by path and method.
    pub operations: Vec<Operation>,
    /// All types; [`TypeId`] is a position in it.
    pub types: Vec<Type>,
    /// Type of an answer's `includes`: the properties of all operations together.
    pub includes: TypeId,
    /// Type of an answer's `meta`, likewise.
    pub meta: TypeId,
    /// The overlay's settings.
    pub settings: Settings,
}

/// A type by its position in [`Api::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// A string.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A point in time, in RFC 3339.
    Time,
    /// A point in time that is sent as text of milliseconds since 1970.
    UnixMillis,
    /// A point in time that is sent as year, month, day, hour and minute of UTC, in twelve digits.
    UtcMinute,
    /// Bytes, in base64 when in JSON.
    Bytes,
    /// Any JSON value.
    Json,
    /// An identifier, by the name of its type.
    Id(String),
    /// A problem that X reports; the runtime has the type.
    Problem,
    /// Several of a shape.
    List(Box<Shape>),
    /// Named values of a shape.
    Map(Box<Shape>),
    /// A generated type.
    Type(TypeId),
}

impl Shape {
    /// The shape inside lists and maps.
    #[must_use]
    pub fn innermost(&self) -> &Self {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.innermost(),
            other => other,
        }
    }

    /// How many lists and maps are round the innermost shape.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::List(inner) | Self::Map(inner) => 1 + inner.depth(),
            _ => 0,
        }
    }

    /// The same, to be changed.
    pub fn innermost_mut(&mut self) -> &mut Self {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.innermost_mut(),
            other => other,
        }
    }
}

/// Which way a value travels: requests are strict, answers are tolerant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// To X.
    Request,
    /// From X.
    Answer,
}

/// A generated type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// Its Rust name, when the overlay gives one.
    pub name: Option<String>,
    /// Its Rust name by rule, when the place has the same one in all operations (enums of query parameters).
    pub hint: Option<String>,
    /// Prose of the description, when there is any.
    pub description: Option<String>,
    /// Which way it travels.
    pub role: Role,
    /// Its kind.
    pub kind: TypeKind,
}

/// Kind of a generated type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeKind {
    /// A struct.
    Struct(Vec<Field>),
    /// An open enum.
    Enum(Enum),
    /// One of several types, told apart by a sibling of the value.
    Union(Union),
}

/// A field of a struct or of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name on the wire.
    pub wire: String,
    /// Its shape.
    pub shape: Shape,
    /// Whether it must be there (requests) or is always there (answers, by the overlay's word).
    pub required: bool,
    /// Whether its Rust type is an `Option`. An answer's list or map is none: missing and empty are the same for these.
    pub optional: bool,
    /// Whether it leads back to the struct that it is in, which it would make infinite without a box.
    pub boxed: bool,
    /// Limits of its value.
    pub limits: Limits,
    /// Prose of the description, when there is any.
    pub description: Option<String>,
}

/// Limits of a value beyond its shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// The least and the greatest number.
    pub range: (Option<String>, Option<String>),
    /// The least and the greatest number of characters.
    pub length: (Option<usize>, Option<usize>),
    /// A regular expression that text matches.
    pub pattern: Option<String>,
    /// The least and the greatest number of items.
    pub count: (Option<usize>, Option<usize>),
    /// Whether no item may be there twice.
    pub unique: bool,
    /// Limits of each item.
    pub items: Option<Box<Limits>>,
    /// The value that X takes when there is none.
    pub default: Option<String>,
    /// Whether X marks it as about to go.
    pub deprecated: bool,
}

/// An enum, open to values that the description does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// The values as they are on the wire.
    pub values: Vec<String>,
    /// Whether the values are whole numbers.
    pub integer: bool,
}

impl Enum {
    /// Writes values in their current spelling. `true` if any was in the old one.
    pub(super) fn make_current(&mut self, spellings: &crate::settings::Spellings, parameter: &str) -> bool {
        let mut changed = false;
        let mut values: Vec<String> = Vec::new();
        for value in std::mem::take(&mut self.values) {
            let value = match spellings.value(parameter, &value) {
                current if current == value => value,
                current => {
                    changed = true;
                    current.to_owned()
                }
            };
            if !values.contains(&value) {
                values.push(value);
            }
        }
        self.values = values;
        changed
    }
}

/// A value whose type is told by a sibling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Union {
    /// The wire name of the sibling.
    pub tag: String,
    /// Type and the tags that mean it, in the order of the description.
    pub variants: Vec<(TypeId, Vec<String>)>,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Upper-case HTTP method.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The group it is called in, in snake case.
    pub group: String,
    /// Its name in the group, in snake case.
    pub name: String,
    /// X's own name of it.
    pub operation_id: Option<String>,
    /// One line of prose.
    pub summary: Option<String>,
    /// More prose, of the description.
    pub description: Option<String>,
    /// Whether X marks it as about to go.
    pub deprecated: bool,
    /// Whether a connected user may call it.
    pub user: bool,
    /// Whether an app-only token may call it.
    pub app: bool,
    /// The OAuth 2.0 scopes it needs.
    pub scopes: Vec<String>,
    /// All parameters.
    pub parameters: Vec<Parameter>,
    /// Body of its requests.
    pub body: Body,
    /// The inputs that are arguments, in their order: positions among parameters and then fields of the body.
    pub arguments: Vec<usize>,
    /// Content of its answers.
    pub answer: Answer,
    /// Whether the answer is an endless stream.
    pub streaming: bool,
    /// The query parameter for the token of a page.
    pub page_parameter: Option<String>,
    /// Whether the description has it in the old dialect.
    pub old_dialect: bool,
    /// Whether the answer may have `includes`.
    pub expands: bool,
    /// Whether the answer comes in pages, and says where the next one is.
    pub paged: bool,
    /// The overlay's settings of it.
    pub settings: crate::settings::OperationSettings,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// Into the path.
    Path,
    /// Into the query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name, shape, limits.
    pub field: Field,
    /// Where it goes.
    pub location: Location,
    /// For lists: whether each value is sent with the name, and not all in one with commas.
    pub explode: bool,
}

/// Body of a request.
#[derive(Debug, Clone)]
pub enum Body {
    /// Nothing.
    None,
    /// An object, field by field.
    Fields {
        /// Its fields.
        fields: Vec<Field>,
        /// Whether it can be sent as JSON.
        json: bool,
        /// Whether it can be sent as `multipart/form-data`.
        multipart: bool,
    },
    /// Any other JSON value.
    Json(Shape),
    /// Bytes of a media type.
    Bytes(String),
}

/// Content of an answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// X's envelope: `data`, `includes`, `errors`, `meta`. The shape is that of `data`; `None` when there is none.
    Envelope(Option<Shape>),
    /// A JSON value without an envelope.
    Whole(Shape),
    /// Bytes.
    Bytes,
    /// Nothing.
    Nothing,
}

impl Answer {
    /// The shape that the caller gets as data, if it is one of JSON.
    #[must_use]
    pub fn data(&self) -> Option<&Shape> {
        match self {
            Self::Envelope(shape) => shape.as_ref(),
            Self::Whole(shape) => Some(shape),
            Self::Bytes | Self::Nothing => None,
        }
    }
}

impl Api {
    /// The only value that an input can have, on the wire. It is sent without being asked for.
    #[must_use]
    pub fn constant(&self, field: &Field) -> Option<&str> {
        let Shape::Type(id) = field.shape else { return None };
        match &self.types[id.0].kind {
            TypeKind::Enum(Enum { values, integer: false }) if field.required => match values.as_slice() {
                [value] => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// Types that nothing mentions but inputs of which the value is sent without being asked for: no code has to name them.
    #[must_use]
    pub fn unnamed(&self) -> BTreeSet<TypeId> {
        let (mut constants, mut others) = (BTreeSet::new(), BTreeSet::new());
        for operation in &self.operations {
            for input in operation.inputs() {
                if let Shape::Type(id) = input.shape.innermost() {
                    let mentioned = if self.constant(input).is_some() { &mut constants } else { &mut others };
                    mentioned.insert(*id);
                }
            }
            if let Some(Shape::Type(id)) = operation.answer.data().map(Shape::innermost) {
                others.insert(*id);
            }
        }
        // Not those of a body, which is sent field by field and has no struct.
        for found in self.reachable(self.operations.iter()) {
            self.types[found.0].children(&mut |id| {
                others.insert(id);
            });
        }
        &constants - &others
    }

    /// The groups that have operations, with those operations.
    #[must_use]
    pub fn groups(&self) -> BTreeMap<&str, Vec<&Operation>> {
        let mut groups: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
        for operation in &self.operations {
            groups.entry(operation.group.as_str()).or_default().push(operation);
        }
        groups
    }

    /// The types that some operations reach, and those their answers have besides data.
    pub fn reachable<'a>(&self, operations: impl Iterator<Item = &'a Operation>) -> BTreeSet<TypeId> {
        let mut seen = BTreeSet::new();
        let mut open = vec![self.meta];
        let mut visit = |shape: &Shape| {
            if let Shape::Type(id) = shape.innermost() {
                open.push(*id);
            }
        };
        let mut expands = false;
        for operation in operations {
            operation.roots().for_each(|(_, shape)| visit(shape));
            expands |= operation.expands;
        }
        if expands {
            open.push(self.includes);
        }
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                self.types[id.0].children(&mut |child| open.push(child));
            }
        }
        seen
    }
}

impl Type {
    /// Its name, the same for all operations that use it.
    #[must_use]
    pub fn own_name(&self) -> Option<&str> {
        self.name.as_deref().or(self.hint.as_deref())
    }

    /// Calls `visit` with each type that this one mentions.
    pub fn children(&self, visit: &mut dyn FnMut(TypeId)) {
        match &self.kind {
            TypeKind::Struct(fields) => {
                for field in fields {
                    if let Shape::Type(id) = field.shape.innermost() {
                        visit(*id);
                    }
                }
            }
            TypeKind::Union(union) => union.variants.iter().for_each(|(id, _)| visit(*id)),
            TypeKind::Enum(_) => {}
        }
    }
}

impl Operation {
    /// The name that the overlay gives an input, by its name on the wire.
    #[must_use]
    pub fn given_name(&self, wire: &str) -> Option<&str> {
        match self.own_id() {
            Some(own) if own == wire => Some("own_id"),
            _ => self.settings.inputs.get(wire).map(String::as_str),
        }
    }

    /// The wire name of the path parameter that has to be the id of the account that the call is made as.
    #[must_use]
    pub fn own_id(&self) -> Option<&str> {
        self.settings.me.as_ref()?;
        self.path.split_once('{')?.1.split_once('}').map(|(name, _)| name)
    }

    /// All that is given for a call: parameters, then fields of the body.
    pub fn inputs(&self) -> impl Iterator<Item = &Field> {
        let fields = if let Body::Fields { fields, .. } = &self.body { fields.as_slice() } else { &[] };
        self.parameters.iter().map(|parameter| &parameter.field).chain(fields)
    }

    /// The shapes an operation mentions itself, each with its place: `data`, `body.text`, `query.max_results`.
    pub fn roots(&self) -> impl Iterator<Item = (String, &Shape)> {
        let parameters = self.parameters.iter().map(|parameter| {
            let location = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Header => "header",
                Location::Cookie => "cookie",
            };
            (format!("{location}.{}", parameter.field.wire), &parameter.field.shape)
        });
        let (fields, body) = match &self.body {
            Body::Fields { fields, .. } => (fields.as_slice(), None),
            Body::Json(shape) => (&[][..], Some(("body".to_owned(), shape))),
            Body::None | Body::Bytes(_) => (&[][..], None),
        };
        let fields = fields.iter().map(|field| (format!("body.{}", field.wire), &field.shape));
        parameters.chain(fields).chain(body).chain(self.answer.data().map(|shape| ("data".to_owned(), shape)))
    }
}
