//! The length of a text as X counts it.

/// Code points that count once; all others, Chinese and emoji among them, count twice.
///
/// X also counts any link as 23 and an emoji of several code points as 2. That is left out.
fn weight(character: char) -> usize {
    match u32::from(character) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

pub(crate) fn weighted_length(text: &str) -> usize {
    text.chars().map(weight).sum()
}

#[cfg(test)]
mod tests {
    use super::weighted_length;

    #[test]
    fn latin_counts_once_and_chinese_twice() {
        assert_eq!(weighted_length("Zürich"), 6);
        assert_eq!(weighted_length("推特"), 4);
    }
}
