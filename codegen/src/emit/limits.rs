//! Limits in plain words.

use crate::ir::{Limits, Shape};

/// The limits of a value, a sentence each.
pub(super) fn sentences(limits: &Limits, shape: &Shape) -> Vec<String> {
    let mut sentences = Vec::new();
    let own = values(limits, shape);
    if !own.is_empty() {
        sentences.push(sentence(&own));
    }
    if let (Some(items), Shape::List(shape)) = (&limits.items, shape) {
        let each = values(items, shape);
        if !each.is_empty() {
            sentences.push(format!("Each {each}."));
        }
    }
    if let Some(default) = &limits.default {
        sentences.push(format!("Default: `{default}`."));
    }
    if limits.deprecated {
        sentences.push("Deprecated.".to_owned());
    }
    sentences
}

/// Limits of a value, in sentences.
fn values(limits: &Limits, shape: &Shape) -> String {
    let number = |n: Option<usize>| n.map(|n| n.to_string());
    let mut parts = Vec::new();
    parts.extend(between(limits.range.0.clone(), limits.range.1.clone(), ""));
    // An id or a time has no other form, even if the description gives one.
    if matches!(shape, Shape::Text) {
        let pattern = limits.pattern.as_deref();
        let told = pattern.and_then(characters);
        if told.is_none() {
            parts.extend(between(number(limits.length.0), number(limits.length.1), " characters"));
        }
        parts.extend(told.or_else(|| pattern.map(|pattern| format!("matching `{pattern}`"))));
    }
    let unit = if limits.count.1.is_some() { " values" } else { "" };
    parts.extend(between(number(limits.count.0), number(limits.count.1), unit));
    if limits.unique {
        parts.push("no duplicates".to_owned());
    }
    parts.join(", ")
}

fn between(low: Option<String>, high: Option<String>, unit: &str) -> Option<String> {
    let text = match (low.as_deref(), high.as_deref()) {
        (Some(low), Some(high)) if low == high => format!("exactly {low}"),
        (Some("0"), Some(high)) if !unit.is_empty() => format!("at most {high}"),
        (Some("0"), None) if !unit.is_empty() => return None,
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("at least {low}"),
        (None, Some(high)) => format!("at most {high}"),
        (None, None) => return None,
    };
    Some(if text.ends_with(" 1") { format!("{text}{}", unit.trim_end_matches('s')) } else { format!("{text}{unit}") })
}

/// A pattern that is a count of characters of some kinds, in words.
fn characters(pattern: &str) -> Option<String> {
    let (class, count) = pattern.strip_prefix("^[")?.strip_suffix('$')?.split_once(']')?;
    let kinds: &[&str] = match class {
        "0-9" => &["digits"],
        "A-Z" => &["capital letters"],
        "A-Za-z" | "a-zA-Z" => &["letters"],
        "A-Za-z0-9" | "a-zA-Z0-9" => &["letters", "digits"],
        "A-Za-z0-9_" | "a-zA-Z0-9_" => &["letters", "digits", "underscores"],
        "A-Za-z0-9_-" | "a-zA-Z0-9_-" => &["letters", "digits", "underscores", "hyphens"],
        _ => return None,
    };
    let kinds = match kinds {
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} or {last}", all.join(", ")),
        [] => return None,
    };
    let count = count.strip_prefix('{').and_then(|count| count.strip_suffix('}')).unwrap_or(count);
    match count.split_once(',') {
        Some((least, "")) => Some(format!("at least {least} {kinds}")),
        Some((least, most)) => Some(format!("{least} to {most} {kinds}")),
        None if count == "+" => Some(format!("nothing but {kinds}")),
        None => Some(format!("exactly {count} {kinds}")).filter(|_| count.parse::<u32>().is_ok()),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(limits: &Limits, shape: &Shape) -> String {
        sentences(limits, shape).join(" ")
    }

    #[test]
    fn limits_are_told_in_plain_words() {
        let text = |limits: Limits| told(&limits, &Shape::Text);
        assert_eq!(text(Limits { length: (Some(0), Some(280)), ..Limits::default() }), "At most 280 characters.");
        assert_eq!(text(Limits { default: Some("hour".to_owned()), ..Limits::default() }), "Default: `hour`.");
        assert_eq!(
            text(Limits { pattern: Some("^[A-Za-z0-9_]{1,15}$".to_owned()), ..Limits::default() }),
            "1 to 15 letters, digits or underscores."
        );
        assert_eq!(text(Limits { pattern: Some("^https://".to_owned()), ..Limits::default() }), "Matching `^https://`.");
        let range = Limits { range: (Some("1".to_owned()), Some("100".to_owned())), default: Some("10".to_owned()), ..Limits::default() };
        assert_eq!(told(&range, &Shape::Integer), "1 to 100. Default: `10`.");
    }

    #[test]
    fn limits_of_a_list_are_those_of_its_length_and_of_each_item() {
        let list = Shape::List(Box::new(Shape::Text));
        let limits = Limits { count: (Some(1), None), unique: true, ..Limits::default() };
        assert_eq!(told(&limits, &list), "At least 1, no duplicates.");
        let items = Limits { length: (None, Some(25)), ..Limits::default() };
        let limits = Limits { count: (Some(2), Some(4)), items: Some(Box::new(items)), ..Limits::default() };
        assert_eq!(told(&limits, &list), "2 to 4 values. Each at most 25 characters.");
    }

    #[test]
    fn an_id_is_not_told_its_form() {
        let limits = Limits { pattern: Some("^[0-9]{1,19}$".to_owned()), ..Limits::default() };
        assert_eq!(told(&limits, &Shape::Id("PostId".to_owned())), "");
    }
}
