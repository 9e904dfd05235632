use super::*;
use crate::testing::{event_with, moment, reject};
use bellwether_domain::EventKind;
use proptest::prelude::*;
use serde_json::value::RawValue;
use std::borrow::Cow;

fn lines(body: &[u8]) -> Vec<Result<Record<'_>>> {
    decode_records(body).collect()
}

#[test]
fn an_event_is_one_line_with_its_key() {
    let mut body = Vec::new();
    encode_event(&mut body, &event_with("m1", "Tee, 红", None)).unwrap();
    let text = String::from_utf8(body).unwrap();
    assert!(text.starts_with("{\"e\":{\"messageId\":\"m1\"") && text.ends_with("}}\n"), "{text}");
}

#[test]
fn decoding_borrows_from_the_body() {
    let mut body = Vec::new();
    encode_event(&mut body, &event_with("m1", "WHITE MUG", None)).unwrap();
    let records = lines(&body);
    let Ok(Record::Event(event)) = &records[0] else { panic!("{records:?}") };
    assert!(matches!(event.message_id, Cow::Borrowed("m1")));
    assert!(matches!(event.order.as_ref().unwrap().products[0].name, Cow::Borrowed("WHITE MUG")));
}

#[test]
fn indented_properties_stay_on_one_line() {
    let pretty = RawValue::from_string("{\n  \"a\": \"x\\ny\",\n  \"b\": [1,\n2]\n}".to_owned()).unwrap();
    let mut body = Vec::new();
    encode_event(&mut body, &event_with("m1", "n", Some(&pretty))).unwrap();
    encode_reject(&mut body, &reject("first\nsecond")).unwrap();
    let records = lines(&body);
    assert_eq!(records.len(), 2);
    let Ok(Record::Event(event)) = &records[0] else { panic!("{records:?}") };
    let back: serde_json::Value = serde_json::from_str(event.properties.unwrap().get()).unwrap();
    assert_eq!(back, serde_json::json!({"a": "x\ny", "b": [1, 2]}));
    let Ok(Record::Reject(second)) = &records[1] else { panic!("{records:?}") };
    assert_eq!(second.content, "first\nsecond");
}

/// A request survives the way into a line and back.
fn check_call(source: &str, kind: Option<EventKind>, body: &str, expected_body: &str) {
    let call = ReceivedCall { received_at: moment(1), source: source.into(), kind, body };
    let mut line = Vec::new();
    encode_call(&mut line, &call).unwrap();
    assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "{body}");
    let records = lines(&line);
    let [Ok(Record::Call(back))] = &records[..] else { panic!("{records:?}") };
    assert_eq!(*back, ReceivedCall { body: expected_body, ..call });
}

#[test]
fn a_request_is_kept_as_it_came() {
    check_call("website", None, r#"{"batch":[],"sentAt":null}"#, r#"{"batch":[],"sentAt":null}"#);
    check_call(
        "a \"b\"\n红",
        Some(EventKind::Track),
        r#"{ "event" : "\ud83d\u0000" }"#,
        r#"{ "event" : "\ud83d\u0000" }"#,
    );
    check_call("website", Some(EventKind::Alias), "{\n\t\"a\":\r\n[1,\n2]\n}", "{ \t\"a\":\r [1, 2] }");
    check_call("website", None, "1e999", "1e999");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    check_call("website", None, &deep, &deep);
}

#[test]
fn a_delivery_of_a_web_hook_is_kept_as_it_came() {
    let hook = ReceivedHook {
        received_at: moment(1),
        source: "a \"b\"\n红".into(),
        mapping: "kind = \"events\"\n# 映射".into(),
        headers: [("x-topic".to_owned(), "a\"\nb".to_owned())].into(),
        body: "{\n\"a\": 1e999}",
    };
    let mut line = Vec::new();
    encode_hook(&mut line, &hook).unwrap();
    assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
    let records = lines(&line);
    let [Ok(Record::Hook(back))] = &records[..] else { panic!("{records:?}") };
    assert_eq!(*back, ReceivedHook { body: "{ \"a\": 1e999}", ..hook });
}

#[test]
fn the_moment_of_a_request_is_kept_to_the_microsecond() {
    let received_at = moment(0) + chrono::TimeDelta::nanoseconds(123_456_789);
    let mut line = Vec::new();
    encode_call(&mut line, &ReceivedCall { received_at, source: "s".into(), kind: None, body: "{}" }).unwrap();
    let records = lines(&line);
    let [Ok(Record::Call(back))] = &records[..] else { panic!("{records:?}") };
    assert_eq!(back.received_at, moment(0) + chrono::TimeDelta::microseconds(123_456));
}

/// Whatever somebody passes off as a checked body: it stays in its line.
#[test]
fn a_body_that_is_no_json_harms_no_other_record() {
    let mut builder = BatchBuilder::default();
    let forged = "{}}}\n{\"r\":{}}\n";
    builder.push_call(&ReceivedCall { received_at: moment(0), source: "s".into(), kind: None, body: forged }).unwrap();
    builder.push_reject(&reject("next")).unwrap();
    let batch = builder.take();
    let records = lines(&batch.body);
    assert_eq!((records.len(), batch.records), (2, 2));
    assert!(records[0].is_err() && matches!(&records[1], Ok(Record::Reject(_))), "{records:?}");
}

#[test]
fn a_bad_line_is_named_and_the_next_one_still_read() {
    let mut body = Vec::new();
    encode_reject(&mut body, &reject("a")).unwrap();
    body.extend_from_slice(b"{\"e\":{\"messageId\":\n");
    encode_reject(&mut body, &reject("b")).unwrap();
    let records = lines(&body);
    assert!(records[0].is_ok() && records[2].is_ok());
    let message = records[1].as_ref().unwrap_err().to_string();
    assert!(message.starts_with("record 2 of the batch is not valid: "), "{message}");
}

#[test]
fn bytes_that_are_not_text_are_named() {
    let mut body = Vec::new();
    encode_reject(&mut body, &reject("a")).unwrap();
    body.extend_from_slice(b"\xff\n");
    let records = lines(&body);
    assert_eq!(records.len(), 1);
    assert!(records[0].as_ref().unwrap_err().to_string().starts_with("record 2 "));
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(names in prop::collection::vec(any::<String>(), 0..20)) {
        let mut builder = BatchBuilder::default();
        for name in &names {
            builder.push_event(&event_with(name, name, None)).unwrap();
            builder.push_reject(&reject(name)).unwrap();
        }
        prop_assert_eq!(builder.records() as usize, 2 * names.len());
        let batch = builder.take();
        prop_assert!(builder.is_empty());
        let decoded: Vec<String> = decode_records(&batch.body)
            .map(|record| match record.unwrap() {
                Record::Event(event) => event.order.unwrap().products[0].name.to_string(),
                Record::Reject(reject) => reject.content,
                Record::Call(call) => panic!("nobody sent {call:?}"),
                Record::Hook(hook) => panic!("nobody sent {hook:?}"),
            })
            .collect();
        let expected: Vec<String> = names.iter().flat_map(|name| [name.clone(), name.clone()]).collect();
        prop_assert_eq!(decoded, expected);
    }

    #[test]
    fn calls_come_back(
        micros in -10_000_000_000_000_000i64..10_000_000_000_000_000,
        source in any::<String>(),
        kind in prop::option::of(prop::sample::select(vec![EventKind::Track, EventKind::Identify, EventKind::Group])),
        texts in prop::collection::btree_map(any::<String>(), any::<String>(), 0..5),
    ) {
        let body = serde_json::to_string(&texts).unwrap();
        let call = ReceivedCall {
            received_at: chrono::DateTime::from_timestamp_micros(micros).unwrap(),
            source: source.into(),
            kind,
            body: &body,
        };
        let mut line = Vec::new();
        encode_call(&mut line, &call).unwrap();
        let records = lines(&line);
        prop_assert_eq!(records.len(), 1);
        let Ok(Record::Call(back)) = &records[0] else { panic!("{records:?}") };
        prop_assert_eq!(back, &call);
    }
}
