//! Rustdoc.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, ident};
use super::limits;
use crate::ir::{Field, Member, Operation, TypeId, TypeKind};
use crate::settings::{Group, Rule};

/// Doc attributes for a text of several lines.
pub(super) fn attributes(text: &str) -> TokenStream {
    // rustc refuses a bare carriage return in a doc comment, and characters that change the direction of text.
    let harmless = |c: &char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let lines = text.trim().lines().map(|line| line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(harmless).collect::<String>());
    let lines = lines.map(|line| if line.trim().is_empty() { String::new() } else { format!(" {}", line.trim_end()) });
    quote! { #(#[doc = #lines])* }
}

/// Text that is not ours, made harmless: nothing in it is a link, a tag or a test.
fn foreign(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for c in text.replace("```", "`").chars() {
        match c {
            '`' => code = !code,
            '\n' => code = false,
            '[' | ']' | '<' | '>' | '*' | '_' | '#' if !code => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    let mut out = out.lines().map(str::trim).collect::<Vec<_>>().join("\n").replace("http\\", "http");
    if out.matches('`').count() % 2 == 1 {
        out = out.replace('`', "'");
    }
    // A bare address would be reported by rustdoc.
    out.split(' ')
        .map(|word| if word.contains("://") && !word.contains('`') { format!("`{}`", word.replace('\\', "")) } else { word.to_owned() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// A field of an answer. `line` is ours.
pub(super) fn field(field: &Field, line: Option<&str>) -> String {
    let theirs = field.description.as_deref().map(foreign);
    match (line, theirs) {
        (Some(ours), Some(theirs)) => format!("{ours}\n\n{theirs}"),
        (ours, theirs) => ours.map(str::to_owned).or(theirs).unwrap_or_else(|| format!("`{}`.", field.wire)),
    }
}

/// Documentation of an input, with its limits.
pub(super) fn input(found: &Field, line: Option<&str>, rules: Vec<String>) -> String {
    let mut limits = limits::sentences(&found.limits, &found.shape);
    limits.extend(rules);
    let prose = field(found, line);
    if limits.is_empty() { prose } else { format!("{prose}\n\n{}", limits.join(" ")) }
}

/// The same in one line, for a list of arguments.
pub(super) fn argument(field: &Field, name: &str, line: Option<&str>, rules: Vec<String>) -> String {
    let theirs = || field.description.as_deref().map(|text| foreign(text).lines().next().unwrap_or_default().to_owned());
    let prose = line.map(str::to_owned).or_else(theirs).unwrap_or_else(|| format!("`{}`.", field.wire));
    let mut sentences = vec![format!("- `{name}`: {prose}")];
    sentences.extend(limits::sentences(&field.limits, &field.shape));
    sentences.extend(rules);
    sentences.join(" ")
}

/// The values that ask for a field of an answer, and for the object that it refers to. A value whose enum is not emitted is no link.
pub(super) fn selection(context: Context<'_>, member: Member) -> Vec<String> {
    let Context { names, selection, types, .. } = context;
    let links = |values: Option<&BTreeSet<Member>>| -> Vec<String> {
        let emitted = values.into_iter().flatten().filter(|(id, _)| types.contains(id));
        let mut links: Vec<String> = emitted
            .filter_map(|(id, index)| Some(format!("[`{}::{}`]", ident(names.types.get(id)?), ident(names.members.get(id)?.get(*index)?))))
            .collect();
        links.sort_unstable();
        links
    };
    let mut sentences = Vec::new();
    let (fields, expansions) = (links(selection.fields.get(&member)), links(selection.expansions.get(&member)));
    if !fields.is_empty() {
        sentences.push(format!("Asked for by {}.", joined(&fields, "or")));
    }
    if !expansions.is_empty() {
        sentences.push(format!("Expanded by {}.", joined(&expansions, "or")));
    }
    sentences
}

/// Names in code, one after the other, the last after a word.
fn list(items: &[String], word: &str) -> String {
    joined(&items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>(), word)
}

/// Items, the last after a word.
fn joined(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} {word} {last}", all.join(", ")),
    }
}

/// Method and path, and who may call it. `request` is the struct of the request.
pub(super) fn needs(operation: &Operation, request: &str) -> String {
    let Operation { method, path, user, app, scopes, .. } = operation;
    let with = match scopes.as_slice() {
        [] => String::new(),
        [scope] => format!(" who granted the scope `{scope}`"),
        scopes => format!(" who granted the scopes {}", list(scopes, "and")),
    };
    let who = match (user, app) {
        (true, true) => format!("as a connected user{with}; also with an app-only token, by [`with_app_only`]({request}::with_app_only)"),
        (true, false) => format!("as a connected user{with}"),
        (false, true) => "with an app-only token, which goes to X directly: see \
             [`ParagonBuilder::bearer_token`](crate::ParagonBuilder::bearer_token)"
            .to_owned(),
        (false, false) => "for which X asks no permission; it goes through Paragon like all others".to_owned(),
    };
    format!("`{method} {path}`, {who}.")
}

/// Summary of an operation, in a line.
pub(super) fn summary(operation: &Operation) -> String {
    let text = operation.summary.as_deref().map(str::trim).filter(|text| !text.is_empty());
    // The overlay's line ends with a full stop; a title that is not ours does not.
    match text {
        Some(text) if text.ends_with('.') => text.to_owned(),
        Some(text) => format!("{}.", foreign(text)),
        None => format!("Calls `{} {}`.", operation.method, operation.path),
    }
}

/// The page of a group: our text, and its operations.
pub(super) fn group(context: Context<'_>, group: &str, page: &Group, indices: &[usize]) -> String {
    let mut text = page.line.clone();
    if !page.text.trim().is_empty() {
        text.push_str(&format!("\n\n{}", page.text.trim()));
    }
    text.push_str("\n\n# Operations\n\n| Method | Operation | |\n|---|---|---|");
    let name = &context.names.groups[group];
    let mut rows: Vec<(&str, usize)> = indices.iter().map(|index| (context.names.operations[*index].method.as_str(), *index)).collect();
    rows.sort_unstable();
    for (method, index) in rows {
        text.push_str(&row(&format!("crate::{group}::{name}::{method}"), method, &context.api.operations[index]));
    }
    text
}

/// Sentences of an operation's rules that concern one input.
pub(super) fn rules(rules: &[Rule], wire: &str, name: impl Fn(&str) -> String) -> Vec<String> {
    let others = |wires: &[String]| -> Vec<String> { wires.iter().filter(|other| *other != wire).map(|other| name(other)).collect() };
    let all = |wires: &[String]| -> Vec<String> { wires.iter().map(|wire| name(wire)).collect() };
    let mut lines = Vec::new();
    for rule in rules {
        match rule {
            Rule::Exclusive(wires) if wires.iter().any(|other| other == wire) => {
                lines.push(format!("Not together with {}.", list(&others(wires), "or")));
            }
            Rule::AtLeastOne(wires) if wires.iter().any(|other| other == wire) => {
                lines.push(format!("At least one of {} is required.", list(&all(wires), "and")));
            }
            Rule::ExactlyOne(wires) if wires.iter().any(|other| other == wire) => {
                lines.push(format!("Exactly one of {} is required.", list(&all(wires), "and")));
            }
            Rule::Requires(pairs) => {
                for (first, second) in pairs {
                    if first == wire {
                        lines.push(format!("Only together with `{}`.", name(second)));
                    } else if second == wire {
                        lines.push(format!("Required with `{}`.", name(first)));
                    }
                }
            }
            Rule::Exclusive(_) | Rule::AtLeastOne(_) | Rule::ExactlyOne(_) => {}
        }
    }
    lines
}

/// The page of the handle of the own account, and its operations.
pub(super) fn me(context: Context<'_>, indices: &[usize]) -> String {
    let mut text = String::from(
        "Operations of the connected account itself. X wants the id of that account in the path of most of them; here it is filled in.\n\n\
         The id is found by one `GET /2/users/me` per account, before the first call that needs it, and kept; calls made at the same time share that \
         look-up. [`Twitter::with_own_id`](crate::Twitter::with_own_id) gives it, so that nothing is looked up. The requests are those of the groups.\n\n\
         # Operations\n\n| Method | Operation | |\n|---|---|---|",
    );
    let mut rows: Vec<(&str, usize)> =
        indices.iter().filter_map(|index| Some((context.names.operations[*index].me.as_deref()?, *index))).collect();
    rows.sort_unstable();
    for (method, index) in rows {
        text.push_str(&row(&format!("crate::Me::{method}"), method, &context.api.operations[index]));
    }
    text
}

/// A line of a table of operations.
fn row(link: &str, method: &str, operation: &Operation) -> String {
    let summary = summary(operation).replace('|', "\\|").replace('\n', " ");
    format!("\n| [`{method}`]({link}) | `{} {}` | {summary} |", operation.method, operation.path)
}

/// A method that makes a request. `filled_in` says that the engine fills the own id in.
pub(super) fn operation(context: Context<'_>, index: usize, filled_in: bool, arguments: &[String]) -> String {
    let operation = &context.api.operations[index];
    let mut text = format!("{}\n\n{}", summary(operation), needs(operation, &context.names.operations[index].request));
    if let Some(description) = &operation.description {
        text.push_str(&format!("\n\n{}", foreign(description)));
    }
    if filled_in {
        text.push_str(
            "\n\nThe id of the connected account is found by one `GET /2/users/me` per account and kept, or given by \
             [`Twitter::with_own_id`](crate::Twitter::with_own_id).",
        );
    }
    if operation.paged {
        text.push_str("\n\nThe answer is one page; `meta.next_token` leads to the next, and `pages()` on the request goes through all.");
    }
    if operation.streaming {
        text.push_str("\n\nThe answer is a stream that does not end by itself.");
    }
    let name = |wire: &str| context.names.operations[index].input(operation, wire);
    for rule in &operation.settings.rules {
        let (wires, count) = match rule {
            Rule::AtLeastOne(wires) => (wires, "at least one"),
            Rule::ExactlyOne(wires) => (wires, "exactly one"),
            Rule::Exclusive(_) | Rule::Requires(_) => continue,
        };
        let names: Vec<String> = wires.iter().map(|wire| name(wire)).collect();
        text.push_str(&format!("\n\nX requires {count} of {}.", list(&names, "and")));
    }
    if !arguments.is_empty() {
        text.push_str(&format!("\n\n{}", arguments.join("\n")));
    }
    text
}

/// A sentence with a capital at its beginning.
fn capital(text: String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Documentation of a type: our line, else its owner.
pub(super) fn type_(context: Context<'_>, id: TypeId) -> String {
    let name = context.names.types.get(&id).map(String::as_str).unwrap_or_default();
    if let Some(line) = context.api.settings.types.get(name) {
        return line.clone();
    }
    let found = &context.api.types[id.0];
    let Some((operation, place)) = context.names.places.get(&id) else { return format!("`{name}`.") };
    let Operation { method, path, .. } = &context.api.operations[*operation];
    let (root, rest) = place.split_once('.').unwrap_or((place, ""));
    let of = if rest.is_empty() { String::new() } else { format!("`{rest}` in ") };
    let text = match (root, &found.kind) {
        ("data", _) if rest.is_empty() => format!("Data in the reply of `{method} {path}`."),
        ("query" | "path" | "header" | "cookie", _) => format!("Values of the parameter `{rest}`, first met in `{method} {path}`."),
        ("body", TypeKind::Enum(_)) => format!("Values of `{rest}` in the body of `{method} {path}`."),
        ("body", _) => capital(format!("{of}the body of `{method} {path}`.")),
        ("includes" | "meta", _) => capital(format!("{of}the `{root}` of replies.")),
        (_, TypeKind::Enum(_)) => format!("Values of `{rest}` in the reply of `{method} {path}`."),
        _ => capital(format!("{of}the reply of `{method} {path}`.")),
    };
    match &found.description {
        Some(description) => format!("{text}\n\n{}", foreign(description)),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_at_each_input_that_it_concerns() {
        let all = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let told = |rule: Rule, wire: &str| rules(&[rule], wire, |wire| wire.replace('.', "_")).join(" ");
        let exclusive = Rule::Exclusive(all(&["since_id", "start_time", "a.b"]));
        assert_eq!(told(exclusive.clone(), "since_id"), "Not together with `start_time` or `a_b`.");
        assert_eq!(told(exclusive, "until_id"), "");
        assert_eq!(told(Rule::AtLeastOne(all(&["text", "media"])), "media"), "At least one of `text` and `media` is required.");
        assert_eq!(told(Rule::ExactlyOne(all(&["post", "link"])), "post"), "Exactly one of `post` and `link` is required.");
        let requires = Rule::Requires([("poll".to_owned(), "hours".to_owned())].into());
        assert_eq!(told(requires.clone(), "poll"), "Only together with `hours`.");
        assert_eq!(told(requires, "hours"), "Required with `poll`.");
    }

    #[test]
    fn text_of_others_has_no_links_tags_or_tests_in_rustdoc() {
        let text = foreign("See [here](x) <b>\n    let a = 1;\n```rust\nf()\n``` and https://x.com/a_b, `[kept]`.");
        assert!(text.contains("\\[here\\](x) \\<b\\>\nlet a = 1;"), "{text}");
        assert!(!text.contains("```") && text.contains("`https://x.com/a_b,`"), "{text}");
    }
}
