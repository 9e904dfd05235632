//! A disk that is full, and one that can only be read. These need a file system of their own, and so user namespaces,
//! in which each test runs itself again.

use super::{
    feedback, imports,
    load::{EVENTS, Event, batch},
    server::Server,
    truth::{Expected, found},
};
use std::{path::Path, process::Command};

/// Set for the run inside of the namespace.
const INSIDE: &str = "BELLWETHER_TEST_NAMESPACE";

/// Runs the test of this name in namespaces of its own; says whether this is it.
fn is_inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let test = std::env::current_exe().unwrap();
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount"])
        .arg(test)
        .args(["--exact", &format!("door::disk::{name}"), "--nocapture"])
        .env(INSIDE, "1")
        .output();
    match output {
        Ok(output) => {
            let said =
                [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
            if said.contains("unshare:") {
                no_namespaces(&said);
            } else {
                assert!(output.status.success() && said.contains("1 passed"), "{said}");
            }
        }
        Err(error) => no_namespaces(&error.to_string()),
    }
    false
}

fn no_namespaces(why: &str) {
    assert!(std::env::var_os("BELLWETHER_REQUIRE_ALL").is_none(), "no namespaces here: {why}");
    eprintln!("skipped: a file system of one's own needs user namespaces ({why})");
}

fn mount(arguments: &[&str], folder: &Path) {
    let output = Command::new("mount").args(arguments).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Sends until the answer is another than before; counts what was taken.
fn send_until(server: &Server, first: u64, status: u16, expected: &mut Expected) -> u64 {
    let mut client = server.client();
    for request in 0..20_000 {
        let numbers = first + request * EVENTS..first + (request + 1) * EVENTS;
        let answer = client.post("/v1/batch", &server.key, batch(numbers.clone()).as_bytes()).unwrap();
        if answer.status == 200 {
            numbers.for_each(|number| expected.add(Event(number)));
        }
        if answer.status == status {
            if status != 200 {
                assert!(answer.says_when(), "{answer:?}");
            }
            return first + (request + 1) * EVENTS;
        }
        assert!(answer.status == 200 || answer.status == 503, "{answer:?}");
    }
    panic!("no {status} came\n{}", server.log());
}

/// Takes the disk away and gives it back; nothing that was acknowledged is lost, and nobody has to do anything.
fn check(without: impl FnOnce(&Server), with: impl FnOnce(&Server)) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    mount(&["-t", "tmpfs", "-o", "size=8m", "tmpfs"], &data);
    let mut server = Server::new(folder.path(), &["lake.seconds_until_file=0".to_owned()]);
    assert!(server.start(), "{}", server.log());
    let mut expected = Expected::default();
    let next = send_until(&server, 0, 200, &mut expected);
    server.settle();
    without(&server);
    let next = send_until(&server, next, 503, &mut expected);
    assert_eq!(server.get("/readyz").unwrap().status, 503);
    assert_eq!(server.get("/healthz").unwrap().status, 200);
    with(&server);
    // Without anybody sending: whoever goes by readiness waits for it.
    server.wait_until("/readyz", |answer| answer.status == 200);
    send_until(&server, next, 200, &mut expected);
    server.settle();
    server.stop();
    expected.compare(&found(&server, None)).unwrap_or_else(|wrong| panic!("{wrong}\n{}", server.log()));
    drop(server);
    Command::new("umount").arg(&data).status().unwrap();
}

#[test]
fn a_full_disk_is_said_and_room_ends_it() {
    if is_inside("a_full_disk_is_said_and_room_ends_it") {
        let room =
            |size: &'static str| move |server: &Server| mount(&["-o", &format!("remount,size={size}")], &server.data());
        check(
            |server| {
                // Somebody else's file takes what is left.
                let filler = server.data().join("filler");
                drop(std::fs::write(filler, vec![0u8; 16 << 20]));
            },
            room("64m"),
        );
    }
}

/// Files that are open for writing keep a disk from being made read-only, so that it is so before the start.
#[test]
fn a_disk_that_can_only_be_read_is_named_at_the_start() {
    if is_inside("a_disk_that_can_only_be_read_is_named_at_the_start") {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        mount(&["-t", "tmpfs", "-o", "size=16m", "tmpfs"], &data);
        let mut server = Server::new(folder.path(), &[]);
        mount(&["-o", "remount,ro"], &data);
        assert!(!server.start());
        assert!(server.log().to_lowercase().contains("read-only"), "{}", server.log());
        mount(&["-o", "remount,rw"], &data);
        assert!(server.start(), "{}", server.log());
        let mut expected = Expected::default();
        send_until(&server, 0, 200, &mut expected);
        drop(server);
        Command::new("umount").arg(&data).status().unwrap();
    }
}

#[test]
fn a_file_that_does_not_fit_is_refused_and_gives_its_room_back() {
    if is_inside("a_file_that_does_not_fit_is_refused_and_gives_its_room_back") {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        mount(&["-t", "tmpfs", "-o", "size=16m", "tmpfs"], &data);
        let server = Server::running(folder.path());
        let refused = imports::send(&server, "large.csv", &vec![b'x'; 24 << 20]);
        assert_eq!(imports::problem(&refused), (507, "disk_full".to_owned()));
        assert_eq!(imports::left_over(&server), Vec::<String>::new());
        // Everything else goes on.
        let mut expected = Expected::default();
        send_until(&server, 0, 200, &mut expected);
        server.settle();
        let id = imports::upload(&server, "orders.csv", crate::support::orders(50, 2).as_bytes());
        imports::begin(&server, &id, imports::MAPPING);
        imports::wait(&server, &id, "done");
        drop(server);
        Command::new("umount").arg(&data).status().unwrap();
    }
}

/// The reader is sent on; what he did is lost, and that is said.
#[test]
fn a_full_disk_keeps_no_reader_waiting() {
    if !is_inside("a_full_disk_keeps_no_reader_waiting") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    mount(&["-t", "tmpfs", "-o", "size=128m", "tmpfs"], &data);
    let mut server = feedback::sent(folder.path(), &[]);
    let letter = feedback::letters(&server).remove(0);
    assert!(server.start(), "{}", server.log());
    let filler = data.join("filler");
    drop(std::fs::write(&filler, vec![0u8; 192 << 20]));
    let begun = std::time::Instant::now();
    let answer = feedback::ask(&server, "GET", &letter.links[0], "Mozilla/5.0 (X11; Linux)");
    assert!(answer.status == 302 && answer.head.to_lowercase().contains("location: https://"), "{answer:?}");
    assert_eq!(feedback::ask(&server, "GET", &letter.picture, "Mozilla/5.0 (X11; Linux)").status, 200);
    assert!(begun.elapsed().as_secs() < 10);
    let said = server.get("/metrics").unwrap().body;
    let lost = |name: &str| format!("bellwether_message_feedback_total{{event=\"{name}\",outcome=\"lost\"}} 1");
    assert!(said.contains(&lost("Email Link Clicked")) && said.contains(&lost("Email Opened")), "{said}");
    // With room it is as before.
    std::fs::remove_file(&filler).unwrap();
    feedback::ask(&server, "GET", &letter.links[1], "Mozilla/5.0 (X11; Linux)");
    let said = server.get("/metrics").unwrap().body;
    assert!(said.contains("{event=\"Email Link Clicked\",outcome=\"kept\"} 1"), "{said}");
    drop(server);
    Command::new("umount").arg(&data).status().unwrap();
}
