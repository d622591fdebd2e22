//! What the generator says about inputs that it cannot use: the exact text, with the place.

mod support;

use paragon_twitter_codegen::{Generator, Source, import};
use support::EMPTY;

fn generator<'a>(description: &'a str, overlay: &'a str) -> Generator<'a> {
    Generator::new(Source { file: "api.json", text: description }, Source { file: "overlay.yaml", text: overlay })
}

/// What stands in the way.
fn errors(description: &str, overlay: &str) -> String {
    match generator(description, overlay).run() {
        Ok(_) => panic!("nothing stands in the way"),
        Err(diagnostics) => diagnostics.to_string(),
    }
}

/// What is said of an overlay that was not written for the description.
fn warnings(description: &str, overlay: &str) -> String {
    let generated = generator(description, overlay).foreign().run().unwrap_or_else(|error| panic!("{error}"));
    generated.warnings.to_string()
}

/// A description with one operation, whose answer's `data` is of a schema.
fn answering(schema: &str) -> String {
    format!(
        r#"{{
  "openapi": "3.0.0", "info": {{"title": "", "version": ""}},
  "paths": {{"/2/pets": {{"get": {{"responses": {{"200": {{"content": {{"application/json": {{"schema": {{
    "type": "object", "properties": {{"data":
      {schema}
    }}
  }}}}}}}}}}}}}}}},
  "components": {{"schemas": {{"Pet": {{"type": "object", "properties": {{"name": {{"type": "string"}}}}}}}}}}
}}"#
    )
}

/// The same with an operation's other parts.
fn operation(parts: &str) -> String {
    format!(
        r#"{{
  "openapi": "3.0.0", "info": {{"title": "", "version": ""}},
  "paths": {{"/2/pets": {{"post": {{
    "responses": {{"204": {{}}}},
    {parts}
  }}}}}}
}}"#
    )
}

/// An overlay with settings for the whole document.
fn settings(settings: &str) -> String {
    format!("{{overlay: 1.0.0, actions: [{{target: $, update: {{x-rust: {{{settings}}}}}}}]}}")
}

const PET: &str = r##"{"$ref": "#/components/schemas/Pet"}"##;

#[test]
fn a_text_that_is_not_json_is_told_with_line_and_column() {
    assert_eq!(
        errors("{\n  \"openapi\": \"3.0.0\",\n  \"x\\y\": 1\n}", EMPTY),
        "error: the description is not valid JSON: invalid escape at line 3 column 6\n\
         \x20 --> api.json:3:6\n\
         \x20 help: download it again, or mend the text at that place"
    );
    assert_eq!(
        errors("", EMPTY),
        "error: the description is not valid JSON: EOF while parsing a value at line 1 column 0\n\
         \x20 --> api.json:1:1\n\
         \x20 help: download it again, or mend the text at that place"
    );
    let error = import::import(Source { file: "up.json", text: "[1," }).expect_err("no JSON");
    assert_eq!(
        error.to_string(),
        "error: the description is not valid JSON: EOF while parsing a value at line 1 column 3\n\
         \x20 --> up.json:1:3\n\
         \x20 help: download it again, or mend the text at that place"
    );
}

#[test]
fn json_that_is_no_openapi_is_told() {
    assert_eq!(
        errors("[]", EMPTY),
        "error: the file is not an OpenAPI 3.0 description: it has no `openapi`\n\
         \x20 --> api.json:1:1\n\
         \x20 help: give a description in OpenAPI 3.0, as X serves at /2/openapi.json"
    );
    assert_eq!(
        errors(r#"{"openapi": "3.0.0", "info": {}}"#, EMPTY),
        "error: the description has no `paths`\n\
         \x20 --> api.json:1:1\n\
         \x20 help: give a description in OpenAPI 3.0, as X serves at /2/openapi.json"
    );
    assert_eq!(
        errors(r#"{"openapi": 3, "info": {}}"#, EMPTY),
        "error: `openapi` is not a version\n\
         \x20 --> api.json:1:13 at /openapi\n\
         \x20 help: give a description in OpenAPI 3.0, as X serves at /2/openapi.json"
    );
}

#[test]
fn another_version_of_openapi_is_told() {
    assert_eq!(
        errors("{\n  \"openapi\": \"3.1.0\"}", EMPTY),
        "error: OpenAPI 3.1.0 is not supported\n\
         \x20 --> api.json:2:14 at /openapi\n\
         \x20 help: give a description in OpenAPI 3.0, as X serves at /2/openapi.json"
    );
    assert_eq!(
        errors("{\"swagger\": \"2.0\"}", EMPTY),
        "error: Swagger 2.0 is not supported\n\
         \x20 --> api.json:1:13 at /swagger\n\
         \x20 help: give a description in OpenAPI 3.0, as X serves at /2/openapi.json"
    );
}

#[test]
fn a_reference_that_leads_nowhere_is_told_with_its_place() {
    assert_eq!(
        errors(&answering(r##"{"$ref": "#/components/schemas/Dog"}"##), EMPTY),
        "error: \"#/components/schemas/Dog\" leads nowhere\n\
         \x20 --> api.json:5:16 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/$ref\n\
         \x20 help: add the schema, or correct the reference, with an overlay action"
    );
    assert_eq!(
        errors(&answering(r##"{"$ref": "#/info"}"##), EMPTY),
        "error: \"#/info\" does not lead to a schema of the components\n\
         \x20 --> api.json:5:16 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/$ref\n\
         \x20 help: move the schema to the components with an overlay action"
    );
    assert_eq!(
        errors(&operation(r##""parameters": [{"$ref": "#/components/parameters/Gone"}]"##), EMPTY),
        "error: \"#/components/parameters/Gone\" leads nowhere\n\
         \x20 --> api.json:5:29 at /paths/~12~1pets/post/parameters/0/$ref\n\
         \x20 help: add what it should lead to, or correct the reference, with an overlay action"
    );
    let mapping = r##"{"type": "object", "discriminator": {"propertyName": "type", "mapping": {"a": "#/components/schemas/Dog", "b": "Cat", "c": "Pet"}}}"##;
    assert_eq!(
        errors(&answering(mapping), EMPTY),
        "error: \"#/components/schemas/Dog\" leads nowhere\n\
         \x20 --> api.json:5:85 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/discriminator/mapping/a\n\
         \x20 help: correct the mapping with an overlay action\n\
         error: \"Cat\" leads nowhere\n\
         \x20 --> api.json:5:118 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/discriminator/mapping/b\n\
         \x20 help: correct the mapping with an overlay action"
    );
}

#[test]
fn a_schema_that_is_nothing_but_itself_is_told() {
    let with = |schemas: &str| answering(r##"{"$ref": "#/components/schemas/A"}"##).replace("\"Pet\":", &format!("{schemas}, \"Pet\":"));
    assert_eq!(
        errors(&with(r##""A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}"##), EMPTY),
        "error: the schema is a reference to itself\n\
         \x20 --> api.json:8:35 at /components/schemas/A\n\
         \x20 help: describe it with an overlay action"
    );
    assert_eq!(
        errors(
            &with(r##""A": {"allOf": [{"$ref": "#/components/schemas/B"}]}, "B": {"allOf": [{"$ref": "#/components/schemas/A"}]}"##),
            EMPTY
        ),
        "error: the schema contains itself without an object in between\n\
         \x20 --> api.json:8:35 at /components/schemas/A\n\
         \x20 help: break the circle with an overlay action, or take the schema out with `x-rust-waive`"
    );
    assert_eq!(
        errors(&with(r##""A": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}"##), EMPTY),
        "error: the schema contains itself without an object in between\n\
         \x20 --> api.json:8:35 at /components/schemas/A\n\
         \x20 help: break the circle with an overlay action, or take the schema out with `x-rust-waive`"
    );
}

#[test]
fn constructs_that_are_not_supported_are_told_with_their_places() {
    assert_eq!(
        errors(&answering(r#"{"not": {"type": "string"}}"#), EMPTY),
        "error: the schema keyword `not` is not supported\n\
         \x20 --> api.json:5:15 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/not\n\
         \x20 help: replace it with an overlay action, or take the schema out with `x-rust-waive`"
    );
    assert_eq!(
        errors(&answering(r#"{"type": ["string", "null"]}"#), EMPTY),
        "error: the schema type [\"string\",\"null\"] is not one of OpenAPI 3.0\n\
         \x20 --> api.json:5:16 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/type\n\
         \x20 help: correct it with an overlay action"
    );
    let deep = r#""parameters": [{"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}}]"#;
    assert_eq!(
        errors(&operation(deep), EMPTY),
        "error: parameter `filter` has the style `deepObject`, which is not supported: only `form` is, in query\n\
         \x20 --> api.json:5:20 at /paths/~12~1pets/post/parameters/0\n\
         \x20 help: describe it in that style with an overlay action, or take it out with `x-rust-waive`"
    );
    let object =
        r#""parameters": [{"name": "filter", "in": "query", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}}]"#;
    assert_eq!(
        errors(&operation(object), EMPTY),
        "error: parameter `filter` is an object or a list of lists, which is not supported\n\
         \x20 --> api.json:5:20 at /paths/~12~1pets/post/parameters/0\n\
         \x20 help: describe it as a string with an overlay action, or take it out with `x-rust-waive`"
    );
    let content = r#""parameters": [{"name": "filter", "in": "query", "content": {"application/json": {}}}]"#;
    assert_eq!(
        errors(&operation(content), EMPTY),
        "error: parameter `filter` is described by `content`, or not at all, which is not supported\n\
         \x20 --> api.json:5:20 at /paths/~12~1pets/post/parameters/0\n\
         \x20 help: give it a `schema` with an overlay action, or take it out with `x-rust-waive`"
    );
    let xml = r#""requestBody": {"content": {"text/xml": {"schema": {"type": "string"}}}}"#;
    assert_eq!(
        errors(&operation(xml), EMPTY),
        "error: request bodies of type text/xml are not supported\n\
         \x20 --> api.json:5:45 at /paths/~12~1pets/post/requestBody/content/text~1xml\n\
         \x20 help: take the media type out with `x-rust-waive`, if the operation has another"
    );
    let html = r#"{"responses": {"200": {"content": {"text/html": {"schema": {"type": "string"}}}}}}"#;
    let description = format!(r#"{{"openapi": "3.0.0", "info": {{}}, "paths": {{"/2/pets": {{"get": {html}}}}}}}"#);
    assert_eq!(
        errors(&description, EMPTY),
        "error: answers of type text/html are not supported\n\
         \x20 --> api.json:1:111 at /paths/~12~1pets/get/responses/200/content/text~1html\n\
         \x20 help: take the media type out with `x-rust-waive`, if the operation has another"
    );
}

#[test]
fn parts_of_the_wrong_form_are_told_with_their_places() {
    assert_eq!(
        errors(&operation(r#""parameters": {}"#), EMPTY),
        "error: the parameters are not a list\n\
         \x20 --> api.json:5:19 at /paths/~12~1pets/post/parameters\n\
         \x20 help: correct it with an overlay action"
    );
    assert_eq!(
        errors(&answering(r#"{"type": "string", "minLength": -1}"#), EMPTY),
        "error: this cannot be read as OpenAPI 3.0: invalid value: integer `-1`, expected usize\n\
         \x20 --> api.json:5:7 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data\n\
         \x20 help: correct it with an overlay action"
    );
    assert_eq!(
        errors(r#"{"openapi": "3.0.0", "info": {}, "paths": {"/2/pets": {"gte": {}}, "pets": {}}}"#, EMPTY),
        "error: `gte` is not a method\n\
         \x20 --> api.json:1:63 at /paths/~12~1pets/gte\n\
         \x20 help: correct it with an overlay action\n\
         error: path \"pets\" does not begin with `/`\n\
         \x20 --> api.json:1:76 at /paths/pets\n\
         \x20 help: mend the description"
    );
}

#[test]
fn a_parameter_that_all_methods_share_is_told_at_the_path() {
    let description = r#"{"openapi": "3.0.0", "info": {}, "paths": {"/2/pets": {
  "parameters": [{"name": "a", "in": "query", "schema": {"type": "string"}}, {"name": "b", "in": "body"}],
  "get": {"responses": {"204": {}}}
}}}"#;
    assert_eq!(
        errors(description, EMPTY),
        "error: parameter `b` is in \"body\", not in path, query, header or cookie\n\
         \x20 --> api.json:2:78 at /paths/~12~1pets/parameters/1\n\
         \x20 help: correct it with an overlay action"
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    let two = r#"{"type": "object", "properties": {"a": {"not": {}}, "b": {"type": "null"}}}"#;
    assert_eq!(
        errors(&answering(two), EMPTY),
        "error: the schema keyword `not` is not supported\n\
         \x20 --> api.json:5:54 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/properties/a/not\n\
         \x20 help: replace it with an overlay action, or take the schema out with `x-rust-waive`\n\
         error: the schema type \"null\" is not one of OpenAPI 3.0\n\
         \x20 --> api.json:5:73 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data/properties/b/type\n\
         \x20 help: correct it with an overlay action"
    );
}

#[test]
fn schemas_that_nest_deeper_than_any_stack_are_told() {
    let chain: Vec<String> = (0..10_000)
        .map(|n| format!(r##""S{n}": {{"type": "object", "properties": {{"a": {{"$ref": "#/components/schemas/S{}"}}}}}}"##, n + 1))
        .collect();
    let description = answering(r##"{"$ref": "#/components/schemas/S0"}"##)
        .replace("\"Pet\":", &format!("{}, \"S10000\": {{\"type\": \"string\"}}, \"Pet\":", chain.join(", ")));
    let message = errors(&description, EMPTY);
    let end = message.find("\n  -->").expect("a place");
    assert_eq!(&message[..end], "error: the schema is nested more than 64 levels deep, with what it refers to");
    let depth = 10_000;
    let lists = format!("{}{}{}", r#"{"type": "array", "items": "#.repeat(depth), r#"{"type": "string"}"#, "}".repeat(depth));
    let message = errors(&answering(&lists), EMPTY);
    assert_eq!(
        message,
        "error: the description is not valid JSON: recursion limit exceeded at line 5 column 3166\n\
         \x20 --> api.json:5:3166\n\
         \x20 help: download it again, or mend the text at that place"
    );
}

#[test]
fn an_overlay_action_that_matches_nothing_is_an_error_or_for_another_description_a_warning() {
    let overlay = "overlay: 1.0.0\nactions:\n  - target: $.paths['/2/dogs'].get\n    description: the dogs\n    update: {summary: Dogs.}\n";
    assert_eq!(
        errors(&answering(PET), overlay),
        "error: overlay action $.paths['/2/dogs'].get matches nothing (the dogs)\n\
         \x20 --> overlay.yaml at /actions/0\n\
         \x20 help: the description has changed there: move the action to where it belongs now, or delete it"
    );
    assert_eq!(
        warnings(&answering(PET), overlay),
        "warning: overlay action $.paths['/2/dogs'].get matches nothing (the dogs)\n\
         \x20 --> overlay.yaml at /actions/0\n\
         \x20 help: the description has changed there: move the action to where it belongs now, or delete it"
    );
}

#[test]
fn a_text_that_is_no_overlay_is_told_with_line_and_column() {
    assert_eq!(
        errors(&answering(PET), "overlay: 1.0.0\nactions: [\n"),
        "error: this is not an overlay: did not find expected node content at line 3 column 1, while parsing a flow node\n\
         \x20 --> overlay.yaml:3:1\n\
         \x20 help: an overlay has `overlay: 1.0.0` and a list of `actions`, each with a `target`"
    );
    assert_eq!(
        errors(&answering(PET), "overlay: 1.0.0\nactions:\n  - update: {}\n"),
        "error: this is not an overlay: actions[0]: missing field `target` at line 3 column 5\n\
         \x20 --> overlay.yaml:3:5\n\
         \x20 help: an overlay has `overlay: 1.0.0` and a list of `actions`, each with a `target`"
    );
    assert_eq!(
        errors(&answering(PET), "{overlay: 2.0.0, actions: []}"),
        "error: overlay version \"2.0.0\" is not supported\n\
         \x20 --> overlay.yaml\n\
         \x20 help: write the overlay in version 1.0.0"
    );
    assert_eq!(
        errors(&answering(PET), "{overlay: 1.0.0, actions: [{target: 'paths[', remove: true}]}"),
        "error: target paths[ is not a JSONPath: at position 0, parser error\n\
         \x20 --> overlay.yaml at /actions/0\n\
         \x20 help: see RFC 9535 for the form"
    );
}

#[test]
fn an_overlay_that_makes_something_else_of_the_description_is_told() {
    assert_eq!(
        errors(&answering(PET), "{overlay: 1.0.0, actions: [{target: $, update: gone}]}"),
        "error: the file is not an OpenAPI 3.0 description: it has no `openapi`\n\
         \x20 --> api.json:1:1\n\
         \x20 help: give a description in OpenAPI 3.0, as X serves at /2/openapi.json"
    );
    assert_eq!(
        errors(&answering(PET), "{overlay: 1.0.0, actions: [{target: $.paths, remove: true}]}"),
        "error: the description has no `paths`\n\
         \x20 --> api.json:1:1\n\
         \x20 help: give a description in OpenAPI 3.0, as X serves at /2/openapi.json"
    );
}

#[test]
fn settings_with_an_unknown_key_are_told() {
    let told = errors(&answering(PET), &settings("gruops: {pets: Pets.}"));
    assert!(told.starts_with("error: the overlay's settings cannot be read: unknown field `gruops`, expected one of `groups`, "), "{told}");
    assert!(told.ends_with("\n  --> overlay.yaml at /x-rust\n  help: see the fields of `Settings` in the generator"), "{told}");
    let overlay = "{overlay: 1.0.0, actions: [{target: \"$.paths['/2/pets'].get\", update: {x-rust: {nmae: list}}}]}";
    let told = errors(&answering(PET), overlay);
    let expected =
        "error: the overlay's `x-rust` of this operation cannot be read: unknown field `nmae`, expected one of `group`, `name`, ";
    assert!(told.starts_with(expected), "{told}");
    let place = "\n  --> overlay.yaml at /paths/~12~1pets/get/x-rust\n  help: see the fields of `OperationSettings` in the generator";
    assert!(told.ends_with(place), "{told}");
}

#[test]
fn names_that_rust_or_the_client_cannot_have_are_told() {
    let overlay = "{overlay: 1.0.0, actions: [{target: \"$.paths['/2/pets'].get\", update: {x-rust: {group: my pets, name: 2nd, types: {data: a pet}}}}]}";
    assert_eq!(
        errors(&answering(PET), overlay),
        "error: the overlay's name \"my pets\" is not in snake case\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/get/x-rust\n\
         \x20 help: write it as `list_posts` is\n\
         error: the overlay's name \"2nd\" is not in snake case\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/get/x-rust\n\
         \x20 help: write it as `list_posts` is\n\
         error: the overlay's name \"a pet\" is not in Pascal case\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/get/x-rust\n\
         \x20 help: write it as `Post` is"
    );
    let overlay = "{overlay: 1.0.0, actions: [{target: \"$.paths['/2/pets'].get\", update: {x-rust: {types: {data: Vec}}}}]}";
    assert_eq!(
        errors(&answering(PET), overlay),
        "error: the overlay's name \"Vec\" is not free: Rust or an id has it\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/get/x-rust\n\
         \x20 help: choose another"
    );
    let overlay = "{overlay: 1.0.0, actions: [{target: \"$.paths['/2/pets'].get\", update: {x-rust: {group: types}}}]}";
    assert_eq!(
        errors(&answering(PET), overlay),
        "error: the overlay's name \"types\" is not free: the client has something of it that is no group\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/get/x-rust\n\
         \x20 help: choose another"
    );
    assert_eq!(
        errors(&answering(PET), &settings("groups: {Pets: Pets.}, segments: {pets: ../pets}, ids: {Vec: [name]}")),
        "error: the overlay's settings: \"Pets\" cannot be the name of a group\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: write it as `direct_messages` is\n\
         error: the overlay's settings: \"../pets\" cannot be the name of a group\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: write it as `direct_messages` is\n\
         error: the overlay's ids: \"Vec\" cannot be the name of a type\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: write it as `PostId` is"
    );
}

#[test]
fn a_group_named_like_something_else_of_the_client_is_told() {
    for name in ["spellings", "json", "transport", "value", "request", "user", "rate_limits", "me", "with_dialect"] {
        assert_eq!(
            errors(&answering(PET), &settings(&format!("groups: {{{name}: Pets.}}"))),
            format!(
                "error: the overlay's settings: the client has a {name:?} that is no group\n\
                 \x20 --> overlay.yaml at /x-rust\n\
                 \x20 help: choose another name"
            )
        );
    }
}

#[test]
fn an_input_named_like_a_method_of_requests_is_told() {
    let description = operation(
        r#""parameters": [{"name": "a", "in": "query", "schema": {"type": "string"}}, {"name": "b", "in": "query", "schema": {"type": "string"}}]"#,
    );
    let overlay =
        "{overlay: 1.0.0, actions: [{target: \"$.paths['/2/pets'].post\", update: {x-rust: {inputs: {a: send, b: with_timeout}}}}]}";
    assert_eq!(
        errors(&description, overlay),
        "error: the overlay's name \"send\" is not free: all requests have a method of it\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/post/x-rust\n\
         \x20 help: choose another\n\
         error: the overlay's name \"with_timeout\" is not free: all requests have a method of it\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/post/x-rust\n\
         \x20 help: choose another"
    );
}

#[test]
fn a_variant_that_is_no_name_or_of_nothing_is_told() {
    let description = answering(r#"{"type": "object", "properties": {"kind": {"type": "string", "enum": ["a", "b"]}}}"#);
    let overlay = |variants: &str| {
        let kind = "{target: \"$.paths['/2/pets'].get\", update: {x-rust: {types: {data.kind: Kind}}}}";
        format!("{{overlay: 1.0.0, actions: [{{target: $, update: {{x-rust: {{variants: {{{variants}}}}}}}}}, {kind}]}}")
    };
    assert_eq!(
        errors(&description, &overlay("Kind: {a: foo-bar, b: Unknown}")),
        "error: the overlay's `variants`: Kind cannot have a variant \"foo-bar\"\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: write it as `FollowedByUser` is; `Self` and `Unknown` are not free\n\
         error: the overlay's `variants`: Kind cannot have a variant \"Unknown\"\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: write it as `FollowedByUser` is; `Self` and `Unknown` are not free"
    );
    assert_eq!(
        errors(&description, &overlay("Kind: {a: First, c: Third}, Color: {red: Red}")),
        "error: the overlay's `variants`: Color has no value \"red\"\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         error: the overlay's `variants`: Kind has no value \"c\"\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay"
    );
}

#[test]
fn a_name_that_two_operations_have_is_told() {
    let description = r#"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {
        "/2/pets": {"get": {"responses": {"204": {}}}, "post": {"responses": {"204": {}}}}
    }}"#;
    let overlay = "{overlay: 1.0.0, actions: [\
        {target: $, update: {x-rust: {groups: {pets: Pets.}}}},\
        {target: \"$.paths['/2/pets'][*]\", update: {x-rust: {name: care, request: CarePet}}}]}";
    assert_eq!(
        errors(description, overlay),
        "error: the overlay's `name` of POST /2/pets: GET /2/pets is called care as well\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: give each a name of its own\n\
         error: the overlay's `request` of POST /2/pets: GET /2/pets is called CarePet as well\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: give each a name of its own"
    );
    let overlay = "{overlay: 1.0.0, actions: [\
        {target: $, update: {x-rust: {groups: {pets: Pets.}}}},\
        {target: \"$.paths['/2/pets'].get\", update: {x-rust: {request: Pets}}}]}";
    assert_eq!(
        errors(description, overlay),
        "error: the overlay's `request` of GET /2/pets: Pets is a group\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: choose another name"
    );
}

#[test]
fn an_operation_of_the_own_account_without_its_id_in_the_path_is_told() {
    for path in ["/2/pets", "/2/pets/{pet_id}/users/{id}"] {
        let parameters = r#"[{"name": "pet_id", "in": "path", "required": true, "schema": {"type": "string"}},
            {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]"#;
        let parameters = if path.contains('{') { parameters } else { "[]" };
        let description = format!(
            r#"{{"openapi": "3.0.0", "info": {{"title": "", "version": ""}}, "paths": {{
                "{path}": {{"get": {{"parameters": {parameters}, "responses": {{"204": {{}}}}}}}}
            }}}}"#
        );
        let overlay = "{overlay: 1.0.0, actions: [{target: '$.paths.*.get', update: {x-rust: {me: pets}}}]}";
        assert_eq!(
            errors(&description, overlay),
            format!(
                "error: the overlay's `me` of GET {path}: the path does not have the own account's id\n\
                 \x20 --> overlay.yaml at /x-rust\n\
                 \x20 help: delete it: it is for `/users/{{id}}/…`, and for paths that say `me`"
            )
        );
    }
}

#[test]
fn a_name_for_types_that_do_not_go_together_is_told() {
    let schema = r#"{"type": "object", "properties": {"kind": {"type": "string", "enum": ["a"]}, "home": {"oneOf": [{"$ref": "X"}]}}}"#
        .replace(r#"{"oneOf": [{"$ref": "X"}]}"#, PET);
    let types = |types: &str| {
        format!("{{overlay: 1.0.0, actions: [{{target: \"$.paths['/2/pets'].get\", update: {{x-rust: {{types: {{{types}}}}}}}}}]}}")
    };
    // An enum and a struct of one name.
    assert_eq!(
        warnings(&answering(&schema), &types("data: Pet, data.kind: Kind, data.home: Kind")),
        "warning: Kind is the name of types that do not go together\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: give them names of their own in the overlay"
    );
    assert_eq!(
        errors(&answering(&schema), &types("data.color: Color")),
        "error: the overlay names the type at `data.color` Color, but there is none\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/get/x-rust\n\
         \x20 help: move the name to where the type is now, or delete it"
    );
    // One type at two places, by two names.
    let twice =
        r##"{"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Pet"}, "b": {"$ref": "#/components/schemas/Pet"}}}"##;
    assert_eq!(
        errors(&answering(twice), &types("data.a: Dog, data.b: Cat")),
        "error: the type at `data.b` is named Cat and Dog\n\
         \x20 --> overlay.yaml at /paths/~12~1pets/get/x-rust\n\
         \x20 help: give it one name in the overlay"
    );
}

#[test]
fn settings_for_what_is_not_there_are_told() {
    let overlay = settings("ids: {PetId: [pet_id, 'pets/{id}', 'get /2/pets?id', Pet.id]}, present: {Pet: [name]}");
    assert_eq!(
        errors(&answering(PET), &overlay),
        "error: the overlay's ids: PetId is nowhere at `pet_id`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         error: the overlay's ids: PetId is nowhere at `pets/{id}`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         error: the overlay's ids: PetId is nowhere at `get /2/pets?id`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         error: the overlay's ids: PetId is nowhere at `Pet.id`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         error: the overlay's `present`: Pet has no `name`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay"
    );
    assert_eq!(
        warnings(&answering(PET), &settings("present: {Pet: [name]}, types: {Pet: A pet.}")),
        "warning: the overlay's `present`: Pet has no `name`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         warning: the overlay's `types`: there is no Pet\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay"
    );
    assert_eq!(
        errors(&answering(PET), &settings("types: {Pet: A pet.}, groups: {dogs: Dogs.}")),
        "error: the overlay's `types`: there is no Pet\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         error: the overlay's `groups`: dogs has no operations\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay"
    );
    assert_eq!(
        errors(&answering(PET), &settings("groups: {pets: {line: Pets., text: List them with <GET /2/pets> or <GET /2/dogs>.}}")),
        "error: the overlay's prose: there is no GET /2/dogs\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay"
    );
    let overlay =
        "{overlay: 1.0.0, actions: [{target: \"$.paths['/2/pets'].get\", update: {x-rust: {args: [name], docs: {age: How old.}}}}]}";
    assert_eq!(
        errors(&answering(PET), overlay),
        "error: the overlay's `args` of GET /2/pets: there is no `name`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay\n\
         error: the overlay's `docs` of GET /2/pets: there is no `age`\n\
         \x20 --> overlay.yaml at /x-rust\n\
         \x20 help: the description has changed there: mend the overlay"
    );
}

#[test]
fn a_waiver_needs_a_reason() {
    assert_eq!(
        errors(&answering(r#"{"not": {}, "x-rust-waive": " "}"#), EMPTY),
        "error: `x-rust-waive` gives no reason\n\
         \x20 --> api.json:5:7 at /paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data\n\
         \x20 help: write the reason as a string"
    );
    let text = answering(r#"{"not": {}, "x-rust-waive": "nobody has one"}"#);
    let generated = generator(&text, EMPTY).run().expect("waived");
    let waiver = &generated.waivers[0];
    assert_eq!(waiver.pointer, "/paths/~12~1pets/get/responses/200/content/application~1json/schema/properties/data");
    assert_eq!(waiver.reason, "nobody has one");
}
