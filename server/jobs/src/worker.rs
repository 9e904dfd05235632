//! Takes jobs one after the other and runs their handlers.

use crate::{
    context::JobContext,
    queue::{Queue, QueueError},
};
use bellwether_domain::{Job, JobState};
use bellwether_store::Error as StoreError;
use chrono::Duration;
use serde_json::Value;
use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc};
use tokio::{
    task::{JoinError, JoinHandle},
    time::sleep,
};

/// Why a handler did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later.
    #[error("{0}")]
    TryAgain(String),
    /// It will never work.
    #[error("{0}")]
    GiveUp(String),
}

impl JobError {
    /// It may work later.
    pub fn try_again(error: impl std::fmt::Display) -> Self {
        Self::TryAgain(error.to_string())
    }

    /// It will never work.
    pub fn give_up(error: impl std::fmt::Display) -> Self {
        Self::GiveUp(error.to_string())
    }
}

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// After this time without a sign of life, others may take the job.
    pub lease: Duration,
    /// How often a running job is looked after: progress written, lease extended, cancelling noticed.
    pub tick: std::time::Duration,
    /// How often the queue is looked at when nothing was enqueued in this process.
    pub poll: std::time::Duration,
    /// After so many attempts a job is given up.
    pub max_attempts: u32,
    /// The wait after the first failure; it doubles with every further one.
    pub backoff: Duration,
    /// The longest wait.
    pub max_backoff: Duration,
}

impl Default for WorkerSettings {
    /// A lease of a minute, ten attempts, waits from five seconds to an hour.
    fn default() -> Self {
        Self {
            lease: Duration::minutes(1),
            tick: std::time::Duration::from_secs(1),
            poll: std::time::Duration::from_secs(10),
            max_attempts: 10,
            backoff: Duration::seconds(5),
            max_backoff: Duration::hours(1),
        }
    }
}

type Work = Pin<Box<dyn Future<Output = Result<Value, JobError>> + Send>>;
type Handler = Arc<dyn Fn(JobContext) -> Work + Send + Sync>;

/// Takes jobs one after the other and runs their handlers.
pub struct Worker {
    queue: Queue,
    settings: WorkerSettings,
    handlers: BTreeMap<String, Handler>,
}

/// How an attempt ended.
enum End {
    /// The handler said so.
    Said(Result<Value, JobError>),
    /// Somebody cancelled the job, or took it over.
    Lost,
    /// The worker has to stop, and the handler has ended.
    Stopped,
    /// The worker has to stop, and the handler does not end.
    Stuck,
}

/// What became of a look at the queue.
enum Step {
    /// Nothing is due.
    Idle,
    /// A job was run to the end of an attempt.
    Ended(Job),
    /// A job was put back, since the worker has to stop.
    Stopped,
}

impl Worker {
    /// A worker without handlers; it takes only jobs that it has a handler for.
    pub fn new(queue: Queue, settings: WorkerSettings) -> Self {
        Self { queue, settings, handlers: BTreeMap::new() }
    }

    /// Adds the handler of a kind. It has to be safe to run twice, and to be dropped at any of its awaits.
    pub fn on<F, Fut>(mut self, kind: &str, handler: F) -> Self
    where
        F: Fn(JobContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Value, JobError>> + Send + 'static,
    {
        self.handlers.insert(kind.to_owned(), Arc::new(move |context| Box::pin(handler(context))));
        self
    }

    /// Works until `shutdown` is ready. A job that is under way then is dropped and goes back to the queue as soon as its
    /// handler has ended; the attempt does not count.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            match self.step(&mut shutdown).await {
                Ok(Step::Ended(_)) => continue,
                Ok(Step::Stopped) => return,
                Ok(Step::Idle) => {}
                Err(error) => tracing::error!(%error, "the job queue does not work"),
            }
            tokio::select! {
                () = self.queue.arrived.notified() => {}
                () = sleep(self.settings.poll) => {}
                () = &mut shutdown => return,
            }
        }
    }

    /// Takes the next job and runs it to its end; `None` when nothing is due. Gives the job as it stands then.
    pub async fn run_once(&self) -> Result<Option<Job>, QueueError> {
        match self.step(&mut std::future::pending()).await? {
            Step::Ended(job) => Ok(Some(job)),
            Step::Idle | Step::Stopped => Ok(None),
        }
    }

    async fn step(&self, stop: &mut (impl Future<Output = ()> + Unpin)) -> Result<Step, QueueError> {
        let kinds: Vec<&str> = self.handlers.keys().map(String::as_str).collect();
        let now = self.queue.now();
        let Some(mut job) = self.queue.store.claim(&kinds, now, now + self.settings.lease).await? else {
            return Ok(Step::Idle);
        };
        // Only kinds with a handler are claimed.
        let Some(handler) = self.handlers.get(&job.kind) else { return Ok(Step::Idle) };
        // A worker that died leaves its attempt counted: a job that kills every worker is given up as well.
        if job.attempts > self.settings.max_attempts {
            job.fail(format!("given up: {} attempts ended without an answer", job.attempts - 1), self.queue.now())?;
            return self.save(job).await.map(Step::Ended);
        }
        let context = JobContext::new(&job);
        match self.look_after(&mut job, &context, tokio::spawn(handler(context.clone())), stop).await? {
            End::Lost => Ok(Step::Ended(self.stored(job).await?)),
            End::Said(answer) => self.note(job, &context, answer).await.map(Step::Ended),
            End::Stopped => {
                job.retry_at(self.queue.now())?;
                match self.queue.store.give_job_back(&job).await {
                    Ok(()) | Err(StoreError::JobNotHeld { .. }) => Ok(Step::Stopped),
                    Err(error) => Err(error.into()),
                }
            }
            // Nobody can say what the handler still does: the job comes back when its lease runs out.
            End::Stuck => Ok(Step::Stopped),
        }
    }

    /// Waits for the handler, and keeps the job ours meanwhile.
    async fn look_after(
        &self,
        job: &mut Job,
        context: &JobContext,
        work: JoinHandle<Result<Value, JobError>>,
        stop: &mut (impl Future<Output = ()> + Unpin),
    ) -> Result<End, QueueError> {
        let mut work = AbortOnDrop(work);
        let mut held_until = self.queue.now() + self.settings.lease;
        loop {
            tokio::select! {
                answer = &mut work.0 => return Ok(End::Said(answer.unwrap_or_else(after_panic))),
                () = &mut *stop => return Ok(self.break_off(&mut work.0).await),
                () = sleep(self.settings.tick) => {}
            }
            let now = self.queue.now();
            match self.renew(job, context).await {
                Ok(()) => held_until = now + self.settings.lease,
                Err(StoreError::JobNotHeld { .. }) => {
                    self.break_off(&mut work.0).await;
                    return Ok(End::Lost);
                }
                // The Store may be back before the lease ends; the work goes on so long.
                Err(error) if error.is_temporary() && now < held_until => {
                    tracing::warn!(%error, job = %job.id, "cannot extend the lease");
                }
                // From then on somebody else may be at the same work.
                Err(error) => {
                    self.break_off(&mut work.0).await;
                    return Err(error.into());
                }
            }
        }
    }

    /// Ends the handler and waits until it has ended: only then may others begin. It may have been faster and have an
    /// answer; it may also not end before the lease would be over.
    async fn break_off(&self, work: &mut JoinHandle<Result<Value, JobError>>) -> End {
        work.abort();
        match tokio::time::timeout(self.settings.lease.to_std().unwrap_or_default(), work).await {
            Ok(Ok(answer)) => End::Said(answer),
            Ok(Err(_)) => End::Stopped,
            Err(_) => End::Stuck,
        }
    }

    /// Writes progress and a longer lease; refused when the job is not ours any more.
    async fn renew(&self, job: &mut Job, context: &JobContext) -> Result<(), StoreError> {
        if let JobState::Running { lease_until, .. } = &mut job.state {
            *lease_until = self.queue.now() + self.settings.lease;
        }
        job.progress = context.progress();
        self.queue.store.save_job(job).await
    }

    async fn note(
        &self,
        mut job: Job,
        context: &JobContext,
        answer: Result<Value, JobError>,
    ) -> Result<Job, QueueError> {
        let now = self.queue.now();
        job.progress = context.progress();
        match answer {
            Ok(result) => job.finish(result, now)?,
            Err(JobError::TryAgain(error)) if job.attempts < self.settings.max_attempts => {
                let run_at = now + self.wait_after(job.attempts);
                tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, %run_at, error, "a job failed and is tried again");
                job.retry_at(run_at)?;
            }
            Err(error) => {
                tracing::error!(job = %job.id, kind = job.kind, attempt = job.attempts, %error, "a job is given up");
                job.fail(error.to_string(), now)?;
            }
        }
        self.save(job).await
    }

    /// Writes down how an attempt ended. Cancelled or taken over at the last moment: what stands in the Store counts.
    async fn save(&self, job: Job) -> Result<Job, QueueError> {
        match self.queue.store.save_job(&job).await {
            Ok(()) => Ok(job),
            Err(StoreError::JobNotHeld { .. }) => self.stored(job).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn stored(&self, job: Job) -> Result<Job, QueueError> {
        Ok(self.queue.store.job(job.id).await?.unwrap_or(job))
    }

    fn wait_after(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(20);
        let factor = 2_i32.saturating_pow(doublings);
        self.settings
            .backoff
            .checked_mul(factor)
            .map_or(self.settings.max_backoff, |wait| wait.min(self.settings.max_backoff))
    }
}

fn after_panic(error: JoinError) -> Result<Value, JobError> {
    Err(JobError::TryAgain(format!("the handler broke off: {error}")))
}

/// Ends the handler when nobody waits for it any more.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
