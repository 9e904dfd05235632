//! Who of an audience gets a message: the pure part of a run.

use crate::{
    Person,
    gate::{Candidate, Gate, normal_address},
};
use bellwether_domain::{Campaign, Decision, Message, MessageId, MessageState, ProfileId, RunId};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

/// Who stands for a mailbox: the first person of the audience that has the address.
#[derive(Debug, Default)]
pub struct Owners(HashMap<String, ProfileId>);

impl Owners {
    /// Whether somebody else stands for this person's mailbox; whoever asks first does from then on.
    fn is_duplicate(&mut self, person: &Person) -> bool {
        let owner = |address: &str| *self.0.entry(normal_address(address)).or_insert(person.profile);
        person.address.as_deref().map(owner).is_some_and(|owner| owner != person.profile)
    }
}

/// Decides for every person. `suppressed` holds addresses as the people have them; `owners` what earlier calls for the same run left.
pub fn decide(
    campaign: &Campaign,
    people: &[Person],
    suppressed: &HashSet<String>,
    owners: &mut Owners,
    decided_at: DateTime<Utc>,
) -> Vec<Decision> {
    let gate = Gate {
        campaign: campaign.id,
        run: campaign.run_id(),
        holdout_per_10_000: campaign.audience.holdout_per_10_000,
    };
    let mut people: Vec<&Person> = people.iter().collect();
    people.sort_unstable_by_key(|person| person.profile);
    let decision = |person: &Person| {
        let address = person.address.as_deref();
        let suppressed = address.is_some_and(|address| suppressed.contains(address));
        let duplicate = owners.is_duplicate(person);
        gate.decide(&Candidate { profile: person.profile, address, suppressed, duplicate }, decided_at)
    };
    people.into_iter().map(decision).collect()
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
