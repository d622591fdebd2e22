//! Faults: failures of requests on a test's demand.

mod added;
mod change;
mod error;
mod transfer;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};

pub use added::FaultId;
pub(crate) use added::{Faults, hit};
pub use change::Change;
pub use error::ErrorShape;
pub(crate) use transfer::Reset;

use crate::extra::check_path;
use crate::message::{Answer, Listener, RecordedRequest};
use crate::method::MethodName;
use crate::paragon;
use crate::shared::Shared;
use crate::target::Target;
use crate::x;

/// A failure of requests, for [`FaultsHandle::add`](crate::FaultsHandle::add). Unless it is narrowed down, it hits every request.
///
/// ```
/// use std::time::Duration;
///
/// use paragon_twitter_emulator::{Change, Emulator, ErrorShape, Fault};
/// use http::Method;
///
/// # async fn example() -> std::io::Result<()> {
/// let emulator = Emulator::start().await?;
/// // The first two answers to this operation are 503, and the third is a real one.
/// let outage = emulator.faults().add(Fault::status(503).on(Method::GET, "/2/users/me").times(2));
/// // Every tenth request or so is lost on its way back, after it took effect.
/// emulator.faults().add(Fault::reset_after().probability(0.1));
/// emulator.faults().add(Fault::error(504, ErrorShape::Html).header("retry-after", "1").skip(3).times(1));
/// emulator.faults().add(Fault::change(Change::NumbersAsStrings));
/// assert_eq!(emulator.faults().hits(outage), 0);
/// # Ok(())
/// # }
/// ```
///
/// The HTTP API takes the same as JSON, for example `{"fault": {"error": {"status": 503, "shape": "problem"}}, "method": "GET",
/// "path": "/2/users/me", "times": 2}`. Parts that are optional in Rust are optional there: `listener` (`"paragon"` or `"x"`), `method`, `path`, `skip`,
/// `times`, `probability`, `headers`. The `fault` is one of
///
/// | JSON | in Rust |
/// |---|---|
/// | `{"error": {"status": 503, "shape": "html"}}`; the shapes are those of [`ErrorShape`] in snake case, also `{"text": "…"}` and `{"json": {…}}` | [`error`](Self::error) |
/// | `"reset_before"`, `"reset_after"` | [`reset_before`](Self::reset_before), [`reset_after`](Self::reset_after) |
/// | `{"slow_head": {"delay_ms": 500}}` | [`slow_head`](Self::slow_head) |
/// | `{"slow_body": {"chunk": 16, "delay_ms": 100}}` | [`slow_body`](Self::slow_body) |
/// | `{"cut_body": {"after": 5, "chunked": false}}` | [`cut_body`](Self::cut_body), [`cut_chunked`](Self::cut_chunked) |
/// | `"wrapped"`, `"expired_token"` | [`wrapped`](Self::wrapped), [`expired_token`](Self::expired_token) |
/// | `{"change": {"what": "numbers_as_strings", "fields": ["like_count"]}}`; `what` is a [`Change`] in snake case | [`change`](Self::change), [`change_fields`](Self::change_fields) |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a fault does nothing until it is given to an emulator"]
pub struct Fault {
    #[serde(rename = "fault")]
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listener: Option<Listener>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<MethodName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default)]
    skip: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
}

/// The failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Kind {
    Error {
        status: u16,
        #[serde(default)]
        shape: ErrorShape,
    },
    ResetBefore,
    ResetAfter,
    SlowHead {
        delay_ms: u64,
    },
    SlowBody {
        chunk: usize,
        delay_ms: u64,
    },
    CutBody {
        after: usize,
        #[serde(default)]
        chunked: bool,
    },
    Wrapped,
    ExpiredToken,
    Change {
        what: Change,
        #[serde(default)]
        fields: Vec<String>,
    },
}

/// Headers that a server cannot set without sending its answers accordingly.
const FRAMING: [&str; 3] = ["connection", "content-length", "transfer-encoding"];

fn milliseconds(delay: Duration) -> u64 {
    u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)
}

impl Fault {
    fn new(kind: Kind) -> Self {
        Self { kind, listener: None, method: None, path: None, skip: 0, times: None, probability: None, headers: BTreeMap::new() }
    }

    /// Answers with a status and a problem of X. The request takes no effect. A 429 like this one leaves quota, as X's do that are not about calls;
    /// for the 429 of a window that is used up, set [`XHandle::set_rate_limit`](crate::XHandle::set_rate_limit).
    pub fn status(status: u16) -> Self {
        Self::error(status, ErrorShape::Problem)
    }

    /// Answers with a status and a body of some shape. The request takes no effect. Through Paragon, an error in a shape of X's arrives as the caller
    /// has asked for it: raw or in Paragon's own form. It has X's rate-limit headers, with the rest of the limits, unless [`header`](Self::header)
    /// sets others.
    pub fn error(status: u16, shape: ErrorShape) -> Self {
        Self::new(Kind::Error { status, shape })
    }

    /// Resets the connection when the head of the request has arrived. The request takes no effect; its body is not read.
    pub fn reset_before() -> Self {
        Self::new(Kind::ResetBefore)
    }

    /// Resets the connection in place of an answer: the request takes effect, and the caller does not learn it.
    pub fn reset_after() -> Self {
        Self::new(Kind::ResetAfter)
    }

    /// Delays the answer by this time. The request takes effect at once.
    pub fn slow_head(delay: Duration) -> Self {
        Self::new(Kind::SlowHead { delay_ms: milliseconds(delay) })
    }

    /// Sends the body of the answer in chunks of so many bytes, with this time before each.
    pub fn slow_body(chunk: usize, delay: Duration) -> Self {
        Self::new(Kind::SlowBody { chunk, delay_ms: milliseconds(delay) })
    }

    /// Ends the connection after so many bytes of the body, or before the last byte if there are fewer; `Content-Length` promises all of them.
    pub fn cut_body(after: usize) -> Self {
        Self::new(Kind::CutBody { after, chunked: false })
    }

    /// Cuts an answer in chunks, like [`cut_body`](Self::cut_body): the last chunk, which ends the body, does not come.
    pub fn cut_chunked(after: usize) -> Self {
        Self::new(Kind::CutBody { after, chunked: true })
    }

    /// Makes Paragon wrap its answer although the raw one was asked for.
    pub fn wrapped() -> Self {
        Self::new(Kind::Wrapped)
    }

    /// Expires all tokens of the calling user, the token of this request included: see
    /// [`ParagonHandle::expire_tokens`](crate::ParagonHandle::expire_tokens). At X's listener it is the access token, of which
    /// [`ParagonHandle::access_token`](crate::ParagonHandle::access_token) then returns the next one.
    pub fn expired_token() -> Self {
        Self::new(Kind::ExpiredToken)
    }

    /// Changes the JSON of the real answer.
    pub fn change(what: Change) -> Self {
        Self::new(Kind::Change { what, fields: Vec::new() })
    }

    /// Changes the fields with these names only, anywhere in the answer; see [`change`](Self::change).
    pub fn change_fields<S: Into<String>>(what: Change, fields: impl IntoIterator<Item = S>) -> Self {
        Self::new(Kind::Change { what, fields: fields.into_iter().map(Into::into).collect() })
    }

    /// Narrows the fault to requests with this method and a path of this template, in which `{name}` stands for any one segment. The path of a call
    /// through Paragon's proxy is X's. A template that is in the description means its operation: `/2/users/{id}` is not `/2/users/me`.
    pub fn on(mut self, method: Method, path: impl Into<String>) -> Self {
        self.method = Some(MethodName(method));
        self.path(path)
    }

    /// Narrows the fault to requests with a path of this template; see [`on`](Self::on).
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Narrows the fault to requests to this listener.
    pub fn listener(mut self, listener: Listener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Lets the first so many requests pass, of those that the fault is for.
    pub fn skip(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Ends the fault after it has hit so many requests.
    pub fn times(mut self, hits: u64) -> Self {
        self.times = Some(hits);
        self
    }

    /// Hits each request with this probability, from 0 to 1. The choice depends on [`EmulatorBuilder::seed`](crate::EmulatorBuilder::seed).
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// Sets a header of the answer, beside or in place of its own. The headers of its length and of the connection cannot be set.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Names the part of the fault that cannot be done.
    fn mistake(&self) -> Option<String> {
        match self.kind {
            Kind::Error { status, .. } if !(200..=999).contains(&status) => return Some(format!("{status} is no status of an answer")),
            Kind::SlowBody { chunk: 0, .. } => return Some("a chunk has at least one byte".to_owned()),
            _ => {}
        }
        if let Some(mistake) = self.path.as_deref().and_then(|path| check_path(path).err()) {
            return Some(mistake);
        }
        if let Some(probability) = self.probability.filter(|probability| !(0.0..=1.0).contains(probability)) {
            return Some(format!("{probability} is no probability from 0 to 1"));
        }
        if let Some((name, _)) = self.headers.iter().find(|(name, _)| FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing))) {
            return Some(format!("`{name}` goes with how an answer is sent; `cut_body` ends one early"));
        }
        let wrong =
            self.headers.iter().find(|(name, value)| HeaderName::try_from(*name).is_err() || HeaderValue::try_from(*value).is_err());
        wrong.map(|(name, value)| format!("`{name}: {value}` is no header"))
    }

    /// Returns whether the fault is for this request at all.
    fn is_for(&self, target: &Target<'_>) -> bool {
        self.listener.is_none_or(|listener| listener == target.request.listener)
            && self.method.as_ref().is_none_or(|MethodName(method)| *method == target.request.method)
            && self.path.as_deref().is_none_or(|template| target.fits(template))
    }

    fn is_reset_before(&self) -> bool {
        self.kind == Kind::ResetBefore
    }

    /// The part of an answer that it changes.
    fn part(&self) -> Part {
        match self.kind {
            Kind::ResetBefore | Kind::ResetAfter | Kind::SlowHead { .. } | Kind::SlowBody { .. } | Kind::CutBody { .. } => Part::Transfer,
            Kind::Error { .. } => Part::Error,
            Kind::Wrapped => Part::Form,
            Kind::ExpiredToken => Part::Token,
            Kind::Change { .. } => Part::Change,
        }
    }

    fn set_headers(&self, answer: &mut Answer) {
        let headers =
            self.headers.iter().filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?)));
        answer.headers.extend(headers.collect::<HeaderMap>());
    }

    /// Sends an answer on its way as this fault has it.
    async fn send(&self, answer: Answer, reset: &Reset) -> Answer {
        match self.kind {
            Kind::ResetAfter => reset.now().await,
            Kind::SlowHead { delay_ms } => {
                tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                answer
            }
            Kind::SlowBody { chunk, delay_ms } => transfer::slow(answer, chunk, Duration::from_millis(delay_ms)),
            Kind::CutBody { after, chunked } => transfer::cut(answer, after, chunked),
            _ => answer,
        }
    }
}

/// The part of an answer that a fault changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// How it is sent.
    Transfer,
    /// Whether the token of the request is still good.
    Token,
    /// Whether it is raw.
    Form,
    /// That it is another one.
    Error,
    /// Its JSON.
    Change,
}

/// The faults that have hit a request.
#[derive(Debug, Default)]
pub(crate) struct Hit {
    transfer: Option<Arc<Fault>>,
    others: Vec<Arc<Fault>>,
}

impl Hit {
    pub(crate) fn is_reset_before(&self) -> bool {
        self.transfer.as_ref().is_some_and(|fault| fault.is_reset_before())
    }

    /// The request as it is to be taken: without the wish for a raw answer, and with a token that has expired.
    pub(crate) fn change_request<'a>(&self, shared: &Shared, request: &'a RecordedRequest) -> Cow<'a, RecordedRequest> {
        let mut request = Cow::Borrowed(request);
        for fault in &self.others {
            match fault.kind {
                Kind::Wrapped => drop(request.to_mut().headers.remove(paragon::RAW)),
                Kind::ExpiredToken => paragon::expire_sender(shared, &request),
                _ => {}
            }
        }
        request
    }

    /// The error in place of an answer, as whoever makes it would send it.
    pub(crate) fn fail(&self, shared: &Shared, request: &RecordedRequest) -> Option<Answer> {
        let (status, shape) = self.others.iter().find_map(|fault| match &fault.kind {
            Kind::Error { status, shape } => Some((*status, shape)),
            _ => None,
        })?;
        // Was checked when the fault was added.
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = shape.answer(status);
        if shape.is_of_x() {
            let target = Target::of(shared, request);
            x::show_quota(shared, target.sender(), target.operation, &mut answer);
            answer = paragon::hand_over(request, answer);
        }
        Some(answer)
    }

    /// The answer with its JSON changed and headers set.
    pub(crate) fn change_answer(&self, shared: &Arc<Shared>, request: &RecordedRequest, mut answer: Answer) -> Answer {
        let changes = self.others.iter().filter_map(|fault| match &fault.kind {
            Kind::Change { what, fields } => Some((*what, fields)),
            _ => None,
        });
        let mut changes = changes.peekable();
        if changes.peek().is_some() {
            let target = Target::of(shared, request);
            let described = target.operation.and_then(|operation| operation.answer.as_ref()?.1.as_ref());
            for (what, fields) in changes {
                answer = change::apply(shared, what, fields, described.map(|schema| schema.source().clone()), answer);
            }
        }
        for fault in self.transfer.iter().chain(&self.others) {
            fault.set_headers(&mut answer);
        }
        answer
    }

    pub(crate) async fn send(&self, answer: Answer, reset: &Reset) -> Answer {
        match &self.transfer {
            Some(fault) => fault.send(answer, reset).await,
            None => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Change, ErrorShape, Fault, Kind};

    #[test]
    fn it_is_the_same_as_json() {
        let faults = [
            Fault::status(503).on(http::Method::GET, "/2/users/me").times(2).skip(1).probability(0.5).header("retry-after", "1"),
            Fault::error(400, ErrorShape::Json(json!({ "a": [1] }))).listener(crate::message::Listener::X),
            Fault::slow_body(3, std::time::Duration::from_millis(2)),
            Fault::reset_after(),
            Fault::change_fields(Change::NullForAbsent, ["lang"]),
        ];
        for fault in faults {
            let text = serde_json::to_string(&fault).expect("JSON");
            assert_eq!(serde_json::from_str::<Fault>(&text).expect(&text), fault);
        }
        let short: Fault = serde_json::from_value(json!({ "fault": { "error": { "status": 500 } } })).expect("a fault");
        assert_eq!(short, Fault::status(500));
        assert_eq!(short.kind, Kind::Error { status: 500, shape: ErrorShape::Problem });
    }
}
