//! The laboratory: every algorithm on a file, without a server.
//!
//! **Takes** a command line and a file. **Gives** a report (JSON or text), results per row, and an exit status.
//! **Promises**: the same input, options and seed give the same result on any number of threads; rows that cannot be used
//! are counted by reason, never lost in silence; any bytes give a report or a clear error, never a panic.
//! **Never**: computes anything itself that `bellwether-algorithms` has; reads the clock but for its own timings.
//!
//! | exit status | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | anything else, for example a file that cannot be written |
//! | 2 | wrong usage: options, names of jobs or columns |
//! | 3 | the input cannot be used |
//! | 4 | too little data for an honest answer; the report says what is missing |

mod error;
mod jobs;
mod options;
mod report;
mod run;
mod table;

pub use error::{LabError, Result};
pub use options::{
    ApplyArgs, ClusterArgs, DescribeArgs, ExperimentArgs, FileFormat, InputArgs, LabCommand, OutputArgs, RecommendArgs,
    ReportFormat, RfmArgs,
};
pub use run::{JOBS, Streams, run};
