//! The files of the client, the generator and the attribute use each other without circles, and those of the client only files on their own floor
//! or below.

mod circles;
mod files;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use circles::{circles, told};
use files::{Arrow, Crate, Sources, sources};

/// The floors of the client, the lowest first: folders of its `src`. The names for generated types (`runtime.rs`) are on the lowest.
const FLOORS: &[&[&str]] = &[&["value", "json", "runtime"], &["wire"], &["transport"], &["engine"], &["call"], &["client"]];

/// Crates whose files may still form circles.
const CIRCLES_STILL_ALLOWED: &[&str] = &[];

/// The future of all requests: the files that it uses, above the values, are those that a call goes through.
const CALL: &str = "call/future.rs";

fn krate(name: &str) -> Crate {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name).join("src");
    Crate::of(&sources(&src), "lib.rs")
}

fn of(files: &[(&str, &str)]) -> Crate {
    let sources: Sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Crate::of(&sources, "lib.rs")
}

/// The position of a file's floor; `None` for `lib.rs` and for a file outside of all floors.
fn floor(file: &str) -> Option<usize> {
    if file.ends_with("(mod types)") {
        return Some(0);
    }
    let folder = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    FLOORS.iter().position(|folders| folders.contains(&folder))
}

/// Arrows to a higher floor, and files that are on none.
fn upward(krate: &Crate) -> Vec<String> {
    let homeless = krate.files().into_iter().filter(|file| *file != "lib.rs" && floor(file).is_none());
    let arrows = krate.arrows();
    let upward = arrows.iter().filter(|arrow| floor(&arrow.from).is_some_and(|from| floor(&arrow.to).is_none_or(|to| to > from)));
    homeless
        .map(|file| format!("{file} is on no floor"))
        .chain(upward.map(|arrow| told(std::slice::from_ref(arrow)).trim().to_owned()))
        .collect()
}

/// The files that a file uses, directly or through others, itself among them.
fn uses<'a>(file: &'a str, arrows: &'a [Arrow]) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::from([file]);
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        let next = arrows.iter().filter(|arrow| arrow.from == file).map(|arrow| arrow.to.as_str());
        open.extend(next.filter(|next| found.insert(next)));
    }
    found
}

#[test]
fn files_of_a_crate_form_no_circle() {
    let mut found = Vec::new();
    for name in ["twitter-api", "codegen", "macros"] {
        let krate = krate(name);
        let arrows = krate.arrows();
        println!("{name}: {} files, {} arrows", krate.files().len(), arrows.len());
        let circles: Vec<String> = circles(&arrows).iter().map(|circle| format!("a circle in {name}:{}", told(circle))).collect();
        if CIRCLES_STILL_ALLOWED.contains(&name) {
            println!("allowed: {}", circles.join("\n"));
        } else {
            found.extend(circles);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_client_uses_what_is_below_and_its_root_only_re_exports() {
    let client = krate("twitter-api");
    let arrows = client.arrows();
    let flow: Vec<&str> = uses(CALL, &arrows).into_iter().filter(|file| floor(file) > Some(0)).collect();
    println!("a call goes through {} files: {}", flow.len(), flow.join(", "));
    let mut found = upward(&client);
    found.extend(client.items_of_root().into_iter().map(|item| format!("lib.rs has the item {item}")));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn arrows_are_found_in_paths_and_imports_and_lead_through_re_exports() {
    let krate = of(&[
        ("lib.rs", "mod a; mod b; pub use b::inner::{Deep as Renamed, self}; pub mod types { include!(\"x\"); }"),
        (
            "a.rs",
            "//! crate::nothing\nuse crate::Renamed;\nuse std::fmt;\nfn f() { let text = \"crate::b::X\"; super::b::g::<'a'>(); }\n\
             #[cfg(test)]\nmod tests { use crate::b::Hidden; }\n/* use crate::b; */ struct A(crate::types::Post);",
        ),
        ("b/mod.rs", "pub mod inner;\npub fn g() { inner::h(r#\"\"#) }"),
        ("b/inner.rs", "pub(in crate::b) struct Deep;\npub fn h(_: &str) { fmt::x() }"),
        ("unused.rs", "use crate::a;"),
    ]);
    let arrows: Vec<(String, usize, String)> = krate.arrows().into_iter().map(|arrow| (arrow.from, arrow.line, arrow.to)).collect();
    let expected = [("a.rs", 2, "b/inner.rs"), ("a.rs", 4, "b/mod.rs"), ("a.rs", 7, "lib.rs (mod types)"), ("b/mod.rs", 2, "b/inner.rs")];
    assert_eq!(arrows, expected.map(|(from, line, to)| (from.to_owned(), line, to.to_owned())));
    assert!(circles(&krate.arrows()).is_empty());
    assert_eq!(uses("a.rs", &krate.arrows()), BTreeSet::from(["a.rs", "b/inner.rs", "b/mod.rs", "lib.rs (mod types)"]));
}

#[test]
fn a_circle_is_told_arrow_by_arrow() {
    let krate = of(&[
        ("lib.rs", "mod a; mod b; mod c; mod d; pub use d::D;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "\nfn f() { crate::c::g() }"),
        ("c.rs", "mod child; use super::a::A; use child::X;"),
        ("c/child.rs", "pub struct X;"),
        ("d.rs", "use crate::a::A; pub struct D;"),
    ]);
    let circles = circles(&krate.arrows());
    assert_eq!(circles.len(), 1);
    assert_eq!(told(&circles[0]), "\n    a.rs:1 → b.rs\n    b.rs:2 → c.rs\n    c.rs:1 → a.rs");
}

#[test]
fn an_arrow_upward_and_a_file_without_a_floor_are_told() {
    let client = of(&[
        ("lib.rs", "mod value; mod wire; mod util; pub use wire::Operation; pub fn f() {}"),
        ("value.rs", "use crate::Operation; use crate::util;"),
        ("wire.rs", "use crate::value::Id; pub struct Operation;"),
        ("util.rs", ""),
    ]);
    assert_eq!(upward(&client), ["util.rs is on no floor", "value.rs:1 → util.rs", "value.rs:1 → wire.rs"]);
    assert_eq!(client.items_of_root(), ["f"]);
}
