//! Documents that X posts to webhooks.

use crate::shared::Shared;
use crate::state::WebhookDelivery;

/// The deliveries of X to webhooks. Webhooks are registered by X's own operations.
#[derive(Clone, Copy)]
pub struct WebhooksHandle<'a> {
    shared: &'a Shared,
}

impl<'a> WebhooksHandle<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    /// Returns the consumer secret of the app, with which X signs the documents that it posts to webhooks.
    pub fn consumer_secret(self) -> &'a str {
        &self.shared.consumer_secret
    }

    /// Returns all deliveries that have their outcome, the oldest first; of very many the last. The CRC checks of webhooks are not among them.
    pub fn deliveries(self) -> Vec<WebhookDelivery> {
        self.shared.deliveries().all()
    }

    /// Waits until all events so far are posted to the webhooks that are to hear of them, however many follow in between. A webhook that does not
    /// answer costs ten seconds for each document.
    ///
    /// ```
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// // … register a webhook and link it to the filtered stream …
    /// emulator.x().post("user-42", "tea");
    /// emulator.webhooks().settled().await;
    /// assert!(emulator.webhooks().deliveries().iter().all(|delivery| delivery.is_taken()));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn settled(self) {
        self.shared.deliveries().settled().await;
    }
}
