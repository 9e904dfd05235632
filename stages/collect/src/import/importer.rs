//! The import of a file: batch after batch of events and rejects, resumable at any batch.

use super::dry_run::{DryRun, SampleRow};
use crate::{
    error::{Error, Result},
    events::EventReader,
    mapping::{Header, RowMapping},
    orders::OrderReader,
    read::{Input, RowIds, Text, TypedReader, TypedRows, file_digest},
};
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
    /// Rows among the rows that a rule leaves out on purpose: they are in no record.
    pub skipped: u64,
    /// Records up to here, from the file's beginning: hand it to [`Importer::pass_over`] to continue behind this batch.
    pub position: u64,
    /// What the first order of the file, which is in this batch or soon comes, has settled: only where the file's beginning names no
    /// currency, and nobody has said which one it is.
    pub currency: Option<SettledCurrency>,
}

/// The currency of a file's orders, and where it came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledCurrency {
    /// ISO 4217.
    pub code: String,
    /// It holds behind so many events and rejects.
    pub behind: u64,
}

/// Reads a file by a mapping; see [`Importer::next_batch`].
pub struct Importer {
    name: String,
    reader: Reader,
    has_header: bool,
    rows: u64,
    bytes_per_record: usize,
    end: End,
}

/// What rows become.
enum Reader {
    Orders(Box<OrderReader>),
    Events(Box<EventReader>),
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum End {
    NotYet,
    Reached,
    Told,
}

impl Importer {
    /// Opens a file: finds out what it is packed in, its encoding and form, and ties the mapping to its columns.
    ///
    /// # Errors
    /// The file cannot be read, is empty or no text; a column is missing; the form of the dates is unclear.
    pub fn open<'m>(path: &Path, mapping: impl Into<RowMapping<'m>>) -> Result<Self> {
        let mapping = mapping.into();
        // Only ids that the mapping does not give itself are made of the file's content.
        let identity = match mapping {
            RowMapping::Events(events) if events.derives_ids() => file_digest(path)?,
            _ => String::new(),
        };
        Self::new(Input::open(path)?, mapping, &identity)
    }

    /// As [`Importer::open`], from the bytes of a file of which [`file_digest`] is known already.
    ///
    /// # Errors
    /// As [`Importer::open`].
    pub fn from_file<'m>(
        name: &str,
        file: impl Read + Send + 'static,
        digest: &str,
        mapping: impl Into<RowMapping<'m>>,
    ) -> Result<Self> {
        let input = Input::new(name, file).map_err(|source| Error::Io { path: name.into(), source })?;
        Self::new(input, mapping.into(), digest)
    }

    /// As [`Importer::open`], from any bytes. `name` is used to speak of them, and stands for their content where ids of
    /// events are made of it.
    ///
    /// # Errors
    /// As [`Importer::open`].
    pub fn from_reader<'m>(
        name: &str,
        reader: impl Read + Send + 'static,
        mapping: impl Into<RowMapping<'m>>,
    ) -> Result<Self> {
        let input = Input::new(name, reader).map_err(|source| Error::Io { path: name.into(), source })?;
        Self::new(input, mapping.into(), name)
    }

    /// As [`Importer::open`], from rows that have names and types. `ids` says what ids of events are made of where the
    /// mapping does not give them.
    ///
    /// # Errors
    /// As [`Importer::open`].
    pub fn from_rows<'m>(
        name: &str,
        rows: Box<dyn TypedRows>,
        ids: RowIds,
        mapping: impl Into<RowMapping<'m>>,
    ) -> Result<Self> {
        let rows = TypedReader::open(rows, ids);
        let reader = match mapping.into() {
            RowMapping::Orders(mapping) => Reader::Orders(Box::new(OrderReader::typed(name, rows, mapping)?)),
            RowMapping::Events(mapping) => Reader::Events(Box::new(EventReader::typed(name, rows, mapping)?)),
        };
        Ok(Self { name: name.to_owned(), reader, has_header: true, rows: 0, bytes_per_record: 0, end: End::NotYet })
    }

    fn new(input: Input, mapping: RowMapping<'_>, identity: &str) -> Result<Self> {
        let text = Text::open(input, mapping.file().encoding)?;
        let name = text.name.clone();
        let (reader, has_header) = match mapping {
            RowMapping::Orders(mapping) => {
                let reader = Reader::Orders(Box::new(OrderReader::open(text, mapping)?));
                (reader, mapping.file.header == Header::FirstRow)
            }
            RowMapping::Events(mapping) => {
                let reader = EventReader::open(text, mapping, identity)?;
                let has_header = reader.has_header();
                (Reader::Events(Box::new(reader)), has_header)
            }
        };
        Ok(Self { name, reader, has_header, rows: 0, bytes_per_record: 0, end: End::NotYet })
    }

    /// The currency of the first orders, where one of them names any.
    pub fn first_currency(&self) -> Option<&str> {
        match &self.reader {
            Reader::Orders(reader) => reader.first_currency(),
            Reader::Events(reader) => reader.first_currency(),
        }
    }

    /// Orders in another currency go to quarantine from now on: their amounts cannot be added to the others'.
    pub fn only_currency(&mut self, code: &str) {
        self.only_currency_behind(0, code);
    }

    /// As [`Importer::only_currency`], but behind so many events and rejects. A reader that takes up again has to be told what was in
    /// force where, or it would count what it passes over in another way.
    pub fn only_currency_behind(&mut self, behind: u64, code: &str) {
        match &mut self.reader {
            Reader::Orders(reader) => reader.only_currency(code),
            Reader::Events(reader) => reader.only_currency(SettledCurrency { code: code.to_owned(), behind }),
        }
    }

    /// Leaves out the first so many records, a batch's `position`. Their rows are read again, but not given.
    pub fn pass_over(&mut self, records: u64) {
        match &mut self.reader {
            Reader::Orders(reader) => reader.pass_over(records),
            Reader::Events(reader) => reader.pass_over(records),
        }
    }

    /// Orders whose lines stand so far apart in the file that they became several events, so far.
    pub fn scattered_orders(&self) -> u64 {
        match &self.reader {
            Reader::Orders(reader) => reader.scattered(),
            Reader::Events(_) => 0,
        }
    }

    /// The next events and rejects, about `max_events` of them; `None` behind the last. Where batches end does not change
    /// what they hold in total: an order, and what comes of one row, is never divided by it. The last batch can be without
    /// records, when it only counts rows that were left out on purpose.
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
            self.step(&mut batch, None)?;
        }
        if let Reader::Events(reader) = &mut self.reader
            && self.end == End::Reached
            && batch.records == 0
        {
            reader.close(&mut batch);
        }
        batch.position = self.given();
        self.bytes_per_record = batch.body.len() / (batch.records as usize).max(1);
        if batch.rows > 0 {
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
        let mut before = Vec::new();
        while self.end == End::NotYet && self.rows < rows {
            self.step(&mut batch, Some(&mut before))?;
        }
        match &mut self.reader {
            Reader::Orders(reader) => reader.close(&mut batch),
            Reader::Events(reader) => reader.close(&mut batch),
        }
        if batch.rows == 0 {
            self.check_whole()?;
        }
        let time_format = match &self.reader {
            Reader::Orders(reader) => reader.time_format(),
            Reader::Events(reader) => reader.time_format(),
        };
        DryRun::of(&batch, time_format, before)
            .map_err(|error| Error::Io { path: self.name.as_str().into(), source: error.into() })
    }

    /// Takes one row, or the end of the file.
    fn step(&mut self, batch: &mut ImportBatch, see: Option<&mut Vec<SampleRow>>) -> Result<()> {
        let more = match &mut self.reader {
            Reader::Orders(reader) => reader.step(batch, see),
            Reader::Events(reader) => reader.step(batch, see),
        };
        if more.map_err(|source| Error::Io { path: self.name.clone().into(), source })? {
            self.rows += 1;
        } else {
            self.end = End::Reached;
            if let Reader::Orders(reader) = &mut self.reader {
                reader.close(batch);
            }
        }
        Ok(())
    }

    fn given(&self) -> u64 {
        match &self.reader {
            Reader::Orders(reader) => reader.given(),
            Reader::Events(reader) => reader.given(),
        }
    }

    /// What is wrong with the file as a whole, now that its end is known.
    fn check_whole(&self) -> Result<()> {
        let file = self.name.clone();
        let only_fault = match &self.reader {
            Reader::Orders(reader) => reader.only_fault(),
            Reader::Events(reader) => reader.only_fault(),
        };
        match only_fault {
            _ if self.rows == 0 && self.has_header => Err(Error::OnlyHeader { file }),
            _ if self.rows == 0 => Err(Error::EmptyFile { file }),
            Some(first) => Err(Error::AllRowsBad { file, rows: self.rows, first: first.to_owned() }),
            None => Ok(()),
        }
    }
}
