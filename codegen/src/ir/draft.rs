//! Operations and types between the passes.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::api::{Answer, Api, Body, Operation, Shape, TypeId, TypeKind};
use super::pool::Types;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use crate::settings::Settings;

/// The model while the passes work on it.
pub(super) struct Draft<'d> {
    pub operations: Vec<Operation>,
    pub types: Types,
    pub includes: TypeId,
    pub meta: TypeId,
    pub settings: &'d Settings,
    /// The places of ids that were met.
    pub met: BTreeSet<String>,
    pub findings: Vec<Diagnostic>,
    /// The overlay's file.
    pub overlay: &'d str,
    /// Whether a wrong entry of the overlay is an error, and not a warning.
    pub strict: bool,
}

impl Draft<'_> {
    /// Notes a fault of the overlay. Its place in the overlay's text is not known any more.
    pub fn complain(&mut self, pointer: &str, message: String, help: &str) {
        let severity = if self.strict { Severity::Error } else { Severity::Warning };
        self.findings.push(Source { file: self.overlay, text: "" }.diagnostic(severity, pointer, message, help));
    }

    /// The result, in which every type is there once.
    pub fn finish(self) -> (Api, BTreeSet<String>, Diagnostics) {
        let Self { mut operations, types, includes, meta, settings, met, findings, .. } = self;
        let mut positions = Vec::new();
        let mut kept = 0;
        for id in (0..types.all.len()).map(TypeId) {
            positions.push(kept);
            kept += usize::from(types.end(id) == id);
        }
        let moved = |id: TypeId| TypeId(positions[types.end(id).0]);
        let settle = |shape: &mut Shape| {
            if let Shape::Type(id) = shape.innermost_mut() {
                *id = moved(*id);
            }
        };
        let mut all = types.all.clone();
        for found in &mut all {
            match &mut found.kind {
                TypeKind::Struct(fields) => fields.iter_mut().for_each(|field| settle(&mut field.shape)),
                TypeKind::Union(union) => {
                    // Types that became one are one variant, of the tags of all.
                    let mut variants: IndexMap<TypeId, Vec<String>> = IndexMap::new();
                    for (id, tags) in std::mem::take(&mut union.variants) {
                        variants.entry(moved(id)).or_default().extend(tags);
                    }
                    union.variants = variants.into_iter().collect();
                }
                TypeKind::Enum(_) => {}
            }
        }
        for operation in &mut operations {
            each_shape(operation, &settle);
        }
        let all = all.into_iter().enumerate().filter(|(index, _)| types.end(TypeId(*index)).0 == *index).map(|(_, found)| found);
        let (includes, meta) = (moved(includes), moved(meta));
        let api = Api { operations, types: all.collect(), includes, meta, settings: settings.clone() };
        (api, met, Diagnostics(findings))
    }
}

fn each_shape(operation: &mut Operation, visit: &dyn Fn(&mut Shape)) {
    operation.parameters.iter_mut().for_each(|parameter| visit(&mut parameter.field.shape));
    match &mut operation.body {
        Body::Fields { fields, .. } => fields.iter_mut().for_each(|field| visit(&mut field.shape)),
        Body::Json(shape) => visit(shape),
        Body::None | Body::Bytes(_) => {}
    }
    match &mut operation.answer {
        Answer::Envelope(Some(shape)) | Answer::Whole(shape) => visit(shape),
        Answer::Envelope(None) | Answer::Bytes | Answer::Nothing => {}
    }
}
