//! What a handler is given.

use bellwether_domain::{Job, JobId};
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) type Progress = Option<(u64, u64, String)>;

/// What a handler is given: its job, and a way to say how far it is.
#[derive(Debug, Clone)]
pub struct JobContext {
    job: Job,
    progress: Arc<Mutex<Progress>>,
}

impl JobContext {
    pub(crate) fn new(job: &Job) -> Self {
        Self { job: job.clone(), progress: Arc::new(Mutex::new(job.progress.clone())) }
    }

    /// Which job.
    pub fn id(&self) -> JobId {
        self.job.id
    }

    /// Which attempt this is, counted from 1.
    pub fn attempt(&self) -> u32 {
        self.job.attempts
    }

    /// The arguments, typed.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.job.payload)
    }

    /// Says how far it is. Costs nothing: the worker writes it down at its next tick, and extends the lease with it.
    pub fn report(&self, done: u64, total: u64, message: &str) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some((done, total, message.to_owned()));
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
