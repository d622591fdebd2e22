use std::fmt::Debug;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::Json;
use crate::json::samples::{Samples, Visit};
use crate::types;
use crate::value::open::Open;

/// Writes and reads every type.
struct RoundTrip {
    seed: u64,
    count: usize,
}

impl Visit for RoundTrip {
    fn model<T: Json + Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str) {
        self.count += 1;
        let value = T::sample(&mut Samples::new(self.seed));
        let text = serde_json::to_string(&value).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
        assert_eq!(read, value, "{name}: {text}");
        // Once more by values in place of a text.
        let written = serde_json::to_value(&read).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read: T = serde_json::from_value(written).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, value, "{name}");
    }

    fn open<T: Open + Serialize + DeserializeOwned + for<'a> From<&'a str> + Ord + Debug>(&mut self, name: &str) {
        self.count += 1;
        let unknown = Samples::new(self.seed).text();
        let known = T::KNOWN.iter().map(|(text, value)| (*text, value.clone()));
        for (text, value) in known.chain([(unknown.as_str(), T::from(&unknown))]) {
            let written = serde_json::to_string(&value).unwrap_or_else(|error| panic!("{name}: {error}"));
            let read: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(read, value, "{name}: {text}");
            assert_eq!(T::from(text), value, "{name}: {text}");
        }
        assert_eq!(T::from("no such value").as_unknown().map(|value| value.as_str()), Some("no such value"), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 16 } else { 256 }))]

    #[test]
    fn every_type_with_every_field_set_is_read_as_it_was_written(seed: u64) {
        let mut visit = RoundTrip { seed, count: 0 };
        types::each_model(&mut visit);
        prop_assert!(visit.count > 0);
    }

    #[test]
    fn every_enum_is_read_as_it_was_written_whether_its_value_is_known_or_not(seed: u64) {
        let mut visit = RoundTrip { seed, count: 0 };
        types::each_enum(&mut visit);
        prop_assert!(visit.count > 0);
    }
}
