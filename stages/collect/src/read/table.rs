//! A file as a table: what it is packed in, its encoding, delimiter and header are settled; rows can be read.

use super::{
    dialect, encoding,
    header::Columns,
    rows::{Next, Rows, Width},
    source::Input,
};
use crate::{
    error::{Error, Result},
    mapping::{Delimiter, FileMapping, Header},
};
use std::io::{self, Cursor, Read};

/// How much of a file is looked at to find out its form.
const SAMPLE: u64 = 256 * 1024;

/// An opened table.
pub(crate) struct Table {
    pub name: String,
    pub columns: Columns,
    pub rows: Rows,
    /// The beginning of the file in UTF-8, for further guesses.
    sample: Vec<u8>,
    delimiter: u8,
    has_header: bool,
}

impl Table {
    pub fn open(input: Input, form: &FileMapping) -> Result<Self> {
        let Input { name, mut bytes } = input;
        let (sample, failure) = take_sample(&mut bytes);
        check_magic(&name, &sample, failure.as_ref())?;
        let (encoding, mark) = encoding::detect(&sample, form.encoding);
        let marked = sample.get(mark..).unwrap_or_default().to_vec();
        let mut text = Vec::new();
        let read = encoding::utf8(Cursor::new(marked.clone()), encoding).read_to_end(&mut text);
        read.map_err(|source| Error::Io { path: name.clone().into(), source })?;
        check_text(&name, &text)?;
        let delimiter = match form.delimiter {
            Delimiter::Detect => dialect::delimiter(&text),
            Delimiter::Byte(byte) => byte,
        };
        let whole = Cursor::new(marked).chain(Failing(failure)).chain(bytes);
        let rows = Rows::new(encoding::utf8(whole, encoding), delimiter, Width::AsFirst);
        let has_header = form.header == Header::FirstRow;
        let mut table = Self { columns: Columns::new(&name, []), name, rows, sample: text, delimiter, has_header };
        table.columns = table.read_columns(&form.header)?;
        Ok(table)
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

    /// Frees what was kept for guesses.
    pub fn forget_sample(&mut self) {
        self.sample = Vec::new();
    }

    /// Looks at the first good rows without moving on.
    pub fn sample_rows<T>(&self, limit: usize, mut look: impl FnMut(&super::Row<'_>) -> T) -> Vec<T> {
        let mut rows = Rows::new(Box::new(Cursor::new(self.sample.clone())), self.delimiter, Width::AsFirst);
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

/// The beginning of the file, and the error that ended it too early.
fn take_sample(bytes: &mut impl Read) -> (Vec<u8>, Option<io::Error>) {
    let mut sample = Vec::new();
    let failure = bytes.take(SAMPLE).read_to_end(&mut sample).err();
    (sample, failure)
}

/// Gives the error that was met before once more, at its place in the file.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn check_magic(name: &str, sample: &[u8], failure: Option<&io::Error>) -> Result<()> {
    let not_text = |hint: &str| Err(Error::NotText { file: name.to_owned(), hint: hint.to_owned() });
    if sample.iter().all(|byte| byte.is_ascii_whitespace()) {
        return match failure {
            Some(error) => {
                Err(Error::Io { path: name.into(), source: io::Error::new(error.kind(), error.to_string()) })
            }
            None => Err(Error::EmptyFile { file: name.to_owned() }),
        };
    }
    match sample {
        [b'P', b'K', 3 | 5, ..] => {
            not_text("it is a ZIP archive or an Excel workbook; unpack it, or save the sheet as CSV")
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => not_text("it is an old Excel workbook; save the sheet as CSV"),
        [b'P', b'A', b'R', b'1', ..] => not_text("it is a Parquet file; convert it to CSV"),
        [b'%', b'P', b'D', b'F', ..] => not_text("it is a PDF document; export the table behind it as CSV"),
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => not_text("it is an SQLite database; export the table as CSV"),
        [b'B', b'Z', b'h', ..] => not_text("it is packed with bzip2; unpack it, or pack it with gzip or zstd"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => not_text("it is packed with xz; unpack it, or pack it with gzip or zstd"),
        _ => Ok(()),
    }
}

/// Tables do not hold control codes; a few in a large file are damage, many mean that it is no text at all.
fn check_text(name: &str, text: &[u8]) -> Result<()> {
    if text.contains(&b'\r') && !text.contains(&b'\n') {
        let hint =
            "its lines end with carriage returns only, as on very old computers; save it with LF or CRLF line ends";
        return Err(Error::NotText { file: name.to_owned(), hint: hint.to_owned() });
    }
    let control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    let controls = text.iter().filter(control).count();
    if controls * 50 > text.len() {
        let hint = "it holds too many control codes to be a table; if it is UTF-16 or packed, say so in file.encoding, or unpack it";
        return Err(Error::NotText { file: name.to_owned(), hint: hint.to_owned() });
    }
    Ok(())
}
