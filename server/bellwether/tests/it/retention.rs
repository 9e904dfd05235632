//! Events that are past their time leave the Lake; what they had made of people stays, whatever dies.

use crate::{
    door::server::Server,
    postgres::Schema,
    support::{Shop, get},
};
use bellwether_lake::ParquetRows;
use chrono::{TimeDelta, Utc};
use std::{collections::BTreeSet, ffi::OsString, path::PathBuf, process::Stdio, time::Duration};

/// Visits and purchases of members.
const MAPPING: &str = r#"kind = "events"
source = "members"
user_id = "who"
time = "at"

[[event]]
event = "what"
message_id = "id"
[event.traits]
city = "city"
[event.properties]
page = "page"
"#;

const RULES: [&str; 2] = ["--set", r#"retention.events={ "Viewed" = 30, "Searched" = 60 }"#];

/// Rows of `days` days back from today, so many a day, of three sorts.
fn visits(first: u32, days: u32, per_day: u32) -> String {
    let today = Utc::now().date_naive().and_hms_opt(0, 0, 0).unwrap();
    let mut csv = String::from("id,who,at,what,city,page\n");
    for row in 0..days * per_day {
        let at = today - TimeDelta::days(i64::from(row / per_day)) - TimeDelta::minutes(i64::from(row % 1_000) + 1);
        let what = ["Viewed", "Bought", "Searched"][row as usize % 3];
        let city = ["Köln", "上海", "Lyon"][(row / 7) as usize % 3];
        csv += &format!(
            "{},U{},{},{what},{city},/p/{}\n",
            first + row,
            row % 101,
            at.format("%Y-%m-%dT%H:%M:%SZ"),
            row % 13
        );
    }
    csv
}

/// A shop whose visits are in several files of the Lake.
fn shop(files: u32, per_day: u32, more: &[&str]) -> Shop {
    let shop = Shop::mapped("", MAPPING);
    for file in 0..files {
        let name = format!("visits-{file}.csv");
        std::fs::write(shop.path(&name), visits(file * 1_000_000, 100, per_day)).unwrap();
        shop.ok(&[&["import", &name, "--mapping", "mapping.toml"], more].concat());
    }
    shop
}

/// How many events of a name are in the files of the Lake, whether the manifest lists them or not.
fn in_the_lake(shop: &Shop, name: &str) -> usize {
    let wanted = format!("\"name\":\"{name}\"");
    let count = |path: PathBuf| {
        let (mut rows, mut row, mut found) = (ParquetRows::open(&path).unwrap(), String::new(), 0);
        while rows.next_row(&mut row).unwrap() {
            found += usize::from(row.contains(&wanted));
            row.clear();
        }
        found
    };
    std::fs::read_dir(shop.path("data/lake/events")).unwrap().map(|file| count(file.unwrap().path())).sum()
}

#[test]
fn events_past_their_time_are_counted_and_removed_by_name_and_nothing_else_changes() {
    let shop = shop(2, 30, &[]);
    let retention = |more: &[&str]| shop.ok(&[&["retention"][..], more, &RULES].concat());
    assert!(shop.ok(&["retention"]).contains("all events are kept for ever"));
    let all = |name| in_the_lake(&shop, name);
    assert_eq!((all("Viewed"), all("Searched"), all("Bought")), (2_000, 2_000, 2_000));
    let profiles = profiles(&shop);
    // Days 0 to 99 back, of which the first begins yesterday: rows of day `d` happened on day `d + 1` back.
    let dry = retention(&["--dry-run"]);
    for line in [
        "Viewed: kept 30 days, 1,400 of 2,000 past their time",
        "Searched: kept 60 days, 800 of 2,000 past",
        "Bought: kept for ever, 0 of 2,000",
    ] {
        assert!(dry.contains(line), "{line}: {dry}");
    }
    assert_eq!(all("Viewed"), 2_000, "a dry run removes nothing");
    let said = retention(&[]);
    assert!(said.contains("Viewed: kept 30 days, 1,400 of 2,000 removed"), "{said}");
    assert_eq!((all("Viewed"), all("Searched"), all("Bought")), (600, 1_200, 2_000));
    assert!(retention(&[]).contains("Viewed: kept 30 days, 0 of 600 removed"));
    assert_eq!(self::profiles(&shop), profiles, "people are what they were");
    assert!(shop.ok(&["replay"]).contains("the Store is what the events say"));
    shop.ok(&["doctor"]);
    // Later more is past its time, and what was removed before still counts.
    let stricter = ["--set", r#"retention.default_days=10"#];
    let said = shop.ok(&[&["retention"][..], &stricter].concat());
    assert!(said.contains("Bought: kept 10 days, 1,800 of 2,000 removed"), "{said}");
    assert_eq!(self::profiles(&shop), profiles);
    assert!(shop.ok(&["replay"]).contains("the Store is what the events say"));
}

fn profiles(shop: &Shop) -> Vec<String> {
    let store = rusqlite::Connection::open(shop.path("data/store.sqlite")).unwrap();
    let mut rows = store
        .prepare("SELECT user_id || traits || events || last_seen || first_seen FROM profiles ORDER BY id")
        .unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_rule_that_no_event_fits_is_said() {
    let shop = shop(1, 3, &[]);
    let said = shop.ok(&["retention", "--dry-run", "--set", r#"retention.events={ "Veiwed" = 30 }"#]);
    assert!(said.contains("Veiwed: retention.events names it, and no event in the Lake is called so"), "{said}");
    let said = shop.fails(&["retention", "--set", r#"retention.events={ "Viewed" = -30 }"#]);
    assert!(said.contains("-30 is no number of days from 0 (for ever) to 36500"), "{said}");
    let shown = shop.ok(&[&["config"][..], &RULES].concat());
    assert!(shown.contains("retention.events") && shown.contains("Viewed = 30"), "{shown}");
}

/// The control of the baselines.
#[test]
fn without_what_removed_events_had_made_a_rebuild_differs() {
    let shop = shop(1, 30, &[]);
    let mut retention = shop.command(&[&["retention"][..], &RULES].concat());
    assert!(retention.env("BELLWETHER_FAULT", "forget-baselines").output().unwrap().status.success());
    let said = shop.fails(&["replay"]);
    assert!(said.contains("101 profiles and subjects are not what the events say"), "{said}");
    assert!(!shop.run(&["doctor"]).status.success());
}

#[test]
fn what_was_removed_does_not_come_back_with_its_file() {
    let shop = shop(1, 30, &[]);
    shop.ok(&[&["retention"][..], &RULES].concat());
    let people = profiles(&shop);
    shop.sql("inbox.sqlite", "DELETE FROM import_cursors");
    shop.ok(&["import", "visits-0.csv", "--mapping", "mapping.toml"]);
    assert_eq!(in_the_lake(&shop, "Viewed"), 300, "each event was counted before");
    assert_eq!(profiles(&shop), people);
    assert!(shop.ok(&["replay"]).contains("the Store is what the events say"));
}

/// The names of the files in the Lake's folder, finished or not.
fn files(shop: &Shop) -> BTreeSet<OsString> {
    std::fs::read_dir(shop.path("data/lake/events")).unwrap().map(|file| file.unwrap().file_name()).collect()
}

/// Kills a removal (SIGKILL) so long after its first new file appears; says whether it was still running then.
fn kill_while_files_change(shop: &Shop, arguments: &[&str], pause: Duration) -> bool {
    let before = files(shop);
    let mut command = shop.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while files(shop).is_subset(&before) && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(pause);
    let running = child.try_wait().unwrap().is_none();
    // Fails only where it has ended by itself in the meantime.
    let _ = child.kill();
    child.wait().unwrap();
    running
}

fn killed_again_and_again(more: &[&str]) {
    const FILES: u32 = 6;
    let arguments = [&["retention"][..], &RULES, more].concat();
    let undisturbed = shop(FILES, 60, &[]);
    undisturbed.ok(&[&["retention"][..], &RULES].concat());
    let shop = shop(FILES, 60, more);
    let mut kills = 0;
    for milliseconds in [0, 5, 15, 30, 60, 0, 10, 40] {
        kills += u32::from(kill_while_files_change(&shop, &arguments, Duration::from_millis(milliseconds)));
    }
    assert!(kills > 2, "hardly anything was killed; the test shows nothing");
    shop.ok(&arguments);
    assert!(shop.ok(&[&["replay"], more].concat()).contains("the Store is what the events say"));
    shop.ok(&[&["doctor"], more].concat());
    assert_eq!(in_the_lake(&shop, "Viewed"), in_the_lake(&undisturbed, "Viewed"));
    assert_eq!(shop.ok(&[&["doctor", "--digest"], more].concat()), undisturbed.digest());
}

#[test]
fn a_removal_that_is_killed_again_and_again_ends_like_one_that_was_left_alone() {
    killed_again_and_again(&[]);
}

#[test]
fn a_removal_that_is_killed_on_postgresql_ends_like_one_on_sqlite() {
    let Some(schema) = Schema::create("retention") else { return };
    killed_again_and_again(&["--set", &schema.setting()]);
}

#[test]
fn a_server_removes_by_itself_and_the_timeline_does_not_show_it_any_more() {
    let shop = shop(1, 30, &[]);
    let mut server = Server::new(&shop.path(""), &[RULES[1].to_owned(), "retention.every_minutes=0".to_owned()]);
    assert!(server.start(), "{}", server.log());
    let found = get(&server.address, "/customers?q=U1");
    let person = found["rows"].as_array().unwrap().iter().find(|row| row.to_string().contains("\"U1\"")).unwrap();
    let id = person["id"].as_str().unwrap();
    let timeline = format!("/api/v1/customers/{id}/timeline?limit=100");
    let count = |body: &str, name: &str| body.matches(&format!("\"{name}\"")).count();
    // Of 101 members each did 3,000 / 101 things.
    let answer = server.wait_until(&timeline, |answer| count(&answer.body, "Viewed") < 5);
    assert!(count(&answer.body, "Bought") > 7, "{}", answer.body);
    assert_eq!(get(&server.address, &format!("/customers/{id}"))["events"], 30, "what the person is counts all");
    server.stop();
    assert!(server.log().contains("events past their time were removed"), "{}", server.log());
    assert!(shop.ok(&["replay"]).contains("the Store is what the events say"));
    // The old file was kept for those who read it; whoever is alone with the folder removes it.
    assert_eq!((in_the_lake(&shop, "Viewed"), in_the_lake(&shop, "Bought")), (1_300, 2_000));
    shop.ok(&[&["retention"][..], &RULES].concat());
    assert_eq!((in_the_lake(&shop, "Viewed"), in_the_lake(&shop, "Bought")), (300, 1_000));
}
