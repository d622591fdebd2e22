//! Generates the typed operations that the switched-on features ask for.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use paragon_twitter_codegen::{Generator, Severity, Source};

/// Another description to build from, upstream's own for example.
const DESCRIPTION: &str = "TWITTER_OPENAPI";

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={DESCRIPTION}");
    println!("cargo::rerun-if-changed=build.rs");
    let output = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: this is run by cargo")?);
    let overlay = Source { file: "twitter-spec/overlay.yaml", text: paragon_twitter_spec::OVERLAY };
    let own = Source { file: "twitter-spec/openapi.json", text: paragon_twitter_spec::OPENAPI };
    let (name, text);
    let generator = match std::env::var_os(DESCRIPTION).filter(|path| !path.is_empty()) {
        None => Generator::new(own, overlay),
        Some(path) => {
            let path = PathBuf::from(path);
            println!("cargo::rerun-if-changed={}", path.display());
            text = std::fs::read_to_string(&path).map_err(|error| {
                let place = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
                format!(
                    "{DESCRIPTION}: {} cannot be read: {error}\n  help: give an absolute path, a relative one begins in the crate's folder",
                    place.display()
                )
            })?;
            name = path.to_string_lossy().into_owned();
            Generator::new(Source { file: &name, text: &text }, overlay).foreign()
        }
    };
    let generated = generator.run().map_err(|mut findings| {
        // What the overlay finds nothing for is not why it failed.
        findings.0.retain(|finding| finding.severity == Severity::Error);
        findings.to_string()
    })?;
    if let Some(first) = generated.warnings.0.first() {
        let count = generated.warnings.0.len();
        let message = first.message.replace('\n', " ");
        println!(
            "cargo::warning=the overlay was written for another description: {count} of its entries find nothing in this one, for example: {message}"
        );
    }

    // A group that is no feature of this crate comes from another description: it is always generated.
    let switched_on = |group: &&str| {
        let known = generated.api.settings.groups.contains_key(*group);
        !known || std::env::var_os(format!("CARGO_FEATURE_{}", group.to_ascii_uppercase())).is_some()
    };
    let groups: BTreeSet<String> = generated.api.groups().keys().copied().filter(switched_on).map(str::to_owned).collect();
    for file in generated.emit(Some(&groups))? {
        let path = output.join(&file.name);
        std::fs::write(&path, file.content).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    }
    Ok(())
}
