//! Which runs become one, and which are over.
//!
//! Runs of about the same size are merged eight at a time, so that an id is written a handful of times and a question has few
//! runs to ask. A day that is over becomes one run (or few that are large), so that it can be left out as a whole when its time
//! is over. Days are of UTC; nobody sees them.

use bellwether_domain::SeenRun;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// So many runs of a size become one.
const RUNS: usize = 8;
/// Ids of a merged run at the most. While one is written, its filter takes a byte and a half for each.
pub const MOST: u64 = 32_000_000;
/// How much later than its time a run is left out. A batch that was counted before the run went may be read again after it, and
/// finds the same then as long as it arrived no earlier than this before it.
const SLACK: TimeDelta = TimeDelta::days(1);

/// Whether what the run holds still counts for a batch that was received then.
pub fn counts(run: &SeenRun, received_at: DateTime<Utc>, window: TimeDelta) -> bool {
    run.received.is_none_or(|youngest| received_at - youngest <= window)
}

/// Whether nobody will ask the run any more.
pub fn is_over(run: &SeenRun, now: DateTime<Utc>, window: TimeDelta) -> bool {
    !counts(run, now, window + SLACK)
}

/// The runs to merge next.
pub fn choose(runs: &[SeenRun], now: DateTime<Utc>) -> Option<Vec<SeenRun>> {
    let day = |run: &SeenRun| run.received.map(|youngest| youngest.date_naive());
    let mut days: Vec<_> = runs.iter().map(day).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter().find_map(|wanted| {
        let of_the_day: Vec<_> = runs.iter().filter(|run| day(run) == wanted && run.ids < MOST).collect();
        choose_of_a_day(&of_the_day, wanted.is_some_and(|day: NaiveDate| day < now.date_naive()))
    })
}

fn choose_of_a_day(runs: &[&SeenRun], is_past: bool) -> Option<Vec<SeenRun>> {
    let size = |run: &SeenRun| run.ids.max(1).ilog(RUNS as u64);
    if is_past {
        return fitting(runs.iter().copied()).filter(|chosen| chosen.len() > 1);
    }
    let largest = MOST.ilog(RUNS as u64);
    (0..=largest).find_map(|wanted| {
        let of_the_size = runs.iter().copied().filter(|run| size(run) == wanted);
        fitting(of_the_size).filter(|chosen| chosen.len() >= RUNS)
    })
}

/// The first of them that fit into one run.
fn fitting<'a>(runs: impl Iterator<Item = &'a SeenRun>) -> Option<Vec<SeenRun>> {
    let mut ids = 0;
    let chosen: Vec<SeenRun> = runs
        .take_while(|run| {
            ids += run.ids;
            ids <= MOST
        })
        .cloned()
        .collect();
    (!chosen.is_empty()).then_some(chosen)
}
