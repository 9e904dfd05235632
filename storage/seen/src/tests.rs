use crate::{Error, FILTER_MEMORY, Seal, Seen, choose::MOST};
use bellwether_domain::{EventId, FileId, SeenChange, SeenRun};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rustc_hash::FxHashSet;
use std::{fs, path::Path};
use tempfile::TempDir;

const WINDOW: TimeDelta = TimeDelta::days(7);

fn id(number: u64) -> EventId {
    EventId::derive(&[&number.to_le_bytes()])
}

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hours)
}

/// Ids as the pipeline keeps them, with the manifest that the Store has.
struct Kept {
    folder: TempDir,
    manifest: Vec<SeenRun>,
    seen: Seen,
    rolls: u64,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seen = Seen::open(folder.path(), &[], WINDOW).unwrap();
        Self { folder, manifest: Vec::new(), seen, rolls: 0 }
    }

    /// Counts what is new of these; gives how many were.
    fn count(&mut self, numbers: impl Iterator<Item = u64>, received: Option<i64>, now: i64) -> usize {
        let ids: Vec<EventId> = numbers.map(id).collect();
        let mut known = self.seen.known(ids.iter().copied(), at(now)).unwrap();
        let new: Vec<_> = ids.into_iter().filter(|id| known.insert(*id)).collect();
        new.iter().for_each(|id| self.seen.insert(*id, received.map(at)));
        new.len()
    }

    fn write(&mut self) -> SeenChange {
        self.rolls += 1;
        let seal: Seal = self.seen.seal();
        seal.write(FileId::derive(&[&self.rolls.to_le_bytes()])).unwrap()
    }

    fn commit(&mut self, change: &SeenChange) {
        self.manifest.retain(|run| !change.removed.contains(run));
        self.manifest.extend(change.added.iter().cloned());
        self.seen.adopt(change).unwrap();
    }

    fn roll(&mut self) {
        let change = self.write();
        self.commit(&change);
    }

    fn reopen(&mut self) {
        self.seen = Seen::open(self.folder.path(), &self.manifest, WINDOW).unwrap();
    }

    fn files(&self) -> usize {
        fs::read_dir(self.folder.path()).unwrap().count()
    }
}

#[test]
fn what_was_counted_is_known_before_while_and_after_it_is_written() {
    let mut kept = Kept::new();
    assert_eq!(kept.count(0..5_000, Some(0), 0), 5_000);
    assert_eq!(kept.count(4_000..6_000, Some(0), 0), 1_000);
    let change = kept.write();
    assert_eq!(kept.count(0..6_000, Some(0), 0), 0, "while it is written");
    kept.commit(&change);
    assert_eq!(kept.count(0..6_001, Some(0), 0), 1, "from the run");
    kept.reopen();
    assert_eq!(kept.count(0..6_000, Some(0), 0), 0, "from the run of an earlier process");
    assert_eq!(kept.count(6_000..6_001, Some(0), 0), 1, "what was in no run is the inbox's to bring again");
}

#[test]
fn requests_are_forgotten_when_their_time_is_over_and_files_never() {
    let mut kept = Kept::new();
    kept.count(0..10, Some(0), 0);
    kept.count(10..20, None, 0);
    kept.roll();
    let week = 7 * 24;
    assert_eq!(kept.count(0..20, Some(week), week), 0, "on the last moment of the window");
    assert_eq!(kept.count(0..20, Some(week + 1), week + 1), 10, "those of requests are new again");
    kept.roll();
    // A day later than nobody asks for it, the run is gone from manifest and disk.
    assert_eq!(kept.files(), 3);
    kept.count(100..101, Some(week + 25), week + 25);
    kept.roll();
    assert!(kept.manifest.iter().all(|run| run.received.is_none_or(|received| received > at(week))));
    assert_eq!(kept.files(), kept.manifest.len());
}

#[test]
fn many_rolls_are_few_runs() {
    let mut kept = Kept::new();
    for roll in 0..400 {
        kept.count(roll * 10..(roll + 1) * 10, Some(1), 1);
        kept.roll();
    }
    assert!(kept.manifest.len() <= 7 * 4, "{} runs", kept.manifest.len());
    assert_eq!(kept.files(), kept.manifest.len());
    // When the day is over, they become one.
    kept.count(4_000..4_001, Some(24), 24);
    kept.roll();
    assert_eq!(kept.manifest.iter().map(|run| run.ids).collect::<FxHashSet<_>>(), [4_000, 1].into_iter().collect());
    assert_eq!(kept.count(0..4_001, Some(24), 24), 0);
}

#[test]
fn what_a_crash_has_left_is_swept_and_what_is_not_ours_stays() {
    let mut kept = Kept::new();
    kept.count(0..10, Some(0), 0);
    kept.roll();
    kept.count(10..20, Some(0), 0);
    // Written, but the transaction that lists it never came.
    kept.write();
    let unfinished = kept.folder.path().join(format!("{}.ids.tmp", FileId::derive(&[b"x"])));
    fs::write(&unfinished, "half").unwrap();
    fs::write(kept.folder.path().join("notes.txt"), "mine").unwrap();
    kept.reopen();
    assert_eq!(kept.files(), 2, "the listed run, and the notes");
    assert_eq!(kept.count(0..20, Some(0), 0), 10);
    kept.roll();
    assert_eq!(kept.count(0..20, Some(0), 0), 0);
}

/// The same answers where a filter is asked on the disk.
#[test]
fn filters_on_the_disk_say_the_same() {
    let mut kept = Kept::new();
    kept.count(0..3_000, Some(0), 0);
    kept.roll();
    let run = &mut crate::run::Run::open(kept.folder.path(), &kept.manifest[0]).unwrap();
    let mut ids: Vec<EventId> = (0..6_000).map(id).collect();
    ids.sort_unstable();
    let mut ask = |in_memory| {
        run.keep_filter(in_memory).unwrap();
        let mut found = FxHashSet::default();
        run.find(&ids, &mut found).unwrap();
        found
    };
    let from_memory = ask(true);
    assert_eq!(from_memory.len(), 3_000);
    assert_eq!(ask(false), from_memory);
    assert_eq!(ask(true), from_memory);
}

/// The largest run's filter has room beside others.
#[test]
fn memory_is_enough_for_the_largest_run() {
    assert!(crate::filter::blocks_of(MOST) * crate::filter::BLOCK < FILTER_MEMORY);
}

fn check_damage(damage: impl Fn(&Path), expected: &str) {
    let mut kept = Kept::new();
    kept.count(0..2_000, Some(0), 0);
    kept.roll();
    damage(&kept.folder.path().join(&kept.manifest[0].path));
    let error = Seen::open(kept.folder.path(), &kept.manifest, WINDOW).err().unwrap();
    assert!(error.to_string().contains(expected), "{error}");
    assert!(error.to_string().contains("restore Store and data folder from one backup"), "{error}");
}

#[test]
fn a_damaged_file_is_named() {
    check_damage(|path| fs::remove_file(path).unwrap(), "is missing");
    let change = |path: &Path, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = fs::read(path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    };
    check_damage(|path| change(path, &|bytes| bytes.truncate(100)), "its size is not what the manifest says");
    check_damage(|path| change(path, &|bytes| bytes[2_000 * 16 + 40] ^= 1), "its hash is another");
    check_damage(|path| change(path, &|bytes| *bytes = vec![0; bytes.len()]), "its footer is not that of such a file");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let mut kept = Kept::new();
    kept.count(0..10, Some(0), 0);
    let seal = kept.seen.seal();
    fs::remove_dir_all(kept.folder.path()).unwrap();
    let error = seal.write(FileId::derive(&[b"1"])).unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever comes in which batches, wherever rolls and new processes lie between them: an id counts once.
    #[test]
    fn as_a_set_in_memory(batches in proptest::collection::vec((0u64..400, 1u64..150, any::<bool>(), 0u8..4), 1..60)) {
        let mut kept = Kept::new();
        let mut expected = FxHashSet::default();
        for (hour, (first, number, is_file, then)) in (0..).zip(batches) {
            let new = (first..first + number).filter(|number| expected.insert(*number)).count();
            // Hours pass, and days: files of the past day are merged, none is over.
            let now = hour * 2;
            prop_assert_eq!(kept.count(first..first + number, (!is_file).then_some(now), now), new);
            if then > 0 {
                kept.roll();
            }
            if then > 2 {
                kept.reopen();
            }
        }
        prop_assert_eq!(kept.manifest.iter().map(|run| run.ids).sum::<u64>() as usize <= expected.len(), true);
    }
}
