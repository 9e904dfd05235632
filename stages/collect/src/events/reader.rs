//! The records of a file as events.

use super::{
    changes::Style,
    only_currency::{Applying, OnlyCurrency},
    order,
    record::{Element, Record, View},
    rules::{Place, Rules},
    taken::{Spot, Taken, not_a_record, sample},
    time::{LastTime, TimeForm},
    value,
};
use crate::{
    error::{Error, Result},
    import::{ImportBatch, SampleRow, SettledCurrency},
    mapping::{EventMapping, EventRule, Format},
    orders::is_currency,
    read::{Columns, Documents, Next, NextDocument, RowIds, Table, Text, TypedReader},
    time::{Guess, TimeFormat, guess_of_times, read_unix_moment},
};
use std::{
    io::{self, Cursor},
    sync::Arc,
};

/// How many records are looked at to find the form of dates, and the currency.
const SAMPLE_ROWS: usize = 1000;

/// Reads records and applies the rules of a mapping to them.
pub(crate) struct EventReader {
    mapping: EventMapping,
    source: Arc<str>,
    identity: [u8; 32],
    ids: RowIds,
    input: Input,
    style: Style,
    forms: Vec<TimeForm>,
    last: Vec<LastTime>,
    currency: OnlyCurrency,
    /// Events and rejects so far, those that were passed over included.
    given: u64,
    pass_over: u64,
    /// Records left out on purpose since the last event or reject. They are counted with the next one, so that a reader that
    /// takes up behind it neither misses them nor counts them again.
    left_out: u64,
    /// Whether any record was good, or left out on purpose.
    any_good: bool,
    first_fault: Option<String>,
}

enum Input {
    /// A table, and the positions of its columns by the mapping's slots.
    Table(Box<Table>, Vec<usize>),
    Documents(Documents),
    Typed(Box<TypedReader>),
}

impl Input {
    /// The next document of those that are no table.
    fn next_document(&mut self) -> io::Result<NextDocument<'_>> {
        match self {
            Self::Table(..) => Ok(NextDocument::End),
            Self::Documents(documents) => documents.next(),
            Self::Typed(rows) => rows.next(),
        }
    }

    /// What numbers of lines count.
    fn unit(&self) -> &'static str {
        if matches!(self, Self::Typed(_)) { "row" } else { "line" }
    }
}

impl EventReader {
    /// Opens a text. Events without an id of their own get one from `identity` (a digest of the file) and their line.
    pub fn open(text: Text, mapping: &EventMapping, identity: &str) -> Result<Self> {
        check_times(mapping, &text.name)?;
        let format = text.format(mapping.file.format);
        let style = Style { numbers: mapping.numbers };
        let mut forms: Vec<TimeForm> = mapping.rules.iter().map(TimeForm::told).collect();
        let (input, first_currency) = match format {
            Format::Delimited | Format::Detect => {
                let mut table = Table::open(text, &mapping.file)?;
                let columns = bind(mapping, &table)?;
                for (rule, form) in mapping.rules.iter().zip(&mut forms) {
                    find_form(rule, form, &table, &columns, &style)?;
                }
                let codes = table.sample_rows(SAMPLE_ROWS, |row| {
                    first_currency(mapping, &View::Row { row, columns: &columns }, &style)
                });
                let currency = codes.into_iter().flatten().next();
                table.forget_sample();
                (Input::Table(Box::new(table), columns), currency)
            }
            Format::JsonLines | Format::Json => {
                let currency = first_document_currency(mapping, &text, format, &style);
                (Input::Documents(Documents::new(text.bytes, format)), currency)
            }
        };
        Ok(Self::new(input, mapping, style, forms, first_currency, identity))
    }

    /// As [`Self::open`], of rows that have names and types.
    pub fn typed(name: &str, rows: TypedReader, mapping: &EventMapping) -> Result<Self> {
        check_times(mapping, name)?;
        check_names(mapping, name, &rows)?;
        let style = Style { numbers: mapping.numbers };
        let mut forms: Vec<TimeForm> = mapping.rules.iter().map(TimeForm::told).collect();
        for (rule, form) in mapping.rules.iter().zip(&mut forms) {
            let samples = typed_times(rule, &rows, &style);
            let known = |(_, text): &(String, String)| {
                text.is_empty() || TimeFormat::iso().read(text).is_some() || read_unix_moment(text).is_some()
            };
            // What has a type is written as ISO 8601; only texts can have another form.
            if !samples.iter().all(known) || form.format.is_some() {
                settle_form(rule, form, samples, name, Unknown::IsIso)?;
            }
        }
        let documents = rows.sample().filter_map(|text| Record::parse(text).ok());
        let currency = mapping.rules.iter().any(|rule| rule.order.is_some()).then(|| {
            let mut codes = documents.filter_map(|record| {
                first_currency(mapping, &View::Document { record: &record, element: None }, &style)
            });
            codes.next()
        });
        let identity = match rows.ids() {
            RowIds::Place(digest) => digest.clone(),
            RowIds::Content | RowIds::Key(_) => String::new(),
        };
        let ids = rows.ids().clone();
        let reader = Self::new(Input::Typed(Box::new(rows)), mapping, style, forms, currency.flatten(), &identity);
        Ok(Self { ids, ..reader })
    }

    fn new(
        input: Input,
        mapping: &EventMapping,
        style: Style,
        forms: Vec<TimeForm>,
        first_currency: Option<String>,
        identity: &str,
    ) -> Self {
        let last = vec![LastTime::default(); mapping.rules.len()];
        let source: Arc<str> = mapping.source.as_str().into();
        let mut key = blake3::Hasher::new();
        key.update(&(source.len() as u64).to_le_bytes()).update(source.as_bytes()).update(identity.as_bytes());
        Self {
            mapping: mapping.clone(),
            source,
            identity: *key.finalize().as_bytes(),
            ids: RowIds::Place(String::new()),
            input,
            style,
            forms,
            last,
            currency: OnlyCurrency::of_sample(first_currency),
            given: 0,
            pass_over: 0,
            left_out: 0,
            any_good: false,
            first_fault: None,
        }
    }

    pub fn first_currency(&self) -> Option<&str> {
        self.currency.first.as_deref()
    }

    pub fn only_currency(&mut self, settled: SettledCurrency) {
        self.currency.put(settled);
    }

    pub fn pass_over(&mut self, records: u64) {
        self.pass_over = records;
    }

    pub fn given(&self) -> u64 {
        self.given
    }

    pub fn has_header(&self) -> bool {
        match &self.input {
            Input::Table(table, _) => table.has_header(),
            Input::Documents(_) => false,
            Input::Typed(_) => true,
        }
    }

    /// What is wrong with the first bad record, if none has been good.
    pub fn only_fault(&self) -> Option<&str> {
        self.first_fault.as_deref().filter(|_| !self.any_good)
    }

    /// The form of dates, where all rules have the same.
    pub fn time_format(&self) -> String {
        let mut formats = self.forms.iter().filter_map(|form| form.format.as_ref()).map(ToString::to_string);
        let first = formats.next().unwrap_or_default();
        if formats.all(|other| other == first) { first } else { String::new() }
    }

    /// Counts the records that were left out behind the last event or reject.
    pub fn close(&mut self, batch: &mut ImportBatch) {
        let left_out = std::mem::take(&mut self.left_out);
        batch.rows += left_out;
        batch.skipped += left_out;
    }

    /// Takes one record; `false` at the end of the file. `see` is shown every record that can be taken apart.
    pub fn step(&mut self, batch: &mut ImportBatch, see: Option<&mut Vec<SampleRow>>) -> io::Result<bool> {
        let mut applying = Applying {
            rules: Rules { mapping: &self.mapping, style: &self.style, forms: &self.forms },
            last: &mut self.last,
            currency: &mut self.currency,
            given: self.given,
            settled: None,
        };
        let source = &self.source;
        let place = |line, id_line, identity| Place {
            source,
            identity,
            line: Some(line),
            id_line,
            received_at: None,
            currency: None,
        };
        let unit = self.input.unit();
        let mut taken = Taken {
            given: &mut self.given,
            pass_over: self.pass_over,
            left_out: &mut self.left_out,
            source: &self.source,
            batch,
        };
        let problem = match &mut self.input {
            Input::Table(table, columns) => match table.rows.next()? {
                Next::End => return Ok(false),
                Next::Problem(problem) => Some(problem),
                Next::Row(row) => {
                    if let Some(seen) = see {
                        seen.push(row.sample(&table.columns));
                    }
                    let view = View::Row { row: &row, columns };
                    let made = applying.apply(&view, place(row.line, row.line, &self.identity));
                    taken.events(made, Spot { line: row.line, unit, what: "column", raw: row.raw })
                }
            },
            input => match input.next_document()? {
                NextDocument::End => return Ok(false),
                NextDocument::Problem(problem) => Some(problem),
                NextDocument::Document(line, text) => match Record::parse(text) {
                    Err(error) => Some(not_a_record(unit, line, text, &error.to_string())),
                    Ok(record) => {
                        if let Some(seen) = see {
                            seen.push(sample(line, text));
                        }
                        let view = View::Document { record: &record, element: None };
                        let what = if unit == "row" { "column" } else { "value" };
                        let made = match &self.ids {
                            RowIds::Place(_) => applying.apply(&view, place(line, line, &self.identity)),
                            ids => {
                                let identity = row_identity(&self.identity, ids, text);
                                applying.apply(&view, place(line, 0, &identity))
                            }
                        };
                        taken.events(made, Spot { line, unit, what, raw: text })
                    }
                },
            },
        };
        if applying.settled.is_some() {
            taken.batch.currency = applying.settled;
        }
        match problem {
            None => self.any_good = true,
            Some(problem) => {
                self.first_fault.get_or_insert_with(|| problem.detail.clone());
                taken.reject(problem);
            }
        }
        Ok(true)
    }
}

/// A file has no moment of arrival that could stand for a time.
fn check_times(mapping: &EventMapping, file: &str) -> Result<()> {
    let without = |rule: &EventRule| !rule.skip && rule.time.is_none();
    match mapping.rules.iter().position(without) {
        None => Ok(()),
        Some(index) => Err(Error::NoTime { file: file.to_owned(), rule: index + 1 }),
    }
}

/// The positions of all columns that the mapping names.
fn bind(mapping: &EventMapping, table: &Table) -> Result<Vec<usize>> {
    if let Some(list) = mapping.rules.iter().find_map(EventRule::list) {
        return Err(Error::NoLists { file: table.name.clone(), list: list.text.clone() });
    }
    mapping.asked.iter().map(|asked| table.columns.index(&asked.name, &asked.key)).collect()
}

/// Finds the form of a rule's dates in the first rows, where the mapping does not say it.
fn find_form(rule: &EventRule, form: &mut TimeForm, table: &Table, columns: &[usize], style: &Style) -> Result<()> {
    let Some(time) = rule.time.as_ref().filter(|_| !rule.skip) else { return Ok(()) };
    let samples: Vec<(String, String)> = table.sample_rows(SAMPLE_ROWS, |row| {
        let text = value::word(&time.value, &View::Row { row, columns }, style).ok().flatten();
        (row.place(), text.unwrap_or_default().into_owned())
    });
    settle_form(rule, form, samples, &table.name, Unknown::IsFault)
}

/// What typed rows have as a rule's time: where they stand, and the text.
fn typed_times(rule: &EventRule, rows: &TypedReader, style: &Style) -> Vec<(String, String)> {
    let Some(time) = rule.time.as_ref().filter(|_| !rule.skip && rule.each.is_none()) else { return Vec::new() };
    let text_of = |(row, number): (&str, u64)| {
        let record = Record::parse(row).ok()?;
        let view = View::Document { record: &record, element: None };
        let text = value::word(&time.value, &view, style).ok().flatten()?;
        Some((format!("row {number}"), text.into_owned()))
    };
    rows.sample().zip(1..).filter_map(text_of).collect()
}

/// What it means that dates have no form that is known.
#[derive(PartialEq, Eq)]
enum Unknown {
    /// Nothing can be made of the file.
    IsFault,
    /// Each is read as ISO 8601 and rejected by itself: a run of a query can have few rows, and one of them may be bad.
    IsIso,
}

/// The form that the mapping says, or that the samples have, with a good one of them.
fn settle_form(
    rule: &EventRule,
    form: &mut TimeForm,
    samples: Vec<(String, String)>,
    file: &str,
    unknown: Unknown,
) -> Result<()> {
    let Some(time) = rule.time.as_ref() else { return Ok(()) };
    if form.format.is_none() {
        let texts: Vec<&str> = samples.iter().map(|(_, text)| text.as_str()).filter(|text| !text.is_empty()).collect();
        form.format = Some(match guess_of_times(&texts) {
            Guess::Is(format) => format,
            Guess::None if unknown == Unknown::IsIso => return Ok(()),
            unclear => return Err(Error::unclear_dates(file, value::label(&time.value), &samples, unclear)),
        });
    }
    form.example = samples.into_iter().find(|(_, text)| form.format.as_ref().is_some_and(|f| f.read(text).is_some()));
    Ok(())
}

/// That all columns are there that the mapping names. Where it goes through lists, names can be those of their elements.
fn check_names(mapping: &EventMapping, file: &str, rows: &TypedReader) -> Result<()> {
    if mapping.rules.iter().any(|rule| rule.list().is_some()) {
        return Ok(());
    }
    let columns = Columns::new(file, rows.columns().iter().cloned());
    for asked in &mapping.asked {
        let first = asked.name.split(['.', '[']).next().unwrap_or_default();
        if !rows.columns().iter().any(|column| column == first) {
            columns.index(&asked.name, &asked.key)?;
        }
    }
    Ok(())
}

/// What the ids of a row's events are made of, where its place does not count.
fn row_identity(source: &[u8; 32], ids: &RowIds, row: &str) -> [u8; 32] {
    let mut key = String::new();
    ids.write(row, &mut key);
    *blake3::Hasher::new().update(source).update(key.as_bytes()).finalize().as_bytes()
}

/// The currency that a record's order names.
fn first_currency(mapping: &EventMapping, view: &View<'_, '_>, style: &Style) -> Option<String> {
    let rules = mapping.rules.iter().filter_map(|rule| Some((rule, rule.order.as_ref()?)));
    let mut codes = rules.filter_map(|(rule, order)| match (&rule.each, view) {
        (Some(each), View::Document { record, .. }) => {
            let element = Element::new(view.elements(each).ok()?.first()?);
            order::stated_currency(order, &View::Document { record, element: Some(&element) }, style)
        }
        _ => order::stated_currency(order, view, style),
    });
    codes.find(|code| is_currency(code))
}

fn first_document_currency(mapping: &EventMapping, text: &Text, format: Format, style: &Style) -> Option<String> {
    mapping.rules.iter().find(|rule| rule.order.is_some())?;
    let mut documents = Documents::new(Box::new(Cursor::new(text.sample.clone())), format);
    for _ in 0..SAMPLE_ROWS {
        let NextDocument::Document(_, text) = documents.next().ok()? else { continue };
        let Ok(record) = Record::parse(text) else { continue };
        let view = View::Document { record: &record, element: None };
        if let Some(code) = first_currency(mapping, &view, style) {
            return Some(code);
        }
    }
    None
}
