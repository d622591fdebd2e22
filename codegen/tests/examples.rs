//! The examples in the docs. That they compile is shown by the doctests of the client.

use std::collections::BTreeMap;

use paragon_twitter_codegen::{Generator, Source};
use quote::ToTokens as _;

#[test]
fn every_operation_has_an_example_that_calls_it() {
    let description = Source { file: "openapi.json", text: paragon_twitter_spec::OPENAPI };
    let overlay = Source { file: "overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    let generated = Generator::new(description, overlay).run().expect("the project's own description");
    let files = generated.emit(None).expect("the code is Rust");
    let trees: BTreeMap<&str, syn::File> = files
        .iter()
        .filter_map(|file| Some((file.name.strip_suffix(".rs")?, file)))
        .filter(|(name, _)| generated.names.groups.contains_key(*name))
        .map(|(name, file)| (name, syn::parse_file(&file.content).expect("Rust")))
        .collect();
    let mut examples = 0;
    for (operation, names) in generated.api.operations.iter().zip(&generated.names.operations) {
        let tree = &trees[operation.group.as_str()];
        let group = &generated.names.groups[&operation.group];
        let methods = tree.items.iter().filter_map(|item| match item {
            syn::Item::Impl(found) if found.self_ty.to_token_stream().to_string() == *group => Some(&found.items),
            _ => None,
        });
        let method = methods.flatten().find_map(|item| match item {
            syn::ImplItem::Fn(method) if method.sig.ident == names.method => Some(method),
            _ => None,
        });
        let lines = method.expect("the method of the operation").attrs.iter().filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        });
        let docs: String = lines.map(|line| format!("{}\n", line.trim())).collect();
        let (_, example) = docs.split_once("# Example\n\n```no_run\n").unwrap_or_else(|| panic!("no example of {}", names.request));
        let call = format!(".{}(", names.method);
        assert!(example.contains(&call) && example.ends_with("# }\n```\n"), "{example}");
        examples += 1;
    }
    assert_eq!(examples, 257);
}
