//! The length of a text as X counts it.

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::search::entities;

/// Length of a link: X puts an address of this length in its place.
const LINK: usize = 23;

/// Length of an emoji, of however many code points.
const EMOJI: usize = 2;

/// Code points that make one emoji of several: joiners, variants, keycaps, skin tones, flags.
const JOINED: [RangeInclusive<u32>; 6] =
    [0x200d..=0x200d, 0xfe0f..=0xfe0f, 0x20e3..=0x20e3, 0x1f3fb..=0x1f3ff, 0x1f1e6..=0x1f1ff, 0xe0020..=0xe007f];

/// Code points that count once; all others, Chinese and emoji among them, count twice.
fn weight(character: char) -> usize {
    match u32::from(character) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

fn plain(text: &str) -> usize {
    text.chars().map(weight).sum()
}

/// Returns whether a cluster of code points is one emoji. Some scripts join letters by the same means.
fn is_emoji(cluster: &str) -> bool {
    let has = |wanted: u32| cluster.chars().any(|character| u32::from(character) == wanted);
    let joined = || cluster.chars().skip(1).any(|character| JOINED.iter().any(|range| range.contains(&u32::from(character))));
    let of_letters = cluster.chars().next().is_none_or(|first| weight(first) == 1) && !has(0x20e3);
    !of_letters && joined()
}

/// How a letter with an accent was typed makes no difference.
pub(crate) fn weighted_length(text: &str) -> usize {
    let text: String = text.nfc().collect();
    let length = |text: &str| text.graphemes(true).map(|cluster| if is_emoji(cluster) { EMOJI } else { plain(cluster) }).sum::<usize>();
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
    fn an_emoji_counts_twice_whatever_it_is_made_of() {
        for emoji in ["😀", "👍🏽", "👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "🇩🇪", "7\u{fe0f}\u{20e3}", "🏴\u{e0067}\u{e0062}\u{e007f}"]
        {
            assert_eq!(weighted_length(emoji), 2, "{emoji}");
            assert_eq!(weighted_length(&format!("a{emoji}{emoji}")), 5, "{emoji}");
        }
        // Letters that are joined are letters.
        assert_eq!(weighted_length("\u{0d9a}\u{0dca}\u{200d}\u{0dbb}"), 4);
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
