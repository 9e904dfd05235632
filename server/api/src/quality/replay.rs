//! `POST /quality/rejects/{id}/replay` and `POST /quality/rejects/replay`: what was set aside goes its way once more.
//!
//! An event is first made durable in the inbox and then removed from quarantine, never the other way round: a crash in
//! between leaves it in both places, and nothing is lost. Whoever then sends it again does not count it twice, because both
//! have one `messageId`: its own, or `replay-` and the number of its row, which no other row ever gets. The events of a web hook
//! have ids that follow from what it says.
//!
//! It arrives with the moment at which it was received first, so that it happened when it would have happened then. What is
//! still wrong comes back to quarantine, as a new row with a new reason. What a web hook brought is read by the mapping that its
//! source has now.

use super::{
    reject::gone,
    reject_row::{NotReplayableName, RejectReasonName},
};
use crate::{
    extract::{ApiJson, ApiPath, parse},
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{Json, extract::State};
use bellwether_collect::{hooks, segment};
use bellwether_domain::{ReceivedCall, ReceivedHook, RejectId, RejectReason};
use bellwether_inbox::{encode_call, encode_hook};
use bellwether_intake::{Collector, NotTaken};
use bellwether_store::{RejectFilter, RejectQuery, StoredReject};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};
use utoipa::ToSchema;

/// Events that one call sends again at the most.
const SENT_AT_ONCE: u64 = 1_000;
/// Rows that are read, sent and removed together: at the most 128 KB each.
const ROWS_OF_A_PART: u64 = 100;

/// What is sent in place of what was set aside.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The mended event; without it the event goes as it came.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub event: Option<Box<RawValue>>,
}

/// What was sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Replayed {
    /// The event's id, where it has one that can be read.
    pub message_id: Option<String>,
}

/// Which rows are to be sent again; all that can be where nothing is said.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayMany {
    /// A part of what happened, or of the row as it came.
    pub q: Option<String>,
    /// Only rows with this reason.
    pub reason: Option<RejectReasonName>,
    /// Only rows of this source.
    pub source: Option<String>,
    /// Only rows up to this number. Whoever goes on with the number that the first call gave does not send again what came
    /// back in between.
    pub up_to: Option<u64>,
}

/// What was sent again of many, and what is still there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplayedMany {
    /// Events that were sent again; at the most 1,000 a call.
    pub sent: u64,
    /// Events of this call that stay in quarantine, because with a `messageId` they are larger than an event may be.
    pub skipped: u64,
    /// Events that could still be sent again: call once more while something was sent and this is not 0.
    pub left: u64,
    /// The newest row that was looked at.
    pub up_to: u64,
}

/// Sends an event again, as it came or mended, and removes it from quarantine.
#[utoipa::path(post, path = "/quality/rejects/{id}/replay", tag = "quality", operation_id = "replayReject",
    params(("id" = u64, Path, description = "Its number")), request_body = Option<Replay>,
    responses(
        (status = 200, body = Replayed),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn replay_reject(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
    body: Option<ApiJson<Replay>>,
) -> Result<Json<Replayed>, Problem> {
    let id = parse("id", &id)?;
    let mended = body.and_then(|ApiJson(body)| body.event);
    to_the_end(async move { replay_one(&state, id, mended.as_deref()).await }).await
}

/// Sends again all events that match, the oldest first, and removes them from quarantine.
#[utoipa::path(post, path = "/quality/rejects/replay", tag = "quality", operation_id = "replayRejects",
    request_body = ReplayMany,
    responses(
        (status = 200, body = ReplayedMany),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn replay_rejects(
    State(state): State<ApiState>,
    ApiJson(body): ApiJson<ReplayMany>,
) -> Result<Json<ReplayedMany>, Problem> {
    to_the_end(async move { replay_many(&state, body).await }).await
}

/// Also when whoever asked has gone: what is in the inbox already must leave the quarantine.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<Json<T>, Problem> {
    let done = tokio::spawn(work).await.map_err(|error| {
        tracing::error!(%error, "sending again broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    done.map(Json)
}

async fn replay_one(state: &ApiState, id: RejectId, mended: Option<&RawValue>) -> Result<Replayed, Problem> {
    let collector = collector(state)?;
    let _turn = state.replays.lock().await;
    let row = state.store.reject(id).await?.ok_or_else(|| gone(id))?;
    let mut lines = Vec::new();
    let message_id = write_again(state, &row, mended, &mut lines).await?;
    collector.take_again(lines, 1).await.map_err(not_taken)?;
    state.store.remove_rejects(&[id]).await?;
    Ok(Replayed { message_id })
}

async fn replay_many(state: &ApiState, wanted: ReplayMany) -> Result<ReplayedMany, Problem> {
    let collector = collector(state)?;
    let _turn = state.replays.lock().await;
    let filter = filter_of(state, wanted).await?;
    let up_to = filter.up_to.unwrap_or_default();
    let mut done = ReplayedMany { up_to: up_to.0, ..ReplayedMany::default() };
    let mut after = RejectId::default();
    while done.sent < SENT_AT_ONCE && after < up_to {
        let rows = state.store.rejects_after(&filter, after, ROWS_OF_A_PART.min(SENT_AT_ONCE - done.sent)).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        let sent = replay_part(state, collector, &rows).await;
        match sent {
            Ok(sent) => {
                done.sent += sent;
                done.skipped += rows.len() as u64 - sent;
            }
            Err(why) if done.sent == 0 => return Err(why),
            // The next call says why; this one tells how far it has come.
            Err(_) => break,
        }
    }
    done.left = state.store.count_rejects(&filter).await?.saturating_sub(done.skipped);
    Ok(done)
}

/// Says how many of the rows were sent.
async fn replay_part(state: &ApiState, collector: &Collector, rows: &[StoredReject]) -> Result<u64, Problem> {
    let (mut lines, mut ids) = (Vec::new(), Vec::with_capacity(rows.len()));
    for row in rows {
        match write_again(state, row, None, &mut lines).await {
            Ok(_) => ids.push(row.id),
            Err(why) if why.code == ProblemCode::Unavailable => return Err(why),
            Err(_stays) => {}
        }
    }
    collector.take_again(lines, u32::try_from(ids.len()).unwrap_or(u32::MAX)).await.map_err(not_taken)?;
    state.store.remove_rejects(&ids).await?;
    Ok(ids.len() as u64)
}

/// Only rows that are there now: what is sent again and still wrong comes back as a newer one.
async fn filter_of(state: &ApiState, wanted: ReplayMany) -> Result<RejectFilter, Problem> {
    let up_to = match wanted.up_to {
        Some(number) => RejectId(number),
        None => {
            let newest = state.store.rejects(&RejectQuery { page_size: 1, ..RejectQuery::default() }).await?;
            newest.rows.first().map(|row| row.id).unwrap_or_default()
        }
    };
    Ok(RejectFilter {
        q: wanted.q,
        reason: wanted.reason.map(RejectReason::from),
        source: wanted.source,
        replayable: true,
        up_to: Some(up_to),
    })
}

/// Adds the line of the inbox that a row becomes; gives the event's id, where it has one. The id of an event that has none
/// follows from the row's number and nothing else, so that it is the same each time.
async fn write_again(
    state: &ApiState,
    row: &StoredReject,
    mended: Option<&RawValue>,
    lines: &mut Vec<u8>,
) -> Result<Option<String>, Problem> {
    let kept = row.reject.event().map_err(|why| not_replayable(row, NotReplayableName::from(why).sentence()))?;
    let text = mended.map_or(kept, RawValue::get);
    let wrong = |why: String| Problem::new(ProblemCode::InvalidBody, why).at("event");
    // An older version did not keep when a row was received.
    let received_at = row.reject.received_at.unwrap_or_else(|| state.clock.now());
    let source = Arc::clone(&row.reject.origin.source);
    if let Some(delivery) = hooks::again(text) {
        let hooks::Again { headers, body } = delivery.map_err(|error| wrong(error.to_string()))?;
        let ready = state.intake.write_keys.hook(&source).await?;
        let ready = ready.ok_or_else(|| {
            not_replayable(row, "its source is no enabled web hook any more, so that nothing says how to read it")
        })?;
        let hook = ReceivedHook { received_at, source, mapping: Cow::Borrowed(&ready.mapping), headers, body };
        return encode_hook(lines, &hook).map(|()| None).map_err(|error| wrong(error.to_string()));
    }
    let again = segment::again(text, &format!("replay-{}", row.id)).map_err(|error| wrong(error.to_string()))?;
    let call = ReceivedCall { received_at, source, kind: None, body: &again.body };
    encode_call(lines, &call).map_err(|error| wrong(error.to_string()))?;
    Ok(again.message_id)
}

fn not_replayable(row: &StoredReject, why: &str) -> Problem {
    Problem::new(ProblemCode::NotReplayable, format!("row {}: {why}", row.id))
}

fn collector(state: &ApiState) -> Result<&Collector, Problem> {
    let none = || Problem::new(ProblemCode::Unavailable, "this server takes no events");
    state.intake.collector.as_ref().ok_or_else(none)
}

fn not_taken(why: NotTaken) -> Problem {
    match why {
        NotTaken::Later(_, why) => Problem::new(ProblemCode::Unavailable, why),
        NotTaken::Refused(_, why) => Problem::new(ProblemCode::InvalidBody, why).at("event"),
    }
}
