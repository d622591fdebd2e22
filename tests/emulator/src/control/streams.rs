//! Open streams.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::command::{Command, Entry, Outcome};
use crate::state::{Disconnect, End};

pub(super) const COMMANDS: &[Entry] = &[
    (Method::GET, "/_emulator/streams", |command| Ok(Some(json!({ "count": command.shared.world().streams.active().count() })))),
    (Method::POST, "/_emulator/streams/disconnect", disconnect_streams),
    (Method::POST, "/_emulator/streams/cut", |command| {
        command.shared.end_streams(End::Drop);
        Ok(None)
    }),
    (Method::POST, "/_emulator/streams/stall", stall_streams),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamEnd {
    disconnect_type: Disconnect,
}

fn disconnect_streams(command: &Command<'_>) -> Outcome {
    let StreamEnd { disconnect_type } = command.body()?;
    command.shared.end_streams(End::Disconnect(disconnect_type));
    Ok(None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stall {
    stalled: bool,
}

fn stall_streams(command: &Command<'_>) -> Outcome {
    let Stall { stalled } = command.body()?;
    command.shared.world().streams.stall(stalled);
    Ok(None)
}
