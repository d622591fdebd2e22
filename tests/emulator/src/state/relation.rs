//! Relations such as likes, follows and members of lists: pairs of ids that remember the order in which they came.

use std::collections::{BTreeMap, HashMap};

/// A relation between the things of two kinds.
#[derive(Debug, Default)]
pub(crate) struct Relation {
    /// When a pair came: an id of that moment, greater than all before.
    pairs: HashMap<(u64, u64), u64>,
    from: BTreeMap<(u64, u64), u64>,
    to: BTreeMap<(u64, u64), u64>,
    /// How many pairs start from a thing, and how many point to it.
    counts: HashMap<u64, (u64, u64)>,
}

impl Relation {
    /// Adds a pair. Returns whether it is new; if not, its place in the order stays.
    pub(crate) fn add(&mut self, from: u64, to: u64, moment: u64) -> bool {
        if self.has(from, to) {
            return false;
        }
        self.pairs.insert((from, to), moment);
        self.from.insert((from, moment), to);
        self.to.insert((to, moment), from);
        self.counts.entry(from).or_default().0 += 1;
        self.counts.entry(to).or_default().1 += 1;
        true
    }

    /// Removes a pair. Returns whether it was there.
    pub(crate) fn remove(&mut self, from: u64, to: u64) -> bool {
        let Some(moment) = self.pairs.remove(&(from, to)) else { return false };
        self.from.remove(&(from, moment));
        self.to.remove(&(to, moment));
        self.counts.entry(from).or_default().0 -= 1;
        self.counts.entry(to).or_default().1 -= 1;
        true
    }

    /// Removes everything that points to one thing.
    pub(crate) fn remove_to(&mut self, to: u64) {
        for (_, from) in self.to(to).collect::<Vec<_>>() {
            self.remove(from, to);
        }
    }

    /// Removes everything that starts from one thing.
    pub(crate) fn remove_from(&mut self, from: u64) {
        for (_, to) in self.from(from).collect::<Vec<_>>() {
            self.remove(from, to);
        }
    }

    pub(crate) fn has(&self, from: u64, to: u64) -> bool {
        self.pairs.contains_key(&(from, to))
    }

    /// How many things one points to.
    pub(crate) fn count_from(&self, from: u64) -> u64 {
        self.counts.get(&from).map_or(0, |(count, _)| *count)
    }

    /// How many things point to one.
    pub(crate) fn count_to(&self, to: u64) -> u64 {
        self.counts.get(&to).map_or(0, |(_, count)| *count)
    }

    /// The targets of one thing, the newest first, each with its moment.
    pub(crate) fn from(&self, from: u64) -> impl Iterator<Item = (u64, u64)> {
        self.from.range((from, 0)..=(from, u64::MAX)).rev().map(|((_, moment), to)| (*moment, *to))
    }

    /// The sources that point to one thing, the newest first, each with its moment.
    pub(crate) fn to(&self, to: u64) -> impl Iterator<Item = (u64, u64)> {
        self.to.range((to, 0)..=(to, u64::MAX)).rev().map(|((_, moment), from)| (*moment, *from))
    }
}

#[cfg(test)]
mod tests {
    use super::Relation;

    #[test]
    fn pairs_are_seen_from_both_sides_newest_first() {
        let mut likes = Relation::default();
        assert!(likes.add(1, 10, 100));
        assert!(likes.add(1, 11, 101));
        assert!(likes.add(2, 10, 102));
        assert!(!likes.add(1, 10, 103), "a pair is there once");
        assert_eq!(likes.from(1).collect::<Vec<_>>(), [(101, 11), (100, 10)]);
        assert_eq!(likes.to(10).collect::<Vec<_>>(), [(102, 2), (100, 1)]);

        assert_eq!((likes.count_from(1), likes.count_to(10), likes.count_to(12)), (2, 2, 0));

        assert!(likes.remove(1, 10));
        assert!(!likes.remove(1, 10));
        likes.remove_to(11);
        assert_eq!(likes.from(1).count(), 0);
        likes.remove_from(2);
        assert_eq!(likes.to(10).count(), 0);
        assert_eq!((likes.count_from(1), likes.count_to(10)), (0, 0));
        assert!(!likes.has(2, 10));
    }
}
