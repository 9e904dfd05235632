//! Requests through the inbox to clean events, people and files.

use super::*;
use crate::pipeline::{Pipeline, Road};
use bellwether_clean::{subject_of, subject_of_visitor};
use bellwether_collect::segment::{Endpoint, check};
use bellwether_domain::{CleanEvent, Clock, EventKind, ManualClock, Money, Offset, ReceivedCall};
use bellwether_inbox::{AppenderLimits, Inbox, encode_call, encode_hook};
use bellwether_lake::Lake;
use bellwether_store::{CustomerQuery, CustomerSort, Store, StoreTarget};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use tempfile::TempDir;

/// Bodies as the official libraries sent them.
const NODE_BATCH: &str = include_str!("../../../stages/collect/tests/recorded/node_batch.json");
const PYTHON_BATCH: &str = include_str!("../../../stages/collect/tests/recorded/python_batch.json");

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Receives bodies as the server does, a tenth of a second apart, and gives what the inbox holds then.
async fn receive(inbox: &Arc<Inbox>, bodies: &[&str]) -> Vec<StoredBatch> {
    let clock = Arc::new(ManualClock::new(at("2026-11-22T12:00:00Z")));
    let appender = inbox.appender(clock.clone(), AppenderLimits::default()).unwrap();
    for body in bodies {
        let checked = check(Endpoint::Batch, body.as_bytes()).unwrap();
        let call = ReceivedCall { received_at: clock.now(), source: "website".into(), kind: None, body: checked.body };
        let mut line = Vec::new();
        encode_call(&mut line, &call).unwrap();
        appender.append(line, 1, checked.events).await.unwrap();
        clock.advance(TimeDelta::milliseconds(100));
    }
    inbox.read_after(Offset(0), usize::MAX).unwrap()
}

fn folder() -> (TempDir, Arc<Inbox>) {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Arc::new(Inbox::open(&folder.path().join("inbox.sqlite")).unwrap());
    (folder, inbox)
}

#[tokio::test]
async fn a_recorded_body_becomes_clean_events_with_the_right_times() {
    let (_folder, inbox) = folder();
    let batches = receive(&inbox, &[NODE_BATCH, PYTHON_BATCH]).await;
    let cleaners = Cleaners::new(&BTreeMap::new(), "EUR").only_currency(true);
    let clean: Vec<CleanEvent> = batches
        .iter()
        .flat_map(|batch| {
            let clean = cleaners.clean(batch, &mut bellwether_clean::Open).unwrap().clean;
            assert_eq!(clean.rejects, []);
            clean.events
        })
        .collect();
    assert_eq!(clean.len(), 12);
    let (node, python) = clean.split_at(6);
    // Sent at 39.912 by its own clock and received at noon: what happened at 39.878 was 34 milliseconds ago.
    let ago = |events: &[CleanEvent], received: &str| {
        let received = at(received);
        assert!(events.iter().all(|event| event.received_at == Some(received)));
        events.iter().map(|event| (received - event.time).num_microseconds().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ago(node, "2026-11-22T12:00:00Z"), [34_000, 11_000, 11_000, 11_000, 10_000, 10_000]);
    assert_eq!(ago(python, "2026-11-22T12:00:00.1Z"), [688; 6]);
    for events in [node, python] {
        let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
        use EventKind::{Alias, Group, Identify, Page, Screen, Track};
        assert_eq!(kinds, [Identify, Track, Page, Screen, Group, Alias]);
        assert_eq!(events[1].order.as_ref().map(|order| order.order_id.as_str()), Some("o-1"));
        assert!(events[2].properties.as_ref().unwrap().contains(r#""name":"Home""#), "{:?}", events[2].properties);
        assert!(events[3].properties.as_ref().unwrap().contains(r#""category":"Shop""#), "{:?}", events[3].properties);
        assert_eq!((events[4].group_id.as_deref(), events[5].previous_id.as_deref()), (Some("acct-4"), Some("anon-5")));
        assert!(events.iter().all(|event| event.context.is_some() && event.origin.source.as_ref() == "website"));
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_set_aside_and_the_rest_goes_on() {
    let (_folder, inbox) = folder();
    let body = r#"{"batch":[{"type":"track","event":"Order Completed","userId":"7","properties":{"order_id":"o","currency":"JPY","products":[{"sku":"A","price":"2.50"}]}},
        7, {"type":"group","userId":"7"}, {"type":"page","anonymousId":"c1"}]}"#;
    let batches = receive(&inbox, &[body]).await;
    let reasons = |cleaners: Cleaners| {
        let clean = cleaners.clean(&batches[0], &mut bellwether_clean::Open).unwrap().clean;
        let fields: Vec<_> = clean.rejects.iter().map(|reject| reject.field.clone()).collect();
        (clean.events.len(), fields)
    };
    let named = |field: &str| Some(field.to_owned());
    let rules = BTreeMap::new();
    assert_eq!(reasons(Cleaners::new(&rules, "USD")), (2, vec![None, named("groupId")]));
    let strict = Cleaners::new(&rules, "EUR").only_currency(true);
    assert_eq!(reasons(strict), (1, vec![named("properties.currency"), None, named("groupId")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_visitors_have_profiles_and_a_history() {
    let (folder, inbox) = folder();
    let store = Store::open(&StoreTarget::Sqlite(folder.path().join("store.sqlite"))).await.unwrap();
    let lake = Arc::new(Lake::open(&folder.path().join("lake")).unwrap());
    let visits = r#"{"batch":[
        {"type":"page","messageId":"v1","anonymousId":"c1","name":"Home","timestamp":"2026-11-22T11:00:00Z"},
        {"type":"track","messageId":"v2","anonymousId":"c1","event":"Order Completed","timestamp":"2026-11-22T11:10:00Z",
         "properties":{"order_id":"o-9","products":[{"sku":"A","name":"Mug","price":2.5,"quantity":2}]}},
        {"type":"identify","messageId":"v3","userId":"user-0","anonymousId":"c2","timestamp":"2026-11-22T11:20:00Z","traits":{"plan":"free","points":1e999}},
        {"type":"page","messageId":"v4","anonymousId":"c2","timestamp":"2026-11-22T11:30:00Z"}]}"#;
    receive(&inbox, &[NODE_BATCH, visits, visits]).await;
    let cleaners = Cleaners::new(&BTreeMap::new(), "EUR").only_currency(true);
    let (seen, window) = (folder.path().join("seen"), TimeDelta::days(7));
    let road = Road { store: store.clone(), inbox, lake: Arc::clone(&lake), seen, window };
    let mut pipeline = Pipeline::open(road, cleaners).await.unwrap();
    pipeline.catch_up().await.unwrap();
    pipeline.flush().await.unwrap();

    let query = CustomerQuery { sort: CustomerSort::UserId, descending: false, ..CustomerQuery::default() };
    let page = store.customers(&query).await.unwrap();
    let shown: Vec<_> = page.rows.iter().map(|row| (row.profile.user_id.as_str(), row.profile.events)).collect();
    let expected = [
        ("anonymous:c1", 2),
        ("anonymous:c2", 1),
        ("user-0", 2),
        ("user-1", 1),
        ("user-2", 1),
        ("user-3", 1),
        ("user-4", 1),
        ("user-5", 1),
    ];
    assert_eq!(shown, expected, "what was sent twice counts once");
    let visitor = store.profile_by_user_id("anonymous:c1").await.unwrap().unwrap();
    assert_eq!((visitor.commerce.orders, visitor.commerce.revenue), (1, Money::from_whole(5)));
    let known = store.profile_by_user_id("user-0").await.unwrap().unwrap();
    // The library's event is the newer one; what only the older one says stands.
    assert_eq!((&known.traits["plan"], &known.traits["points"]), (&"plus".into(), &"1e999".into()));
    let member = store.profile_by_user_id("user-4").await.unwrap().unwrap();
    assert!(member.traits.is_empty(), "{:?}", member.traits);

    let files = store.event_files().await.unwrap();
    let history = lake.timeline(&files, &[subject_of_visitor("c1"), subject_of("user-0")], None, 10).await.unwrap();
    let told: Vec<_> = history.iter().map(|event| (event.kind, event.anonymous_id.as_deref())).collect();
    use EventKind::{Identify, Page, Track};
    assert_eq!(told, [(Identify, None), (Identify, Some("c2")), (Track, Some("c1")), (Page, Some("c1"))]);
    assert_eq!(history[0].received_at, Some(at("2026-11-22T12:00:00Z")));
}

/// The mapping stands with the delivery: after somebody changed it, or after an upgrade, what was received before is read as
/// it was the first time, or events that are half in files would become others.
#[tokio::test]
async fn a_delivery_is_read_by_the_mapping_that_it_came_with() {
    let (_folder, inbox) = folder();
    let appender =
        inbox.appender(Arc::new(ManualClock::new(at("2026-11-22T12:00:00Z"))), AppenderLimits::default()).unwrap();
    let mapping = |name: &str| {
        format!("kind = \"events\"\nsource = \"x\"\n[[event]]\nevent = {{ constant = \"{name}\" }}\nuser_id = \"id\"\n")
    };
    for (mapping, body) in [
        (mapping("Before"), r#"{"id":1}"#),
        (mapping("After"), r#"{"id":2}"#),
        (mapping("Before"), r#"[{"id":3},{"no":"id"}]"#),
        (String::new(), r#"{"id":4}"#),
        ("kind = 7".to_owned(), r#"{"id":5}"#),
    ] {
        let hook = ReceivedHook {
            received_at: at("2026-11-22T11:00:00Z"),
            source: "hook".into(),
            mapping: mapping.into(),
            headers: BTreeMap::from([("x-topic".to_owned(), "a\nb".to_owned())]),
            body,
        };
        let mut line = Vec::new();
        encode_hook(&mut line, &hook).unwrap();
        appender.append(line, 1, 1).await.unwrap();
    }
    let cleaners = Cleaners::new(&BTreeMap::new(), "USD");
    let clean = || -> (Vec<_>, Vec<_>) {
        let batches = inbox.read_after(Offset(0), usize::MAX).unwrap();
        let all: Vec<_> =
            batches.iter().map(|batch| cleaners.clean(batch, &mut bellwether_clean::Open).unwrap().clean).collect();
        let events = all.iter().flat_map(|clean| &clean.events);
        let events =
            events.map(|event| (event.id, event.name.to_string(), event.user_id.as_deref().map(str::to_owned)));
        let rejects = all.iter().flat_map(|clean| &clean.rejects);
        (events.collect(), rejects.map(|reject| (reject.reason, reject.content.clone(), reject.received_at)).collect())
    };
    let (events, rejects) = clean();
    let told: Vec<_> = events.iter().map(|(_, name, user)| (name.as_str(), user.as_deref().unwrap())).collect();
    assert_eq!(told, [("Before", "1"), ("After", "2"), ("Before", "3")]);
    let reasons: Vec<_> = rejects.iter().map(|(reason, ..)| *reason).collect();
    assert_eq!(reasons, [RejectReason::MissingField, RejectReason::NotMapped, RejectReason::Malformed]);
    assert_eq!(rejects[0].1, r#"{"type":"hook","headers":{"x-topic":"a\nb"},"body":{"no":"id"}}"#);
    assert_eq!(rejects[0].2, Some(at("2026-11-22T11:00:00Z")));
    assert_eq!(clean(), (events, rejects), "read again it is the same");
}
