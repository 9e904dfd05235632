//! One batch of events onto the profiles that it touches.

use bellwether_domain::{CleanEvent, Commerce, Order, OrderKind, Profile, ProfileId, SubjectId};
use rustc_hash::FxHashMap;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

/// What a batch of events changes.
#[derive(Debug, Default)]
pub struct ProfileChanges {
    /// Every profile that was touched, whole, by id.
    pub profiles: Vec<Profile>,
    /// Subjects that were not known before.
    pub subjects: Vec<(SubjectId, ProfileId)>,
}

/// Applies `events` to the profiles as the Store has them.
///
/// `owners` says which profile the known subjects lead to; a subject that is not in it becomes a new profile, whose id
/// follows from the subject. `known` holds the present state of those profiles. Anonymous events change no profile.
pub fn apply<'e>(
    events: impl IntoIterator<Item = &'e CleanEvent>,
    owners: &HashMap<SubjectId, ProfileId>,
    known: impl IntoIterator<Item = Profile>,
) -> ProfileChanges {
    let mut profiles: FxHashMap<ProfileId, Profile> = known.into_iter().map(|p| (p.id, p)).collect();
    let mut newcomers: FxHashMap<SubjectId, ProfileId> = FxHashMap::default();
    let mut touched = BTreeMap::new();
    for event in events {
        let Some(subject) = event.subject else { continue };
        let owner = owners.get(&subject).or_else(|| newcomers.get(&subject)).copied();
        let id = owner.unwrap_or_else(|| ProfileId::derive(&[subject.as_uuid().as_bytes()]));
        if owner.is_none() {
            newcomers.insert(subject, id);
        }
        let profile = profiles.entry(id).or_insert_with(|| newcomer(id, event));
        add(profile, event);
        touched.insert(id, ());
    }
    let mut subjects: Vec<_> = newcomers.into_iter().collect();
    subjects.sort_unstable();
    ProfileChanges { profiles: touched.into_keys().filter_map(|id| profiles.remove(&id)).collect(), subjects }
}

fn newcomer(id: ProfileId, event: &CleanEvent) -> Profile {
    Profile {
        id,
        user_id: event.user_id.as_deref().unwrap_or_default().to_owned(),
        traits: BTreeMap::new(),
        trait_times: BTreeMap::new(),
        first_seen: event.time,
        last_seen: event.time,
        events: 0,
        commerce: Commerce::default(),
    }
}

fn add(profile: &mut Profile, event: &CleanEvent) {
    learn_traits(profile, event);
    profile.first_seen = profile.first_seen.min(event.time);
    profile.last_seen = profile.last_seen.max(event.time);
    profile.events += 1;
    if let Some(order) = &event.order {
        add_order(&mut profile.commerce, order, event);
    }
}

/// Of every fact the newest word stands, in whatever order events arrive; of two at the same time the greater text.
fn learn_traits(profile: &mut Profile, event: &CleanEvent) {
    let text = event.traits.as_deref().unwrap_or("{}");
    // The text was checked to be an object when the event was cleaned.
    let Ok(traits) = serde_json::from_str::<BTreeMap<String, serde_json::Value>>(text) else { return };
    if event.time > profile.last_seen {
        // What this event does not say again is from now on older than the last event.
        for key in profile.traits.keys().filter(|key| !traits.contains_key(*key)) {
            profile.trait_times.entry(key.clone()).or_insert(profile.last_seen);
        }
    }
    let newest = event.time.max(profile.last_seen);
    let word = serde_json::Value::to_string;
    for (key, value) in traits {
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
        profile.traits.insert(key, value);
    }
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
mod tests {
    use super::*;
    use bellwether_domain::{EventId, EventKind, LineFlags, OrderLine, Origin};
    use chrono::DateTime;
    use proptest::prelude::*;

    fn order(number: u32, customer: u8, day: i64, pieces: i64, kind: OrderKind) -> CleanEvent {
        let price = bellwether_domain::Money::from_whole(2);
        let quantity = bellwether_domain::Quantity::from_whole(pieces);
        CleanEvent {
            id: EventId::derive(&[&number.to_le_bytes()]),
            subject: (customer > 0).then(|| SubjectId::derive(&[&[customer]])),
            user_id: (customer > 0).then(|| customer.to_string().into()),
            kind: EventKind::Track,
            name: "Order Completed".into(),
            time: DateTime::from_timestamp(day * 86_400, 0).unwrap(),
            utc_offset_minutes: 0,
            origin: Origin { source: "test".into(), line: None },
            order: Some(Order {
                order_id: number.to_string().into(),
                kind,
                currency: "GBP".into(),
                value: price.times(quantity),
                fees: Default::default(),
                lines: vec![OrderLine {
                    product: "a".into(),
                    name: "A".into(),
                    quantity,
                    price,
                    source_line: 1,
                    flags: LineFlags::default(),
                }],
            }),
            traits: None,
            properties: None,
        }
    }

    fn in_batches(events: &[CleanEvent], size: usize) -> Vec<Profile> {
        let mut owners = HashMap::new();
        let mut profiles: BTreeMap<ProfileId, Profile> = BTreeMap::new();
        for batch in events.chunks(size) {
            let changes = apply(batch, &owners, profiles.values().cloned());
            owners.extend(changes.subjects);
            profiles.extend(changes.profiles.into_iter().map(|p| (p.id, p)));
        }
        profiles.into_values().collect()
    }

    #[test]
    fn sales_and_returns_add_up_and_strangers_leave_no_profile() {
        let events = [
            order(1, 7, 10, 3, OrderKind::Completed),
            order(2, 7, 12, -1, OrderKind::Refunded),
            order(3, 0, 11, 9, OrderKind::Completed),
        ];
        let profiles = in_batches(&events, 10);
        assert_eq!(profiles.len(), 1);
        let commerce = &profiles[0].commerce;
        assert_eq!((commerce.orders, commerce.refunds), (1, 1));
        assert_eq!(commerce.net_revenue(), bellwether_domain::Money::from_whole(4));
        assert_eq!(commerce.last_order, Some(events[0].time));
        assert_eq!(profiles[0].last_seen, events[1].time);
    }

    #[test]
    fn newer_traits_win_whatever_comes_first() {
        let with = |day, traits: &str| CleanEvent {
            traits: Some(traits.into()),
            ..order(day as u32, 7, day, 1, OrderKind::Completed)
        };
        let (old, new) = (with(1, r#"{"country":"France","vat":1}"#), with(2, r#"{"country":"Spain"}"#));
        for events in [[old.clone(), new.clone()], [new, old]] {
            let traits = &in_batches(&events, 1)[0].traits;
            assert_eq!((&traits["country"], &traits["vat"]), (&"Spain".into(), &1.into()));
        }
    }

    /// As an arrival of t3, t1, t2 would have it wrong: the second overwrote what the third should have.
    #[test]
    fn what_is_missing_in_the_newest_comes_from_the_next_one() {
        let with = |day, traits: &str| CleanEvent {
            traits: Some(traits.into()),
            ..order(day as u32, 7, day, 1, OrderKind::Completed)
        };
        let events = [with(3, r#"{"vat":1}"#), with(1, r#"{"country":"FR"}"#), with(2, r#"{"country":"ES"}"#)];
        let profile = &in_batches(&events, 1)[0];
        assert_eq!((&profile.traits["country"], &profile.traits["vat"]), (&"ES".into(), &1.into()));
    }

    proptest! {
        #[test]
        fn the_newest_word_stands_whatever_the_order(
            words in prop::collection::vec((0i64..6, 0u8..3, 0u8..3, any::<bool>()), 1..12),
            seed in any::<u64>(),
        ) {
            let events: Vec<_> = words.iter().enumerate().map(|(number, (day, key, value, silent))| CleanEvent {
                traits: (!silent).then(|| format!(r#"{{"k{key}":"v{value}"}}"#).into()),
                ..order(number as u32, 7, *day, 1, OrderKind::Completed)
            }).collect();
            let mut newest: BTreeMap<String, (i64, String)> = BTreeMap::new();
            for (day, key, value, _) in words.iter().filter(|word| !word.3) {
                let word = (*day, format!("v{value}"));
                let stands = newest.entry(format!("k{key}")).or_insert_with(|| word.clone());
                *stands = stands.clone().max(word);
            }
            let mut shuffled = events.clone();
            shuffled.sort_by_key(|event| EventId::derive(&[&seed.to_le_bytes(), event.id.as_uuid().as_bytes()]));
            for events in [&events, &shuffled] {
                let profile = &in_batches(events, 1)[0];
                let traits: BTreeMap<String, String> =
                    profile.traits.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect();
                let expected: BTreeMap<String, String> = newest.iter().map(|(key, (_, value))| (key.clone(), value.clone())).collect();
                prop_assert_eq!(traits, expected);
            }
            prop_assert_eq!(in_batches(&events, 3), in_batches(&shuffled, 5));
        }

        #[test]
        fn batch_borders_and_order_of_arrival_do_not_matter(
            acts in prop::collection::vec((0u8..4, 0i64..50, 1i64..9, any::<bool>()), 1..60),
            size in 1usize..20,
        ) {
            let mut events: Vec<_> = acts.iter().enumerate().map(|(i, (who, day, pieces, sale))| {
                let kind = if *sale { OrderKind::Completed } else { OrderKind::Refunded };
                order(i as u32, *who, *day, *pieces, kind)
            }).collect();
            let expected = in_batches(&events, events.len());
            prop_assert_eq!(&in_batches(&events, size), &expected);
            events.reverse();
            prop_assert_eq!(&in_batches(&events, size), &expected);
        }
    }
}
