//! Pages of a list.

use std::ops::{Range, RangeInclusive};

use serde_json::{Map, Value};

use super::{Call, Problem};
use crate::problem::invalid;

/// The parameters that tokens come in.
pub(super) const TOKENS: [&str; 2] = ["pagination_token", "next_token"];

/// Where a page lies. It names an item and not a position, so that items made or deleted between two pages neither repeat nor hide others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    /// The page of items after this one.
    After(u64),
    /// The page of items before this one.
    Before(u64),
}

/// Keeps callers from reading ids out of tokens; it is no secret.
const MASK: u64 = 0x5eed_ab1e_c0de_f00d;

impl Cursor {
    /// The token for this page of one list, in as many digits where the description wants digits.
    fn token(self, list: u64, digits: Option<u32>) -> String {
        let (kind, key) = match self {
            Self::After(key) => ('b', key),
            Self::Before(key) => ('c', key),
        };
        let hexadecimal = || format!("7140{kind}{:016x}{:016x}", key ^ MASK, list ^ MASK.rotate_left(32));
        digits.and_then(|digits| self.number(list, digits)).map_or_else(hexadecimal, |number| number.to_string())
    }

    /// Of short lists, which are those of made data, all of a token fits into a few digits.
    fn number(self, list: u64, digits: u32) -> Option<u64> {
        let (kind, key) = match self {
            Self::After(key) => (0, key),
            Self::Before(key) => (1, key),
        };
        let lists = 10_u64.checked_pow(digits.checked_sub(3)?)?;
        (key < 500).then(|| list % lists * 1000 + key * 2 + kind)
    }

    /// Reads a token back; that of another list is none.
    fn parse(token: &str, list: u64, digits: Option<u32>) -> Option<Self> {
        let number = || {
            let place = token.parse::<u64>().ok()? % 1000;
            Some(if place % 2 == 0 { Self::After(place / 2) } else { Self::Before(place / 2) })
        };
        let hexadecimal = || {
            let key = u64::from_str_radix(token.get(5..21)?, 16).ok()? ^ MASK;
            Some(if token.starts_with("7140b") { Self::After(key) } else { Self::Before(key) })
        };
        // A text that `token` has not written is refused.
        hexadecimal().or_else(number).filter(|cursor| cursor.token(list, digits) == token)
    }

    /// Which items are on the page. Their keys fall from the first to the last.
    fn range(cursor: Option<Self>, keys: &[u64], size: usize) -> Range<usize> {
        let start = match cursor {
            None => 0,
            Some(Self::After(key)) => keys.partition_point(|other| *other >= key),
            Some(Self::Before(key)) => {
                let end = keys.partition_point(|other| *other > key);
                return end.saturating_sub(size)..end;
            }
        };
        start..start.saturating_add(size).min(keys.len())
    }
}

/// How many digits the tokens of a list may have, if the description wants them to be digits.
fn digits(call: &Call<'_>) -> Option<u32> {
    let parameters = call.operation.parameters.iter().filter(|parameter| TOKENS.contains(&&*parameter.name));
    let patterns = parameters.filter_map(|parameter| parameter.schema()["pattern"].as_str());
    patterns.filter_map(|pattern| pattern.strip_prefix("^[0-9]{1,")?.strip_suffix("}$")?.parse().ok()).next()
}

/// A page, and its `meta`.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) meta: Map<String, Value>,
}

impl<T> Page<T> {
    /// The page of a list that a call asks for. Each item comes with its key: a number that falls from item to item and never changes, such as
    /// the id of a post or the moment of a like.
    pub(crate) fn of(call: &Call<'_>, list: impl Iterator<Item = (u64, T)>) -> Result<Self, Problem> {
        Self::sized(call, list, call.page_size())
    }

    /// The same, with so many items of a list that has one for each key of a range. There may be very many of them: only those on the page, and those
    /// that tell whether there are others, are made.
    pub(crate) fn dense(
        call: &Call<'_>,
        keys: RangeInclusive<u64>,
        size: usize,
        item: impl FnMut(u64) -> (u64, T),
    ) -> Result<Self, Problem> {
        let (first, last) = keys.into_inner();
        let reach = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1);
        let near = match Self::cursor(call)? {
            None => last.saturating_sub(reach)..=last,
            Some(Cursor::After(key)) => key.saturating_sub(reach)..=key,
            Some(Cursor::Before(key)) => key..=key.saturating_add(reach),
        };
        let (from, to) = (first.max(*near.start()), last.min(*near.end()));
        Self::sized(call, (from..=to).rev().map(item), size)
    }

    fn cursor(call: &Call<'_>) -> Result<Option<Cursor>, Problem> {
        let Some((name, token)) = TOKENS.into_iter().find_map(|name| Some((name, call.query.get(name)?))) else {
            return Ok(None);
        };
        Cursor::parse(token, call.list_scope(), digits(call)).map(Some).ok_or_else(|| {
            let message = format!(
                "The `{name}` query parameter value is not a token of this list: send it as the user who got it, with the same parameters as before."
            );
            Problem::invalid_request(vec![invalid(name, &[token], message)])
        })
    }

    /// The items of a list up to the first behind the page, which shows that there are more. To find each may take long.
    fn needed(cursor: Option<Cursor>, list: impl Iterator<Item = (u64, T)>, size: usize) -> (Vec<u64>, Vec<T>) {
        let mut missing = match cursor {
            Some(Cursor::Before(_)) => 1,
            None | Some(Cursor::After(_)) => size.saturating_add(1),
        };
        let counts = |key| match cursor {
            None => true,
            Some(Cursor::After(last)) => key < last,
            Some(Cursor::Before(first)) => key <= first,
        };
        let (mut keys, mut items) = (Vec::new(), Vec::new());
        for (key, item) in list {
            keys.push(key);
            items.push(item);
            missing -= usize::from(counts(key));
            if missing == 0 {
                break;
            }
        }
        (keys, items)
    }

    /// The same, with so many items.
    fn sized(call: &Call<'_>, list: impl Iterator<Item = (u64, T)>, size: usize) -> Result<Self, Problem> {
        let (scope, digits) = (call.list_scope(), digits(call));
        let cursor = Self::cursor(call)?;
        let (keys, mut items) = Self::needed(cursor, list, size);
        let range = Cursor::range(cursor, &keys, size);
        let mut meta = Map::new();
        meta.insert("result_count".to_owned(), range.len().into());
        if let (Some(first), Some(last)) = (keys[range.clone()].first(), keys[range.clone()].last()) {
            if range.end < keys.len() {
                meta.insert("next_token".to_owned(), Cursor::After(*last).token(scope, digits).into());
            }
            if range.start > 0 {
                meta.insert("previous_token".to_owned(), Cursor::Before(*first).token(scope, digits).into());
            }
        }
        items.truncate(range.end);
        items.drain(..range.start);
        Ok(Self { items, meta })
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Page};

    #[test]
    fn a_token_is_read_back_for_its_own_list_only() {
        for cursor in [Cursor::After(1_900_000_000_000_000_001), Cursor::Before(7)] {
            for digits in [None, Some(10)] {
                let token = cursor.token(42, digits);
                assert_eq!(Cursor::parse(&token, 42, digits), Some(cursor));
                assert_eq!(Cursor::parse(&token, 43, digits), None);
            }
        }
        let (first, last) = (Cursor::After(25).token(u64::MAX, Some(10)), Cursor::Before(499).token(9_999_999, Some(10)));
        assert!([first, last].iter().all(|token| token.len() <= 10 && token.bytes().all(|byte| byte.is_ascii_digit())));
    }

    #[test]
    fn nothing_else_is_a_token() {
        let token = Cursor::After(7).token(42, None);
        let changed = token.replace("7140b", "7140x");
        for text in ["", "7140b", "nonsense", &token[1..], &format!("{token}0"), &token.to_uppercase(), &changed, "äöüäöüäöüäöüäöü"]
        {
            assert_eq!(Cursor::parse(text, 42, None), None, "{text}");
        }
    }

    #[test]
    fn no_more_of_a_list_is_made_than_a_page_needs() {
        let made = |cursor| Page::needed(cursor, (1..=100).rev().map(|key| (key, ())), 3).0.len();
        assert_eq!(made(None), 4);
        assert_eq!(made(Some(Cursor::After(91))), 14);
        assert_eq!(made(Some(Cursor::Before(91))), 10);
    }

    #[test]
    fn a_page_starts_behind_its_item_even_if_that_is_gone() {
        let keys = [9, 7, 5, 3];
        assert_eq!(Cursor::range(None, &keys, 3), 0..3);
        assert_eq!(Cursor::range(Some(Cursor::After(7)), &keys, 3), 2..4);
        assert_eq!(Cursor::range(Some(Cursor::After(6)), &keys, 1), 2..3);
        assert_eq!(Cursor::range(Some(Cursor::Before(5)), &keys, 1), 1..2);
        assert_eq!(Cursor::range(Some(Cursor::Before(4)), &keys, 9), 0..3);
        assert_eq!(Cursor::range(None, &[], 3), 0..0);
    }
}
