//! Files that people give to the server: taken in, looked at, tried under a mapping, and imported by a job.
//!
//! The work itself is the binary's, by the queue; here is what is asked and answered.

mod answers;
pub mod cancel;
pub mod list;
pub mod look;
pub mod mappings;
pub mod preview;
mod progress;
pub mod remove;
pub mod show;
pub mod start;
pub mod upload;

pub use progress::{LiveImport, LiveImports};
pub use start::ImportOrder;

use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use bellwether_domain::UploadId;
use bellwether_imports::Uploads;
use bellwether_inbox::Inbox;
use bellwether_jobs::Queue;
use std::sync::Arc;
use tokio::sync::{Mutex, Semaphore};

/// Files that are taken in at a time. Each is one stream onto the disk; more of them only make all slower.
const UPLOADS_AT_ONCE: usize = 4;

/// The shop's currency, as the next import would find it; none where nobody has settled it.
pub type ShopCurrency = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// What importing needs.
#[derive(Clone)]
pub struct Imports(Arc<Parts>);

struct Parts {
    uploads: Arc<Uploads>,
    queue: Queue,
    inbox: Arc<Inbox>,
    live: Arc<LiveImports>,
    shop_currency: ShopCurrency,
    /// Held by whoever starts an import: two who do so at once must not both find that none runs.
    starting: Mutex<()>,
    receiving: Arc<Semaphore>,
}

impl Imports {
    /// Over the folder of uploads, the queue of jobs, the inbox with its cursors, what jobs tell of their progress, and the currency
    /// that they would find.
    pub fn new(
        uploads: Arc<Uploads>,
        queue: Queue,
        inbox: Arc<Inbox>,
        live: Arc<LiveImports>,
        shop_currency: ShopCurrency,
    ) -> Self {
        let receiving = Arc::new(Semaphore::new(UPLOADS_AT_ONCE));
        Self(Arc::new(Parts { uploads, queue, inbox, live, shop_currency, starting: Mutex::default(), receiving }))
    }
}

/// What handlers work with; a state that was made without it takes no files.
fn parts(state: &ApiState) -> Result<&Parts, Problem> {
    let imports = state.imports.as_ref().map(|imports| &*imports.0);
    imports.ok_or_else(|| Problem::new(ProblemCode::Unavailable, "this server takes no files at the moment"))
}

/// The id in an address.
fn upload_id(text: &str) -> Result<UploadId, Problem> {
    text.parse().map_err(|_| Problem::not_found("upload", text))
}

/// Work on files, off the threads that answer requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "work on an upload broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })
}

impl From<bellwether_imports::Error> for Problem {
    /// Paths of the data folder stay in the log.
    fn from(error: bellwether_imports::Error) -> Self {
        use bellwether_imports::Error;
        let code = match &error {
            Error::TooLarge { .. } => ProblemCode::FileTooLarge,
            Error::DiskFull => ProblemCode::DiskFull,
            Error::Empty => ProblemCode::FileUnreadable,
            Error::Unknown(_) | Error::Gone(_) => ProblemCode::NotFound,
            Error::Io { .. } | Error::Damaged { .. } => {
                tracing::error!(%error, "an upload cannot be kept or read");
                return Self::new(ProblemCode::Internal, "the data folder cannot be used; the server's log says more");
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<bellwether_jobs::QueueError> for Problem {
    fn from(error: bellwether_jobs::QueueError) -> Self {
        use bellwether_jobs::QueueError;
        match error {
            QueueError::Store(bellwether_store::Error::JobNotHeld { .. }) | QueueError::Refused(_) => {
                Self::new(ProblemCode::ImportNotRunning, "the import has ended already")
            }
            QueueError::Store(error) => error.into(),
            QueueError::Unknown(_) => Self::new(ProblemCode::ImportNotRunning, "no import of this file was started"),
        }
    }
}
