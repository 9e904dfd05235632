//! Rows that have names and types already: they become what the same rows become as a file of text.

use crate::{
    events::events,
    support::{Imported, SHOP, drain, import, mapping, shop_with, table, text},
};
use bellwether_collect::{Error, Importer, RowIds, RowMapping, TypedRows, guess_from_rows};
use std::io;

/// Rows in memory, and perhaps an error behind them.
struct Given {
    columns: Vec<String>,
    rows: std::vec::IntoIter<String>,
    fails: bool,
}

impl TypedRows for Given {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_row(&mut self, into: &mut String) -> io::Result<bool> {
        match self.rows.next() {
            Some(row) => into.push_str(&row),
            None if self.fails => return Err(io::Error::other("it is damaged")),
            None => return Ok(false),
        }
        Ok(true)
    }
}

fn given(columns: &[&str], rows: &[&str]) -> Box<Given> {
    let columns = columns.iter().map(|&name| name.to_owned()).collect();
    let rows: Vec<String> = rows.iter().map(|&row| row.to_owned()).collect();
    Box::new(Given { columns, rows: rows.into_iter(), fails: false })
}

fn typed<'m>(rows: Box<Given>, ids: RowIds, mapping: impl Into<RowMapping<'m>>) -> Result<Imported, Error> {
    drain(Importer::from_rows("rows.parquet", rows, ids, mapping)?, 1000)
}

fn place() -> RowIds {
    RowIds::Place("digest".to_owned())
}

const COLUMNS: [&str; 8] = ["order", "customer", "time", "item", "name", "quantity", "price", "country"];

const ORDERS: [&str; 4] = [
    r#"{"order":100,"customer":17850,"time":"2011-12-09 12:50:00","item":"85123A","name":"Lamp","quantity":6,"price":2.55,"country":"UK"}"#,
    r#"{"order":100,"customer":17850,"time":"2011-12-09 12:50:00","item":"71053","name":null,"quantity":1,"price":3.39}"#,
    r#"{"order":"C101","customer":null,"time":"2011-12-09 13:00:00","item":"22","name":"A \"B\"\nC","quantity":-1,"price":10.00,"country":null}"#,
    r#"{"order":102,"customer":5,"time":"2011-12-09 13:00:00","item":"22","name":"x","quantity":"many","price":1,"country":"UK"}"#,
];

#[test]
fn orders_of_typed_rows_are_those_of_a_table_of_text() {
    let of_rows = typed(given(&COLUMNS, &ORDERS), place(), &mapping(SHOP)).unwrap();
    let of_text = import(
        table(&[
            "100,17850,2011-12-09 12:50:00,85123A,Lamp,6,2.55,UK",
            "100,17850,2011-12-09 12:50:00,71053,,1,3.39,",
            "C101,,2011-12-09 13:00:00,22,\"A \"\"B\"\"\nC\",-1,10.00,",
            "102,5,2011-12-09 13:00:00,22,x,many,1,UK",
        ]),
        &mapping(SHOP),
    )
    .unwrap();
    let plain = |imported: &Imported| {
        let mut events = imported.events.clone();
        for event in &mut events {
            event.as_object_mut().unwrap().retain(|key, _| !["messageId", "origin"].contains(&key.as_str()));
            event["order"]["products"]
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .for_each(|product| product["line"] = 0.into());
        }
        events
    };
    assert_eq!(of_rows.events.len(), 2);
    assert_eq!(plain(&of_rows), plain(&of_text));
    assert_eq!(of_rows.faults(), ["4 bad_number"]);
    assert!(of_rows.rejects[0].detail.starts_with("row 4, column `quantity`: "), "{}", of_rows.rejects[0].detail);
}

#[test]
fn numbers_of_a_type_are_numbers_whatever_the_mapping_says_of_text() {
    let mapping = shop_with("[traits]", "[numbers]\ndecimal = \"comma\"\nthousands = \".\"\n[traits]");
    let row = r#"{"order":1,"customer":1,"time":"2011-12-09 12:50:00","item":"a","name":"x","quantity":1,"price":PRICE,"country":""}"#;
    for (price, expected) in [("1234.5", "1234.5"), ("\"1.234,5\"", "1234.5")] {
        let imported = typed(given(&COLUMNS, &[&row.replace("PRICE", price)]), place(), &mapping).unwrap();
        assert_eq!(imported.events[0]["order"]["products"][0]["price"].to_string().trim_matches('"'), expected);
    }
}

const CLICKS: &str = r#"
kind = "events"
source = "clicks"
user_id = "who.id"
time = "at"
[[event]]
event = { constant = "Clicked" }
[event.properties]
amount = "amount"
tags = "tags"
first = "tags[0]"
"#;

const CLICK: &str = r#"{"who":{"id":7},"at":"2024-01-31T12:00:00.000001Z","amount":12.50,"tags":["a","b"]}"#;

#[test]
fn events_keep_the_types_and_reach_into_structs_and_lists() {
    let imported = typed(given(&["who", "at", "amount", "tags"], &[CLICK]), place(), &events(CLICKS)).unwrap();
    let event = &imported.events[0];
    assert_eq!(text(&event["userId"]), "7");
    assert_eq!(
        event["properties"].to_string(),
        r#"{"amount":12.50,"first":"a","tags":["a","b"]}"#.replace("12.50", "12.5")
    );
    assert!(String::from_utf8(imported.body).unwrap().contains("\"amount\":12.50"), "all digits are kept");
    assert!(event["timestamp"].to_string().contains("2024-01-31T12:00:00.000001Z"), "{event}");
}

#[test]
fn dates_that_are_text_have_their_form_found() {
    let rows = [
        r#"{"who":{"id":7},"at":"31.12.2024 10:00","amount":1,"tags":[]}"#,
        r#"{"who":{"id":7},"at":"oops","amount":1,"tags":[]}"#,
    ];
    let unclear = r#"{"who":{"id":7},"at":"01.02.2024 10:00","amount":1,"tags":[]}"#.replace('.', "/");
    let error = typed(given(&["who", "at", "amount", "tags"], &[&unclear]), place(), &events(CLICKS)).unwrap_err();
    assert!(error.to_string().contains("the dates in column `at`"), "{error}");
    // One bad row among few is that row's fault.
    let good = CLICK.replace("2024-01-31", "2024-02-01");
    let imported = typed(given(&["who", "at", "amount", "tags"], &[&good, rows[1]]), place(), &events(CLICKS)).unwrap();
    assert_eq!((imported.events.len(), imported.faults()), (1, vec!["2 bad_date".to_owned()]));
    let imported = typed(given(&["who", "at", "amount", "tags"], &rows[..1]), place(), &events(CLICKS)).unwrap();
    assert!(imported.events[0]["timestamp"].to_string().contains("2024-12-31T10:00:00"));
}

#[test]
fn a_column_that_is_not_there_is_said() {
    let error = typed(given(&["who", "at", "Amount", "tags"], &[CLICK]), place(), &events(CLICKS)).unwrap_err();
    let said = error.to_string();
    assert!(said.contains("no column `amount`") && said.contains("did you mean `Amount`?"), "{said}");
    let error = typed(given(&["order", "customer"], &[]), place(), &mapping(SHOP)).unwrap_err();
    assert!(matches!(error, Error::MissingColumn { .. }), "{error}");
}

#[test]
fn no_rows_are_said_and_an_error_behind_good_rows_comes_after_them() {
    let error = typed(given(&COLUMNS, &[]), place(), &shop_with("kind", "# \nkind")).unwrap_err();
    assert!(matches!(error, Error::OnlyHeader { .. }), "{error}");
    let mut rows = given(&["who", "at", "amount", "tags"], &[CLICK]);
    rows.fails = true;
    let mut importer = Importer::from_rows("rows", rows, place(), &events(CLICKS)).unwrap();
    let batch = importer.next_batch(1).unwrap().unwrap();
    assert_eq!((batch.events, batch.position), (1, 1));
    let error = importer.next_batch(1).unwrap_err().to_string();
    assert!(error.contains("it is damaged"), "{error}");
}

fn ids(rows: &[&str], ids: RowIds, mapping: RowMapping<'_>, columns: &[&str]) -> Vec<String> {
    let imported = typed(given(columns, rows), ids, mapping).unwrap();
    imported.events.iter().map(|event| text(&event["messageId"])).collect()
}

#[test]
fn ids_are_made_of_place_content_or_key() {
    let mapping = events(CLICKS);
    let other = CLICK.replace("12.50", "13");
    let key = || RowIds::Key(vec!["who".to_owned()]);
    let of = |rows: &[&str], by| ids(rows, by, (&mapping).into(), &["who", "at", "amount", "tags"]);
    let twice = of(&[CLICK, CLICK], place());
    assert_ne!(twice[0], twice[1], "of place: two rows are two events");
    assert_ne!(of(&[CLICK], place()), of(&[CLICK], RowIds::Place("another".to_owned())));
    let content = of(&[CLICK, &other, CLICK], RowIds::Content);
    assert_eq!(content[0], content[2], "of content: the same row is the same event, wherever it stands");
    assert_ne!(content[0], content[1], "and a changed one is another event");
    let keyed = of(&[CLICK, &other, &CLICK.replace("\"id\":7", "\"id\":8")], key());
    assert_eq!(keyed[0], keyed[1], "of a key: also a changed row is the same event");
    assert_ne!(keyed[0], keyed[2]);
}

#[test]
fn ids_of_orders_follow_the_same_law() {
    let shop = mapping(SHOP);
    let of = |rows: &[&str], by| ids(rows, by, (&shop).into(), &COLUMNS);
    let changed = ORDERS[1].replace("3.39", "4.39");
    let later = [ORDERS[2], ORDERS[0], ORDERS[1]];
    let first = of(&ORDERS[..2], RowIds::Content)[0].clone();
    assert_eq!(first, of(&later, RowIds::Content)[1]);
    assert_ne!(first, of(&[ORDERS[0], &changed], RowIds::Content)[0]);
    assert_ne!(of(&ORDERS[..2], place())[0], of(&later, place())[1]);
    let key = || RowIds::Key(vec!["order".to_owned(), "item".to_owned()]);
    assert_eq!(of(&ORDERS[..2], key()), of(&[ORDERS[0], &changed], key()));
}

#[test]
fn where_batches_end_and_readers_take_up_again_changes_nothing() {
    let rows: Vec<String> = (0..3000).map(|n| CLICK.replace("12.50", &n.to_string())).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let mapping = events(CLICKS);
    let open = || {
        let rows = given(&["who", "at", "amount", "tags"], &rows);
        Importer::from_rows("rows", rows, place(), &mapping).unwrap()
    };
    let whole = drain(open(), 100_000).unwrap();
    let pieces = drain(open(), 7).unwrap();
    assert_eq!((whole.rows, &whole.body), (3000, &pieces.body));
    let position = pieces.positions[200];
    let mut again = open();
    again.pass_over(position);
    let rest = drain(again, 500).unwrap();
    assert_eq!(whole.events[position as usize..], rest.events);
}

#[test]
fn a_draft_is_written_for_typed_rows() {
    let draft = guess_from_rows("orders.parquet", given(&COLUMNS, &ORDERS[..3])).unwrap();
    assert!(draft.contains("kind = \"orders\"") && draft.contains("price = \"price\""), "{draft}");
    bellwether_collect::Mapping::parse("draft", &draft).unwrap();
    let draft = guess_from_rows("clicks", given(&["who", "at", "amount", "tags"], &[CLICK])).unwrap();
    assert!(draft.contains("kind = \"events\"") && draft.contains("who.id"), "{draft}");
    bellwether_collect::Mapping::parse("draft", &draft).unwrap();
}
