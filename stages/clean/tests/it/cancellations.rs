//! Returns and their sales: cases by hand, and against a slow search on random histories.

use crate::support::*;
use bellwether_clean::{CancellationReport, cancellations};
use bellwether_domain::{OrderHistory, OrderKind, Quantity};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An order: number (those that begin with C are returns), customer, minute, lines of item and quantity.
type Told<'a> = (&'a str, Option<&'a str>, u32, &'a [(&'a str, f64)]);

/// Orders as a history.
fn history_of(orders: &[Told<'_>]) -> OrderHistory {
    let event = |(index, (id, user, minute, lines)): (usize, &Told<'_>)| -> Value {
        let lines: Vec<Line<'_>> = lines.iter().map(|(item, quantity)| (*item, "", *quantity, 2.0)).collect();
        let mut event = order(id, *user, 10 * index as u64, &lines);
        event["timestamp"] = json!(format!("2011-06-01T{:02}:{:02}:00Z", minute / 60, minute % 60));
        event
    };
    let events: Vec<Value> = orders.iter().enumerate().map(event).collect();
    history(&clean(&events).events)
}

fn check(orders: &[Told<'_>], expected: &[&str]) -> CancellationReport {
    let history = history_of(orders);
    let report = cancellations(&history);
    let id = |order: u32| history.orders[order as usize].order_id.as_str();
    let told: Vec<String> = report
        .matches
        .iter()
        .map(|found| {
            let sales: Vec<String> =
                found.sales.iter().map(|sale| format!("{}x{}", id(sale.order), sale.quantity)).collect();
            format!("{} {}/{}: {}", id(found.order), found.matched, found.quantity, sales.join(" "))
        })
        .collect();
    assert_eq!(told, expected);
    report
}

#[test]
fn a_return_belongs_to_the_last_purchase() {
    check(
        &[("1", Some("7"), 1, &[("A", 5.0)]), ("2", Some("7"), 2, &[("A", 5.0)]), ("C3", Some("7"), 3, &[("A", -2.0)])],
        &["C3 2/2: 2x2"],
    );
}

#[test]
fn a_large_return_goes_on_with_the_purchase_before() {
    let orders: [Told<'_>; 4] = [
        ("1", Some("7"), 1, &[("A", 5.0)]),
        ("2", Some("7"), 2, &[("A", 5.0)]),
        ("C3", Some("7"), 3, &[("A", -7.0)]),
        ("C4", Some("7"), 4, &[("A", -7.0)]),
    ];
    let report = check(&orders, &["C3 7/7: 2x5 1x2", "C4 3/7: 1x3"]);
    assert_eq!((report.matched, report.partly, report.unmatched), (1, 1, 0));
    assert_eq!(report.matched_value.to_string(), "20");
}

#[test]
fn other_customers_products_and_later_purchases_do_not_count() {
    let orders: [Told<'_>; 6] = [
        ("1", Some("8"), 1, &[("A", 5.0)]),
        ("2", Some("7"), 1, &[("B", 5.0)]),
        ("3", None, 1, &[("A", 5.0)]),
        ("C4", Some("7"), 2, &[("A", -1.0), ("POST", -1.0)]),
        ("C5", None, 2, &[("A", -1.0)]),
        ("6", Some("7"), 3, &[("A", 5.0)]),
    ];
    let report = check(&orders, &["C4 0/1: "]);
    assert_eq!((report.unmatched, report.anonymous, report.non_product), (1, 1, 1));
}

#[test]
fn a_purchase_of_the_same_minute_counts() {
    check(&[("C1", Some("7"), 5, &[("A", -1.0)]), ("2", Some("7"), 5, &[("A", 1.0)])], &["C1 1/1: 2x1"]);
}

/// The same by looking at all earlier lines for every return.
fn slowly(history: &OrderHistory) -> Vec<(u32, Quantity)> {
    let mut left: Vec<Quantity> = history.lines.iter().map(|line| line.quantity).collect();
    let mut found = Vec::new();
    let mut returns: Vec<usize> =
        (0..history.orders.len()).filter(|at| history.orders[*at].kind == OrderKind::Refunded).collect();
    returns.sort_by_key(|at| (history.orders[*at].time, *at));
    for at in returns {
        let refund = &history.orders[at];
        for line in refund.first_line..refund.first_line + refund.line_count {
            let returned = history.lines[line as usize];
            if refund.customer.is_none() {
                continue;
            }
            let mut missing = returned.quantity.abs();
            for sale in history.orders.iter().rev().filter(|sale| {
                sale.kind == OrderKind::Completed && sale.customer == refund.customer && sale.time <= refund.time
            }) {
                for sold in (sale.first_line..sale.first_line + sale.line_count).rev() {
                    let sold = sold as usize;
                    if history.lines[sold].product == returned.product && left[sold] > Quantity::ZERO {
                        let taken = left[sold].min(missing);
                        left[sold] -= taken;
                        missing -= taken;
                    }
                }
            }
            found.push((line, returned.quantity.abs() - missing));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_way_finds_what_the_slow_way_finds(
        orders in prop::collection::vec((any::<bool>(), prop::option::of(0..2u8), 0..6u32, prop::collection::vec((0..2u8, 1..6i8), 1..4)), 1..25)
    ) {
        /// As `Told`, with texts of its own.
        type Owned = (String, Option<String>, u32, Vec<(String, f64)>);
        let owned: Vec<Owned> = orders
            .into_iter()
            .enumerate()
            .map(|(index, (refund, user, minute, lines))| {
                let sign = if refund { -1.0 } else { 1.0 };
                let lines = lines.into_iter().map(|(item, quantity)| (format!("I{item}"), sign * f64::from(quantity))).collect();
                (format!("{}{index}", if refund { "C" } else { "" }), user.map(|user| user.to_string()), minute, lines)
            })
            .collect();
        let lines: Vec<Vec<(&str, f64)>> =
            owned.iter().map(|(.., lines)| lines.iter().map(|(item, quantity)| (item.as_str(), *quantity)).collect()).collect();
        let orders: Vec<Told<'_>> = owned
            .iter()
            .zip(&lines)
            .map(|((id, user, minute, _), lines)| (id.as_str(), user.as_deref(), *minute, lines.as_slice()))
            .collect();
        let history = history_of(&orders);
        let report = cancellations(&history);
        let fast: Vec<(u32, Quantity)> = report.matches.iter().map(|found| (found.line, found.matched)).collect();
        prop_assert_eq!(fast, slowly(&history));
        for found in &report.matches {
            prop_assert_eq!(found.sales.iter().map(|sale| sale.quantity).sum::<Quantity>(), found.matched);
            prop_assert!(found.matched <= found.quantity);
        }
        prop_assert_eq!(report.matched + report.partly + report.unmatched, report.matches.len() as u64);
    }
}
