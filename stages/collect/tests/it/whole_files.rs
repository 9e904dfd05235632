//! Forms of files, and what can be wrong with a file as a whole.

use crate::support::*;
use bellwether_collect::{Importer, file_digest, files_of};
use std::io::Cursor;

const ROW: &str = "1,17850.0,2010-12-01 08:26:00,A,Café 灯笼,6,2.55,France";

fn fails(bytes: impl Into<Vec<u8>>, expected: &str) {
    match import(bytes, &mapping(SHOP)) {
        Ok(imported) => panic!("{imported:?}"),
        Err(error) => assert_eq!(error.to_string(), expected),
    }
}

#[test]
fn files_that_cannot_be_used_say_why() {
    fails("", "shop.csv is empty: there is neither a header nor a row in it");
    fails("\n \r\n", "shop.csv is empty: there is neither a header nor a row in it");
    fails(format!("{HEADER}\n"), "shop.csv has a header but no rows");
    fails(
        table(&[ROW]).replace("price", "Cost"),
        "shop.csv: no column `price` (the mapping's `columns.price` asks for it); its header has: order, customer, time, item, name, quantity, Cost, country. Without a header in the file, set file.header = false, and the columns are c1, c2, …",
    );
    fails(
        table(&[ROW]).replace("price", "Prices"),
        "shop.csv: no column `price` (the mapping's `columns.price` asks for it); did you mean `Prices`?",
    );
    fails(
        table(&[ROW]).replace("name,", "item,"),
        "shop.csv: column `item` stands 2 times in the header (the mapping's `columns.item` asks for it); rename one of them",
    );
    fails(
        *b"PK\x03\x04rest",
        "shop.csv is not a text file: it is a ZIP archive or an Excel workbook; unpack it, or save the sheet as CSV",
    );
    fails(
        [3u8; 5000],
        "shop.csv is not a text file: it holds too many control codes to be a table; if it is UTF-16 or packed, say so in file.encoding, or unpack it",
    );
    fails(
        table(&["1,1,2010-12-01 08:26:00,A,Mug,six,2.50,France", "x"]),
        "shop.csv: none of its 2 rows can be used; the first: line 2, column `quantity`: `six` is not a number (digits, one decimal point, a minus sign)",
    );
}

#[test]
fn rejects_are_given_before_the_file_is_refused() {
    let mut importer = Importer::from_reader("shop.csv", Cursor::new(table(&["x", "y"])), &mapping(SHOP)).unwrap();
    let batch = importer.next_batch(10).unwrap().unwrap();
    assert_eq!((batch.rejected, batch.events, batch.rows), (2, 0, 2));
    assert!(importer.next_batch(10).unwrap_err().to_string().contains("none of its 2 rows"));
}

#[test]
fn a_missing_file_and_a_folder_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| Importer::open(&folder.path().join(name), &mapping(SHOP)).err().unwrap().to_string();
    assert!(open("nothing.csv").contains("nothing.csv: No such file"));
    assert!(open("").contains("it is a folder"));
}

#[test]
fn encodings_delimiters_and_packing_do_not_change_what_is_read() {
    let text = table(&[ROW]);
    let plain = import(text.clone(), &mapping(SHOP)).unwrap();
    assert_eq!(plain.names(), ["Café 灯笼"]);
    let wide = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let marked = format!("\u{feff}{text}");
    let forms: Vec<Vec<u8>> = vec![
        marked.clone().into_bytes(),
        wide(&marked, u16::to_le_bytes),
        wide(&marked, u16::to_be_bytes),
        wide(&text, u16::to_le_bytes),
        wide(&text, u16::to_be_bytes),
        encoding_rs::GB18030.encode(&text).0.into_owned(),
        zstd::encode_all(text.as_bytes(), 3).unwrap(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\n\n").into_bytes(),
        text.trim_end().as_bytes().to_vec(),
    ];
    for form in forms {
        let imported = import(form.clone(), &mapping(SHOP)).unwrap();
        assert_eq!(imported.names(), plain.names(), "{form:?}");
        assert_eq!(imported.events[0]["order"]["order_id"], plain.events[0]["order"]["order_id"]);
    }
    for delimiter in [";", "\t", "|"] {
        assert_eq!(import(text.replace(',', delimiter), &mapping(SHOP)).unwrap().names(), plain.names());
    }
}

#[test]
fn western_files_and_told_encodings() {
    let bytes = encoding_rs::WINDOWS_1252
        .encode(&table(&["1,1,2010-12-01 08:26:00,A,Théière £5 – “neuve”,6,2.55,France"]))
        .0
        .into_owned();
    assert_eq!(import(bytes.clone(), &mapping(SHOP)).unwrap().names(), ["Théière £5 – “neuve”"]);
    let told = mapping(&format!("{SHOP}\n[file]\nencoding = \"gb18030\"\n"));
    assert!(import(bytes, &told).unwrap_err().to_string().contains("no text in this file's encoding"));
}

#[test]
fn files_without_a_header() {
    let row = "1,1,2010-12-01 08:26:00,A,Mug,6,2.55,France\n2,1,2010-12-01 08:26:00,B,Cup,6,2.55,France\n";
    let names = format!("{SHOP}\n[file]\nheader = [\"{}\"]\n", HEADER.replace(',', "\", \""));
    assert_eq!(import(row, &mapping(&names)).unwrap().orders(), ["1:1", "2:2"]);
    let mut numbered = format!("{SHOP}\n[file]\nheader = false\n");
    for (index, name) in HEADER.split(',').enumerate() {
        numbered = numbered.replace(&format!("= \"{name}\""), &format!("= \"c{}\"", index + 1));
    }
    assert_eq!(import(row, &mapping(&numbered)).unwrap().names(), ["Mug", "Cup"]);
}

#[test]
fn an_order_of_the_year_one_is_rejected() {
    let mapping = shop_with("%Y-%m-%d %H:%M:%S", "%d.%m.%Y");
    let rows = ["1,1,01.01.0001,A,Mug,6,2.55,France", "2,1,01.01.2011,A,Mug,6,2.55,France"];
    let imported = import(table(&rows), &mapping).unwrap();
    assert_eq!((imported.orders(), imported.faults()), (vec!["2:3".to_owned()], vec!["2 bad_date".to_owned()]));
    assert_eq!(
        imported.rejects[0].detail,
        "line 2, column `time`: `01.01.0001` lies before 1900, so it is no time of an order"
    );
}

#[test]
fn the_form_of_dates_is_found_or_asked_for() {
    let auto = |rows: &[&str]| {
        let mapping = shop_with("format = \"%Y-%m-%d %H:%M:%S\", ", "");
        import(table(rows), &mapping).map(|imported| imported.events[0]["timestamp"].clone())
    };
    assert_eq!(auto(&["1,1,13/12/2010 08:26,A,Mug,6,2.55,France"]).unwrap(), "2010-12-13T08:26:00Z");
    assert_eq!(
        auto(&["1,1,01/12/2010 08:26,A,Mug,6,2.55,France"]).unwrap_err().to_string(),
        "shop.csv: the dates in column `time` (such as `01/12/2010 08:26`) can be read as %d/%m/%Y %H:%M and as %m/%d/%Y %H:%M; write time.format in the mapping, for example format = \"%d/%m/%Y %H:%M\""
    );
    // One bad date does not spoil the others, and is named where it does.
    let days =
        ["1,1,13.12.2010,A,Mug,6,2.55,France", "2,1,soon,A,Mug,6,2.55,France", "3,1,14.12.2010,A,Mug,6,2.55,France"];
    assert_eq!(auto(&days).unwrap(), "2010-12-13T00:00:00Z");
    let worse = [&days[..], &["4,1,later,A,Mug,6,2.55,France"]].concat();
    assert!(
        auto(&worse)
            .unwrap_err()
            .to_string()
            .contains("(such as `soon`) have no form that is known; this one stands in line 3")
    );
    assert!(
        auto(&["1,1,yesterday,A,Mug,6,2.55,France"]).unwrap_err().to_string().contains("have no form that is known")
    );
}

#[test]
fn a_dry_run_shows_what_the_mapping_makes() {
    let rows: Vec<String> =
        (0..50).map(|n| format!("{},7,2010-12-01 08:26:00,A,Mug,{n},2.55,France", n / 10)).collect();
    let text = table(&rows.iter().map(String::as_str).chain(["bad"]).collect::<Vec<_>>());
    let dry = Importer::from_reader("shop.csv", Cursor::new(text), &mapping(SHOP)).unwrap().dry_run(20).unwrap();
    assert_eq!((dry.rows, dry.events.len(), dry.rejects.len()), (20, 2, 0));
    assert_eq!(dry.events[0]["traits"]["email"], "customer-7@example.com");
    assert_eq!(dry.time_format, "%Y-%m-%d %H:%M:%S");
    let only_bad =
        Importer::from_reader("shop.csv", Cursor::new(table(&["x"])), &mapping(SHOP)).unwrap().dry_run(20).unwrap();
    assert_eq!((only_bad.events.len(), only_bad.rejects.len()), (0, 1));
}

#[test]
fn a_digest_is_of_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        file_digest(&path).unwrap()
    };
    assert_eq!(write("a", "same"), write("b", "same"));
    assert_ne!(write("a", "same"), write("b", "other"));
    assert_eq!(write("c", ""), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
}

#[test]
fn a_folder_stands_for_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let names = |path: &std::path::Path| {
        let files = files_of(path).map_err(|error| error.to_string())?;
        Ok::<_, String>(
            files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect::<Vec<_>>(),
        )
    };
    assert!(names(folder.path()).unwrap_err().ends_with("there is no file in this folder"));
    for name in ["b.csv", "a.jsonl.gz", ".hidden"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    std::fs::create_dir(folder.path().join("inner")).unwrap();
    assert_eq!(names(folder.path()).unwrap(), ["a.jsonl.gz", "b.csv"]);
    assert_eq!(names(&folder.path().join("b.csv")).unwrap(), ["b.csv"]);
}
