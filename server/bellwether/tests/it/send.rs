//! Campaigns of a shop of one's own, and what happens to them when the disk is full.

use crate::support::{Shop, orders};
use std::fmt::Write;

/// Two years of a shop whose customers differ in how often and how lately they came, so that every segment has members.
pub fn two_years() -> String {
    let mut csv = String::from("order,customer,time,item,quantity,price\n");
    for order in 0..2_000_u32 {
        let (month, day) = (order / 83, order % 28 + 1);
        let time = format!("{}-{:02}-{day:02} 10:00:00", 2023 + month / 12, month % 12 + 1);
        // Few customers with high numbers, and each of them gone after a while of its own.
        let drawn = (order.wrapping_mul(2_654_435_761) >> 12) % 400;
        let customer = drawn * drawn / 1_600;
        let customer = if month > customer * 7 % 24 { customer + 100 } else { customer };
        writeln!(csv, "{order},C{customer},{time},P{},{},{}.50", order * 7 % 211, order % 5 + 1, drawn % 40 + 1)
            .unwrap();
    }
    csv
}

fn shop_with_campaigns() -> Shop {
    let shop = Shop::new(&two_years());
    assert!(shop.import().status.success());
    shop.ok(&["refresh"]);
    let added = shop.ok(&["campaign", "add", "--pack", "retail"]);
    assert_eq!(added.matches(" added").count(), 3, "{added}");
    shop
}

#[test]
fn another_shop_has_campaigns_from_the_pack_and_from_files() {
    let shop = shop_with_campaigns();
    assert_eq!(shop.ok(&["campaign", "add", "--pack", "retail"]).matches("stays as it is").count(), 3);
    let sent = shop.ok(&["campaign", "run", "thank-champions"]);
    assert!(sent.contains("messages"), "{sent}");
    assert!(std::fs::read_dir(shop.path("data/outbox")).unwrap().count() > 0);

    let pack = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/retail/campaigns");
    std::fs::create_dir(shop.path("own")).unwrap();
    assert!(shop.fails(&["campaign", "add", "own"]).contains("no campaign"));
    let copy = |from: &str, to: &str| {
        let text = std::fs::read_to_string(pack.join(from)).unwrap();
        std::fs::write(shop.path("own").join(to), text.replace("thank-champions", "my-thanks")).unwrap();
    };
    for ending in ["toml", "en.mjml", "zh-CN.mjml"] {
        copy(&format!("thank-champions.{ending}"), &format!("my-thanks.{ending}"));
    }
    assert!(shop.ok(&["campaign", "add", "own"]).contains("my-thanks"));
    assert!(shop.ok(&["campaign", "list"]).contains("my-thanks"));
    // What cannot be sent is not added.
    std::fs::write(shop.path("own/my-thanks.en.mjml"), "{{ customer.id").unwrap();
    let text = std::fs::read_to_string(shop.path("own/my-thanks.toml")).unwrap();
    std::fs::write(shop.path("own/my-thanks.toml"), text.replace("my-thanks", "broken")).unwrap();
    assert!(shop.fails(&["campaign", "add", "own"]).contains("body in en"));
    assert!(!shop.ok(&["campaign", "list"]).contains("broken"));
}

#[test]
fn a_server_that_people_reach_from_elsewhere_wants_a_password() {
    let shop = Shop::new(&orders(20, 2));
    assert!(shop.import().status.success());
    let said = shop.fails(&["serve", "--set", "server.public_url=https://shop.example"]);
    assert!(said.contains("server.admin_password"), "{said}");
}

/// The disk of the outbox, or that of everything, is full in the middle of a run. With room the run goes on where it was.
fn check_full_disk(folder: &str, room: &str) {
    let undisturbed = shop_with_campaigns();
    undisturbed.ok(&["campaign", "run", "win-back-at-risk"]);

    let shop = shop_with_campaigns();
    // A file system of its own that is too small at first. Needs no privilege where user namespaces are allowed.
    let script = r#"
        set -u
        cp -a "$1" saved && mkdir -p "$1" && mount -t tmpfs -o size=256m tmpfs "$1" || exit 77
        cp -a saved/. "$1/" && used=$(du -sk "$1" | cut -f1) || exit 77
        mount -o remount,size=$((used + $2))k "$1" || exit 77
        "$0" --data data campaign run win-back-at-risk > /dev/null 2> full.txt && exit 78
        mount -o remount,size=256m "$1" || exit 77
        "$0" --data data campaign run win-back-at-risk > roomy.out 2> roomy.txt || exit 79
        ls data/outbox | grep -c 'eml$' > files.txt
        "$0" --data data doctor --digest
    "#;
    std::fs::create_dir_all(shop.path(folder)).unwrap();
    let output = std::process::Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            env!("CARGO_BIN_EXE_bellwether"),
            folder,
            room,
        ])
        .current_dir(shop.path(""))
        .output();
    let said = |name: &str| std::fs::read_to_string(shop.path(name)).unwrap_or_default();
    match output {
        Ok(output) if output.status.success() => {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), undisturbed.digest(), "{}", said("full.txt"));
            assert!(said("full.txt").contains("again"), "{}", said("full.txt"));
            let files = std::fs::read_dir(undisturbed.path("data/outbox")).unwrap().count();
            assert_eq!(said("files.txt").trim(), files.to_string());
        }
        Ok(output) if matches!(output.status.code(), Some(78 | 79)) => {
            panic!("status {:?}\nfull: {}\nroomy: {}", output.status.code(), said("full.txt"), said("roomy.txt"));
        }
        other => {
            assert!(std::env::var_os("BELLWETHER_REQUIRE_ALL").is_none(), "no namespaces here: {other:?}");
            eprintln!("skipped: the full disk needs user namespaces ({other:?})");
        }
    }
}

#[test]
fn a_full_disk_stops_a_campaign_and_room_lets_it_go_on() {
    check_full_disk("data/outbox", "60");
    check_full_disk("data", "120");
}
