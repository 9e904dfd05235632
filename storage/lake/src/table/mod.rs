//! Any Parquet file: as plain typed columns for the laboratory, row by row for imports; nothing here knows events.

mod read;
mod rows;
mod value;
mod write;

pub use read::read_parquet_table;
pub use rows::ParquetRows;
pub use write::write_parquet_table;

use chrono::{DateTime, Utc};

/// A table in memory: named columns of the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParquetTable {
    /// The columns, in the order of the file.
    pub columns: Vec<NamedColumn>,
}

/// A column and what it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedColumn {
    /// The name in the file.
    pub name: String,
    /// The values; `None` where one is missing.
    pub values: Column,
}

/// The values of one column, in the plainest type that holds them.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Strings and dictionaries of strings; also lists, structs, bytes, times of the day and spans of time, printed.
    Text(Vec<Option<String>>),
    /// Floating point numbers and decimals; also unsigned numbers beyond 2⁶³.
    Number(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Yes and no.
    Bool(Vec<Option<bool>>),
    /// Timestamps, those without a zone read as UTC, and dates as their midnight in UTC.
    Time(Vec<Option<DateTime<Utc>>>),
}

impl ParquetTable {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The column of a name, the first where a file has two.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.values)
    }
}

impl Column {
    /// How many values, the missing ones included.
    pub const fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Time(values) => values.len(),
        }
    }

    /// Whether there are no values.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod row_tests;
#[cfg(test)]
mod tests;
