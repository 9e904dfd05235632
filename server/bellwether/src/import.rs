//! One file through the whole road: collect → inbox → pipeline. Can be stopped anywhere and run again.

use crate::{cleaners::Cleaners, context::Context, pipeline::Pipeline};
use anyhow::{Context as _, Result};
use bellwether_collect::{Importer, OrderMapping, file_digest};
use bellwether_domain::{Clock, ImportId, ImportRecord, ItemRules};
use bellwether_inbox::{ImportCursor, Inbox, NewBatch};
use bellwether_store::Store;
use std::{collections::BTreeMap, path::Path, sync::Arc};
use tokio::sync::mpsc;

/// Events of one inbox batch. Larger batches mean fewer commits, smaller ones less to hold in memory.
const EVENTS_PER_BATCH: usize = 1_000;
/// The Store's key of the rules that sources were imported with.
const RULES: &str = "item_rules";

/// The road from a file to Store and Lake.
pub struct Road<'a> {
    context: &'a Context,
    pipeline: Pipeline,
}

impl<'a> Road<'a> {
    /// Opens the road for a source, and first brings to the end what an earlier process left in the inbox. The source's
    /// rules are kept in the Store, so that whatever is in the inbox can always be cleaned as it was meant.
    pub async fn open(context: &'a Context, mapping: &OrderMapping) -> Result<Self> {
        let mut rules = stored_rules(&context.store).await?;
        rules.insert(mapping.source.clone(), mapping.items.clone());
        context.store.put_result(RULES, &serde_json::to_value(&rules)?).await?;
        let cleaners = Cleaners::new(&rules);
        let (store, inbox, lake) = (context.store.clone(), Arc::clone(&context.inbox), Arc::clone(&context.lake));
        let mut pipeline = Pipeline::open(store, inbox, lake, cleaners).await?;
        pipeline.catch_up().await?;
        Ok(Self { context, pipeline })
    }

    /// Imports one file. A file that was imported to its end before is recognised, and nothing happens.
    pub async fn import(
        &mut self,
        path: &Path,
        mapping: &OrderMapping,
        mut report: impl FnMut(&ImportCursor),
    ) -> Result<ImportRecord> {
        let mut cursor = self.cursor(path, mapping).await?;
        if !cursor.complete {
            let importer = Importer::open(path, mapping)?;
            let (sender, mut arrived) = mpsc::channel(4);
            let (inbox, clock) = (Arc::clone(&self.context.inbox), Arc::clone(&self.context.clock));
            let start = cursor.clone();
            let reading =
                tokio::task::spawn_blocking(move || read_into_inbox(importer, &inbox, start, clock.as_ref(), &sender));
            while let Some(now) = arrived.recv().await {
                report(&now);
                cursor = now;
                self.pipeline.catch_up().await?;
            }
            reading.await?.with_context(|| format!("importing {}", path.display()))?;
        }
        self.pipeline.catch_up().await?;
        self.pipeline.flush().await?;
        let record = record(cursor);
        self.context.store.put_import(&record).await?;
        Ok(record)
    }

    async fn cursor(&self, path: &Path, mapping: &OrderMapping) -> Result<ImportCursor> {
        let digest = file_digest(path)?;
        let import = ImportId::derive(&[mapping.source.as_bytes(), digest.as_bytes()]);
        let inbox = Arc::clone(&self.context.inbox);
        let known = tokio::task::spawn_blocking(move || inbox.import_cursor(import)).await??;
        Ok(known.unwrap_or_else(|| ImportCursor {
            import,
            source: mapping.source.clone(),
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            position: 0,
            rows: 0,
            events: 0,
            rejected: 0,
            complete: false,
        }))
    }
}

async fn stored_rules(store: &Store) -> Result<BTreeMap<String, ItemRules>> {
    Ok(store.result(RULES).await?.map(serde_json::from_value).transpose()?.unwrap_or_default())
}

fn record(cursor: ImportCursor) -> ImportRecord {
    ImportRecord {
        id: cursor.import,
        source: cursor.source,
        file: cursor.file,
        rows: cursor.rows,
        events: cursor.events,
        rejected: cursor.rejected,
        complete: cursor.complete,
    }
}

/// Reads the file from where the cursor stands. Batch and cursor become durable together, so that no row is read into
/// the inbox twice or not at all.
fn read_into_inbox(
    mut importer: Importer,
    inbox: &Inbox,
    mut cursor: ImportCursor,
    clock: &dyn Clock,
    arrived: &mpsc::Sender<ImportCursor>,
) -> Result<()> {
    importer.pass_over(cursor.position);
    while let Some(batch) = importer.next_batch(EVENTS_PER_BATCH)? {
        cursor.position = batch.position;
        cursor.rows += batch.rows;
        cursor.events += batch.events;
        cursor.rejected += batch.rejected;
        inbox.append(&[NewBatch { records: batch.records, body: batch.body }], Some(&cursor), clock.now())?;
        // The other side is gone only when it failed, and then it says why.
        if arrived.blocking_send(cursor.clone()).is_err() {
            return Ok(());
        }
    }
    warn_of_scattered_orders(importer.scattered_orders());
    cursor.complete = true;
    inbox.append(&[], Some(&cursor), clock.now())?;
    drop(arrived.blocking_send(cursor));
    Ok(())
}

fn warn_of_scattered_orders(times: u64) {
    if times > 0 {
        eprintln!(
            "{times} times an order went on far below its first lines, and was taken for a further order; sort the file by order number and import it into a fresh data folder to have such orders whole"
        );
    }
}

/// Says on the terminal that rows could not be used, and where they are.
pub fn warn_of_rejects(record: &ImportRecord) {
    if record.rejected > 0 {
        eprintln!(
            "{} of {} rows could not be used; they are in quarantine with their reasons (console: Data quality)",
            record.rejected, record.rows
        );
    }
}
