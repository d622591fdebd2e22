//! The public interface of the client, as rustdoc sees it, beside the list of it that is committed: a change of the interface is a change of that file.
//!
//! rustdoc describes an interface as JSON whose form changes with its version, so another toolchain skips this. The generated part goes by the
//! description, so another description skips it too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use public_api::{Builder, PublicApi};
use serde_json::Value;

/// The version whose JSON `public-api` reads.
const TOOLCHAIN: &str = "1.95.";
const LISTING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../twitter-api/public-api.txt");
const UPDATE: &str = "UPDATE_PUBLIC_API=1 cargo test -p end-to-end --test public_api";
/// The attempts to implement the traits.
const SEALED: &str = include_str!("../src/sealed.rs");
/// What crates below 1.0 may have in public signatures: this one is all of its crate, and has had no other form since 2018.
const ALLOWED: &[&str] = &["futures_core::stream::Stream"];

#[test]
fn the_public_interface_is_the_one_that_is_committed() {
    let version = version();
    if !version.contains(&format!(" {TOOLCHAIN}")) {
        println!("skipped: the JSON of {version} is not that of {TOOLCHAIN}x");
        return;
    }
    if env::var_os("TWITTER_OPENAPI").is_some() {
        println!("skipped: the description is another than that of the repository");
        return;
    }
    let described = described();
    let text = fs::read_to_string(&described).expect("the JSON of rustdoc");
    let mut json: Value = serde_json::from_str(&text).expect("the JSON of rustdoc");
    let with_hidden = listed(&described);
    hide(&mut json);
    let visible = described.with_file_name("paragon_twitter_visible.json");
    fs::write(&visible, json.to_string()).expect("a place for temporary files");
    let listing = listed(&visible);

    let lines = lines(&listing);
    if env::var_os("UPDATE_PUBLIC_API").is_some() {
        fs::write(LISTING, lines.join("\n") + "\n").expect("the list can be written");
    }
    let mut found = Vec::new();
    found.extend(unattempted(&with_hidden, SEALED));
    found.extend(unfinished(&listing, &versions(include_str!("../../../Cargo.lock"))));
    found.extend(homonyms(&listing));
    assert!(found.is_empty(), "{}", found.join("\n"));

    let committed = fs::read_to_string(LISTING).unwrap_or_default();
    let difference = difference(&committed.lines().collect::<Vec<_>>(), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        difference.is_empty(),
        "the public interface is not that of twitter-api/public-api.txt:\n{difference}if it is meant, write it down: {UPDATE}"
    );
}

fn version() -> String {
    let output = Command::new("rustdoc").arg("--version").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// Lets rustdoc describe the client, with default features and with what is hidden.
fn described() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = temporary.parent().expect("a folder of the target folder");
    // The format is not stable. Of all that is built no more than rustdoc is told to allow it, or cargo would build all crates anew.
    let wrapper = temporary.join("rustdoc");
    fs::write(&wrapper, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n").expect("a place for temporary files");
    #[cfg(unix)]
    fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a place for temporary files");
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["rustdoc", "--package", "paragon-twitter", "--lib", "--locked", "--target-dir"])
        .arg(target)
        .args(["--", "-Zunstable-options", "--output-format=json", "--document-hidden-items", "--cap-lints=allow"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RUSTDOC", &wrapper)
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("doc/paragon_twitter.json")
}

fn listed(json: &Path) -> Vec<String> {
    let builder = Builder::from_rustdoc_json(json).omit_blanket_impls(true).omit_auto_trait_impls(true).omit_auto_derived_impls(true);
    let interface: PublicApi = builder.build().expect("JSON of the version of rustdoc that is expected");
    interface.items().map(ToString::to_string).collect()
}

/// Takes what is marked as hidden out of the lists of items.
fn hide(json: &mut Value) {
    let index = json["index"].as_object().expect("an index");
    let hidden = index.iter().filter(|(_, item)| item["attrs"].to_string().replace(' ', "").contains("doc(hidden)"));
    let hidden: BTreeSet<String> = hidden.map(|(id, _)| id.clone()).collect();
    assert!(!hidden.is_empty(), "the names for the attribute are hidden, and are not found to be");
    take(&mut json["index"], &hidden);
}

fn take(json: &mut Value, hidden: &BTreeSet<String>) {
    match json {
        Value::Object(map) => map.iter_mut().for_each(|(name, value)| match value.as_array_mut() {
            Some(ids) if matches!(name.as_str(), "items" | "variants" | "fields") => ids.retain(|id| !hidden.contains(&id.to_string())),
            _ => take(value, hidden),
        }),
        Value::Array(values) => values.iter_mut().for_each(|value| take(value, hidden)),
        _ => {}
    }
}

/// The list as it is committed: without the methods of implementations of traits, which their traits have.
fn lines(listing: &[String]) -> Vec<String> {
    let mut of = None;
    let lines = listing.iter().filter(|line| {
        if line.starts_with("impl") {
            of = line.split_once(" for paragon_twitter::").map(|(_, path)| first_path(path));
        }
        let Some(of) = of else { return true };
        let method = ["pub fn ", "pub async fn "].iter().find_map(|kind| line.strip_prefix(kind));
        method.is_none_or(|path| {
            path.strip_prefix("paragon_twitter::").and_then(|path| path.strip_prefix(of)).is_none_or(|rest| !rest.starts_with("::"))
        })
    });
    lines.cloned().collect()
}

/// The paths of the items of some kinds.
fn paths<'a>(listing: &'a [String], kinds: &[&str]) -> impl Iterator<Item = &'a str> {
    listing.iter().filter_map(|line| {
        let line = line.strip_prefix("#[non_exhaustive] ").unwrap_or(line);
        let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
        Some(first_path(rest))
    })
}

/// The path that a text begins with.
fn first_path(text: &str) -> &str {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':'))).next().unwrap_or_default().trim_end_matches(':')
}

fn name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or_default()
}

/// The traits that another crate can name, and that no attempt tries to implement.
fn unattempted(listing: &[String], attempts: &str) -> Vec<String> {
    // A re-export as `_` brings methods, and no name.
    let traits: BTreeSet<&str> = paths(listing, &["pub trait "]).map(name).filter(|name| *name != "_").collect();
    assert!(traits.contains("Transport"), "the traits are not found: {traits:?}");
    let attempted = |name: &str| attempts.contains(&format!("impl {name} for ")) || attempts.contains(&format!("::{name} for "));
    let unattempted = traits.into_iter().filter(|name| !attempted(name));
    unattempted
        .map(|name| format!("the trait {name} can be named outside: tests/end-to-end/src/sealed.rs has to try to implement it"))
        .collect()
}

/// The versions of all packages, by their names as crates.
fn versions(lock: &str) -> BTreeMap<String, Vec<String>> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let value = |key: &str| package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'));
        if let (Some(name), Some(version)) = (value("name"), value("version")) {
            versions.entry(name.replace('-', "_")).or_default().push(version.to_owned());
        }
    }
    versions
}

/// Paths of crates below 1.0. A change of one of them would be a change of the interface.
fn unfinished(listing: &[String], versions: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for line in listing {
        for path in line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':'))).filter(|path| path.contains("::")) {
            let root = path.split("::").next().unwrap_or_default();
            let below = versions.get(root).is_some_and(|versions| versions.iter().all(|version| version.starts_with("0.")));
            if below && !root.starts_with("paragon_twitter") && !ALLOWED.iter().any(|allowed| path.starts_with(allowed)) {
                found.insert(format!("{root} is below 1.0, and a part of the interface: {line}"));
            }
        }
    }
    found.into_iter().collect()
}

/// Types with one name in two modules.
fn homonyms(listing: &[String]) -> Vec<String> {
    let mut homonyms: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // A type in a type is a part of an implementation.
    let in_module = |path: &&str| path.rsplit("::").nth(1).is_some_and(|module| module.starts_with(char::is_lowercase));
    for path in paths(listing, &["pub struct ", "pub enum ", "pub trait ", "pub type "]).filter(in_module) {
        homonyms.entry(name(path)).or_default().insert(path);
    }
    assert!(homonyms.contains_key("Paragon"), "the types are not found");
    let homonyms = homonyms.into_iter().filter(|(_, paths)| paths.len() > 1);
    homonyms
        .map(|(name, paths)| format!("{name} is the name of several types: {}", paths.into_iter().collect::<Vec<_>>().join(", ")))
        .collect()
}

/// The lines that one list has and the other has not.
fn difference(committed: &[&str], present: &[&str]) -> String {
    let sets: [BTreeSet<&str>; 2] = [committed, present].map(|lines| lines.iter().copied().collect());
    let mut text = String::new();
    for (sign, lines, others) in [('-', committed, &sets[1]), ('+', present, &sets[0])] {
        for line in lines.iter().filter(|line| !others.contains(*line)) {
            let _ = writeln!(text, "{sign} {line}");
        }
    }
    text
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn a_trait_that_no_attempt_names_is_told() {
    let listing = texts(&[
        "pub trait paragon_twitter::transport::Transport: core::fmt::Debug",
        "pub trait paragon_twitter::New<T>",
        "pub trait paragon_twitter::_",
    ]);
    let told = unattempted(&listing, "impl Transport for Mine {}");
    assert_eq!(told, ["the trait New can be named outside: tests/end-to-end/src/sealed.rs has to try to implement it"]);
}

#[test]
fn a_path_of_a_crate_below_one_is_told() {
    let versions =
        versions("[[package]]\nname = \"http\"\nversion = \"1.5.0\"\n\n[[package]]\nname = \"futures-core\"\nversion = \"0.3.34\"\n");
    let line = "pub fn paragon_twitter::f(futures_core::future::BoxFuture<http::Method>)";
    let listing = texts(&["impl<T> futures_core::stream::Stream for paragon_twitter::Items<T>", line]);
    assert_eq!(unfinished(&listing, &versions), [format!("futures_core is below 1.0, and a part of the interface: {line}")]);
}

#[test]
fn types_of_one_name_are_told() {
    let listing = texts(&[
        "pub struct paragon_twitter::Paragon",
        "pub enum paragon_twitter::request::Body",
        "#[non_exhaustive] pub struct paragon_twitter::transport::Body(_)",
    ]);
    assert_eq!(homonyms(&listing), ["Body is the name of several types: paragon_twitter::request::Body, paragon_twitter::transport::Body"]);
}

#[test]
fn methods_that_come_with_a_trait_are_not_in_the_list() {
    let listing = texts(&[
        "pub struct paragon_twitter::A<T>",
        "impl<T> paragon_twitter::A<T>",
        "pub fn paragon_twitter::A::new() -> Self",
        "impl<T> core::fmt::Display for paragon_twitter::A<T>",
        "pub fn paragon_twitter::A::fmt(&self)",
        "pub fn paragon_twitter::free()",
    ]);
    let expected: Vec<String> = [0, 1, 2, 3, 5].iter().map(|index: &usize| listing[*index].clone()).collect();
    assert_eq!(lines(&listing), expected);
}

#[test]
fn lines_that_came_and_went_are_told() {
    assert_eq!(difference(&["a", "b"], &["b", "c"]), "- a\n+ c\n");
}
