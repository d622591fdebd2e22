//! The requests and answers, as far back as memory allows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::message::{Answer, Body, Exchange, RecordedRequest};

/// The bytes that all that is remembered may take together; the oldest is forgotten first.
const CAPACITY: usize = 16 * 1024 * 1024;

/// About the memory that an exchange takes beside its bodies and the headers that the client chose: two maps of headers, above all.
const OVERHEAD: usize = 3 * 1024;

#[derive(Default)]
pub(crate) struct Record {
    entries: VecDeque<Entry>,
    /// How many were forgotten.
    forgotten: u64,
    bytes: usize,
}

struct Entry {
    request: Arc<RecordedRequest>,
    answer: Option<Answered>,
}

struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    duration: Duration,
}

impl Entry {
    fn bytes(&self) -> usize {
        let answer = self.answer.as_ref().map_or(0, |answer| answer.body.len());
        let headers = |headers: &HeaderMap| headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
        OVERHEAD + self.request.path.len() + headers(&self.request.headers) + self.request.body.len() + answer
    }
}

impl Record {
    /// Remembers a request, and returns its number for the answer.
    pub(crate) fn request(&mut self, request: Arc<RecordedRequest>) -> u64 {
        let entry = Entry { request, answer: None };
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        let number = self.forgotten + self.entries.len() as u64 - 1;
        self.forget();
        number
    }

    /// Remembers the answer to a request, unless that is forgotten by now.
    pub(crate) fn answer(&mut self, number: u64, answer: &Answer, duration: Duration) {
        let index = number.checked_sub(self.forgotten).and_then(|index| usize::try_from(index).ok());
        let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) else { return };
        let body = match &answer.body {
            Body::Whole(bytes) => bytes.clone(),
            Body::Chunks(_) => Bytes::new(),
        };
        self.bytes += body.len();
        entry.answer = Some(Answered { status: answer.status, headers: answer.headers.clone(), body, duration });
        self.forget();
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.entries.iter().map(|entry| RecordedRequest::clone(&entry.request)).collect()
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        let answered = self.entries.iter().filter_map(|entry| {
            let Answered { status, headers, body, duration } = entry.answer.as_ref()?;
            let request = RecordedRequest::clone(&entry.request);
            Some(Exchange { request, status: *status, headers: headers.clone(), body: body.clone(), duration: *duration })
        });
        answered.collect()
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.entries.len() as u64;
        self.entries.clear();
        self.bytes = 0;
    }

    /// The last exchange stays, even if it is too large.
    fn forget(&mut self) {
        while self.bytes > CAPACITY && self.entries.len() > 1 {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.bytes -= oldest.bytes();
            self.forgotten += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method, StatusCode};

    use super::{CAPACITY, Record};
    use crate::message::Listener;
    use crate::message::{Answer, RecordedRequest};

    #[test]
    fn headers_take_memory_like_bodies_do() {
        let mut record = Record::default();
        for _ in 0..10 {
            let mut large = RecordedRequest::clone(&request("/", 0));
            large.headers.insert("x-large", HeaderValue::from_bytes(&vec![b'a'; CAPACITY / 4]).expect("a value"));
            record.request(Arc::new(large));
        }
        assert_eq!(record.requests().len(), 3);
    }

    fn request(path: &str, size: usize) -> Arc<RecordedRequest> {
        let body = Bytes::from(vec![0; size]);
        Arc::new(RecordedRequest { listener: Listener::X, method: Method::GET, path: path.to_owned(), headers: HeaderMap::new(), body })
    }

    #[test]
    fn the_oldest_is_forgotten_when_memory_is_full_and_the_last_is_kept() {
        let mut record = Record::default();
        let first = record.request(request("/1", CAPACITY / 2));
        record.request(request("/2", CAPACITY / 3));
        let third = record.request(request("/3", CAPACITY * 2));
        assert_eq!(record.requests().iter().map(|request| request.path.as_str()).collect::<Vec<_>>(), ["/3"]);
        record.answer(first, &Answer::empty(StatusCode::OK), Duration::ZERO);
        record.answer(third, &Answer::empty(StatusCode::NO_CONTENT), Duration::ZERO);
        let statuses: Vec<_> = record.exchanges().iter().map(|exchange| exchange.status).collect();
        assert_eq!(statuses, [StatusCode::NO_CONTENT]);
        record.clear();
        record.answer(third, &Answer::empty(StatusCode::OK), Duration::ZERO);
        assert!(record.exchanges().is_empty());
        assert_eq!(record.bytes, 0);
    }
}
