//! Rows with quotes, as RFC 4180 has them: `""` is a quote, and a quoted field may hold delimiters and line ends.

use memchr::{memchr, memchr2};

/// What a row that begins at the start of the bytes is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A row of so many bytes with its line end, over so many lines of the file.
    Row { bytes: usize, content: usize, lines: u64 },
    /// The quote may be closed by bytes that are not here yet.
    NeedMore,
    /// A quote that makes no sense.
    Broken(Fault),
}

/// What is wrong with a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is never closed.
    Open,
    /// Something other than a delimiter follows the closing one.
    TextBehind,
}

/// Splits the row at the start of `bytes` into fields, written one behind the other into `fields` with their ends in `ends`.
pub(super) fn split(bytes: &[u8], delimiter: u8, at_end: bool, fields: &mut Vec<u8>, ends: &mut Vec<u32>) -> Outcome {
    fields.clear();
    ends.clear();
    let (mut at, mut lines) = (0, 1);
    loop {
        let (next, newlines) = match bytes.get(at) {
            Some(b'"') => match quoted_field(&bytes[at..], delimiter, at_end, fields) {
                Ok((length, newlines)) => (at + length, newlines),
                Err(outcome) => return outcome,
            },
            _ => match plain_field(&bytes[at..], delimiter, at_end, fields) {
                Some(length) => (at + length, 0),
                None => return Outcome::NeedMore,
            },
        };
        lines += newlines;
        ends.push(fields.len() as u32);
        match bytes.get(next) {
            Some(byte) if *byte == delimiter => at = next + 1,
            Some(b'\r') if bytes.get(next + 1) == Some(&b'\n') => {
                return Outcome::Row { bytes: next + 2, content: next, lines };
            }
            Some(_) => return Outcome::Row { bytes: next + 1, content: next, lines },
            None => return Outcome::Row { bytes: next, content: next, lines },
        }
    }
}

/// Copies a field without a quote at its beginning; gives its length.
fn plain_field(bytes: &[u8], delimiter: u8, at_end: bool, fields: &mut Vec<u8>) -> Option<usize> {
    let end = match memchr2(delimiter, b'\n', bytes) {
        Some(end) if bytes[end] == b'\n' && end > 0 && bytes[end - 1] == b'\r' => end - 1,
        Some(end) => end,
        None if at_end => bytes.len(),
        None => return None,
    };
    fields.extend_from_slice(&bytes[..end]);
    Some(end)
}

/// Copies a quoted field; gives its length with the quotes, and the line ends in it.
fn quoted_field(bytes: &[u8], delimiter: u8, at_end: bool, fields: &mut Vec<u8>) -> Result<(usize, u64), Outcome> {
    let unfinished = if at_end { Outcome::Broken(Fault::Open) } else { Outcome::NeedMore };
    let (mut at, mut newlines) = (1, 0);
    loop {
        let Some(length) = memchr(b'"', &bytes[at..]) else { return Err(unfinished) };
        let part = &bytes[at..at + length];
        fields.extend_from_slice(part);
        newlines += memchr::memchr_iter(b'\n', part).count() as u64;
        at += length + 1;
        match bytes.get(at) {
            Some(b'"') => {
                fields.push(b'"');
                at += 1;
            }
            Some(byte) if *byte == delimiter || *byte == b'\n' => return Ok((at, newlines)),
            Some(b'\r') => match bytes.get(at + 1) {
                Some(b'\n') => return Ok((at, newlines)),
                None if !at_end => return Err(Outcome::NeedMore),
                _ => return Err(Outcome::Broken(Fault::TextBehind)),
            },
            None if at_end => return Ok((at, newlines)),
            None => return Err(Outcome::NeedMore),
            Some(_) => return Err(Outcome::Broken(Fault::TextBehind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at_end: bool, expected: Result<&[&str], Outcome>) {
        let (mut fields, mut ends) = (Vec::new(), Vec::new());
        let outcome = split(text.as_bytes(), b',', at_end, &mut fields, &mut ends);
        let starts = std::iter::once(&0).chain(&ends);
        let texts: Vec<&str> = starts
            .zip(&ends)
            .map(|(from, to)| std::str::from_utf8(&fields[*from as usize..*to as usize]).unwrap())
            .collect();
        match expected {
            Ok(expected) => {
                assert!(matches!(outcome, Outcome::Row { .. }), "{text}: {outcome:?}");
                assert_eq!(texts, expected, "{text}");
            }
            Err(expected) => assert_eq!(outcome, expected, "{text}"),
        }
    }

    #[test]
    fn quotes() {
        check("a,\"b,c\",d\nx", false, Ok(&["a", "b,c", "d"]));
        check("\"say \"\"hi\"\"\",2\r\n", false, Ok(&["say \"hi\"", "2"]));
        check("\"two\nlines\",2\n", false, Ok(&["two\nlines", "2"]));
        check("\"\",\"\"\n", false, Ok(&["", ""]));
        check("5\" plate,2\n", false, Ok(&["5\" plate", "2"]));
        check("a,\"b\"", true, Ok(&["a", "b"]));
        check("a,\"b\"", false, Err(Outcome::NeedMore));
        check("a,\"b", true, Err(Outcome::Broken(Fault::Open)));
        check("a,\"b\"c,d\n", false, Err(Outcome::Broken(Fault::TextBehind)));
    }
}
