//! The whole retail file, as bundled, against counts from other programs (pandas' `duplicated`, Python's csv module).

use crate::support::{bundled, history};
use bellwether_clean::{Cleaner, cancellations, merge_item, outliers};
use bellwether_collect::{Importer, OrderMapping};
use bellwether_domain::{CleanEvent, Item, LineFlag, Money, OrderKind, RawEvent, Reject, RejectReason};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

#[derive(Deserialize)]
enum Record<'a> {
    #[serde(rename = "e", borrow)]
    Event(RawEvent<'a>),
}

#[derive(Default)]
struct Retail {
    events: Vec<CleanEvent>,
    rejects: Vec<Reject>,
    counts: BTreeMap<String, u64>,
    items: BTreeMap<String, Item>,
}

fn retail() -> Retail {
    let folder = bundled("examples/retail");
    let text = std::fs::read_to_string(folder.join("mapping.toml")).unwrap();
    let mapping = OrderMapping::parse("mapping.toml", &text).unwrap();
    let mut importer = Importer::open(&folder.join("online_retail.csv.zst"), &mapping).unwrap();
    let mut cleaner = Cleaner::new(&mapping.items);
    let mut retail = Retail::default();
    while let Some(batch) = importer.next_batch(1000).unwrap() {
        let lines = std::str::from_utf8(&batch.body).unwrap().lines();
        let clean = cleaner.clean_batch(lines.map(|line| {
            let Record::Event(event) = serde_json::from_str(line).unwrap();
            event
        }));
        retail.events.extend(clean.events);
        retail.rejects.extend(clean.rejects);
        clean.rule_counts.into_iter().for_each(|count| *retail.counts.entry(count.rule).or_default() += count.rows);
        for item in clean.items {
            match retail.items.get_mut(&item.product) {
                Some(known) => merge_item(known, item),
                None => drop(retail.items.insert(item.product.clone(), item)),
            }
        }
    }
    retail
}

#[test]
fn the_retail_file_is_cleaned_as_known() {
    let retail = retail();
    check_counts(&retail);
    check_money(&retail);
    check_catalogue(&retail);
    check_history(&retail);
}

fn check_counts(retail: &Retail) {
    let expected = [
        ("rows", 541_909),
        ("exact_duplicate", 5_268),
        ("missing_customer", 135_080),
        ("cancellation", 9_288),
        ("non_product", 3_043),
        ("zero_price", 2_515),
        ("negative_price", 2),
        ("negative_quantity", 10_624),
        ("stock_movement", 1_336),
        ("missing_name", 1_454),
        ("quantity_outlier", 5),
        ("price_outlier", 13),
    ];
    for (rule, rows) in expected {
        assert_eq!(retail.counts.get(rule), Some(&rows), "{rule}");
    }
    assert_eq!(retail.counts.get("bad_event"), None);
    assert!(retail.rejects.iter().all(|reject| reject.reason == RejectReason::ExactDuplicate));
    assert_eq!(retail.rejects.len(), 5_268);
    let orders: HashSet<&str> =
        retail.events.iter().filter_map(|event| event.order.as_ref()).map(|order| order.order_id.as_str()).collect();
    let customers: HashSet<_> = retail.events.iter().filter_map(|event| event.subject).collect();
    assert_eq!((orders.len(), customers.len()), (25_900, 4_372));
}

fn check_money(retail: &Retail) {
    let orders = || retail.events.iter().filter_map(|event| event.order.as_ref());
    let value = |kind| orders().filter(|order| order.kind == kind).map(|order| order.value).sum::<Money>().to_string();
    assert_eq!(value(OrderKind::Completed), "10245830.993");
    assert_eq!(value(OrderKind::Refunded), "-475871.16");
    assert_eq!(orders().map(|order| order.fees).sum::<Money>().to_string(), "-43952.879");
}

fn check_catalogue(retail: &Retail) {
    assert_eq!(retail.items.len(), 4_070);
    let item = |product: &str| &retail.items[product];
    // Most of the year it was white; the name of the last sale stands.
    assert_eq!(
        (item("85123A").name.as_str(), item("85123A").category.as_str()),
        ("Cream Hanging Heart T-Light Holder", "Lighting and Candles")
    );
    assert_eq!((item("POST").is_product, item("22423").is_product), (false, true));
    // No remark of the stock room is left as the name of anything that was sold.
    let odd: Vec<&Item> = retail
        .items
        .values()
        .filter(|item| item.is_product && !item.price.is_zero())
        .filter(|item| item.name.is_empty() || item.name.starts_with(|c: char| c.is_lowercase()))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

fn check_history(retail: &Retail) {
    let history = history(&retail.events);
    let report = cancellations(&history);
    assert_eq!((report.matched, report.partly, report.unmatched), (7_395, 56, 1_052));
    assert_eq!((report.anonymous, report.non_product), (162, 586));
    // Of several sales of one minute either may be the last, so the sum of prices is only nearly that of the other program.
    assert!((report.matched_value.to_f64() - 485_489.33).abs() < 100.0, "{}", report.matched_value);
    let found = outliers(&history).unwrap();
    assert_eq!((found.quantities.len(), found.prices.len()), (4, 50));
    assert_eq!(found.limits.quantity.to_f64().round(), 13_771.0);
    let flagged = history.lines.iter().filter(|line| line.flags.contains(LineFlag::QuantityOutlier)).count();
    assert_eq!(flagged, 5);
}
