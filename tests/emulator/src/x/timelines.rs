//! Lists of posts that belong to somebody or something.

use std::collections::BTreeSet;
use std::ops::Range;

use http::Method;
use jiff::Timestamp;

use super::{Answer, Call, Entry, Problem};
use crate::problem::invalid;
use crate::state::{Post, PostId, id_at, show_minute};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/users/{id}/tweets", of_user),
    (Method::GET, "/2/users/{id}/mentions", mentions),
    (Method::GET, "/2/users/{id}/timelines/reverse_chronological", home),
    (Method::GET, "/2/tweets/{id}/quote_tweets", quotes),
];

impl Call<'_> {
    /// `start_time` and `end_time`, which come in this order if there are both.
    pub(super) fn times(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), Problem> {
        let (start, end) = (self.query.time("start_time"), self.query.time("end_time"));
        if start.zip(end).is_some_and(|(start, end)| start >= end) {
            return Err(self.invalid_time("start_time", "must be before 'end_time'"));
        }
        Ok((start, end))
    }

    /// Blames a time in the words that X has for them.
    pub(super) fn invalid_time(&self, name: &str, fault: &str) -> Problem {
        let text = self.query.get(name).unwrap_or_default();
        let shown = self.query.time(name).map_or_else(|| text.to_owned(), show_minute);
        Problem::invalid_request(vec![invalid(name, &[&shown], format!("Invalid '{name}':'{shown}'. '{name}' {fault}."))])
    }

    /// The ids that the bounds of a request let through: ids and times in one.
    pub(super) fn id_range(&self) -> Result<Range<PostId>, Problem> {
        let (start, end) = self.times()?;
        let since = self.query.id("since_id").map(|id| id.saturating_add(1));
        let start = since.into_iter().chain(start.map(id_at)).max().unwrap_or(0);
        let end = self.query.id("until_id").into_iter().chain(end.map(id_at)).min().unwrap_or(u64::MAX);
        Ok(start..end)
    }

    /// Answers with the posts of a list that a request's bounds let through and that it does not exclude.
    pub(super) fn show_timeline<'w>(&'w self, posts: impl Iterator<Item = &'w Post>) -> Result<Answer, Problem> {
        let range = self.id_range()?;
        let excluded: BTreeSet<&str> = self.query.list("exclude").collect();
        let wanted = posts.filter(|post| {
            range.contains(&post.id)
                && !(excluded.contains("replies") && post.reply.is_some())
                && !((excluded.contains("retweets") || excluded.contains("reposts")) && post.reposted.is_some())
        });
        self.show_posts(wanted.map(|post| (post.id, post)))
    }
}

fn of_user(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    if !call.world.sees_posts_of(call.viewer(), user.id) {
        return Err(Problem::not_authorized("user", call.path_name(0), &call.path[0]));
    }
    call.show_timeline(call.world.posts_of(user.id))
}

fn mentions(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_timeline(call.world.mentioning(&user.username).filter(|post| post.reposted.is_none()))
}

/// The posts of a user and of those they follow, without those of the muted.
fn home(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    let followed = call.world.follows.from(user).map(|(_, id)| id).filter(|id| !call.world.mutes.has(user, *id));
    let mut ids: Vec<PostId> = followed.chain([user]).flat_map(|author| call.world.posts_of(author)).map(|post| post.id).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    call.show_timeline(ids.into_iter().filter_map(|id| call.world.post(id)))
}

fn quotes(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let quoted = call.post_in_path()?;
    call.show_timeline(call.world.referring_to(quoted.id).filter(|post| post.quoted == Some(quoted.id)))
}
