//! One request, from the socket to the disk.

use crate::{
    Intake,
    answer::{self, NotTaken},
    body::{self, Place},
    key, names,
};
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use bellwether_collect::segment::{self, Endpoint};
use bellwether_domain::{ReceivedCall, Source};
use bellwether_inbox::encode_call;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long a sender waits for the Store, which is asked only where its sources have changed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// `POST /v1/…`.
pub async fn receive(
    name: &'static str,
    endpoint: Endpoint,
    intake: &Intake,
    headers: &HeaderMap,
    request: Body,
) -> Response {
    let answer = match take(endpoint, intake, headers, request).await {
        Ok(()) => answer::received().await,
        Err(why) => why.into_response(),
    };
    metrics::counter!(names::REQUESTS, "call" => name, "status" => answer.status().as_str().to_owned()).increment(1);
    answer
}

async fn take(endpoint: Endpoint, intake: &Intake, headers: &HeaderMap, request: Body) -> Result<(), NotTaken> {
    let Some(collector) = &intake.collector else {
        return Err(NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, "this server takes no events".to_owned()));
    };
    let mut place = Place::new(&intake.room);
    let body = body::read(headers, request, endpoint.max_body(), StatusCode::BAD_REQUEST, &mut place).await?;
    let checked = segment::check(endpoint, &body).map_err(|why| refused(StatusCode::BAD_REQUEST, why.to_string()))?;
    let source = source_of(intake, key::of_request(headers, checked.write_key.clone()).as_deref()).await?;
    let now = intake.clock.now();
    if checked.events == 0 {
        return Ok(());
    }
    let call =
        ReceivedCall { received_at: now, source: Arc::clone(&source.slug), kind: endpoint.kind(), body: checked.body };
    let mut line = Vec::with_capacity(checked.body.len() + 128);
    encode_call(&mut line, &call).map_err(|why| refused(StatusCode::BAD_REQUEST, why.to_string()))?;
    collector.append(line, 1, checked.events).await?;
    let events = u64::from(checked.events);
    intake.meters.record(&source.slug, events, 0, now);
    metrics::counter!(names::EVENTS_RECEIVED, "source" => Arc::clone(&source.slug)).increment(events);
    Ok(())
}

async fn source_of(intake: &Intake, key: Option<&str>) -> Result<Arc<Source>, NotTaken> {
    let Some(key) = key else {
        let why = "the request has no write key; send it as the user name of Basic authorisation, as `writeKey` in the body, or as the header `x-write-key`";
        return Err(refused(StatusCode::UNAUTHORIZED, why.to_owned()));
    };
    let later = || {
        let why = "write keys cannot be looked up at the moment; send it again a little later";
        NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
    };
    match timeout(PATIENCE, intake.write_keys.lookup(key)).await {
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

pub(crate) fn refused(status: StatusCode, why: String) -> NotTaken {
    NotTaken::Refused(status, why)
}
