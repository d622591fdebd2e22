//! The webhooks of the app, and what is delivered to them.

use std::collections::BTreeMap;

use super::Relation;

/// The id of a webhook.
pub(crate) type WebhookId = u64;

/// A URL that wants to be told.
#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) id: WebhookId,
    pub(crate) url: String,
    /// The moment since when it gets what the filtered stream finds, as an id.
    pub(crate) linked: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    webhooks: BTreeMap<WebhookId, Webhook>,
    /// From a webhook to a user whose activity it gets.
    pub(crate) subscribed: Relation,
}

impl Webhooks {
    pub(crate) fn add(&mut self, id: WebhookId, url: String) {
        self.webhooks.insert(id, Webhook { id, url, linked: None });
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

    /// Removes a webhook with all that was delivered to it. Returns whether it was there.
    pub(crate) fn remove(&mut self, id: WebhookId) -> bool {
        self.subscribed.remove_from(id);
        self.webhooks.remove(&id).is_some()
    }
}
