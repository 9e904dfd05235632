//! Sources on the command line.

use crate::support::Shop;
use serde_json::json;

fn key_of(said: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix("write key")).unwrap();
    line.trim().to_owned()
}

fn listed(shop: &Shop) -> serde_json::Value {
    serde_json::from_str(&shop.ok(&["source", "list", "--format", "json"])).unwrap()
}

#[test]
fn a_source_is_added_before_anything_was_imported() {
    let shop = Shop::new("");
    let said = shop.ok(&["source", "add", "Online shop", "--kind", "website"]);
    assert!(said.contains("http://127.0.0.1:4180/sources/online-shop shows how"), "{said}");
    let all = listed(&shop);
    assert_eq!(all[0]["write_key"], key_of(&said));
    assert_eq!((&all[0]["slug"], &all[0]["kind"]), (&json!("online-shop"), &json!("website")));
    let table = shop.ok(&["source", "list"]);
    assert!(table.contains("online-shop  website  enabled  never") && table.contains("Online shop"), "{table}");
    assert!(!table.contains(&key_of(&said)), "{table}");
    shop.ok(&["source", "add", "Online shop", "--kind", "mobile"]);
    assert_eq!(listed(&shop)[1]["slug"], "online-shop-2");
}

#[test]
fn a_source_gets_a_new_key_is_disabled_enabled_and_removed() {
    let shop = Shop::new("");
    let first = key_of(&shop.ok(&["source", "add", "Till", "--kind", "server"]));
    let second = key_of(&shop.ok(&["source", "rotate", "till"]));
    assert_ne!(first, second);
    assert_eq!((&listed(&shop)[0]["write_key"], &listed(&shop)[0]["enabled"]), (&json!(second), &json!(true)));
    shop.ok(&["source", "disable", "till"]);
    assert_eq!(listed(&shop)[0]["enabled"], false);
    shop.ok(&["source", "enable", "till"]);
    assert_eq!(listed(&shop)[0]["enabled"], true);
    shop.ok(&["source", "remove", "till"]);
    assert_eq!(listed(&shop), json!([]));
    assert!(shop.ok(&["source", "list"]).contains("there is no source yet"));
}

#[test]
fn what_cannot_be_done_says_why() {
    let shop = Shop::new("");
    let said = shop.fails(&["source", "add", " ", "--kind", "website"]);
    assert!(said.contains("a source needs a name, for example `Online shop`"), "{said}");
    let said = shop.fails(&["source", "list"]);
    assert!(said.contains("there is no data in"), "{said}");
    shop.ok(&["source", "add", "Shop", "--kind", "website"]);
    for command in ["rotate", "disable", "enable", "remove"] {
        let said = shop.fails(&["source", command, "nothing"]);
        assert!(said.contains("there is no source `nothing`; `bellwether source list` names"), "{said}");
    }
    let said = shop.fails(&["source", "add", "Shop"]);
    assert!(said.contains("--kind <KIND>"), "{said}");
}

#[test]
fn the_digest_knows_sources_and_not_their_keys() {
    let (one, other) = (Shop::new(""), Shop::new(""));
    for shop in [&one, &other] {
        shop.ok(&["source", "add", "Shop", "--kind", "website"]);
    }
    assert_eq!(one.digest(), other.digest(), "keys and moments differ");
    one.ok(&["source", "disable", "shop"]);
    assert_ne!(one.digest(), other.digest());
}

#[test]
fn a_web_hook_is_added_and_told_how_it_is_checked() {
    let shop = Shop::new("");
    let said = shop.ok(&["source", "add", "Tea shop", "--kind", "webhook", "--hook", "generic"]);
    assert!(said.contains("http://127.0.0.1:4180/v1/hooks/tea-shop") && !said.contains("write key"), "{said}");
    std::fs::write(shop.path("secret.txt"), "a secret of theirs\n").unwrap();
    let rules = "[[event]]\nevent = { constant = \"A\" }\nuser_id = \"id\"\n";
    let bad = format!("kind = \"events\"\nsource = \"x\"\nrulez = \"first\"\n{rules}");
    std::fs::write(shop.path("bad.toml"), bad).unwrap();
    let said = shop.ok(&["source", "hook", "tea-shop", "--signature-scheme", "token"]);
    assert!(said.contains("refused until it has a secret"), "{said}");
    let hook = ["source", "hook", "tea-shop", "--secret-file", "secret.txt", "--signature-header", "X-Token"];
    assert!(shop.ok(&hook).contains("deliveries are taken"));
    let listed = shop.ok(&["source", "list", "--format", "json"]);
    assert!(listed.contains("tea-shop") && !listed.contains("a secret of theirs"), "{listed}");
    let said = shop.fails(&["source", "hook", "tea-shop", "--mapping", "bad.toml"]);
    assert!(said.contains("mapping:3:1") && said.contains("rulez"), "{said}");
    let said = shop.fails(&["source", "hook", "tea-shop", "--secret-file", "nothing.txt"]);
    assert!(said.contains("cannot read nothing.txt"), "{said}");
    shop.ok(&["source", "add", "Stripe", "--kind", "webhook", "--hook", "stripe"]);
    let said = shop.fails(&["source", "hook", "stripe", "--signature-scheme", "token"]);
    assert!(said.contains("for generic web hooks only"), "{said}");
    let said = shop.fails(&["source", "add", "Web", "--kind", "website", "--hook", "stripe"]);
    assert!(said.contains("--hook goes with --kind webhook"), "{said}");
    shop.ok(&["source", "add", "Web", "--kind", "website"]);
    let said = shop.fails(&["source", "hook", "web", "--ready-mapping"]);
    assert!(said.contains("is no web hook of another system"), "{said}");
}
