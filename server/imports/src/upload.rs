//! What is known of an upload.

use bellwether_domain::{ImportId, JobId, RejectId, UploadId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A file that somebody gave to the server to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Which.
    pub id: UploadId,
    /// The file's name, made safe.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The BLAKE3 digest of its content: the same file has the same one under any name.
    pub digest: String,
    /// When it was there as a whole.
    pub at: DateTime<Utc>,
    /// The job that imports it, or has; none before somebody started one.
    pub job: Option<JobId>,
    /// How often an import of it was started.
    pub starts: u32,
    /// What its job found when it began.
    pub begun: Option<Begun>,
    /// What came of it. The file itself is not kept then.
    pub outcome: Option<Outcome>,
}

/// How things stood when the job began: an attempt after a crash cannot find that out any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Which import: by the mapping's source and the file's content.
    pub import: ImportId,
    /// The mapping's source.
    pub source: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the same file had been imported to its end before.
    pub was_complete: bool,
    /// The newest row in quarantine.
    pub rejects_behind: u64,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// When it was through.
    pub at: DateTime<Utc>,
    /// Rows of the file.
    pub rows: u64,
    /// Events that they became.
    pub events: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Whether nothing was done because the file had been imported before.
    pub was_complete: bool,
    /// What lies in quarantine because of it came behind this row …
    pub rejects_behind: u64,
    /// … and up to this one.
    pub rejects_up_to: u64,
}

impl Upload {
    /// Which import it is as that of a source: the same that the command line would make of it.
    pub fn import_of(&self, source: &str) -> ImportId {
        ImportId::derive(&[source.as_bytes(), self.digest.as_bytes()])
    }

    /// The newest row in quarantine before its import began.
    pub fn rejects_behind(&self) -> Option<RejectId> {
        self.begun.as_ref().map(|begun| RejectId(begun.rejects_behind))
    }
}
