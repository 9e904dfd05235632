//! Shops that are too small or too young for some steps: every command still ends in an answer with its reason.

use crate::support::Shop;

const HEADER: &str = "order,customer,time,item,quantity,price\n";

/// What the README says to do with another shop's file. Gives what `refresh` said.
fn whole_way(csv: &str) -> (Shop, String) {
    let shop = Shop::new(csv);
    assert!(shop.import().status.success());
    let said = shop.said(&["refresh"]);
    shop.ok(&["report"]);
    shop.ok(&["campaign", "list"]);
    shop.ok(&["doctor"]);
    (shop, said)
}

#[test]
fn three_customers_are_too_few_to_divide() {
    let rows = "1,A,2024-01-01,P1,1,10\n2,B,2024-01-09,P2,2,5\n3,C,2024-03-03,P1,1,10\n4,A,2024-03-04,P2,1,5\n";
    let (shop, said) = whole_way(&(HEADER.to_owned() + rows));
    for part in ["no segments: 3 customers", "no clusters: ", "lists for 3 customers", "no backtest: "] {
        assert!(said.contains(part), "`{part}` is not in {said}");
    }
    let report = shop.report();
    assert_eq!((&report["totals"]["customers"], &report["backtest"]), (&3.into(), &serde_json::Value::Null));
}

#[test]
fn a_shop_that_knows_nobody_has_sales_all_the_same() {
    let rows: String = (1..60).map(|n| format!("{n},,2024-01-{:02},P{},1,10\n", n % 28 + 1, n % 5)).collect();
    let (shop, said) = whole_way(&(HEADER.to_owned() + &rows));
    assert!(said.contains("no segments: 0 customers") && said.contains("lists for 0 customers: "), "{said}");
    assert_eq!(shop.report()["totals"]["orders"], 59);
}

#[test]
fn a_shop_of_three_weeks_cannot_be_judged_and_serves_what_sells() {
    let rows: String =
        (0..60).map(|n| format!("{n},C{},2024-01-{:02},P{},1,10\n", n % 12, n % 21 + 1, n % 9)).collect();
    let (shop, said) = whole_way(&(HEADER.to_owned() + &rows));
    for part in ["popularity serves, lists for 12 customers; not judged, because ", "no backtest: "] {
        assert!(said.contains(part), "`{part}` is not in {said}");
    }
    let recommenders = &shop.report()["recommenders"];
    assert_eq!((&recommenders[0]["kind"], &recommenders[0]["serving"]), (&"popularity".into(), &true.into()));
}

#[test]
fn a_date_of_another_century_does_not_make_everybody_lost() {
    let rows: String =
        (0..60).map(|n| format!("{n},C{},2024-01-{:02},P{},1,10\n", n % 12, n % 21 + 1, n % 9)).collect();
    let (shop, said) = whole_way(&(HEADER.to_owned() + &rows + "99,C1,2111-01-05,P1,1,10\n"));
    assert!(said.contains("1 orders are dated in the future"), "{said}");
    let report = shop.report();
    let segment = &report["segments"][0];
    assert!(segment["as_of"].as_str().unwrap().starts_with("2024-01-22"), "{segment}");
    let rules = report["rules"].as_array().unwrap();
    let future = rules.iter().find(|rule| rule["rule"] == "order_in_the_future").unwrap();
    assert_eq!(future["rows"], 1);
}
