//! An exchange held against the description.

use std::collections::BTreeMap;

use end_to_end::{Description, Operation};
use paragon_twitter_test_support::Exchange;
use serde_json::{Map, Value};

/// The ways to X.
pub const PARAGON: &str = "paragon";
pub const DIRECT: &str = "direct";

/// The outcome of a call.
pub struct Row {
    /// Its route, its status, and the properties at the top of its answer.
    pub via: &'static str,
    pub status: u16,
    pub parts: String,
    pub faults: Vec<String>,
}

/// Holds a call of an operation against the description: its outcome for the client, and the exchanges recorded meanwhile.
pub fn check(description: &Description, operation: &Operation, outcome: Result<(), String>, exchanges: &[(&'static str, Exchange)]) -> Row {
    let mut faults: Vec<String> = outcome.err().into_iter().collect();
    let &[(via, ref exchange)] = exchanges else {
        faults.push(format!("{} exchanges were recorded instead of one", exchanges.len()));
        return Row { via: "-", status: 0, parts: String::new(), faults };
    };
    if (via == DIRECT) != operation.app_only() {
        faults.push(format!("it went the wrong way: {}", via));
    }
    faults.extend(request_faults(description, operation, exchange));
    faults.extend(answer_faults(description, operation, exchange));
    let first_line = exchange.response.body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let parts = serde_json::from_slice::<Map<String, Value>>(first_line).unwrap_or_default();
    let parts = parts.keys().map(String::as_str).collect::<Vec<_>>().join(",");
    Row { via, status: exchange.response.status, parts, faults }
}

/// The path without Paragon's prefix.
fn path_of_x(path: &str) -> &str {
    path.split_once("/sdk/proxy/twitter").map_or(path, |(_, path)| path)
}

fn request_faults(description: &Description, operation: &Operation, exchange: &Exchange) -> Vec<String> {
    let mut faults = Vec::new();
    let path = path_of_x(&exchange.request.path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let found = description.find(&exchange.request.method, path).map(Operation::name);
    if found != Some(operation.name()) {
        faults.push(format!("{} {path} is a call of {found:?}", exchange.request.method));
    }
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty()).collect();
    let described = || operation.parameters.iter().filter(|parameter| !parameter.in_path);
    let unknown = names.iter().filter(|name| !described().any(|parameter| parameter.name == **name));
    faults.extend(unknown.map(|name| format!("the query parameter {name} is not described")));
    let missing = described().filter(|parameter| parameter.required && !names.contains(&parameter.name.as_str()));
    faults.extend(missing.map(|parameter| format!("the query parameter {} is missing", parameter.name)));
    if let Some(body) = &operation.body {
        faults.extend(
            body_faults(description, &body.media, exchange.request.media_type(), &exchange.request.body)
                .into_iter()
                .map(|fault| format!("request: {fault}")),
        );
    }
    faults
}

fn answer_faults(description: &Description, operation: &Operation, exchange: &Exchange) -> Vec<String> {
    let Some(described) = operation.answers.iter().find(|answer| answer.status == exchange.response.status) else {
        let body = String::from_utf8_lossy(&exchange.response.body).into_owned();
        return vec![format!("status {} is none of a success: {body:.300}", exchange.response.status)];
    };
    if operation.streaming {
        // The lines that are empty only keep the connection alive.
        let lines = exchange.response.body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let schema = described.media.values().next();
        let events: Vec<&[u8]> = lines.filter(|line| !line.is_empty()).collect();
        let faults = events.iter().zip(std::iter::repeat(schema)).flat_map(|(line, schema)| json_faults(description, schema, line));
        return if events.is_empty() { vec!["the stream brought nothing".to_owned()] } else { faults.collect() };
    }
    body_faults(description, &described.media, exchange.response.media_type(), &exchange.response.body)
}

fn body_faults(description: &Description, media: &BTreeMap<String, Value>, media_type: Option<&str>, body: &[u8]) -> Vec<String> {
    let media_type = media_type.unwrap_or("none");
    match media.get(media_type) {
        None => vec![format!("the media type {media_type} is none of {:?}", media.keys())],
        Some(schema) if media_type == "application/json" => json_faults(description, Some(schema), body),
        Some(_) if body.is_empty() => vec!["there are no bytes".to_owned()],
        Some(_) => Vec::new(),
    }
}

fn json_faults(description: &Description, schema: Option<&Value>, text: &[u8]) -> Vec<String> {
    match (serde_json::from_slice::<Value>(text), schema) {
        (Ok(value), Some(schema)) => {
            // The description requires next to nothing, but an answer of nothing would show nothing.
            let empty = !description.resolve(schema)["properties"]["data"].is_null() && value["data"].is_null();
            let empty = empty.then(|| "there is no data".to_owned());
            description.faults(schema, &value).into_iter().chain(empty).collect()
        }
        (Ok(_), None) => vec!["the description has no schema".to_owned()],
        (Err(error), _) => vec![format!("not JSON: {error}: {:.200}", String::from_utf8_lossy(text))],
    }
}
