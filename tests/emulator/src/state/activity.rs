//! Who wants to hear of which activity.

use serde_json::Value;

/// A subscription to one kind of activity.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) id: u64,
    pub(crate) event_type: String,
    /// `user_id`, `direction`, `keyword`, as they were given.
    pub(crate) filter: Value,
    pub(crate) tag: Option<String>,
    pub(crate) webhook: Option<String>,
    pub(crate) expires_at: Option<String>,
    /// The moment of the last change, as an id.
    pub(crate) updated: u64,
}
