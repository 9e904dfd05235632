//! One request, from the socket to the disk.

use super::{
    answer::{self, NotTaken},
    body, key,
};
use crate::{metrics::names, state::ApiState};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use bellwether_collect::segment::{self, Endpoint};
use bellwether_domain::{Offset, ReceivedCall, Source};
use bellwether_inbox::{Appender, encode_call};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::timeout};

/// How long a sender waits for the Store, which is asked only where its sources have changed.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Makes durable what arrives.
#[derive(Debug, Clone)]
pub struct Collector {
    appender: Appender,
    appended: watch::Receiver<Offset>,
    /// Whether the last attempt to write failed.
    stuck: Arc<AtomicBool>,
    /// Whether nobody waits for the disk: what the tests of the guarantee must notice.
    #[cfg(debug_assertions)]
    careless: bool,
}

impl Collector {
    /// Over the inbox's writer; `appended` tells the last batch of the inbox.
    pub fn new(appender: Appender, appended: watch::Receiver<Offset>) -> Self {
        Self {
            appender,
            appended,
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

    /// Requests that wait to be written.
    pub fn waiting(&self) -> usize {
        self.appender.waiting()
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
    pub(crate) async fn take_again(&self, lines: Vec<u8>, records: u32) -> Result<(), NotTaken> {
        if records == 0 { Ok(()) } else { self.append(lines, records, records).await }
    }

    pub(super) async fn append(&self, lines: Vec<u8>, records: u32, events: u32) -> Result<(), NotTaken> {
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

/// `POST /v1/…`.
pub async fn receive(
    name: &'static str,
    endpoint: Endpoint,
    State(state): State<ApiState>,
    headers: HeaderMap,
    request: Body,
) -> Response {
    let answer = match take(endpoint, &state, &headers, request).await {
        Ok(()) => answer::received().await,
        Err(why) => why.into_response(),
    };
    metrics::counter!(names::REQUESTS, "call" => name, "status" => answer.status().as_str().to_owned()).increment(1);
    answer
}

async fn take(endpoint: Endpoint, state: &ApiState, headers: &HeaderMap, request: Body) -> Result<(), NotTaken> {
    let Some(collector) = &state.collector else {
        return Err(NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, "this server takes no events".to_owned()));
    };
    let body = body::read(headers, request, endpoint.max_body(), StatusCode::BAD_REQUEST).await?;
    let checked = segment::check(endpoint, &body).map_err(|why| refused(StatusCode::BAD_REQUEST, why.to_string()))?;
    let source = source_of(state, key::of_request(headers, checked.write_key.clone()).as_deref()).await?;
    let now = state.clock.now();
    if checked.events == 0 {
        return Ok(());
    }
    let call =
        ReceivedCall { received_at: now, source: Arc::clone(&source.slug), kind: endpoint.kind(), body: checked.body };
    let mut line = Vec::with_capacity(checked.body.len() + 128);
    encode_call(&mut line, &call).map_err(|why| refused(StatusCode::BAD_REQUEST, why.to_string()))?;
    collector.append(line, 1, checked.events).await?;
    let events = u64::from(checked.events);
    state.source_meters.record(&source.slug, events, 0, now);
    metrics::counter!(names::EVENTS_RECEIVED, "source" => Arc::clone(&source.slug)).increment(events);
    Ok(())
}

async fn source_of(state: &ApiState, key: Option<&str>) -> Result<Arc<Source>, NotTaken> {
    let Some(key) = key else {
        let why = "the request has no write key; send it as the user name of Basic authorisation, as `writeKey` in the body, or as the header `x-write-key`";
        return Err(refused(StatusCode::UNAUTHORIZED, why.to_owned()));
    };
    let later = || {
        let why = "write keys cannot be looked up at the moment; send it again a little later";
        NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
    };
    match timeout(PATIENCE, state.write_keys.lookup(key)).await {
        Err(_) => Err(later()),
        Ok(Ok(Some(source))) => Ok(source),
        Ok(Ok(None)) => {
            let why = "no enabled source has this write key; look it up in the console under Sources";
            Err(refused(StatusCode::UNAUTHORIZED, why.to_owned()))
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "write keys cannot be read");
            Err(later())
        }
    }
}

pub(super) fn refused(status: StatusCode, why: String) -> NotTaken {
    NotTaken::Refused(status, why)
}
