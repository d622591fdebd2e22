//! Documents for webhooks, and their delivery.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::account;
use super::outgoing::{Target, sign};
use crate::state::{Address, Deliveries, Event, Queue, Webhook, WebhookId, World};
use crate::x::{View, activity, streams};

/// How long a webhook may take to answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// Has everybody told of an event who is to be. It is called when the event happens, while the state is as it was then.
pub(crate) fn deliver(world: &World, event: &Event) {
    for webhook in world.webhooks.iter() {
        let Some(queue) = &webhook.queue else { continue };
        for document in documents(world, webhook, event) {
            queue.post(Some(event.moment()), document.to_string().into());
        }
    }
}

/// The documents of a webhook for an event.
fn documents(world: &World, webhook: &Webhook, event: &Event) -> Vec<Value> {
    let found = webhook.link.as_ref().map(|link| {
        let view = View::new(&link.query, link.dialect, None);
        streams::found(&view, world, event)
    });
    let id = webhook.id.to_string();
    let subscribed = world.subscriptions.iter().any(|subscription| subscription.webhook.as_ref() == Some(&id));
    let activity = subscribed.then(|| activity::documents_for(&id, webhook.dialect, world, event));
    let account = account::documents(world, webhook.id, event);
    found.into_iter().chain(activity).chain([account]).flatten().collect()
}

/// A queue for a webhook, and the task that works it off: one document after the other, each once. `None` if the URL is out of reach.
pub(super) fn queue(id: WebhookId, url: &str, secret: &str, deliveries: &Arc<Deliveries>) -> Option<Queue> {
    let target = Target::of(url)?;
    let webhook = Address { id, url: url.to_owned() };
    let (address, secret, log) = (webhook.clone(), secret.to_owned(), Arc::clone(deliveries));
    Some(Queue::new(webhook, Arc::clone(deliveries), |mut parcels| {
        tokio::spawn(async move {
            while let Some(parcel) = parcels.recv().await {
                let result = target.post(parcel.body.clone(), &sign(&secret, &parcel.body), DEADLINE).await;
                log.note(parcel.moment, address.delivery(parcel.body.clone(), result));
            }
        })
    }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use std::time::Duration;

    use paragon_twitter_test_support::{Reply, Server};
    use tokio::time::{Instant, timeout};

    use super::queue;
    use crate::state::Deliveries;

    #[tokio::test(start_paused = true)]
    async fn a_webhook_that_takes_documents_and_does_not_answer_has_ten_seconds_for_each() {
        let silent = Server::always(Reply::silence());
        let deliveries = Arc::new(Deliveries::default());
        let queue = queue(1, &silent.url(), "secret", &deliveries).expect("a webhook within reach");
        let started = Instant::now();
        for requests in [1, 2] {
            queue.post(None, "{}".into());
            let settled = timeout(Duration::from_secs(60), deliveries.settled());
            let (settled, ()) = tokio::join!(settled, silent.received(requests, |request| request.method == "POST" && request.path == "/"));
            settled.expect("a deadline");
            assert_eq!(started.elapsed(), Duration::from_secs(10) * u32::try_from(requests).expect("few"));
        }
        let results: Vec<_> = deliveries.all().into_iter().map(|delivery| delivery.result).collect();
        assert_eq!(results, vec![Err("has not answered in 10 seconds".to_owned()); 2]);
    }
}
