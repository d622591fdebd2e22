//! Direct messages: how they are shown, sent, looked up and deleted, and who may send them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::media::resource;
use super::posts::entities_of;
use super::{Answer, Call, Entry, Envelope, Included, Page, Problem, View};
use crate::problem::{invalid, resource_not_authorized, resource_not_found};
use crate::search::entities;
use crate::shared::Shared;
use crate::state::{Conversation, DmEvent, DmEventId, Message, PostId, UserId, World, created_at};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::POST, "/2/dm_conversations", create_group),
    (Method::POST, "/2/dm_conversations/with/{participant_id}/messages", send_to_user),
    (Method::GET, "/2/dm_conversations/with/{participant_id}/dm_events", with_user),
    (Method::POST, "/2/dm_conversations/{dm_conversation_id}/messages", send),
    (Method::GET, "/2/dm_conversations/{id}/dm_events", in_conversation),
    (Method::GET, "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}", download),
    (Method::GET, "/2/dm_events", all),
    (Method::GET, "/2/dm_events/{event_id}", by_id),
    (Method::DELETE, "/2/dm_events/{event_id}", delete),
    (Method::POST, "/2/users/{id}/dm/block", block),
    (Method::POST, "/2/users/{id}/dm/unblock", unblock),
];

/// How many characters a message may have, and how many attachments.
const MAX_TEXT: usize = 10_000;
const MAX_ATTACHMENTS: usize = 1;

impl Shared {
    /// Takes the first connected account of a user out of a group conversation. Returns whether it was in it.
    pub(crate) fn leave_conversation(&self, user_id: &str, conversation_id: &str) -> bool {
        let user = self.paragon().accounts(user_id).first().map(|account| account.user);
        let conversation = conversation_id.parse::<Conversation>().ok();
        user.zip(conversation).is_some_and(|(user, conversation)| self.world().leave(user, conversation))
    }
}

/// An event with the fields that were asked for.
fn render(view: &View, world: &World, event: &DmEvent) -> Value {
    let message = event.message();
    let ids = |ids: &[u64]| (!ids.is_empty()).then(|| ids.iter().map(u64::to_string).collect::<Vec<_>>());
    let mut object = view.object("dm_event");
    object.put("id", || Some(event.id.to_string()));
    object.put("event_type", || Some(event.kind()));
    object.put("text", || message?.text.as_deref());
    object.put("attachments", || message.filter(|message| !message.media.is_empty()).map(|message| json!({ "media_keys": message.media })));
    object.put("created_at", || Some(created_at(event.id)));
    object.put("dm_conversation_id", || Some(event.conversation.to_string()));
    object.put("entities", || entities_of(world, message?.text.as_deref()?));
    object.put("participant_ids", || ids(event.participants()));
    object.put("referenced_posts", || Some(ids(&message?.posts)?.into_iter().map(|id| json!({ "id": id })).collect::<Vec<_>>()));
    object.put("sender_id", || Some(event.sender.to_string()));
    object.finish()
}

/// The objects that the expansions bring in for events.
fn expand(view: &View, world: &World, events: &[&DmEvent], included: &mut Included) {
    for event in events {
        if view.expands("sender_id") {
            included.user(event.sender);
        }
        if view.expands("participant_ids") {
            event.participants().iter().for_each(|user| included.user(*user));
        }
        let Some(message) = event.message() else { continue };
        if view.expands("attachments.media_keys") {
            message.media.iter().for_each(|key| included.media(key));
        }
        for id in message.posts.iter().filter(|_| view.expands("referenced_posts")) {
            let (name, value) = (view.dialect.spell("referenced_posts"), id.to_string());
            match world.post(*id) {
                Some(post) if !world.sees(view.viewer, post) => included.errors.push(resource_not_authorized("tweet", name, &value)),
                Some(_) => included.post(*id),
                None => included.errors.push(resource_not_found("tweet", name, &value)),
            }
        }
    }
}

/// The posts that a text points to, by their address or by their id alone.
fn referenced(world: &World, text: &str) -> Vec<PostId> {
    let links = entities(text).urls;
    let linked = links.iter().filter_map(|link| {
        let (_, path) = link.text.split_once("://")?;
        let (host, path) = path.split_once('/')?;
        let known = ["x.com", "twitter.com", "www.x.com", "www.twitter.com"].iter().any(|own| host.eq_ignore_ascii_case(own));
        let (_, id) = path.split_once("/status/").filter(|_| known)?;
        id.split(['/', '?', '#']).next()
    });
    let mut posts: Vec<PostId> = Vec::new();
    for id in linked.chain(text.split_whitespace()).filter_map(|id| id.parse().ok()) {
        if world.post(id).is_some() && !posts.contains(&id) {
            posts.push(id);
        }
    }
    posts
}

impl Call<'_> {
    /// The conversation in the path, which has to be one of the caller's.
    fn own_conversation(&self) -> Result<Conversation, Problem> {
        let user = self.user()?;
        let named = self.path[0].parse::<Conversation>().ok();
        let found = named.and_then(|conversation| Some((conversation, self.world.members(conversation)?)));
        match found {
            Some((conversation, members)) if members.contains(&user) => Ok(conversation),
            Some(_) => Err(Problem::forbidden("You are not a participant of this conversation.")),
            None => Err(Problem::not_found(&resource_not_found("dm_conversation", self.path_name(0), &self.path[0]))),
        }
    }

    /// The event in the path, if the caller can see it.
    fn event_in_path(&self) -> Result<Option<&DmEvent>, Problem> {
        let user = self.user()?;
        match self.world.dm_event(self.id(0)) {
            Some(event) if !self.world.sees_event(user, event.id) => {
                Err(Problem::forbidden("You are not a participant of the conversation of this event."))
            }
            found => Ok(found),
        }
    }

    /// Answers that there is no event as the path names it.
    fn missing_event(&self) -> Result<Answer, Problem> {
        Err(Problem::missing("dm_event", self.path_name(0), &self.path[0]))
    }

    /// Answers with a page of events, as far as they are of the types that were asked for.
    fn show_events<'w>(&'w self, events: impl Iterator<Item = &'w DmEvent>) -> Result<Answer, Problem> {
        let types = self.query.set("event_types");
        let wanted = events.filter(|event| types.is_empty() || types.contains(event.kind()));
        let Page { items, meta } = Page::of(self, wanted.map(|event| (event.id, event)))?;
        let view = self.view();
        let mut included = Included::default();
        expand(&view, self.world, &items, &mut included);
        let data: Vec<Value> = items.iter().map(|event| render(&view, self.world, event)).collect();
        let includes = view.includes(self.world, &included);
        self.answer(Envelope { data: (!data.is_empty()).then(|| data.into()), includes, errors: included.errors, meta })
    }

    /// Refuses a caller who may not send messages to all of these users.
    fn may_message(&self, users: &[UserId]) -> Result<(), Problem> {
        let user = self.user()?;
        if users.iter().all(|other| self.world.may_message(user, *other)) {
            return Ok(());
        }
        Err(Problem::forbidden("You cannot send messages to this user."))
    }
}

/// A message in a body, and the ids of its attachments.
fn message(world: &World, body: &Value, place: &str) -> Result<(Message, Vec<String>), Problem> {
    let text = body["text"].as_str();
    let attachments = body["attachments"].as_array().into_iter().flatten();
    let media: Vec<String> = attachments.filter_map(|attachment| attachment["media_id"].as_str()).map(str::to_owned).collect();
    let fault = if text.is_none() && media.is_empty() {
        Some(("text", "is missing in a message without attachments".to_owned()))
    } else if text.is_some_and(|text| text.chars().count() > MAX_TEXT) {
        Some(("text", format!("is longer than {MAX_TEXT} characters")))
    } else if media.len() > MAX_ATTACHMENTS {
        Some(("attachments", format!("has more items than {MAX_ATTACHMENTS}")))
    } else {
        None
    };
    if let Some((name, fault)) = fault {
        let name = format!("{place}{name}");
        return Err(Problem::invalid_request(vec![invalid(&name, &[], format!("$.{name}: {fault}"))]));
    }
    let posts = text.map(|text| referenced(world, text)).unwrap_or_default();
    Ok((Message { text: text.map(str::to_owned), posts, ..Message::default() }, media))
}

/// The complaint about a medium that cannot be attached.
fn unusable(place: &str, id: &str) -> Problem {
    let name = format!("{place}attachments.media_id");
    let message = format!("$.{name}: is not a medium of the authenticating user that is ready");
    Problem::invalid_request(vec![invalid(&name, &[id], message)])
}

/// Sends the message in the body.
fn send_body(call: &mut Call<'_>, conversation: Conversation) -> Result<Answer, Problem> {
    let user = call.user()?;
    let (message, media) = message(call.world, &call.body, "")?;
    let event = call.world.send(user, conversation, message, &media).map_err(|id| unusable("", &id))?;
    sent(call, conversation, event)
}

fn sent(call: &Call<'_>, conversation: Conversation, event: DmEventId) -> Result<Answer, Problem> {
    call.data(json!({ "dm_conversation_id": conversation.to_string(), "dm_event_id": event.to_string() }))
}

fn create_group(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let named: Vec<&str> = call.body["participant_ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let others: Vec<UserId> = named.iter().filter_map(|id| id.parse().ok()).filter(|id| call.world.user(*id).is_some()).collect();
    if others.len() < named.len() {
        let message = "$.participant_ids: has an item that is not a user";
        return Err(Problem::invalid_request(vec![invalid("participant_ids", &named, message)]));
    }
    call.may_message(&others)?;
    let (message, media) = message(call.world, &call.body["message"], "message.")?;
    // A group that could not get its first message is not to be seen.
    call.world.ready(user, &media).map_err(|id| unusable("message.", &id))?;
    let conversation = call.world.create_group(user, &others);
    let event = call.world.send(user, conversation, message, &media).map_err(|id| unusable("message.", &id))?;
    sent(call, conversation, event)
}

fn send_to_user(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let Some(other) = call.world.user(call.id(0)).map(|other| other.id) else {
        let (name, value) = (call.path_name(0), &call.path[0]);
        let message = format!("The `{name}` query parameter value [{value}] is not a user");
        return Err(Problem::invalid_request(vec![invalid(name, &[value], message)]));
    };
    call.may_message(&[other])?;
    send_body(call, Conversation::between(user, other))
}

fn send(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let conversation = call.own_conversation()?;
    // In a group everybody may speak.
    if let Conversation::Pair(one, other) = conversation {
        call.may_message(&[one, other])?;
    }
    send_body(call, conversation)
}

fn with_user(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let other = call.user_in_path()?;
    call.show_events(call.world.events_in(Conversation::between(user, other.id)))
}

fn in_conversation(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let conversation = call.own_conversation()?;
    call.show_events(call.world.events_in(conversation))
}

fn all(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    call.show_events(call.world.events_of(user))
}

fn by_id(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let Some(event) = call.event_in_path()? else { return call.missing_event() };
    let view = call.view();
    let mut included = Included::default();
    expand(&view, call.world, &[event], &mut included);
    let includes = view.includes(call.world, &included);
    call.answer(Envelope { data: Some(render(&view, call.world, event)), includes, errors: included.errors, ..Envelope::default() })
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let Some(event) = call.event_in_path()? else { return call.missing_event() };
    if event.sender != user || event.message().is_none() {
        return Err(Problem::forbidden("You are not authorized to delete this event."));
    }
    call.world.delete_event(event.id);
    call.data(json!({ "deleted": true }))
}

/// Downloads an attachment of a message. The emulator keeps no more than the smaller and newer of all uploads.
fn download(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let Some(event) = call.event_in_path()? else {
        // Among bytes there is no place for an error.
        return Err(Problem::not_found(&resource_not_found("dm_event", "dm_id", &call.path[0])));
    };
    let attached = event.message().into_iter().flat_map(|message| &message.media).filter_map(|key| call.world.medium(key));
    let named = |id: &str, file: &str| call.path[1] == id && call.path[2] == file;
    let Some(medium) = attached.into_iter().find(|medium| named(&medium.id.to_string(), &resource(medium))) else {
        return Err(Problem::not_found(&resource_not_found("media", "media_id", &call.path[1])));
    };
    let Some(bytes) = call.world.media.file(medium) else {
        return Err(Problem::blank(StatusCode::NOT_FOUND, "The emulator has not kept the bytes of this medium."));
    };
    Ok(Answer::bytes(call.operation.status, bytes).with_content_type("application/octet-stream"))
}

fn block(call: &mut Call<'_>) -> Result<Answer, Problem> {
    set_block(call, true)
}

fn unblock(call: &mut Call<'_>) -> Result<Answer, Problem> {
    set_block(call, false)
}

/// The user in the path is the one who is kept from sending messages, not the caller.
fn set_block(call: &mut Call<'_>, blocked: bool) -> Result<Answer, Problem> {
    let user = call.user()?;
    let target = call.user_in_path()?;
    let target = target.id;
    if blocked {
        let moment = call.world.next_id();
        call.world.messages.blocks.add(user, target, moment);
    } else {
        call.world.messages.blocks.remove(user, target);
    }
    call.data(json!({ "blocked": blocked }))
}
