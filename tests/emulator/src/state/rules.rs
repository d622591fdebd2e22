//! The rules of the filtered stream.

use std::collections::BTreeMap;

use crate::search::Query;

/// The id of a rule.
pub(crate) type RuleId = u64;

/// How many rules an app may have.
pub(crate) const MAX_RULES: usize = 1000;

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: RuleId,
    /// As it was given.
    pub(crate) value: String,
    pub(crate) tag: Option<String>,
    pub(crate) query: Query,
}

/// All rules of the app, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Rules(BTreeMap<RuleId, Rule>);

impl Rules {
    pub(crate) fn add(&mut self, rule: Rule) {
        self.0.insert(rule.id, rule);
    }

    /// Removes a rule. Returns whether it was there.
    pub(crate) fn remove(&mut self, id: RuleId) -> bool {
        self.0.remove(&id).is_some()
    }

    pub(crate) fn get(&self, id: RuleId) -> Option<&Rule> {
        self.0.get(&id)
    }

    pub(crate) fn with_value(&self, value: &str) -> Option<&Rule> {
        self.iter().find(|rule| rule.value == value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
