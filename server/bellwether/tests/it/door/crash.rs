//! Killed again and again under load.

use super::{
    load::Load,
    server::Server,
    truth::{Expected, found},
};
use crate::{
    postgres::Schema,
    support::{get, rounds},
};
use std::time::{Duration, Instant};

/// Kills of the short form; the long one is `make soak`.
const KILLS: u32 = 50;

/// Files at once, so that kills meet every part of the way.
fn settings(more: &[String]) -> Vec<String> {
    [&["lake.seconds_until_file=0".to_owned()][..], more].concat()
}

/// A few pauses between 20 and 300 ms, others in every round. What they meet is left to chance.
fn pause(kill: u32, round: u32) -> Duration {
    Duration::from_millis(20 + u64::from(kill.wrapping_mul(7_919).wrapping_add(round * 104_729) % 281))
}

/// Sends while the server is killed; gives what must be true and whether the server could be started each time.
fn killed_under_load(server: &mut Server, (kills, round): (u32, u32)) -> (Expected, bool) {
    assert!(server.start(), "{}", server.log());
    let load = Load::start(&server.address, &server.key, 4);
    let mut starts = true;
    for kill in 0..kills {
        std::thread::sleep(pause(kill, round));
        server.kill();
        starts &= server.start();
        if !starts {
            break;
        }
    }
    if !starts {
        // Nobody will answer any more.
        return (Expected::default(), false);
    }
    let expected = load.finish();
    server.stop_when_through();
    (expected, starts)
}

fn check(settings: &[String], database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), settings);
    let begun = Instant::now();
    let (kills, round) = rounds("BELLWETHER_KILLS", KILLS);
    let (expected, starts) = killed_under_load(&mut server, (kills, round));
    assert!(starts, "{}", server.log());
    let events = expected.events.len();
    eprintln!("{events} events, {kills} kills in {:.1} s", begun.elapsed().as_secs_f64());
    expected.compare(&found(&server, database)).unwrap_or_else(|wrong| panic!("{wrong}\n{}", server.log()));
    for question in ["doctor", "replay"] {
        let output = server.command(&[question]).output().unwrap();
        assert!(output.status.success(), "{question}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn killed_fifty_times_on_sqlite_every_event_with_a_200_is_true_once() {
    check(&settings(&[]), None);
}

#[test]
fn killed_fifty_times_on_postgres_every_event_with_a_200_is_true_once() {
    let Some(schema) = Schema::create("door_crash") else { return };
    check(&settings(&[schema.setting()]), Some(&schema.url()));
}

/// Runs with a protection switched off until the result is wrong.
fn control(fault: &'static str, kills: u32) -> String {
    let mut tried = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::new(folder.path(), &settings(&[])).with_fault(fault);
        let (expected, starts) = killed_under_load(&mut server, (kills, 0));
        if !starts {
            return server.log();
        }
        if let Err(wrong) = expected.compare(&found(&server, None)) {
            return wrong;
        }
        tried += 1;
        assert!(tried < 5, "without its protection ({fault}) nothing went wrong: the test shows nothing");
    }
}

#[test]
fn without_waiting_for_the_disk_events_are_lost() {
    let wrong = control("acknowledge-early", 10);
    assert!(wrong.contains("are missing") && !wrong.contains(" 0 are missing"), "{wrong}");
}

#[test]
fn without_ids_events_count_twice() {
    let wrong = control("count-twice", 10);
    assert!(wrong.contains("more than once") && !wrong.contains(" 0 there more than once"), "{wrong}");
}

#[test]
fn when_the_inbox_forgets_early_batches_are_missed() {
    let wrong = control("forget-early", 20);
    assert!(wrong.contains("of the inbox is missing"), "{wrong}");
}

/// Right after a start the timeline has what was true before it, also what was in no file then.
#[test]
fn what_was_true_before_a_kill_is_there_when_nothing_waits_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &["lake.seconds_until_file=3600".to_owned()]);
    assert!(server.start(), "{}", server.log());
    for batch in 0..100 {
        let event = |n: u32| format!(r#"{{"type":"track","event":"E","userId":"ann","messageId":"{batch}-{n}"}}"#);
        let body = format!("{{\"batch\":[{}]}}", (0..200).map(event).collect::<Vec<_>>().join(","));
        assert_eq!(server.client().post("/v1/batch", &server.key, body.as_bytes()).unwrap().status, 200);
    }
    server.settle();
    let id = get(&server.address, "/customers?q=ann")["rows"][0]["id"].as_str().unwrap().to_owned();
    let newest =
        |server: &Server| get(&server.address, &format!("/customers/{id}/timeline?limit=100"))["events"].clone();
    let before = newest(&server);
    assert_eq!(before.as_array().unwrap().len(), 100);
    server.kill();
    assert!(server.start(), "{}", server.log());
    server.settle();
    assert_eq!(newest(&server), before);
}
