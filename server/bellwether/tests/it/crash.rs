//! Killed anywhere and run again, the result is that of an undisturbed run.

use crate::support::{Shop, orders};
use std::time::{Duration, Instant};

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
fn without_the_cursor_rows_would_count_twice() {
    // The control: the same rows under another source name are not recognised, so the digest must differ.
    let csv = orders(50, 3);
    let once = Shop::new(&csv);
    assert!(once.import().status.success());
    let again = Shop::new(&csv);
    assert!(again.import().status.success());
    assert!(again.import().status.success(), "the same file again changes nothing");
    assert_eq!(once.digest(), again.digest());
    let mapping = std::fs::read_to_string(again.path("mapping.toml")).unwrap().replace("small-shop", "other-shop");
    std::fs::write(again.path("mapping.toml"), mapping).unwrap();
    assert!(again.import().status.success());
    assert_ne!(once.digest(), again.digest());
}

#[test]
fn a_kill_is_survived_by_what_was_acknowledged() {
    let shop = Shop::new(&orders(3_000, 8));
    shop.import_killed_after(Duration::from_millis(250));
    // Whatever was left behind, the folder opens and is sound.
    if shop.path("data/inbox.sqlite").exists() {
        shop.ok(&["doctor"]);
    }
}
