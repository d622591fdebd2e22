//! Query strings.

use std::collections::BTreeSet;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::dialect::{Dialect, canonical};

/// A decoded query string, in the order it was sent.
#[derive(Debug, Default, Clone)]
pub(crate) struct Query(Vec<(String, String)>);

/// Percent-decoding; bytes that are not UTF-8 become replacement characters, which then fail the check of their parameter.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Query {
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let pairs = text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let pair = pair.replace('+', " ");
            let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
            (decode(name), decode(value))
        };
        Self(pairs.map(pair).collect())
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The dialect that its names are of, if any is of one only. Where it mixes both, the current one wins.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        let listed = self.pairs().filter(|(name, _)| is_names(name)).flat_map(|(_, value)| value.split(','));
        let names = self.pairs().map(|(name, _)| name).chain(listed);
        names.filter_map(Dialect::of).min_by_key(|dialect| *dialect == Dialect::Tweet)
    }

    /// The same under current names; values that are given in both dialects are joined.
    pub(crate) fn canonical(self) -> Self {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in self.0 {
            let value = if is_names(&name) { value.split(',').map(canonical).collect::<Vec<_>>().join(",") } else { value };
            let name = canonical(&name).to_owned();
            match pairs.iter_mut().find(|(other, _)| is_names(&name) && *other == name) {
                Some((_, other)) => *other = format!("{other},{value}"),
                None => pairs.push((name, value)),
            }
        }
        Self(pairs)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The items of a list, whether they are joined by commas or each under the name again.
    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).flat_map(|(_, value)| value.split(','))
    }

    pub(crate) fn set(&self, name: &str) -> BTreeSet<String> {
        self.list(name).map(str::to_owned).collect()
    }

    pub(crate) fn integer(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        self.integer(name)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        self.get(name)?.parse().ok()
    }
}

/// Returns whether a parameter lists names of fields, which come in two dialects.
fn is_names(name: &str) -> bool {
    name.ends_with(".fields") || name == "expansions"
}

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::dialect::Dialect;

    #[test]
    fn the_dialect_is_told_by_names_that_only_one_of_them_has() {
        for (query, dialect) in [
            ("", None),
            ("user.fields=created_at", None),
            ("tweet.fields=created_at", Some(Dialect::Tweet)),
            ("post.fields=created_at", Some(Dialect::Post)),
            ("expansions=author_id,referenced_tweets.id", Some(Dialect::Tweet)),
            ("user.fields=pinned_post_id", Some(Dialect::Post)),
            ("user.fields=pinned_tweet_id&post.fields=id", Some(Dialect::Post)),
            ("query=tweets", None),
        ] {
            assert_eq!(Query::parse(Some(query)).dialect(), dialect, "{query}");
        }
    }

    #[test]
    fn names_are_read_as_current_ones_and_both_dialects_are_joined() {
        let query = Query::parse(Some("tweet.fields=note_tweet,id&post.fields=lang&query=tweets")).canonical();
        assert_eq!(query.list("post.fields").collect::<Vec<_>>(), ["note_post", "id", "lang"]);
        assert_eq!(query.get("query"), Some("tweets"));
    }

    #[test]
    fn text_is_decoded_and_a_plus_is_a_space() {
        let query = Query::parse(Some("query=a%2Bb+c%26&empty&ids=1&ids=2,3"));
        assert_eq!(query.get("query"), Some("a+b c&"));
        assert_eq!(query.get("empty"), Some(""));
        assert_eq!(query.list("ids").collect::<Vec<_>>(), ["1", "2", "3"]);
    }
}
