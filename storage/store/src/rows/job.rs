//! Durable work.

use crate::convert::{Reading, big, json, micros, text};
use bellwether_domain::{Job, JobId, JobState};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub payload: String,
    pub attempts: i32,
    pub progress_done: Option<i64>,
    pub progress_total: Option<i64>,
    pub progress_note: Option<String>,
    pub state: String,
    /// When it can be taken: its time in the queue, or the end of the lease. Empty when it is over.
    pub due: Option<i64>,
    /// Since when it runs, or when it ended. Empty in the queue.
    pub at: Option<i64>,
    /// Its result as JSON, or its error as text.
    pub outcome: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Job> for Model {
    fn from(job: &Job) -> Self {
        let (due, at, outcome) = match &job.state {
            JobState::Queued { run_at } => (Some(run_at), None, None),
            JobState::Running { since, lease_until } => (Some(lease_until), Some(since), None),
            JobState::Done { at, result } => (None, Some(at), Some(json(result))),
            JobState::Failed { at, error } => (None, Some(at), Some(text(error))),
        };
        let progress = job.progress.as_ref();
        Self {
            id: job.id.as_uuid(),
            kind: text(&job.kind),
            payload: json(&job.payload),
            attempts: i32::try_from(job.attempts).unwrap_or(i32::MAX),
            progress_done: progress.map(|progress| big(progress.0)),
            progress_total: progress.map(|progress| big(progress.1)),
            progress_note: progress.map(|progress| text(&progress.2)),
            state: job.state.name().to_owned(),
            due: due.copied().map(micros),
            at: at.copied().map(micros),
            outcome,
        }
    }
}

impl TryFrom<Model> for Job {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = JobId::from_uuid(row.id);
        let read = Reading { table: "jobs", key: &id };
        Ok(Self {
            id,
            payload: read.json("payload", &row.payload)?,
            attempts: u32::try_from(row.attempts).map_err(|error| read.impossible("attempts", error))?,
            progress: progress(&row, &read)?,
            state: state(&row, &read)?,
            kind: row.kind,
        })
    }
}

fn progress(row: &Model, read: &Reading<'_>) -> crate::Result<Option<(u64, u64, String)>> {
    let Some(done) = row.progress_done else { return Ok(None) };
    let total = read.present("progress_total", row.progress_total)?;
    Ok(Some((
        read.count("progress_done", done)?,
        read.count("progress_total", total)?,
        row.progress_note.clone().unwrap_or_default(),
    )))
}

fn state(row: &Model, read: &Reading<'_>) -> crate::Result<JobState> {
    let due = || read.present("due", row.due).and_then(|due| read.time("due", due));
    let at = || read.present("at", row.at).and_then(|at| read.time("at", at));
    let outcome = || read.present("outcome", row.outcome.as_deref());
    match row.state.as_str() {
        "queued" => Ok(JobState::Queued { run_at: due()? }),
        "running" => Ok(JobState::Running { since: at()?, lease_until: due()? }),
        "done" => Ok(JobState::Done { at: at()?, result: read.json("outcome", outcome()?)? }),
        "failed" => Ok(JobState::Failed { at: at()?, error: outcome()?.to_owned() }),
        other => Err(read.impossible("state", format_args!("`{other}` is not a state"))),
    }
}
