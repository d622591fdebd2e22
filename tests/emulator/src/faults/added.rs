//! The faults that were added, and which requests they hit.

use std::sync::Arc;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::{Fault, Hit, Part};
use crate::message::RecordedRequest;
use crate::shared::Shared;
use crate::target::Target;

/// Names a fault that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FaultId(pub(crate) u64);

/// The faults that were added, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    added: Vec<Added>,
    /// How many were added ever.
    count: u64,
    /// How many were added since the last reset.
    since: u64,
}

#[derive(Debug)]
struct Added {
    id: FaultId,
    fault: Arc<Fault>,
    rng: Rng,
    /// How many requests it was for.
    seen: u64,
    hits: u64,
}

/// A fault and how often it has hit.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    pub(crate) id: FaultId,
    hits: u64,
    #[serde(flatten)]
    fault: Fault,
}

impl Added {
    /// Counts a request that the fault is for. Returns whether it is hit.
    fn hit(&mut self) -> bool {
        self.seen += 1;
        let over = self.fault.times.is_some_and(|times| self.hits >= times);
        let hit = self.seen > self.fault.skip && !over && self.fault.probability.is_none_or(|probability| self.rng.f64() < probability);
        self.hits += u64::from(hit);
        hit
    }
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault, seed: u64) -> Result<FaultId, String> {
        if let Some(mistake) = fault.mistake() {
            return Err(mistake);
        }
        self.count += 1;
        let id = FaultId(self.count);
        // Two faults with one probability must not hit the same requests.
        self.since += 1;
        let rng = Rng::with_seed(seed.wrapping_add(self.since));
        self.added.push(Added { id, fault: Arc::new(fault), rng, seen: 0, hits: 0 });
        Ok(id)
    }

    /// Removes a fault. Returns whether it was there.
    pub(crate) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.added.len();
        self.added.retain(|added| added.id != id);
        self.added.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.added.clear();
    }

    /// Goes back to the start, where the next fault with a probability hits the same requests as the first. Ids are not given again.
    pub(crate) fn reset(&mut self) {
        *self = Self { count: self.count, ..Self::default() };
    }

    pub(crate) fn hits(&self, id: FaultId) -> u64 {
        self.added.iter().find(|added| added.id == id).map_or(0, |added| added.hits)
    }

    pub(crate) fn list(&self) -> Vec<Listed> {
        self.added.iter().map(|added| Listed { id: added.id, hits: added.hits, fault: Fault::clone(&added.fault) }).collect()
    }
}

/// The faults that hit a request: all changes, and of those about each other part of an answer the one added first. The others do not count it.
pub(crate) fn hit(shared: &Shared, request: &RecordedRequest) -> Hit {
    let mut faults = shared.faults();
    let mut hit = Hit::default();
    if faults.added.is_empty() {
        return hit;
    }
    let target = Target::of(shared, request);
    let mut hits = |added: &mut Added| (added.fault.is_for(&target) && added.hit()).then(|| Arc::clone(&added.fault));
    hit.transfer = faults.added.iter_mut().filter(|added| added.fault.part() == Part::Transfer).find_map(&mut hits);
    // A request that was not read gets no answer.
    if !hit.is_reset_before() {
        for added in faults.added.iter_mut().filter(|added| added.fault.part() != Part::Transfer) {
            let part = added.fault.part();
            if part == Part::Change || !hit.others.iter().any(|other| other.part() == part) {
                hit.others.extend(hits(added));
            }
        }
    }
    hit
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults};

    fn hits(faults: &mut Faults, requests: usize) -> Vec<bool> {
        (0..requests).map(|_| faults.added[0].hit()).collect()
    }

    #[test]
    fn it_hits_after_those_skipped_and_as_often_as_said() {
        let mut faults = Faults::default();
        let id = faults.add(Fault::reset_before().skip(1).times(2), 0).expect("a fault");
        assert_eq!(hits(&mut faults, 5), [false, true, true, false, false]);
        assert_eq!(faults.hits(id), 2);
        assert!(faults.remove(id));
        assert!(!faults.remove(id));
    }

    #[test]
    fn a_probability_hits_the_same_requests_with_the_same_seed() {
        let run = |seed| {
            let mut faults = Faults::default();
            faults.add(Fault::reset_before().probability(0.5), seed).expect("a fault");
            hits(&mut faults, 64)
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        assert!((16..48).contains(&run(7).iter().filter(|hit| **hit).count()));
    }

    #[test]
    fn after_a_reset_a_probability_hits_what_it_did_at_the_start() {
        let mut faults = Faults::default();
        let mut run = || {
            let id = faults.add(Fault::reset_before().probability(0.5), 7).expect("a fault");
            let hits = hits(&mut faults, 64);
            faults.reset();
            (id, hits)
        };
        let (first, second) = (run(), run());
        assert_eq!(first.1, second.1);
        assert_ne!(first.0, second.0);
    }

    #[test]
    fn an_impossible_fault_is_refused() {
        let mut faults = Faults::default();
        for fault in
            [Fault::status(100), Fault::status(1000), Fault::slow_body(0, std::time::Duration::ZERO), Fault::wrapped().probability(1.5)]
        {
            assert!(faults.add(fault.clone(), 0).is_err(), "{fault:?}");
        }
        assert!(faults.add(Fault::status(503).header("Content-Length", "5"), 0).is_err_and(|mistake| mistake.contains("cut_body")));
        assert!(faults.add(Fault::wrapped().header("a b", "c"), 0).is_err_and(|mistake| mistake.contains("a b")));
        assert!(faults.list().is_empty());
    }
}
