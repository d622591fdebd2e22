//! One open stream: waits for what happens, and gives what it is about.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::unfold;
use serde_json::Value;
use tokio::sync::{broadcast, mpsc, watch};

use super::documents::{Documents, Wanted};
use super::handle::Disconnect;
use crate::Shared;
use crate::state::{Event, Signal};
use crate::wire::Chunks;
use crate::x::Call;

/// What ends a document, and alone is a sign of life.
const END: &[u8] = b"\r\n";

pub(super) struct Feed {
    /// The place in the list of connections, given up when this is dropped.
    place: Place,
    documents: Documents,
    wanted: Wanted,
    events: broadcast::Receiver<Event>,
    signals: mpsc::UnboundedReceiver<Signal>,
    stalled: watch::Receiver<bool>,
    /// What is to be sent next.
    ready: VecDeque<Bytes>,
    end: Option<End>,
}

enum End {
    /// After what is ready.
    Orderly,
    /// At once.
    Abrupt,
}

struct Place {
    shared: Arc<Shared>,
    id: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut world = self.shared.world();
        let now = world.now();
        world.streams.end(&self.id, now, "client disconnected");
    }
}

fn line(document: &Value) -> Bytes {
    [document.to_string().as_bytes(), END].concat().into()
}

impl Feed {
    /// A stream that begins now, or with what has happened since an id.
    pub(super) fn new(call: &mut Call<'_>, documents: Documents, since: Option<u64>) -> Self {
        let wanted = Wanted::of(call);
        let ready =
            since.into_iter().flat_map(|since| documents.since(call.world, &wanted, since)).map(|document| line(&document)).collect();
        let now = call.world.now();
        let events = call.world.subscribe();
        let (id, signals) = call.world.streams.connect(&call.operation.template, call.query.integer("partition"), now);
        let place = Place { shared: Arc::clone(call.shared), id };
        let stalled = call.world.streams.stalled.subscribe();
        Self { place, documents, wanted, events, signals, stalled, ready, end: None }
    }

    pub(super) fn into_chunks(self) -> Chunks {
        Box::pin(unfold(Some(self), |feed| async move {
            let mut feed = feed?;
            match feed.next().await {
                Some(Ok(bytes)) => Some((Ok(bytes), Some(feed))),
                Some(Err(error)) => Some((Err(error), None)),
                None => None,
            }
        }))
    }

    /// The next bytes; `None` is the end, and an error one that breaks the connection off.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            match self.end {
                Some(End::Abrupt) => return Some(Err(io::Error::other("the stream was dropped on demand"))),
                Some(End::Orderly) => return self.ready.pop_front().map(Ok),
                None => {}
            }
            let stalled = *self.stalled.borrow_and_update();
            if !stalled && let Some(bytes) = self.ready.pop_front() {
                return Some(Ok(bytes));
            }
            tokio::select! {
                biased;
                // What ends a stream is not held up by what happens meanwhile.
                signal = self.signals.recv() => self.signal(signal),
                // The sender lives in the state; when that is reset, its streams end.
                changed = self.stalled.changed() => {
                    if changed.is_err() {
                        self.end = Some(End::Abrupt);
                    }
                }
                event = self.events.recv(), if !stalled => self.event(event),
                () = tokio::time::sleep(self.place.shared.keep_alive), if !stalled => return Some(Ok(Bytes::from_static(END))),
            }
        }
    }

    fn signal(&mut self, signal: Option<Signal>) {
        match signal {
            Some(Signal::Disconnect(document)) => {
                // What happened before is given before.
                while let Ok(event) = self.events.try_recv() {
                    self.event(Ok(event));
                }
                self.ready.push_back(line(&document));
                self.end = Some(End::Orderly);
            }
            Some(Signal::Drop) | None => self.end = Some(End::Abrupt),
        }
    }

    fn event(&mut self, event: Result<Event, broadcast::error::RecvError>) {
        match event {
            Ok(event) => {
                let world = self.place.shared.world();
                self.ready.extend(self.documents.of(&world, &self.wanted, &event).map(|document| line(&document)));
            }
            Err(broadcast::error::RecvError::Lagged(_)) => self.signal(Some(Signal::Disconnect(Disconnect::SlowReader.document()))),
            Err(broadcast::error::RecvError::Closed) => self.end = Some(End::Abrupt),
        }
    }
}
