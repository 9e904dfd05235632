//! Events that somebody sent: what is passed on, what is mended, what is too much.

use crate::support::*;
use bellwether_clean::{subject_of, subject_of_visitor};
use bellwether_domain::{CleanEvent, EventKind, RejectReason};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A page view as it is after collecting, with some fields of another value.
fn page(changes: &[(&str, Value)]) -> Value {
    let mut event = json!({
        "messageId": "m1",
        "type": "page",
        "userId": "7",
        "timestamp": "2026-11-22T11:59:59.966Z",
        "origin": {"source": "website"},
        "receivedAt": "2026-11-22T12:00:00.000001Z",
    });
    for (field, value) in changes {
        event[*field] = value.clone();
    }
    event
}

/// One event, from text: what JSON values cannot hold can still be sent.
fn clean_text(event: &str) -> Result<CleanEvent, (String, RejectReason, String)> {
    let raw = serde_json::from_str(event).unwrap();
    let mut batch = bellwether_clean::Cleaner::new(&rules()).clean_batch([raw]);
    match batch.events.pop() {
        Some(event) => Ok(event),
        None => {
            let reject = batch.rejects.remove(0);
            Err((reject.field.unwrap(), reject.reason, reject.detail))
        }
    }
}

fn clean_one(event: &Value) -> Result<CleanEvent, (String, RejectReason, String)> {
    clean_text(&event.to_string())
}

/// An event whose properties are this text.
fn with_properties(properties: &str) -> String {
    page(&[("properties", json!(0))]).to_string().replace("\"properties\":0", &format!("\"properties\":{properties}"))
}

#[test]
fn what_came_along_is_passed_on() {
    let event = clean_one(&page(&[
        ("anonymousId", json!(" cookie-1 ")),
        ("groupId", json!("acct-4")),
        ("previousId", json!("anon-5")),
        ("context", json!({"ip": "1.2.3.4"})),
    ]))
    .unwrap();
    assert_eq!(event.received_at.map(|time| time.to_rfc3339()), Some("2026-11-22T12:00:00.000001+00:00".to_owned()));
    assert_eq!((event.anonymous_id.as_deref(), event.user_id.as_deref()), (Some("cookie-1"), Some("7")));
    assert_eq!((event.group_id.as_deref(), event.previous_id.as_deref()), (Some("acct-4"), Some("anon-5")));
    assert_eq!((event.context.as_deref(), event.kind), (Some(r#"{"ip":"1.2.3.4"}"#), EventKind::Page));
    assert_eq!(event.subject, Some(subject_of("7")), "the user id says who it is, where there is one");
    let visitor = clean_one(&page(&[("userId", json!(null)), ("anonymousId", json!("cookie-1"))])).unwrap();
    assert_eq!((visitor.subject, visitor.user_id), (Some(subject_of_visitor("cookie-1")), None));
}

#[test]
fn what_files_hold_gains_nothing() {
    let batch = clean(&[order("1", None, 2, &[("A", "MUG", 1.0, 2.0)])]);
    let event = &batch.events[0];
    assert_eq!((event.received_at, &event.anonymous_id, &event.context), (None, &None, &None));
}

#[test]
fn pages_and_screens_keep_their_name_among_the_properties() {
    let check = |kind: &str, changes: &[(&str, Value)], expected: Option<&str>| {
        let mut changes = changes.to_vec();
        changes.push(("type", json!(kind)));
        assert_eq!(clean_one(&page(&changes)).unwrap().properties.as_deref(), expected, "{kind} {changes:?}");
    };
    let both = [("name", json!("Home \"1\"")), ("category", json!("Shop"))];
    check("page", &both, Some(r#"{"category":"Shop","name":"Home \"1\""}"#));
    check("screen", &both, Some(r#"{"category":"Shop","name":"Home \"1\""}"#));
    check("page", &[], None);
    check("page", &[("name", json!(" "))], None);
    let with = |properties: Value| [("name", json!("Home")), ("properties", properties)];
    check("page", &with(json!({})), Some(r#"{"name":"Home"}"#));
    check("page", &with(json!({"a": {"b": {}}})), Some(r#"{"a":{"b":{}},"name":"Home"}"#));
    check("page", &with(json!({"name": "old", "url": "/"})), Some(r#"{"url":"/","name":"Home"}"#));
    check("page", &with(json!(null)), Some(r#"{"name":"Home"}"#));
    check("identify", &with(json!({"a": 1})), Some(r#"{"a":1}"#));
}

#[test]
fn json_is_passed_on_as_it_was_written_unless_readers_would_differ() {
    let check = |properties: &str, expected: &str| {
        let event = clean_text(&with_properties(properties)).unwrap();
        assert_eq!(event.properties.as_deref(), Some(expected), "{properties}");
    };
    for same in [r#"{ "a" : 1.50, "b" : 1e999 }"#, r#"{"a":"\u0000\ud83d\ude00"}"#, r#"{"a":{"x":1},"b":{"x":1}}"#] {
        check(same, same);
    }
    check(r#"{"a":"cut \ud83d"}"#, r#"{"a":"cut \ufffd"}"#);
    check(r#"{"a":1,"b":2,"\u0061":3}"#, r#"{"b":2,"\u0061":3}"#);
    check(r#"{"\ud800":1,"\udc00":2}"#, r#"{"\ufffd":2}"#);
    check(r#"{"a":[{"b":1,"b":{"c":1,"c":2}}]}"#, r#"{"a":[{"b":{"c":2}}]}"#);
}

/// What is wrong: the field, and how its sentence ends.
fn check_refused(event: &str, field: &str, reason: RejectReason, end: &str) {
    let (found_field, found_reason, detail) = clean_text(event).unwrap_err();
    assert_eq!((found_field.as_str(), found_reason), (field, reason), "{detail}");
    assert!(detail.ends_with(end) && detail.len() < 400, "{detail}");
}

#[test]
fn depth_keys_and_bytes_have_an_end() {
    let nested = |levels: usize| format!("{}1{}", "{\"a\":[".repeat(levels / 2), "]}".repeat(levels / 2));
    assert!(clean_text(&with_properties(&nested(64))).is_ok());
    let too_deep = "it has more than 64 objects and lists within each other";
    for levels in [66, 1_000, 5_000] {
        check_refused(&with_properties(&nested(levels)), "properties", RejectReason::Malformed, too_deep);
    }
    let keys = |count: usize| {
        let keys: Vec<String> = (0..count).map(|n| format!("\"k{n}\":1")).collect();
        with_properties(&format!("{{{}}}", keys.join(",")))
    };
    assert!(clean_text(&keys(1_000)).is_ok());
    let too_many = "traits, properties and context have more than 1000 keys together";
    check_refused(&keys(1_001), "properties", RejectReason::Malformed, too_many);
    let context = keys(999).replace("\"origin\"", "\"context\":{\"a\":{\"b\":1}},\"origin\"");
    check_refused(&context, "context", RejectReason::Malformed, too_many);
    let bytes = |count: usize| with_properties(&format!("{{\"a\":\"{}\"}}", "x".repeat(count - 8)));
    assert!(clean_text(&bytes(32 * 1024)).is_ok());
    let too_large = "traits, properties and context have more than 32768 bytes together";
    check_refused(&bytes(32 * 1024 + 1), "properties", RejectReason::RowTooLong, too_large);
    // A file's order may say more about its lines than anybody may send.
    let from_a_file = bytes(100_000).replace("\"receivedAt\":\"2026-11-22T12:00:00.000001Z\",", "");
    assert!(!from_a_file.contains("receivedAt") && clean_text(&from_a_file).is_ok());
}

#[test]
fn ids_and_names_have_an_end() {
    let (longest, long) = ("é".repeat(255), "é".repeat(256));
    let end = "it has 256 characters, and 255 are the most";
    for field in ["messageId", "userId", "anonymousId", "groupId", "previousId", "name", "category"] {
        assert!(clean_one(&page(&[(field, json!(longest))])).is_ok(), "{field}");
        check_refused(&page(&[(field, json!(long))]).to_string(), field, RejectReason::Malformed, end);
    }
    let track = |event: &str| page(&[("type", json!("track")), ("event", json!(event))]);
    assert!(clean_one(&track(&longest)).is_ok());
    check_refused(&track(&long).to_string(), "event", RejectReason::Malformed, end);
    let ordered = |order_id: &str, item: &str, name: &str| {
        let mut event = order(order_id, Some("7"), 2, &[(item, name, 1.0, 2.0)]);
        event["messageId"] = json!("m1");
        event.to_string()
    };
    assert!(clean_text(&ordered(&longest, &longest, &"é".repeat(4_000))).is_ok());
    check_refused(&ordered(&long, "A", "Mug"), "order_id", RejectReason::Malformed, end);
    check_refused(&ordered("1", &long, "Mug"), "product_id", RejectReason::Malformed, end);
    let name_end = "it has 4001 characters, and 4000 are the most";
    check_refused(&ordered("1", "A", &"é".repeat(4_001)), "product_name", RejectReason::Malformed, name_end);
}

#[test]
fn calls_say_what_they_are_for() {
    let without = |kind: &str| page(&[("type", json!(kind))]).to_string();
    let group = "a `group` call must say which company somebody belongs to";
    check_refused(&without("group"), "groupId", RejectReason::Malformed, group);
    let alias = "an `alias` call must say which id somebody had before";
    check_refused(&without("alias"), "previousId", RejectReason::Malformed, alias);
    let nobody = page(&[("userId", json!(null))]).to_string();
    let who = "neither `userId` nor `anonymousId` says whom the event is about";
    check_refused(&nobody, "userId", RejectReason::Malformed, who);
    for context in [json!([1]), json!("x"), json!(7)] {
        let event = page(&[("context", context)]).to_string();
        check_refused(&event, "context", RejectReason::Malformed, "`context` must be a JSON object");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever JSON object was sent: what is kept can be read, and means what it meant to every reader of the original
    /// that takes it at all.
    #[test]
    fn what_is_kept_can_be_read(fields in prop::collection::vec(
        (
            prop::sample::select(vec!["a", "b", "\\u0061", "\\ud800", "name"]),
            prop::sample::select(vec!["1", "\"x\"", "\"\\udc00\"", "{\"a\":1,\"a\":2}", "[]", "null", "{}"]),
        ),
        0..8,
    )) {
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let properties = format!("{{{}}}", fields.join(","));
        let kept = clean_text(&with_properties(&properties)).unwrap().properties.unwrap();
        let read: Value = serde_json::from_str(&kept).unwrap();
        if let Ok(original) = serde_json::from_str::<Value>(&properties) {
            prop_assert_eq!(&read, &original);
        }
        let again = clean_text(&with_properties(&kept)).unwrap().properties.unwrap();
        prop_assert_eq!(again, kept, "to clean again changes nothing");
    }
}

#[test]
fn what_is_set_aside_can_be_sent_again() {
    let event = page(&[
        ("userId", json!(null)),
        ("utcOffsetMinutes", json!(330)),
        ("properties", json!({"a": 1})),
        ("context", json!({"ip": "1.2.3.4"})),
    ])
    .to_string();
    let raw = serde_json::from_str(&event).unwrap();
    let batch = bellwether_clean::Cleaner::new(&rules()).clean_batch([raw]);
    let reject = &batch.rejects[0];
    let sent = r#"{"messageId":"m1","type":"page","timestamp":"2026-11-22T17:29:59.966+05:30","properties":{"a":1},"context":{"ip":"1.2.3.4"}}"#;
    assert_eq!(reject.event(), Ok(sent));
    assert_eq!(reject.received_at, Some("2026-11-22T12:00:00.000001Z".parse().unwrap()));
}

/// An order that a mapping made of other fields stands in the properties of what is kept, as a client would send it; one that
/// was read from there stays as it is.
#[test]
fn what_is_kept_of_an_order_has_its_lines() {
    let kept = |properties: Value| {
        let order = json!({ "order_id": "o-1", "currency": "EUR", "products": [["T-1", "Tea", -2, 7.9, 0]] });
        let long = json!("x".repeat(2_000));
        let fields = [("type", json!("track")), ("event", json!("Order Refunded")), ("userId", long), ("order", order)];
        let mut event = page(&fields);
        if !properties.is_null() {
            event["properties"] = properties;
        }
        let text = event.to_string();
        let raw = serde_json::from_str(&text).unwrap();
        let batch = bellwether_clean::Cleaner::new(&rules()).clean_batch([raw]);
        assert_eq!(batch.rejects[0].field.as_deref(), Some("userId"));
        let kept: Value = serde_json::from_str(batch.rejects[0].event().unwrap()).unwrap();
        kept["properties"].clone()
    };
    let products = json!([{ "product_id": "T-1", "name": "Tea", "quantity": -2, "price": 7.9 }]);
    let order = json!({ "order_id": "o-1", "currency": "EUR", "products": products });
    assert_eq!(kept(Value::Null), order);
    assert_eq!(kept(json!({})), order);
    let mut more = order.clone();
    more["reason"] = json!("broken");
    assert_eq!(kept(json!({ "reason": "broken", "order_id": 7 })), more);
    let own = json!({ "order_id": "o-1", "products": [{ "sku": "T-1" }] });
    assert_eq!(kept(own.clone()), own);
    assert_eq!(kept(json!([])), json!([]));
}

#[test]
fn an_order_of_more_than_a_sum_can_hold_is_refused() {
    let order = |quantity: i64, price: i64| json!({"order_id": "1", "currency": "EUR", "products": [["a", "Mug", quantity, price, 0], ["b", "Pot", -1, 1, 0]]});
    let check = |quantity, price| {
        let kind = [("type", json!("track")), ("event", json!("Order Completed"))];
        clean_one(&page(&[kind[0].clone(), kind[1].clone(), ("order", order(quantity, price))])).map(|_| ())
    };
    assert_eq!(check(999_999, 1_000_000), Ok(()));
    let (field, _, why) = check(1_000_000_000_000, 1_000_000_000_000).unwrap_err();
    assert!(field == "products" && why.contains("1000000000000 is the most"), "{field}: {why}");
    assert!(check(1_000_000, 1_000_000).is_err());
}

/// Two tables may number alike.
#[test]
fn the_same_number_of_two_sources_is_two_events() {
    let of = |source: &str| {
        let text = format!(
            r#"{{"messageId":"1","type":"page","userId":"7","timestamp":"2026-11-22T12:00:00Z","origin":{{"source":"{source}"}}}}"#
        );
        clean_text(&text).unwrap().id
    };
    assert_ne!(of("calls"), of("coupons"));
    assert_eq!(of("calls"), of("calls"));
}
