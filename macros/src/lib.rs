//! Declares endpoints.
