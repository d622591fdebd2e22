//! Users, their actions, and lists.

use paragon_twitter::types::ChatPublicKeyInput;

use crate::call::{Call, call, keep};
use crate::seed::{POST, POST_EXPANSIONS, USER, USER_EXPANSIONS, set};

const LIST: [&str; 4] = ["created_at", "description", "member_count", "private"];

pub fn calls() -> Vec<Call> {
    vec![
        // Users.
        call("GET", "/2/users/me", |t, _| t.users().me().user_fields(USER).expansions(USER_EXPANSIONS).post_fields(POST)),
        call("GET", "/2/users", |t, s| t.users().get_by_ids([&s.me, &s.grace]).user_fields(USER).expansions(USER_EXPANSIONS)),
        call("GET", "/2/users/{id}", |t, s| t.users().get(&s.grace).user_fields(USER).expansions(USER_EXPANSIONS).post_fields(POST)),
        call("GET", "/2/users/by", |t, _| t.users().get_by_usernames(["ada", "grace"]).user_fields(USER).expansions(USER_EXPANSIONS)),
        call("GET", "/2/users/by/username/{username}", |t, _| {
            t.users().get_by_username("grace").user_fields(USER).expansions(USER_EXPANSIONS)
        }),
        call("GET", "/2/users/search", |t, _| t.users().search("grace").max_results(10).user_fields(USER).expansions(USER_EXPANSIONS)),
        call("GET", "/2/users/{id}/affiliates", |t, s| t.users().affiliates(&s.me).max_results(10).user_fields(USER)),
        call("POST", "/2/users/{id}/public_keys", |t, s| {
            let key = ChatPublicKeyInput::new().public_key("cHVibGlj").signing_public_key("c2lnbmluZw==").registration_method("custom_pin");
            t.users().add_public_key(&s.me, key)
        }),
        call("GET", "/2/users/{id}/public_keys", |t, s| {
            t.users().public_keys(&s.me).public_key_fields(["public_key", "signing_public_key"])
        }),
        call("GET", "/2/users/public_keys", |t, s| t.users().public_keys_by_ids([&s.me]).public_key_fields(["public_key"])),
        // Follows.
        call("POST", "/2/users/{id}/following", |t, s| t.users().follow(&s.me, &s.grace)),
        call("GET", "/2/users/{id}/following", |t, s| {
            t.users().following(&s.me).max_results(10).user_fields(USER).expansions(USER_EXPANSIONS)
        }),
        call("GET", "/2/users/{id}/followers", |t, s| t.users().followers(&s.grace).max_results(10).user_fields(USER)),
        call("GET", "/2/users/me/following", |t, _| t.users().my_following().max_results(10).user_fields(USER).expansions(USER_EXPANSIONS)),
        call("GET", "/2/users/me/followers", |t, _| t.users().my_followers().max_results(10).user_fields(USER).expansions(USER_EXPANSIONS)),
        call("GET", "/2/users/{id}/timelines/reverse_chronological", |t, s| {
            let request = t.users().home_timeline(&s.me).max_results(10).exclude(["replies"]);
            request.post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("DELETE", "/2/users/{source_user_id}/following/{target_user_id}", |t, s| t.users().unfollow(&s.me, &s.grace)),
        // Blocks and mutes.
        call("POST", "/2/users/{id}/blocking", |t, s| t.users().block(&s.me, &s.alan)),
        call("GET", "/2/users/{id}/blocking", |t, s| {
            t.users().blocked_users(&s.me).max_results(10).user_fields(USER).expansions(USER_EXPANSIONS)
        }),
        call("DELETE", "/2/users/{source_user_id}/blocking/{target_user_id}", |t, s| t.users().unblock(&s.me, &s.alan)),
        call("POST", "/2/users/{id}/dm/block", |t, s| t.users().block_dms(&s.alan)),
        call("POST", "/2/users/{id}/dm/unblock", |t, s| t.users().unblock_dms(&s.alan)),
        call("POST", "/2/users/{id}/muting", |t, s| t.users().mute(&s.me, &s.alan)),
        call("GET", "/2/users/{id}/muting", |t, s| {
            t.users().muted_users(&s.me).max_results(10).user_fields(USER).expansions(USER_EXPANSIONS)
        }),
        call("DELETE", "/2/users/{source_user_id}/muting/{target_user_id}", |t, s| t.users().unmute(&s.me, &s.alan)),
        // Posts of users, likes and reposts.
        call("GET", "/2/users/{id}/tweets", |t, s| {
            let request = t.users().posts(&s.grace).max_results(10).exclude(["retweets"]);
            request.post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/users/{id}/mentions", |t, s| {
            t.users().mentions(&s.me).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("POST", "/2/users/{id}/likes", |t, s| t.users().like(&s.me, &s.post)),
        call("GET", "/2/users/{id}/liked_tweets", |t, s| {
            t.users().liked_posts(&s.me).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("DELETE", "/2/users/{id}/likes/{tweet_id}", |t, s| t.users().unlike(&s.me, &s.post)),
        call("POST", "/2/users/{id}/retweets", |t, s| t.users().repost(&s.me, &s.post)),
        call("GET", "/2/users/reposts_of_me", |t, _| {
            t.users().reposts_of_my_posts().max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("DELETE", "/2/users/{id}/retweets/{source_tweet_id}", |t, s| t.users().unrepost(&s.me, &s.post)),
        // Bookmarks.
        keep(
            "POST",
            "/2/users/{id}/bookmarks/folders",
            |t, s| t.users().create_bookmark_folder(&s.me, "Walks"),
            |s, folder| set(&mut s.folder, folder.id),
        ),
        call("GET", "/2/users/{id}/bookmarks/folders", |t, s| t.users().bookmark_folders(&s.me).max_results(10)),
        call("POST", "/2/users/{id}/bookmarks", |t, s| t.users().add_bookmarks(&s.me, [&s.post]).folder_id(&s.folder)),
        call("GET", "/2/users/{id}/bookmarks", |t, s| {
            t.users().bookmarks(&s.me).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/users/{id}/bookmarks/folders/{folder_id}", |t, s| t.users().bookmarks_in_folder(&s.me, &s.folder).max_results(10)),
        call("DELETE", "/2/users/{id}/bookmarks/{tweet_id}", |t, s| t.users().remove_bookmark(&s.me, &s.post)),
        // Lists.
        keep("POST", "/2/lists", |t, _| t.lists().create("Walkers").description("Who walks"), |s, list| s.list = list.id.to_string()),
        call("PUT", "/2/lists/{id}", |t, s| t.lists().update(&s.list).name("Runners").description("Who runs").private(false)),
        call("POST", "/2/lists/{id}/members", |t, s| t.lists().add_member(&s.list, &s.grace)),
        call("POST", "/2/users/{id}/followed_lists", |t, s| t.lists().follow(&s.me, &s.list)),
        call("POST", "/2/users/{id}/pinned_lists", |t, s| t.lists().pin(&s.me, &s.list)),
        call("GET", "/2/lists/{id}", |t, s| t.lists().get(&s.list).list_fields(LIST).expansions(["owner_id"]).user_fields(USER)),
        call("GET", "/2/lists/{id}/followers", |t, s| t.lists().followers(&s.list).max_results(10).user_fields(USER)),
        call("GET", "/2/lists/{id}/members", |t, s| {
            t.lists().members(&s.list).max_results(10).user_fields(USER).expansions(USER_EXPANSIONS)
        }),
        call("GET", "/2/lists/{id}/tweets", |t, s| {
            t.lists().posts(&s.list).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/users/{id}/owned_lists", |t, s| {
            t.users().owned_lists(&s.me).max_results(10).list_fields(LIST).expansions(["owner_id"]).user_fields(USER)
        }),
        call("GET", "/2/users/{id}/followed_lists", |t, s| {
            t.users().followed_lists(&s.me).max_results(10).list_fields(LIST).expansions(["owner_id"]).user_fields(USER)
        }),
        call("GET", "/2/users/{id}/list_memberships", |t, s| {
            t.users().list_memberships(&s.grace).max_results(10).list_fields(LIST).expansions(["owner_id"]).user_fields(USER)
        }),
        call("GET", "/2/users/{id}/pinned_lists", |t, s| t.users().pinned_lists(&s.me).list_fields(LIST).expansions(["owner_id"])),
        call("DELETE", "/2/users/{id}/pinned_lists/{list_id}", |t, s| t.lists().unpin(&s.me, &s.list)),
        call("DELETE", "/2/users/{id}/followed_lists/{list_id}", |t, s| t.lists().unfollow(&s.me, &s.list)),
        call("DELETE", "/2/lists/{id}/members/{user_id}", |t, s| t.lists().remove_member(&s.list, &s.grace)),
        call("DELETE", "/2/lists/{id}", |t, s| t.lists().delete(&s.list)),
    ]
}
