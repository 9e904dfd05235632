//! `GET /jobs`: what is being worked on.

use crate::{problem::Problem, state::ApiState};
use axum::{Json, extract::State};
use bellwether_domain::{Job, JobState};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// One job.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobRow {
    /// Which.
    pub id: String,
    /// What to do, for example `demo/import`.
    pub kind: String,
    /// Where it stands.
    pub state: JobStateName,
    /// How often it was started.
    pub attempts: u32,
    /// How far it is.
    pub progress: Option<JobProgress>,
    /// When it may start, when it was started, or when it ended.
    pub at: DateTime<Utc>,
    /// Why it gave up.
    pub error: Option<String>,
}

/// A job's states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStateName {
    /// Waits for its turn.
    Queued,
    /// Somebody works on it.
    Running,
    /// Over.
    Done,
    /// Gave up.
    Failed,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobProgress {
    /// Done so far.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// A word on what is going on.
    pub message: String,
}

impl From<Job> for JobRow {
    fn from(job: Job) -> Self {
        let (state, at, error) = match job.state {
            JobState::Queued { run_at } => (JobStateName::Queued, run_at, None),
            JobState::Running { since, .. } => (JobStateName::Running, since, None),
            JobState::Done { at, .. } => (JobStateName::Done, at, None),
            JobState::Failed { at, error } => (JobStateName::Failed, at, Some(error)),
        };
        let progress = job.progress.map(|(done, total, message)| JobProgress { done, total, message });
        Self { id: job.id.to_string(), kind: job.kind, state, attempts: job.attempts, progress, at, error }
    }
}

/// Every job, the latest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", operation_id = "listJobs", responses(
    (status = 200, body = Vec<JobRow>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_jobs(State(state): State<ApiState>) -> Result<Json<Vec<JobRow>>, Problem> {
    let mut rows: Vec<_> = state.store.jobs().await?.into_iter().map(JobRow::from).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    Ok(Json(rows))
}
