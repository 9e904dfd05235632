//! What can go wrong, told apart as far as the caller can do something about it.

use std::path::{Path, PathBuf};

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the inbox could not do what it was asked. In every case nothing of the call was kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no room for the batch: the one to answer with "try again later".
    #[error("the disk is full: {path} was left as it was; free some space, then send the same again")]
    DiskFull {
        /// The inbox's file.
        path: PathBuf,
    },
    /// Somebody else is writing, and did not finish within the time that we wait.
    #[error("another process is writing to {path}; stop it (a second Bellwether on this data folder?) and try again")]
    Locked {
        /// The inbox's file.
        path: PathBuf,
    },
    /// The file, or the folder it is in, does not let us write.
    #[error("{path} cannot be opened for writing; check that its folder exists, and the owner and permissions of both")]
    NotWritable {
        /// The inbox's file.
        path: PathBuf,
    },
    /// A later version of Bellwether has changed the file's form.
    #[error(
        "{path} has format {found}, and this version knows formats up to {known}; use a newer version of Bellwether"
    )]
    NewerFormat {
        /// The inbox's file.
        path: PathBuf,
        /// The format of the file.
        found: i64,
        /// The newest format that this version reads.
        known: i64,
    },
    /// A file of something else lies where the inbox should be.
    #[error("{path} is not an inbox of Bellwether; move it away or choose another data folder")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// What was stored is not what comes back.
    #[error("batch {offset} of {path} is damaged ({detail}); restore the data folder from its last backup")]
    Damaged {
        /// The inbox's file.
        path: PathBuf,
        /// The batch.
        offset: u64,
        /// What does not fit.
        detail: String,
    },
    /// A batch says that it holds another number of records than it does.
    #[error("batch {index} of the call says {said} records and holds {found} lines")]
    RecordCount {
        /// Which batch of the call, counted from 0.
        index: usize,
        /// Its `records`.
        said: u32,
        /// The lines of its body.
        found: usize,
    },
    /// A line of a batch is not a record.
    #[error("record {number} of the batch is not valid: {source}")]
    BadRecord {
        /// Which line of the batch, counted from 1.
        number: usize,
        /// What the parser says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// More waits to be written than there is room for in memory: the one to answer with "try again later".
    #[error("{waiting} requests wait to be written to {path} already; send the same again a little later")]
    Overloaded {
        /// The inbox's file.
        path: PathBuf,
        /// How many wait.
        waiting: usize,
    },
    /// The appender was closed, or its thread is gone, before it could say that the records are on the disk.
    #[error(
        "the writer of {path} has stopped before it could confirm; send the same again as soon as the server has restarted"
    )]
    Stopped {
        /// The inbox's file.
        path: PathBuf,
    },
    /// Anything else that the database or the compression reports.
    #[error("could not {action} {path}: {source}")]
    Database {
        /// The inbox's file.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// What was reported.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Whether there is no room; more of the same has no use until somebody has made some.
    pub const fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. })
    }

    /// Whether somebody else is writing.
    pub const fn is_locked(&self) -> bool {
        matches!(self, Self::Locked { .. })
    }

    /// Whether the same would be accepted a little later.
    pub const fn is_overloaded(&self) -> bool {
        matches!(self, Self::Overloaded { .. })
    }

    /// The same error once more: everybody whose records were in a transaction is told why it failed.
    pub(crate) fn repeated(&self) -> Self {
        let same = |source: &(dyn std::error::Error + Send + Sync)| source.to_string().into();
        match self {
            Self::DiskFull { path } => Self::DiskFull { path: path.clone() },
            Self::Locked { path } => Self::Locked { path: path.clone() },
            Self::NotWritable { path } => Self::NotWritable { path: path.clone() },
            Self::NewerFormat { path, found, known } => {
                Self::NewerFormat { path: path.clone(), found: *found, known: *known }
            }
            Self::Foreign { path } => Self::Foreign { path: path.clone() },
            Self::Damaged { path, offset, detail } => {
                Self::Damaged { path: path.clone(), offset: *offset, detail: detail.clone() }
            }
            Self::RecordCount { index, said, found } => Self::RecordCount { index: *index, said: *said, found: *found },
            Self::BadRecord { number, source } => Self::BadRecord { number: *number, source: same(&**source) },
            Self::Overloaded { path, waiting } => Self::Overloaded { path: path.clone(), waiting: *waiting },
            Self::Stopped { path } => Self::Stopped { path: path.clone() },
            Self::Database { path, action, source } => {
                Self::Database { path: path.clone(), action, source: same(&**source) }
            }
        }
    }

    /// Gives the database's error the name of what it means here.
    pub(crate) fn from_sqlite(path: &Path, action: &'static str, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let path = path.to_owned();
        // Growing the shared-memory file, which every opener needs, fails for want of room only.
        if source.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull { path };
        }
        match source.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull { path },
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked { path },
            Some(Code::ReadOnly | Code::PermissionDenied | Code::CannotOpen) => Self::NotWritable { path },
            Some(Code::NotADatabase) => Self::Foreign { path },
            _ => Self::Database { path, action, source: source.into() },
        }
    }

    pub(crate) fn from_io(path: &Path, action: &'static str, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path },
            _ => Self::Database { path, action, source: source.into() },
        }
    }
}
