//! The one currency of a file's orders.

use super::*;
use crate::support::drain;
use bellwether_collect::Importer;
use std::io::Cursor;

#[test]
fn lines_of_orders_settle_it_where_the_first_thousand_name_none() {
    let line = |(n, code): (usize, &str)| format!("{n},C,2026-11-05 10:00:00,A,Mug,1,2,{code}\n");
    let codes = std::iter::repeat_n("Taler", 1_001).chain(["EUR", "GBP", "EUR"]);
    let text = format!("{}\n", crate::support::HEADER) + &(1..).zip(codes).map(line).collect::<String>();
    let mapping = crate::support::shop_with("{ constant = \"GBP\" }", "\"country\"");
    let mut importer = Importer::from_reader("o.csv", Cursor::new(text), &mapping).unwrap();
    let batch = importer.next_batch(10_000).unwrap().unwrap();
    assert_eq!((importer.first_currency(), batch.events, batch.rejected), (None, 2, 1_002));
    assert_eq!(batch.currency.map(|settled| settled.code).as_deref(), Some("EUR"));
}

/// A page is seen, an order made; what is no order names no currency.
const SHOP: &str = r#"
kind = "events"
source = "shop"
user_id = "user"
time = "at"
[[event]]
when = { column = "what", equals = "seen" }
event = { constant = "Page Seen" }
[[event]]
when = { column = "what", equals = "order" }
[event.order]
id = "no"
currency = "code"
products = { item = "no" }
[[event]]
when = { column = "what", equals = "order" }
event = { constant = "Thanks Seen" }
"#;

#[test]
fn orders_that_begin_late_are_in_one_currency_all_the_same() {
    let shop = events(SHOP);
    let line = |n: usize, what: &str, code: &str| {
        format!("{{\"no\":\"{n}\",\"user\":\"u\",\"at\":\"2026-11-05\",\"what\":\"{what}\",\"code\":\"{code}\"}}\n")
    };
    let mut text: String = (1..=1_500).map(|n| line(n, "seen", "")).collect();
    for (n, code) in [(1_501, ""), (1_502, "EUR"), (1_503, "GBP"), (1_504, ""), (1_505, "EUR")] {
        text += &line(n, "order", code);
    }
    let open = || Importer::from_reader("s.jsonl", Cursor::new(text.clone()), &shop).unwrap();
    assert_eq!(open().first_currency(), None);
    let whole = drain(open(), 100).unwrap();
    assert_eq!(whole.faults(), ["1501 missing_field", "1503 malformed"]);
    assert_eq!((whole.rows, whole.events.len()), (1_505, 1_500 + 3 * 2));
    // Whoever takes up again says what was in force from where on, and what was given before counts as it did.
    let mut first = open();
    let (mut body, mut settled) = (Vec::new(), None);
    while let Some(batch) = first.next_batch(1).unwrap() {
        body.extend_from_slice(&batch.body);
        settled = settled.or(batch.currency);
        let Some(settled) = &settled else { continue };
        let mut second = open();
        second.only_currency_behind(settled.behind, &settled.code);
        second.pass_over(batch.position);
        assert_eq!([body.clone(), drain(second, 100).unwrap().body].concat(), whole.body, "{}", batch.position);
    }
    assert_eq!(settled.map(|settled| (settled.code, settled.behind)), Some(("EUR".to_owned(), 1_501)));
}
