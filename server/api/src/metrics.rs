//! `GET /metrics`, in the text format of Prometheus.

use crate::{
    problem::{Problem, ProblemCode},
    security::session,
    state::ApiState,
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::{Arc, OnceLock};

/// What is counted, by the names that Prometheus sees.
pub mod names {
    pub use bellwether_intake::names::{APPEND_SECONDS, EVENTS_RECEIVED, REQUESTS};
    /// Events that became true, by source.
    pub const EVENTS_PROCESSED: &str = "bellwether_events_processed_total";
    /// What went to quarantine, by source.
    pub const EVENTS_REJECTED: &str = "bellwether_events_rejected_total";
    /// What other systems told and a rule of the mapping leaves out on purpose, by source.
    pub const HOOKS_LEFT_OUT: &str = "bellwether_hooks_left_out_total";
    /// Events that do not keep to the tracking plan, by event, reason and mode.
    pub const PLAN_VIOLATIONS: &str = "bellwether_plan_violations_total";
    /// The last batch of the inbox.
    pub const APPENDED: &str = "bellwether_inbox_appended_batch";
    /// The last batch that is in the Store.
    pub const APPLIED: &str = "bellwether_inbox_applied_batch";
    /// Requests that wait for the disk.
    pub const WAITING: &str = "bellwether_inbox_waiting_requests";
    /// The age of what became true last, while something waits.
    pub const LAG_SECONDS: &str = "bellwether_processing_lag_seconds";
    /// Whether the work behind the inbox goes on (1) or fails and is tried again (0).
    pub const PROCESSING_UP: &str = "bellwether_processing_up";
    /// Whether what arrives can be written (1) or not (0).
    pub const COLLECTING_UP: &str = "bellwether_collecting_up";
    /// Rows that queries brought, by source.
    pub const QUERY_ROWS: &str = "bellwether_query_rows_total";
    /// Runs of queries, by source and outcome.
    pub const QUERY_RUNS: &str = "bellwether_query_runs_total";
    /// What readers did with messages, by event and by what became of that: `kept`, `lost`, `late`.
    pub const FEEDBACK: &str = "bellwether_message_feedback_total";
    /// Tracked links that were not made here.
    pub const FEEDBACK_REFUSED: &str = "bellwether_message_feedback_refused_total";
    /// When a query was carried out last, in seconds since 1970, by source.
    pub const QUERY_LAST: &str = "bellwether_query_last_success_timestamp_seconds";
    /// Whether the last run of a query was good (1) or failed (0), by source.
    pub const QUERY_UP: &str = "bellwether_query_up";
    /// Memory of the process.
    pub const MEMORY_BYTES: &str = "process_resident_memory_bytes";
}

/// Seconds: a disk that is well needs a few thousandths.
const BUCKETS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The process has one recorder, whoever asks first makes it.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(install).as_ref()
}

fn install() -> Option<PrometheusHandle> {
    let built = PrometheusBuilder::new().set_buckets(&BUCKETS).map(PrometheusBuilder::build_recorder);
    let recorder = built.inspect_err(|error| tracing::error!(%error, "metrics cannot be counted")).ok()?;
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).inspect_err(|error| tracing::error!(%error, "metrics are not ours")).ok()?;
    describe();
    Some(handle)
}

/// Counts what other systems told and a rule of the mapping leaves out on purpose: it is no event, and no mistake either.
pub fn hooks_left_out(source: &Arc<str>, documents: u64) {
    metrics::counter!(names::HOOKS_LEFT_OUT, "source" => Arc::clone(source)).increment(documents);
}

fn describe() {
    use metrics::{Unit, describe_counter as counter, describe_gauge as gauge, describe_histogram as histogram};
    counter!(names::REQUESTS, "Requests to the collecting calls.");
    counter!(names::EVENTS_RECEIVED, "Events that were taken.");
    counter!(names::EVENTS_PROCESSED, "Events that became true.");
    counter!(names::EVENTS_REJECTED, "What went to quarantine.");
    counter!(names::HOOKS_LEFT_OUT, "What other systems told and a mapping leaves out on purpose.");
    counter!(names::PLAN_VIOLATIONS, "Events that do not keep to the tracking plan.");
    histogram!(names::APPEND_SECONDS, Unit::Seconds, "How long a request waited for the disk.");
    gauge!(names::APPENDED, "The last batch of the inbox.");
    gauge!(names::APPLIED, "The last batch of the inbox that is in the Store.");
    gauge!(names::WAITING, "Requests that wait for the disk.");
    gauge!(names::LAG_SECONDS, Unit::Seconds, "The age of what became true last, while something waits.");
    gauge!(names::PROCESSING_UP, "Whether the work behind the inbox goes on.");
    gauge!(names::COLLECTING_UP, "Whether what arrives can be written.");
    counter!(names::FEEDBACK, "What readers did with messages; what was lost or late may be missing in all counts.");
    counter!(names::FEEDBACK_REFUSED, "Tracked links that were not made here.");
    counter!(names::QUERY_ROWS, "Rows that queries brought.");
    counter!(names::QUERY_RUNS, "Runs of queries.");
    gauge!(names::QUERY_LAST, Unit::Seconds, "When a query was carried out last.");
    gauge!(names::QUERY_UP, "Whether the last run of a query was good.");
    gauge!(names::MEMORY_BYTES, Unit::Bytes, "Memory of the process.");
}

/// Begins to count. What happens before the first call is not counted.
pub fn start() {
    let _ = recorder();
}

/// A query of a source was carried out.
pub fn query_done(source: &str, rows: u64, at: DateTime<Utc>) {
    let source = source.to_owned();
    metrics::counter!(names::QUERY_ROWS, "source" => source.clone()).increment(rows);
    metrics::counter!(names::QUERY_RUNS, "source" => source.clone(), "outcome" => "done").increment(1);
    metrics::gauge!(names::QUERY_LAST, "source" => source.clone()).set(at.timestamp() as f64);
    metrics::gauge!(names::QUERY_UP, "source" => source).set(1.0);
}

/// A query of a source failed, and will be tried again.
pub fn query_failed(source: &str) {
    let source = source.to_owned();
    metrics::counter!(names::QUERY_RUNS, "source" => source.clone(), "outcome" => "failed").increment(1);
    metrics::gauge!(names::QUERY_UP, "source" => source).set(0.0);
}

/// `GET /metrics`. With an administrator's password it wants a session, or that password by Basic authorisation.
pub async fn get_metrics(State(state): State<ApiState>, headers: HeaderMap) -> Result<Response, Problem> {
    if !session::is_signed_in(&state, &headers) && !has_password(&state, &headers) {
        return Err(Problem::new(
            ProblemCode::SignInRequired,
            "send the administrator's password by Basic authorisation",
        ));
    }
    let Some(recorder) = recorder() else {
        return Err(Problem::new(ProblemCode::Internal, "metrics cannot be counted; the log says more"));
    };
    measure(&state).await;
    recorder.run_upkeep();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], recorder.render()).into_response())
}

/// What is not counted as it happens, but looked at when somebody asks.
async fn measure(state: &ApiState) {
    let up = |good: bool| if good { 1.0 } else { 0.0 };
    if let Some(collector) = &state.intake.collector {
        let appended = collector.appended();
        metrics::gauge!(names::APPENDED).set(appended.0 as f64);
        metrics::gauge!(names::WAITING).set(collector.waiting() as f64);
        metrics::gauge!(names::COLLECTING_UP).set(up(!collector.is_stuck()));
        let waiting_since = collector.waiting_since(state.processing.last_applied()).await;
        let lag = waiting_since.map_or(TimeDelta::zero(), |since| (state.clock.now() - since).max(TimeDelta::zero()));
        metrics::gauge!(names::LAG_SECONDS).set(lag.as_seconds_f64());
    }
    metrics::gauge!(names::APPLIED).set(state.processing.last_applied().0 as f64);
    metrics::gauge!(names::PROCESSING_UP).set(up(state.processing.failure().is_none()));
    if let Some(bytes) = resident_memory() {
        metrics::gauge!(names::MEMORY_BYTES).set(bytes as f64);
    }
}

/// As Linux tells it; nothing elsewhere.
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn has_password(state: &ApiState, headers: &HeaderMap) -> bool {
    let Some(administrator) = &state.settings.administrator else { return true };
    let attempt = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let text = attempt.and_then(|packed| String::from_utf8(STANDARD.decode(packed.trim()).ok()?).ok());
    let now = state.clock.now();
    match text.as_deref().and_then(|text| text.split_once(':')) {
        Some((_, password)) if state.sign_ins.allows(now) => {
            let right = session::is_password(administrator, password);
            if !right {
                state.sign_ins.record(now);
            }
            right
        }
        _ => false,
    }
}
