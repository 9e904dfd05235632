//! Data folder and Store belong together, and are used by one process at a time.

use crate::{
    postgres::Schema,
    support::{Shop, orders},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn imported() -> Shop {
    let shop = Shop::new(&orders(20, 2));
    assert!(shop.import().status.success());
    shop
}

/// Puts a database that nobody has open in the place of another.
fn put_database(from: &Path, to: &Path) {
    let of = |path: &Path, end: &str| PathBuf::from(format!("{}{end}", path.display()));
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(of(to, end)));
        if end != "-shm" && of(from, end).exists() {
            std::fs::copy(of(from, end), of(to, end)).unwrap();
        }
    }
}

#[test]
fn parts_of_two_folders_are_not_used_together() {
    let (one, other) = (imported(), imported());
    put_database(&other.path("data/store.sqlite"), &one.path("data/store.sqlite"));
    let said = one.fails(&["report"]);
    assert!(said.contains("the Store belongs to another data folder"), "{said}");

    let new = Shop::new(&orders(20, 2));
    std::fs::create_dir(new.path("data")).unwrap();
    put_database(&other.path("data/store.sqlite"), &new.path("data/store.sqlite"));
    let said = new.fails(&["import", "orders.csv", "--mapping", "mapping.toml"]);
    assert!(said.contains("the Store belongs to another data folder, and this one is new"), "{said}");
}

#[test]
fn an_inbox_of_yesterday_is_noticed() {
    let shop = imported();
    put_database(&shop.path("data/inbox.sqlite"), &shop.path("yesterday"));
    std::fs::write(shop.path("orders.csv"), orders(30, 2)).unwrap();
    assert!(shop.import().status.success());
    put_database(&shop.path("yesterday"), &shop.path("data/inbox.sqlite"));
    let said = shop.fails(&["report"]);
    assert!(said.contains("the Store is ahead of the inbox: applied 2 but the inbox ends at 1"), "{said}");
}

#[test]
fn a_folder_of_before_installations_had_names_still_opens() {
    let shop = imported();
    let digest = shop.digest();
    shop.sql("inbox.sqlite", "DELETE FROM installation");
    shop.sql("store.sqlite", "DELETE FROM results WHERE kind LIKE 'installation%'");
    assert_eq!(shop.digest(), digest);
    shop.ok(&["doctor"]);
}

#[test]
fn a_database_serves_one_folder() {
    let Some(schema) = Schema::create("installation") else { return };
    let setting = schema.setting();
    let import = ["import", "orders.csv", "--mapping", "mapping.toml", "--set", &setting];
    let (shop, new, old) = (Shop::new(&orders(20, 2)), Shop::new(&orders(20, 2)), imported());
    shop.ok(&import);
    shop.ok(&["doctor", "--set", &setting]);
    let said = new.fails(&import);
    assert!(said.contains("the Store belongs to another data folder, and this one is new"), "{said}");
    let said = old.fails(&["report", "--set", &setting]);
    assert!(said.contains("the Store belongs to another data folder"), "{said}");

    // A copy of the folder (on another machine, say) is the same installation, but a second process.
    let copied = Command::new("cp").arg("-r").arg(shop.path("data")).arg(shop.path("copy")).status().unwrap();
    assert!(copied.success());
    let serve = ["serve", "--set", "server.listen=127.0.0.1:0", "--set", &setting];
    let mut server = shop.command(&serve).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(server.stdout.take().unwrap()), &mut line).unwrap();
    let data = shop.path("copy");
    let second = crate::support::command(&shop.path(""), &data, &["campaign", "list", "--set", &setting]).output();
    let said = String::from_utf8(second.unwrap().stderr).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(said.contains("in use by another bellwether process"), "{said}");
    shop.ok(&["campaign", "list", "--set", &setting]);
}
