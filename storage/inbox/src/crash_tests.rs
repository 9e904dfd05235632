//! A child process that is killed in the middle of its work, and what is found afterwards.

use crate::{
    AppenderLimits, ImportCursor, Inbox, Record,
    cursors::put_cursor,
    database::Options,
    testing::{batch_of, moment, noise},
};
use bellwether_domain::{ImportId, ManualClock, Offset};
use rusqlite::Connection;
use std::{
    collections::BTreeSet,
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

/// What goes wrong on purpose in the middle of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Everything is written but not committed when the process stands still.
    StopBeforeCommit,
    /// The mistake that the inbox must not make: the cursor is committed by itself.
    CursorOutsideTransaction,
}

impl Fault {
    pub fn before_batches(self, writer: &mut Connection, cursor: Option<&ImportCursor>) -> rusqlite::Result<()> {
        if let (Self::CursorOutsideTransaction, Some(cursor)) = (self, cursor) {
            put_cursor(writer, cursor)?;
            stand_still();
        }
        Ok(())
    }

    pub fn before_commit(self) {
        if self == Self::StopBeforeCommit {
            stand_still();
        }
    }
}

fn stand_still() -> ! {
    eprintln!("still");
    loop {
        std::thread::park();
    }
}

fn import() -> ImportId {
    ImportId::derive(&[b"shop", b"crash"])
}

/// The content of a batch follows from its offset, so that the parent knows what it must find. Sizes from 10 bytes to 90 kB.
fn content(offset: u64) -> String {
    noise(offset, 10 << (offset * 7 % 14))
}

/// Appends one call of one to three batches behind `last`, with the cursor that agrees with it.
fn append_one(inbox: &Inbox, last: u64) -> u64 {
    let next = last + 1 + last % 3;
    let batches: Vec<_> = (last + 1..=next).map(|offset| batch_of(&[content(offset)])).collect();
    let cursor = ImportCursor {
        import: import(),
        source: "shop".to_owned(),
        file: "crash.csv".to_owned(),
        position: next,
        rows: next,
        events: next,
        rejected: 0,
        mapping: String::new(),
        complete: false,
    };
    assert_eq!(inbox.append(&batches, Some(&cursor), moment(0)).unwrap(), Offset(next));
    next
}

/// Whether batches and cursor tell the same story, and at least `acknowledged` batches are there.
pub fn expect_agreement(path: &Path, import: ImportId, acknowledged: u64) -> Result<u64, String> {
    let inbox = Inbox::open(path).map_err(|e| e.to_string())?;
    let batches = inbox.read_after(Offset(0), usize::MAX).map_err(|e| e.to_string())?;
    let records: u64 = batches.iter().map(|batch| u64::from(batch.records)).sum();
    let position = inbox.import_cursor(import).map_err(|e| e.to_string())?.map_or(0, |cursor| cursor.position);
    if position != records || inbox.last_offset().map_err(|e| e.to_string())? != Offset(records) {
        return Err(format!("the cursor stands at {position} and there are {records} records"));
    }
    if records < acknowledged {
        return Err(format!("{acknowledged} were acknowledged and {records} are there"));
    }
    Ok(records)
}

fn expect_contents(path: &Path) {
    let inbox = Inbox::open(path).unwrap();
    for (batch, offset) in inbox.read_after(Offset(0), usize::MAX).unwrap().iter().zip(1..) {
        assert_eq!(batch.offset, Offset(offset));
        let records: Vec<_> = batch.decode().collect::<Result<_, _>>().unwrap();
        let [Record::Reject(reject)] = &records[..] else { panic!("{records:?}") };
        assert_eq!(reject.content, content(offset));
    }
}

/// The child: appends until it is killed, and says on standard error what was acknowledged.
#[test]
#[ignore = "started by the crash tests as a process of its own"]
fn child() {
    let path = env::var("INBOX_PATH").expect("started by the crash tests");
    let calls: u64 = env::var("INBOX_CALLS").unwrap().parse().unwrap();
    let fault = match env::var("INBOX_FAULT").unwrap().as_str() {
        "before-commit" => Fault::StopBeforeCommit,
        "cursor-outside" => Fault::CursorOutsideTransaction,
        _ => Fault::None,
    };
    let inbox = Inbox::open(path.as_ref()).unwrap();
    let mut last = inbox.last_offset().unwrap().0;
    eprintln!("ack {last}");
    for _ in 0..calls {
        last = append_one(&inbox, last);
        eprintln!("ack {last}");
    }
    let faulty = Inbox::open_with(path.as_ref(), Options { fault, ..Options::default() }).unwrap();
    append_one(&faulty, last);
}

/// Another child: many callers at once, each of which says what was confirmed to it.
#[test]
#[ignore = "started by the crash tests as a process of its own"]
fn child_with_many_callers() {
    let path = env::var("INBOX_PATH").expect("started by the crash tests");
    let inbox = Arc::new(Inbox::open(path.as_ref()).unwrap());
    let clock = Arc::new(ManualClock::new(moment(0)));
    let appender = inbox.appender(clock, AppenderLimits { group_requests: 3, ..AppenderLimits::default() }).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let callers = (0..8u64).map(|caller| {
            let appender = appender.clone();
            tokio::spawn(async move {
                for number in (caller..).step_by(8) {
                    appender.append(batch_of(&[content(number)]).body, 1, 1).await.unwrap();
                    eprintln!("ack {number}");
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
    });
}

#[test]
fn what_was_confirmed_to_one_of_many_callers_survives_a_kill() {
    for confirmations in [1, 9, 40] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let mut child = start_child(&path, "crash_tests::child_with_many_callers", 0, "none");
        let mut confirmed = BTreeSet::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            confirmed.extend(line.unwrap().strip_prefix("ack ").map(|number| number.parse::<u64>().unwrap()));
            if confirmed.len() >= confirmations {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(confirmed.len() >= confirmations, "the child ended by itself");
        assert_eq!(lost(&path, &confirmed), Vec::<u64>::new());
    }
}

/// What was confirmed and is not there.
fn lost(path: &Path, confirmed: &BTreeSet<u64>) -> Vec<u64> {
    let batches = Inbox::open(path).unwrap().read_after(Offset(0), usize::MAX).unwrap();
    let records = batches.iter().flat_map(|batch| batch.decode());
    let found: BTreeSet<String> = records
        .map(|record| match record {
            Ok(Record::Reject(reject)) => reject.content,
            other => panic!("{other:?}"),
        })
        .collect();
    confirmed.iter().copied().filter(|number| !found.contains(&content(*number))).collect()
}

/// The negative control: a confirmation that is not backed by the disk turns the same check red.
#[test]
fn the_check_notices_what_was_confirmed_to_one_caller_and_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    Inbox::open(&path).unwrap().append(&[batch_of(&[content(3)])], None, moment(0)).unwrap();
    assert_eq!(lost(&path, &BTreeSet::from([3, 4])), [4]);
}

fn start_child(path: &Path, name: &str, calls: u64, fault: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env("INBOX_PATH", path)
        .env("INBOX_CALLS", calls.to_string())
        .env("INBOX_FAULT", fault)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets the child work until it says a line that `stop` wants, then kills it with SIGKILL; gives the last
/// acknowledged offset.
fn run_and_kill(path: &Path, calls: u64, fault: &str, stop: impl Fn(&str, u64) -> bool) -> u64 {
    let mut child = start_child(path, "crash_tests::child", calls, fault);
    let mut acknowledged = 0;
    let mut acknowledgements = 0;
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(offset) = line.strip_prefix("ack ") {
            acknowledged = offset.parse().unwrap();
            acknowledgements += 1;
        }
        if stop(&line, acknowledgements) {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    acknowledged
}

#[test]
fn whatever_was_acknowledged_survives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    // The same file through all rounds, so that each one also begins on what a crash has left.
    for acknowledgements in [1, 2, 5, 3, 9, 14] {
        let acknowledged = run_and_kill(&path, u64::MAX, "none", |_, seen| seen >= acknowledgements);
        expect_agreement(&path, import(), acknowledged).unwrap();
        expect_contents(&path);
    }
}

#[test]
fn nothing_of_a_call_is_there_before_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let acknowledged = run_and_kill(&path, 4, "before-commit", |line, _| line == "still");
    assert_eq!(expect_agreement(&path, import(), acknowledged), Ok(acknowledged));
    expect_contents(&path);
}

/// The negative control: with the cursor outside of the transaction the same check turns red.
#[test]
fn the_check_notices_a_cursor_outside_of_the_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let acknowledged = run_and_kill(&path, 4, "cursor-outside", |line, _| line == "still");
    let error = expect_agreement(&path, import(), acknowledged).unwrap_err();
    assert_eq!(
        error,
        format!("the cursor stands at {} and there are {acknowledged} records", acknowledged + 1 + acknowledged % 3)
    );
}

/// The negative control: an acknowledgement that is not backed by the disk turns the same check red.
#[test]
fn the_check_notices_a_lost_acknowledgement() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let last = append_one(&Inbox::open(&path).unwrap(), 0);
    let error = expect_agreement(&path, import(), last + 1).unwrap_err();
    assert_eq!(error, format!("{} were acknowledged and {last} are there", last + 1));
}
