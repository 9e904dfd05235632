//! Killed in the middle, and stopped by somebody.

use super::{MAPPING, begin, by_command_line, digest, shown, upload, wait, wait_for_the_middle};
use crate::{door::server::Server, postgres::Schema, support::orders};

const KILLS: u64 = 4;

/// Some rows of it cannot be used, so that those have to come out once as well.
fn csv() -> String {
    orders(12_000, 2).replace(",P7,1,", ",P7,x,")
}

/// Imports while the server is killed again and again; gives the digest, and how often it was in the middle.
fn killed(settings: &[String], fault: Option<&'static str>) -> (String, u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), settings);
    if let Some(fault) = fault {
        server = server.with_fault(fault);
    }
    assert!(server.start(), "{}", server.log());
    let id = upload(&server, "orders.csv", csv().as_bytes());
    begin(&server, &id, MAPPING);
    let (mut kills, mut rows) = (0, 0);
    while kills < KILLS && wait_for_the_middle(&server, &id, rows) {
        rows = shown(&server, &id)["progress"]["rows"].as_u64().unwrap();
        server.kill();
        kills += 1;
        assert!(server.start(), "{}", server.log());
    }
    let done = wait(&server, &id, "done");
    assert_eq!(done["outcome"]["already_imported"], false);
    server.stop();
    (digest(&server), kills)
}

fn check(settings: &[String], other: &[String]) {
    let (found, kills) = killed(settings, None);
    assert!(kills >= 2, "it was over after {kills} kills: the test shows nothing");
    let folder = tempfile::tempdir().unwrap();
    let expected = by_command_line(folder.path(), other, &[("orders.csv", csv().as_bytes(), MAPPING)]);
    assert_eq!(found, expected);
}

#[test]
fn killed_in_the_middle_on_sqlite_it_equals_the_command_line() {
    check(&[], &[]);
}

#[test]
fn killed_in_the_middle_on_postgres_it_equals_the_command_line() {
    let Some(schema) = Schema::create("door_imports") else { return };
    // Both databases give the same digest.
    check(&[schema.setting()], &[]);
}

#[test]
fn without_the_cursor_rows_come_twice() {
    let (found, kills) = killed(&[], Some("forget-cursor"));
    assert!(kills > 0);
    let folder = tempfile::tempdir().unwrap();
    assert_ne!(found, by_command_line(folder.path(), &[], &[("orders.csv", csv().as_bytes(), MAPPING)]));
}

#[test]
fn stopped_by_somebody_and_by_the_server_it_goes_on_where_it_stood() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    let id = upload(&server, "orders.csv", csv().as_bytes());
    begin(&server, &id, MAPPING);
    assert!(wait_for_the_middle(&server, &id, 0));
    // A server that ends in order gives the job back.
    server.stop();
    assert!(server.start(), "{}", server.log());
    let rows = shown(&server, &id)["progress"]["rows"].as_u64().unwrap();
    assert!(rows > 0 && wait_for_the_middle(&server, &id, rows));
    let cancelled = server.api("POST", &format!("/imports/uploads/{id}/cancel"), &serde_json::Value::Null);
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    assert_eq!(wait(&server, &id, "cancelled")["outcome"], serde_json::Value::Null);
    assert_eq!(super::preview(&server, &id, MAPPING)["standing"], "unfinished");
    // At once: whoever was stopped may still be at its last batch.
    begin(&server, &id, MAPPING);
    let done = wait(&server, &id, "done");
    assert_eq!(done["outcome"]["rows"], 24_000);
    server.stop();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(digest(&server), by_command_line(folder.path(), &[], &[("orders.csv", csv().as_bytes(), MAPPING)]));
}
