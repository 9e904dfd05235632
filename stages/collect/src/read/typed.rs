//! Rows that have names and types already, so that nothing is to be found out about their form: those of a Parquet file, or of
//! a query. Each comes as a JSON object, which is a record as it is, and a row of fields for mappings of orders.

use super::{
    documents::NextDocument,
    rows::{KEEP, Next, Problem, ROW_LIMIT, Row},
};
use crate::segment::fields::{each_field, text_of};
use bellwether_domain::RejectReason;
use serde_json::value::RawValue;
use std::{collections::VecDeque, io};

/// How much is read ahead to find the form of dates, and the currency.
const AHEAD_ROWS: usize = 1000;
const AHEAD_BYTES: usize = 4 * 1024 * 1024;

/// Gives rows one by one; whoever knows Parquet or a database implements it.
pub trait TypedRows: Send {
    /// The names of the columns, in order.
    fn columns(&self) -> &[String];

    /// Writes the next row as one JSON object, with its columns in order; those without a value are `null` or left out.
    /// `false` behind the last row.
    ///
    /// # Errors
    /// When it cannot be read. What was given before is good.
    fn next_row(&mut self, into: &mut String) -> io::Result<bool>;
}

/// What ids of events are made of, where their mapping does not give them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowIds {
    /// Of this digest of the whole file, and of the row's number. The same row in another file is another event.
    Place(String),
    /// Of what the row says: read again it is the same event, changed it is another one.
    Content,
    /// Of the values of these columns: also a row that was changed is the same event, and what was read first stays.
    Key(Vec<String>),
}

impl RowIds {
    /// Writes what a row's id is made of, besides the source.
    pub(crate) fn write(&self, row: &str, into: &mut String) {
        into.clear();
        let Self::Key(columns) = self else { return into.push_str(row) };
        let values = fields(row);
        for column in columns {
            let value = values.iter().find(|(name, _)| name == column).map_or("null", |(_, value)| value.get());
            into.push_str(value);
            into.push('\n');
        }
    }
}

/// Reads typed rows, the first of them ahead.
pub(crate) struct TypedReader {
    rows: Box<dyn TypedRows>,
    ids: RowIds,
    ahead: VecDeque<String>,
    current: String,
    line: u64,
    /// What ended reading ahead too early.
    failure: Option<io::Error>,
}

impl TypedReader {
    pub fn open(mut rows: Box<dyn TypedRows>, ids: RowIds) -> Self {
        let (mut ahead, mut bytes, mut failure) = (VecDeque::new(), 0, None);
        while ahead.len() < AHEAD_ROWS && bytes < AHEAD_BYTES {
            let mut row = String::new();
            match rows.next_row(&mut row) {
                Ok(true) => {
                    bytes += row.len();
                    ahead.push_back(row);
                }
                Ok(false) => break,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        Self { rows, ids, ahead, current: String::new(), line: 0, failure }
    }

    pub fn columns(&self) -> &[String] {
        self.rows.columns()
    }

    pub fn ids(&self) -> &RowIds {
        &self.ids
    }

    /// The rows that were read ahead and not given yet.
    pub fn sample(&self) -> impl Iterator<Item = &str> {
        self.ahead.iter().map(String::as_str)
    }

    /// The next row; its line is its number, from 1.
    pub fn next(&mut self) -> io::Result<NextDocument<'_>> {
        match self.ahead.pop_front() {
            Some(row) => self.current = row,
            None => {
                if let Some(failure) = self.failure.take() {
                    return Err(failure);
                }
                self.current.clear();
                if !self.rows.next_row(&mut self.current)? {
                    return Ok(NextDocument::End);
                }
            }
        }
        self.line += 1;
        if self.current.len() > ROW_LIMIT {
            return Ok(NextDocument::Problem(self.too_long()));
        }
        Ok(NextDocument::Document(self.line, &self.current))
    }

    fn too_long(&self) -> Problem {
        Problem {
            line: self.line,
            field: None,
            reason: RejectReason::RowTooLong,
            detail: format!(
                "row {} is longer than 1 MiB as text; it was left out. Does a column hold whole documents or pictures?",
                self.line
            ),
            content: self.current.chars().take(KEEP).collect(),
        }
    }
}

/// What comes from `TypedRows` is JSON; were it not, it would be a row without values.
fn fields(row: &str) -> Vec<(String, &RawValue)> {
    let mut fields = Vec::new();
    match each_field(row, |name, value| fields.push((name.into_owned(), value))) {
        Ok(()) => fields,
        Err(_) => Vec::new(),
    }
}

/// Typed rows as rows of fields.
pub(crate) struct TypedTable {
    reader: TypedReader,
    names: Vec<String>,
    fields: Fields,
    key: String,
}

impl TypedTable {
    /// `decimal` is how the mapping says that numbers are written: numbers of a type are written just so.
    pub fn new(reader: TypedReader, decimal: u8) -> Self {
        let names = reader.columns().to_vec();
        Self { reader, names, fields: Fields::new(decimal), key: String::new() }
    }

    pub fn next(&mut self) -> io::Result<Next<'_>> {
        let line = match self.reader.next()? {
            NextDocument::End => return Ok(Next::End),
            NextDocument::Problem(problem) => return Ok(Next::Problem(problem)),
            NextDocument::Document(line, text) => {
                self.fields.fill(&self.names, text);
                line
            }
        };
        let raw = self.reader.current.as_str();
        let (id_line, id_text) = match &self.reader.ids {
            RowIds::Place(_) => (line, raw),
            RowIds::Content => (0, raw),
            ids @ RowIds::Key(_) => {
                ids.write(raw, &mut self.key);
                (0, self.key.as_str())
            }
        };
        Ok(Next::Row(Row { id_line, id_text, unit: "row", ..self.fields.row(line, raw) }))
    }

    /// Looks at the rows that were read ahead.
    pub fn sample_rows<T>(&self, limit: usize, mut look: impl FnMut(&Row<'_>) -> T) -> Vec<T> {
        let mut fields = Fields::new(self.fields.decimal);
        let mut seen = Vec::new();
        for (text, line) in self.reader.sample().take(limit).zip(1..) {
            fields.fill(&self.names, text);
            seen.push(look(&Row { unit: "row", ..fields.row(line, text) }));
        }
        seen
    }
}

/// The texts of a row's values, by the columns' order.
struct Fields {
    decimal: u8,
    text: String,
    spans: Vec<(u32, u32)>,
}

impl Fields {
    fn new(decimal: u8) -> Self {
        Self { decimal, text: String::new(), spans: Vec::new() }
    }

    fn fill(&mut self, names: &[String], row: &str) {
        self.text.clear();
        self.spans.clear();
        self.spans.resize(names.len(), (0, 0));
        let mut next = 0;
        let taken = each_field(row, |name, value| {
            // In order as a rule; of two columns with one name nobody can ask for either.
            let here = names.get(next).is_some_and(|expected| *expected == *name);
            let index = if here { Some(next) } else { names.iter().position(|known| *known == *name) };
            if let Some(index) = index {
                let from = self.text.len() as u32;
                self.push(value);
                self.spans[index] = (from, self.text.len() as u32);
                next = index + 1;
            }
        });
        debug_assert!(taken.is_ok(), "{row}");
    }

    fn push(&mut self, value: &RawValue) {
        match text_of(value) {
            Ok(None) => {}
            Ok(Some(digits)) if self.decimal != b'.' && !value.get().starts_with('"') => {
                self.text.extend(digits.chars().map(|c| if c == '.' { char::from(self.decimal) } else { c }));
            }
            Ok(Some(text)) => self.text.push_str(&text),
            Err(_) => self.text.push_str(value.get()),
        }
    }

    fn row<'r>(&'r self, line: u64, raw: &'r str) -> Row<'r> {
        Row::new(line, &self.text, &self.spans, raw)
    }
}
