//! One run of a campaign, from the members of a segment to a ledger that reconciles.
//!
//! The order of the steps is what makes a run safe to kill anywhere: a decision is logged before anything is reserved, a message is
//! reserved before it is handed over, and handed over durably before its outcome is recorded. What a dead run left reserved is settled first:
//! a channel that can tell is asked; on one that cannot, the message becomes `unknown` and is never sent again.
//! A channel that stops working stops the run: what it did not take waits for the next one, and nobody is written off for it.
//! Only one process may run a campaign at a time; the data folder's lock sees to that.

mod batch;
mod hand_over;
mod in_flight;
#[cfg(test)]
mod outage_tests;
#[cfg(test)]
mod tests;

use crate::{
    AudienceContext, ContentRenderer, ContentSettings, EngageError, Person, UnsubscribeKey, gate::normal_address, plan,
    unsubscribe::is_public_https,
};
use batch::Batch;
use bellwether_channels::{Answer, Channel, ReceiptLookup};
use bellwether_domain::{
    Campaign, CampaignState, Clock, Decision, DecisionChoice, Message, MessageId, MessageState, ProfileId, RunId,
    SkipReason,
};
use bellwether_store::{MAX_PAGE_SIZE, MessageQuery, Store};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// People who are decided about with one query.
const DECISION_BATCH: usize = 1_000;
/// People who get a message in one transaction. Where a channel cannot tell afterwards, a crash leaves as many `unknown`.
const BATCH: usize = 256;
const UNCERTAIN_BATCH: usize = 32;

/// All that a run needs.
pub struct CampaignRun<'a> {
    /// Campaign, members, decisions and ledger.
    pub store: &'a Store,
    /// Carries the messages.
    pub channel: &'a dyn Channel,
    /// What can be said to whom.
    pub audience: &'a dyn AudienceContext,
    /// What every message of the shop has in common.
    pub content: &'a ContentSettings,
    /// Makes the unsubscribe links.
    pub unsubscribe_key: &'a UnsubscribeKey,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Hears which mailboxes do not exist.
    pub bounces: &'a dyn Bounces,
    /// Hears how far the run is.
    pub progress: &'a (dyn Fn(RunProgress) + Send + Sync),
    /// How patient the run is.
    pub options: RunOptions,
}

/// A message that came back at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Which, and to whom.
    pub message: Message,
    /// What the mail server said.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Whoever wants to know which mailboxes do not exist. May be told the same twice, after a crash: a bounce is known by its message.
pub trait Bounces: Send + Sync {
    /// Returns when what it was told survives a crash; the ledger is written after that.
    fn tell<'a>(&'a self, bounces: &'a [Bounce]) -> Answer<'a, Result<(), EngageError>>;
}

/// How patient a run is.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// How often a message is tried before a temporary failure counts as one for good.
    pub attempts: u32,
    /// Rest between two tries; doubled every time.
    pub pause: Duration,
    /// Makes a message's id. What keeps anybody from getting two: only the tests' negative control puts another one here.
    pub(crate) message_id: fn(RunId, ProfileId) -> MessageId,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { attempts: 3, pause: Duration::from_secs(2), message_id: Message::id_for }
    }
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStep {
    /// Passing the audience through the gate.
    Deciding,
    /// Settling what an interrupted run left open.
    Settling,
    /// Handing messages over.
    Sending,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RunProgress {
    /// What it is doing.
    pub step: RunStep,
    /// People done in this step.
    pub done: u64,
    /// People in this step.
    pub total: u64,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignReport {
    /// The campaign's short name.
    pub campaign: String,
    /// Which run.
    pub run: RunId,
    /// Everybody decided about.
    pub audience: u64,
    /// Decided to get a message. Equals `handed_over + failed + unknown` when the run is complete.
    pub decided_send: u64,
    /// Held out by chance.
    pub held_out: u64,
    /// Got nothing, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Messages that the channel took.
    pub handed_over: u64,
    /// Messages that it refused for good.
    pub failed: u64,
    /// Messages whose fate nobody knows.
    pub unknown: u64,
    /// Messages handed over by this call; 0 when an earlier one had done everything.
    pub handed_over_now: u64,
    /// Whether the campaign had been completed before this call.
    pub was_complete: bool,
}

/// Starts a campaign's run, or goes on with one that was interrupted, and brings it to its end. A second call sends nothing.
pub async fn run_campaign(run: &CampaignRun<'_>, slug: &str) -> Result<CampaignReport, EngageError> {
    let campaign = run.store.campaign_by_slug(slug).await?;
    let mut campaign = campaign.ok_or_else(|| EngageError::NoSuchCampaign { slug: slug.to_owned() })?;
    if let CampaignState::Completed { run: completed, .. } = campaign.state {
        return run.report(&campaign, completed, 0, true).await;
    }
    let renderer = run.prepare(&campaign).await?;
    let id = campaign.start(run.clock.now())?;
    run.store.put_campaign(&campaign).await?;

    run.decide(&campaign).await?;
    let decisions = run.store.decisions(id).await?;
    let mut sent = run.settle(&campaign, &renderer).await?;
    sent += run.send(&campaign, &renderer, &decisions).await?;

    let report = run.report(&campaign, id, sent, false).await?;
    report.reconcile()?;
    campaign.complete(run.clock.now())?;
    run.store.put_campaign(&campaign).await?;
    Ok(report)
}

impl CampaignRun<'_> {
    /// Finds out what would fail for everybody before anything is started.
    async fn prepare(&self, campaign: &Campaign) -> Result<Arc<ContentRenderer>, EngageError> {
        let description = self.channel.describe();
        if description.name != campaign.channel {
            return Err(EngageError::WrongChannel { campaign: campaign.channel.clone(), given: description.name });
        }
        if description.leaves_this_machine && !is_public_https(&self.content.unsubscribe_base) {
            return Err(EngageError::PrivateLinks { base: self.content.unsubscribe_base.clone() });
        }
        self.channel.check().await?;
        let renderer = ContentRenderer::new(campaign, self.content.clone(), self.unsubscribe_key.clone())?;
        let first: Vec<ProfileId> = self.store.members(campaign.audience.segment).await?.into_iter().take(3).collect();
        let people = self.audience.people(&first).await?;
        let tried: Vec<_> = people.into_iter().map(|person| self.try_out(campaign, &renderer, person)).collect();
        // Somebody's data may be odd; that all of them fail is the campaign's fault.
        if !tried.is_empty() && tried.iter().all(Result::is_err) {
            tried.into_iter().collect::<Result<Vec<_>, EngageError>>()?;
        }
        Ok(Arc::new(renderer))
    }

    /// Makes the whole message for one person, and sends it nowhere.
    fn try_out(&self, campaign: &Campaign, renderer: &ContentRenderer, person: Person) -> Result<(), EngageError> {
        let (profile, now) = (person.profile, self.clock.now());
        let people = HashMap::from([(profile, person)]);
        let person = &people[&profile];
        for mut message in plan::entries(campaign, &[profile], &people, self.options.message_id, now) {
            if message.address.is_empty() {
                // Whoever has no address gets none; the rest of the message can be wrong all the same.
                message.address = "somebody@example.com".to_owned();
            }
            self.channel.check_message(&renderer.render(&message, person, now)?)?;
        }
        Ok(())
    }

    /// Logs a decision for every member. The first decision about somebody stands, so this can be repeated.
    async fn decide(&self, campaign: &Campaign) -> Result<(), EngageError> {
        let mut all = self.store.members(campaign.audience.segment).await?;
        // Of several people with one address the first is the one who counts, so the order must be the same in every run.
        all.sort_unstable();
        let mut owners = plan::Owners::default();
        let mut done = 0;
        for members in all.chunks(DECISION_BATCH) {
            let people = self.audience.people(members).await?;
            let suppressed =
                self.suppressed(campaign, people.iter().filter_map(|person| person.address.as_deref())).await?;
            self.store
                .log_decisions(&plan::decide(campaign, &people, &suppressed, &mut owners, self.clock.now()))
                .await?;
            done += members.len();
            self.report_progress(RunStep::Deciding, done, all.len());
        }
        Ok(())
    }

    /// Brings what a dead run left reserved to an end.
    async fn settle(&self, campaign: &Campaign, renderer: &Arc<ContentRenderer>) -> Result<u64, EngageError> {
        let mut sent = 0;
        let mut done = 0;
        loop {
            let open = self.store.reserved(campaign.run_id(), BATCH as u64).await?;
            if open.is_empty() {
                return Ok(sent);
            }
            done += open.len();
            self.channel.check().await?;
            let mut batch = Batch::default();
            let mut unsent = Vec::new();
            for mut message in open {
                match self.channel.find_receipt(message.id).await? {
                    ReceiptLookup::Sent(receipt) => {
                        message.hand_over(receipt.0, self.clock.now())?;
                        batch.settled.push(message);
                    }
                    ReceiptLookup::CannotTell => {
                        message.lose_track(self.clock.now())?;
                        batch.settled.push(message);
                    }
                    ReceiptLookup::NotSent => unsent.push(message),
                }
            }
            let profiles: Vec<ProfileId> = unsent.iter().map(|message| message.profile).collect();
            let people = by_profile(self.audience.people(&profiles).await?);
            self.fill(&mut batch, campaign, renderer, unsent, people).await?;
            let delivered = self.deliver(batch).await?;
            if delivered.left > 0 {
                return Err(self.stopped(delivered.left, delivered.reason));
            }
            sent += delivered.sent;
            self.report_progress(RunStep::Settling, done, done);
        }
    }

    /// Reserves and hands over, a batch at a time, whatever is decided and not in the ledger yet.
    async fn send(
        &self,
        campaign: &Campaign,
        renderer: &Arc<ContentRenderer>,
        decisions: &[Decision],
    ) -> Result<u64, EngageError> {
        let ledger = self.in_ledger(campaign.run_id()).await?;
        let mut owners: HashMap<String, ProfileId> = HashMap::new();
        owners.extend(ledger.values().map(|message| (normal_address(&message.address), message.profile)));
        let chosen: Vec<Decision> = decisions
            .iter()
            .filter(|decision| {
                let id = (self.options.message_id)(campaign.run_id(), decision.profile);
                decision.choice == DecisionChoice::Send && !ledger.contains_key(&id)
            })
            .copied()
            .collect();
        let can_tell = self.channel.describe().can_tell_afterwards;
        let size = if can_tell { BATCH } else { UNCERTAIN_BATCH };
        let (mut sent, mut done, mut left, mut reason) = (0, 0, 0, String::new());
        for decisions in chosen.chunks(size) {
            // A server that went away must be noticed before people are reserved for it.
            self.channel.check().await?;
            let profiles: Vec<ProfileId> = decisions.iter().map(|decision| decision.profile).collect();
            let people = by_profile(self.audience.people(&profiles).await?);
            let new = self.reserve(campaign, &profiles, &people).await?;
            let mut batch = Batch::default();
            let is_double = |message: &&Message| {
                !message.address.is_empty()
                    && *owners.entry(normal_address(&message.address)).or_insert(message.profile) != message.profile
            };
            batch.doubles = new.iter().filter(is_double).map(|message| message.id).collect();
            self.fill(&mut batch, campaign, renderer, new, people).await?;
            let delivered = self.deliver(batch).await?;
            sent += delivered.sent;
            if delivered.left > 0 {
                (left, reason) = (left + delivered.left, delivered.reason);
                // A server that took others of the batch may have something against a few; they must not keep the rest waiting.
                if can_tell || !delivered.anything_taken {
                    break;
                }
            }
            done += decisions.len();
            self.report_progress(RunStep::Sending, done, chosen.len());
        }
        if left > 0 { Err(self.stopped(left, reason)) } else { Ok(sent) }
    }

    fn stopped(&self, left: u64, reason: String) -> EngageError {
        EngageError::Stopped { channel: self.channel.describe().name, left, reason }
    }

    /// The messages that are ours to send: those that nobody reserved before.
    async fn reserve(
        &self,
        campaign: &Campaign,
        profiles: &[ProfileId],
        people: &HashMap<ProfileId, Person>,
    ) -> Result<Vec<Message>, EngageError> {
        let entries = plan::entries(campaign, profiles, people, self.options.message_id, self.clock.now());
        let new: HashSet<MessageId> = self.store.reserve(&entries).await?.into_iter().collect();
        Ok(entries.into_iter().filter(|message| new.contains(&message.id)).collect())
    }

    async fn suppressed(
        &self,
        campaign: &Campaign,
        addresses: impl Iterator<Item = &str>,
    ) -> Result<HashSet<String>, EngageError> {
        let addresses: Vec<String> = addresses.map(str::to_owned).collect();
        Ok(self.store.suppressed(&campaign.channel, &addresses).await?)
    }

    /// Every message of the run.
    async fn in_ledger(&self, run: RunId) -> Result<HashMap<MessageId, Message>, EngageError> {
        let mut ids = HashMap::new();
        for page in 0.. {
            let query = MessageQuery { run: Some(run), page, page_size: MAX_PAGE_SIZE, ..MessageQuery::default() };
            let rows = self.store.messages(&query).await?.rows;
            let is_last = (rows.len() as u64) < MAX_PAGE_SIZE;
            ids.extend(rows.into_iter().map(|message| (message.id, message)));
            if is_last {
                break;
            }
        }
        Ok(ids)
    }

    async fn report(
        &self,
        campaign: &Campaign,
        run: RunId,
        now: u64,
        was_complete: bool,
    ) -> Result<CampaignReport, EngageError> {
        let messages = self.store.message_counts(run).await?;
        let state = |name: &str| messages.get(name).copied().unwrap_or(0);
        let mut report = CampaignReport {
            campaign: campaign.slug.clone(),
            run,
            audience: 0,
            decided_send: 0,
            held_out: 0,
            skipped: BTreeMap::new(),
            handed_over: state("handed_over"),
            failed: state("failed"),
            unknown: state("unknown"),
            handed_over_now: now,
            was_complete,
        };
        for (choice, people) in self.store.decision_counts(run).await? {
            report.audience += people;
            match choice {
                DecisionChoice::Send => report.decided_send += people,
                DecisionChoice::HoldOut => report.held_out += people,
                DecisionChoice::Skip { reason } => *report.skipped.entry(reason).or_default() += people,
            }
        }
        Ok(report)
    }

    fn report_progress(&self, step: RunStep, done: usize, total: usize) {
        (self.progress)(RunProgress { step, done: done as u64, total: total as u64 });
    }
}

impl CampaignReport {
    /// Everybody who was to get a message has one with an outcome, and nobody else has.
    fn reconcile(&self) -> Result<(), EngageError> {
        let accounted = self.handed_over + self.failed + self.unknown;
        if accounted == self.decided_send {
            return Ok(());
        }
        Err(EngageError::NotReconciled { campaign: self.campaign.clone(), decided: self.decided_send, accounted })
    }
}

/// When a message was reserved, to the second: the date of the message, however often it is rendered.
fn reserved_at(message: &Message, now: DateTime<Utc>) -> DateTime<Utc> {
    let at = match message.state {
        MessageState::Reserved { at } => at,
        MessageState::HandedOver { .. } | MessageState::Failed { .. } | MessageState::Unknown { .. } => now,
    };
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

fn by_profile(people: Vec<Person>) -> HashMap<ProfileId, Person> {
    people.into_iter().map(|person| (person.profile, person)).collect()
}
