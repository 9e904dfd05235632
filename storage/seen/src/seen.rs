//! What is known of ids: in runs, and since the last run.

use crate::{
    Error, Result,
    choose::{choose, counts, is_over},
    filter::FILTER_MEMORY,
    run::Run,
    write::{EXTENSION, TEMPORARY, merge_runs, sync_folder, write_run},
};
use bellwether_domain::{EventId, FileId, SeenChange, SeenRun};
use chrono::{DateTime, TimeDelta, Utc};
use rustc_hash::{FxHashMap, FxHashSet};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The ids of all events that were counted.
pub struct Seen {
    folder: PathBuf,
    window: TimeDelta,
    runs: Vec<Run>,
    /// What is in no run yet, with the time at which it was received, where it was; and what is in one that is being written.
    waiting: FxHashMap<EventId, Option<DateTime<Utc>>>,
    writing: FxHashSet<EventId>,
}

/// Runs that are to be written. Does not touch [`Seen`], so that it can work beside it.
pub struct Seal {
    folder: PathBuf,
    window: TimeDelta,
    runs: Vec<SeenRun>,
    ids: FxHashMap<EventId, Option<DateTime<Utc>>>,
}

impl Seen {
    /// Opens the runs that the manifest lists, and removes files that it does not. Ids from requests count for as long as
    /// `window` says.
    pub fn open(folder: &Path, manifest: &[SeenRun], window: TimeDelta) -> Result<Self> {
        fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
        sweep(folder, manifest)?;
        let (waiting, writing) = (FxHashMap::default(), FxHashSet::default());
        let mut seen = Self { folder: folder.to_owned(), window, runs: Vec::new(), waiting, writing };
        // The youngest first, and no filter for longer than there is room for it: all of them can be more than a machine has.
        let mut youngest: Vec<_> = manifest.iter().collect();
        youngest.sort_by_key(|run| std::cmp::Reverse(run.received));
        for run in youngest {
            seen.runs.push(Run::open(folder, run)?);
            seen.share_memory()?;
        }
        Ok(seen)
    }

    /// Those of the ids that were counted before a batch which was received then.
    pub fn known(&self, ids: impl Iterator<Item = EventId>, received_at: DateTime<Utc>) -> Result<FxHashSet<EventId>> {
        let mut sorted: Vec<EventId> = ids.collect();
        sorted.sort_unstable();
        let is_here = |id: &&EventId| self.waiting.contains_key(id) || self.writing.contains(id);
        let mut found: FxHashSet<EventId> = sorted.iter().filter(is_here).copied().collect();
        for run in self.runs.iter().filter(|run| counts(&run.manifest, received_at, self.window)) {
            run.find(&sorted, &mut found)?;
        }
        Ok(found)
    }

    /// Counts an event, which was received at this time or came from a file.
    pub fn insert(&mut self, id: EventId, received_at: Option<DateTime<Utc>>) {
        self.waiting.insert(id, received_at);
    }

    /// Takes what is in no run yet. It stays known; the next seal has to wait until this one is adopted.
    pub fn seal(&mut self) -> Seal {
        let ids = std::mem::take(&mut self.waiting);
        self.writing.extend(ids.keys());
        let runs = self.runs.iter().map(|run| run.manifest.clone()).collect();
        Seal { folder: self.folder.clone(), window: self.window, runs, ids }
    }

    /// Goes over to runs that the Store has in its manifest now. Files that are not in it any more are removed.
    pub fn adopt(&mut self, change: &SeenChange) -> Result<()> {
        let is_gone = |run: &Run| change.removed.iter().any(|removed| removed.id == run.manifest.id);
        self.runs.retain(|run| !is_gone(run));
        for run in &change.added {
            self.runs.push(Run::open(&self.folder, run)?);
        }
        self.share_memory()?;
        self.writing.clear();
        remove(&self.folder, &change.removed)
    }

    /// Gives memory to the filters of the youngest runs.
    fn share_memory(&mut self) -> Result<()> {
        self.runs.sort_by_key(|run| std::cmp::Reverse(run.manifest.received));
        let mut left = FILTER_MEMORY;
        for run in &mut self.runs {
            let room = left.checked_sub(run.filter_bytes());
            run.keep_filter(room.is_some())?;
            left = room.unwrap_or(left);
        }
        Ok(())
    }
}

impl Seal {
    /// Writes the ids, merges what is to be merged, and says what the manifest has to say then. The same id of a file names
    /// the same runs. On an error nothing has changed but for files that nobody lists.
    pub fn write(self, id: FileId) -> Result<SeenChange> {
        let youngest = || self.runs.iter().filter_map(|run| run.received).max();
        // Without any time there is nothing that could be over.
        let now = self.ids.values().flatten().max().copied().or_else(youngest).unwrap_or(DateTime::UNIX_EPOCH);
        let (requests, files): (Vec<_>, Vec<_>) = self.ids.iter().partition(|(_, received)| received.is_some());
        let ids = |part: Vec<(&EventId, _)>| part.into_iter().map(|(id, _)| *id).collect::<Vec<_>>();
        let parts = [(&b"requests"[..], ids(requests), Some(now)), (b"files", ids(files), None)];
        let (mut runs, mut passing) = (self.runs.clone(), Vec::new());
        for (kind, ids, received) in parts.into_iter().filter(|(_, ids, _)| !ids.is_empty()) {
            let id = FileId::derive(&[b"ids", kind, id.as_uuid().as_bytes()]);
            runs.push(write_run(&self.folder, id, ids, received)?);
        }
        runs.retain(|run| !is_over(run, now, self.window));
        while let Some(chosen) = choose(&runs, now) {
            let merged = merge_runs(&self.folder, &chosen)?;
            runs.retain(|run| !chosen.contains(run));
            runs.push(merged);
            passing.extend(chosen);
        }
        passing.retain(|run| !self.runs.contains(run));
        remove(&self.folder, &passing)?;
        let only = |these: &[SeenRun], those: &[SeenRun]| -> Vec<SeenRun> {
            these.iter().filter(|run| !those.contains(run)).cloned().collect()
        };
        Ok(SeenChange { added: only(&runs, &self.runs), removed: only(&self.runs, &runs) })
    }
}

/// Removes files that nobody lists: what a crash has left.
fn sweep(folder: &Path, manifest: &[SeenRun]) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(Error::io(folder, "list"))?;
    let names = entries
        .map(|entry| Ok(entry.map_err(Error::io(folder, "list"))?.file_name().into_string().unwrap_or_default()))
        .collect::<Result<Vec<_>>>()?;
    // Only names that we give are ever removed; whatever else somebody put into the folder is theirs.
    let is_ours = |name: &str| {
        let finished = name.strip_suffix(TEMPORARY).unwrap_or(name);
        finished.strip_suffix(EXTENSION).is_some_and(|id| id.parse::<FileId>().is_ok())
    };
    for name in names.iter().filter(|name| is_ours(name) && !manifest.iter().any(|run| run.path == **name)) {
        remove_file(&folder.join(name))?;
    }
    Ok(())
}

fn remove(folder: &Path, runs: &[SeenRun]) -> Result<()> {
    if runs.is_empty() {
        return Ok(());
    }
    runs.iter().try_for_each(|run| remove_file(&folder.join(&run.path)))?;
    sync_folder(folder)
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path, "remove")(error)),
        _ => Ok(()),
    }
}
