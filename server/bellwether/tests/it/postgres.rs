//! The PostgreSQL server for tests, which `BELLWETHER_TEST_POSTGRES` names.

use std::process::Command;

/// A schema of its own on the tests' server, gone afterwards.
pub struct Schema {
    server: String,
    name: String,
}

/// The server's address; where there is none, that is said, or is a failure.
pub fn server() -> Option<String> {
    let server = std::env::var("BELLWETHER_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    if server.is_none() {
        assert!(std::env::var_os("BELLWETHER_REQUIRE_ALL").is_none(), "BELLWETHER_TEST_POSTGRES names no server");
        eprintln!("skipped: BELLWETHER_TEST_POSTGRES names no server");
    }
    server
}

impl Schema {
    pub fn create(name: &str) -> Option<Self> {
        let schema = Self { server: server()?, name: format!("{name}_{}", std::process::id()) };
        schema.sql(&format!("CREATE SCHEMA {}", schema.name));
        Some(schema)
    }

    fn sql(&self, sql: &str) {
        let output = Command::new("psql").args(["-q", "-c", sql, &self.server]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn url(&self) -> String {
        format!("{}?options[search_path]={}", self.server, self.name)
    }

    pub fn setting(&self) -> String {
        format!("data.database_url={}", self.url())
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        self.sql(&format!("DROP SCHEMA {} CASCADE", self.name));
    }
}
