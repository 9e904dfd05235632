use super::*;
use crate::{
    ImportCursor, Record, StoredBatch,
    database::Options,
    inbox::lock,
    testing::{batch_of, moment, noise},
};
use bellwether_domain::{ImportId, ManualClock};
use proptest::prelude::*;
use std::{collections::BTreeMap, time::Duration};
use tempfile::TempDir;
use tokio::{runtime::Runtime, task::JoinHandle as Task, time::timeout};

struct Bench {
    inbox: Arc<Inbox>,
    appender: Appender,
    runtime: Runtime,
    _folder: TempDir,
}

fn bench(limits: AppenderLimits) -> Bench {
    bench_with(limits, Arc::new(ManualClock::new(moment(5))))
}

fn bench_with(limits: AppenderLimits, clock: Arc<dyn Clock>) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { busy_timeout: Duration::from_millis(20), ..Options::default() };
    let inbox = Arc::new(Inbox::open_with(&folder.path().join("inbox.db"), options).unwrap());
    let appender = inbox.appender(clock, limits).unwrap();
    Bench { inbox, appender, runtime: Runtime::new().unwrap(), _folder: folder }
}

fn line(content: &str) -> Vec<u8> {
    batch_of(&[content.to_owned()]).body
}

/// What the records of a batch say.
fn contents(batch: &StoredBatch) -> Vec<String> {
    let content = |record| match record {
        Ok(Record::Reject(reject)) => reject.content,
        other => panic!("{other:?}"),
    };
    batch.decode().map(content).collect()
}

impl Bench {
    fn send(&self, content: &str) -> Task<Result<Offset>> {
        self.runtime.spawn(self.appender.append(line(content), 1, 1))
    }

    /// The answer; a test in which somebody is left hanging fails.
    fn answer(&self, task: Task<Result<Offset>>) -> Result<Offset> {
        self.runtime.block_on(async { timeout(Duration::from_secs(20), task).await.expect("an answer").unwrap() })
    }

    /// Returns when the writer has taken all that waits.
    fn until_taken(&self) {
        while self.appender.waiting() > 0 {
            thread::yield_now();
        }
    }

    fn all(&self) -> Vec<StoredBatch> {
        self.inbox.read_after(Offset(0), usize::MAX).unwrap()
    }
}

#[test]
fn what_is_answered_lies_in_the_batch_that_was_named() {
    let bench = bench(AppenderLimits { group_requests: 7, ..AppenderLimits::default() });
    let tasks: Vec<_> = (0..300).map(|n| (format!("record {n}"), bench.send(&format!("record {n}")))).collect();
    let batches: BTreeMap<Offset, StoredBatch> = tasks
        .into_iter()
        .map(|(content, task)| {
            let offset = bench.answer(task).unwrap();
            let batch = bench.inbox.read_after(Offset(offset.0 - 1), 1).unwrap().remove(0);
            assert!(contents(&batch).contains(&content), "{content} is not in batch {}", offset.0);
            assert!(batch.records <= 7 && batch.received_at == moment(5));
            (offset, batch)
        })
        .collect();
    let mut found: Vec<String> = batches.values().flat_map(contents).collect();
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 300);
    assert_eq!(bench.all().iter().map(|batch| batch.records).sum::<u32>(), 300, "nothing is there twice");
}

#[test]
fn what_comes_while_the_writer_waits_is_one_batch() {
    let bench = bench(AppenderLimits::default());
    let writer = lock(&bench.inbox.writer);
    let first = bench.send("first");
    bench.until_taken();
    let others: Vec<_> = (0..10).map(|n| bench.send(&n.to_string())).collect();
    while bench.appender.waiting() < 10 {
        thread::yield_now();
    }
    assert!(!first.is_finished(), "nothing is confirmed before it is on the disk");
    drop(writer);
    assert_eq!(bench.answer(first).unwrap(), Offset(1));
    for other in others {
        assert_eq!(bench.answer(other).unwrap(), Offset(2));
    }
    assert_eq!(bench.all()[1].records, 10);
}

/// How many waiting requests are refused, and how many bytes.
#[test]
fn a_full_queue_says_so_at_once() {
    let check = |limits: AppenderLimits, fit: usize| {
        let bench = bench(limits);
        let writer = lock(&bench.inbox.writer);
        let mut tasks = vec![bench.send("taken by the writer")];
        bench.until_taken();
        tasks.extend((0..fit).map(|n| bench.send(&n.to_string())));
        while bench.appender.waiting() < fit {
            thread::yield_now();
        }
        let refused = bench.answer(bench.send("too many")).unwrap_err();
        assert!(refused.is_overloaded(), "{refused}");
        assert!(refused.to_string().starts_with(&format!("{fit} requests wait to be written to ")), "{refused}");
        drop(writer);
        for task in tasks {
            bench.answer(task).unwrap();
        }
        bench.answer(bench.send("there is room again")).unwrap();
    };
    check(AppenderLimits { waiting_requests: 3, ..AppenderLimits::default() }, 3);
    check(AppenderLimits { waiting_bytes: 4 * line("0").len(), ..AppenderLimits::default() }, 4);
}

#[test]
fn a_large_request_is_taken_by_an_empty_queue() {
    let bench =
        bench(AppenderLimits { waiting_bytes: 10, group_bytes: 10, group_events: 1, ..AppenderLimits::default() });
    let large = bench.runtime.spawn(bench.appender.append(batch_of(&[noise(1, 90_000)]).body, 1, 100));
    assert_eq!(bench.answer(large).unwrap(), Offset(1));
}

#[test]
fn a_wrong_count_harms_nobody_else() {
    let bench = bench(AppenderLimits::default());
    let writer = lock(&bench.inbox.writer);
    let good = bench.send("good");
    let bad = bench.runtime.spawn(bench.appender.append(line("bad"), 2, 1));
    let mut open = line("without a line break");
    open.pop();
    let open = bench.runtime.spawn(bench.appender.append(open, 1, 1));
    drop(writer);
    assert!(matches!(bench.answer(bad), Err(Error::RecordCount { said: 2, found: 1, .. })));
    bench.answer(good).unwrap();
    bench.answer(open).unwrap();
    let mut found: Vec<String> = bench.all().iter().flat_map(contents).collect();
    found.sort();
    assert_eq!(found, ["good", "without a line break"]);
}

#[test]
fn a_full_disk_is_told_to_everybody_and_passes() {
    let bench = bench(AppenderLimits::default());
    let limit = |pages: u32| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        lock(&bench.inbox.writer).query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
    };
    limit(20);
    for round in 0..3 {
        let tasks: Vec<_> = (0..5).map(|n| bench.send(&noise(round * 5 + n, 90_000))).collect();
        for task in tasks {
            let error = bench.answer(task).unwrap_err();
            assert!(error.is_disk_full() && error.to_string().starts_with("the disk is full"), "{error}");
        }
    }
    assert_eq!(bench.all(), []);
    limit(10_000);
    assert_eq!(bench.answer(bench.send("room again")).unwrap(), Offset(1));
}

#[test]
fn another_process_that_writes_is_named() {
    let bench = bench(AppenderLimits::default());
    let other = rusqlite::Connection::open(bench.inbox.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(bench.answer(bench.send("x")).unwrap_err().is_locked());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(bench.answer(bench.send("x")).unwrap(), Offset(1));
}

/// A clock that breaks when it is looked at.
struct Broken;

impl Clock for Broken {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        panic!("as the test wants it")
    }
}

#[test]
fn nobody_is_left_hanging_when_the_writer_breaks() {
    let bench = bench_with(AppenderLimits { group_requests: 1, ..AppenderLimits::default() }, Arc::new(Broken));
    let tasks: Vec<_> = (0..20).map(|n| bench.send(&n.to_string())).collect();
    for task in tasks {
        let error = bench.answer(task).unwrap_err();
        assert!(matches!(error, Error::Stopped { .. }), "{error}");
    }
    assert!(matches!(bench.answer(bench.send("later")), Err(Error::Stopped { .. })));
    assert_eq!(bench.all(), []);
    bench.appender.close();
}

#[test]
fn what_waits_is_written_when_the_last_handle_is_dropped() {
    let Bench { inbox, appender, runtime, _folder } = bench(AppenderLimits::default());
    let writer = lock(&inbox.writer);
    let clone = appender.clone();
    let tasks: Vec<_> = (0..20).map(|n| runtime.spawn(clone.append(line(&n.to_string()), 1, 1))).collect();
    drop((appender, clone));
    drop(writer);
    runtime.block_on(async {
        for task in tasks {
            timeout(Duration::from_secs(20), task).await.expect("an answer").unwrap().unwrap();
        }
    });
    let records: u32 = inbox.read_after(Offset(0), usize::MAX).unwrap().iter().map(|batch| batch.records).sum();
    assert_eq!(records, 20);
}

#[test]
fn closing_writes_what_waits_and_takes_nothing_more() {
    let bench = bench(AppenderLimits { group_requests: 2, ..AppenderLimits::default() });
    let futures: Vec<_> = (0..9).map(|n| bench.appender.append(line(&n.to_string()), 1, 1)).collect();
    bench.appender.close();
    assert_eq!(bench.all().iter().map(|batch| batch.records).sum::<u32>(), 9);
    bench.runtime.block_on(async {
        for future in futures {
            future.await.unwrap();
        }
    });
    assert!(matches!(bench.answer(bench.send("x")), Err(Error::Stopped { .. })));
    bench.appender.close();
}

#[test]
fn imports_append_at_the_same_time() {
    let bench = bench(AppenderLimits { group_requests: 3, ..AppenderLimits::default() });
    let cursor = |position| ImportCursor {
        import: ImportId::derive(&[b"shop"]),
        source: "shop".to_owned(),
        file: "sales.csv".to_owned(),
        mapping: String::new(),
        position,
        rows: position,
        events: position,
        rejected: 0,
        complete: false,
    };
    let tasks: Vec<_> = (0..100).map(|n| bench.send(&n.to_string())).collect();
    for position in 1..=40 {
        let offset =
            bench.inbox.append(&[batch_of(&[format!("row {position}")])], Some(&cursor(position)), moment(0)).unwrap();
        let own = bench.inbox.read_after(Offset(offset.0 - 1), 1).unwrap().remove(0);
        assert_eq!(contents(&own), [format!("row {position}")]);
    }
    for task in tasks {
        bench.answer(task).unwrap();
    }
    assert_eq!(bench.all().iter().map(|batch| batch.records).sum::<u32>(), 140);
    assert_eq!(bench.inbox.import_cursor(cursor(0).import).unwrap(), Some(cursor(40)));
}

#[test]
fn new_batches_are_told() {
    let bench = bench(AppenderLimits::default());
    let mut news = bench.inbox.appended();
    assert_eq!(*news.borrow_and_update(), Offset(0));
    bench.answer(bench.send("x")).unwrap();
    bench.runtime.block_on(async { timeout(Duration::from_secs(20), news.changed()).await.unwrap().unwrap() });
    assert_eq!(*news.borrow_and_update(), Offset(1));
    bench.inbox.append(&[batch_of(&["y".to_owned()])], None, moment(0)).unwrap();
    assert!(news.has_changed().unwrap());
    assert_eq!(*bench.inbox.appended().borrow(), Offset(2), "who comes later knows where the inbox stands");
    news.mark_unchanged();
    bench.inbox.append(&[], None, moment(0)).unwrap();
    assert!(!news.has_changed().unwrap());
}

proptest! {
    /// However requests look, groups keep their order and their limits, and nothing is left over.
    #[test]
    fn groups_keep_order_and_limits(sizes in prop::collection::vec((1usize..60, 0u32..9), 0..40)) {
        let limits = AppenderLimits { group_requests: 5, group_bytes: 100, group_events: 12, ..AppenderLimits::default() };
        let mut queue = Queue::default();
        for (bytes, events) in &sizes {
            let (answer, _) = oneshot::channel();
            queue.bytes += bytes;
            queue.waiting.push_back(Request { lines: vec![b'x'; *bytes], records: 1, events: *events, answer });
        }
        let mut taken = Vec::new();
        loop {
            let group = queue.take_group(&limits);
            if group.is_empty() {
                break;
            }
            let bytes: usize = group.iter().map(|request| request.lines.len()).sum();
            let events: u32 = group.iter().map(|request| request.events).sum();
            prop_assert!(group.len() == 1 || (group.len() <= 5 && bytes <= 100 && events <= 12));
            taken.extend(group.iter().map(|request| (request.lines.len(), request.events)));
        }
        prop_assert_eq!(taken, sizes);
        prop_assert_eq!((queue.bytes, queue.waiting.len()), (0, 0));
    }
}
