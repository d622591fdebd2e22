//! The connections of the app to streams: a list of them, and ending them.

use http::Method;
use serde_json::{Value, json};

use crate::state::{Connection, ConnectionId, Disconnect, End, created_at};
use crate::x::{Answer, Call, Entry, Envelope, Page, Problem, View};

pub(in super::super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/connections", list),
    (Method::DELETE, "/2/connections", delete),
    (Method::DELETE, "/2/connections/all", |call| {
        let all = call.world.streams.active().map(|connection| (connection.uuid(), Some(connection.id))).collect();
        end(call, all)
    }),
    (Method::DELETE, "/2/connections/{endpoint_id}", |call| {
        let named = call.world.streams.active().filter(|connection| connection.endpoint == call.path[0]);
        let named = named.map(|connection| (connection.uuid(), Some(connection.id))).collect();
        end(call, named)
    }),
];

fn render(view: &View, connection: &Connection) -> Value {
    let mut object = view.object("connection");
    object.put("id", || Some(connection.uuid()));
    object.put("endpoint_name", || Some(connection.endpoint));
    object.put("connected_at", || Some(created_at(connection.id)));
    object.put("client_ip", || Some("127.0.0.1"));
    object.put("disconnected_at", || Some(created_at(connection.ended?.0)));
    object.put("disconnect_reason", || Some(connection.ended?.1.reason()));
    object.finish()
}

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let status = call.query.get("status").unwrap_or("active");
    let endpoints: Vec<&str> = call.query.list("endpoints").collect();
    let wanted = call.world.streams.connections().filter(|connection| {
        let fits = match status {
            "active" => connection.ended.is_none(),
            "inactive" => connection.ended.is_some(),
            _ => true,
        };
        fits && (endpoints.is_empty() || endpoints.contains(&connection.endpoint))
    });
    let page = Page::of(call, wanted.map(|connection| (connection.id, connection)))?;
    let view = call.view();
    let data: Vec<Value> = page.items.iter().map(|connection| render(&view, connection)).collect();
    call.answer(Envelope { data: Some(data.into()), meta: page.meta, ..Envelope::default() })
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let named = call.body["uuids"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let find = |uuid: &str| call.world.streams.active().find(|connection| connection.uuid() == uuid).map(|connection| connection.id);
    let named = named.map(|uuid| (uuid.to_owned(), find(uuid))).collect();
    end(call, named)
}

/// Ends connections, each by its name and by its number if there is one.
fn end(call: &mut Call<'_>, named: Vec<(String, Option<ConnectionId>)>) -> Result<Answer, Problem> {
    let moment = call.world.next_id();
    let mut ended = 0;
    let mut results = Vec::new();
    for (uuid, id) in named {
        let end = End::Disconnect(Disconnect::Forced);
        if id.is_some_and(|id| call.world.streams.end(id, end, moment)) {
            ended += 1;
            results.push(json!({ "uuid": uuid, "success": true }));
        } else {
            results.push(json!({ "uuid": uuid, "success": false, "error_message": "There is no active connection with this id." }));
        }
    }
    call.data(json!({ "successful_kills": ended, "failed_kills": results.len() - ended, "results": results }))
}
