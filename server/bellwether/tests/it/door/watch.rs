//! Somebody watches events as they arrive.

use super::server::Server;
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

#[test]
fn the_tail_shows_what_arrives_and_ends_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &["server.admin_password=secret".to_owned()]);
    assert!(server.start(), "{}", server.log());
    let mut tail =
        server.command(&["tail", "--event", "Wanted"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It says so when it watches.
    let mut said = String::new();
    BufReader::new(tail.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("as they arrive"), "{said}");
    for (event, user) in [("Other", "a"), ("Wanted", "b"), ("Other", "c"), ("Wanted", "d")] {
        let body = format!(r#"{{"event":"{event}","userId":"{user}","properties":{{"a":1}}}}"#);
        assert_eq!(server.client().post("/v1/track", &server.key, body.as_bytes()).unwrap().status, 200);
    }
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    for user in ["b", "d"] {
        let line = lines.next().unwrap().unwrap();
        assert!(line.ends_with(&format!("  shop  Wanted  {user}  {{\"a\":1}}")), "{line}");
    }
    server.stop();
    assert!(lines.next().is_none());
    assert!(tail.wait().unwrap().success());
}

/// Nobody reads thousands of events at once, but everybody wants to know how many there are.
#[test]
fn of_a_large_batch_the_first_events_are_shown_and_the_others_counted() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let tail = server.command(&["tail"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut tail = tail.unwrap();
    let mut said = BufReader::new(tail.stderr.take().unwrap()).lines();
    assert!(said.next().unwrap().unwrap().contains("as they arrive"));
    let events: Vec<_> = (0..250).map(|n| format!(r#"{{"type":"track","event":"E","userId":"u{n}"}}"#)).collect();
    let body = format!("{{\"batch\":[{}]}}", events.join(","));
    assert_eq!(server.client().post("/v1/batch", &server.key, body.as_bytes()).unwrap().status, 200);
    assert_eq!(said.next().unwrap().unwrap(), "(and 50 more events at once)");
    tail.kill().unwrap();
    tail.wait().unwrap();
}

/// For programs that collect logs.
#[test]
fn logs_are_json_where_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = ["log.format=json", "log.filter=debug"].map(str::to_owned);
    let mut server = Server::new(folder.path(), &settings);
    assert!(server.start(), "{}", server.log());
    server.stop();
    let log = server.log();
    let is_object = |line: &&str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        line["message"].is_string() && line["level"].is_string() && line["timestamp"].is_string()
    };
    let lines = log.lines().filter(|line| line.starts_with('{')).filter(is_object).count();
    assert!(lines > 0 && !log.contains(" INFO "), "{log}");
}
