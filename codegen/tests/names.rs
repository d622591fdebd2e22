//! The names that callers write.

use std::collections::BTreeSet;

use paragon_twitter_codegen::names::VERBS;
use paragon_twitter_codegen::{Generator, Source};

#[test]
fn every_request_has_a_name_of_its_own_that_begins_with_a_verb() {
    let description = Source { file: "openapi.json", text: paragon_twitter_spec::OPENAPI };
    let overlay = Source { file: "overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    let generated = Generator::new(description, overlay).run().expect("the project's own description");
    let names: Vec<&str> = generated.names.operations.iter().map(|names| names.request.as_str()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), generated.api.operations.len());
    let pascal = |verb: &str| verb.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>();
    let verbs: Vec<String> = VERBS.iter().map(|verb| pascal(verb)).chain(["Stream".to_owned()]).collect();
    let begins =
        |name: &str| verbs.iter().any(|verb| name.strip_prefix(verb.as_str()).is_some_and(|rest| rest.starts_with(char::is_uppercase)));
    let others: Vec<_> = names.iter().filter(|name| !begins(name)).collect();
    assert!(others.is_empty(), "{others:?}");
}
