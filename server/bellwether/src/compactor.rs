//! Few large files from many small ones. A server that takes events gets a file every minute; a question opens every file.
//! Also what is past its time leaves the files here: whoever exchanges files does so alone.
//!
//! Files of about the same size are merged eight at a time, so that an event is written again a handful of times and not with
//! every minute. The manifest exchanges them in one transaction. Readers that have the old list can still read the old files
//! for a while; what a crash leaves of them the next start sweeps.

use crate::{
    context::Context,
    retention::{Counts, Keeper},
};
use anyhow::Result;
use bellwether_domain::{EventFile, FileId};
use bellwether_lake::Lake;
use bellwether_store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};

/// How often somebody looks.
const PAUSE: Duration = Duration::from_secs(60);
/// By how much the clock may differ from the time that has passed.
const EVENNESS: TimeDelta = TimeDelta::minutes(5);
/// How long a question may read files that are not in the manifest any more.
const READERS: Duration = Duration::from_secs(600);
/// So many files of a size become one.
const FILES: usize = 8;
/// Files of so many events are large enough.
const LARGE: u64 = 131_072;
/// Events of a merged file at the most; all of them are in memory when it is written.
const MOST: u64 = 2 * LARGE;
/// Files with documents of so many bytes are large enough, and a merged one has not many more: of the largest events a file would
/// hold gigabytes.
const LARGE_DOCUMENTS: u64 = 64 << 20;
const MOST_DOCUMENTS: u64 = 2 * LARGE_DOCUMENTS;
/// What an event's documents take in files that do not say it, about.
const DOCUMENTS_OF_AN_EVENT: u64 = 512;

/// Merges files, and removes what is past its time, for as long as the server runs.
pub async fn run(context: Arc<Context>) {
    let mut keeper = None;
    let pause = Duration::from_secs(60 * u64::from(context.config.retention.every_minutes));
    let mut clock = SteadyClock::new(pause, context.clock.now(), Instant::now());
    loop {
        if clock.is_steady(context.clock.now(), Instant::now()) {
            match remove_past(&context, &mut keeper).await {
                Ok(removed) if removed.is_empty() => {}
                Ok(removed) => {
                    tracing::info!(events = removed.values().sum::<u64>(), by_name = ?removed, "events past their time were removed")
                }
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "events past their time stay for now");
                }
            }
        }
        sleep(PAUSE).await;
        if let Err(error) = compact(&context.store, &context.lake).await {
            tracing::warn!(error = format!("{error:#}"), "small files stay as they are for now");
        }
    }
}

/// Says when the clock has gone evenly for long enough, each time anew. What is removed is gone, and a machine that has just started
/// may not know the time yet.
struct SteadyClock {
    pause: Duration,
    since: DateTime<Utc>,
    began: Instant,
}

impl SteadyClock {
    const fn new(pause: Duration, now: DateTime<Utc>, at: Instant) -> Self {
        Self { pause, since: now, began: at }
    }

    fn is_steady(&mut self, now: DateTime<Utc>, at: Instant) -> bool {
        let passed = at.duration_since(self.began);
        let told = now - self.since;
        let is_even = TimeDelta::from_std(passed).is_ok_and(|passed| (told - passed).abs() <= EVENNESS);
        let is_over = passed >= self.pause;
        if !is_even || is_over {
            *self = Self::new(self.pause, now, at);
        }
        is_even && is_over
    }
}

async fn remove_past(context: &Context, keeper: &mut Option<Keeper>) -> Result<Counts> {
    let keeper = match keeper {
        Some(keeper) => keeper,
        none => none.insert(Keeper::of(context)?),
    };
    keeper.enforce(context.clock.now(), || {}).await
}

/// Merges until there is nothing to merge. Gives how many files there are less.
pub async fn compact(store: &Store, lake: &Arc<Lake>) -> Result<usize> {
    let mut less = 0;
    while let Some(files) = next(store, lake).await? {
        less += files.len() - 1;
        merge(store, lake, files).await?;
    }
    Ok(less)
}

/// A file, and how many bytes of documents its events have.
#[derive(Debug, Clone, PartialEq)]
struct Sized {
    file: EventFile,
    documents: u64,
}

impl Sized {
    /// As large as most are.
    const fn guessed(file: EventFile) -> Self {
        Self { documents: file.rows * DOCUMENTS_OF_AN_EVENT, file }
    }
}

/// The files to merge next. Nothing is opened as long as there are too few of a size, however large their documents are.
async fn next(store: &Store, lake: &Arc<Lake>) -> Result<Option<Vec<EventFile>>> {
    let mut files: Vec<_> = store.event_files().await?.into_iter().map(Sized::guessed).collect();
    files.retain(|one| one.file.rows < LARGE);
    if choose(&files).is_none() {
        return Ok(None);
    }
    let lake = Arc::clone(lake);
    let look = move || -> Result<Option<Vec<EventFile>>> {
        for one in &mut files {
            one.documents = lake.document_bytes(&one.file)?.unwrap_or(one.documents);
        }
        Ok(choose(&files))
    };
    spawn_blocking(look).await?
}

async fn merge(store: &Store, lake: &Arc<Lake>, files: Vec<EventFile>) -> Result<()> {
    let writer = Arc::clone(lake);
    let sources = files.clone();
    let merged = spawn_blocking(move || writer.merge_files(id_of(&sources), &sources)).await??;
    // Before the manifest lets them go: a sweep in between would take them away from those who read.
    lake.retire(&files);
    store.replace_files(&files, &merged).await?;
    let_go(lake, files);
    Ok(())
}

/// Removes files that were retired and are not in the manifest any more, when nobody reads them. Where the process ends before,
/// the next start sweeps them.
pub fn let_go(lake: &Arc<Lake>, files: Vec<EventFile>) {
    let lake = Arc::clone(lake);
    tokio::spawn(async move {
        sleep(READERS).await;
        let removed = spawn_blocking(move || lake.remove_retired(&files)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "a file that nobody needs stays until the next start");
        }
    });
}

/// The same for the same files, so that a second attempt replaces what the first has left.
fn id_of(files: &[EventFile]) -> FileId {
    let mut ids: Vec<_> = files.iter().map(|file| *file.id.as_uuid().as_bytes()).collect();
    ids.sort_unstable();
    FileId::derive(&[b"merged", ids.as_flattened()])
}

/// The files to merge next: eight of a size, or so many of a size that a large file comes of them.
fn choose(files: &[Sized]) -> Option<Vec<EventFile>> {
    let small = |one: &&Sized| one.file.rows < LARGE && one.documents < LARGE_DOCUMENTS;
    let size_of = |one: &Sized| one.file.rows.max(1).ilog(FILES as u64);
    (0..=LARGE.ilog(FILES as u64)).find_map(|size| {
        let (mut chosen, mut rows, mut documents) = (Vec::new(), 0, 0);
        for one in files.iter().filter(small).filter(|one| size_of(one) == size) {
            let is_full = rows + one.file.rows > MOST || documents + one.documents > MOST_DOCUMENTS;
            if is_full || chosen.len() == 8 * FILES {
                break;
            }
            (rows, documents) = (rows + one.file.rows, documents + one.documents);
            chosen.push(one.file.clone());
        }
        let is_large = rows >= LARGE || documents >= LARGE_DOCUMENTS;
        (chosen.len() >= FILES || (chosen.len() > 1 && is_large)).then_some(chosen)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(number: u64, rows: u64) -> EventFile {
        EventFile {
            id: FileId::derive(&[&number.to_le_bytes()]),
            path: format!("events/{number}.parquet"),
            rows,
            bytes: rows,
            min_time: DateTime::UNIX_EPOCH,
            max_time: DateTime::UNIX_EPOCH,
        }
    }

    fn check(rows: &[u64], expected: Option<&[u64]>) {
        let files: Vec<_> = (0..).zip(rows).map(|(number, rows)| Sized::guessed(file(number, *rows))).collect();
        let chosen = choose(&files).map(|files| files.iter().map(|file| file.rows).collect::<Vec<_>>());
        assert_eq!(chosen.as_deref(), expected, "{rows:?}");
    }

    #[test]
    fn nothing_is_removed_before_the_clock_has_gone_evenly_for_an_hour() {
        let (start, began) = (DateTime::UNIX_EPOCH + TimeDelta::days(20_000), Instant::now());
        let mut clock = SteadyClock::new(Duration::from_secs(3_600), start, began);
        let mut looks = |minutes: u64, days_ahead: i64| {
            let now = start + TimeDelta::minutes(minutes as i64) + TimeDelta::days(days_ahead);
            clock.is_steady(now, began + Duration::from_secs(60 * minutes))
        };
        assert!(!looks(59, 0) && looks(61, 0));
        assert!(!looks(90, 0), "an hour after the last time");
        // It jumps a year ahead, and back before an hour is over: neither time is believed.
        assert!(!looks(110, 365) && !looks(121, 365) && !looks(160, 0) && !looks(200, 0));
        assert!(looks(221, 0));
    }

    #[test]
    fn eight_of_a_size_are_merged() {
        check(&[1; 7], None);
        check(&[1; 8], Some(&[1; 8]));
        check(&[5_000, 1, 1, 1, 1, 1, 1, 1], None);
        check(&[500, 501, 60_000, 502, 503, 504, 505, 506, 600], None);
        check(&[600, 601, 60_000, 602, 603, 604, 605, 606, 607], Some(&[600, 601, 602, 603, 604, 605, 606, 607]));
    }

    #[test]
    fn what_makes_a_large_file_need_not_be_eight() {
        check(&[100_000, 100_000], Some(&[100_000, 100_000]));
        check(&[100_000; 4], Some(&[100_000, 100_000]));
        check(&[LARGE, LARGE, MOST], None);
    }

    /// Of events of 30 KB.
    #[test]
    fn files_of_large_documents_are_large_with_few_events() {
        let large = |rows: u64| Sized { documents: rows * 30_000, file: file(rows, rows) };
        let chosen =
            |files: &[Sized]| choose(files).map(|files| files.iter().map(|file| file.rows).collect::<Vec<_>>());
        assert_eq!(
            chosen(&[large(1_001), large(1_002), large(1_003), large(1_004), large(1_005)]),
            Some(vec![1_001, 1_002, 1_003, 1_004])
        );
        assert_eq!(chosen(&[large(3_001), large(3_002), large(3_003)]), None, "each is large already");
        assert_eq!(chosen(&[large(1_001), large(1_002)]), None);
    }

    /// A year of files of one minute, as they come: how often is an event written?
    #[test]
    fn an_event_is_written_again_a_few_times() {
        let (mut files, mut written, minutes) = (Vec::new(), 0, 40_000);
        for minute in 0..minutes {
            files.push(file(minute, 60));
            while let Some(chosen) = choose(&files.iter().cloned().map(Sized::guessed).collect::<Vec<_>>()) {
                let rows = chosen.iter().map(|file| file.rows).sum();
                files.retain(|file| !chosen.contains(file));
                files.push(file(1_000_000 + written, rows));
                written += rows;
            }
        }
        assert!(files.len() < 60, "{} files", files.len());
        let times = written as f64 / (minutes * 60) as f64;
        assert!(times < 5.0, "{times} times");
    }
}
