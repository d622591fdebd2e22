//! Writing, by the same tables as reading.

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::json::table::{Object, View};

/// Returns a value as JSON; `None` when there is nothing to write.
pub(crate) fn to_value(view: View<'_>) -> Option<Value> {
    if matches!(view, View::Absent) { None } else { serde_json::to_value(view).ok() }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(value) => value.serialize(serializer),
            Self::List(parts) => {
                let mut list = serializer.serialize_seq(Some(count(&|see| parts.each(see))))?;
                let mut done = Ok(());
                parts.each(&mut |_, item| {
                    if done.is_ok() && !matches!(item, View::Absent) {
                        done = list.serialize_element(&item);
                    }
                });
                done?;
                list.end()
            }
            Self::Map(parts) => map(serializer, &|see| parts.each(see)),
            Self::Object(object) => map(serializer, &|see| properties(*object, see)),
        }
    }
}

type Each<'a> = &'a dyn Fn(&mut dyn FnMut(&str, View<'_>));

/// The number of parts that are written, which some formats put before the first.
fn count(each: Each<'_>) -> usize {
    let mut count = 0;
    each(&mut |_, value| count += usize::from(!matches!(value, View::Absent)));
    count
}

fn map<S: Serializer>(serializer: S, each: Each<'_>) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(count(each)))?;
    let mut done = Ok(());
    each(&mut |name, value| {
        if done.is_ok() && !matches!(value, View::Absent) {
            done = map.serialize_entry(name, &value);
        }
    });
    done?;
    map.end()
}

/// Shows the fields of a struct that are set, and then the properties of its extra.
fn properties(object: &dyn Object, see: &mut dyn FnMut(&str, View<'_>)) {
    let fields = object.fields();
    object.values(&mut |values| {
        let extra = values.get(fields.len()).map(|extra| extra.view());
        // Names are only compared where there is an extra, which is rare.
        let mut taken: Vec<String> = Vec::new();
        if let Some(View::Map(extra)) = &extra {
            extra.each(&mut |name, _| taken.push(name.to_owned()));
        }
        for (field, value) in fields.iter().zip(values) {
            let view = value.view();
            if matches!(view, View::Absent) {
                continue;
            }
            let is_taken = |name: &str| taken.iter().any(|taken| taken == name);
            // The first name may be that of a value which did not fit; this one was then read by the second.
            let name = if !field.1.is_empty() && is_taken(field.0) && !is_taken(field.1) { field.1 } else { field.0 };
            see(name, view);
            taken.retain(|taken| taken != name);
        }
        if let Some(View::Map(extra)) = extra {
            extra.each(&mut |name, value| {
                if taken.iter().any(|taken| taken == name) {
                    see(name, value);
                }
            });
        }
    });
}
