//! Results per row, as CSV or Parquet. CSV is safe to open in a spreadsheet.

use super::{parquet::write_parquet, rejects::RejectedRow};
use crate::{LabError, Result};
use std::{
    borrow::Cow,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// One column of a result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OutputColumn {
    pub name: String,
    pub values: OutputValues,
}

/// The values of a column; `None` is missing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OutputValues {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
}

impl OutputColumn {
    pub fn text(name: &str, values: impl IntoIterator<Item = Option<String>>) -> Self {
        Self { name: name.to_owned(), values: OutputValues::Text(values.into_iter().collect()) }
    }

    pub fn integer(name: &str, values: impl IntoIterator<Item = i64>) -> Self {
        Self { name: name.to_owned(), values: OutputValues::Integer(values.into_iter().map(Some).collect()) }
    }

    pub fn number(name: &str, values: impl IntoIterator<Item = f64>) -> Self {
        let finite = |value: f64| value.is_finite().then_some(value);
        Self { name: name.to_owned(), values: OutputValues::Number(values.into_iter().map(finite).collect()) }
    }

    pub fn len(&self) -> usize {
        match &self.values {
            OutputValues::Text(values) => values.len(),
            OutputValues::Integer(values) => values.len(),
            OutputValues::Number(values) => values.len(),
        }
    }

    fn cell(&self, row: usize) -> Cow<'_, str> {
        match &self.values {
            OutputValues::Text(values) => values[row].as_deref().map_or(Cow::Borrowed(""), harmless),
            OutputValues::Integer(values) => values[row].map_or(Cow::Borrowed(""), |v| Cow::Owned(v.to_string())),
            OutputValues::Number(values) => values[row].map_or(Cow::Borrowed(""), |v| Cow::Owned(v.to_string())),
        }
    }
}

/// What the extension of an output file asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Csv,
    Tsv,
    Parquet,
}

impl OutputFormat {
    /// Refuses other extensions before any work is done.
    pub fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("tsv") => Ok(Self::Tsv),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(LabError::usage(format!(
                "--output {}: the name must end in .csv, .tsv or .parquet",
                path.display()
            ))),
        }
    }
}

/// Writes all columns; the file appears whole or not at all.
pub(crate) fn write_table(path: &Path, columns: &[OutputColumn]) -> Result<()> {
    let format = OutputFormat::of(path)?;
    into_place(path, |part| match format {
        OutputFormat::Csv => write_delimited(part, columns, b','),
        OutputFormat::Tsv => write_delimited(part, columns, b'\t'),
        OutputFormat::Parquet => write_parquet(part, columns),
    })
}

/// Writes the rows that could not be used.
pub(crate) fn write_csv_rejects(path: &Path, rows: &[RejectedRow]) -> Result<()> {
    let columns = [
        OutputColumn::integer("line", rows.iter().map(|row| row.line as i64)),
        OutputColumn::text("reason", rows.iter().map(|row| Some(row.reason.clone()))),
        OutputColumn::text("detail", rows.iter().map(|row| Some(row.detail.clone()))),
    ];
    into_place(path, |part| write_delimited(part, &columns, b','))
}

/// Writes a text; the file appears whole or not at all.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<()> {
    into_place(path, |part| {
        let mut file = std::fs::File::create(part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })
}

/// Writes under a name beside the target, then renames.
fn into_place(path: &Path, write: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part: PathBuf = path.with_file_name(name);
    write(&part).and_then(|()| std::fs::rename(&part, path)).map_err(|source| {
        // A half-written file is of no use; that it may not exist is no second error.
        let _ = std::fs::remove_file(&part);
        LabError::Write { path: path.to_owned(), source }
    })
}

fn write_delimited(path: &Path, columns: &[OutputColumn], delimiter: u8) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    write_line(&mut out, columns.iter().map(|c| harmless(&c.name)), delimiter)?;
    for row in 0..columns.first().map_or(0, OutputColumn::len) {
        write_line(&mut out, columns.iter().map(|c| c.cell(row)), delimiter)?;
    }
    out.into_inner().map_err(|error| error.into_error())?.sync_all()
}

fn write_line<'a>(
    out: &mut impl Write,
    cells: impl Iterator<Item = Cow<'a, str>>,
    delimiter: u8,
) -> std::io::Result<()> {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.write_all(&[delimiter])?;
        }
        let special = |b: u8| b == delimiter || matches!(b, b'"' | b'\n' | b'\r');
        if cell.bytes().any(special) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front.
fn harmless(text: &str) -> Cow<'_, str> {
    let runs = matches!(text.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
    if runs && text.parse::<f64>().is_err() { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_quoted_and_harmless() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let columns = [
            OutputColumn::text("key", ["a,\"b\"", "=1+1", "-5"].map(|t| Some(t.to_owned()))),
            OutputColumn::integer("n", [1, 2, 3]),
            OutputColumn::number("x", [0.5, f64::NAN, 1e-7]),
        ];
        write_table(&path, &columns).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "key,n,x\n\"a,\"\"b\"\"\",1,0.5\n'=1+1,2,\n-5,3,0.0000001\n");
    }

    #[test]
    fn other_names_are_refused() {
        let error = write_table(Path::new("out.xlsx"), &[]).unwrap_err();
        assert_eq!(error.exit_status(), 2);
        let error = write_table(Path::new("/nowhere/at/all.csv"), &[]).unwrap_err();
        assert_eq!(error.exit_status(), 1);
    }
}
