//! The length of a text as X counts it.

use unicode_normalization::UnicodeNormalization as _;

use crate::search::entities;

/// What a link counts: X puts an address of this length in its place.
const LINK: usize = 23;

/// Code points that count once; all others, Chinese and emoji among them, count twice.
///
/// X also counts an emoji of several code points as 2. That is left out.
fn weight(character: char) -> usize {
    match u32::from(character) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

/// How a letter with an accent was typed makes no difference.
pub(crate) fn weighted_length(text: &str) -> usize {
    let text: String = text.nfc().collect();
    let length = |text: &str| text.chars().map(weight).sum::<usize>();
    entities(&text).urls.iter().fold(length(&text), |sum, link| sum - length(&link.text) + LINK)
}

#[cfg(test)]
mod tests {
    use super::weighted_length;

    #[test]
    fn latin_counts_once_and_chinese_twice() {
        assert_eq!(weighted_length("Zürich"), 6);
        assert_eq!(weighted_length("Zu\u{308}rich"), 6);
        assert_eq!(weighted_length("推特"), 4);
    }

    #[test]
    fn a_link_counts_the_same_whatever_its_length() {
        let long = format!("https://example.com/{}", "推".repeat(300));
        for link in ["http://x.de", long.as_str()] {
            assert_eq!(weighted_length(link), 23, "{link}");
            assert_eq!(weighted_length(&format!("tea: {link}, {link}.")), 5 + 23 + 2 + 23 + 1);
        }
        assert_eq!(weighted_length("example"), 7);
    }
}
