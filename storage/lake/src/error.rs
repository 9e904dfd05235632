//! What can go wrong, with the file that is at fault and what to do about it.

use datafusion::parquet::errors::ParquetError;
use std::{
    error::Error as StdError,
    io,
    path::{Path, PathBuf},
};

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a file could not be written or a question not be answered.
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
    #[error("{path} is missing; restore it from the last backup, or import its source again into a fresh data folder")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what was written.
    #[error(
        "{path} is damaged ({detail}); restore it from the last backup, or import its source again into a fresh data folder"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        detail: String,
    },
    /// A Parquet file of something else.
    #[error(
        "{path} is not an event file of the Lake ({detail}); move it away and restore the right one from the last backup"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is missing.
        detail: String,
    },
    /// A later version of Bellwether has written the file.
    #[error(
        "{path} has event format {found}, and this version knows formats up to {known}; use a newer version of Bellwether"
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
    /// A file needs at least one event, because it has a first and a last one.
    #[error("an event file cannot be empty; write it when there are events")]
    NoEvents,
    /// An event that no Parquet file can hold.
    #[error("event {event} has {bytes} bytes of text, more than the {limit} that fit; cut its properties")]
    EventTooLarge {
        /// The event's id.
        event: String,
        /// What it has.
        bytes: usize,
        /// What it may have.
        limit: usize,
    },
    /// The engine could not answer although every file is readable.
    #[error("could not compute {question}: {source}")]
    Query {
        /// What was asked.
        question: &'static str,
        /// What the engine says.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A sum does not fit into a 64-bit decimal.
    #[error("{what} adds up to more than 922 trillion, the largest amount that can be kept")]
    TooLarge {
        /// Which sum.
        what: &'static str,
    },
    /// A stranger's file that is not Parquet, or only a part of one.
    #[error("{path} cannot be read as Parquet ({detail}); is it complete, and really a Parquet file?")]
    NotParquet {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        detail: String,
    },
    /// A value of a table that has no counterpart in our column types.
    #[error("{path}: column `{column}`: {detail}")]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What is wrong with it.
        detail: String,
    },
}

impl Error {
    /// Whether there is no room.
    pub const fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. })
    }

    pub(crate) fn from_io(path: &Path, action: &'static str, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::NotFound if action == READ => Self::Missing { path },
            _ => Self::Io { path, action, source },
        }
    }

    /// For writing: what the Parquet writer reports is nearly always the file system's error in another coat.
    pub(crate) fn from_write(path: &Path, error: ParquetError) -> Self {
        match error {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(source) => Self::from_io(path, WRITE, *source),
                Err(inner) => Self::Io { path: path.to_owned(), action: WRITE, source: io::Error::other(inner) },
            },
            other => Self::Io { path: path.to_owned(), action: WRITE, source: io::Error::other(other) },
        }
    }

    pub(crate) fn damaged(path: &Path, detail: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), detail: detail.to_string() }
    }
}

pub(crate) const READ: &str = "read";
pub(crate) const WRITE: &str = "write";
