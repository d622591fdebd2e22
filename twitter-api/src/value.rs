//! Values that stand in requests and answers whatever the description says: ids, open enums, problems.

pub mod id;
pub mod open;
pub mod problem;

#[cfg(test)]
mod tests;
