//! Generates the typed Rust client of X (Twitter) API v2 from its OpenAPI description.
//!
//! The stages, each with types of its own; a later one never looks back past its input:
//!
//! 1. `document`: the description as JSON, checked, with our `overlay` laid over it, as `openapiv3` models it.
//! 2. [`ir`]: the operations, parameters and types of the Rust code. No word of OpenAPI is left in it.
//! 3. [`names`]: every identifier, assigned once.
//! 4. [`prose`]: the overlay's lines of documentation, each found by its owner.
//! 5. `emit`: formatted Rust, a file per group of operations and one for the types.
//!
//! `checks` reports the faults of the overlay, whose statements are [`settings`].
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

mod checks;
mod diagnostic;
mod document;
mod emit;
mod generator;
#[cfg(feature = "cli")]
pub mod import;
pub mod ir;
pub mod names;
mod overlay;
pub mod prose;
mod references;
pub mod settings;
#[cfg(feature = "cli")]
pub mod stats;
mod words;

pub use diagnostic::{Diagnostic, Diagnostics, Severity, Source};
pub use document::Waiver;
pub use emit::File;
pub use generator::{Generated, Generator};
