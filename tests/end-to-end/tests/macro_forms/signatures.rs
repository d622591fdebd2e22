//! Forms of signatures, with no lint that finds fault with their expansion.
#![deny(missing_docs, unused, unreachable_pub, elided_lifetimes_in_paths, clippy::pedantic, clippy::nursery)]
#![allow(clippy::must_use_candidate, clippy::missing_errors_doc, reason = "it is about what is written by the attribute")]

use super::{
    Deserialize, Display, Emulator, Items, Pages, Post, Reply, Result, Serialize, Twitter, Value, last, paragon_request, start, target,
};

/// Generics, lifetimes and bounds.
#[paragon_request(GET, "/2/circles/{id}")]
pub async fn generic<'a, K, T>(
    twitter: &'a Twitter,
    id: K,
    #[query] filter: &'a T,
    #[query] more: Option<impl Display>,
) -> Result<Reply<Value>>
where
    K: Display + Clone,
    T: Serialize + ?Sized;

/// Names that are words of the language, and `{braces}` or "quotes" in docs.
#[paragon_request(GET, "/2/{type}/{match}")]
pub async fn r#loop(
    twitter: &Twitter,
    /** " # {} */
    r#type: &str,
    r#match: impl Display,
    #[query] r#in: u8,
    #[header] r#use: u8,
) -> Result<()>;

/// Old.
#[deprecated = "it is gone"]
#[paragon_request(DELETE, "/2/circles")]
pub async fn old(twitter: &Twitter) -> Result<()>;

/// Never there.
#[cfg(any())]
#[paragon_request(GET, "/2/circles")]
pub async fn never(twitter: &Twitter, #[query] no: NoSuchType) -> Result<NoSuchType>;

/// A group with something in it.
#[derive(Debug)]
pub struct Group<'t, X> {
    twitter: &'t Twitter,
    with: X,
}

impl<X: Display + Send> Group<'_, X> {
    /// Items.
    #[paragon_request(GET, "/2/circles/{id}", client = self.twitter, page = "page")]
    pub fn items(&self, id: &X) -> Items<Post>;

    /// Pages.
    #[paragon_request(GET, "/2/circles/{id}", client = self.twitter, page = "page")]
    pub async fn pages(&mut self, id: &str, #[query] list: &[X]) -> Result<Pages<Vec<Post>>>;

    /// With another receiver.
    #[paragon_request(PUT, "/2/circles/{id}", client = self.twitter)]
    pub(crate) async fn pinned(self: std::pin::Pin<&mut Self>, id: &str, #[body] body: &Value) -> Result<()>;
}

/// A trait that can be `dyn`: its methods return a type with a name.
pub trait Circles: AsRef<Twitter> + Send + Sync {
    /// One.
    #[paragon_request(GET, "/2/circles/{id}")]
    async fn one(&self, id: &str) -> Result<Value>;

    /// Any.
    #[paragon_request(GET, "/2/circles/{id}")]
    async fn any<T: for<'de> Deserialize<'de>, const N: usize>(&self, id: usize, #[query] list: [u8; N]) -> Result<T>
    where
        Self: Sized;
}

impl Circles for Twitter {}

#[tokio::test]
async fn all_of_them_are_called() {
    let (emulator, twitter): (Emulator, Twitter) = start().await;
    let _ = generic(&twitter, "1", &[2, 3][..], Some(4)).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?filter=2&filter=3&more=4");
    let _ = r#loop(&twitter, "a", 'b', 1, 2).await;
    assert_eq!((target(&last(&emulator)), last(&emulator).header("use")), ("twitter/2/a/b?in=1", Some("2")));
    let mut group = Group { twitter: &twitter, with: 'x' };
    let _ = group.items(&group.with).next().await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/x");
    let mut pages = group.pages("1", &['y', 'z']).await.expect("pages");
    let _ = pages.next().await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?list=y&list=z");
    let _ = std::pin::Pin::new(&mut group).pinned("1", &Value::Bool(true)).await;
    assert_eq!(last(&emulator).body, b"true"[..]);
    let circles: &dyn Circles = &twitter;
    let _ = circles.one("1").await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/1");
    let _ = twitter.any::<Value, 2>(1, [2, 3]).await;
    assert_eq!(target(&last(&emulator)), "twitter/2/circles/1?list=2&list=3");
}
