//! An example of each operation in its docs, which is compiled as a test of these.

use std::collections::BTreeSet;

use super::context::{Context, ident};
use crate::ir::{Answer, Body, Field, Operation, Shape, TypeId, TypeKind};
use crate::settings::Rule;

/// The longest line that has a whole chain of calls.
const WIDTH: usize = 100;

/// How deep structs are given in structs that do without.
const MAX_DEPTH: usize = 4;

/// The most values of one example: a type that requires itself has no end.
const MAX_VALUES: usize = 64;

/// Values for an example.
struct Values<'a> {
    context: Context<'a>,
    /// The types that these values name.
    types: BTreeSet<String>,
    /// How many there may still be.
    left: usize,
}

/// The example of a method of a group, or of `Me`: a section of its docs.
pub(super) fn of(context: Context<'_>, index: usize, method: &str, of_me: bool) -> String {
    let Context { api, names, .. } = context;
    let (operation, own) = (&api.operations[index], &names.operations[index]);
    let mut values = Values { context, types: BTreeSet::new(), left: MAX_VALUES };
    let inputs: Vec<(&Field, &String)> = operation.inputs().zip(own.parameters.iter().chain(&own.body)).collect();
    let asked = operation.arguments.iter().filter_map(|index| inputs.get(*index)).filter(|(field, _)| api.constant(field).is_none());
    let asked = asked.filter(|(field, _)| !of_me || operation.own_id() != Some(field.wire.as_str()));
    let mut arguments: Vec<String> = asked
        .map(|(field, _)| match operation.own_id() {
            // Nobody follows themselves.
            Some(own) if own == field.wire => r#""783214""#.to_owned(),
            _ => values.field(field, 0),
        })
        .collect();
    match &operation.body {
        Body::Json(shape) => arguments.push(values.shape(shape, "body", 0)),
        Body::Bytes(_) => arguments.push(values.shape(&Shape::Bytes, "content", 0)),
        Body::None | Body::Fields { .. } => {}
    }
    let handle = if of_me { "me" } else { &operation.group };
    let mut calls = vec![format!("{}()", ident(handle)), format!("{}({})", ident(method), arguments.join(", "))];
    let set = setters(operation);
    for (field, name) in inputs.iter().filter(|(field, _)| !field.required && set.contains(field.wire.as_str())) {
        calls.push(format!("{}({})", ident(name), values.field(field, 0)));
    }
    let code = code(operation, calls);
    let types: Vec<String> = values.types.into_iter().collect();
    let imports = match types.as_slice() {
        [] => String::new(),
        [one] => format!("use paragon_twitter::types::{one};\n\n"),
        several => format!("{}\n\n", formatted(&format!("use paragon_twitter::types::{{{}}};", several.join(", ")))),
    };
    let deprecated = if operation.deprecated { "# #[allow(deprecated)]\n" } else { "" };
    format!(
        "# Example\n\n```no_run\n{deprecated}# async fn example(twitter: paragon_twitter::Twitter) -> Result<(), Box<dyn std::error::Error>> \
         {{\n{imports}{code}\n# Ok(())\n# }}\n```"
    )
}

/// The wire names of what is set although no argument asks for it: the first of each set of which X requires one, and what that requires.
fn setters(operation: &Operation) -> BTreeSet<&str> {
    let mut set: BTreeSet<&str> = BTreeSet::new();
    let given =
        |set: &BTreeSet<&str>, wire: &str| set.contains(wire) || operation.inputs().any(|field| field.required && field.wire == wire);
    for rule in &operation.settings.rules {
        if let Rule::AtLeastOne(wires) | Rule::ExactlyOne(wires) = rule
            && let Some(first) = wires.first()
            && !wires.iter().any(|wire| given(&set, wire))
        {
            set.insert(first);
        }
    }
    for rule in &operation.settings.rules {
        if let Rule::Requires(pairs) = rule {
            for (first, second) in pairs {
                if given(&set, first) {
                    set.insert(second);
                }
            }
        }
    }
    set
}

/// The calls, and what is done with the answer.
fn code(operation: &Operation, mut calls: Vec<String>) -> String {
    let each = |calls: &[String], end: &str, many: &str, one: &str, shown: &str| {
        let begin = chain(&format!("let mut {many} = "), calls, end);
        format!("{begin}\nwhile let Some({one}) = {many}.next().await {{\n    println!(\"{{:?}}\", {shown});\n}}")
    };
    match &operation.answer {
        Answer::Envelope(Some(_)) | Answer::Whole(_) if operation.streaming => each(&calls, ".await?;", "events", "event", "event?.data"),
        Answer::Envelope(Some(Shape::List(_))) if operation.paged => {
            calls.push("items()".to_owned());
            each(&calls, ";", "items", "item", "item?")
        }
        Answer::Envelope(Some(_)) if operation.paged => {
            calls.push("pages()".to_owned());
            each(&calls, ";", "pages", "page", "page?.data")
        }
        Answer::Envelope(Some(_)) | Answer::Whole(_) => {
            format!("{}\nprintln!(\"{{:?}}\", reply.data);", chain("let reply = ", &calls, ".await?;"))
        }
        Answer::Bytes => format!("{}\nprintln!(\"{{}} bytes\", reply.data.len());", chain("let reply = ", &calls, ".await?;")),
        Answer::Envelope(None) | Answer::Nothing => chain("", &calls, ".await?;"),
    }
}

/// A statement of a chain of calls, in one line where it fits.
fn chain(before: &str, calls: &[String], after: &str) -> String {
    let line = format!("{before}twitter.{}{after}", calls.join("."));
    if line.len() <= WIDTH { line } else { formatted(&line) }
}

/// A statement in several lines.
fn formatted(statement: &str) -> String {
    let Ok(file) = syn::parse_str(&format!("async fn example() {{ {statement} }}")) else { return statement.to_owned() };
    let text = prettyplease::unparse(&file);
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    lines.join("\n")
}

impl Values<'_> {
    /// A value of a field.
    fn field(&mut self, field: &Field, depth: usize) -> String {
        match (&field.shape, &field.limits.default, &field.limits.range.0) {
            (Shape::Text, Some(default), _) => format!("{default:?}"),
            (Shape::Integer, Some(number), _) | (Shape::Integer, None, Some(number)) if number.parse::<i32>().is_ok() => number.clone(),
            (shape, ..) => self.shape(shape, &field.wire, depth),
        }
    }

    fn shape(&mut self, shape: &Shape, wire: &str, depth: usize) -> String {
        self.left = self.left.saturating_sub(1);
        match shape {
            Shape::Text => format!("{:?}", text(wire)),
            Shape::Boolean => "true".to_owned(),
            Shape::Integer => "10".to_owned(),
            Shape::Number => "1.5".to_owned(),
            Shape::Time | Shape::UnixMillis | Shape::UtcMinute if wire.contains("end") => r#""2026-01-09T03:04:05Z".parse()?"#.to_owned(),
            Shape::Time | Shape::UnixMillis | Shape::UtcMinute => r#""2026-01-02T03:04:05Z".parse()?"#.to_owned(),
            Shape::Bytes => r#"&b"bytes"[..]"#.to_owned(),
            Shape::Json => "serde_json::json!({})".to_owned(),
            Shape::Id(name) => format!("{:?}", id(name)),
            Shape::Map(_) | Shape::Problem => "Default::default()".to_owned(),
            // Each item turns into its type, except in a list that is itself an item.
            Shape::List(inner) => match inner.as_ref() {
                Shape::List(_) => "[vec![]]".to_owned(),
                Shape::Type(id) if depth >= MAX_DEPTH => format!("Vec::<{}>::new()", self.name(*id)),
                inner => format!("[{}]", self.shape(inner, wire, depth)),
            },
            Shape::Type(id) if self.left > 0 => self.generated(*id, depth),
            Shape::Type(_) => "Default::default()".to_owned(),
        }
    }

    /// The name of a generated type, which is noted.
    fn name(&mut self, id: TypeId) -> String {
        let name = ident(self.context.names.types.get(&id).map_or("Value", String::as_str)).to_string();
        self.types.insert(name.clone());
        name
    }

    /// A value of a generated type.
    fn generated(&mut self, id: TypeId, depth: usize) -> String {
        let Context { api, names, .. } = self.context;
        let members = names.members.get(&id).map(Vec::as_slice).unwrap_or_default();
        let name = self.name(id);
        match &api.types[id.0].kind {
            TypeKind::Enum(_) => match members.first() {
                Some(member) => format!("{name}::{}", ident(member)),
                None => format!("{name}::from(\"\")"),
            },
            TypeKind::Struct(fields) => {
                let required = fields.iter().filter(|field| field.required && api.constant(field).is_none());
                let arguments: Vec<String> = required.map(|field| self.field(field, depth + 1)).collect();
                let mut text = format!("{name}::new({})", arguments.join(", "));
                // An object without anything in it shows nothing.
                if arguments.is_empty()
                    && depth < MAX_DEPTH
                    && let Some((field, member)) = fields.iter().zip(members).find(|(field, _)| !field.required)
                {
                    text.push_str(&format!(".{}({})", ident(member), self.field(field, depth + 1)));
                }
                text
            }
            TypeKind::Union(_) => "Default::default()".to_owned(),
        }
    }
}

/// An id of a kind.
fn id(kind: &str) -> &'static str {
    match kind {
        "UserId" => "2244994945",
        "SpaceId" => "1DXxyRYNejbKM",
        "MediaKey" => "13_1263145212760805376",
        "PlaceId" => "01a9a39529b27f36",
        _ => "1460323737035677698",
    }
}

/// A text for an input of which only the name is known.
fn text(wire: &str) -> &str {
    match wire {
        "query" => "rust lang:en",
        "username" | "usernames" | "handle" => "XDevelopers",
        "text" => "Hello World!",
        "url" | "callback_url" | "webhook_url" => "https://example.com/",
        _ => wire,
    }
}
