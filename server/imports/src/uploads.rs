//! The folder of uploads: a folder for each, named by its id, with the file under its own name, and a note beside it that says
//! what is known of it. The note is written last and removed first, so that without one whatever lies there is half an upload.

use crate::{
    error::{Error, Result},
    name,
    receiver::Receiver,
    upload::{Begun, Outcome, Upload},
};
use bellwether_domain::{JobId, UploadId};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashSet,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

const NOTE: &str = "json";

/// The folder of uploads.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    limit: u64,
    /// Notes are read, changed and written by one at a time.
    notes: Mutex<()>,
}

impl Uploads {
    /// Opens the folder, and makes it where it is missing. A file may have `limit` bytes.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path, limit: u64) -> Result<Self> {
        private_folder(folder).map_err(Error::io(folder))?;
        Ok(Self { folder: folder.to_owned(), limit, notes: Mutex::new(()) })
    }

    /// The most bytes of a file.
    pub const fn limit(&self) -> u64 {
        self.limit
    }

    /// Begins to take a file in. Until [`Receiver::finish`] nobody sees it, and when the receiver is dropped before, nothing is left.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn receive(&self, id: UploadId, given_name: &str) -> Result<Receiver> {
        let (name, folder) = (name::safe(given_name), self.folder_of(id));
        private_folder(&folder).map_err(Error::io(&folder))?;
        let path = folder.join(&name);
        let file = private_file(&path).map_err(Error::io(&path))?;
        Ok(Receiver::new(id, name, folder, self.note_of(id), file, self.limit))
    }

    /// One upload.
    ///
    /// # Errors
    /// [`Error::Unknown`], also where it has not come to its end; [`Error::Damaged`].
    pub fn get(&self, id: UploadId) -> Result<Upload> {
        read_note(&self.note_of(id))?.ok_or(Error::Unknown(id))
    }

    /// All uploads, the newest first. What is damaged is left out, and said in the log.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Upload>> {
        let mut all = Vec::new();
        for path in self.paths()? {
            if path.extension().is_none_or(|ending| ending != NOTE) {
                continue;
            }
            match read_note(&path) {
                Ok(upload) => all.extend(upload),
                Err(error) => tracing::warn!(%error, "an upload is left out"),
            }
        }
        all.sort_by(|a: &Upload, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
        Ok(all)
    }

    /// Where the bytes of an upload lie.
    ///
    /// # Errors
    /// [`Error::Gone`] when they are not there any more.
    pub fn file(&self, upload: &Upload) -> Result<PathBuf> {
        let path = self.folder_of(upload.id).join(&upload.name);
        if path.is_file() { Ok(path) } else { Err(Error::Gone(upload.id)) }
    }

    /// Notes which job imports it from now on; its number, counted from 1, goes into the job's key.
    ///
    /// # Errors
    /// As [`Uploads::get`]; when the note cannot be written.
    pub fn start(&self, id: UploadId, job: impl FnOnce(u32) -> JobId) -> Result<Upload> {
        self.change(id, |upload| {
            upload.starts += 1;
            upload.job = Some(job(upload.starts));
            upload.begun = None;
        })
    }

    /// Keeps how things stood when its job began; what an earlier attempt of the same job has found stays.
    ///
    /// # Errors
    /// As [`Uploads::start`].
    pub fn begin(&self, id: UploadId, begun: Begun) -> Result<Begun> {
        let kept = self.change(id, |upload| {
            upload.begun.get_or_insert(begun);
        })?;
        kept.begun.ok_or(Error::Unknown(id))
    }

    /// Keeps what came of it, and then removes the file: it is in, and people's data should not lie about twice.
    ///
    /// # Errors
    /// As [`Uploads::start`].
    pub fn finish(&self, id: UploadId, outcome: Outcome) -> Result<()> {
        self.change(id, |upload| upload.outcome = Some(outcome))?;
        remove_folder(&self.folder_of(id))
    }

    /// Removes an upload; says whether it was there.
    ///
    /// # Errors
    /// When something of it cannot be removed.
    pub fn remove(&self, id: UploadId) -> Result<bool> {
        let _one_at_a_time = self.lock();
        let note = self.note_of(id);
        let there = match fs::remove_file(&note) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(Error::io(note)(error)),
        };
        if there {
            remove_folder(&self.folder_of(id))?;
        }
        Ok(there)
    }

    /// Removes what is left of uploads that did not come to their end, and files of imports that are through; says how many halves
    /// there were. Only before anybody uploads anything: the half of one under way looks like any other.
    ///
    /// # Errors
    /// When the folder cannot be read, or something in it not be removed.
    pub fn sweep_halves(&self) -> Result<u64> {
        for upload in self.list()?.iter().filter(|upload| upload.outcome.is_some()) {
            remove_folder(&self.folder_of(upload.id))?;
        }
        let mut halves = 0;
        for path in self.paths()? {
            let is_note = path.extension().is_some_and(|ending| ending == NOTE);
            if is_note || path.with_extension(NOTE).exists() {
                continue;
            }
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(Error::io(&path))?;
            halves += 1;
        }
        Ok(halves)
    }

    /// Removes uploads that have lain here for longer than `keep`, and gives them; those whose jobs are `busy` stay.
    ///
    /// # Errors
    /// When the folder cannot be read, or something in it not be removed.
    pub fn sweep_old(&self, now: DateTime<Utc>, keep: TimeDelta, busy: &HashSet<JobId>) -> Result<Vec<Upload>> {
        let mut old = self.list()?;
        old.retain(|upload| {
            let last = upload.outcome.as_ref().map_or(upload.at, |outcome| outcome.at);
            now - last > keep && upload.job.is_none_or(|job| !busy.contains(&job))
        });
        for upload in &old {
            self.remove(upload.id)?;
        }
        Ok(old)
    }

    fn change(&self, id: UploadId, change: impl FnOnce(&mut Upload)) -> Result<Upload> {
        let _one_at_a_time = self.lock();
        let mut upload = self.get(id)?;
        change(&mut upload);
        write_note(&self.note_of(id), &upload)?;
        Ok(upload)
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folder_of(&self, id: UploadId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn note_of(&self, id: UploadId) -> PathBuf {
        self.folder.join(format!("{id}.{NOTE}"))
    }

    fn paths(&self) -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        Ok(entries.map_err(Error::io(&self.folder))?.iter().map(fs::DirEntry::path).collect())
    }
}

fn read_note(path: &Path) -> Result<Option<Upload>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(path)(error)),
    };
    let damaged = |error: serde_json::Error| Error::Damaged { path: path.to_owned(), detail: error.to_string() };
    serde_json::from_slice(&text).map(Some).map_err(damaged)
}

/// Aside, onto the disk, and then in the place of the old one: a crash leaves one of the two.
pub(crate) fn write_note(path: &Path, upload: &Upload) -> Result<()> {
    let text = serde_json::to_vec(upload).map_err(|error| Error::io(path)(error.into()))?;
    let aside = path.with_extension("new");
    let write = || {
        let mut file = private_file(&aside)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&aside, path)?;
        sync_folder_of(path)
    };
    write().map_err(|error| {
        // On a full disk also that counts; what cannot be removed now goes with the next sweep.
        drop(fs::remove_file(&aside));
        Error::io(path)(error)
    })
}

/// Makes names in the folder durable.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::io(folder)(error)),
    }
}

/// What lies in a data folder is its owner's business.
fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(true).open(path)
}
