//! The data folder and the command line.

use crate::support::{Shop, orders};
use std::{process::Stdio, time::Duration};

#[test]
fn a_second_process_on_the_same_folder_is_refused_with_the_reason() {
    let shop = Shop::new(&orders(10, 2));
    assert!(shop.import().status.success());
    let mut server =
        shop.command(&["serve", "--set", "server.listen=127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    // The address is printed once the folder is taken.
    let mut line = String::new();
    let stdout = server.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
    assert!(line.contains("http://127.0.0.1:"), "{line}");
    let said = shop.fails(&["doctor"]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(said.contains(&format!("in use by another bellwether process (process {})", server.id())), "{said}");
    shop.ok(&["doctor"]);
}

#[test]
fn an_empty_folder_says_what_to_do() {
    let shop = Shop::new("");
    let said = shop.fails(&["report"]);
    assert!(said.contains("there is no data in") && said.contains("bellwether demo"), "{said}");
}

#[test]
fn without_a_password_only_loopback_is_served() {
    let shop = Shop::new(&orders(10, 2));
    assert!(shop.import().status.success());
    let said = shop.fails(&["serve", "--set", "server.listen=0.0.0.0:0"]);
    assert!(said.contains("without server.admin_password"), "{said}");
}

#[test]
fn settings_say_where_they_come_from() {
    let shop = Shop::new("");
    let output = shop.command(&["config"]).env("BELLWETHER_SHOP_NAME", "Acme").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("shop.name")).unwrap();
    assert!(line.contains("\"Acme\"") && line.ends_with("# BELLWETHER_SHOP_NAME"), "{line}");
    let said = shop.fails(&["config", "--set", "shop.nam=Acme"]);
    assert!(said.contains("did you mean `shop.name`?"), "{said}");
}

#[test]
fn a_campaign_that_does_not_exist_is_named() {
    let shop = Shop::new(&orders(10, 2));
    assert!(shop.import().status.success());
    let said = shop.fails(&["campaign", "run", "nothing"]);
    assert!(said.contains("there is no campaign `nothing`"), "{said}");
}

#[test]
fn a_server_stops_when_it_is_told_to() {
    let shop = Shop::new(&orders(10, 2));
    assert!(shop.import().status.success());
    let mut server =
        shop.command(&["serve", "--set", "server.listen=127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let stdout = server.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
    let told = std::process::Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success());
    for _ in 0..100 {
        if let Some(status) = server.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    server.kill().unwrap();
    panic!("the server did not stop within 10 s");
}
