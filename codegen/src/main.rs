//! The command line of the generator.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use paragon_twitter_codegen::{Diagnostics, Generator, Source, import, stats};

/// Works on descriptions of X API v2.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Reduces an upstream openapi.json to facts, in canonical form.
    Import {
        /// The upstream file.
        file: PathBuf,
        /// Where the facts go.
        #[arg(short, long, default_value = "twitter-spec/openapi.json")]
        output: PathBuf,
    },
    /// Counts the parts of a description, and how many of them are generated.
    Stats {
        /// Another description than the project's; parts that the overlay does not know get names by rule.
        file: Option<PathBuf>,
    },
    /// Lists the generated types with their places, to see which deserve a name in the overlay.
    Types {
        /// Another description than the project's.
        file: Option<PathBuf>,
    },
    /// Writes the generated code to a folder, as the build of `paragon-twitter` does.
    Generate {
        /// The folder.
        output: PathBuf,
        /// Another description than the project's.
        #[arg(long)]
        description: Option<PathBuf>,
        /// Only these groups.
        #[arg(long, value_delimiter = ',')]
        groups: Vec<String>,
    },
}

/// The project's description and overlay, from its root.
const DESCRIPTION: &str = "twitter-spec/openapi.json";
const OVERLAY: &str = "twitter-spec/overlay.yaml";

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("error: {} cannot be read: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("error: {} cannot be written: {error}", path.display()))
}

fn run(command: Command) -> Result<(), String> {
    let show = |diagnostics: Diagnostics| diagnostics.to_string();
    match command {
        Command::Import { file, output } => {
            let text = read(&file)?;
            let facts = import::import(Source { file: &file.to_string_lossy(), text: &text }).map_err(show)?;
            write(&output, &facts)?;
            println!("{}: {} bytes of facts from {}", output.display(), facts.len(), file.display());
            Ok(())
        }
        Command::Stats { file } => {
            let counts = with_generator(file.as_deref(), |generator, text| {
                let generated = generator.run().map_err(show)?;
                stats::count(text, Source { file: OVERLAY, text: &read(Path::new(OVERLAY))? }, &generated)
            })?;
            println!("{counts}");
            Ok(())
        }
        Command::Types { file } => {
            let types = with_generator(file.as_deref(), |generator, _| Ok(stats::types(&generator.run().map_err(show)?)))?;
            print!("{types}");
            Ok(())
        }
        Command::Generate { output, description, groups } => with_generator(description.as_deref(), |generator, _| {
            let generated = generator.run().map_err(show)?;
            if !generated.warnings.0.is_empty() {
                eprintln!("{}", generated.warnings);
            }
            let groups: BTreeSet<String> = groups.into_iter().collect();
            std::fs::create_dir_all(&output).map_err(|error| format!("error: {} cannot be made: {error}", output.display()))?;
            for file in generated.emit((!groups.is_empty()).then_some(&groups))? {
                write(&output.join(&file.name), &file.content)?;
            }
            Ok(())
        }),
    }
}

fn with_generator<T>(file: Option<&Path>, work: impl FnOnce(Generator<'_>, &str) -> Result<T, String>) -> Result<T, String> {
    let path = file.unwrap_or(Path::new(DESCRIPTION));
    let (text, overlay) = (read(path)?, read(Path::new(OVERLAY))?);
    let name = path.to_string_lossy();
    let generator = Generator::new(Source { file: &name, text: &text }, Source { file: OVERLAY, text: &overlay });
    work(if file.is_some() { generator.foreign() } else { generator }, &text)
}
