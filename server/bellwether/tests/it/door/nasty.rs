//! What nobody should send, and what somebody sends.

use super::{client::Client, server::Server};
use crate::support::get;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

fn running() -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    (folder, server)
}

/// Sends a body to `/v1/track`, wants this status, and that the server goes on.
fn check(server: &Server, path: &str, body: &[u8], expected: u16) {
    let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
    let answer = server.client().post(path, &server.key, body).unwrap_or_else(|| panic!("{shown}: no answer"));
    assert_eq!(answer.status, expected, "{shown}: {answer:?}");
    assert!(expected == 200 || answer.body.contains("\"message\":\""), "{shown}: {answer:?}");
}

/// Why events are in quarantine, oldest last.
fn reasons(server: &Server) -> Vec<String> {
    server.settle();
    let rejects = get(&server.address, "/quality/rejects");
    rejects["rows"].as_array().unwrap().iter().map(|row| row["detail"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn bodies_that_cannot_be_understood_are_refused_with_a_reason() {
    let (_folder, server) = running();
    for body in [&b""[..], b"[]", b"{", b"null", b"\"text\"", b"{\"a\":}", b"\xff\xfe{}", b"{\"a\":\"\xff\"}", b"{} {}"]
    {
        check(&server, "/v1/track", body, 400);
        check(&server, "/v1/batch", body, 400);
    }
    check(&server, "/v1/batch", b"{}", 400);
    check(&server, "/v1/batch", b"{\"batch\":7}", 400);
    let five_megabytes =
        format!("{{\"event\":\"x\",\"userId\":\"u\",\"properties\":{{\"a\":\"{}\"}}}}", "x".repeat(5 << 20));
    check(&server, "/v1/track", five_megabytes.as_bytes(), 400);
    check(&server, "/v1/batch", format!("{{\"batch\":[{five_megabytes}]}}").as_bytes(), 400);
    let answer = server.client().post("/v1/track", "nobody", b"{\"event\":\"x\",\"userId\":\"u\"}").unwrap();
    assert_eq!(answer.status, 401, "{answer:?}");
    let answer = server.client().post_with("/v1/track", "", b"{\"event\":\"x\",\"userId\":\"u\"}").unwrap();
    assert_eq!(answer.status, 401, "{answer:?}");
}

#[test]
fn events_that_cannot_be_used_wait_with_a_reason_and_harm_nobody() {
    let (_folder, server) = running();
    let deep = format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000));
    let keys: Vec<String> = (0..10_000).map(|n| format!("\"k{n}\":1")).collect();
    let events = [
        format!(r#"{{"type":"track","event":"Deep","userId":"u","properties":{{"a":{deep}}}}}"#),
        r#"{"type":"track","event":"Nul","userId":"u\u0000","properties":{}}"#.to_owned(),
        r#"{"type":"track","userId":"u"}"#.to_owned(),
        r#"{"type":"dance","event":"x","userId":"u"}"#.to_owned(),
        r#"{"type":"track","event":"Late","userId":"u","timestamp":"yesterday"}"#.to_owned(),
        "7".to_owned(),
        r#"{"type":"track","event":"Nobody"}"#.to_owned(),
    ];
    for event in &events {
        check(&server, "/v1/batch", format!("{{\"batch\":[{event}]}}").as_bytes(), 200);
    }
    let many =
        format!(r#"{{"batch":[{{"type":"track","event":"Keys","userId":"u","properties":{{{}}}}}]}}"#, keys.join(","));
    check(&server, "/v1/batch", many.as_bytes(), 200);
    // Odd, but usable.
    for properties in
        [r#"{"a":1,"a":2}"#, r#"{"a":1e999}"#, r#"{"a":123456789012345678901234567890}"#, r#"{"a":"\u0000"}"#]
    {
        let body =
            format!(r#"{{"batch":[{{"type":"track","event":"Odd","userId":"odd","properties":{properties}}}]}}"#);
        check(&server, "/v1/batch", body.as_bytes(), 200);
    }
    let reasons = reasons(&server);
    assert!(reasons.len() >= 7, "{reasons:#?}");
    // And the next one is as good as ever.
    check(&server, "/v1/track", br#"{"event":"Fine","userId":"fine"}"#, 200);
    server.settle();
    let customers = get(&server.address, "/customers?q=fine");
    assert_eq!(customers["total"], 1, "{customers}");
}

#[test]
fn wrong_clocks_are_put_right() {
    let (_folder, server) = running();
    // Two hours fast, a year slow, and one that says that it will happen.
    let clocks = [
        ("fast", r#""timestamp":"2099-01-01T12:00:00Z","sentAt":"2099-01-01T12:00:10Z""#),
        ("slow", r#""timestamp":"1999-01-01T12:00:00Z","sentAt":"1999-01-01T12:00:10Z""#),
        ("ahead", r#""timestamp":"2099-01-01T12:00:00Z""#),
    ];
    for (user, times) in clocks {
        let body = format!(r#"{{"event":"Tick","userId":"{user}",{times}}}"#);
        check(&server, "/v1/track", body.as_bytes(), 200);
    }
    server.settle();
    for (user, _) in clocks {
        let customers = get(&server.address, &format!("/customers?q={user}"));
        let id = customers["rows"][0]["id"].as_str().unwrap_or_else(|| panic!("{user}: {customers}"));
        let timeline = get(&server.address, &format!("/customers/{id}/timeline"));
        let time: chrono::DateTime<chrono::Utc> = timeline["events"][0]["time"].as_str().unwrap().parse().unwrap();
        let age = chrono::Utc::now() - time;
        assert!(age.num_seconds() >= 0 && age.num_seconds() < 300, "{user} happened {age} ago");
    }
}

#[test]
fn a_silent_client_is_hung_up_on_and_hinders_nobody() {
    let (_folder, server) = running();
    let mut slow = TcpStream::connect(&server.address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    slow.write_all(b"POST /v1/track HTTP/1.1\r\nhost: x\r\n").unwrap();
    let begun = Instant::now();
    check(&server, "/v1/track", br#"{"event":"Fine","userId":"fine"}"#, 200);
    // A header now and then is not enough: the head must be whole in time.
    let mut answer = Vec::new();
    for _ in 0..50 {
        std::thread::sleep(Duration::from_secs(1));
        if slow.write_all(b"x-slow: 1\r\n").is_err() {
            break;
        }
    }
    let _ = slow.read_to_end(&mut answer);
    assert!(begun.elapsed() < Duration::from_secs(50), "the connection was still open after {:?}", begun.elapsed());
}

/// Thousands of them would leave no connection for anybody else.
#[test]
fn a_client_that_takes_no_answer_is_hung_up_on() {
    let (_folder, server) = running();
    let mut deaf = TcpStream::connect(&server.address).unwrap();
    deaf.set_nonblocking(true).unwrap();
    let request = format!("GET /b.js HTTP/1.1\r\nhost: {}\r\n\r\n", server.address).repeat(100);
    let begun = Instant::now();
    // It asks for as long as anybody listens.
    let hung_up = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        matches!(deaf.write(request.as_bytes()), Err(error) if error.kind() != std::io::ErrorKind::WouldBlock)
    });
    assert!(hung_up, "the connection was still open after {:?}", begun.elapsed());
    check(&server, "/v1/track", br#"{"event":"Fine","userId":"fine"}"#, 200);
}

#[test]
fn two_thousand_connections_are_served_within_bounds() {
    let (_folder, server) = running();
    let before = server.memory();
    let mut clients: Vec<Client> = (0..2_000).map(|_| server.client()).collect();
    for round in 0..2 {
        for (number, client) in clients.iter_mut().enumerate() {
            let body = format!(r#"{{"event":"Hello","userId":"c-{number}","messageId":"{round}-{number}"}}"#);
            let answer = client.post("/v1/track", &server.key, body.as_bytes()).unwrap();
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    }
    server.settle();
    assert_eq!(get(&server.address, "/customers?q=c-")["total"], 2_000);
    let more = server.memory().saturating_sub(before) >> 20;
    assert!(more < 256, "{more} MB for 2,000 connections");
}

#[test]
fn a_second_process_is_refused() {
    let (_folder, server) = running();
    let output = server.command(&["serve"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("in use"), "{said}");
    check(&server, "/v1/track", br#"{"event":"Fine","userId":"fine"}"#, 200);
}
