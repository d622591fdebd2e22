//! Values that stand in requests and answers whatever the description says: ids, open enums, problems.

pub mod id;
pub mod open;
pub mod problem;
pub mod types;

#[cfg(test)]
mod tests;
