//! The Store in a PostgreSQL that stops and comes back.

use super::{
    load::{EVENTS, Event, batch},
    server::Server,
    truth::{Expected, found},
};
use std::{path::Path, process::Command};

/// A PostgreSQL server of a test's own, because it stops.
struct Database {
    folder: tempfile::TempDir,
    url: String,
}

impl Database {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let said = script("start", folder.path());
        let url = said.trim().rsplit_once("BELLWETHER_TEST_POSTGRES=").unwrap().1.to_owned();
        Self { folder, url }
    }

    /// `pg_ctl`, as the user that the server runs as.
    fn control(&self, action: &str) {
        script(action, self.folder.path());
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        script("stop", self.folder.path());
    }
}

fn script(action: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres-for-tests.sh");
    let output = Command::new(script).arg(action).arg(folder.join("postgres")).output().unwrap();
    assert!(output.status.success(), "{action}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn while_postgres_is_away_events_are_kept_and_readiness_is_red() {
    // It makes a server of its own, by the script that made that one.
    if crate::postgres::server().is_none() {
        return;
    }
    let (database, folder) = (Database::start(), tempfile::tempdir().unwrap());
    let mut server = Server::new(folder.path(), &[format!("data.database_url={}", database.url)]);
    assert!(server.start(), "{}", server.log());
    let mut expected = Expected::default();
    let mut client = server.client();
    let mut send = |first: u64| {
        let answer = client.post("/v1/batch", &server.key, batch(first..first + EVENTS).as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        (first..first + EVENTS).for_each(|number| expected.add(Event(number)));
    };
    send(0);
    server.settle();
    database.control("pause");
    send(100);
    server.wait_until("/readyz", |answer| answer.status == 503);
    assert_eq!(server.get("/healthz").unwrap().status, 200);
    send(200);
    database.control("resume");
    server.wait_until("/readyz", |answer| answer.status == 200);
    send(300);
    server.settle();
    server.stop();
    expected.compare(&found(&server, Some(&database.url))).unwrap_or_else(|wrong| panic!("{wrong}\n{}", server.log()));
}
