//! A request that a test expects.

use http::Method;
use serde_json::Value;

use crate::expect::Condition;
use crate::extra::check_path;
use crate::message::RecordedRequest;
use crate::shared::Shared;

/// An expectation of [`Emulator::expect`](crate::Emulator::expect), to be made more precise.
#[derive(Clone, Copy)]
pub struct Expectation<'a> {
    shared: &'a Shared,
    index: usize,
}

impl<'a> Expectation<'a> {
    #[track_caller]
    pub(super) fn new(shared: &'a Shared, method: Method, path: &str) -> Self {
        if let Err(mistake) = check_path(path) {
            // Panics for the test author, as an assertion would.
            panic!("{mistake}");
        }
        assert!(!path.contains('?'), "{path:?} has a query: expect the path alone, and look at the query in `matching`");
        let index = shared.expectations().add(method, path);
        Self { shared, index }
    }

    /// Expects exactly so many requests.
    pub fn times(self, requests: u64) -> Self {
        self.shared.expectations().set_count(self.index, requests, Some(requests));
        self
    }

    /// Expects so many requests or more.
    pub fn at_least(self, requests: u64) -> Self {
        self.shared.expectations().set_count(self.index, requests, None);
        self
    }

    /// Expects no such request.
    pub fn never(self) -> Self {
        self.times(0)
    }

    /// Counts only requests with this JSON as their body.
    pub fn with_body(self, body: impl Into<Value>) -> Self {
        self.shared.expectations().require(self.index, Condition::Body(body.into()));
        self
    }

    /// Counts only requests for which the function returns `true`. It is called on the emulator's own threads and must not wait for anything.
    pub fn matching(self, condition: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static) -> Self {
        self.shared.expectations().require(self.index, Condition::Function(std::sync::Arc::new(condition)));
        self
    }
}
