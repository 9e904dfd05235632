//! The quarantine: found, read, mended, sent again over a real inbox, exported, removed.

use crate::{
    app::{App, expected},
    shop::{Shop, now, settings},
};
use axum::http::{Method, StatusCode};
use bellwether_api::router;
use bellwether_domain::{ChangeSet, Offset, Origin, Reject, RejectReason};
use bellwether_inbox::{AppenderLimits, Inbox, Record};
use bellwether_intake::Collector;
use serde_json::{Value, json};
use std::sync::Arc;

/// A console whose server takes events into a real inbox.
struct Door {
    app: App,
    inbox: Arc<Inbox>,
    _folder: tempfile::TempDir,
}

/// What the inbox holds of a call: source, moment in microseconds, body.
type Call = (String, i64, String);

impl Door {
    async fn with(rejects: &[Reject]) -> Self {
        let shop = Shop::empty().await;
        let change = ChangeSet { applied: Offset(1), rejects: rejects.to_vec(), ..ChangeSet::default() };
        shop.store.commit(&change).await.expect("committed");
        let folder = tempfile::tempdir().expect("a folder");
        let inbox = Arc::new(Inbox::open(&folder.path().join("inbox")).expect("an inbox"));
        let appender = inbox.appender(shop.clock.clone(), AppenderLimits::default()).expect("a writer");
        let collector = Collector::new(appender, Arc::clone(&inbox));
        let state = shop.state(settings()).with_collector(collector);
        let app = App::over(shop, state.clone(), router(state));
        Self { app, inbox, _folder: folder }
    }

    /// All calls that were made durable, in order.
    fn calls(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        let mut offset = Offset(0);
        while let Some(batch) = self.inbox.next_after(offset).expect("a batch") {
            offset = batch.offset;
            for record in batch.decode() {
                let Ok(Record::Call(call)) = record else { panic!("no call: {record:?}") };
                assert_eq!(call.kind, None);
                calls.push((call.source.to_string(), call.received_at.timestamp_micros(), call.body.to_owned()));
            }
        }
        calls
    }

    async fn list(&self, query: &str) -> Vec<Value> {
        let page = self.app.get(&format!("/quality/rejects{query}")).await;
        page["rows"].as_array().expect("rows").clone()
    }

    async fn replay(&self, id: u64, body: &Value) -> crate::app::Answer {
        self.app.send(Method::POST, &format!("/quality/rejects/{id}/replay"), body).await
    }

    async fn replay_many(&self, body: Value) -> Value {
        let answer = self.app.send(Method::POST, "/quality/rejects/replay", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }
}

fn event(source: &str, content: &str) -> Reject {
    Reject {
        origin: Origin { source: source.into(), line: None },
        field: Some("timestamp".to_owned()),
        reason: RejectReason::BadDate,
        detail: "the event, `timestamp`: `yesterday` is not a time".to_owned(),
        content: content.to_owned(),
        received_at: Some(now()),
    }
}

fn row_of_file(line: u64) -> Reject {
    let origin = Origin { source: "orders".into(), line: Some(line) };
    Reject { origin, reason: RejectReason::BadNumber, received_at: None, ..event("orders", "536365,71053") }
}

#[tokio::test]
async fn rows_are_listed_newest_first_and_found_by_their_words() {
    let large = format!(r#"{{"userId":"ann","a":"{}"}}"#, "x".repeat(30_000));
    let door = Door::with(&[row_of_file(7), event("web", &large), event("app", "7")]).await;
    let all = door.list("").await;
    let ids: Vec<u64> = all.iter().map(|row| row["id"].as_u64().expect("a number")).collect();
    assert_eq!(ids, [3, 2, 1]);
    let why: Vec<&Value> = all.iter().map(|row| &row["not_replayable"]).collect();
    assert_eq!(why, [&json!("no_object"), &Value::Null, &json!("from_file")]);
    assert_eq!((&all[1]["received_at"], &all[1]["replayable"]), (&json!(now()), &json!(true)));
    assert_eq!(all[1]["content"].as_str().expect("a text").len(), 2_000, "a list need not be long");
    let found = door.list("?q=ANN").await;
    assert_eq!((found.len(), &found[0]["id"]), (1, &json!(2)));
    assert_eq!(door.list("?replayable=true").await.len(), 1);
    assert_eq!(door.list("?q=yesterday&source=app").await.len(), 1);
    let one = door.app.get("/quality/rejects/2").await;
    assert_eq!(one["content"], large);
    assert_eq!(door.app.problem("/quality/rejects/99").await, expected(404, "not_found", None));
    assert_eq!(door.app.problem("/quality/rejects/x").await, expected(400, "invalid_parameter", Some("id")));
}

#[tokio::test]
async fn an_event_is_sent_again_as_it_came_or_mended() {
    let as_it_came = r#"{"type":"track","event":"A","userId":"7","a":1e999}"#;
    let broken = r#"{"type":"track","messageId":"m1","timestamp":"yesterday"}"#;
    let door = Door::with(&[event("web", as_it_came), event("app", broken)]).await;
    let answer = door.app.ask(Method::POST, "/api/v1/quality/rejects/1/replay", &[], "").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "message_id": "replay-1" })));
    let mended = json!({ "event": { "type": "track", "messageId": "m1", "timestamp": "2026-11-22T10:00:00Z" } });
    assert_eq!(door.replay(2, &mended).await.json(), json!({ "message_id": "m1" }));
    let at = now().timestamp_micros();
    let expected_calls = [
        ("web", r#"{"batch":[{"type":"track","event":"A","userId":"7","a":1e999,"messageId":"replay-1"}]}"#),
        ("app", r#"{"batch":[{"messageId":"m1","timestamp":"2026-11-22T10:00:00Z","type":"track"}]}"#),
    ];
    let calls = door.calls();
    for (call, (source, body)) in calls.iter().zip(expected_calls) {
        assert_eq!((call.0.as_str(), call.1), (source, at), "it arrives as of its first arrival");
        let [found, wanted] = [&call.2, body].map(|text| serde_json::from_str::<Value>(&text.replace("1e999", "1")));
        assert_eq!(found.expect("JSON"), wanted.expect("JSON"));
    }
    assert!(calls.len() == 2 && calls[0].2.contains("1e999"), "{calls:?}");
    assert_eq!(door.list("").await, [] as [Value; 0]);
    assert_eq!(door.replay(1, &json!({})).await.problem(), expected(404, "not_found", None));
    assert_eq!(door.calls().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_sent_again_stays_and_says_why() {
    let cut = r#"{"type":"track","a":"xxx"#;
    let tight = format!(r#"{{"type":"track","a":"{}"}}"#, "x".repeat(32 * 1024 - 23));
    let door = Door::with(&[row_of_file(7), event("web", cut), event("web", "7"), event("web", &tight)]).await;
    for (id, words) in [(1, "row of a file"), (2, "only its beginning was kept"), (3, "no JSON object")] {
        let answer = door.replay(id, &json!({ "event": { "type": "track" } })).await;
        assert_eq!(answer.problem(), expected(409, "not_replayable", None));
        assert!(answer.text.contains(words), "{}", answer.text);
    }
    assert_eq!(door.replay(4, &json!({})).await.problem(), expected(400, "invalid_body", Some("event")));
    for event in [json!(7), json!([]), json!("x"), json!({ "a": "x".repeat(33_000) })] {
        let answer = door.replay(4, &json!({ "event": event })).await;
        assert_eq!(answer.problem(), expected(400, "invalid_body", Some("event")), "{event}");
    }
    assert_eq!(door.replay(4, &json!({ "evnt": {} })).await.problem().0, 400);
    assert_eq!(door.replay(99, &json!({})).await.problem(), expected(404, "not_found", None));
    assert_eq!((door.list("").await.len(), door.calls().len()), (4, 0));
    let done = door.replay_many(json!({})).await;
    assert_eq!(done, json!({ "sent": 0, "skipped": 1, "left": 0, "up_to": 4 }));
    assert_eq!(door.list("").await.len(), 4);
}

#[tokio::test]
async fn two_who_send_the_same_event_send_it_once() {
    let door = Door::with(&[event("web", r#"{"type":"track"}"#)]).await;
    let nothing = json!({});
    let (a, b) = tokio::join!(door.replay(1, &nothing), door.replay(1, &nothing));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!((statuses, door.calls().len()), ([200, 404], 1));
}

#[tokio::test]
async fn all_that_match_are_sent_again_in_bounded_parts() {
    let mut rejects: Vec<Reject> = (0..1_250).map(|n| event("web", &format!(r#"{{"n":{n}}}"#))).collect();
    rejects.push(event("app", r#"{"n":-1}"#));
    rejects.push(row_of_file(7));
    let door = Door::with(&rejects).await;
    let wanted = json!({ "source": "web", "reason": "bad_date", "q": "yesterday" });
    let first = door.replay_many(wanted).await;
    assert_eq!(first, json!({ "sent": 1_000, "skipped": 0, "left": 250, "up_to": 1_252 }));
    // What comes back in between is not sent again by whoever goes on.
    let back = ChangeSet { applied: Offset(2), rejects: vec![event("web", r#"{"n":0}"#)], ..ChangeSet::default() };
    door.app.shop.store.commit(&back).await.expect("committed");
    let second = door.replay_many(json!({ "source": "web", "up_to": 1_252 })).await;
    assert_eq!(second, json!({ "sent": 250, "skipped": 0, "left": 0, "up_to": 1_252 }));
    let calls = door.calls();
    assert_eq!(calls.len(), 1_250);
    for (n, (source, _, body)) in calls.iter().enumerate() {
        assert_eq!(
            (source.as_str(), body),
            ("web", &format!(r#"{{"batch":[{{"n":{n},"messageId":"replay-{}"}}]}}"#, n + 1))
        );
    }
    assert_eq!(door.list("").await.len(), 3);
}

#[tokio::test]
async fn rows_are_removed_for_good() {
    let door = Door::with(&[row_of_file(7), row_of_file(8)]).await;
    let remove = async || door.app.ask(Method::DELETE, "/api/v1/quality/rejects/1", &[], "").await;
    assert_eq!(remove().await.status, StatusCode::NO_CONTENT);
    assert_eq!(remove().await.problem(), expected(404, "not_found", None));
    assert_eq!(door.list("").await.len(), 1);
}

#[tokio::test]
async fn the_export_holds_every_row_whole() {
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(30_000));
    let mut rejects: Vec<Reject> = (0..450).map(row_of_file).collect();
    rejects.push(event("web", &large));
    let door = Door::with(&rejects).await;
    let export = async |query: &str| {
        let answer = door.app.ask(Method::GET, &format!("/api/v1/quality/rejects/export{query}"), &[], "").await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, Some("application/x-ndjson")));
        answer.text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")).collect::<Vec<_>>()
    };
    let all = export("").await;
    let ids: Vec<u64> = all.iter().map(|row| row["id"].as_u64().expect("a number")).collect();
    assert_eq!(ids, (1..=451).collect::<Vec<_>>());
    assert_eq!(all[450], door.app.get("/quality/rejects/451").await);
    assert_eq!(export("?source=web&reason=bad_date").await.len(), 1);
    assert_eq!(export("?q=nobody").await.len(), 0);
    assert_eq!(export("?replayable=true").await.len(), 1);
    let wrong = door.app.problem("/quality/rejects/export?reason=ugly").await;
    assert_eq!(wrong, expected(400, "invalid_parameter", Some("reason")));
}

#[tokio::test]
async fn a_server_that_takes_no_events_sends_none_again() {
    let app = App::with(Shop::empty().await, settings());
    let change = ChangeSet { applied: Offset(1), rejects: vec![event("web", "{}")], ..ChangeSet::default() };
    app.shop.store.commit(&change).await.expect("committed");
    let answer = app.send(Method::POST, "/quality/rejects/1/replay", &json!({})).await;
    assert_eq!(answer.problem(), expected(503, "unavailable", None));
    assert_eq!(app.get("/quality/rejects").await["total"], 1);
}
