//! Parquet in and out: the only place that knows the Lake.

use super::{Moment, OutputColumn, OutputValues, Projection, Table, TextColumn, format_moment, source::Source};
use crate::{LabError, Result};
use bellwether_lake::{Column, NamedColumn, ParquetTable, read_parquet_table, write_parquet_table};
use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// Reads all rows into `table`; a row's line is its number.
pub(crate) fn read_parquet(source: &Source, projection: &Projection, table: &mut Table) -> Result<()> {
    let read = match &source.in_place {
        Some(path) => read_parquet_table(path),
        None => {
            let spooled = Spooled::new(&source.bytes)?;
            read_parquet_table(&spooled.0)
        }
    };
    let read = read.map_err(|error| LabError::input(&table.input, error.to_string()))?;
    table.all_names = read.columns.iter().map(|column| column.name.clone()).collect();
    table.lines = (1..=read.rows() as u64).collect();
    table.columns = read.columns.iter().filter(|column| projection.wants(&column.name)).map(as_text).collect();
    Ok(())
}

/// Writes columns.
pub(crate) fn write_parquet(path: &Path, columns: &[OutputColumn]) -> std::io::Result<()> {
    let columns = columns.iter().map(|column| {
        let values = match &column.values {
            OutputValues::Text(values) => Column::Text(values.clone()),
            OutputValues::Integer(values) => Column::Integer(values.clone()),
            OutputValues::Number(values) => Column::Number(values.clone()),
        };
        NamedColumn { name: column.name.clone(), values }
    });
    write_parquet_table(path, &ParquetTable { columns: columns.collect() }).map_err(std::io::Error::other)
}

/// Numbers are printed so that they read back to the same bits; texts keep their note that they were texts.
fn as_text(column: &NamedColumn) -> TextColumn {
    let mut text = TextColumn::new(column.name.clone());
    text.typed_source = true;
    match &column.values {
        Column::Text(values) => {
            text.quoted = values.iter().flatten().count() as u64;
            values.iter().for_each(|value| text.push(value.as_deref().unwrap_or("")));
        }
        Column::Number(values) => push_all(&mut text, values, |value| value.is_finite().then(|| value.to_string())),
        Column::Integer(values) => push_all(&mut text, values, |value| Some(value.to_string())),
        Column::Bool(values) => push_all(&mut text, values, |value| Some(value.to_string())),
        Column::Time(values) => {
            let moment = |time: &chrono::DateTime<chrono::Utc>| Moment(time.timestamp_micros());
            let has_time = values.iter().flatten().any(|time| moment(time).day_start() != moment(time));
            push_all(&mut text, values, |time| Some(format_moment(moment(time), has_time)));
        }
    }
    text
}

fn push_all<T>(text: &mut TextColumn, values: &[Option<T>], print: impl Fn(&T) -> Option<String>) {
    values.iter().for_each(|value| text.push(value.as_ref().and_then(&print).as_deref().unwrap_or("")));
}

/// Bytes from standard input or a packed file, put on the disk for the reader and removed afterwards.
struct Spooled(PathBuf);

impl Spooled {
    fn new(bytes: &[u8]) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("bellwether-lab-{}-{}.parquet", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let failed = |source| LabError::Write { path: path.clone(), source };
        // Never through a link that somebody else left under this name.
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
        let spooled = Self(path.clone());
        file.write_all(bytes).map_err(failed)?;
        Ok(spooled)
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // It lies in the folder for temporary files, so a failure does no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{ReadOptions, read_table, write_table};

    #[test]
    fn results_come_back_from_a_file_and_from_standard_input() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.parquet");
        let columns = [
            OutputColumn::text("customer", ["00004", "名字"].map(|t| Some(t.to_owned()))),
            OutputColumn::integer("n", [1, -2]),
            OutputColumn::number("x", [0.1, f64::NAN]),
        ];
        write_table(&path, &columns).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let from_file = ReadOptions { input: path.to_str().unwrap().to_owned(), ..Default::default() };
        let from_stdin = ReadOptions { input: "-".to_owned(), ..Default::default() };
        for (options, mut stdin) in [(from_file, &b""[..]), (from_stdin, &bytes[..])] {
            let table = read_table(&options, &Projection::All, &mut stdin).unwrap();
            assert_eq!(table.all_names, ["customer", "n", "x"]);
            let cells =
                |name: &str| table.column(name).unwrap().cells().map(|c| c.map(str::to_owned)).collect::<Vec<_>>();
            assert_eq!(cells("customer"), [Some("00004".into()), Some("名字".into())]);
            assert_eq!(cells("n"), [Some("1".into()), Some("-2".into())]);
            assert_eq!(cells("x"), [Some("0.1".into()), None]);
        }
    }

    #[test]
    fn a_damaged_file_is_unusable_input() {
        let error = read_table(
            &ReadOptions { input: "-".to_owned(), ..Default::default() },
            &Projection::All,
            &mut &b"PAR1 and nothing else"[..],
        );
        assert_eq!(error.unwrap_err().exit_status(), 3);
    }
}
