//! Texts as words: how X compares keywords and phrases with the text of a post.

use std::fmt;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Product;

/// A text cut into words, in lower case. Punctuation only separates them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    folded: String,
    ranges: Vec<Range<usize>>,
}

/// The effect of a character on the word it is in.
enum Class {
    /// It is part of a word.
    Letter,
    /// It is a word: an emoji, or a letter of a script that puts no spaces between words.
    Alone,
    /// It is nothing by itself: a variant of an emoji.
    Ignored,
    /// It ends a word.
    Separator,
}

fn class(character: char) -> Class {
    match character {
        // Variation selectors and skin tones.
        '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' => Class::Ignored,
        // Arrows, technical symbols, dingbats, pictographs.
        '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' => Class::Alone,
        // Thai, kana and the ideographs.
        '\u{0E00}'..='\u{0E7F}'
        | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' => Class::Alone,
        _ if character.is_alphanumeric() || is_combining_mark(character) => Class::Letter,
        _ => Class::Separator,
    }
}

/// A text without regard to case and, in search, to accents.
pub(super) fn fold(text: &str, product: Product) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    match product {
        // Composed again, because kana and Hangul have parts that are no accents.
        Product::Search => text.to_lowercase().nfd().filter(|&c| !is_accent(c)).nfc().collect(),
        Product::Rules => text.to_lowercase().nfc().collect(),
    }
}

/// The accents of Latin, Greek and Cyrillic; the marks of other scripts are parts of their letters.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036F}')
}

impl Words {
    pub(super) fn new(text: &str, product: Product) -> Self {
        let folded = fold(text, product);
        let mut ranges = Vec::new();
        let mut start = None;
        for (at, character) in folded.char_indices() {
            match class(character) {
                Class::Letter => {
                    start.get_or_insert(at);
                    continue;
                }
                Class::Ignored => continue,
                Class::Separator => ranges.extend(start.take().map(|start| start..at)),
                Class::Alone => {
                    ranges.extend(start.take().map(|start| start..at));
                    ranges.push(at..at + character.len_utf8());
                }
            }
        }
        ranges.extend(start.map(|start| start..folded.len()));
        Self { folded, ranges }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The number of words.
    fn len(&self) -> usize {
        self.ranges.len()
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().map(|range| &self.folded[range.clone()])
    }

    /// Returns whether the words of a phrase stand here one after the other.
    fn contains(&self, phrase: &Words) -> bool {
        let same = |window: &[Range<usize>]| window.iter().map(|range| &self.folded[range.clone()]).eq(phrase.iter());
        // A phrase has at least one word.
        self.ranges.windows(phrase.len().max(1)).any(same)
    }

    /// Returns whether the words of a phrase can be put in their places here by moving them `distance` steps in total: two words in order may have so
    /// many others between them, and two fewer in reverse order.
    fn contains_near(&self, phrase: &Words, distance: usize) -> bool {
        // Where the phrase would begin, for each place of each of its words. All must begin nearly at one point.
        let mut begins: Vec<(usize, usize)> = Vec::new();
        for (offset, word) in phrase.iter().enumerate() {
            let places = self.iter().enumerate().filter(|(_, here)| *here == word);
            begins.extend(places.map(|(place, _)| (place + phrase.len() - offset, offset)));
        }
        begins.sort_unstable();
        let mut seen = vec![0_usize; phrase.len()];
        let mut missing = phrase.len();
        let mut first = 0;
        for &(begin, offset) in &begins {
            missing -= usize::from(seen[offset] == 0);
            seen[offset] += 1;
            while begin - begins[first].0 > distance {
                let gone = begins[first].1;
                seen[gone] -= 1;
                missing += usize::from(seen[gone] == 0);
                first += 1;
            }
            if missing == 0 {
                return true;
            }
        }
        false
    }
}

/// Words to be found in a text: all of them, in order, side by side unless a distance is allowed.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    text: String,
    words: Words,
    distance: Option<u8>,
}

/// The words follow from the text.
impl PartialEq for Phrase {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.distance) == (&other.text, other.distance)
    }
}

impl Phrase {
    /// `None` if there is no word in the text.
    pub(super) fn new(text: String, product: Product) -> Option<Self> {
        let words = Words::new(&text, product);
        (!words.is_empty()).then_some(Self { text, words, distance: None })
    }

    pub(super) fn within(self, distance: u8) -> Self {
        Self { distance: Some(distance), ..self }
    }

    pub(super) fn is_in(&self, words: &Words) -> bool {
        match self.distance {
            None => words.contains(&self.words),
            Some(distance) => words.contains_near(&self.words, distance.into()),
        }
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.distance {
            None => f.write_str(&shown(&self.text)),
            Some(distance) => write!(f, "{}~{distance}", quoted(&self.text)),
        }
    }
}

/// Returns whether a word would be read as a logical operator, or as a mistake for one.
pub(super) fn is_logical(word: &str) -> bool {
    word.eq_ignore_ascii_case("or") || word.eq_ignore_ascii_case("and")
}

/// A text as it is written in a query: in quotes unless it is a plain word.
pub(super) fn shown(text: &str) -> String {
    let plain = !is_logical(text) && text.chars().all(char::is_alphanumeric);
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
