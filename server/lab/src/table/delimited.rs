//! Cuts delimited text into records and fields, with a way back from broken quotes.
//!
//! A quote that is opened and never closed costs its own line, not the rest of the file: reading goes on at the next line.

use memchr::{memchr, memchr_iter};
use std::{borrow::Cow, ops::Range};

/// Longest quoted field; beyond it the quote is taken for a broken one.
const LONGEST_QUOTED: usize = 16 << 20;

/// What separates fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiter {
    /// One ASCII character.
    Byte(u8),
    /// Any run of blanks and tabs; blanks at both ends of a line do not count.
    Blanks,
    /// `::`, as old research data have it; without quotes.
    Colons,
    /// A line is one field.
    Nothing,
}

/// How a text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub delimiter: Delimiter,
    /// Quotes at the start of a field protect what is inside.
    pub quotes: bool,
}

#[derive(Debug, Clone)]
struct Field {
    range: Range<usize>,
    /// Holds doubled quotes, which stand for one.
    escaped: bool,
}

/// One record; kept and filled again, so that reading allocates nothing per line.
#[derive(Debug, Default)]
pub(crate) struct Record<'t> {
    text: &'t str,
    fields: Vec<Field>,
    /// Line where it starts, from 1.
    pub line: u64,
    /// A quote was opened and not closed; the fields are those of the line without regard to quotes.
    pub broken_quote: bool,
    /// Some field was quoted.
    pub quoted: bool,
}

impl<'t> Record<'t> {
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    pub fn field(&self, index: usize) -> Cow<'t, str> {
        let field = &self.fields[index];
        let text = &self.text[field.range.clone()];
        if field.escaped { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) }
    }

    pub fn fields(&self) -> impl Iterator<Item = Cow<'t, str>> {
        (0..self.fields.len()).map(|index| self.field(index))
    }

    fn clear(&mut self, text: &'t str, line: u64) {
        self.fields.clear();
        (self.text, self.line, self.broken_quote, self.quoted) = (text, line, false, false);
    }

    fn push(&mut self, range: Range<usize>, escaped: bool) {
        self.fields.push(Field { range, escaped });
    }
}

/// Walks over the records of a text.
#[derive(Debug)]
pub(crate) struct Records<'t> {
    text: &'t str,
    layout: Layout,
    position: usize,
    line: u64,
}

impl<'t> Records<'t> {
    pub fn new(text: &'t str, layout: Layout) -> Self {
        Self::starting(text, layout, 0)
    }

    /// Leaves out everything before `position`, the start of a line, but counts its lines.
    pub fn starting(text: &'t str, layout: Layout, position: usize) -> Self {
        let line = memchr_iter(b'\n', &text.as_bytes()[..position]).count() as u64 + 1;
        Self { text, layout, position, line }
    }

    /// Fills `record` with the next non-empty line; false at the end.
    pub fn next_record(&mut self, record: &mut Record<'t>) -> bool {
        let bytes = self.text.as_bytes();
        while self.position < bytes.len() {
            let start = self.position;
            let newline = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |n| start + n);
            let end = if newline > start && bytes[newline - 1] == b'\r' { newline - 1 } else { newline };
            record.clear(self.text, self.line);
            if bytes[start..end].trim_ascii().is_empty() && !self.has_delimiter(&bytes[start..end]) {
                self.position = newline + 1;
                self.line += 1;
                continue;
            }
            let next = self.cut(record, start, end, newline);
            self.line += memchr_iter(b'\n', &bytes[start..next.min(bytes.len())]).count() as u64;
            self.position = next;
            return true;
        }
        false
    }

    /// A line of nothing but tabs is a row of missing values, not an empty line.
    fn has_delimiter(&self, line: &[u8]) -> bool {
        matches!(self.layout.delimiter, Delimiter::Byte(b) if memchr(b, line).is_some())
    }

    /// Cuts the record at `start`; gives the position of the next one.
    fn cut(&self, record: &mut Record<'t>, start: usize, end: usize, newline: usize) -> usize {
        let bytes = self.text.as_bytes();
        let delimiter = match self.layout.delimiter {
            Delimiter::Blanks => {
                cut_blanks(record, bytes, start, end, self.layout.quotes);
                return newline + 1;
            }
            Delimiter::Colons => {
                cut_colons(record, bytes, start, end);
                return newline + 1;
            }
            Delimiter::Nothing => {
                record.push(start..end, false);
                return newline + 1;
            }
            Delimiter::Byte(byte) => byte,
        };
        if self.layout.quotes && memchr(b'"', &bytes[start..end]).is_some() {
            if let Some(next) = cut_quoted(record, bytes, start, delimiter) {
                return next;
            }
            record.clear(self.text, self.line);
            record.broken_quote = true;
            record.quoted = true;
        }
        cut_plain(record, bytes, start, end, delimiter);
        newline + 1
    }
}

fn cut_plain(record: &mut Record<'_>, bytes: &[u8], start: usize, end: usize, delimiter: u8) {
    let mut from = start;
    for at in memchr_iter(delimiter, &bytes[start..end]) {
        record.push(from..start + at, false);
        from = start + at + 1;
    }
    record.push(from..end, false);
}

fn cut_colons(record: &mut Record<'_>, bytes: &[u8], start: usize, end: usize) {
    let mut from = start;
    for at in memchr::memmem::find_iter(&bytes[start..end], b"::") {
        record.push(from..start + at, false);
        from = start + at + 2;
    }
    record.push(from..end, false);
}

/// Cuts a record with quotes, which may span lines. `None` where a quote is broken.
fn cut_quoted(record: &mut Record<'_>, bytes: &[u8], start: usize, delimiter: u8) -> Option<usize> {
    let mut from = start;
    loop {
        let opening = from + bytes[from..].iter().take_while(|b| **b == b' ' && delimiter != b' ').count();
        let next = if bytes.get(opening) == Some(&b'"') {
            record.quoted = true;
            let (inside, escaped, after) = quoted_field(bytes, opening, delimiter)?;
            record.push(inside, escaped);
            after
        } else {
            let length =
                bytes[from..].iter().position(|b| *b == delimiter || *b == b'\n').unwrap_or(bytes.len() - from);
            let mut end = from + length;
            let after = end;
            if bytes.get(after) != Some(&delimiter) && end > from && bytes[end - 1] == b'\r' {
                end -= 1;
            }
            record.push(from..end, false);
            after
        };
        match bytes.get(next) {
            Some(b) if *b == delimiter => from = next + 1,
            _ => return Some(next + 1),
        }
    }
}

/// The field whose quote opens at `opening`: its inside, whether it holds doubled quotes, and where the delimiter or
/// the end of the line stands. A lone quote in the middle belongs to the text as long as the line does not end.
fn quoted_field(bytes: &[u8], opening: usize, delimiter: u8) -> Option<(Range<usize>, bool, usize)> {
    let start = opening + 1;
    let (mut at, mut escaped, mut lone) = (start, false, None);
    loop {
        let quote = at + memchr(b'"', bytes.get(at..)?)?;
        if quote - start > LONGEST_QUOTED {
            return None;
        }
        if lone.is_some_and(|lone| memchr(b'\n', &bytes[lone..quote]).is_some()) {
            return None;
        }
        if bytes.get(quote + 1) == Some(&b'"') {
            escaped = true;
            at = quote + 2;
            continue;
        }
        let after = quote + 1 + bytes[quote + 1..].iter().take_while(|b| **b == b' ' && delimiter != b' ').count();
        match (bytes.get(after), bytes.get(after + 1)) {
            (None, _) | (Some(b'\n'), _) => return Some((start..quote, escaped, after)),
            (Some(b'\r'), None | Some(b'\n')) => return Some((start..quote, escaped, after + 1)),
            (Some(b), _) if *b == delimiter => return Some((start..quote, escaped, after)),
            _ if memchr(b'\n', &bytes[start..quote]).is_some() => return None,
            _ => {
                lone = Some(quote);
                at = quote + 1;
            }
        }
    }
}

fn cut_blanks(record: &mut Record<'_>, bytes: &[u8], start: usize, end: usize, quotes: bool) {
    let blank = |b: u8| b == b' ' || b == b'\t';
    let mut at = start;
    while at < end {
        if blank(bytes[at]) {
            at += 1;
            continue;
        }
        if quotes && bytes[at] == b'"' {
            record.quoted = true;
            if let Some(length) = memchr(b'"', &bytes[at + 1..end]) {
                record.push(at + 1..at + 1 + length, false);
                at += length + 2;
                continue;
            }
            record.broken_quote = true;
        }
        let length = bytes[at..end].iter().position(|b| blank(*b)).unwrap_or(end - at);
        record.push(at..at + length, false);
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, layout: Layout) -> Vec<(u64, bool, Vec<String>)> {
        let mut records = Records::new(text, layout);
        let mut record = Record::default();
        let mut all = Vec::new();
        while records.next_record(&mut record) {
            all.push((record.line, record.broken_quote, record.fields().map(Cow::into_owned).collect()));
        }
        all
    }

    const COMMAS: Layout = Layout { delimiter: Delimiter::Byte(b','), quotes: true };

    #[track_caller]
    fn check(text: &str, expected: &[(u64, bool, &[&str])]) {
        let expected: Vec<_> =
            expected.iter().map(|(l, b, f)| (*l, *b, f.iter().map(|s| (*s).to_owned()).collect())).collect();
        assert_eq!(read(text, COMMAS), expected, "{text:?}");
    }

    #[test]
    fn records_are_cut() {
        check("a,b\n1,2\n", &[(1, false, &["a", "b"]), (2, false, &["1", "2"])]);
        check("a,b\r\n\r\n1,\r\n", &[(1, false, &["a", "b"]), (3, false, &["1", ""])]);
        check("\"a,b\",c", &[(1, false, &["a,b", "c"])]);
        check("\"a \"\"b\"\"\",c\n", &[(1, false, &["a \"b\"", "c"])]);
        check("\"a\nb\",c\n1,2\n", &[(1, false, &["a\nb", "c"]), (3, false, &["1", "2"])]);
        check("x, \"a,b\" ,c\r\n1", &[(1, false, &["x", "a,b", "c"]), (2, false, &["1"])]);
        check(",\n", &[(1, false, &["", ""])]);
        check("a\"b,c\n", &[(1, false, &["a\"b", "c"])]);
        check("\"\",\"\"\r\n", &[(1, false, &["", ""])]);
    }

    #[test]
    fn a_broken_quote_costs_its_own_line() {
        check(
            "1,\"open\n2,fine\n3,\"good\"\n",
            &[(1, true, &["1", "\"open"]), (2, false, &["2", "fine"]), (3, false, &["3", "good"])],
        );
        check("1,\"never closed\n2,x\n", &[(1, true, &["1", "\"never closed"]), (2, false, &["2", "x"])]);
        check("1,\"said \"hi\" to\"\n2,x\n", &[(1, false, &["1", "said \"hi\" to"]), (2, false, &["2", "x"])]);
    }

    #[test]
    fn runs_of_blanks_cut() {
        let layout = Layout { delimiter: Delimiter::Blanks, quotes: true };
        let fields = |text| read(text, layout).into_iter().map(|(_, _, f)| f).collect::<Vec<_>>();
        assert_eq!(fields(" 00004 0001  2   29.33 \n"), [["00004", "0001", "2", "29.33"]]);
        assert_eq!(fields("\"a b\" 3\n"), [["a b", "3"]]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_and_ends(text in "[a\",;\\r\\n \t|é]{0,60}", quotes: bool, blanks: bool) {
            let delimiter = if blanks { Delimiter::Blanks } else { Delimiter::Byte(b',') };
            let records = read(&text, Layout { delimiter, quotes });
            prop_assert!(records.len() <= text.lines().count());
        }

        #[test]
        fn quoted_fields_come_back(rows in prop::collection::vec(prop::collection::vec("[a\",\\n é]{0,6}", 2..4), 1..5)) {
            let line = |row: &Vec<String>| row.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
            let text = rows.iter().map(line).collect::<Vec<_>>().join("\n");
            let read: Vec<Vec<String>> = read(&text, COMMAS).into_iter().map(|(_, _, fields)| fields).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
