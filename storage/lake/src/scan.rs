//! Reading event files without an engine, for the questions that touch every order line.

use crate::{
    Error, Result,
    durable::open,
    schema::{FORMAT, FORMAT_KEY},
};
use datafusion::{
    arrow::array::RecordBatch,
    parquet::{
        arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder},
        file::metadata::ParquetMetaData,
    },
};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// Large enough that the dictionary of a batch pays.
const BATCH_ROWS: usize = 8192;

/// The batches of one file, in order, with these columns (`lines.list.element.price` is one, `lines` all of a line); none
/// named means all.
pub fn scan(path: &Path, columns: &[&str]) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
    let builder = open_events(path)?;
    let mask = match columns {
        [] => ProjectionMask::all(),
        names => ProjectionMask::columns(builder.parquet_schema(), names.iter().copied()),
    };
    let owned: PathBuf = path.to_owned();
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
    let batches = reader.map_err(|e| Error::damaged(path, e))?;
    Ok(batches.map(move |batch| batch.map_err(|e| Error::damaged(&owned, e))))
}

/// How many events a file holds, according to itself.
pub fn row_count(path: &Path) -> Result<u64> {
    let builder = open_events(path)?;
    Ok(builder.metadata().file_metadata().num_rows().cast_unsigned())
}

fn open_events(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(open(path)?).map_err(|e| Error::damaged(path, e))?;
    check_format(path, builder.metadata())?;
    Ok(builder)
}

fn check_format(path: &Path, metadata: &ParquetMetaData) -> Result<()> {
    let foreign = |detail: String| Error::Foreign { path: path.to_owned(), detail };
    let entries = metadata.file_metadata().key_value_metadata().into_iter().flatten();
    let value = entries.into_iter().find(|entry| entry.key == FORMAT_KEY).and_then(|entry| entry.value.as_ref());
    let text = value.ok_or_else(|| foreign(format!("`{FORMAT_KEY}` is missing from its metadata")))?;
    match text.parse::<u32>() {
        Ok(found) if found > FORMAT => Err(Error::NewerFormat { path: path.to_owned(), found, known: FORMAT }),
        Ok(_) => Ok(()),
        Err(_) => Err(foreign(format!("its `{FORMAT_KEY}` is `{text}`, not a number"))),
    }
}
