//! The links from fields of answers to the values that ask for them.

use std::collections::{BTreeMap, BTreeSet};

use paragon_twitter_codegen::{Generated, Generator, Source};

fn generated() -> Generated {
    let description = Source { file: "openapi.json", text: paragon_twitter_spec::OPENAPI };
    let overlay = Source { file: "overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    Generator::new(description, overlay).run().expect("the project's own description")
}

/// The values that each field links to, by sentence, and the variants of all enums. Of some groups only, or of all.
fn links(generated: &Generated, groups: Option<&str>) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let groups = groups.map(|group| BTreeSet::from([group.to_owned()]));
    let files = generated.emit(groups.as_ref()).expect("the code is Rust");
    let types = files.iter().find(|file| file.name == "types.rs").expect("types.rs");
    let (mut links, mut variants) = (BTreeMap::new(), BTreeSet::new());
    for item in syn::parse_file(&types.content).expect("Rust").items {
        match item {
            syn::Item::Struct(item) => {
                for field in &item.fields {
                    let (Some(name), Some(line)) = (&field.ident, field.attrs.iter().filter_map(doc).find(|line| line.contains("by [`")))
                    else {
                        continue;
                    };
                    links.insert(format!("{}.{name}", item.ident), line.trim().to_owned());
                }
            }
            syn::Item::Enum(item) => variants.extend(item.variants.iter().map(|variant| format!("{}::{}", item.ident, variant.ident))),
            _ => {}
        }
    }
    (links, variants)
}

fn doc(attribute: &syn::Attribute) -> Option<String> {
    match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue { value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }), .. }) => {
            Some(text.value())
        }
        _ => None,
    }
}

#[test]
fn a_field_links_to_the_value_that_asks_for_it() {
    let (links, _) = links(&generated(), None);
    for (field, line) in [
        ("Post.created_at", "Asked for by [`PostField::CreatedAt`]."),
        ("Post.author_id", "Asked for by [`PostField::AuthorId`]. Expanded by [`Expansion::AuthorId`]."),
        ("PostAttachments.media_keys", "Expanded by [`Expansion::AttachmentsMediaKeys`]."),
        ("ChatConversation.kind", "Asked for by [`ChatConversationField::Kind`]."),
        ("User.description", "Asked for by [`UserField::Description`]."),
        ("Topic.description", "Asked for by [`TopicField::Description`]."),
        ("PostCount.post_count", "Asked for by [`PostCountField::PostCount`]."),
    ] {
        assert_eq!(links.get(field).map(String::as_str), Some(line), "{field}");
    }
    // X always sends it.
    assert_eq!(links.get("Post.id"), None);
    assert_eq!(links.len(), 351);
    // A type is asked for by the values of one parameter.
    for (field, line) in &links {
        let fields: Vec<&str> = line.split("[`").skip(1).filter(|link| !link.starts_with("Expansion::")).collect();
        assert!(fields.len() <= 1, "{field}: {line}");
    }
}

#[test]
fn a_link_leads_to_a_value_that_is_generated_whichever_groups_are() {
    let generated = generated();
    for group in [None, Some("usage"), Some("lists"), Some("broadcasts"), Some("webhooks")] {
        let (links, variants) = links(&generated, group);
        assert!(!links.is_empty());
        for (field, line) in links {
            for link in line.split("[`").skip(1).filter_map(|rest| rest.split_once("`]")).map(|(link, _)| link) {
                assert!(variants.contains(link), "{field} of {group:?}: {link}");
            }
        }
    }
}
