//! The terms that a query is made of, by the names they have in it.

use std::fmt;

use super::Product;
use super::geo::{BoundingBox, Circle};
use super::subject::{Annotation, Facts, Reference, Subject};
use super::words::{Phrase, Words, fold, shown};

/// The greatest distance of words that X looks for.
pub(super) const MAX_DISTANCE: u8 = 6;

/// One condition on a post.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Text(Phrase),
    Hashtag(String),
    Cashtag(String),
    Mention(String),
    From(User),
    To(User),
    RepostsOf(User),
    InReplyToPost(u64),
    RepostsOfPost(u64),
    QuotesOfPost(u64),
    Conversation(u64),
    List(u64),
    Url(Phrase),
    UrlContains(String),
    /// The title and the description of a page behind a link, which are not known here: no post matches.
    UrlTitle(Phrase),
    UrlDescription(Phrase),
    Bio(Phrase),
    BioName(Phrase),
    BioLocation(Phrase),
    Context(Option<u64>, Option<u64>),
    Entity(Phrase),
    Place(Phrase),
    PlaceCountry(String),
    PointRadius(Circle),
    BoundingBox(BoundingBox),
    Lang(String),
    Source(String),
    Sample(u8),
    Count(Counted, Range),
    Is(Is),
    Has(Has),
}

/// A user by username, in lower case, or by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User(String);

/// A count of an author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Followers,
    Following,
    Listed,
    Posts,
}

/// Both ends belong to it; without an end it goes on for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    from: u64,
    to: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Repost,
    Reply,
    Quote,
    Verified,
    Nullcast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Has {
    Hashtags,
    Cashtags,
    Mentions,
    Links,
    Media,
    Images,
    Videos,
    Geo,
}

/// Values of `is:` under all their names, the normal one of each first.
const IS: &[(&str, Is)] = &[
    ("retweet", Is::Repost),
    ("repost", Is::Repost),
    ("reply", Is::Reply),
    ("quote", Is::Quote),
    ("verified", Is::Verified),
    ("nullcast", Is::Nullcast),
];

/// Values of `has:` under all their names, the normal one of each first.
const HAS: &[(&str, Has)] = &[
    ("hashtags", Has::Hashtags),
    ("cashtags", Has::Cashtags),
    ("mentions", Has::Mentions),
    ("links", Has::Links),
    ("media", Has::Media),
    ("media_link", Has::Media),
    ("images", Has::Images),
    ("videos", Has::Videos),
    ("video_link", Has::Videos),
    ("geo", Has::Geo),
];

/// Why there is no such term.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no operator of that name.
    Operator,
    /// The operator does not take that value, for this reason.
    Value(String),
}

impl Term {
    /// The term `name:value`. Names are known in both of X's dialects.
    pub(super) fn operator(name: &str, value: &str, product: Product) -> Result<Self, Refused> {
        let rules_only = |term| if product == Product::Rules { Ok(term) } else { Err(Refused::Operator) };
        let search_only = |term| if product == Product::Search { Ok(term) } else { Err(Refused::Operator) };
        let wrong = |expected: &str| Refused::Value(format!("'{name}:' takes {expected}, not '{value}'"));
        let user = || User::parse(value).ok_or_else(|| wrong("a username or a user id"));
        let id = || parse_id(value).ok_or_else(|| wrong("an id"));
        let phrase = || Phrase::new(value.to_owned(), product).ok_or_else(|| wrong("a word or a phrase"));
        let count = |what| Range::parse(value).map(|range| Self::Count(what, range)).ok_or_else(|| wrong("a number or a range"));
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "from" => Ok(Self::From(user()?)),
            "to" => Ok(Self::To(user()?)),
            "retweets_of" | "reposts_of" => Ok(Self::RepostsOf(user()?)),
            "in_reply_to_tweet_id" | "in_reply_to_status_id" | "in_reply_to_post_id" => Ok(Self::InReplyToPost(id()?)),
            "retweets_of_tweet_id" | "retweets_of_status_id" | "reposts_of_post_id" => Ok(Self::RepostsOfPost(id()?)),
            "quotes_of_tweet_id" | "quotes_of_status_id" | "quotes_of_post_id" => search_only(Self::QuotesOfPost(id()?)),
            "conversation_id" => Ok(Self::Conversation(id()?)),
            "list" => search_only(Self::List(id()?)),
            "url" => Ok(Self::Url(phrase()?)),
            "url_contains" => rules_only(Self::UrlContains(nonempty(value).ok_or_else(|| wrong("a part of an address"))?)),
            "url_title" => rules_only(Self::UrlTitle(phrase()?)),
            "url_description" => rules_only(Self::UrlDescription(phrase()?)),
            "bio" => rules_only(Self::Bio(phrase()?)),
            "bio_name" => rules_only(Self::BioName(phrase()?)),
            "bio_location" => rules_only(Self::BioLocation(phrase()?)),
            "context" => context(value).ok_or_else(|| wrong("domain_id.entity_id")),
            "entity" => Ok(Self::Entity(phrase()?)),
            "place" => Ok(Self::Place(phrase()?)),
            "place_country" => country(value).map(Self::PlaceCountry).ok_or_else(|| wrong("a country code of two letters")),
            "point_radius" => Circle::parse(value).map(Self::PointRadius).map_err(Refused::Value),
            "bounding_box" | "geo_bounding_box" => BoundingBox::parse(value).map(Self::BoundingBox).map_err(Refused::Value),
            "lang" => language(value).map(Self::Lang).ok_or_else(|| wrong("a language code")),
            "source" => rules_only(Self::Source(nonempty(value).ok_or_else(|| wrong("the name of an app"))?)),
            "sample" => {
                let percent = value.parse().ok().filter(|percent| (1..=100).contains(percent));
                rules_only(Self::Sample(percent.ok_or_else(|| wrong("a percentage from 1 to 100"))?))
            }
            "min_followers" | "followers_count" => rules_only(count(Counted::Followers)?),
            "following_count" => rules_only(count(Counted::Following)?),
            "listed_count" => rules_only(count(Counted::Listed)?),
            "tweets_count" | "posts_count" => rules_only(count(Counted::Posts)?),
            "is" => named(IS, value).map(Self::Is).ok_or_else(|| wrong(&names(IS))),
            "has" => named(HAS, value).map(Self::Has).ok_or_else(|| wrong(&names(HAS))),
            _ => Err(Refused::Operator),
        }
    }

    /// Returns whether a query may consist of this alone. The other operators would match far too many posts.
    pub(super) fn stands_alone(&self) -> bool {
        !matches!(self, Self::Is(_) | Self::Has(_) | Self::Lang(_) | Self::Sample(_) | Self::Source(_))
    }

    pub(super) fn matches(&self, facts: &Facts<'_>) -> bool {
        let subject = facts.subject;
        let has_words = |text: &str, phrase: &Phrase| phrase.is_in(&Words::new(text, facts.product));
        match self {
            Self::Text(phrase) => phrase.is_in(facts.words()),
            Self::Hashtag(tag) => facts.entities().hashtags.iter().any(|found| fold(&found.text, facts.product) == *tag),
            Self::Cashtag(tag) => facts.entities().cashtags.iter().any(|found| found.text.eq_ignore_ascii_case(tag)),
            Self::Mention(username) => facts.entities().mentions.iter().any(|found| found.text.eq_ignore_ascii_case(username)),
            Self::From(user) => user.is(subject.author.id, subject.author.username),
            Self::To(user) => subject.in_reply_to.is_some_and(|to| user.wrote(to)),
            Self::RepostsOf(user) => subject.repost_of.is_some_and(|of| user.wrote(of)),
            Self::InReplyToPost(id) => subject.in_reply_to.is_some_and(|to| to.post == *id),
            Self::RepostsOfPost(id) => subject.repost_of.is_some_and(|of| of.post == *id),
            Self::QuotesOfPost(id) => subject.quote_of.is_some_and(|of| of.post == *id),
            Self::Conversation(id) => subject.conversation == *id,
            Self::List(id) => subject.lists.contains(id),
            Self::Url(phrase) => facts.urls().any(|url| has_words(url, phrase)),
            Self::UrlContains(part) => facts.urls().any(|url| url.to_lowercase().contains(part)),
            Self::UrlTitle(_) | Self::UrlDescription(_) => false,
            Self::Bio(phrase) => has_words(subject.author.bio, phrase),
            Self::BioName(phrase) => has_words(subject.author.name, phrase),
            Self::BioLocation(phrase) => has_words(subject.author.location, phrase),
            Self::Context(domain, entity) => {
                let is = |found: &Annotation<'_>| domain.is_none_or(|id| id == found.domain) && entity.is_none_or(|id| id == found.entity);
                subject.annotations.iter().any(is)
            }
            Self::Entity(phrase) => subject.annotations.iter().any(|found| has_words(found.entity_name, phrase)),
            Self::Place(phrase) => subject.place.is_some_and(|place| has_words(place.id, phrase) || has_words(place.name, phrase)),
            Self::PlaceCountry(code) => subject.place.is_some_and(|place| place.country_code.eq_ignore_ascii_case(code)),
            Self::PointRadius(circle) => subject.place.and_then(|place| place.point).is_some_and(|point| circle.contains(point)),
            Self::BoundingBox(bounds) => subject.place.and_then(|place| place.point).is_some_and(|point| bounds.contains(point)),
            Self::Lang(code) => subject.lang.is_some_and(|lang| lang().eq_ignore_ascii_case(code)),
            Self::Source(name) => subject.source.to_lowercase() == *name,
            Self::Sample(percent) => bucket(subject.id) < *percent,
            Self::Count(what, range) => range.contains(what.of(subject)),
            Self::Is(what) => what.matches(subject),
            Self::Has(what) => what.matches(facts),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(phrase) => phrase.fmt(f),
            Self::Hashtag(tag) => write!(f, "#{tag}"),
            Self::Cashtag(tag) => write!(f, "${tag}"),
            Self::Mention(username) => write!(f, "@{username}"),
            Self::From(User(user)) => write!(f, "from:{user}"),
            Self::To(User(user)) => write!(f, "to:{user}"),
            Self::RepostsOf(User(user)) => write!(f, "retweets_of:{user}"),
            Self::InReplyToPost(id) => write!(f, "in_reply_to_tweet_id:{id}"),
            Self::RepostsOfPost(id) => write!(f, "retweets_of_tweet_id:{id}"),
            Self::QuotesOfPost(id) => write!(f, "quotes_of_tweet_id:{id}"),
            Self::Conversation(id) => write!(f, "conversation_id:{id}"),
            Self::List(id) => write!(f, "list:{id}"),
            Self::Url(phrase) => write!(f, "url:{phrase}"),
            Self::UrlContains(part) => write!(f, "url_contains:{}", shown(part)),
            Self::UrlTitle(phrase) => write!(f, "url_title:{phrase}"),
            Self::UrlDescription(phrase) => write!(f, "url_description:{phrase}"),
            Self::Bio(phrase) => write!(f, "bio:{phrase}"),
            Self::BioName(phrase) => write!(f, "bio_name:{phrase}"),
            Self::BioLocation(phrase) => write!(f, "bio_location:{phrase}"),
            Self::Context(domain, entity) => {
                let id = |id: &Option<u64>| id.map_or_else(|| "*".to_owned(), |id| id.to_string());
                write!(f, "context:{}.{}", id(domain), id(entity))
            }
            Self::Entity(phrase) => write!(f, "entity:{phrase}"),
            Self::Place(phrase) => write!(f, "place:{phrase}"),
            Self::PlaceCountry(code) => write!(f, "place_country:{code}"),
            Self::PointRadius(circle) => write!(f, "point_radius:{circle}"),
            Self::BoundingBox(bounds) => write!(f, "bounding_box:{bounds}"),
            Self::Lang(code) => write!(f, "lang:{code}"),
            Self::Source(name) => write!(f, "source:{}", shown(name)),
            Self::Sample(percent) => write!(f, "sample:{percent}"),
            Self::Count(what, range) => write!(f, "{}:{range}", what.name()),
            Self::Is(what) => write!(f, "is:{}", name_of(IS, *what)),
            Self::Has(what) => write!(f, "has:{}", name_of(HAS, *what)),
        }
    }
}

impl User {
    fn parse(text: &str) -> Option<Self> {
        let valid = if text.bytes().all(|byte| byte.is_ascii_digit()) { 1..=19 } else { 1..=15 }.contains(&text.len());
        let valid = valid && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        valid.then(|| Self(text.to_ascii_lowercase()))
    }

    /// A username may consist of digits, so both are looked at.
    fn is(&self, id: u64, username: &str) -> bool {
        self.0.eq_ignore_ascii_case(username) || self.0.parse() == Ok(id)
    }

    fn wrote(&self, post: Reference<'_>) -> bool {
        self.is(post.author, post.username)
    }
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Self::Followers => "followers_count",
            Self::Following => "following_count",
            Self::Listed => "listed_count",
            Self::Posts => "tweets_count",
        }
    }

    fn of(self, subject: &Subject<'_>) -> u64 {
        match self {
            Self::Followers => subject.author.followers,
            Self::Following => subject.author.following,
            Self::Listed => subject.author.listed,
            Self::Posts => subject.author.posts,
        }
    }
}

impl Range {
    /// `100` is 100 and more, `100..200` has both ends.
    fn parse(text: &str) -> Option<Self> {
        let Some((from, to)) = text.split_once("..") else {
            return Some(Self { from: parse_id(text)?, to: None });
        };
        let (from, to) = (parse_id(from)?, parse_id(to)?);
        (from <= to).then_some(Self { from, to: Some(to) })
    }

    fn contains(self, count: u64) -> bool {
        self.from <= count && self.to.is_none_or(|to| count <= to)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.from)?;
        self.to.map_or(Ok(()), |to| write!(f, "..{to}"))
    }
}

impl Is {
    fn matches(self, subject: &Subject<'_>) -> bool {
        match self {
            Self::Repost => subject.repost_of.is_some(),
            Self::Reply => subject.in_reply_to.is_some(),
            Self::Quote => subject.quote_of.is_some(),
            Self::Verified => subject.author.verified,
            Self::Nullcast => subject.is_nullcast,
        }
    }
}

impl Has {
    fn matches(self, facts: &Facts<'_>) -> bool {
        let subject = facts.subject;
        let media = subject.has_images || subject.has_videos || subject.has_gifs;
        match self {
            Self::Hashtags => !facts.entities().hashtags.is_empty(),
            Self::Cashtags => !facts.entities().cashtags.is_empty(),
            Self::Mentions => !facts.entities().mentions.is_empty(),
            // On X media are links in the text.
            Self::Links => media || facts.urls().next().is_some(),
            Self::Media => media,
            Self::Images => subject.has_images,
            Self::Videos => subject.has_videos,
            Self::Geo => subject.place.is_some(),
        }
    }
}

fn named<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

fn name_of<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    // Each value is in its table; the tests show all of them.
    table.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

fn names<T>(table: &[(&str, T)]) -> String {
    let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    format!("one of {}", names.join(", "))
}

/// Digits only: `parse` would take a sign as well.
fn parse_id(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn context(text: &str) -> Option<Term> {
    let part = |text: &str| if text == "*" { Some(None) } else { parse_id(text).map(Some) };
    let (domain, entity) = text.split_once('.')?;
    let (domain, entity) = (part(domain)?, part(entity)?);
    (domain.is_some() || entity.is_some()).then_some(Term::Context(domain, entity))
}

fn country(text: &str) -> Option<String> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}

/// Only the form is checked: X adds languages, and its posts have codes that its list of languages has not.
fn language(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let language = parts.next().filter(|part| matches!(part.len(), 2 | 3));
    let valid = language.is_some() && parts.all(|part| matches!(part.len(), 2..=4));
    (valid && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')).then(|| text.to_ascii_lowercase())
}

fn nonempty(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_lowercase())
}

/// From 0 to 99, evenly spread and always the same for one post. The low bits of ids are a counter and mostly zero, so all are mixed.
fn bucket(id: u64) -> u8 {
    let mixed = (id ^ (id >> 22)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    // The remainder is less than 100.
    u8::try_from(mixed % 100).unwrap_or_default()
}
