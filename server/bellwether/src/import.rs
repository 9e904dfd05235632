//! One file through the whole road: collect → inbox → pipeline. Can be stopped anywhere and run again.

use crate::{
    acquisition,
    commands::timezone,
    context::Context,
    progress::thousands,
    reading::{Reading, Subject},
};
use anyhow::{Context as _, Result, ensure};
use bellwether_collect::{Importer, RowMapping, file_digest};
use bellwether_domain::{ImportId, ImportRecord, ItemRules};
use bellwether_imports::rows;
use bellwether_inbox::ImportCursor;
use bellwether_pipeline::{self as pipeline, Cleaners, Pipeline, StoreLedger, missing};
use bellwether_plan::CurrentPlan;
use bellwether_store::Store;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path, sync::Arc};

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
    /// What somebody set, otherwise what an import has settled, also since this process began.
    fn configured(context: &Context) -> Result<Self> {
        let config = &context.config;
        let settled = if config.currency_is_set { None } else { context.kept_setting("shop", "currency")? };
        let is_only_one = config.currency_is_set || settled.is_some();
        Ok(Self { code: settled.unwrap_or_else(|| config.shop.currency.clone()), is_only_one })
    }
}

/// As it was when events were taken first; what was configured since comes into force by [`adopt_currency`].
async fn call_currency(context: &Context) -> Result<CallCurrency> {
    let kept = context.store.result(CALL_CURRENCY).await?.map(serde_json::from_value).transpose()?;
    kept.map_or_else(|| CallCurrency::configured(context), Ok)
}

/// Brings into force what is configured now. Whatever waits is processed first: what is cleaned twice, because of a crash in
/// between, must come out as it did before.
pub async fn adopt_currency(context: &Context) -> Result<()> {
    if currency_waits(context).await? {
        catch_up(context).await?;
    }
    put_currency(context).await.map(drop)
}

/// Whether something else is configured, or was settled by an import, than is in force.
pub async fn currency_waits(context: &Context) -> Result<bool> {
    Ok(call_currency(context).await? != CallCurrency::configured(context)?)
}

/// Brings the currency into force; gives its code. Only while nothing is cleaned, and all that was cleaned is in files.
pub async fn put_currency(context: &Context) -> Result<String> {
    let configured = CallCurrency::configured(context)?;
    context.store.put_result(CALL_CURRENCY, &serde_json::to_value(&configured)?).await?;
    Ok(configured.code)
}

/// The pipeline, by the rules that sources were imported with.
pub async fn pipeline(context: &Context) -> Result<Pipeline> {
    let CallCurrency { code, is_only_one } = call_currency(context).await?;
    let cleaners = Cleaners::new(&stored_rules(&context.store).await?, &code)
        .only_currency(is_only_one)
        .telling_what_is_left_out(bellwether_api::hooks_left_out)
        .with_ledger(StoreLedger::new(context.store.clone()));
    let (rules, _) = acquisition::rules(&context.config)?;
    let road = pipeline::Road {
        store: context.store.clone(),
        inbox: Arc::clone(&context.inbox),
        lake: Arc::clone(&context.lake),
        seen: context.folder.path("seen"),
        window: TimeDelta::days(i64::from(context.config.events.deduplicate_days)),
    };
    let plan = Arc::new(CurrentPlan::default());
    bellwether_api::plan::load(&context.store, &plan).await?;
    let calendar = timezone(&context.config)?;
    Ok(Pipeline::open(road, cleaners).await?.with_acquisition(rules).with_plan(plan).with_calendar(calendar))
}

impl<'a> Road<'a> {
    /// Opens the road for a source, and first brings to the end what an earlier process left in the inbox. The source's
    /// rules are kept in the Store, so that whatever is in the inbox can always be cleaned as it was meant.
    pub async fn open(context: &'a Context, mapping: impl Into<RowMapping<'_>>) -> Result<Self> {
        let mapping = mapping.into();
        // By the rules of then: what is cleaned twice must come out as it did before.
        catch_up(context).await?;
        put_rules(context, mapping).await?;
        Ok(Self { context, pipeline: pipeline(context).await? })
    }

    /// Imports one file. A file that was imported to its end before is recognised, and nothing happens.
    pub async fn import(
        &mut self,
        path: &Path,
        mapping: impl Into<RowMapping<'_>>,
        report: impl FnMut(&ImportCursor),
    ) -> Result<Imported> {
        self.import_as(&path.display().to_string(), path, mapping, report).await
    }

    /// The same for a file that is called otherwise in messages.
    pub async fn import_as(
        &mut self,
        shown: &str,
        path: &Path,
        mapping: impl Into<RowMapping<'_>>,
        report: impl FnMut(&ImportCursor),
    ) -> Result<Imported> {
        let mapping = mapping.into();
        let importer = rows::open(path, mapping)?;
        let digest = file_digest(path)?;
        let subject = Subject {
            import: ImportId::derive(&[mapping.source().as_bytes(), digest.as_bytes()]),
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            shown: shown.to_owned(),
        };
        let (cursor, read) = self.take(importer, &subject, mapping, report).await?;
        let record = record(cursor);
        self.context.store.put_import(&record).await?;
        if read {
            note_import(self.context).await?;
        }
        Ok(Imported { record, read })
    }

    /// Takes what an importer reads to Store and Lake; says how far it came, and whether anything was read.
    pub async fn take(
        &mut self,
        importer: Importer,
        subject: &Subject,
        mapping: RowMapping<'_>,
        mut report: impl FnMut(&ImportCursor),
    ) -> Result<(ImportCursor, bool)> {
        let mut reading = Reading::begin(self.context, importer, subject, mapping).await?;
        let read = !reading.cursor.complete;
        if read {
            let (arrived, work) = reading.start(BATCHES_AHEAD);
            let hand_on = |now: ImportCursor| {
                reading.follow(&now)?;
                report(&now);
                Ok(())
            };
            let followed = self.pipeline.follow(arrived, hand_on).await;
            // Where nobody follows any more, it ends with its next batch; not to wait would leave it alone with the folder.
            let ended = work.await;
            followed?;
            ended?.with_context(|| format!("importing {}", subject.shown))?;
            ensure!(reading.cursor.complete, "the import of {} ended before its rows; run it again", subject.shown);
        }
        self.pipeline.catch_up().await?;
        self.pipeline.flush().await?;
        self.context.inbox.forget_spares();
        Ok((reading.cursor, read))
    }
}

/// Keeps the moment of the last import.
pub async fn note_import(context: &Context) -> Result<()> {
    let now = serde_json::to_value(context.clock.now())?;
    Ok(context.store.put_result(IMPORTED_AT, &now).await?)
}

/// Keeps the rules of sources that will be read while a server runs, before it begins to clean. Whatever waits is processed
/// by the rules of then.
pub async fn adopt_rules(context: &Context, mappings: &[RowMapping<'_>]) -> Result<()> {
    let before = stored_rules(&context.store).await?;
    let mut rules = before.clone();
    rules.extend(mappings.iter().map(|mapping| (mapping.source().to_owned(), mapping.items().clone())));
    if rules != before {
        catch_up(context).await?;
        context.store.put_result(RULES, &serde_json::to_value(&rules)?).await?;
    }
    Ok(())
}

/// Whether a source's events are cleaned by other rules than its mapping has. Without rules it is cleaned by those that change
/// nothing.
pub async fn rules_differ(context: &Context, mapping: RowMapping<'_>) -> Result<bool> {
    let rules = stored_rules(&context.store).await?;
    Ok(rules.get(mapping.source()).unwrap_or(&ItemRules::default()) != mapping.items())
}

/// Keeps a source's rules. Where they differ from those in force: only while nothing is cleaned, and all that was cleaned is in
/// files.
pub async fn put_rules(context: &Context, mapping: RowMapping<'_>) -> Result<()> {
    let mut rules = stored_rules(&context.store).await?;
    rules.insert(mapping.source().to_owned(), mapping.items().clone());
    Ok(context.store.put_result(RULES, &serde_json::to_value(&rules)?).await?)
}

async fn stored_rules(store: &Store) -> Result<BTreeMap<String, ItemRules>> {
    Ok(store.result(RULES).await?.map(serde_json::from_value).transpose()?.unwrap_or_default())
}

pub fn record(cursor: ImportCursor) -> ImportRecord {
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

/// What an import came to, in one line.
pub fn sentence(imported: &Imported, rows_per_second: u64) -> String {
    sentence_of(&imported.record.file, imported, rows_per_second)
}

/// The same under another name than the file's.
pub fn sentence_of(name: &str, imported: &Imported, rows_per_second: u64) -> String {
    let ImportRecord { rows, events, rejected, .. } = &imported.record;
    let counts = format!(
        "{name}: {} rows → {} events, {} rows in quarantine",
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
