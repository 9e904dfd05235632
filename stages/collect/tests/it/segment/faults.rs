//! What is wrong with one event sends that one to quarantine, with its reason, and no other.

use super::*;
use bellwether_collect::segment::{MAX_BODY, MAX_EVENT};
use bellwether_domain::RejectReason;

/// The event between two good ones: field, reason and sentence of its reject.
fn check(event: &str, field: Option<&str>, reason: RejectReason, detail: &str) {
    let good = r#"{"type":"track","event":"x","userId":"7"}"#;
    let body = format!("{{\"batch\":[{good},{event},{good}]}}");
    let events = events(&body);
    assert!(events.len() == 3 && events[0].is_ok() && events[2].is_ok(), "{event}");
    let reject = events[1].as_ref().unwrap_err();
    let found = (reject.field.as_deref(), reject.reason, reject.detail.as_str(), reject.origin.source.as_ref());
    assert_eq!(found, (field, reason, detail, "website"), "{}", &event[..event.len().min(300)]);
    let whole = event.len() <= MAX_EVENT;
    let kept: String = if whole { event.to_owned() } else { event.chars().take(2000).collect() };
    assert_eq!((reject.content.as_str(), reject.origin.line), (kept.as_str(), None));
    assert_eq!(reject.received_at, Some(at("2026-11-22T12:00:00Z")));
}

/// What is kept of the first event of a call.
fn kept(kind: Option<EventKind>, body: &str) -> String {
    let rejects: Vec<_> = segment::events(&call(kind, body), EUR).collect();
    rejects[0].as_ref().unwrap_err().content.clone()
}

#[test]
fn what_is_kept_stands_for_itself() {
    let check = |kind, body: &str, expected: &str| assert_eq!(kept(kind, body), expected, "{body}");
    let nothing_to_add = r#"{ "type":"track", "timestamp":"x", "a":1e999 }"#;
    check(None, &format!("{{\"batch\":[{nothing_to_add}]}}"), nothing_to_add);
    check(Some(EventKind::Page), r#"{"timestamp":"x"}"#, r#"{"timestamp":"x","type":"page"}"#);
    check(Some(EventKind::Page), r#"{"type":null,"timestamp":"x"}"#, r#"{"timestamp":"x","type":"page"}"#);
    check(Some(EventKind::Page), r#"{"type":"Page"}"#, r#"{"type":"Page"}"#);
    check(
        None,
        r#"{"sentAt":"2026-11-22T11:00:00.5Z","context":{"a":1,"b":2},"batch":[{"timestamp":"x","context":{"a":7}}]}"#,
        r#"{"timestamp":"x","sentAt":"2026-11-22T11:00:00.500Z","context":{"a":7,"b":2}}"#,
    );
    check(None, r#"{"context":{"a":1},"batch":[7]}"#, "7");
    // With its batch's circumstances it would be larger than an event may be: then it is kept without them.
    let large = format!(r#"{{"type":"track","timestamp":"x","properties":{{"a":"{}"}}}}"#, "x".repeat(MAX_EVENT - 100));
    check(None, &format!(r#"{{"context":{{"b":"{}"}},"batch":[{large}]}}"#, "y".repeat(100)), &large);
}

#[test]
fn a_mended_event_happened_when_it_would_have() {
    let broken = r#"{"sentAt":"2026-11-22T13:00:10Z","context":{"a":1},"batch":[{"type":"dance","userId":"7","event":"Seen","timestamp":"2026-11-22T13:00:00Z"}]}"#;
    let mended = kept(None, broken).replace("dance", "track");
    let again = segment::again(&mended, "replay-7").unwrap();
    let event = only(&again.body).unwrap();
    assert_eq!((event.timestamp, event.message_id.as_ref()), (at("2026-11-22T11:59:50Z"), "replay-7"));
    assert_eq!(event.context.as_ref().map(|context| context.get()), Some(r#"{"a":1}"#));
    // The control: without what its batch said it would have happened when it arrived.
    let alone = mended.replace("sentAt", "nothing");
    let alone = segment::again(&alone, "replay-7").unwrap();
    assert_eq!(only(&alone.body).unwrap().timestamp, at("2026-11-22T12:00:00Z"));
}

#[test]
fn what_is_no_event_is_said_so() {
    let no_object = "event 2 of the batch: an event must be a JSON object";
    for event in ["7", "null", "\"x\"", "[]", "true", "1e999"] {
        check(event, None, RejectReason::Malformed, no_object);
    }
    check(
        "{}",
        Some("type"),
        RejectReason::MissingField,
        "event 2 of the batch, `type`: an event of a batch must say its type: one of identify, track, page, screen, group, alias",
    );
    check(
        r#"{"type":"Track"}"#,
        Some("type"),
        RejectReason::Malformed,
        "event 2 of the batch, `type`: `Track` is none of identify, track, page, screen, group, alias",
    );
    check(
        r#"{"type":"track","userId":{"id":7}}"#,
        Some("userId"),
        RejectReason::Malformed,
        "event 2 of the batch, `userId`: it must be a text or a number, and is an object",
    );
    check(
        r#"{"type":"track","messageId":[1]}"#,
        Some("messageId"),
        RejectReason::Malformed,
        "event 2 of the batch, `messageId`: it must be a text or a number, and is a list",
    );
}

#[test]
fn times_that_nobody_can_read_are_said_so() {
    let bad = |text: &str| {
        format!("event 2 of the batch, `timestamp`: `{text}` is not a time; write it like 2026-11-22T02:25:39.878Z")
    };
    let event = |time: &str| format!(r#"{{"type":"track","event":"x","userId":"7","timestamp":{time}}}"#);
    check(&event("\"yesterday\""), Some("timestamp"), RejectReason::BadDate, &bad("yesterday"));
    check(&event("99"), Some("timestamp"), RejectReason::BadDate, &bad("99"));
    check(&event("1e999"), Some("timestamp"), RejectReason::BadDate, &bad("1e999"));
    check(
        &event(&format!("\"{}\"", "9".repeat(9_000))),
        Some("timestamp"),
        RejectReason::BadDate,
        &bad(&"9".repeat(40)),
    );
    check(
        &event("\"0001-01-01T00:00:00Z\""),
        Some("timestamp"),
        RejectReason::BadDate,
        "event 2 of the batch, `timestamp`: `0001-01-01T00:00:00Z` lies before 1900; leave the time out where it is not known",
    );
    check(
        r#"{"type":"page","userId":"7","originalTimestamp":"x","timestamp":"2026-11-22T09:00:00Z"}"#,
        Some("originalTimestamp"),
        RejectReason::BadDate,
        "event 2 of the batch, `originalTimestamp`: `x` is not a time; write it like 2026-11-22T02:25:39.878Z",
    );
}

#[test]
fn a_large_event_is_set_aside_alone() {
    let event = |bytes: usize| {
        let frame = r#"{"type":"page","userId":"7","x":""}"#;
        format!(r#"{{"type":"page","userId":"7","x":"{}"}}"#, "é".repeat((bytes - frame.len()) / 2))
    };
    let largest = event(MAX_EVENT);
    assert!(only(&format!("{{\"batch\":[{largest}]}}")).is_ok());
    let large = event(MAX_EVENT + 2);
    let bytes = large.len();
    check(
        &large,
        None,
        RejectReason::RowTooLong,
        &format!(
            "event 2 of the batch: the event has {bytes} bytes, and {MAX_EVENT} are the most; send fewer properties"
        ),
    );
}

#[test]
fn the_context_of_a_batch_cannot_be_copied_without_end() {
    let context = format!("{{\"x\":\"{}\"}}", "x".repeat(200_000));
    let event = r#"{"type":"page","userId":"7"}"#;
    let body = format!("{{\"context\":{context},\"batch\":[{}]}}", vec![event; 5_000].join(","));
    assert!(body.len() <= MAX_BODY);
    let events = events(&body);
    let usable = events.iter().filter(|event| event.is_ok()).count();
    assert_eq!((events.len(), usable), (5_000, 4 * MAX_BODY / context.len()));
    let reject = events[4_999].as_ref().unwrap_err();
    assert_eq!((reject.reason, reject.field.as_deref()), (RejectReason::RowTooLong, Some("context")));
    assert!(reject.detail.contains("added to each of its events"), "{}", reject.detail);
}

#[test]
fn an_event_with_everything_that_json_allows_is_none_of_our_business() {
    let deep = format!("{}1{}", "{\"a\":[".repeat(500), "]}".repeat(500));
    let keys: Vec<String> = (0..2_000).map(|n| format!("\"k{n}\":{n}")).collect();
    for properties in [&deep, &format!("{{{}}}", keys.join(",")), r#"{"a":1,"a":1e999,"\ud800":"\u0000"}"#, "[1]", "7"]
    {
        let body = batch_of(&format!("\"properties\":{properties}"));
        let event = only(&body).unwrap();
        assert_eq!(event.properties.unwrap().get(), properties);
    }
}

#[test]
fn a_body_without_events_is_one_reject() {
    for (kind, body) in [
        (None, "[]"),
        (None, "{}"),
        (None, "{\"batch\":null}"),
        (None, "{\"batch\":[}"),
        (None, ""),
        (Some(EventKind::Track), "{"),
    ] {
        let rejects: Vec<_> = segment::events(&call(kind, body), EUR).collect();
        let [Err(reject)] = &rejects[..] else { panic!("{rejects:?}") };
        assert_eq!((reject.reason, reject.content.as_str()), (RejectReason::Malformed, body));
        assert!(reject.detail.starts_with("the body holds no events ("), "{}", reject.detail);
    }
    let rejects: Vec<_> = segment::events(&call(Some(EventKind::Track), "[1]"), EUR).collect();
    assert_eq!(rejects[0].as_ref().unwrap_err().detail, "the event: an event must be a JSON object");
    assert_eq!(events("{\"batch\":[]}").len(), 0);
}
