//! Opens whatever holds rows as an importer: text in `stages/collect` itself, Parquet through the Lake, which alone knows it.

use anyhow::Result;
use bellwether_collect::{Importer, RowIds, RowMapping, TypedRows, file_digest};
use bellwether_lake::ParquetRows;
use std::{io, path::Path};

/// Opens a file of any form.
pub fn open(path: &Path, mapping: RowMapping<'_>) -> Result<Importer> {
    if !ParquetRows::is_parquet(path) {
        return Ok(Importer::open(path, mapping)?);
    }
    let rows = Box::new(ParquetFile(ParquetRows::open(path)?));
    Ok(Importer::from_rows(&name(path), rows, RowIds::Place(file_digest(path)?), mapping)?)
}

/// A draft of a mapping for a file of any form.
pub fn guess(path: &Path) -> Result<String> {
    if !ParquetRows::is_parquet(path) {
        return Ok(bellwether_collect::guess(path)?);
    }
    let rows = Box::new(ParquetFile(ParquetRows::open(path)?));
    Ok(bellwether_collect::guess_from_rows(&name(path), rows)?)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

struct ParquetFile(ParquetRows);

impl TypedRows for ParquetFile {
    fn columns(&self) -> &[String] {
        self.0.columns()
    }

    fn next_row(&mut self, into: &mut String) -> io::Result<bool> {
        self.0.next_row(into).map_err(io::Error::other)
    }
}
