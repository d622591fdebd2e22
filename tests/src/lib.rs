//! The end-to-end tests are in `tests/`; there is nothing here.
