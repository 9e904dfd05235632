//! Killed anywhere and run again, the result is that of an undisturbed run.

use crate::support::{Shop, orders};
use std::time::Instant;

#[test]
fn an_import_that_is_killed_again_and_again_ends_like_one_that_was_left_alone() {
    let csv = orders(6_000, 8);
    let undisturbed = Shop::new(&csv);
    let started = Instant::now();
    assert!(undisturbed.import().status.success());
    let whole = started.elapsed();

    let shop = Shop::new(&csv);
    let mut kills = 0;
    for part in 1..=8 {
        kills += u32::from(shop.import_killed_after(whole * part / 9));
    }
    assert!(kills > 0, "nothing was killed; the test shows nothing");
    assert!(shop.import().status.success());
    assert_eq!(shop.digest(), undisturbed.digest());
    shop.ok(&["doctor"]);
}

#[test]
fn a_full_disk_stops_an_import_and_room_lets_it_go_on() {
    let csv = orders(6_000, 8);
    let undisturbed = Shop::new(&csv);
    assert!(undisturbed.import().status.success());

    // A file system of its own that is too small at first. Needs no privilege where user namespaces are allowed.
    let shop = Shop::new(&csv);
    let script = r#"
        set -u
        mkdir -p data && mount -t tmpfs -o size=900k tmpfs data || exit 77
        "$0" --data data import orders.csv --mapping mapping.toml > /dev/null 2> full.txt && exit 78
        mount -o remount,size=256m data || exit 77
        "$0" --data data import orders.csv --mapping mapping.toml > /dev/null 2> roomy.txt || exit 79
        "$0" --data data doctor --digest
    "#;
    let output = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_bellwether")])
        .current_dir(shop.path(""))
        .output();
    match output {
        Ok(output) if output.status.success() => {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), undisturbed.digest());
            let said = std::fs::read_to_string(shop.path("full.txt")).unwrap();
            assert!(said.to_lowercase().contains("full") || said.contains("space"), "{said}");
        }
        Ok(output) if matches!(output.status.code(), Some(78 | 79)) => {
            let said = |name: &str| std::fs::read_to_string(shop.path(name)).unwrap_or_default();
            panic!("status {:?}\nfull: {}\nroomy: {}", output.status.code(), said("full.txt"), said("roomy.txt"));
        }
        other => {
            assert!(std::env::var_os("BELLWETHER_REQUIRE_ALL").is_none(), "no namespaces here: {other:?}");
            eprintln!("skipped: the full disk needs user namespaces ({other:?})");
        }
    }
}

#[test]
fn the_same_file_again_changes_nothing() {
    let csv = orders(50, 3);
    let (once, again) = (Shop::new(&csv), Shop::new(&csv));
    assert!(once.import().status.success());
    assert!(again.import().status.success() && again.import().status.success());
    assert_eq!(once.digest(), again.digest());
}

/// The control of the digest and of the cursor.
#[test]
fn without_cursor_and_ids_rows_would_count_twice() {
    let csv = orders(50, 3);
    let (once, again) = (Shop::new(&csv), Shop::new(&csv));
    assert!(once.import().status.success() && again.import().status.success());
    again.sql("inbox.sqlite", "DELETE FROM import_cursors");
    again.sql("store.sqlite", "DELETE FROM seen_runs");
    assert!(again.import().status.success());
    assert_eq!(again.report()["totals"]["orders"], 100, "every order twice");
    assert_ne!(once.digest(), again.digest());
}

/// The control of the inbox: what was acknowledged and then taken away is missed.
#[test]
fn a_batch_that_is_gone_is_missed() {
    let shop = killed_in_the_middle();
    shop.sql("inbox.sqlite", "DELETE FROM batches WHERE offset = (SELECT max(offset) FROM batches)");
    let said = shop.fails(&["import", "orders.csv", "--mapping", "mapping.toml"]);
    assert!(said.contains(" of the inbox is missing; restore"), "{said}");
}

#[test]
fn a_kill_is_survived_by_what_was_acknowledged() {
    let shop = killed_in_the_middle();
    // Whoever reads the data is shown all that was acknowledged, in the Lake as in the Store.
    let orders = shop.report()["totals"]["orders"].as_u64().unwrap();
    let left = shop.ok(&["doctor"]);
    assert!(!left.contains("stands at batch") && left.contains("unfinished: the import of orders.csv"), "{left}");
    let rows = left.split("stopped after ").nth(1).unwrap().split(' ').next().unwrap().parse::<u64>().unwrap();
    assert!(orders > 0 && orders == rows / 2, "{orders} orders of {rows} rows");
    assert!(shop.import().status.success());
    assert_eq!(shop.report()["totals"]["orders"], 60_000);
    assert!(!shop.ok(&["doctor"]).contains("unfinished"));
}

/// A shop whose import was killed when some of its batches were applied, and none of them was in the Lake.
fn killed_in_the_middle() -> Shop {
    // So many batches that the reader, who can be no more than a few of them ahead, is not at the end of the file yet.
    let csv = orders(60_000, 2);
    let started = Instant::now();
    assert!(Shop::new(&csv).import().status.success());
    let whole = started.elapsed();
    for part in [4, 3, 5, 2, 6, 1] {
        let shop = Shop::new(&csv);
        let killed = shop.import_killed_after(whole * part / 10);
        let left = if killed { shop.ok(&["doctor"]) } else { String::new() };
        if left.contains("unfinished: the Store stands at batch") && left.contains("unfinished: the import of") {
            return shop;
        }
    }
    panic!("no import could be killed in its middle");
}
