//! What a mapping makes of the first rows of a file, row by row, for people to look at while they write it.

use crate::rows::{self, RowsError};
use bellwether_collect::{DryRun, Mapping, MappingError, SampleRow};
use bellwether_domain::Reject;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// Rows that a preview shows; a dry run on the command line shows as many.
pub const PREVIEW_ROWS: u64 = 20;
/// How a mapping is called whose text has no file.
const NAME: &str = "mapping";

/// What a mapping makes of the first rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The mapping's source.
    pub source: String,
    /// What it describes: `orders` or `events`.
    pub kind: &'static str,
    /// Names of the columns, in the order in which they came.
    pub columns: Vec<String>,
    /// The rows, by their lines.
    pub rows: Vec<PreviewRow>,
    /// How many rows were read.
    pub read: u64,
    /// Rows that a rule leaves out on purpose.
    pub skipped: u64,
    /// The form of dates in use; empty where there is none, or each rule has its own.
    pub time_format: String,
}

/// A row, what it becomes and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PreviewRow {
    /// Its line, from 1.
    pub line: u64,
    /// Its values by name, in order; nothing where it could not be taken apart.
    pub values: Vec<(String, Value)>,
    /// The events that begin with it. Further lines of an order have none of their own.
    pub events: Vec<Value>,
    /// Why it, or a part of it, cannot be used.
    pub problems: Vec<Reject>,
}

/// Something is wrong with the text of a mapping itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadMapping {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum CannotPreview {
    /// The text of the mapping is wrong.
    #[error("line {}, column {}: {}", .0.line, .0.column, .0.message)]
    Mapping(BadMapping),
    /// The file, or the mapping as far as this file goes: a column that is not there, dates that could be two things.
    #[error("{0}")]
    File(String),
}

/// Reads a mapping for files of rows.
///
/// # Errors
/// The first thing that is wrong with it, with its place; an experiment, which is imported by the command line only.
pub fn parse(text: &str) -> Result<Mapping, BadMapping> {
    let mapping = Mapping::parse(NAME, text).map_err(BadMapping::from)?;
    if mapping.rows().is_some() {
        return Ok(mapping);
    }
    let line = 1 + text.lines().position(|line| line.trim_start().starts_with("kind")).unwrap_or(0);
    let message =
        "`kind = \"experiment\"` is read in one go by `bellwether import`; here it can be \"orders\" or \"events\"";
    Err(BadMapping { line, column: 1, message: message.to_owned() })
}

/// What a mapping makes of the first rows of a file whose digest is known. Blocking.
///
/// # Errors
/// [`CannotPreview`].
pub fn preview(path: &Path, digest: &str, text: &str) -> Result<Preview, CannotPreview> {
    let mapping = parse(text).map_err(CannotPreview::Mapping)?;
    let Some(rows) = mapping.rows() else { return Err(CannotPreview::File(String::new())) };
    let dry = rows::open_known(path, digest, rows).and_then(|(importer, _)| Ok(importer.dry_run(PREVIEW_ROWS)?));
    let dry = dry.map_err(|error| CannotPreview::File(without_folder(path, &error)))?;
    Ok(Preview::of(&mapping, dry))
}

/// What is wrong with a file, without the folder that it lies in: people know their file, and where the server keeps it is none of
/// their business.
pub fn without_folder(path: &Path, error: &RowsError) -> String {
    let folder = path.parent().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    error.to_string().replace(&folder, "")
}

impl Preview {
    fn of(mapping: &Mapping, dry: DryRun) -> Self {
        let mut rows: BTreeMap<u64, PreviewRow> = BTreeMap::new();
        let mut columns: Vec<String> = Vec::new();
        for SampleRow { line, values } in dry.before {
            for (name, _) in &values {
                if !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
            at(&mut rows, line).values = values;
        }
        for event in dry.events {
            let line = event["origin"]["line"].as_u64().unwrap_or(0);
            at(&mut rows, line).events.push(event);
        }
        for reject in dry.rejects {
            at(&mut rows, reject.origin.line.unwrap_or(0)).problems.push(reject);
        }
        Self {
            source: mapping.source().to_owned(),
            kind: mapping.kind(),
            columns,
            rows: rows.into_values().collect(),
            read: dry.rows,
            skipped: dry.skipped,
            time_format: dry.time_format,
        }
    }
}

fn at(rows: &mut BTreeMap<u64, PreviewRow>, line: u64) -> &mut PreviewRow {
    rows.entry(line).or_insert_with(|| PreviewRow { line, ..PreviewRow::default() })
}

impl From<MappingError> for BadMapping {
    fn from(MappingError { line, column, message, .. }: MappingError) -> Self {
        Self { line, column, message }
    }
}
