//! The inbox's form of what was read: one JSON object a line, `{"e":{…}}` for an event, `{"r":{…}}` for a reject.

use bellwether_domain::{RawEvent, Reject};
use serde::{Deserialize, Serialize};

/// A line, for people to look at.
#[derive(Deserialize)]
pub(super) enum Shown {
    #[serde(rename = "e")]
    Event(serde_json::Value),
    #[serde(rename = "r")]
    Reject(Reject),
}

pub(super) fn encode_event(into: &mut Vec<u8>, event: &RawEvent<'_>) {
    encode(into, b"{\"e\":", event);
}

pub(super) fn encode_reject(into: &mut Vec<u8>, reject: &Reject) {
    encode(into, b"{\"r\":", reject);
}

fn encode(into: &mut Vec<u8>, prefix: &[u8], value: &impl Serialize) {
    into.extend_from_slice(prefix);
    serde_json::to_writer(&mut *into, value)
        .expect("texts and numbers always have a JSON form, and a Vec takes all bytes");
    into.extend_from_slice(b"}\n");
}
