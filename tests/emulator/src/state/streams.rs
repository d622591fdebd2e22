//! The rules of the filtered stream, and who is connected to which stream.

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::search::Query;

/// How many connections that have ended are remembered.
const REMEMBERED: usize = 100;

/// A rule of the filtered stream.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: u64,
    pub(crate) value: String,
    pub(crate) tag: Option<String>,
    pub(crate) query: Query,
}

/// What an open stream is told from outside.
#[derive(Debug)]
pub(crate) enum Signal {
    /// Sends this last document, and ends.
    Disconnect(Value),
    /// Breaks off.
    Drop,
}

/// A connection to a stream.
#[derive(Debug)]
pub(crate) struct Connection {
    /// How many were opened up to this one.
    pub(crate) number: u64,
    pub(crate) id: String,
    /// The path of the stream.
    pub(crate) endpoint: String,
    pub(crate) partition: Option<u64>,
    pub(crate) connected: Timestamp,
    /// When and why it ended.
    pub(crate) ended: Option<(Timestamp, &'static str)>,
    signals: mpsc::UnboundedSender<Signal>,
}

#[derive(Debug)]
pub(crate) struct Streams {
    pub(crate) rules: Vec<Rule>,
    /// The oldest first.
    pub(crate) connections: Vec<Connection>,
    /// Whether streams give nothing at all, not even signs of life.
    pub(crate) stalled: watch::Sender<bool>,
    opened: u64,
}

impl Default for Streams {
    fn default() -> Self {
        Self { rules: Vec::new(), connections: Vec::new(), stalled: watch::Sender::new(false), opened: 0 }
    }
}

impl Streams {
    /// The connections that are open.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter().filter(|connection| connection.ended.is_none())
    }

    /// Notes a new connection. Returns its id and what it is to be told.
    pub(crate) fn connect(&mut self, endpoint: &str, partition: Option<u64>, now: Timestamp) -> (String, mpsc::UnboundedReceiver<Signal>) {
        self.opened += 1;
        let id = format!("57ea0000-0000-4000-8000-{:012}", self.opened);
        let (signals, receiver) = mpsc::unbounded_channel();
        let number = self.opened;
        self.connections.push(Connection {
            number,
            id: id.clone(),
            endpoint: endpoint.to_owned(),
            partition,
            connected: now,
            ended: None,
            signals,
        });
        let too_many = self.connections.len().saturating_sub(REMEMBERED);
        let mut forgotten = 0;
        self.connections.retain(|connection| {
            let forget = connection.ended.is_some() && forgotten < too_many;
            forgotten += usize::from(forget);
            !forget
        });
        (id, receiver)
    }

    /// Notes that a connection has ended; the first reason counts.
    pub(crate) fn end(&mut self, id: &str, now: Timestamp, reason: &'static str) {
        if let Some(connection) = self.connections.iter_mut().find(|connection| connection.id == id && connection.ended.is_none()) {
            connection.ended = Some((now, reason));
        }
    }

    /// Tells something to the open connections that are meant. Returns how many these are.
    pub(crate) fn tell(&self, meant: impl Fn(&Connection) -> bool, signal: impl Fn() -> Signal) -> usize {
        // One whose other end is gone is about to be noted as ended.
        self.open().filter(|connection| meant(connection)).filter(|connection| connection.signals.send(signal()).is_ok()).count()
    }
}
