//! The connections of clients to streams.

use std::collections::BTreeMap;

use serde::Deserialize;
use tokio::sync::watch;

/// How many connections are remembered after their end.
const REMEMBERED: usize = 1000;

/// Why X ends a stream, for the message that it sends before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum Disconnect {
    /// Something at X is restarted.
    #[serde(rename = "OperationalDisconnect")]
    Operational,
    /// The same, at the source of X's streams.
    #[serde(rename = "UpstreamOperationalDisconnect")]
    Upstream,
    /// X was cut off from the source of its streams.
    #[serde(rename = "UpstreamUncleanDisconnect")]
    UpstreamUnclean,
    /// The app asked for it.
    #[serde(rename = "ForceDisconnect")]
    Forced,
    /// The client reads more slowly than there is to read.
    SlowReader,
    /// A failure within X.
    InternalError,
    /// The app is no longer allowed to stream.
    #[serde(rename = "ClientApplicationStateDegraded")]
    Suspended,
    /// There are no rules that could match anything.
    InvalidRules,
}

impl Disconnect {
    /// X's name for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Operational => "OperationalDisconnect",
            Self::Upstream => "UpstreamOperationalDisconnect",
            Self::UpstreamUnclean => "UpstreamUncleanDisconnect",
            Self::Forced => "ForceDisconnect",
            Self::SlowReader => "SlowReader",
            Self::InternalError => "InternalError",
            Self::Suspended => "ClientApplicationStateDegraded",
            Self::InvalidRules => "InvalidRules",
        }
    }
}

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With a message that says why.
    Disconnect(Disconnect),
    /// In the middle of things.
    Drop,
    /// Because it has brought everything that it was to bring.
    Complete,
    /// By the client.
    Client,
}

impl End {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Disconnect(kind) => kind.as_str(),
            Self::Drop => "ConnectionReset",
            Self::Complete => "StreamComplete",
            Self::Client => "ClientDisconnect",
        }
    }
}

/// The number of a connection: the moment at which it was opened.
pub(crate) type ConnectionId = u64;

/// A client's connection to a stream, open or past.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    /// The name that X has for the stream.
    pub(crate) endpoint: &'static str,
    /// Which slice of the stream, if it comes in slices.
    partition: Option<u64>,
    /// The moment of the end, and how it came.
    pub(crate) ended: Option<(u64, End)>,
    end: watch::Sender<Option<End>>,
}

impl Connection {
    /// X's name for it.
    pub(crate) fn uuid(&self) -> String {
        let hex = format!("{:032x}", u128::from(self.id).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        // A random UUID says so in two of its digits.
        format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }
}

/// The events that an open stream listens to.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(crate) end: watch::Receiver<Option<End>>,
    /// `true` holds all documents back. A notification also wakes the stream when the clock has moved.
    pub(crate) stalled: watch::Receiver<bool>,
}

#[derive(Debug, Default)]
pub(crate) struct Streams {
    connections: BTreeMap<ConnectionId, Connection>,
    stalled: watch::Sender<bool>,
}

impl Streams {
    pub(crate) fn open(&mut self, id: ConnectionId, endpoint: &'static str, partition: Option<u64>) -> Signals {
        let end = watch::Sender::new(None);
        let signals = Signals { end: end.subscribe(), stalled: self.stalled.subscribe() };
        self.connections.insert(id, Connection { id, endpoint, partition, ended: None, end });
        signals
    }

    /// All connections, the newest first.
    pub(crate) fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values().rev()
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = &Connection> {
        self.connections().filter(|connection| connection.ended.is_none())
    }

    /// How many connections there are to a stream or to a slice of it.
    pub(crate) fn count(&self, endpoint: &str, partition: Option<u64>) -> usize {
        self.active().filter(|connection| connection.endpoint == endpoint && connection.partition == partition).count()
    }

    /// Ends a connection that is still open. Its place is free at once. Returns whether there was one.
    pub(crate) fn end(&mut self, id: ConnectionId, end: End, moment: u64) -> bool {
        let Some(connection) = self.connections.get_mut(&id).filter(|connection| connection.ended.is_none()) else { return false };
        connection.ended = Some((moment, end));
        connection.end.send_replace(Some(end));
        let past = self.connections.values().filter(|connection| connection.ended.is_some());
        if past.clone().count() > REMEMBERED
            && let Some(oldest) = past.map(|connection| connection.id).next()
        {
            self.connections.remove(&oldest);
        }
        true
    }

    pub(crate) fn stall(&self, stalled: bool) {
        self.stalled.send_replace(stalled);
    }

    /// Has all streams look at the clock again.
    pub(crate) fn wake(&self) {
        self.stalled.send_modify(|_| {});
    }
}

#[cfg(test)]
mod tests {
    use super::{End, REMEMBERED, Streams};

    #[test]
    fn a_place_is_free_once_its_connection_has_ended() {
        let mut streams = Streams::default();
        let signals = streams.open(7, "sample_stream", None);
        streams.open(8, "sample_stream", Some(1));
        assert_eq!(streams.count("sample_stream", None), 1);
        assert!(streams.end(7, End::Drop, 9));
        assert!(!streams.end(7, End::Client, 10), "it has ended already");
        assert_eq!(*signals.end.borrow(), Some(End::Drop));
        assert_eq!(streams.count("sample_stream", None), 0);
        assert_eq!(streams.count("sample_stream", Some(1)), 1);
        assert_eq!(streams.connections().count(), 2);
    }

    #[test]
    fn connections_have_names_of_their_own_and_are_forgotten_in_the_end() {
        let mut streams = Streams::default();
        for id in 0..2 * REMEMBERED as u64 {
            streams.open(id, "sample_stream", None);
            streams.end(id, End::Client, id);
        }
        assert_eq!(streams.connections().count(), REMEMBERED);
        let names: std::collections::BTreeSet<String> = streams.connections().map(super::Connection::uuid).collect();
        assert_eq!(names.len(), REMEMBERED);
        assert!(names.iter().all(|name| name.len() == 36));
    }
}
