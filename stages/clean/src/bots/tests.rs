use super::*;
use bellwether_domain::{EventId, EventKind, Origin};
use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Value, json};

/// User agents as browsers and apps of people send them.
const PEOPLE: &str = include_str!("people.txt");
/// Those of crawlers, previews, monitors, libraries and driven browsers.
const PROGRAMS: &str = include_str!("programs.txt");

fn event(context: Option<&Value>, user: Option<&str>, millis: i64) -> CleanEvent {
    CleanEvent {
        id: EventId::derive(&[&millis.to_le_bytes()]),
        subject: None,
        user_id: user.map(Into::into),
        kind: EventKind::Page,
        name: "page".into(),
        time: DateTime::from_timestamp_millis(1_767_225_600_000 + millis).unwrap(),
        utc_offset_minutes: 0,
        origin: Origin { source: "web".into(), line: None },
        order: None,
        traits: None,
        properties: None,
        received_at: None,
        anonymous_id: Some("visitor".into()),
        group_id: None,
        previous_id: None,
        context: context.map(|context| context.to_string().into()),
        bot_probability: None,
    }
}

fn probability(context: &Value) -> Option<f32> {
    let mut event = event(Some(context), None, 0);
    BotDetector::new().judge(&mut event);
    event.bot_probability
}

fn by_agent(user_agent: &str) -> f32 {
    probability(&json!({ "library": { "name": "bellwether-js" }, "userAgent": user_agent })).unwrap()
}

#[test]
fn real_user_agents_are_told_apart() {
    let is_bot = |user_agent: &&str| by_agent(user_agent) > 0.5;
    let (people, programs): (Vec<_>, Vec<_>) = (PEOPLE.lines().collect(), PROGRAMS.lines().collect());
    assert!(people.len() >= 30 && programs.len() >= 40);
    let found: Vec<_> = programs.iter().filter(|agent| is_bot(agent)).collect();
    let mistaken: Vec<_> = people.iter().filter(|agent| is_bot(agent)).collect();
    let missed: Vec<_> = programs.iter().filter(|agent| !is_bot(agent)).collect();
    let precision = found.len() as f64 / (found.len() + mistaken.len()) as f64;
    let recall = found.len() as f64 / programs.len() as f64;
    assert!(precision >= 0.99, "people taken for programs: {mistaken:#?}");
    assert!(recall >= 0.98, "programs taken for people: {missed:#?}");
}

fn check(context: Value, expected: std::ops::Range<f32>) {
    let probability = probability(&context);
    assert!(probability.is_some_and(|p| expected.contains(&p)), "{context}: {probability:?}");
}

#[test]
fn what_a_browser_says_of_itself_counts() {
    let chrome = PEOPLE.lines().next().unwrap();
    let with = |more: Value| {
        let mut context = json!({ "library": { "name": "bellwether-js" }, "userAgent": chrome, "locale": "en-GB",
            "screen": { "width": 1920, "height": 1080 } });
        context.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        context
    };
    check(with(json!({})), 0.0..0.03);
    check(with(json!({ "webdriver": false, "languages": ["en"] })), 0.0..0.03);
    check(with(json!({ "webdriver": true })), 0.8..1.0);
    check(with(json!({ "screen": { "width": 0, "height": 0 } })), 0.5..1.0);
    check(with(json!({ "screen": { "width": -1, "height": 800 } })), 0.5..1.0);
    check(with(json!({ "screen": { "width": "wide" }, "webdriver": "no" })), 0.0..0.03);
    check(with(json!({ "locale": "" })), 0.2..0.5);
    check(with(json!({ "languages": [], "screen": { "width": 0 } })), 0.9..1.0);
    check(with(json!({ "userAgent": "" })), 0.8..1.0);
    check(with(json!({ "userAgent": null })), 0.1..0.3);
    check(with(json!({ "userAgent": "spring shop" })), 0.4..0.6);
}

#[test]
fn where_nothing_speaks_for_or_against_nothing_is_said() {
    let none = |context: Value| assert_eq!(probability(&context), None, "{context}");
    none(json!({}));
    none(json!({ "library": { "name": "analytics-python", "version": "2.3" } }));
    none(json!({ "library": { "name": "analytics-node" }, "userAgent": "axios/1.7.7" }));
    none(json!({ "library": { "name": "analytics-ruby" }, "userAgent": "Ruby" }));
    none(json!({ "device": { "type": "ios" } }));
    none(json!("no object"));
    // What a server passes on of a visitor is judged.
    let passed_on = |agent: &str| json!({ "library": { "name": "analytics-node" }, "userAgent": agent });
    check(passed_on(PEOPLE.lines().next().unwrap()), 0.0..0.03);
    check(passed_on(PROGRAMS.lines().next().unwrap()), 0.9..1.0);
    let mut from_a_file = event(None, Some("7"), 0);
    BotDetector::new().judge(&mut from_a_file);
    assert_eq!(from_a_file.bot_probability, None);
}

#[test]
fn servers_are_never_too_fast_and_visitors_may_be() {
    let of_last = |library: &str, count: i64| {
        let context = json!({ "library": { "name": library }, "userAgent": PEOPLE.lines().next() });
        let mut detector = BotDetector::new();
        let mut last = None;
        for number in 0..count {
            let mut event = event(Some(&context), Some("7"), number);
            detector.judge(&mut event);
            last = event.bot_probability;
        }
        last.unwrap()
    };
    assert!(of_last("bellwether-js", 39) < 0.02);
    assert!((0.05..0.2).contains(&of_last("bellwether-js", 40)));
    assert!(of_last("bellwether-js", 150) > 0.7);
    assert!(of_last("analytics-node", 1_000) < 0.02);
}

#[test]
fn signed_in_people_are_believed_a_little_more() {
    let context = json!({ "page": {}, "userAgent": "" });
    let of = |user| {
        let mut event = event(Some(&context), user, 0);
        BotDetector::new().judge(&mut event);
        event.bot_probability.unwrap()
    };
    assert!(of(Some("7")) < of(None));
}

#[test]
fn many_user_agents_do_not_fill_the_memory() {
    let mut detector = BotDetector::new();
    for number in 0..REMEMBERED as i64 * 2 {
        let context = json!({ "page": {}, "userAgent": format!("curl/{number}") });
        detector.judge(&mut event(Some(&context), None, number * 10_000));
    }
    assert!(detector.agents.len() <= REMEMBERED);
}

proptest! {
    #[test]
    fn every_answer_is_a_probability_and_the_same_again(
        agents in prop::collection::vec((".{0,20}", any::<f64>(), any::<bool>(), 0i64..20_000), 1..20)
    ) {
        let judge_all = || -> Vec<Option<f32>> {
            let mut detector = BotDetector::new();
            agents.iter().map(|(agent, width, driven, millis)| {
                let context = json!({ "page": {}, "userAgent": agent, "screen": { "width": width }, "webdriver": driven });
                let mut event = event(Some(&context), None, *millis);
                detector.judge(&mut event);
                event.bot_probability
            }).collect()
        };
        let first = judge_all();
        prop_assert!(first.iter().all(|p| p.is_some_and(|p| (0.0..=1.0).contains(&p))));
        prop_assert_eq!(judge_all(), first);
    }
}
