//! The inbox's form of what was read: one JSON object a line, `{"e":{…}}` for an event, `{"r":{…}}` for a reject.

use bellwether_domain::{RawEvent, Reject};
use serde::{Deserialize, Serialize};

/// A line that was written here.
#[expect(clippy::large_enum_variant, reason = "read one by one, and for a few rows only")]
#[derive(Deserialize)]
pub(crate) enum Written<'a> {
    #[serde(rename = "e", borrow)]
    Event(RawEvent<'a>),
    #[serde(rename = "r")]
    Reject(Reject),
}

/// An event for people to look at: its order's lines with the names of their fields.
pub(crate) fn shown(event: &RawEvent<'_>) -> serde_json::Result<serde_json::Value> {
    let mut shown = serde_json::to_value(event)?;
    if let Some(order) = &event.order {
        shown["order"]["products"] = serde_json::to_value(&order.products)?;
    }
    Ok(shown)
}

pub(crate) fn encode_event(into: &mut Vec<u8>, event: &RawEvent<'_>) {
    encode(into, b"{\"e\":", event);
}

pub(crate) fn encode_reject(into: &mut Vec<u8>, reject: &Reject) {
    encode(into, b"{\"r\":", reject);
}

fn encode(into: &mut Vec<u8>, prefix: &[u8], value: &impl Serialize) {
    into.extend_from_slice(prefix);
    serde_json::to_writer(&mut *into, value)
        .expect("texts and numbers always have a JSON form, and a Vec takes all bytes");
    into.extend_from_slice(b"}\n");
}
