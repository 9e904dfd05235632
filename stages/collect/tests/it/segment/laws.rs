//! What holds for every body.

use super::*;
use bellwether_collect::segment::{Endpoint, MAX_EVENT, check};
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};
use std::collections::BTreeMap;

/// Values such as strangers send where something else belongs.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["track", "page", "Order Completed", "2026-11-22T09:00:00Z", "12.50", "EUR"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        let key = prop::sample::select(vec![
            "order_id",
            "products",
            "product_id",
            "sku",
            "price",
            "quantity",
            "currency",
            "a",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
        ]
    })
}

/// Objects that look like events, with anything in any of their fields.
fn any_event() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec![
        "type",
        "event",
        "messageId",
        "userId",
        "anonymousId",
        "timestamp",
        "originalTimestamp",
        "sentAt",
        "name",
        "category",
        "groupId",
        "previousId",
        "traits",
        "properties",
        "context",
        "integrations",
    ]);
    let changes = prop::collection::vec((field, any_value()), 0..6);
    prop_oneof![
        8 => (changes, any::<bool>()).prop_map(|(changes, order)| {
            let event = if order { "Order Completed" } else { "Seen" };
            let mut fields = json!({
                "type": "track", "event": event, "userId": "7",
                "properties": {"order_id": "o", "products": [{"sku": "A", "price": 2.5}]},
            });
            for (field, value) in changes {
                fields[field] = value;
            }
            fields
        }),
        1 => any_value(),
    ]
}

/// JSON in which anything can stand twice, be cut in two or be nested.
fn any_json_text() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"batch\"",
        "\"type\"",
        "\"track\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "1e999",
        "-0",
        "null",
        "true",
        " ",
        "\n",
        "\"sentAt\"",
        "\"context\"",
        "\u{feff}",
        "é",
    ]);
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn any_kind() -> impl Strategy<Value = Option<EventKind>> {
    prop::sample::select(vec![None, Some(EventKind::Track), Some(EventKind::Page), Some(EventKind::Alias)])
}

fn endpoint(kind: Option<EventKind>) -> Endpoint {
    kind.map_or(Endpoint::Batch, Endpoint::Call)
}

/// Neither of the two panics, and they agree: what the one lets in the other takes apart, into as many as were counted.
fn expect_agreement(kind: Option<EventKind>, body: &[u8]) -> Result<(), TestCaseError> {
    match check(endpoint(kind), body) {
        Ok(checked) => {
            let events = segment::events(&call(kind, checked.body), EUR);
            prop_assert_eq!(events.len(), checked.events as usize);
            prop_assert_eq!(events.count(), checked.events as usize);
        }
        Err(refusal) => {
            prop_assert!(!refusal.to_string().is_empty());
            if let Ok(text) = std::str::from_utf8(body) {
                segment::events(&call(kind, text), EUR).for_each(drop);
            }
        }
    }
    Ok(())
}

/// What is kept is the event itself, text by text, but for what its batch said.
fn expect_all_is_kept(event: &Value, kept: &str) -> Result<(), TestCaseError> {
    let Some(fields) = event.as_object() else {
        prop_assert_eq!(event.to_string(), kept);
        return Ok(());
    };
    let kept: BTreeMap<String, Box<RawValue>> = serde_json::from_str(kept).unwrap();
    let of_the_batch = |name: &String| ["sentAt", "context", "integrations"].contains(&name.as_str());
    for (name, value) in fields.iter().filter(|(name, _)| !of_the_batch(name)) {
        prop_assert_eq!(kept[name].get(), value.to_string(), "{}", name);
    }
    Ok(())
}

/// Sent again as it came, an event has the fault that it had within its batch.
fn expect_same_fault_again(reject: &Reject) -> Result<(), TestCaseError> {
    let Ok(event) = reject.event() else { return Ok(()) };
    let again = segment::again(event, "replay-7").unwrap();
    let again = only(&again.body).unwrap_err();
    prop_assert_eq!((&again.field, again.reason), (&reject.field, reject.reason));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(kind in any_kind(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        expect_agreement(kind, &body)?;
    }

    #[test]
    fn any_pieces_of_json(kind in any_kind(), body in any_json_text()) {
        expect_agreement(kind, body.as_bytes())?;
        expect_agreement(kind, format!("{{\"batch\":[{body}]}}").as_bytes())?;
    }

    #[test]
    fn a_recorded_body_with_some_bytes_changed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut body = NODE_BATCH.as_bytes().to_vec();
        for (place, byte) in changes {
            let place = place.index(body.len());
            body[place] = byte;
        }
        expect_agreement(None, &body)?;
        body.truncate(cut.index(body.len()));
        expect_agreement(None, &body)?;
    }

    #[test]
    fn as_many_results_as_events(events in prop::collection::vec(any_event(), 0..8), more in any_value()) {
        let body = json!({"batch": events, "sentAt": more, "context": more, "integrations": more}).to_string();
        let checked = check(Endpoint::Batch, body.as_bytes()).unwrap();
        prop_assert_eq!(checked.events as usize, events.len());
        let call = call(None, checked.body);
        let results: Vec<_> = segment::events(&call, EUR).collect();
        prop_assert_eq!(results.len(), events.len());
        for (result, event) in results.iter().zip(&events) {
            match result {
                Ok(read) => {
                    prop_assert!(read.timestamp <= call.received_at);
                    prop_assert!(!read.message_id.is_empty());
                    prop_assert!(read.order.as_ref().is_none_or(|order| !order.products.is_empty()));
                }
                Err(reject) => {
                    prop_assert!(reject.content.len() <= MAX_EVENT && !reject.detail.is_empty());
                    expect_all_is_kept(event, &reject.content)?;
                    expect_same_fault_again(reject)?;
                }
            }
        }
        // To read it again gives the same.
        let again: Vec<_> = segment::events(&call, EUR).collect();
        prop_assert_eq!(format!("{:?}", results), format!("{:?}", again));
    }

    /// An event that was read survives the inbox's own form.
    #[test]
    fn what_was_read_can_be_written_and_read(event in any_event()) {
        let body = json!({"batch": [event]}).to_string();
        if let Ok(read) = only(&body) {
            let text = serde_json::to_string(&read).unwrap();
            let back: RawEvent<'_> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(format!("{:?}", back), format!("{:?}", read));
        }
    }
}
