//! Every rule, with a row that it touches and one that it must leave alone.

use crate::support::*;
use bellwether_clean::subject_of;
use bellwether_domain::{LineFlag, Money, OrderKind, RejectReason};
use proptest::prelude::*;
use serde_json::{Value, json};

const FLAGS: [(&str, LineFlag); 6] = [
    ("non_product", LineFlag::NonProduct),
    ("zero_price", LineFlag::ZeroPrice),
    ("negative_price", LineFlag::NegativePrice),
    ("quantity_outlier", LineFlag::QuantityOutlier),
    ("price_outlier", LineFlag::PriceOutlier),
    ("stock_movement", LineFlag::StockMovement),
];

/// Cleans an order of one line; the rules in `touched`, and no others of those that flag, must flag and count it.
fn check(order_id: &str, user: Option<&str>, line: Line<'_>, touched: &[&str]) {
    let batch = clean(&[order(order_id, user, 2, &[line])]);
    let flags = batch.events[0].order.as_ref().unwrap().lines[0].flags;
    for (rule, flag) in FLAGS {
        let expected = touched.contains(&rule);
        assert_eq!(flags.contains(flag), expected, "{line:?} {rule}");
        assert_eq!(count(&batch, rule), u64::from(expected), "{line:?} {rule}");
    }
    for rule in touched {
        assert_eq!(count(&batch, rule), 1, "{line:?} {rule}");
    }
}

#[test]
fn doubtful_lines_are_flagged_and_kept() {
    check("1", Some("7"), ("A", "MUG", 2.0, 2.5), &[]);
    check("1", Some("7"), ("POST", "POSTAGE", 1.0, 18.0), &["non_product"]);
    check("1", Some("7"), ("gift_0001_20", "VOUCHER", 1.0, 20.0), &["non_product"]);
    check("1", Some("7"), ("23444", "Next Day Carriage", 1.0, 15.0), &["non_product"]);
    check("1", Some("7"), ("A", "MUG", 2.0, 0.0), &["zero_price"]);
    check(
        "1",
        None,
        ("A", "MUG", -2.0, 0.0),
        &["zero_price", "stock_movement", "missing_customer", "negative_quantity"],
    );
    check("1", Some("7"), ("A", "MUG", -2.0, 0.0), &["zero_price", "negative_quantity"]);
    check("1", None, ("A", "MUG", -2.0, 1.0), &["missing_customer", "negative_quantity"]);
    check("A1", None, ("B", "BAD DEBT", 1.0, -11_062.06), &["negative_price", "missing_customer"]);
    check("1", Some("7"), ("A", "MUG", 1000.0, 200.0), &[]);
    check("1", Some("7"), ("A", "MUG", 1001.0, 200.01), &["quantity_outlier", "price_outlier"]);
    check("C1", Some("7"), ("A", "MUG", -1001.0, 2.0), &["quantity_outlier", "cancellation", "negative_quantity"]);
    check("1", Some("7"), ("POST", "POSTAGE", 1001.0, 900.0), &["non_product"]);
    check("1", Some("7"), ("A", "", 1.0, 2.0), &["missing_name"]);
    check("1", Some("7"), ("A", " MUG  BLUE", 1.0, 2.0), &["name_noise"]);
    check("1", Some("7"), ("A", "wet damaged", 1.0, 0.0), &["name_noise", "zero_price"]);
}

#[test]
fn values_and_fees_are_kept_apart() {
    let batch = clean(&[
        order("1", Some("7"), 2, &[("A", "MUG", 2.0, 2.5), ("POST", "POSTAGE", 1.0, 18.0), ("A", "MUG", 1.0, -1.0)]),
        order("C2", Some("7"), 9, &[("A", "MUG", -1.0, 2.5)]),
    ]);
    let orders: Vec<_> = batch.events.iter().filter_map(|event| event.order.as_ref()).collect();
    assert_eq!((orders[0].value, orders[0].fees), (Money::from_whole(5), Money::from_whole(17)));
    assert_eq!((orders[1].kind, orders[1].value.to_string()), (OrderKind::Refunded, "-2.50".to_owned()));
}

#[test]
fn copies_within_an_order_are_rejected() {
    let line = ("A", "MUG", 2.0, 2.5);
    let batch = clean(&[order("1", Some("7"), 2, &[line, ("B", "CUP", 2.0, 2.5), line, ("A", "MUG", 3.0, 2.5), line])]);
    let lines: Vec<u64> = batch.events[0].order.as_ref().unwrap().lines.iter().map(|line| line.source_line).collect();
    assert_eq!((lines, count(&batch, "exact_duplicate")), (vec![2, 3, 5], 2));
    let [first, second] = batch.rejects.as_slice() else { panic!("{:?}", batch.rejects) };
    assert_eq!((first.reason, first.origin.line, second.origin.line), (RejectReason::ExactDuplicate, Some(4), Some(6)));
    assert!(first.detail.starts_with("line 4 says exactly the same as line 2 of order `1`"), "{}", first.detail);
    assert_eq!(batch.events[0].order.as_ref().unwrap().value, Money::from_ten_thousandths(175_000));
}

#[test]
fn what_only_looks_like_a_copy_is_kept() {
    let line = ("A", "MUG", 2.0, 2.5);
    let mut event = order("1", Some("7"), 2, &[line, line, line, line]);
    event["properties"] = json!({"distinct_lines": [4], "coupon": "x"});
    let batch = clean(&[event, order("2", Some("7"), 6, &[line])]);
    let lines: Vec<u64> = batch.events[0].order.as_ref().unwrap().lines.iter().map(|line| line.source_line).collect();
    assert_eq!((lines, count(&batch, "exact_duplicate"), batch.events.len()), (vec![2, 4], 2, 2));
    for (item, name, quantity, price) in [("B", "MUG", 2.0, 2.5), ("A", "MUG ", 2.0, 2.5), ("A", "MUG", 2.0, 2.6)] {
        let batch = clean(&[order("1", Some("7"), 2, &[line, (item, name, quantity, price)])]);
        assert_eq!(count(&batch, "exact_duplicate"), 0, "{item} {name} {quantity} {price}");
    }
    let mut sent_by_a_shop = order("1", Some("7"), 2, &[line, line]);
    for product in sent_by_a_shop["order"]["products"].as_array_mut().unwrap() {
        product.as_object_mut().unwrap().remove("line");
    }
    assert_eq!(count(&clean(&[sent_by_a_shop]), "exact_duplicate"), 0);
}

#[test]
fn products_of_one_row_are_no_copies_of_each_other() {
    let line = ("A", "MUG", 2.0, 2.5);
    let mut event = order("1", Some("7"), 2, &[line, line, line]);
    let check = |event: &serde_json::Value, lines: [u64; 3], copies: u64| {
        let mut event = event.clone();
        for (product, line) in event["order"]["products"].as_array_mut().unwrap().iter_mut().zip(lines) {
            product["line"] = line.into();
        }
        assert_eq!(count(&clean(&[event]), "exact_duplicate"), copies, "{lines:?}");
    };
    check(&event, [2, 2, 2], 0);
    check(&event, [2, 2, 3], 1);
    event["properties"] = json!({"distinct_lines": [3]});
    check(&event, [2, 2, 3], 0);
}

#[test]
fn anonymous_sales_have_no_subject() {
    let batch =
        clean(&[order("1", None, 2, &[("A", "MUG", 1.0, 2.0)]), order("2", Some(" 7 "), 3, &[("A", "MUG", 1.0, 2.0)])]);
    assert_eq!(batch.events[0].subject, None);
    assert_eq!((batch.events[1].subject, batch.events[1].user_id.as_deref()), (Some(subject_of("7")), Some("7")));
    let mut visitor = order("3", None, 4, &[("A", "MUG", 1.0, 2.0)]);
    visitor["anonymousId"] = json!("cookie-1");
    assert!(clean(&[visitor]).events[0].subject.is_some());
}

#[test]
fn events_that_cannot_be_used_are_rejected() {
    let good = || order("1", Some("7"), 2, &[("A", "MUG", 1.0, 2.0)]);
    let with = |field: &str, value: Value| {
        let mut event = good();
        event[field] = value;
        event
    };
    let check = |event: Value, field: &str| {
        let batch = clean(&[event.clone(), order("2", Some("7"), 3, &[("A", "MUG", 1.0, 2.0)])]);
        assert_eq!((batch.events.len(), count(&batch, "bad_event")), (1, 1), "{event}");
        assert_eq!(
            (batch.rejects[0].reason, batch.rejects[0].field.as_deref()),
            (RejectReason::Malformed, Some(field)),
            "{event}"
        );
    };
    assert_eq!(clean(&[good()]).rejects, []);
    check(with("messageId", json!(" ")), "messageId");
    check(with("event", json!("")), "event");
    check(with("event", json!("Product Viewed")), "order");
    check(with("userId", json!("")), "userId");
    check(with("traits", json!([1])), "traits");
    check(order("", Some("7"), 2, &[("A", "MUG", 1.0, 2.0)]), "order_id");
    let batch = clean(&[with("traits", json!([1]))]);
    assert_eq!((count(&batch, "rows"), batch.items.len()), (0, 0), "a bad event leaves nothing behind");
}

#[test]
fn the_catalogue_shows_the_last_sale() {
    let later = |mut event: Value, time: &str| {
        event["timestamp"] = json!(time);
        event
    };
    let batch = clean(&[
        order("1", Some("7"), 2, &[("A", "MUG", 1.0, 2.0), ("POST", "POSTAGE", 1.0, 5.0)]),
        later(order("2", Some("7"), 3, &[("A", "BLUE MUG", 1.0, 3.0)]), "2011-07-01T00:00:00Z"),
        later(order("3", None, 4, &[("A", "wet damaged", -1.0, 0.0)]), "2011-08-01T00:00:00Z"),
        later(order("C4", Some("7"), 5, &[("A", "MUG", -1.0, 2.0)]), "2011-05-01T00:00:00Z"),
    ]);
    let [mug, post] = batch.items.as_slice() else { panic!("{:?}", batch.items) };
    assert_eq!((mug.name.as_str(), mug.price, mug.is_product), ("BLUE MUG", Money::from_whole(3), true));
    assert_eq!(mug.first_seen.to_rfc3339(), "2011-05-01T00:00:00+00:00");
    assert_eq!((post.product.as_str(), post.is_product, post.category.as_str()), ("POST", false, "Other"));
}

fn orders() -> impl Strategy<Value = Vec<Value>> {
    /// Whether it is a return, who bought, the lines.
    type Drawn = (u8, Option<u8>, Vec<(u8, u8, i8, i8)>);
    let line = (0..3u8, 0..3u8, -2..3i8, 0..3i8);
    let lines = prop::collection::vec(line, 1..8);
    let events = prop::collection::vec((0..2u8, prop::option::of(0..3u8), lines), 1..20);
    events.prop_map(|events| {
        let event = |(index, (refund, user, lines)): (usize, Drawn)| {
            let names = ["MUG", " CUP ", "?"];
            let lines: Vec<(String, &str, f64, f64)> = lines
                .into_iter()
                .map(|(item, name, quantity, price)| {
                    (format!("I{item}"), names[usize::from(name)], f64::from(quantity), f64::from(price))
                })
                .collect();
            let lines: Vec<Line<'_>> = lines.iter().map(|(item, name, q, p)| (item.as_str(), *name, *q, *p)).collect();
            let id = format!("{}{index}", if refund == 1 { "C" } else { "" });
            order(&id, user.map(|user| user.to_string()).as_deref(), 100 * index as u64, &lines)
        };
        events.into_iter().enumerate().map(event).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_leave_no_trace(orders in orders(), size in 1..6usize) {
        let whole = clean(&orders);
        let parts = clean_in_batches(&orders, &rules(), size);
        let events: Vec<_> = parts.iter().flat_map(|batch| batch.events.clone()).collect();
        let rejects: Vec<_> = parts.iter().flat_map(|batch| batch.rejects.clone()).collect();
        prop_assert_eq!(&events, &whole.events);
        prop_assert_eq!(&rejects, &whole.rejects);
        for rule in bellwether_clean::Rule::ALL {
            let sum: u64 = parts.iter().map(|batch| count(batch, rule.name())).sum();
            prop_assert_eq!(sum, count(&whole, rule.name()), "{}", rule.name());
        }
        let mut items: std::collections::BTreeMap<String, bellwether_domain::Item> = Default::default();
        for item in parts.into_iter().flat_map(|batch| batch.items) {
            match items.get_mut(&item.product) {
                Some(known) => bellwether_clean::merge_item(known, item),
                None => drop(items.insert(item.product.clone(), item)),
            }
        }
        prop_assert_eq!(items.into_values().collect::<Vec<_>>(), whole.items);
    }

    #[test]
    fn every_row_is_a_line_or_a_reject(orders in orders()) {
        let batch = clean(&orders);
        let lines: usize = batch.events.iter().filter_map(|event| event.order.as_ref()).map(|order| order.lines.len()).sum();
        prop_assert_eq!((lines + batch.rejects.len()) as u64, count(&batch, "rows"));
        prop_assert_eq!(batch.rejects.len() as u64, count(&batch, "exact_duplicate"));
    }
}
