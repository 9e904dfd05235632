//! A small shop, the same in every run.

use bellwether_domain::*;
use bellwether_store::{ModelRecord, Store};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeMap;

/// So many minutes after the beginning.
pub fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_291_186_560, 0).unwrap() + TimeDelta::minutes(minutes)
}

pub fn money(amount: f64) -> Money {
    Money::from_f64(amount).unwrap()
}

pub fn profile_id(n: u64) -> ProfileId {
    ProfileId::derive(&[b"person", &n.to_le_bytes()])
}

pub fn subject_id(n: u64) -> SubjectId {
    SubjectId::derive(&[b"person", &n.to_le_bytes()])
}

/// How somebody came, so many minutes after the beginning.
pub fn touch(minutes: u64, channel: Channel) -> Touch {
    Touch {
        time: at(minutes as i64) + TimeDelta::microseconds(1),
        channel,
        source: Some("google".into()),
        medium: Some("organic".into()),
        campaign: None,
        term: Some("Tasse „blau\" 杯子\0".into()),
        content: None,
        landing_page: Some("https://shop.example/mugs".into()),
    }
}

/// Person number `n`. Countries, orders and revenues come several times, some are missing.
pub fn profile(n: u64) -> Profile {
    let countries = ["United Kingdom", "France", "EIRE", "Germany"];
    let mut traits = BTreeMap::from([("email".to_owned(), json!(format!("customer-{n}@example.com")))]);
    if !n.is_multiple_of(7) {
        traits.insert("country".to_owned(), json!(countries[n as usize % 4]));
    }
    let orders = n % 5;
    Profile {
        id: profile_id(n),
        user_id: format!("{}", 12_000 + n),
        traits,
        trait_times: n.is_multiple_of(3).then(|| ("email".to_owned(), at(n as i64))).into_iter().collect(),
        first_seen: at(n as i64 % 11),
        last_seen: at(1_000 + n as i64 % 13),
        events: n % 9 + 1,
        commerce: Commerce {
            orders,
            refunds: n % 2,
            units: Quantity::from_whole(orders as i64 * 3),
            revenue: Money::from_whole(orders as i64 * 100),
            refunded: Money::from_whole((n % 2) as i64 * 10),
            fees: money(0.5),
            first_order: (orders > 0).then(|| at(n as i64 % 11)),
            last_order: (orders > 0).then(|| at(1_000 + n as i64 % 13)),
        },
        first_touch: n.is_multiple_of(2).then(|| touch(n, Channel::OrganicSearch)),
        latest_touch: n.is_multiple_of(2).then(|| touch(n + 60, Channel::Email)),
    }
}

pub fn item(n: u64) -> Item {
    Item {
        product: format!("{}{}", 85_000 + n, if n.is_multiple_of(3) { "A" } else { "" }),
        name: format!("WHITE METAL LANTERN {n}"),
        category: ["lanterns", "bags", "cups"][n as usize % 3].to_owned(),
        price: money(n as f64 % 10.0 + 0.25),
        first_seen: at(n as i64),
        last_seen: at(n as i64 + 10),
        is_product: !n.is_multiple_of(10),
    }
}

pub fn reject(line: u64, reason: RejectReason) -> Reject {
    Reject {
        origin: Origin { source: "shop".into(), line: Some(line) },
        field: Some("UnitPrice".to_owned()),
        reason,
        detail: format!("line {line}: `12,50` is not a number; write 12.50"),
        content: format!("536365,85123A,LANTERN,6,12/1/2010 8:26,\"12,50\",{line}"),
        received_at: None,
    }
}

pub fn event_id(n: u64) -> EventId {
    EventId::derive(&[&n.to_le_bytes()])
}

/// A change set with the people, items and events of a range.
pub fn change(applied: u64, people: std::ops::Range<u64>) -> ChangeSet {
    ChangeSet {
        after: None,
        applied: Offset(applied),
        subjects: people.clone().map(|n| (subject_id(n), profile_id(n))).collect(),
        profiles: people.clone().map(profile).collect(),
        items: people.clone().map(item).collect(),
        rejects: people.map(|n| reject(n, RejectReason::BadNumber)).collect(),
        rule_counts: vec![RuleCount { source: "shop".into(), rule: "exact_duplicate".to_owned(), rows: applied }],
        active: Vec::new(),
        activity: Vec::new(),
        plan_activity: Vec::new(),
        plan_marks: Vec::new(),
        plan_refused: Vec::new(),
        suppressions: Vec::new(),
        branches: Vec::new(),
        branch_activity: Vec::new(),
    }
}

/// People without anything else.
pub async fn add_people(store: &Store, people: std::ops::Range<u64>) -> Vec<Profile> {
    let applied = store.applied().await.unwrap().next();
    let profiles: Vec<_> = people.map(profile).collect();
    store.commit(&ChangeSet { applied, profiles: profiles.clone(), ..ChangeSet::default() }).await.unwrap();
    profiles
}

pub fn features(n: u64) -> ProfileFeatures {
    ProfileFeatures {
        profile: profile_id(n),
        as_of: at(5_000),
        recency_days: 0.1 + n as f64 / 3.0,
        frequency: n,
        monetary: money(n as f64 * 1.1),
        tenure_days: n as f64 * 1.7,
        average_order: money(19.99),
        units_per_order: 1.0 / 3.0,
        distinct_products: n * 2,
        returns_share: 0.1 * (n % 3) as f64,
        days_between_orders: n.is_multiple_of(2).then_some(12.3),
        favourite_categories: vec![("lanterns".to_owned(), 2.0 / 3.0), ("bags \"large\"".to_owned(), 0.1 + 0.2)],
        orders_by_hour: std::array::from_fn(|hour| hour as u32 * n as u32),
        rfm: [1 + (n % 5) as u8, 3, 5],
        standardized: vec![0.1, -1.0 / 3.0, f32::MIN_POSITIVE],
    }
}

pub fn segment(slug: &str, kind: SegmentKind, size: u64) -> Segment {
    Segment {
        id: SegmentId::derive(&[slug.as_bytes()]),
        slug: slug.to_owned(),
        kind,
        name: Localized::new(slug, format!("{slug} 群")),
        description: Localized::new("They buy often.", "他们经常购买。"),
        size,
        share: 0.1 + 0.2,
        revenue_share: 1.0 / 3.0,
        facts: json!({"rule": "r >= 4", "centroid": [0.1, 0.7]}),
        as_of: at(5_000),
    }
}

pub fn memberships(segment: &Segment, people: std::ops::Range<u64>) -> Vec<Membership> {
    people.map(|n| Membership { profile: profile_id(n), segment: segment.id }).collect()
}

pub fn recommendations(n: u64) -> RecommendationList {
    let reason = |product: &str| Reason::BecauseBought { product: product.to_owned() };
    RecommendationList {
        profile: profile_id(n),
        model: ModelId::derive(&[b"als"]),
        items: vec![
            Recommendation { product: "85123A".to_owned(), score: 0.1, reason: reason("71053") },
            Recommendation { product: format!("p{}", n % 3), score: 1.0 / 3.0, reason: Reason::Popular },
        ],
    }
}

pub fn model(kind: &str, serving: bool) -> ModelRecord {
    ModelRecord {
        id: ModelId::derive(&[kind.as_bytes(), &[u8::from(serving)]]),
        kind: kind.to_owned(),
        trained_at: at(6_000),
        data_until: at(5_000),
        parameters: json!({"factors": 64, "regularization": 0.1}),
        metrics: json!({"ndcg_at_10": 0.1 + 0.2}),
        serving,
    }
}

pub fn run_id(n: u8) -> RunId {
    RunId::derive(&[&[n]])
}

pub fn campaign(slug: &str) -> Campaign {
    Campaign {
        id: CampaignId::derive(&[slug.as_bytes()]),
        slug: slug.to_owned(),
        name: Localized::new("Win them back", "赢回客户"),
        goal: Goal {
            description: Localized::new("One more order", "再下一单"),
            event: "Order Completed".to_owned(),
            within_days: 14,
        },
        audience: Audience { segment: SegmentId::derive(&[b"rfm-at-risk"]), holdout_per_10_000: 1_000 },
        content: Content {
            subject: Localized::new("We miss you, {{ name }}", "想念你"),
            body: Localized::new("<mjml>", "<mjml>"),
            tracked: false,
        },
        channel: "outbox".to_owned(),
        version: 3,
        state: CampaignState::Draft,
    }
}

pub fn decision(n: u64, choice: DecisionChoice) -> Decision {
    Decision { run: run_id(1), profile: profile_id(n), choice, send_probability: 0.9, decided_at: at(7_000) }
}

pub fn message(n: u64) -> Message {
    Message {
        id: Message::id_for(run_id(1), profile_id(n)),
        campaign: CampaignId::derive(&[b"win-back"]),
        run: run_id(1),
        profile: profile_id(n),
        channel: "outbox".to_owned(),
        address: format!("customer-{n}@example.com"),
        state: MessageState::Reserved { at: at(7_000) },
    }
}

/// The same message after the channel took it.
pub fn handed_over(n: u64) -> Message {
    let mut message = message(n);
    message.hand_over(format!("{n}.eml"), at(7_001)).unwrap();
    message
}

pub fn experiment(slug: &str) -> ExperimentDefinition {
    ExperimentDefinition {
        id: ExperimentId::derive(&[slug.as_bytes()]),
        slug: slug.to_owned(),
        name: Localized::new("Two policies", "两种策略"),
        description: Localized::new("Shown at random.", "随机展示。"),
        kind: ExperimentKind::Imported,
        control: "random".to_owned(),
        allocation: vec![1.0 / 3.0, 2.0 / 3.0],
        metrics: vec![Metric {
            key: "click".to_owned(),
            name: Localized::new("Click", "点击"),
            kind: MetricKind::Rate,
        }],
        cost_per_message: Some(money(0.05)),
        currency: "USD".to_owned(),
        ended_at: at(8_000),
    }
}

pub fn arm(arm: &str, n: u64) -> ArmSummary {
    ArmSummary { arm: arm.to_owned(), metric: "click".to_owned(), n, sum: 46.1, sum_squares: 1.0 / 3.0 }
}

pub fn job(n: u8, run_at: DateTime<Utc>) -> Job {
    Job {
        id: JobId::derive(&[&[n]]),
        kind: "demo/import".to_owned(),
        payload: json!({"file": n}),
        attempts: 0,
        progress: None,
        state: JobState::Queued { run_at },
    }
}

/// A source whose key follows from its short name.
pub fn source(slug: &str) -> Source {
    let mut bytes = [0; 16];
    bytes[..slug.len()].copy_from_slice(slug.as_bytes());
    let name = format!("Our {slug}").parse().unwrap();
    Source::new(slug, name, SourceKind::Website, WriteKey::from_random(bytes), at(9_000))
}

/// So many days after the beginning.
pub fn day(n: u64) -> NaiveDate {
    at(0).date_naive() + Days::new(n)
}

/// What a source brought on a day: as many events, a tenth of them rejected, the last one so many minutes into the day.
pub fn activity(source: &str, n: u64, events: u64) -> SourceActivity {
    let moment = at(0) + Days::new(n) + TimeDelta::minutes(events as i64);
    SourceActivity {
        events,
        rejected: events / 10,
        last_event_at: Some(moment),
        last_error: Some(SourceError { at: moment, message: format!("event {events}: `timestamp` is no time") }),
        ..SourceActivity::none(source.into(), day(n))
    }
}

pub fn named_branch(code: &str, name: &str) -> NamedBranch {
    NamedBranch { code: code.parse().unwrap(), name: name.to_owned(), at: at(0) }
}

/// So many orders of one piece of money each, on a day.
pub fn branch_activity(code: &str, after: u64, currency: &str, orders: u64) -> BranchActivity {
    BranchActivity {
        code: code.parse().unwrap(),
        day: day(after),
        currency: currency.to_owned(),
        events: orders + 1,
        orders,
        refunds: 1,
        revenue: Money::from_whole(orders as i64),
        last_event_at: at(orders as i64),
    }
}
