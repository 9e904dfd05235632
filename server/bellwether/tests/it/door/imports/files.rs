//! Files are there as a whole or not at all, and the same file is one file.

use super::{MAPPING, begin, by_command_line, digest, left_over, problem, send, shown, start, upload, value, wait};
use crate::{
    door::{client::Client, server::Server},
    support::{get, orders},
};
use std::{
    io::Write,
    net::TcpStream,
    time::{Duration, Instant},
};

#[test]
fn a_file_that_is_too_large_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &["imports.max_upload_mb=1".to_owned()]);
    assert!(server.start(), "{}", server.log());
    let large = vec![b'x'; 1_000_001];
    let refused = send(&server, "large.csv", &large);
    assert_eq!(problem(&refused), (413, "file_too_large".to_owned()));
    assert!(value(&refused)["detail"].as_str().unwrap().contains("imports.max_upload_mb"));
    // Also where its length is not said before.
    let mut request = format!(
        "POST /api/v1/imports/uploads?name=a.csv HTTP/1.1\r\nhost: {}\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n",
        server.address
    )
    .into_bytes();
    for part in large.chunks(60_000) {
        request.extend(format!("{:x}\r\n", part.len()).bytes());
        request.extend_from_slice(part);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    assert_eq!(problem(&Client::new(&server.address).send(&request).unwrap()), (413, "file_too_large".to_owned()));
    assert_eq!(problem(&send(&server, "empty.csv", b"")), (422, "file_unreadable".to_owned()));
    let form = server.client().post_with(
        "/api/v1/imports/uploads?name=a.csv",
        "content-type: multipart/form-data; boundary=x\r\n",
        b"--x--",
    );
    assert_eq!(problem(&form.unwrap()), (400, "invalid_body".to_owned()));
    assert_eq!(left_over(&server), Vec::<String>::new());
    // One that just fits.
    upload(&server, "fits.csv", &large[1..]);
}

#[test]
fn half_an_upload_is_gone_when_its_sender_is_and_when_the_server_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    let begin_to_send = |server: &Server| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let head = format!(
            "POST /api/v1/imports/uploads?name=a.csv HTTP/1.1\r\nhost: {}\r\ncontent-type: application/octet-stream\r\ncontent-length: 2000000\r\n\r\n",
            server.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&vec![b'x'; 1_000_000]).unwrap();
        let begun = Instant::now();
        while left_over(server).is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{}", server.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        stream
    };
    drop(begin_to_send(&server));
    let begun = Instant::now();
    while !left_over(&server).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}\n{}", left_over(&server), server.log());
        std::thread::sleep(Duration::from_millis(10));
    }
    let stream = begin_to_send(&server);
    server.kill();
    assert_eq!(left_over(&server).len(), 1);
    assert!(server.start(), "{}", server.log());
    assert_eq!(left_over(&server), Vec::<String>::new());
    assert_eq!(get(&server.address, "/imports/uploads")["uploads"].as_array().unwrap().len(), 0);
    drop(stream);
}

#[test]
fn the_same_file_again_is_recognised_whatever_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let csv = orders(1_500, 2);
    let mut server = Server::running(folder.path());
    let (first, second) = (upload(&server, "orders.csv", csv.as_bytes()), upload(&server, "again.csv", csv.as_bytes()));
    begin(&server, &first, MAPPING);
    begin(&server, &second, MAPPING);
    assert_eq!(problem(&start(&server, &first, MAPPING)).1, "import_running");
    let done = wait(&server, &first, "done");
    assert_eq!((&done["outcome"]["rows"], &done["outcome"]["already_imported"]), (&3_000.into(), &false.into()));
    let again = wait(&server, &second, "done");
    assert_eq!((&again["outcome"]["rows"], &again["outcome"]["already_imported"]), (&3_000.into(), &true.into()));
    // Where somebody looks before starting, it is said before.
    let third = upload(&server, "third.csv", csv.as_bytes());
    assert_eq!(super::preview(&server, &third, MAPPING)["standing"], "complete");
    let other = MAPPING.replace("item = \"item\"", "item = \"item\"\nitem_name = \"item\"");
    assert_eq!(super::preview(&server, &third, &other)["standing"], "other_mapping");
    assert_eq!(problem(&start(&server, &third, &other)), (409, "imported_differently".to_owned()));
    server.stop();
    let expected = tempfile::tempdir().unwrap();
    // The list shows it under the name that it came with last.
    let files: [(&str, &[u8], &str); 2] =
        [("orders.csv", csv.as_bytes(), MAPPING), ("again.csv", csv.as_bytes(), MAPPING)];
    assert_eq!(digest(&server), by_command_line(expected.path(), &[], &files));
}

#[test]
fn a_file_of_events_stands_as_it_did_when_orders_have_settled_the_currency() {
    const SEEN: &str = "kind = \"events\"\nsource = \"site\"\nuser_id = \"user\"\ntime = \"at\"\n[[event]]\nevent = { constant = \"Seen\" }\n";
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let seen = b"user,at\nu1,2024-01-05\nu2,2024-01-06\n";
    for (name, bytes, mapping) in [("seen.csv", &seen[..], SEEN), ("orders.csv", orders(20, 2).as_bytes(), MAPPING)] {
        let id = upload(&server, name, bytes);
        begin(&server, &id, mapping);
        wait(&server, &id, "done");
    }
    let again = upload(&server, "again.csv", seen);
    assert_eq!(super::preview(&server, &again, SEEN)["standing"], "complete");
    begin(&server, &again, SEEN);
    assert_eq!(wait(&server, &again, "done")["outcome"]["already_imported"], true);
}

#[test]
fn a_file_is_removed_but_not_while_it_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let id = upload(&server, "orders.csv", orders(20_000, 2).as_bytes());
    let remove = || server.api("DELETE", &format!("/imports/uploads/{id}"), &serde_json::Value::Null);
    begin(&server, &id, MAPPING);
    assert!(super::wait_for_the_middle(&server, &id, 0));
    assert_eq!(problem(&remove()), (409, "import_running".to_owned()));
    let cancel = || server.api("POST", &format!("/imports/uploads/{id}/cancel"), &serde_json::Value::Null);
    assert_eq!(cancel().status, 200);
    assert_eq!(shown(&server, &id)["state"], "cancelled");
    assert_eq!(problem(&cancel()), (409, "import_not_running".to_owned()));
    assert_eq!(remove().status, 204);
    assert_eq!(problem(&remove()), (404, "not_found".to_owned()));
    assert_eq!(left_over(&server), Vec::<String>::new());
    assert_eq!(get(&server.address, "/jobs"), serde_json::json!([]));
}

#[test]
fn what_arrives_meanwhile_does_not_wait_for_the_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let id = upload(&server, "orders.csv", orders(40_000, 2).as_bytes());
    begin(&server, &id, MAPPING);
    assert!(super::wait_for_the_middle(&server, &id, 5_000));
    let event = br#"{"type":"track","event":"Seen","userId":"ann"}"#;
    assert_eq!(server.client().post("/v1/track", &server.key, event).unwrap().status, 200);
    server.wait_until("/api/v1/customers?q=ann", |answer| value(answer)["total"] == 1);
    let state = shown(&server, &id);
    assert_eq!(state["state"], "running", "it was not waited for: {state}");
    wait(&server, &id, "done");
}
