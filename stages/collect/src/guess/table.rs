//! The first rows of a file, whatever its form.

use crate::{
    error::{Error, Result},
    events::Record,
    mapping::{Encoding, FileMapping, Format},
    read::{Documents, Input, NextDocument, Packing, RowIds, Table, Text, TypedReader, TypedRows},
};
use std::io::Cursor;

/// How many rows are looked at.
const ROWS: usize = 300;
/// How deep names into JSON go.
const DEPTH: usize = 3;

/// The beginning of a file as columns of texts.
pub(super) struct Sample {
    pub format: Format,
    pub columns: Vec<Column>,
    pub rows: usize,
    /// How its text is written; nothing where it came with types.
    pub text: Option<TextForm>,
    /// Names that stand more than once in the header, so that no mapping can speak of them.
    pub repeated: Vec<String>,
    /// Paths to lists of objects.
    pub lists: Vec<String>,
    /// Whether each row arrives by itself, so that something happened when it arrived where nothing else is said.
    pub arrives: bool,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextForm {
    /// What it is packed in.
    pub packing: Packing,
    /// How it is written as bytes.
    pub encoding: Encoding,
    /// What stands between two fields; none of JSON.
    pub delimiter: Option<u8>,
}

/// One column; texts of rows that have none are empty.
pub(super) struct Column {
    pub name: String,
    pub texts: Vec<String>,
}

impl Sample {
    const fn empty(format: Format) -> Self {
        Self {
            format,
            columns: Vec::new(),
            rows: 0,
            text: None,
            repeated: Vec::new(),
            lists: Vec::new(),
            arrives: false,
        }
    }

    pub fn take(input: Input) -> Result<Self> {
        let text = Text::open(input, Encoding::Detect)?;
        match text.format(Format::Detect) {
            Format::Json => Self::of_documents(&text, Format::Json),
            Format::JsonLines => Self::of_documents(&text, Format::JsonLines),
            Format::Delimited | Format::Detect => Self::of_table(text),
        }
    }

    fn of_table(text: Text) -> Result<Self> {
        let (packing, encoding) = (text.packing, text.encoding);
        let table = Table::open(text, &FileMapping::default())?;
        let form = TextForm { packing, encoding, delimiter: table.delimiter() };
        let names = table.columns.names();
        let rows = table.sample_rows(ROWS, |row| {
            (0..row.len()).map(|index| row.field(index).trim().to_owned()).collect::<Vec<_>>()
        });
        if rows.is_empty() {
            return Err(Error::OnlyHeader { file: table.name.clone() });
        }
        let mut repeated: Vec<String> = Vec::new();
        let mut columns = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let times = names.iter().filter(|other| *other == name).count();
            if name.is_empty() || times > 1 {
                if !repeated.contains(name) {
                    repeated.push(name.clone());
                }
                continue;
            }
            let texts = rows.iter().map(|row| row.get(index).cloned().unwrap_or_default()).collect();
            columns.push(Column { name: name.clone(), texts });
        }
        let empty = Self::empty(Format::Delimited);
        Ok(Self { columns, rows: rows.len(), text: Some(form), repeated, ..empty })
    }

    fn of_documents(text: &Text, format: Format) -> Result<Self> {
        let documents = Documents::new(Box::new(Cursor::new(text.sample.clone())), format);
        let form = TextForm { packing: text.packing, encoding: text.encoding, delimiter: None };
        let sample = Self { text: Some(form), ..Self::empty(format) }.filled(documents);
        sample.ok_or_else(|| no_object(text, format))
    }

    /// A delivery that is JSON; nothing where it holds no object.
    pub fn of_delivery(body: &str) -> Option<Self> {
        let documents = Documents::new(Box::new(Cursor::new(body.to_owned())), Format::Json);
        Self { arrives: true, ..Self::empty(Format::Json) }.filled(documents)
    }

    fn filled(mut self, mut documents: Documents) -> Option<Self> {
        let sample = &mut self;
        while sample.rows < ROWS {
            match documents.next() {
                Ok(NextDocument::Document(_, text)) => {
                    if let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) {
                        sample.rows += 1;
                        sample.add(&object, "", 1);
                    }
                }
                Ok(NextDocument::Problem(_)) => {}
                Ok(NextDocument::End) | Err(_) => break,
            }
        }
        let rows = sample.rows;
        sample.columns.iter_mut().for_each(|column| column.texts.resize(rows, String::new()));
        (rows > 0).then_some(self)
    }

    /// Rows that have names and types can be lines of orders, as those of a table.
    pub fn of_rows(name: &str, rows: Box<dyn TypedRows>) -> Result<Self> {
        let mut rows = TypedReader::open(rows, RowIds::Content);
        let mut sample = Self::empty(Format::Delimited);
        while sample.rows < ROWS {
            match rows.next().map_err(|source| Error::Io { path: name.into(), source })? {
                NextDocument::Document(_, text) => {
                    if let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) {
                        sample.rows += 1;
                        sample.add(&object, "", 1);
                    }
                }
                NextDocument::Problem(_) => {}
                NextDocument::End => break,
            }
        }
        if sample.rows == 0 {
            return Err(Error::OnlyHeader { file: name.to_owned() });
        }
        // Lines of orders are found by names of columns; what lies deeper only rules of events can ask for.
        if sample.columns.iter().any(|column| !rows.columns().contains(&column.name)) {
            sample.format = Format::JsonLines;
        }
        let count = sample.rows;
        sample.columns.iter_mut().for_each(|column| column.texts.resize(count, String::new()));
        Ok(sample)
    }

    fn add(&mut self, object: &serde_json::Map<String, serde_json::Value>, path: &str, depth: usize) {
        for (name, value) in object {
            // A name that the language would divide at another place cannot be written as a path.
            if name.is_empty() || (depth > 1 || value.is_object()) && name.contains(['.', '[', ']']) {
                continue;
            }
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match value {
                serde_json::Value::Object(inner) if depth < DEPTH => self.add(inner, &path, depth + 1),
                serde_json::Value::Array(list) => {
                    if list.iter().any(serde_json::Value::is_object) && !self.lists.contains(&path) {
                        self.lists.push(path);
                    }
                }
                serde_json::Value::Null | serde_json::Value::Object(_) => {}
                serde_json::Value::String(text) => self.set(path, text.trim().to_owned()),
                other => self.set(path, other.to_string()),
            }
        }
    }

    fn set(&mut self, name: String, text: String) {
        let row = self.rows - 1;
        let column = match self.columns.iter().position(|column| column.name == name) {
            Some(at) => &mut self.columns[at],
            None => {
                self.columns.push(Column { name, texts: Vec::new() });
                let last = self.columns.len() - 1;
                &mut self.columns[last]
            }
        };
        column.texts.resize(row, String::new());
        column.texts.push(text);
    }
}

/// Why there is no object in a file of JSON.
fn no_object(text: &Text, format: Format) -> Error {
    let (file, mut rows, mut first) = (text.name.clone(), 0, None);
    let mut documents = Documents::new(Box::new(Cursor::new(text.sample.clone())), format);
    loop {
        let fault = match documents.next() {
            Ok(NextDocument::Document(line, text)) => match Record::parse(text) {
                Err(why) => format!("line {line} holds no record: {why}"),
                Ok(_) => continue,
            },
            Ok(NextDocument::Problem(problem)) => problem.detail,
            Ok(NextDocument::End) | Err(_) => break,
        };
        rows += 1;
        first.get_or_insert(fault);
    }
    match first {
        Some(first) => Error::AllRowsBad { file, rows, first },
        None => Error::EmptyFile { file },
    }
}

impl Column {
    /// The texts that say something.
    pub fn filled(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str).filter(|text| !text.is_empty())
    }

    /// How many different texts there are.
    pub fn different(&self) -> usize {
        self.filled().collect::<std::collections::HashSet<_>>().len()
    }
}
