//! Somebody who has a say about events that passed every other check.

use crate::support::*;
use bellwether_clean::{Candidate, Cleaner, Gate, Refused};
use bellwether_domain::RejectReason;
use serde_json::json;
use std::borrow::Cow;

/// Refuses what is called like this, and remembers what it was asked about.
struct Without(&'static str, Vec<(String, Option<String>)>);

impl Gate for Without {
    fn ask(&mut self, event: &Candidate<'_>) -> Result<(), Refused> {
        self.1.push((event.name.to_string(), event.document().map(Cow::into_owned)));
        match &**event.name == self.0 {
            true => {
                let (field, why) = (format!("{}.price", event.document_name()), "not wanted".to_owned());
                Err(Refused { field, reason: RejectReason::PlanViolation, why })
            }
            false => Ok(()),
        }
    }
}

#[test]
fn what_is_refused_counts_nowhere_and_can_be_sent_again() {
    let event = |id: &str, name: &str| {
        json!({
            "messageId": id, "type": "track", "event": name, "userId": "7", "timestamp": "2026-11-22T12:00:00Z",
            "origin": {"source": "website"}, "receivedAt": "2026-11-22T12:00:00Z",
            "properties": {"price": 1},
            "order": {"order_id": id, "currency": "EUR", "products": [["a", "Mug", 2, 4.25, 0]]},
        })
    };
    let texts = [event("1", "Order Completed"), event("2", "Order Refunded"), event("", "Order Completed")];
    let texts = texts.map(|event| event.to_string());
    let events = texts.iter().map(|text| serde_json::from_str(text).unwrap());
    let mut gate = Without("Order Completed", Vec::new());
    let batch = Cleaner::new(&rules()).clean_batch_behind(events, &mut gate);
    let names: Vec<_> = batch.events.iter().map(|event| &*event.name).collect();
    assert_eq!((names, batch.rejects.len(), batch.refused.len()), (vec!["Order Refunded"], 1, 1));
    let (id, reject) = &batch.refused[0];
    assert_ne!(*id, batch.events[0].id);
    assert_eq!((reject.field.as_deref(), reject.reason), (Some("properties.price"), RejectReason::PlanViolation));
    assert!(reject.detail.starts_with("event `1`, `properties.price`: not wanted"), "{}", reject.detail);
    assert!(reject.event().is_ok(), "{}", reject.content);
    assert_eq!(count(&batch, "rows"), 1, "nothing of the order that was refused is counted");
    let asked: Vec<_> = gate.1.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(asked, ["Order Completed", "Order Refunded"], "what is bad already is not asked about");
}

#[test]
fn the_gate_sees_properties_and_the_traits_of_people() {
    let event = |kind: &str| {
        json!({
            "messageId": kind, "type": kind, "event": "Seen", "userId": "7", "groupId": "g", "previousId": "p",
            "timestamp": "2026-11-22T12:00:00Z", "origin": {"source": "website"},
            "properties": {"a": 1}, "traits": {"b": 2},
        })
    };
    let texts = ["track", "page", "screen", "identify", "group", "alias"].map(|kind| event(kind).to_string());
    let mut gate = Without("", Vec::new());
    Cleaner::new(&rules()).clean_batch_behind(texts.iter().map(|text| serde_json::from_str(text).unwrap()), &mut gate);
    let seen = |name: &str| gate.1.iter().find(|(found, _)| found == name).unwrap().1.clone().unwrap();
    for name in ["Seen", "page", "screen", "alias"] {
        assert_eq!(seen(name), r#"{"a":1}"#, "{name}");
    }
    for name in ["identify", "group"] {
        assert_eq!(seen(name), r#"{"b":2}"#, "{name}");
    }
}
