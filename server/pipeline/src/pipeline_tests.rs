use super::*;
use bellwether_domain::ItemRules;
use bellwether_inbox::NewBatch;
use bellwether_store::StoreTarget;
use chrono::DateTime;
use std::collections::BTreeMap;
use tempfile::TempDir;

/// A data folder with a pipeline in it.
struct Road {
    folder: TempDir,
    store: Store,
    inbox: Arc<Inbox>,
    lake: Arc<Lake>,
}

/// Everything that is true, and everything that happened.
type Digests = (String, String);

impl Road {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreTarget::Sqlite(folder.path().join("store.sqlite"))).await.unwrap();
        let inbox = Arc::new(Inbox::open(&folder.path().join("inbox.sqlite")).unwrap());
        let lake = Arc::new(Lake::open(&folder.path().join("lake")).unwrap());
        Self { folder, store, inbox, lake }
    }

    /// With these batches in its inbox.
    async fn with(batches: &[Vec<String>]) -> Self {
        let road = Self::new().await;
        for batch in batches {
            let body = (batch.join("\n") + "\n").into_bytes();
            let batch = NewBatch { records: batch.len() as u32, body };
            road.inbox.append(&[batch], None, DateTime::UNIX_EPOCH).unwrap();
        }
        road
    }

    async fn pipeline(&self) -> Pipeline {
        let cleaners = Cleaners::new(&BTreeMap::from([("shop".to_owned(), ItemRules::default())]), "USD");
        let road = super::Road {
            store: self.store.clone(),
            inbox: Arc::clone(&self.inbox),
            lake: Arc::clone(&self.lake),
            seen: self.folder.path().join("seen"),
            window: TimeDelta::days(7),
        };
        Pipeline::open(road, cleaners).await.unwrap()
    }

    /// Commits so many batches at once, up to an offset.
    async fn commit(&self, pipeline: &mut Pipeline, at_once: usize, until: u64) {
        while pipeline.applied.0 < until {
            let mut batches = Vec::new();
            let mut offset = pipeline.applied;
            while batches.len() < at_once && offset.0 < until {
                batches.push(prepare_after(&self.inbox, &pipeline.cleaners, &pipeline.plan, offset).unwrap().unwrap());
                offset = offset.next();
            }
            pipeline.step(batches, offset.0 == until).await.unwrap();
        }
    }

    async fn digests(&self) -> Digests {
        let files = self.store.event_files().await.unwrap();
        (self.store.digest().await.unwrap(), self.lake.digest(&files).await.unwrap())
    }
}

/// A sale to one of three customers.
fn sale(number: usize, item: &str) -> String {
    format!(
        r#"{{"e":{{"messageId":"m{number}","type":"track","event":"Order Completed","userId":"{}","timestamp":"2024-01-{:02}T10:00:00Z","origin":{{"source":"shop","line":{}}},"order":{{"order_id":"{number}","currency":"EUR","products":[["{item}","Mug",1,{}.5,0]]}},"traits":{{"country":"C{number}"}}}}}}"#,
        number % 3,
        1 + number % 28,
        number + 2,
        1 + number % 7,
    )
}

/// Events that come once, twice in a batch, again in the next one and again much later; rows and whole records that cannot
/// be used; items that are new in one batch and changed in the next.
fn batches() -> Vec<Vec<String>> {
    let mut batches: Vec<Vec<String>> =
        (0..9).map(|batch| (0..5).map(|n| sale(5 * batch + n, &format!("P{}", batch + n))).collect()).collect();
    let copy = |from: usize, n: usize, batches: &[Vec<String>]| batches[from][n].clone();
    let copies = [(2, 2, 0), (3, 2, 1), (4, 2, 1), (5, 4, 4), (8, 0, 0), (8, 7, 3), (8, 2, 2)];
    for (to, from, n) in copies {
        let again = copy(from, n, &batches);
        batches[to].push(again);
    }
    batches[1].push(
        r#"{"r":{"origin":{"source":"shop","line":99},"reason":"bad_number","detail":"x","content":"y"}}"#.to_owned(),
    );
    batches[6].push("no record".to_owned());
    batches
}

async fn one_by_one() -> Digests {
    let road = Road::with(&batches()).await;
    let mut pipeline = road.pipeline().await;
    road.commit(&mut pipeline, 1, 9).await;
    pipeline.flush().await.unwrap();
    road.digests().await
}

#[tokio::test]
async fn batches_committed_together_come_to_the_same_as_one_by_one() {
    let expected = one_by_one().await;
    for at_once in [2, 3, 4, 9] {
        let road = Road::with(&batches()).await;
        let mut pipeline = road.pipeline().await;
        road.commit(&mut pipeline, at_once, 9).await;
        pipeline.flush().await.unwrap();
        assert_eq!(road.digests().await, expected, "{at_once} at once");
    }
}

/// The process ends between the commit and the file: the next one reads the same events again.
#[tokio::test]
async fn what_was_committed_but_not_rolled_is_read_again() {
    let expected = one_by_one().await;
    for (at_once, until) in [(1, 5), (3, 6), (4, 9), (9, 9)] {
        let road = Road::with(&batches()).await;
        let mut pipeline = road.pipeline().await;
        road.commit(&mut pipeline, at_once, until).await;
        drop(pipeline);
        let mut pipeline = road.pipeline().await;
        pipeline.catch_up().await.unwrap();
        pipeline.flush().await.unwrap();
        assert_eq!(road.digests().await, expected, "{at_once} at once, ended behind {until}");
    }
}

/// The control: without the memory of what was seen, the copies count.
#[tokio::test]
async fn without_the_ids_that_were_seen_copies_would_count() {
    let road = Road::with(&batches()).await;
    let mut pipeline = road.pipeline().await;
    road.commit(&mut pipeline, 1, 8).await;
    pipeline.flush().await.unwrap();
    let store = rusqlite::Connection::open(road.folder.path().join("store.sqlite")).unwrap();
    assert!(store.execute("DELETE FROM seen_runs", []).unwrap() > 0);
    let mut pipeline = road.pipeline().await;
    road.commit(&mut pipeline, 1, 9).await;
    pipeline.flush().await.unwrap();
    assert_ne!(road.digests().await, one_by_one().await);
}

#[tokio::test]
async fn everything_that_was_announced_is_handed_on() {
    let road = Road::with(&batches()).await;
    let mut pipeline = road.pipeline().await;
    let (announce, announced) = mpsc::channel(20);
    for number in 0..15 {
        announce.send(number).await.unwrap();
    }
    drop(announce);
    let mut handed_on = Vec::new();
    let hand_on = |number| {
        handed_on.push(number);
        Ok(())
    };
    pipeline.follow(announced, hand_on).await.unwrap();
    assert_eq!(handed_on, (0..15).collect::<Vec<_>>());
    assert_eq!(pipeline.applied(), Offset(9));
}

/// A fault of the cleaning is told, and what came before it is kept.
#[tokio::test]
async fn a_damaged_batch_stops_the_pipeline_and_says_so() {
    let road = Road::with(&batches()).await;
    let inbox = rusqlite::Connection::open(road.folder.path().join("inbox.sqlite")).unwrap();
    inbox.execute("UPDATE batches SET bytes = bytes + 1 WHERE offset = 6", []).unwrap();
    let mut pipeline = road.pipeline().await;
    let error = format!("{:#}", pipeline.catch_up().await.unwrap_err());
    assert!(error.contains("batch 6 of") && error.contains("is damaged"), "{error}");
    assert_eq!(pipeline.applied(), Offset(5));
}

/// An event that waited in quarantine for longer than anybody asks for its id, and is sent again twice.
#[tokio::test]
async fn what_was_set_aside_long_ago_counts_once() {
    let road = Road::new().await;
    let event = r#"{"e":{"messageId":"m","type":"track","event":"Seen","userId":"7","timestamp":"2024-01-01T00:00:00Z","receivedAt":"2024-01-01T00:00:00Z","origin":{"source":"shop"}}}"#;
    let mut pipeline = road.pipeline().await;
    for minute in 0..2 {
        let batch = NewBatch { records: 1, body: format!("{event}\n").into_bytes() };
        let now = "2024-03-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute);
        road.inbox.append(&[batch], None, now).unwrap();
        pipeline.catch_up().await.unwrap();
        pipeline.flush().await.unwrap();
    }
    let files = road.store.event_files().await.unwrap();
    assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), 1);
}

/// Few events may be as large as many.
#[tokio::test]
async fn a_file_is_written_when_there_are_enough_bytes_for_one() {
    let road = Road::new().await;
    let filler = "x".repeat(30_000);
    let mut pipeline = road.pipeline().await;
    for batch in 0..40 {
        let event = |n| {
            format!(
                r#"{{"e":{{"messageId":"{batch}-{n}","type":"track","event":"Seen","userId":"7","timestamp":"2024-01-01T00:00:00Z","origin":{{"source":"shop"}},"properties":{{"a":"{filler}"}}}}}}"#
            )
        };
        let body = (0..100).map(|n| event(n) + "\n").collect::<String>().into_bytes();
        road.inbox.append(&[NewBatch { records: 100, body }], None, DateTime::UNIX_EPOCH).unwrap();
    }
    road.commit(&mut pipeline, 2, 39).await;
    pipeline.flush().await.unwrap();
    let rows: Vec<u64> = road.store.event_files().await.unwrap().iter().map(|file| file.rows).collect();
    assert!(rows.len() == 2 && rows.iter().all(|rows| *rows < 3_700), "{rows:?}");
}

/// Nobody.
struct Nobody;

impl Watcher for Nobody {
    fn committed(&self, _: &Committed) {}
}

/// What was committed before a crash can be seen as soon as it is taken up, and all the while another pipeline begins anew.
#[tokio::test]
async fn what_was_committed_is_seen_before_anything_is_processed() {
    for another_process in [false, true] {
        let mut road = Road::with(&batches()).await;
        let mut pipeline = road.pipeline().await.watched_by(Arc::new(Nobody));
        road.commit(&mut pipeline, 1, 5).await;
        drop(pipeline);
        let before = in_the_tail(&road.lake);
        let left = Arc::new(road.lake.tail().now().iter().cloned().collect::<Vec<_>>());
        assert!(before.len() > 20, "{before:?}");
        if another_process {
            road.lake = Arc::new(Lake::open(&road.folder.path().join("lake")).unwrap());
        }
        let mut pipeline = road.pipeline().await.watched_by(Arc::new(Nobody));
        assert_eq!(in_the_tail(&road.lake), if another_process { Vec::new() } else { before.clone() });
        pipeline.take_up().await.unwrap();
        assert_eq!(in_the_tail(&road.lake), before);
        pipeline.take_up().await.unwrap();
        assert_eq!(in_the_tail(&road.lake), before, "there is nothing more to take up");
        pipeline.flush().await.unwrap();
        assert_eq!(in_the_tail(&road.lake), [], "what is in files leaves it");
        // A pipeline that ended between the manifest and the tail left it there.
        road.lake.tail().push(Offset(5), left.clone());
        drop(road.pipeline().await);
        assert_eq!(road.lake.tail().now().iter().count(), 0);
    }
}

fn in_the_tail(lake: &Lake) -> Vec<EventId> {
    lake.tail().now().iter().map(|event| event.id).collect()
}
