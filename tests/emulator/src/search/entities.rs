//! Hashtags, cashtags, mentions and links in a text.

use unicode_normalization::char::is_combining_mark;

/// Something that a text contains, and where: `start` and the exclusive `end` count characters, as X does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Without the sign in front, or the address of a link.
    pub(crate) text: String,
}

/// All that was found in a text, each kind in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entities {
    pub(crate) hashtags: Vec<Tag>,
    pub(crate) cashtags: Vec<Tag>,
    pub(crate) mentions: Vec<Tag>,
    pub(crate) urls: Vec<Tag>,
}

/// The longest username.
const USERNAME: usize = 15;
/// The longest cashtag, and the longest part of it after a dot.
const CASHTAG: usize = 6;
const CASHTAG_SUFFIX: usize = 2;

/// Finds the entities of a text. X also takes a bare `example.com` for a link; here a link begins with `http://` or `https://`.
pub(crate) fn entities(text: &str) -> Entities {
    let chars: Vec<char> = text.chars().collect();
    let mut entities = Entities::default();
    let mut at = 0;
    while let Some(&sign) = chars.get(at) {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let rest = &chars[at + 1..];
        // How many characters after the sign belong to it; a link is all of itself.
        let (found, kind) = match sign {
            'h' | 'H' => (url(before, &chars[at..]).map(|length| length - 1), &mut entities.urls),
            '#' | '＃' => (hashtag(before, rest), &mut entities.hashtags),
            '@' | '＠' => (mention(before, rest), &mut entities.mentions),
            '$' => (cashtag(before, rest), &mut entities.cashtags),
            _ => (None, &mut entities.urls),
        };
        let Some(length) = found else {
            at += 1;
            continue;
        };
        let end = at + 1 + length;
        let start_of_text = if matches!(sign, 'h' | 'H') { at } else { at + 1 };
        kind.push(Tag { start: at, end, text: chars[start_of_text..end].iter().collect() });
        at = end;
    }
    entities
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || is_combining_mark(character)
}

/// The number of characters at the beginning that fulfil a condition.
fn run(chars: &[char], condition: impl Fn(char) -> bool) -> usize {
    chars.iter().take_while(|&&character| condition(character)).count()
}

fn hashtag(before: Option<char>, rest: &[char]) -> Option<usize> {
    if before.is_some_and(|before| is_word(before) || matches!(before, '&' | '#' | '＃')) {
        return None;
    }
    let length = run(rest, is_word);
    // A number alone is none. Nor is a mark, though some are called alphabetic.
    rest[..length].iter().any(|&character| character.is_alphabetic() && !is_combining_mark(character)).then_some(length)
}

fn mention(before: Option<char>, rest: &[char]) -> Option<usize> {
    if before.is_some_and(|before| is_word(before) || matches!(before, '!' | '#' | '$' | '%' | '&' | '*' | '@' | '＠')) {
        return None;
    }
    let length = run(&rest[..rest.len().min(USERNAME + 1)], |character| character.is_ascii_alphanumeric() || character == '_');
    let ended = rest.get(length).is_none_or(|&next| !is_word(next) && !matches!(next, '@' | '＠'));
    ((1..=USERNAME).contains(&length) && ended).then_some(length)
}

fn cashtag(before: Option<char>, rest: &[char]) -> Option<usize> {
    if before.is_some_and(|before| !before.is_whitespace()) {
        return None;
    }
    let letters =
        |chars: &[char], limit: usize| Some(run(chars, |c| c.is_ascii_alphabetic())).filter(|length| (1..=limit).contains(length));
    let mut length = letters(rest, CASHTAG)?;
    if matches!(rest.get(length), Some('.' | '_')) {
        length += letters(&rest[length + 1..], CASHTAG_SUFFIX).map_or(0, |suffix| 1 + suffix);
    }
    rest.get(length).is_none_or(|&next| !is_word(next) && next != '$').then_some(length)
}

/// The length of the link that `chars` begin with.
fn url(before: Option<char>, chars: &[char]) -> Option<usize> {
    if before.is_some_and(|before| is_word(before) || matches!(before, '@' | '＠' | '#' | '＃' | '$')) {
        return None;
    }
    let scheme = ["https://", "http://"].iter().find(|scheme| {
        chars.len() > scheme.len() && scheme.chars().zip(chars).all(|(expected, character)| character.eq_ignore_ascii_case(&expected))
    })?;
    let host_and_rest = &chars[scheme.len()..];
    let host = &host_and_rest[..run(host_and_rest, |character| character.is_alphanumeric() || matches!(character, '-' | '.'))];
    let mut labels = host.split(|&character| character == '.').rev().skip_while(|label| label.is_empty());
    // At least a domain below a top-level domain: `http://localhost` is no link on X.
    let top_level = labels.next()?;
    if top_level.len() < 2 || !top_level.iter().all(|c| c.is_alphabetic()) || labels.next().is_none_or(<[char]>::is_empty) {
        return None;
    }
    let length = scheme.len() + run(host_and_rest, |character| !character.is_whitespace() && !matches!(character, '<' | '>' | '"'));
    Some(without_punctuation(&chars[..length]))
}

/// The length of a link without the punctuation of the sentence round it.
fn without_punctuation(link: &[char]) -> usize {
    let count = |sign: char| link.iter().filter(|&&character| character == sign).count();
    // Closing parentheses stay if they have been opened in the link.
    let mut surplus = count(')').saturating_sub(count('('));
    let mut length = link.len();
    while let Some(last) = length.checked_sub(1).map(|last| link[last]) {
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…' | '*' | ']' | '}' | '。' | '、' | '」' | '）' | '”' | '’' => {}
            ')' if surplus > 0 => surplus -= 1,
            _ => break,
        }
        length -= 1;
    }
    length
}
