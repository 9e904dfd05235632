//! Rows to orders: what belongs together, what an event holds, and that batches and chunks leave no trace.

use crate::support::*;
use bellwether_collect::Importer;
use bellwether_collect::OrderMapping;
use bellwether_domain::{EventKind, RawEvent};
use proptest::prelude::*;
use serde_json::json;
use std::io::Cursor;

fn row(order: &str, customer: &str, item: &str, quantity: &str) -> String {
    format!("{order},{customer},2011-06-01 08:26:00,{item},Mug,{quantity},2.55,France")
}

fn check(rows: &[(&str, &str, &str, &str)], mapping: &bellwether_collect::OrderMapping, expected: &[&str]) {
    let rows: Vec<String> =
        rows.iter().map(|(order, customer, item, quantity)| row(order, customer, item, quantity)).collect();
    let imported = import(table(&rows.iter().map(String::as_str).collect::<Vec<_>>()), mapping).unwrap();
    assert_eq!(imported.orders(), expected);
}

#[test]
fn an_event_says_what_the_rows_say() {
    let imported = import_shop(&[&row("536365", "17850.0", "85123A", "6"), &row("536365", "17850.0", "71053", "8")]);
    let line = serde_json::to_string(&imported.events[0]).unwrap();
    let event: RawEvent<'_> = serde_json::from_str(&line).unwrap();
    assert_eq!((event.kind, event.event.as_deref()), (EventKind::Track, Some("Order Completed")));
    assert_eq!((event.user_id.as_deref(), event.anonymous_id.as_deref()), (Some("17850"), None));
    assert_eq!((event.timestamp.to_rfc3339(), event.utc_offset_minutes), ("2011-06-01T07:26:00+00:00".to_owned(), 60));
    assert_eq!((event.origin.source.as_ref(), event.origin.line), ("shop", Some(2)));
    let order = event.order.unwrap();
    assert_eq!((order.order_id.as_ref(), order.currency.as_str(), order.products.len()), ("536365", "GBP", 2));
    assert_eq!(
        imported.events[0]["order"]["products"][1],
        json!({"id": "71053", "name": "Mug", "qty": 8, "price": 2.55, "line": 3})
    );
    assert_eq!(imported.events[0]["traits"], json!({"country": "France", "email": "customer-17850@example.com"}));
}

#[test]
fn a_sale_without_customer_is_anonymous_and_has_no_address() {
    let imported = import_shop(&[&row("536365", "", "85123A", "6")]);
    let event = &imported.events[0];
    assert_eq!((&event["userId"], &event["anonymousId"]), (&json!(null), &json!("order:536365")));
    assert_eq!(event["traits"], json!({"country": "France"}));
}

#[test]
fn rows_of_one_order_are_one_event() {
    let shop = mapping(SHOP);
    check(
        &[("1", "7", "A", "1"), ("1", "7", "B", "1"), ("2", "7", "A", "1"), ("1", "7", "C", "1")],
        &shop,
        &["1:2,3,5", "2:4"],
    );
    check(&[("1", "7", "A", "1"), ("1", "8", "B", "1")], &shop, &["1:2", "1:3"]);
}

#[test]
fn an_order_is_given_when_it_has_waited_long_enough() {
    let rows = |others: usize| {
        let between = (0..others).map(|n| row(&format!("other{n}"), "7", "B", "1"));
        let rows: Vec<String> =
            [row("1", "7", "A", "1")].into_iter().chain(between).chain([row("1", "7", "C", "1")]).collect();
        table(&rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let check = |others: usize, expected: &[&str], scattered: u64| {
        let mut importer =
            Importer::from_reader("shop.csv", Cursor::new(rows(others).into_bytes()), &mapping(SHOP)).unwrap();
        while importer.next_batch(10).unwrap().is_some() {}
        assert_eq!(importer.scattered_orders(), scattered);
        let orders = import(rows(others), &mapping(SHOP)).unwrap().orders();
        let first: Vec<_> = orders.into_iter().filter(|order| order.starts_with("1:")).collect();
        assert_eq!(first, expected);
    };
    check(63, &["1:2,66"], 0);
    check(64, &["1:2", "1:67"], 1);
}

#[test]
fn a_till_that_begins_with_number_one_every_morning_has_new_orders() {
    let at = |day: u8, order: u8| format!("{order},,2011-06-0{day} 08:26:00,A,Mug,1,2.55,France");
    let rows: Vec<String> = [at(1, 1), at(1, 2), at(1, 1), at(1, 3), at(2, 1), at(2, 2)].into();
    let imported = import_shop(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(imported.orders(), ["1:2,4", "2:3", "3:5", "1:6", "2:7"]);
}

#[test]
fn receipt_one_of_the_next_morning_is_another_order_also_right_behind() {
    let check = |rows: &[&str], expected: &[&str]| assert_eq!(import_shop(rows).orders(), expected);
    check(
        &[
            "1,,2011-06-01 08:26:00,A,Mug,1,2.55,France",
            "1,,2011-06-01 08:26:00,B,Cup,1,2.55,France",
            "1,,2011-06-02 08:26:00,A,Mug,1,2.55,France",
            "1,,2011-06-03 08:26:00,A,Mug,1,2.55,France",
        ],
        &["1:2,3", "1:4", "1:5"],
    );
    let at_midnight = ["7,C1,2011-06-01 23:59:00,A,Mug,1,2.55,France", "7,C1,2011-06-02 00:01:00,B,Cup,1,2.55,France"];
    check(&at_midnight, &["7:2,3"]);
}

#[test]
fn a_bad_row_does_not_divide_an_order() {
    let imported = import_shop(&[
        &row("1", "7", "A", "1"),
        &row("1", "7", "B", "x"),
        &row("1", "7", "C", "1"),
        &row("2", "7", "C", "1"),
    ]);
    assert_eq!(
        (imported.orders(), imported.faults()),
        (vec!["1:2,4".to_owned(), "2:5".to_owned()], vec!["3 bad_number".to_owned()])
    );
}

#[test]
fn returns_are_told_by_number_quantity_or_column() {
    let kinds = |rows: &[&str], mapping: &bellwether_collect::OrderMapping| {
        let imported = import(table(rows), mapping).unwrap();
        let products = |event: &serde_json::Value| event["order"]["products"][0]["qty"].clone();
        imported.events.iter().map(|event| format!("{} {}", text(&event["event"]), products(event))).collect::<Vec<_>>()
    };
    let rows = [row("1", "7", "A", "2"), row("1", "7", "A", "-2"), row("C2", "7", "A", "-1")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(kinds(&rows, &mapping(SHOP)), ["Order Completed 2", "Order Refunded -1"]);
    let by_quantity = shop_with("order_starts_with = \"C\"", "negative_quantity = true");
    assert_eq!(kinds(&rows, &by_quantity), ["Order Completed 2", "Order Refunded -2", "Order Refunded -1"]);
    let by_column = shop_with("order_starts_with = \"C\"", "column = \"name\"\nequals = [\"MUG\"]\nnegate = true");
    assert_eq!(kinds(&rows[..1], &by_column), ["Order Refunded -2"]);
    let none = shop_with("[refund]\norder_starts_with = \"C\"", "");
    assert_eq!(kinds(&rows, &none), ["Order Completed 2", "Order Completed -1"]);
}

#[test]
fn lines_that_only_look_like_copies_are_named() {
    let at = |minute: &str| format!("1,7,2011-06-01 08:{minute}:00,A,Mug,1,2.55,France");
    let imported = import_shop(&[&at("26"), &at("26"), &at("27"), &at("27"), &row("1", "7", "B", "1")]);
    assert_eq!(imported.orders(), ["1:2,3,4,5,6"]);
    assert_eq!(imported.events[0]["properties"], json!({"distinct_lines": [4]}));
    let imported = import_shop(&[&at("26"), &at("26")]);
    assert_eq!(imported.events[0]["properties"], json!(null));
}

#[test]
fn an_endless_order_is_divided() {
    let rows: Vec<String> = (0..25_000).map(|n| row("1", "7", &format!("I{n}"), "1")).collect();
    let imported = import_shop(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let sizes: Vec<usize> =
        imported.events.iter().map(|event| event["order"]["products"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [10_000, 10_000, 5_000]);
}

#[test]
fn message_ids_follow_source_line_and_content() {
    let id = |rows: &[&str], mapping: &bellwether_collect::OrderMapping| {
        text(&import(table(rows), mapping).unwrap().events.last().unwrap()["messageId"])
    };
    let (first, second) = (row("1", "7", "A", "1"), row("2", "7", "A", "1"));
    let base = id(&[&second], &mapping(SHOP));
    assert_eq!(base.len(), 32);
    assert_eq!(base, id(&[&second], &mapping(SHOP)));
    assert_ne!(base, id(&[&first, &second], &mapping(SHOP)), "another line");
    assert_ne!(base, id(&[&second.replace("Mug", "Cup")], &mapping(SHOP)), "other content");
    assert_ne!(base, id(&[&second], &shop_with("source = \"shop\"", "source = \"other\"")), "another source");
}

/// Rows of a few orders and customers, some of them bad in various ways.
fn rows() -> impl Strategy<Value = Vec<String>> {
    let good =
        (0..4u8, 0..3u8, 0..3u8, -2..3i8, any::<bool>()).prop_map(|(order, customer, item, quantity, quoted)| {
            let name = if quoted { "\"Mug, \"\"big\"\"\nand blue\"" } else { "Mug" };
            let customer = if customer == 0 { String::new() } else { customer.to_string() };
            format!("{order},{customer},2011-06-01 08:26:00,I{item},{name},{quantity},2.55,France")
        });
    let bad = prop_oneof![
        Just("1,7,2011-06-01 08:26:00,A,\"Mug,1,2.55,France".to_owned()),
        Just("1,7,yesterday,A,Mug,1,2.55,France".to_owned()),
        Just("1,7,2011-06-01 08:26:00,A,Mug,1,2.5x,France".to_owned()),
        Just("too,few".to_owned()),
        Just(String::new()),
    ];
    let first = Just("0,1,2011-06-01 08:26:00,I0,Mug,1,2.55,France".to_owned());
    (first, prop::collection::vec(prop_oneof![4 => good, 1 => bad], 0..40)).prop_map(|(first, mut rows)| {
        rows.insert(0, first);
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_chunks_and_resumption_leave_no_trace(rows in rows(), max_events in 1..8usize, chunk in 1..200usize) {
        let text = table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let whole = import(text.clone(), &mapping(SHOP)).unwrap();
        let open = || {
            let bytes = Drops { bytes: Cursor::new(text.clone().into_bytes()), size: chunk };
            Importer::from_reader("shop.csv", bytes, &mapping(SHOP)).unwrap()
        };
        let pieces = drain(open(), max_events).unwrap();
        prop_assert_eq!(&pieces.body, &whole.body);
        prop_assert_eq!(pieces.rows, whole.rows);

        let mut importer = open();
        let mut given = 0;
        while let Some(batch) = importer.next_batch(max_events).unwrap() {
            given += batch.body.len();
            let mut resumed = open();
            resumed.pass_over(batch.position);
            prop_assert_eq!(&drain(resumed, 1000).unwrap().body, &whole.body[given..]);
        }
        prop_assert_eq!(given, whole.body.len());
    }

    #[test]
    fn every_row_is_in_one_event_or_reject(rows in rows()) {
        let text = table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let imported = import(text, &mapping(SHOP)).unwrap();
        let products = imported.names().len() as u64;
        prop_assert_eq!(products + imported.rejects.len() as u64, imported.rows);
        let mut lines: Vec<u64> = imported.rejects.iter().filter_map(|reject| reject.origin.line).collect();
        lines.extend(imported.events.iter().flat_map(|event| event["order"]["products"].as_array().unwrap()).map(|product| product["line"].as_u64().unwrap()));
        lines.sort_unstable();
        let all = lines.len();
        lines.dedup();
        prop_assert_eq!(lines.len(), all);
    }
}

#[test]
fn an_order_has_the_properties_of_its_first_row() {
    let mapping = mapping(&format!("{SHOP}\n[properties]\nstore_id = \"country\"\nchain = {{ constant = \"tea\" }}\n"));
    let line = |time: &str, store: &str| format!("1,7,2010-12-01 08:{time}:00,A,Mug,6,2.55,{store}");
    let rows = [line("26", "W01"), line("27", "G02"), line("27", "G02")];
    let imported = import(table(&rows.each_ref().map(String::as_str)), &mapping).unwrap();
    // The second row differs in its minute, which the event does not keep; the third is a copy of it.
    assert_eq!(
        imported.events[0]["properties"],
        serde_json::json!({"store_id": "W01", "chain": "tea", "distinct_lines": [3]})
    );
    let error = OrderMapping::parse("m.toml", &format!("{SHOP}\n[properties]\ndistinct_lines = \"item\"\n"));
    assert!(error.unwrap_err().message.contains("cannot be called `distinct_lines`"));
}
