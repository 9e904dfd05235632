//! Who of an audience gets a message: the pure part of a run.

use crate::{
    Person,
    gate::{Candidate, Gate},
};
use bellwether_domain::{Campaign, Decision, DecisionChoice, Message, MessageId, MessageState, ProfileId, RunId};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// Decides for every person. `suppressed` holds addresses, in the form of [`suppression_forms`].
pub fn decide(
    campaign: &Campaign,
    people: &[Person],
    suppressed: &HashSet<String>,
    decided_at: DateTime<Utc>,
) -> Vec<Decision> {
    let gate = Gate {
        campaign: campaign.id,
        run: campaign.run_id(),
        holdout_per_10_000: campaign.audience.holdout_per_10_000,
    };
    let decision = |person: &Person| {
        let address = person.address.as_deref();
        let suppressed = address.is_some_and(|address| is_suppressed(address, suppressed));
        gate.decide(&Candidate { profile: person.profile, address, suppressed }, decided_at)
    };
    people.iter().map(decision).collect()
}

/// The ledger entries of those who are to get a message, not yet reserved anywhere.
pub fn messages(
    campaign: &Campaign,
    people: &[Person],
    decisions: &[Decision],
    message_id: impl Fn(RunId, ProfileId) -> MessageId,
    now: DateTime<Utc>,
) -> Vec<Message> {
    let chosen: HashSet<ProfileId> = decisions
        .iter()
        .filter(|decision| decision.choice == DecisionChoice::Send)
        .map(|decision| decision.profile)
        .collect();
    let run = campaign.run_id();
    people
        .iter()
        .filter(|person| chosen.contains(&person.profile))
        .map(|person| Message {
            id: message_id(run, person.profile),
            campaign: campaign.id,
            run,
            profile: person.profile,
            channel: campaign.channel.clone(),
            address: person.address.clone().unwrap_or_default(),
            state: MessageState::Reserved { at: now },
        })
        .collect()
}

/// Whether an address, in any spelling of its letters' case, is among the suppressed.
pub fn is_suppressed(address: &str, suppressed: &HashSet<String>) -> bool {
    suppression_forms(address).iter().any(|form| suppressed.contains(form))
}

/// The spellings of an address to ask for: as it is, and in small letters.
pub fn suppression_forms(address: &str) -> Vec<String> {
    let small = address.to_lowercase();
    if small == address { vec![small] } else { vec![address.to_owned(), small] }
}
