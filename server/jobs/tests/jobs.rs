//! The queue on a real Store, with a clock that is moved by hand.

use bellwether_domain::{Clock, Job, JobState, ManualClock};
use bellwether_jobs::{JobContext, JobError, Queue, QueueError, Worker, WorkerSettings, job};
use bellwether_store::{Store, StoreTarget};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

struct World {
    _folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    queue: Queue,
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time")
}

async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&StoreTarget::Sqlite(folder.path().join("store.sqlite"))).await.expect("a store");
    let clock = Arc::new(ManualClock::new(start()));
    let queue = Queue::new(Arc::new(store), clock.clone());
    World { _folder: folder, clock, queue }
}

/// Ticks so fast that a test does not wait for them.
fn settings() -> WorkerSettings {
    WorkerSettings { tick: std::time::Duration::from_millis(1), max_attempts: 3, ..WorkerSettings::default() }
}

impl World {
    fn worker(&self) -> Worker {
        Worker::new(self.queue.clone(), settings())
    }

    async fn enqueue(&self, key: &str) -> Job {
        let job = job("test", key, json!({ "key": key }), self.queue.now());
        assert!(self.queue.enqueue(&job).await.expect("enqueued"));
        job
    }

    async fn stored(&self, job: &Job) -> Job {
        self.queue.job(job.id).await.expect("the store").expect("the job")
    }
}

/// A handler that counts how often it was called and answers the same every time.
fn counting(
    answer: Result<Value, &'static str>,
) -> (Arc<AtomicU32>, impl Fn(JobContext) -> std::future::Ready<Result<Value, JobError>>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let handler = move |_: JobContext| {
        counted.fetch_add(1, Ordering::Relaxed);
        std::future::ready(answer.clone().map_err(JobError::try_again))
    };
    (calls, handler)
}

#[tokio::test]
async fn the_same_work_enqueued_twice_is_one_job_and_runs_once() {
    let world = world().await;
    let first = world.enqueue("a").await;
    assert!(!world.queue.enqueue(&job("test", "a", json!("another payload"), start())).await.expect("the store"));
    let (calls, handler) = counting(Ok(json!("fine")));
    let worker = world.worker().on("test", handler);

    let done = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!((done.id, &done.state), (first.id, &JobState::Done { at: start(), result: json!("fine") }));
    assert!(worker.run_once().await.expect("the store").is_none());
    assert!(!world.queue.enqueue(&first).await.expect("the store"), "what is done stays done");
    assert_eq!(calls.load(Ordering::Relaxed), 1);

    // The control: another key is another job.
    world.enqueue("b").await;
    worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_failure_is_tried_again_later_and_later_and_then_given_up() {
    let world = world().await;
    let first = world.enqueue("a").await;
    let (calls, handler) = counting(Err("no answer"));
    let worker = world.worker().on("test", handler);

    for wait in [5, 10] {
        let failed = worker.run_once().await.expect("the store").expect("a job");
        assert_eq!(failed.state, JobState::Queued { run_at: world.queue.now() + Duration::seconds(wait) });
        world.clock.advance(Duration::seconds(wait - 1));
        assert!(worker.run_once().await.expect("the store").is_none(), "not before its time");
        world.clock.advance(Duration::seconds(1));
    }
    let given_up = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(given_up.state, JobState::Failed { at: world.queue.now(), error: "no answer".into() });
    world.clock.advance(Duration::days(1));
    assert!(worker.run_once().await.expect("the store").is_none());
    assert_eq!((calls.load(Ordering::Relaxed), world.stored(&first).await.attempts), (3, 3));
}

#[tokio::test]
async fn what_can_never_work_is_given_up_at_once() {
    let world = world().await;
    world.enqueue("a").await;
    let worker = world.worker().on("test", |_| async { Err(JobError::give_up("no such file")) });
    let given_up = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(given_up.state, JobState::Failed { at: start(), error: "no such file".into() });
}

#[tokio::test]
async fn a_handler_that_panics_is_a_failure_and_not_the_end_of_the_worker() {
    let world = world().await;
    world.enqueue("a").await;
    let worker = world.worker().on("test", |context: JobContext| async move {
        assert!(context.attempt() > 1, "the first attempt breaks off");
        Ok(json!(context.attempt()))
    });
    let failed = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(failed.state.name(), "queued");
    world.clock.advance(Duration::seconds(5));
    let done = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(done.state, JobState::Done { at: world.queue.now(), result: json!(2) });
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_over_when_its_lease_runs_out_and_not_before() {
    let world = world().await;
    let first = world.enqueue("a").await;
    // Claimed by somebody who is never heard of again.
    let lease_until = start() + Duration::seconds(60);
    let store_job = claim_directly(&world, lease_until).await;
    assert_eq!(store_job.id, first.id);

    let (calls, handler) = counting(Ok(json!("second")));
    let worker = world.worker().on("test", handler);
    world.clock.advance(Duration::seconds(59));
    assert!(worker.run_once().await.expect("the store").is_none(), "the lease holds");
    world.clock.advance(Duration::seconds(1));
    let done = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!((done.attempts, done.state.name(), calls.load(Ordering::Relaxed)), (2, "done", 1));
}

/// As a worker does that dies right after its claim.
async fn claim_directly(world: &World, lease_until: DateTime<Utc>) -> Job {
    let folder = world._folder.path().join("store.sqlite");
    let other = Store::open(&StoreTarget::Sqlite(folder)).await.expect("the same store");
    other.claim(&["test"], world.queue.now(), lease_until).await.expect("the store").expect("a job")
}

#[tokio::test]
async fn a_job_that_kills_every_worker_is_given_up() {
    let world = world().await;
    world.enqueue("a").await;
    for _ in 0..3 {
        claim_directly(&world, world.queue.now() + Duration::seconds(60)).await;
        world.clock.advance(Duration::seconds(60));
    }
    let (calls, handler) = counting(Ok(json!("never")));
    let worker = world.worker().on("test", handler);
    let given_up = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!((given_up.state.name(), calls.load(Ordering::Relaxed)), ("failed", 0));
}

#[tokio::test]
async fn a_running_job_keeps_its_lease_and_shows_its_progress() {
    let world = world().await;
    let first = world.enqueue("a").await;
    let (queue, clock, id) = (world.queue.clone(), world.clock.clone(), first.id);
    let worker = world.worker().on("test", move |context: JobContext| {
        let (queue, clock) = (queue.clone(), clock.clone());
        async move {
            context.report(3, 7, "reading");
            clock.advance(Duration::seconds(40));
            // Goes on only when the worker has extended the lease, as of the time that has passed.
            loop {
                let job = queue.job(id).await.map_err(JobError::give_up)?;
                let renewed = clock.now() + Duration::seconds(60);
                match job.map(|job| (job.state, job.progress)) {
                    Some((JobState::Running { lease_until, .. }, Some(progress))) if lease_until == renewed => {
                        return Ok(json!(progress));
                    }
                    _ => tokio::task::yield_now().await,
                }
            }
        }
    });
    let done = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(done.progress, Some((3, 7, "reading".into())));
    assert_eq!(done.state, JobState::Done { at: start() + Duration::seconds(40), result: json!([3, 7, "reading"]) });
}

#[tokio::test]
async fn a_cancelled_job_is_dropped_and_stays_failed() {
    let world = world().await;
    let first = world.enqueue("a").await;
    let (queue, id) = (world.queue.clone(), first.id);
    let worker = world.worker().on("test", move |_| {
        let queue = queue.clone();
        async move {
            queue.cancel(id).await.map_err(JobError::give_up)?;
            pending().await
        }
    });
    let cancelled = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(cancelled.state, JobState::Failed { at: start(), error: "cancelled".into() });
    assert!(matches!(world.queue.cancel(first.id).await, Err(QueueError::Refused(_))), "it has ended already");
}

#[tokio::test]
async fn a_worker_that_was_too_slow_cannot_overwrite_its_successor() {
    let world = world().await;
    world.enqueue("a").await;
    let (clock, path) = (world.clock.clone(), world._folder.path().join("store.sqlite"));
    let worker =
        Worker::new(world.queue.clone(), WorkerSettings { tick: std::time::Duration::from_secs(3600), ..settings() });
    let worker = worker.on("test", move |_| {
        let (clock, path) = (clock.clone(), path.clone());
        async move {
            clock.advance(Duration::seconds(61));
            let other = Store::open(&StoreTarget::Sqlite(path)).await.map_err(JobError::give_up)?;
            let now = clock.now();
            let taken = other.claim(&["test"], now, now + Duration::seconds(60)).await.map_err(JobError::give_up)?;
            let mut taken = taken.ok_or_else(|| JobError::give_up("nothing to take over"))?;
            taken.finish(json!("the successor's"), now).map_err(JobError::give_up)?;
            other.save_job(&taken).await.map_err(JobError::give_up)?;
            Ok(json!("the late one's"))
        }
    });
    let job = worker.run_once().await.expect("the store").expect("a job");
    assert_eq!(job.state, JobState::Done { at: world.queue.now(), result: json!("the successor's") });
}

#[tokio::test]
async fn a_worker_that_is_stopped_puts_its_job_back() {
    let world = world().await;
    let first = world.enqueue("a").await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let begun = std::sync::Mutex::new(Some(begun));
    let worker = world.worker().on("test", move |_| {
        if let Some(begun) = begun.lock().expect("unpoisoned").take() {
            begun.send(()).expect("somebody listens");
        }
        pending()
    });
    worker.run(async { has_begun.await.expect("it begins") }).await;
    let stored = world.stored(&first).await;
    assert_eq!((stored.state, stored.attempts), (JobState::Queued { run_at: start() }, 0), "the attempt is given back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_goes_back_only_when_its_handler_has_ended() {
    let world = world().await;
    let first = world.enqueue("a").await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let begun = std::sync::Mutex::new(Some(begun));
    let ended = Arc::new(AtomicU32::new(0));
    let in_handler = ended.clone();
    let worker = world.worker().on("test", move |_| {
        let (begun, ended) = (begun.lock().expect("unpoisoned").take(), in_handler.clone());
        async move {
            begun.expect("the first").send(()).expect("somebody listens");
            // Between two awaits nobody can end it.
            std::thread::sleep(std::time::Duration::from_millis(200));
            ended.fetch_add(1, Ordering::SeqCst);
            pending().await
        }
    });
    worker.run(async { has_begun.await.expect("it begins") }).await;
    assert_eq!(ended.load(Ordering::SeqCst), 1);
    assert_eq!(world.stored(&first).await.state.name(), "queued");
}

#[tokio::test]
async fn a_worker_runs_what_arrives_while_it_waits() {
    let world = world().await;
    let (done, is_done) = tokio::sync::oneshot::channel();
    let done = std::sync::Mutex::new(Some(done));
    // The poll is far away: only the arrival can wake it.
    let waiting = WorkerSettings { poll: std::time::Duration::from_secs(3600), ..settings() };
    let worker = Worker::new(world.queue.clone(), waiting).on("test", move |context: JobContext| {
        if let Some(done) = done.lock().expect("unpoisoned").take() {
            done.send(context.payload::<Value>().expect("JSON")).expect("somebody listens");
        }
        std::future::ready(Ok(Value::Null))
    });
    let enqueue_later = async {
        tokio::task::yield_now().await;
        world.enqueue("late").await;
        assert_eq!(is_done.await.expect("it runs"), json!({ "key": "late" }));
    };
    worker.run(enqueue_later).await;
}

#[tokio::test]
async fn a_worker_takes_only_what_it_can_do() {
    let world = world().await;
    world.enqueue("a").await;
    let (_, handler) = counting(Ok(json!("fine")));
    assert!(world.worker().on("other", handler).run_once().await.expect("the store").is_none());
    assert!(world.worker().run_once().await.expect("the store").is_none());
}
