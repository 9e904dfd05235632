//! What was set aside, mended and sent again: true once, whoever sends it, whatever dies.

use super::{client::Answer, server::Server};
use crate::support::get;
use serde_json::Value;
use std::path::Path;

const MENDED: &[u8] = br#"{"event":{"type":"track","event":"Seen","userId":"ann","timestamp":"2026-11-22T10:00:00Z"}}"#;

fn send(server: &Server, event: &str) {
    let body = format!("{{\"batch\":[{event}]}}");
    let answer = server.client().post("/v1/batch", &server.key, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    server.settle();
}

fn quarantined(server: &Server) -> Vec<Value> {
    get(&server.address, "/quality/rejects?q=ann")["rows"].as_array().unwrap().clone()
}

/// Sends an event that cannot be used, and gives the number of its row in quarantine.
fn set_aside(server: &Server) -> u64 {
    send(server, r#"{"type":"track","event":"Seen","userId":"ann","timestamp":"yesterday"}"#);
    let rows = quarantined(server);
    assert_eq!((rows.len(), &rows[0]["reason"], &rows[0]["replayable"]), (1, &"bad_date".into(), &true.into()));
    assert_eq!(seen(server), (0, 0));
    rows[0]["id"].as_u64().unwrap()
}

fn replay(server: &Server, id: u64, body: &[u8]) -> Answer {
    let path = format!("/api/v1/quality/rejects/{id}/replay");
    server.client().post_with(&path, "content-type: application/json\r\n", body).unwrap()
}

/// How many events stand on the person's timeline, and how many the profile counts.
fn seen(server: &Server) -> (usize, u64) {
    server.settle();
    let customers = get(&server.address, "/customers?q=ann");
    let Some(id) = customers["rows"][0]["id"].as_str() else { return (0, 0) };
    let timeline = get(&server.address, &format!("/customers/{id}/timeline"));
    let profile = get(&server.address, &format!("/customers/{id}"));
    let events = timeline["events"].as_array().unwrap();
    assert!(events.iter().all(|event| event["time"] == "2026-11-22T10:00:00Z"), "{profile} {events:?}");
    (events.len(), profile["events"].as_u64().unwrap())
}

#[test]
fn a_mended_event_is_true_once_also_when_several_send_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let id = set_aside(&server);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..4).map(|_| scope.spawn(|| replay(&server, id, MENDED).status)).collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404]);
    assert_eq!((seen(&server), quarantined(&server).len()), ((1, 1), 0));
}

#[test]
fn a_mended_event_survives_a_kill_right_after_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    let id = set_aside(&server);
    assert_eq!(replay(&server, id, MENDED).status, 200);
    server.kill();
    assert!(server.start(), "{}", server.log());
    assert_eq!((seen(&server), quarantined(&server).len()), ((1, 1), 0));
    assert_eq!(replay(&server, id, MENDED).status, 404);
}

/// The database with its log, which need not be folded into it when the server has stopped.
fn copy_store(from: &Path, to: &Path) {
    for file in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
        let _ = std::fs::remove_file(to.join(file));
        if from.join(file).exists() && !file.ends_with("-shm") {
            std::fs::copy(from.join(file), to.join(file)).unwrap();
        }
    }
}

/// What is true after somebody sends an event again that is on the disk already, because the server died before it left
/// the quarantine: the Store is put back to where it stood at that moment.
fn sent_again_after_a_crash_in_between(fault: Option<&'static str>) -> ((usize, u64), usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    let id = set_aside(&server);
    server.stop();
    let before = folder.path().join("before");
    std::fs::create_dir(&before).unwrap();
    copy_store(&server.data(), &before);
    assert!(server.start(), "{}", server.log());
    assert_eq!(replay(&server, id, MENDED).status, 200);
    server.kill();
    copy_store(&before, &server.data());
    if let Some(fault) = fault {
        server = server.with_fault(fault);
    }
    assert!(server.start(), "{}", server.log());
    assert_eq!((seen(&server), quarantined(&server).len()), ((1, 1), 1), "{}", server.log());
    assert_eq!(replay(&server, id, MENDED).status, 200);
    (seen(&server), quarantined(&server).len())
}

#[test]
fn an_event_that_was_on_its_way_already_is_true_once() {
    assert_eq!(sent_again_after_a_crash_in_between(None), ((1, 1), 0));
}

#[test]
fn without_ids_it_would_be_true_twice() {
    // The timeline shows an id once in any case; what is counted is the profile.
    let ((_, counted), left) = sent_again_after_a_crash_in_between(Some("count-twice"));
    assert_eq!((counted, left), (2, 0));
}

#[test]
fn what_is_still_wrong_comes_back_with_its_new_reason() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let id = set_aside(&server);
    let half_mended = br#"{"event":{"type":"dance","event":"Seen","userId":"ann"}}"#;
    assert_eq!(replay(&server, id, half_mended).status, 200);
    server.settle();
    let rows = quarantined(&server);
    assert_eq!((rows.len(), &rows[0]["reason"], &rows[0]["field"]), (1, &"malformed".into(), &"type".into()));
    let again = rows[0]["id"].as_u64().unwrap();
    assert!(again > id, "{again} after {id}");
    // One that collecting takes and cleaning does not.
    assert_eq!(replay(&server, again, br#"{"event":{"type":"track","userId":"ann"}}"#).status, 200);
    server.settle();
    let rows = quarantined(&server);
    assert_eq!((rows.len(), &rows[0]["field"]), (1, &"event".into()));
    assert_eq!(replay(&server, rows[0]["id"].as_u64().unwrap(), MENDED).status, 200);
    assert_eq!((seen(&server), quarantined(&server).len()), ((1, 1), 0));
}
