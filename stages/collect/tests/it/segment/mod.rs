//! The Segment tracking API by its public interface: what official libraries send, what nobody should, and any bytes.

mod check;
mod decode;
mod faults;
mod laws;
mod orders;

use bellwether_collect::segment::{self, OrderCurrency, ReceivedCall};
use bellwether_domain::{EventKind, RawEvent, Reject};
use chrono::{DateTime, Utc};

pub const EUR: OrderCurrency<'static> = OrderCurrency { default: "EUR", is_only_one: false };

/// Bodies as the official libraries sent them.
pub const NODE_BATCH: &str = include_str!("../../recorded/node_batch.json");
pub const NODE_SINGLE: &str = include_str!("../../recorded/node_single.json");
pub const PYTHON_BATCH: &str = include_str!("../../recorded/python_batch.json");
pub const PYTHON_LEGACY_BATCH: &str = include_str!("../../recorded/python_legacy_batch.json");

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A call that arrived at noon.
pub fn call(kind: Option<EventKind>, body: &str) -> ReceivedCall<'_> {
    ReceivedCall { received_at: at("2026-11-22T12:00:00Z"), source: "website".into(), kind, body }
}

pub fn events(body: &str) -> Vec<Result<RawEvent<'_>, Reject>> {
    segment::events(&call(None, body), EUR).collect()
}

/// The only event of a batch.
pub fn only(body: &str) -> Result<RawEvent<'_>, Reject> {
    let mut events = events(body);
    assert_eq!(events.len(), 1, "{body}");
    events.remove(0)
}

/// A batch of one event with these fields, beside what every event needs.
pub fn batch_of(fields: &str) -> String {
    let comma = if fields.is_empty() { "" } else { "," };
    format!(r#"{{"batch":[{{"type":"track","event":"Seen","messageId":"m1","userId":"7"{comma}{fields}}}]}}"#)
}
