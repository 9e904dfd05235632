//! What a client sent in one request, before anybody has looked into it.

use crate::EventKind;
use chrono::{DateTime, Utc, serde::ts_microseconds};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::sync::Arc;

/// The body of one HTTP request, as it was received. It is kept whole until it is taken apart into events, so that
/// whatever is wrong with one of them can be looked at later.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedCall<'a> {
    /// When, by the server's clock; to the microsecond.
    #[serde(with = "ts_microseconds")]
    pub received_at: DateTime<Utc>,
    /// Which source sent it, by the key that it sent along.
    pub source: Arc<str>,
    /// Which of the six calls; `None` for a batch, whose events say it themselves.
    #[serde(default)]
    pub kind: Option<EventKind>,
    /// One JSON value. As text and not as a `RawValue`: whoever received it has checked it, and to make the other one
    /// would be to read every byte a second time.
    #[serde(borrow, deserialize_with = "text_of_value")]
    pub body: &'a str,
}

fn text_of_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de str, D::Error> {
    <&RawValue>::deserialize(deserializer).map(RawValue::get)
}
