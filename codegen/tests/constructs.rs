//! The code generated for each construct of a description, one small description per construct.

mod support;

use insta::assert_snapshot;
use quote::ToTokens;
use support::{definitions, group, types};

#[test]
fn a_struct_of_an_answer_has_tolerant_fields_and_a_table() {
    assert_snapshot!("answer_struct_code", types("answer_struct", &["AnswerStructGet"]));
    assert_snapshot!("answer_struct_requests", group("answer_struct", "answer_struct"));
}

#[test]
fn a_request_takes_what_is_required_as_arguments_and_has_setters_for_the_rest() {
    assert_snapshot!("request_struct_requests", group("request_struct", "request_struct"));
    assert_snapshot!("request_struct_code", types("request_struct", &["RequestStructCreateFood"]));
}

#[test]
fn nested_inline_schemas_become_types_named_by_their_place() {
    assert_snapshot!("nested_inline_types", definitions("nested_inline"));
}

#[test]
fn keywords_beside_a_reference_change_nothing_about_its_type() {
    assert_snapshot!("ref_with_siblings_types", definitions("ref_with_siblings"));
}

#[test]
fn all_of_objects_is_one_struct_with_the_fields_of_all() {
    assert_snapshot!("all_of_objects_types", definitions("all_of_objects"));
}

#[test]
fn all_of_one_reference_is_that_type() {
    assert_snapshot!("all_of_annotation_types", definitions("all_of_annotation"));
}

#[test]
fn one_of_without_a_tag_is_one_struct_with_the_fields_of_all() {
    assert_snapshot!("one_of_merged_types", definitions("one_of_merged"));
    assert_snapshot!("one_of_merged_requests", group("one_of_merged", "one_of_merged"));
}

#[test]
fn one_of_with_a_tag_inside_is_one_struct() {
    assert_snapshot!("one_of_tagged_inside_types", definitions("one_of_tagged_inside"));
}

#[test]
fn one_of_with_a_tag_outside_is_an_enum_that_its_struct_settles() {
    let names = ["OneOfTaggedOutsideList", "OneOfTaggedOutsideListPayload"];
    assert_snapshot!("one_of_tagged_outside_code", types("one_of_tagged_outside", &names));
    assert_snapshot!("one_of_tagged_outside_types", definitions("one_of_tagged_outside"));
}

#[test]
fn a_base_with_a_discriminator_is_one_struct_with_the_fields_of_its_children() {
    assert_snapshot!("old_discriminator_types", definitions("old_discriminator"));
}

#[test]
fn alternatives_that_only_require_change_no_type() {
    assert_snapshot!("any_of_required_requests", group("any_of_required", "any_of_required"));
}

#[test]
fn unions_of_scalars_are_the_scalar_that_takes_both() {
    assert_snapshot!("scalar_unions_types", definitions("scalar_unions"));
    assert_snapshot!("scalar_unions_requests", group("scalar_unions", "scalar_unions"));
}

#[test]
fn nullable_is_an_option_with_and_without_a_type() {
    assert_snapshot!("nullable_types", definitions("nullable"));
}

#[test]
fn additional_properties_alone_are_a_map_and_beside_properties_extra() {
    assert_snapshot!("additional_properties_types", definitions("additional_properties"));
    assert_snapshot!("additional_properties_requests", group("additional_properties", "additional_properties"));
}

#[test]
fn lists_are_joined_or_repeated_as_explode_says() {
    assert_snapshot!("lists_requests", group("lists", "lists_of_parameters"));
}

#[test]
fn enums_keep_every_value_under_a_name_of_its_own() {
    assert_snapshot!("enums_types", definitions("enums"));
    assert_snapshot!("enums_code", types("enums", &["EnumsListNumber"]));
}

#[test]
fn a_schema_that_contains_itself_is_boxed_where_no_list_is_between() {
    assert_snapshot!("recursion_types", definitions("recursion"));
    assert_snapshot!("recursion_requests", group("recursion", "recursion"));
}

#[test]
fn a_body_of_two_media_types_is_sent_as_json_or_as_a_form() {
    assert_snapshot!("two_media_types_requests", group("two_media_types", "two_media_types"));
}

#[test]
fn bytes_are_sent_and_answered_as_bytes() {
    assert_snapshot!("bytes_requests", group("bytes", "bytes_of_files"));
}

#[test]
fn parameters_go_to_all_four_places() {
    assert_snapshot!("locations_requests", group("locations", "locations"));
}

#[test]
fn security_tells_who_may_call_and_with_which_scopes() {
    let code = group("security", "security");
    let endpoints = &code[code.find("pub(crate) static").expect("endpoints")..];
    assert_snapshot!("security_endpoints", endpoints);
    assert_snapshot!("security_docs", code.lines().filter(|line| line.trim_start().starts_with("/// `GET")).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_stream_is_connected_to_and_not_sent() {
    assert_snapshot!("streaming_requests", group("streaming", "streaming_of_pets"));
}

#[test]
fn words_that_rust_or_the_client_uses_itself_are_names_all_the_same() {
    assert_snapshot!("keywords_types", definitions("keywords"));
    assert_snapshot!("keywords_requests", group("keywords", "keywords"));
    let files = support::files(&support::description(Some("keywords")), support::OVERLAY);
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["groups.rs", "keywords.rs", "request_operations.rs", "spellings.rs", "types.rs", "types_operations.rs"]);
}

#[test]
fn a_field_has_both_spellings_unless_the_struct_has_a_field_for_each() {
    let names = ["DialectsListCurrent", "DialectsListOld", "DialectsListBoth"];
    assert_snapshot!("dialects_code", types("dialects", &names));
    assert_snapshot!("dialects_requests", group("dialects", "dialects"));
}

#[test]
fn what_is_round_data_is_read_by_the_reply() {
    let files = support::files(&support::description(Some("envelopes")), support::OVERLAY);
    let items = support::items(&files);
    let of = |name: &str| support::code(items[name].iter().filter(|item| !matches!(item, syn::Item::Impl(_))));
    assert_snapshot!("envelopes_types", [of("EnvelopesList"), of("Includes"), of("Meta")].join("\n"));
    assert_snapshot!("envelopes_requests", group("envelopes", "envelopes"));
}

#[test]
fn the_handle_of_the_own_account_begins_the_same_requests_without_the_own_id() {
    let files = support::files(&support::description(Some("own_account")), support::OVERLAY);
    let of = |file: &str, name: &str| {
        let file = files.iter().find(|found| found.name == file).expect("it is generated");
        let items = syn::parse_file(&file.content).expect("it is Rust").items;
        support::code(items.iter().filter(|item| match item {
            syn::Item::Struct(item) => item.ident == name,
            syn::Item::Impl(item) => item.trait_.is_none() && item.self_ty.to_token_stream().to_string().ends_with(name),
            _ => false,
        }))
    };
    assert_snapshot!("own_account_handle", [of("groups.rs", "Me"), of("own_account.rs", "Me")].join("\n"));
    assert_snapshot!("own_account_group", of("own_account.rs", "OwnAccount"));
    assert_eq!(of("own_account.rs", "Me").matches("own_id(").count(), 2);
}

#[test]
fn without_an_operation_of_the_own_account_there_is_no_handle_of_it() {
    let files = support::files(&support::description(Some("lists")), support::OVERLAY);
    assert!(files.iter().all(|file| !file.content.contains("Me(") && !file.content.contains("fn me(")));
}

/// What the snapshots show is not only Rust but compiles with the client. Slow, as it builds the client.
#[test]
#[ignore = "builds the client, which takes a minute: cargo test -p paragon-twitter-codegen --test constructs -- --ignored"]
fn the_code_of_all_constructs_compiles_without_warnings() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("api.json");
    std::fs::write(&file, support::description(None).to_string()).expect("written");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let done = std::process::Command::new(env!("CARGO"))
        .args(["check", "--package", "paragon-twitter", "--lib", "--quiet"])
        .current_dir(root)
        .env("TWITTER_OPENAPI", &file)
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&done.stderr);
    let own: Vec<&str> = said.lines().filter(|line| line.starts_with("warning:") && !line.contains("paragon-twitter@")).collect();
    assert!(done.status.success() && own.is_empty(), "{said}");
}
