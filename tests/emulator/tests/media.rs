//! Uploads, their processing, and media in posts.

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use paragon_twitter_emulator::{Emulator, Processing};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::{Answer, as_account, as_app, as_user, get, post, send, start};

/// A PNG of 3 by 2 pixels, as far as its header tells.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0";

async fn call(emulator: &Emulator, user: &str, method: Method, path: &str, body: Value) -> Answer {
    send(as_user(emulator, user, method, path).header("Content-Type", "application/json").body(body.to_string())).await
}

async fn write(emulator: &Emulator, path: &str, body: Value) -> Answer {
    call(emulator, "user-42", Method::POST, path, body).await
}

async fn initialize(emulator: &Emulator, body: Value) -> String {
    let answer = write(emulator, "/2/media/upload/initialize", body).await.ok();
    answer["data"]["id"].as_str().expect("an id").to_owned()
}

async fn append(emulator: &Emulator, id: &str, number: u64, bytes: &[u8]) -> Answer {
    let body = json!({ "segment_index": number, "media": BASE64_STANDARD.encode(bytes) });
    write(emulator, &format!("/2/media/upload/{id}/append"), body).await
}

async fn finalize(emulator: &Emulator, id: &str) -> Answer {
    send(as_user(emulator, "user-42", Method::POST, &format!("/2/media/upload/{id}/finalize"))).await
}

async fn status(emulator: &Emulator, id: &str) -> Answer {
    get(emulator, &format!("/2/media/upload?command=STATUS&media_id={id}")).await
}

/// Uploads at once and returns the medium.
async fn upload(emulator: &Emulator, category: &str, bytes: &[u8]) -> Value {
    let body = json!({ "media_category": category, "media": BASE64_STANDARD.encode(bytes) });
    write(emulator, "/2/media/upload", body).await.ok()["data"].clone()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn an_image_in_segments_is_ready_once_it_is_finalized() {
    let emulator = start().await;
    let body = json!({ "media_type": "image/png", "media_category": "tweet_image", "total_bytes": PNG.len() });
    let begun = write(&emulator, "/2/media/upload/initialize", body).await.ok()["data"].clone();
    let id = text(&begun["id"]);
    assert_eq!(begun["media_key"], format!("3_{id}"));
    assert!((86_390..=86_400).contains(&begun["expires_after_secs"].as_i64().expect("seconds")), "{begun}");
    // In any order, and one of them again.
    for (number, bytes) in [(1, &PNG[26..]), (0, &PNG[..26]), (1, &PNG[26..])] {
        let appended = append(&emulator, &id, number, bytes).await.ok();
        assert!(appended["data"]["expires_at"].is_i64(), "{appended}");
    }
    let done = finalize(&emulator, &id).await.ok()["data"].clone();
    assert_eq!(done["size"], PNG.len());
    assert_eq!(done["image"], json!({ "image_type": "image/png", "w": 3, "h": 2 }));
    assert_eq!(done.get("processing_info"), None);
    assert_eq!(status(&emulator, &id).await.ok()["data"]["media_key"], format!("3_{id}"));

    let posted = post(&emulator, json!({ "text": "see", "media": { "media_ids": [id] } })).await;
    assert_eq!(posted.status, 201, "{}", posted.text);
    let path = format!("/2/tweets/{}?expansions=attachments.media_keys&media.fields=width,height,url", text(&posted.json()["data"]["id"]));
    let shown = get(&emulator, &path).await.ok();
    let key = format!("3_{id}");
    assert_eq!(shown["data"]["attachments"]["media_keys"], json!([key]));
    let url = format!("https://example.com/media/{key}.jpg");
    assert_eq!(shown["includes"]["media"], json!([{ "media_key": key, "type": "photo", "width": 3, "height": 2, "url": url }]));
}

#[tokio::test]
async fn a_video_is_processed_while_its_state_is_asked_for() {
    let emulator = start().await;
    let medium = upload(&emulator, "tweet_video", b"moving").await;
    let id = text(&medium["id"]);
    assert_eq!(medium["media_key"], format!("7_{id}"));
    assert_eq!(medium["video"], json!({ "video_type": "video/mp4" }));
    assert_eq!(medium["processing_info"], json!({ "state": "pending", "check_after_secs": 1, "progress_percent": 0 }));
    let body = json!({ "text": "see", "media": { "media_ids": [id] } });
    post(&emulator, &body).await.invalid("media.media_ids");
    let half = json!({ "state": "in_progress", "check_after_secs": 1, "progress_percent": 50 });
    let end = json!({ "state": "succeeded", "progress_percent": 100 });
    for expected in [half, end.clone(), end] {
        assert_eq!(status(&emulator, &id).await.ok()["data"]["processing_info"], expected);
    }
    assert_eq!(post(&emulator, &body).await.status, 201);
}

#[tokio::test]
async fn a_test_decides_how_the_next_uploads_are_processed() {
    let emulator = start().await;
    emulator.x().process_next_upload(Processing::fails_after(1));
    emulator.x().process_next_upload(Processing::succeeds_after(0));
    let failing = upload(&emulator, "tweet_image", PNG).await;
    assert_eq!(failing["processing_info"]["state"], "pending");
    let id = text(&failing["id"]);
    assert_eq!(status(&emulator, &id).await.ok()["data"]["processing_info"], json!({ "state": "failed" }));
    post(&emulator, json!({ "text": "see", "media": { "media_ids": [id] } })).await.invalid("media.media_ids");
    assert_eq!(upload(&emulator, "tweet_gif", b"GIF89a").await["processing_info"]["state"], "succeeded");
    assert_eq!(upload(&emulator, "tweet_gif", b"GIF89a").await["processing_info"]["state"], "pending");
}

#[tokio::test]
async fn an_incomplete_or_too_large_upload_is_refused() {
    let emulator = start().await;
    let initialize_with = |body| write(&emulator, "/2/media/upload/initialize", body);
    initialize_with(json!({ "media_category": "tweet_image", "total_bytes": 5_242_881 })).await.invalid("total_bytes");
    initialize_with(json!({ "media_category": "tweet_video", "total_bytes": 512 * 1024 * 1024 + 1 })).await.invalid("total_bytes");
    initialize_with(json!({ "media_category": "tweet_image", "media_type": "video/mp4" })).await.invalid("media_type");
    initialize_with(json!({ "media_category": "tweet_picture" })).await.invalid("media_category");

    let id = initialize(&emulator, json!({ "media_category": "tweet_gif", "total_bytes": 6 })).await;
    assert!(finalize(&emulator, &id).await.invalid("id").contains("no segments"));
    status(&emulator, &id).await.invalid("media_id");
    append(&emulator, &id, 0, b"GIF").await.ok();
    append(&emulator, &id, 2, b"89a").await.ok();
    assert!(finalize(&emulator, &id).await.invalid("id").contains("lacks the segment 1"));
    append(&emulator, &id, 1, b"x").await.ok();
    assert!(finalize(&emulator, &id).await.invalid("id").contains("7 bytes instead of the announced 6"));
    append(&emulator, &id, 1, b"").await.ok();
    finalize(&emulator, &id).await.ok();
    assert!(append(&emulator, &id, 1, b"x").await.invalid("id").contains("finalized already"));
    finalize(&emulator, &id).await.invalid("id");

    let id = initialize(&emulator, json!({ "media_category": "tweet_image" })).await;
    append(&emulator, &id, 0, &vec![0; 5 * 1024 * 1024 + 1]).await.invalid("media");
    append(&emulator, &id, 0, &vec![0; 5 * 1024 * 1024]).await.ok();
    assert!(append(&emulator, &id, 1, b"x").await.invalid("id").contains("tweet_image"));
    let path = format!("/2/media/upload/{id}/append");
    write(&emulator, &path, json!({ "segment_index": 0, "media": "no base64!" })).await.invalid("media");
    append(&emulator, "77", 0, b"x").await.invalid("id");
}

#[tokio::test]
async fn bytes_that_are_no_image_are_refused_where_there_has_to_be_one() {
    let emulator = start().await;
    let at_once = async |category: &str, bytes: &[u8]| {
        write(&emulator, "/2/media/upload", json!({ "media_category": category, "media": BASE64_STANDARD.encode(bytes) })).await
    };
    let in_segments = async |category: &str, bytes: &[u8]| {
        let id = initialize(&emulator, json!({ "media_category": category })).await;
        for (number, segment) in (0..).zip(bytes.chunks(7)) {
            append(&emulator, &id, number, segment).await.ok();
        }
        finalize(&emulator, &id).await
    };
    for (category, bytes, part) in [
        ("tweet_image", &b"a text, and not a short one"[..], "is not an image, as tweet_image has to be"),
        ("dm_gif", b"a text", "is not an image"),
        ("tweet_gif", PNG, "is of the type image/png, which tweet_gif may not have"),
        ("tweet_video", PNG, "is of the type image/png"),
        ("subtitles", PNG, "is of the type image/png"),
    ] {
        for refused in [at_once(category, bytes).await.invalid("media"), in_segments(category, bytes).await.invalid("id")] {
            assert!(refused.contains(part), "{category}: {refused}");
        }
    }
    for (category, bytes) in [("tweet_image", PNG), ("dm_image", b"GIF89a"), ("tweet_video", b"moving"), ("subtitles", b"1")] {
        at_once(category, bytes).await.ok();
        in_segments(category, bytes).await.ok();
    }
    let model = initialize(&emulator, json!({ "media_category": "tweet_image", "media_type": "model/gltf-binary" })).await;
    append(&emulator, &model, 0, b"glTF").await.ok();
    finalize(&emulator, &model).await.ok();
}

#[tokio::test]
async fn media_are_for_their_owners_and_expire() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let grace = emulator.paragon().x_user_id("v");
    let own = text(&upload(&emulator, "tweet_image", PNG).await["id"]);
    let body = json!({ "media_category": "tweet_image", "media": BASE64_STANDARD.encode(PNG), "additional_owners": grace });
    let shared = text(&write(&emulator, "/2/media/upload", body).await.ok()["data"]["id"]);

    let tweet = |id: &str| json!({ "text": format!("see {id}"), "media": { "media_ids": [id] } });
    call(&emulator, "v", Method::POST, "/2/tweets", tweet(&own)).await.invalid("media.media_ids");
    let key = format!("/2/media/3_{own}");
    let seen_by = |answer: Answer| answer.ok().get("data").is_some();
    assert!(seen_by(get(&emulator, &key).await));
    assert!(!seen_by(send(as_user(&emulator, "v", Method::GET, &key)).await));
    assert!(!seen_by(send(as_app(&emulator, Method::GET, &key)).await));
    assert_eq!(post(&emulator, tweet(&own)).await.status, 201);
    assert_eq!(call(&emulator, "v", Method::POST, "/2/tweets", tweet(&shared)).await.status, 201);
    assert!(seen_by(send(as_app(&emulator, Method::GET, &key)).await), "a post is for everybody");

    let unused = text(&upload(&emulator, "tweet_image", PNG).await["id"]);
    emulator.x().advance(Duration::from_secs(24 * 60 * 60 + 1));
    post(&emulator, tweet(&unused)).await.invalid("media.media_ids");
    status(&emulator, &unused).await.invalid("media_id");
    let keys = format!("/2/media?media_keys=3_{own},3_{unused},7_{own}");
    let found = get(&emulator, &keys).await.ok();
    assert_eq!(found["data"], json!([{ "media_key": format!("3_{own}"), "type": "photo" }]));
    assert_eq!(found["errors"].as_array().map(Vec::len), Some(2), "{found}");
}

#[tokio::test]
async fn a_text_for_those_who_cannot_see_a_medium_is_shown_with_it() {
    let emulator = start().await;
    let medium = upload(&emulator, "tweet_image", PNG).await;
    let body = json!({ "id": medium["id"], "metadata": { "alt_text": { "text": "a dot" } } });
    let described = write(&emulator, "/2/media/metadata", body.clone()).await.ok();
    assert_eq!(described["data"], json!({ "id": medium["id"], "associated_metadata": body["metadata"] }));
    let path = format!("/2/media/{}?media.fields=alt_text", text(&medium["media_key"]));
    assert_eq!(get(&emulator, &path).await.ok()["data"]["alt_text"], "a dot");
    write(&emulator, "/2/media/metadata", json!({ "id": "5", "metadata": {} })).await.invalid("id");
}

#[tokio::test]
async fn figures_of_a_video_are_for_its_owner() {
    let emulator = start().await;
    emulator.x().process_next_upload(Processing::succeeds_after(0));
    let medium = upload(&emulator, "tweet_video", b"moving").await;
    post(&emulator, json!({ "text": "see", "media": { "media_ids": [medium["id"]] } })).await;
    let key = text(&medium["media_key"]);
    let fields = "duration_ms,preview_image_url,public_metrics,non_public_metrics,variants,url,height";
    let path = format!("/2/media/{key}?media.fields={fields}");
    let own = get(&emulator, &path).await.ok()["data"].clone();
    assert_eq!(own["type"], "video");
    assert_eq!(own["public_metrics"], json!({ "view_count": 0 }));
    assert_eq!(own["non_public_metrics"]["playback_100_count"], 0);
    assert_eq!(own["variants"][0]["content_type"], "video/mp4");
    assert_eq!(own.get("url"), None);
    let public = send(as_app(&emulator, Method::GET, &path)).await.ok()["data"].clone();
    assert_eq!(public.get("non_public_metrics"), None);
    assert_eq!(public["duration_ms"], own["duration_ms"]);
}

#[tokio::test]
async fn subtitles_are_added_to_a_video_and_removed() {
    let emulator = start().await;
    let video = upload(&emulator, "tweet_video", b"moving").await;
    let english = upload(&emulator, "subtitles", b"1").await;
    assert_eq!(english.get("media_key"), None);
    let subtitles = json!({ "id": english["id"], "language_code": "EN", "display_name": "English" });
    let body = json!({ "id": video["id"], "media_category": "TweetVideo", "subtitles": subtitles });
    let added = write(&emulator, "/2/media/subtitles", body.clone()).await.ok();
    assert_eq!(added["data"]["associated_subtitles"], json!({ "EN": subtitles }));
    for (name, value, wrong) in [("id", &english, "id"), ("subtitles", &video, "subtitles.id")] {
        let mut body = body.clone();
        body[name] = if name == "id" { value["id"].clone() } else { json!({ "id": value["id"], "language_code": "DE" }) };
        write(&emulator, "/2/media/subtitles", body).await.invalid(wrong);
    }
    let body = json!({ "id": video["id"], "media_category": "TweetVideo", "language_code": "EN" });
    for deleted in [true, false] {
        let answer = call(&emulator, "user-42", Method::DELETE, "/2/media/subtitles", body.clone()).await.ok();
        assert_eq!(answer["data"], json!({ "deleted": deleted }));
    }
    post(&emulator, json!({ "text": "see", "media": { "media_ids": [english["id"]] } })).await.invalid("media.media_ids");
}

#[tokio::test]
async fn uploading_is_for_users_who_granted_it() {
    let emulator = start().await;
    let body = json!({ "media_category": "tweet_image" }).to_string();
    let direct = as_app(&emulator, Method::POST, "/2/media/upload/initialize").header("Content-Type", "application/json");
    send(direct.body(body)).await.problem(403, "unsupported-authentication");
    emulator.paragon().set_scopes("user-42", ["tweet.read", "tweet.write", "users.read"]);
    let refused = write(&emulator, "/2/media/upload/initialize", json!({})).await;
    assert!(refused.problem(403, "about:blank")["detail"].as_str().is_some_and(|detail| detail.contains("media.write")));
}

#[tokio::test]
async fn the_attachments_of_a_refused_post_stay_their_owners() {
    let emulator = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace").start().await.expect("a free port");
    let medium = upload(&emulator, "tweet_image", PNG).await;
    let media = json!({ "media_ids": [medium["id"]] });
    let path = format!("/2/media/{}", text(&medium["media_key"]));
    let seen = async || send(as_user(&emulator, "v", Method::GET, &path)).await.ok()["data"].is_object();
    let body = json!({ "text": "see", "media": media, "reply": { "in_reply_to_tweet_id": "1" } });
    assert_eq!(post(&emulator, body).await.status, 403);
    assert!(!seen().await);
    assert_eq!(post(&emulator, json!({ "text": "see", "media": media })).await.status, 201);
    assert!(seen().await);
}

async fn form(emulator: &Emulator, path: &str, form: Form) -> Answer {
    send(as_account(emulator, "user-42", Method::POST, path).multipart(form)).await
}

#[tokio::test]
async fn who_has_an_access_token_uploads_bytes_in_a_form() {
    let emulator = start().await;
    let image = || Part::bytes(PNG).file_name("a.png").mime_str("image/png").expect("a media type");
    let at_once = Form::new().text("media_category", "tweet_image").part("media", image());
    assert_eq!(form(&emulator, "/2/media/upload", at_once).await.ok()["data"]["image"]["w"], 3);

    let body = json!({ "media_type": "image/png", "media_category": "tweet_image", "total_bytes": PNG.len() });
    let id = initialize(&emulator, body).await;
    let path = format!("/2/media/upload/{id}/append");
    form(&emulator, &path, Form::new().text("segment_index", "0").part("media", image())).await.ok();
    assert_eq!(finalize(&emulator, &id).await.ok()["data"]["size"], PNG.len());
}

#[tokio::test]
async fn a_form_is_checked_like_json() {
    let emulator = start().await;
    let id = initialize(&emulator, json!({ "media_type": "image/png", "media_category": "tweet_image", "total_bytes": 9 })).await;
    let path = format!("/2/media/upload/{id}/append");
    let media = || Form::new().part("media", Part::bytes(PNG));
    form(&emulator, &path, media().text("segment_index", "one")).await.invalid("segment_index");
    form(&emulator, &path, media()).await.invalid("segment_index");
    form(&emulator, &path, media().text("segment_index", "0").text("segment", "0")).await.invalid("segment");
    form(&emulator, &path, Form::new().text("segment_index", "0")).await.invalid("media");
    let request = || as_account(&emulator, "user-42", Method::POST, &path);
    let cut = send(request().header("Content-Type", "multipart/form-data; boundary=x").body("--x\r\n")).await;
    assert_eq!(cut.status, 400, "{}", cut.text);
    let unbounded = send(request().header("Content-Type", "multipart/form-data").body("--x--")).await;
    assert!(unbounded.status == 400 && unbounded.text.contains("boundary"), "{} {}", unbounded.status, unbounded.text);
    let through_paragon = as_user(&emulator, "user-42", Method::POST, &path).multipart(media().text("segment_index", "0"));
    send(through_paragon).await.paragon(415);
}
