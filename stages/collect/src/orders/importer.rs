//! The import of a file: batch after batch of events and rejects, resumable at any batch.

use super::{
    grouping::Grouping,
    record,
    row::{RowReader, TimeCache},
};
use crate::{
    error::{Error, Result},
    mapping::{Header, OrderMapping},
    read::{Input, Next, Table},
};
use bellwether_domain::Reject;
use std::{io::Read, path::Path};

/// A batch is closed when it has grown to this, however few events it holds.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// Events and rejects, ready for the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportBatch {
    /// One JSON object a line: `{"e":…}` is a `RawEvent`, `{"r":…}` a `Reject`.
    pub body: Vec<u8>,
    /// Lines of the body.
    pub records: u32,
    /// Rows of the file that are in this batch, the rejected ones included.
    pub rows: u64,
    /// Events among the records.
    pub events: u64,
    /// Rejects among the records.
    pub rejected: u64,
    /// Records up to here, from the file's beginning: hand it to [`Importer::pass_over`] to continue behind this batch.
    pub position: u64,
}

/// What a mapping makes of the first rows, for people to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct DryRun {
    /// How many rows were read.
    pub rows: u64,
    /// The form of dates in use.
    pub time_format: String,
    /// The events, as JSON.
    pub events: Vec<serde_json::Value>,
    /// The rows that cannot be used.
    pub rejects: Vec<Reject>,
}

/// Reads a file of order lines; see [`Importer::next_batch`].
pub struct Importer {
    table: Table,
    reader: RowReader,
    cache: TimeCache,
    orders: Grouping,
    has_header: bool,
    first_currency: Option<String>,
    rows: u64,
    bytes_per_record: usize,
    end: End,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum End {
    NotYet,
    Reached,
    Told,
}

impl Importer {
    /// Opens a file: finds out what it is packed in, its encoding and delimiter, and ties the mapping to its columns.
    ///
    /// # Errors
    /// The file cannot be read, is empty or no text; a column is missing; the form of the dates is unclear.
    pub fn open(path: &Path, mapping: &OrderMapping) -> Result<Self> {
        Self::new(Input::open(path)?, mapping)
    }

    /// As [`Importer::open`], from any bytes; `name` is used to speak of them.
    ///
    /// # Errors
    /// As [`Importer::open`].
    pub fn from_reader(name: &str, reader: impl Read + Send + 'static, mapping: &OrderMapping) -> Result<Self> {
        let input = Input::new(name, reader).map_err(|source| Error::Io { path: name.into(), source })?;
        Self::new(input, mapping)
    }

    fn new(input: Input, mapping: &OrderMapping) -> Result<Self> {
        let mut table = Table::open(input, &mapping.file)?;
        let reader = RowReader::bind(mapping, &table)?;
        let first_currency = reader.first_currency(&table);
        table.forget_sample();
        Ok(Self {
            reader,
            cache: TimeCache::default(),
            orders: Grouping::new(&mapping.source),
            has_header: mapping.file.header == Header::FirstRow,
            first_currency,
            rows: 0,
            bytes_per_record: 0,
            end: End::NotYet,
            table,
        })
    }

    /// The currency of the first orders, where one of them names any.
    pub fn first_currency(&self) -> Option<&str> {
        self.first_currency.as_deref()
    }

    /// Orders in another currency go to quarantine from now on: their amounts cannot be added to the others'.
    pub fn only_currency(&mut self, code: &str) {
        self.reader.only_currency(code);
    }

    /// Leaves out the first so many records, a batch's `position`. Their rows are read again, but not given.
    pub fn pass_over(&mut self, records: u64) {
        self.orders.pass_over(records);
    }

    /// Orders whose lines stand so far apart in the file that they became several events, so far.
    pub fn scattered_orders(&self) -> u64 {
        self.orders.scattered()
    }

    /// The next events and rejects, about `max_events` of them; `None` behind the last. Where batches end does not change
    /// what they hold in total: an order is never divided by it.
    ///
    /// # Errors
    /// The file cannot be read any more, has a header only, or (after its rejects were given) not one row was usable.
    pub fn next_batch(&mut self, max_events: usize) -> Result<Option<ImportBatch>> {
        let bytes = self.body_bytes(max_events);
        let body = Vec::with_capacity(bytes + bytes / 4);
        self.next_batch_in(max_events, body)
    }

    /// How large the body of the next batch will probably be, by the last one. To grow by steps copied every batch once more.
    pub fn body_bytes(&self, max_events: usize) -> usize {
        self.bytes_per_record.saturating_mul(max_events).min(BODY_LIMIT)
    }

    /// As [`Importer::next_batch`], into memory that was used before.
    ///
    /// # Errors
    /// As [`Importer::next_batch`].
    pub fn next_batch_in(&mut self, max_events: usize, mut body: Vec<u8>) -> Result<Option<ImportBatch>> {
        body.clear();
        let mut batch = ImportBatch { body, ..ImportBatch::default() };
        while self.end == End::NotYet && (batch.records as usize) < max_events.max(1) && batch.body.len() < BODY_LIMIT {
            self.step(&mut batch)?;
        }
        batch.position = self.orders.given();
        self.bytes_per_record = batch.body.len() / (batch.records as usize).max(1);
        if batch.records > 0 {
            return Ok(Some(batch));
        }
        match self.end {
            End::Reached => {
                self.end = End::Told;
                self.check_whole().map(|()| None)
            }
            End::NotYet | End::Told => Ok(None),
        }
    }

    /// What the mapping makes of the first `rows` rows.
    ///
    /// # Errors
    /// As [`Importer::next_batch`].
    pub fn dry_run(mut self, rows: u64) -> Result<DryRun> {
        let mut batch = ImportBatch::default();
        while self.end == End::NotYet && self.rows < rows {
            self.step(&mut batch)?;
        }
        self.orders.close(&mut batch);
        if batch.records == 0 {
            self.check_whole()?;
        }
        let time_format = self.reader.time_format().to_string();
        let mut dry = DryRun { rows: batch.rows, time_format, events: Vec::new(), rejects: Vec::new() };
        for line in batch.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let failed =
                |error: serde_json::Error| Error::Io { path: self.table.name.as_str().into(), source: error.into() };
            match serde_json::from_slice(line).map_err(failed)? {
                record::Written::Event(event) => dry.events.push(record::shown(&event).map_err(failed)?),
                record::Written::Reject(reject) => dry.rejects.push(reject),
            }
        }
        Ok(dry)
    }

    /// Takes one row, or the end of the file.
    fn step(&mut self, batch: &mut ImportBatch) -> Result<()> {
        let next =
            self.table.rows.next().map_err(|source| Error::Io { path: self.table.name.clone().into(), source })?;
        match next {
            Next::End => {
                self.end = End::Reached;
                self.orders.close(batch);
                return Ok(());
            }
            Next::Problem(problem) => self.orders.reject(problem, batch),
            Next::Row(row) => match self.reader.read(&mut self.cache, &row) {
                Ok(line) => self.orders.add(&row, &line, &self.reader, batch),
                Err(problem) => self.orders.reject(problem, batch),
            },
        }
        self.rows += 1;
        Ok(())
    }

    /// What is wrong with the file as a whole, now that its end is known.
    fn check_whole(&self) -> Result<()> {
        let file = self.table.name.clone();
        match self.orders.only_fault() {
            _ if self.rows == 0 && self.has_header => Err(Error::OnlyHeader { file }),
            _ if self.rows == 0 => Err(Error::EmptyFile { file }),
            Some(first) => Err(Error::AllRowsBad { file, rows: self.rows, first: first.to_owned() }),
            None => Ok(()),
        }
    }
}
