//! What is an order, what is revenue and what was refunded: the same on every page.

use crate::support::{MAPPING, Shop, get};
use std::process::Stdio;

/// Postage alone, goods with postage, an order of two events, an exchange among the returns, something for nothing.
const ORDERS: &str = "order,customer,time,item,quantity,price\n\
1,A,2024-01-01,P1,4,10\n1,A,2024-01-01,POST,1,5\n\
2,A,2024-01-05,POST,1,5\n\
3,B,2024-01-09,P2,2,20\n3,B,2024-01-09,P3,1,0\n\
C4,B,2024-02-01,P2,-2,20\nC4,B,2024-02-01,P1,1,10\n\
C5,A,2024-02-02,POST,-1,5\n\
6,C,2024-02-03,P3,1,0\n";

#[test]
fn report_overview_and_customers_add_up_to_the_same() {
    let mapping =
        MAPPING.to_owned() + "\n[refund]\norder_starts_with = \"C\"\n\n[items]\nnon_product_codes = [\"POST\"]\n";
    let shop = Shop::mapped(ORDERS, &mapping);
    assert!(shop.import().status.success());
    shop.ok(&["refresh"]);
    let report = shop.report();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();

    let mut server =
        shop.command(&["serve", "--set", "server.listen=127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(server.stdout.take().unwrap()), &mut line).unwrap();
    let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
    let overview = get(address, "/overview")["totals"].clone();
    let customers = get(address, "/customers")["rows"].as_array().unwrap().clone();
    server.kill().unwrap();
    server.wait().unwrap();

    let sum = |field: &str| customers.iter().map(|row| number(&row[field])).sum::<f64>();
    let of_customers = [sum("orders"), sum("revenue"), sum("revenue") - sum("net_revenue")];
    let of_overview = ["orders", "gross_revenue", "refunded"].map(|field| number(&overview[field]));
    let of_report = ["orders", "revenue", "refunded"].map(|field| number(&report["totals"][field]));
    assert_eq!(of_report, [2.0, 80.0, 30.0]);
    assert_eq!(of_overview, of_report);
    assert_eq!(of_customers, of_report);
}
