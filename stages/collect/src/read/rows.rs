//! The rows of a delimited text: found line by line in one buffer, without copying where there are no quotes.

use super::{
    header::Columns,
    quoted::{self, Fault, Outcome},
    window::Window,
};
use crate::import::SampleRow;
use bellwether_domain::RejectReason;
use memchr::{memchr, memchr_iter};
use std::io::{self, Read};

/// A longer row is not data any more.
pub(crate) const ROW_LIMIT: usize = 1024 * 1024;
/// How many lines one row may span. A quote that is open for longer was forgotten.
const LINE_LIMIT: u64 = 1000;
/// How much of a bad row is kept.
pub(crate) const KEEP: usize = 2000;

/// A row whose fields could be told apart.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r> {
    /// The line of the file that it begins on, from 1.
    pub line: u64,
    /// Its fields, one behind the other, with or without delimiters between them.
    pub(super) text: &'r str,
    pub(super) spans: &'r [(u32, u32)],
    /// It as it stands in the file (in UTF-8), without the line end.
    pub raw: &'r str,
    /// What ids are made of: where it stands, if that counts, and what it says.
    pub id_line: u64,
    pub id_text: &'r str,
    /// What its `line` counts: lines or rows.
    pub unit: &'static str,
}

impl<'r> Row<'r> {
    pub fn new(line: u64, text: &'r str, spans: &'r [(u32, u32)], raw: &'r str) -> Self {
        Self { line, text, spans, raw, id_line: line, id_text: raw, unit: "line" }
    }

    /// Where it stands, for sentences.
    pub fn place(&self) -> String {
        format!("{} {}", self.unit, self.line)
    }

    /// A field by its position. The caller knows how many there are: a row with another number is a problem, not a row.
    pub fn field(&self, index: usize) -> &'r str {
        let (from, to) = self.spans[index];
        &self.text[from as usize..to as usize]
    }

    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// It with the names of its columns, for people to look at.
    pub fn sample(&self, columns: &Columns) -> SampleRow {
        let value = |index| (columns.name(index).to_owned(), self.field(index).into());
        SampleRow { line: self.line, values: (0..self.len()).map(value).collect() }
    }
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub line: u64,
    /// The column at fault, where it is one.
    pub field: Option<String>,
    pub reason: RejectReason,
    pub detail: String,
    /// The beginning of the row.
    pub content: String,
}

/// What comes next in the file.
pub(crate) enum Next<'r> {
    Row(Row<'r>),
    Problem(Problem),
    End,
}

/// How many fields a row must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Any,
    /// As many as the first one has.
    AsFirst,
    Exactly(usize),
}

/// Reads rows; see [`Rows::next`].
pub(crate) struct Rows {
    window: Window,
    delimiter: u8,
    width: Width,
    /// The bytes from `start` on that are known to hold no line end.
    searched: usize,
    line: u64,
    unquoted: Vec<u8>,
    ends: Vec<u32>,
    spans: Vec<(u32, u32)>,
}

/// Where the next row lies in the buffer.
enum Found {
    Plain { content: usize, bytes: usize },
    Quoted { content: usize, bytes: usize, lines: u64 },
    Problem(Problem),
    End,
}

impl Rows {
    pub fn new(reader: Box<dyn Read + Send>, delimiter: u8, width: Width) -> Self {
        Self {
            window: Window::new(reader),
            delimiter,
            width,
            searched: 0,
            line: 1,
            unquoted: Vec::new(),
            ends: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// Rows with another number of fields are problems from now on.
    pub fn expect_width(&mut self, width: usize) {
        self.width = Width::Exactly(width);
    }

    /// Bytes held, for those who doubt it.
    #[cfg(test)]
    pub fn memory(&self) -> usize {
        self.window.buffer.capacity() + self.unquoted.capacity()
    }

    /// The next row, or what is wrong with it. Lines without any character are passed over.
    ///
    /// # Errors
    /// When the file cannot be read at all. Damage after its beginning (a packed file that was cut off) is a `Problem` at
    /// its last row, because what came before is good.
    pub fn next(&mut self) -> io::Result<Next<'_>> {
        let (content, bytes, lines) = match self.find()? {
            Found::End => return Ok(Next::End),
            Found::Problem(problem) => return Ok(Next::Problem(problem)),
            Found::Plain { content, bytes } => {
                self.split_plain(content);
                (content, bytes, 1)
            }
            Found::Quoted { content, bytes, lines } => {
                let starts = std::iter::once(0).chain(self.ends.iter().copied());
                self.spans.clear();
                self.spans.extend(starts.zip(self.ends.iter().copied()));
                (content, bytes, lines)
            }
        };
        let (from, line) = (self.window.start, self.line);
        let last_and_open = self.window.at_end && from + bytes == self.window.end && content == bytes;
        if let Some(problem) = self.wrong_width(content, last_and_open) {
            self.consume(bytes, lines);
            return Ok(Next::Problem(problem));
        }
        self.consume(bytes, lines);
        let Ok(raw) = std::str::from_utf8(&self.window.buffer[from..from + content]) else {
            return Ok(Next::Problem(undecodable(&self.window.buffer[from..from + content], line)));
        };
        // Unquoting copies whole pieces between ASCII signs, so it keeps text text.
        let text = if self.ends.is_empty() { raw } else { std::str::from_utf8(&self.unquoted).unwrap_or_default() };
        Ok(Next::Row(Row::new(line, text, &self.spans, raw)))
    }

    fn find(&mut self) -> io::Result<Found> {
        loop {
            let rest = self.window.rest();
            match memchr(b'\n', &rest[self.searched..]) {
                Some(at) => {
                    let bytes = self.searched + at + 1;
                    self.searched = 0;
                    let content =
                        without_line_end(&self.window.buffer[self.window.start..self.window.start + bytes - 1]);
                    if content == 0 {
                        self.consume(bytes, 1);
                        continue;
                    }
                    if content > ROW_LIMIT {
                        let problem = self.too_long(content);
                        self.consume(bytes, 1);
                        return Ok(Found::Problem(problem));
                    }
                    return self.plain_or_quoted(content, bytes);
                }
                None if rest.len() > ROW_LIMIT => return self.skip_long_line().map(Found::Problem),
                None if self.window.at_end => return self.last_line(),
                None => {
                    self.searched = rest.len();
                    self.window.fill(self.line)?;
                }
            }
        }
    }

    /// The bytes behind the last line end.
    fn last_line(&mut self) -> io::Result<Found> {
        let length = self.window.end - self.window.start;
        if let Some(cause) = self.window.cut.take() {
            let problem = self.problem(
                RejectReason::Truncated,
                format!("the file is damaged or cut off in line {}, the rows before are good ({cause}); fetch the file again", self.line),
                length,
            );
            self.consume(length, u64::from(length > 0));
            return Ok(Found::Problem(problem));
        }
        let content = without_line_end(self.window.rest());
        if content == 0 {
            self.consume(length, 0);
            return Ok(Found::End);
        }
        self.plain_or_quoted(content, length)
    }

    fn plain_or_quoted(&mut self, content: usize, bytes: usize) -> io::Result<Found> {
        if memchr(b'"', &self.window.buffer[self.window.start..self.window.start + content]).is_none() {
            self.ends.clear();
            return Ok(Found::Plain { content, bytes });
        }
        let first_line = bytes;
        loop {
            let rest = self.window.rest();
            let all_here = self.window.at_end || rest.len() > ROW_LIMIT;
            match quoted::split(rest, self.delimiter, all_here, &mut self.unquoted, &mut self.ends) {
                Outcome::NeedMore => self.window.fill(self.line)?,
                Outcome::Row { bytes, content, lines } => {
                    let wrong = matches!(self.width, Width::Exactly(width) if width != self.ends.len());
                    if lines > LINE_LIMIT || content > ROW_LIMIT || (lines > 1 && wrong) {
                        return Ok(Found::Problem(self.broken_quote(Fault::Open, first_line)));
                    }
                    return Ok(Found::Quoted { content, bytes, lines });
                }
                Outcome::Broken(fault) => return Ok(Found::Problem(self.broken_quote(fault, first_line))),
            }
        }
    }

    /// Only the line with the quote is lost: the next one begins a new row, or one forgotten quote would swallow the file.
    fn broken_quote(&mut self, fault: Fault, bytes: usize) -> Problem {
        let line = self.line;
        let open_at_end = fault == Fault::Open && self.window.at_end && self.window.start + bytes == self.window.end;
        let (reason, detail) = match fault {
            Fault::Open if open_at_end && self.window.buffer[self.window.end - 1] != b'\n' => (
                RejectReason::Truncated,
                format!(
                    "the file ends inside the quotes of a field in line {line}: it seems to be cut off; fetch it again"
                ),
            ),
            Fault::Open => (
                RejectReason::BrokenQuote,
                format!(
                    "a quote (\") that opens a field in line {line} is not closed; close it, or write it twice (\"\") if it is part of the text"
                ),
            ),
            Fault::TextBehind => (
                RejectReason::BrokenQuote,
                format!(
                    "text follows the closing quote (\") of a field in line {line}; write quotes inside a field twice (\"\")"
                ),
            ),
        };
        let problem = self.problem(reason, detail, bytes);
        self.consume(bytes, 1);
        problem
    }

    fn split_plain(&mut self, content: usize) {
        let bytes = &self.window.buffer[self.window.start..self.window.start + content];
        self.spans.clear();
        let mut from = 0;
        for at in memchr_iter(self.delimiter, bytes) {
            self.spans.push((from, at as u32));
            from = at as u32 + 1;
        }
        self.spans.push((from, content as u32));
    }

    fn wrong_width(&mut self, content: usize, last_and_open: bool) -> Option<Problem> {
        let found = self.spans.len();
        let width = match self.width {
            Width::Exactly(width) if width != found => width,
            Width::AsFirst => {
                self.width = Width::Exactly(found);
                return None;
            }
            Width::Any | Width::Exactly(_) => return None,
        };
        let line = self.line;
        if last_and_open && found < width {
            let detail = format!(
                "line {line}, the last one, has {found} of {width} fields and no line end: the file seems to be cut off; fetch it again"
            );
            return Some(self.problem(RejectReason::Truncated, detail, content));
        }
        let row = &self.window.buffer[self.window.start..self.window.start + content];
        let comma = self.delimiter == b',' && found > width && decimal_comma(row);
        let hint = match found > width {
            true if comma => "if a number has a decimal comma here, put it in quotes or use another delimiter",
            true => "put fields that contain the delimiter in quotes",
            false => "fields are missing, or the row is broken over two lines",
        };
        let detail = format!("line {line} has {found} fields where the header has {width}; {hint}");
        Some(self.problem(RejectReason::FieldCount, detail, content))
    }

    fn skip_long_line(&mut self) -> io::Result<Problem> {
        let problem = self.too_long(self.window.end - self.window.start);
        loop {
            if let Some(at) = memchr(b'\n', self.window.rest()) {
                self.consume(at + 1, 1);
                return Ok(problem);
            }
            (self.window.start, self.searched) = (self.window.end, 0);
            if self.window.at_end {
                self.line += 1;
                return Ok(problem);
            }
            self.window.fill(self.line)?;
        }
    }

    fn too_long(&self, content: usize) -> Problem {
        let detail = format!(
            "line {} is longer than 1 MiB, which no row of a table is; it was left out. Is a line end missing, or is the file of another kind?",
            self.line
        );
        self.problem(RejectReason::RowTooLong, detail, content)
    }

    fn problem(&self, reason: RejectReason, detail: String, content: usize) -> Problem {
        let bytes = &self.window.buffer[self.window.start..self.window.start + content];
        Problem { line: self.line, field: None, reason, detail, content: beginning(bytes) }
    }

    fn consume(&mut self, bytes: usize, lines: u64) {
        self.window.start += bytes;
        self.searched = 0;
        self.line += lines;
    }
}

fn without_line_end(line: &[u8]) -> usize {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line).len()
}

pub(super) fn undecodable(bytes: &[u8], line: u64) -> Problem {
    let at = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
    let column = String::from_utf8_lossy(&bytes[..at]).chars().count() + 1;
    Problem {
        line,
        field: None,
        reason: RejectReason::Encoding,
        detail: format!(
            "line {line} holds bytes that are no text in this file's encoding (at character {column}); save the file as UTF-8, or set file.encoding in the mapping (latin-1, gb18030, utf-16le …)"
        ),
        content: beginning(bytes),
    }
}

pub(super) fn beginning(bytes: &[u8]) -> String {
    let enough = &bytes[..bytes.len().min(4 * KEEP)];
    let end = without_line_end(enough);
    String::from_utf8_lossy(&enough[..end]).chars().take(KEEP).collect()
}

/// Whether the row has a digit on both sides of a comma.
fn decimal_comma(row: &[u8]) -> bool {
    row.windows(3).any(|three| three[0].is_ascii_digit() && three[1] == b',' && three[2].is_ascii_digit())
}
