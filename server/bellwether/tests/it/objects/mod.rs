//! Objects of an S3-compatible store: what the same files are, whatever dies, and errors that help.

mod store;

use crate::{
    parquet::as_parquet,
    support::{MAPPING, Shop, kill_after, orders},
};
use bellwether_lake::write_parquet_table;
use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use store::{Place, Way, fails, said};

const MEGABYTE: u64 = 1_000_000;

/// Orders of a made-up shop in Chinese, in the encoding of Chinese spreadsheets.
fn gb18030(csv: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(&csv.replace(",P", ",龙井茶").replace(",C", ",顾客")).0.into_owned()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// Every order with other numbers, so that no order is in two files.
fn renumbered(csv: &str, by: u32) -> String {
    let mut lines = csv.lines();
    let head = lines.next().unwrap();
    let renumber = |line: &str| {
        let (order, rest) = line.split_once(',').unwrap();
        format!("{},{rest}", order.parse::<u32>().unwrap() + by)
    };
    std::iter::once(head.to_owned()).chain(lines.map(renumber)).map(|line| line + "\n").collect()
}

/// Orders with a column that nobody asks for, so that few rows are many bytes: about so many megabytes.
fn wide(megabytes: u32, seed: &str) -> String {
    let csv = orders(megabytes * 100, 2);
    let mut lines = csv.lines();
    let filler = seed.repeat(5_000 / seed.len());
    let mut wide = format!("{},note\n", lines.next().unwrap());
    for line in lines {
        wide += &format!("{line},{filler}\n");
    }
    wide
}

/// Imports a folder that has the same files.
fn imported_folder(files: &[(&str, Vec<u8>)]) -> Shop {
    let shop = Shop::new("");
    std::fs::create_dir(shop.path("files")).unwrap();
    for (name, content) in files {
        std::fs::write(shop.path("files").join(name), content).unwrap();
    }
    shop.ok(&["import", "files", "--mapping", "mapping.toml"]);
    shop
}

#[test]
fn a_folder_of_objects_is_what_the_folder_of_files_is_and_is_known_without_being_fetched_again() {
    let Some(place) = Place::new("folder") else { return };
    let shop = Shop::new("");
    let csv = orders(300, 3);
    write_parquet_table(&shop.path("c.parquet"), &as_parquet(&renumbered(&csv, 2_000))).unwrap();
    let files = [
        ("a.csv.gz", gzip(&csv)),
        ("b 订单.csv", gb18030(&renumbered(&csv, 1_000))),
        ("c.parquet", std::fs::read(shop.path("c.parquet")).unwrap()),
    ];
    for (name, content) in &files {
        place.put(name, content.clone());
    }
    place.put("_SUCCESS", "");
    place.put("picture.png", "PNG");
    let way = Way::to(&place.endpoint, Duration::ZERO);
    let import = || place.import_by(&way.endpoint, &shop, &place.address(""));
    let first = said(import());
    for expected in [
        "2 objects do not look like files of rows",
        "[1/3] Import",
        "/a.csv.gz (0.0 MB): 900 rows → 300 events, 0 rows in quarantine",
        "/b 订单.csv (",
        "[3/3] Import",
    ] {
        assert!(first.contains(expected), "{expected}: {first}");
    }
    assert_eq!(shop.digest(), imported_folder(&files).digest());
    shop.ok(&["doctor"]);

    let sizes: usize = files.iter().map(|(_, content)| content.len()).sum();
    assert!(way.answered() > sizes as u64);
    let again = said(import());
    assert_eq!(again.matches("already imported").count(), 3, "{again}");
    assert!(way.answered() < 4_096, "only the list was asked for");
    assert!(std::fs::read_dir(shop.path("data/spool/small-shop/object")).unwrap().next().is_none());
    // Under another name it has to be fetched, and is known by its content.
    place.put("copy.csv.gz", files[0].1.clone());
    assert!(
        said(place.import(&shop, "copy.csv.gz"))
            .contains("copy.csv.gz (0.0 MB): 900 rows → 300 events, 0 rows in quarantine (already imported)")
    );
}

/// How much of an object has been fetched.
fn fetched(shop: &Shop) -> u64 {
    let about = std::fs::read_to_string(shop.path("data/spool/small-shop/object.json")).unwrap_or_default();
    serde_json::from_str(&about).map_or(0, |about: serde_json::Value| about["fetched"].as_u64().unwrap())
}

/// Waits until a part has been fetched, and not all.
fn wait_for_a_part(shop: &Shop, size: u64) {
    let started = Instant::now();
    while fetched(shop) == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing is fetched");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(fetched(shop) < size, "all is fetched; the test shows nothing");
}

fn quietly(mut command: Command) -> std::process::Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn killed_while_fetching(place: &Place, way: &Way, name: &str, size: u64) -> Shop {
    let shop = Shop::new("");
    let mut child = quietly(place.import_by(&way.endpoint, &shop, &place.address(name)));
    wait_for_a_part(&shop, size);
    child.kill().unwrap();
    child.wait().unwrap();
    shop
}

#[test]
fn an_object_goes_on_where_fetching_was_killed() {
    let Some(place) = Place::new("resumed") else { return };
    let csv = wide(20, "resumed");
    let size = csv.len() as u64;
    place.put("wide.csv", csv.clone());
    let way = Way::to(&place.endpoint, Duration::from_millis(60));
    let shop = killed_while_fetching(&place, &way, "wide.csv", size);
    let at = fetched(&shop);
    way.answered();
    said(place.import_by(&way.endpoint, &shop, &place.address("wide.csv")));
    let answered = way.answered();
    assert!(answered < size - at + MEGABYTE, "{answered} of {size} bytes, {at} of which were there");
    assert_eq!(shop.digest(), imported_folder(&[("wide.csv", csv.into())]).digest());
    shop.ok(&["doctor"]);
}

#[test]
fn an_object_that_changed_while_nobody_looked_is_read_from_its_beginning() {
    let Some(place) = Place::new("changed") else { return };
    let (before, after) = (wide(20, "before!"), wide(20, "changed").replace(",P1", ",Q1"));
    assert_eq!(before.len(), after.len());
    let way = Way::to(&place.endpoint, Duration::from_millis(60));
    let expected = imported_folder(&[("wide.csv", after.clone().into())]).digest();
    for (fault, is_right) in [("", true), ("mix-versions", false)] {
        place.put("wide.csv", before.clone());
        let shop = killed_while_fetching(&place, &way, "wide.csv", before.len() as u64);
        place.put("wide.csv", after.clone());
        let mut command = place.import_by(&way.endpoint, &shop, &place.address("wide.csv"));
        command.env("BELLWETHER_FAULT", fault);
        said(command);
        assert_eq!(shop.digest() == expected, is_right, "{fault}");
    }
}

#[test]
fn an_object_that_changes_between_parts_is_refused_and_the_next_run_is_right() {
    let Some(place) = Place::new("changing") else { return };
    let (before, after) = (wide(20, "before!"), wide(20, "changed").replace(",P1", ",Q1"));
    place.put("wide.csv", before.clone());
    let way = Way::to(&place.endpoint, Duration::from_millis(60));
    let shop = Shop::new("");
    let child = quietly(place.import_by(&way.endpoint, &shop, &place.address("wide.csv")));
    wait_for_a_part(&shop, before.len() as u64);
    place.put("wide.csv", after.clone());
    let output = child.wait_with_output().unwrap();
    let said_then = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said_then.contains("wide.csv changed while it was read; run it again"),
        "{said_then}"
    );
    said(place.import(&shop, "wide.csv"));
    assert_eq!(shop.digest(), imported_folder(&[("wide.csv", after.into())]).digest());
}

#[test]
fn an_import_of_objects_that_is_killed_again_and_again_brings_every_order_once() {
    let Some(place) = Place::new("killed") else { return };
    let csv = orders(3_000, 8);
    let files = [("a.csv", csv.clone().into_bytes()), ("b.csv", renumbered(&csv, 10_000).into_bytes())];
    for (name, content) in &files {
        place.put(name, content.clone());
    }
    let started = Instant::now();
    let undisturbed = Shop::new("");
    said(place.import(&undisturbed, ""));
    let whole = started.elapsed();
    let shop = Shop::new("");
    let mut kills = 0;
    for part in 1..=8 {
        kills += u32::from(kill_after(&mut place.import(&shop, ""), whole * part / 10));
    }
    assert!(kills > 0, "nothing was killed; the test shows nothing");
    said(place.import(&shop, ""));
    assert_eq!(shop.digest(), undisturbed.digest());
    assert_eq!(shop.digest(), imported_folder(&files).digest());
    shop.ok(&["doctor"]);
}

#[test]
fn a_dry_run_fetches_the_beginning_only_and_keeps_nothing() {
    let Some(place) = Place::new("dry") else { return };
    let shop = Shop::new("");
    write_parquet_table(&shop.path("table.parquet"), &as_parquet(&orders(300, 3))).unwrap();
    place.put("wide.csv", wide(20, "dry run"));
    place.put("wide.csv.gz", gzip(&orders(60_000, 2)));
    place.put("table.parquet", std::fs::read(shop.path("table.parquet")).unwrap());
    let way = Way::to(&place.endpoint, Duration::from_millis(60));
    for name in ["wide.csv", "wide.csv.gz", "table.parquet"] {
        let address = place.address(name);
        let output = place.import_by(&way.endpoint, &shop, &address).arg("--dry-run").output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains(&format!("{address}: 20 rows read")), "{shown}");
        assert!(shown.contains("line 21:") || name == "table.parquet", "{shown}");
        assert!(way.answered() < 6 * MEGABYTE, "{name}");
    }
    let shown = place.import(&shop, "").arg("--dry-run").output().unwrap();
    assert!(String::from_utf8(shown.stdout).unwrap().contains("the first of 3 objects, "));
    assert!(!shop.path("data").exists());
}

#[test]
fn errors_say_what_where_and_what_to_do_and_no_secret() {
    let Some(place) = Place::new("errors") else { return };
    place.put("orders.csv", orders(10, 1));
    place.put("only/picture.png", "PNG");
    let shop = Shop::new("");
    let address = place.address("orders.csv");
    let with = |address: &str, name: &str, value: &str| {
        let mut command = place.import_by(&place.endpoint, &shop, address);
        command.env(name, value);
        fails(command)
    };
    let nothing = ("UNUSED", "");
    for (address, (name, value), expected) in [
        (&*address, ("AWS_SECRET_ACCESS_KEY", "wr0ng+s3cret"), "refused the signature for s3://imports/"),
        (&*address, ("AWS_SECRET_ACCESS_KEY", "wr0ng+s3cret"), "(SignatureDoesNotMatch: "),
        (&*address, ("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN"), "check AWS_ACCESS_KEY_ID"),
        (&*address, ("AWS_ACCESS_KEY_ID", ""), "there is no key for the object store: set AWS_ACCESS_KEY_ID"),
        (&*address, ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), "cannot reach http://127.0.0.1:9 for s3://imports/"),
        (&*address, ("AWS_ENDPOINT_URL", "127.0.0.1:9"), "write it as https://host or http://host:port"),
        ("s3://gone/orders.csv", nothing, "there is no bucket `gone` at http://127.0.0.1:"),
        (
            "s3://closed/orders.csv",
            nothing,
            "does not let this key read s3://closed/orders.csv (AccessDenied: Access Denied)",
        ),
        (&*place.address("ORDERS.csv"), nothing, "no object has this key, and none is in a folder of this name"),
        (&*place.address("only"), nothing, "none of the 1 objects at s3://imports/"),
        ("s3://", nothing, "names no bucket"),
    ] {
        let said = with(address, name, value);
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!said.contains(place.secret()) && !said.contains("wr0ng"), "{said}");
    }
    // Not even the log that says all.
    let mut command = place.import(&shop, "orders.csv");
    command.env("BELLWETHER_LOG_FILTER", "trace");
    let said = said(command);
    assert!(said.contains("10 rows → 10 events") && !said.contains(place.secret()), "{said}");
    let shown = shop.command(&["config"]).env("AWS_SECRET_ACCESS_KEY", place.secret()).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("s3.secret_access_key") && !shown.contains(place.secret()), "{shown}");
}

#[test]
fn a_disk_that_fills_while_fetching_is_said_and_room_lets_it_go_on() {
    let Some(place) = Place::new("full") else { return };
    let csv = wide(20, "no room");
    place.put("wide.csv", csv.clone());
    let shop = Shop::new("");
    let script = r#"
        set -u
        mkdir -p data && mount -t tmpfs -o size=12m tmpfs data || exit 77
        "$@" 2> full.txt && exit 78
        mount -o remount,size=256m data || exit 77
        "$@" 2> roomy.txt || exit 79
        "$1" --data data doctor --digest
    "#;
    let import = place.import(&shop, "wide.csv");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]).arg(import.get_program());
    command.args(import.get_args()).current_dir(shop.path(""));
    command.envs(import.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output();
    match output {
        Ok(output) if output.status.success() => {
            let said = std::fs::read_to_string(shop.path("full.txt")).unwrap();
            assert!(said.contains("the disk is full: the object needs ") && said.contains("Make room"), "{said}");
            let expected = imported_folder(&[("wide.csv", csv.into())]).digest();
            assert!(String::from_utf8(output.stdout).unwrap().ends_with(&expected));
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
fn a_mapping_that_changed_is_said_as_it_is_for_files() {
    let Some(place) = Place::new("mapping") else { return };
    place.put("orders.csv", orders(10, 1));
    let shop = Shop::mapped("", MAPPING);
    said(place.import(&shop, "orders.csv"));
    shop.edit_mapping("\"EUR\"", "\"USD\"");
    let refused = fails(place.import(&shop, "orders.csv"));
    assert!(refused.contains("s3://imports/") && refused.contains("was imported under another mapping"), "{refused}");
}
