//! The Lake: writing, sweeping, and where the questions go.

use crate::{
    DailySales, Error, EventCount, Result, TimelineCursor,
    decode::{decode_batch, decode_names},
    digest::digest_files,
    durable::{TEMPORARY, sync_folder, write_file},
    encode::encode_batches,
    history::read_history,
    manifest::Checked,
    queries::Engine,
    scan::scan,
    schema::{DOCUMENTS_KEY, EVENTS, writer_properties},
    tail::{Tail, TailEvents},
};
use bellwether_domain::{CleanEvent, EventFile, EventId, FileId, OrderHistory, SubjectId};
use chrono::{DateTime, Utc};
use datafusion::parquet::{arrow::ArrowWriter, file::metadata::ParquetMetaDataReader};
use rustc_hash::FxHashSet;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::task;

/// The folder of the event files, below the root.
const EVENTS_FOLDER: &str = "events";
const EXTENSION: &str = ".parquet";

/// Event files in one folder, and an engine to ask them.
#[derive(Debug)]
pub struct Lake {
    root: PathBuf,
    engine: Engine,
    checked: Checked,
    tail: Tail,
    /// Files written since this Lake was opened. Until the manifest has them, only we know that they are not orphans.
    written: Mutex<FxHashSet<String>>,
}

impl Lake {
    /// Opens the Lake below `root` and creates its folders when they are missing.
    ///
    /// # Errors
    /// When a folder cannot be created or read.
    pub fn open(root: &Path) -> Result<Self> {
        let events = root.join(EVENTS_FOLDER);
        fs::create_dir_all(&events).map_err(|e| Error::from_io(&events, "create the folder", e))?;
        let root = fs::canonicalize(root).map_err(|e| Error::from_io(root, "open", e))?;
        Ok(Self {
            root,
            engine: Engine::new(),
            checked: Checked::default(),
            tail: Tail::default(),
            written: Mutex::default(),
        })
    }

    /// Writes events as one Parquet file, sorted by time and id. When this returns the file is whole and on the disk; a
    /// file of the same id was replaced in one step. The file counts as soon as the manifest lists it. Blocking.
    ///
    /// Times are kept to the microsecond.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and the others of the file system; [`Error::NoEvents`]. Nothing is left behind then.
    pub fn write_events<'e>(&self, id: FileId, events: impl IntoIterator<Item = &'e CleanEvent>) -> Result<EventFile> {
        let written = self.write_one(id, events)?;
        sync_folder(&self.root.join(EVENTS_FOLDER))?;
        Ok(written)
    }

    /// Writes many files, as [`Self::write_events`] does one, and waits for their folder only once.
    ///
    /// # Errors
    /// As [`Self::write_events`]; the files before the one that failed may be there then.
    pub fn write_event_files(&self, files: &[(FileId, &[CleanEvent])]) -> Result<Vec<EventFile>> {
        let written = files.iter().map(|(id, events)| self.write_one(*id, *events)).collect::<Result<Vec<_>>>()?;
        sync_folder(&self.root.join(EVENTS_FOLDER))?;
        Ok(written)
    }

    fn write_one<'e>(&self, id: FileId, events: impl IntoIterator<Item = &'e CleanEvent>) -> Result<EventFile> {
        let sorted = by_time(events);
        let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return Err(Error::NoEvents) };
        let name = format!("{id}{EXTENSION}");
        // Before the file appears, so that a sweep in another thread cannot see it without this.
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        let path = format!("{EVENTS_FOLDER}/{name}");
        let absolute = self.root.join(&path);
        let bytes = write_file(&absolute, |file| write_parquet(&absolute, file, &sorted))?;
        Ok(EventFile {
            id,
            path,
            rows: sorted.len() as u64,
            bytes,
            min_time: to_microseconds(first.time),
            max_time: to_microseconds(last.time),
        })
    }

    /// Writes the events of some files as one file. Blocking; all of them are in memory for a while.
    ///
    /// # Errors
    /// As [`Self::write_events`]; and when a file is missing or damaged.
    pub fn merge_files(&self, id: FileId, files: &[EventFile]) -> Result<EventFile> {
        let mut events = Vec::with_capacity(files.iter().map(|file| file.rows as usize).sum());
        self.for_each_event(files, |event| events.push(event))?;
        self.write_events(id, &events)
    }

    /// How many bytes the documents of a file's events have, as its footer says; nothing for files of older versions. Blocking.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    pub fn document_bytes(&self, file: &EventFile) -> Result<Option<u64>> {
        let path = self.root.join(&file.path);
        let opened = File::open(&path).map_err(|e| Error::from_io(&path, "open", e))?;
        let mut reader = ParquetMetaDataReader::new();
        reader.try_parse(&opened).map_err(|e| Error::damaged(&path, e.to_string()))?;
        let metadata = reader.finish().map_err(|e| Error::damaged(&path, e.to_string()))?;
        let stated = metadata.file_metadata().key_value_metadata().into_iter().flatten();
        let said = stated.filter(|pair| pair.key == DOCUMENTS_KEY).find_map(|pair| pair.value.as_deref()?.parse().ok());
        Ok(said)
    }

    /// Gives every event of these files, file by file. Blocking.
    ///
    /// # Errors
    /// When a file is missing or damaged; the error names it.
    pub fn for_each_event(&self, files: &[EventFile], mut each: impl FnMut(CleanEvent)) -> Result<()> {
        for path in &self.checked.resolve(&self.root, files)? {
            for batch in scan(path, &[])? {
                let events = decode_batch(&batch?).map_err(|detail| Error::damaged(path, detail))?;
                events.into_iter().for_each(&mut each);
            }
        }
        Ok(())
    }

    /// Gives name and time of every event of these files, file by file, which is a small part of reading the events. Blocking.
    ///
    /// # Errors
    /// When a file is missing or damaged; the error names it.
    pub fn for_each_name(&self, files: &[EventFile], mut each: impl FnMut(&Arc<str>, DateTime<Utc>)) -> Result<()> {
        for path in &self.checked.resolve(&self.root, files)? {
            for batch in scan(path, &["name", "time"])? {
                decode_names(&batch?, &mut each).map_err(|detail| Error::damaged(path, detail))?;
            }
        }
        Ok(())
    }

    /// Keeps files, which the manifest is about to let go, from sweeps: somebody may be reading them.
    pub fn retire(&self, files: &[EventFile]) {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).extend(files.iter().filter_map(name_of));
    }

    /// Removes files that were retired and that the manifest has let go.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove_retired(&self, files: &[EventFile]) -> Result<()> {
        for file in files {
            let path = self.root.join(&file.path);
            fs::remove_file(&path).map_err(|e| Error::from_io(&path, "remove", e))?;
            if let Some(name) = name_of(file) {
                self.written.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
            }
        }
        sync_folder(&self.root.join(EVENTS_FOLDER))
    }

    /// Removes what earlier processes have left: unfinished files, and files that the manifest never got. Files that
    /// this Lake wrote stay, also when the manifest does not have them yet. Gives how many were removed.
    ///
    /// # Errors
    /// When the folder cannot be read or a file not be removed.
    pub fn sweep_orphans(&self, live: &[EventFile]) -> Result<u64> {
        let live: FxHashSet<&str> = live.iter().map(|file| file.path.as_str()).collect();
        let folder = self.root.join(EVENTS_FOLDER);
        let failed = |e| Error::from_io(&folder, "list", e);
        let mut swept = 0;
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| self.is_orphan(name, &live)) else { continue };
            let path = folder.join(name);
            fs::remove_file(&path).map_err(|e| Error::from_io(&path, "remove", e))?;
            swept += 1;
        }
        if swept > 0 {
            sync_folder(&folder)?;
        }
        Ok(swept)
    }

    /// Only names that we give are ever removed; whatever else somebody put into the folder is theirs.
    fn is_orphan(&self, name: &str, live: &FxHashSet<&str>) -> bool {
        let unfinished = name.strip_suffix(TEMPORARY);
        let finished = unfinished.unwrap_or(name);
        let is_ours = finished.strip_suffix(EXTENSION).is_some_and(|id| id.parse::<FileId>().is_ok());
        let is_live = unfinished.is_none() && live.contains(format!("{EVENTS_FOLDER}/{name}").as_str());
        is_ours && !is_live && !self.written.lock().unwrap_or_else(PoisonError::into_inner).contains(finished)
    }

    /// All orders before `until` (not at it), or all, by time and event id. The same events give the same history,
    /// however they are divided into files.
    ///
    /// # Errors
    /// When a file is missing or damaged; the error names it.
    pub async fn order_history(&self, files: &[EventFile], until: Option<DateTime<Utc>>) -> Result<OrderHistory> {
        let in_time = |file: &&EventFile| until.is_none_or(|until| file.min_time < until);
        let files: Vec<EventFile> = files.iter().filter(in_time).cloned().collect();
        let paths = self.checked.resolve(&self.root, &files)?;
        blocking("the order history", move || read_history(&paths, until)).await
    }

    /// Orders, customers, units and money of every local day and currency, by day.
    ///
    /// # Errors
    /// When a file is missing or damaged; the error names it.
    pub async fn daily_sales(&self, files: &[EventFile]) -> Result<Vec<DailySales>> {
        self.engine.daily_sales(&self.checked.resolve(&self.root, files)?).await
    }

    /// How often each event happened, the most frequent first.
    ///
    /// # Errors
    /// When a file is missing or damaged; the error names it.
    pub async fn event_counts(&self, files: &[EventFile]) -> Result<Vec<EventCount>> {
        self.engine.event_counts(&self.checked.resolve(&self.root, files)?).await
    }

    /// The events that are in no file yet.
    pub fn tail(&self) -> &Tail {
        &self.tail
    }

    /// What these subjects did according to the files, the newest first, at most `limit` events; `before` continues behind an
    /// earlier answer.
    ///
    /// # Errors
    /// When a file is missing or damaged; the error names it.
    pub async fn timeline(
        &self,
        files: &[EventFile],
        subjects: &[SubjectId],
        before: Option<TimelineCursor>,
        limit: usize,
    ) -> Result<Vec<CleanEvent>> {
        let in_time = |file: &&EventFile| before.is_none_or(|before| file.min_time <= before.time);
        let files: Vec<EventFile> = files.iter().filter(in_time).cloned().collect();
        self.engine.timeline(&self.checked.resolve(&self.root, &files)?, subjects, before, limit).await
    }

    /// The same with what is in no file yet: `newest` is what the tail had before `files` were listed. In the other order,
    /// what went into a file in between would be missing.
    ///
    /// # Errors
    /// As [`Self::timeline`].
    pub async fn timeline_until_now(
        &self,
        newest: &TailEvents,
        files: &[EventFile],
        subjects: &[SubjectId],
        before: Option<TimelineCursor>,
        limit: usize,
    ) -> Result<Vec<CleanEvent>> {
        let mut events = self.timeline(files, subjects, before, limit).await?;
        events.extend(newest.of_subjects(subjects, before));
        events.sort_unstable_by_key(|event| std::cmp::Reverse(place(event)));
        // What is in both was written into a file in between.
        events.dedup_by_key(|event| event.id);
        events.truncate(limit);
        Ok(events)
    }

    /// A hash of all events, the same for the same events however they are ordered and divided into files, and another
    /// one as soon as a byte of one event differs. 64 hexadecimal digits.
    ///
    /// # Errors
    /// When a file is missing or damaged; the error names it.
    pub async fn digest(&self, files: &[EventFile]) -> Result<String> {
        let paths = self.checked.resolve(&self.root, files)?;
        blocking("the digest", move || digest_files(&paths)).await
    }
}

fn name_of(file: &EventFile) -> Option<String> {
    file.path.strip_prefix(EVENTS_FOLDER)?.strip_prefix('/').map(str::to_owned)
}

fn by_time<'e>(events: impl IntoIterator<Item = &'e CleanEvent>) -> Vec<&'e CleanEvent> {
    // Places apart from events: to look into both events for every comparison was a thirtieth of a full inbox's time.
    let mut sorted: Vec<_> = events.into_iter().map(|event| (place(event), event)).collect();
    sorted.sort_by_key(|(place, _)| *place);
    sorted.into_iter().map(|(_, event)| event).collect()
}

/// Where an event stands among others, as it will be read: what differs by nanoseconds only is told apart by its id.
fn place(event: &CleanEvent) -> (i64, EventId) {
    (event.time.timestamp_micros(), event.id)
}

/// A file keeps times to the microsecond.
pub(crate) fn as_a_file_keeps_it(event: CleanEvent) -> CleanEvent {
    let time = to_microseconds(event.time);
    CleanEvent { time, ..event }
}

fn to_microseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}

fn write_parquet(path: &Path, file: &File, events: &[&CleanEvent]) -> Result<()> {
    let failed = |e| Error::from_write(path, e);
    let documents = events.iter().map(|event| event.document_bytes()).sum();
    let properties = writer_properties(events.len(), documents);
    let mut writer = ArrowWriter::try_new(file, EVENTS.clone(), Some(properties)).map_err(failed)?;
    for batch in encode_batches(events) {
        writer.write(&batch?).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

/// Runs work that reads files on a thread that may block.
async fn blocking<T: Send + 'static>(
    question: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    task::spawn_blocking(work).await.map_err(|e| Error::Query { question, source: e.into() })?
}

#[cfg(test)]
#[path = "lake_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "format_tests.rs"]
mod format_tests;
