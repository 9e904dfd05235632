//! What is refused while the client waits, and what is not.

use super::*;
use bellwether_collect::segment::{Endpoint, MAX_BODY, MAX_EVENT, MAX_EVENTS, Refusal, check};

fn events_in(body: &str) -> Result<u32, Refusal> {
    check(Endpoint::Batch, body.as_bytes()).map(|checked| checked.events)
}

fn refused(endpoint: Endpoint, body: &[u8], expected: &str) {
    let refusal = check(endpoint, body).unwrap_err().to_string();
    assert_eq!(refusal, expected, "{}", String::from_utf8_lossy(&body[..body.len().min(200)]));
}

#[test]
fn recorded_bodies_are_counted_and_their_keys_found() {
    let found = |body: &'static str| {
        let checked = check(Endpoint::Batch, body.as_bytes()).unwrap();
        assert_eq!(checked.body, body.trim_end());
        (checked.events, checked.write_key.map(std::borrow::Cow::into_owned))
    };
    assert_eq!(found(NODE_BATCH), (6, Some("demo".to_owned())));
    assert_eq!(found(NODE_SINGLE), (1, Some("demo".to_owned())));
    assert_eq!(found(PYTHON_BATCH), (6, Some("demo".to_owned())));
    assert_eq!(found(PYTHON_LEGACY_BATCH), (6, None));
}

#[test]
fn a_body_is_taken_with_all_that_json_allows() {
    assert_eq!(events_in("\u{feff} {\"batch\":[]} \r\n"), Ok(0));
    assert_eq!(check(Endpoint::Batch, "\u{feff}\t{\"batch\":[]}\n".as_bytes()).unwrap().body, "{\"batch\":[]}");
    assert_eq!(events_in(r#"{"b\u0061tch":[1,"x",null,{},[]]}"#), Ok(5));
    assert_eq!(events_in(r#"{"batch":7,"batch":[{},{}],"x":1,"x":2}"#), Ok(2));
    assert_eq!(events_in(r#"{"batch":[{"a":1e999,"b":123456789012345678901234567890,"c":-0.0e-999}]}"#), Ok(1));
    assert_eq!(events_in(r#"{"batch":[{"\ud800":"\udc00\u0000"}],"\ud800":"\ud800"}"#), Ok(1));
    assert_eq!(events_in(r#"{"batch":[{"a":1,"a":2}]}"#), Ok(1));
    let keys: Vec<String> = (0..10_000).map(|n| format!("\"k{n}\":{n}")).collect();
    assert_eq!(events_in(&format!("{{\"batch\":[{{{}}}]}}", keys.join(","))), Ok(1));
}

#[test]
fn depth_costs_no_stack() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [1_000, 40_000] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(events_in(&format!("{{\"batch\":[{deep}],\"context\":{deep}}}")), Ok(1), "{depth}");
            assert_eq!(events_in(&format!("{{\"batch\":{deep}}}")).is_ok(), open == "[");
        }
    }
    let open = "[".repeat(400_000);
    assert!(matches!(events_in(&open), Err(Refusal::NotAnObject | Refusal::NotJson { .. })));
    assert!(matches!(events_in(&format!("{{\"batch\":{open}")), Err(Refusal::NotJson { .. })));
}

#[test]
fn keys_that_are_no_texts_are_no_keys() {
    let key = |body: &str| {
        let body = format!("{{\"batch\":[],{body}}}");
        check(Endpoint::Batch, body.as_bytes()).unwrap().write_key.map(std::borrow::Cow::into_owned)
    };
    assert_eq!(key(r#""writeKey":"a\u0062c""#).as_deref(), Some("abc"));
    assert_eq!(key(r#""writeKey":"first","writeKey":"last""#).as_deref(), Some("last"));
    assert_eq!(key(r#""writeKey":"\ud800""#).as_deref(), Some("\u{fffd}"));
    assert_eq!(key(r#""writeKey":null"#), None);
    assert_eq!(key(r#""writeKey":{"a":1}"#), None);
    let single = br#"{"userId":"7","event":"x","writeKey":"k"}"#;
    let checked = check(Endpoint::Call(EventKind::Track), single).unwrap();
    assert_eq!((checked.events, checked.write_key.as_deref()), (1, Some("k")));
}

#[test]
fn what_can_never_be_understood_is_refused_with_a_sentence() {
    let batch = |body: &[u8], expected: &str| refused(Endpoint::Batch, body, expected);
    batch(b"", "line 1, column 0 of the body is not JSON: EOF while parsing a value");
    batch(b"{\"batch\":[}", "line 1, column 11 of the body is not JSON: expected value");
    batch(b"{\"batch\":[],\n  oops}", "line 2, column 3 of the body is not JSON: key must be a string");
    batch(
        b"{\"batch\":[\"a\nb\"]}",
        "line 1, column 12 of the body is not JSON: control character (\\u0000-\\u001F) found while parsing a string",
    );
    batch(
        b"{\"batch\":[\"\0\"]}",
        "line 1, column 11 of the body is not JSON: control character (\\u0000-\\u001F) found while parsing a string",
    );
    batch(b"{\"batch\":[]} {}", "line 1, column 14 of the body is not JSON: trailing characters");
    batch(b"[]", "the body must be a JSON object");
    batch(b"\"x\"", "the body must be a JSON object");
    batch(b"null", "the body must be a JSON object");
    let no_batch =
        "the body has no list `batch`; send {\"batch\": [ … ]}, or one event to its own address, for example /v1/track";
    for body in [
        "{}",
        "{\"batch\":null}",
        "{\"batch\":{\"a\":1}}",
        "{\"batch\":\"x\"}",
        "{\"batch\":[],\"batch\":1.5}",
        "{\"batch\":true}",
    ] {
        batch(body.as_bytes(), no_batch);
    }
    batch(b"{\"batch\":\n\xff[]}", "line 2, column 1 of the body is not UTF-8; send JSON in UTF-8");
    batch(b"\xff\xfe{\0}\0", "line 1, column 1 of the body is not UTF-8; send JSON in UTF-8");
    batch(
        "{\"batch\":[\"é".as_bytes().split_last().unwrap().1,
        "line 1, column 12 of the body is not UTF-8; send JSON in UTF-8",
    );
    refused(Endpoint::Call(EventKind::Page), b"[]", "the body must be a JSON object");
}

#[test]
fn limits_are_those_of_the_endpoint() {
    let padded = |bytes: usize| {
        let frame = "{\"batch\":[],\"x\":\"\"}";
        format!("{{\"batch\":[],\"x\":\"{}\"}}", "x".repeat(bytes - frame.len()))
    };
    assert_eq!(events_in(&padded(MAX_BODY)), Ok(0));
    let bytes = MAX_BODY + 1;
    refused(
        Endpoint::Batch,
        padded(bytes).as_bytes(),
        &format!("the body has {bytes} bytes, and {MAX_BODY} are the most; send less at once"),
    );
    let single = Endpoint::Call(EventKind::Track);
    assert!(check(single, padded(MAX_EVENT).as_bytes()).is_ok());
    let bytes = MAX_EVENT + 1;
    refused(
        single,
        padded(bytes).as_bytes(),
        &format!("the body has {bytes} bytes, and {MAX_EVENT} are the most; send less at once"),
    );
    // A large event within a batch is the event's fault alone.
    assert_eq!(events_in(&format!("{{\"batch\":[\"{}\"]}}", "x".repeat(2 * MAX_EVENT))), Ok(1));
    let many = |events: u32| format!("{{\"batch\":[{}1]}}", "1,".repeat(events as usize - 1));
    assert_eq!(events_in(&many(MAX_EVENTS)), Ok(MAX_EVENTS));
    let refusal = events_in(&many(MAX_EVENTS + 1)).unwrap_err().to_string();
    assert_eq!(refusal, "the batch has 20001 events, and 20000 are the most; send fewer at once");
}
