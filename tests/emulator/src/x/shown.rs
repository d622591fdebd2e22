//! Fields that a test sets on a post or a user, in place of those of the state.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use crate::description::{Location, data_of, forms, resolve};
use crate::dialect::{Dialect, canonical, respelled};
use crate::shared::Shared;

/// Puts a field, under its current name, into a thing. An object is filled up; null takes a field away.
pub(super) fn overlay(thing: &mut Map<String, Value>, name: &str, value: &Value, dialect: Dialect) {
    let name = dialect.spell(name);
    match (thing.get_mut(name), value) {
        (_, Value::Null) => drop(thing.remove(name)),
        (Some(Value::Object(object)), Value::Object(fields)) => {
            fields.iter().for_each(|(name, value)| overlay(object, name, value, dialect));
        }
        _ => drop(thing.insert(name.to_owned(), respelled(value, &|name| dialect.spell(name)))),
    }
}

/// The properties that a schema describes, in any of its forms.
fn properties<'d>(document: &'d Value, schema: &'d Value) -> BTreeMap<&'d str, &'d Value> {
    // Its own go before those of other forms.
    let forms = forms(document, schema).into_iter().rev();
    forms.filter_map(|form| form["properties"].as_object()).flatten().map(|(name, property)| (name.as_str(), property)).collect()
}

/// Returns a complaint about a property of the value at a path that its schema does not have, if there is one. A schema without properties takes any.
fn stray(document: &Value, schema: &Value, value: &Value, path: &str) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| stray(document, &resolve(document, schema)["items"], item, path)),
        Value::Object(object) => {
            let known = properties(document, schema);
            let names = || known.keys().copied().collect::<Vec<_>>().join(", ");
            let stray = |(name, value): (&String, &Value)| match known.get(name.as_str()) {
                Some(property) => stray(document, property, value, &format!("{path}.{name}")),
                None => Some(format!("`{path}.{name}` is no field that can be set; there are {}", names())),
            };
            if known.is_empty() { None } else { object.iter().find_map(stray) }
        }
        _ => None,
    }
}

impl Shared {
    /// An error names the field that cannot be set.
    pub(crate) fn set_fields(&self, id: &str, fields: &Value) -> Result<(), String> {
        let (kind, template, whole) = {
            let world = self.world();
            let number = id.parse().unwrap_or_default();
            match (world.post(number), world.user(number)) {
                (Some(_), _) => ("post", "/2/tweets/{id}", json!({ "id": id, "text": "" })),
                (_, Some(_)) => ("user", "/2/users/{id}", json!({ "id": id, "name": "", "username": "" })),
                (None, None) => return Err(format!("there is no post or user {id} in this emulator")),
            }
        };
        let Value::Object(fields) = respelled(fields, &canonical) else { return Err(format!("{fields} is no object of fields")) };
        let known = self.fields_of(kind);
        if let Some(name) = fields.keys().find(|name| *name == "id" || !known.iter().any(|known| known == *name)) {
            return Err(format!("`{name}` is no field of a {kind} that can be set; there are {}", known.join(", ")));
        }
        let dialect = self.description.dialect();
        let answer = self.description.number(&Method::GET, template).and_then(|number| self.description.operation(number).answer.as_ref());
        if let Some(schema) = answer.and_then(|(_, schema)| schema.as_ref()) {
            let mut data = whole.as_object().cloned().unwrap_or_default();
            let set = fields.iter().filter(|(_, value)| !value.is_null());
            let document = self.description.document();
            let described = properties(document, data_of(document, schema.source()));
            for (name, value) in set {
                let (name, value) = (dialect.spell(name), respelled(value, &|name| dialect.spell(name)));
                if let Some(mistake) = described.get(name).and_then(|property| stray(document, property, &value, name)) {
                    return Err(mistake);
                }
                data.insert(name.to_owned(), value);
            }
            // An object that is given in part only is filled up.
            let mut faults = schema.faults(self.description.schemas(), &json!({ "data": data })).into_iter();
            if let Some(fault) = faults.find(|fault| fault.value.is_some()) {
                return Err(format!("`{}` {}", fault.path.strip_prefix("data.").unwrap_or(&fault.path), fault.message));
            }
        }
        let mut world = self.world();
        let number = id.parse().unwrap_or_default();
        // It may have been deleted in between.
        if world.post(number).is_some() || world.user(number).is_some() {
            world.shown.insert(number, fields);
        }
        Ok(())
    }

    /// The current names of the fields that a kind of thing has, but for its id.
    fn fields_of(&self, kind: &str) -> Vec<String> {
        let parameters = self.description.operations().iter().flat_map(|operation| &operation.parameters);
        let lists = parameters.filter(|parameter| {
            parameter.location == Location::Query && canonical(&parameter.name).strip_suffix(".fields").is_some_and(|name| name == kind)
        });
        let values = lists.flat_map(|parameter| parameter.schema()["items"]["enum"].as_array().into_iter().flatten());
        let mut names: Vec<String> = values.filter_map(Value::as_str).map(|name| canonical(name).to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| name != "id");
        names
    }
}
