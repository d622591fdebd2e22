//! Generates the typed operations that the switched-on features ask for.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use twitter_codegen::{Generator, Source};

/// Another description to build from, upstream's own for example.
const DESCRIPTION: &str = "TWITTER_OPENAPI";

/// How many warnings about another description are shown.
const SHOWN: usize = 10;

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
    let overlay = Source { file: "twitter-spec/overlay.yaml", text: twitter_spec::OVERLAY };
    let own = Source { file: "twitter-spec/openapi.json", text: twitter_spec::OPENAPI };
    let (name, text);
    let generator = match std::env::var_os(DESCRIPTION).filter(|path| !path.is_empty()) {
        None => Generator::new(own, overlay),
        Some(path) => {
            let path = PathBuf::from(path);
            println!("cargo::rerun-if-changed={}", path.display());
            text = std::fs::read_to_string(&path).map_err(|error| format!("{DESCRIPTION}: {} cannot be read: {error}", path.display()))?;
            name = path.to_string_lossy().into_owned();
            Generator::new(Source { file: &name, text: &text }, overlay).foreign()
        }
    };
    let generated = generator.run().map_err(|errors| errors.to_string())?;
    for warning in generated.warnings.0.iter().take(SHOWN) {
        println!("cargo::warning={}", warning.message.replace('\n', " "));
    }
    if let Some(more) = generated.warnings.0.len().checked_sub(SHOWN + 1) {
        println!("cargo::warning=and {} more of these; `twitter-codegen stats FILE` shows what is generated", more + 1);
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
