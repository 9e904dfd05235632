use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{Error, RejectQuery, Store};
use chrono::TimeDelta;
use std::collections::BTreeMap;

pub async fn a_change_set_is_stored_whole(fresh: Case) {
    let change = change(3, 0..30);
    fresh.store.commit(&change).await.unwrap();
    check_stored(&fresh.store, &change).await;
}

async fn check_stored(store: &Store, change: &ChangeSet) {
    assert_eq!(store.applied().await.unwrap(), change.applied);
    assert_eq!(store.all_subjects().await.unwrap(), change.subjects.iter().copied().collect());
    let by_id = |mut profiles: Vec<Profile>| {
        profiles.sort_by_key(|profile| profile.id);
        profiles
    };
    assert_eq!(store.all_profiles().await.unwrap(), by_id(change.profiles.clone()));
    let ids: Vec<_> = change.profiles.iter().map(|profile| profile.id).collect();
    assert_eq!(by_id(store.profiles_by_id(&ids).await.unwrap()), by_id(change.profiles.clone()));
    let mut items = change.items.clone();
    items.sort_by(|a, b| a.product.cmp(&b.product));
    assert_eq!(store.all_items().await.unwrap(), items);
    let rejects = store.rejects(&RejectQuery { page_size: 1_000, ..RejectQuery::default() }).await.unwrap();
    let newest_first: Vec<Reject> = change.rejects.iter().rev().take(1_000).cloned().collect();
    assert_eq!(rejects.rows.into_iter().map(|row| row.reject).collect::<Vec<_>>(), newest_first);
    assert_eq!(rejects.total, change.rejects.len() as u64);
    assert_eq!(store.rule_counts().await.unwrap(), change.rule_counts);
}

pub async fn a_change_set_that_fails_in_the_middle_leaves_nothing(fresh: Case) {
    fresh.store.commit(&change(1, 0..10)).await.unwrap();
    let before = fresh.store.digest().await.unwrap();
    // Profiles are written before the subject that leads nowhere, the rest would come after it.
    let mut broken = change(2, 10..20);
    broken.subjects.push((subject_id(99), profile_id(99)));
    let error = fresh.store.commit(&broken).await.unwrap_err();
    assert!(matches!(error, Error::MissingReference { .. }), "{error}");
    assert_eq!(fresh.store.applied().await.unwrap(), Offset(1));
    assert_eq!(fresh.store.profile(profile_id(10)).await.unwrap(), None);
    assert_eq!(fresh.store.digest().await.unwrap(), before);
    // The same without the fault goes in.
    broken.subjects.pop();
    fresh.store.commit(&broken).await.unwrap();
    assert_eq!(fresh.store.profile(profile_id(10)).await.unwrap(), Some(profile(10)));
    assert_ne!(fresh.store.digest().await.unwrap(), before);
}

pub async fn a_change_set_is_never_applied_twice(fresh: Case) {
    let change = change(5, 0..10);
    fresh.store.commit(&change).await.unwrap();
    let before = fresh.store.digest().await.unwrap();
    let error = fresh.store.commit(&change).await.unwrap_err();
    assert!(matches!(error, Error::OutOfOrder { what: "change set", given: 5, stored: 5 }), "{error}");
    assert_eq!(fresh.store.digest().await.unwrap(), before, "rejects and counts would have doubled");
}

pub async fn change_sets_never_go_back(fresh: Case) {
    assert_eq!(fresh.store.applied().await.unwrap(), Offset(0));
    let error = fresh.store.commit(&change(0, 0..1)).await.unwrap_err();
    assert!(matches!(error, Error::OutOfOrder { given: 0, stored: 0, .. }), "{error}");
    fresh.store.commit(&change(7, 0..1)).await.unwrap();
    let error = fresh.store.commit(&change(6, 1..2)).await.unwrap_err();
    assert!(matches!(error, Error::OutOfOrder { given: 6, stored: 7, .. }), "{error}");
    // One change set may stand for several batches.
    fresh.store.commit(&change(20, 1..2)).await.unwrap();
    assert_eq!(fresh.store.applied().await.unwrap(), Offset(20));
}

pub async fn an_overlap_or_a_gap_is_refused(fresh: Case) {
    let set = |after, applied| ChangeSet { after: Some(Offset(after)), ..change(applied, 0..3) };
    fresh.store.commit(&set(0, 10)).await.unwrap();
    fresh.store.commit(&set(10, 11)).await.unwrap();
    for wrong in [set(10, 13), set(12, 13), set(0, 20), set(11, 11)] {
        let error = fresh.store.commit(&wrong).await.unwrap_err();
        assert!(matches!(error, Error::OutOfOrder { stored: 11, .. }), "{error}");
    }
    fresh.store.commit(&set(11, 14)).await.unwrap();
    assert_eq!(fresh.store.applied().await.unwrap(), Offset(14));
}

pub async fn counts_of_several_batches_are_one_sum(fresh: Case) {
    let count = |rule: &str, rows| RuleCount { source: "shop".into(), rule: rule.to_owned(), rows };
    let change = ChangeSet {
        applied: Offset(3),
        rule_counts: vec![count("rows", 5), count("bad_event", 1), count("rows", 7)],
        ..ChangeSet::default()
    };
    fresh.store.commit(&change).await.unwrap();
    assert_eq!(fresh.store.rule_counts().await.unwrap(), [count("bad_event", 1), count("rows", 12)]);
}

pub async fn of_two_committers_one_is_refused(fresh: Case) {
    let other = fresh.another().await;
    for applied in 1..=10 {
        let (one, two) = (change(applied, 0..20), change(applied, 0..20));
        let (a, b) = tokio::join!(fresh.store.commit(&one), other.commit(&two));
        let refused = [a, b].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(refused[..], [Error::OutOfOrder { .. }]), "{refused:?}");
    }
    let counts = fresh.store.rule_counts().await.unwrap();
    assert_eq!(counts[0].rows, (1..=10).sum::<u64>());
}

pub async fn the_last_of_equal_keys_stands(fresh: Case) {
    let mut change = change(1, 0..3);
    let newer = Profile { events: 77, ..profile(1) };
    change.profiles.push(newer.clone());
    change.subjects.push((subject_id(0), profile_id(2)));
    change.items.push(Item { name: "newer".to_owned(), ..item(2) });
    fresh.store.commit(&change).await.unwrap();
    assert_eq!(fresh.store.profile(profile_id(1)).await.unwrap(), Some(newer));
    assert_eq!(fresh.store.profile_of(&[subject_id(0)]).await.unwrap()[&subject_id(0)], profile_id(2));
    assert_eq!(fresh.store.items_by_product(&[&item(2).product]).await.unwrap()[0].name, "newer");
}

/// PostgreSQL takes no NUL; what is kept in its place may be another item's own.
pub async fn items_that_are_kept_alike_are_one(fresh: Case) {
    let named = |product: &str, name: &str| Item { product: product.to_owned(), name: name.to_owned(), ..item(1) };
    let both = vec![named("b\0", "first"), named("b\u{fffd}", "second")];
    fresh.store.commit(&ChangeSet { applied: Offset(1), items: both.clone(), ..ChangeSet::default() }).await.unwrap();
    let roll = Roll { rolled: Offset(1), items: both, ..Roll::default() };
    fresh.store.commit_roll(&roll).await.unwrap();
    assert_eq!(fresh.store.all_items().await.unwrap(), [named("b\u{fffd}", "second")]);
}

pub async fn activity_leaves_all_else_as_it_stands(fresh: Case) {
    fresh.store.commit(&change(1, 0..1_300)).await.unwrap();
    let before = fresh.store.all_profiles().await.unwrap();
    let active = |known: &Profile, first_touch| Profile {
        events: known.events + 1,
        last_seen: known.last_seen + TimeDelta::hours(1),
        trait_times: [("country".to_owned(), known.first_seen)].into(),
        first_touch,
        ..known.clone()
    };
    // Of every second one, and for some of them nothing is known of how they came.
    let came = before.iter().find_map(|known| known.first_touch.clone());
    assert!(came.is_some());
    let new: Vec<Profile> = before
        .iter()
        .enumerate()
        .filter(|(n, _)| n % 2 == 0)
        .map(|(n, known)| active(known, came.clone().filter(|_| n % 3 > 0)))
        .collect();
    fresh.store.commit(&ChangeSet { applied: Offset(2), active: new.clone(), ..ChangeSet::default() }).await.unwrap();
    let of = |known: &Profile| new.iter().find(|new| new.id == known.id).unwrap_or(known).clone();
    assert_eq!(fresh.store.all_profiles().await.unwrap(), before.iter().map(of).collect::<Vec<_>>());
    // Somebody who is not there cannot be active, and nothing of the change stays.
    let stranger =
        ChangeSet { applied: Offset(3), active: vec![before[0].clone(), profile(99_999)], ..ChangeSet::default() };
    fresh.store.commit(&stranger).await.unwrap_err();
    assert_eq!(fresh.store.applied().await.unwrap(), Offset(2));
}

pub async fn counts_of_rules_add_up(fresh: Case) {
    let count = |rule: &str, rows| RuleCount { source: "shop".into(), rule: rule.to_owned(), rows };
    let counts = vec![count("zero_price", 2), count("outlier", 1), count("zero_price", 3)];
    fresh.store.commit(&ChangeSet { applied: Offset(1), rule_counts: counts, ..Default::default() }).await.unwrap();
    let counts = vec![count("zero_price", 10)];
    fresh.store.commit(&ChangeSet { applied: Offset(2), rule_counts: counts, ..Default::default() }).await.unwrap();
    assert_eq!(fresh.store.rule_counts().await.unwrap(), [count("outlier", 1), count("zero_price", 15)]);
}

pub async fn a_large_change_set_is_stored_whole(fresh: Case) {
    let change = change(1, 0..2_345);
    fresh.store.commit(&change).await.unwrap();
    check_stored(&fresh.store, &change).await;
}

pub async fn extreme_values_come_back(fresh: Case) {
    let extreme = Profile {
        user_id: "O'Neil \"%_!\\ 名前 🎈\n".to_owned(),
        traits: BTreeMap::from([
            ("nul".to_owned(), serde_json::json!("a\0b")),
            ("number".to_owned(), serde_json::json!([0.1, 1e300, -0.3, i64::MIN, u64::MAX])),
            ("country".to_owned(), serde_json::json!(44)),
        ]),
        commerce: Commerce {
            orders: i64::MAX as u64,
            units: Quantity::from_ten_thousandths(i64::MIN),
            revenue: Money::from_ten_thousandths(i64::MAX),
            refunded: Money::from_ten_thousandths(i64::MIN),
            fees: Money::from_ten_thousandths(-1),
            ..Commerce::default()
        },
        ..profile(1)
    };
    let odd = Profile { user_id: "a\0b".to_owned(), ..profile(2) };
    let change = ChangeSet {
        applied: Offset(i64::MAX as u64),
        profiles: vec![extreme.clone(), odd],
        rejects: vec![Reject {
            content: "PK\u{3}\u{4}\0\0".to_owned(),
            field: None,
            ..reject(1, RejectReason::Encoding)
        }],
        ..ChangeSet::default()
    };
    fresh.store.commit(&change).await.unwrap();
    assert_eq!(fresh.store.applied().await.unwrap(), change.applied);
    assert_eq!(fresh.store.profile(profile_id(1)).await.unwrap(), Some(extreme.clone()));
    assert_eq!(fresh.store.profile_by_user_id(&extreme.user_id).await.unwrap(), Some(extreme));
    // PostgreSQL has no NUL in texts: it is replaced on both, and found all the same.
    let odd = fresh.store.profile_by_user_id("a\0b").await.unwrap().unwrap();
    assert_eq!(odd.user_id, "a\u{fffd}b");
    assert_eq!(
        fresh.store.rejects(&RejectQuery::default()).await.unwrap().rows[0].reject.content,
        "PK\u{3}\u{4}\u{fffd}\u{fffd}"
    );
}

pub async fn imports_are_kept(fresh: Case) {
    let import = |file: &str, rows| ImportRecord {
        id: ImportId::derive(&[file.as_bytes()]),
        source: "shop".to_owned(),
        file: file.to_owned(),
        rows,
        events: 3,
        rejected: 1,
        complete: rows > 10,
    };
    fresh.store.put_import(&import("b.csv", 5)).await.unwrap();
    fresh.store.put_import(&import("a.csv", 7)).await.unwrap();
    fresh.store.put_import(&import("b.csv", 20)).await.unwrap();
    let one = import("b.csv", 20);
    assert_eq!(fresh.store.import(one.id).await.unwrap(), Some(one));
    assert_eq!(fresh.store.imports().await.unwrap(), [import("a.csv", 7), import("b.csv", 20)]);
}
