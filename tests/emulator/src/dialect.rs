//! X's two vocabularies. Inside the emulator everything has its current name ("post"); the older one ("tweet") exists at the edges only.

use serde_json::Value;

/// Which of X's two vocabularies an answer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// The current one: `post.fields`, `edit_history_post_ids`, `includes.posts`.
    Post,
    /// The older one: `tweet.fields`, `edit_history_tweet_ids`, `includes.tweets`.
    Tweet,
}

/// The names that differ: the current one, then the older one.
const SPELLINGS: &[(&str, &str)] = &[
    ("edit_history_post_ids", "edit_history_tweet_ids"),
    ("most_recent_post_id", "most_recent_tweet_id"),
    ("note_post", "note_tweet"),
    ("pinned_post_id", "pinned_tweet_id"),
    ("post.fields", "tweet.fields"),
    ("post_count", "tweet_count"),
    ("posts", "tweets"),
    ("referenced_posts", "referenced_tweets"),
    ("referenced_posts.id", "referenced_tweets.id"),
    ("referenced_posts.id.attachments.media_keys", "referenced_tweets.id.attachments.media_keys"),
    ("referenced_posts.id.author_id", "referenced_tweets.id.author_id"),
    ("repost_count", "retweet_count"),
    ("total_post_count", "total_tweet_count"),
];

/// The current name for a name of either dialect.
pub(crate) fn canonical(name: &str) -> &str {
    SPELLINGS.iter().find(|(_, old)| *old == name).map_or(name, |(current, _)| current)
}

/// The older name for a current name, if there is one.
pub(crate) fn older(name: &str) -> &str {
    SPELLINGS.iter().find(|(current, _)| *current == name).map_or(name, |(_, old)| old)
}

/// JSON with other names.
pub(crate) fn respelled(value: &Value, spell: &dyn Fn(&str) -> &str) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| respelled(item, spell)).collect(),
        Value::Object(object) => object.iter().map(|(name, value)| (spell(name).to_owned(), respelled(value, spell))).collect(),
        other => other.clone(),
    }
}

impl Dialect {
    /// The dialect that a name is of, if it is of one only.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let (current, _) = SPELLINGS.iter().find(|(current, old)| *current == name || *old == name)?;
        Some(if name == *current { Self::Post } else { Self::Tweet })
    }

    /// How a current name is written.
    pub(crate) fn spell(self, name: &str) -> &str {
        match self {
            Self::Post => name,
            Self::Tweet => older(name),
        }
    }
}
