//! Stores: what tills bring is counted by branch and day, exactly, and what people say of a branch stands.

use crate::{
    door::server::Server,
    support::{Shop, get},
};
use serde_json::{Value, json};
use std::{fmt::Write, path::Path, time::Instant};

fn pack(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/mappings").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn stores(shop: &Shop) -> Value {
    serde_json::from_str(&shop.ok(&["store", "list", "--format", "json"])).unwrap()
}

/// Receipts of three branches over two months, some of them returns.
fn receipts(count: u32) -> String {
    let mut csv = pack("till-receipts.sample.csv").lines().next().unwrap().to_owned() + "\n";
    for number in 0..count {
        let (branch, name) = [("W01", "Wien Mitte"), ("G02", "Graz"), ("S03", "Salzburg")][number as usize % 3];
        let (month, day, hour) = (number % 2 + 1, number / 7 % 28 + 1, number % 12 + 8);
        let quantity = if number % 11 == 5 { -1 } else { 2 };
        for article in ["T-1", "M-4"] {
            writeln!(
                csv,
                "{branch},{name},1,{number},2026-{month:02}-{day:02} {hour:02}:00:00,K-{},{article},Article,{quantity},7.50,EUR,CARD",
                number % 91
            )
            .unwrap();
        }
    }
    csv
}

#[test]
fn the_samples_of_tills_and_coupons_make_their_stores() {
    let shop = Shop::mapped(&pack("till-receipts.sample.csv"), &pack("till-receipts.toml"));
    assert!(shop.import().status.success());
    let store =
        |list: &Value, code: &str| list.as_array().unwrap().iter().find(|row| row["code"] == code).unwrap().clone();
    let list = stores(&shop);
    let vienna = store(&list, "W01");
    assert_eq!((&vienna["name"], &vienna["orders"], &vienna["events"]), (&json!("Wien Mitte"), &json!(2), &json!(2)));
    assert_eq!(vienna["revenue"]["EUR"], "36.20");
    let graz = store(&list, "G02");
    assert_eq!((&graz["orders"], &graz["refunds"], &graz["revenue"]["EUR"]), (&json!(0), &json!(1), &json!("-12.50")));
    // A store that another source names is the same store.
    std::fs::write(shop.path("coupons.csv"), pack("coupon-redemptions.sample.csv")).unwrap();
    std::fs::write(shop.path("coupons.toml"), pack("coupon-redemptions.toml")).unwrap();
    shop.ok(&["import", "coupons.csv", "--mapping", "coupons.toml"]);
    let list = stores(&shop);
    assert_eq!(list.as_array().unwrap().len(), 2);
    let vienna = store(&list, "W01");
    assert_eq!((&vienna["orders"], &vienna["events"]), (&json!(2), &json!(4)));
    assert_eq!(vienna["revenue"]["EUR"], "36.20");
}

#[test]
fn what_a_person_entered_no_receipt_changes() {
    let shop = Shop::mapped(&pack("till-receipts.sample.csv"), &pack("till-receipts.toml"));
    let file = "code;name;city;latitude;longitude;tags\nW01;Wien, Landstraße;Wien;48,2;16.4;flagship\n";
    std::fs::write(shop.path("stores.csv"), file).unwrap();
    let said = shop.fails(&["store", "import", "stores.csv"]);
    assert!(
        said.contains("stores.csv: nothing was changed") && said.contains("line 2: `latitude` is `48,2`"),
        "{said}"
    );
    std::fs::write(shop.path("stores.csv"), file.replace("48,2", "48.2")).unwrap();
    // Before the first receipt, and again over one that is there.
    assert!(shop.ok(&["store", "import", "stores.csv"]).contains("1 stores of stores.csv"));
    assert!(shop.import().status.success());
    shop.ok(&["store", "set", "G02", "--name", "Graz Hauptplatz"]);
    let names = |shop: &Shop| -> Vec<String> {
        stores(shop).as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&shop), ["Graz Hauptplatz", "Wien, Landstraße"]);
    let more = pack("till-receipts.sample.csv").replace(",550", ",660");
    std::fs::write(shop.path("more.csv"), more).unwrap();
    shop.ok(&["import", "more.csv", "--mapping", "mapping.toml"]);
    assert_eq!(names(&shop), ["Graz Hauptplatz", "Wien, Landstraße"]);
    assert_eq!(stores(&shop)[1]["orders"], 4);
    assert!(shop.fails(&["store", "set", "G02", "--latitude=91", "--longitude=0"]).contains("-90 to 90"));
    assert!(shop.fails(&["store", "set", " ", "--name", "x"]).contains("a store's code"));
    assert!(shop.ok(&["store", "list"]).contains("Graz Hauptplatz"));
}

#[test]
fn killed_again_and_again_every_receipt_counts_once() {
    let (csv, mapping) = (receipts(20_000), pack("till-receipts.toml"));
    let undisturbed = Shop::mapped(&csv, &mapping);
    let started = Instant::now();
    assert!(undisturbed.import().status.success());
    let whole = started.elapsed();
    let expected = stores(&undisturbed);
    let orders: u64 = expected.as_array().unwrap().iter().map(|row| row["orders"].as_u64().unwrap()).sum();
    let refunds: u64 = expected.as_array().unwrap().iter().map(|row| row["refunds"].as_u64().unwrap()).sum();
    assert_eq!((orders, refunds), (20_000 - 20_000 / 11, 20_000 / 11));

    let shop = Shop::mapped(&csv, &mapping);
    let mut kills = 0;
    for part in 1..=8 {
        kills += u32::from(shop.import_killed_after(whole * part / 9));
    }
    assert!(kills > 0, "nothing was killed; the test shows nothing");
    assert!(shop.import().status.success());
    assert_eq!(stores(&shop), expected);
    assert_eq!(shop.digest(), undisturbed.digest());
    // The same receipts in another file: every one of them is known.
    std::fs::write(shop.path("again.csv"), csv.clone() + "\n").unwrap();
    shop.ok(&["import", "again.csv", "--mapping", "mapping.toml"]);
    assert_eq!(stores(&shop), expected);
}

/// What stands in the Store of stores is what comes of the events; where it is not, that is seen and can be mended.
#[test]
fn what_happened_at_stores_is_what_the_events_say() {
    let shop = Shop::mapped(&receipts(900), &pack("till-receipts.toml"));
    assert!(shop.import().status.success());
    assert!(shop.ok(&["replay"]).contains("the Store is what the events say"));
    let (digest, list) = (shop.digest(), stores(&shop));
    for damage in [
        "UPDATE branch_activity SET revenue = revenue + 1 WHERE code = 'G02'",
        "DELETE FROM branch_activity WHERE code = 'G02' AND day = (SELECT min(day) FROM branch_activity)",
        "UPDATE branch_activity SET day = '1999-12-31' WHERE code = 'G02' AND day = (SELECT max(day) FROM branch_activity)",
        "DELETE FROM branches WHERE code = 'G02'",
    ] {
        shop.sql("store.sqlite", damage);
        assert!(shop.fails(&["replay"]).contains("1 stores are not what the events say"), "{damage}");
        let doctor = shop.run(&["doctor"]);
        assert!(!doctor.status.success(), "{damage}");
        assert!(String::from_utf8_lossy(&doctor.stdout).contains("of all stores, 1 stores are not"), "{damage}");
        assert!(shop.ok(&["replay", "--mend"]).contains("1 stores mended"), "{damage}");
        assert_eq!((shop.digest(), stores(&shop)), (digest.clone(), list.clone()), "{damage}");
        shop.ok(&["replay"]);
    }
    // Days keep the calendar that they were counted in, until somebody counts them anew.
    let elsewhere = ["--set", "shop.timezone=Pacific/Auckland"];
    assert!(shop.fails(&[&["replay"][..], &elsewhere].concat()).contains("3 stores are not what the events say"));
    shop.ok(&[&["replay", "--mend"][..], &elsewhere].concat());
    shop.ok(&[&["doctor"][..], &elsewhere].concat());
    assert_ne!(shop.digest(), digest);
}

/// Receipts that are past their time still count, and a rebuild knows it.
#[test]
fn what_removed_receipts_counted_is_known() {
    let retention = ["retention", "--set", r#"retention.events={ "Order Completed" = 200 }"#];
    let shop = || {
        let shop = Shop::mapped(&receipts(900), &pack("till-receipts.toml"));
        assert!(shop.import().status.success());
        shop
    };
    let kept = shop();
    let list = stores(&kept);
    let said = kept.ok(&retention);
    assert!(said.contains("Order Completed: kept 200 days, 818 of 818 removed"), "{said}");
    assert_eq!(stores(&kept), list);
    assert!(kept.ok(&["replay"]).contains("the Store is what the events say"));
    kept.sql("store.sqlite", "UPDATE branch_activity SET revenue = 0, orders = 0");
    assert!(kept.ok(&["replay", "--mend"]).contains("3 stores mended"));
    assert_eq!(stores(&kept), list);
    // The control.
    let forgotten = shop();
    assert!(
        forgotten.command(&retention).env("BELLWETHER_FAULT", "forget-baselines").output().unwrap().status.success()
    );
    assert!(forgotten.fails(&["replay"]).contains("and 3 stores are not what the events say"));
}

fn send(server: &Server, id: &str, properties: &Value) {
    let event = json!({
        "type": "track", "event": "Queue Measured", "messageId": id, "anonymousId": "sensor", "properties": properties,
    });
    let answer = server.client().post("/v1/track", &server.key, event.to_string().as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Events of a store after some are sent twice.
fn events_when_sent_twice(server: &Server) -> u64 {
    for _ in 0..2 {
        for number in 0..5 {
            send(server, &format!("e-{number}"), &json!({ "store_id": 7, "store_name": "Am Platz" }));
            server.settle();
        }
    }
    get(&server.address, "/stores/7")["store"]["events"].as_u64().unwrap()
}

#[test]
fn events_that_come_again_count_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    assert_eq!(events_when_sent_twice(&server), 5);
    // Also after a crash.
    send(&server, "e-5", &json!({ "store_id": "7" }));
    server.kill();
    assert!(server.start(), "{}", server.log());
    send(&server, "e-5", &json!({ "store_id": "7" }));
    server.settle();
    let store = &get(&server.address, "/stores")["stores"][0];
    assert_eq!((&store["code"], &store["name"], &store["events"]), (&json!("7"), &json!("Am Platz"), &json!(6)));
    assert_eq!(store["days"].as_array().unwrap().len(), 30);
    assert_eq!(store["days"][29]["events"], 6);
}

#[test]
fn without_ids_they_would_count_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &[]).with_fault("count-twice");
    assert!(server.start(), "{}", server.log());
    assert_eq!(events_when_sent_twice(&server), 10);
}

#[test]
fn people_change_stores_while_receipts_come() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    assert_eq!(get(&server.address, "/stores")["stores"], json!([]));
    send(&server, "e-1", &json!({ "store_id": "A/1", "store_name": "Altstadt" }));
    server.settle();
    let path = "/stores/A%2F1";
    assert_eq!(get(&server.address, path)["store"]["name"], "Altstadt");
    let change = |path: &str, body: Value| server.api("PATCH", path, &body);
    let place = json!({ "name": "Altstadt 1", "latitude": 47.07, "longitude": 15.44, "opened": "2020-05-01", "tags": ["a", "a "] });
    assert_eq!(change(path, place).status, 200);
    send(&server, "e-2", &json!({ "store_id": "A/1", "store_name": "ALTSTADT" }));
    server.settle();
    let store = get(&server.address, path)["store"].clone();
    assert_eq!((&store["name"], &store["events"], &store["tags"]), (&json!("Altstadt 1"), &json!(2), &json!(["a"])));
    // What is left out stays, and null takes away.
    assert_eq!(change(path, json!({ "city": "Graz", "opened": null })).status, 200);
    let store = get(&server.address, path)["store"].clone();
    assert_eq!((&store["city"], &store["latitude"], &store["opened"]), (&json!("Graz"), &json!(47.07), &Value::Null));
    assert_eq!(change(path, json!({ "city": null, "tags": null })).status, 200);
    let store = get(&server.address, path)["store"].clone();
    assert_eq!((&store["city"], &store["tags"], &store["name"]), (&json!(""), &json!([]), &json!("Altstadt 1")));
    assert_eq!(change("/stores/NEW-1", json!({ "name": "Soon" })).status, 201);
    for (body, field) in [
        (json!({ "latitude": 47.0 }), "latitude"),
        (json!({ "latitude": 91.0, "longitude": 0.0 }), "latitude"),
        (json!({ "opened": "2026-01-02", "closed": "2026-01-01" }), "closed"),
        (json!({ "name": "x".repeat(201) }), "name"),
    ] {
        let answer = change(path, body);
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body.contains(&format!("\"field\":\"{field}\"")), "{answer:?}");
    }
    assert_eq!(change(path, json!({ "nmae": "x" })).status, 400);
    assert_eq!(server.get("/api/v1/stores/nowhere").unwrap().status, 404);
    assert_eq!(get(&server.address, "/stores")["stores"].as_array().unwrap().len(), 2);
}

/// What is stored decides, too: a store is not closed before it was opened, which only the Store knows here.
#[test]
fn a_file_of_stores_changes_all_or_nothing() {
    let shop = Shop::mapped(&pack("till-receipts.sample.csv"), &pack("till-receipts.toml"));
    shop.ok(&["store", "set", "G02", "--opened", "2024-05-01"]);
    std::fs::write(shop.path("stores.csv"), "code,name,closed\nA01,First,\nG02,Graz,2023-01-01\n").unwrap();
    let said = shop.fails(&["store", "import", "stores.csv"]);
    assert!(said.contains("nothing was changed: line 3, store `G02`"), "{said}");
    let list = stores(&shop);
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
}
