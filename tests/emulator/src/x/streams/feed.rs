//! A stream while it is open: it waits for events, and sends something at least every so often.

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::coop::consume_budget;
use tokio::time::sleep;

use super::Render;
use crate::description::Location;
use crate::message::{Answer, Body};
use crate::problem::problem_type;
use crate::shared::Shared;
use crate::state::{Disconnect, End, Numbered, Signals, id_at, time_of};
use crate::x::{Call, Problem, View};

/// X promises a sign of life this often.
pub(crate) const DEFAULT_KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The text between documents, which by itself keeps the connection alive.
const SEPARATOR: &str = "\r\n";

/// Which events a client wants.
#[derive(Debug, Default)]
struct Wanted {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    /// A slice, counted from 1, and how many slices there are.
    partition: Option<(u64, u64)>,
}

impl Wanted {
    fn has(&self, numbered: &Numbered) -> bool {
        let time = time_of(numbered.event.moment());
        self.start.is_none_or(|start| time >= start)
            && self.end.is_none_or(|end| time < end)
            && self.partition.is_none_or(|(slice, slices)| slice_of(numbered.number, slices) == slice)
    }
}

/// The slice that the event of a number is in. Multiples of the golden ratio are spread evenly, those of every second or third number too, so that
/// neither of two things that happen in turn is missing from a slice.
fn slice_of(number: u64, slices: u64) -> u64 {
    const GOLDEN_RATIO: u64 = 0x9e37_79b9_7f4a_7c15;
    let fraction = u128::from(number.wrapping_mul(GOLDEN_RATIO));
    // Less than the number of slices, which is 64 bits long.
    u64::try_from((fraction * u128::from(slices)) >> 64).unwrap_or_default() + 1
}

struct Feed {
    place: Place,
    view: View,
    render: Render,
    wanted: Wanted,
    /// Events from before the stream was opened that are still to be brought.
    backlog: VecDeque<Numbered>,
    events: Receiver<Numbered>,
    signals: Signals,
    over: bool,
}

/// The place that a connection takes up, until it is dropped.
struct Place {
    shared: Arc<Shared>,
    id: u64,
}

impl Place {
    fn end(&self, end: End) {
        let mut world = self.shared.world();
        let moment = world.next_id();
        world.streams.end(self.id, end, moment);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A feed that is dropped before its end was left by its client.
        self.end(End::Client);
    }
}

impl Call<'_> {
    /// Opens a stream.
    pub(super) fn open(&mut self, endpoint: &'static str, view: View, render: Render) -> Result<Answer, Problem> {
        let wanted = self.wanted()?;
        let slice = wanted.partition.map(|(slice, _)| slice);
        if self.world.streams.count(endpoint, slice) >= self.shared.max_streams {
            let detail = "This stream is currently at the maximum allowed connection limit.";
            return Err(Problem::connection(StatusCode::TOO_MANY_REQUESTS, "TooManyConnections", detail));
        }
        let backlog = wanted.start.map(id_at).into_iter().flat_map(|start| self.world.events.since(start));
        let backlog = backlog.cloned().collect();
        let id = self.world.next_id();
        let feed = Feed {
            view,
            render,
            wanted,
            backlog,
            events: self.world.events.subscribe(),
            signals: self.world.streams.open(id, endpoint, slice),
            place: Place { shared: Arc::clone(self.shared), id },
            over: false,
        };
        // From here on nothing may fail: the place locks the world when it is dropped, and the world is locked now.
        let mut answer = Answer::empty(self.operation.status).with_content_type("application/json; charset=utf-8");
        answer.body = Body::Chunks(Box::pin(stream::unfold(feed, Feed::next)));
        Ok(answer)
    }

    fn wanted(&self) -> Result<Wanted, Problem> {
        let (start, end) = self.times()?;
        let minutes = self.query.get("backfill_minutes").and_then(|text| text.parse().ok()).filter(|minutes| *minutes > 0);
        let backfill = minutes.and_then(|minutes| self.world.now().checked_sub(SignedDuration::from_mins(minutes)).ok());
        let slices = || {
            let mut parameters = self.operation.parameters.iter();
            let described = parameters.find(|parameter| parameter.location == Location::Query && parameter.name == "partition")?;
            described.schema()["maximum"].as_u64()
        };
        let partition = self.query.integer("partition").map(|slice| (slice, slices().unwrap_or(slice).max(1)));
        Ok(Wanted { start: start.or(backfill), end, partition })
    }
}

impl Feed {
    /// The next bytes, once there are some.
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        let mut silence = pin!(sleep(self.place.shared.keep_alive));
        while !self.over {
            let end = *self.signals.end.borrow();
            let stalled = *self.signals.stalled.borrow_and_update();
            // Events from before the end are still brought, unless the stream is stalled.
            match if stalled { Err(TryRecvError::Empty) } else { self.event() } {
                Ok(numbered) => {
                    if let Some(bytes) = self.documents(&numbered) {
                        return Some((Ok(bytes), self));
                    }
                    consume_budget().await;
                    continue;
                }
                Err(TryRecvError::Lagged(_)) => return self.finish(End::Disconnect(Disconnect::SlowReader)).await,
                Err(TryRecvError::Closed) => return None,
                Err(TryRecvError::Empty) => {}
            }
            if let Some(end) = end {
                return self.finish(end).await;
            }
            let left = self.time_left().filter(|_| !stalled);
            if left.is_some_and(|left| left.is_zero()) {
                return self.finish(End::Complete).await;
            }
            tokio::select! {
                event = self.events.recv(), if !stalled => match event {
                    Ok(numbered) => self.backlog.push_back(numbered),
                    Err(RecvError::Lagged(_)) => return self.finish(End::Disconnect(Disconnect::SlowReader)).await,
                    Err(RecvError::Closed) => return None,
                },
                // Without the other side the state is another one now, and this stream is not part of it.
                changed = self.signals.end.changed() => changed.ok()?,
                changed = self.signals.stalled.changed() => changed.ok()?,
                () = sleep(left.unwrap_or_default()), if left.is_some() => {}
                () = &mut silence, if !stalled => return Some((Ok(Bytes::from_static(SEPARATOR.as_bytes())), self)),
            }
        }
        None
    }

    /// The next event, if there is one already: those from before the stream first.
    fn event(&mut self) -> Result<Numbered, TryRecvError> {
        self.backlog.pop_front().map_or_else(|| self.events.try_recv(), Ok)
    }

    /// How long the stream has to go, if that is limited.
    fn time_left(&self) -> Option<Duration> {
        let end = self.wanted.end?;
        let now = self.place.shared.world().now();
        Some(Duration::try_from(end.duration_since(now)).unwrap_or_default())
    }

    /// An event as it is sent, if it is wanted.
    fn documents(&self, numbered: &Numbered) -> Option<Bytes> {
        if !self.wanted.has(numbered) {
            return None;
        }
        let documents = (self.render)(&self.view, &self.place.shared.world(), &numbered.event);
        let text: String = documents.iter().map(|document| format!("{document}{SEPARATOR}")).collect();
        (!text.is_empty()).then(|| text.into())
    }

    async fn finish(mut self, end: End) -> Option<(io::Result<Bytes>, Self)> {
        self.over = true;
        self.place.end(end);
        match end {
            End::Disconnect(kind) => Some((Ok(format!("{}{SEPARATOR}", message(kind)).into()), self)),
            End::Drop => {
                // An error right behind the bytes would keep hyper from sending them.
                tokio::task::yield_now().await;
                Some((Err(io::Error::other("the stream breaks off here")), self))
            }
            End::Complete | End::Client => None,
        }
    }
}

/// The document that X sends before it ends a stream.
fn message(kind: Disconnect) -> Value {
    let detail = match kind {
        Disconnect::SlowReader => "This stream was disconnected because it was not read fast enough.",
        Disconnect::Forced => "This stream was disconnected at the request of its app.",
        _ => "This stream has been disconnected for operational reasons.",
    };
    json!({
        "errors": [{
            "title": "operational-disconnect",
            "disconnect_type": kind.as_str(),
            "detail": detail,
            "type": problem_type("operational-disconnect"),
        }],
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::slice_of;

    #[test]
    fn each_slice_has_its_share_of_whatever_comes_in_turn() {
        for slices in 1..=20 {
            for stride in 1..=8 {
                let met: BTreeSet<u64> = (0..100).map(|number| slice_of(1000 + number * stride, slices)).collect();
                assert!(met.into_iter().eq(1..=slices), "{slices} {stride}");
            }
        }
    }
}
