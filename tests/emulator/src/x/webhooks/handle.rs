//! What a test sees of what was posted to webhooks.

use std::sync::Arc;

use crate::state::{Deliveries, WebhookDelivery};
use crate::{Emulator, Shared};

/// Webhooks.
impl Emulator {
    /// Everything that was posted to webhooks so far and has its outcome, the oldest first; of very many the last. The checks of webhooks are not
    /// among it.
    pub fn webhook_deliveries(&self) -> Vec<WebhookDelivery> {
        self.shared.deliveries().all()
    }

    /// Waits until everything that has happened so far is posted to the webhooks that are to hear of it, whatever happens meanwhile. A webhook that
    /// does not answer costs ten seconds for each document.
    ///
    /// ```
    /// # async fn example() -> std::io::Result<()> {
    /// let emulator = paragon_twitter_emulator::Emulator::start().await?;
    /// // … register a webhook and link it to the filtered stream …
    /// emulator.post("user-42", "tea");
    /// emulator.deliveries_settled().await;
    /// assert!(emulator.webhook_deliveries().iter().all(|delivery| delivery.is_taken()));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn deliveries_settled(&self) {
        self.shared.deliveries().settled().await;
    }
}

impl Shared {
    pub(crate) fn deliveries(&self) -> Arc<Deliveries> {
        Arc::clone(&self.world().webhooks.deliveries)
    }
}
