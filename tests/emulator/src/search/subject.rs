//! The facts of a post that a query can ask for.

use std::cell::OnceCell;

use super::Product;
use super::entities::{Entities, entities};
use super::geo::Point;
use super::words::Words;

/// A post, as far as queries can see it. Fields that the caller does not know keep their defaults.
#[derive(Clone, Copy, Default)]
pub(crate) struct Subject<'a> {
    pub(crate) id: u64,
    pub(crate) text: &'a str,
    /// Addresses of links besides those in the text: where these lead to, if the text has them shortened.
    pub(crate) expanded_urls: &'a [String],
    pub(crate) author: Author<'a>,
    pub(crate) conversation: u64,
    pub(crate) in_reply_to: Option<Reference<'a>>,
    pub(crate) repost_of: Option<Reference<'a>>,
    pub(crate) quote_of: Option<Reference<'a>>,
    /// Tells the language that X took the text to be in: `und` if none. It is asked only if a query needs it, because it takes long.
    pub(crate) lang: Option<&'a dyn Fn() -> &'static str>,
    /// The name of the app it was posted with.
    pub(crate) source: &'a str,
    pub(crate) has_images: bool,
    pub(crate) has_videos: bool,
    /// An animated GIF is media, but neither an image nor a video.
    pub(crate) has_gifs: bool,
    /// Lists that the author is a member of.
    pub(crate) lists: &'a [u64],
    pub(crate) place: Option<Place<'a>>,
    pub(crate) annotations: &'a [Annotation<'a>],
    /// Made for promotion only.
    pub(crate) is_nullcast: bool,
}

/// The author of a post.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Author<'a> {
    pub(crate) id: u64,
    pub(crate) username: &'a str,
    pub(crate) name: &'a str,
    pub(crate) bio: &'a str,
    pub(crate) location: &'a str,
    pub(crate) verified: bool,
    pub(crate) followers: u64,
    pub(crate) following: u64,
    pub(crate) listed: u64,
    pub(crate) posts: u64,
}

/// Another post that a post refers to, and that post's author.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reference<'a> {
    pub(crate) post: u64,
    pub(crate) author: u64,
    pub(crate) username: &'a str,
}

/// Where a post was made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    /// Two letters.
    pub(crate) country_code: &'a str,
    pub(crate) point: Option<Point>,
}

/// A subject that X gives a post: an entity in a domain.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Annotation<'a> {
    pub(crate) domain: u64,
    pub(crate) entity: u64,
    pub(crate) entity_name: &'a str,
}

/// A subject while one query is asked: its text is cut into words and looked through for entities once, and only if the query needs it.
pub(super) struct Facts<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) product: Product,
    words: OnceCell<Words>,
    entities: OnceCell<Entities>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, product: Product) -> Self {
        Self { subject, product, words: OnceCell::new(), entities: OnceCell::new() }
    }

    pub(super) fn words(&self) -> &Words {
        self.words.get_or_init(|| Words::new(self.subject.text, self.product))
    }

    pub(super) fn entities(&self) -> &Entities {
        self.entities.get_or_init(|| entities(self.subject.text))
    }

    /// All addresses of links.
    pub(super) fn urls(&self) -> impl Iterator<Item = &str> {
        let in_text = self.entities().urls.iter().map(|url| url.text.as_str());
        in_text.chain(self.subject.expanded_urls.iter().map(String::as_str))
    }
}
