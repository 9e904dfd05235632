//! Any Parquet file row by row, each as a JSON object, in bounded memory: for imports.
//!
//! Every value is exact: whole numbers and decimals have all their digits, times all the places of their unit.

use super::value;
use crate::{Error, Result, durable::open, error::READ};
use datafusion::{
    arrow::{array::RecordBatch, error::ArrowError},
    parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};
use std::{
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// Rows that are decoded at a time.
const BATCH_ROWS: usize = 1024;
/// What every Parquet file begins with.
const MAGIC: &[u8] = b"PAR1";

/// Reads the rows of a file; see [`ParquetRows::next_row`].
pub struct ParquetRows {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    columns: Vec<String>,
    rows: u64,
    /// `"name":` of every column.
    keys: Vec<String>,
    batch: Option<RecordBatch>,
    /// The next row of the batch.
    next: usize,
    given: u64,
}

impl ParquetRows {
    /// Whether a file is one of Parquet, by its first bytes or else by its name, so that one that is damaged at its
    /// beginning is not taken for a table of text.
    pub fn is_parquet(path: &Path) -> bool {
        let mut magic = [0; MAGIC.len()];
        let begins = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic));
        let named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
        named && path.is_file() || begins.is_ok() && magic == MAGIC
    }

    /// Opens a file and reads what it says of itself.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::NotParquet`], also for a file that was cut off: what it says of itself is at its end.
    pub fn open(path: &Path) -> Result<Self> {
        let file = open(path)?;
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(Error::from_io(path, READ, io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let not_parquet = |detail: String| Error::NotParquet { path: path.to_owned(), detail };
        let opened = guarded(|| {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
            let columns: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
            let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
            Ok((columns, rows, builder.with_batch_size(BATCH_ROWS).build()?))
        });
        let (columns, rows, reader) = opened.map_err(not_parquet)?;
        let keys = columns.iter().map(|name| key(name)).collect();
        Ok(Self { path: path.to_owned(), reader, columns, rows, keys, batch: None, next: 0, given: 0 })
    }

    /// The names of the columns, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows the file says that it has.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes the next row as one JSON object, its columns in order; `false` behind the last.
    ///
    /// - Whole numbers, decimals and numbers of floating point are numbers; those that are none (NaN, infinite) are `null`.
    /// - Moments are ISO 8601 in UTC, `2024-01-31T12:00:00.000001Z`; times without a zone have no `Z`; days are `2024-01-31`,
    ///   times of the day `12:00:00`.
    /// - Bytes that are UTF-8 are text, others hexadecimal.
    /// - Lists are lists; structs and maps are objects; dictionaries are what they stand for.
    ///
    /// # Errors
    /// [`Error::NotParquet`] where a part of the file is damaged. The rows before are good.
    pub fn next_row(&mut self, into: &mut String) -> Result<bool> {
        while self.batch.as_ref().is_none_or(|batch| self.next >= batch.num_rows()) {
            let reader = &mut self.reader;
            let read = guarded(|| reader.next().transpose());
            match read.map_err(|detail| self.damaged(&detail))? {
                None => return Ok(false),
                // Otherwise damaged pages could be asked for ever.
                Some(batch) if batch.num_rows() == 0 => return Err(self.damaged("its pages hold nothing")),
                Some(batch) => (self.batch, self.next) = (Some(batch), 0),
            }
        }
        if let Some(batch) = &self.batch {
            into.push('{');
            for (index, column) in batch.columns().iter().enumerate() {
                if index > 0 {
                    into.push(',');
                }
                into.push_str(&self.keys[index]);
                value::write(column.as_ref(), self.next, into).map_err(|detail| Error::Column {
                    path: self.path.clone(),
                    column: self.columns[index].clone(),
                    detail: format!("row {}: {detail}", self.given + 1),
                })?;
            }
            into.push('}');
        }
        self.next += 1;
        self.given += 1;
        Ok(true)
    }

    fn damaged(&self, detail: &str) -> Error {
        let detail = format!("it is damaged behind row {}: {detail}; fetch it again", self.given);
        Error::NotParquet { path: self.path.clone(), detail }
    }
}

fn key(name: &str) -> String {
    let mut key = String::new();
    bellwether_domain::json::write_text(&mut key, name);
    key.push(':');
    key
}

/// The decoder has been seen to panic on damaged pages, and a file of a stranger must not end the process.
fn guarded<T>(work: impl FnOnce() -> std::result::Result<T, ArrowError>) -> std::result::Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("its pages contradict themselves".to_owned()),
    }
}
