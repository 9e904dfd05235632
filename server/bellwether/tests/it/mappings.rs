//! A mapping that was wrong and is mended; a file that comes again; currencies.

use crate::support::{MAPPING, Shop, kill_after, orders};

/// Twenty orders whose prices have a decimal comma.
fn commas() -> String {
    let line = |n: u32| format!("{n},C{},2024-01-{:02} 10:00:00,P{},2,\"{n},50\"\n", n % 7, n % 28 + 1, n % 5);
    "order,customer,time,item,quantity,price\n".to_owned() + &(1..=20).map(line).collect::<String>()
}

const COMMA: &str = "[numbers]\ndecimal = \"comma\"\n\n[columns]";

#[test]
fn a_mapping_of_which_nothing_came_can_be_mended() {
    let right = Shop::mapped(&commas(), &MAPPING.replace("[columns]", COMMA));
    assert!(right.import().status.success());

    let shop = Shop::new(&commas());
    let said = shop.fails(&["import", "orders.csv", "--mapping", "mapping.toml"]);
    assert!(said.contains("none of its 20 rows can be used"), "{said}");
    assert_eq!(shop.report()["rejects"][0]["rows"], 20);
    shop.edit_mapping("[columns]", COMMA);
    let said = shop.said(&["import", "orders.csv", "--mapping", "mapping.toml"]);
    assert!(said.contains("20 rows → 20 events, 0 rows in quarantine"), "{said}");
    assert_eq!(shop.report()["rejects"], serde_json::json!([]));
    assert_eq!(shop.digest(), right.digest());
}

#[test]
fn a_mapping_of_which_something_came_cannot_be_exchanged() {
    let shop = Shop::new(&orders(20, 2));
    assert!(shop.import().status.success());
    let digest = shop.digest();
    shop.edit_mapping("quantity = \"quantity\"", "quantity = \"price\"");
    let said = shop.fails(&["import", "orders.csv", "--mapping", "mapping.toml"]);
    assert!(said.contains("imported under another mapping") && said.contains("fresh data folder"), "{said}");
    assert_eq!(shop.digest(), digest);
}

#[test]
fn a_file_that_is_in_is_said_to_be_in() {
    let shop = Shop::new(&orders(20, 2));
    let first = shop.said(&["import", "orders.csv", "--mapping", "mapping.toml"]);
    assert!(first.contains("rows/s") && !first.contains("already imported"), "{first}");
    // Comments and layout are no other mapping.
    shop.edit_mapping("[columns]", "# Of the till.\n[columns]   ");
    let again = shop.said(&["import", "orders.csv", "--mapping", "mapping.toml"]);
    assert!(again.contains("already imported") && !again.contains("rows/s"), "{again}");
}

#[test]
fn batches_are_cleaned_by_the_rules_that_they_came_with() {
    let (many, few) = (orders(16_000, 3), orders(10, 2).replace("2024-", "2023-").replace(",P", ",Q"));
    // Of other items: what two rules say of one item would depend on who came first.
    let other_rules = MAPPING.to_owned() + "\n[items]\nnon_product_codes = [\"P1*\"]\n";
    let import_few = |shop: &Shop| {
        std::fs::write(shop.path("few.csv"), &few).unwrap();
        std::fs::write(shop.path("other.toml"), &other_rules).unwrap();
        shop.ok(&["import", "few.csv", "--mapping", "other.toml"]);
    };
    let started = std::time::Instant::now();
    let undisturbed = Shop::new(&many);
    assert!(undisturbed.import().status.success());
    let whole = started.elapsed();
    import_few(&undisturbed);
    // The last word on the source's rules is the same in both.
    assert!(undisturbed.import().status.success());

    let killed = [6, 5, 7, 4, 8, 3].into_iter().find_map(|part| {
        let shop = Shop::new(&many);
        let mut import = shop.command(&["import", "orders.csv", "--mapping", "mapping.toml"]);
        let killed = kill_after(&mut import, whole * part / 10);
        (killed && shop.ok(&["doctor"]).contains("unfinished: the Store stands at batch")).then_some(shop)
    });
    let shop = killed.expect("nothing was killed when there was something to clean again; the test shows nothing");
    import_few(&shop);
    assert!(shop.import().status.success());
    assert_eq!(shop.digest(), undisturbed.digest());
}

/// Three orders in pounds and one in yen.
const TWO_CURRENCIES: &str = "order,customer,time,item,quantity,price,money\n\
1,A,2024-01-01,P1,1,100,GBP\n2,B,2024-01-02,P1,1,10000,JPY\n3,A,2024-01-03,P2,1,50,GBP\n4,C,2024-01-04,P2,1,25,GBP\n";

#[test]
fn amounts_of_two_currencies_are_not_added() {
    let by_column = MAPPING.replace("{ constant = \"EUR\" }", "\"money\"");
    let shop = Shop::mapped(TWO_CURRENCIES, &by_column);
    assert!(shop.import().status.success());
    let report = shop.report();
    assert_eq!((&report["currency"], &report["totals"]["revenue"]), (&"GBP".into(), &175.0.into()));
    assert_eq!((&report["rejects"][0]["rule"], &report["rejects"][0]["rows"]), (&"malformed".into(), &1.into()));
    let settings = shop.ok(&["config"]);
    let line = settings.lines().find(|line| line.starts_with("shop.currency")).unwrap();
    assert!(line.contains("\"GBP\"") && line.ends_with("bellwether.toml"), "{line}");

    // What somebody set stands, whatever comes first.
    let shop = Shop::mapped(TWO_CURRENCIES, &by_column);
    shop.ok(&["import", "orders.csv", "--mapping", "mapping.toml", "--set", "shop.currency=JPY"]);
    let output = shop.ok(&["report", "--format", "json", "--output", "-", "--set", "shop.currency=JPY"]);
    let report: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!((&report["totals"]["revenue"], &report["rejects"][0]["rows"]), (&10_000.0.into(), &3.into()));
}

const EVENTS: &str = "kind = \"events\"\nsource = \"site\"\nuser_id = \"user\"\ntime = \"at\"\n";

#[test]
fn a_currency_that_is_settled_later_is_no_other_mapping_of_events() {
    let shop = Shop::mapped(TWO_CURRENCIES, &MAPPING.replace("{ constant = \"EUR\" }", "\"money\""));
    let seen: String = (1..=50).map(|n| format!("{{\"user\":\"u{n}\",\"at\":\"2024-01-05\"}}\n")).collect();
    std::fs::write(shop.path("seen.jsonl"), seen).unwrap();
    std::fs::write(shop.path("seen.toml"), format!("{EVENTS}[[event]]\nevent = {{ constant = \"Seen\" }}\n")).unwrap();
    let seen = ["import", "seen.jsonl", "--mapping", "seen.toml"];
    let first = shop.said(&seen);
    assert!(first.contains("50 rows → 50 events"), "{first}");
    assert!(shop.import().status.success());
    let again = shop.said(&seen);
    assert!(again.contains("already imported"), "{again}");
}

#[test]
fn orders_that_begin_late_settle_the_currency() {
    let line = |n: u32, code: &str| {
        format!("{{\"no\":{n},\"user\":\"u\",\"at\":\"2024-01-05\",\"code\":\"{code}\",\"price\":1}}\n")
    };
    let orders: String = ["GBP", "JPY", "GBP"].iter().zip(2_001..).map(|(code, n)| line(n, code)).collect();
    let text = (1..=2_000).map(|n| line(n, "")).collect::<String>() + &orders;
    let rules = "[[event]]\nwhen = { column = \"code\", exists = false }\nevent = { constant = \"Seen\" }\n[[event]]\n\
                 when = { column = \"code\", exists = true }\n[event.order]\nid = \"no\"\ncurrency = \"code\"\n\
                 products = { item = \"no\", price = \"price\" }\n";
    let shop = Shop::mapped(&text, &format!("{EVENTS}{rules}"));
    std::fs::rename(shop.path("orders.csv"), shop.path("late.jsonl")).unwrap();
    let late = ["import", "late.jsonl", "--mapping", "mapping.toml"];
    let said = shop.said(&late);
    assert!(said.contains("2,003 rows → 2,002 events, 1 rows in quarantine"), "{said}");
    let report = shop.report();
    assert_eq!((&report["currency"], &report["totals"]["revenue"]), (&"GBP".into(), &2.0.into()));
    assert!(shop.said(&late).contains("already imported"));
}
