//! Search among the posts of the state, and counts of the posts found.

use std::ops::{Range, RangeInclusive};

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::subject::matches_for;
use super::{Answer, Call, Entry, Envelope, Page, Problem};
use crate::problem::{invalid, invalid_together};
use crate::search::Query;
use crate::state::{Post, PostId, id_at, show_minute, show_time, time_of};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/tweets/search/recent", recent),
    (Method::GET, "/2/tweets/search/all", all),
    (Method::GET, "/2/tweets/counts/recent", counts_recent),
    (Method::GET, "/2/tweets/counts/all", counts_all),
];

/// How far back recent search goes.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far back the full archive goes unless it is told.
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// X takes no times after this long ago, for until then it may not know of all posts. Here posts are found as soon as they are there.
const DELAY: SignedDuration = SignedDuration::from_secs(10);

/// How much a page of counts covers at most.
const COUNTS_PAGE: SignedDuration = SignedDuration::from_hours(31 * 24);

fn query(call: &Call<'_>) -> Result<Query, Problem> {
    let text = call.query.get("query").unwrap_or_default();
    Query::parse(text).map_err(|error| {
        let message = format!("The `query` query parameter value: {}.", error.message);
        Problem::invalid_request(vec![invalid("query", &[text], message)])
    })
}

/// The ids that a search covers. Outside of the full archive it goes back a week only.
fn range(call: &Call<'_>, recent: bool) -> Result<Range<PostId>, Problem> {
    let mut range = call.id_range()?;
    let given = |names: &[&'static str]| names.iter().filter_map(|name| Some((*name, call.query.get(name)?))).collect::<Vec<_>>();
    let (ids, times) = (given(&["since_id", "until_id"]), given(&["start_time", "end_time"]));
    if !ids.is_empty() && !times.is_empty() {
        let message = "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'.";
        return Err(Problem::invalid_request(vec![invalid_together(&[ids, times].concat(), message)]));
    }
    let now = call.world.now();
    let back = |from: Timestamp, by| from.saturating_sub(by).unwrap_or(Timestamp::MIN);
    for (name, _) in times {
        if call.query.time(name).is_some_and(|time| time > back(now, DELAY)) {
            return Err(call.invalid_time(name, "must be a minimum of 10 seconds prior to the request time"));
        }
    }
    if recent {
        let earliest = back(now, RECENT);
        if call.query.time("start_time").is_some_and(|start| start < earliest) {
            return Err(call.invalid_time("start_time", &format!("must be on or after {}", show_minute(earliest))));
        }
        let first = id_at(earliest);
        if let Some(since) = call.query.id("since_id").filter(|since| *since < first) {
            let minute = show_minute(earliest);
            let message =
                format!("'since_id' must be a tweet id created after {minute}. Please use a 'since_id' that is larger than {first}");
            return Err(Problem::invalid_request(vec![invalid("since_id", &[&since.to_string()], message)]));
        }
        range.start = range.start.max(first);
    } else if given(&["since_id", "start_time"]).is_empty() {
        range.start = id_at(back(now.min(time_of(range.end)), MONTH));
    }
    Ok(range)
}

/// The posts that a search finds, the newest first.
fn found<'a>(call: &'a Call<'_>, range: Range<PostId>) -> Result<impl Iterator<Item = &'a Post>, Problem> {
    let query = query(call)?;
    Ok(call.world.posts_between(range).rev().filter(move |post| call.sees(post) && matches_for(call.viewer(), call.world, &query, post)))
}

fn recent(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.show_posts(found(call, range(call, true)?)?.map(|post| (post.id, post)))
}

fn all(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.show_posts(found(call, range(call, false)?)?.map(|post| (post.id, post)))
}

fn counts_recent(call: &mut Call<'_>) -> Result<Answer, Problem> {
    counts(call, true)
}

fn counts_all(call: &mut Call<'_>) -> Result<Answer, Problem> {
    counts(call, false)
}

/// Posts by minute, hour or day. The first and the last of these may be cut by the bounds of the request.
fn counts(call: &mut Call<'_>, recent: bool) -> Result<Answer, Problem> {
    let seconds = match call.query.get("granularity") {
        Some("minute") => 60,
        Some("day") => 24 * 60 * 60,
        _ => 60 * 60,
    };
    let range = range(call, recent)?;
    let start = time_of(range.start).as_second();
    // The second in which the last post may be is counted to its end.
    let end = call.world.now().min(time_of(range.end.saturating_sub(1))).as_second() + 1;
    let times: Vec<i64> = found(call, range)?.map(|post| time_of(post.id).as_second()).collect();
    let number = |second: i64| u64::try_from(second.div_euclid(seconds)).unwrap_or_default();
    // The newest time comes first.
    let later = |second: i64| times.partition_point(|time| *time >= second);
    let span = |number: u64| {
        let span = i64::try_from(number).unwrap_or_default();
        let (from, to) = ((span * seconds).max(start), ((span + 1) * seconds).min(end));
        (number, (from, to, later(from) - later(to)))
    };
    // A range that ends before it starts has nothing in it.
    let spans = if start < end { number(start)..=number(end - 1) } else { RangeInclusive::new(1, 0) };
    let page = Page::dense(call, spans, usize::try_from(COUNTS_PAGE.as_secs() / seconds).unwrap_or(usize::MAX), span)?;
    let show = |second| Timestamp::from_second(second).map(show_time).unwrap_or_default();
    let count_name = call.dialect.spell("post_count");
    let data: Vec<Value> =
        page.items.iter().rev().map(|(from, to, count)| json!({ "start": show(*from), "end": show(*to), count_name: count })).collect();
    let mut meta = page.meta;
    meta.insert("total_post_count".to_owned(), page.items.iter().map(|(_, _, count)| count).sum::<usize>().into());
    call.answer(Envelope { data: Some(data.into()), meta, ..Envelope::default() })
}
