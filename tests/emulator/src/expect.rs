//! Requests that a test expects, and the report when others came.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::panic::Location;
use std::sync::Arc;

use http::Method;
use serde_json::Value;

use crate::message::RecordedRequest;
use crate::shared::Shared;
use crate::target::Target;

/// How many requests a failure lists.
const LISTED: usize = 10;

/// How much of a body a failure shows.
const SHOWN: usize = 200;

/// A condition on requests beside method and path.
#[derive(Clone)]
pub(crate) enum Condition {
    Body(Value),
    Function(Arc<dyn Fn(&RecordedRequest) -> bool + Send + Sync>),
}

impl Condition {
    fn holds(&self, request: &RecordedRequest) -> bool {
        match self {
            Self::Body(body) => request.json().as_ref() == Some(body),
            Self::Function(function) => function(request),
        }
    }
}

#[derive(Clone)]
struct Expected {
    method: Method,
    path: String,
    conditions: Vec<Condition>,
    at_least: u64,
    at_most: Option<u64>,
    received: u64,
    place: &'static Location<'static>,
}

/// How near a request is to an expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Other,
    Path,
    Operation,
    Match,
}

impl Expected {
    fn nearness(&self, target: &Target<'_>) -> Nearness {
        if !target.fits(&self.path) {
            Nearness::Other
        } else if target.request.method != self.method {
            Nearness::Path
        } else if !self.conditions.iter().all(|condition| condition.holds(target.request)) {
            Nearness::Operation
        } else {
            Nearness::Match
        }
    }

    fn is_met(&self) -> bool {
        self.received >= self.at_least && self.at_most.is_none_or(|most| self.received <= most)
    }

    /// Reports the expectation and the requests that came, the most similar first.
    fn failure(&self, shared: &Shared, record: &[RecordedRequest]) -> String {
        let count = match (self.at_least, self.at_most) {
            (0, Some(0)) => "no request".to_owned(),
            (1, Some(1)) => "exactly 1 request".to_owned(),
            (least, Some(_)) => format!("exactly {least} requests"),
            (1, None) => "at least 1 request".to_owned(),
            (least, None) => format!("at least {least} requests"),
        };
        let Self { method, path, received, place, .. } = self;
        let mut text = format!("expected {count} {method} {path}");
        for condition in &self.conditions {
            match condition {
                Condition::Body(body) => write!(text, " with the body {body}"),
                Condition::Function(_) => write!(text, " that match a function"),
            }
            .expect("a string takes all");
        }
        write!(text, " ({place}), received {received}").expect("a string takes all");
        let targets = record.iter().map(|request| Target::of(shared, request));
        let mut requests: Vec<_> = targets.map(|target| (self.nearness(&target), target)).collect();
        let too_many = self.received > self.at_least;
        requests.retain(|(nearness, _)| (*nearness == Nearness::Match) == too_many);
        // Stable: within one nearness they stay in their order.
        requests.sort_by_key(|(nearness, _)| Reverse(*nearness));
        text += match (requests.is_empty(), too_many) {
            (true, _) => "; no other request is on record",
            (false, true) => ":",
            (false, false) => "; other requests:",
        };
        for (nearness, target) in requests.iter().take(LISTED) {
            let request = target.request;
            let query = request.query().map(|query| format!("?{query}")).unwrap_or_default();
            write!(text, "\n  {} {}{query}{}", request.method, target.path(), shown(&request.body)).expect("a string takes all");
            text += match nearness {
                Nearness::Operation if matches!(self.conditions[..], [Condition::Body(_)]) => " (another body)",
                Nearness::Operation => " (a condition does not hold)",
                Nearness::Path => " (another method)",
                Nearness::Other | Nearness::Match => "",
            };
        }
        if let Some(more) = requests.len().checked_sub(LISTED).filter(|more| *more > 0) {
            write!(text, "\n  and {more} more").expect("a string takes all");
        }
        text
    }
}

/// The beginning of a body, behind a space.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    if start.is_empty() { start } else { format!(" {start}") }
}

/// The expectations of a test, in their order.
#[derive(Default)]
pub(crate) struct Expectations(Vec<Expected>);

impl Expectations {
    /// Adds an expectation of at least one request and returns its index.
    #[track_caller]
    pub(crate) fn add(&mut self, method: Method, path: &str) -> usize {
        let (conditions, place) = (Vec::new(), Location::caller());
        self.0.push(Expected { method, path: path.to_owned(), conditions, at_least: 1, at_most: None, received: 0, place });
        self.0.len() - 1
    }

    pub(crate) fn set_count(&mut self, index: usize, at_least: u64, at_most: Option<u64>) {
        // It is gone after a reset.
        if let Some(expected) = self.0.get_mut(index) {
            (expected.at_least, expected.at_most) = (at_least, at_most);
        }
    }

    pub(crate) fn require(&mut self, index: usize, condition: Condition) {
        if let Some(expected) = self.0.get_mut(index) {
            expected.conditions.push(condition);
        }
    }
}

impl Shared {
    /// Counts a request for the expectations that it matches.
    pub(crate) fn count_expected(&self, request: &RecordedRequest) {
        let expectations = self.expectations().0.clone();
        if expectations.is_empty() {
            return;
        }
        let target = Target::of(self, request);
        // The lock is free meanwhile: a function of the test's may ask the emulator for something.
        let matches: Vec<bool> = expectations.iter().map(|expected| expected.nearness(&target) == Nearness::Match).collect();
        for (expected, matches) in self.expectations().0.iter_mut().zip(matches) {
            expected.received += u64::from(matches);
        }
    }

    /// Returns a complaint for each expectation that is not met.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let mut expectations = self.expectations().0.clone();
        expectations.retain(|expected| !expected.is_met());
        if expectations.is_empty() {
            return Vec::new();
        }
        let record = self.record().requests();
        expectations.iter().map(|expected| expected.failure(self, &record)).collect()
    }
}
