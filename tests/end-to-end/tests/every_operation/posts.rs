//! Posts and related things: media, community notes, communities, news, trends.

use paragon_twitter::types::{
    CommunityNoteInfoInput, MediaAltTextInput, MediaMetadataInput, PostMediaInput, PostReplyInput, SubtitlesInput,
};

use crate::call::{Call, at, call, keep};
use crate::seed::{MEDIA, POST, POST_EXPANSIONS, USER, USER_EXPANSIONS, set};

const DAY: [&str; 2] = ["2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"];
const PIXEL: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";
const VIDEO: &[u8] = b"any bytes";

pub fn calls() -> Vec<Call> {
    vec![
        // Media.
        keep(
            "POST",
            "/2/media/upload/initialize",
            |t, _| t.media().initialize_upload().media_type("video/mp4").media_category("tweet_video").total_bytes(VIDEO.len() as i64),
            |s, upload| {
                set(&mut s.media, upload.id);
                set(&mut s.media_key, upload.media_key);
            },
        ),
        call("POST", "/2/media/upload/{id}/append", |t, s| t.media().append_upload(&s.media, 0, VIDEO)),
        call("POST", "/2/media/upload/{id}/finalize", |t, s| t.media().finalize_upload(&s.media)),
        call("GET", "/2/media/upload", |t, s| t.media().upload_status(&s.media)),
        call("POST", "/2/media/upload", |t, _| t.media().upload(PIXEL, "tweet_image")),
        call("POST", "/2/media/metadata", |t, s| {
            t.media().create_metadata(&s.media, MediaMetadataInput::new().alt_text(MediaAltTextInput::new("A walk")))
        }),
        call("POST", "/2/media/subtitles", |t, s| {
            let subtitles = SubtitlesInput::new().id(&s.subtitles).language_code("EN").display_name("English");
            t.media().create_subtitles(&s.media, "TweetVideo", subtitles)
        }),
        call("DELETE", "/2/media/subtitles", |t, s| t.media().delete_subtitles(&s.media, "TweetVideo", "EN")),
        call("GET", "/2/media", |t, s| t.media().get_by_keys([&s.media_key]).media_fields(MEDIA)),
        call("GET", "/2/media/{media_key}", |t, s| t.media().get(&s.media_key).media_fields(MEDIA)),
        call("GET", "/2/media/analytics", |t, s| {
            let request = t.media().analytics([&s.media_key], at(DAY[0]), at(DAY[1]));
            request.granularity("daily").media_analytics_fields(["video_views", "timestamp"])
        }),
        // Posts.
        keep(
            "POST",
            "/2/tweets",
            |t, s| {
                let request =
                    t.posts().create().text("Hello @grace, a #walk").reply(PostReplyInput::new(&s.post)).reply_settings("following");
                request.media(PostMediaInput::new([&s.media]))
            },
            |s, post| s.my_post = post.id.to_string(),
        ),
        call("GET", "/2/tweets", |t, s| {
            t.posts().get_by_ids([&s.my_post, &s.reply]).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER).media_fields(MEDIA)
        }),
        call("GET", "/2/tweets/{id}", |t, s| {
            t.posts().get(&s.my_post).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER).media_fields(MEDIA)
        }),
        call("GET", "/2/tweets/analytics", |t, s| {
            t.posts().analytics([&s.my_post], at(DAY[0]), at(DAY[1])).granularity("daily").analytics_fields(["likes", "timestamp"])
        }),
        call("GET", "/2/tweets/counts/all", |t, _| t.posts().count_all("walk").granularity("day")),
        call("GET", "/2/tweets/counts/recent", |t, _| t.posts().count_recent("walk").granularity("hour")),
        call("GET", "/2/tweets/search/all", |t, _| {
            t.posts().search_all("walk").max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/tweets/search/recent", |t, _| {
            let request = t.posts().search_recent("from:grace").max_results(10).sort_order("recency");
            request.post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/tweets/{id}/liking_users", |t, s| {
            t.posts().liking_users(&s.question).max_results(10).user_fields(USER).expansions(USER_EXPANSIONS).post_fields(POST)
        }),
        call("GET", "/2/tweets/{id}/quote_tweets", |t, s| {
            t.posts().quotes(&s.question).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("GET", "/2/tweets/{id}/retweeted_by", |t, s| {
            t.posts().reposting_users(&s.question).max_results(10).user_fields(USER).expansions(USER_EXPANSIONS).post_fields(POST)
        }),
        call("GET", "/2/tweets/{id}/retweets", |t, s| {
            t.posts().reposts(&s.question).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("PUT", "/2/tweets/{tweet_id}/hidden", |t, s| t.posts().hide_reply(&s.reply, true)),
        call("DELETE", "/2/tweets/{id}", |t, s| t.posts().delete(&s.my_post)),
        // Community notes.
        keep(
            "POST",
            "/2/notes",
            |t, s| {
                let text = "It was in 1843: https://example.com/notes";
                let info = CommunityNoteInfoInput::new("misinformed_or_potentially_misleading", ["factual_error"], text, true);
                t.community_notes().create(&s.post, info, true)
            },
            |s, note| set(&mut s.note, note.id),
        ),
        call("POST", "/2/notes/evaluate", |t, s| t.community_notes().evaluate(&s.post, "It was in 1843: https://example.com/notes")),
        call("GET", "/2/notes/search/notes_written", |t, _| {
            t.community_notes().written(true).max_results(10).note_fields(["info", "status"])
        }),
        call("GET", "/2/notes/search/posts_eligible_for_notes", |t, _| {
            t.community_notes().eligible_posts(true).max_results(10).post_fields(POST).expansions(POST_EXPANSIONS).user_fields(USER)
        }),
        call("DELETE", "/2/notes/{id}", |t, s| t.community_notes().delete(&s.note)),
        // Communities, news and trends.
        call("GET", "/2/communities/search", |t, _| {
            t.communities().search("rust").max_results(10).community_fields(["access", "created_at"])
        }),
        call("GET", "/2/communities/{id}", |t, s| t.communities().get(&s.community).community_fields(["access", "created_at"])),
        call("GET", "/2/news/search", |t, _| {
            t.news().search("rust").max_results(10).max_age_hours(24).news_fields(["category", "summary"])
        }),
        call("GET", "/2/news/{id}", |t, s| t.news().get(&s.news).news_fields(["category", "summary"])),
        call("GET", "/2/trends/by/woeid/{woeid}", |t, _| {
            t.trends().get_by_woeid(1).max_trends(10).trend_fields(["trend_name", "tweet_count"])
        }),
        call("GET", "/2/users/personalized_trends", |t, _| t.trends().personalized().personalized_trend_fields(["category", "post_count"])),
    ]
}
