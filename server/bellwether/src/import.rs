//! One file through the whole road: collect → inbox → pipeline. Can be stopped anywhere and run again.

use crate::{
    acquisition,
    cleaners::Cleaners,
    config::Config,
    context::Context,
    pipeline::{Pipeline, missing},
    progress::thousands,
    rows,
};
use anyhow::{Context as _, Result, bail, ensure};
use bellwether_collect::{ImportBatch, Importer, RowMapping, file_digest};
use bellwether_domain::{Clock, ImportId, ImportRecord, ItemRules};
use bellwether_inbox::{ImportCursor, Inbox, NewBatch};
use bellwether_store::Store;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
};
use tokio::sync::mpsc;

/// Events of one inbox batch. When each was committed by itself, 1,000 made the import a third slower, and 4,000 took a tenth
/// more memory and no less time.
const EVENTS_PER_BATCH: usize = 2_500;
/// The first batch is smaller, and the next ones double, so that the rest of the road does not wait for long.
const EVENTS_OF_THE_FIRST_BATCH: usize = 500;
/// How far reading may be ahead of cleaning; what was read lies in the inbox, not in memory.
const BATCHES_AHEAD: usize = 3;
/// The Store's key of the rules that sources were imported with.
const RULES: &str = "item_rules";
/// The Store's key of the currency of orders in requests.
const CALL_CURRENCY: &str = "call_currency";
/// The Store's key of the moment of the last import, on the clock of the machine that ran it.
pub const IMPORTED_AT: &str = "installation/imported_at";

/// The road from a file to Store and Lake.
pub struct Road<'a> {
    context: &'a Context,
    pipeline: Pipeline,
}

/// What became of a file.
pub struct Imported {
    /// All that is known of the import.
    pub record: ImportRecord,
    /// Whether anything was read: not where the file was imported to its end before.
    pub read: bool,
}

/// Brings what the inbox holds to Store and Lake, by the rules that it was imported with.
pub async fn catch_up(context: &Context) -> Result<()> {
    let (store, inbox) = (&context.store, &context.inbox);
    let last = inbox.last_offset()?;
    if store.applied().await? < last || store.rolled().await? < last {
        let mut pipeline = pipeline(context).await?;
        pipeline.catch_up().await?;
        ensure!(pipeline.applied() >= last, "{}", missing(pipeline.applied()));
        pipeline.flush().await?;
    }
    Ok(())
}

/// What is said of the currency of orders in requests.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CallCurrency {
    /// That of orders that name none.
    code: String,
    /// Whether orders in another one are set aside.
    is_only_one: bool,
}

impl CallCurrency {
    fn configured(context: &Context) -> Self {
        let config = &context.config;
        Self { code: config.shop.currency.clone(), is_only_one: config.currency_is_set }
    }
}

/// As it was when events were taken first; what was configured since comes into force by [`adopt_currency`].
async fn call_currency(context: &Context) -> Result<CallCurrency> {
    let kept = context.store.result(CALL_CURRENCY).await?.map(serde_json::from_value).transpose()?;
    Ok(kept.unwrap_or_else(|| CallCurrency::configured(context)))
}

/// Brings into force what is configured now. Whatever waits is processed first: what is cleaned twice, because of a crash in
/// between, must come out as it did before.
pub async fn adopt_currency(context: &Context) -> Result<()> {
    let configured = CallCurrency::configured(context);
    if call_currency(context).await? != configured {
        catch_up(context).await?;
    }
    context.store.put_result(CALL_CURRENCY, &serde_json::to_value(configured)?).await?;
    Ok(())
}

/// The pipeline, by the rules that sources were imported with.
pub async fn pipeline(context: &Context) -> Result<Pipeline> {
    let CallCurrency { code, is_only_one } = call_currency(context).await?;
    let cleaners = Cleaners::new(&stored_rules(&context.store).await?).with_currency(&code, is_only_one);
    let (rules, _) = acquisition::rules(&context.config)?;
    let (inbox, lake) = (Arc::clone(&context.inbox), Arc::clone(&context.lake));
    Ok(Pipeline::open(context.store.clone(), inbox, lake, cleaners).await?.with_acquisition(rules))
}

impl<'a> Road<'a> {
    /// Opens the road for a source, and first brings to the end what an earlier process left in the inbox. The source's
    /// rules are kept in the Store, so that whatever is in the inbox can always be cleaned as it was meant.
    pub async fn open(context: &'a Context, mapping: impl Into<RowMapping<'_>>) -> Result<Self> {
        let mapping = mapping.into();
        // By the rules of then: what is cleaned twice must come out as it did before.
        catch_up(context).await?;
        let mut rules = stored_rules(&context.store).await?;
        rules.insert(mapping.source().to_owned(), mapping.items().clone());
        context.store.put_result(RULES, &serde_json::to_value(&rules)?).await?;
        Ok(Self { context, pipeline: pipeline(context).await? })
    }

    /// Imports one file. A file that was imported to its end before is recognised, and nothing happens.
    pub async fn import(
        &mut self,
        path: &Path,
        mapping: impl Into<RowMapping<'_>>,
        mut report: impl FnMut(&ImportCursor),
    ) -> Result<Imported> {
        let mapping = mapping.into();
        let mut importer = rows::open(path, mapping)?;
        let currency = shop_currency(&self.context.config, &importer);
        if let Some(currency) = &currency {
            importer.only_currency(currency);
        }
        let mut cursor = self.cursor(path, mapping, currency.as_deref()).await?;
        let read = !cursor.complete;
        if cursor.events > 0 {
            keep_currency(self.context, currency.as_deref())?;
        }
        if read {
            let (sender, arrived) = mpsc::channel(BATCHES_AHEAD);
            let (inbox, clock) = (Arc::clone(&self.context.inbox), Arc::clone(&self.context.clock));
            let start = cursor.clone();
            let reading =
                tokio::task::spawn_blocking(move || read_into_inbox(importer, &inbox, start, clock.as_ref(), &sender));
            let (context, mut kept) = (self.context, cursor.events > 0);
            let hand_on = |now: ImportCursor| {
                if !kept && now.events > 0 {
                    keep_currency(context, currency.as_deref())?;
                    kept = true;
                }
                report(&now);
                cursor = now;
                Ok(())
            };
            let followed = self.pipeline.follow(arrived, hand_on).await;
            // Where nobody follows any more, it ends with its next batch; not to wait would leave it alone with the folder.
            let read = reading.await;
            followed?;
            read?.with_context(|| format!("importing {}", path.display()))?;
            ensure!(cursor.complete, "the import of {} ended before the file; run it again", path.display());
        }
        self.pipeline.catch_up().await?;
        self.pipeline.flush().await?;
        self.context.inbox.forget_spares();
        let record = record(cursor);
        self.context.store.put_import(&record).await?;
        if read {
            let now = self.context.clock.now();
            self.context.store.put_result(IMPORTED_AT, &serde_json::to_value(now)?).await?;
        }
        Ok(Imported { record, read })
    }

    /// Where the import of a file stands. What was imported under another mapping cannot go on under this one.
    async fn cursor(&self, path: &Path, mapping: RowMapping<'_>, currency: Option<&str>) -> Result<ImportCursor> {
        let digest = file_digest(path)?;
        let import = ImportId::derive(&[mapping.source().as_bytes(), digest.as_bytes()]);
        let reading = [mapping.digest(), currency.unwrap_or_default()].join(" ");
        let inbox = &self.context.inbox;
        match inbox.import_cursor(import)? {
            // An older version did not keep the mapping.
            Some(known) if known.mapping.is_empty() || known.mapping == reading => {
                return Ok(ImportCursor { mapping: reading, ..known });
            }
            // Nothing came of it but rejects, the newest of its source: it begins anew.
            Some(known) if known.events == 0 && inbox.newest_import(&known.source)? == Some(import) => {
                let attempt = format!("{import} {}", inbox.last_offset()?.0);
                self.context.store.take_rejects_back(&known.source, known.rejected, &attempt).await?;
                inbox.forget_cursor(import)?;
            }
            Some(known) => bail!(
                "{} was imported under another mapping ({} rows became {} events), and cannot be read twice; import it into a fresh data folder (--data FOLDER), or go back to that mapping",
                path.display(),
                known.rows,
                known.events
            ),
            None => {}
        }
        Ok(ImportCursor {
            import,
            source: mapping.source().to_owned(),
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            mapping: reading,
            position: 0,
            rows: 0,
            events: 0,
            rejected: 0,
            complete: false,
        })
    }
}

/// The one currency that the shop's orders are in: what somebody set, otherwise that of the first import.
fn shop_currency(config: &Config, importer: &Importer) -> Option<String> {
    match config.currency_is_set {
        true => Some(config.shop.currency.clone()),
        false => importer.first_currency().map(str::to_owned),
    }
}

fn keep_currency(context: &Context, currency: Option<&str>) -> Result<()> {
    match currency {
        Some(code) if !context.config.currency_is_set => {
            context.keep_settings("shop", toml::Table::from_iter([("currency".to_owned(), code.into())]))
        }
        _ => Ok(()),
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
/// the inbox twice or not at all. While one batch is made durable the next is read.
fn read_into_inbox(
    mut importer: Importer,
    inbox: &Inbox,
    mut cursor: ImportCursor,
    clock: &dyn Clock,
    arrived: &mpsc::Sender<ImportCursor>,
) -> Result<()> {
    importer.pass_over(cursor.position);
    let (sender, batches) = sync_channel(1);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || read_batches(importer, inbox, &sender));
        for batch in batches {
            cursor.position = batch.position;
            cursor.rows += batch.rows;
            cursor.events += batch.events;
            cursor.rejected += batch.rejected;
            match batch.records {
                // It only counts rows that the mapping leaves out on purpose.
                0 => inbox.append(&[], Some(&cursor), clock.now())?,
                records => inbox.append_at_hand(NewBatch { records, body: batch.body }, Some(&cursor), clock.now())?,
            };
            // The other side is gone only when it failed, and then it says why.
            if arrived.blocking_send(cursor.clone()).is_err() {
                return Ok(());
            }
        }
        let scattered = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        warn_of_scattered_orders(scattered);
        cursor.complete = true;
        inbox.append(&[], Some(&cursor), clock.now())?;
        drop(arrived.blocking_send(cursor));
        Ok(())
    })
}

/// Gives batch after batch until the file ends or nobody takes them; says how many orders were scattered.
fn read_batches(mut importer: Importer, inbox: &Inbox, batches: &SyncSender<ImportBatch>) -> Result<u64> {
    let mut size = EVENTS_OF_THE_FIRST_BATCH;
    while let Some(batch) = importer.next_batch_in(size, inbox.spare_body(importer.body_bytes(size)))? {
        if batches.send(batch).is_err() {
            break;
        }
        size = EVENTS_PER_BATCH.min(2 * size);
    }
    Ok(importer.scattered_orders())
}

fn warn_of_scattered_orders(times: u64) {
    if times > 0 {
        eprintln!(
            "{times} times an order went on far below its first lines, and was taken for a further order; sort the file by order number and import it into a fresh data folder to have such orders whole"
        );
    }
}

/// What an import came to, in one line.
pub fn sentence(imported: &Imported, rows_per_second: u64) -> String {
    let ImportRecord { file, rows, events, rejected, .. } = &imported.record;
    let counts = format!(
        "{file}: {} rows → {} events, {} rows in quarantine",
        thousands(*rows),
        thousands(*events),
        thousands(*rejected)
    );
    match imported.read {
        true => format!("{counts} ({} rows/s)", thousands(rows_per_second)),
        false => format!("{counts} (already imported)"),
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
