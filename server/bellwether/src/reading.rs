//! Rows into the inbox: batch and cursor become durable together, whoever processes what is there.

use crate::{config::Config, context::Context};
use anyhow::{Result, bail};
use bellwether_collect::{ImportBatch, Importer, RowMapping};
use bellwether_domain::{Clock, ImportId};
use bellwether_imports::ReadBy;
use bellwether_inbox::{ImportCursor, Inbox, NewBatch};
use bellwether_pipeline::faults::{self, Fault};
use std::sync::{
    Arc,
    mpsc::{SyncSender, sync_channel},
};
use tokio::{sync::mpsc, task::JoinHandle};

/// The first batch is smaller, and the next ones double, so that the rest of the road does not wait for long.
const EVENTS_OF_THE_FIRST_BATCH: usize = 500;
/// Events of one inbox batch. When each was committed by itself, 1,000 made the import a third slower, and 4,000 took a tenth
/// more memory and no less time.
const EVENTS_PER_BATCH: usize = 2_500;

/// What is read, to know it again and to speak of it.
pub struct Subject {
    /// Which import.
    pub import: ImportId,
    /// What it is called in lists.
    pub name: String,
    /// What it is called in messages.
    pub shown: String,
}

/// Who processes what is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Somebody who is never far behind.
    Followed,
    /// The server, in its own time.
    Alone,
}

/// An import that begins, or goes on where an earlier process stopped.
pub struct Reading<'c> {
    context: &'c Context,
    importer: Option<Importer>,
    keeps_currency: bool,
    /// How far it came.
    pub cursor: ImportCursor,
}

impl<'c> Reading<'c> {
    /// Finds out where the import stands.
    pub async fn begin(
        context: &'c Context,
        mut importer: Importer,
        subject: &Subject,
        mapping: RowMapping<'_>,
    ) -> Result<Self> {
        let currency = shop_currency(context, &importer)?;
        let cursor = cursor(context, subject, mapping, currency.as_deref()).await?;
        if let Some(settled) = ReadBy::parse(&cursor.mapping).as_ref().and_then(ReadBy::currency) {
            importer.only_currency_behind(settled.behind, &settled.code);
        }
        let mut reading = Self { context, importer: Some(importer), keeps_currency: true, cursor };
        reading.keep_currency()?;
        Ok(reading)
    }

    /// Begins to read for somebody who follows closely; what arrives there is to be handed to [`Self::follow`].
    pub fn start(&mut self, ahead: usize) -> (mpsc::Receiver<ImportCursor>, JoinHandle<Result<()>>) {
        self.spawn(ahead, Way::Followed, ())
    }

    /// Begins to read into the inbox and leaves it there; what arrives there is to be handed to [`Self::follow`]. `held` is kept as
    /// long as the work goes on, which is until its next batch where nobody follows any more.
    pub fn start_alone(&mut self, held: impl Send + 'static) -> (mpsc::Receiver<ImportCursor>, JoinHandle<Result<()>>) {
        self.spawn(1, Way::Alone, held)
    }

    /// Reads everything into the inbox and leaves it there.
    pub async fn finish(mut self, mut report: impl FnMut(&ImportCursor)) -> Result<ImportCursor> {
        if self.cursor.complete {
            return Ok(self.cursor);
        }
        let (mut arrived, work) = self.start_alone(());
        while let Some(now) = arrived.recv().await {
            self.follow(&now)?;
            report(&now);
        }
        work.await??;
        Ok(self.cursor)
    }

    /// Takes note of how far it is.
    pub fn follow(&mut self, now: &ImportCursor) -> Result<()> {
        self.cursor = now.clone();
        self.keep_currency()
    }

    fn spawn(
        &mut self,
        ahead: usize,
        way: Way,
        held: impl Send + 'static,
    ) -> (mpsc::Receiver<ImportCursor>, JoinHandle<Result<()>>) {
        let (sender, arrived) = mpsc::channel(ahead);
        let (inbox, clock) = (Arc::clone(&self.context.inbox), Arc::clone(&self.context.clock));
        let (importer, start) = (self.importer.take(), self.cursor.clone());
        let work = tokio::task::spawn_blocking(move || {
            let _held = held;
            match importer {
                Some(importer) => read_into_inbox(importer, &inbox, way, start, clock.as_ref(), &sender),
                None => Ok(()),
            }
        });
        (arrived, work)
    }

    /// The first orders settle what the shop's currency is.
    fn keep_currency(&mut self) -> Result<()> {
        if self.cursor.events == 0 || !self.keeps_currency || self.context.config.currency_is_set {
            return Ok(());
        }
        let read_by = ReadBy::parse(&self.cursor.mapping);
        let Some(settled) = read_by.as_ref().and_then(ReadBy::currency) else { return Ok(()) };
        self.keeps_currency = false;
        let currency = toml::Table::from_iter([("currency".to_owned(), settled.code.as_str().into())]);
        self.context.keep_settings("shop", currency)
    }
}

/// The one currency that the shop's orders are in: what somebody set, otherwise what an import has settled, otherwise that of
/// this one.
fn shop_currency(context: &Context, importer: &Importer) -> Result<Option<String>> {
    Ok(settled_currency(context)?.or_else(|| importer.first_currency().map(str::to_owned)))
}

/// What somebody set, otherwise what an import has settled.
pub fn settled_currency(context: &Context) -> Result<Option<String>> {
    let Config { shop, currency_is_set, .. } = &context.config;
    if *currency_is_set {
        return Ok(Some(shop.currency.clone()));
    }
    context.kept_setting("shop", "currency")
}

/// Forgets an import of which nothing came but rejects, if it is the newest of its source; says whether it was.
pub async fn forget(context: &Context, known: &ImportCursor) -> Result<bool> {
    let inbox = &context.inbox;
    if known.events > 0 || inbox.newest_import(&known.source)?.is_some_and(|newest| newest != known.import) {
        return Ok(false);
    }
    let attempt = format!("{} {}", known.import, inbox.last_offset()?.0);
    context.store.take_rejects_back(&known.source, known.rejected, &attempt).await?;
    inbox.forget_cursor(known.import)?;
    Ok(true)
}

/// Where an import stands. What was imported under another mapping cannot go on under this one.
async fn cursor(
    context: &Context,
    subject: &Subject,
    mapping: RowMapping<'_>,
    currency: Option<&str>,
) -> Result<ImportCursor> {
    let import = subject.import;
    let read_by = ReadBy::new(mapping, currency);
    let inbox = &context.inbox;
    let known = inbox.import_cursor(import)?;
    // An older version did not keep the mapping.
    let begun = known.as_ref().map(|known| ReadBy::parse(&known.mapping).unwrap_or_else(|| read_by.clone()));
    match known.zip(begun) {
        Some((known, begun)) if begun.goes_on(mapping, currency) => {
            let mapping = begun.with_currency_behind(known.position, currency.filter(|_| mapping.makes_orders()));
            return Ok(ImportCursor { mapping: mapping.to_string(), ..known });
        }
        // Nothing came of it but rejects: it begins anew.
        Some((known, _)) if forget(context, &known).await? => {}
        Some((known, _)) => bail!(
            "{} was imported under another mapping or in another currency ({} rows became {} events), and cannot be read twice; import it into a fresh data folder (--data FOLDER), or go back to that mapping and that setting shop.currency",
            subject.shown,
            known.rows,
            known.events
        ),
        None => {}
    }
    Ok(ImportCursor {
        import,
        source: mapping.source().to_owned(),
        file: subject.name.clone(),
        mapping: read_by.to_string(),
        position: 0,
        rows: 0,
        events: 0,
        rejected: 0,
        complete: false,
    })
}

/// Reads the file from where the cursor stands. Batch and cursor become durable together, so that no row is read into
/// the inbox twice or not at all. While one batch is made durable the next is read.
fn read_into_inbox(
    mut importer: Importer,
    inbox: &Inbox,
    way: Way,
    mut cursor: ImportCursor,
    clock: &dyn Clock,
    arrived: &mpsc::Sender<ImportCursor>,
) -> Result<()> {
    if !faults::is_on(Fault::ForgetCursor) {
        importer.pass_over(cursor.position);
    }
    let (sender, batches) = sync_channel(1);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || read_batches(importer, inbox, &sender));
        for batch in batches {
            cursor.position = batch.position;
            cursor.rows += batch.rows;
            cursor.events += batch.events;
            cursor.rejected += batch.rejected;
            if let (Some(settled), Some(read_by)) = (batch.currency, ReadBy::parse(&cursor.mapping)) {
                cursor.mapping = read_by.with_currency(settled).to_string();
            }
            match batch.records {
                // It only counts rows that the mapping leaves out on purpose.
                0 => inbox.append(&[], Some(&cursor), clock.now())?,
                records => {
                    let batch = NewBatch { records, body: batch.body };
                    match way {
                        Way::Followed => inbox.append_at_hand(batch, Some(&cursor), clock.now())?,
                        Way::Alone => inbox.append(&[batch], Some(&cursor), clock.now())?,
                    }
                }
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
