//! Direct messages: conversations, and the events in them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use super::{Event, PostId, Relation, UserId, World};

/// The id of an event in a conversation.
pub(crate) type DmEventId = u64;

/// The id of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Conversation {
    /// Of two users, the one with the smaller id first.
    Pair(UserId, UserId),
    Group(u64),
}

impl Conversation {
    pub(crate) fn between(one: UserId, other: UserId) -> Self {
        Self::Pair(one.min(other), one.max(other))
    }
}

impl fmt::Display for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(one, other) => write!(f, "{one}-{other}"),
            Self::Group(id) => write!(f, "{id}"),
        }
    }
}

/// A text that is no id of a conversation.
#[derive(Debug)]
pub(crate) struct NoConversation;

impl FromStr for Conversation {
    type Err = NoConversation;

    fn from_str(text: &str) -> Result<Self, NoConversation> {
        let number = |text: &str| text.parse().map_err(|_| NoConversation);
        let conversation = match text.split_once('-') {
            Some((one, other)) => Self::between(number(one)?, number(other)?),
            None => Self::Group(number(text)?),
        };
        // A conversation has one id only.
        if conversation.to_string() == text { Ok(conversation) } else { Err(NoConversation) }
    }
}

/// Something that happened in a conversation.
#[derive(Debug)]
pub(crate) struct DmEvent {
    pub(crate) id: DmEventId,
    pub(crate) conversation: Conversation,
    /// Who did it.
    pub(crate) sender: UserId,
    pub(crate) action: Action,
}

#[derive(Debug)]
pub(crate) enum Action {
    Message(Message),
    Join(Vec<UserId>),
    Leave(Vec<UserId>),
}

/// The content of a message.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) text: Option<String>,
    /// The keys of the attachments.
    pub(crate) media: Vec<String>,
    /// The posts that the text points to.
    pub(crate) posts: Vec<PostId>,
}

impl DmEvent {
    /// As X names it.
    pub(crate) fn kind(&self) -> &'static str {
        match self.action {
            Action::Message(_) => "MessageCreate",
            Action::Join(_) => "ParticipantsJoin",
            Action::Leave(_) => "ParticipantsLeave",
        }
    }

    pub(crate) fn message(&self) -> Option<&Message> {
        match &self.action {
            Action::Message(message) => Some(message),
            Action::Join(_) | Action::Leave(_) => None,
        }
    }

    /// Who joined or left.
    pub(crate) fn participants(&self) -> &[UserId] {
        match &self.action {
            Action::Message(_) => &[],
            Action::Join(users) | Action::Leave(users) => users,
        }
    }
}

/// All conversations.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    /// Who is in a group. Who is in a pair, its id tells.
    groups: HashMap<u64, BTreeSet<UserId>>,
    events: BTreeMap<DmEventId, DmEvent>,
    by_conversation: HashMap<Conversation, BTreeSet<DmEventId>>,
    /// The events that each user can see.
    by_viewer: HashMap<UserId, BTreeSet<DmEventId>>,
    /// From a user to one who may not send messages.
    pub(crate) blocks: Relation,
}

impl World {
    /// Who is in a conversation, or `None` if it cannot be: no such group, or of a user whom X does not have. Two users have a conversation before
    /// the first message.
    pub(crate) fn members(&self, conversation: Conversation) -> Option<BTreeSet<UserId>> {
        match conversation {
            Conversation::Group(id) => self.messages.groups.get(&id).cloned(),
            Conversation::Pair(one, other) => {
                (self.user(one).is_some() && self.user(other).is_some()).then(|| BTreeSet::from([one, other]))
            }
        }
    }

    /// Returns whether no block of either kind stands between two users. A block ends messages in both directions.
    pub(crate) fn may_message(&self, one: UserId, other: UserId) -> bool {
        let blocked = |from, to| self.blocks.has(from, to) || self.messages.blocks.has(from, to);
        !blocked(one, other) && !blocked(other, one)
    }

    pub(crate) fn dm_event(&self, id: DmEventId) -> Option<&DmEvent> {
        self.messages.events.get(&id)
    }

    pub(crate) fn sees_event(&self, user: UserId, id: DmEventId) -> bool {
        self.messages.by_viewer.get(&user).is_some_and(|events| events.contains(&id))
    }

    /// The events that a user can see, the newest first.
    pub(crate) fn events_of(&self, user: UserId) -> impl Iterator<Item = &DmEvent> {
        self.found_events(self.messages.by_viewer.get(&user))
    }

    /// The events of a conversation, the newest first.
    pub(crate) fn events_in(&self, conversation: Conversation) -> impl Iterator<Item = &DmEvent> {
        self.found_events(self.messages.by_conversation.get(&conversation))
    }

    fn found_events<'a>(&'a self, ids: Option<&'a BTreeSet<DmEventId>>) -> impl Iterator<Item = &'a DmEvent> {
        ids.into_iter().flatten().rev().filter_map(|id| self.dm_event(*id))
    }

    /// Opens a group.
    pub(crate) fn create_group(&mut self, creator: UserId, others: &[UserId]) -> Conversation {
        let id = self.next_id();
        let members: BTreeSet<UserId> = others.iter().copied().chain([creator]).collect();
        self.messages.groups.insert(id, members.clone());
        self.happen(Conversation::Group(id), creator, Action::Join(members.into_iter().collect()));
        Conversation::Group(id)
    }

    /// Sends a message with media, or tells the first id that is none of a medium of the sender that is ready.
    pub(crate) fn send(
        &mut self,
        sender: UserId,
        conversation: Conversation,
        mut message: Message,
        media: &[String],
    ) -> Result<DmEventId, String> {
        let media = self.ready(sender, media)?;
        message.media = media.iter().map(|(_, key)| key.clone()).collect();
        let event = self.happen(conversation, sender, Action::Message(message));
        for (id, _) in media {
            if let Some(medium) = self.media.get_mut(id) {
                medium.message = Some(event);
            }
        }
        self.publish(Event::Messaged(event));
        Ok(event)
    }

    /// Takes a user out of a group. Returns whether that user was in it.
    pub(crate) fn leave(&mut self, user: UserId, conversation: Conversation) -> bool {
        let Conversation::Group(id) = conversation else { return false };
        let left = self.messages.groups.get_mut(&id).is_some_and(|members| members.remove(&user));
        if left {
            let gone = self.messages.by_conversation.get(&conversation);
            if let Some(seen) = self.messages.by_viewer.get_mut(&user) {
                seen.retain(|event| gone.is_none_or(|gone| !gone.contains(event)));
            }
            self.happen(conversation, user, Action::Leave(vec![user]));
        }
        left
    }

    fn happen(&mut self, conversation: Conversation, sender: UserId, action: Action) -> DmEventId {
        let id = self.next_id();
        for user in self.members(conversation).into_iter().flatten() {
            self.messages.by_viewer.entry(user).or_default().insert(id);
        }
        self.messages.by_conversation.entry(conversation).or_default().insert(id);
        self.messages.events.insert(id, DmEvent { id, conversation, sender, action });
        id
    }

    /// Deletes something that happened, for everybody.
    pub(crate) fn delete_event(&mut self, id: DmEventId) {
        let Some(event) = self.messages.events.remove(&id) else { return };
        for user in self.members(event.conversation).into_iter().flatten() {
            if let Some(seen) = self.messages.by_viewer.get_mut(&user) {
                seen.remove(&id);
            }
        }
        if let Some(events) = self.messages.by_conversation.get_mut(&event.conversation) {
            events.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Conversation;

    #[test]
    fn a_conversation_has_one_id() {
        assert_eq!(Conversation::between(20, 3).to_string(), "3-20");
        for text in ["3-20", "7-7", "1900000000000000001"] {
            assert_eq!(text.parse::<Conversation>().expect(text).to_string(), text);
        }
        for text in ["", "20-3", "03-20", "3-", "-3", "3-20-30", "+3", "g3", "99999999999999999999"] {
            assert!(text.parse::<Conversation>().is_err(), "{text}");
        }
    }
}
