//! While the server runs: what arrives in the inbox becomes true at once, and what fails is tried again.

use crate::{background::Background, compactor, context::Context, import};
use anyhow::{Context as _, Result, anyhow};
use bellwether_api::{ApiState, Processing};
use bellwether_inbox::Inbox;
use bellwether_pipeline::{Committed, Pipeline, Watcher};
use bellwether_plan::CurrentPlan;
use futures_util::FutureExt as _;
use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long to wait before trying again: at first, and at the most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// Requests that are under way at any moment without anybody having to wait long: those of about 200,000 events a second in
/// batches.
const SENDERS_IN_A_MOMENT: usize = 16;
/// An attempt that has gone on for so long works.
const STEADY: Duration = Duration::from_secs(1);
/// How long the rest may take when the server ends. What is not finished then is in the inbox, and the next start goes on.
const FAREWELL: Duration = Duration::from_secs(20);

/// The work behind the inbox.
pub struct Processor {
    quiet: Quiet,
    /// Whose threads do it.
    _background: Background,
    stop: watch::Sender<bool>,
    work: JoinHandle<()>,
    compaction: JoinHandle<()>,
}

/// Asks the work behind the inbox to pause, for changes of the rules that it works by.
///
/// What was cleaned and is in no file yet is cleaned again after a crash, and must come out as it did before; so must what was
/// cleaned and not committed. Rules may therefore change only at a moment when everything that was cleaned is committed and in
/// files, and nothing is being cleaned. Such a moment is made here: the pipeline works off what has arrived, is flushed, and is
/// opened anew behind the pause. Meanwhile the inbox takes whatever arrives, as always; it is cleaned by the new rules, once and
/// every other time. A crash before, within or after the pause finds the old rules or the new ones in the Store, and in each case
/// nothing that would have to come out by the other ones.
#[derive(Clone)]
pub struct Quiet(mpsc::Sender<oneshot::Sender<QuietTime>>);

/// While this is there, nothing is cleaned, and all that was cleaned is in files.
pub struct QuietTime(#[expect(dead_code, reason = "to drop it is what ends the pause")] oneshot::Sender<()>);

impl Quiet {
    /// Waits until it is quiet.
    pub async fn begin(&self) -> Result<QuietTime> {
        let (begun, begins) = oneshot::channel();
        self.0.send(begun).await.context("the server is about to end")?;
        begins.await.context("the server is about to end")
    }
}

impl Processor {
    /// For whoever changes the rules of cleaning.
    pub fn quiet(&self) -> Quiet {
        self.quiet.clone()
    }

    /// Begins to process what is in the inbox and whatever will be.
    ///
    /// # Errors
    /// When the system has no room for the threads that do it.
    pub fn start(context: Arc<Context>, state: &ApiState) -> Result<Self> {
        let background = Background::start()?;
        let (stop, stopped) = watch::channel(false);
        let watcher = Arc::new(Told(state.clone()));
        let compaction = background.spawn(compactor::run(Arc::clone(&context)));
        let (quiet, wanted) = mpsc::channel(1);
        let pauses = Pauses { wanted, next: None };
        let work = background.spawn(process(context, state.processing(), watcher, state.plan(), stopped, pauses));
        Ok(Self { quiet: Quiet(quiet), _background: background, stop, work, compaction })
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
        state.processing().applied(step.applied);
        step.events.iter().for_each(|(_, events)| state.live().tell(events, &step.marks));
        step.violations
            .iter()
            .for_each(|violation| state.off_plan(&violation.event, violation.planned, violation.mode));
        for source in step.brought.iter() {
            state.processed(&source.source, source.events, source.rejected);
        }
    }

    fn senders_wait(&self) -> bool {
        self.0.intake().collector.as_ref().is_some_and(|collector| collector.unanswered() > SENDERS_IN_A_MOMENT)
    }
}

/// Pauses that somebody has asked for.
struct Pauses {
    wanted: mpsc::Receiver<oneshot::Sender<QuietTime>>,
    /// The one that is due when what has arrived is worked off; kept over failures.
    next: Option<oneshot::Sender<QuietTime>>,
}

impl Pauses {
    /// Ready when one is due.
    async fn due(&mut self) {
        if self.next.is_none() {
            match self.wanted.recv().await {
                Some(next) => self.next = Some(next),
                None => std::future::pending().await,
            }
        }
    }

    /// The pause that is due, until whoever asked for it has done what it is for; says whether there was one.
    async fn hold(&mut self, stopped: &mut watch::Receiver<bool>) -> bool {
        let Some(begun) = self.next.take() else { return false };
        let (holder, held) = oneshot::channel();
        // Where the one who asked has gone, there is nothing to wait for.
        if begun.send(QuietTime(holder)).is_ok() {
            tokio::select! {
                _ = held => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        }
        true
    }
}

async fn process(
    context: Arc<Context>,
    processing: Arc<Processing>,
    watcher: Arc<dyn Watcher>,
    plan: Arc<CurrentPlan>,
    mut stopped: watch::Receiver<bool>,
    mut pauses: Pauses,
) {
    let mut wait = PATIENCE.0;
    let mut before = processing.last_applied();
    loop {
        let attempt = follow(&context, &processing, &watcher, Arc::clone(&plan), stopped.clone(), &mut pauses);
        // All that an attempt works on is made anew by the next one.
        let ended = AssertUnwindSafe(attempt).catch_unwind().await;
        let Err(error) = ended.unwrap_or_else(|panic| Err(anyhow!("a fault of the program: {}", words_of(&*panic))))
        else {
            match pauses.hold(&mut stopped).await {
                true => continue,
                false => return,
            }
        };
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

/// What a panic says.
fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}

/// One attempt: from where the Store stands until it is told to stop, or a pause is due. Then all is in files.
async fn follow(
    context: &Context,
    processing: &Processing,
    watcher: &Arc<dyn Watcher>,
    plan: Arc<CurrentPlan>,
    stopped: watch::Receiver<bool>,
    pauses: &mut Pauses,
) -> Result<()> {
    context.store.stay_exclusive().await?;
    bellwether_api::plan::load(&context.store, &plan).await?;
    let pipeline = import::pipeline(context).await?;
    let waiting_time = Duration::from_secs(context.config.lake.seconds_until_file);
    let pipeline = pipeline.with_plan(plan).with_waiting_time(waiting_time);
    let mut pipeline: Pipeline = pipeline.watched_by(Arc::clone(watcher));
    // Before it, what came last would be missing from timelines, and nothing would say so.
    pipeline.take_up().await?;
    processing.continues_after(pipeline.applied());
    let steady = async {
        sleep(STEADY).await;
        if processing.last_applied() >= *context.inbox.appended().borrow() {
            processing.is_through();
        }
        std::future::pending::<Result<()>>().await
    };
    let (announce, announced) = mpsc::channel(1);
    let (pause, paused) = watch::channel(false);
    let announcing = tokio::spawn(announce_all(Arc::clone(&context.inbox), stopped, paused, announce));
    let followed = {
        let mut following = std::pin::pin!(pipeline.follow(announced, |()| Ok(())));
        tokio::select! {
            followed = &mut following => followed,
            never = steady => never,
            () = pauses.due() => {
                // Fails only where nobody announces any more, and then it ends anyway.
                let _ = pause.send(true);
                following.await
            }
        }
    };
    announcing.abort();
    followed?;
    pipeline.flush().await
}

/// Says that something arrived, as often as it does; the first time at once, and a last time when it is told to stop or pause.
async fn announce_all(
    inbox: Arc<Inbox>,
    mut stopped: watch::Receiver<bool>,
    mut paused: watch::Receiver<bool>,
    announce: mpsc::Sender<()>,
) {
    let mut appended = inbox.appended();
    while announce.send(()).await.is_ok() && !*stopped.borrow_and_update() && !*paused.borrow_and_update() {
        tokio::select! {
            _ = stopped.changed() => {}
            _ = paused.changed() => {}
            changed = appended.changed() => if changed.is_err() { return },
        }
    }
}
