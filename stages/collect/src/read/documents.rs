//! JSON documents one by one: a line each, or elements of a list over as many lines as they like.
//!
//! The reader only finds where a document begins and ends; whether it is JSON is for others to say. So one that is broken
//! is one problem, and in lines it never touches its neighbours.

use super::{
    rows::{Problem, ROW_LIMIT, beginning, undecodable},
    window::Window,
};
use crate::mapping::Format;
use bellwether_domain::RejectReason;
use memchr::memchr;
use std::io::{self, Read};

/// What comes next in the file.
pub(crate) enum NextDocument<'r> {
    /// The line it begins on, from 1, and its text.
    Document(u64, &'r str),
    Problem(Problem),
    End,
}

/// Reads documents; see [`Documents::next`].
pub(crate) struct Documents {
    window: Window,
    by_line: bool,
    line: u64,
    scan: Scan,
}

/// How far the bytes from `start` on are understood.
#[derive(Default)]
struct Scan {
    at: usize,
    depth: usize,
    in_text: bool,
    escaped: bool,
}

enum Found {
    Document(usize),
    /// Its end, where it is known already.
    TooLong(Option<usize>),
    Cut,
    End,
}

impl Documents {
    pub fn new(reader: Box<dyn Read + Send>, format: Format) -> Self {
        Self { window: Window::new(reader), by_line: format != Format::Json, line: 1, scan: Scan::default() }
    }

    /// The next document, or what is wrong with it. Empty lines, commas and the brackets around a list are passed over.
    ///
    /// # Errors
    /// When the file cannot be read at all; damage after its beginning is a problem at its last document.
    pub fn next(&mut self) -> io::Result<NextDocument<'_>> {
        let found = if self.by_line { self.find_line()? } else { self.find_element()? };
        let (from, line) = (self.window.start, self.line);
        let bytes = match found {
            Found::End => return Ok(NextDocument::End),
            Found::TooLong(end) => return self.skip_long(end).map(NextDocument::Problem),
            Found::Cut => return Ok(NextDocument::Problem(self.cut_off())),
            Found::Document(bytes) => bytes,
        };
        self.consume(bytes);
        let content = self.window.buffer[from..from + bytes].trim_ascii();
        match std::str::from_utf8(content) {
            Ok(text) => Ok(NextDocument::Document(line, text)),
            Err(_) => Ok(NextDocument::Problem(undecodable(content, line))),
        }
    }

    /// The next line with anything in it.
    fn find_line(&mut self) -> io::Result<Found> {
        loop {
            let rest = self.window.rest();
            let end = memchr(b'\n', &rest[self.scan.at..]).map(|at| self.scan.at + at + 1);
            match end {
                Some(bytes) if rest[..bytes].trim_ascii().is_empty() => self.consume(bytes),
                Some(bytes) if bytes > ROW_LIMIT => return Ok(Found::TooLong(Some(bytes))),
                Some(bytes) => return Ok(Found::Document(bytes)),
                None if rest.len() > ROW_LIMIT => return Ok(Found::TooLong(None)),
                None if self.window.at_end && self.window.cut.is_some() => return Ok(Found::Cut),
                None if self.window.at_end && rest.trim_ascii().is_empty() => return Ok(Found::End),
                None if self.window.at_end => return Ok(Found::Document(rest.len())),
                None => {
                    self.scan.at = rest.len();
                    self.window.fill(self.line)?;
                }
            }
        }
    }

    /// The next element: an object or list with all that is in it, or whatever stands up to the next comma or line end.
    fn find_element(&mut self) -> io::Result<Found> {
        if self.scan.at == 0 {
            self.pass_over_signs()?;
        }
        loop {
            if let Some(bytes) = self.scan.look(self.window.rest()) {
                return Ok(if bytes > ROW_LIMIT { Found::TooLong(Some(bytes)) } else { Found::Document(bytes) });
            }
            let here = self.window.end - self.window.start;
            match () {
                () if here > ROW_LIMIT => return Ok(Found::TooLong(None)),
                () if self.window.at_end && self.window.cut.is_some() => return Ok(Found::Cut),
                () if self.window.at_end && here == 0 => return Ok(Found::End),
                // A bracket or a quote is open: nothing that follows could be told from what is inside.
                () if self.window.at_end && (self.scan.depth > 0 || self.scan.in_text) => return Ok(Found::Cut),
                () if self.window.at_end => return Ok(Found::Document(here)),
                () => self.window.fill(self.line)?,
            }
        }
    }

    /// What stands between elements.
    fn pass_over_signs(&mut self) -> io::Result<()> {
        loop {
            let rest = self.window.rest();
            let is_sign = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']');
            let count = rest.iter().take_while(|byte| is_sign(byte)).count();
            let all = count == rest.len();
            self.consume(count);
            if !all || self.window.at_end {
                return Ok(());
            }
            self.window.fill(self.line)?;
        }
    }

    fn skip_long(&mut self, known_end: Option<usize>) -> io::Result<Problem> {
        let (line, from) = (self.line, self.window.start);
        let detail = format!(
            "the document in line {line} is longer than 1 MiB; it was left out. Is a line end or a bracket missing, or is the file of another kind?"
        );
        let content = beginning(&self.window.buffer[from..self.window.end]);
        let problem = Problem { line, field: None, reason: RejectReason::RowTooLong, detail, content };
        let mut end = known_end;
        loop {
            let rest = self.window.rest();
            end = end.or_else(|| match self.by_line {
                true => memchr(b'\n', rest).map(|at| at + 1),
                false => self.scan.look(rest),
            });
            let bytes = end.unwrap_or(rest.len());
            self.consume_keeping_scan(bytes);
            if end.is_some() || (self.window.at_end && self.window.start == self.window.end) {
                self.scan = Scan::default();
                return Ok(problem);
            }
            self.window.fill(self.line)?;
        }
    }

    fn cut_off(&mut self) -> Problem {
        let line = self.line;
        let cause = match self.window.cut.take() {
            Some(cause) => format!("the file is damaged or cut off in line {line} ({cause})"),
            None => format!(
                "the document that begins in line {line} is never closed: a bracket or a quote is missing, or the file is cut off"
            ),
        };
        let content = beginning(self.window.rest());
        self.consume(self.window.end - self.window.start);
        let detail = format!("{cause}; what came before is good; fetch the file again");
        Problem { line, field: None, reason: RejectReason::Truncated, detail, content }
    }

    fn consume(&mut self, bytes: usize) {
        self.consume_keeping_scan(bytes);
        self.scan = Scan::default();
    }

    fn consume_keeping_scan(&mut self, bytes: usize) {
        let gone = &self.window.buffer[self.window.start..self.window.start + bytes];
        self.line += memchr::memchr_iter(b'\n', gone).count() as u64;
        self.window.start += bytes;
        self.scan.at = self.scan.at.saturating_sub(bytes);
    }
}

impl Scan {
    /// How long the element is, where its end is among the bytes; goes on where it stopped.
    fn look(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_text => self.escaped = true,
                b'"' => self.in_text = !self.in_text,
                _ if self.in_text => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                b',' | b'\n' if self.depth == 0 => return Some(self.at - 1).filter(|bytes| *bytes > 0),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn all(format: Format, reader: impl Read + Send + 'static) -> Vec<String> {
        let mut documents = Documents::new(Box::new(reader), format);
        let mut found = Vec::new();
        loop {
            match documents.next().unwrap() {
                NextDocument::Document(line, text) => found.push(format!("{line} {text}")),
                NextDocument::Problem(problem) => found.push(format!("{} {:?}", problem.line, problem.reason)),
                NextDocument::End => return found,
            }
        }
    }

    fn check(format: Format, text: &str, expected: &[&str]) {
        assert_eq!(all(format, Cursor::new(text.to_owned())), expected, "{text}");
    }

    #[test]
    fn lines_are_documents() {
        check(Format::JsonLines, "{\"a\":1}\n\n  {\"a\":\n{}", &["1 {\"a\":1}", "3 {\"a\":", "4 {}"]);
        check(Format::JsonLines, "\r\n{}\r\n", &["2 {}"]);
        check(Format::JsonLines, "", &[]);
    }

    #[test]
    fn elements_are_documents_wherever_they_end() {
        check(
            Format::Json,
            "[{\"a\":[1,2]},\n {\"b\":\"]},{\\\"\"}]\n",
            &["1 {\"a\":[1,2]}", "2 {\"b\":\"]},{\\\"\"}"],
        );
        check(Format::Json, "{\n\"a\": 1\n}\n{}", &["1 {\n\"a\": 1\n}", "4 {}"]);
        check(Format::Json, "[]", &[]);
        check(Format::Json, "[1, \"x\", {}]", &["1 1", "1 \"x\"", "1 {}"]);
        check(Format::Json, "[{}, {\"a\": [1", &["1 {}", "1 Truncated"]);
        check(Format::Json, "[{}}, {}]", &["1 {}", "1 }", "1 {}"]);
    }

    #[test]
    fn a_long_document_is_left_out() {
        let long = format!("{{\"a\":\"{}\"}}", "x,}".repeat(1_000_000));
        check(Format::Json, &format!("[{{}},\n{long},\n{{}}]"), &["1 {}", "2 RowTooLong", "3 {}"]);
        check(Format::JsonLines, &format!("{{}}\n{long}\n{{}}"), &["1 {}", "2 RowTooLong", "3 {}"]);
        check(Format::JsonLines, &format!("{{}}\n{long}"), &["1 {}", "2 RowTooLong"]);
    }

    struct Slow(Cursor<Vec<u8>>);
    impl Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut into[..1])
        }
    }

    proptest! {
        #[test]
        fn what_is_found_does_not_depend_on_how_bytes_arrive(text in "[\\[\\]{},:\"\\\\a1 \n]{0,60}") {
            for format in [Format::Json, Format::JsonLines] {
                let bytes = text.clone().into_bytes();
                prop_assert_eq!(all(format, Cursor::new(bytes.clone())), all(format, Slow(Cursor::new(bytes))));
            }
        }
    }
}
