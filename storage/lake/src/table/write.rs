//! Our five column types → a Parquet file.

use super::{Column, ParquetTable};
use crate::{
    Error, Result,
    durable::{sync_folder, write_file},
};
use datafusion::{
    arrow::{
        array::{
            ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
            TimestampMicrosecondArray,
        },
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    parquet::{
        arrow::ArrowWriter,
        basic::{Compression, ZstdLevel},
        file::properties::WriterProperties,
    },
};
use std::{fs::File, ops::Range, path::Path, sync::Arc};

use crate::schema::time_type;

/// Bounds the memory of a write, and keeps the text of a batch far from 2 GB.
const BATCH_ROWS: usize = 16_384;

/// Writes a table as one Parquet file, whole or not at all; a file of that name is replaced. Times are kept to the
/// microsecond.
///
/// # Errors
/// [`Error::Column`] when the columns are not of one length; [`Error::DiskFull`] and the others of the file system.
pub fn write_parquet_table(path: &Path, table: &ParquetTable) -> Result<()> {
    check_lengths(path, table)?;
    write_file(path, |file| write(path, file, table))?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync_folder(folder),
        _ => sync_folder(Path::new(".")),
    }
}

fn check_lengths(path: &Path, table: &ParquetTable) -> Result<()> {
    let rows = table.rows();
    match table.columns.iter().find(|column| column.values.len() != rows) {
        None => Ok(()),
        Some(column) => Err(Error::Column {
            path: path.to_owned(),
            column: column.name.clone(),
            detail: format!("it has {} values, and the first column {rows}", column.values.len()),
        }),
    }
}

fn write(path: &Path, file: &File, table: &ParquetTable) -> Result<()> {
    let failed = |e| Error::from_write(path, e);
    let schema = schema(table);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("bellwether ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(failed)?;
    for start in (0..table.rows()).step_by(BATCH_ROWS) {
        let rows = start..table.rows().min(start + BATCH_ROWS);
        writer.write(&batch(&schema, table, rows).map_err(|e| failed(e.into()))?).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

fn schema(table: &ParquetTable) -> SchemaRef {
    let field = |column: &super::NamedColumn| Field::new(&column.name, arrow_type(&column.values), true);
    Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()))
}

fn arrow_type(values: &Column) -> DataType {
    match values {
        Column::Text(_) => DataType::Utf8,
        Column::Number(_) => DataType::Float64,
        Column::Integer(_) => DataType::Int64,
        Column::Bool(_) => DataType::Boolean,
        Column::Time(_) => time_type(),
    }
}

fn batch(
    schema: &SchemaRef,
    table: &ParquetTable,
    rows: Range<usize>,
) -> std::result::Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let columns = table.columns.iter().map(|column| array(&column.values, rows.clone())).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
}

fn array(values: &Column, rows: Range<usize>) -> ArrayRef {
    match values {
        Column::Text(texts) => Arc::new(texts[rows].iter().map(Option::as_deref).collect::<StringArray>()),
        Column::Number(numbers) => Arc::new(numbers[rows].iter().copied().collect::<Float64Array>()),
        Column::Integer(integers) => Arc::new(integers[rows].iter().copied().collect::<Int64Array>()),
        Column::Bool(bools) => Arc::new(bools[rows].iter().copied().collect::<BooleanArray>()),
        Column::Time(times) => {
            let micros = times[rows].iter().map(|time| time.map(|time| time.timestamp_micros()));
            Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
    }
}
