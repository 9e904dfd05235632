//! How busy each source is right now, counted in memory.
//!
//! Whoever takes events says so here, for every request; no lock is held while counting, and nothing wakes up while nothing
//! comes. What has to outlive the process is in the Store ([`bellwether_domain::SourceActivity`]), and lags behind a little.

use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// A minute, second by second.
const SECONDS: usize = 60;
/// A day, minute by minute.
const MINUTES: usize = 24 * 60;

/// Counts what every source brings, as it comes.
#[derive(Debug)]
pub struct SourceMeters {
    since: DateTime<Utc>,
    meters: RwLock<HashMap<Arc<str>, Arc<Meter>>>,
}

/// What a source brought lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceRate {
    /// In the last sixty seconds.
    pub last_minute: Counts,
    /// In the last sixty minutes, the present one among them.
    pub last_hour: Counts,
    /// In the last 1,440 minutes, the present one among them.
    pub last_day: Counts,
    /// The last event.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Since when it was counted: when this process started.
    pub since: DateTime<Utc>,
}

/// What came in some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that were taken.
    pub events: u64,
    /// What was refused, or could not be used.
    pub rejected: u64,
}

impl SourceMeters {
    /// Has counted nothing yet.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { since: now, meters: RwLock::default() }
    }

    /// A source brought something just now.
    pub fn record(&self, slug: &str, events: u64, rejected: u64, now: DateTime<Utc>) {
        self.meter_of(slug).record(Counts { events, rejected }, now);
    }

    /// What a source brought lately.
    pub fn rate(&self, slug: &str, now: DateTime<Utc>) -> SourceRate {
        let meters = self.meters.read().unwrap_or_else(PoisonError::into_inner);
        let meter = meters.get(slug);
        let second = now.timestamp();
        SourceRate {
            last_minute: meter.map(|meter| meter.seconds.sum(second, SECONDS)).unwrap_or_default(),
            last_hour: meter.map(|meter| meter.minutes.sum(second.div_euclid(60), 60)).unwrap_or_default(),
            last_day: meter.map(|meter| meter.minutes.sum(second.div_euclid(60), MINUTES)).unwrap_or_default(),
            last_event_at: meter.and_then(|meter| meter.last_event_at()),
            since: self.since,
        }
    }

    /// Forgets a source that was removed: the next one of its name begins at nothing.
    pub fn forget(&self, slug: &str) {
        self.meters.write().unwrap_or_else(PoisonError::into_inner).remove(slug);
    }

    fn meter_of(&self, slug: &str) -> Arc<Meter> {
        if let Some(meter) = self.meters.read().unwrap_or_else(PoisonError::into_inner).get(slug) {
            return Arc::clone(meter);
        }
        let mut meters = self.meters.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(meters.entry(slug.into()).or_default())
    }
}

/// One source's counters.
#[derive(Debug, Default)]
struct Meter {
    seconds: Ring<SECONDS>,
    minutes: Ring<MINUTES>,
    /// Microseconds since 1970; nought before the first.
    last_event: AtomicI64,
}

impl Meter {
    fn record(&self, counts: Counts, now: DateTime<Utc>) {
        let second = now.timestamp();
        self.seconds.add(second, counts);
        self.minutes.add(second.div_euclid(60), counts);
        if counts.events > 0 {
            self.last_event.fetch_max(now.timestamp_micros(), Ordering::Relaxed);
        }
    }

    fn last_event_at(&self) -> Option<DateTime<Utc>> {
        match self.last_event.load(Ordering::Relaxed) {
            0 => None,
            micros => DateTime::from_timestamp_micros(micros),
        }
    }
}

/// Counts of the last `N` ticks, a tick being a second or a minute.
#[derive(Debug)]
struct Ring<const N: usize> {
    events: Box<[Slot]>,
    rejected: Box<[Slot]>,
}

impl<const N: usize> Default for Ring<N> {
    fn default() -> Self {
        let slots = || (0..N).map(|_| Slot::default()).collect();
        Self { events: slots(), rejected: slots() }
    }
}

impl<const N: usize> Ring<N> {
    fn add(&self, tick: i64, counts: Counts) {
        self.events[Self::place(tick)].add(tick, counts.events, N);
        self.rejected[Self::place(tick)].add(tick, counts.rejected, N);
    }

    /// The sum of so many ticks, the last of which is `now`.
    fn sum(&self, now: i64, ticks: usize) -> Counts {
        let ticks = (0..ticks.min(N) as i64).map(|before| now - before);
        ticks.fold(Counts::default(), |sum, tick| Counts {
            events: sum.events + self.events[Self::place(tick)].of(tick),
            rejected: sum.rejected + self.rejected[Self::place(tick)].of(tick),
        })
    }

    fn place(tick: i64) -> usize {
        tick.rem_euclid(N as i64) as usize
    }
}

/// The count of one tick, and which tick that is, in one word: read and written together, so that no count is lost or
/// added to another tick however many threads meet here.
#[derive(Debug, Default)]
struct Slot(AtomicU64);

impl Slot {
    fn add(&self, tick: i64, count: u64, turn: usize) {
        if count == 0 {
            return;
        }
        let stamp = Self::stamp(tick);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let added = |word: u64| match Self::parts(word) {
            (known, before) if known == stamp => Some(Self::word(stamp, before.saturating_add(count))),
            // Somebody is late by a turn of the ring. More than a turn is a clock that was put back: it counts from there.
            (known, _) if known > stamp && (known - stamp) as usize <= turn => None,
            _ => Some(Self::word(stamp, count)),
        };
        // Refused only for what is in nobody's sum any more.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added);
    }

    fn of(&self, tick: i64) -> u64 {
        match Self::parts(self.0.load(Ordering::Relaxed)) {
            (known, count) if known == Self::stamp(tick) => u64::from(count),
            _ => 0,
        }
    }

    /// Seconds since 1970 fit until 2106.
    fn stamp(tick: i64) -> u32 {
        u32::try_from(tick).unwrap_or_default()
    }

    const fn word(stamp: u32, count: u32) -> u64 {
        (stamp as u64) << 32 | count as u64
    }

    const fn parts(word: u64) -> (u32, u32) {
        ((word >> 32) as u32, word as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// So many seconds after a whole minute.
    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
    }

    fn check(meters: &SourceMeters, seconds: i64, expected: [u64; 3]) {
        let rate = meters.rate("shop", at(seconds));
        let found = [rate.last_minute.events, rate.last_hour.events, rate.last_day.events];
        assert_eq!(found, expected, "after {seconds} s");
    }

    #[test]
    fn what_came_leaves_the_minute_the_hour_and_the_day() {
        let meters = SourceMeters::new(at(0));
        check(&meters, 0, [0, 0, 0]);
        meters.record("shop", 3, 0, at(0));
        meters.record("shop", 4, 0, at(0));
        check(&meters, 0, [7, 7, 7]);
        check(&meters, 59, [7, 7, 7]);
        check(&meters, 60, [0, 7, 7]);
        check(&meters, 3_599, [0, 7, 7]);
        check(&meters, 3_600, [0, 0, 7]);
        check(&meters, 86_399, [0, 0, 7]);
        check(&meters, 86_400, [0, 0, 0]);
    }

    #[test]
    fn the_same_place_of_the_ring_is_another_second() {
        let meters = SourceMeters::new(at(0));
        meters.record("shop", 5, 0, at(0));
        meters.record("shop", 1, 0, at(60));
        check(&meters, 60, [1, 6, 6]);
        // A thread that is late by a whole turn of the ring.
        meters.record("shop", 9, 0, at(0));
        assert_eq!(meters.rate("shop", at(60)).last_minute.events, 1);
        // One that is late by a moment still counts.
        meters.record("shop", 2, 0, at(59));
        assert_eq!(meters.rate("shop", at(60)).last_minute.events, 3);
    }

    #[test]
    fn a_clock_that_is_put_back_goes_on_counting() {
        let meters = SourceMeters::new(at(0));
        meters.record("shop", 5, 0, at(7_200));
        meters.record("shop", 2, 0, at(0));
        check(&meters, 0, [2, 2, 2]);
    }

    #[test]
    fn sources_are_counted_apart_and_rejects_beside_events() {
        let meters = SourceMeters::new(at(0));
        meters.record("shop", 2, 0, at(1));
        meters.record("till", 0, 8, at(2));
        let (shop, till) = (meters.rate("shop", at(3)), meters.rate("till", at(3)));
        assert_eq!((shop.last_minute, shop.last_event_at), (Counts { events: 2, rejected: 0 }, Some(at(1))));
        assert_eq!((till.last_hour, till.last_event_at), (Counts { events: 0, rejected: 8 }, None));
        assert_eq!((till.since, meters.rate("nobody", at(3)).last_day), (at(0), Counts::default()));
        meters.forget("shop");
        assert_eq!(meters.rate("shop", at(3)).last_day, Counts::default());
    }

    #[test]
    fn a_count_that_no_slot_can_hold_stays_at_the_top() {
        let meters = SourceMeters::new(at(0));
        meters.record("shop", u64::MAX, 0, at(0));
        meters.record("shop", 1, 0, at(0));
        check(&meters, 0, [u64::from(u32::MAX); 3]);
    }

    #[test]
    fn no_event_is_lost_between_threads() {
        let meters = SourceMeters::new(at(0));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let meters = &meters;
                scope.spawn(move || {
                    // All turn the same places of the ring over at about the same time.
                    for n in 0..30_000 {
                        meters.record("shop", 1, thread % 2, at(n / 1_000));
                    }
                });
            }
        });
        let rate = meters.rate("shop", at(29));
        assert_eq!(rate.last_minute, Counts { events: 120_000, rejected: 60_000 });
        assert_eq!(rate.last_day, rate.last_minute);
    }
}
