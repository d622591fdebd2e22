//! The whole line, stage by stage.

use std::collections::BTreeSet;

use crate::checks;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use crate::document::{Document, Waiver};
use crate::emit::{self, File};
use crate::ir::{self, Api};
use crate::names::Names;
use crate::overlay::Overlay;
use crate::prose::Prose;
use crate::references;

/// The whole line, from texts to named operations and types.
#[derive(Debug, Clone, Copy)]
pub struct Generator<'a> {
    description: Source<'a>,
    overlay: Source<'a>,
    strict: bool,
}

/// Model of a description, ready to be emitted.
#[derive(Debug)]
pub struct Generated {
    /// Operations and types.
    pub api: Api,
    /// Their identifiers.
    pub names: Names,
    /// Their documentation, as far as the overlay has it.
    pub prose: Prose,
    /// The parts that the overlay takes out, with reasons.
    pub waivers: Vec<Waiver>,
    /// Findings that do not stand in the way.
    pub warnings: Diagnostics,
}

impl<'a> Generator<'a> {
    /// Takes a description and the overlay that was written for it: overlay entries that match nothing are errors.
    #[must_use]
    pub fn new(description: Source<'a>, overlay: Source<'a>) -> Self {
        Self { description, overlay, strict: true }
    }

    /// Takes a description for which the overlay was not written: overlay entries that match nothing are warnings, and parts that the overlay
    /// does not name get names by rule.
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
        let statements = checks::read(&document)?;
        let (mut api, met, mut warnings) = ir::build(&document, &statements, self.description, self.strict)?;
        warnings.0.splice(0..0, document.warnings);
        let names = Names::assign(&api);
        let unknown = references::resolve(&mut api, &names);
        let (prose, wrong) = Prose::find(&api, &names);
        warnings.0.extend(checks::unmet(&api, &names, &met).into_iter().chain(unknown).chain(wrong).map(|message| self.unmet(message)));
        warnings.0.extend(checks::unfit(&api, &names).into_iter().map(|(message, help)| self.finding(message, help)));
        if self.strict && warnings.has_errors() {
            return Err(warnings);
        }
        Ok(Generated { api, names, prose, waivers: document.waivers, warnings })
    }
}

impl Generator<'_> {
    /// Something in the overlay's settings that is said of nothing.
    fn unmet(&self, message: String) -> Diagnostic {
        self.finding(message, "the description has changed there: mend the overlay")
    }

    /// A fault of the overlay, which has to be mended only if it was written for the description.
    fn finding(&self, message: String, help: &str) -> Diagnostic {
        let severity = if self.strict { Severity::Error } else { Severity::Warning };
        Source { text: "", ..self.overlay }.diagnostic(severity, "/x-rust", message, help)
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
