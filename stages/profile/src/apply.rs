//! One batch of events onto the profiles that it touches.

use crate::AcquisitionRules;
use bellwether_domain::{CleanEvent, Commerce, EventKind, Order, OrderKind, Profile, ProfileId, SubjectId};
use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;
use serde_json::{Value, value::RawValue};
use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
};

/// What a batch of events changes.
#[derive(Debug, Default)]
pub struct ProfileChanges {
    /// Every profile that is new, or has other traits or orders than before, whole, by id.
    pub profiles: Vec<Profile>,
    /// Those that were active without that, by id.
    pub active: Vec<Profile>,
    /// Subjects that were not known before.
    pub subjects: Vec<(SubjectId, ProfileId)>,
}

/// Applies `events` to the profiles as the Store has them.
///
/// `owners` says which profile the known subjects lead to; a subject that is not in it becomes a new profile, whose id
/// follows from the subject. `known` holds the present state of those profiles. Events that are about nobody change no
/// profile; a visitor of whom only an anonymous id is known has one like everybody else. `acquisition` says what is a way to
/// come; see [`Profile::add_touch`] for which of them stand.
pub fn apply<'e>(
    events: impl IntoIterator<Item = &'e CleanEvent>,
    owners: &HashMap<SubjectId, ProfileId, impl BuildHasher>,
    known: impl IntoIterator<Item = Profile>,
    acquisition: &AcquisitionRules,
) -> ProfileChanges {
    let mut profiles: FxHashMap<ProfileId, Profile> = known.into_iter().map(|p| (p.id, p)).collect();
    let mut newcomers: FxHashMap<SubjectId, ProfileId> = FxHashMap::default();
    // Whether more than their activity changed.
    let mut touched: BTreeMap<ProfileId, bool> = BTreeMap::new();
    for event in events {
        let Some(subject) = event.subject else { continue };
        let owner = owners.get(&subject).or_else(|| newcomers.get(&subject)).copied();
        let id = owner.unwrap_or_else(|| ProfileId::derive(&[subject.as_uuid().as_bytes()]));
        if owner.is_none() {
            newcomers.insert(subject, id);
        }
        let mut is_new = false;
        let profile = profiles.entry(id).or_insert_with(|| {
            is_new = true;
            newcomer(id, event)
        });
        *touched.entry(id).or_default() |= add(profile, event) || is_new;
        if let Some(touch) = acquisition.touch(event) {
            profile.add_touch(touch);
        }
    }
    let mut subjects: Vec<_> = newcomers.into_iter().collect();
    subjects.sort_unstable();
    let mut changes = ProfileChanges { subjects, ..ProfileChanges::default() };
    for (id, is_changed) in touched {
        let kind = if is_changed { &mut changes.profiles } else { &mut changes.active };
        kind.extend(profiles.remove(&id));
    }
    changes
}

fn newcomer(id: ProfileId, event: &CleanEvent) -> Profile {
    Profile {
        id,
        user_id: shown_id(event),
        traits: BTreeMap::new(),
        trait_times: BTreeMap::new(),
        first_seen: event.time,
        last_seen: event.time,
        events: 0,
        commerce: Commerce::default(),
        first_touch: None,
        latest_touch: None,
    }
}

/// Facts of a profile at the most. Whoever sends may make up a new one each time, and all of them are one row.
const MOST_FACTS: usize = 500;
/// The longest fact, in bytes of JSON. Longer ones stay with their events.
const FACT_BYTES: usize = 4_096;

/// What a visitor's id begins with, so that nobody takes it for an id of the shop; and so that it is none: the same text
/// may be somebody's user id.
const VISITOR: &str = "anonymous:";

/// The id that people are shown. Never empty: lists link by it.
fn shown_id(event: &CleanEvent) -> String {
    match (&event.user_id, &event.anonymous_id) {
        (Some(user), _) => user.to_string(),
        (None, Some(visitor)) => format!("{VISITOR}{visitor}"),
        (None, None) => VISITOR.to_owned(),
    }
}

/// Whether traits or orders are others now.
fn add(profile: &mut Profile, event: &CleanEvent) -> bool {
    let learned = learn_traits(profile, event);
    profile.first_seen = profile.first_seen.min(event.time);
    profile.last_seen = profile.last_seen.max(event.time);
    profile.events += 1;
    if let Some(order) = &event.order {
        add_order(&mut profile.commerce, order, event);
    }
    learned || event.order.is_some()
}

/// Of every fact the newest word stands, in whatever order events arrive; of two at the same time the greater text. Gives
/// whether any fact is another one now.
fn learn_traits(profile: &mut Profile, event: &CleanEvent) -> bool {
    // What `group` states are facts about the company.
    let text = event.traits.as_deref().filter(|_| event.kind != EventKind::Group).unwrap_or("{}");
    // The text was checked to be an object when the event was cleaned.
    let Ok(traits) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) else { return false };
    if event.time > profile.last_seen {
        // What this event does not say again is from now on older than the last event.
        for key in profile.traits.keys().filter(|key| !traits.contains_key(*key)) {
            profile.trait_times.entry(key.clone()).or_insert(profile.last_seen);
        }
    }
    let newest = event.time.max(profile.last_seen);
    let word = Value::to_string;
    let mut learned = false;
    for (key, value) in traits {
        if value.get().len() > FACT_BYTES {
            continue;
        }
        let value = fact(value);
        let stated = profile.trait_times.get(&key).copied().unwrap_or(profile.last_seen);
        let stands = match (profile.traits.get(&key), stated.cmp(&event.time)) {
            (None, _) | (_, Ordering::Less) => false,
            (_, Ordering::Greater) => true,
            (Some(known), Ordering::Equal) => word(known) >= word(&value),
        };
        if stands {
            continue;
        }
        match event.time == newest {
            true => drop(profile.trait_times.remove(&key)),
            false => drop(profile.trait_times.insert(key.clone(), event.time)),
        }
        learned |= profile.traits.get(&key) != Some(&value);
        profile.traits.insert(key, value);
    }
    forget_oldest(profile, newest);
    learned
}

/// Leaves the facts that were stated last; of those of the same time the first by name. In whatever order events arrive, the same
/// ones stay: what is left out is older than all that stays, and what is stated again comes back.
fn forget_oldest(profile: &mut Profile, newest: DateTime<Utc>) {
    let Some(too_many) = profile.traits.len().checked_sub(MOST_FACTS).filter(|too_many| *too_many > 0) else { return };
    let stated = |key: &String| profile.trait_times.get(key).copied().unwrap_or(newest);
    let mut oldest: Vec<_> = profile.traits.keys().map(|key| (stated(key), Reverse(key.clone()))).collect();
    oldest.sort_unstable();
    for (_, Reverse(key)) in oldest.into_iter().take(too_many) {
        profile.traits.remove(&key);
        profile.trait_times.remove(&key);
    }
}

/// A fact as a value. A number that no machine word holds is kept as its digits: one such fact must not hide the others.
fn fact(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::from(raw.get()))
}

fn add_order(commerce: &mut Commerce, order: &Order, event: &CleanEvent) {
    commerce.fees += order.fees;
    match order.kind {
        OrderKind::Refunded => {
            commerce.refunds += 1;
            // Goods that came back have a negative value.
            commerce.refunded -= order.value;
        }
        OrderKind::Completed => {
            let mut goods = order.lines.iter().filter(|line| line.flags.is_ordinary_sale()).peekable();
            if goods.peek().is_none() {
                return;
            }
            commerce.orders += 1;
            commerce.units += goods.map(|line| line.quantity).sum();
            commerce.revenue += order.value;
            commerce.first_order = Some(commerce.first_order.map_or(event.time, |first| first.min(event.time)));
            commerce.last_order = Some(commerce.last_order.map_or(event.time, |last| last.max(event.time)));
        }
    }
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
