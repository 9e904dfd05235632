use super::*;
use crate::{
    AudienceOptions, StoreAudience, retail_campaigns,
    samples::{now, settings},
};
use bellwether_channels::{
    Answer, ChannelDescription, ChannelError, Outbox, OutgoingMessage, Receipt, SendError, SendErrorKind,
};
use bellwether_domain::{
    ChangeSet, Commerce, Item, Localized, ManualClock, Membership, ModelId, Offset, Profile, Reason, Recommendation,
    RecommendationList, Segment, SegmentId, SegmentKind,
};
use bellwether_store::StoreTarget;
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

pub(super) const SLUG: &str = "win-back-at-risk";
pub(super) const PEOPLE: usize = 320;

/// Which bounces were told.
#[derive(Default)]
pub(super) struct Heard(pub std::sync::Mutex<Vec<Bounce>>);

impl Bounces for Heard {
    fn tell<'a>(&'a self, bounces: &'a [Bounce]) -> Answer<'a, Result<(), EngageError>> {
        self.0.lock().unwrap().extend_from_slice(bounces);
        Box::pin(async { Ok(()) })
    }
}

pub(super) fn profile_id(number: usize) -> ProfileId {
    ProfileId::derive(&[&number.to_le_bytes()])
}

/// Every fiftieth person has no address.
pub(super) fn address(number: usize) -> Option<String> {
    (number % 50 != 7).then(|| format!("customer-{number}@example.com"))
}

pub(super) fn profile(number: usize) -> Profile {
    Profile {
        id: profile_id(number),
        user_id: number.to_string(),
        traits: address(number).map(|address| ("email".to_owned(), address.into())).into_iter().collect(),
        trait_times: Default::default(),
        first_seen: now(),
        last_seen: now(),
        events: 1,
        commerce: Commerce { orders: 2, last_order: Some(now()), ..Commerce::default() },
        first_touch: None,
        latest_touch: None,
    }
}

fn item(number: usize) -> Item {
    Item {
        product: format!("P{number}"),
        name: format!("ITEM NUMBER {number}"),
        category: "Things".to_owned(),
        price: "2.95".parse().unwrap(),
        first_seen: now(),
        last_seen: now(),
        is_product: true,
    }
}

fn list(number: usize) -> RecommendationList {
    let entry = |place: usize| Recommendation {
        product: format!("P{}", (number + place) % 10),
        score: 1.0 / (place as f32 + 1.0),
        reason: if place == 0 {
            Reason::Popular
        } else {
            Reason::BecauseBought { product: format!("P{}", number % 10) }
        },
    };
    RecommendationList {
        profile: profile_id(number),
        model: ModelId::derive(&[b"als"]),
        items: (0..3).map(entry).collect(),
    }
}

/// A data folder with a store, a campaign for `people` people, and an outbox.
pub(super) struct Shop {
    pub(super) folder: TempDir,
    pub(super) store: Store,
}

impl Shop {
    pub(super) async fn open(people: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let store = open(folder.path()).await;
        let segment_id = SegmentId::derive(&[b"at risk"]);
        let change = ChangeSet {
            applied: Offset(1),
            profiles: (0..people).map(profile).collect(),
            items: (0..10).map(item).collect(),
            ..ChangeSet::default()
        };
        store.commit(&change).await.unwrap();
        let segment = Segment {
            id: segment_id,
            slug: "rfm-at-risk".to_owned(),
            kind: SegmentKind::Rfm,
            name: Localized::new("At risk", "流失风险"),
            description: Localized::new("", ""),
            size: people as u64,
            share: 1.0,
            revenue_share: 1.0,
            facts: serde_json::Value::Null,
            as_of: now(),
        };
        let members: Vec<_> = (0..people).map(|n| Membership { profile: profile_id(n), segment: segment_id }).collect();
        store.replace_segments(SegmentKind::Rfm, &[segment], &members).await.unwrap();
        store.replace_recommendations(&(0..people).map(list).collect::<Vec<_>>()).await.unwrap();
        let template = retail_campaigns().unwrap().into_iter().find(|template| template.slug == SLUG).unwrap();
        store.put_campaign(&template.campaign(segment_id)).await.unwrap();
        Self { folder, store }
    }

    pub(super) fn outbox(&self) -> Outbox {
        Outbox::new(self.folder.path().join("outbox"))
    }

    pub(super) async fn run(&self, channel: &dyn Channel) -> Result<CampaignReport, EngageError> {
        run(&self.store, channel, options()).await
    }

    /// File name and content of everything in the outbox.
    pub(super) fn files(&self) -> BTreeMap<String, String> {
        files(self.folder.path())
    }

    pub(super) async fn campaign_state(&self) -> &'static str {
        self.store.campaign_by_slug(SLUG).await.unwrap().unwrap().state.name()
    }
}

async fn open(folder: &Path) -> Store {
    Store::open(&StoreTarget::Sqlite(folder.join("store.sqlite"))).await.unwrap()
}

pub(super) fn options() -> RunOptions {
    RunOptions { pause: Duration::ZERO, ..RunOptions::default() }
}

pub(super) async fn run(
    store: &Store,
    channel: &dyn Channel,
    options: RunOptions,
) -> Result<CampaignReport, EngageError> {
    let audience = StoreAudience::new(store, AudienceOptions::default());
    let campaign = CampaignRun {
        store,
        channel,
        audience: &audience,
        content: &settings(),
        unsubscribe_key: &UnsubscribeKey::from_secret(b"secret"),
        clock: &ManualClock::new(now()),
        bounces: &Heard::default(),
        progress: &|progress| assert!(progress.done <= progress.total),
        options,
    };
    run_campaign(&campaign, SLUG).await
}

pub(super) fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder.join("outbox")) else { return BTreeMap::new() };
    let entries =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "eml"));
    entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

pub(super) fn receivers(files: &BTreeMap<String, String>) -> Vec<&str> {
    files.values().map(|file| file.lines().find_map(|line| line.strip_prefix("To: ")).unwrap()).collect()
}

/// The law: everybody who was to get a message has exactly one, and nobody else has any.
#[track_caller]
pub(super) fn check_everybody_has_one(report: &CampaignReport, files: &BTreeMap<String, String>) {
    let receivers = receivers(files);
    let distinct: HashSet<&str> = receivers.iter().copied().collect();
    assert_eq!(receivers.len(), distinct.len(), "somebody has two");
    assert_eq!(receivers.len() as u64, report.decided_send);
    assert_eq!(report.handed_over, report.decided_send);
}

#[tokio::test]
async fn a_run_reaches_everybody_once_and_a_second_one_nobody() {
    let shop = Shop::open(PEOPLE).await;
    shop.store.suppress("customer-3@example.com", "outbox", "unsubscribed", now()).await.unwrap();
    let first = shop.run(&shop.outbox()).await.unwrap();
    check_everybody_has_one(&first, &shop.files());
    assert_eq!(first.audience, PEOPLE as u64);
    assert_eq!(first.skipped, BTreeMap::from([(SkipReason::NoAddress, 7), (SkipReason::Suppressed, 1)]));
    assert!((10..70).contains(&first.held_out), "{first:?}");
    assert_eq!(first.decided_send + first.held_out + 8, first.audience);
    assert_eq!(first.handed_over_now, first.handed_over);
    assert_eq!(shop.campaign_state().await, "completed");
    assert!(!receivers(&shop.files()).contains(&"customer-3@example.com"));

    let before = shop.files();
    let second = shop.run(&shop.outbox()).await.unwrap();
    assert_eq!(second, CampaignReport { handed_over_now: 0, was_complete: true, ..first });
    assert_eq!(shop.files(), before);
}

#[tokio::test]
async fn messages_have_the_facts_of_their_receiver() {
    let shop = Shop::open(20).await;
    shop.run(&shop.outbox()).await.unwrap();
    let run = shop.store.campaign_by_slug(SLUG).await.unwrap().unwrap().run_id();
    for number in (0..20).filter(|number| address(*number).is_some()) {
        let Some(file) = shop.files().remove(&format!("{}.eml", Message::id_for(run, profile_id(number)))) else {
            continue;
        };
        assert!(file.contains(&format!("To: customer-{number}@example.com")));
        assert!(file.contains(&format!("Item Number {}", (number + 1) % 10)), "{file}");
    }
}

#[tokio::test]
async fn who_unsubscribes_between_decision_and_sending_gets_nothing() {
    let shop = Shop::open(20).await;
    let broken =
        Broken { inner: shop.outbox(), check_fails: AtomicBool::new(false), flush_fails: AtomicBool::new(true) };
    assert!(shop.run(&broken).await.is_err());
    fs::remove_dir_all(shop.folder.path().join("outbox")).unwrap();
    shop.store.suppress("Customer-3@example.com", "outbox", "unsubscribed", now()).await.unwrap();
    let report = shop.run(&shop.outbox()).await.unwrap();
    assert_eq!((report.failed, report.handed_over), (1, report.decided_send - 1));
    assert!(!receivers(&shop.files()).contains(&"customer-3@example.com"));
}

/// An outbox that can be made to fail at two moments.
struct Broken {
    inner: Outbox,
    check_fails: AtomicBool,
    flush_fails: AtomicBool,
}

fn down() -> ChannelError {
    ChannelError { channel: "outbox", detail: "down".to_owned() }
}

impl Channel for Broken {
    fn describe(&self) -> ChannelDescription {
        self.inner.describe()
    }

    fn check(&self) -> Answer<'_, Result<(), ChannelError>> {
        if self.check_fails.load(Ordering::SeqCst) { Box::pin(async { Err(down()) }) } else { self.inner.check() }
    }

    fn check_message(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        self.inner.check_message(message)
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> Answer<'a, Result<Receipt, SendError>> {
        self.inner.send(message)
    }

    fn flush(&self) -> Answer<'_, Result<(), ChannelError>> {
        if self.flush_fails.load(Ordering::SeqCst) { Box::pin(async { Err(down()) }) } else { self.inner.flush() }
    }

    fn find_receipt(&self, id: MessageId) -> Answer<'_, Result<ReceiptLookup, ChannelError>> {
        self.inner.find_receipt(id)
    }
}

#[tokio::test]
async fn what_was_handed_over_and_not_recorded_is_found_again() {
    let shop = Shop::open(PEOPLE).await;
    let channel =
        Broken { inner: shop.outbox(), check_fails: AtomicBool::new(false), flush_fails: AtomicBool::new(true) };
    assert!(matches!(shop.run(&channel).await, Err(EngageError::Channel(_))));
    assert_eq!(shop.campaign_state().await, "running");
    assert!(shop.files().len() >= BATCH);
    channel.flush_fails.store(false, Ordering::SeqCst);
    let report = shop.run(&channel).await.unwrap();
    check_everybody_has_one(&report, &shop.files());
    assert!(report.handed_over_now < report.handed_over, "what was found was not sent again: {report:?}");
}

#[tokio::test]
async fn a_channel_that_is_down_starts_nothing() {
    let shop = Shop::open(20).await;
    let channel =
        Broken { inner: shop.outbox(), check_fails: AtomicBool::new(true), flush_fails: AtomicBool::new(false) };
    assert!(matches!(shop.run(&channel).await, Err(EngageError::Channel(_))));
    assert_eq!(shop.campaign_state().await, "draft");
}

/// A channel without a memory, like a mail server: keeps what it got, and fails as its addresses say.
#[derive(Default)]
struct Forgetful {
    got: Mutex<Vec<String>>,
    tries: Mutex<HashMap<String, u32>>,
    flush_fails: AtomicBool,
}

impl Channel for Forgetful {
    fn describe(&self) -> ChannelDescription {
        ChannelDescription {
            name: "outbox",
            destination: String::new(),
            can_tell_afterwards: false,
            leaves_this_machine: false,
            concurrency: 4,
        }
    }

    fn check_message(&self, _message: &OutgoingMessage) -> Result<(), SendError> {
        Ok(())
    }

    fn check(&self) -> Answer<'_, Result<(), ChannelError>> {
        Box::pin(async { Ok(()) })
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> Answer<'a, Result<Receipt, SendError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let to = message.to.address.clone();
            let number: usize = to.trim_start_matches("customer-").split('@').next().unwrap().parse().unwrap();
            let tries = {
                let mut tries = self.tries.lock().unwrap();
                let tries = tries.entry(to.clone()).or_default();
                *tries += 1;
                *tries
            };
            let fail = |kind| Err(SendError { kind, detail: "no".to_owned() });
            match number % 10 {
                1 => return fail(SendErrorKind::Permanent),
                2 if tries < 3 => return fail(SendErrorKind::Temporary),
                3 => return fail(SendErrorKind::Temporary),
                4 => {
                    self.got.lock().unwrap().push(to);
                    return fail(SendErrorKind::Uncertain);
                }
                _ => {}
            }
            self.got.lock().unwrap().push(to);
            Ok(Receipt("ok".to_owned()))
        })
    }

    fn flush(&self) -> Answer<'_, Result<(), ChannelError>> {
        let fails = self.flush_fails.load(Ordering::SeqCst);
        Box::pin(async move { if fails { Err(down()) } else { Ok(()) } })
    }

    fn find_receipt(&self, _id: MessageId) -> Answer<'_, Result<ReceiptLookup, ChannelError>> {
        Box::pin(async { Ok(ReceiptLookup::CannotTell) })
    }
}

#[tokio::test]
async fn failures_are_what_they_say() {
    let shop = Shop::open(200).await;
    let channel = Forgetful::default();
    let report = shop.run(&channel).await.unwrap();
    assert_eq!(report.handed_over + report.failed + report.unknown, report.decided_send);
    let tries = channel.tries.lock().unwrap();
    for (to, tries) in tries.iter() {
        let number: usize = to.trim_start_matches("customer-").split('@').next().unwrap().parse().unwrap();
        assert_eq!(*tries, if matches!(number % 10, 2 | 3) { 3 } else { 1 }, "{to}");
    }
    let by_digit = |digit: usize| {
        tries
            .keys()
            .filter(|to| to.trim_start_matches("customer-").split('@').next().unwrap().ends_with(&digit.to_string()))
            .count() as u64
    };
    assert_eq!(report.failed, by_digit(1) + by_digit(3));
    assert_eq!(report.unknown, by_digit(4));
}

#[tokio::test]
async fn what_nobody_can_tell_is_never_sent_again() {
    let shop = Shop::open(200).await;
    let channel = Forgetful { flush_fails: AtomicBool::new(true), ..Forgetful::default() };
    assert!(shop.run(&channel).await.is_err());
    let before: HashSet<String> = channel.got.lock().unwrap().iter().cloned().collect();
    assert!(!before.is_empty() && before.len() <= UNCERTAIN_BATCH);
    channel.flush_fails.store(false, Ordering::SeqCst);
    let report = shop.run(&channel).await.unwrap();
    let got = channel.got.lock().unwrap();
    assert_eq!(got.len(), got.iter().collect::<HashSet<_>>().len(), "somebody has two");
    assert!(report.unknown >= UNCERTAIN_BATCH as u64);
    assert_eq!(report.handed_over + report.failed + report.unknown, report.decided_send);
}

#[tokio::test]
async fn content_that_nobody_can_get_starts_nothing() {
    let shop = Shop::open(20).await;
    let mut campaign = shop.store.campaign_by_slug(SLUG).await.unwrap().unwrap();
    campaign.content.body.en = "{{ unsubscribe_url }}<mjml>".to_owned();
    shop.store.put_campaign(&campaign).await.unwrap();
    assert!(matches!(shop.run(&shop.outbox()).await, Err(EngageError::Content(_))));
    campaign.channel = "smtp".to_owned();
    shop.store.put_campaign(&campaign).await.unwrap();
    assert!(matches!(shop.run(&shop.outbox()).await, Err(EngageError::WrongChannel { .. })));
    assert_eq!(shop.campaign_state().await, "draft");
    assert!(shop.files().is_empty());
}

const CHILD: &str = "BELLWETHER_ENGAGE_TEST_FOLDER";
const CHILD_WITHOUT_KEY: &str = "BELLWETHER_ENGAGE_TEST_WITHOUT_KEY";

/// Not derived from run and person: the negative control.
fn another_id_every_time(run: RunId, profile: ProfileId) -> MessageId {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let process = std::process::id();
    MessageId::derive(&[
        run.as_uuid().as_bytes(),
        profile.as_uuid().as_bytes(),
        &number.to_le_bytes(),
        &process.to_le_bytes(),
    ])
}

/// Runs the campaign in the folder that the environment names; does nothing otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaign_child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let without_key = std::env::var(CHILD_WITHOUT_KEY).is_ok();
    let options = if without_key { RunOptions { message_id: another_id_every_time, ..options() } } else { options() };
    let folder = Path::new(&folder);
    run(&open(folder).await, &Outbox::new(folder.join("outbox")), options).await.unwrap();
}

fn start_child(folder: &Path, with_key: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "run::tests::campaign_child", "--nocapture"]).env(CHILD, folder);
    if !with_key {
        command.env(CHILD_WITHOUT_KEY, "1");
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills a run with the signal that cannot be caught, as soon as so many files are there. Says whether it was still running.
fn kill_at(folder: &Path, file_count: usize, with_key: bool) -> bool {
    let mut child = start_child(folder, with_key);
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        let count = fs::read_dir(folder.join("outbox")).map_or(0, |entries| entries.flatten().count());
        if count >= file_count {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        std::thread::yield_now();
    }
}

/// Moments that are spread over the run: before anything is sent, in the middle of a batch, between two, near the end.
const MOMENTS: [usize; 5] = [0, 1, 37, 200, 257];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_killed_again_and_again_ends_like_an_undisturbed_one() {
    let undisturbed = Shop::open(PEOPLE).await;
    undisturbed.run(&undisturbed.outbox()).await.unwrap();

    let killed = Shop::open(PEOPLE).await;
    let kills = MOMENTS.iter().filter(|moment| kill_at(killed.folder.path(), **moment, true)).count();
    assert!(kills >= 3, "only {kills} kills hit a running process");
    let report = killed.run(&killed.outbox()).await.unwrap();
    check_everybody_has_one(&report, &killed.files());
    assert!(killed.files() == undisturbed.files(), "the files differ");
    assert_eq!(report.unknown + report.failed, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_ledgers_key_the_kills_make_doubles() {
    let shop = Shop::open(PEOPLE).await;
    assert!(kill_at(shop.folder.path(), 37, false));
    let without_key = RunOptions { message_id: another_id_every_time, ..options() };
    let ended = run(&shop.store, &shop.outbox(), without_key).await;
    let files = shop.files();
    let receivers = receivers(&files);
    assert!(receivers.len() > receivers.iter().collect::<HashSet<_>>().len(), "the check above could not see doubles");
    assert!(
        matches!(ended, Err(EngageError::NotReconciled { .. })),
        "and the ledger would not have noticed: {ended:?}"
    );
}
