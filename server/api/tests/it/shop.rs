//! A small shop: 44 real lines of the Online Retail data set (UCI, CC BY 4.0) with everything that later stages would
//! have made of them, in a Store and a Lake in a temporary folder.

use bellwether_api::{Administrator, ApiSettings, ApiState, MessageSettings};
use bellwether_domain::*;
use bellwether_engage::{ContentSettings, TrackingKey, UnsubscribeKey};
use bellwether_lake::Lake;
use bellwether_profile::{AcquisitionRules, Categories, apply, features};
use bellwether_store::{ModelRecord, Store, StoreTarget};
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

pub const SOURCE: &str = "online-retail";
pub const SECRET: &[u8] = b"a secret of this installation";

/// The shop's Store, Lake and clock, before any router stands over them.
pub struct Shop {
    _folder: tempfile::TempDir,
    pub store: Arc<Store>,
    pub lake: Arc<Lake>,
    pub clock: Arc<ManualClock>,
}

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time")
}

pub fn profile_id(user_id: &str) -> ProfileId {
    ProfileId::derive(&[subject(user_id).as_uuid().as_bytes()])
}

fn subject(user_id: &str) -> SubjectId {
    SubjectId::derive(&[SOURCE.as_bytes(), user_id.as_bytes()])
}

pub fn settings() -> ApiSettings {
    ApiSettings {
        shop_name: "Lamps & Bags".into(),
        currency: "GBP".into(),
        time_zone: chrono_tz::Europe::London,
        public_url: None,
        administrator: None,
    }
}

pub fn administrator() -> Administrator {
    Administrator { password: "correct horse".into(), session_key: [7; 32] }
}

impl Shop {
    /// An installation that nobody has used yet.
    pub async fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let target = StoreTarget::Sqlite(folder.path().join("store.sqlite"));
        let store = Arc::new(Store::open(&target).await.expect("a store"));
        let lake = Arc::new(Lake::open(&folder.path().join("lake")).expect("a lake"));
        Self { _folder: folder, store, lake, clock: Arc::new(ManualClock::new(now())) }
    }

    /// The shop after an import, all batch stages and a campaign.
    pub async fn filled() -> Self {
        let shop = Self::empty().await;
        let events = events();
        shop.import(&events).await;
        shop.segment().await;
        shop.recommend().await;
        shop.engage().await;
        shop.evaluate().await;
        shop
    }

    pub fn state(&self, settings: ApiSettings) -> ApiState {
        let content = ContentSettings {
            shop_name: "Lamps & Bags".into(),
            shop_url: "https://shop.example".into(),
            postal_address: None,
            from_name: "Lamps & Bags".into(),
            from_address: "hello@shop.example".into(),
            reply_to: None,
            unsubscribe_base: "http://localhost/u/".into(),
            unsubscribe_mailto: None,
            product_url: None,
            currency: "GBP".into(),
            tracking: None,
            mail_service: None,
            time_zone: chrono_tz::Europe::London,
        };
        let messages = MessageSettings {
            content,
            unsubscribe_key: UnsubscribeKey::from_secret(SECRET),
            tracking_key: TrackingKey::from_secret(SECRET),
        };
        ApiState::new(self.store.clone(), self.lake.clone(), self.clock.clone(), settings).with_messages(messages)
    }

    /// Where the Lake keeps its files.
    pub fn lake_folder(&self) -> std::path::PathBuf {
        self._folder.path().join("lake")
    }

    async fn import(&self, events: &[CleanEvent]) {
        let changes = apply(events, &HashMap::new(), [], &AcquisitionRules::shipped());
        let change = ChangeSet {
            after: None,
            applied: Offset(1),
            subjects: changes.subjects,
            profiles: changes.profiles,
            items: items(events),
            rejects: vec![
                reject(
                    47,
                    RejectReason::BadNumber,
                    Some("Quantity"),
                    "line 47: `1O` in column Quantity is not a number",
                ),
                reject(93, RejectReason::ExactDuplicate, None, "line 93 is exactly the same as line 92"),
            ],
            rule_counts: vec![RuleCount { source: SOURCE.into(), rule: "exact_duplicate".into(), rows: 1 }],
            ..ChangeSet::default()
        };
        self.store.commit(&change).await.expect("committed");
        let file = self.lake.write_events(FileId::derive(&[b"1"]), events).expect("a file");
        self.store.commit_roll(&Roll::of(Offset(1), &[file])).await.expect("rolled");
        let import = ImportRecord {
            id: ImportId::derive(&[SOURCE.as_bytes()]),
            source: SOURCE.into(),
            file: "shop.csv".into(),
            rows: 47,
            events: events.len() as u64,
            rejected: 2,
            complete: true,
        };
        self.store.put_import(&import).await.expect("stored");
        let batch = json!({ "rules": [{ "source": SOURCE, "rule": "cancellation_matched", "rows": 1 }] });
        self.store.put_result("batch_rules", &batch).await.expect("stored");
    }

    async fn segment(&self) {
        let files = self.store.event_files().await.expect("the manifest");
        let history = self.lake.order_history(&files, None).await.expect("the history");
        let owners = self.store.profile_of(&history.customers).await.expect("the owners");
        let profiles: Vec<_> = history.customers.iter().map(|subject| owners[subject]).collect();
        let categories = Categories::of(&history, |product| if product.starts_with('2') { "home" } else { "gifts" });
        let mut all = features(&history, &profiles, &categories, as_of());
        bellwether_profile::standardize(&mut all);
        for features in &mut all {
            features.rfm = if features.frequency > 1 { [5, 5, 5] } else { [1, 2, 3] };
        }
        self.store.put_features(&all).await.expect("stored");
        let champions: Vec<_> = all.iter().filter(|f| f.rfm == [5, 5, 5]).map(|f| f.profile).collect();
        let kinds = [(SegmentKind::Rfm, "rfm-champions"), (SegmentKind::Cluster, "cluster-1")];
        for (kind, slug) in kinds {
            let segment = segment(kind, slug, champions.len() as u64, all.len() as u64);
            let members: Vec<_> =
                champions.iter().map(|profile| Membership { profile: *profile, segment: segment.id }).collect();
            self.store.replace_segments(kind, &[segment], &members).await.expect("stored");
        }
        let clustering = json!({
            "chosen_k": 4,
            "features": ["recency_days"],
            "candidates": [{
                "k": 4, "silhouette": 0.5, "stability": 0.9, "inertia": 12.5, "smallest_share": 0.2, "eligible": true,
            }],
        });
        self.store.put_result("clustering", &clustering).await.expect("stored");
    }

    async fn recommend(&self) {
        let bought = |product: &str| Reason::BecauseBought { product: product.into() };
        let list = |user: &str, items: &[(&str, f32, Reason)]| RecommendationList {
            profile: profile_id(user),
            model: ModelId::derive(&[b"als"]),
            items: items
                .iter()
                .map(|(product, score, reason)| Recommendation {
                    product: (*product).into(),
                    score: *score,
                    reason: reason.clone(),
                })
                .collect(),
        };
        let lists = [
            list("17850", &[("22960", 0.5, bought("71053")), ("22728", 0.25, Reason::Popular)]),
            list("13047", &[("22728", 0.75, Reason::Popular)]),
        ];
        self.store.replace_recommendations(&lists).await.expect("stored");
        for (kind, ndcg, serving) in [("als", 0.125, true), ("popularity", 0.0625, false), ("item_to_item", 0.1, false)]
        {
            let metrics = json!({
                "recall_at_10": ndcg / 2.0, "ndcg_at_10": ndcg, "coverage": 0.5, "customers": 3,
                "ratio_to_popularity": 2.0, "threshold": 1.2,
            });
            let record = ModelRecord {
                id: ModelId::derive(&[kind.as_bytes()]),
                kind: kind.into(),
                trained_at: now(),
                data_until: as_of(),
                parameters: json!({ "factors": 64 }),
                metrics,
                serving,
            };
            self.store.put_model(&record).await.expect("stored");
        }
    }

    /// One person is sent to, one held out, one has unsubscribed, and one is not in the audience.
    async fn engage(&self) {
        let mut campaign = campaign();
        let run = campaign.start(now()).expect("started");
        let decision = |user: &str, choice, send_probability| Decision {
            run,
            profile: profile_id(user),
            choice,
            send_probability,
            decided_at: now(),
        };
        let decisions = [
            decision("13047", DecisionChoice::Send, 0.9),
            decision("17850", DecisionChoice::HoldOut, 0.9),
            decision("15311", DecisionChoice::Skip { reason: SkipReason::Suppressed }, 0.0),
        ];
        self.store.log_decisions(&decisions).await.expect("logged");
        let mut message = message(&campaign, "13047");
        self.store.reserve(std::slice::from_ref(&message)).await.expect("reserved");
        message.hand_over("13047.eml".into(), now() + Duration::seconds(1)).expect("allowed");
        self.store.record_outcomes(&[message]).await.expect("recorded");
        campaign.complete(now() + Duration::seconds(2)).expect("allowed");
        self.store.put_campaign(&campaign).await.expect("stored");
    }

    async fn evaluate(&self) {
        let arm = |arm: &str, n: u64, clicks: f64| ArmSummary {
            arm: arm.into(),
            metric: "click".into(),
            n,
            sum: clicks,
            sum_squares: clicks,
        };
        let arms = [arm("random", 10_000, 46.0), arm("bts", 10_000, 46.0)];
        let part = |value: &str, summary| SegmentArm { column: "position".into(), value: value.into(), summary };
        let parts = [part("left", arm("random", 3_000, 20.0)), part("left", arm("bts", 3_100, 30.0))];
        self.store.put_experiment(&experiment(), &arms, &parts).await.expect("stored");
        let group = json!({
            "customers": 2, "responders": 1.0, "response_rate": 0.5, "response_rate_low": 0.1,
            "response_rate_high": 0.9, "revenue": 12.5, "revenue_per_customer": 6.25,
        });
        let backtest = json!({
            "as_of": as_of() - Duration::days(28), "until": as_of(), "currency": "GBP", "customers": 4,
            "responders": 2, "audience_responders": 1,
            "campaigns": [{
                "slug": "win-back", "name": { "en": "Win back", "zh-CN": "挽回" }, "segment": "rfm-champions",
                "chosen": group, "rest": group, "random": group, "lift": 1.0,
            }],
            "lift_curve": [{ "share": 0.5, "captured": 0.75, "lift": 1.5 }],
            "recommendations": [{
                "kind": "als", "recall_at_10": 0.1, "ndcg_at_10": 0.2, "coverage": 0.3, "customers": 3,
            }],
        });
        self.store.put_result("backtest", &backtest).await.expect("stored");
        let job = Job {
            id: JobId::derive(&[b"refresh"]),
            kind: "refresh/segments".into(),
            payload: json!({}),
            attempts: 0,
            progress: None,
            state: JobState::Queued { run_at: now() },
        };
        assert!(self.store.enqueue(&job).await.expect("enqueued"));
    }
}

/// The midnight after the last order.
fn as_of() -> DateTime<Utc> {
    "2011-10-13T00:00:00Z".parse().expect("a time")
}

pub fn campaign() -> Campaign {
    let body = r#"<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ customer.id }}</mj-text>
        {% for item in recommendations %}<mj-text>{{ item.name }}: {{ item.reason }}</mj-text>{% endfor %}
        <mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text></mj-column></mj-section></mj-body></mjml>"#;
    Campaign {
        id: CampaignId::derive(&[b"win-back"]),
        slug: "win-back".into(),
        name: Localized::new("Win back", "挽回"),
        goal: Goal {
            description: Localized::new("They order again", "再次下单"),
            event: "Order Completed".into(),
            within_days: 28,
        },
        audience: Audience { segment: SegmentId::derive(&[b"rfm-champions"]), holdout_per_10_000: 1_000 },
        content: Content {
            subject: Localized::new("For you, {{ customer.id }}", "{{ customer.id }}，为您推荐"),
            body: Localized::new(body, body),
            tracked: true,
        },
        channel: "outbox".into(),
        version: 1,
        state: CampaignState::Draft,
    }
}

pub fn message(campaign: &Campaign, user_id: &str) -> Message {
    let (run, profile) = (campaign.run_id(), profile_id(user_id));
    Message {
        id: Message::id_for(run, profile),
        campaign: campaign.id,
        run,
        profile,
        channel: "outbox".into(),
        address: format!("customer-{user_id}@example.com"),
        state: MessageState::Reserved { at: now() },
    }
}

fn experiment() -> ExperimentDefinition {
    ExperimentDefinition {
        id: ExperimentId::derive(&[b"bandit"]),
        slug: "open-bandit-women".into(),
        name: Localized::new("Two policies", "两种策略"),
        description: Localized::new("Shown at random", "随机展示"),
        kind: ExperimentKind::Imported,
        control: "random".into(),
        allocation: vec![],
        metrics: vec![Metric { key: "click".into(), name: Localized::new("Click", "点击"), kind: MetricKind::Rate }],
        cost_per_message: None,
        currency: "JPY".into(),
        ended_at: now(),
    }
}

fn segment(kind: SegmentKind, slug: &str, size: u64, all: u64) -> Segment {
    Segment {
        id: SegmentId::derive(&[slug.as_bytes()]),
        slug: slug.into(),
        kind,
        name: Localized::new("Champions", "冠军客户"),
        description: Localized::new("They buy often", "购买频繁"),
        size,
        share: size as f64 / all as f64,
        revenue_share: 0.75,
        facts: json!({ "means": { "recency_days": 12.5 } }),
        as_of: as_of(),
    }
}

fn reject(line: u64, reason: RejectReason, field: Option<&str>, detail: &str) -> Reject {
    Reject {
        origin: Origin { source: SOURCE.into(), line: Some(line) },
        field: field.map(str::to_owned),
        reason,
        detail: detail.into(),
        content: "536365,71053,…".into(),
        received_at: None,
    }
}

/// The lines of `shop.csv` as clean events, one per invoice.
pub fn events() -> Vec<CleanEvent> {
    let mut invoices: BTreeMap<&str, Vec<[&str; 9]>> = BTreeMap::new();
    for line in include_str!("shop.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let fields: [&str; 9] = fields.try_into().expect("nine fields");
        invoices.entry(fields[1]).or_default().push(fields);
    }
    invoices.into_iter().map(|(invoice, rows)| event(invoice, &rows)).collect()
}

fn event(invoice: &str, rows: &[[&str; 9]]) -> CleanEvent {
    let [first_line, .., time, _, customer, country] = rows[0];
    let user_id = customer.trim_end_matches(".0");
    let known = !user_id.is_empty();
    let lines: Vec<OrderLine> = rows.iter().map(line).collect();
    let sum = |goods: bool| -> Money {
        lines.iter().filter(|line| line.flags.is_ordinary_sale() == goods).map(OrderLine::value).sum()
    };
    let refunded = invoice.starts_with('C');
    // Addresses do not exist in this data set; one customer has one for the tests.
    let traits = if user_id == "13047" {
        json!({ "country": country, "email": "customer-13047@example.com" })
    } else {
        json!({ "country": country })
    };
    let campaign = json!({
        "campaign": { "source": "newsletter", "medium": "email", "name": "Week 48" },
        "page": { "url": "https://shop.example.com/home?session=1" },
    });
    let came_by_mail = user_id == "13047" && !refunded;
    CleanEvent {
        id: EventId::derive(&[invoice.as_bytes()]),
        subject: known.then(|| subject(user_id)),
        user_id: known.then(|| user_id.into()),
        kind: EventKind::Track,
        name: if refunded { "Order Refunded" } else { "Order Completed" }.into(),
        time: NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S").expect("a time").and_utc(),
        utc_offset_minutes: 0,
        origin: Origin { source: SOURCE.into(), line: first_line.parse().ok() },
        order: Some(Order {
            order_id: invoice.into(),
            kind: if refunded { OrderKind::Refunded } else { OrderKind::Completed },
            currency: "GBP".into(),
            value: sum(true),
            fees: sum(false),
            lines,
        }),
        traits: known.then(|| traits.to_string().into()),
        properties: None,
        received_at: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        context: came_by_mail.then(|| campaign.to_string().into()),
        bot_probability: came_by_mail.then_some(0.25),
    }
}

fn line([source_line, _, product, name, quantity, _, price, ..]: &[&str; 9]) -> OrderLine {
    let mut flags = LineFlags::default();
    if *product == "POST" {
        flags.insert(LineFlag::NonProduct);
    }
    OrderLine {
        product: (*product).into(),
        name: name.trim().into(),
        quantity: quantity.parse().expect("a quantity"),
        price: price.parse().expect("a price"),
        source_line: source_line.parse().expect("a line"),
        flags,
    }
}

fn items(events: &[CleanEvent]) -> Vec<Item> {
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    for event in events {
        for line in event.order.iter().flat_map(|order| &order.lines) {
            let product = line.product.to_string();
            let item = items.entry(product.clone()).or_insert_with(|| Item {
                category: if product.starts_with('2') { "home" } else { "gifts" }.into(),
                is_product: line.flags.is_ordinary_sale(),
                name: line.name.to_string(),
                price: line.price,
                first_seen: event.time,
                last_seen: event.time,
                product,
            });
            item.last_seen = item.last_seen.max(event.time);
        }
    }
    items.into_values().collect()
}
