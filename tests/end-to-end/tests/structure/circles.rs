//! Circles of arrows.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::Arrow;

/// For each group of files that reach each other, the shortest circle in it.
pub fn circles(arrows: &[Arrow]) -> Vec<Vec<Arrow>> {
    let mut next: BTreeMap<&str, Vec<&Arrow>> = BTreeMap::new();
    for arrow in arrows {
        next.entry(&arrow.from).or_default().push(arrow);
    }
    let mut circles: Vec<Vec<Arrow>> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for &start in next.keys() {
        if told.contains(start) {
            continue;
        }
        let forth = reached(start, &next);
        let group: BTreeSet<&str> = forth.keys().copied().filter(|file| reached(file, &next).contains_key(start)).collect();
        if group.contains(start) {
            let shortest = group.iter().filter_map(|file| circle(file, &next)).min_by_key(Vec::len);
            circles.extend(shortest.map(|arrows| arrows.into_iter().cloned().collect()));
            told.extend(group);
        }
    }
    circles
}

/// The files that can be reached from one, each with the last arrow of a shortest way.
fn reached<'a>(start: &str, next: &BTreeMap<&'a str, Vec<&'a Arrow>>) -> BTreeMap<&'a str, &'a Arrow> {
    let mut reached: BTreeMap<&str, &Arrow> = BTreeMap::new();
    let mut border: Vec<&Arrow> = next.get(start).cloned().unwrap_or_default();
    while !border.is_empty() {
        let mut beyond = Vec::new();
        for arrow in border {
            if !reached.contains_key(arrow.to.as_str()) {
                reached.insert(&arrow.to, arrow);
                beyond.extend(next.get(arrow.to.as_str()).into_iter().flatten());
            }
        }
        border = beyond;
    }
    reached
}

/// A shortest way from a file back to itself.
fn circle<'a>(file: &str, next: &BTreeMap<&'a str, Vec<&'a Arrow>>) -> Option<Vec<&'a Arrow>> {
    let reached = reached(file, next);
    let mut way = vec![*reached.get(file)?];
    while let Some(first) = way.first().filter(|first| first.from != file) {
        way.insert(0, reached[first.from.as_str()]);
    }
    Some(way)
}

/// A circle as text, a line per arrow.
pub fn told(circle: &[Arrow]) -> String {
    circle.iter().map(|arrow| format!("\n    {}:{} → {}", arrow.from, arrow.line, arrow.to)).collect()
}
