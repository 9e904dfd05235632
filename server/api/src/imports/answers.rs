//! Uploads as the API shows them: what the folder knows, with what the job and the inbox say.

use super::{LiveImport, Parts, blocking, start::ImportOrder};
use crate::{problem::Problem, state::ApiState};
use bellwether_collect::Mapping;
use bellwether_domain::{Job, JobState};
use bellwether_imports::{Outcome, Upload};
use bellwether_inbox::ImportCursor;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// It is there, and nobody has started its import.
    Uploaded,
    /// Its import waits for another one, or is tried again after a failure that may pass.
    Queued,
    /// It is being imported.
    Running,
    /// It is in. The file is not kept any more.
    Done,
    /// Its import gave up. What was read until then stays in, and starting again goes on behind it.
    Failed,
    /// Somebody has stopped its import. What was read until then stays in, and starting again goes on behind it.
    Cancelled,
}

/// How far an import is, or was when it ended early.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportProgress {
    /// Rows that are in the inbox, durably.
    pub rows: u64,
    /// Events that they became.
    pub events: u64,
    /// Rows that cannot be used.
    pub rejected: u64,
    /// Bytes of the file that were read.
    pub bytes: u64,
    /// Rows a second since the server began to read, where it is reading.
    pub rows_per_second: Option<u64>,
    /// Whether all rows are in the inbox, and only wait to be processed.
    pub is_read: bool,
    /// What lies in quarantine because of it came behind this row.
    pub rejects_behind: u64,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportOutcome {
    /// When it was through.
    pub at: DateTime<Utc>,
    /// Rows of the file.
    pub rows: u64,
    /// Events that they became.
    pub events: u64,
    /// Rows that cannot be used.
    pub rejected: u64,
    /// Whether the same file had been imported before, so that nothing was done.
    pub already_imported: bool,
    /// What lies in quarantine because of it came behind this row …
    pub rejects_behind: u64,
    /// … and up to this one.
    pub rejects_up_to: u64,
}

/// A file that somebody gave to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UploadRow {
    /// Which.
    #[schema(example = "upl_0123456789abcdef0123456789abcdef")]
    pub id: String,
    /// The file's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// When it was there as a whole.
    pub at: DateTime<Utc>,
    /// Where it stands.
    pub state: UploadState,
    /// The source that its mapping names, once an import was started.
    pub source: Option<String>,
    /// The mapping that it is, or was, imported by.
    pub mapping: Option<String>,
    /// How far it is, once an import has begun.
    pub progress: Option<ImportProgress>,
    /// Why its import gave up.
    pub error: Option<String>,
    /// What came of it.
    pub outcome: Option<ImportOutcome>,
}

impl UploadRow {
    /// Of an upload as the folder knows it.
    pub(super) async fn of(state: &ApiState, parts: &Parts, upload: Upload) -> Result<Self, Problem> {
        let job = match upload.job {
            Some(id) => parts.queue.job(id).await?,
            None => None,
        };
        let cursor = match upload.begun.as_ref().map(|begun| begun.import) {
            Some(import) => {
                let inbox = Arc::clone(&parts.inbox);
                blocking(move || inbox.import_cursor(import)).await?.ok().flatten()
            }
            None => None,
        };
        let live = parts.live.get(upload.id);
        let order = job.as_ref().and_then(|job| serde_json::from_value::<ImportOrder>(job.payload.clone()).ok());
        let mapping = order.map(|order| order.mapping);
        let source = mapping.as_deref().and_then(|text| Mapping::parse("mapping", text).ok());
        let standing = standing(&upload, job.as_ref());
        Ok(Self {
            id: upload.id.to_string(),
            bytes: upload.bytes,
            at: upload.at,
            state: standing,
            source: source.map(|mapping| mapping.source().to_owned()),
            mapping,
            progress: cursor.map(|cursor| progress(&cursor, live, &upload, state.clock.now())),
            error: job.filter(|_| standing == UploadState::Failed).and_then(failure),
            outcome: upload.outcome.map(ImportOutcome::from),
            name: upload.name,
        })
    }
}

fn standing(upload: &Upload, job: Option<&Job>) -> UploadState {
    if upload.outcome.is_some() {
        return UploadState::Done;
    }
    // A note without a job was left by a crash before the job was in the queue.
    match job.map(|job| &job.state) {
        None => UploadState::Uploaded,
        Some(JobState::Queued { .. }) => UploadState::Queued,
        Some(JobState::Running { .. }) => UploadState::Running,
        Some(JobState::Done { .. }) => UploadState::Done,
        Some(JobState::Failed { error, .. }) if error == Job::CANCELLED => UploadState::Cancelled,
        Some(JobState::Failed { .. }) => UploadState::Failed,
    }
}

fn failure(job: Job) -> Option<String> {
    match job.state {
        JobState::Failed { error, .. } => Some(error),
        _ => None,
    }
}

fn progress(cursor: &ImportCursor, live: Option<LiveImport>, upload: &Upload, now: DateTime<Utc>) -> ImportProgress {
    ImportProgress {
        rows: cursor.rows,
        events: cursor.events,
        rejected: cursor.rejected,
        bytes: if cursor.complete { upload.bytes } else { live.map_or(0, |live| live.bytes) },
        rows_per_second: live.filter(|live| !live.is_read).map(|live| live.rows_per_second(now)),
        is_read: cursor.complete,
        rejects_behind: upload.begun.as_ref().map_or(0, |begun| begun.rejects_behind),
    }
}

impl From<Outcome> for ImportOutcome {
    fn from(outcome: Outcome) -> Self {
        Self {
            at: outcome.at,
            rows: outcome.rows,
            events: outcome.events,
            rejected: outcome.rejected,
            already_imported: outcome.was_complete,
            rejects_behind: outcome.rejects_behind,
            rejects_up_to: outcome.rejects_up_to,
        }
    }
}
