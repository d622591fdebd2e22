//! Endless streams: what happens to the state, as it happens.

mod connections;
mod documents;
mod feed;
mod handle;
mod rules;

use http::{Method, StatusCode};
use serde_json::json;

use super::{Answer, Call, Entry, Problem};
use crate::state::id_at;
use crate::wire::Body;

pub use handle::Disconnect;

use documents::Documents;
use feed::Feed;

pub(super) use connections::HANDLERS as CONNECTIONS;
pub(super) use rules::HANDLERS as RULES;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/tweets/search/stream", |call| open(call, Documents::Filtered)),
    // The traffic of an emulator is small: its samples are everything.
    (Method::GET, "/2/tweets/sample/stream", |call| open(call, Documents::Posts { lang: None })),
    (Method::GET, "/2/tweets/sample10/stream", |call| open(call, Documents::Posts { lang: None })),
    (Method::GET, "/2/tweets/firehose/stream", |call| open(call, Documents::Posts { lang: None })),
    (Method::GET, "/2/tweets/firehose/stream/lang/en", |call| open(call, Documents::Posts { lang: Some("en") })),
    (Method::GET, "/2/tweets/firehose/stream/lang/ja", |call| open(call, Documents::Posts { lang: Some("ja") })),
    (Method::GET, "/2/tweets/firehose/stream/lang/ko", |call| open(call, Documents::Posts { lang: Some("ko") })),
    (Method::GET, "/2/tweets/firehose/stream/lang/pt", |call| open(call, Documents::Posts { lang: Some("pt") })),
    (Method::GET, "/2/likes/firehose/stream", |call| open(call, Documents::Likes)),
    (Method::GET, "/2/likes/sample10/stream", |call| open(call, Documents::Likes)),
    (Method::GET, "/2/tweets/compliance/stream", |call| open(call, Documents::Deletions)),
    (Method::GET, "/2/users/compliance/stream", |call| open(call, Documents::Users)),
    (Method::GET, "/2/likes/compliance/stream", |call| open(call, Documents::Unlikes)),
    (Method::GET, "/2/tweets/label/stream", |call| open(call, Documents::Labels)),
    (Method::GET, "/2/activity/stream", |call| open(call, Documents::Activity)),
];

/// Connects to a stream.
fn open(call: &mut Call<'_>, documents: Documents) -> Result<Answer, Problem> {
    let template = &call.operation.template;
    if matches!(documents, Documents::Filtered) && call.world.streams.rules.is_empty() {
        let detail = "The stream has no rules: there is nothing that it could give. Add a rule first.";
        let body = json!({ "title": "Conflict", "detail": detail, "connection_issue": "RuleConfigurationIssue", "type": problem("streaming-connection") });
        return Err(Problem::other(StatusCode::CONFLICT, body));
    }
    let partition = call.query.integer("partition");
    let same = call.world.streams.open().filter(|connection| connection.endpoint == *template && connection.partition == partition);
    if same.count() >= call.shared.max_streams {
        let detail = "The app has as many connections to this stream as it may have.";
        let body = json!({ "title": "ConnectionException", "detail": detail, "connection_issue": "TooManyConnections", "type": problem("streaming-connection") });
        return Err(Problem::other(StatusCode::TOO_MANY_REQUESTS, body));
    }
    let now = call.world.now();
    let backfill = call.query.integer("backfill_minutes").and_then(|minutes| i64::try_from(minutes).ok()).filter(|minutes| *minutes > 0);
    let since = backfill.map(|minutes| id_at(now.saturating_sub(jiff::SignedDuration::from_mins(minutes)).unwrap_or(now)));
    let feed = Feed::new(call, documents, since);
    let mut answer = Answer::empty(StatusCode::OK).with_content_type("application/json; charset=utf-8");
    answer.body = Body::Chunks(feed.into_chunks());
    Ok(answer)
}

fn problem(name: &str) -> String {
    format!("https://api.x.com/2/problems/{name}")
}
