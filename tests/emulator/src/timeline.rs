//! Pages of a list that runs from the newest post to the oldest.

use std::ops::Range;

use crate::state::{Post, PostId, UserId};

/// Where a page lies. It names a post and not a position, so that posts made or deleted between two pages neither repeat nor
/// hide others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// The page of posts older than this one.
    Older(PostId),
    /// The page of posts newer than this one, up to it.
    Newer(PostId),
}

/// Keeps callers from reading ids out of tokens; it is no secret.
const MASK: u64 = 0x5eed_ab1e_c0de_f00d;

impl Cursor {
    /// The token for this page of the list of `owner`.
    pub(crate) fn token(self, owner: UserId) -> String {
        let (kind, post) = match self {
            Self::Older(post) => ('b', post),
            Self::Newer(post) => ('c', post),
        };
        format!("7140{kind}{:016x}{:016x}", post ^ MASK, owner ^ MASK.rotate_left(32))
    }

    /// Reads a token back; that of another list is none.
    pub(crate) fn parse(token: &str, owner: UserId) -> Option<Self> {
        let post = u64::from_str_radix(token.get(5..21)?, 16).ok()? ^ MASK;
        let cursor = if token.starts_with("7140b") { Self::Older(post) } else { Self::Newer(post) };
        // Whatever was not written by `token` does not come out of it again.
        (cursor.token(owner) == token).then_some(cursor)
    }

    /// Which of `posts`, the newest first, are on the page.
    pub(crate) fn range(cursor: Option<Self>, posts: &[&Post], size: usize) -> Range<usize> {
        let start = match cursor {
            None => 0,
            Some(Self::Older(id)) => posts.partition_point(|post| post.id >= id),
            Some(Self::Newer(id)) => {
                let end = posts.partition_point(|post| post.id > id);
                return end.saturating_sub(size)..end;
            }
        };
        start..start.saturating_add(size).min(posts.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_token_is_read_back_for_its_own_list_only() {
        for cursor in [Cursor::Older(1_900_000_000_000_000_001), Cursor::Newer(7)] {
            let token = cursor.token(42);
            assert_eq!(Cursor::parse(&token, 42), Some(cursor));
            assert_eq!(Cursor::parse(&token, 43), None);
        }
    }

    #[test]
    fn nothing_else_is_a_token() {
        let token = Cursor::Older(7).token(42);
        let changed = token.replace("7140b", "7140x");
        for text in ["", "7140b", "nonsense", &token[1..], &format!("{token}0"), &token.to_uppercase(), &changed, "äöüäöüäöüäöüäöü"]
        {
            assert_eq!(Cursor::parse(text, 42), None, "{text}");
        }
    }
}
