//! The real data sets, against what is known of them from other programs.

use crate::support::*;
use bellwether_collect::{ExperimentMapping, Importer, OrderMapping, read_experiment};
use bellwether_domain::Money;
use serde::Deserialize;
use std::{collections::HashSet, path::Path};

/// The parts of an event that are counted; reading the rest would only take time.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "userId")]
    user_id: Option<String>,
    event: String,
    order: Order,
}

#[derive(Deserialize)]
struct Order {
    order_id: String,
    products: Vec<Product>,
}

/// A row of five, in this order.
#[derive(Deserialize)]
struct Product {
    id: String,
    name: String,
    qty: f64,
    price: Money,
    _line: u64,
}

#[derive(Deserialize)]
enum Line {
    #[serde(rename = "e")]
    Event(Event),
}

#[derive(Default, PartialEq, Debug)]
struct Counts {
    rows: u64,
    events: u64,
    orders: HashSet<String>,
    customers: HashSet<String>,
    products: HashSet<String>,
    without_customer: u64,
    refunded: u64,
    negative: u64,
    free: u64,
    below_nothing: u64,
    nameless: u64,
    value: i128,
}

fn count(path: &Path) -> Counts {
    let text = std::fs::read_to_string(bundled("examples/retail/mapping.toml")).unwrap();
    let mapping = OrderMapping::parse("mapping.toml", &text).unwrap();
    let mut importer = Importer::open(path, &mapping).unwrap();
    let mut counts = Counts::default();
    while let Some(batch) = importer.next_batch(1000).unwrap() {
        assert_eq!(batch.rejected, 0);
        counts.rows += batch.rows;
        counts.events += batch.events;
        for line in batch.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let Line::Event(event) = serde_json::from_slice(line).unwrap();
            counts.add(event);
        }
    }
    counts
}

impl Counts {
    fn add(&mut self, event: Event) {
        let rows = event.order.products.len() as u64;
        self.orders.insert(event.order.order_id);
        self.refunded += if event.event == "Order Refunded" { rows } else { 0 };
        match event.user_id {
            Some(user) => drop(self.customers.insert(user)),
            None => self.without_customer += rows,
        }
        for product in event.order.products {
            self.negative += u64::from(product.qty < 0.0);
            self.free += u64::from(product.price.is_zero());
            self.below_nothing += u64::from(product.price.is_negative());
            self.nameless += u64::from(product.name.is_empty());
            self.value += i128::from(product.price.ten_thousandths()) * (product.qty as i128);
            self.products.insert(product.id);
        }
    }
}

#[test]
fn the_retail_file_has_what_is_known_of_it() {
    // The bundled copy is the whole file, packed more tightly.
    let counts = count(&bundled("examples/retail/online_retail.csv.zst"));
    // One event per invoice, also where a line of another invoice stands in between (542806).
    assert_eq!((counts.rows, counts.events), (541_909, 25_900));
    assert_eq!((counts.orders.len(), counts.customers.len(), counts.products.len()), (25_900, 4_372, 4_070));
    assert_eq!((counts.without_customer, counts.refunded, counts.negative), (135_080, 9_288, 10_624));
    assert_eq!((counts.free, counts.below_nothing, counts.nameless), (2_515, 2, 1_454));
    assert_eq!(counts.value, 97_477_479_340, "9,747,747.934");
}

#[test]
fn the_original_file_gives_the_same_as_the_bundled_one() {
    let Some(original) = real("online_retail/online_retail.csv.gz") else { return };
    let text = std::fs::read_to_string(bundled("examples/retail/mapping.toml")).unwrap();
    let mapping = OrderMapping::parse("mapping.toml", &text).unwrap();
    let open = |path: &Path| Importer::open(path, &mapping).unwrap();
    let (mut one, mut other) = (open(&original), open(&bundled("examples/retail/online_retail.csv.zst")));
    // The beginning is enough: the rows behind it are counted above, and the sum of values would show any difference.
    for _ in 0..3 {
        assert!(one.next_batch(500).unwrap() == other.next_batch(500).unwrap());
    }
}

#[test]
fn hillstrom_equals_what_the_raw_file_says() {
    let Some(path) = real("hillstrom/hillstrom.csv.gz") else { return };
    let text = std::fs::read_to_string(bundled("examples/hillstrom/mapping.toml")).unwrap();
    let data = read_experiment(&[path], &ExperimentMapping::parse("mapping.toml", &text).unwrap()).unwrap();
    assert_eq!((data.rows, data.rejected), (64_000, 0));
    let of = |arm: &str, metric: &str| {
        let summary = data.summaries.iter().find(|s| s.arm == arm && s.metric == metric).unwrap();
        (summary.n, (summary.sum * 100.0).round() / 100.0)
    };
    // Counted with Python's csv module.
    for (arm, n, visits, purchases, spend) in [
        ("No E-Mail", 21_306, 2_262.0, 122.0, 13_908.33),
        ("Mens E-Mail", 21_307, 3_894.0, 267.0, 30_311.69),
        ("Womens E-Mail", 21_387, 3_238.0, 189.0, 23_038.11),
    ] {
        assert_eq!(of(arm, "visit"), (n, visits));
        assert_eq!(of(arm, "conversion"), (n, purchases));
        assert_eq!(of(arm, "spend"), (n, spend));
    }
    let squares = data.summaries.iter().find(|s| s.arm == "Mens E-Mail" && s.metric == "spend").unwrap().sum_squares;
    assert!((squares - 6_759_024.497_300_005).abs() < 1e-3, "{squares}");
    let web = data
        .segments
        .iter()
        .find(|s| s.value == "Web" && s.summary.arm == "Mens E-Mail" && s.summary.metric == "visit");
    assert_eq!(web.map(|s| (s.summary.n, s.summary.sum)), Some((9_490, 1_845.0)));
}
