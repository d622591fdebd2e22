//! Replies that come in pages.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::call::builder::RequestBuilder;
use crate::call::future::{Pending, pending};
use crate::call::reply::{self, Reply};
use crate::engine::response::Response;
use crate::json::Slot;
use crate::wire::error::Result;
use crate::wire::request::QueryValue;

/// The pages of a reply, asked for one after the other as they are taken.
///
/// X says that there is another page by a token, which decides here: a page may be short or empty and yet not be the last. The pages end at one
/// without a token, or with the token that it was asked for by. They also end after an error; [`token`](Self::token) is where to go on from.
pub struct Pages<T> {
    request: RequestBuilder,
    parameter: Cow<'static, str>,
    token: Option<String>,
    state: State,
    read: fn(Response<Bytes>) -> Result<Reply<T>>,
}

enum State {
    /// The next page is to be asked for.
    Due,
    Sent(Pending<Bytes>),
    Ended,
}

#[allow(dead_code, reason = "the description and the features decide which of them are used")]
impl<T: Slot + Default> Pages<T> {
    /// Sends a request once per page.
    pub(crate) fn of(request: RequestBuilder) -> Self {
        Self::new(request, reply::read)
    }
}

impl<T> Pages<T> {
    pub(crate) fn new(request: RequestBuilder, read: fn(Response<Bytes>) -> Result<Reply<T>>) -> Self {
        let data = request.data();
        let parameter = data.operation().page_parameter.clone().unwrap_or(Cow::Borrowed("pagination_token"));
        // The request may begin in the middle.
        let token = data.query().iter().find_map(|(name, value)| match value {
            QueryValue::One(token) if *name == parameter => Some(token.clone()),
            _ => None,
        });
        Self { request, parameter, token, state: State::Due, read }
    }

    /// Returns the token of the page that was asked for last; `None` for the first.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns the next page; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Reply<T>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Goes on after a page with this token.
    fn advance(&mut self, next: Option<&String>) {
        match next.filter(|next| !next.is_empty() && self.token.as_ref() != Some(*next)) {
            Some(next) => {
                self.request.data_mut().set_query(self.parameter.clone(), QueryValue::One(next.clone()));
                self.token = Some(next.clone());
                self.state = State::Due;
            }
            None => self.state = State::Ended,
        }
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Reply<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match &mut this.state {
                State::Due => this.state = State::Sent(pending(this.request.clone().exchange())),
                State::Sent(call) => {
                    let page = ready!(call.get_mut().as_mut().poll(context)).and_then(this.read);
                    match &page {
                        Ok(page) => this.advance(page.meta.next_token.as_ref()),
                        Err(_) => this.state = State::Ended,
                    }
                    return Poll::Ready(Some(page));
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("request", &self.request).field("token", &self.token).finish_non_exhaustive()
    }
}

/// The items of all pages, one by one. The next page is asked for when the items of the last have been taken.
///
/// Includes, and problems with parts of a page, are on the pages: see [`Pages`]. It ends after an error.
#[derive(Debug)]
pub struct Items<T> {
    pages: Pages<Vec<T>>,
    ready: VecDeque<T>,
}

#[allow(dead_code, reason = "the description and the features decide which of them are used")]
impl<T> Items<T>
where
    Vec<T>: Slot,
{
    /// Sends a request once per page, for the items of all.
    pub(crate) fn of(request: RequestBuilder) -> Self {
        Self::new(Pages::of(request))
    }
}

impl<T> Items<T> {
    pub(crate) fn new(pages: Pages<Vec<T>>) -> Self {
        Self { pages, ready: VecDeque::new() }
    }

    /// Returns the next item; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T> Unpin for Items<T> {}

impl<T> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => this.ready = page.data.into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
