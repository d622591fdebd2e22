use std::collections::VecDeque;
use std::io;

use http::HeaderMap;
use http_body::Body as _;

use super::*;

/// Stream of these items.
struct Items<T>(VecDeque<T>);

impl<T: Unpin> Stream for Items<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(self.0.pop_front())
    }
}

fn items<T, const N: usize>(items: [T; N]) -> Items<T> {
    Items(items.into())
}

/// Stream that goes on after its end.
struct Reviving(bool);

impl Stream for Reviving {
    type Item = io::Result<&'static str>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0 = !self.0;
        Poll::Ready(self.0.then_some(Ok("a")))
    }
}

/// Body of another library, with trailers, whose data is no `Bytes`.
struct Theirs(VecDeque<Frame<io::Cursor<&'static [u8]>>>);

impl http_body::Body for Theirs {
    type Data = io::Cursor<&'static [u8]>;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, io::Error>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(6)
    }
}

#[tokio::test]
async fn bytes_in_memory_can_be_looked_at_and_come_in_one_piece() {
    let mut body = Body::from("hello");
    assert_eq!(body.as_bytes().unwrap(), "hello");
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(5), false));
    assert_eq!(body.chunk().await.unwrap().unwrap(), "hello");
    assert_eq!(body.chunk().await.unwrap(), None);
    assert!(body.is_end_stream());
    for body in [Body::from(vec![1, 2]), Body::from(&[1, 2][..]), Body::from("\u{1}\u{2}".to_owned())] {
        assert_eq!(body.collect().await.unwrap(), [1, 2].as_slice());
    }
    assert!(Body::empty().is_end_stream());
}

#[tokio::test]
async fn a_stream_comes_piece_by_piece_and_ends_with_its_error() {
    let pieces = [Ok("a"), Ok("b"), Err(io::Error::other("reset"))];
    let mut body = Body::from_stream(items(pieces));
    assert!(body.as_bytes().is_none());
    assert_eq!(body.size_hint().exact(), None);
    assert_eq!(body.chunk().await.unwrap().unwrap(), "a");
    assert_eq!(body.chunk().await.unwrap().unwrap(), "b");
    let error = body.chunk().await.unwrap_err();
    assert!(!error.is_unsent() && error.to_string() == "reset", "{error}");

    let late = [Err::<&str, _>(TransportError::timed_out("too slow"))];
    assert!(Body::from_stream(items(late)).collect().await.unwrap_err().is_timeout());
    let whole = Body::from_chunks(vec!["ab".into(), "c".into()]);
    assert_eq!(whole.collect().await.unwrap(), "abc");
}

#[tokio::test]
async fn nothing_comes_after_an_error_or_the_end() {
    let mut body = Body::from_stream(items([Ok("a"), Err(io::Error::other("reset")), Ok("b")]));
    assert_eq!(body.chunk().await.unwrap().unwrap(), "a");
    assert!(body.chunk().await.is_err());
    assert_eq!(body.chunk().await.unwrap(), None);
    assert!(body.is_end_stream());

    let mut body = Body::from_stream(Reviving(false));
    assert_eq!(body.chunk().await.unwrap().unwrap(), "a");
    assert_eq!(body.chunk().await.unwrap(), None);
    assert_eq!(body.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_body_of_another_library_keeps_its_length_and_loses_its_trailers() {
    let data = |text: &'static str| Frame::data(io::Cursor::new(text.as_bytes()));
    let body = Body::new(Theirs([data("abc"), data("def"), Frame::trailers(HeaderMap::new())].into()));
    assert_eq!(body.size_hint().exact(), Some(6));
    assert_eq!(body.collect().await.unwrap(), "abcdef");
}

#[test]
fn a_body_that_is_wrapped_again_can_still_be_looked_at() {
    assert_eq!(Body::new(Body::from("hello")).as_bytes().unwrap(), "hello");
}

#[test]
fn a_body_can_cross_threads_and_be_shared_and_is_not_shown() {
    fn check<T: Send + Sync + Unpin>() {}
    check::<Body>();
    assert_eq!(format!("{:?} {:?}", Body::from("secret"), Body::from_chunks(vec!["secret".into()])), "Body(6 bytes) Body(stream)");
}
