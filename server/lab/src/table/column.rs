//! One column as text: all cells in one buffer, which a million rows can afford.

use super::{Dates, Numbers, is_missing_word};
use crate::Result;

/// The cells of one column, as written in the file without surrounding blanks.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextColumn {
    name: String,
    text: String,
    ends: Vec<usize>,
    /// Cells with a value and blanks around it.
    pub trimmed: u64,
    /// Cells that held nothing but blanks.
    pub blank: u64,
    /// Cells that were strings in a format that knows types (JSON).
    pub quoted: u64,
    /// The format stored this column as text although it knows types (JSON, Parquet).
    pub typed_source: bool,
}

impl TextColumn {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    #[cfg(test)]
    pub fn of(name: &str, cells: &[&str]) -> Self {
        let mut column = Self::new(name);
        cells.iter().for_each(|cell| column.push(cell));
        column
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a cell; blanks around it are cut off and counted.
    pub fn push(&mut self, cell: &str) {
        let cut = cell.trim();
        if cut.len() != cell.len() {
            *(if cut.is_empty() { &mut self.blank } else { &mut self.trimmed }) += 1;
        }
        self.text.push_str(cut);
        self.ends.push(self.text.len());
    }

    /// Adds missing cells until the column has `rows` of them.
    pub fn pad_to(&mut self, rows: usize) {
        if self.ends.len() < rows {
            self.ends.resize(rows, self.text.len());
        }
    }

    /// Forgets the cells from `rows` on, of a row that was given up in the middle.
    pub fn truncate(&mut self, rows: usize) {
        if rows < self.ends.len() {
            self.ends.truncate(rows);
            self.text.truncate(self.ends.last().copied().unwrap_or(0));
        }
    }

    /// The cell as written; empty where nothing was written.
    pub fn raw(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }

    /// The cell, `None` where it is empty or says that it is missing.
    pub fn get(&self, row: usize) -> Option<&str> {
        let cell = self.raw(row);
        (!cell.is_empty() && !is_missing_word(cell)).then_some(cell)
    }

    /// All cells, `None` where missing.
    pub fn cells(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Whether every cell is written as in `other`.
    pub fn same_cells(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends
    }

    /// The column as numbers.
    pub fn numbers(&self) -> Numbers {
        Numbers::of(self)
    }

    /// The column as moments; `format` is a strftime pattern that overrides detection.
    pub fn dates(&self, format: Option<&str>) -> Result<Dates> {
        Dates::of(self, format)
    }
}
