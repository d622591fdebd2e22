//! Media: showing them, looking them up, and their metadata.

use http::Method;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Entry, Envelope, Problem, View};
use crate::problem::{invalid, resource_not_found};
use crate::state::{DmEventId, Kind, MediaId, Medium, Subtitles};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/media", by_keys),
    (Method::GET, "/2/media/{media_key}", by_key),
    (Method::POST, "/2/media/metadata", describe),
    (Method::POST, "/2/media/subtitles", add_subtitles),
    (Method::DELETE, "/2/media/subtitles", remove_subtitles),
];

/// Properties that X reads off a video or GIF, and nobody does here.
const VIDEO_SIZE: (usize, usize) = (1280, 720);
const VIDEO_MILLISECONDS: u32 = 10_000;

/// A medium with the fields that were asked for.
pub(super) fn render(view: &View, medium: &Medium) -> Value {
    let key = medium.key().unwrap_or_default();
    let photo = medium.category.kind == Kind::Photo;
    let video = medium.category.kind == Kind::Video;
    let own = view.viewer.is_some_and(|viewer| medium.owners.contains(&viewer));
    let (width, height) = medium.dimensions.or((!photo).then_some(VIDEO_SIZE)).unzip();
    let url = |extension: &str| format!("https://example.com/media/{key}.{extension}");
    let mut object = view.object("media").own(own);
    object.put("media_key", || Some(key.as_str()));
    object.put("type", || {
        Some(if photo {
            "photo"
        } else if video {
            "video"
        } else {
            "animated_gif"
        })
    });
    object.put("alt_text", || medium.alt_text.as_deref());
    object.put("duration_ms", || video.then_some(VIDEO_MILLISECONDS));
    object.put("height", || height);
    object.put("width", || width);
    object.put("preview_image_url", || (!photo).then(|| url("jpg")));
    object.put("url", || photo.then(|| medium.message.map_or_else(|| url("jpg"), |event| message_url(event, medium))));
    object.put("variants", || (!photo).then(|| json!([{ "bit_rate": 0, "content_type": "video/mp4", "url": url("mp4") }])));
    object.put("public_metrics", || video.then(|| json!({ "view_count": 0 })));
    for (name, viewed) in [("non_public_metrics", false), ("organic_metrics", true), ("promoted_metrics", true)] {
        object.put(name, || video.then(|| playback(viewed)));
    }
    object.finish()
}

/// Nobody watches videos here.
fn playback(viewed: bool) -> Value {
    let counts = ["0", "25", "50", "75", "100"].map(|part| (format!("playback_{part}_count"), Value::from(0)));
    let viewed = viewed.then(|| ("view_count".to_owned(), 0.into()));
    Value::Object(counts.into_iter().chain(viewed).collect())
}

/// Where X has an image of a message. The last three segments are those of the operation that downloads it.
fn message_url(event: DmEventId, medium: &Medium) -> String {
    format!("https://ton.twitter.com/1.1/ton/data/dm/{event}/{}/{}", medium.id, resource(medium))
}

/// The name of the file that a medium of a message is.
pub(super) fn resource(medium: &Medium) -> String {
    let extension = medium.media_type.rsplit('/').next().unwrap_or_default().replace("jpeg", "jpg");
    format!("{:x}.{extension}", medium.id)
}

impl Call<'_> {
    /// The medium of the caller that a request names, or the refusal.
    pub(super) fn own_medium(&self, parameter: &str, id: &str) -> Result<&Medium, Problem> {
        let user = self.user()?;
        let medium = id.parse().ok().and_then(|id| self.world.own_medium(user, id));
        medium.ok_or_else(|| wrong(parameter, id, "is no medium of the authenticating user, or has expired"))
    }

    /// The same for a text in the body.
    fn own_medium_in_body(&self, path: &str) -> Result<&Medium, Problem> {
        let named = self.body.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Value::as_str);
        self.own_medium(path, named.unwrap_or_default())
    }

    fn visible_medium(&self, key: &str) -> Option<&Medium> {
        self.world.medium(key).filter(|medium| self.world.sees_medium(self.view().viewer, medium))
    }
}

/// A medium that a request names and that is not as it has to be.
pub(super) fn wrong(parameter: &str, value: &str, fault: &str) -> Problem {
    let message = format!("The `{parameter}` value [{value}] {fault}.");
    Problem::invalid_request(vec![invalid(parameter, &[value], message)])
}

fn by_key(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let key = &call.path[0];
    match call.visible_medium(key) {
        Some(medium) => call.data(render(&call.view(), medium)),
        None => Err(Problem::missing("media", "media_key", key)),
    }
}

fn by_keys(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let view = call.view();
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for key in call.query.list("media_keys") {
        match call.visible_medium(key) {
            Some(medium) => found.push(render(&view, medium)),
            None => errors.push(resource_not_found("media", "media_keys", key)),
        }
    }
    call.answer(Envelope { data: (!found.is_empty()).then(|| found.into()), errors, ..Envelope::default() })
}

/// Of all metadata of a medium, other answers show only the alternative text.
fn describe(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.own_medium_in_body("id")?.id;
    let metadata = &call.body["metadata"];
    let text = metadata.pointer("/alt_text/text").and_then(Value::as_str);
    if let (Some(text), Some(medium)) = (text, call.world.media.get_mut(id)) {
        medium.alt_text = Some(text.to_owned());
    }
    call.data(json!({ "id": id.to_string(), "associated_metadata": metadata }))
}

/// The video in the body, which subtitles are for.
fn video_in_body(call: &Call<'_>) -> Result<MediaId, Problem> {
    let medium = call.own_medium_in_body("id")?;
    if medium.category.kind == Kind::Video {
        return Ok(medium.id);
    }
    Err(wrong("id", &medium.id.to_string(), "is not a video"))
}

fn add_subtitles(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let video = video_in_body(call)?;
    let subtitles = call.own_medium_in_body("subtitles.id")?;
    let id = subtitles.id;
    if subtitles.category.kind != Kind::Subtitles || !subtitles.is_ready() {
        return Err(wrong("subtitles.id", &id.to_string(), "is not of subtitles that are ready"));
    }
    let described = &call.body["subtitles"];
    let text = |name: &str| described[name].as_str().map(str::to_owned);
    let Some(language) = text("language_code") else {
        return Err(Problem::invalid_request(vec![invalid(
            "subtitles.language_code",
            &[],
            "$.subtitles.language_code: is missing but it is required",
        )]));
    };
    let name = text("display_name");
    let Some(medium) = call.world.media.get_mut(video) else { return Err(Problem::missing("media", "id", &video.to_string())) };
    medium.subtitles.insert(language, Subtitles { id, name });
    let all: Map<String, Value> =
        medium.subtitles.iter().map(|(language, subtitles)| (language.clone(), show(language, subtitles))).collect();
    call.data(json!({ "id": video.to_string(), "media_category": call.body["media_category"], "associated_subtitles": all }))
}

fn show(language: &str, subtitles: &Subtitles) -> Value {
    let mut shown = json!({ "id": subtitles.id.to_string(), "language_code": language });
    if let Some(name) = &subtitles.name {
        shown["display_name"] = name.as_str().into();
    }
    shown
}

fn remove_subtitles(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let video = video_in_body(call)?;
    let language = call.text("language_code").unwrap_or_default().to_owned();
    let removed = call.world.media.get_mut(video).and_then(|medium| medium.subtitles.remove(&language));
    call.data(json!({ "deleted": removed.is_some() }))
}
