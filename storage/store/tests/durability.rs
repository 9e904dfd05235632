//! What a call has confirmed survives `kill -9`: a child process commits, says so, and is killed at some moment.

use bellwether_domain::*;
use bellwether_store::{Store, StoreTarget};
use chrono::DateTime;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const CHILD: &str = "BELLWETHER_STORE_DURABILITY_CHILD";
/// People per change set.
const PEOPLE: u64 = 50;

fn profile_of(step: u64, n: u64) -> Profile {
    let time = DateTime::from_timestamp(1_291_186_560, 0).unwrap();
    Profile {
        id: ProfileId::derive(&[&step.to_le_bytes(), &n.to_le_bytes()]),
        user_id: format!("{step}-{n}"),
        traits: BTreeMap::new(),
        trait_times: BTreeMap::new(),
        first_seen: time,
        last_seen: time,
        events: 1,
        commerce: Commerce::default(),
        first_touch: None,
        latest_touch: None,
    }
}

fn message_of(step: u64) -> Message {
    let (run, profile) = (RunId::derive(&[b"run"]), ProfileId::derive(&[&step.to_le_bytes()]));
    Message {
        id: Message::id_for(run, profile),
        campaign: CampaignId::derive(&[b"campaign"]),
        run,
        profile,
        channel: "outbox".to_owned(),
        address: format!("customer-{step}@example.com"),
        state: MessageState::Reserved { at: DateTime::UNIX_EPOCH },
    }
}

/// Not a test of its own: what the child does until it is killed.
#[tokio::test]
async fn child() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let store = Store::open(&StoreTarget::Sqlite(PathBuf::from(path))).await.unwrap();
    let first = store.applied().await.unwrap().0 + 1;
    // The last kill may have come between the two calls of a step.
    store.reserve(&[message_of(first - 1)]).await.unwrap();
    for step in first.. {
        let profiles = (0..PEOPLE).map(|n| profile_of(step, n)).collect();
        store.commit(&ChangeSet { applied: Offset(step), profiles, ..ChangeSet::default() }).await.unwrap();
        say("committed", step);
        assert_eq!(store.reserve(&[message_of(step)]).await.unwrap().len(), 1);
        say("reserved", step);
    }
}

/// Past the test harness, which keeps back what a test prints.
fn say(what: &str, step: u64) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what} {step}").unwrap();
    out.flush().unwrap();
}

fn start_child(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills the child after so many lines, and gives back the last steps that it confirmed, those that it had written
/// before it died included.
fn kill_after(mut child: Child, lines: usize) -> (u64, u64) {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    let confirmed = |text: &str| text.matches("committed").count() + text.matches("reserved").count();
    while confirmed(&text) < lines {
        assert_ne!(reader.read_line(&mut text).unwrap(), 0, "the child ended by itself: {text}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.read_to_string(&mut text).unwrap();
    let last = |what: &str| {
        // A line that was cut off confirms nothing.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        let steps = whole.lines().filter_map(|line| line.split(what).nth(1)?.trim().parse().ok());
        steps.max().unwrap_or(0)
    };
    (last("committed"), last("reserved"))
}

#[tokio::test]
async fn what_was_confirmed_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut before = 0;
    // Killed again and again on the same file, after an odd and an even number of calls.
    for lines in [7, 12, 31] {
        let (committed, reserved) = kill_after(start_child(&path), lines);
        assert!(committed > before, "the child got nowhere");
        before = committed;
        let store = Store::open(&StoreTarget::Sqlite(path.clone())).await.unwrap();
        check(&store, committed, reserved).await;
        store.close().await.unwrap();
    }
}

async fn check(store: &Store, committed: u64, reserved: u64) {
    let applied = store.applied().await.unwrap().0;
    assert!(applied == committed || applied == committed + 1, "{applied} is applied, {committed} were confirmed");
    let profiles = store.all_profiles().await.unwrap();
    assert_eq!(profiles.len() as u64, applied * PEOPLE, "a change set is there whole or not at all");
    for step in 1..=applied {
        assert!(profiles.iter().any(|profile| *profile == profile_of(step, PEOPLE - 1)), "step {step} is missing");
    }
    for step in 1..=reserved {
        let known = store.message(message_of(step).id).await.unwrap();
        assert_eq!(known, Some(message_of(step)), "reservation {step} was confirmed and is gone");
    }
}
