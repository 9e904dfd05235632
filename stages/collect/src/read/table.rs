//! A file as a table: what it is packed in, its encoding, delimiter and header are settled; rows can be read.

use super::{
    dialect,
    header::Columns,
    rows::{Next, Rows, Width},
    text::Text,
    typed::{TypedReader, TypedTable},
};
use crate::{
    error::{Error, Result},
    mapping::{Delimiter, FileMapping, Header},
};
use std::io::{self, Cursor};

/// An opened table.
pub(crate) struct Table {
    pub name: String,
    pub columns: Columns,
    pub rows: TableRows,
    has_header: bool,
}

/// Its rows.
pub(crate) enum TableRows {
    /// Of a delimited text.
    Text {
        rows: Rows,
        /// The beginning of the file in UTF-8, for further guesses.
        sample: Vec<u8>,
        delimiter: u8,
    },
    /// Of somebody who knows them by name.
    Typed(TypedTable),
}

impl TableRows {
    pub fn next(&mut self) -> io::Result<Next<'_>> {
        match self {
            Self::Text { rows, .. } => rows.next(),
            Self::Typed(table) => table.next(),
        }
    }

    fn expect_width(&mut self, width: usize) {
        if let Self::Text { rows, .. } = self {
            rows.expect_width(width);
        }
    }
}

impl Table {
    pub fn open(text: Text, form: &FileMapping) -> Result<Self> {
        let Text { name, sample: text, bytes, .. } = text;
        let delimiter = match form.delimiter {
            Delimiter::Detect => dialect::delimiter(&text),
            Delimiter::Byte(byte) => byte,
        };
        let rows = TableRows::Text { rows: Rows::new(bytes, delimiter, Width::AsFirst), sample: text, delimiter };
        let has_header = form.header == Header::FirstRow;
        let mut table = Self { columns: Columns::new(&name, []), name, rows, has_header };
        table.columns = table.read_columns(&form.header)?;
        Ok(table)
    }

    /// A table of rows that have names and types; numbers are written with this decimal sign.
    pub fn typed(name: &str, reader: TypedReader, decimal: u8) -> Self {
        let columns = Columns::new(name, reader.columns().iter().cloned());
        let rows = TableRows::Typed(TypedTable::new(reader, decimal));
        Self { name: name.to_owned(), columns, rows, has_header: true }
    }

    fn read_columns(&mut self, header: &Header) -> Result<Columns> {
        match header {
            Header::FirstRow => {
                let name = self.name.clone();
                match self.rows.next() {
                    Ok(Next::Row(row)) => {
                        Ok(Columns::new(&name, (0..row.len()).map(|index| row.field(index).to_owned())))
                    }
                    Ok(Next::Problem(problem)) => Err(Error::NotText {
                        file: name,
                        hint: format!("its header cannot be read: {}", problem.detail),
                    }),
                    Ok(Next::End) => Err(Error::EmptyFile { file: name }),
                    Err(source) => Err(Error::Io { path: name.into(), source }),
                }
            }
            Header::None => {
                let width = self.sample_rows(1, |row| row.len()).first().copied().unwrap_or(0);
                self.rows.expect_width(width);
                Ok(Columns::new(&self.name, (1..=width).map(|number| format!("c{number}"))))
            }
            Header::Names(names) => {
                self.rows.expect_width(names.len());
                Ok(Columns::new(&self.name, names.iter().cloned()))
            }
        }
    }

    /// Whether its rows came with types.
    pub fn is_typed(&self) -> bool {
        matches!(self.rows, TableRows::Typed(_))
    }

    /// What stands between two fields, where it is a text.
    pub fn delimiter(&self) -> Option<u8> {
        match &self.rows {
            TableRows::Text { delimiter, .. } => Some(*delimiter),
            TableRows::Typed(_) => None,
        }
    }

    /// Whether its first row holds the names of its columns.
    pub fn has_header(&self) -> bool {
        self.has_header
    }

    /// Frees what was kept for guesses.
    pub fn forget_sample(&mut self) {
        if let TableRows::Text { sample, .. } = &mut self.rows {
            *sample = Vec::new();
        }
    }

    /// Looks at the first good rows without moving on.
    pub fn sample_rows<T>(&self, limit: usize, mut look: impl FnMut(&super::Row<'_>) -> T) -> Vec<T> {
        let (sample, delimiter) = match &self.rows {
            TableRows::Text { sample, delimiter, .. } => (sample.clone(), *delimiter),
            TableRows::Typed(table) => return table.sample_rows(limit, look),
        };
        let mut rows = Rows::new(Box::new(Cursor::new(sample)), delimiter, Width::AsFirst);
        let mut seen = Vec::new();
        let mut header = self.has_header;
        while seen.len() < limit {
            match rows.next() {
                Ok(Next::Row(_)) if header => header = false,
                Ok(Next::Row(row)) => seen.push(look(&row)),
                Ok(Next::Problem(_)) => {}
                Ok(Next::End) | Err(_) => break,
            }
        }
        seen
    }
}
