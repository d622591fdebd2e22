//! The open streams of the app, and closing them.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use super::handle::Disconnect;
use crate::state::{Connection, Signal, show_time};
use crate::x::{Answer, Call, Entry, Envelope, Page, Problem};

pub(in super::super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/connections", list),
    (Method::DELETE, "/2/connections", close),
    (Method::DELETE, "/2/connections/all", close_all),
    (Method::DELETE, "/2/connections/{endpoint_id}", close_endpoint),
];

/// The streams by the names that X has for them here, and by what their paths end in.
const ENDPOINTS: &[(&str, &str)] = &[
    ("filtered_stream", "tweets/search/stream"),
    ("sample_stream", "tweets/sample/stream"),
    ("sample10_stream", "tweets/sample10/stream"),
    ("firehose_stream", "tweets/firehose/stream"),
    ("tweets_compliance_stream", "tweets/compliance/stream"),
    ("users_compliance_stream", "users/compliance/stream"),
    ("tweet_label_stream", "tweets/label/stream"),
    ("firehose_stream_lang_en", "stream/lang/en"),
    ("firehose_stream_lang_ja", "stream/lang/ja"),
    ("firehose_stream_lang_ko", "stream/lang/ko"),
    ("firehose_stream_lang_pt", "stream/lang/pt"),
    ("likes_firehose_stream", "likes/firehose/stream"),
    ("likes_sample10_stream", "likes/sample10/stream"),
    ("likes_compliance_stream", "likes/compliance/stream"),
    ("activity_stream", "activity/stream"),
];

fn name(connection: &Connection) -> &str {
    ENDPOINTS.iter().find(|(_, path)| connection.endpoint.ends_with(path)).map_or(&connection.endpoint, |(name, _)| name)
}

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let status = call.query.get("status").unwrap_or("active");
    let names: BTreeSet<&str> = call.query.list("endpoints").collect();
    let connections = call.world.streams.connections.iter().rev();
    let wanted = connections.filter(|connection| {
        let of_status = status == "all" || (status == "active") == connection.ended.is_none();
        of_status && (names.is_empty() || names.contains(name(connection)))
    });
    let view = call.view();
    let render = |connection: &Connection| {
        let mut object = view.object("connection");
        object.put("id", || Some(connection.id.as_str()));
        object.put("endpoint_name", || Some(name(connection)));
        object.put("connected_at", || Some(show_time(connection.connected)));
        object.put("client_ip", || Some("127.0.0.1"));
        object.put("disconnected_at", || Some(show_time(connection.ended?.0)));
        object.put("disconnect_reason", || Some(connection.ended?.1));
        object.finish()
    };
    let page = Page::of(call, wanted.map(|connection| (connection.number, render(connection))))?;
    call.answer(Envelope { data: Some(page.items.into()), meta: page.meta, ..Envelope::default() })
}

/// Closes the connections that are meant, and says so of each id.
fn kill(call: &mut Call<'_>, ids: &[String]) -> Result<Answer, Problem> {
    let now = call.world.now();
    let results: Vec<Value> = ids
        .iter()
        .map(|id| {
            let told =
                call.world.streams.tell(|connection| connection.id == *id, || Signal::Disconnect(Disconnect::Operational.document()));
            call.world.streams.end(id, now, "closed by the app");
            if told > 0 {
                json!({ "uuid": id, "success": true })
            } else {
                json!({ "uuid": id, "success": false, "error_message": "There is no such open connection." })
            }
        })
        .collect();
    let killed = results.iter().filter(|result| result["success"] == true).count();
    call.data(json!({ "successful_kills": killed, "failed_kills": results.len() - killed, "results": results }))
}

fn close(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let ids = call.body["uuids"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    kill(call, &ids)
}

fn close_all(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let ids: Vec<String> = call.world.streams.open().map(|connection| connection.id.clone()).collect();
    kill(call, &ids)
}

fn close_endpoint(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let endpoint = &call.path[0];
    let meant = call.world.streams.open().filter(|connection| name(connection) == endpoint || connection.id == *endpoint);
    let ids: Vec<String> = meant.map(|connection| connection.id.clone()).collect();
    kill(call, &ids)
}
