//! What is posted to webhooks: what is on its way, and what became of it.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{WebhookId, time_of};
use crate::shared::lock;

/// How many deliveries are remembered; the oldest is forgotten first.
const REMEMBERED: usize = 4096;

/// A document that was posted to a webhook, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// The id of the webhook.
    pub webhook_id: String,
    /// The URL of the webhook.
    pub url: String,
    /// The document, byte by byte as it was posted.
    pub body: Bytes,
    /// The status that the webhook answered, or why it did not.
    pub result: Result<StatusCode, String>,
}

impl WebhookDelivery {
    /// Whether the webhook has taken the document: its answer was 2xx.
    pub fn is_taken(&self) -> bool {
        self.result.as_ref().is_ok_and(StatusCode::is_success)
    }

    /// The document as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A document on its way to a webhook.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) body: Bytes,
    /// When that happened which it tells of, as an id; of one that is sent again, nothing.
    pub(crate) moment: Option<u64>,
    _pending: Pending,
}

/// Counts as on its way until it is dropped, whatever becomes of it.
#[derive(Debug)]
struct Pending(Arc<Deliveries>);

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.pending.send_modify(|pending| *pending -= 1);
    }
}

/// What was posted to all webhooks.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    past: Mutex<VecDeque<(Option<u64>, WebhookDelivery)>>,
    pending: watch::Sender<usize>,
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

    /// Waits until nothing is on its way.
    pub(crate) async fn settled(&self) {
        // An error would say that the other side is gone, which is in `self`.
        let _ = self.pending.subscribe().wait_for(|pending| *pending == 0).await;
    }
}

/// What is still to be posted to one webhook, in order. It ends, with what is on its way, when it is dropped.
#[derive(Debug)]
pub(crate) struct Queue {
    parcels: UnboundedSender<Parcel>,
    deliveries: Arc<Deliveries>,
    worker: JoinHandle<()>,
}

impl Queue {
    /// A queue that somebody is to work off, in a task of their own.
    pub(crate) fn new(deliveries: Arc<Deliveries>, work: impl FnOnce(UnboundedReceiver<Parcel>) -> JoinHandle<()>) -> Self {
        let (parcels, receiver) = unbounded_channel();
        Self { parcels, deliveries, worker: work(receiver) }
    }

    /// Has a document posted that tells of a moment; `None` if it is no new one.
    pub(crate) fn post(&self, moment: Option<u64>, body: Bytes) {
        self.deliveries.pending.send_modify(|pending| *pending += 1);
        let parcel = Parcel { body, moment, _pending: Pending(Arc::clone(&self.deliveries)) };
        // It fails once the runtime is shutting down; nothing is delivered then.
        let _ = self.parcels.send(parcel);
    }

    /// Has everything posted again that was posted and tells of a time, whether it was taken or not.
    pub(crate) fn post_again(&self, webhook: WebhookId, time: &Range<Timestamp>) {
        let id = webhook.to_string();
        let past = lock(&self.deliveries.past);
        let is_of_then = |moment: &Option<u64>| moment.is_some_and(|moment| time.contains(&time_of(moment)));
        let bodies = past.iter().filter(|(moment, delivery)| delivery.webhook_id == id && is_of_then(moment));
        bodies.for_each(|(_, delivery)| self.post(None, delivery.body.clone()));
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.worker.abort();
    }
}
