//! Another shop's file, with a mapping that its owner wrote; and files that are broken.

use crate::support::{Shop, orders};

const GERMAN: &str = "Beleg;Kunde;Datum;Artikel;Bezeichnung;Menge;Preis;Land\n\
1001;7;03.02.2024 09:15;A1;Teekanne, blau;2;12,50;DE\n\
1001;7;03.02.2024 09:15;A2;Untersetzer;6;0,99;DE\n\
1002;8;15.02.2024 17:40;A1;Teekanne, blau;1;12,50;AT\n\
G1003;7;20.02.2024 10:00;A1;Teekanne, blau;-1;12,50;DE\n";

const GERMAN_MAPPING: &str = r#"kind = "orders"
source = "teeladen"

[numbers]
decimal = "comma"

[columns]
order = "Beleg"
customer = "Kunde"
time = { column = "Datum", timezone = "Europe/Berlin" }
item = "Artikel"
item_name = "Bezeichnung"
quantity = "Menge"
price = "Preis"
currency = { constant = "EUR" }

[traits]
country = "Land"

[refund]
order_starts_with = "G"
"#;

#[test]
fn another_shop_goes_the_same_way() {
    let shop = Shop::mapped(GERMAN, GERMAN_MAPPING);
    let shown = shop.ok(&["import", "orders.csv", "--mapping", "mapping.toml", "--dry-run"]);
    assert!(shown.contains("Order Completed") && shown.contains("Order Refunded"), "{shown}");
    assert!(!shop.path("data/inbox.sqlite").exists(), "a dry run imports nothing");
    let output = shop.import();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = shop.report();
    assert_eq!(report["totals"]["customers"], 2);
    assert_eq!(report["totals"]["orders"], 2);
    assert_eq!(report["totals"]["revenue"], 2.0 * 12.5 + 6.0 * 0.99 + 12.5);
    assert_eq!(report["totals"]["refunded"], 12.5);
}

fn rejected(csv: &str) -> (String, serde_json::Value) {
    let shop = Shop::new(csv);
    let output = shop.import();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stderr).unwrap(), shop.report())
}

#[test]
fn good_rows_are_in_and_bad_ones_in_quarantine() {
    let csv = orders(20, 2)
        + "20,C1,2024-01-01 00:00:00,P1,many,1.00\n21,C1,2024-13-45,P1,1,1.00\n22,C1,2024-01-01 00:00:00,P1,1,\"12,50\"\n";
    let (said, report) = rejected(&csv);
    assert!(said.contains("3 of 43 rows could not be used"), "{said}");
    assert_eq!(report["totals"]["orders"], 20);
    let reasons: std::collections::BTreeMap<String, u64> = report["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["rule"].as_str().unwrap().to_owned(), row["rows"].as_u64().unwrap()))
        .collect();
    assert_eq!(reasons["bad_number"], 2);
    assert_eq!(reasons["bad_date"], 1);
}

#[test]
fn a_file_that_ends_in_the_middle_keeps_what_it_has() {
    let whole = orders(20, 2);
    let (_, report) = rejected(&whole[..whole.len() - 9]);
    assert_eq!(report["totals"]["orders"], 20);
}

#[test]
fn files_that_are_no_orders_are_refused_in_words() {
    let refuse = |csv: &str, expected: &str| {
        let output = Shop::new(csv).import();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(expected), "{csv:?}: {said}");
    };
    refuse("", "empty");
    refuse("order,customer,time,item,quantity\n1,C1,2024-01-01,P1,1\n", "price");
    refuse("order,customer,time,item,quantity,price\n", "header");
}
