//! Parquet files take the road that tables of text take.

use crate::support::{MAPPING, Shop, kill_after, orders};
use bellwether_lake::{Column, NamedColumn, ParquetTable, write_parquet_table};
use chrono::{NaiveDateTime, TimeDelta, Utc};
use std::time::Instant;

/// The table of `orders` with types: whole numbers, prices of floating point, moments.
pub fn as_parquet(csv: &str) -> ParquetTable {
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let texts = |at: usize| Column::Text(rows.iter().map(|row| Some(row[at].to_owned())).collect());
    let time = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap().and_utc();
    let column = |name: &str, values| NamedColumn { name: name.to_owned(), values };
    ParquetTable {
        columns: vec![
            column("order", Column::Integer(rows.iter().map(|row| row[0].parse().ok()).collect())),
            column("customer", texts(1)),
            column("time", Column::Time(rows.iter().map(|row| Some(time(row[2]))).collect())),
            column("item", texts(3)),
            column("quantity", Column::Integer(rows.iter().map(|row| row[4].parse().ok()).collect())),
            column("price", Column::Number(rows.iter().map(|row| row[5].parse().ok()).collect())),
        ],
    }
}

fn parquet_shop(csv: &str) -> Shop {
    let shop = Shop::new(csv);
    write_parquet_table(&shop.path("orders.parquet"), &as_parquet(csv)).unwrap();
    shop
}

const IMPORT: [&str; 4] = ["import", "orders.parquet", "--mapping", "mapping.toml"];

#[test]
fn a_parquet_file_becomes_what_the_same_table_of_text_becomes() {
    let csv = orders(300, 3);
    let text = Shop::new(&csv);
    assert!(text.import().status.success());
    let shop = parquet_shop(&csv);
    let said = shop.said(&IMPORT);
    assert!(said.contains("orders.parquet: 900 rows → 300 events, 0 rows in quarantine"), "{said}");
    let (of_text, of_parquet) = (text.report(), shop.report());
    assert_eq!(of_text["totals"], of_parquet["totals"]);
    let digest = shop.digest();
    let again = shop.said(&IMPORT);
    assert!(again.contains("already imported"), "{again}");
    assert_eq!(shop.digest(), digest);
}

#[test]
fn a_dry_run_shows_rows_and_events_and_a_draft_is_guessed() {
    let shop = parquet_shop(&orders(300, 3));
    let mut dry = IMPORT.to_vec();
    dry.push("--dry-run");
    let shown = shop.ok(&dry);
    assert!(shown.contains("orders.parquet: 20 rows read, times as iso"), "{shown}");
    assert!(
        shown.contains("order=0 customer=\"C0\" time=\"2024-01-01T00:00:00Z\"") || shown.contains("order=\"0\""),
        "{shown}"
    );
    assert!(!shop.path("data").join("store.sqlite").exists(), "nothing is imported");
    let draft = shop.ok(&["guess", "orders.parquet"]);
    assert!(draft.contains("kind = \"orders\""), "{draft}");
}

#[test]
fn an_import_of_parquet_that_is_killed_goes_on() {
    let csv = orders(40_000, 2);
    let started = Instant::now();
    let undisturbed = parquet_shop(&csv);
    let prepared = started.elapsed();
    undisturbed.ok(&IMPORT);
    let whole = started.elapsed() - prepared;
    let shop = parquet_shop(&csv);
    let kills = (1..=4).filter(|part| kill_after(&mut shop.command(&IMPORT), whole * *part / 6)).count();
    assert!(kills > 0, "nothing was killed; the test shows nothing");
    shop.ok(&IMPORT);
    assert_eq!(shop.digest(), undisturbed.digest());
}

#[test]
fn a_file_that_is_not_whole_says_so_and_nothing_is_imported() {
    let shop = parquet_shop(&orders(300, 3));
    let whole = std::fs::read(shop.path("orders.parquet")).unwrap();
    std::fs::write(shop.path("orders.parquet"), &whole[..whole.len() / 2]).unwrap();
    let said = shop.fails(&IMPORT);
    assert!(said.contains("orders.parquet cannot be read as Parquet") && said.contains("is it complete"), "{said}");
}

#[test]
fn rows_that_are_wrong_are_named_by_their_number() {
    let shop = Shop::mapped("", &MAPPING.replace("\"quantity\"", "{ column = \"quantity\" }"));
    let column = |name: &str, values: [&str; 3]| NamedColumn {
        name: name.to_owned(),
        values: Column::Text(values.iter().map(|value| Some((*value).to_owned())).collect()),
    };
    let day = |n| Some(Utc::now() - TimeDelta::days(n));
    let table = ParquetTable {
        columns: vec![
            column("order", ["1", "2", "3"]),
            column("customer", ["a", "b", "c"]),
            NamedColumn { name: "time".to_owned(), values: Column::Time(vec![day(1), day(2), None]) },
            column("item", ["x", "y", "z"]),
            column("quantity", ["1", "two", "3"]),
            column("price", ["1", "2", "3"]),
        ],
    };
    write_parquet_table(&shop.path("orders.parquet"), &table).unwrap();
    let mut dry = IMPORT.to_vec();
    dry.push("--dry-run");
    let shown = shop.ok(&dry);
    assert!(shown.contains("row 2, column `quantity`: ") && shown.contains("row 3: `time` is empty"), "{shown}");
}
