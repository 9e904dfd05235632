//! What is counted here, by the names that Prometheus sees.

/// Requests to the collecting calls, by call and HTTP status.
pub const REQUESTS: &str = "bellwether_collect_requests_total";
/// Events that were taken, by source.
pub const EVENTS_RECEIVED: &str = "bellwether_events_received_total";
/// How long a request waited for the disk, in seconds.
pub const APPEND_SECONDS: &str = "bellwether_inbox_append_seconds";
