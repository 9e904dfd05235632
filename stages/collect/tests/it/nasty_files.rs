//! Rows that are wrong in every way: each is one reject with its line, and the rows around it are in.

use crate::support::*;
use bellwether_collect::Importer;
use bellwether_domain::RejectReason;
use std::io::{Cursor, Read, Write};

const GOOD_1: &str = "1,17850.0,2010-12-01 08:26:00,A,Mug,6,2.55,France";
const GOOD_2: &str = "2,17850.0,2010-12-01 08:28:00,B,Cup,1,3.10,France";

/// A bad row between two good ones.
fn check(row: &str, reason: RejectReason, field: Option<&str>, detail: &str) {
    let imported = import_shop(&[GOOD_1, row, GOOD_2]);
    assert_eq!(imported.orders(), ["1:2", "2:4"], "{row}");
    assert_eq!(imported.rows, 3);
    let [reject] = imported.rejects.as_slice() else { panic!("{row}: {:?}", imported.rejects) };
    assert_eq!((reject.reason, reject.field.as_deref(), reject.detail.as_str()), (reason, field, detail));
    assert_eq!((reject.origin.line, reject.content.as_str()), (Some(3), row));
}

#[test]
fn good_rows_are_all_in() {
    let imported = import_shop(&[GOOD_1, GOOD_2]);
    assert_eq!((imported.orders().len(), imported.rejects.len(), imported.rows), (2, 0, 2));
}

#[test]
fn numbers() {
    check(
        "9,1,2010-12-01 08:26:00,A,Mug,6,\"12,50\",France",
        RejectReason::BadNumber,
        Some("price"),
        "line 3, column `price`: `12,50` is not a number with a decimal point; if this file writes decimals so, set numbers.decimal = \"comma\"",
    );
    check(
        "9,1,2010-12-01 08:26:00,A,Mug,six,2.50,France",
        RejectReason::BadNumber,
        Some("quantity"),
        "line 3, column `quantity`: `six` is not a number (digits, one decimal point, a minus sign)",
    );
}

#[test]
fn dates() {
    check(
        "9,1,13/12/2010 08:26,A,Mug,6,2.50,France",
        RejectReason::BadDate,
        Some("time"),
        "line 3, column `time`: `13/12/2010 08:26` is not a date of the form %Y-%m-%d %H:%M:%S like the others (line 2 has `2010-12-01 08:26:00`); it would fit %d/%m/%Y %H:%M",
    );
    check(
        "9,1,2010-02-30 08:26:00,A,Mug,6,2.50,France",
        RejectReason::BadDate,
        Some("time"),
        "line 3, column `time`: `2010-02-30 08:26:00` is not a date of the form %Y-%m-%d %H:%M:%S like the others (line 2 has `2010-12-01 08:26:00`)",
    );
}

#[test]
fn fields() {
    check(
        "9,1,2010-12-01 08:26:00,A,Mug,6,12,50,France",
        RejectReason::FieldCount,
        None,
        "line 3 has 9 fields where the header has 8; if a number has a decimal comma here, put it in quotes or use another delimiter",
    );
    check(
        "9,1,2010-12-01 08:26:00,A",
        RejectReason::FieldCount,
        None,
        "line 3 has 4 fields where the header has 8; fields are missing, or the row is broken over two lines",
    );
    check(
        "9,1,2010-12-01 08:26:00,,Mug,6,2.50,France",
        RejectReason::MissingField,
        Some("item"),
        "line 3: `item` is empty, but every row needs it",
    );
    check(",,,,,,,", RejectReason::MissingField, Some("order"), "line 3: `order` is empty, but every row needs it");
}

#[test]
fn quotes() {
    let open = "a quote (\") that opens a field in line 3 is not closed; close it, or write it twice (\"\") if it is part of the text";
    check("9,1,2010-12-01 08:26:00,A,\"Mug,6,2.50,France", RejectReason::BrokenQuote, None, open);
    check(
        "9,1,2010-12-01 08:26:00,A,\"Mug\" blue,6,2.50,France",
        RejectReason::BrokenQuote,
        None,
        "text follows the closing quote (\") of a field in line 3; write quotes inside a field twice (\"\")",
    );
}

#[test]
fn an_open_quote_does_not_swallow_the_file() {
    let mut rows = vec!["9,1,2010-12-01 08:26:00,A,\"Mug,6,2.50,France".to_owned()];
    for order in 10..60 {
        rows.push(format!("{order},1,2010-12-01 08:26:00,A,\"Mug, with \"\"handle\"\"\",6,2.50,France"));
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let imported = import_shop(&rows);
    assert_eq!((imported.events.len(), imported.faults()), (50, vec!["2 broken_quote".to_owned()]));
    assert!(imported.names().iter().all(|name| name == "Mug, with \"handle\""));
}

#[test]
fn a_quoted_field_may_hold_line_ends_and_lines_are_counted_on() {
    let imported = import_shop(&["1,1,2010-12-01 08:26:00,A,\"Mug\nof\r\nbone\",6,2.50,France", GOOD_2, "x"]);
    assert_eq!(imported.orders(), ["1:2", "2:5"]);
    assert_eq!(imported.names()[0], "Mug\nof\r\nbone");
    assert_eq!(imported.faults(), ["6 field_count"]);
}

#[test]
fn bytes_that_are_no_text() {
    let mut bytes = table(&[GOOD_1]).into_bytes();
    bytes.extend_from_slice(b"9,1,2010-12-01 08:26:00,A,M\xffg,6,2.50,France\n");
    bytes.extend_from_slice(GOOD_2.as_bytes());
    let imported = import(bytes, &mapping(SHOP)).unwrap();
    assert_eq!(
        (imported.orders(), imported.faults()),
        (vec!["1:2".to_owned(), "2:4".to_owned()], vec!["3 encoding".to_owned()])
    );
    assert!(imported.rejects[0].detail.contains("at character 28"), "{}", imported.rejects[0].detail);
    assert_eq!(imported.rejects[0].content, "9,1,2010-12-01 08:26:00,A,M\u{fffd}g,6,2.50,France");
}

#[test]
fn a_line_of_fifty_megabytes() {
    let head = Cursor::new(table(&[GOOD_1]).into_bytes());
    let tail = Cursor::new(format!("\n{GOOD_2}\n").into_bytes());
    let long = std::io::repeat(b'x').take(50 * 1024 * 1024);
    let importer = Importer::from_reader("shop.csv", head.chain(long).chain(tail), &mapping(SHOP)).unwrap();
    let imported = drain(importer, 1000).unwrap();
    assert_eq!(
        (imported.orders(), imported.faults()),
        (vec!["1:2".to_owned(), "2:4".to_owned()], vec!["3 row_too_long".to_owned()])
    );
    assert_eq!(imported.rejects[0].content.len(), 2000);
}

#[test]
fn a_long_line_at_the_end_and_a_long_quoted_field() {
    let long = "x".repeat(3 * 1024 * 1024);
    let imported = import(format!("{}{long}", table(&[GOOD_1])), &mapping(SHOP)).unwrap();
    assert_eq!((imported.orders(), imported.faults()), (vec!["1:2".to_owned()], vec!["3 row_too_long".to_owned()]));
    let quoted = format!("9,1,2010-12-01 08:26:00,A,\"{}\",6,2.50,France", "line\n".repeat(300_000));
    let imported = import_shop(&[GOOD_1, &quoted, GOOD_2]);
    assert_eq!(imported.orders(), ["1:2".to_owned(), format!("2:{}", 300_000 + 4)]);
    assert_eq!(imported.faults()[0], "3 broken_quote");
}

#[test]
fn content_is_cut_by_characters() {
    let imported = import_shop(&[GOOD_1, &"灯".repeat(5000)]);
    assert_eq!(imported.rejects[0].content.chars().count(), 2000);
}

#[test]
fn a_file_that_was_cut_off() {
    let whole = table(&[GOOD_1, GOOD_2]);
    for (cut, orders, faults) in [
        (0, 2, vec![]),
        (1, 2, vec![]), // The last line end is missing, as in many good files.
        (20, 1, vec!["3 truncated"]),
        (40, 1, vec!["3 truncated"]),
    ] {
        let imported = import(&whole.as_bytes()[..whole.len() - cut], &mapping(SHOP)).unwrap();
        assert_eq!(
            (imported.events.len(), imported.faults()),
            (orders, faults.into_iter().map(str::to_owned).collect()),
            "{cut}"
        );
    }
    let imported = import(format!("{}2,1,2010-12-01 08:28:00,B,\"Cu", table(&[GOOD_1])), &mapping(SHOP)).unwrap();
    assert_eq!(imported.faults(), ["3 truncated"]);
}

fn many_rows() -> String {
    let rows: Vec<String> = (0..20_000u32)
        .map(|n| {
            format!(
                "{n},{},2010-12-01 08:26:00,I{},Name {},6,2.55,France",
                n % 977,
                n.wrapping_mul(2_654_435_761) % 10_007,
                n ^ 0x55
            )
        })
        .collect();
    table(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_packed_file_that_was_cut_off_gives_all_that_can_be_unpacked() {
    let text = many_rows();
    let gzip = {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let plain = import(text, &mapping(SHOP)).unwrap();
    for packed in [gzip, zstd] {
        let whole = import(packed.clone(), &mapping(SHOP)).unwrap();
        assert!(whole.body == plain.body && whole.rejects.is_empty());
        let cut = import(&packed[..packed.len() * 3 / 4], &mapping(SHOP)).unwrap();
        assert!((5_000..20_000).contains(&cut.events.len()), "{}", cut.events.len());
        assert_eq!(cut.events[..], plain.events[..cut.events.len()]);
        assert_eq!(cut.faults(), [format!("{} truncated", cut.events.len() + 2)]);
        assert!(cut.rejects[0].detail.contains("damaged or cut off"), "{}", cut.rejects[0].detail);
    }
}
