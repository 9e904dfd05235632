//! Opens whatever holds rows as an importer: text in `stages/collect` itself, Parquet through the Lake, which alone knows it.

use bellwether_collect::{Importer, Look, RowIds, RowMapping, TypedRows, file_digest};
use bellwether_lake::ParquetRows;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Why a file cannot be opened or read as one of rows.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// It, or the mapping as far as this file goes.
    #[error(transparent)]
    Collect(#[from] bellwether_collect::Error),
    /// It is no Parquet file that can be read.
    #[error(transparent)]
    Parquet(#[from] bellwether_lake::Error),
}

/// Opens a file of any form.
///
/// # Errors
/// As [`Importer::open`].
pub fn open(path: &Path, mapping: RowMapping<'_>) -> Result<Importer, RowsError> {
    if !ParquetRows::is_parquet(path) {
        return Ok(Importer::open(path, mapping)?);
    }
    parquet(path, ParquetRows::open(path)?, &file_digest(path)?, mapping, ReadSoFar::default())
}

/// The same for a file of which [`file_digest`] is known, with a look at how far it has been read.
///
/// # Errors
/// As [`Importer::open`].
pub fn open_known(path: &Path, digest: &str, mapping: RowMapping<'_>) -> Result<(Importer, ReadSoFar), RowsError> {
    let fail = |source| bellwether_collect::Error::Io { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(fail)?.len();
    if ParquetRows::is_parquet(path) {
        let rows = ParquetRows::open(path)?;
        let so_far = ReadSoFar { done: Arc::default(), units: rows.rows(), bytes };
        return Ok((parquet(path, rows, digest, mapping, so_far.clone())?, so_far));
    }
    let so_far = ReadSoFar { done: Arc::default(), units: bytes, bytes };
    let file = Counting { file: File::open(path).map_err(fail)?, so_far: so_far.clone() };
    Ok((Importer::from_file(&name(path), file, digest, mapping)?, so_far))
}

/// A draft of a mapping for a file of any form.
///
/// # Errors
/// The file cannot be read, or has no rows.
pub fn guess(path: &Path) -> Result<String, RowsError> {
    Ok(look_at(path)?.1.draft)
}

/// What a file of any form seems to be, and whether it is one of Parquet.
///
/// # Errors
/// As [`guess`].
pub fn look_at(path: &Path) -> Result<(bool, Look), RowsError> {
    if !ParquetRows::is_parquet(path) {
        return Ok((false, bellwether_collect::look_at(path)?));
    }
    let rows = Box::new(ParquetFile { rows: ParquetRows::open(path)?, so_far: ReadSoFar::default() });
    Ok((true, bellwether_collect::look_at_rows(&name(path), rows)?))
}

/// How far a file has been read. A clone looks at the same file.
#[derive(Debug, Clone, Default)]
pub struct ReadSoFar {
    done: Arc<AtomicU64>,
    /// What `done` counts: bytes of text, rows of Parquet.
    units: u64,
    bytes: u64,
}

impl ReadSoFar {
    /// Bytes of the file, about, and how many it has.
    pub fn bytes(&self) -> (u64, u64) {
        let done = self.done.load(Ordering::Relaxed).min(self.units);
        let share = u128::from(self.bytes) * u128::from(done) / u128::from(self.units.max(1));
        (u64::try_from(share).unwrap_or(self.bytes), self.bytes)
    }

    fn add(&self, units: u64) {
        self.done.fetch_add(units, Ordering::Relaxed);
    }
}

fn parquet(
    path: &Path,
    rows: ParquetRows,
    digest: &str,
    mapping: RowMapping<'_>,
    so_far: ReadSoFar,
) -> Result<Importer, RowsError> {
    let rows = Box::new(ParquetFile { rows, so_far });
    Ok(Importer::from_rows(&name(path), rows, RowIds::Place(digest.to_owned()), mapping)?)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

struct Counting {
    file: File,
    so_far: ReadSoFar,
}

impl Read for Counting {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.file.read(into).inspect(|bytes| self.so_far.add(*bytes as u64))
    }
}

struct ParquetFile {
    rows: ParquetRows,
    so_far: ReadSoFar,
}

impl TypedRows for ParquetFile {
    fn columns(&self) -> &[String] {
        self.rows.columns()
    }

    fn next_row(&mut self, into: &mut String) -> io::Result<bool> {
        self.so_far.add(1);
        self.rows.next_row(into).map_err(io::Error::other)
    }
}
