//! A file as text: what it is packed in and its encoding are settled.

use super::{
    encoding,
    source::{Input, Packing},
};
use crate::{
    error::{Error, Result},
    mapping::{Encoding, Format},
};
use serde::de::IgnoredAny;
use std::io::{self, Cursor, Read};

/// How much of a file is looked at to find out its form.
const SAMPLE: u64 = 256 * 1024;

/// An opened text.
pub(crate) struct Text {
    pub name: String,
    pub packing: Packing,
    pub encoding: Encoding,
    /// Its beginning in UTF-8, for guesses.
    pub sample: Vec<u8>,
    /// All of it in UTF-8. What could not be decoded is marked by bytes that are none.
    pub bytes: Box<dyn Read + Send>,
}

impl Text {
    pub fn open(input: Input, wanted: Encoding) -> Result<Self> {
        let Input { name, packing, mut bytes } = input;
        let (sample, failure) = take_sample(&mut bytes);
        check_magic(&name, &sample, failure.as_ref())?;
        let (encoding, mark) = encoding::detect(&sample, wanted);
        let marked = sample.get(mark..).unwrap_or_default().to_vec();
        let mut text = Vec::new();
        let read = encoding::utf8(Cursor::new(marked.clone()), encoding).read_to_end(&mut text);
        read.map_err(|source| Error::Io { path: name.clone().into(), source })?;
        check_text(&name, &text)?;
        let whole = Cursor::new(marked).chain(Failing(failure)).chain(bytes);
        Ok(Self { name, packing, encoding, sample: text, bytes: encoding::utf8(whole, encoding) })
    }

    /// What the file is made of, as told or by its first sign.
    pub fn format(&self, wanted: Format) -> Format {
        if wanted != Format::Detect {
            return wanted;
        }
        let begin = self.sample.trim_ascii_start();
        match begin.first() {
            Some(b'[') => Format::Json,
            Some(b'{') if are_lines(begin) => Format::JsonLines,
            Some(b'{') => Format::Json,
            _ => Format::Delimited,
        }
    }
}

/// Whether objects stand one on each line, or are laid out over several.
fn are_lines(begin: &[u8]) -> bool {
    let is_whole = |text: &[u8]| serde_json::from_slice::<IgnoredAny>(text).is_ok();
    let Some(end) = memchr::memchr(b'\n', begin) else { return true };
    if is_whole(&begin[..end]) {
        return true;
    }
    // Where the first line is broken, one of the next is an object. In one that is laid out, and longer than the beginning, what is
    // inside stands further to the right.
    let mut others = begin[end..].split(|byte| *byte == b'\n');
    !is_laid_out(begin, end) && others.any(|line| line.starts_with(b"{") && is_whole(line))
}

/// Whether what begins on the first line can be read when line ends do not matter.
fn is_laid_out(begin: &[u8], end: usize) -> bool {
    let mut documents = serde_json::Deserializer::from_slice(begin).into_iter::<IgnoredAny>();
    while documents.byte_offset() < end {
        match documents.next() {
            Some(Ok(_)) => {}
            Some(Err(_)) => return false,
            None => break,
        }
    }
    true
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
        [b'P', b'A', b'R', b'1', ..] => not_text(
            "it is a Parquet file; those of orders and events can be read, but neither packed once more nor for an experiment",
        ),
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
