//! Subscriptions to the activity of users, and the documents of the activity stream for them.
//!
//! All kinds that the description lists can be subscribed to. Those whose payload it does not describe bring nothing, though they happen here:
//! messages (`dm.sent`, `dm.received`), blocks and mutes among them.

use std::collections::BTreeSet;

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::streams::render_like;
use super::{Answer, Call, Entry, Envelope, Page, Problem, View, posts, users};
use crate::dialect::Dialect;
use crate::problem::{invalid, resource_not_found};
use crate::query::Query;
use crate::search::entities;
use crate::state::{Event, ProfileField, Subscription, UserId, World, created_at, show_time, time_of};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/activity/subscriptions", list),
    (Method::POST, "/2/activity/subscriptions", create),
    (Method::DELETE, "/2/activity/subscriptions", delete_many),
    (Method::PUT, "/2/activity/subscriptions/{subscription_id}", update),
    (Method::DELETE, "/2/activity/subscriptions/{subscription_id}", delete),
];

fn render(subscription: &Subscription) -> Value {
    let mut filter = subscription.filter.clone();
    if let Some(filter) = filter.as_object_mut() {
        // Asked for, and described in no answer.
        filter.remove("qualifiers");
    }
    let mut object = json!({
        "subscription_id": subscription.id.to_string(),
        "event_type": subscription.event_type,
        "filter": filter,
        "created_at": created_at(subscription.id),
        "updated_at": created_at(subscription.updated),
    });
    let expires_at = subscription.expires_at.map(show_time);
    for (name, value) in [("tag", &subscription.tag), ("webhook_id", &subscription.webhook), ("expires_at", &expires_at)] {
        if let Some(value) = value {
            object[name] = value.as_str().into();
        }
    }
    object
}

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.query.get("user_id");
    let lasting = call.world.lasting_subscriptions().rev();
    let subscriptions = lasting.filter(|subscription| user.is_none_or(|user| subscription.filter["user_id"] == user));
    let page = Page::of(call, subscriptions.map(|subscription| (subscription.id, render(subscription))))?;
    call.answer(Envelope { data: Some(page.items.into()), meta: page.meta, ..Envelope::default() })
}

/// The webhook that the body names, if it names one.
fn webhook(call: &Call<'_>) -> Result<Option<String>, Problem> {
    let named = call.text("webhook_id");
    match named {
        Some(named) if call.world.webhooks.get(call.body_id("webhook_id")).is_none() => {
            Err(Problem::invalid_request(vec![invalid("webhook_id", &[named], "$.webhook_id: is not a webhook")]))
        }
        _ => Ok(named.map(str::to_owned)),
    }
}

/// The end that the body names, if it names one.
fn expires_at(call: &Call<'_>) -> Result<Option<Timestamp>, Problem> {
    let Some(named) = call.text("expires_at") else { return Ok(None) };
    let refused = |fault: &str| Problem::invalid_request(vec![invalid("expires_at", &[named], format!("$.expires_at: {fault}"))]);
    let end: Timestamp = named.parse().map_err(|_| refused("is not a time, such as 2026-01-01T00:00:00Z"))?;
    let now = call.world.now();
    if end > now { Ok(Some(end)) } else { Err(refused(&format!("is not in the future: it is {} now", show_time(now)))) }
}

fn create(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (tag, webhook, expires_at) = (call.text("tag").map(str::to_owned), webhook(call)?, expires_at(call)?);
    let id = call.world.next_id();
    let event_type = call.text("event_type").unwrap_or_default().to_owned();
    let filter = call.body["filter"].clone();
    let subscription = Subscription { id, event_type, filter, tag, webhook, expires_at, updated: id };
    let data = json!({ "subscription": render(&subscription) });
    call.world.forget_subscriptions();
    call.world.subscriptions.push(subscription);
    call.data(data)
}

fn missing(call: &Call<'_>) -> Problem {
    Problem::not_found(&resource_not_found("subscription", call.path_name(0), &call.path[0]))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (id, updated) = (call.id(0), call.world.next_id());
    let (tag, webhook) = (call.text("tag").map(str::to_owned), webhook(call)?);
    let now = call.world.now();
    let found = call.world.subscriptions.iter_mut().find(|subscription| subscription.id == id);
    let Some(subscription) = found.filter(|subscription| subscription.lasts(now)) else { return Err(missing(call)) };
    subscription.updated = updated;
    subscription.tag = tag.or_else(|| subscription.tag.take());
    subscription.webhook = webhook.or_else(|| subscription.webhook.take());
    let data = json!({ "subscription": render(subscription), "total_subscriptions": call.world.lasting_subscriptions().count() });
    call.data(data)
}

/// Deletes a subscription. Returns whether it was there.
fn remove(world: &mut World, id: &str) -> bool {
    let now = world.now();
    let before = world.subscriptions.len();
    world.subscriptions.retain(|subscription| subscription.id.to_string() != id || !subscription.lasts(now));
    world.subscriptions.len() < before
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Problem> {
    if remove(call.world, &call.path[0]) { call.data(json!({ "deleted": true })) } else { Err(missing(call)) }
}

fn delete_many(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let ids: BTreeSet<String> = call.query.set("ids");
    let data: Vec<Value> = ids.iter().map(|id| json!({ "subscription_id": id, "deleted": remove(call.world, id) })).collect();
    let meta = [("total_subscriptions".to_owned(), call.world.lasting_subscriptions().count().into())].into_iter().collect();
    call.answer(Envelope { data: Some(data.into()), meta, ..Envelope::default() })
}

/// The fields that the payloads show.
const FIELDS: &str = "post.fields=author_id,conversation_id,created_at,in_reply_to_user_id,lang,referenced_posts\
    &user.fields=created_at,description,protected,verified\
    &like_with_tweet_author.fields=timestamp_ms";

/// The payloads always show the same fields: there is no parameter for that.
pub(super) fn view(dialect: Dialect) -> View {
    View::new(&Query::parse(Some(FIELDS)), dialect, None)
}

/// Something that a user did, to another or to nobody.
struct Activity {
    event_type: &'static str,
    by: UserId,
    to: Option<UserId>,
    payload: Value,
}

/// The documents of the activity stream for an event: one for each subscription that it concerns.
pub(super) fn documents(view: &View, world: &World, event: &Event) -> Vec<Value> {
    wanted(view, world, event, |_| true)
}

/// The same for the subscriptions that a webhook has.
pub(super) fn documents_for(webhook: &str, dialect: Dialect, world: &World, event: &Event) -> Vec<Value> {
    wanted(&view(dialect), world, event, |subscription| subscription.webhook.as_deref() == Some(webhook))
}

/// The documents that the matching subscriptions want for an event.
fn wanted(view: &View, world: &World, event: &Event, is_meant: impl Fn(&Subscription) -> bool) -> Vec<Value> {
    let moment = event.moment();
    let activities = activities(world, view, event);
    let wanted = activities.iter().flat_map(|activity| {
        let fits = |subscription: &&Subscription| {
            let filter = &subscription.filter;
            let is = |user: UserId| filter["user_id"].as_str().is_none_or(|wanted| wanted == user.to_string());
            let outbound = filter["direction"] != "inbound" && is(activity.by);
            let inbound = filter["direction"] != "outbound" && activity.to.is_some_and(is);
            let keyword = filter["keyword"].as_str();
            is_meant(subscription)
                && subscription.event_type == activity.event_type
                && (outbound || inbound)
                && keyword.is_none_or(|word| {
                    activity.payload["text"].as_str().is_some_and(|text| text.to_lowercase().contains(&word.to_lowercase()))
                })
        };
        let lasting = world.subscriptions.iter().filter(move |subscription| subscription.lasts(time_of(moment)));
        lasting.filter(fits).map(move |subscription| (subscription, activity))
    });
    wanted
        .map(|(subscription, activity)| {
            let rendered = render(subscription);
            let mut data = json!({
                "event_type": activity.event_type,
                "event_uuid": moment.to_string(),
                "created_at": created_at(moment),
                "filter": rendered["filter"],
                "payload": activity.payload,
            });
            if let Some(tag) = &subscription.tag {
                data["tag"] = tag.as_str().into();
            }
            json!({ "data": data })
        })
        .collect()
}

/// The activity of users in an event. Posts of protected users are not for the app, as in other streams.
fn activities(world: &World, view: &View, event: &Event) -> Vec<Activity> {
    let user = |id: UserId| world.user(id).map(|user| users::render(view, world, user));
    let author_of = |id| world.post(id).map(|post| post.author);
    let visible = |id| world.post(id).filter(|post| world.sees(None, post));
    match *event {
        Event::Posted(id) => {
            let Some(post) = visible(id) else { return Vec::new() };
            let named = entities(&post.text).mentions;
            let mentioned = named.iter().filter_map(|tag| world.user_by_name(&tag.text)).map(|user| ("post.mention.create", Some(user.id)));
            let mut kinds = vec![("post.create", None)];
            kinds.extend(post.reply.map(|reply| ("post.reply.create", Some(reply.to_user))));
            kinds.extend(post.quoted.map(|quoted| ("post.quote.create", author_of(quoted))));
            kinds.extend(post.reposted.map(|reposted| ("post.repost.create", author_of(reposted))));
            kinds.extend(mentioned.filter(|_| post.reposted.is_none()));
            let activity = |(event_type, to)| Activity { event_type, by: post.author, to, payload: posts::render(view, world, post) };
            kinds.into_iter().map(activity).collect()
        }
        Event::Deleted { author, .. } if !world.sees_posts_of(None, author) => Vec::new(),
        Event::Deleted { post, author, .. } => {
            let payload = json!({ "id": post.to_string(), "author_id": author.to_string() });
            vec![Activity { event_type: "post.delete", by: author, to: None, payload }]
        }
        Event::Liked { user, post, moment } => {
            let Some(author) = visible(post).map(|post| post.author) else { return Vec::new() };
            let payload = render_like(view, user, post, author, moment);
            vec![Activity { event_type: "like.create", by: user, to: Some(author), payload }]
        }
        Event::Followed { user: by, followed, .. } | Event::Unfollowed { user: by, followed, .. } => {
            let event_type = if matches!(event, Event::Followed { .. }) { "follow.follow" } else { "follow.unfollow" };
            let payload = json!({ "source": user(by), "target": user(followed) });
            vec![Activity { event_type, by, to: Some(followed), payload }]
        }
        Event::ProfileChanged { user, field, ref before, ref after, .. } => {
            let event_type = match field {
                ProfileField::Description => "profile.update.bio",
                ProfileField::Location => "profile.update.geo",
                ProfileField::Url => "profile.update.url",
            };
            let payload = json!({ "before": **before, "after": **after });
            vec![Activity { event_type, by: user, to: None, payload }]
        }
        Event::Unliked { .. }
        | Event::Protected { .. }
        | Event::Labeled { .. }
        | Event::Blocked { .. }
        | Event::Muted { .. }
        | Event::Messaged(_) => Vec::new(),
    }
}
