//! The description of X: the inputs and answers of its operations, and values checked against it.

use std::collections::BTreeMap;

use jsonschema::{Draft, Registry};
use serde_json::{Map, Value, json};

/// Where the description lies for the references of the schemas in it.
const BASE: &str = "json-schema:///description";

/// X's description.
pub struct Description {
    document: Value,
    operations: Vec<Operation>,
    registry: Registry<'static>,
}

/// An operation of X.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path, with `{name}` for a segment that varies.
    pub template: String,
    /// The parameters of the path and the query string.
    pub parameters: Vec<Parameter>,
    /// Its body, if it takes one.
    pub body: Option<Body>,
    /// Its successful answers.
    pub answers: Vec<Answer>,
    /// Whether an app may call it with its own token.
    pub app: bool,
    /// Whether it may be called as a user.
    pub user: bool,
    /// Whether the answer does not end.
    pub streaming: bool,
}

/// A parameter of a path or of a query string.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Whether it is in the path; otherwise it is in the query string.
    pub in_path: bool,
    /// Whether it has to be there.
    pub required: bool,
    /// Its schema; not a reference.
    pub schema: Value,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub struct Body {
    /// Whether there has to be one.
    pub required: bool,
    /// The schemas by media type.
    pub media: BTreeMap<String, Value>,
}

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The schemas by media type.
    pub media: BTreeMap<String, Value>,
}

impl Operation {
    /// Method and path template, by which an operation is known.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// Returns whether it can be called without any token.
    #[must_use]
    pub fn open(&self) -> bool {
        !self.app && !self.user
    }

    /// Returns whether Paragon cannot serve it: a connected user is not an app.
    #[must_use]
    pub fn app_only(&self) -> bool {
        self.app && !self.user
    }

    /// The texts of a path in the segments that vary, if the path is one of this operation's.
    #[must_use]
    pub fn captures<'p>(&self, path: &'p str) -> Option<Vec<&'p str>> {
        let (expected, actual): (Vec<&str>, Vec<&str>) = (self.template.split('/').collect(), path.split('/').collect());
        let fits = |(expected, actual): (&&str, &&str)| expected == actual || expected.starts_with('{') && !actual.is_empty();
        let same = expected.len() == actual.len() && expected.iter().zip(&actual).all(fits);
        same.then(|| expected.iter().zip(actual).filter(|(expected, _)| expected.starts_with('{')).map(|(_, actual)| actual).collect())
    }
}

impl Description {
    /// Loads the description that the project is built from.
    ///
    /// # Panics
    ///
    /// When it is no valid description: every test of it is void then.
    #[must_use]
    pub fn load() -> Self {
        let document: Value = serde_json::from_str(paragon_twitter_spec::OPENAPI).expect("the description is JSON");
        let schemas = json!({ "components": { "schemas": json_schema(&document["components"]["schemas"], "") } });
        let registry = Registry::new().draft(Draft::Draft4).add(BASE, schemas).and_then(|registry| registry.prepare());
        let mut description = Self { document, operations: Vec::new(), registry: registry.expect("the schemas refer to each other") };
        description.operations = description.read();
        description
    }

    /// All operations, in the order of the description.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that a request belongs to. A literal segment counts for more than a variable one.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let fitting = self.operations.iter().filter(|operation| operation.method == method);
        let fitting = fitting.filter_map(|operation| Some((operation.captures(path)?.len(), operation)));
        fitting.min_by_key(|(open, _)| *open).map(|(_, operation)| operation)
    }

    /// The target of a reference; anything else as it is.
    #[must_use]
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str().and_then(|reference| self.document.pointer(reference.strip_prefix('#')?)) {
            Some(target) => self.resolve(target),
            None => value,
        }
    }

    /// The faults of a value by a schema of the description.
    #[must_use]
    pub fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let options = jsonschema::options().with_draft(Draft::Draft4).with_registry(&self.registry);
        let options = options.should_validate_formats(true).should_ignore_unknown_formats(true);
        match options.build(&json_schema(schema, BASE)) {
            Ok(validator) => validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect(),
            Err(error) => vec![format!("the schema is not usable: {error}")],
        }
    }

    fn read(&self) -> Vec<Operation> {
        let paths = members(&self.document["paths"]);
        let operations = paths.flat_map(|(template, item)| {
            let methods = members(item).filter(|(method, _)| method.as_str() != "parameters");
            methods.map(|(method, operation)| self.operation(method, template, item, operation))
        });
        operations.collect()
    }

    fn operation(&self, method: &str, template: &str, item: &Value, operation: &Value) -> Operation {
        let parameters = [&item["parameters"], &operation["parameters"]].into_iter().flat_map(items);
        let security: Vec<&String> = items(&operation["security"]).flat_map(members).map(|(scheme, _)| scheme).collect();
        let body = operation.get("requestBody").map(|body| self.resolve(body));
        let answers = members(&operation["responses"]).filter_map(|(status, answer)| {
            let status = status.parse().ok().filter(|status| (200..300).contains(status))?;
            Some(Answer { status, media: media(self.resolve(answer)) })
        });
        Operation {
            method: method.to_ascii_uppercase(),
            template: template.to_owned(),
            parameters: parameters.map(|parameter| self.parameter(self.resolve(parameter))).collect(),
            body: body.map(|body| Body { required: body["required"] == true, media: media(body) }),
            answers: answers.collect(),
            app: security.iter().any(|scheme| *scheme == "BearerToken"),
            user: security.iter().any(|scheme| *scheme != "BearerToken"),
            streaming: operation["x-twitter-streaming"] == true,
        }
    }

    fn parameter(&self, parameter: &Value) -> Parameter {
        Parameter {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            in_path: parameter["in"] == "path",
            required: parameter["required"] == true,
            schema: self.resolve(&parameter["schema"]).clone(),
        }
    }
}

/// The properties of an object; of anything else nothing.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The items of an array; of anything else nothing.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The schemas of a node with a `content`.
fn media(value: &Value) -> BTreeMap<String, Value> {
    members(&value["content"]).map(|(media_type, content)| (media_type.clone(), content["schema"].clone())).collect()
}

/// A schema of OpenAPI 3.0 as one of JSON Schema, where `null` is a type of its own.
fn json_schema(schema: &Value, base: &str) -> Value {
    let Value::Object(keywords) = schema else {
        let list = schema.as_array().map(|list| list.iter().map(|item| json_schema(item, base)).collect());
        return list.unwrap_or_else(|| schema.clone());
    };
    let mut translated: Map<String, Value> = keywords.iter().map(|(key, value)| (key.clone(), json_schema(value, base))).collect();
    if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
        translated.insert("$ref".to_owned(), format!("{base}{reference}").into());
    }
    if let Some(Value::Array(alternatives)) = translated.remove("oneOf") {
        translated.insert("anyOf".to_owned(), told_apart(&alternatives, &schema["discriminator"], base));
    }
    if keywords.get("nullable") == Some(&Value::Bool(true)) {
        let Some(kind) = keywords.get("type") else { return json!({ "anyOf": [{ "type": "null" }, translated] }) };
        translated.insert("type".to_owned(), json!([kind, "null"]));
        if let Some(Value::Array(values)) = translated.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    Value::Object(translated)
}

/// Alternatives of which one has to fit. More may: many overlap, and only a discriminator tells them apart, which JSON Schema does not know.
fn told_apart(alternatives: &[Value], discriminator: &Value, base: &str) -> Value {
    // Where the property is one of the object around, an alternative cannot say it.
    let property = discriminator["propertyName"].as_str().filter(|property| !property.contains('/'));
    let Some(property) = property else { return alternatives.into() };
    let told_apart = alternatives.iter().map(|alternative| {
        let mapping = members(&discriminator["mapping"]);
        let own = mapping
            .filter(|(_, target)| target.as_str().map(|target| format!("{base}{target}")).as_deref() == alternative["$ref"].as_str());
        let values: Vec<&String> = own.map(|(value, _)| value).collect();
        json!({ "allOf": [alternative, { "properties": { property: { "enum": values } } }] })
    });
    told_apart.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Description;

    #[test]
    fn a_literal_segment_counts_for_more_than_one_that_varies() {
        let description = Description::load();
        let found = |path| description.find("GET", path).map(|operation| operation.template.as_str());
        assert_eq!(found("/2/users/me"), Some("/2/users/me"));
        assert_eq!(found("/2/users/12"), Some("/2/users/{id}"));
        assert_eq!(found("/2/users/"), None);
        assert_eq!(found("/2/nobody/12"), None);
    }

    #[test]
    fn values_are_checked_through_references_alternatives_and_null() {
        let description = Description::load();
        let list = json!({ "$ref": "#/components/schemas/List" });
        assert_eq!(description.faults(&list, &json!({ "id": "12", "name": "list" })), [""; 0]);
        assert_eq!(description.faults(&list, &json!({ "id": 12, "name": "list" })).len(), 1);
        let body = description.find("POST", "/2/lists").and_then(|operation| operation.body.as_ref()).expect("a body");
        let schema = &body.media["application/json"];
        assert_eq!(description.faults(schema, &json!({ "name": "list" })), [""; 0]);
        assert_eq!(description.faults(schema, &json!({ "name": "list", "surname": "" })).len(), 1);
        let problem = json!({ "$ref": "#/components/schemas/Problem" });
        let problem_of = |kind: &str| json!({ "type": format!("https://api.x.com/2/problems/{kind}"), "title": "", "detail": "" });
        assert_eq!(description.faults(&problem, &problem_of("invalid-request")), [""; 0]);
        assert_eq!(description.faults(&problem, &problem_of("resource-not-found")).len(), 1, "it has to have a resource type");
        let nullable = json!({ "type": "integer", "nullable": true });
        assert_eq!(description.faults(&nullable, &json!(null)), [""; 0]);
        assert_eq!(description.faults(&nullable, &json!("")).len(), 1);
    }
}
