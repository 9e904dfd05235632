//! What becomes of what the libraries send.

use super::*;
use bellwether_collect::segment::{Endpoint, check};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The parts of an event that depend on its kind, as JSON.
fn shape(event: &RawEvent<'_>) -> Value {
    let raw = |value: Option<&serde_json::value::RawValue>| {
        value.map(|raw| serde_json::from_str::<Value>(raw.get()).unwrap())
    };
    json!({
        "kind": event.kind,
        "event": event.event,
        "user": event.user_id,
        "visitor": event.anonymous_id,
        "traits": raw(event.traits),
        "properties": raw(event.properties),
        "name": event.name,
        "category": event.category,
        "group": event.group_id,
        "previous": event.previous_id,
        "library": raw(event.context.as_deref()).map(|context| context["library"]["name"].clone()),
        "order": event.order.as_ref().map(|order| order.order_id.clone()),
    })
}

/// The six calls, as all three libraries mean them.
fn six_calls(library: &str) -> Vec<Value> {
    let event = |kind: &str, user: &str, more: Value| {
        let mut event = json!({
            "kind": kind, "user": user, "library": library, "event": null, "visitor": null, "traits": null,
            "properties": null, "name": null, "category": null, "group": null, "previous": null, "order": null,
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let properties =
        json!({"order_id": "o-1", "revenue": 13.5, "currency": "EUR", "products": [{"sku": "s-1", "quantity": 1}]});
    vec![
        event(
            "identify",
            "user-0",
            json!({"traits": {"email": "user-0@example.com", "plan": "plus", "age": 20, "名": "李"}}),
        ),
        event("track", "user-1", json!({"event": "Order Completed", "properties": properties, "order": "o-1"})),
        event(
            "page",
            "user-2",
            json!({"name": "Home", "category": "Shop", "properties": {"url": "https://shop.example/", "title": "Home"}}),
        ),
        event("screen", "user-3", json!({"name": "Basket", "category": "Shop", "properties": {"items": 3}})),
        event("group", "user-4", json!({"group": "acct-4", "traits": {"name": "Example AG", "employees": 20}})),
        event("alias", "user-5", json!({"previous": "anon-5"})),
    ]
}

#[test]
fn every_library_says_the_same() {
    let shapes = |body| events(body).into_iter().map(|event| shape(&event.unwrap())).collect::<Vec<_>>();
    assert_eq!(shapes(PYTHON_BATCH), six_calls("analytics-python"));
    let mut node = six_calls("@segment/analytics-node");
    // This one also writes the category where pages keep it.
    node[2]["properties"]["category"] = json!("Shop");
    assert_eq!(shapes(NODE_BATCH), node);
    let mut legacy = six_calls("analytics-python");
    legacy[0]["traits"] = json!({"email": "user-0@example.com"});
    (legacy[1]["properties"], legacy[1]["order"]) = (json!({"revenue": 12.5}), json!(null));
    (legacy[2]["properties"], legacy[3]["properties"]) = (json!({}), json!({}));
    legacy[4]["traits"] = json!({"name": "Example AG"});
    assert_eq!(shapes(PYTHON_LEGACY_BATCH), legacy);
    assert_eq!(shapes(NODE_SINGLE)[0]["order"], json!("o-0"));
}

#[test]
fn ids_and_moments_are_those_of_the_library() {
    let batch = events(NODE_BATCH);
    let first = batch[0].as_ref().unwrap();
    assert_eq!(first.message_id, "node-next-1795314339878-d3e6d095-43af-4d71-8d8f-cc7ee6391369");
    assert!(matches!(first.message_id, Cow::Borrowed(_)));
    assert_eq!((first.origin.source.as_ref(), first.origin.line), ("website", None));
    assert_eq!(first.received_at, Some(at("2026-11-22T12:00:00Z")));
    // Sent at 39.912, made at 39.878: it happened 34 ms before it arrived.
    assert_eq!(first.timestamp, at("2026-11-22T11:59:59.966Z"));
    let python = events(PYTHON_LEGACY_BATCH);
    assert_eq!(python[0].as_ref().unwrap().timestamp, at("2026-11-22T11:59:59.911479Z"));
}

/// As the browser's library sends it: one event, as text, with its key inside.
#[test]
fn a_browser_sends_one_event_at_a_time() {
    let body = r#"{"timestamp":"2026-11-22T13:00:00.000Z","integrations":{"Mail":false},"userId":null,
        "anonymousId":"2f0a","event":"Product Viewed","type":"track","properties":{"sku":"s-1","price":2.5},
        "context":{"page":{"path":"/","url":"https://shop.example/"},"userAgent":"Mozilla/5.0","locale":"de-DE"},
        "messageId":"ajs-next-1","writeKey":"demo","sentAt":"2026-11-22T13:00:01.500Z","_metadata":{"bundled":[]}}"#;
    let checked = check(Endpoint::Call(EventKind::Track), body.as_bytes()).unwrap();
    let events: Vec<_> = segment::events(&call(Some(EventKind::Track), checked.body), EUR).collect();
    let [Ok(event)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((event.user_id.as_deref(), event.anonymous_id.as_deref()), (None, Some("2f0a")));
    assert_eq!(event.timestamp, at("2026-11-22T11:59:58.500Z"));
    let context: Value = serde_json::from_str(event.context.as_ref().unwrap().get()).unwrap();
    assert_eq!((&context["locale"], &context["integrations"]), (&json!("de-DE"), &json!({"Mail": false})));
}

#[test]
fn the_address_says_the_kind_where_the_event_does_not() {
    let kind = |kind: Option<EventKind>, body: &str| {
        let mut events = segment::events(&call(kind, body), EUR);
        let kind = events.next().unwrap().map(|event| event.kind);
        assert!(events.next().is_none());
        kind.map_err(|reject| reject.detail)
    };
    assert_eq!(kind(Some(EventKind::Group), r#"{"userId":"7"}"#), Ok(EventKind::Group));
    assert_eq!(kind(Some(EventKind::Track), r#"{"type":"page","userId":"7"}"#), Ok(EventKind::Page));
    assert_eq!(kind(Some(EventKind::Track), r#"{"type":null,"userId":"7"}"#), Ok(EventKind::Track));
    assert_eq!(
        kind(Some(EventKind::Track), r#"{"type":"import","userId":"7"}"#),
        Err("the event, `type`: `import` is none of identify, track, page, screen, group, alias".to_owned())
    );
}

#[test]
fn numbers_are_ids_and_nulls_are_nothing() {
    let body = batch_of(
        r#""userId":17850,"anonymousId":null,"groupId":" ","previousId":1.50,"context":null,"properties":null"#,
    );
    let event = only(&body).unwrap();
    assert_eq!((event.user_id.as_deref(), event.anonymous_id.as_deref()), (Some("17850"), None));
    assert_eq!((event.group_id.as_deref(), event.previous_id.as_deref()), (None, Some("1.50")));
    assert!(event.context.is_none() && event.properties.is_none());
    let body = batch_of(r#""userId":"a\u00e9\ud83d""#);
    assert_eq!(only(&body).unwrap().user_id.as_deref(), Some("aé\u{fffd}"));
}

/// What the event's times are, and when it is taken to have happened.
#[test]
fn times_are_corrected() {
    let check = |fields: &str, sent_at: &str, expected: &str| {
        let body = batch_of(fields).replacen('{', &format!("{{{sent_at}"), 1);
        let event = only(&body).unwrap();
        assert_eq!((event.timestamp, event.received_at), (at(expected), Some(at("2026-11-22T12:00:00Z"))), "{body}");
    };
    let sent = r#""sentAt":"2026-11-22T09:00:10Z","#;
    check(r#""timestamp":"2026-11-22T09:00:00Z""#, sent, "2026-11-22T11:59:50Z");
    check(r#""timestamp":"2026-11-22T09:00:00Z""#, "", "2026-11-22T09:00:00Z");
    check(r#""timestamp":"2026-11-22T09:00:00Z","sentAt":"2026-11-22T09:00:01Z""#, sent, "2026-11-22T11:59:59Z");
    check(
        r#""timestamp":"2026-11-22T08:00:00Z","originalTimestamp":"2026-11-22T09:00:05Z""#,
        sent,
        "2026-11-22T11:59:55Z",
    );
    check(r#""timestamp":"2026-11-22T09:00:00Z""#, r#""sentAt":"soon","#, "2026-11-22T09:00:00Z");
    check(r#""timestamp":"2026-11-22T09:00:00Z""#, r#""sentAt":null,"#, "2026-11-22T09:00:00Z");
    check("", sent, "2026-11-22T12:00:00Z");
    check(r#""timestamp":null"#, "", "2026-11-22T12:00:00Z");
    check(r#""timestamp":"""#, "", "2026-11-22T12:00:00Z");
    check(r#""timestamp":"2027-01-01T00:00:00Z""#, "", "2026-11-22T12:00:00Z");
    check(r#""timestamp":1795314339"#, "", "2026-11-22T02:25:39Z");
    check(r#""timestamp":1795314339878"#, "", "2026-11-22T02:25:39.878Z");
}

#[test]
fn the_clock_on_the_wall_is_kept() {
    let body = batch_of(r#""timestamp":"2026-11-22T10:30:00+05:30""#);
    let event = only(&body).unwrap();
    assert_eq!((event.timestamp, event.utc_offset_minutes), (at("2026-11-22T05:00:00Z"), 330));
}

#[test]
fn an_event_without_an_id_has_one_that_follows_from_the_call() {
    let body = r#"{"batch":[{"type":"track","event":"x","userId":"7"},{"type":"track","event":"x","userId":"7"},{"messageId":" ","type":"page"}]}"#;
    let ids = |call: &ReceivedCall<'_>| {
        segment::events(call, EUR).map(|event| event.unwrap().message_id.into_owned()).collect::<Vec<_>>()
    };
    let first = ids(&call(None, body));
    assert!(first.iter().all(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())), "{first:?}");
    assert_eq!(ids(&call(None, body)), first, "to read it again changes nothing");
    assert_ne!(first[0], first[1]);
    let later = ReceivedCall { received_at: at("2026-11-22T12:00:00.000001Z"), ..call(None, body) };
    let elsewhere = ReceivedCall { source: "app".into(), ..call(None, body) };
    for other in [ids(&later), ids(&elsewhere)] {
        assert!(other.iter().all(|id| !first.contains(id)));
    }
}

#[test]
fn what_the_batch_says_holds_for_its_events() {
    let body = r#"{"batch":[{"type":"track","event":"x","userId":"7","context":{"ip":"1.2.3.4","app":{"name":"a"}}},
        {"type":"track","event":"x","userId":"7","integrations":{"All":false}}],
        "context":{"ip":"0.0.0.0","library":{"name":"own"}},"integrations":{"Mail":true}}"#;
    let contexts: Vec<Value> = events(body)
        .into_iter()
        .map(|event| serde_json::from_str(event.unwrap().context.unwrap().get()).unwrap())
        .collect();
    let library = json!({"name": "own"});
    assert_eq!(
        contexts,
        [
            json!({"ip": "1.2.3.4", "app": {"name": "a"}, "library": library, "integrations": {"Mail": true}}),
            json!({"ip": "0.0.0.0", "library": library, "integrations": {"All": false, "Mail": true}}),
        ]
    );
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let body = r#"{"batch":[],"sentAt":"x","batch":[{"type":"page","type":"track","event":"a","\u0065vent":"b","userId":"7"}]}"#;
    let event = only(body).unwrap();
    assert_eq!((event.kind, event.event.as_deref()), (EventKind::Track, Some("b")));
}
