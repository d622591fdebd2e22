//! Path templates: `/2/circles/{circle_id}/liked`.

use syn::LitStr;

use crate::report::Report;

/// The names of the placeholders of a path, in order. Mistakes are reported at the whole literal, whose parts have no spans.
pub(crate) fn placeholders(path: &LitStr, report: &mut Report) -> Vec<String> {
    let text = path.value();
    let mut complain = |message: String| report.add(path.span(), message);
    if text.contains("://") {
        complain("the path stands alone, without scheme and host".to_owned());
    } else if !text.starts_with('/') {
        complain(format!("a path begins with `/`: write \"/{text}\""));
    }
    if let Some(odd) = text.chars().find(|c| c.is_whitespace() || c.is_control() || matches!(c, '#' | '\\' | '"' | '<' | '>')) {
        complain(format!("{odd:?} cannot stand in a path: percent-encode it"));
    }
    if text.split('?').next().unwrap_or_default().split('/').any(|segment| matches!(segment, "." | "..")) {
        complain("a path has no steps to other directories, `.` or `..`".to_owned());
    }

    let mut names: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let after = &rest[at + 1..];
        if rest[at..].starts_with('}') {
            complain("`}` closes nothing: a placeholder is `{name}`".to_owned());
            rest = after;
            continue;
        }
        let Some(end) = after.find(['{', '}', '/']).filter(|end| after[*end..].starts_with('}')) else {
            let name = after.split(['{', '/']).next().unwrap_or_default();
            complain(format!("the placeholder `{{{name}` is not closed: write `{{{name}}}`"));
            rest = after;
            continue;
        };
        let name = &after[..end];
        rest = &after[end + 1..];
        if name.is_empty() {
            complain("the placeholder `{}` has no name: an argument is bound to it by name".to_owned());
        } else if !is_name(name) {
            complain(format!("`{{{name}}}` is not a placeholder: its name is made of letters, digits and `_`"));
        } else if names.iter().any(|known| known == name) {
            complain(format!("the placeholder `{{{name}}}` occurs twice"));
        } else {
            names.push(name.to_owned());
        }
    }
    names
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn read(text: &str) -> (Vec<String>, String) {
        let mut report = Report::default();
        let names = placeholders(&LitStr::new(text, Span::call_site()), &mut report);
        (names, report.into_tokens().unwrap_or_default().to_string())
    }

    #[test]
    fn placeholders_are_found_in_order() {
        let (names, errors) = read("/2/users/{id}/lists/{list_id}:{kind}?command={command}");
        assert_eq!((names.as_slice(), errors.as_str()), (["id", "list_id", "kind", "command"].map(String::from).as_slice(), ""));
    }

    #[test]
    fn each_way_to_be_malformed_is_told_apart() {
        for (path, expected) in [
            ("2/users", "begins with `/`"),
            ("https://api.x.com/2", "without scheme"),
            ("/2/{id", "`{id` is not closed"),
            ("/2/{id/x}", "`{id` is not closed"),
            ("/2/{a{b}}", "`{a` is not closed"),
            ("/2/id}", "closes nothing"),
            ("/2/{}", "has no name"),
            ("/2/{a-b}", "`{a-b}` is not a placeholder"),
            ("/2/{1}", "`{1}` is not a placeholder"),
            ("/2/{id}/{id}", "occurs twice"),
            ("/2/a b", "cannot stand in a path"),
            ("/2/../x", "`..`"),
        ] {
            let (_, errors) = read(path);
            assert!(errors.contains(expected), "{path}: {errors}");
        }
    }

    #[test]
    fn all_mistakes_of_a_path_are_reported() {
        let (names, errors) = read("2/{}/{id}/{id}");
        assert_eq!(names, ["id"]);
        assert_eq!(errors.matches("compile_error").count(), 3, "{errors}");
    }
}
