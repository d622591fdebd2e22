//! Nothing that a description has is dropped: not on the way to the shapes, and not on the way from these to code.

mod code;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use code::{Code, differences, expected};
use paragon_twitter_codegen::ir::{Answer, Api, Body, Field, Shape, TypeKind};
use paragon_twitter_codegen::stats::{self, Missing, Stats, What};
use paragon_twitter_codegen::{Generated, Generator, Source};

/// Whether the overlay still fits the description in every detail is not the matter here, so it is laid on as over a foreign one.
fn generate(file: &str, text: &str) -> Generated {
    let overlay = Source { file: "overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    Generator::new(Source { file, text }, overlay).foreign().run().unwrap_or_else(|findings| panic!("{findings}"))
}

fn own() -> Generated {
    generate("openapi.json", paragon_twitter_spec::OPENAPI)
}

fn count(text: &str, generated: &Generated) -> Stats {
    let overlay = Source { file: "overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    stats::count(text, overlay, generated).expect("the description can be walked")
}

#[test]
fn nothing_of_the_description_is_dropped_without_a_reason() {
    let stats = count(paragon_twitter_spec::OPENAPI, &own());
    println!("{stats}");
    assert_eq!(stats.row(What::Operation).emitted, 257);
    assert_eq!(stats.row(What::Operation).described, 257);
    assert!(stats.missing.is_empty(), "{stats}");
    for row in &stats.rows {
        assert_eq!(row.described, row.emitted + row.waived, "{}", row.what);
    }
    assert!(stats.waived.iter().all(|waived| !waived.reason.is_empty()), "{stats}");
    // So that a walk that goes nowhere does not pass for one that finds nothing.
    assert!(stats.row(What::QueryParameter).described > 500, "{stats}");
    assert!(stats.row(What::AnswerProperty).emitted > 1500, "{stats}");
    assert!(stats.row(What::RequestProperty).emitted > 500, "{stats}");
    assert!(stats.row(What::RequestValue).emitted > 1000, "{stats}");
}

#[test]
fn the_emitted_code_has_all_that_was_counted_and_nothing_else() {
    let generated = own();
    let stats = count(paragon_twitter_spec::OPENAPI, &generated);
    let code = Code::read(&generated.emit(None).expect("it is Rust"));
    assert_eq!(code.operations.len(), 257);
    assert_eq!(code.listed, 257, "the list of all endpoints");
    let differences = differences(&expected(&stats, &generated), &code);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn nothing_is_dropped_of_other_versions_of_the_description_either() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        // Straight to the stream, because what a passing test prints is not shown.
        let _ = writeln!(std::io::stderr(), "skipped: there are no other descriptions in {}", folder.display());
        return;
    };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("openapi-")));
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a description");
        let generated = generate(&file.to_string_lossy(), &text);
        let stats = count(&text, &generated);
        println!("{}\n{stats}\n", file.display());
        assert!(stats.row(What::Operation).emitted > 90, "{}: {stats}", file.display());
        assert!(stats.missing.is_empty(), "{}: {stats}", file.display());
        let code = Code::read(&generated.emit(None).expect("it is Rust"));
        let differences = differences(&expected(&stats, &generated), &code);
        assert!(differences.is_empty(), "{}: {}", file.display(), differences.join("\n"));
    }
}

// What the tests above would notice.

const SMALL: &str = r##"{
    "openapi": "3.0.0", "info": {"title": "", "version": "1"},
    "paths": {"/2/things/{id}": {"post": {
        "parameters": [
            {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
            {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["up", "down"]}},
            {"$ref": "#/components/parameters/Trace"}
        ],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
        "responses": {
            "200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "properties": {
                "data": {"$ref": "#/components/schemas/Thing"},
                "includes": {"type": "object", "properties": {"things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}},
                "meta": {"type": "object", "properties": {
                    "total": {"type": "integer"}, "result_count": {"type": "integer"},
                    "next_token": {"type": "string"}, "previous_token": {"type": "string"}
                }},
                "hint": {"type": "string"},
                "errors": {"type": "array", "items": {"type": "object", "properties": {"code": {"type": "integer"}}}}
            }}}}},
            "default": {"description": ""}
        }
    }}},
    "components": {
        "parameters": {"Trace": {"name": "x-trace", "in": "header", "schema": {"type": "string"}}},
        "schemas": {
            "Change": {"type": "object", "properties": {
                "size": {"type": "integer"},
                "inner": {"type": "object", "properties": {"depth": {"type": "integer"}}}
            }},
            "Thing": {"type": "object", "properties": {
                "name": {"type": "string"},
                "state": {"type": "string", "enum": ["new", "old"]},
                "parent": {"$ref": "#/components/schemas/Thing"}
            }}
        }
    }
}"##;

const SMALL_OVERLAY: &str = "{overlay: 1.0.0, actions: [{target: $, update: {x-rust: {by_runtime: {errors: read by the runtime}}}}]}";

fn small(overlay: &str) -> Generated {
    let overlay = Source { file: "overlay.yaml", text: overlay };
    Generator::new(Source { file: "small.json", text: SMALL }, overlay).run().unwrap_or_else(|findings| panic!("{findings}"))
}

/// What is missing once something was changed, without where it was noticed.
fn missing_after(change: impl FnOnce(&mut Generated)) -> Vec<String> {
    let mut generated = small(SMALL_OVERLAY);
    change(&mut generated);
    let stats = count(SMALL, &generated);
    for row in &stats.rows {
        assert_eq!(row.described, row.emitted + row.waived + row.missing, "{}", row.what);
        assert_eq!(row.missing, stats.missing.iter().filter(|missing| missing.what == row.what).count(), "{}", row.what);
    }
    let mut missing: Vec<String> = stats.missing.iter().map(|missing| format!("{}: {}", missing.what, missing.pointer)).collect();
    missing.sort();
    missing
}

/// Changes the fields of all structs.
fn each_struct(api: &mut Api, change: impl Fn(&mut Vec<Field>)) {
    for found in &mut api.types {
        if let TypeKind::Struct(fields) = &mut found.kind {
            change(fields);
        }
    }
}

fn drop_field(api: &mut Api, wire: &str) {
    each_struct(api, |fields| fields.retain(|field| field.wire != wire));
}

fn make_untyped(api: &mut Api, wire: &str) {
    each_struct(api, |fields| fields.iter_mut().filter(|field| field.wire == wire).for_each(|field| field.shape = Shape::Json));
}

#[test]
fn a_small_description_is_counted_thing_by_thing() {
    let stats = count(SMALL, &small(SMALL_OVERLAY));
    assert_eq!(
        stats.to_string(),
        "1 operations emitted of 1

                         described  emitted  waived  missing
operations                       1        1       0        0
path parameters                  1        1       0        0
query parameters                 1        1       0        0
header parameters                1        1       0        0
cookie parameters                0        0       0        0
request media types              1        1       0        0
success answers                  1        1       0        0
properties of requests           3        3       0        0
properties of answers           14       12       2        0
enum values of requests          2        2       0        0
enum values of answers           2        2       0        0

waived:
      2  errors: read by the runtime

nothing is missing"
    );
}

#[test]
fn a_dropped_property_is_noticed() {
    let missing = missing_after(|generated| drop_field(&mut generated.api, "name"));
    assert_eq!(missing, ["properties of answers: /components/schemas/Thing/properties/name"]);
}

#[test]
fn a_property_without_an_identifier_is_noticed() {
    let missing = missing_after(|generated| {
        for members in generated.names.members.values_mut().filter(|members| members.last().is_some_and(|last| last == "state")) {
            members.pop();
        }
    });
    assert_eq!(missing.len(), 3, "{missing:?}");
    assert_eq!(missing[2], "properties of answers: /components/schemas/Thing/properties/state");
}

#[test]
fn a_dropped_field_of_a_body_is_noticed_with_what_is_below_it() {
    let missing = missing_after(|generated| {
        let Body::Fields { fields, .. } = &mut generated.api.operations[0].body else { panic!("fields") };
        fields.retain(|field| field.wire != "inner");
    });
    let inner = "properties of requests: /components/schemas/Change/properties/inner";
    assert_eq!(missing, [inner.to_owned(), format!("{inner}/properties/depth")]);
}

#[test]
fn what_is_behind_untyped_json_is_noticed() {
    let missing = missing_after(|generated| make_untyped(&mut generated.api, "things"));
    let thing = "/components/schemas/Thing/properties";
    assert_eq!(
        missing,
        [
            format!("enum values of answers: {thing}/state/enum: new"),
            format!("enum values of answers: {thing}/state/enum: old"),
            format!("properties of answers: {thing}/name"),
            format!("properties of answers: {thing}/parent"),
            format!("properties of answers: {thing}/state"),
        ]
    );
}

#[test]
fn a_dropped_enum_value_is_noticed() {
    let missing = missing_after(|generated| {
        for found in &mut generated.api.types {
            if let TypeKind::Enum(values) = &mut found.kind {
                values.values.retain(|value| value != "old" && value != "up");
            }
        }
    });
    assert_eq!(
        missing,
        [
            "enum values of answers: /components/schemas/Thing/properties/state/enum: old",
            "enum values of requests: /paths/~12~1things~1{id}/post/parameters/1/schema/enum: up",
        ]
    );
}

#[test]
fn dropped_parameters_and_their_values_are_noticed() {
    let missing = missing_after(|generated| generated.api.operations[0].parameters.truncate(1));
    let at = "/paths/~12~1things~1{id}/post/parameters";
    assert_eq!(
        missing,
        [
            format!("enum values of requests: {at}/1/schema/enum: down"),
            format!("enum values of requests: {at}/1/schema/enum: up"),
            format!("header parameters: {at}/2"),
            format!("query parameters: {at}/1"),
        ]
    );
}

#[test]
fn a_dropped_body_answer_or_part_of_the_envelope_is_noticed() {
    let missing = missing_after(|generated| {
        let operation = &mut generated.api.operations[0];
        operation.body = Body::None;
        operation.expands = false;
        drop_field(&mut generated.api, "hint");
    });
    let at = "/paths/~12~1things~1{id}/post";
    let answer = "responses/200/content/application~1json/schema/properties";
    for expected in [
        format!("request media types: {at}/requestBody/content/application~1json"),
        "properties of requests: /components/schemas/Change/properties/size".to_owned(),
        format!("properties of answers: {at}/{answer}/includes"),
        format!("properties of answers: {at}/{answer}/includes/properties/things"),
        format!("properties of answers: {at}/{answer}/hint"),
    ] {
        assert!(missing.contains(&expected), "{expected} in {missing:#?}");
    }
    let missing = missing_after(|generated| generated.api.operations[0].answer = Answer::Nothing);
    assert!(missing.contains(&format!("success answers: {at}/responses/200/content/application~1json")), "{missing:#?}");
}

#[test]
fn a_dropped_operation_is_noticed_with_all_it_has() {
    let missing = missing_after(|generated| generated.api.operations.clear());
    assert_eq!(missing.len(), 1 + 3 + 1 + 1 + 3 + 14 + 2 + 2, "{missing:#?}");
    let stats = count(SMALL, &small(SMALL_OVERLAY));
    assert!(stats.to_string().starts_with("1 operations emitted of 1\n"), "{stats}");
}

#[test]
fn a_waiver_covers_what_is_below_it_unless_that_is_emitted_elsewhere() {
    let overlay = r#"{overlay: 1.0.0, actions: [
        {target: $, update: {x-rust: {by_runtime: {errors: read by the runtime}}}},
        {target: "$.paths.*.post.requestBody.content.*.schema", update: {x-rust-waive: not wanted}},
        {target: "$.paths.*.post.parameters[1]", update: {x-rust-waive: nor this}},
        {target: "$.paths.*.post.responses['200'].content.*.schema.properties.data", update: {x-rust-waive: nor that}}
    ]}"#;
    let stats = count(SMALL, &small(overlay));
    assert!(stats.missing.is_empty(), "{stats}");
    let waived: BTreeMap<&str, usize> = stats.waived.iter().map(|waived| (waived.reason.as_str(), waived.count)).collect();
    // The parameter and its two values; the three properties of the body; `data` alone, as `includes` has the same type.
    assert_eq!(waived, BTreeMap::from([("nor this", 3), ("not wanted", 3), ("nor that", 1), ("read by the runtime", 2)]), "{stats}");
}

/// Every way in which a schema holds others; each object has one property that tells where it is.
const CONSTRUCTS: &str = r##"{
    "openapi": "3.0.0", "info": {"title": "", "version": "1"},
    "paths": {"/2/things": {
        "parameters": [{"name": "common", "in": "query", "schema": {"type": "string"}}],
        "get": {"responses": {"200": {"$ref": "#/components/responses/All"}}},
        "delete": {"responses": {"default": {"description": "", "content": {"application/json": {"schema": {
            "type": "object", "properties": {"data": {"type": "object", "properties": {"of_default": {"type": "string"}}}}
        }}}}}}
    }},
    "components": {
        "responses": {"All": {"description": "", "content": {"application/json": {"schema": {
            "type": "object", "properties": {"data": {"type": "object", "properties": {
                "sibling": {"$ref": "#/components/schemas/A", "properties": {"beside_ref": {"type": "string"}}},
                "all": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"of_all": {"type": "string"}}}]},
                "one": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "properties": {"of_one": {"type": "string"}}}]},
                "any": {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "properties": {"of_any": {"type": "string"}}}]},
                "list": {"type": "array", "items": {"type": "object", "properties": {"of_items": {"type": "string"}}}},
                "map": {"type": "object", "additionalProperties": {"type": "object", "properties": {"of_values": {"type": "string"}}}},
                "base": {"$ref": "#/components/schemas/Base"},
                "kind": {"type": "string"},
                "payload": {
                    "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
                    "discriminator": {"propertyName": "../kind", "mapping": {
                        "a": "#/components/schemas/A", "b": "#/components/schemas/B", "b2": "#/components/schemas/B"
                    }}
                }
            }}}
        }}}}},
        "schemas": {
            "A": {"type": "object", "properties": {"of_a": {"type": "string"}}},
            "B": {"type": "object", "properties": {"of_b": {"type": "string"}}},
            "Base": {
                "type": "object", "properties": {"of_base": {"type": "string"}},
                "discriminator": {"propertyName": "of_base", "mapping": {"c": "#/components/schemas/C", "d": "D"}}
            },
            "C": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"of_c": {"type": "string"}}}]},
            "D": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"of_d": {"type": "string"}}}]}
        }
    }
}"##;

#[test]
fn what_is_in_any_construct_is_counted_and_noticed_when_it_is_dropped() {
    let overlay = Source { file: "overlay.yaml", text: "{overlay: 1.0.0, actions: []}" };
    let generate = || Generator::new(Source { file: "constructs.json", text: CONSTRUCTS }, overlay).run().expect("it is supported");
    let stats = count(CONSTRUCTS, &generate());
    // Both operations have the parameter of the path. `data` twice, nine properties in it, one in each of eleven objects, and the default's.
    assert_eq!(stats.row(What::QueryParameter).described, 2, "{stats}");
    assert_eq!(stats.row(What::SuccessAnswer).described, 2, "{stats}");
    assert_eq!(stats.row(What::AnswerProperty).described, 2 + 9 + 11 + 1, "{stats}");
    // Whether an answer that is nothing but a default is generated is not the matter here: it is counted.
    let default = |missing: &Missing| missing.pointer.contains("/responses/default/");
    assert!(stats.missing.iter().all(default), "{stats}");
    for wire in
        ["beside_ref", "of_all", "of_one", "of_any", "of_items", "of_values", "of_a", "of_b", "of_base", "of_c", "of_d", "payload", "map"]
    {
        let mut generated = generate();
        drop_field(&mut generated.api, wire);
        let stats = count(CONSTRUCTS, &generated);
        assert!(stats.missing.iter().any(|missing| missing.pointer.ends_with(&format!("/properties/{wire}"))), "{wire}: {stats}");
    }
    let mut generated = generate();
    for found in &mut generated.api.types {
        if let TypeKind::Union(union) = &mut found.kind {
            union.variants.truncate(1);
        }
    }
    let stats = count(CONSTRUCTS, &generated);
    let lost =
        stats.missing.iter().find(|missing| missing.pointer == "/components/schemas/B/properties/of_b").expect("a variant was dropped");
    assert!(lost.cause.ends_with("no variant for `b`"), "{}", lost.cause);
}

#[test]
fn an_overlay_that_removes_something_without_a_waiver_is_noticed() {
    let overlay = r#"{overlay: 1.0.0, actions: [
        {target: $, update: {x-rust: {by_runtime: {errors: read by the runtime}}}},
        {target: "$.components.schemas.Thing.properties.name", remove: true}
    ]}"#;
    let stats = count(SMALL, &small(overlay));
    assert_eq!(stats.missing.len(), 1, "{stats}");
    assert!(
        stats.to_string().ends_with("the struct lacks fields\n    properties of answers: /components/schemas/Thing/properties/name"),
        "{stats}"
    );
}

#[test]
fn an_emitter_that_drops_something_is_noticed() {
    let stats = count(SMALL, &small(SMALL_OVERLAY));
    let whole = small(SMALL_OVERLAY);
    let expected = expected(&stats, &whole);
    let after = |change: fn(&mut Generated)| {
        let mut generated = small(SMALL_OVERLAY);
        change(&mut generated);
        differences(&expected, &Code::read(&generated.emit(None).expect("it is Rust")))
    };
    assert_eq!(after(|_| ()), [""; 0]);
    let dropped_field = after(|generated| {
        drop_field(&mut generated.api, "state");
        for members in generated.names.members.values_mut() {
            members.retain(|member| member != "state");
        }
    });
    assert!(dropped_field.iter().any(|line| line.contains("state")), "{dropped_field:?}");
    let dropped_parameter = after(|generated| {
        generated.api.operations[0].parameters.pop();
    });
    assert_eq!(dropped_parameter, ["POST /2/things/{id}: the code lacks header \"x-trace\""]);
    let untyped = after(|generated| make_untyped(&mut generated.api, "things"));
    assert_eq!(untyped.len(), 1, "{untyped:?}");
    let invented = after(|generated| {
        for found in &mut generated.api.types {
            if let TypeKind::Enum(values) = &mut found.kind {
                values.values.push("none".to_owned());
            }
        }
        generated.names.members.values_mut().filter(|members| members[0] == "New").for_each(|members| members.push("None_".to_owned()));
    });
    assert!(invented.iter().any(|line| line.contains("nobody described") && line.contains("none")), "{invented:?}");
    let mut files = whole.emit(None).expect("it is Rust");
    files.retain(|file| file.name != "things_operations.rs");
    assert_eq!(differences(&expected, &Code::read(&files)), ["POST /2/things/{id} is not in the code"]);
}
