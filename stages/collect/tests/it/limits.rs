//! What no order of a shop holds: numbers and names of any length, amounts of any size, another currency.

use crate::support::*;
use bellwether_collect::Importer;
use bellwether_domain::RejectReason;
use std::io::Cursor;

fn row(order: &str, customer: &str, item: &str, name: &str, quantity: &str, price: &str) -> String {
    format!("{order},{customer},2011-06-01 08:26:00,{item},{name},{quantity},{price},France")
}

/// One row beside a good one; gives what is wrong with it.
fn check(bad: &str, expected: Option<(RejectReason, &str)>) {
    let imported = import_shop(&[&row("1", "7", "A", "Mug", "1", "2"), bad]);
    let found = imported.rejects.first().map(|reject| (reject.reason, reject.detail.as_str()));
    assert_eq!(found, expected, "{}", bad.chars().take(200).collect::<String>());
}

#[test]
fn numbers_and_names_have_an_end() {
    let (id, long) = ("é".repeat(255), "é".repeat(256));
    let too_long =
        |column: &str| format!("line 3, column `{column}`: the value has 256 characters, and 255 is the most");
    check(&row(&id, &id, &id, &"é".repeat(4_000), "1", "2"), None);
    check(&row(&long, "7", "A", "Mug", "1", "2"), Some((RejectReason::Malformed, &too_long("order"))));
    check(&row("2", &long, "A", "Mug", "1", "2"), Some((RejectReason::Malformed, &too_long("customer"))));
    check(&row("2", "7", &long, "Mug", "1", "2"), Some((RejectReason::Malformed, &too_long("item"))));
    let name = "line 3, column `name`: the value has 4001 characters, and 4000 is the most";
    check(&row("2", "7", "A", &"é".repeat(4_001), "1", "2"), Some((RejectReason::Malformed, name)));
}

#[test]
fn amounts_have_an_end() {
    let large = "line 3, column `price`: `922337203685477.5807` is more than 1,000,000,000,000, which is no price or quantity of a shop";
    check(&row("2", "7", "A", "Mug", "1", "1000000000000"), None);
    check(&row("2", "7", "A", "Mug", "-1000000000000", "2"), None);
    check(&row("2", "7", "A", "Mug", "1", "922337203685477.5807"), Some((RejectReason::BadNumber, large)));
    let large = "line 3, column `quantity`: `-1000000000000.0001` is more than 1,000,000,000,000, which is no price or quantity of a shop";
    check(&row("2", "7", "A", "Mug", "-1000000000000.0001", "2"), Some((RejectReason::BadNumber, large)));
}

#[test]
fn the_largest_amount_is_the_same_in_the_inbox() {
    let imported = import_shop(&[&row("1", "7", "A", "Mug", "1", "999999999999.9999")]);
    let line = imported.events[0].to_string();
    let event: bellwether_domain::RawEvent<'_> = serde_json::from_str(&line).unwrap();
    assert_eq!(event.order.unwrap().products[0].price.to_string(), "999999999999.9999");
}

/// Open orders are held by what they keep, not by lines alone.
#[test]
fn long_names_close_an_order_early() {
    let name = "n".repeat(4_000);
    let other = |lines: usize| std::iter::repeat_n(row("2", "8", "A", &name, "1", "2"), lines);
    let orders = |lines: usize| {
        let first = row("1", "7", "A", "Mug", "1", "2");
        let rows: Vec<String> = [first.clone()].into_iter().chain(other(lines)).chain([first]).collect();
        let imported = import(table(&rows.iter().map(String::as_str).collect::<Vec<_>>()), &mapping(SHOP)).unwrap();
        imported.events.len()
    };
    assert_eq!(orders(4_000), 2);
    // Both are given: the one, and then the other, which is too large by itself.
    assert_eq!(orders(4_300), 4);
}

#[test]
fn rows_in_another_currency_are_set_aside() {
    let mapping = shop_with("{ constant = \"GBP\" }", "\"country\"");
    let rows = ["x", "GBP", "JPY", "GBP"].map(|code| row(code, "7", "A", "Mug", "1", "2").replace("France", code));
    let text = table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let mut importer = Importer::from_reader("orders.csv", Cursor::new(text), &mapping).unwrap();
    assert_eq!(importer.first_currency(), Some("GBP"));
    importer.only_currency("GBP");
    let batch = importer.next_batch(100).unwrap().unwrap();
    assert_eq!((batch.events, batch.rejected), (1, 2));
    let body = String::from_utf8(batch.body).unwrap();
    assert!(body.contains("line 4, column `country`: the order is in JPY, but the shop's currency is GBP"), "{body}");
    assert!(body.contains("`x` is not a currency of ISO 4217"), "{body}");
}
