//! Media, from the first segment of an upload to the attachments of posts and messages.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use imagesize::ImageType;

use super::{UserId, World, time_of};

/// The id of a medium.
pub(crate) type MediaId = u64;

const MIB: u64 = 1024 * 1024;

/// For how many seconds a medium can be attached to something.
const LIFETIME: i64 = 24 * 60 * 60;

/// The bytes of a medium are kept for downloads if there are no more of them than an image may have …
const KEPT: u64 = 5 * MIB;
/// … and only those of the newest media, this many in all.
const KEPT_IN_ALL: usize = 64 * 1024 * 1024;

/// How often the state of a video or GIF is asked for until it is ready, unless a test says otherwise.
const CHECKS: u32 = 2;

/// The use of an uploaded medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Photo,
    Gif,
    Video,
    Subtitles,
}

/// A category of uploads.
#[derive(Debug)]
pub(crate) struct Category {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Prefixes of media keys. Subtitles have none: nothing shows them as a medium.
    prefix: Option<u8>,
    /// The largest size in bytes.
    pub(crate) limit: u64,
    /// The media type where nothing else tells.
    media_type: &'static str,
}

const fn category(name: &'static str, kind: Kind, prefix: Option<u8>, limit: u64, media_type: &'static str) -> Category {
    Category { name, kind, prefix, limit, media_type }
}

static CATEGORIES: [Category; 8] = [
    category("tweet_image", Kind::Photo, Some(3), 5 * MIB, "image/jpeg"),
    category("tweet_gif", Kind::Gif, Some(16), 15 * MIB, "image/gif"),
    category("tweet_video", Kind::Video, Some(7), 512 * MIB, "video/mp4"),
    category("subtitles", Kind::Subtitles, None, MIB, "text/srt"),
    category("dm_image", Kind::Photo, Some(3), 5 * MIB, "image/jpeg"),
    category("dm_gif", Kind::Gif, Some(16), 15 * MIB, "image/gif"),
    category("dm_video", Kind::Video, Some(7), 512 * MIB, "video/mp4"),
    category("amplify_video", Kind::Video, Some(13), 16 * 1024 * MIB, "video/mp4"),
];

impl Category {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        CATEGORIES.iter().find(|category| category.name == name)
    }

    /// The category of an upload that names none: the first category with its media type.
    pub(crate) fn of(media_type: &str) -> &'static Self {
        let exact = CATEGORIES.iter().find(|category| category.media_type == media_type);
        exact.or_else(|| CATEGORIES.iter().find(|category| category.takes(media_type))).unwrap_or(&CATEGORIES[0])
    }

    pub(crate) fn takes(&self, media_type: &str) -> bool {
        match self.kind {
            Kind::Photo => media_type.starts_with("image/") || media_type.starts_with("model/"),
            Kind::Gif => media_type == "image/gif",
            Kind::Video => media_type.starts_with("video/"),
            Kind::Subtitles => media_type.starts_with("text/"),
        }
    }

    /// Refuses bytes that cannot be of this category, by the media type of the image that they are. Videos and texts are not looked into, so that any
    /// bytes but those of an image will do in tests. An error describes the mistake.
    pub(crate) fn check(&self, image: Option<&str>) -> Result<(), String> {
        match (image, self.kind) {
            (Some(image), _) if !self.takes(image) => Err(format!("is of the type {image}, which {} may not have", self.name)),
            (None, Kind::Photo | Kind::Gif) => Err(format!("is not an image, as {} has to be", self.name)),
            _ => Ok(()),
        }
    }
}

/// The processing of an uploaded medium before it can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    checks: u32,
    fails: bool,
}

impl Processing {
    /// Makes the medium ready when its state has been asked for this many times.
    #[must_use]
    pub fn succeeds_after(checks: u32) -> Self {
        Self { checks, fails: false }
    }

    /// Makes the medium unusable when its state has been asked for this many times.
    #[must_use]
    pub fn fails_after(checks: u32) -> Self {
        Self { checks, fails: true }
    }
}

/// How far the processing of a medium has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Pending,
    Running { percent: u32 },
    Succeeded,
    Failed,
}

/// Subtitles of a video, in one language.
#[derive(Debug, Clone)]
pub(crate) struct Subtitles {
    pub(crate) id: MediaId,
    pub(crate) name: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Medium {
    pub(crate) id: MediaId,
    /// Who uploaded it, and whom that user lets use it.
    pub(crate) owners: Vec<UserId>,
    pub(crate) category: &'static Category,
    pub(crate) media_type: String,
    /// In bytes.
    pub(crate) size: u64,
    /// The media type, if it is an image.
    image: Option<&'static str>,
    pub(crate) dimensions: Option<(usize, usize)>,
    pub(crate) alt_text: Option<String>,
    /// By the code of the language.
    pub(crate) subtitles: BTreeMap<String, Subtitles>,
    /// The event of the last message that it was attached to.
    pub(crate) message: Option<u64>,
    /// Whether it was attached to a post.
    posted: bool,
    /// The announced size.
    total: Option<u64>,
    /// The lengths of the segments, until the upload is finalized.
    segments: Option<BTreeMap<u64, u64>>,
    processing: Option<Processing>,
    /// How often its state was asked for since it was finalized.
    checked: u32,
}

impl Medium {
    /// Recognizes the format of an image by its first bytes: in all formats the marks are near the beginning.
    fn look_at(&mut self, bytes: &[u8]) {
        self.image = image_type(bytes);
        self.dimensions = imagesize::blob_size(bytes).ok().map(|size| (size.width, size.height));
    }

    pub(crate) fn key(&self) -> Option<String> {
        Some(format!("{}_{}", self.category.prefix?, self.id))
    }

    pub(crate) fn is_finalized(&self) -> bool {
        self.segments.is_none()
    }

    pub(crate) fn progress(&self) -> Option<Progress> {
        let Processing { checks, fails } = self.processing?;
        Some(match self.checked {
            checked if checked >= checks => {
                if fails {
                    Progress::Failed
                } else {
                    Progress::Succeeded
                }
            }
            0 => Progress::Pending,
            checked => Progress::Running { percent: checked * 100 / checks },
        })
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.is_finalized() && matches!(self.progress(), None | Some(Progress::Succeeded))
    }

    /// In seconds since 1970.
    pub(crate) fn expires_at(&self) -> i64 {
        time_of(self.id).as_second() + LIFETIME
    }
}

/// A medium to be uploaded.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) owners: Vec<UserId>,
    pub(crate) category: &'static Category,
    pub(crate) media_type: Option<String>,
    pub(crate) total: Option<u64>,
}

/// All media.
#[derive(Debug, Default)]
pub(crate) struct Media {
    media: BTreeMap<MediaId, Medium>,
    files: Files,
    /// The processing of the next uploads.
    planned: VecDeque<Processing>,
}

impl Media {
    pub(crate) fn plan(&mut self, processing: Processing) {
        self.planned.push_back(processing);
    }

    pub(crate) fn get_mut(&mut self, id: MediaId) -> Option<&mut Medium> {
        self.media.get_mut(&id)
    }

    /// The bytes of a medium, if they are kept.
    pub(crate) fn file(&self, medium: &Medium) -> Option<Bytes> {
        self.files.get(medium.id).filter(|file| file.len() as u64 == medium.size)
    }

    /// Takes a segment of an upload; a segment with the same number is replaced. An error names the fault of the medium.
    pub(crate) fn append(&mut self, id: MediaId, number: u64, bytes: Bytes) -> Result<(), String> {
        let Some(medium) = self.media.get_mut(&id) else { return Err("is not an upload".to_owned()) };
        let limit = medium.category.limit;
        let Some(segments) = &mut medium.segments else { return Err("is finalized already".to_owned()) };
        let replaced = segments.get(&number).copied().unwrap_or_default();
        let size = medium.size - replaced + bytes.len() as u64;
        if size > limit {
            return Err(too_large(medium.category));
        }
        segments.insert(number, bytes.len() as u64);
        medium.size = size;
        if number == 0 {
            medium.look_at(&bytes);
        }
        if size <= KEPT {
            self.files.put(id, number, bytes)
        } else {
            self.files.remove(id)
        }
        Ok(())
    }

    /// Ends an upload, if it is complete. An error names its fault.
    pub(crate) fn finalize(&mut self, id: MediaId) -> Result<(), String> {
        let whole = self.media.get(&id).and_then(|medium| self.file(medium));
        let Some(medium) = self.media.get_mut(&id) else { return Err("is not an upload".to_owned()) };
        let Some(segments) = &medium.segments else { return Err("is finalized already".to_owned()) };
        if segments.is_empty() {
            return Err("has no segments".to_owned());
        }
        if let Some((missing, _)) = (0..).zip(segments.keys()).find(|(expected, number)| expected != *number) {
            return Err(format!("lacks the segment {missing}"));
        }
        if let Some(total) = medium.total.filter(|total| *total != medium.size) {
            return Err(format!("has {} bytes instead of the announced {total}", medium.size));
        }
        if let Some(whole) = whole {
            // The first segment alone may have been too short to tell.
            medium.look_at(&whole);
        }
        if !medium.media_type.starts_with("model/") {
            medium.category.check(medium.image)?;
        }
        medium.segments = None;
        let usual = matches!(medium.category.kind, Kind::Gif | Kind::Video).then(|| Processing::succeeds_after(CHECKS));
        medium.processing = self.planned.pop_front().or(usual);
        Ok(())
    }

    /// Goes on with the processing of a medium whose state is asked for.
    pub(crate) fn check(&mut self, id: MediaId) {
        if let Some(medium) = self.media.get_mut(&id).filter(|medium| medium.is_finalized()) {
            medium.checked = medium.checked.saturating_add(1);
        }
    }
}

/// The complaint about a medium that is larger than its category allows.
pub(crate) fn too_large(category: &Category) -> String {
    format!("has more than the {} bytes that {} may have", category.limit, category.name)
}

/// The media type that bytes are of, if they begin like an image. They may end soon after: `GIF89a` will do in tests.
pub(crate) fn image_type(bytes: &[u8]) -> Option<&'static str> {
    /// As much as is looked at.
    const HEADER: usize = 12;
    let header: Vec<u8> = bytes.iter().copied().chain([0; HEADER]).take(HEADER).collect();
    match imagesize::image_type(&header).ok()? {
        ImageType::Bmp => Some("image/bmp"),
        ImageType::Gif => Some("image/gif"),
        ImageType::Jpeg => Some("image/jpeg"),
        ImageType::Png => Some("image/png"),
        ImageType::Tiff => Some("image/tiff"),
        ImageType::Webp => Some("image/webp"),
        _ => None,
    }
}

impl World {
    pub(crate) fn begin_upload(&mut self, upload: Upload) -> MediaId {
        let Upload { owners, category, media_type, total } = upload;
        let id = self.next_id();
        let medium = Medium {
            id,
            owners,
            category,
            media_type: media_type.unwrap_or_else(|| category.media_type.to_owned()),
            size: 0,
            image: None,
            dimensions: None,
            alt_text: None,
            subtitles: BTreeMap::new(),
            message: None,
            posted: false,
            total,
            segments: Some(BTreeMap::new()),
            processing: None,
            checked: 0,
        };
        self.media.media.insert(id, medium);
        id
    }

    /// A medium that a user has uploaded, or may use, and that has not expired.
    pub(crate) fn own_medium(&self, user: UserId, id: MediaId) -> Option<&Medium> {
        let medium = self.media.media.get(&id)?;
        (medium.owners.contains(&user) && self.now().as_second() < medium.expires_at()).then_some(medium)
    }

    pub(crate) fn medium(&self, key: &str) -> Option<&Medium> {
        let (_, id) = key.split_once('_')?;
        self.media.media.get(&id.parse().ok()?).filter(|medium| medium.key().as_deref() == Some(key))
    }

    /// Returns whether somebody can see a medium: everybody that of a post, the members of a conversation that of a message, and its owners any that
    /// has not expired.
    pub(crate) fn sees_medium(&self, viewer: Option<UserId>, medium: &Medium) -> bool {
        let seen = |user| medium.message.is_some_and(|event| self.sees_event(user, event)) || self.own_medium(user, medium.id).is_some();
        medium.is_ready() && (medium.posted || viewer.is_some_and(seen))
    }

    /// A user's own media that are ready, each with its key, or the first id that is none of one.
    pub(crate) fn ready(&self, user: UserId, ids: &[String]) -> Result<Vec<(MediaId, String)>, String> {
        let find = |id: &String| {
            let medium = self.own_medium(user, id.parse().ok()?).filter(|medium| medium.is_ready())?;
            Some((medium.id, medium.key()?))
        };
        ids.iter().map(|id| find(id).ok_or_else(|| id.clone())).collect()
    }

    /// Notes that a medium was attached to a post.
    pub(super) fn attached(&mut self, key: &str) {
        let id = self.medium(key).map(|medium| medium.id);
        if let Some(medium) = id.and_then(|id| self.media.get_mut(id)) {
            medium.posted = true;
        }
    }
}

/// The bytes of media, in segments.
#[derive(Debug, Default)]
struct Files {
    segments: BTreeMap<(MediaId, u64), Bytes>,
    total: usize,
}

impl Files {
    fn put(&mut self, id: MediaId, number: u64, bytes: Bytes) {
        self.total += bytes.len();
        if let Some(replaced) = self.segments.insert((id, number), bytes) {
            self.total -= replaced.len();
        }
        while self.total > KEPT_IN_ALL
            && let Some((_, oldest)) = self.segments.pop_first()
        {
            self.total -= oldest.len();
        }
    }

    fn remove(&mut self, id: MediaId) {
        let numbers: Vec<_> = self.segments.range((id, 0)..=(id, u64::MAX)).map(|(number, _)| *number).collect();
        for number in numbers {
            self.total -= self.segments.remove(&number).map_or(0, |bytes| bytes.len());
        }
    }

    /// The uploaded bytes of a medium.
    fn get(&self, id: MediaId) -> Option<Bytes> {
        let mut segments = self.segments.range((id, 0)..=(id, u64::MAX)).map(|(_, bytes)| bytes);
        let first = segments.next()?.clone();
        let Some(second) = segments.next() else { return Some(first) };
        Some([&first, second].into_iter().chain(segments).flatten().copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Category, Files, KEPT_IN_ALL, Progress, Upload};
    use crate::Processing;
    use crate::state::World;

    fn upload(category: &str) -> Upload {
        Upload { owners: vec![1], category: Category::named(category).expect("a category"), media_type: None, total: None }
    }

    #[test]
    fn the_bytes_that_are_kept_have_a_limit() {
        let mut files = Files::default();
        let segment = Bytes::from(vec![1; 5 * 1024 * 1024]);
        for id in 0..40 {
            files.put(id, 0, segment.slice(..3));
            files.put(id, 0, segment.clone());
        }
        assert!(files.total <= KEPT_IN_ALL);
        assert_eq!(files.total, files.segments.values().map(Bytes::len).sum::<usize>());
        assert_eq!(files.get(0), None, "the oldest went first");
        assert_eq!(files.get(39), Some(segment));
        files.remove(39);
        assert_eq!(files.get(39), None);
        assert_eq!(files.total, files.segments.values().map(Bytes::len).sum::<usize>());
    }

    #[test]
    fn a_file_is_its_segments_in_the_order_of_their_numbers() {
        let mut world = World::new(|_, _| {});
        let id = world.begin_upload(upload("dm_video"));
        for (number, text) in [(1, "b"), (0, "x"), (2, "c"), (0, "a")] {
            world.media.append(id, number, Bytes::from(text)).expect("a segment");
        }
        world.media.finalize(id).expect("complete");
        let medium = world.own_medium(1, id).expect("a medium");
        assert_eq!(medium.size, 3, "a segment that came again is counted once");
        assert_eq!(world.media.file(medium).as_deref(), Some(b"abc".as_slice()));
    }

    #[test]
    fn bytes_of_a_large_medium_are_not_kept() {
        let mut world = World::new(|_, _| {});
        let id = world.begin_upload(upload("tweet_video"));
        for number in 0..3 {
            world.media.append(id, number, Bytes::from(vec![0; 2 * 1024 * 1024])).expect("a segment");
        }
        assert_eq!(world.media.files.total, 0);
        world.media.finalize(id).expect("complete");
        let medium = world.own_medium(1, id).expect("a medium");
        assert_eq!(medium.size, 6 * 1024 * 1024);
        assert_eq!(world.media.file(medium), None);
    }

    #[test]
    fn processing_goes_on_with_each_check_and_ends() {
        for (fails, end) in [(false, Progress::Succeeded), (true, Progress::Failed)] {
            let mut world = World::new(|_, _| {});
            world.media.plan(if fails { Processing::fails_after(3) } else { Processing::succeeds_after(3) });
            let id = world.begin_upload(upload("tweet_video"));
            world.media.append(id, 0, Bytes::from("a")).expect("a segment");
            world.media.check(id);
            world.media.finalize(id).expect("complete");
            let mut seen = Vec::new();
            for _ in 0..5 {
                seen.extend(world.own_medium(1, id).and_then(super::Medium::progress));
                world.media.check(id);
            }
            assert_eq!(seen, [Progress::Pending, Progress::Running { percent: 33 }, Progress::Running { percent: 66 }, end, end]);
        }
    }
}
