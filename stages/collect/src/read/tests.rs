//! The reading of rows against another program's writing, and against bytes of no sense at all.

use super::rows::{Next, Problem, ROW_LIMIT, Row, Rows, Width};
use proptest::prelude::*;
use std::io::{Cursor, Read};

/// Gives its bytes a few at a time.
struct Drops(Cursor<Vec<u8>>, usize);

impl Read for Drops {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let size = self.1.min(into.len());
        self.0.read(&mut into[..size])
    }
}

fn fields(row: &Row<'_>) -> Vec<String> {
    (0..row.len()).map(|index| row.field(index).to_owned()).collect()
}

/// All rows with their lines, and all problems.
fn read(bytes: Vec<u8>, delimiter: u8, chunk: usize) -> (Vec<(u64, Vec<String>)>, Vec<Problem>) {
    let mut rows = Rows::new(Box::new(Drops(Cursor::new(bytes), chunk)), delimiter, Width::AsFirst);
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    loop {
        match rows.next().unwrap() {
            Next::Row(row) => good.push((row.line, fields(&row))),
            Next::Problem(problem) => bad.push(problem),
            Next::End => return (good, bad),
        }
    }
}

fn write(records: &[Vec<String>], delimiter: u8, terminator: csv::Terminator) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
    records.iter().for_each(|record| writer.write_record(record).unwrap());
    writer.into_inner().unwrap()
}

fn records() -> impl Strategy<Value = Vec<Vec<String>>> {
    let field =
        prop_oneof!["[a-z ]{0,6}", "[\"\n\r,;\t|']{0,4}", "\\PC{0,6}", Just("say \"\"\" twice\r\n\"".to_owned()),];
    (1..5usize).prop_flat_map(move |width| prop::collection::vec(prop::collection::vec(field.clone(), width), 1..12))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_writer_writes_is_read_back(
        records in records(), delimiter in prop::sample::select(&b",;\t|"[..]), windows in any::<bool>(), chunk in 1..40usize
    ) {
        let terminator = if windows { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let (good, bad) = read(write(&records, delimiter, terminator), delimiter, chunk);
        prop_assert_eq!(&bad, &vec![]);
        let read: Vec<Vec<String>> = good.iter().map(|(_, fields)| fields.clone()).collect();
        prop_assert_eq!(read, records);
    }

    #[test]
    fn chunks_leave_no_trace(bytes in prop::collection::vec(prop::sample::select(&b"ab,\"\n\r\xc3\xa9\xff"[..]), 0..300), chunk in 1..20usize) {
        prop_assert_eq!(read(bytes.clone(), b',', chunk), read(bytes, b',', 10_000));
    }

    #[test]
    fn every_line_is_in_one_row_or_problem(bytes in prop::collection::vec(prop::sample::select(&b"ab,\"\n"[..]), 0..300)) {
        let (good, bad) = read(bytes.clone(), b',', 7);
        let mut lines: Vec<u64> = good.iter().map(|(line, _)| *line).chain(bad.iter().map(|problem| problem.line)).collect();
        lines.sort_unstable();
        let found = lines.len();
        lines.dedup();
        prop_assert_eq!(found, lines.len(), "no line begins two rows");
        let text = String::from_utf8(bytes).unwrap();
        for (number, line) in (1..).zip(text.split('\n')) {
            let inside = good.iter().any(|(first, fields)| {
                let breaks = fields.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
                (*first..=*first + breaks).contains(&number)
            });
            prop_assert!(line.is_empty() || inside || lines.contains(&number), "line {} of {:?}", number, text);
        }
    }
}

#[test]
fn memory_stays_bounded_whatever_the_line() {
    let long = std::io::repeat(b'x').take(20 * ROW_LIMIT as u64);
    let quoted = std::io::repeat(b'"').take(3).chain(std::io::repeat(b'y').take(20 * ROW_LIMIT as u64));
    let text = Cursor::new("a,b\n").chain(long).chain(Cursor::new("\n")).chain(quoted).chain(Cursor::new("\n1,2\n"));
    let mut rows = Rows::new(Box::new(text), b',', Width::AsFirst);
    let mut outcomes = Vec::new();
    loop {
        outcomes.push(match rows.next().unwrap() {
            Next::Row(row) => format!("{} row", row.line),
            Next::Problem(problem) => format!("{} {:?}", problem.line, problem.reason),
            Next::End => break,
        });
    }
    assert_eq!(outcomes, ["1 row", "2 RowTooLong", "3 RowTooLong", "4 row"]);
    assert!(rows.memory() <= 2 * ROW_LIMIT, "{}", rows.memory());
}
