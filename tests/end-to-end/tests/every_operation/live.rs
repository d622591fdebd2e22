//! Live operations: broadcasts and their sources, calls, spaces.

use paragon_twitter::types::{BroadcastRecurrenceInput, CallAudioInput, CallMediaInput};

use crate::call::{Call, at, call, keep};
use crate::seed::{POST, POST_EXPANSIONS, USER, USER_EXPANSIONS, set};

/// Moments to come.
const START: &str = "2100-01-01T00:00:00Z";
const END: &str = "2100-01-01T01:00:00Z";

const BROADCAST: [&str; 3] = ["created_at_ms", "state", "title"];
const CALL: [&str; 3] = ["created_at", "join_policy", "title"];
const SCHEDULED_CALL: [&str; 3] = ["start_time", "status", "title"];
const CALL_EXPANSIONS: [&str; 2] = ["invitees", "organizer_id"];
const SPACE: [&str; 3] = ["created_at", "state", "title"];
const SPACE_EXPANSIONS: [&str; 3] = ["creator_id", "host_ids", "topic_ids"];

pub fn calls() -> Vec<Call> {
    [sources(), broadcasts(), chats(), audio_calls(), spaces()].into_iter().flatten().collect()
}

fn sources() -> Vec<Call> {
    vec![
        call("GET", "/2/region", |t, _| t.broadcasts().region()),
        keep("POST", "/2/sources", |t, _| t.broadcasts().create_source("Studio", "us-east-1"), |s, source| set(&mut s.source, source.id)),
        call("GET", "/2/sources", |t, _| t.broadcasts().sources()),
        call("GET", "/2/sources/{id}", |t, s| t.broadcasts().get_source(&s.source)),
        call("PUT", "/2/sources/{id}", |t, s| t.broadcasts().update_source(&s.source, "Stage")),
        keep(
            "POST",
            "/2/users/{id}/sources",
            |t, s| t.broadcasts().create_source_for_user(&s.me, "Studio").region("us-east-1"),
            |s, made| set(&mut s.user_source, made.source.and_then(|source| source.id)),
        ),
        call("GET", "/2/users/{id}/sources", |t, s| t.broadcasts().sources_for_user(&s.me)),
        call("GET", "/2/users/{id}/sources/{source_id}", |t, s| t.broadcasts().get_source_for_user(&s.me, &s.user_source)),
        call("PUT", "/2/users/{id}/sources/{source_id}", |t, s| t.broadcasts().update_source_for_user(&s.me, &s.user_source, "Stage")),
    ]
}

fn broadcasts() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/users/{id}/broadcasts",
            |t, s| t.broadcasts().create_for_user(&s.me, &s.user_source).region("us-east-1"),
            |s, made| set(&mut s.user_broadcast, made.broadcast.and_then(|broadcast| broadcast.id.or(broadcast.broadcast_id))),
        ),
        call("GET", "/2/users/{id}/broadcasts", |t, s| t.broadcasts().list_for_user(&s.me)),
        call("GET", "/2/users/{id}/broadcasts/{broadcast_id}", |t, s| t.broadcasts().get_for_user(&s.me, &s.user_broadcast)),
        call("PUT", "/2/users/{id}/broadcasts/{broadcast_id}/state", |t, s| {
            t.broadcasts().update_state_for_user(&s.me, &s.user_broadcast, "PUBLISH").title("A walk").chat_option("2").should_not_post(true)
        }),
        keep(
            "POST",
            "/2/broadcasts/scheduled",
            |t, s| {
                let request = t.broadcasts().create_scheduled(&s.source, at(START)).scheduled_end_ms(at(END)).title("A walk");
                request.recurrence(BroadcastRecurrenceInput::new("Weekly", "3"))
            },
            |s, scheduled| {
                set(&mut s.broadcast, scheduled.broadcast_id);
                set(&mut s.scheduled_broadcast, scheduled.scheduled_broadcast_id);
            },
        ),
        call("GET", "/2/broadcasts/scheduled", |t, _| t.broadcasts().scheduled().max_results(10)),
        call("GET", "/2/broadcasts/scheduled/{id}", |t, s| t.broadcasts().get_scheduled(&s.broadcast)),
        call("PUT", "/2/broadcasts/scheduled/{id}", |t, s| {
            t.broadcasts().update_scheduled(&s.broadcast, &s.scheduled_broadcast, at(START), at(END)).title("A run")
        }),
        call("POST", "/2/broadcasts/scheduled/{id}/live", |t, s| t.broadcasts().start_scheduled(&s.broadcast)),
        call("GET", "/2/broadcasts", |t, s| t.broadcasts().list().ids([&s.broadcast]).max_results(10).broadcast_fields(BROADCAST)),
        call("GET", "/2/broadcasts/{id}", |t, s| t.broadcasts().get(&s.broadcast).broadcast_fields(BROADCAST)),
        call("PUT", "/2/broadcasts/{id}/state", |t, s| t.broadcasts().end(&s.broadcast)),
    ]
}

fn chats() -> Vec<Call> {
    vec![
        call("POST", "/2/broadcasts/{id}/chat", |t, s| t.broadcasts().send_chat_message(&s.broadcast, "Hello")),
        call("GET", "/2/broadcasts/{id}/chat", |t, s| {
            let request = t.broadcasts().chat_messages(&s.broadcast).max_results(10);
            request.broadcast_chat_message_fields(["created_at_ms", "text"]).expansions(["author_id"]).user_fields(USER)
        }),
        call("DELETE", "/2/broadcasts/{id}/chat/{message_id}", |t, s| t.broadcasts().delete_chat_message(&s.broadcast, "1")),
        call("POST", "/2/broadcasts/{id}/chat/mutes", |t, s| t.broadcasts().mute_user_in_chat(&s.broadcast, &s.alan).end_at_ms(at(END))),
        call("DELETE", "/2/broadcasts/{id}/chat/mutes/{user_id}", |t, s| t.broadcasts().unmute_user_in_chat(&s.broadcast, &s.alan)),
        call("POST", "/2/broadcasts/chat/mutes", |t, s| t.broadcasts().mute_user_in_all_chats(&s.alan).broadcast_id(&s.broadcast)),
        call("GET", "/2/broadcasts/chat/mutes", |t, _| {
            let request = t.broadcasts().chat_mutes().max_results(10).broadcast_chat_mute_fields(["end_at_ms"]);
            request.expansions(["user_id"]).user_fields(USER)
        }),
        call("DELETE", "/2/broadcasts/chat/mutes/{user_id}", |t, s| {
            t.broadcasts().unmute_user_in_all_chats(&s.alan).broadcast_id(&s.broadcast)
        }),
        call("POST", "/2/broadcasts/chat/moderators", |t, s| t.broadcasts().add_moderator(&s.grace)),
        call("GET", "/2/broadcasts/chat/moderators", |t, _| t.broadcasts().moderators().user_fields(USER).expansions(USER_EXPANSIONS)),
        call("DELETE", "/2/broadcasts/chat/moderators/{user_id}", |t, s| t.broadcasts().remove_moderator(&s.grace)),
        // Of all this nothing stays.
        call("DELETE", "/2/broadcasts/scheduled/{id}", |t, s| t.broadcasts().delete_scheduled(&s.broadcast).roll_forward(true)),
        call("DELETE", "/2/broadcasts/{id}", |t, s| t.broadcasts().delete(&s.broadcast)),
        call("DELETE", "/2/users/{id}/broadcasts/{broadcast_id}", |t, s| t.broadcasts().delete_for_user(&s.me, &s.user_broadcast)),
        call("DELETE", "/2/users/{id}/sources/{source_id}", |t, s| t.broadcasts().delete_source_for_user(&s.me, &s.user_source)),
        call("DELETE", "/2/sources/{id}", |t, s| t.broadcasts().delete_source(&s.source)),
    ]
}

fn audio_calls() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/calls",
            |t, _| t.calls().create().audio_only(true).join_policy("open").title("A walk"),
            |s, call| set(&mut s.call, call.id),
        ),
        call("GET", "/2/calls/{id}", |t, s| t.calls().get(&s.call).call_fields(CALL).expansions(["host_id"]).user_fields(USER)),
        call("POST", "/2/calls/{id}/join", |t, s| {
            t.calls().join(&s.call).media(CallMediaInput::new().audio(CallAudioInput::new().encoding("pcm16").sample_rate(24_000)))
        }),
        call("POST", "/2/calls/{id}/leave", |t, s| t.calls().leave(&s.call)),
        keep(
            "POST",
            "/2/calls/scheduled",
            |t, s| {
                t.calls()
                    .create_scheduled(at(START))
                    .duration_minutes(30)
                    .invitee_ids([&s.grace])
                    .time_zone("Europe/London")
                    .title("A walk")
            },
            |s, call| set(&mut s.scheduled_call, call.id),
        ),
        call("GET", "/2/calls/scheduled", |t, _| {
            let request = t.calls().scheduled().max_results(10).scheduled_call_fields(SCHEDULED_CALL).call_fields(CALL);
            request.expansions(CALL_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/calls/scheduled/{id}", |t, s| {
            t.calls().get_scheduled(&s.scheduled_call).scheduled_call_fields(SCHEDULED_CALL).expansions(CALL_EXPANSIONS).user_fields(USER)
        }),
        call("PUT", "/2/calls/scheduled/{id}", |t, s| t.calls().update_scheduled(&s.scheduled_call).title("A run").scope("all")),
        call("POST", "/2/calls/scheduled/{id}/rsvp", |t, s| t.calls().respond_to_scheduled(&s.scheduled_call, "accepted").scope("all")),
        call("DELETE", "/2/calls/scheduled/{id}", |t, s| t.calls().cancel_scheduled(&s.scheduled_call).scope("all").notify_invitees(false)),
    ]
}

fn spaces() -> Vec<Call> {
    vec![
        call("GET", "/2/spaces", |t, s| {
            t.spaces().get_by_ids([&s.space]).space_fields(SPACE).expansions(SPACE_EXPANSIONS).user_fields(USER).topic_fields(["name"])
        }),
        call("GET", "/2/spaces/{id}", |t, s| t.spaces().get(&s.space).space_fields(SPACE).expansions(SPACE_EXPANSIONS).user_fields(USER)),
        call("GET", "/2/spaces/by/creator_ids", |t, s| {
            t.spaces().get_by_creator_ids([&s.grace]).space_fields(SPACE).expansions(SPACE_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/spaces/search", |t, _| {
            t.spaces().search("walk").state("live").max_results(10).space_fields(SPACE).expansions(SPACE_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/spaces/{id}/buyers", |t, s| t.spaces().buyers(&s.space).max_results(10).user_fields(USER)),
        call("GET", "/2/spaces/{id}/tweets", |t, s| {
            t.spaces().posts(&s.space).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
    ]
}
