//! A file becomes a table: columns of text with a line number per row. Meaning (numbers, dates) is found when it is asked for.
//!
//! **Promises**: any bytes give a table or an error, never a panic; a row that cannot be read is counted with its reason and
//! line and does not stop the others.

mod cell;
mod column;
mod dates;
mod delimited;
mod detect;
mod encoding;
mod jsonl;
mod keys;
mod kind;
mod names;
mod numbers;
mod parquet;
mod read;
mod rejects;
mod source;
mod write;

pub(crate) use cell::{CellKind, classify, is_missing_word};
pub(crate) use column::TextColumn;
pub(crate) use dates::{Dates, Moment, format_moment, parse_moment};
pub(crate) use keys::{Keys, canonical_key};
pub(crate) use kind::{ColumnType, count_kinds};
pub(crate) use names::{parse_list, resolve_columns};
pub(crate) use numbers::Numbers;
pub(crate) use read::{Projection, ReadOptions, read_any, read_table, refuse_no_rows};
pub(crate) use rejects::Rejects;
pub(crate) use write::{OutputColumn, OutputFormat, OutputValues, write_csv_rejects, write_table, write_text};

/// What was read, and how.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The columns that were asked for, in the order of the file.
    pub columns: Vec<TextColumn>,
    /// Names of all columns of the file.
    pub all_names: Vec<String>,
    /// Line (or record, for Parquet) of each usable row, counted from 1.
    pub lines: Vec<u64>,
    /// Rows that could not be used.
    pub rejects: Rejects,
    /// What the reader noticed and a person should know.
    pub warnings: Vec<String>,
    /// How the input was read: format, encoding, delimiter, header, …
    pub reading: serde_json::Map<String, serde_json::Value>,
    /// The input's name, for messages.
    pub input: String,
}

impl Table {
    /// Rows that could be read.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The column of that name; the error names the closest ones.
    pub fn column(&self, name: &str) -> crate::Result<&TextColumn> {
        let wanted = name.trim();
        self.columns
            .iter()
            .find(|c| c.name() == name)
            .or_else(|| self.columns.iter().find(|c| c.name().trim() == wanted))
            .ok_or_else(|| names::unknown_column(name, &self.all_names))
    }
}
