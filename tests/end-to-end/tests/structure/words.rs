//! The words and signs of a source file, without comments, texts and unit tests.

#[derive(Clone, PartialEq, Debug)]
pub struct Word {
    /// A name, a keyword, `::`, or any other sign by itself.
    pub text: String,
    pub line: usize,
}

/// Splits a source into words.
pub fn words(source: &str) -> Vec<Word> {
    let text: Vec<char> = source.chars().collect();
    let mut words: Vec<Word> = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&c) = text.get(at) {
        let start = at;
        let next = text.get(at + 1).copied();
        match c {
            '/' if next == Some('/') => at = find(&text, at, |rest| rest.starts_with(&['\n'])),
            '/' if next == Some('*') => {
                let mut depth = 0;
                while at < text.len() {
                    match text.get(at..at + 2) {
                        Some(['/', '*']) => (depth, at) = (depth + 1, at + 2),
                        Some(['*', '/']) => (depth, at) = (depth - 1, at + 2),
                        _ => at += 1,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            '"' => at = after_text(&text, at),
            // A character, and not a lifetime.
            '\'' if next == Some('\\') => at = find(&text, at + 3, |rest| rest.starts_with(&['\''])) + 1,
            '\'' if text.get(at + 2) == Some(&'\'') => at += 3,
            ':' if next == Some(':') => at += 2,
            _ if c.is_alphabetic() || c == '_' || c.is_ascii_digit() => {
                at = find(&text, at, |rest| !rest[0].is_alphanumeric() && rest[0] != '_');
                let word: String = text[start..at].iter().collect();
                let is_raw = matches!(word.as_str(), "r" | "br" | "cr");
                match text.get(at) {
                    Some('"') if is_raw => at = find(&text, at + 1, |rest| rest.starts_with(&['"'])) + 1,
                    Some('"') if matches!(word.as_str(), "b" | "c") => at = after_text(&text, at),
                    Some('#') if is_raw && matches!(text.get(at + 1), Some('"' | '#')) => {
                        let content = find(&text, at, |rest| rest[0] != '#');
                        let mut end = vec!['"'];
                        end.resize(content - at + 1, '#');
                        at = find(&text, content + 1, |rest| rest.starts_with(&end)) + end.len();
                    }
                    // `r#type`
                    Some('#') if word == "r" => at += 1,
                    _ => words.push(Word { text: word, line }),
                }
            }
            _ => at += 1,
        }
        let read = &text[start..at.min(text.len())];
        let is_sign = !(c.is_alphanumeric()
            || c == '_'
            || c.is_whitespace()
            || c == '"'
            || matches!(read, ['/', '/' | '*', ..])
            || matches!(read, ['\'', .., '\'']));
        if is_sign {
            words.push(Word { text: read.iter().collect(), line });
        }
        line += read.iter().filter(|c| **c == '\n').count();
    }
    words
}

/// The first position from `at` on where the rest of the text fulfils a condition; its end if there is none.
fn find(text: &[char], at: usize, condition: impl Fn(&[char]) -> bool) -> usize {
    (at..text.len()).find(|at| condition(&text[*at..])).unwrap_or(text.len())
}

/// The position after a text in quotation marks.
fn after_text(text: &[char], at: usize) -> usize {
    let mut at = at + 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Leaves out all items with `#[cfg(test)]`.
pub fn without_tests(words: Vec<Word>) -> Vec<Word> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let begins = |position: usize, texts: &[&str]| {
            texts.iter().enumerate().all(|(index, text)| words.get(position + index).is_some_and(|word| word.text == *text))
        };
        if begins(at, &["#", "[", "cfg", "(", "test", ")", "]"]) {
            at = end_of_item(&words, at + 7);
        } else {
            kept.push(words[at].clone());
            at += 1;
        }
    }
    kept
}

/// The position after the item that begins here: after its semicolon, or after its braces.
fn end_of_item(words: &[Word], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, word) in words.iter().enumerate().skip(start) {
        match word.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" if depth == 1 => return index + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    words.len()
}
