//! How fast the bulk paths are: commits what an import of the retail demo commits, then asks what the console asks.
//!
//! ```sh
//! cargo run --release -p bellwether-store --example bulk                        # SQLite in a temporary folder
//! cargo run --release -p bellwether-store --example bulk -- postgres://…        # in an empty schema
//! cargo run --release -p bellwether-store --example bulk -- --people 1000000    # the list of customers, large
//! cargo run --release -p bellwether-store --example bulk -- --import 20         # the import only, so often
//! ```

use bellwether_domain::*;
use bellwether_store::{CustomerQuery, CustomerSort, Store, StoreTarget};
use chrono::{DateTime, TimeDelta};
use std::{collections::BTreeMap, time::Instant};

/// What an import of the retail demo commits: change sets, and rows of each kind in one of them.
const CHANGE_SETS: u64 = 25;
const PROFILES: u64 = 800;
const ITEMS: u64 = 320;
const REJECTS: u64 = 240;
const CUSTOMERS: u64 = 4_372;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = tempfile::tempdir()?;
    let file = |name: &str| StoreTarget::Sqlite(folder.path().join(name));
    // Current thread: the numbers are of one writer, as the pipeline has it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => {
                for round in 1..=5 {
                    println!("round {round}");
                    let store = Store::open(&file(&format!("{round}.db"))).await?;
                    import(&store).await?;
                    derive(&store).await?;
                    ask(&store, CUSTOMERS).await?;
                }
            }
            ["--people", people] => {
                let people = people.parse()?;
                let store = Store::open(&file("people.db")).await?;
                crowd(&store, people).await?;
                ask(&store, people).await?;
            }
            ["--import", rounds] => {
                for round in 1..=rounds.parse()? {
                    import(&Store::open(&file(&format!("{round}.db"))).await?).await?;
                }
            }
            [url] => {
                let store = Store::open(&StoreTarget::Postgres(url.to_owned())).await?;
                import(&store).await?;
                derive(&store).await?;
                ask(&store, CUSTOMERS).await?;
            }
            _ => return Err("usage: bulk [postgres://… | --people N | --import ROUNDS]".into()),
        }
        Ok(())
    })
}

async fn import(store: &Store) -> Result<(), bellwether_store::Error> {
    let changes: Vec<_> = (1..=CHANGE_SETS).map(change).collect();
    let rows = CHANGE_SETS * (PROFILES + ITEMS + REJECTS) + CUSTOMERS;
    let watch = Watch::start();
    for change in &changes {
        store.commit(change).await?;
    }
    watch.stop("commit change sets", rows);
    let watch = Watch::start();
    for change in &changes {
        store.profiles_by_id(&change.profiles.iter().map(|profile| profile.id).collect::<Vec<_>>()).await?;
    }
    watch.stop("read their profiles", CHANGE_SETS * PROFILES);
    Ok(())
}

async fn derive(store: &Store) -> Result<(), bellwether_store::Error> {
    let known: Vec<_> = store.all_profiles().await?.iter().map(|profile| profile.id).collect();
    let features: Vec<_> = known.iter().map(|profile| features(*profile)).collect();
    let watch = Watch::start();
    store.put_features(&features).await?;
    watch.stop("replace features", features.len() as u64);

    let segments: Vec<_> = (0..11).map(segment).collect();
    let member = |(n, profile): (usize, &ProfileId)| Membership { profile: *profile, segment: segments[n % 11].id };
    let memberships: Vec<_> = known.iter().enumerate().map(member).collect();
    let watch = Watch::start();
    store.replace_segments(SegmentKind::Rfm, &segments, &memberships).await?;
    watch.stop("replace segments", memberships.len() as u64);

    let lists: Vec<_> = known.iter().map(|profile| recommendations(*profile)).collect();
    let watch = Watch::start();
    store.replace_recommendations(&lists).await?;
    watch.stop("replace recommendations", lists.len() as u64);

    let messages: Vec<_> = known.iter().map(|profile| message(*profile)).collect();
    let watch = Watch::start();
    store.reserve(&messages).await?;
    watch.stop("reserve messages", messages.len() as u64);
    let outcomes: Vec<_> = messages
        .into_iter()
        .map(|mut message| {
            message.state = MessageState::HandedOver { at: time(9), receipt: format!("{}.eml", message.id) };
            message
        })
        .collect();
    let watch = Watch::start();
    store.record_outcomes(&outcomes).await?;
    watch.stop("record outcomes", outcomes.len() as u64);
    Ok(())
}

async fn ask(store: &Store, people: u64) -> Result<(), bellwether_store::Error> {
    // Once, so that connections and statements are there as they are in a running server.
    store.customers(&CustomerQuery::default()).await?;
    for (name, sort) in CustomerSort::ALL {
        let watch = Watch::start();
        let query = CustomerQuery { sort, ..CustomerQuery::default() };
        store.customers(&query).await?;
        store.customers(&CustomerQuery { page: people / 50 / 2, ..query }).await?;
        watch.stop(&format!("customers by {name}, first and middle page"), 2);
    }
    let search = CustomerQuery { q: Some("mer-12".to_owned()), ..CustomerQuery::default() };
    let watch = Watch::start();
    store.customers(&search).await?;
    watch.stop("customers, search", 1);
    let watch = Watch::start();
    store.all_profiles().await?;
    watch.stop("read all profiles", people);
    let watch = Watch::start();
    let digest = store.digest().await?;
    watch.stop(&format!("digest {}", &digest[..8]), 1);
    Ok(())
}

/// So many people at once, ten thousand in a change set.
async fn crowd(store: &Store, people: u64) -> Result<(), bellwether_store::Error> {
    let watch = Watch::start();
    for (applied, first) in (1..).zip((0..people).step_by(10_000)) {
        let profiles = (first..people.min(first + 10_000)).map(|n| profile(n, applied)).collect();
        store.commit(&ChangeSet { applied: Offset(applied), profiles, ..ChangeSet::default() }).await?;
    }
    watch.stop("insert profiles", people);
    Ok(())
}

fn change(applied: u64) -> ChangeSet {
    let numbers = |count: u64| (applied - 1) * count..applied * count;
    ChangeSet {
        after: None,
        applied: Offset(applied),
        // A person is new once.
        subjects: numbers(PROFILES).filter(|n| *n < CUSTOMERS).map(|n| n * 7 % CUSTOMERS).map(subject).collect(),
        profiles: numbers(PROFILES).map(|n| profile(n * 7 % CUSTOMERS, applied)).collect(),
        items: numbers(ITEMS).map(|n| item(n % 3_900, applied)).collect(),
        rejects: numbers(REJECTS).map(reject).collect(),
        rule_counts: vec![RuleCount { source: "shop".into(), rule: "exact_duplicate".to_owned(), rows: 1 }],
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

fn time(minutes: u64) -> DateTime<chrono::Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(21_500_000 + minutes as i64)
}

fn profile(n: u64, applied: u64) -> Profile {
    let email = serde_json::Value::from(format!("customer-{n}@example.com"));
    Profile {
        id: ProfileId::derive(&[&n.to_le_bytes()]),
        user_id: (12_346 + n).to_string(),
        traits: BTreeMap::from([
            ("country".to_owned(), ["United Kingdom", "France", "EIRE"][n as usize % 3].into()),
            ("email".to_owned(), email),
        ]),
        trait_times: BTreeMap::new(),
        first_seen: time(n % 9_973),
        last_seen: time(10_000 + n * applied % 99_991),
        events: applied,
        commerce: Commerce {
            orders: n % 97 + applied,
            refunds: n % 5,
            units: Quantity::from_whole(n as i64 % 1_009),
            revenue: Money::from_ten_thousandths((n * 7_919 % 10_000_019) as i64 + 1),
            refunded: Money::from_ten_thousandths(n as i64 % 50),
            fees: Money::ZERO,
            first_order: Some(time(n % 9_973)),
            last_order: Some(time(10_000 + n * applied % 99_991)),
        },
        first_touch: None,
        latest_touch: None,
    }
}

fn subject(n: u64) -> (SubjectId, ProfileId) {
    let profile = ProfileId::derive(&[&n.to_le_bytes()]);
    (SubjectId::from_uuid(profile.as_uuid()), profile)
}

fn item(n: u64, applied: u64) -> Item {
    Item {
        product: format!("{}A", 20_000 + n),
        name: format!("WHITE HANGING HEART T-LIGHT HOLDER {n}"),
        category: "holder".to_owned(),
        price: Money::from_whole(n as i64 % 20),
        first_seen: time(n),
        last_seen: time(n + applied),
        is_product: true,
    }
}

fn reject(line: u64) -> Reject {
    Reject {
        origin: Origin { source: "online-retail".into(), line: Some(line) },
        field: None,
        reason: RejectReason::ExactDuplicate,
        detail: format!("line {line} is exactly the same as line {}; it is counted once", line / 2),
        content: "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom"
            .to_owned(),
        received_at: None,
    }
}

fn features(profile: ProfileId) -> ProfileFeatures {
    ProfileFeatures {
        profile,
        as_of: time(0),
        recency_days: 12.3,
        frequency: 4,
        monetary: Money::from_whole(99),
        tenure_days: 200.1,
        average_order: Money::from_whole(20),
        units_per_order: 3.3,
        distinct_products: 17,
        returns_share: 0.1,
        days_between_orders: Some(31.4),
        favourite_categories: vec![("holder".to_owned(), 0.4), ("bag".to_owned(), 0.3), ("cup".to_owned(), 0.1)],
        orders_by_hour: [1; 24],
        rfm: [5, 4, 3],
        standardized: vec![0.3; 8],
    }
}

fn segment(n: u64) -> Segment {
    Segment {
        id: SegmentId::derive(&[&n.to_le_bytes()]),
        slug: format!("rfm-{n}"),
        kind: SegmentKind::Rfm,
        name: Localized::new("Champions", "冠军"),
        description: Localized::new("They buy often and much.", "经常大量购买。"),
        size: 400,
        share: 0.09,
        revenue_share: 0.3,
        facts: serde_json::Value::Null,
        as_of: time(0),
    }
}

fn recommendations(profile: ProfileId) -> RecommendationList {
    let item = |n: usize| Recommendation {
        product: format!("{}A", 20_000 + (profile.as_uuid().as_bytes()[n] as usize) * 3),
        score: 1.0 / (n + 1) as f32,
        reason: Reason::BecauseBought { product: "85123A".to_owned() },
    };
    RecommendationList { profile, model: ModelId::derive(&[]), items: (0..10).map(item).collect() }
}

fn message(profile: ProfileId) -> Message {
    let run = RunId::derive(&[]);
    Message {
        id: Message::id_for(run, profile),
        campaign: CampaignId::derive(&[]),
        run,
        profile,
        channel: "outbox".to_owned(),
        address: "customer-12346@example.com".to_owned(),
        state: MessageState::Reserved { at: time(0) },
    }
}

/// Wall and processor time of a stretch.
struct Watch {
    start: Instant,
    processor: f64,
}

impl Watch {
    fn start() -> Self {
        Self { start: Instant::now(), processor: processor_seconds() }
    }

    fn stop(self, what: &str, rows: u64) {
        let wall = self.start.elapsed().as_secs_f64();
        let processor = processor_seconds() - self.processor;
        println!(
            "  {what:<46} {:>9.1} ms wall {:>7.0} ms cpu {:>11.0} rows/s",
            wall * 1e3,
            processor * 1e3,
            rows as f64 / wall
        );
    }
}

/// Of all threads, in steps of 10 ms; zero where there is no /proc.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
