//! Durable jobs: a queue in the Store with states that can refuse.
//!
//! **Takes** jobs (a kind, a key, a payload) and, per kind, a handler. **Gives** each job's end: a result, or the reason
//! why it gave up. **Promises**: the same kind and key is one job, however often it is enqueued; a job is run by one
//! worker at a time; a worker that dies loses its job to another one when the lease runs out; a failure is tried again
//! a bounded number of times, later and later. **Never** runs a job exactly once: a handler may be run again after it did
//! its work and before that was noted, so handlers are written to be safe to run twice.
//!
//! ```no_run
//! # use bellwether_jobs::{JobContext, JobError, Queue, Worker, WorkerSettings, job};
//! # use std::sync::Arc;
//! # async fn example(store: Arc<bellwether_store::Store>, clock: Arc<dyn bellwether_domain::Clock>) -> Result<(), bellwether_jobs::QueueError> {
//! let queue = Queue::new(store, clock);
//! let worker = Worker::new(queue.clone(), WorkerSettings::default()).on("report/write", |context: JobContext| async move {
//!     context.report(1, 2, "counting");
//!     Ok::<_, JobError>(serde_json::json!({ "pages": 2 }))
//! });
//! queue.enqueue(&job("report/write", "2026-11", serde_json::json!({ "month": "2026-11" }), queue.now())).await?;
//! let done = worker.run_once().await?;
//! # drop(done); Ok(()) }
//! ```

mod context;
mod queue;
mod worker;

pub use context::JobContext;
pub use queue::{Queue, QueueError, job};
pub use worker::{JobError, Worker, WorkerSettings};
