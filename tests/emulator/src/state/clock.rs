//! X's clock, and the ids that are read off it.

use std::time::Duration;

use jiff::Timestamp;

/// The start of X's id clock, in milliseconds since 1970: ids are time stamps with a sequence number below.
const ID_EPOCH: i64 = 1_288_834_974_657;
const ID_SEQUENCE_BITS: u32 = 22;

/// The real time and the time that a test has added.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    advanced: Duration,
    last_id: u64,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.advanced).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    /// The next id: of this millisecond, and always greater than the last one.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id = id_at(self.now()).max(self.last_id + 1);
        self.last_id
    }
}

/// The first id of a moment; of one before or after all that ids can tell, the first or the last such moment's.
pub(crate) fn id_at(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond() - ID_EPOCH).unwrap_or_default().min(u64::MAX >> ID_SEQUENCE_BITS) << ID_SEQUENCE_BITS
}

/// When the thing with this id was made.
pub(crate) fn time_of(id: u64) -> Timestamp {
    let millisecond = i64::try_from(id >> ID_SEQUENCE_BITS).unwrap_or_default() + ID_EPOCH;
    // In range as long as ids are: 42 bits of milliseconds end in the year 2150.
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A moment as X writes it in messages about the times of a request.
pub(crate) fn show_minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

/// When the thing with this id was made, as X writes it.
pub(crate) fn created_at(id: u64) -> String {
    show_time(time_of(id))
}

/// X shows whole seconds, and still writes a fraction.
pub(crate) fn show_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Clock, id_at, time_of};

    #[test]
    fn ids_grow_and_tell_their_time() {
        let mut clock = Clock::default();
        let ids: Vec<u64> = (0..50).map(|_| clock.next_id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.to_string().len() == 19));
        clock.advance(Duration::from_secs(60));
        let later = clock.next_id();
        assert!(time_of(later).duration_since(time_of(ids[0])).as_secs() >= 59);
        assert_eq!(time_of(id_at(time_of(later))), time_of(later));
    }

    #[test]
    fn ids_of_later_moments_are_never_smaller() {
        let ids = ["1900-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2149-01-01T00:00:00Z", "2200-01-01T00:00:00Z", "9999-01-01T00:00:00Z"];
        assert!(ids.map(|time| id_at(time.parse().expect("a time"))).is_sorted());
    }

    #[test]
    fn the_clock_stops_at_the_end_of_time() {
        let mut clock = Clock::default();
        clock.advance(Duration::MAX);
        assert!(clock.next_id() < clock.next_id());
    }
}
