//! A channel that stops working, and works again: nobody is written off, nobody gets two.

#[path = "../../../../channels/tests/sink/mod.rs"]
mod sink;

use super::tests::{Heard, PEOPLE, SLUG, Shop, address, check_everybody_has_one, options, profile, profile_id};
use super::*;
use crate::{
    AudienceOptions, StoreAudience,
    samples::{now, settings},
};
use bellwether_channels::{Channel, Outbox, Smtp, SmtpSettings, TlsMode};
use bellwether_domain::{ChangeSet, ManualClock, Offset, Profile};
use sink::{Behaviour, Sink};

fn smtp(sink: &Sink) -> Smtp {
    let mut settings = SmtpSettings::new("127.0.0.1");
    settings.port = Some(sink.address.port());
    settings.tls = TlsMode::None;
    Smtp::new(settings)
}

async fn run(shop: &Shop, channel: &dyn Channel, content: ContentSettings) -> Result<CampaignReport, EngageError> {
    run_heard(shop, channel, content, &Heard::default()).await
}

async fn run_heard(
    shop: &Shop,
    channel: &dyn Channel,
    content: ContentSettings,
    bounces: &dyn Bounces,
) -> Result<CampaignReport, EngageError> {
    let campaign = CampaignRun {
        store: &shop.store,
        channel,
        audience: &StoreAudience::new(&shop.store, AudienceOptions::default()),
        content: &content,
        unsubscribe_key: &UnsubscribeKey::from_secret(b"secret"),
        clock: &ManualClock::new(now()),
        bounces,
        progress: &|_| {},
        options: options(),
    };
    run_campaign(&campaign, SLUG).await
}

async fn shop_with_smtp(people: usize) -> Shop {
    let shop = Shop::open(people).await;
    let mut campaign = shop.store.campaign_by_slug(SLUG).await.unwrap().unwrap();
    campaign.channel = "smtp".to_owned();
    shop.store.put_campaign(&campaign).await.unwrap();
    shop
}

/// A server that has enough after some messages stops the run; when it has recovered, everybody gets exactly one.
async fn check_outage(after: usize, command: &'static str, answer: &'static str) {
    let sink = Sink::start(Behaviour { outage: Some((after, command, answer)), ..Behaviour::default() }).await;
    let shop = shop_with_smtp(100).await;
    let error = run(&shop, &smtp(&sink), settings()).await.unwrap_err();
    assert!(matches!(error, EngageError::Stopped { channel: "smtp", .. }), "{error:?}");
    assert!(error.to_string().contains(&answer[..3]), "{error}");
    assert_eq!(shop.campaign_state().await, "running");
    let run_id = shop.store.campaign_by_slug(SLUG).await.unwrap().unwrap().run_id();
    let counts = shop.store.message_counts(run_id).await.unwrap();
    let arrived = sink.seen.lock().unwrap().messages.len() as u64;
    assert_eq!(counts, BTreeMap::from_iter((arrived > 0).then(|| ("handed_over".to_owned(), arrived))), "{answer}");

    sink.recover();
    let report = run(&shop, &smtp(&sink), settings()).await.unwrap();
    assert_eq!((report.failed, report.unknown, report.handed_over), (0, 0, report.decided_send), "{answer}");
    let seen = sink.seen.lock().unwrap();
    let distinct: HashSet<&String> = seen.messages.iter().map(|(to, _)| to).collect();
    assert_eq!((seen.messages.len() as u64, distinct.len() as u64), (report.decided_send, report.decided_send));
}

#[tokio::test]
async fn a_server_that_stops_taking_messages_burns_nobody() {
    check_outage(0, "MAIL", "530 5.7.0 authentication required").await;
    check_outage(10, "RCPT", "451 4.7.1 too many messages, slow down").await;
    check_outage(37, "MAIL", "421 4.3.2 shutting down").await;
    check_outage(32, "RCPT", "554 5.7.1 client host blocked").await;
}

#[tokio::test]
async fn a_few_refused_people_do_not_stop_the_rest() {
    let sink = Sink::start(Behaviour::default()).await;
    let shop = shop_with_smtp(60).await;
    let with_address = |number: usize, address: &str| Profile {
        traits: BTreeMap::from([("email".to_owned(), address.into())]),
        ..profile(number)
    };
    let profiles = vec![
        with_address(1, "refused@example.com"),
        with_address(2, "later@example.com"),
        with_address(3, "busy@example.com"),
    ];
    shop.store.commit(&ChangeSet { applied: Offset(2), profiles, ..ChangeSet::default() }).await.unwrap();
    let mut campaign = shop.store.campaign_by_slug(SLUG).await.unwrap().unwrap();
    campaign.audience.holdout_per_10_000 = 0;
    shop.store.put_campaign(&campaign).await.unwrap();
    let heard = Heard::default();
    let error = run_heard(&shop, &smtp(&sink), settings(), &heard).await.unwrap_err();
    let bounced: Vec<_> = heard.0.lock().unwrap().iter().map(|bounce| bounce.message.address.clone()).collect();
    assert_eq!(bounced, ["refused@example.com"], "only that mailbox does not exist");
    assert!(matches!(error, EngageError::Stopped { left: 1, .. }), "only the busy one waits: {error}");
    let everybody = (0..60).filter(|number| address(*number).is_some()).count();
    assert_eq!(sink.seen.lock().unwrap().messages.len(), everybody - 3);
    let state = async |number: usize| {
        let id = Message::id_for(campaign.run_id(), profile_id(number));
        shop.store.message(id).await.unwrap().map(|message| message.state.name())
    };
    assert!(sink.arrived("busy@example.com").is_empty());
    assert_eq!((state(1).await, state(2).await, state(3).await), (Some("failed"), Some("failed"), None));
}

#[tokio::test]
async fn a_sender_that_is_no_address_starts_nothing() {
    let shop = Shop::open(20).await;
    let wrong = ContentSettings { from_address: "shop@".to_owned(), ..settings() };
    let error = run(&shop, &shop.outbox(), wrong).await.unwrap_err();
    assert!(error.to_string().contains("shop@"), "{error}");
    assert_eq!(shop.campaign_state().await, "draft");
}

#[tokio::test]
async fn links_that_nobody_can_follow_are_not_mailed() {
    let sink = Sink::start(Behaviour::default()).await;
    let shop = shop_with_smtp(20).await;
    let private = ContentSettings { unsubscribe_base: "http://127.0.0.1:4180/u/".to_owned(), ..settings() };
    let error = run(&shop, &smtp(&sink), private.clone()).await.unwrap_err();
    assert!(error.to_string().contains("server.public_url"), "{error}");
    assert!(sink.seen.lock().unwrap().commands.is_empty());
    // What stays on this machine may lead to this machine.
    let shop = Shop::open(20).await;
    run(&shop, &shop.outbox(), private).await.unwrap();
}

#[tokio::test]
async fn an_outbox_that_cannot_be_written_to_burns_nobody() {
    let undisturbed = Shop::open(PEOPLE).await;
    run(&undisturbed, &undisturbed.outbox(), settings()).await.unwrap();
    let shop = Shop::open(PEOPLE).await;
    // A directory where a file has to go: the folder is fine, and this one write fails.
    let outbox = shop.outbox();
    let blocked = undisturbed.files().into_keys().nth(100).unwrap();
    std::fs::create_dir_all(outbox.folder().join(&blocked).join("x")).unwrap();
    let error = run(&shop, &outbox, settings()).await.unwrap_err();
    assert!(matches!(error, EngageError::Stopped { channel: "outbox", left: 1, .. }), "{error}");
    std::fs::remove_dir_all(outbox.folder().join(&blocked)).unwrap();
    let report = run(&shop, &Outbox::new(outbox.folder()), settings()).await.unwrap();
    check_everybody_has_one(&report, &shop.files());
    assert!(shop.files() == undisturbed.files(), "the files differ");
}

#[tokio::test]
async fn one_mailbox_gets_one_message() {
    let shop = Shop::open(40).await;
    let double = |number: usize| Profile {
        traits: BTreeMap::from([("email".to_owned(), format!("Customer-{}@Example.com", number - 20).into())]),
        ..profile(number)
    };
    let profiles: Vec<_> = (20..30).filter(|number| *number != 27).map(double).collect();
    shop.store.commit(&ChangeSet { applied: Offset(2), profiles, ..ChangeSet::default() }).await.unwrap();
    let report = run(&shop, &shop.outbox(), settings()).await.unwrap();
    assert_eq!(report.skipped[&SkipReason::DuplicateAddress], 9);
    let files = shop.files();
    let receivers: Vec<String> = super::tests::receivers(&files).into_iter().map(str::to_lowercase).collect();
    assert_eq!(receivers.len(), receivers.iter().collect::<HashSet<_>>().len(), "{receivers:?}");
    assert_eq!(receivers.len() as u64, report.handed_over);
}

/// Whoever cannot keep that a mailbox does not exist is told again: the ledger says nothing of it before.
#[tokio::test]
async fn a_bounce_that_cannot_be_kept_is_not_in_the_ledger_either() {
    struct Full;
    impl Bounces for Full {
        fn tell<'a>(&'a self, _: &'a [Bounce]) -> Answer<'a, Result<(), EngageError>> {
            Box::pin(async { Err(EngageError::Bounces { detail: "the disk is full".to_owned() }) })
        }
    }
    let sink = Sink::start(Behaviour::default()).await;
    let shop = shop_with_smtp(20).await;
    let traits = BTreeMap::from([("email".to_owned(), "refused@example.com".into())]);
    let profiles = vec![Profile { traits, ..profile(1) }];
    shop.store.commit(&ChangeSet { applied: Offset(2), profiles, ..ChangeSet::default() }).await.unwrap();
    let mut campaign = shop.store.campaign_by_slug(SLUG).await.unwrap().unwrap();
    campaign.audience.holdout_per_10_000 = 0;
    shop.store.put_campaign(&campaign).await.unwrap();
    let error = run_heard(&shop, &smtp(&sink), settings(), &Full).await.unwrap_err();
    assert!(error.to_string().contains("the disk is full"), "{error}");
    let id = Message::id_for(campaign.run_id(), profile_id(1));
    assert_eq!(shop.store.message(id).await.unwrap().map(|message| message.state.name()), Some("reserved"));
}
