//! Collects mistakes, so that all of them are reported at once.

use proc_macro2::{Span, TokenStream};
use syn::Error;

/// The mistakes of one use of the macro.
#[derive(Default)]
pub(crate) struct Report(Option<Error>);

impl Report {
    pub(crate) fn add(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(Error::new(span, message));
    }

    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value of a result; its error is kept here.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// The compile errors, if there are any.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        self.0.map(|errors| errors.into_compile_error())
    }
}

/// Returns `, did you mean …?` when one of the known words is close to the written one.
pub(crate) fn did_you_mean(written: &str, known: &[&str]) -> String {
    let near = known.iter().map(|word| (distance(&written.to_lowercase(), &word.to_lowercase()), word)).min();
    match near {
        Some((edits, word)) if edits <= 1 + written.chars().count() / 8 => format!(", did you mean `{word}`?"),
        _ => String::new(),
    }
}

/// Words in a row, as prose has them.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

/// How many letters have to be put in, taken out, changed or swapped to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<_>>()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["query", "header", "body"];
        for slip in ["qeury", "querry", "Query", "quer"] {
            assert_eq!(did_you_mean(slip, &known), ", did you mean `query`?", "{slip}");
        }
        for other in ["limit", "q", "serde", ""] {
            assert_eq!(did_you_mean(other, &known), "", "{other}");
        }
    }

    #[test]
    fn the_distance_counts_a_swap_as_one() {
        assert_eq!(distance("scopes", "scpoes"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
