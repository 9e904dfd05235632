//! What can go wrong with uploads.

use bellwether_domain::UploadId;
use std::{io, path::PathBuf};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an upload could not be taken, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is larger than it may be.
    #[error(
        "the file has more than {limit} bytes; divide it, pack it with gzip or zstd, or raise imports.max_upload_mb"
    )]
    TooLarge {
        /// How many bytes it may have.
        limit: u64,
    },
    /// The disk has no room for it. Nothing of it was kept.
    #[error("the disk of the data folder is full; make room, or pack the file with gzip or zstd, and send it again")]
    DiskFull,
    /// Not one byte.
    #[error("the file is empty: there is neither a header nor a row in it")]
    Empty,
    /// Nothing has this id.
    #[error("there is no upload {0}")]
    Unknown(UploadId),
    /// A file in the data folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What is known of an upload cannot be read any more.
    #[error("{} is damaged ({detail}); remove it, and send the file again", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The bytes of the upload are not there any more.
    #[error("the file of upload {0} is gone; send it again")]
    Gone(UploadId),
}

impl Error {
    /// A failure of the system, with the place.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io { path, source },
        }
    }
}
