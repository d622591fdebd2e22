//! Generates the typed Rust client of X (Twitter) API v2 from its OpenAPI description.
//!
//! The stages, each with types of its own; a later one never looks back past its input:
//!
//! 1. [`document`]: the description as JSON, checked, with our [`overlay`] laid over it, as `openapiv3` models it.
//! 2. [`ir`]: what the Rust code needs to know: operations, parameters, types. No word of OpenAPI is left in it.
//! 3. [`names`]: every identifier, assigned once.
//! 4. [`emit`]: formatted Rust, a file per group of operations and one for the types.
//!
//! ```
//! use paragon_twitter_codegen::{Generator, Source};
//!
//! let description = r#"{
//!     "openapi": "3.0.0", "info": {"title": "", "version": "1"},
//!     "paths": {"/2/things/{id}": {"get": {
//!         "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
//!         "responses": {"200": {"description": "", "content": {"application/json": {"schema": {
//!             "type": "object", "properties": {"data": {"type": "object", "properties": {"size": {"type": "integer"}}}}
//!         }}}}}
//!     }}}
//! }"#;
//! let overlay = "{overlay: 1.0.0, actions: [{target: $, update: {x-rust: {groups: {things: Things.}}}}]}";
//! let generated = Generator::new(Source { file: "api.json", text: description }, Source { file: "overlay.yaml", text: overlay }).run()?;
//! let files = generated.emit(None)?;
//! let things = files.iter().find(|file| file.name == "things.rs").unwrap();
//! assert!(things.content.contains("pub fn get(&self, id: impl Into<String>) -> GetThing"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod diagnostic;
pub mod document;
pub mod emit;
pub mod import;
pub mod ir;
pub mod names;
pub mod overlay;
pub mod prose;
mod references;
pub mod settings;
pub mod stats;
pub mod words;

use std::collections::BTreeSet;

pub use diagnostic::{Diagnostics, Source};
pub use emit::File;

use diagnostic::{Diagnostic, Severity};
use document::{Document, Waiver};
use ir::Api;
use names::Names;
use overlay::Overlay;
use prose::Prose;

/// The whole line, from texts to named operations and types.
#[derive(Debug, Clone, Copy)]
pub struct Generator<'a> {
    description: Source<'a>,
    overlay: Source<'a>,
    strict: bool,
}

/// What a description turned into, ready to be emitted.
#[derive(Debug)]
pub struct Generated {
    /// Operations and types.
    pub api: Api,
    /// Their identifiers.
    pub names: Names,
    /// Their documentation, as far as the overlay has it.
    pub prose: Prose,
    /// What the overlay takes out, with reasons.
    pub waivers: Vec<Waiver>,
    /// Findings that do not stand in the way.
    pub warnings: Diagnostics,
}

impl<'a> Generator<'a> {
    /// From a description and the overlay that was written for it: what the overlay says of nothing is an error.
    #[must_use]
    pub fn new(description: Source<'a>, overlay: Source<'a>) -> Self {
        Self { description, overlay, strict: true }
    }

    /// For a description other than the one that the overlay was written for: what the overlay says of nothing is a warning, and what
    /// it does not name gets a name by rule.
    #[must_use]
    pub fn foreign(self) -> Self {
        Self { strict: false, ..self }
    }

    /// Reads, checks and names everything.
    ///
    /// # Errors
    ///
    /// Everything that stands in the way, at once.
    pub fn run(self) -> Result<Generated, Diagnostics> {
        let overlay = Overlay::parse(self.overlay.file, self.overlay.text)?;
        let document = Document::load(self.description, &overlay, self.strict)?;
        let (mut api, mut warnings) = Api::build(&document, self.description, self.strict)?;
        warnings.0.splice(0..0, document.warnings);
        let names = Names::assign(&api);
        let unknown = references::resolve(&mut api, &names);
        let (prose, wrong) = Prose::find(&api, &names);
        warnings.0.extend(names.unmet(&api).into_iter().chain(unknown).chain(wrong).map(|message| self.unmet(message)));
        if self.strict && warnings.has_errors() {
            return Err(warnings);
        }
        Ok(Generated { api, names, prose, waivers: document.waivers, warnings })
    }
}

impl Generator<'_> {
    /// Something in the overlay's settings that is said of nothing.
    fn unmet(&self, message: String) -> Diagnostic {
        let severity = if self.strict { Severity::Error } else { Severity::Warning };
        Source { text: "", ..self.overlay }.diagnostic(severity, "/x-rust", message, "the description has changed there: mend the overlay")
    }
}

impl Generated {
    /// The code of all groups, or of some, and of the types that these reach.
    ///
    /// # Errors
    ///
    /// When the emitted code is not Rust, which is a mistake of the generator.
    pub fn emit(&self, groups: Option<&BTreeSet<String>>) -> Result<Vec<File>, String> {
        emit::emit(&self.api, &self.names, &self.prose, groups)
    }
}
