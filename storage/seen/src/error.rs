//! What can go wrong, with the file that is at fault and what to do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why ids could not be kept or looked up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no room for the file; nothing of it was left behind.
    #[error("the disk is full: {path} was not written; free some space and try again")]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The file system said no.
    #[error("could not {action} {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The manifest lists a file that is not there.
    #[error("{path} is missing; restore Store and data folder from one backup")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what was written.
    #[error("{path} is damaged ({detail}); restore Store and data folder from one backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        detail: &'static str,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull { path: path.to_owned() },
            io::ErrorKind::NotFound => Self::Missing { path: path.to_owned() },
            _ => Self::Io { path: path.to_owned(), action, source },
        }
    }

    pub(crate) fn damaged(path: &Path, detail: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), detail }
    }
}
