//! Values of every type, for tests.

use std::fmt::Debug;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::json::table::{Json, Object};
use crate::value::open::Open;

/// A test that runs on every generated type.
pub trait Visit {
    fn model<T: Json + Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str);

    fn open<T: Open + Serialize + DeserializeOwned + for<'a> From<&'a str> + Ord + Debug>(&mut self, name: &str);
}

/// How many structs are filled inside each other. Deeper ones have only their required fields.
const DEPTH: usize = 4;

/// A source of values, the same for the same seed.
pub struct Samples {
    state: u64,
    depth: usize,
}

impl Samples {
    pub fn new(seed: u64) -> Self {
        Self { state: seed, depth: 0 }
    }

    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn length(&mut self) -> usize {
        1 + self.below(2)
    }

    /// Returns a text that is not empty.
    pub fn text(&mut self) -> String {
        let pieces = ["a", "\"", "\\", "\n", "\u{0}", "\u{1f600}", "é", " ", "12", "true", "null", "2024-05-06T07:08:09Z", "{}", "/"];
        (0..self.length()).map(|_| pieces[self.below(pieces.len())]).collect()
    }

    pub fn float(&mut self) -> f64 {
        let number = f64::from_bits(self.next());
        if number.is_finite() { number } else { 0.1 }
    }

    pub fn time(&mut self) -> Timestamp {
        let second = (self.next() % 4_000_000_000) as i64;
        let nanosecond = if self.below(2) == 0 { 0 } else { (self.next() % 1_000_000_000) as i32 };
        Timestamp::new(second, nanosecond).expect("a time of our days")
    }

    /// Any value but `null`, which is the same as none.
    pub fn value(&mut self) -> Value {
        match self.below(6) {
            0 => Value::from(self.text()),
            1 => Value::from(self.next()),
            2 => Value::from(self.float()),
            3 => Value::from(self.below(2) == 0),
            4 => Value::from(vec![Value::Null, Value::from(self.text())]),
            _ => Value::Object(Map::from_iter([(self.text(), Value::from(self.next() as i64)), ("null".to_owned(), Value::Null)])),
        }
    }

    /// Sets every field of a struct, and gives it properties that it has no field for: `data`, which may be a wrapper, is one of them.
    pub fn fill(&mut self, object: &mut dyn Object) {
        let required = object.required();
        let fields = object.fields();
        let has_data = fields.iter().any(|field| field.0 == "data" || field.1 == "data");
        self.depth += 1;
        object.slots(&mut |slots| {
            for (index, slot) in slots.iter_mut().enumerate() {
                if self.depth <= DEPTH || required.contains(&index) {
                    slot.fill(self);
                }
            }
            if self.depth <= DEPTH && !has_data {
                slots[fields.len()].keep("data", self.value());
            }
        });
        object.settle();
        self.depth -= 1;
    }
}
