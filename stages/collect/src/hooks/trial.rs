//! What a mapping makes of one delivery, for people to look at while they write it.

use super::{ReceivedHook, events};
use crate::{
    import::record::{self, Written},
    mapping::EventMapping,
    segment::OrderCurrency,
};
use bellwether_domain::Reject;
use serde_json::Value;

/// What a mapping makes of a delivery. Nothing of it is kept anywhere.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trial {
    /// The events, as JSON, in the order of the documents.
    pub events: Vec<Value>,
    /// The documents that cannot be used.
    pub rejects: Vec<Reject>,
    /// Documents that a rule leaves out on purpose.
    pub left_out: u64,
}

/// Tries a mapping on a delivery, exactly as the pipeline would map it.
///
/// # Errors
/// When an event cannot be shown as JSON (none that was mapped).
pub fn trial(
    hook: &ReceivedHook<'_>,
    mapping: Option<&EventMapping>,
    currency: OrderCurrency<'_>,
) -> serde_json::Result<Trial> {
    let (mut lines, mut trial) = (Vec::new(), Trial::default());
    trial.left_out = events(hook, mapping, currency, &mut lines, &mut trial.rejects);
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line)? {
            Written::Event(event) => trial.events.push(record::shown(&event)?),
            Written::Reject(reject) => trial.rejects.push(reject),
        }
    }
    Ok(trial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hooks::parse_mapping;
    use bellwether_domain::RejectReason;
    use std::collections::BTreeMap;

    const MAPPING: &str = r#"
        kind = "events"
        source = "booking"
        [[event]]
        when = { column = "header.x-event", equals = "booked" }
        event = { constant = "Room Booked" }
        message_id = { template = "booking-{id}" }
        user_id = "guest"
        time = "at"
    "#;

    fn tried(topic: &str, body: &str, mapping: Option<&str>) -> Trial {
        let hook = ReceivedHook {
            received_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            source: "booking".into(),
            mapping: "".into(),
            headers: BTreeMap::from([("x-event".to_owned(), topic.to_owned())]),
            body,
        };
        let mapping = mapping.map(|text| parse_mapping(text).unwrap());
        trial(&hook, mapping.as_ref(), OrderCurrency { default: "EUR", is_only_one: false }).unwrap()
    }

    #[test]
    fn every_document_is_an_event_a_reject_or_left_out() {
        let body = r#"[{"id":1,"guest":"ann","at":"2026-11-22T09:00:00Z"},{"id":2,"guest":"ann","at":"soon"},7]"#;
        let found = tried("booked", body, Some(MAPPING));
        assert_eq!(found.events.len(), 1);
        assert_eq!(
            (&found.events[0]["messageId"], &found.events[0]["event"]),
            (&"booking-1".into(), &"Room Booked".into())
        );
        let fields: Vec<_> = found.rejects.iter().map(|reject| reject.field.as_deref()).collect();
        assert_eq!((fields, found.left_out), (vec![Some("at"), None], 0));
    }

    #[test]
    fn what_no_rule_is_for_and_what_has_no_mapping_is_told_apart() {
        let body = r#"{"id":1,"guest":"ann","at":"2026-11-22T09:00:00Z"}"#;
        let other = tried("cancelled", body, Some(MAPPING));
        let reasons: Vec<_> = other.rejects.iter().map(|reject| reject.reason).collect();
        assert_eq!((other.events.len(), reasons, other.left_out), (0, vec![RejectReason::NotMapped], 0));
        let skipped = format!("{MAPPING}\n[[event]]\nwhen = {{ column = \"id\", equals = \"1\" }}\nskip = true\n");
        let left_out = tried("cancelled", body, Some(&skipped));
        assert_eq!((left_out.rejects, left_out.left_out), (vec![], 1));
        let none = tried("booked", body, None);
        assert!(none.rejects[0].detail.contains("has no mapping yet"), "{:?}", none.rejects);
    }
}
