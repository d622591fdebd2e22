//! Problems that X reports.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json::{DecodeError, Decoder, Json, Parts, View};

/// A problem that X reports: in the body of a failed call, beside the data of a call that succeeded in part, or in a stream.
///
/// X's problems come in several shapes; the same methods find the parts of each, and [`raw`](Self::raw) has all of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problem(Map<String, Value>);

impl Problem {
    /// Makes a problem of its JSON object.
    #[must_use]
    pub fn new(raw: Map<String, Value>) -> Self {
        Self(raw)
    }

    /// Returns the problem as X sent it.
    #[must_use]
    pub fn raw(&self) -> &Map<String, Value> {
        &self.0
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// Returns the problem type, a URI such as `https://api.x.com/2/problems/resource-not-found`.
    #[must_use]
    pub fn problem_type(&self) -> Option<&str> {
        self.text("type")
    }

    /// Returns the last segment of the type, for example `resource-not-found`: the same whichever host X writes.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.problem_type()?.rsplit('/').next().filter(|kind| !kind.is_empty())
    }

    /// Returns a short name of the problem.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.text("title")
    }

    /// Returns the description of this occurrence.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.text("detail")
    }

    /// Returns the message of problems that have one in place of title and detail.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.text("message")
    }

    /// Returns the HTTP status that the problem names.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.number("status")?.try_into().ok()
    }

    /// Returns X's numeric code, in problems of the older shape.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.number("code")
    }

    /// Returns the parameter of the request that the problem is about.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        self.text("parameter")
    }

    /// Returns the value of that parameter.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.text("value")
    }

    /// Returns the id of the resource that the problem is about.
    #[must_use]
    pub fn resource_id(&self) -> Option<&str> {
        self.text("resource_id")
    }

    /// Returns the kind of that resource, for example `user` or `tweet`.
    #[must_use]
    pub fn resource_type(&self) -> Option<&str> {
        self.text("resource_type")
    }

    /// Returns the parameters that an invalid request had wrong, with the values it sent.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Value)> {
        let map = self.0.get("parameters").and_then(Value::as_object);
        map.into_iter().flatten().map(|(name, values)| (name.as_str(), values))
    }
}

impl std::fmt::Display for Problem {
    /// The most telling parts that are there: detail or message, else title or kind, and with it the `details`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(text) = self.detail().or(self.message()) {
            return f.write_str(text);
        }
        f.write_str(self.title().or(self.kind()).unwrap_or("unnamed problem"))?;
        let details = self.0.get("details").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        details.enumerate().try_for_each(|(index, text)| write!(f, "{}{text}", if index == 0 { ": " } else { "; " }))
    }
}

impl Json for Problem {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<Self>, DecodeError> {
        Ok(match Value::decode(decoder)? {
            Some(Value::Object(map)) => Some(Self(map)),
            _ => None,
        })
    }

    fn encode(&self) -> View<'_> {
        View::Map(self)
    }

    #[cfg(test)]
    fn sample(samples: &mut crate::json::samples::Samples) -> Self {
        Self([(samples.text(), samples.value())].into_iter().collect())
    }
}

impl Parts for Problem {
    fn each(&self, see: &mut dyn FnMut(&str, View<'_>)) {
        self.0.iter().for_each(|(name, value)| see(name, View::Json(value)));
    }
}
