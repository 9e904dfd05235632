//! A mapping that somebody wrote, and what it makes of a file and of a document.
//!
//! A mapping that is refused says where: on a line that it has. One that is taken never ends anything but with records and
//! rejects.
#![no_main]

use bellwether_collect::{EventMapping, Importer, Mapping, Receipt, Record, RowMapping, segment::OrderCurrency};
use bellwether_inbox::decode_records;
use chrono::{DateTime, TimeDelta};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

/// A row of everything: ids, times, amounts, texts with marks in them.
const FILE: &str = "order,customer,time,item,name,quantity,price,currency,email,event,lead_id\n\
    1,7,2024-01-02 10:00:00,A,Mug,2,3.50,EUR,a@example.com,Viewed,l1\n\
    1,7,2024-01-02 10:00:00,B,\"Tea, green\",1,\"1.234,50\",EUR,,Bought,l2\n\
    C2,,03/01/2024,A,Mug,-2,3.50,USD,b@example.com,,l3\n";
/// A document with lists and objects within each other, as web hooks have them.
const DOCUMENT: &str = r#"{"id": 820982911946154508, "email": "jon@example.com", "created_at": "2024-01-02T10:00:00-05:00",
    "total_price": "403.00", "currency": "EUR", "customer": {"id": 115310627314723954, "first_name": "John", "tags": ["a", "b"]},
    "line_items": [{"id": 1, "sku": "A", "title": "Mug", "quantity": 2, "price": "3.50"}, {"id": 2, "price": null}], "type": "x",
    "data": {"object": {"id": "ch_1", "amount": 2000, "created": 1704188400}}}"#;

fuzz_target!(|text: &str| {
    let mapping = match Mapping::parse("mapping.toml", text) {
        Ok(mapping) => mapping,
        Err(error) => {
            assert!(error.to_string().contains("mapping.toml"), "{error}");
            return;
        }
    };
    if let Some(rows) = mapping.rows() {
        import(rows);
    }
    if let Mapping::Events(mapping) = &mapping {
        receive(mapping);
    }
});

fn import(mapping: RowMapping<'_>) {
    let Ok(mut importer) = Importer::from_reader("rows.csv", Cursor::new(FILE), mapping) else { return };
    while let Ok(Some(batch)) = importer.next_batch(2) {
        check_records(&batch.body, batch.records);
    }
}

fn receive(mapping: &EventMapping) {
    let record = Record::parse(DOCUMENT).expect("a document").with_header("X-Shopify-Topic", "orders/create");
    let receipt = Receipt {
        source: "shop".into(),
        received_at: Some(DateTime::UNIX_EPOCH + TimeDelta::days(20_000)),
        currency: Some(OrderCurrency { default: "EUR", is_only_one: false }),
        line: None,
    };
    let Ok(events) = mapping.apply(&record, &receipt) else { return };
    let mut body = Vec::new();
    events.iter().for_each(|event| event.write_line(&mut body));
    check_records(&body, events.len() as u32);
}

fn check_records(body: &[u8], expected: u32) {
    let records = decode_records(body).map(|record| record.expect("what was written can be read")).count();
    assert_eq!(records, expected as usize);
}
