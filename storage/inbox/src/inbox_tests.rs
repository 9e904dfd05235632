use super::*;
use crate::{
    crash_tests::expect_agreement,
    testing::{batch_of, moment, noise},
};
use bellwether_domain::ImportId;
use proptest::prelude::*;
use rusqlite::params;
use std::{collections::VecDeque, time::Duration};
use tempfile::TempDir;

fn fresh() -> (TempDir, Inbox) {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::open(&folder.path().join("inbox.db")).unwrap();
    (folder, inbox)
}

fn reopened(folder: &TempDir) -> Result<Inbox> {
    Inbox::open(&folder.path().join("inbox.db"))
}

/// The file as somebody else's program would open it.
fn raw(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("inbox.db")).unwrap()
}

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("row {n}")).collect()
}

fn cursor(events: u64) -> ImportCursor {
    ImportCursor {
        import: ImportId::derive(&[b"shop", b"digest"]),
        source: "shop".to_owned(),
        file: "sales.csv".to_owned(),
        position: u64::MAX - events,
        rows: 2 * events,
        events,
        rejected: 1,
        mapping: "digest".to_owned(),
        complete: events > 5,
    }
}

#[test]
fn batches_come_back_as_they_were_appended() {
    let (_folder, inbox) = fresh();
    let batches = [batch_of(&texts(3)), batch_of(&texts(0)), batch_of(&texts(1000))];
    assert_eq!(inbox.append(&batches, None, moment(1)).unwrap(), Offset(3));
    let stored = inbox.read_after(Offset(0), usize::MAX).unwrap();
    assert_eq!(stored.len(), 3);
    for ((stored, batch), offset) in stored.iter().zip(&batches).zip(1..) {
        assert_eq!(stored.offset, Offset(offset));
        assert_eq!((stored.records, &stored.body), (batch.records, &batch.body));
        assert_eq!(stored.received_at, moment(1));
        assert_eq!(stored.decode().filter(|record| record.is_ok()).count(), batch.records as usize);
    }
    assert_eq!(inbox.read_after(Offset(1), 1).unwrap()[0].offset, Offset(2));
    assert!(inbox.read_after(Offset(u64::MAX), 9).unwrap().is_empty());
}

/// Two of three writers keep their batch at hand; the reader is now close behind, now far.
#[test]
fn what_is_at_hand_is_what_is_in_the_file() {
    let (folder, inbox) = fresh();
    let mut read = Vec::new();
    let read_up_to = |last: u64, read: &mut Vec<StoredBatch>| {
        while (read.len() as u64) < last {
            let batch = inbox.next_after(Offset(read.len() as u64)).unwrap().unwrap();
            read.push(batch.clone());
            inbox.recycle(batch);
        }
    };
    for (number, lag) in (1..=60).zip([0, 1, 2, 3, 5, 9].into_iter().cycle()) {
        let batch = batch_of(&texts(number * 7 % 50));
        let at = moment(number as i64);
        let offset = match number % 3 {
            0 => inbox.append(&[batch], None, at),
            _ => inbox.append_at_hand(batch, Some(&cursor(number as u64)), at),
        };
        assert_eq!(offset.unwrap(), Offset(number as u64));
        read_up_to((number as u64).saturating_sub(lag), &mut read);
    }
    read_up_to(60, &mut read);
    assert!(inbox.next_after(Offset(60)).unwrap().is_none());
    assert_eq!(read, reopened(&folder).unwrap().read_after(Offset(0), usize::MAX).unwrap());
    // From the beginning again, when nothing of it is at hand any more.
    assert_eq!(inbox.next_after(Offset(0)).unwrap().as_ref(), read.first());
}

/// What is at hand is not read from the file, and what could not be appended is not at hand.
#[test]
fn only_what_is_durable_is_at_hand() {
    let (folder, inbox) = fresh();
    let wrong = NewBatch { records: 3, body: batch_of(&texts(2)).body };
    assert!(matches!(inbox.append_at_hand(wrong, None, moment(0)), Err(Error::RecordCount { .. })));
    assert!(inbox.next_after(Offset(0)).unwrap().is_none());
    let batch = batch_of(&texts(2));
    assert_eq!(inbox.append_at_hand(batch.clone(), None, moment(0)).unwrap(), Offset(1));
    raw(&folder).execute("UPDATE batches SET body = x'00'", []).unwrap();
    assert_eq!(inbox.next_after(Offset(0)).unwrap().unwrap().body, batch.body);
    assert!(matches!(inbox.next_after(Offset(0)), Err(Error::Damaged { .. })));
}

#[test]
fn memory_is_used_again() {
    let (_folder, inbox) = fresh();
    inbox.append_at_hand(batch_of(&texts(1_000)), None, moment(0)).unwrap();
    let batch = inbox.next_after(Offset(0)).unwrap().unwrap();
    let (place, bytes) = (batch.body.as_ptr(), batch.body.capacity());
    inbox.recycle(batch);
    let body = inbox.spare_body(bytes);
    assert_eq!((body.as_ptr(), body.len()), (place, 0));
    inbox.memory.give_back(body);
    inbox.forget_spares();
    assert_ne!(inbox.spare_body(bytes / 2).capacity(), bytes);
    assert!(inbox.spare_body(77).capacity() >= 77);
}

#[test]
fn the_cursor_moves_with_and_without_batches() {
    let (folder, inbox) = fresh();
    assert_eq!(inbox.import_cursor(cursor(1).import).unwrap(), None);
    assert_eq!(inbox.append(&[], Some(&cursor(1)), moment(0)).unwrap(), Offset(0));
    assert_eq!(inbox.append(&[batch_of(&texts(2))], Some(&cursor(9)), moment(0)).unwrap(), Offset(1));
    drop(inbox);
    assert_eq!(reopened(&folder).unwrap().import_cursor(cursor(1).import).unwrap(), Some(cursor(9)));
}

#[test]
fn a_wrong_record_count_is_refused() {
    let (_folder, inbox) = fresh();
    let wrong = NewBatch { records: 3, body: batch_of(&texts(2)).body };
    let error = inbox.append(&[batch_of(&texts(1)), wrong], None, moment(0)).unwrap_err();
    assert_eq!(error.to_string(), "batch 1 of the call says 3 records and holds 2 lines");
    assert_eq!(inbox.last_offset().unwrap(), Offset(0));
}

#[test]
fn every_commit_waits_for_the_disk() {
    let (_folder, inbox) = fresh();
    let writer = lock(&inbox.writer);
    let pragma = |name: &str| writer.query_row(name, [], |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
    assert_eq!(pragma("PRAGMA synchronous"), 2.into());
    assert_eq!(pragma("PRAGMA journal_mode"), "wal".to_owned().into());
}

#[test]
fn another_writer_is_named_as_the_reason() {
    let (folder, _first) = fresh();
    let options = Options { busy_timeout: Duration::from_millis(20), ..Options::default() };
    let inbox = Inbox::open_with(&folder.path().join("inbox.db"), options).unwrap();
    let other = raw(&folder);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = inbox.append(&[batch_of(&texts(1))], Some(&cursor(1)), moment(0)).unwrap_err();
    assert!(error.is_locked() && error.to_string().starts_with("another process is writing to "), "{error}");
    // Reading goes on meanwhile, and writing as soon as the other one has ended.
    assert_eq!(inbox.read_after(Offset(0), 10).unwrap(), []);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(inbox.append(&[batch_of(&texts(1))], None, moment(0)).unwrap(), Offset(1));
    assert_eq!(inbox.import_cursor(cursor(1).import).unwrap(), None);
}

#[test]
fn files_of_others_and_of_the_future_are_refused() {
    let (folder, inbox) = fresh();
    drop(inbox);
    raw(&folder).execute_batch("PRAGMA user_version = 7").unwrap();
    let error = reopened(&folder).unwrap_err();
    assert!(matches!(error, Error::NewerFormat { found: 7, known: 2, .. }), "{error}");
    raw(&folder).execute_batch("PRAGMA user_version = 1; PRAGMA application_id = 5").unwrap();
    assert!(matches!(reopened(&folder).unwrap_err(), Error::Foreign { .. }));
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "customer,amount\n".repeat(100)).unwrap();
    assert!(matches!(Inbox::open(&text).unwrap_err(), Error::Foreign { .. }));
    assert_eq!(std::fs::read_to_string(&text).unwrap(), "customer,amount\n".repeat(100));
    let nowhere = folder.path().join("missing").join("inbox.db");
    assert!(matches!(Inbox::open(&nowhere).unwrap_err(), Error::NotWritable { .. }));
}

#[test]
fn a_changed_byte_is_noticed() {
    let (folder, inbox) = fresh();
    inbox.append(&[batch_of(&texts(50)), batch_of(&[noise(1, 5000)])], None, moment(0)).unwrap();
    let other = raw(&folder);
    let body: Vec<u8> = other.query_row("SELECT body FROM batches WHERE offset = 2", [], |row| row.get(0)).unwrap();
    for position in [body.len() / 2, body.len() - 1] {
        let mut torn = body.clone();
        torn[position] ^= 1;
        other.execute("UPDATE batches SET body = ?1 WHERE offset = 2", params![torn]).unwrap();
        assert_eq!(inbox.read_after(Offset(0), 1).unwrap().len(), 1);
        let error = inbox.read_after(Offset(1), 1).unwrap_err();
        assert!(matches!(error, Error::Damaged { offset: 2, .. }), "{error}");
    }
    other.execute("UPDATE batches SET body = ?1 WHERE offset = 2", params![&body[..body.len() / 2]]).unwrap();
    assert!(matches!(inbox.read_after(Offset(1), 1), Err(Error::Damaged { .. })));
    other.execute("UPDATE batches SET body = ?1, bytes = bytes + 1 WHERE offset = 2", params![body]).unwrap();
    assert!(matches!(inbox.read_after(Offset(1), 1), Err(Error::Damaged { .. })));
}

#[test]
fn a_full_disk_keeps_nothing_half_and_goes_on_when_there_is_room() {
    let (folder, inbox) = fresh();
    let limit = |pages: u32| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        lock(&inbox.writer).query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
    };
    limit(60);
    let mut events = 0;
    let error = loop {
        // Two batches a call, so that the first fits at times and the second does not.
        let pair = [batch_of(&[noise(events, 9_000)]), batch_of(&[noise(events + 1, 30_000)])];
        match inbox.append(&pair, Some(&ImportCursor { position: events + 2, ..cursor(events + 2) }), moment(0)) {
            Ok(offset) => assert_eq!(offset, Offset(events + 2)),
            Err(error) => break error,
        }
        events += 2;
        assert!(events < 100, "240 kB never became full");
    };
    assert!(error.is_disk_full() && error.to_string().starts_with("the disk is full"), "{error}");
    assert!(events > 0);
    expect_agreement(&folder.path().join("inbox.db"), cursor(0).import, events).unwrap();
    limit(10_000);
    inbox
        .append(&[batch_of(&texts(1))], Some(&ImportCursor { position: events + 1, ..cursor(events + 1) }), moment(0))
        .unwrap();
    expect_agreement(&folder.path().join("inbox.db"), cursor(0).import, events + 1).unwrap();
}

#[test]
fn room_is_given_back_after_a_large_import() {
    let (folder, inbox) = fresh();
    for seed in 0..4 {
        inbox.append(&[batch_of(&[noise(seed, 1_000_000).repeat(8)])], None, moment(0)).unwrap();
    }
    assert_eq!(inbox.drop_through(Offset(4)).unwrap(), 4);
    drop(inbox);
    let left = std::fs::metadata(folder.path().join("inbox.db")).unwrap().len();
    assert!((15_000_000..18_000_000).contains(&left), "{left}");
}

/// Format 1 as it was written: without what format 2 adds.
#[test]
fn a_file_of_the_first_format_opens_and_gains_what_is_new() {
    let (folder, inbox) = fresh();
    let old = ImportCursor { mapping: String::new(), ..cursor(2) };
    inbox.append(&[batch_of(&texts(1))], Some(&old), moment(0)).unwrap();
    drop(inbox);
    let downgrade = "ALTER TABLE import_cursors DROP COLUMN mapping;
        ALTER TABLE import_cursors DROP COLUMN last_batch; DROP TABLE installation; PRAGMA user_version = 1";
    raw(&folder).execute_batch(downgrade).unwrap();
    let inbox = reopened(&folder).unwrap();
    assert_eq!(inbox.import_cursor(old.import).unwrap(), Some(old));
    assert_eq!((inbox.installation().unwrap(), inbox.last_offset().unwrap()), (None, Offset(1)));
    drop(inbox);
    reopened(&folder).unwrap();
}

#[test]
fn a_forgotten_cursor_leaves_the_others_and_the_batches() {
    let (_folder, inbox) = fresh();
    let other = ImportCursor { import: ImportId::derive(&[b"other"]), ..cursor(3) };
    inbox.append(&[batch_of(&texts(1))], Some(&cursor(2)), moment(0)).unwrap();
    inbox.append(&[], Some(&other), moment(0)).unwrap();
    assert_eq!(inbox.newest_import("shop").unwrap(), Some(cursor(2).import), "the other one appended nothing");
    inbox.append(&[batch_of(&texts(1))], Some(&other), moment(0)).unwrap();
    inbox.append(&[], Some(&cursor(2)), moment(0)).unwrap();
    assert_eq!(inbox.newest_import("shop").unwrap(), Some(other.import));
    inbox.forget_cursor(cursor(2).import).unwrap();
    assert_eq!(inbox.import_cursors().unwrap(), [other]);
    assert_eq!(inbox.last_offset().unwrap(), Offset(2));
}

#[test]
fn an_inbox_joins_one_installation_for_good() {
    let (folder, inbox) = fresh();
    assert_eq!(inbox.installation().unwrap(), None);
    inbox.join_installation("a").unwrap();
    inbox.join_installation("b").unwrap();
    drop(inbox);
    assert_eq!(reopened(&folder).unwrap().installation().unwrap().as_deref(), Some("a"));
}

#[test]
fn one_thread_appends_while_another_reads() {
    let (_folder, inbox) = fresh();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..40 {
                inbox.append(&[batch_of(&texts(n)), batch_of(&texts(1))], None, moment(0)).unwrap();
            }
        });
        let mut seen = Offset(0);
        while seen < Offset(80) {
            for batch in inbox.read_after(seen, 7).unwrap() {
                assert_eq!(batch.offset, seen.next());
                seen = batch.offset;
            }
        }
    });
}

/// What a user of the inbox can do.
#[derive(Debug, Clone)]
enum Step {
    Append(Vec<Vec<String>>),
    DropThrough(u64),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let text = prop_oneof![".{0,12}", "[\n\"\\\\\u{0}]{0,4}"];
    let batch = prop::collection::vec(text, 0..4);
    let step = prop_oneof![
        3 => prop::collection::vec(batch, 0..4).prop_map(Step::Append),
        1 => (0..12u64).prop_map(Step::DropThrough),
        1 => Just(Step::DropThrough(u64::MAX)),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Held against a plain queue: order, content, offsets; nothing later is lost by dropping, nothing restarts.
    #[test]
    fn it_behaves_like_a_queue_with_numbers(steps in steps()) {
        let (folder, mut inbox) = fresh();
        let (mut model, mut last) = (VecDeque::new(), 0u64);
        for step in steps {
            match step {
                Step::Append(contents) => {
                    let batches: Vec<NewBatch> = contents.iter().map(|c| batch_of(c)).collect();
                    model.extend(batches.iter().cloned().zip(last + 1..).map(|(batch, offset)| (offset, batch)));
                    last += batches.len() as u64;
                    prop_assert_eq!(inbox.append(&batches, None, moment(0)).unwrap(), Offset(last));
                }
                Step::DropThrough(offset) => {
                    let before = model.len();
                    model.retain(|(at, _)| *at > offset);
                    prop_assert_eq!(inbox.drop_through(Offset(offset)).unwrap(), (before - model.len()) as u64);
                }
                Step::Reopen => {
                    drop(inbox);
                    inbox = reopened(&folder).unwrap();
                }
            }
            let stored = inbox.read_after(Offset(0), usize::MAX).unwrap();
            let stored: Vec<_> = stored.into_iter().map(|b| (b.offset.0, NewBatch { records: b.records, body: b.body })).collect();
            prop_assert_eq!(&stored, &Vec::from(model.clone()));
            prop_assert_eq!(inbox.last_offset().unwrap(), Offset(last));
        }
    }
}
