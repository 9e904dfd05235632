//! The inbox's writer, as those who take requests see it.

use crate::{answer::NotTaken, names};
use axum::http::StatusCode;
use bellwether_domain::Offset;
use bellwether_inbox::{Appender, Inbox};
use chrono::{DateTime, Utc};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};
use tokio::sync::watch;

/// Makes durable what arrives.
#[derive(Debug, Clone)]
pub struct Collector {
    appender: Appender,
    inbox: Arc<Inbox>,
    appended: watch::Receiver<Offset>,
    /// Whether the last attempt to write failed.
    stuck: Arc<AtomicBool>,
    /// Whether nobody waits for the disk: what the tests of the guarantee must notice.
    #[cfg(debug_assertions)]
    careless: bool,
}

impl Collector {
    /// Over an inbox and its writer.
    pub fn new(appender: Appender, inbox: Arc<Inbox>) -> Self {
        Self {
            appender,
            appended: inbox.appended(),
            inbox,
            stuck: Arc::default(),
            #[cfg(debug_assertions)]
            careless: false,
        }
    }

    /// Says that events are on the disk before they are. Only for the test that shows what would be lost.
    #[cfg(debug_assertions)]
    pub fn carelessly(self) -> Self {
        Self { careless: true, ..self }
    }

    /// The last batch of the inbox.
    pub fn appended(&self) -> Offset {
        *self.appended.borrow()
    }

    /// When that arrived which waits behind a batch for the longest time; nothing where nothing waits.
    pub async fn waiting_since(&self, applied: Offset) -> Option<DateTime<Utc>> {
        if applied >= self.appended() {
            return None;
        }
        let inbox = Arc::clone(&self.inbox);
        // Who cannot read the inbox says so elsewhere.
        tokio::task::spawn_blocking(move || inbox.received_after(applied)).await.ok()?.ok()?
    }

    /// Requests that wait to be written.
    pub fn waiting(&self) -> usize {
        self.appender.waiting()
    }

    /// Requests that are not answered yet: those that wait, and those that are being written.
    pub fn unanswered(&self) -> usize {
        self.appender.unanswered()
    }

    /// Whether what arrived last could not be written.
    pub fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::Relaxed)
    }

    /// Whether what arrives can be written. Where it could not, writes a batch of nothing to find out: whoever sends by
    /// readiness brings nothing that could show it while that is red.
    pub async fn is_writable(&self) -> bool {
        !self.is_stuck() || self.append(Vec::new(), 0, 0).await.is_ok()
    }

    /// Takes what was set aside once more, one event or document in each line, and returns when it is on the disk. Who sent
    /// it was asked when it came first.
    ///
    /// # Errors
    /// As a request is answered: what is not taken now is taken later.
    pub async fn take_again(&self, lines: Vec<u8>, records: u32) -> Result<(), NotTaken> {
        if records == 0 { Ok(()) } else { self.append(lines, records, records).await }
    }

    pub(crate) async fn append(&self, lines: Vec<u8>, records: u32, events: u32) -> Result<(), NotTaken> {
        #[cfg(debug_assertions)]
        if self.careless {
            tokio::spawn(self.appender.append(lines, records, events));
            return Ok(());
        }
        let began = Instant::now();
        let written = self.appender.append(lines, records, events).await;
        metrics::histogram!(names::APPEND_SECONDS).record(began.elapsed().as_secs_f64());
        let overloaded = matches!(written, Err(bellwether_inbox::Error::Overloaded { .. }));
        if !overloaded {
            self.stuck.store(written.is_err(), Ordering::Relaxed);
        }
        match written {
            Ok(_) => Ok(()),
            Err(_) if overloaded => {
                let why = "more arrives than can be written; send it again a little later";
                Err(NotTaken::Later(StatusCode::TOO_MANY_REQUESTS, why.to_owned()))
            }
            Err(error) => {
                tracing::error!(%error, "what arrives cannot be written");
                let why = "what arrives cannot be written at the moment; send it again a little later";
                Err(NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, why.to_owned()))
            }
        }
    }
}
