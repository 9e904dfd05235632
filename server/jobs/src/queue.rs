//! The queue as everybody sees it: enqueue, look, cancel.

use bellwether_domain::{Clock, Job, JobId, JobState, RefusedTransition};
use bellwether_store::Store;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::sync::Notify;

/// Why the queue could not do something.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The Store refused or is not there.
    #[error(transparent)]
    Store(#[from] bellwether_store::Error),
    /// The job's state does not allow it.
    #[error(transparent)]
    Refused(#[from] RefusedTransition),
    /// Nothing has this id.
    #[error("there is no job {0}")]
    Unknown(JobId),
}

/// The durable queue; a clone is cheap and leads to the same queue.
#[derive(Clone)]
pub struct Queue {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) arrived: Arc<Notify>,
}

/// A job that waits. Kind and key make its id: the same two are the same job.
pub fn job(kind: &str, key: &str, payload: serde_json::Value, run_at: DateTime<Utc>) -> Job {
    Job {
        id: JobId::derive(&[kind.as_bytes(), key.as_bytes()]),
        kind: kind.to_owned(),
        payload,
        attempts: 0,
        progress: None,
        state: JobState::Queued { run_at },
    }
}

impl Queue {
    /// Over the jobs of a Store.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, arrived: Arc::default() }
    }

    /// The queue's own time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Adds a job and wakes a worker of this process; `false` when the job was there already, whatever became of it.
    pub async fn enqueue(&self, job: &Job) -> Result<bool, QueueError> {
        let new = self.store.enqueue(job).await?;
        if new {
            self.arrived.notify_one();
        }
        Ok(new)
    }

    /// One job as it stands.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, QueueError> {
        Ok(self.store.job(id).await?)
    }

    /// All jobs.
    pub async fn jobs(&self) -> Result<Vec<Job>, QueueError> {
        Ok(self.store.jobs().await?)
    }

    /// Ends a job that waits or runs, as failed with the reason [`Job::CANCELLED`]. Its worker notices at its next tick and drops
    /// the handler. A job that has ended is refused.
    pub async fn cancel(&self, id: JobId) -> Result<Job, QueueError> {
        let mut job = self.store.job(id).await?.ok_or(QueueError::Unknown(id))?;
        job.cancel(self.now())?;
        self.store.end_job(&job).await?;
        Ok(job)
    }

    /// Has jobs of these kinds that a process which is gone has left running begin again at once, instead of at the end of their
    /// leases; their attempts count. Only for whoever is alone with the Store: nobody else may be at work on them.
    pub async fn take_over(&self, kinds: &[&str]) -> Result<u64, QueueError> {
        Ok(self.store.requeue_jobs(kinds, self.now()).await?)
    }
}
