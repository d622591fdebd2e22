//! Direct messages, and the encrypted chat.

use paragon_twitter::types::{
    ChatActionSignatureInput, ChatCallSettingsInput, ChatEventSignatureInput, ChatKeyRotationInput, ChatParticipantKeyInput, DmMessageInput,
};

use crate::call::{Call, call, keep};
use crate::seed::{MEDIA, POST, USER, USER_EXPANSIONS, set};

const DM: [&str; 4] = ["created_at", "dm_conversation_id", "event_type", "text"];
const DM_EXPANSIONS: [&str; 3] = ["sender_id", "participant_ids", "referenced_posts"];
const CHAT: [&str; 4] = ["created_at", "group_name", "is_muted", "type"];
const CHAT_EXPANSIONS: [&str; 3] = ["admin_ids", "member_ids", "participant_ids"];

pub fn calls() -> Vec<Call> {
    [direct_messages(), conversations(), members(), messages(), requests()].into_iter().flatten().collect()
}

/// The signature by a member's device of an action in a conversation.
fn signature() -> ChatActionSignatureInput {
    ChatActionSignatureInput::new("ZGV0YWls", ChatEventSignatureInput::new("1", "c2lnbmF0dXJl", "1"), "1")
}

fn key(user: &str) -> ChatParticipantKeyInput {
    ChatParticipantKeyInput::new().user_id(user).public_key_version("1").encrypted_conversation_key("a2V5")
}

fn direct_messages() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/dm_conversations",
            |t, s| t.direct_messages().create_conversation([&s.grace, &s.alan], DmMessageInput::new().text("Hello")),
            |s, sent| set(&mut s.conversation, sent.dm_conversation_id),
        ),
        call("POST", "/2/dm_conversations/{dm_conversation_id}/messages", |t, s| {
            t.direct_messages().send_to_conversation(&s.conversation).text("Hello both")
        }),
        keep(
            "POST",
            "/2/dm_conversations/with/{participant_id}/messages",
            |t, s| t.direct_messages().send(&s.grace).text("Hello Grace"),
            |s, sent| set(&mut s.dm_event, sent.dm_event_id),
        ),
        call("GET", "/2/dm_conversations/{id}/dm_events", |t, s| {
            let request = t.direct_messages().conversation_events(&s.conversation).max_results(10).event_types(["MessageCreate"]);
            request.dm_event_fields(DM).expansions(DM_EXPANSIONS).user_fields(USER).post_fields(POST).media_fields(MEDIA)
        }),
        call("GET", "/2/dm_conversations/with/{participant_id}/dm_events", |t, s| {
            t.direct_messages().events_with(&s.grace).max_results(10).dm_event_fields(DM).expansions(DM_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/dm_events", |t, _| {
            t.direct_messages().events().max_results(10).dm_event_fields(DM).expansions(DM_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/dm_events/{event_id}", |t, s| {
            t.direct_messages().get_event(&s.dm_event).dm_event_fields(DM).expansions(DM_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}", |t, s| {
            t.direct_messages().download_media(&s.image[0], &s.image[1], &s.image[2])
        }),
        call("DELETE", "/2/dm_events/{event_id}", |t, s| t.direct_messages().delete_event(&s.dm_event)),
    ]
}

fn conversations() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/chat/conversations/group/initialize",
            |t, _| t.chat().initialize_group(),
            |s, group| set(&mut s.chat, group.conversation_id),
        ),
        call("POST", "/2/chat/conversations/group", |t, s| {
            t.chat().create_group(&s.chat, [&s.me, &s.grace], "1", [key(&s.me), key(&s.grace)]).group_name("Walks").group_admins([&s.me])
        }),
        call("GET", "/2/chat/conversations", |t, _| {
            let request = t.chat().conversations().max_results(10).unread_only(false);
            request.chat_conversation_fields(CHAT).expansions(CHAT_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/chat/conversations/{id}", |t, s| {
            t.chat().get_conversation(&s.chat).chat_conversation_fields(CHAT).expansions(CHAT_EXPANSIONS).user_fields(USER)
        }),
        call("PUT", "/2/chat/conversations/{id}", |t, s| t.chat().update_group(&s.chat, ["group_name"], "1").group_name("Runs")),
        call("PUT", "/2/chat/conversations/{id}/admin_settings", |t, s| t.chat().update_admin_settings(&s.chat).send_message(true)),
        call("PUT", "/2/chat/conversations/{id}/screen_capture", |t, s| t.chat().update_screen_capture(&s.chat).blocking(true)),
        call("PUT", "/2/chat/conversations/{id}/message_ttl", |t, s| t.chat().update_message_ttl(&s.chat, "86400000")),
        call("DELETE", "/2/chat/conversations/{id}/message_ttl", |t, s| t.chat().delete_message_ttl(&s.chat)),
        call("POST", "/2/chat/conversations/{id}/archive", |t, s| t.chat().archive_conversation(&s.chat).action_signatures([signature()])),
        call("DELETE", "/2/chat/conversations/{id}/archive", |t, s| {
            t.chat().unarchive_conversation(&s.chat).action_signatures([signature()])
        }),
        call("POST", "/2/chat/conversations/{id}/mute", |t, s| t.chat().mute_conversation(&s.chat)),
        call("DELETE", "/2/chat/conversations/{id}/mute", |t, s| t.chat().unmute_conversation(&s.chat)),
        call("POST", "/2/chat/conversations/{id}/keys", |t, s| t.chat().add_keys(&s.chat, "2", [key(&s.me), key(&s.grace)])),
        call("GET", "/2/chat/settings", |t, _| t.chat().settings().chat_settings_fields(["allow_dms_from", "dm_quality_filter"])),
        call("PUT", "/2/chat/settings", |t, _| {
            t.chat().update_settings().allow_dms_from("following").av_settings(ChatCallSettingsInput::new().has_av_calls_enabled(true))
        }),
    ]
}

fn members() -> Vec<Call> {
    vec![
        call("POST", "/2/chat/conversations/{id}/members", |t, s| {
            t.chat().add_members(&s.chat, [&s.alan]).conversation_key_version("2").conversation_participant_keys([key(&s.alan)])
        }),
        call("POST", "/2/chat/conversations/{id}/admins", |t, s| t.chat().add_admins(&s.chat, [&s.grace])),
        call("POST", "/2/chat/conversations/{id}/admins/remove", |t, s| t.chat().remove_admins(&s.chat, [&s.grace])),
        call("POST", "/2/chat/conversations/{id}/members/remove", |t, s| {
            t.chat().remove_members(&s.chat, [&s.alan]).group_key_rotation_data(ChatKeyRotationInput::new().conversation_key_version("3"))
        }),
        keep(
            "POST",
            "/2/chat/conversations/{id}/invite",
            |t, s| t.chat().enable_invite(&s.chat).welcome_message("Welcome").validity_duration_msec("86400000"),
            |s, invite| set(&mut s.invite, invite.token),
        ),
        call("GET", "/2/chat/conversations/{id}/invites/{token}", |t, s| {
            t.chat().get_invite(&s.chat, &s.invite).chat_group_invite_fields(["group_name", "expires_at"])
        }),
        call("POST", "/2/chat/conversations/{id}/join_requests", |t, s| t.chat().create_join_request(&s.chat, &s.invite)),
        call("POST", "/2/chat/conversations/{id}/join_requests/reject", |t, s| t.chat().reject_join_requests(&s.chat, [&s.alan])),
        call("DELETE", "/2/chat/conversations/{id}/invite", |t, s| t.chat().disable_invite(&s.chat)),
        call("POST", "/2/chat/conversations/{id}/admin_requests", |t, s| t.chat().create_admin_request(&s.chat)),
        call("GET", "/2/chat/conversations/{id}/admin_requests", |t, s| {
            t.chat().admin_requests(&s.chat).user_fields(USER).expansions(USER_EXPANSIONS).post_fields(POST)
        }),
        call("POST", "/2/chat/conversations/{id}/admin_requests/{user_id}/approve", |t, s| {
            t.chat().approve_admin_request(&s.chat, &s.grace)
        }),
        call("POST", "/2/chat/conversations/{id}/admin_requests/{user_id}/reject", |t, s| t.chat().reject_admin_request(&s.chat, &s.alan)),
    ]
}

fn messages() -> Vec<Call> {
    vec![
        call("POST", "/2/chat/conversations/{id}/messages", |t, s| {
            t.chat().send_message(&s.chat, "0e61b1a5", "ZXZlbnQ=").encoded_message_event_signature("c2lnbmF0dXJl")
        }),
        call("GET", "/2/chat/conversations/{id}/events", |t, s| {
            t.chat().conversation_events(&s.chat).max_results(10).chat_message_event_fields(["created_at", "encoded_event", "sender_id"])
        }),
        call("POST", "/2/chat/conversations/{id}/typing", |t, s| t.chat().send_typing_indicator(&s.chat)),
        call("POST", "/2/chat/conversations/{id}/read", |t, s| t.chat().mark_conversation_read(&s.chat)),
        call("POST", "/2/chat/conversations/{id}/unread", |t, s| t.chat().mark_conversation_unread(&s.chat)),
        call("GET", "/2/chat/conversations/{id}/pinned_messages", |t, s| {
            t.chat().pinned_messages(&s.chat).chat_pinned_message_fields(["encoded_event"])
        }),
        call("POST", "/2/chat/conversations/{id}/messages/delete", |t, s| {
            t.chat().delete_messages(&s.chat, ["1"], "delete_for_all", [signature()])
        }),
        keep(
            "POST",
            "/2/chat/media/upload/initialize",
            |t, s| t.chat().initialize_upload(&s.chat, 5),
            |s, upload| {
                set(&mut s.chat_upload, upload.session_id);
                set(&mut s.chat_media, upload.media_hash_key);
            },
        ),
        call("POST", "/2/chat/media/upload/{id}/append", |t, s| {
            t.chat().append_upload(&s.chat_upload, &s.chat, &s.chat_media, 0, &b"hello"[..])
        }),
        call("POST", "/2/chat/media/upload/{id}/finalize", |t, s| t.chat().finalize_upload(&s.chat_upload, &s.chat, &s.chat_media, "1")),
        call("GET", "/2/chat/media/{id}/{media_hash_key}", |t, s| t.chat().download_media(&s.chat, &s.chat_media)),
        call("DELETE", "/2/chat/conversations/{id}", |t, s| t.chat().delete_conversation(&s.chat)),
    ]
}

fn requests() -> Vec<Call> {
    vec![
        call("GET", "/2/chat/message_requests", |t, _| {
            t.chat().message_requests().inbox_type("low_quality").max_results(10).chat_message_request_fields(["sender_id"])
        }),
        call("GET", "/2/chat/message_requests/{id}", |t, s| {
            t.chat().get_message_request(&s.grace).chat_message_request_detail_fields(["message_request_state"])
        }),
        call("POST", "/2/chat/message_requests/{id}/accept", |t, s| t.chat().accept_message_request(&s.grace)),
    ]
}
