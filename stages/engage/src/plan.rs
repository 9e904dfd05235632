//! Who of an audience gets a message: the pure part of a run.

use crate::{
    Person,
    gate::{Candidate, Gate},
};
use bellwether_domain::{Campaign, Decision, Message, MessageId, MessageState, ProfileId, RunId};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

/// Decides for every person. `suppressed` holds addresses as the people have them.
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
        let suppressed = address.is_some_and(|address| suppressed.contains(address));
        gate.decide(&Candidate { profile: person.profile, address, suppressed }, decided_at)
    };
    people.iter().map(decision).collect()
}

/// The ledger entries of people who are to get a message, not yet reserved anywhere. Somebody without an address has an empty one.
pub fn entries(
    campaign: &Campaign,
    profiles: &[ProfileId],
    people: &HashMap<ProfileId, Person>,
    message_id: impl Fn(RunId, ProfileId) -> MessageId,
    now: DateTime<Utc>,
) -> Vec<Message> {
    let run = campaign.run_id();
    let entry = |profile: &ProfileId| Message {
        id: message_id(run, *profile),
        campaign: campaign.id,
        run,
        profile: *profile,
        channel: campaign.channel.clone(),
        address: people.get(profile).and_then(|person| person.address.clone()).unwrap_or_default(),
        state: MessageState::Reserved { at: now },
    };
    profiles.iter().map(entry).collect()
}
