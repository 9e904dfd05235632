//! Holding the manifest's list against what is on the disk, before a question is asked.

use crate::{Error, Result, error::READ, scan::row_count};
use bellwether_domain::EventFile;
use rustc_hash::FxHashSet;
use std::{
    fs,
    path::{Component, Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// What tells a file from what it was when it was checked.
type Stamp = (PathBuf, u64, Option<SystemTime>);

/// Remembers which files were found right, so that each is opened for this once and not with every question.
#[derive(Debug, Default)]
pub struct Checked(Mutex<FxHashSet<Stamp>>);

impl Checked {
    /// Where the files are, in the order of their first events.
    pub fn resolve(&self, root: &Path, files: &[EventFile]) -> Result<Vec<PathBuf>> {
        let mut files: Vec<&EventFile> = files.iter().collect();
        files.sort_by_key(|file| (file.min_time, file.max_time, file.id));
        files.into_iter().map(|file| self.check(root, file)).collect()
    }

    fn check(&self, root: &Path, file: &EventFile) -> Result<PathBuf> {
        let path = locate(root, &file.path)?;
        let metadata = fs::metadata(&path).map_err(|e| Error::from_io(&path, READ, e))?;
        let stamp = (path, metadata.len(), metadata.modified().ok());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(&stamp) {
            let rows = row_count(&stamp.0)?;
            if rows != file.rows {
                return Err(Error::damaged(&stamp.0, format!("it holds {rows} events, and {} are listed", file.rows)));
            }
            known.insert(stamp.clone());
        }
        Ok(stamp.0)
    }
}

/// The place of a listed file; a list never leads out of the Lake.
fn locate(root: &Path, relative: &str) -> Result<PathBuf> {
    let inside = Path::new(relative).components().all(|part| matches!(part, Component::Normal(_)));
    let path = root.join(relative);
    if inside {
        Ok(path)
    } else {
        Err(Error::Foreign { path, detail: "its listed path leads out of the Lake".to_owned() })
    }
}
