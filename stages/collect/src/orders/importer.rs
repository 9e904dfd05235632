//! The import of a file: batch after batch of events and rejects, resumable at any batch.

use super::{
    record,
    row::{OrderRow, RowReader, TimeCache},
    run::{Run, Scratch},
};
use crate::{
    error::{Error, Result},
    mapping::{Header, OrderMapping},
    read::{Input, Next, Problem, Row, Table},
};
use bellwether_domain::{Origin, Reject};
use std::{io::Read, path::Path, sync::Arc};

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
    /// The line of the file to go on with: hand it to [`Importer::skip_to`] to continue behind this batch.
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
    skip_to: u64,
    rows: u64,
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
        table.forget_sample();
        Ok(Self {
            reader,
            cache: TimeCache::default(),
            orders: Grouping::new(&mapping.source),
            has_header: mapping.file.header == Header::FirstRow,
            skip_to: 0,
            rows: 0,
            end: End::NotYet,
            table,
        })
    }

    /// Passes over all rows before `line`, a batch's `position`. They are read again, but not mapped.
    pub fn skip_to(&mut self, line: u64) {
        self.skip_to = line;
    }

    /// The next events and rejects, about `max_events` of them; `None` behind the last. Where batches end does not change
    /// what they hold in total: an order is never divided by it.
    ///
    /// # Errors
    /// The file cannot be read any more, has a header only, or (after its rejects were given) not one row was usable.
    pub fn next_batch(&mut self, max_events: usize) -> Result<Option<ImportBatch>> {
        let mut batch = ImportBatch::default();
        while self.end == End::NotYet && (batch.records as usize) < max_events.max(1) && batch.body.len() < BODY_LIMIT {
            self.step(&mut batch)?;
        }
        batch.position = self.orders.position().unwrap_or(self.table.rows.line());
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
            match serde_json::from_slice(line) {
                Ok(record::Shown::Event(event)) => dry.events.push(event),
                Ok(record::Shown::Reject(reject)) => dry.rejects.push(reject),
                Err(error) => return Err(Error::Io { path: self.table.name.into(), source: error.into() }),
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
            Next::Problem(problem) if problem.line >= self.skip_to => self.orders.reject(problem, batch),
            Next::Row(row) if row.line >= self.skip_to => match self.reader.read(&mut self.cache, &row) {
                Ok(line) => self.orders.add(&row, &line, &self.reader, batch),
                Err(problem) => self.orders.reject(problem, batch),
            },
            Next::Problem(_) | Next::Row(_) => {}
        }
        self.rows += 1;
        Ok(())
    }

    /// What is wrong with the file as a whole, now that its end is known.
    fn check_whole(&self) -> Result<()> {
        let file = self.table.name.clone();
        match &self.orders.first_fault {
            _ if self.rows == 0 && self.has_header => Err(Error::OnlyHeader { file }),
            _ if self.rows == 0 => Err(Error::EmptyFile { file }),
            Some(first) if self.orders.events == 0 && self.skip_to == 0 => {
                Err(Error::AllRowsBad { file, rows: self.rows, first: first.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// Divides the stream of rows into orders.
struct Grouping {
    source: Arc<str>,
    run: Option<Run>,
    scratch: Scratch,
    events: u64,
    first_fault: Option<String>,
}

impl Grouping {
    fn new(source: &str) -> Self {
        Self { source: source.into(), run: None, scratch: Scratch::default(), events: 0, first_fault: None }
    }

    /// The line that the open order began on.
    fn position(&self) -> Option<u64> {
        self.run.as_ref().map(|run| run.first_line)
    }

    fn add(&mut self, row: &Row<'_>, line: &OrderRow<'_>, reader: &RowReader, batch: &mut ImportBatch) {
        if !self.run.as_ref().is_some_and(|run| run.continues_with(line)) {
            self.close(batch);
        }
        let (source, scratch) = (&self.source, &mut self.scratch);
        let traits = || reader.traits(row, &line.customer, &line.order);
        self.run.get_or_insert_with(|| Run::begin(source, row, line, traits(), scratch)).push(row, line);
    }

    /// A bad row does not end the order that it lies in.
    fn reject(&mut self, problem: Problem, batch: &mut ImportBatch) {
        if self.events == 0 && self.first_fault.is_none() {
            self.first_fault = Some(problem.detail.clone());
        }
        let reject = Reject {
            origin: Origin { source: self.source.clone(), line: Some(problem.line) },
            field: problem.field,
            reason: problem.reason,
            detail: problem.detail,
            content: problem.content,
        };
        match &mut self.run {
            Some(run) => {
                run.rejects.push(reject);
                if run.is_full() {
                    self.close(batch);
                }
            }
            None => {
                record::encode_reject(&mut batch.body, &reject);
                batch.records += 1;
                batch.rows += 1;
                batch.rejected += 1;
            }
        }
    }

    fn close(&mut self, batch: &mut ImportBatch) {
        let Some(run) = self.run.take() else { return };
        let rejected = run.rejects.len() as u64;
        batch.records += 1 + rejected as u32;
        batch.rows += run.rows();
        run.close(&self.source, &mut self.scratch, &mut batch.body);
        batch.events += 1;
        batch.rejected += rejected;
        self.events += 1;
    }
}
