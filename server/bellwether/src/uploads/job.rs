//! The job that imports an upload: the road of `bellwether import`, but that the running server's pipeline processes what comes
//! into the inbox.
//!
//! It can be killed anywhere and run again. The inbox's cursor says how far the file is read, and moves with each batch; what is
//! true of the import as a whole is written in the order import record, note of the upload, job, each of which can be written twice.

use super::Bench;
use crate::{
    import,
    reading::{Reading, Subject},
};
use anyhow::{Context as _, Result};
use bellwether_api::{ImportOrder, LiveImport};
use bellwether_collect::RowMapping;
use bellwether_domain::{ImportId, Offset, UploadId};
use bellwether_imports::{
    Begun, Outcome, Upload, parse,
    rows::{self, ReadSoFar},
};
use bellwether_inbox::ImportCursor;
use bellwether_jobs::{JobContext, JobError};
use bellwether_pipeline::faults::{self, Fault};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How many batches reading may be ahead of processing: what arrives over HTTP meanwhile waits behind them, and not behind the
/// whole file.
const BATCHES_AHEAD: u64 = 8;
/// How often it is looked how far processing has come.
const LOOK: Duration = Duration::from_millis(20);

/// Tells how far an import is, and forgets it when it ends in any way.
struct Teller<'b> {
    bench: &'b Bench,
    job: &'b JobContext,
    upload: UploadId,
    read: ReadSoFar,
    live: LiveImport,
}

impl Bench {
    /// One attempt.
    pub(super) async fn run(&self, job: JobContext) -> Result<Value, JobError> {
        let order: ImportOrder = job.payload().map_err(JobError::give_up)?;
        let upload = self.uploads.get(order.upload).map_err(JobError::give_up)?;
        // The process died between the upload's note and the end of the job.
        if let Some(outcome) = &upload.outcome {
            return serde_json::to_value(outcome).map_err(JobError::give_up);
        }
        match self.import(&job, &upload, &order.mapping).await {
            Ok(outcome) => serde_json::to_value(outcome).map_err(JobError::give_up),
            Err(error) if may_pass(&error) => Err(JobError::TryAgain(format!("{error:#}"))),
            Err(error) => Err(JobError::GiveUp(self.shown(&error))),
        }
    }

    async fn import(&self, job: &JobContext, upload: &Upload, mapping: &str) -> Result<Outcome> {
        let held = Arc::clone(&self.reading).lock_owned().await;
        let mapping = parse(mapping).map_err(|bad| anyhow::anyhow!("{}:{}: {}", bad.line, bad.column, bad.message))?;
        let mapping = mapping.rows().context("the mapping is not one of rows")?;
        let path = self.uploads.file(upload)?;
        let (importer, read) = rows::open_known(&path, &upload.digest, mapping)?;
        let import = upload.import_of(mapping.source());
        self.make_ready(import, mapping).await?;
        let subject = Subject { import, name: upload.name.clone(), shown: upload.name.clone() };
        let reading = Reading::begin(&self.context, importer, &subject, mapping).await?;
        let begun = self.begin(upload, mapping, &reading.cursor).await?;
        let teller = Teller::new(self, job, upload.id, read, &reading.cursor);
        let cursor = self.read(reading, teller, held).await?;
        self.settle_currency().await?;
        self.finish(upload, &begun, cursor).await
    }

    /// What has to be true before the first row is read: the source's rules are those of the mapping, and an import that brought
    /// nothing but rejects, and will begin anew, has all of them in quarantine, so that they can be taken back.
    async fn make_ready(&self, import: ImportId, mapping: RowMapping<'_>) -> Result<()> {
        if let Some(known) = self.context.inbox.import_cursor(import)?
            && known.events == 0
        {
            self.processed(self.context.inbox.last_offset()?).await;
        }
        if import::rules_differ(&self.context, mapping).await? && !faults::is_on(Fault::ChangeRulesEarly) {
            let quiet = self.quiet.begin().await?;
            import::put_rules(&self.context, mapping).await?;
            drop(quiet);
        } else {
            import::put_rules(&self.context, mapping).await?;
        }
        Ok(())
    }

    /// Keeps how things stood before the first attempt.
    async fn begin(&self, upload: &Upload, mapping: RowMapping<'_>, cursor: &ImportCursor) -> Result<Begun> {
        // Read to its end, and stopped before all of that was true: such an import is not through.
        let record = self.context.store.import(cursor.import).await?;
        let now = Begun {
            import: cursor.import,
            source: mapping.source().to_owned(),
            at: self.context.clock.now(),
            was_complete: cursor.complete && record.is_some_and(|record| record.complete),
            rejects_behind: self.context.store.newest_reject().await?.0,
        };
        Ok(self.uploads.begin(upload.id, now)?)
    }

    /// Reads what is not read yet, no faster than it is processed, and waits until it is true.
    async fn read<H: Send + 'static>(
        &self,
        mut reading: Reading<'_>,
        mut teller: Teller<'_>,
        held: H,
    ) -> Result<ImportCursor> {
        if !reading.cursor.complete {
            let (mut arrived, work) = reading.start_alone(held);
            while let Some(now) = arrived.recv().await {
                reading.follow(&now)?;
                teller.tell(&now);
                let last = self.context.inbox.last_offset()?;
                self.processed(Offset(last.0.saturating_sub(BATCHES_AHEAD))).await;
            }
            let ended = work.await?;
            if ended.is_err() {
                // Whoever looks why finds all rejects in quarantine.
                self.processed(self.context.inbox.last_offset()?).await;
            }
            ended?;
        }
        teller.tell(&reading.cursor);
        self.processed(self.context.inbox.last_offset()?).await;
        Ok(reading.cursor)
    }

    /// Waits until the batches up to this one are true. A pipeline that cannot go on tries again by itself, and says so in the log
    /// and at `/readyz`; what is read meanwhile is safe in the inbox.
    async fn processed(&self, offset: Offset) {
        while self.processing.last_applied() < offset {
            sleep(LOOK).await;
        }
    }

    /// The first import settles what the shop's currency is; whatever works by it learns that now, and not at the next start.
    async fn settle_currency(&self) -> Result<()> {
        if import::currency_waits(&self.context).await? {
            let quiet = self.quiet.begin().await?;
            let code = import::put_currency(&self.context).await?;
            drop(quiet);
            self.state.settle_currency(&code);
        }
        Ok(())
    }

    async fn finish(&self, upload: &Upload, begun: &Begun, cursor: ImportCursor) -> Result<Outcome> {
        let outcome = Outcome {
            at: self.context.clock.now(),
            rows: cursor.rows,
            events: cursor.events,
            rejected: cursor.rejected,
            was_complete: begun.was_complete,
            rejects_behind: begun.rejects_behind,
            rejects_up_to: self.context.store.newest_reject().await?.0,
        };
        self.context.store.put_import(&import::record(cursor)).await?;
        if !begun.was_complete {
            import::note_import(&self.context).await?;
        }
        self.uploads.finish(upload.id, outcome.clone())?;
        Ok(outcome)
    }

    /// The whole story, without the folder that the file lies in.
    fn shown(&self, error: &anyhow::Error) -> String {
        let folder = format!("{}/", self.context.folder.path(super::FOLDER).display());
        let said = format!("{error:#}");
        match said.split_once(&folder) {
            // The upload's own folder comes next.
            Some((before, rest)) => format!("{before}{}", rest.split_once('/').map_or(rest, |(_, rest)| rest)),
            None => said,
        }
    }
}

impl<'b> Teller<'b> {
    fn new(bench: &'b Bench, job: &'b JobContext, upload: UploadId, read: ReadSoFar, cursor: &ImportCursor) -> Self {
        let since = bench.context.clock.now();
        let live = LiveImport { since, rows_before: cursor.rows, rows: cursor.rows, bytes: 0, is_read: false };
        bench.live.tell(upload, live);
        Self { bench, job, upload, read, live }
    }

    fn tell(&mut self, cursor: &ImportCursor) {
        let (done, total) = self.read.bytes();
        self.live = LiveImport { rows: cursor.rows, bytes: done, is_read: cursor.complete, ..self.live };
        self.bench.live.tell(self.upload, self.live);
        let done = if cursor.complete { total } else { done };
        self.job.report(done, total, &format!("{}: {} rows", cursor.file, cursor.rows));
    }
}

impl Drop for Teller<'_> {
    fn drop(&mut self) {
        self.bench.live.forget(self.upload);
    }
}

/// Whether the same may work later: there is no room, or somebody does not answer at the moment.
fn may_pass(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let full = matches!(cause.downcast_ref(), Some(bellwether_imports::Error::DiskFull));
        let inbox = cause.downcast_ref::<bellwether_inbox::Error>();
        let store = cause.downcast_ref::<bellwether_store::Error>();
        full || inbox.is_some_and(|error| error.is_disk_full() || error.is_locked())
            || store.is_some_and(bellwether_store::Error::is_temporary)
    })
}
