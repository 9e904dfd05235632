//! Rows of a query through the road that files take, in parts.
//!
//! 1. The query is asked for what lies behind the cursor, and its rows go into a file of the data folder, a *part*. It ends
//!    where the query does, or where it is large enough and the cursor moves on.
//! 2. The part is imported as a file is, with a cursor of its own in the inbox.
//! 3. The Store is told how far the query came, and the part is removed.
//!
//! A process that dies in 1 has done nothing; in 2, the next one goes on with the part where it stood; between 2 and 3, it
//! finds that the part is in. So no row is lost and none is in twice, and the database need not be there for 2 and 3.

mod part;
mod schedule;
mod source;
mod state;

pub use schedule::Schedule;
pub use source::dry_run;

use crate::{
    context::Context,
    import::{self, Road},
    reading::{self, Reading, Subject},
};
use anyhow::{Context as _, Result};
use bellwether_collect::{Error as CollectError, Importer, RowMapping};
use bellwether_domain::{ImportId, ImportRecord};
use bellwether_inbox::ImportCursor;
use bellwether_pipeline::faults::{self, Fault};
use part::Part;
use source::Source;
use state::State;

/// Who processes what comes into the inbox.
pub enum Processing<'r, 'c> {
    /// This road, before anything else is read.
    Road(&'r mut Road<'c>),
    /// The running server.
    Server,
}

/// What a run came to.
pub struct Ran {
    /// Of all runs of this query.
    pub record: ImportRecord,
    /// Of this one.
    pub rows: u64,
    pub events: u64,
    pub rejected: u64,
}

/// Carries out a mapping's query once: everything that lies behind its cursor now. `report` is told of rows so far.
pub async fn run(
    context: &Context,
    mapping: RowMapping<'_>,
    mut processing: Processing<'_, '_>,
    mut report: impl FnMut(u64) + Send,
) -> Result<Ran> {
    let source = Source::open(context, mapping)?;
    let mut state = State::read(&context.store, &source).await?;
    let before = state.clone();
    loop {
        let part = match source.left_part(&state)? {
            Some(part) if !is_of_no_use(context, &source, &part, &processing).await? => part,
            _ => match source.fetch(&state, &mut report).await? {
                Some(part) => part,
                None => break,
            },
        };
        let first = state.rows;
        let mut tell = |cursor: &ImportCursor| report(first - before.rows + cursor.rows);
        state = take(context, &source, state, &part, mapping, &mut processing, &mut tell).await?;
        source.remove_part()?;
        context.inbox.forget_cursor(source.import_of(&part))?;
        if part.is_last && !part.was_left {
            break;
        }
    }
    let record = state.record(&source);
    if state.rows > before.rows {
        context.store.put_import(&record).await?;
        import::note_import(context).await?;
    }
    let (rows, events, rejected) =
        (state.rows - before.rows, state.events - before.events, state.rejected - before.rejected);
    Ok(Ran { record, rows, events, rejected })
}

/// A part of which nothing is in yet is asked for anew: whoever mends a query or a mapping wants to see what comes of it.
async fn is_of_no_use(
    context: &Context,
    source: &Source<'_>,
    part: &Part,
    processing: &Processing<'_, '_>,
) -> Result<bool> {
    match context.inbox.import_cursor(source.import_of(part))? {
        None => Ok(true),
        Some(known) if known.position == 0 => Ok(!known.complete),
        // A server may not have come to the rejects that would be taken back.
        Some(known) => Ok(matches!(processing, Processing::Road(_)) && reading::forget(context, &known).await?),
    }
}

/// Brings a part into the inbox, and then lets the Store know. Only in this order nothing is lost.
async fn take(
    context: &Context,
    source: &Source<'_>,
    state: State,
    part: &Part,
    mapping: RowMapping<'_>,
    processing: &mut Processing<'_, '_>,
    report: &mut (dyn FnMut(&ImportCursor) + Send),
) -> Result<State> {
    if faults::is_on(Fault::MoveCursorEarly) {
        let early = state.clone().behind(part, &ImportCursor { rows: part.rows, ..nothing(source, part) });
        early.write(&context.store, source).await?;
    }
    let importer = source.importer(part, mapping)?;
    let subject = Subject { import: source.import_of(part), name: source.name(), shown: source.shown() };
    let taken = import_part(context, importer, &subject, mapping, processing, report).await;
    let cursor = match taken {
        Ok(cursor) => cursor,
        // One bad row alone must not keep out what comes behind it. At first it is more likely the mapping that is wrong.
        Err(error) if state.events > 0 && is_all_bad(&error) => {
            tracing::warn!(source = source.source(), "{error:#}");
            context.inbox.import_cursor(subject.import)?.context("an import without a cursor")?
        }
        Err(error) => return Err(error),
    };
    let state = state.behind(part, &cursor);
    state.write(&context.store, source).await?;
    Ok(state)
}

async fn import_part(
    context: &Context,
    importer: Importer,
    subject: &Subject,
    mapping: RowMapping<'_>,
    processing: &mut Processing<'_, '_>,
    report: &mut (dyn FnMut(&ImportCursor) + Send),
) -> Result<ImportCursor> {
    match processing {
        Processing::Road(road) => Ok(road.take(importer, subject, mapping, report).await?.0),
        Processing::Server => Reading::begin(context, importer, subject, mapping).await?.finish(report).await,
    }
}

fn is_all_bad(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(CollectError::AllRowsBad { .. })))
}

fn nothing(source: &Source<'_>, part: &Part) -> ImportCursor {
    ImportCursor {
        import: source.import_of(part),
        source: source.source().to_owned(),
        file: source.name(),
        mapping: String::new(),
        position: 0,
        rows: 0,
        events: 0,
        rejected: 0,
        complete: false,
    }
}

/// What all parts of a query are listed as.
fn whole_import(source: &str) -> ImportId {
    ImportId::derive(&[source.as_bytes(), b"query"])
}
