//! Words of the wire and words of Rust: the rules that name everything the overlay does not name.

use heck::{ToPascalCase, ToSnakeCase};

use crate::settings::Settings;

/// A name with each of its words as Rust names have it: X's `tweet_id` is `post_id`, whether X has renamed it yet or not.
#[must_use]
pub fn current(name: &str, settings: &Settings) -> String {
    let mut out = String::new();
    for part in name.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        out.push_str(settings.words.get(word).map_or(word, String::as_str));
        out.push_str(&part[word.len()..]);
    }
    out
}

/// A name in snake case in X's old words, if it has any of these.
#[must_use]
pub fn old(name: &str, settings: &Settings) -> Option<String> {
    let word = |word: &str| settings.words.iter().find(|(_, new)| *new == word).map_or_else(|| word.to_owned(), |(old, _)| old.clone());
    let old = name.split('_').map(word).collect::<Vec<_>>().join("_");
    (old != name).then_some(old)
}

/// The same of a name in Pascal case.
#[must_use]
pub fn old_pascal(name: &str, settings: &Settings) -> Option<String> {
    old(&name.to_snake_case(), settings).map(|old| old.to_pascal_case())
}

/// A name in snake case, for fields and functions; may be a keyword.
#[must_use]
pub fn snake(name: &str, settings: &Settings) -> String {
    identifier(in_rust(name, settings), "n")
}

/// A name in Pascal case, for types and variants; may be a keyword. Never the same as one in snake case, also in scripts without cases.
#[must_use]
pub fn pascal(name: &str, settings: &Settings) -> String {
    let name = identifier(in_rust(name, settings).to_pascal_case(), "N");
    if name.starts_with(char::is_uppercase) { name } else { format!("N{name}") }
}

/// A name in snake case and in today's words, also where the wire runs words together: `TweetVideo` is a `post_video`.
fn in_rust(name: &str, settings: &Settings) -> String {
    match settings.names.get(name) {
        Some(name) => name.clone(),
        None => current(&current(name, settings).to_snake_case(), settings),
    }
}

/// Makes sure that a name can be an identifier: it has at least one character, all fit, and the first is no digit.
fn identifier(name: String, prefix: &str) -> String {
    let name: String = name.chars().filter(|c| *c == '_' || unicode_ident::is_xid_continue(*c)).collect();
    match name.chars().next() {
        Some(first) if unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("{prefix}{name}"),
        None => format!("{prefix}ameless"),
    }
}

/// The name of the enum of a query parameter: `post.fields` takes `PostField`s.
#[must_use]
pub fn parameter_enum(parameter: &str, settings: &Settings) -> String {
    if let Some(name) = settings.parameter_types.get(parameter) {
        return name.clone();
    }
    let pascal = pascal(parameter, settings);
    match pascal.strip_suffix("Fields") {
        Some(owner) => format!("{owner}Field"),
        None if pascal == "Expansions" => "Expansion".to_owned(),
        None => pascal,
    }
}

/// Names that every Rust module has without an import. Generated code uses some of them, and in a program that imports a type of such a
/// name the usual one is gone, so no type has one.
pub const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Sized",
    "Some",
    "String",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Vec",
];

/// Generated files besides those of groups.
pub const FILES: &[&str] = &["groups", "spellings", "types"];

/// Names at the client's root that a group's module would have as well: there the client's own module hides it without a word of rustc.
/// `types` is one of [`FILES`].
const MODULES: &[&str] = &["call", "client", "engine", "json", "request", "runtime", "transport", "value", "wire"];

/// Methods of the client's `Twitter`, where each group has one. rustc refuses a second method, but cannot tell where its name comes from.
const METHODS: &[&str] = &["as_ref", "caller", "clone", "me", "rate_limits", "request", "request_with", "user"];

/// Whether something that is no group has the name already.
#[must_use]
pub fn is_taken_from_groups(name: &str) -> bool {
    [FILES, MODULES, METHODS].iter().any(|names| names.contains(&name)) || name.starts_with("with_")
}

/// Whether a name of the overlay can be that of a group, a method or a field.
#[must_use]
pub fn is_snake(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// Whether a name of the overlay can be that of a type.
#[must_use]
pub fn is_pascal(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Group and name of an operation by its method and path, the only things about it that X does not change.
#[must_use]
pub fn operation(method: &str, path: &str, settings: &Settings) -> (String, String) {
    let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    // The version of the API.
    if segments.first().is_some_and(|first| first.chars().all(|c| c.is_ascii_digit())) {
        segments.remove(0);
    }
    let ends_with_parameter = segments.last().is_some_and(|last| last.starts_with('{'));
    let mut words = segments.into_iter().filter(|segment| !segment.starts_with('{'));
    let first = words.next().unwrap_or("general");
    let group = settings.segments.get(first).cloned().unwrap_or_else(|| {
        let group = snake(first, settings);
        // The client has modules and methods beside those of the groups, none of which ends like this.
        if settings.groups.contains_key(&group) { group } else { format!("{group}_operations") }
    });
    let rest: Vec<String> = words.map(|word| snake(word, settings)).collect();
    let verb = match (method, rest.is_empty(), ends_with_parameter) {
        ("GET", true, true) => "get",
        ("GET", true, false) => "list",
        ("GET", false, true) => "get_",
        ("GET", false, false) => "",
        ("POST", true, _) => "create",
        ("POST", false, _) => "create_",
        ("PUT" | "PATCH", true, _) => "update",
        ("PUT" | "PATCH", false, _) => "update_",
        ("DELETE", true, _) => "delete",
        ("DELETE", false, _) => "delete_",
        (_, true, _) => "call",
        (_, false, _) => "call_",
    };
    (group, format!("{verb}{}", rest.join("_")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Group;

    fn settings() -> Settings {
        let words = [("tweet", "post"), ("tweets", "posts"), ("retweets", "reposts")];
        Settings {
            words: words.into_iter().map(|(old, new)| (old.to_owned(), new.to_owned())).collect(),
            segments: [("tweets".to_owned(), "posts".to_owned())].into(),
            groups: [("users".to_owned(), Group::default())].into(),
            ..Settings::default()
        }
    }

    #[test]
    fn old_words_become_current_ones_and_nothing_else_changes() {
        assert_eq!(current("in_reply_to_tweet_id", &settings()), "in_reply_to_post_id");
        assert_eq!(current("referenced_tweets.id", &settings()), "referenced_posts.id");
        assert_eq!(current("TweetDeck", &settings()), "TweetDeck");
        assert_eq!(current("", &settings()), "");
    }

    #[test]
    fn current_words_become_old_ones_for_the_search_of_the_docs() {
        assert_eq!(old("quote_posts", &settings()).as_deref(), Some("quote_tweets"));
        assert_eq!(old_pascal("PostId", &settings()).as_deref(), Some("TweetId"));
        assert_eq!(old_pascal("Compost", &settings()), None);
    }

    #[test]
    fn any_text_becomes_an_identifier() {
        assert_eq!(pascal("chat.conversation_join", &settings()), "ChatConversationJoin");
        assert_eq!(pascal("1", &settings()), "N1");
        assert_eq!(pascal("+", &settings()), "Nameless");
        assert_eq!(snake("tweet.fields", &settings()), "post_fields");
        assert_eq!(snake("日本", &settings()), "日本");
        assert_eq!(pascal("日本", &settings()), "N日本");
    }

    #[test]
    fn an_operation_without_a_name_gets_one_from_method_and_path() {
        let name = |method, path| operation(method, path, &settings());
        let of = |group: &str, name: &str| (group.to_owned(), name.to_owned());
        assert_eq!(name("GET", "/2/tweets"), of("posts", "list"));
        assert_eq!(name("GET", "/2/tweets/{id}"), of("posts", "get"));
        assert_eq!(name("GET", "/2/users/{id}/retweets"), of("users", "reposts"));
        assert_eq!(name("DELETE", "/2/users/{id}/retweets/{tweet_id}"), of("users", "delete_reposts"));
        assert_eq!(name("GET", "/2/request"), of("request_operations", "list"));
    }
}
