//! The project's own description, and small ones with constructs that it does not have.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::check::{Checked, Unchecked, check};
use super::{Description, Found};
use crate::dialect::Dialect;
use crate::message::Answer;

fn own() -> Description {
    Description::parse(paragon_twitter_spec::OPENAPI).expect("the project's own description")
}

/// A description of one operation, `GET /2/things/{id}`.
fn small(operation: Value) -> Description {
    let document = json!({
        "openapi": "3.0.0",
        "paths": { "/2/things/{id}": { "post": operation } },
        "components": {
            "schemas": { "Name": { "type": "string", "nullable": true, "maxLength": 3 } },
            "securitySchemes": { "Bearer": { "type": "http", "scheme": "bearer" } },
        },
    });
    Description::parse(&document.to_string()).expect("a description")
}

/// The names that a refusal blames, or the checked request.
fn checked(description: &Description, query: &str, body: &Value) -> Result<Checked, Vec<String>> {
    let body = body.to_string().into();
    let unchecked = Unchecked { path: &["7"], query: Some(query), content_type: Some("application/json"), body: &body };
    check(description.schemas(), description.operation(0), &unchecked).map_err(|problem| {
        let answer = Answer::from(problem);
        let body: Value = serde_json::from_slice(answer.whole_body()).expect("JSON");
        let errors = body["errors"].as_array().expect("errors");
        errors.iter().flat_map(|error| error["parameters"].as_object().expect("parameters").keys().cloned()).collect()
    })
}

#[test]
fn each_operation_is_found_by_its_own_path_and_by_no_other_method() {
    let description = own();
    assert_eq!(description.operations().len(), 257);
    for (number, operation) in description.operations().iter().enumerate() {
        let path = operation.template.replace(['{', '}'], "");
        match description.find(&operation.method, &path) {
            Found::Operation(found, open) => {
                assert_eq!(found, number, "{path}");
                assert_eq!(open.len(), operation.template.matches('{').count());
            }
            Found::OtherMethods(_) | Found::Nothing => panic!("{path} is not found"),
        }
        assert!(matches!(description.find(&Method::PATCH, &path), Found::OtherMethods(_)), "{path}");
    }
    assert!(matches!(description.find(&Method::GET, "/2/users/"), Found::Nothing), "an open segment is not empty");
}

#[test]
fn the_own_description_tells_who_may_call_and_what_is_answered() {
    let description = own();
    let operation = |method, template| description.operation(description.number(&method, template).expect(template));
    let me = operation(Method::GET, "/2/users/me");
    assert!(!me.security.app);
    assert_eq!(me.security.user.as_deref(), Some(["tweet.read".to_owned(), "users.read".to_owned()].as_slice()));
    assert!(me.shape.answer.contains("data") && !me.shape.answer.contains("meta"));
    assert_eq!(operation(Method::POST, "/2/tweets").status, StatusCode::CREATED);
    let stream = operation(Method::GET, "/2/tweets/search/stream");
    assert!(stream.security.app && stream.security.user.is_none());
    assert!(operation(Method::GET, "/2/openapi.json").security.open);
    assert_eq!(description.dialect(), Dialect::Post);
    assert!(description.scopes().contains(&"tweet.write".to_owned()));
}

#[test]
fn a_text_stands_for_a_value_of_the_type_that_is_described() {
    let parameter = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let description = small(json!({ "parameters": [
        parameter("count", json!({ "type": "integer", "minimum": 5, "maximum": 9 })),
        parameter("share", json!({ "type": "number" })),
        parameter("loud", json!({ "type": "boolean" })),
        parameter("many", json!({ "type": "array", "items": { "type": "integer" }, "maxItems": 2 })),
        { "name": "few", "in": "query", "explode": false, "schema": { "type": "array", "uniqueItems": true, "items": { "type": "string" } } },
        { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "pattern": "^[0-9]+$" } },
    ] }));
    for good in ["", "count=5&share=0.5&loud=true", "many=1&many=2", "few=a,b"] {
        assert!(checked(&description, good, &Value::Null).is_ok(), "{good}");
    }
    for (bad, name) in [
        ("count=4", "count"),
        ("count=10", "count"),
        ("count=5.5", "count"),
        ("count=", "count"),
        ("count=5&count=6", "count"),
        ("share=half", "share"),
        ("loud=yes", "loud"),
        ("many=1,2", "many"),
        ("many=1&many=2&many=3", "many"),
        ("few=a,a", "few"),
        ("few=a&few=b", "few"),
        ("fewer=a", "fewer"),
    ] {
        assert_eq!(checked(&description, bad, &Value::Null).expect_err(bad), [name], "{bad}");
    }
    assert_eq!(checked(&description, "count=1&loud=2&x", &Value::Null).expect_err("three"), ["count", "loud", "x"]);
}

#[test]
fn a_body_is_checked_to_the_deepest_property() {
    let schema = json!({
        "type": "object",
        "required": ["kind"],
        "additionalProperties": false,
        "properties": {
            "kind": { "type": "string", "enum": ["a", "b", "a"] },
            "name": { "$ref": "#/components/schemas/Name" },
            "at": { "type": "string", "format": "date-time", "nullable": true },
            "either": { "oneOf": [
                { "type": "object", "required": ["x"], "properties": { "x": { "type": "object", "required": ["y"], "properties": { "y": { "type": "integer" } } } } },
                { "type": "integer" },
            ] },
        },
    });
    let description = small(json!({ "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } } }));
    for good in
        [json!({ "kind": "a" }), json!({ "kind": "b", "name": null, "at": null }), json!({ "kind": "a", "either": { "x": { "y": 1 } } })]
    {
        assert_eq!(checked(&description, "", &good).expect("a good body").body, good);
    }
    for (bad, name) in [
        (json!([]), "body"),
        (json!({}), "kind"),
        (json!({ "kind": "c" }), "kind"),
        (json!({ "kind": "a", "name": "long" }), "name"),
        (json!({ "kind": "a", "at": "now" }), "at"),
        (json!({ "kind": "a", "either": { "x": { "y": "1" } } }), "either.x.y"),
        (json!({ "kind": "a", "other": 1 }), "other"),
    ] {
        assert_eq!(checked(&description, "", &bad).expect_err("a bad body"), [name], "{bad}");
    }
}

#[test]
fn the_forms_of_a_schema_that_contains_itself_come_to_an_end() {
    let again = json!({ "$ref": "#/a" });
    let document = json!({ "a": { "anyOf": [again, again, again, { "type": "string" }] } });
    assert_eq!(super::forms(&document, &again).len(), 2);
}

#[test]
fn of_alternatives_the_first_is_blamed_and_all_that_would_do_are_named() {
    let faults = |schema: Value, value: Value| {
        let description = small(json!({}));
        let faults = super::Schema::new(schema).faults(description.schemas(), &value);
        faults.into_iter().map(|fault| format!("{} {}", fault.path, fault.message)).collect::<Vec<_>>()
    };
    let requires = |name: &str| json!({ "required": [name] });
    let message = json!({ "type": "object", "anyOf": [requires("text"), requires("attachments")] });
    assert_eq!(faults(message, json!({})), ["text is missing but one of [text,attachments] is required"]);
    let forms = json!({ "oneOf": [{ "type": "boolean" }, { "type": "integer" }] });
    assert_eq!(faults(forms, json!("a")), [" is not of type boolean"]);
    let nested = json!({ "oneOf": [{ "type": "object", "required": ["a", "b"] }, { "type": "object", "required": ["c"] }] });
    assert_eq!(faults(nested, json!({})), ["c is missing but it is required"], "less is missing there");
}

#[test]
fn a_description_that_is_none_is_an_error_and_an_odd_one_is_not() {
    for text in ["", "{}", "[]", "{\"paths\": 1}"] {
        assert!(Description::parse(text).is_err(), "{text}");
    }
    let odd =
        json!({ "paths": { "/2/a": { "get": null, "post": { "parameters": [1, { "$ref": "#/nowhere" }], "responses": 1 }, "x-y": [] } } });
    let description = Description::parse(&odd.to_string()).expect("as much as can be made of it");
    assert_eq!(description.operations().len(), 2);
}
