//! The data folder: one process at a time.

use anyhow::{Context, Result, bail};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

/// A data folder that belongs to this process until it is dropped.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Creates the folder when it is missing and takes it.
    ///
    /// The operating system gives the lock back when the process ends, however it ends.
    pub fn take(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root)
            .with_context(|| format!("cannot create the data folder {}; choose another with --data", root.display()))?;
        let path = root.join("lock");
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot write to the data folder {}", root.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who holds it is a courtesy; the refusal stands without.
                let _ = lock.read_to_string(&mut holder);
                bail!(
                    "the data folder {} is in use by another bellwether process ({}); stop it first, or choose another folder with --data",
                    root.display(),
                    if holder.trim().is_empty() { "unknown" } else { holder.trim() }
                );
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        // Also a courtesy, for whom a full disk has no room; what looks after the folder must still run then.
        let said = lock.set_len(0).and_then(|()| lock.rewind());
        drop(said.and_then(|()| write!(lock, "process {}", std::process::id())));
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    /// A path inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::take(folder.path()).unwrap();
        let error = DataFolder::take(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains(&format!("in use by another bellwether process (process {})", std::process::id())),
            "{error}"
        );
        drop(first);
        DataFolder::take(folder.path()).unwrap();
    }
}
