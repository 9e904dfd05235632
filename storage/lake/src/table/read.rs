//! Arrow's many types → our five.

use super::{Column, NamedColumn, ParquetTable};
use crate::{Error, Result, durable::open, error::READ};
use chrono::{DateTime, Utc};
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, RecordBatch},
        compute::cast,
        datatypes::{DataType, Field, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType, UInt64Type},
        util::display::{ArrayFormatter, FormatOptions},
    },
    parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};
use std::{io, path::Path};

/// Reads a whole Parquet file.
///
/// # Errors
/// [`Error::Missing`] and [`Error::NotParquet`] for the file; [`Error::Column`] for a value that has no counterpart here.
pub fn read_parquet_table(path: &Path) -> Result<ParquetTable> {
    let not_parquet = |detail: String| Error::NotParquet { path: path.to_owned(), detail };
    let file = open(path)?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(Error::from_io(path, READ, io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| not_parquet(e.to_string()))?;
    let mut columns: Vec<NamedColumn> = builder.schema().fields().iter().map(|field| empty(field)).collect();
    let reader: ParquetRecordBatchReader = builder.build().map_err(|e| not_parquet(e.to_string()))?;
    for batch in reader {
        append(&mut columns, &batch.map_err(|e| not_parquet(e.to_string()))?)
            .map_err(|(column, detail)| Error::Column { path: path.to_owned(), column, detail })?;
    }
    Ok(ParquetTable { columns })
}

fn empty(field: &Field) -> NamedColumn {
    let values = match plain_type(field.data_type()) {
        Plain::Text => Column::Text(Vec::new()),
        Plain::Number => Column::Number(Vec::new()),
        Plain::Integer | Plain::Unsigned => Column::Integer(Vec::new()),
        Plain::Bool => Column::Bool(Vec::new()),
        Plain::Time => Column::Time(Vec::new()),
    };
    NamedColumn { name: field.name().clone(), values }
}

/// Which of our columns a type becomes.
#[derive(Debug, Clone, Copy)]
enum Plain {
    Text,
    Number,
    Integer,
    /// An integer, until a value is too large for one.
    Unsigned,
    Bool,
    Time,
}

fn plain_type(data_type: &DataType) -> Plain {
    match data_type {
        DataType::Dictionary(_, values) => plain_type(values),
        DataType::Boolean => Plain::Bool,
        DataType::UInt64 => Plain::Unsigned,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Plain::Time,
        other if other.is_integer() => Plain::Integer,
        other if other.is_floating() || other.is_decimal() => Plain::Number,
        _ => Plain::Text,
    }
}

type Failure = (String, String);

fn append(columns: &mut [NamedColumn], batch: &RecordBatch) -> std::result::Result<(), Failure> {
    for (column, array) in columns.iter_mut().zip(batch.columns()) {
        append_values(&mut column.values, array).map_err(|detail| (column.name.clone(), detail))?;
    }
    Ok(())
}

fn append_values(values: &mut Column, array: &ArrayRef) -> std::result::Result<(), String> {
    let converted = |target: &DataType| cast(array, target).map_err(|e| e.to_string());
    if matches!(plain_type(array.data_type()), Plain::Unsigned) {
        return append_unsigned(values, &converted(&DataType::UInt64)?);
    }
    match values {
        Column::Text(texts) => append_texts(texts, array)?,
        Column::Number(numbers) => numbers.extend(converted(&DataType::Float64)?.as_primitive::<Float64Type>()),
        Column::Integer(integers) => integers.extend(converted(&DataType::Int64)?.as_primitive::<Int64Type>()),
        Column::Bool(bools) => bools.extend(converted(&DataType::Boolean)?.as_boolean()),
        Column::Time(times) => append_times(times, array)?,
    }
    Ok(())
}

/// Whole numbers stay whole as long as all of them fit; from the first that does not, the column is of floating point.
fn append_unsigned(values: &mut Column, array: &ArrayRef) -> std::result::Result<(), String> {
    let array = array.as_primitive::<UInt64Type>();
    let fits = array.iter().flatten().all(|value| i64::try_from(value).is_ok());
    if let (Column::Integer(integers), false) = (&*values, fits) {
        *values = Column::Number(integers.iter().map(|value| value.map(|value| value as f64)).collect());
    }
    match values {
        Column::Integer(integers) => integers.extend(array.iter().map(|value| value.map(u64::cast_signed))),
        Column::Number(numbers) => numbers.extend(array.iter().map(|value| value.map(|value| value as f64))),
        _ => return Err("its type changes within the file".to_owned()),
    }
    Ok(())
}

fn append_texts(texts: &mut Vec<Option<String>>, array: &ArrayRef) -> std::result::Result<(), String> {
    if let Ok(plain) = cast(array, &DataType::Utf8)
        && is_text(array.data_type())
    {
        texts.extend(plain.as_string::<i32>().iter().map(|text| text.map(str::to_owned)));
        return Ok(());
    }
    let options = FormatOptions::default();
    let printer = ArrayFormatter::try_new(array, &options).map_err(|e| e.to_string())?;
    for row in 0..array.len() {
        let text = (!array.is_null(row)).then(|| printer.value(row).try_to_string()).transpose();
        texts.push(text.map_err(|e| format!("row {}: {e}", texts.len() + 1))?);
    }
    Ok(())
}

/// What has a text of its own and need not be printed.
fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        other => other.is_string(),
    }
}

fn append_times(times: &mut Vec<Option<DateTime<Utc>>>, array: &ArrayRef) -> std::result::Result<(), String> {
    if let DataType::Timestamp(TimeUnit::Nanosecond, _) = array.data_type() {
        return append_nanoseconds(times, array);
    }
    let target = DataType::Timestamp(TimeUnit::Microsecond, None);
    let micros = cast(array, &target).map_err(|e| e.to_string())?;
    for value in micros.as_primitive::<TimestampMicrosecondType>() {
        let time = value.map(|micros| DateTime::from_timestamp_micros(micros).ok_or(micros)).transpose();
        times.push(time.map_err(|micros| format!("row {}: {micros} is beyond the calendar", times.len() + 1))?);
    }
    Ok(())
}

fn append_nanoseconds(times: &mut Vec<Option<DateTime<Utc>>>, array: &ArrayRef) -> std::result::Result<(), String> {
    let nanos = cast(array, &DataType::Int64).map_err(|e| e.to_string())?;
    times.extend(nanos.as_primitive::<Int64Type>().iter().map(|value| value.map(DateTime::from_timestamp_nanos)));
    Ok(())
}
