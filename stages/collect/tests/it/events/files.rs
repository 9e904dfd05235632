//! Files of rows and of JSON as events.

use super::*;
use crate::support::drain;
use bellwether_collect::Importer;
use serde_json::json;
use std::io::{Cursor, Write};

#[test]
fn rows_become_events_by_the_rules_that_apply() {
    let imported = likes(&[
        "u1,2026-11-05 10:00:00,like,p1,2.50,,",
        "u2,2026-11-05 10:00:01,join,,, Ana@Example.org ,Wien",
        "u3,2026-11-05 10:00:02,test,,,,",
        "u4,2026-11-05 10:00:03,SHARE,p2,,,",
    ]);
    assert_eq!((imported.rows, imported.skipped, imported.rejects.len()), (4, 1, 0));
    let [like, join, share] = imported.events.as_slice() else { panic!("{:?}", imported.events) };
    assert_eq!(like["type"], "track");
    assert_eq!(like["event"], "Post Liked");
    assert_eq!((&like["userId"], &like["timestamp"]), (&json!("u1"), &json!("2026-11-05T02:00:00Z")));
    assert_eq!(like["properties"], json!({"post_id": "p1", "amount": 2.50}));
    assert_eq!(like["origin"], json!({"source": "likes", "line": 2}));
    assert_eq!(join["type"], "identify");
    assert_eq!(join["traits"], json!({"email": "ana@example.org", "address": {"city": "Wien"}}));
    assert_eq!(join.get("properties"), None);
    // A word is found whatever its case, but only `map` replaces it, and that to the letter.
    assert_eq!((&share["event"], &share["properties"]["amount"]), (&json!("SHARE"), &json!(0)));
}

#[test]
fn what_no_rule_wants_is_a_reject_that_says_so() {
    let imported = likes(&["u1,2026-11-05 10:00:00,like,p1,,,", "u1,2026-11-05 10:00:00,dance,p1,,,"]);
    let [reject] = imported.rejects.as_slice() else { panic!("{:?}", imported.rejects) };
    assert_eq!(
        reject.detail,
        "line 3: no rule of the mapping makes an event of it (`action` is `dance`, `mail` is ``); add an [[event]] for such records, or one with skip = true to leave them out on purpose"
    );
    assert_eq!(reject.content, "u1,2026-11-05 10:00:00,dance,p1,,,");
}

#[test]
fn a_bad_value_is_one_reject_with_column_and_reason() {
    let good = "u1,2026-11-05 10:00:00,like,p1,,,";
    for (row, expected) in [
        (
            "u1,2026-11-05 10:00:00,like,p1,\"2,50\",,",
            "line 3, column `amount`: `2,50` is not a number with a decimal point; if this file writes decimals so, set numbers.decimal = \"comma\"",
        ),
        (
            "u1,05.11.2026,like,p1,,,",
            "line 3, column `time`: `05.11.2026` is not a date of the form %Y-%m-%d %H:%M:%S like the others (line 2 has `2026-11-05 10:00:00`); it would fit %d.%m.%Y",
        ),
        (",2026-11-05 10:00:00,like,p1,,,", "line 3, column `user`: it is empty, so nobody knows whom it is about"),
        ("u1,,like,p1,,,", "line 3, column `time`: it is empty, but every event needs the time when it happened"),
        (
            "u1,0001-01-01 00:00:00,like,p1,,,",
            "line 3, column `time`: `0001-01-01 00:00:00` lies before 1900, so it is no time of an event",
        ),
    ] {
        let imported = likes(&[good, row, good]);
        assert_eq!((imported.events.len(), imported.rows), (2, 3), "{row}");
        assert_eq!(imported.rejects[0].detail, expected);
        assert_eq!(imported.rejects[0].origin.line, Some(3));
    }
}

#[test]
fn the_same_file_and_line_is_the_same_event_for_ever() {
    let ids = |name: &str, text: String| {
        let importer = Importer::from_reader(name, Cursor::new(text), &events(LIKES)).unwrap();
        let events = drain(importer, 10).unwrap().events;
        events.iter().map(|event| event["messageId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let row = "u1,2026-11-05 10:00:00,like,p1,,,";
    let first = ids("a", table(&[row, row]));
    assert_eq!(first, ids("a", table(&[row, row])));
    assert!(first[0] != first[1] && first[0].len() == 32);
    assert_ne!(first[0], ids("b", table(&[row]))[0], "another file");
}

#[test]
fn a_file_on_disk_is_known_by_its_content_and_not_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let ids = |name: &str, row: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, table(&[row])).unwrap();
        drain(Importer::open(&path, &events(LIKES)).unwrap(), 10).unwrap().events[0]["messageId"].clone()
    };
    let row = "u1,2026-11-05 10:00:00,like,p1,,,";
    assert_eq!(ids("a.csv", row), ids("b.csv", row));
    assert_ne!(ids("a.csv", row), ids("c.csv", "u2,2026-11-05 10:00:00,like,p1,,,"));
}

const LINES: &str = r#"
kind = "events"
source = "lines"
[[event]]
user_id = "customer.id"
time = "at"
event = "what"
message_id = { template = "lines-{id}" }
[event.properties]
tags = "tags"
first_tag = "tags[0]"
"a.b" = "a.b"
"#;

#[test]
fn lines_of_json_are_records_and_a_bad_line_is_one_reject() {
    let text = concat!(
        "{\"id\":1,\"customer\":{\"id\":17},\"at\":\"2026-11-05T10:00:00+08:00\",\"what\":\"Seen\",\"tags\":[\"x\", {\"y\": 1.50}],\"a.b\":true}\n",
        "\n",
        "{\"id\":2,\"customer\":\n",
        "[1]\n",
        "{\"id\":3,\"customer\":{\"id\":\"k\"},\"at\":1795314339,\"what\":\"Seen\",\"a\":{\"b\":null}}\r\n",
    );
    let imported = import(text, &events(LINES)).unwrap();
    assert_eq!((imported.rows, imported.faults()), (4, vec!["3 malformed".to_owned(), "4 malformed".to_owned()]));
    assert!(imported.rejects[0].detail.starts_with("line 3 holds no record: it is not JSON: "));
    assert_eq!(
        imported.rejects[1].detail,
        "line 4 holds no record: it must be a JSON object with named values, but it is a list"
    );
    let [first, second] = imported.events.as_slice() else { panic!() };
    assert_eq!(first["messageId"], "lines-1");
    assert_eq!((&first["userId"], &first["timestamp"]), (&json!("17"), &json!("2026-11-05T02:00:00Z")));
    assert_eq!(first["properties"], json!({"tags": ["x", {"y": 1.50}], "first_tag": "x", "a": {"b": true}}));
    assert_eq!((&second["userId"], second.get("properties")), (&json!("k"), None));
    assert_eq!(second["timestamp"], "2026-11-22T02:25:39Z");
}

#[test]
fn a_list_of_objects_is_read_like_lines() {
    let one = "{\n \"id\": 1, \"customer\": {\"id\": \"k\"},\n \"at\": \"2026-11-05\", \"what\": \"Seen\" }";
    let imported = import(format!("[{one},\n{one}\n]"), &events(LINES)).unwrap();
    assert_eq!((imported.events.len(), &imported.events[1]["origin"]["line"]), (2, &json!(4)));
    let alone = import(one, &events(LINES)).unwrap();
    assert_eq!(alone.events.len(), 1, "one object over several lines");
    let told = events(&format!("{LINES}\n[file]\nformat = \"jsonl\"\n"));
    assert!(import(one, &told).is_err(), "no line of it is an object");
}

#[test]
fn packing_and_encoding_do_not_change_what_is_read() {
    let row = "{\"id\":1,\"customer\":{\"id\":\"客户\"},\"at\":\"2026-11-05\",\"what\":\"点赞\"}\n";
    let plain = import(row, &events(LINES)).unwrap();
    let gzip = {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(row.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let wide = |order: fn(u16) -> [u8; 2]| format!("\u{feff}{row}").encode_utf16().flat_map(order).collect::<Vec<_>>();
    for form in [
        gzip,
        zstd::encode_all(row.as_bytes(), 1).unwrap(),
        encoding_rs::GB18030.encode(row).0.into_owned(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        format!("\u{feff}{row}").into_bytes(),
    ] {
        assert_eq!(import(form, &events(LINES)).unwrap().body, plain.body);
    }
    let broken = [row.as_bytes(), b"{\"id\":\"\xff\"}\n", row.as_bytes()].concat();
    let imported = import(broken, &events(LINES)).unwrap();
    assert_eq!((imported.events.len(), imported.faults()), (2, vec!["2 encoding".to_owned()]));
}

#[test]
fn files_as_a_whole_say_what_is_wrong() {
    let fails = |text: &str, mapping: &str, expected: &str| {
        assert_eq!(import(text, &events(mapping)).unwrap_err().to_string(), expected);
    };
    fails("", LIKES, "shop.csv is empty: there is neither a header nor a row in it");
    fails(&table(&[]), LIKES, "shop.csv has a header but no rows");
    fails("[]", LINES, "shop.csv is empty: there is neither a header nor a row in it");
    fails(
        &table(&["u1,2026-11-05 10:00:00,like,p1,,,"]).replace("post", "posts"),
        LIKES,
        "shop.csv: no column `post` (the mapping's `event[1].properties.post_id` asks for it); did you mean `posts`?",
    );
    fails(
        "a,b\n1,2\n",
        &LINES.replace("time = \"at\"\n", ""),
        "shop.csv: rule 1 of the mapping has no `time`, and a file does not say when it arrived; add time = \"Column\", or for a list without dates time = { constant = \"2026-01-31\" }",
    );
    fails(
        "a,b\n1,2\n",
        &LINES.replace("time", "each = \"list\"\ntime"),
        "shop.csv has rows of single values, but the mapping asks for each element of `list`; only JSON has lists",
    );
    let unclear = LIKES.replace("format = \"%Y-%m-%d %H:%M:%S\", ", "");
    assert!(
        import(table(&["u1,01/02/2026,like,p,,,"]), &events(&unclear))
            .unwrap_err()
            .to_string()
            .contains("the dates in column `time` (such as `01/02/2026`) can be read as %d/%m/%Y and as %m/%d/%Y")
    );
}

#[test]
fn a_dry_run_shows_before_and_after() {
    let rows: Vec<String> = (0..50).map(|n| format!("u{n},2026-11-05 10:00:00,like,p{n},,,")).collect();
    let text = table(
        &["u0,never,like,p,,,", "u,2026-11-05 10:00:00,test,,,,"]
            .into_iter()
            .chain(rows.iter().map(String::as_str))
            .collect::<Vec<_>>(),
    );
    let dry = Importer::from_reader("a.csv", Cursor::new(text), &events(LIKES)).unwrap().dry_run(20).unwrap();
    assert_eq!((dry.rows, dry.before.len(), dry.events.len(), dry.rejects.len(), dry.skipped), (20, 20, 18, 1, 1));
    assert_eq!((dry.before[2].line, &dry.events[0]["origin"]["line"]), (4, &json!(4)));
    assert_eq!(dry.before[2].values[3], ("post".to_owned(), json!("p0")));
    assert_eq!(dry.time_format, "%Y-%m-%d %H:%M:%S");
    let one = "{\"id\":1,\"customer\":{\"id\":\"k\"},\"at\":\"2026-11-05\",\"what\":\"Seen\"}";
    let dry = Importer::from_reader("a.jsonl", Cursor::new(one), &events(LINES)).unwrap().dry_run(20).unwrap();
    assert!(dry.before[0].values.contains(&("customer".to_owned(), json!({"id": "k"}))));
}

#[test]
fn orders_of_another_currency_are_set_aside() {
    let orders = events(ORDERS);
    let order = |code: &str| {
        format!(
            "{{\"no\":\"{code}\",\"user\":\"u\",\"at\":\"2026-11-05\",\"currency\":\"{code}\",\"lines\":[{{\"sku\":\"a\"}}]}}\n"
        )
    };
    let text = ["EUR", "JPY", "eur", "Taler"].map(order).concat();
    let mut importer = Importer::from_reader("o.jsonl", Cursor::new(text), &orders).unwrap();
    assert_eq!(importer.first_currency(), Some("EUR"));
    importer.only_currency("EUR");
    let imported = drain(importer, 10).unwrap();
    assert_eq!(
        (imported.events.len(), imported.faults()),
        (2, vec!["2 malformed".to_owned(), "4 malformed".to_owned()])
    );
}

pub const ORDERS: &str = r#"
kind = "events"
source = "orders"
[[event]]
user_id = "user"
time = "at"
[event.order]
id = "no"
currency = "currency"
products = { each = "lines", item = "sku", name = "title", quantity = "count", price = "price" }
"#;
