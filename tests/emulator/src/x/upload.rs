//! Uploading media: in segments or at once, and the processing after it.
//!
//! All this is for users only. Through Paragon the bytes come as base64, since it takes no body but JSON; whoever has an access token may send them to
//! X as they are, in a part of a form.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::media::wrong;
use super::{Answer, Call, Entry, Problem};
use crate::problem::invalid;
use crate::state::{Category, Kind, MediaId, Medium, Progress, Upload, UserId, image_type, too_large};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::POST, "/2/media/upload", upload),
    (Method::GET, "/2/media/upload", status),
    (Method::POST, "/2/media/upload/initialize", initialize),
    (Method::POST, "/2/media/upload/{id}/append", append),
    (Method::POST, "/2/media/upload/{id}/finalize", finalize),
];

/// In how many seconds the state of a medium is to be asked for again. Here it goes on with each time it is asked for, however soon.
const CHECK_AFTER: u32 = 1;

/// How many bytes a segment may have.
const MAX_SEGMENT: usize = 5 * 1024 * 1024;

/// The answer to an upload: the medium, and its progress.
fn show(call: &Call<'_>, medium: &Medium) -> Result<Answer, Problem> {
    let left = medium.expires_at() - call.world.now().as_second();
    let mut data = json!({ "id": medium.id.to_string(), "expires_after_secs": left.max(0) });
    if let Some(key) = medium.key() {
        data["media_key"] = key.into();
    }
    if !medium.is_finalized() {
        return call.data(data);
    }
    data["size"] = medium.size.into();
    match (medium.category.kind, medium.dimensions) {
        (Kind::Video, _) => data["video"] = json!({ "video_type": medium.media_type }),
        (_, Some((width, height))) => data["image"] = json!({ "image_type": medium.media_type, "w": width, "h": height }),
        _ => {}
    }
    if let Some(progress) = medium.progress() {
        data["processing_info"] = match progress {
            Progress::Pending => json!({ "state": "pending", "check_after_secs": CHECK_AFTER, "progress_percent": 0 }),
            Progress::Running { percent } => {
                json!({ "state": "in_progress", "check_after_secs": CHECK_AFTER, "progress_percent": percent })
            }
            Progress::Succeeded => json!({ "state": "succeeded", "progress_percent": 100 }),
            Progress::Failed => json!({ "state": "failed" }),
        };
    }
    call.data(data)
}

/// Shows a medium that was just worked on.
fn show_own(call: &Call<'_>, id: MediaId) -> Result<Answer, Problem> {
    show(call, call.own_medium("id", &id.to_string())?)
}

/// The bytes in the body.
fn media(call: &Call<'_>) -> Result<Bytes, Problem> {
    let Some(text) = call.text("media") else {
        return Err(Problem::invalid_body("$.media: is missing but it is required"));
    };
    let bytes = BASE64_STANDARD.decode(text).map_err(|error| {
        let message = format!("$.media: is not base64: {error}");
        Problem::invalid_request(vec![invalid("media", &[], message)])
    })?;
    Ok(bytes.into())
}

/// The caller, and those whom the caller lets use a medium as well.
fn owners<'a>(call: &Call<'_>, others: impl Iterator<Item = &'a str>) -> Result<Vec<UserId>, Problem> {
    let mut owners = vec![call.user()?];
    owners.extend(others.filter_map(|id| id.trim().parse::<UserId>().ok()));
    Ok(owners)
}

fn upload(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let bytes = media(call)?;
    let named = call.text("media_category").and_then(Category::named);
    let media_type = image_type(&bytes);
    let category = named.unwrap_or_else(|| Category::of(media_type.unwrap_or_default()));
    let large = (bytes.len() as u64 > category.limit).then(|| too_large(category));
    if let Some(fault) = large.or(category.check(media_type).err()) {
        return Err(Problem::invalid_request(vec![invalid("media", &[], format!("$.media: {fault}"))]));
    }
    let owners = owners(call, call.text("additional_owners").unwrap_or_default().split(','))?;
    let id = call.world.begin_upload(Upload { owners, category, media_type: media_type.map(str::to_owned), total: None });
    let done = call.world.media.append(id, 0, bytes).and_then(|()| call.world.media.finalize(id));
    done.map_err(|fault| wrong("media", "", &fault))?;
    show_own(call, id)
}

fn initialize(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let media_type = call.text("media_type").map(str::to_owned);
    let named = call.text("media_category").and_then(Category::named);
    let category = named.unwrap_or_else(|| Category::of(media_type.as_deref().unwrap_or_default()));
    let mut errors = Vec::new();
    if let Some(media_type) = media_type.as_deref().filter(|media_type| !category.takes(media_type)) {
        let message = format!("$.media_type: is not one that {} may have", category.name);
        errors.push(invalid("media_type", &[media_type], message));
    }
    let total = call.body["total_bytes"].as_u64();
    if let Some(total) = total.filter(|total| *total > category.limit) {
        errors.push(invalid("total_bytes", &[&total.to_string()], format!("$.total_bytes: {}", too_large(category))));
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_request(errors));
    }
    let owners = owners(call, call.body["additional_owners"].as_array().into_iter().flatten().filter_map(Value::as_str))?;
    let id = call.world.begin_upload(Upload { owners, category, media_type, total });
    show_own(call, id)
}

fn append(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let medium = call.own_medium("id", &call.path[0])?;
    let (id, expires_at) = (medium.id, medium.expires_at());
    let number = call.body["segment_index"].as_u64().unwrap_or_default();
    let bytes = media(call)?;
    if bytes.len() > MAX_SEGMENT {
        let message = format!("$.media: has more than the {MAX_SEGMENT} bytes that a segment may have");
        return Err(Problem::invalid_request(vec![invalid("media", &[], message)]));
    }
    call.world.media.append(id, number, bytes).map_err(|fault| wrong("id", &call.path[0], &fault))?;
    call.data(json!({ "expires_at": expires_at }))
}

fn finalize(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.own_medium("id", &call.path[0])?.id;
    call.world.media.finalize(id).map_err(|fault| wrong("id", &call.path[0], &fault))?;
    show_own(call, id)
}

fn status(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let named = call.query.get("media_id").unwrap_or_default();
    let medium = call.own_medium("media_id", named)?;
    if !medium.is_finalized() {
        return Err(wrong("media_id", named, "is not finalized"));
    }
    let id = medium.id;
    call.world.media.check(id);
    show_own(call, id)
}
