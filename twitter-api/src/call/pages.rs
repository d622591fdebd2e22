//! Answers that come in pages.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::call::reply::{Raw, Reply};
use crate::call::request::{Call, Sending};
use crate::json::Slot;
use crate::wire::error::Result;
use crate::wire::operation::QueryValue;

/// The pages of an answer, asked for one after the other as they are taken.
///
/// X says that there is another page by a token, which is what this goes by: a page may be short or empty and yet not be the last. It ends at a page
/// without a token, or with the one it was asked for by. It also ends after an error; [`token`](Self::token) is where to go on from.
#[derive(Debug)]
pub struct Pages<T> {
    call: Call,
    parameter: Cow<'static, str>,
    token: Option<String>,
    state: State<T>,
    read: fn(Raw) -> Result<Reply<T>>,
}

#[derive(Debug)]
enum State<T> {
    /// The next page is to be asked for.
    Due,
    Sent(Sending<T>),
    Ended,
}

impl<T> Pages<T> {
    pub(crate) fn new(call: Call) -> Self
    where
        T: Slot + Default,
    {
        Self::read_by(call, Raw::envelope)
    }

    /// Pages, and how one is read.
    pub(crate) fn read_by(call: Call, read: fn(Raw) -> Result<Reply<T>>) -> Self {
        let parameter = call.operation().endpoint().page_parameter.clone().unwrap_or(Cow::Borrowed("pagination_token"));
        // The caller may have begun in the middle.
        let token = call.operation().query().iter().find_map(|(name, value)| match value {
            QueryValue::One(token) if *name == parameter => Some(token.clone()),
            _ => None,
        });
        Self { call, parameter, token, state: State::Due, read }
    }

    /// The token of the page that was asked for last; `None` for the first.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The next page; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Reply<T>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// What to do after a page with this token.
    fn advance(&mut self, next: Option<&String>) {
        match next.filter(|next| !next.is_empty() && self.token.as_ref() != Some(*next)) {
            Some(next) => {
                self.call.operation_mut().set_query(self.parameter.clone(), QueryValue::One(next.clone()));
                self.token = Some(next.clone());
                self.state = State::Due;
            }
            None => self.state = State::Ended,
        }
    }
}

// Nothing in it is pinned in place: the future is boxed.
impl<T> Unpin for Pages<T> {}

impl<T> Stream for Pages<T> {
    type Item = Result<Reply<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match &mut this.state {
                State::Due => this.state = State::Sent(Sending::new(this.call.clone(), this.read)),
                State::Sent(sending) => {
                    let page = ready!(Pin::new(sending).poll(context));
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

/// The items of all pages, one by one. The next page is asked for when the items of the last have been taken.
///
/// Includes, and problems with parts of a page, are on the pages: see [`Pages`]. It ends after an error.
#[derive(Debug)]
pub struct Items<T> {
    pages: Pages<Vec<T>>,
    ready: VecDeque<T>,
}

impl<T> Items<T> {
    pub(crate) fn new(call: Call) -> Self
    where
        Vec<T>: Slot,
    {
        Self::of(Pages::new(call))
    }

    pub(crate) fn of(pages: Pages<Vec<T>>) -> Self {
        Self { pages, ready: VecDeque::new() }
    }

    /// The next item; `None` after the last.
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
