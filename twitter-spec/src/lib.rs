//! The X (Twitter) API v2 description as facts, and our overlay that names it for Rust.

/// The description, in OpenAPI 3.0: what `twitter-codegen import` keeps of X's file.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// Names, prose and corrections, in the form of the OpenAPI Overlay Specification 1.0.
pub const OVERLAY: &str = include_str!("../overlay.yaml");
