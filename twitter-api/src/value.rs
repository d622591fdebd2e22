//! Values of requests and answers that do not depend on the description: ids, open enums, problems.

pub mod id;
#[allow(dead_code, reason = "the features decide whether there are enums")]
pub mod open;
pub mod problem;
pub mod types;

#[cfg(test)]
mod tests;
