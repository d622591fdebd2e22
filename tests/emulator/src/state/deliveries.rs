//! Documents for webhooks: those on their way, and the outcomes of the others.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{WebhookId, time_of};
use crate::shared::lock;

/// How many deliveries are remembered; the oldest is forgotten first.
const REMEMBERED: usize = 4096;

/// How many documents may wait for a webhook.
const WAITING: usize = 1024;

/// A document that was posted to a webhook, and the outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// The id of the webhook.
    pub webhook_id: String,
    /// The URL of the webhook.
    pub url: String,
    /// The document, byte by byte as it was posted.
    pub body: Bytes,
    /// The status that the webhook answered, or why it did not, or was not asked.
    pub result: Result<StatusCode, String>,
}

impl WebhookDelivery {
    /// Returns whether the webhook has taken the document: its answer was 2xx.
    pub fn is_taken(&self) -> bool {
        self.result.as_ref().is_ok_and(StatusCode::is_success)
    }

    /// Returns the document as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A document on its way to a webhook.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) body: Bytes,
    /// The moment of its event, as an id; `None` for a document that is sent again.
    pub(crate) moment: Option<u64>,
    _pending: Pending,
}

/// The number of a document, which counts as on its way until this is dropped, delivered or not.
#[derive(Debug)]
struct Pending {
    number: u64,
    deliveries: Arc<Deliveries>,
}

impl Pending {
    fn new(deliveries: &Arc<Deliveries>) -> Self {
        let mut number = 0;
        deliveries.numbers.send_modify(|numbers| {
            number = numbers.next;
            numbers.next += 1;
            numbers.pending.insert(number);
        });
        Self { number, deliveries: Arc::clone(deliveries) }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.deliveries.numbers.send_modify(|numbers| {
            numbers.pending.remove(&self.number);
        });
    }
}

/// The documents are numbered, for somebody to wait for those before a moment while others come in.
#[derive(Debug, Default)]
struct Numbers {
    next: u64,
    pending: BTreeSet<u64>,
}

/// Deliveries to all webhooks.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    past: Mutex<VecDeque<(Option<u64>, WebhookDelivery)>>,
    numbers: watch::Sender<Numbers>,
}

impl Deliveries {
    /// All that were remembered, the oldest first.
    pub(crate) fn all(&self) -> Vec<WebhookDelivery> {
        lock(&self.past).iter().map(|(_, delivery)| delivery.clone()).collect()
    }

    pub(crate) fn note(&self, moment: Option<u64>, delivery: WebhookDelivery) {
        let mut past = lock(&self.past);
        if past.len() == REMEMBERED {
            past.pop_front();
        }
        past.push_back((moment, delivery));
    }

    /// Waits until no document of this moment is on its way.
    pub(crate) async fn settled(&self) {
        let mut numbers = self.numbers.subscribe();
        let end = numbers.borrow().next;
        // An error would say that the other side is gone, which is in `self`.
        let _ = numbers.wait_for(|numbers| numbers.pending.first().is_none_or(|first| *first >= end)).await;
    }
}

/// The documents that wait for one webhook, in order. When it is dropped they are dropped too, with the document on its way.
#[derive(Debug)]
pub(crate) struct Queue {
    webhook: Address,
    parcels: Sender<Parcel>,
    deliveries: Arc<Deliveries>,
    worker: JoinHandle<()>,
}

/// The webhook that documents go to.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) id: WebhookId,
    pub(crate) url: String,
}

impl Address {
    pub(crate) fn delivery(&self, body: Bytes, result: Result<StatusCode, String>) -> WebhookDelivery {
        WebhookDelivery { webhook_id: self.id.to_string(), url: self.url.clone(), body, result }
    }
}

impl Queue {
    /// A queue that somebody is to work off, in a task of their own.
    pub(crate) fn new(webhook: Address, deliveries: Arc<Deliveries>, work: impl FnOnce(Receiver<Parcel>) -> JoinHandle<()>) -> Self {
        let (parcels, receiver) = channel(WAITING);
        Self { webhook, parcels, deliveries, worker: work(receiver) }
    }

    /// Has a document posted that tells of a moment; `None` if it is no new one. If too many wait already, it has
    /// failed.
    pub(crate) fn post(&self, moment: Option<u64>, body: Bytes) {
        let parcel = Parcel { body, moment, _pending: Pending::new(&self.deliveries) };
        match self.parcels.try_send(parcel) {
            Err(TrySendError::Full(parcel)) => self.refuse(parcel.moment, parcel.body),
            // It is closed once the runtime is shutting down; nothing is delivered then.
            Err(TrySendError::Closed(_)) | Ok(()) => {}
        }
    }

    fn refuse(&self, moment: Option<u64>, body: Bytes) {
        let fault = format!("was not asked: {WAITING} documents were waiting for it already, and more do not");
        self.deliveries.note(moment, self.webhook.delivery(body, Err(fault)));
    }

    /// Has everything posted again that was to be posted and tells of a time, whether it was taken or not. Returns whether all of it may wait; a
    /// place is left for a document that says so.
    pub(crate) fn post_again(&self, time: &Range<Timestamp>) -> bool {
        let id = self.webhook.id.to_string();
        let is_of_then = |moment: &Option<u64>| moment.is_some_and(|moment| time.contains(&time_of(moment)));
        let mut again: Vec<(Option<u64>, Bytes)> = {
            let past = lock(&self.deliveries.past);
            let wanted = past.iter().filter(|(moment, delivery)| delivery.webhook_id == id && is_of_then(moment));
            wanted.map(|(moment, delivery)| (*moment, delivery.body.clone())).collect()
        };
        // Documents that could not wait were noted before those that did.
        again.sort_by_key(|(moment, _)| *moment);
        let places = self.parcels.capacity().saturating_sub(1);
        let may_wait = again.len() <= places;
        // A document that does not fit is not noted: that would push the very documents out of memory that are to be posted again.
        again.into_iter().take(places).for_each(|(_, body)| self.post(None, body));
        may_wait
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;

    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::{Address, Deliveries, Queue};

    #[tokio::test]
    async fn later_documents_are_not_waited_for() {
        let deliveries = Arc::new(Deliveries::default());
        let (hand_over, receiver) = oneshot::channel();
        let webhook = Address { id: 1, url: String::new() };
        let queue = Queue::new(webhook, Arc::clone(&deliveries), |parcels| {
            drop(hand_over.send(parcels));
            tokio::spawn(async {})
        });
        let mut parcels = receiver.await.expect("a queue");
        assert_eq!(deliveries.settled().now_or_never(), Some(()));
        queue.post(None, "1".into());
        let mut settled = pin!(deliveries.settled());
        assert_eq!(settled.as_mut().now_or_never(), None);
        queue.post(None, "2".into());
        drop(parcels.recv().await);
        assert_eq!(settled.now_or_never(), Some(()));
        assert_eq!(deliveries.settled().now_or_never(), None);
        drop(parcels.recv().await);
        assert_eq!(deliveries.settled().now_or_never(), Some(()));
    }
}
