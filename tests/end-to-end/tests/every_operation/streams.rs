//! Streams, and the settings of their content: rules, subscriptions to activities, connections.

use paragon_twitter::types::{ActivityFilterInput, StreamRuleInput};

use crate::call::{Call, call, keep, stream};
use crate::causes::Cause;
use crate::seed::{POST, USER, set};

/// The streams of posts know them by another name than `POST_EXPANSIONS` has.
const EXPANSIONS: [&str; 2] = ["author_id", "attachments.media_keys"];
const LIKE: [&str; 2] = ["created_at", "timestamp_ms"];
const LIKE_EXPANSIONS: [&str; 2] = ["liked_tweet_author_id", "liked_tweet_id"];
const ENGLISH: Cause = Cause::Posts("Good morning, who is up for a walk in the park?");
const JAPANESE: Cause = Cause::Posts("おはようございます。公園を散歩しませんか。");
const KOREAN: Cause = Cause::Posts("안녕하세요, 공원에서 산책할까요?");
const PORTUGUESE: Cause = Cause::Posts("Bom dia, quem quer dar uma volta no parque?");

pub fn calls() -> Vec<Call> {
    [activities(), posts(), likes(), compliance(), connections()].into_iter().flatten().collect()
}

fn activities() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/activity/subscriptions",
            |t, s| t.activity().create_subscription("post.create", ActivityFilterInput::new().user_id(&s.alan)).tag("walks"),
            |s, saved| set(&mut s.subscription, saved.subscription.and_then(|subscription| subscription.subscription_id)),
        ),
        stream("/2/activity/stream", |t, _| t.streams().activity().backfill_minutes(1), ENGLISH),
        call("GET", "/2/activity/subscriptions", |t, _| t.activity().subscriptions().max_results(10)),
        call("PUT", "/2/activity/subscriptions/{subscription_id}", |t, s| t.activity().update_subscription(&s.subscription).tag("runs")),
        call("DELETE", "/2/activity/subscriptions/{subscription_id}", |t, s| t.activity().delete_subscription(&s.subscription)),
        call("DELETE", "/2/activity/subscriptions", |t, s| t.activity().delete_subscriptions_by_ids([&s.subscription])),
    ]
}

fn posts() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/tweets/search/stream/rules",
            |t, _| t.streams().update_rules().add([StreamRuleInput::new("walk").tag("walks")]),
            |s, rules| set(&mut s.rule, rules.into_iter().find_map(|rule| rule.id)),
        ),
        call("GET", "/2/tweets/search/stream/rules", |t, s| t.streams().rules().ids([&s.rule]).max_results(10)),
        call("GET", "/2/tweets/search/stream/rules/counts", |t, _| t.streams().rule_counts()),
        stream(
            "/2/tweets/search/stream",
            |t, _| t.streams().filtered().post_fields(POST).expansions(EXPANSIONS).user_fields(USER),
            ENGLISH,
        ),
        stream("/2/tweets/sample/stream", |t, _| t.streams().sample().post_fields(POST).expansions(EXPANSIONS).user_fields(USER), ENGLISH),
        stream("/2/tweets/sample10/stream", |t, _| t.streams().sample10(1).post_fields(POST).expansions(EXPANSIONS), ENGLISH),
        stream("/2/tweets/firehose/stream", |t, _| t.streams().firehose(1).post_fields(POST).expansions(EXPANSIONS), ENGLISH),
        stream("/2/tweets/firehose/stream/lang/en", |t, _| t.streams().firehose_en(1).post_fields(POST), ENGLISH),
        stream("/2/tweets/firehose/stream/lang/ja", |t, _| t.streams().firehose_ja(1).post_fields(POST), JAPANESE),
        stream("/2/tweets/firehose/stream/lang/ko", |t, _| t.streams().firehose_ko(1).post_fields(POST), KOREAN),
        stream("/2/tweets/firehose/stream/lang/pt", |t, _| t.streams().firehose_pt(1).post_fields(POST), PORTUGUESE),
        stream("/2/tweets/label/stream", |t, _| t.streams().post_labels(), Cause::Notices),
    ]
}

fn likes() -> Vec<Call> {
    vec![
        stream(
            "/2/likes/firehose/stream",
            |t, _| t.streams().likes_firehose(1).like_with_post_author_fields(LIKE).expansions(LIKE_EXPANSIONS).user_fields(USER),
            Cause::Likes,
        ),
        stream("/2/likes/sample10/stream", |t, _| t.streams().likes_sample10(1).like_with_post_author_fields(LIKE), Cause::Likes),
    ]
}

fn compliance() -> Vec<Call> {
    vec![
        stream("/2/tweets/compliance/stream", |t, _| t.streams().posts_compliance(1), Cause::Deletions),
        stream("/2/likes/compliance/stream", |t, _| t.streams().likes_compliance(), Cause::WithdrawnLikes),
        stream("/2/users/compliance/stream", |t, _| t.streams().users_compliance(1), Cause::Protections),
    ]
}

fn connections() -> Vec<Call> {
    vec![
        keep(
            "GET",
            "/2/connections",
            |t, _| t.connections().list().status("all").max_results(10).connection_fields(["connected_at", "endpoint_name", "id"]),
            |s, connections| set(&mut s.connection, connections.into_iter().find_map(|connection| connection.id)),
        ),
        call("DELETE", "/2/connections", |t, s| t.connections().delete_by_ids([&s.connection])),
        call("DELETE", "/2/connections/{endpoint_id}", |t, _| t.connections().delete_by_endpoint("filtered_stream")),
        call("DELETE", "/2/connections/all", |t, _| t.connections().delete_all()),
    ]
}
