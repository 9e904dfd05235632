//! Long work that survives a crash: a state machine that can refuse.

use crate::{JobId, RefusedTransition};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its turn.
    Queued {
        /// Not before.
        run_at: DateTime<Utc>,
    },
    /// Somebody works on it.
    Running {
        /// Since when.
        since: DateTime<Utc>,
        /// When others may take it over, if nothing is heard until then.
        lease_until: DateTime<Utc>,
    },
    /// Over.
    Done {
        /// When.
        at: DateTime<Utc>,
        /// What came out, as the job's kind defines it.
        result: serde_json::Value,
    },
    /// Gave up.
    Failed {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        error: String,
    },
}

/// One job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Derived from kind and key: enqueueing the same work twice gives one job.
    pub id: JobId,
    /// What to do, for example `demo/import`.
    pub kind: String,
    /// Its arguments.
    pub payload: serde_json::Value,
    /// How often it was started.
    pub attempts: u32,
    /// Done of total, and a word on what is going on.
    pub progress: Option<(u64, u64, String)>,
    /// Where it stands.
    pub state: JobState,
}

impl JobState {
    /// The state's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Running { .. } => "running",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Job {
    /// The error of a job that somebody has ended.
    pub const CANCELLED: &'static str = "cancelled";

    /// Whether nothing more becomes of it.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, JobState::Done { .. } | JobState::Failed { .. })
    }

    /// Takes the job: from the queue when its time has come, or from somebody whose lease ran out.
    pub fn claim(&mut self, now: DateTime<Utc>, lease_until: DateTime<Utc>) -> Result<(), RefusedTransition> {
        let free = match self.state {
            JobState::Queued { run_at } => run_at <= now,
            JobState::Running { lease_until, .. } => lease_until <= now,
            JobState::Done { .. } | JobState::Failed { .. } => false,
        };
        if !free {
            return Err(self.refuse("running"));
        }
        self.attempts += 1;
        self.state = JobState::Running { since: now, lease_until };
        Ok(())
    }

    /// Ends well.
    pub fn finish(&mut self, result: serde_json::Value, now: DateTime<Utc>) -> Result<(), RefusedTransition> {
        self.leave_running(JobState::Done { at: now, result })
    }

    /// Ends badly.
    pub fn fail(&mut self, error: String, now: DateTime<Utc>) -> Result<(), RefusedTransition> {
        self.leave_running(JobState::Failed { at: now, error })
    }

    /// Ends because somebody wants it to, in the queue or at work.
    pub fn cancel(&mut self, now: DateTime<Utc>) -> Result<(), RefusedTransition> {
        if self.is_over() {
            return Err(self.refuse("failed"));
        }
        self.state = JobState::Failed { at: now, error: Self::CANCELLED.to_owned() };
        Ok(())
    }

    /// Goes back to the queue for another try.
    pub fn retry_at(&mut self, run_at: DateTime<Utc>) -> Result<(), RefusedTransition> {
        self.leave_running(JobState::Queued { run_at })
    }

    fn leave_running(&mut self, next: JobState) -> Result<(), RefusedTransition> {
        if !matches!(self.state, JobState::Running { .. }) {
            return Err(self.refuse(next.name()));
        }
        self.state = next;
        Ok(())
    }

    fn refuse(&self, to: &'static str) -> RefusedTransition {
        RefusedTransition { what: format!("job {} ({})", self.id, self.kind), from: self.state.name(), to }
    }
}
