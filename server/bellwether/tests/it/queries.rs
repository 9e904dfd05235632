//! Rows of queries: every row once, whatever dies, and the values exact.

use crate::{
    door::server::Server,
    postgres::{self, Schema},
    support::{MAPPING, Shop, kill_after, orders},
};
use rusqlite::Connection;
use std::{process::Command, time::Instant};

/// A mapping of visits, with a query on a database of SQLite.
const VISITS: &str = r#"kind = "events"
source = "visits"
user_id = "who"
time = "at"

[query]
url = "sqlite:shop.db"
sql = "SELECT id, who, at, page FROM visits WHERE id > :cursor ORDER BY id"
cursor = "id"
start = 0

[[event]]
event = { constant = "Visited" }
[event.properties]
page = "page"
"#;

const IMPORT: [&str; 3] = ["import", "--mapping", "mapping.toml"];

fn visits_shop(rows: u32) -> Shop {
    let shop = Shop::mapped("", VISITS);
    let database = Connection::open(shop.path("shop.db")).unwrap();
    database.execute_batch("CREATE TABLE visits (id INTEGER PRIMARY KEY, who TEXT, at TEXT, page TEXT)").unwrap();
    add(&shop, 0, rows);
    shop
}

fn add(shop: &Shop, first: u32, rows: u32) {
    let mut database = Connection::open(shop.path("shop.db")).unwrap();
    let transaction = database.transaction().unwrap();
    let mut insert = transaction.prepare("INSERT INTO visits VALUES (?1, ?2, ?3, ?4)").unwrap();
    for id in first + 1..=first + rows {
        let at = format!("2024-01-{:02}T{:02}:{:02}:00Z", id % 28 + 1, id % 24, id % 60);
        insert.execute((id, format!("U{}", id % 997), at, format!("/p/{}", id % 13))).unwrap();
    }
    drop(insert);
    transaction.commit().unwrap();
}

/// How many events are in.
fn events(shop: &Shop) -> u32 {
    let store = Connection::open(shop.path("data/store.sqlite")).unwrap();
    store.query_row("SELECT coalesce(sum(rows), 0) FROM event_files", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_later_run_goes_on_behind_the_cursor() {
    let shop = visits_shop(300);
    let said = shop.said(&IMPORT);
    assert!(said.contains("query on sqlite:shop.db: 300 new rows → 300 events, 0 rows in quarantine"), "{said}");
    let said = shop.said(&IMPORT);
    assert!(said.contains(": 0 new rows → 0 events"), "{said}");
    add(&shop, 300, 7);
    let said = shop.said(&IMPORT);
    assert!(said.contains(": 7 new rows → 7 events"), "{said}");
    assert_eq!(events(&shop), 307);
    shop.ok(&["doctor"]);
    assert!(!shop.path("data/spool/visits/part.rows").exists(), "nothing is left lying about");
}

#[test]
fn orders_of_a_query_are_those_of_the_same_table_as_text() {
    let csv = orders(200, 3);
    let text = Shop::new(&csv);
    assert!(text.import().status.success());
    let query = "[query]\nurl = \"sqlite:shop.db\"\nsql = \"SELECT rowid AS line, * FROM lines WHERE \\\"order\\\" > :cursor ORDER BY \\\"order\\\", rowid\"\ncursor = \"order\"\nstart = -1\n\n[columns]";
    let shop = Shop::mapped("", &MAPPING.replace("[columns]", query));
    let mut database = Connection::open(shop.path("shop.db")).unwrap();
    database
        .execute_batch(
            "CREATE TABLE lines (\"order\" INTEGER, customer TEXT, time TEXT, item TEXT, quantity INTEGER, price REAL)",
        )
        .unwrap();
    let transaction = database.transaction().unwrap();
    for line in csv.lines().skip(1) {
        let v: Vec<&str> = line.split(',').collect();
        transaction
            .execute(
                "INSERT INTO lines VALUES (CAST(?1 AS INTEGER), ?2, ?3, ?4, CAST(?5 AS INTEGER), CAST(?6 AS REAL))",
                (v[0], v[1], v[2], v[3], v[4], v[5]),
            )
            .unwrap();
    }
    transaction.commit().unwrap();
    shop.ok(&IMPORT);
    assert_eq!(shop.report()["totals"], text.report()["totals"]);
}

#[test]
fn a_row_that_is_read_again_is_known_and_a_changed_one_is_as_the_mapping_says() {
    for (key, expected) in [("", 11), ("key = [\"id\"]\n", 10)] {
        let shop = visits_shop(10);
        // Every run reads everything.
        shop.edit_mapping(" WHERE id > :cursor ORDER BY id", "");
        shop.edit_mapping("cursor = \"id\"\nstart = 0\n", key);
        shop.ok(&IMPORT);
        shop.ok(&IMPORT);
        assert_eq!(events(&shop), 10);
        let database = Connection::open(shop.path("shop.db")).unwrap();
        database.execute("UPDATE visits SET page = '/other' WHERE id = 5", []).unwrap();
        shop.ok(&IMPORT);
        assert_eq!(events(&shop), expected, "{key}");
    }
}

const MANY: u32 = 60_000;

/// Kills the import at many moments, then lets it end.
fn killed(shop: &Shop, more: &[&str], whole: std::time::Duration, fault: &str) -> usize {
    let arguments: Vec<&str> = IMPORT.iter().chain(more).copied().collect();
    let mut kills = 0;
    for part in [4, 7, 10, 12, 6] {
        let mut command = shop.command(&arguments);
        command.env("BELLWETHER_FAULT", fault);
        kills += usize::from(kill_after(&mut command, whole * part / 20));
    }
    shop.ok(&arguments);
    kills
}

#[test]
fn a_query_that_is_killed_again_and_again_brings_every_row_once() {
    let undisturbed = visits_shop(MANY);
    let started = Instant::now();
    undisturbed.ok(&IMPORT);
    let whole = started.elapsed();
    assert_eq!(events(&undisturbed), MANY);
    let digest = undisturbed.digest();

    let shop = visits_shop(MANY);
    assert!(killed(&shop, &[], whole, "") > 1, "hardly anything was killed; the test shows nothing");
    assert_eq!(events(&shop), MANY);
    assert_eq!(shop.digest(), digest);
    shop.ok(&["doctor"]);

    // The control: a cursor that moves before its rows are in loses some of them.
    let careless = visits_shop(MANY);
    killed(&careless, &[], whole, "move-cursor-early");
    assert!(events(&careless) < MANY, "nothing was lost, so nothing is shown");
    assert_ne!(careless.digest(), digest);

    // And the Store in PostgreSQL.
    let Some(schema) = Schema::create("queries") else { return };
    let set = ["--set", &schema.setting()];
    let shop = visits_shop(MANY);
    assert!(killed(&shop, &set, whole, "") > 1, "hardly anything was killed; the test shows nothing");
    assert_eq!(shop.ok(&["doctor", "--digest", set[0], set[1]]), digest);
}

/// The control of the cursor and of the ids.
#[test]
fn without_cursor_and_ids_rows_would_count_twice() {
    let shop = visits_shop(50);
    shop.ok(&IMPORT);
    shop.sql("store.sqlite", "DELETE FROM results WHERE kind LIKE 'query/%'");
    shop.ok(&IMPORT);
    assert_eq!(events(&shop), 50, "read again, all are known by their ids");
    let before = shop.digest();
    shop.sql("store.sqlite", "DELETE FROM results WHERE kind LIKE 'query/%'; DELETE FROM seen_runs");
    shop.ok(&IMPORT);
    assert_ne!(shop.digest(), before, "without ids they count once more");
}

#[test]
fn what_is_wrong_is_said() {
    let shop = visits_shop(10);
    shop.edit_mapping("ORDER BY id", "ORDER BY id DESC");
    let said = shop.fails(&IMPORT);
    assert!(said.contains("row 2 has `9` in `id` behind `10`; end the query with ORDER BY id"), "{said}");
    shop.edit_mapping("ORDER BY id DESC", "ORDER BY id");
    shop.edit_mapping("page = \"page\"", "page = \"pagee\"");
    let said = shop.fails(&IMPORT);
    assert!(said.contains("no column `pagee`") && said.contains("did you mean `page`?"), "{said}");
    shop.edit_mapping("page = \"pagee\"", "page = \"page\"");
    shop.edit_mapping("FROM visits", "FROM visitors");
    let said = shop.fails(&IMPORT);
    assert!(said.contains("sqlite:shop.db does not carry out the query") && said.contains("no such table"), "{said}");
    shop.edit_mapping("sqlite:shop.db", "sqlite:nowhere.db");
    let said = shop.fails(&IMPORT);
    assert!(
        said.contains("cannot reach the database at sqlite:nowhere.db") && said.contains("nothing is lost"),
        "{said}"
    );
    shop.edit_mapping("url = \"sqlite:nowhere.db\"", "url_env = \"NOWHERE_URL\"");
    let said = shop.fails(&IMPORT);
    assert!(said.contains("the variable NOWHERE_URL is not set"), "{said}");
    // All of it mended, nothing was lost.
    shop.edit_mapping("url_env = \"NOWHERE_URL\"", "url = \"sqlite:shop.db\"");
    shop.edit_mapping("FROM visitors", "FROM visits");
    shop.ok(&IMPORT);
    assert_eq!(events(&shop), 10);
}

#[test]
fn one_bad_row_later_keeps_nothing_out() {
    let shop = visits_shop(10);
    shop.ok(&IMPORT);
    let database = Connection::open(shop.path("shop.db")).unwrap();
    database.execute("INSERT INTO visits VALUES (11, 'U1', 'yesterday', '/')", []).unwrap();
    let said = shop.said(&IMPORT);
    assert!(
        said.contains("1 new rows → 0 events, 1 rows in quarantine") || said.contains("none of its 1 rows"),
        "{said}"
    );
    add(&shop, 11, 1);
    shop.ok(&IMPORT);
    assert_eq!(events(&shop), 11);
}

/// The values that a dry run shows of one row, by name.
fn shown(folder: &Shop, url: &str, sql: &str) -> String {
    let mapping = VISITS
        .replace("url = \"sqlite:shop.db\"", "url_env = \"SOURCE_URL\"")
        .replace("\"SELECT id, who, at, page FROM visits WHERE id > :cursor ORDER BY id\"", &format!("'''{sql}'''"));
    std::fs::write(folder.path("mapping.toml"), mapping).unwrap();
    let mut command = folder.command(&["import", "--mapping", "mapping.toml", "--dry-run"]);
    let output = command.env("SOURCE_URL", url).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn values_of_postgres_are_exact_and_its_cursors_of_any_type() {
    let Some(server) = postgres::server() else { return };
    let shop = Shop::new("");
    let seen = shown(
        &shop,
        &server,
        "SELECT * FROM (VALUES (9007199254740993::bigint, 'Ann', timestamptz '2024-01-31 13:00:00.000001+01', '茶 \"x\"',
            12345678901234567890.1234567890::numeric, '{\"a\": [1, 2.50]}'::jsonb, timestamp '2024-01-31 12:00:00', NULL::text,
            ARRAY[1,2], date '2024-01-31', true)) AS t(id, who, at, page, exact, doc, wall, nothing, list, day, yes)
         WHERE id > :cursor ORDER BY id -- the end",
    );
    for value in [
        "id=9007199254740993 ",
        "at=\"2024-01-31T12:00:00.000001+00:00\"",
        "page=\"茶 \\\"x\\\"\"",
        "wall=\"2024-01-31T12:00:00\"",
        "nothing=null",
        "list=[1,2]",
        "day=\"2024-01-31\"",
        "yes=true",
    ] {
        assert!(seen.contains(value), "{value} is not in {seen}");
    }
    let schema = Schema::create("query_source").unwrap();
    let url = schema.url();
    let name = url.rsplit_once('=').unwrap().1;
    let sql = |text: &str| {
        let text = format!("SET search_path TO {name}; {text}");
        let output = Command::new("psql").args(["-q", "-c", &text, &server]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    sql("CREATE TABLE visits (id serial, who text, at timestamptz, page text);
         INSERT INTO visits (who, at, page) SELECT 'U' || n % 7, timestamptz '2024-01-01' + n * interval '1.5 seconds', '/' FROM generate_series(1, 2000) n");
    let mapping = VISITS
        .replace("url = \"sqlite:shop.db\"", "url_env = \"SOURCE_URL\"")
        .replace("id > :cursor ORDER BY id", "at > :cursor ORDER BY at")
        .replace("cursor = \"id\"\nstart = 0", "cursor = \"at\"\nstart = \"2000-01-01\"");
    std::fs::write(shop.path("mapping.toml"), mapping).unwrap();
    let import = || {
        let output = shop.command(&IMPORT).env("SOURCE_URL", schema.url()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(import().contains("2,000 new rows → 2,000 events"));
    sql("INSERT INTO visits (who, at, page) VALUES ('U1', '2024-02-01', '/')");
    assert!(import().contains(": 1 new rows → 1 events"));
}

#[test]
fn values_of_mysql_are_exact_and_a_later_run_goes_on() {
    let url = std::env::var("BELLWETHER_TEST_MYSQL").ok().filter(|url| !url.is_empty());
    let Some(url) = url else {
        assert!(std::env::var_os("BELLWETHER_REQUIRE_ALL").is_none(), "BELLWETHER_TEST_MYSQL names no server");
        eprintln!("skipped: BELLWETHER_TEST_MYSQL names no server");
        return;
    };
    let sql = |text: &str| {
        let (user, rest) = url.strip_prefix("mysql://").unwrap().split_once(':').unwrap();
        let (password, rest) = rest.split_once('@').unwrap();
        let (host, rest) = rest.split_once(':').unwrap();
        let (port, database) = rest.split_once('/').unwrap();
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "--default-character-set=utf8mb4", "-h", host, "-P", port, "-u", user]);
        let output = client.arg(format!("-p{password}")).args([database, "-e", text]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    sql("DROP TABLE IF EXISTS visits;
         CREATE TABLE visits (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, who VARCHAR(20), at DATETIME(6), page TEXT,
            exact DECIMAL(30,10), stamp TIMESTAMP(3) NULL, day DATE, flag BOOLEAN, bin VARBINARY(4), f DOUBLE);
         SET time_zone = '+02:00';
         INSERT INTO visits VALUES (18446744073709551610, 'Ann', '2024-01-31 12:00:00.000001', '茶 \"x\"',
            12345678901234567890.1234567890, '2024-01-31 14:00:00.5', '2024-01-31', 1, x'01ff', 0.1)");
    let shop = Shop::new("");
    let seen = shown(&shop, &url, "SELECT * FROM visits WHERE id > :cursor ORDER BY id");
    for value in [
        "id=18446744073709551610 ",
        "at=\"2024-01-31T12:00:00.000001\"",
        "page=\"茶 \\\"x\\\"\"",
        "stamp=\"2024-01-31T12:00:00.500Z\"",
        "day=\"2024-01-31\"",
        "flag=1",
        "bin=\"01ff\"",
        "f=0.1",
    ] {
        assert!(seen.contains(value), "{value} is not in {seen}");
    }
    let mapping = VISITS
        .replace("url = \"sqlite:shop.db\"", "url_env = \"SOURCE_URL\"")
        .replace("id > :cursor ORDER BY id", "at > :cursor ORDER BY at")
        .replace("cursor = \"id\"\nstart = 0", "cursor = \"at\"\nstart = \"2000-01-01\"");
    std::fs::write(shop.path("mapping.toml"), mapping).unwrap();
    let import = || {
        let output = shop.command(&IMPORT).env("SOURCE_URL", &url).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(import().contains(": 1 new rows → 1 events"));
    assert!(import().contains(": 0 new rows → 0 events"));
    sql("INSERT INTO visits (id, who, at, page) VALUES (5, 'U1', '2024-01-31 12:00:00.000002', '/')");
    assert!(import().contains(": 1 new rows → 1 events"));
}

#[test]
fn a_running_server_carries_queries_out_and_outlives_a_database_that_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let make = |rows: std::ops::Range<u32>| {
        let database = Connection::open(path("shop.db")).unwrap();
        database
            .execute_batch("CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY, who TEXT, at TEXT, page TEXT)")
            .unwrap();
        for id in rows {
            let at = "2024-01-01T00:00:00Z";
            database.execute("INSERT INTO visits VALUES (?1, 'U', ?2, '/')", (id, at)).unwrap();
        }
    };
    let mut server = Server::new(folder.path(), &[]);
    std::fs::create_dir(server.data().join("queries")).unwrap();
    let mapping = VISITS.replace("start = 0\n", "start = 0\nevery = \"1s\"\n");
    std::fs::write(server.data().join("queries/visits.toml"), mapping).unwrap();
    std::fs::write(server.data().join("queries/broken.toml"), "kind = \"events\"").unwrap();
    assert!(server.start(), "{}", server.log());
    // The database is not there yet.
    server.wait_until("/metrics", |answer| answer.body.contains("bellwether_query_up{source=\"visits\"} 0"));
    make(1..21);
    let rows = |count: u32| format!("bellwether_query_rows_total{{source=\"visits\"}} {count}\n");
    server.wait_until("/metrics", |answer| answer.body.contains(&rows(20)));
    make(21..31);
    let answer = server.wait_until("/metrics", |answer| answer.body.contains(&rows(30)));
    assert!(answer.body.contains("bellwether_query_up{source=\"visits\"} 1"), "{}", answer.body);
    assert!(answer.body.contains("bellwether_query_last_success_timestamp_seconds{source=\"visits\"} "));
    server.settle();
    server.stop();
    let log = server.log();
    assert!(log.contains("cannot reach the database at sqlite:shop.db"), "{log}");
    assert!(log.contains("broken.toml") && log.contains("the query is not carried out"), "{log}");
    let store = Connection::open(server.data().join("store.sqlite")).unwrap();
    let count: u32 = store.query_row("SELECT sum(rows) FROM event_files", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 30);
}
