//! Laws: nothing panics, every row is accounted for, and batches do not change what is read.

use super::*;
use bellwether_collect::{Importer, Record};
use proptest::prelude::*;
use std::io::Cursor;

const ANY: &str = r#"
kind = "events"
source = "any"
user_id = "user"
time = { column = "at", format = "iso" }
[[event]]
when = { column = "kind", equals = "skip" }
skip = true
[[event]]
event = { constant = "One" }
properties.n = { column = "n", cast = "number" }
[[event]]
when = { column = "kind", equals = "two" }
event = { constant = "Two" }
"#;

fn opened(bytes: &[u8], mapping: &EventMapping) -> Option<Importer> {
    Importer::from_reader("any", Cursor::new(bytes.to_vec()), mapping).ok()
}

/// All batches of a file, up to its end or the error that ends it.
fn batches(importer: &mut Importer, size: usize) -> Vec<bellwether_collect::ImportBatch> {
    let mut all = Vec::new();
    while let Ok(Some(batch)) = importer.next_batch(size) {
        all.push(batch);
    }
    all
}

fn rows() -> impl Strategy<Value = Vec<(String, bool)>> {
    let row = prop_oneof![
        4 => (0..100u32).prop_map(|n| (format!("u{n},2026-11-05,one,{n}"), false)),
        2 => (0..100u32).prop_map(|n| (format!("u{n},2026-11-05,two,{n}"), false)),
        1 => Just(("u,2026-11-05,skip,1".to_owned(), false)),
        1 => Just(("u,2026-11-05,one,x".to_owned(), true)),
        1 => Just(("u,never,one,1".to_owned(), true)),
        1 => Just(("u,2026-11-05".to_owned(), true)),
    ];
    prop::collection::vec(row, 1..40)
}

proptest! {
    #[test]
    fn any_bytes_are_accounted_for(bytes in prop::collection::vec(any::<u8>(), 0..400), format in 0..3usize) {
        let format = ["delimited", "jsonl", "json"][format];
        let mapping = one_rule(&format!("[file]\nformat = \"{format}\"\n"));
        // Columns that are not there end it at once; so the header is.
        let bytes = if format == "delimited" { [b"user,at\n", &bytes[..]].concat() } else { bytes };
        if let Some(mut importer) = opened(&bytes, &mapping) {
            for batch in batches(&mut importer, 5) {
                prop_assert_eq!(batch.rows, batch.rejected + batch.events);
            }
        }
    }

    #[test]
    fn any_json_is_accounted_for(text in "([\\[\\]{},:\"\\\\ 1e\n-]|\"user\"|\"at\"|\"2026-11-05\"|\\\\ud83d){0,40}") {
        for format in ["jsonl", "json"] {
            let mapping = one_rule(&format!("properties.x = \"user\"\n[file]\nformat = \"{format}\"\n"));
            if let Some(mut importer) = opened(text.as_bytes(), &mapping) {
                let batches = batches(&mut importer, 5);
                let rows: u64 = batches.iter().map(|batch| batch.rows).sum();
                prop_assert_eq!(rows, batches.iter().map(|batch| batch.rejected + batch.events).sum::<u64>());
                if format == "jsonl" {
                    let lines = text.lines().filter(|line| !line.trim_ascii().is_empty()).count();
                    prop_assert_eq!(rows, lines as u64);
                }
            }
        }
        let _ = Record::parse(&text);
    }

    #[test]
    fn every_row_is_in_events_or_in_one_reject_or_left_out(rows in rows()) {
        let text = rows.iter().fold("user,at,kind,n\n".to_owned(), |text, (row, _)| format!("{text}{row}\n"));
        let mapping = events(ANY);
        let mut importer = opened(text.as_bytes(), &mapping).unwrap();
        let batches = batches(&mut importer, 7);
        let sum = |take: fn(&bellwether_collect::ImportBatch) -> u64| batches.iter().map(take).sum::<u64>();
        let twos = rows.iter().filter(|(row, _)| row.contains("two")).count() as u64;
        prop_assert_eq!(sum(|batch| batch.rows), rows.len() as u64);
        prop_assert_eq!(sum(|batch| batch.rejected), rows.iter().filter(|(_, bad)| *bad).count() as u64);
        prop_assert_eq!(sum(|batch| batch.rows - batch.skipped - batch.rejected) + twos, sum(|batch| batch.events));
    }

    #[test]
    fn it_can_be_resumed_at_any_border(rows in rows(), size in 1..6usize) {
        let text = rows.iter().fold("user,at,kind,n\n".to_owned(), |text, (row, _)| format!("{text}{row}\n"));
        let mapping = events(ANY);
        let whole = batches(&mut opened(text.as_bytes(), &mapping).unwrap(), 1_000);
        let whole: Vec<u8> = whole.into_iter().flat_map(|batch| batch.body).collect();
        let parts = batches(&mut opened(text.as_bytes(), &mapping).unwrap(), size);
        let (mut before, mut seen) = (Vec::new(), 0);
        for part in parts {
            before.extend_from_slice(&part.body);
            seen += part.rows;
            let mut again = opened(text.as_bytes(), &mapping).unwrap();
            again.pass_over(part.position);
            let rest = batches(&mut again, size + 1);
            // A batch without records only counts rows that were left out. It comes last, and would be told again.
            let left: u64 = rest.iter().map(|batch| batch.rows).sum();
            prop_assert!(part.records == 0 || seen + left == rows.len() as u64);
            let rest = rest.into_iter().flat_map(|batch| batch.body);
            prop_assert_eq!(before.iter().copied().chain(rest).collect::<Vec<u8>>(), whole.clone());
        }
        prop_assert_eq!(before, whole);
    }
}

#[test]
fn a_deep_document_needs_no_more_stack() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
    let mapping = one_rule("properties.x = \"x\"\n");
    for value in [deep("[", "]"), deep("{\"a\":", "}")] {
        let line = format!("{{\"user\":\"u\",\"at\":\"2026-11-05\",\"x\":{value}}}\n");
        let mut importer = opened(line.as_bytes(), &mapping).unwrap();
        let batch = importer.next_batch(10).unwrap().unwrap();
        assert_eq!((batch.rows, batch.events + batch.rejected), (1, 1));
    }
}

#[test]
fn halves_of_characters_are_kept() {
    let event = r#"{"user":"a\ud83d","at":"2026-11-05","x":"b\ud83d"}"#;
    let mapping = one_rule("properties.x = \"x\"\n");
    let mut importer = opened(event.as_bytes(), &mapping).unwrap();
    let batch = importer.next_batch(10).unwrap().unwrap();
    assert_eq!(batch.events, 1);
    assert!(String::from_utf8(batch.body).unwrap().contains("\"userId\":\"a\u{fffd}\""));
}
