//! Why an event cannot be used.

use bellwether_domain::{RawEvent, Reject, RejectReason};

/// What a reject keeps of the event, in characters.
const KEPT: usize = 2000;
/// What a sentence shows of a text that a stranger wrote, in characters.
const SHOWN: usize = 100;

/// Which field is at fault, and a sentence about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadEvent {
    pub field: &'static str,
    pub reason: RejectReason,
    pub why: String,
}

impl BadEvent {
    pub fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, reason: RejectReason::Malformed, why: why.into() }
    }

    pub fn reject(&self, event: &RawEvent<'_>) -> Reject {
        let content = serde_json::to_string(event).unwrap_or_default();
        let id: String = event.message_id.chars().take(SHOWN).collect();
        Reject {
            origin: event.origin.clone(),
            field: Some(self.field.to_owned()),
            reason: self.reason,
            detail: format!("event `{id}`, `{}`: {}", self.field, self.why),
            content: content.chars().take(KEPT).collect(),
        }
    }
}
