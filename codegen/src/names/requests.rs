//! Names of the structs of requests: each begins with a verb, and no two are the same in the whole crate.

use crate::ir::{Answer, Operation, Shape};
use crate::settings::Settings;
use crate::words::pascal;

/// The verbs that the name of an operation may begin with. A name that begins with none of them names the thing that is read.
pub const VERBS: &[&str] = &[
    "get_or_create",
    "accept",
    "add",
    "append",
    "approve",
    "archive",
    "block",
    "cancel",
    "check",
    "count",
    "create",
    "delete",
    "disable",
    "download",
    "enable",
    "end",
    "evaluate",
    "finalize",
    "follow",
    "get",
    "hide",
    "initialize",
    "join",
    "leave",
    "like",
    "list",
    "mark",
    "mute",
    "pin",
    "publish",
    "reject",
    "remove",
    "replay",
    "repost",
    "respond",
    "revoke",
    "rotate",
    "search",
    "send",
    "start",
    "unarchive",
    "unblock",
    "unfollow",
    "unlike",
    "unmute",
    "unpin",
    "unrepost",
    "update",
    "upload",
    "validate",
];

/// The struct of an operation's request by rule: the verb, the thing that the group is about, and the rest of the operation's name.
///
/// | method of group | struct |
/// |---|---|
/// | `create` of `posts` | `CreatePost` |
/// | `search` of `users`, which answers several | `SearchUsers` |
/// | `get_by_ids` of `posts` | `GetPostsByIds` |
/// | `add_member` of `lists` | `AddListMember` |
/// | `followers` of `users`, which answers several | `ListUserFollowers` |
/// | `firehose` of `streams` | `StreamFirehose` |
pub(super) fn by_rule(operation: &Operation, method: &str, settings: &Settings) -> String {
    let several = matches!(&operation.answer, Answer::Envelope(Some(Shape::List(_))) | Answer::Whole(Shape::List(_)));
    let (one, many) = (pascal(&singular(&operation.group), settings), pascal(&operation.group, settings));
    let own = |name: &str| if name.is_empty() { String::new() } else { pascal(name, settings) };
    match verb(method) {
        Some((verb, rest)) if rest.is_empty() || rest.starts_with("by_") => {
            format!("{}{}{}", own(verb), if several { many } else { one }, own(rest))
        }
        Some((verb, rest)) => format!("{}{one}{}", own(verb), own(rest)),
        None if operation.streaming => format!("Stream{}", own(method)),
        None if several => format!("List{one}{}", own(method)),
        None => format!("Get{one}{}", own(method)),
    }
}

/// Splits a name into the verb at its beginning and the rest.
fn verb(name: &str) -> Option<(&'static str, &str)> {
    VERBS.iter().find_map(|verb| {
        let rest = name.strip_prefix(verb)?;
        if rest.is_empty() { Some((*verb, rest)) } else { Some((*verb, rest.strip_prefix('_')?)) }
    })
}

/// The name of one of the things that a group is named after.
fn singular(group: &str) -> String {
    match group.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => group.strip_suffix('s').unwrap_or(group).to_owned(),
    }
}
