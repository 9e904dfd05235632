//! While the server runs: what arrives in the inbox becomes true at once, and what fails is tried again.

use crate::{background::Background, compactor, context::Context, import};
use anyhow::Result;
use bellwether_api::{ApiState, Processing};
use bellwether_inbox::Inbox;
use bellwether_pipeline::{Committed, Pipeline, Watcher};
use bellwether_plan::CurrentPlan;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long to wait before trying again: at first, and at the most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// How long the rest may take when the server ends. What is not finished then is in the inbox, and the next start goes on.
const FAREWELL: Duration = Duration::from_secs(20);

/// The work behind the inbox.
pub struct Processor {
    /// Whose threads do it.
    _background: Background,
    stop: watch::Sender<bool>,
    work: JoinHandle<()>,
    compaction: JoinHandle<()>,
}

impl Processor {
    /// Begins to process what is in the inbox and whatever will be.
    ///
    /// # Errors
    /// When the system has no room for the threads that do it.
    pub fn start(context: Arc<Context>, state: &ApiState) -> Result<Self> {
        let background = Background::start()?;
        let (stop, stopped) = watch::channel(false);
        let watcher = Arc::new(Told(state.clone()));
        let compaction = background.spawn(compactor::run(Arc::clone(&context)));
        let work = background.spawn(process(context, state.processing(), watcher, state.plan(), stopped));
        Ok(Self { _background: background, stop, work, compaction })
    }

    /// Finishes what has arrived, writes it into files, and ends.
    pub async fn stop(self) {
        // Nobody listens any more where the work has ended by itself.
        let _ = self.stop.send(true);
        // At any moment: what it has not finished is swept or done again.
        self.compaction.abort();
        match timeout(FAREWELL, self.work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the processor did not end in order"),
            Err(_) => tracing::warn!("not all that has arrived is processed; the next start goes on with it"),
        }
    }
}

/// The server is told at once what has become true.
struct Told(ApiState);

impl Watcher for Told {
    fn committed(&self, step: &Committed) {
        let Self(state) = self;
        state.processing().applied(step.applied, step.received_at);
        step.events.iter().for_each(|(_, events)| state.live().tell(events, &step.marks));
        step.violations
            .iter()
            .for_each(|violation| state.off_plan(&violation.event, violation.planned, violation.mode));
        for source in step.brought.iter() {
            state.processed(&source.source, source.events, source.rejected);
        }
    }
}

async fn process(
    context: Arc<Context>,
    processing: Arc<Processing>,
    watcher: Arc<dyn Watcher>,
    plan: Arc<CurrentPlan>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut wait = PATIENCE.0;
    let mut before = processing.last_applied();
    while let Err(error) = follow(&context, &processing, &watcher, Arc::clone(&plan), stopped.clone()).await {
        let error = format!("{error:#}");
        tracing::error!(error, "what arrives is kept in the inbox, but cannot be processed; trying again");
        processing.failed(error);
        if *stopped.borrow() {
            return;
        }
        // Whatever went on in between was no part of this failure.
        let progress = processing.last_applied() > before;
        (wait, before) = (if progress { PATIENCE.0 } else { wait }, processing.last_applied());
        tokio::select! {
            () = sleep(wait) => {}
            _ = stopped.changed() => {}
        }
        wait = PATIENCE.1.min(2 * wait);
    }
}

/// One attempt: from where the Store stands until it is told to stop.
async fn follow(
    context: &Context,
    processing: &Processing,
    watcher: &Arc<dyn Watcher>,
    plan: Arc<CurrentPlan>,
    stopped: watch::Receiver<bool>,
) -> Result<()> {
    // What an earlier attempt put there comes anew.
    context.lake.tail().clear();
    context.store.stay_exclusive().await?;
    bellwether_api::plan::load(&context.store, &plan).await?;
    let pipeline = import::pipeline(context).await?;
    let waiting_time = Duration::from_secs(context.config.lake.seconds_until_file);
    let pipeline = pipeline.with_plan(plan).with_waiting_time(waiting_time);
    let mut pipeline: Pipeline = pipeline.watched_by(Arc::clone(watcher));
    processing.continues_after(pipeline.applied());
    let (announce, announced) = mpsc::channel(1);
    let announcing = tokio::spawn(announce_all(Arc::clone(&context.inbox), stopped, announce));
    let followed = pipeline.follow(announced, |()| Ok(())).await;
    announcing.abort();
    followed?;
    pipeline.flush().await
}

/// Says that something arrived, as often as it does; the first time at once, and a last time when it is told to stop.
async fn announce_all(inbox: Arc<Inbox>, mut stopped: watch::Receiver<bool>, announce: mpsc::Sender<()>) {
    let mut appended = inbox.appended();
    while announce.send(()).await.is_ok() && !*stopped.borrow_and_update() {
        tokio::select! {
            _ = stopped.changed() => {}
            changed = appended.changed() => if changed.is_err() { return },
        }
    }
}
