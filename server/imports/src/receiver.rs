//! Takes a file in, part by part.

use crate::{
    error::{Error, Result},
    upload::Upload,
    uploads::{sync_folder_of, write_note},
};
use bellwether_domain::UploadId;
use chrono::{DateTime, Utc};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

/// A file that is being taken in. Dropped before [`Receiver::finish`] it leaves nothing.
#[derive(Debug)]
pub struct Receiver {
    id: UploadId,
    name: String,
    folder: Option<PathBuf>,
    note: PathBuf,
    file: File,
    digest: blake3::Hasher,
    bytes: u64,
    limit: u64,
}

impl Receiver {
    pub(crate) fn new(id: UploadId, name: String, folder: PathBuf, note: PathBuf, file: File, limit: u64) -> Self {
        Self { id, name, folder: Some(folder), note, file, digest: blake3::Hasher::new(), bytes: 0, limit }
    }

    /// Takes the next bytes. Blocking.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::DiskFull`], [`Error::Io`]; the upload is over then.
    pub fn take(&mut self, part: &[u8]) -> Result<()> {
        self.bytes += part.len() as u64;
        if self.bytes > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.digest.update(part);
        self.file.write_all(part).map_err(Error::io(self.path()))
    }

    /// Makes the file durable, and then known. Blocking.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::DiskFull`], [`Error::Io`]; nothing is left then.
    pub fn finish(mut self, at: DateTime<Utc>) -> Result<Upload> {
        if self.bytes == 0 {
            return Err(Error::Empty);
        }
        let path = self.path();
        self.file.sync_all().and_then(|()| sync_folder_of(&path)).map_err(Error::io(&path))?;
        let upload = Upload {
            id: self.id,
            name: self.name.clone(),
            bytes: self.bytes,
            digest: self.digest.finalize().to_hex().to_string(),
            at,
            job: None,
            starts: 0,
            begun: None,
            outcome: None,
        };
        write_note(&self.note, &upload)?;
        self.folder = None;
        Ok(upload)
    }

    fn path(&self) -> PathBuf {
        self.folder.as_deref().unwrap_or(Path::new("")).join(&self.name)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder
            && let Err(error) = std::fs::remove_dir_all(folder)
        {
            tracing::warn!(%error, folder = %folder.display(), "half an upload is left until the next start");
        }
    }
}
