use super::*;
use bellwether_domain::{Channel, EventId, EventKind, LineFlags, OrderLine, Origin, Touch};
use chrono::DateTime;
use proptest::prelude::*;
use std::sync::LazyLock;

static RULES: LazyLock<AcquisitionRules> = LazyLock::new(AcquisitionRules::shipped);

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
        received_at: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        context: None,
        bot_probability: None,
    }
}

fn in_batches(events: &[CleanEvent], size: usize) -> Vec<Profile> {
    let mut owners = HashMap::new();
    let mut profiles: BTreeMap<ProfileId, Profile> = BTreeMap::new();
    for batch in events.chunks(size) {
        let changes = apply(batch, &owners, profiles.values().cloned(), &RULES);
        owners.extend(changes.subjects);
        changes.active.iter().for_each(|active| check_activity(&profiles[&active.id], active));
        profiles.extend(changes.profiles.into_iter().chain(changes.active).map(|p| (p.id, p)));
    }
    profiles.into_values().collect()
}

/// Whoever was only active is in all else what they were.
fn check_activity(before: &Profile, active: &Profile) {
    let all_else = Profile {
        trait_times: before.trait_times.clone(),
        first_seen: before.first_seen,
        last_seen: before.last_seen,
        events: before.events,
        first_touch: before.first_touch.clone(),
        latest_touch: before.latest_touch.clone(),
        ..active.clone()
    };
    assert_eq!(&all_else, before);
}

#[test]
fn what_says_nothing_new_is_activity() {
    let says = |number, traits: &str| CleanEvent {
        traits: Some(traits.into()),
        order: None,
        ..order(number, 7, number.into(), 1, OrderKind::Completed)
    };
    let (anna, berta) = (says(1, r#"{"name":"Anna"}"#), says(2, r#"{"name":"Berta"}"#));
    let changes = apply([&anna], &HashMap::new(), [], &RULES);
    assert_eq!((changes.profiles.len(), changes.active.len()), (1, 0), "somebody new");
    let owners: HashMap<_, _> = changes.subjects.iter().copied().collect();
    let check = |event: &CleanEvent, expected| {
        let changes = apply([event], &owners, changes.profiles.clone(), &RULES);
        assert_eq!((changes.profiles.len(), changes.active.len()), expected, "{event:?}");
    };
    check(&says(3, r#"{"name":"Anna"}"#), (0, 1));
    check(&says(3, "{}"), (0, 1));
    check(&berta, (1, 0));
    check(&order(4, 7, 4, 1, OrderKind::Completed), (1, 0));
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
fn a_visitor_has_a_profile_that_can_be_shown() {
    let view = |number, visitor: &str| CleanEvent {
        subject: Some(SubjectId::derive(&[b"anonymous", visitor.as_bytes()])),
        user_id: None,
        anonymous_id: Some(visitor.into()),
        kind: EventKind::Page,
        order: None,
        ..order(number, 1, 3, 1, OrderKind::Completed)
    };
    let profiles = in_batches(&[view(1, "c1"), view(2, "c2"), view(3, "c1")], 2);
    let mut shown: Vec<_> = profiles.iter().map(|profile| (profile.user_id.as_str(), profile.events)).collect();
    shown.sort_unstable();
    assert_eq!(shown, [("anonymous:c1", 2), ("anonymous:c2", 1)]);
    assert!(profiles.iter().all(|profile| profile.commerce == Commerce::default()));
}

#[test]
fn the_id_that_a_visitor_had_as_well_changes_nothing() {
    let known = CleanEvent { anonymous_id: Some("c1".into()), ..order(1, 7, 3, 1, OrderKind::Completed) };
    assert_eq!(in_batches(&[known], 1)[0].user_id, "7");
}

#[test]
fn facts_about_a_company_are_not_facts_about_its_people() {
    let with = |number, kind, traits: &str| CleanEvent {
        traits: Some(traits.into()),
        kind,
        order: None,
        ..order(number, 7, number.into(), 1, OrderKind::Completed)
    };
    let events = [
        with(1, EventKind::Identify, r#"{"name":"Anna"}"#),
        with(2, EventKind::Group, r#"{"name":"Example AG","employees":20}"#),
    ];
    let profile = &in_batches(&events, 1)[0];
    assert_eq!(profile.traits, BTreeMap::from([("name".to_owned(), Value::from("Anna"))]));
    assert_eq!(profile.events, 2);
}

#[test]
fn a_fact_that_is_too_large_does_not_hide_the_others() {
    let traits = r#"{"points":1e999,"plan":"plus","age":20,"places":{"a":[1.5]}}"#;
    let event = CleanEvent { traits: Some(traits.into()), ..order(1, 7, 1, 1, OrderKind::Completed) };
    let facts = in_batches(&[event], 1).remove(0).traits;
    assert_eq!((&facts["points"], &facts["plan"], &facts["age"]), (&"1e999".into(), &"plus".into(), &20.into()));
    assert_eq!(facts["places"], serde_json::json!({"a": [1.5]}));
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

/// Visits of one person: when, in nanoseconds, and by what.
fn visits(acts: &[(i64, u8)]) -> Vec<CleanEvent> {
    let referrers =
        ["", "https://www.google.com/", "https://weibo.com/", "https://shop.example/a", "https://blog.test/"];
    let visit = |(number, (nanos, way)): (usize, &(i64, u8))| CleanEvent {
        kind: EventKind::Page,
        name: "page".into(),
        time: DateTime::from_timestamp_nanos(1_767_225_600_000_000_000 + nanos),
        order: None,
        context: Some(
            format!(
                r#"{{"page":{{"url":"https://shop.example/","referrer":"{}"}}}}"#,
                referrers[usize::from(*way) % referrers.len()]
            )
            .into(),
        ),
        ..order(number as u32, 7, 1, 1, OrderKind::Completed)
    };
    acts.iter().enumerate().map(visit).collect()
}

#[test]
fn the_latest_touch_is_the_last_that_is_not_direct() {
    let check = |acts: &[(i64, u8)], first: Channel, latest: Channel| {
        let profile = &in_batches(&visits(acts), 2)[0];
        let channel = |touch: &Option<Touch>| touch.as_ref().unwrap().channel;
        assert_eq!((channel(&profile.first_touch), channel(&profile.latest_touch)), (first, latest), "{acts:?}");
    };
    use Channel::{Direct, OrganicSearch, OrganicSocial};
    check(&[(1, 0)], Direct, Direct);
    check(&[(1_000, 1), (2_000, 2)], OrganicSearch, OrganicSocial);
    check(&[(1_000, 1), (2_000, 2), (9_000, 0)], OrganicSearch, OrganicSocial);
    check(&[(1_000, 0), (2_000, 1), (9_000, 0)], Direct, OrganicSearch);
    check(&[(9_000, 1), (1_000, 2)], OrganicSocial, OrganicSearch);
    check(&[(1_000, 1), (9_000, 3)], OrganicSearch, OrganicSearch);
    let orders_only = &in_batches(&[order(1, 7, 1, 1, OrderKind::Completed)], 1)[0];
    assert_eq!((&orders_only.first_touch, &orders_only.latest_touch), (&None, &None));
}

/// Somebody who says something new each time.
fn chatter(words: usize, step: usize) -> Vec<CleanEvent> {
    let fact = |n: usize| Some(format!(r#"{{"k{}":{n},"same":"{n}"}}"#, n * step % words).into());
    (0..words)
        .map(|n| CleanEvent {
            traits: fact(n),
            ..order(n as u32, 7, (n * step % words) as i64 / 3, 1, OrderKind::Completed)
        })
        .collect()
}

#[test]
fn of_too_many_facts_the_newest_stay_whatever_the_order() {
    let words = 2 * MOST_FACTS;
    let events = chatter(words, 1);
    let profile = &in_batches(&events, 50)[0];
    assert_eq!(profile.traits.len(), MOST_FACTS);
    assert!(profile.traits.contains_key("same") && profile.traits.contains_key(&format!("k{}", words - 1)));
    assert!(
        !profile.traits.contains_key("k0") && profile.trait_times.keys().all(|key| profile.traits.contains_key(key))
    );
    let mut shuffled = events.clone();
    shuffled.sort_by_key(|event| event.id);
    let traits = |events: &[CleanEvent], size| in_batches(events, size).pop().map(|profile| profile.traits);
    assert_eq!(traits(&shuffled, 7), traits(&events, 50));
    shuffled.reverse();
    assert_eq!(traits(&shuffled, 1), traits(&events, 50));
}

#[test]
fn a_fact_that_is_too_long_hides_no_other() {
    let long = format!(r#"{{"long":"{}","short":1}}"#, "x".repeat(FACT_BYTES));
    let event = CleanEvent { traits: Some(long.into()), ..order(1, 7, 1, 1, OrderKind::Completed) };
    let profile = &in_batches(&[event], 1)[0];
    assert_eq!(profile.traits.keys().collect::<Vec<_>>(), ["short"]);
}

proptest! {
    #[test]
    fn touches_do_not_depend_on_order_or_batches(
        acts in prop::collection::vec((0i64..6_000, 0u8..5), 1..24),
        seed in any::<u64>(),
        size in 1usize..8,
    ) {
        let events = visits(&acts);
        let expected = in_batches(&events, events.len());
        let mut shuffled = events.clone();
        shuffled.sort_by_key(|event| EventId::derive(&[&seed.to_le_bytes(), event.id.as_uuid().as_bytes()]));
        let stored = |profiles: Vec<Profile>| -> Vec<(Option<Touch>, Option<Touch>)> {
            profiles.into_iter().map(|profile| (profile.first_touch, profile.latest_touch)).collect()
        };
        let expected = stored(expected);
        prop_assert_eq!(&stored(in_batches(&shuffled, size)), &expected);
        // Two profiles that turn out to be one person.
        let (one, other) = shuffled.split_at(size.min(shuffled.len()));
        if let (Some(mut whole), Some(part)) = (in_batches(one, 3).pop(), in_batches(other, 2).pop()) {
            [part.first_touch, part.latest_touch].into_iter().flatten().for_each(|touch| whole.add_touch(touch));
            prop_assert_eq!(vec![(whole.first_touch, whole.latest_touch)], expected);
        }
    }
}

/// Something that somebody does: who, when, of what sort, which word of it, and in which round of removals it leaves the Lake;
/// in round 0 never.
type Act = (u8, i64, u8, u8, u8);

fn done(acts: &[Act]) -> Vec<CleanEvent> {
    let traits = [r#"{"city":"Köln"}"#, r#"{"city":"上海","points":0.30000000000000004}"#, r#"{"points":1e-7}"#, "{}"];
    let referrers = ["", "https://www.google.com/", "https://weibo.com/", "https://blog.test/"];
    let event = |(number, (who, hour, sort, word, _)): (usize, &Act)| {
        let way = referrers[usize::from(*word) % referrers.len()];
        let visit = format!(r#"{{"page":{{"url":"https://shop.example/","referrer":"{way}"}}}}"#);
        let sale = order(number as u32, *who, 1, i64::from(*word) + 1, OrderKind::Completed);
        let event = CleanEvent { time: DateTime::from_timestamp(hour * 3_600, 0).unwrap(), ..sale };
        match sort % 4 {
            0 => event,
            1 => {
                let order = event.order.clone().map(|order| Order { kind: OrderKind::Refunded, ..order });
                CleanEvent { order, ..event }
            }
            2 => {
                let traits = Some(traits[usize::from(*word) % traits.len()].into());
                CleanEvent { kind: EventKind::Identify, order: None, traits, ..event }
            }
            _ => CleanEvent { kind: EventKind::Page, order: None, context: Some(visit.into()), ..event },
        }
    };
    acts.iter().enumerate().map(event).collect()
}

/// Profiles with more events, read from texts as the Store keeps baselines.
fn folded(onto: &[Profile], events: &[CleanEvent]) -> Vec<Profile> {
    let subject =
        |event: &CleanEvent| event.subject.map(|subject| (subject, ProfileId::derive(&[subject.as_uuid().as_bytes()])));
    let known: Vec<Profile> = serde_json::from_str(&serde_json::to_string(onto).unwrap()).unwrap();
    let owners: HashMap<_, _> = events
        .iter()
        .filter_map(subject)
        .filter(|(_, profile)| known.iter().any(|known| known.id == *profile))
        .collect();
    let mut profiles: BTreeMap<ProfileId, Profile> = known.iter().map(|known| (known.id, known.clone())).collect();
    let changes = apply(events, &owners, known, &RULES);
    profiles.extend(changes.profiles.into_iter().chain(changes.active).map(|profile| (profile.id, profile)));
    profiles.into_values().collect()
}

proptest! {
    /// What removing events by their age relies on. They leave in rounds, an event of one name sooner than an older one of
    /// another; what they made of people is where a rebuild from the others begins.
    #[test]
    fn events_that_were_folded_before_are_a_beginning_like_any_other(
        acts in prop::collection::vec((0u8..4, 0i64..12, 0u8..4, 0u8..4, 0u8..3), 1..40),
        seed in any::<u64>(),
        size in 1usize..9,
    ) {
        let events = done(&acts);
        let expected = in_batches(&events, size);
        let round = |wanted: u8| -> Vec<CleanEvent> {
            let mut some: Vec<_> =
                acts.iter().zip(&events).filter(|(act, _)| act.4 == wanted).map(|(_, event)| event.clone()).collect();
            some.sort_by_key(|event| EventId::derive(&[&seed.to_le_bytes(), event.id.as_uuid().as_bytes()]));
            some
        };
        let baselines = folded(&folded(&[], &round(1)), &round(2));
        prop_assert_eq!(&folded(&baselines, &round(0)), &expected);
        // The control: without them it is not the same, as soon as somebody's event is gone.
        let is_gone = acts.iter().any(|(who, _, _, _, round)| *who > 0 && *round > 0);
        prop_assert_eq!(folded(&[], &round(0)) != expected, is_gone);
    }
}
