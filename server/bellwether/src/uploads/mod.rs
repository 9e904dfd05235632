//! Files that were given to the running server: where they lie, and the worker that imports them one after the other.

mod job;

use crate::{
    context::Context,
    processor::{Processor, Quiet},
    reading,
};
use anyhow::{Context as _, Result};
use bellwether_api::{ApiState, Imports, LiveImports, Processing};
use bellwether_imports::Uploads;
use bellwether_jobs::{Queue, Worker, WorkerSettings};
use bellwether_store::IMPORT_JOB;
use chrono::TimeDelta;
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};

/// The folder's name.
const FOLDER: &str = "uploads";
/// What an import that failed for a reason that may pass waits at the most; a full disk is emptied by somebody at some time.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(1);
/// Attempts that end without an answer, because the process dies, count as well.
const ATTEMPTS: u32 = 50;
const BETWEEN_SWEEPS: Duration = Duration::from_secs(6 * 3_600);

/// What the API and the worker share.
pub struct Uploading {
    uploads: Arc<Uploads>,
    queue: Queue,
    live: Arc<LiveImports>,
}

/// The worker under way.
pub struct ImportWorker {
    stop: watch::Sender<bool>,
    sweeping: JoinHandle<()>,
    work: JoinHandle<()>,
}

/// What a job works with.
struct Bench {
    context: Arc<Context>,
    uploads: Arc<Uploads>,
    live: Arc<LiveImports>,
    state: ApiState,
    processing: Arc<Processing>,
    quiet: Quiet,
    /// Held by whatever reads into the inbox. A job that was stopped goes on until its next batch, and must have ended before
    /// another one reads the same file.
    reading: Arc<Mutex<()>>,
}

impl Uploading {
    /// Opens the folder and removes what nobody needs any more.
    pub async fn open(context: &Context) -> Result<Self> {
        let settings = &context.config.imports;
        let uploads = Uploads::open(&context.folder.path(FOLDER), settings.max_upload_mb.saturating_mul(1_000_000))?;
        let queue = Queue::new(Arc::new(context.store.clone()), Arc::clone(&context.clock));
        let halves = uploads.sweep_halves()?;
        if halves > 0 {
            tracing::info!(halves, "what was left of uploads that did not come to their end was removed");
        }
        Ok(Self { uploads: Arc::new(uploads), queue, live: Arc::default() })
    }

    /// For the API.
    pub fn imports(&self, context: &Arc<Context>) -> Imports {
        let (uploads, live) = (Arc::clone(&self.uploads), Arc::clone(&self.live));
        let folder = Arc::clone(context);
        // A configuration that cannot be read is said by the job, which stops at it.
        let currency = move || reading::settled_currency(&folder).ok().flatten();
        Imports::new(uploads, self.queue.clone(), Arc::clone(&context.inbox), live, Arc::new(currency))
    }

    /// Begins to import what waits, and what an earlier process has left.
    pub async fn start(self, context: &Arc<Context>, state: &ApiState, processor: &Processor) -> Result<ImportWorker> {
        // The folder belongs to this process, and the Store to the folder: whoever had these jobs is gone.
        self.queue.take_over(&[IMPORT_JOB]).await.context("cannot take over the imports of an earlier process")?;
        let bench = Arc::new(Bench {
            context: Arc::clone(context),
            uploads: self.uploads,
            live: self.live,
            state: state.clone(),
            processing: state.processing(),
            quiet: processor.quiet(),
            reading: Arc::default(),
        });
        let sweeping = tokio::spawn(sweep(Arc::clone(&bench), self.queue.clone()));
        let settings = WorkerSettings {
            tick: Duration::from_millis(500),
            max_attempts: ATTEMPTS,
            max_backoff: LONGEST_WAIT,
            ..WorkerSettings::default()
        };
        let worker = Worker::new(self.queue, settings).on(IMPORT_JOB, move |job| {
            let bench = Arc::clone(&bench);
            async move { bench.run(job).await }
        });
        let (stop, mut stopped) = watch::channel(false);
        let shutdown = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
        Ok(ImportWorker { stop, sweeping, work: tokio::spawn(async move { worker.run(shutdown).await }) })
    }
}

impl ImportWorker {
    /// Ends at any moment: an import under way goes on with the next start.
    pub async fn stop(self) {
        // Nobody listens any more where the worker has ended by itself.
        let _ = self.stop.send(true);
        self.sweeping.abort();
        if let Err(error) = self.work.await {
            tracing::error!(%error, "the worker of imports did not end in order");
        }
    }
}

/// Removes uploads that nobody has touched for long, at the start and from time to time.
async fn sweep(bench: Arc<Bench>, queue: Queue) {
    loop {
        if let Err(error) = sweep_old(&bench, &queue).await {
            tracing::warn!("old uploads cannot be removed: {error:#}");
        }
        tokio::time::sleep(BETWEEN_SWEEPS).await;
    }
}

async fn sweep_old(bench: &Bench, queue: &Queue) -> Result<()> {
    let keep = TimeDelta::days(i64::from(bench.context.config.imports.keep_days));
    let jobs = queue.jobs().await?;
    let busy: HashSet<_> = jobs.iter().filter(|job| !job.is_over()).map(|job| job.id).collect();
    for old in bench.uploads.sweep_old(bench.context.clock.now(), keep, &busy)? {
        tracing::info!(file = old.name, "an upload was removed that nobody had touched for long");
        if let Some(job) = old.job {
            bench.context.store.remove_ended_job(job).await?;
        }
    }
    Ok(())
}
