//! The webhooks of the app, and the deliveries to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Relation;
use super::deliveries::{Deliveries, Queue};
use crate::dialect::Dialect;
use crate::query::Query;

/// The id of a webhook.
pub(crate) type WebhookId = u64;

/// A URL that wants to be told.
#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) id: WebhookId,
    pub(crate) url: String,
    /// Whether it has passed its last check.
    pub(crate) valid: bool,
    /// The dialect of its activity.
    pub(crate) dialect: Dialect,
    pub(crate) link: Option<Link>,
    /// The documents that wait for it; `None` if it gets none, because it is not valid or its URL is out of reach.
    pub(crate) queue: Option<Queue>,
}

/// A webhook's link to the filtered stream.
#[derive(Debug)]
pub(crate) struct Link {
    /// The moment since when there is one, as an id.
    pub(crate) since: u64,
    /// The fields and expansions that were asked for.
    pub(crate) query: Query,
    pub(crate) dialect: Dialect,
}

#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    webhooks: BTreeMap<WebhookId, Webhook>,
    /// From a webhook to a user whose activity it gets.
    pub(crate) subscribed: Relation,
    pub(crate) deliveries: Arc<Deliveries>,
}

impl Webhooks {
    pub(crate) fn add(&mut self, webhook: Webhook) {
        self.webhooks.insert(webhook.id, webhook);
    }

    pub(crate) fn get(&self, id: WebhookId) -> Option<&Webhook> {
        self.webhooks.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: WebhookId) -> Option<&mut Webhook> {
        self.webhooks.get_mut(&id)
    }

    /// All webhooks, the newest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Webhook> {
        self.webhooks.values().rev()
    }

    /// How many subscriptions to users there are.
    pub(crate) fn count_subscribed(&self) -> usize {
        self.webhooks.keys().map(|id| self.subscribed.from(*id).count()).sum()
    }

    /// Removes a webhook with all that was to be delivered to it. Returns whether it was there.
    pub(crate) fn remove(&mut self, id: WebhookId) -> bool {
        self.subscribed.remove_from(id);
        self.webhooks.remove(&id).is_some()
    }

    /// Delivers nothing any more.
    pub(crate) fn stop(&mut self) {
        self.webhooks.values_mut().for_each(|webhook| webhook.queue = None);
    }
}
