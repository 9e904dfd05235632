use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::Error;

pub async fn features_are_replaced_together(fresh: Case) {
    add_people(&fresh.store, 0..10).await;
    let by_id = |mut all: Vec<ProfileFeatures>| {
        all.sort_by_key(|features| features.profile);
        all
    };
    let first = by_id((0..6).map(features).collect());
    fresh.store.put_features(&first).await.unwrap();
    assert_eq!(fresh.store.all_features().await.unwrap(), first);
    let second = by_id((4..10).map(features).collect());
    fresh.store.put_features(&second).await.unwrap();
    assert_eq!(fresh.store.all_features().await.unwrap(), second);
    assert_eq!(fresh.store.features(profile_id(0)).await.unwrap(), None);
    assert_eq!(fresh.store.features(profile_id(9)).await.unwrap(), Some(features(9)));
}

pub async fn features_that_are_not_numbers_are_refused(fresh: Case) {
    add_people(&fresh.store, 0..3).await;
    fresh.store.put_features(&[features(1)]).await.unwrap();
    let broken = ProfileFeatures { tenure_days: f64::NAN, ..features(2) };
    let error = fresh.store.put_features(&[features(0), broken]).await.unwrap_err();
    assert!(error.to_string().contains("tenure_days of prf_") && error.to_string().contains("NaN"), "{error}");
    // A profile that does not exist is found out later, inside the transaction.
    let error = fresh.store.put_features(&[features(0), features(99)]).await.unwrap_err();
    assert!(matches!(error, Error::MissingReference { .. }), "{error}");
    assert_eq!(fresh.store.all_features().await.unwrap(), [features(1)]);
}

pub async fn segments_of_one_kind_are_replaced_together(fresh: Case) {
    add_people(&fresh.store, 0..10).await;
    let store = &fresh.store;
    let cluster = segment("cluster-0", SegmentKind::Cluster, 3);
    let members = memberships(&cluster, 0..3);
    store.replace_segments(SegmentKind::Cluster, std::slice::from_ref(&cluster), &members).await.unwrap();
    let (champions, lost) = (segment("rfm-champions", SegmentKind::Rfm, 4), segment("rfm-lost", SegmentKind::Rfm, 6));
    let mut members = memberships(&champions, 0..4);
    members.extend(memberships(&lost, 4..10));
    store.replace_segments(SegmentKind::Rfm, &[lost.clone(), champions.clone()], &members).await.unwrap();
    assert_eq!(store.segments().await.unwrap(), [lost.clone(), champions.clone(), cluster.clone()]);
    assert_eq!(store.segment_by_slug("rfm-lost").await.unwrap(), Some(lost.clone()));
    assert_eq!(store.segments_of(profile_id(1)).await.unwrap(), [champions.clone(), cluster.clone()]);
    let mut expected: Vec<_> = (4..10).map(profile_id).collect();
    expected.sort();
    assert_eq!(store.members(lost.id).await.unwrap(), expected);

    let newer = Segment { size: 1, ..champions.clone() };
    store.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&newer), &memberships(&newer, 9..10)).await.unwrap();
    assert_eq!(store.segments().await.unwrap(), [newer.clone(), cluster]);
    assert_eq!(store.segment_by_slug("rfm-lost").await.unwrap(), None);
    assert_eq!(store.members(lost.id).await.unwrap(), []);
    assert_eq!(store.members(newer.id).await.unwrap(), [profile_id(9)]);
    assert_eq!(store.memberships().await.unwrap().len(), 4);
}

pub async fn a_failed_replacement_leaves_the_old_segments(fresh: Case) {
    add_people(&fresh.store, 0..10).await;
    let store = &fresh.store;
    let cluster = segment("cluster-0", SegmentKind::Cluster, 3);
    store.replace_segments(SegmentKind::Cluster, std::slice::from_ref(&cluster), &[]).await.unwrap();
    let rfm = segment("rfm-champions", SegmentKind::Rfm, 3);
    store.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&rfm), &memberships(&rfm, 0..3)).await.unwrap();
    let before = store.digest().await.unwrap();
    // A member that does not exist, at the very end of the transaction.
    let mut members = memberships(&rfm, 0..3);
    members.extend(memberships(&rfm, 99..100));
    let error = store.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&rfm), &members).await.unwrap_err();
    assert!(matches!(error, Error::MissingReference { .. }), "{error}");
    // A short name that another kind has.
    let thief = Segment { slug: "cluster-0".to_owned(), ..rfm.clone() };
    let error = store.replace_segments(SegmentKind::Rfm, &[thief], &[]).await.unwrap_err();
    assert!(matches!(&error, Error::SlugTaken { what: "segment", slug } if slug == "cluster-0"), "{error}");
    assert_eq!(store.digest().await.unwrap(), before);
}

pub async fn readers_see_the_old_segments_or_the_new(fresh: Case) {
    add_people(&fresh.store, 0..60).await;
    let (small, large) = (segment("rfm-a", SegmentKind::Rfm, 20), segment("rfm-b", SegmentKind::Rfm, 60));
    let (few, many) = (memberships(&small, 0..20), memberships(&large, 0..60));
    fresh.store.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&small), &few).await.unwrap();
    let writer = fresh.another().await;
    let writing = tokio::spawn(async move {
        for _ in 0..8 {
            writer.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&large), &many).await.unwrap();
            writer.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&small), &few).await.unwrap();
        }
    });
    let mut reads = 0;
    while !writing.is_finished() || reads == 0 {
        let members = fresh.store.memberships().await.unwrap().len();
        assert!(members == 20 || members == 60, "{members} members belong to neither");
        reads += 1;
    }
    writing.await.unwrap();
}

pub async fn recommendations_are_replaced_together(fresh: Case) {
    add_people(&fresh.store, 0..10).await;
    let store = &fresh.store;
    let lists: Vec<_> = (0..10).map(recommendations).collect();
    store.replace_recommendations(&lists).await.unwrap();
    assert_eq!(store.recommendations(profile_id(7)).await.unwrap(), Some(recommendations(7)));
    let top = [("85123A", 10), ("p0", 4), ("p1", 3)].map(|(product, lists)| (product.to_owned(), lists));
    assert_eq!(store.most_recommended(3).await.unwrap(), top);
    let mut paged = store.recommendation_lists(0, 6).await.unwrap();
    assert_eq!((paged.rows.len(), paged.total), (6, 10));
    paged.rows.extend(store.recommendation_lists(1, 6).await.unwrap().rows);
    let mut expected = lists;
    expected.sort_by_key(|list| list.profile);
    assert_eq!(paged.rows, expected);

    let mut broken = recommendations(1);
    broken.items[0].score = f32::INFINITY;
    assert!(matches!(store.replace_recommendations(&[broken]).await, Err(Error::NotFinite { .. })));
    assert!(matches!(store.replace_recommendations(&[recommendations(99)]).await, Err(Error::MissingReference { .. })));
    assert_eq!(store.recommendation_lists(0, 1).await.unwrap().total, 10);

    store.replace_recommendations(&[recommendations(2)]).await.unwrap();
    assert_eq!(store.recommendations(profile_id(7)).await.unwrap(), None);
    assert_eq!(store.most_recommended(9).await.unwrap(), [("85123A".to_owned(), 1), ("p2".to_owned(), 1)]);
}

pub async fn one_model_of_a_kind_serves(fresh: Case) {
    let store = &fresh.store;
    store.put_model(&model("popularity", true)).await.unwrap();
    let old = model("als", true);
    store.put_model(&old).await.unwrap();
    assert_eq!(store.models().await.unwrap(), [old.clone(), model("popularity", true)]);
    let new = bellwether_store::ModelRecord { id: ModelId::derive(&[b"new"]), trained_at: at(9_000), ..old.clone() };
    store.put_model(&new).await.unwrap();
    let retired = bellwether_store::ModelRecord { serving: false, ..old };
    assert_eq!(store.models().await.unwrap(), [new.clone(), retired, model("popularity", true)]);
    // Storing one that does not serve takes nothing from the one that does.
    store.put_model(&model("als", false)).await.unwrap();
    assert!(store.models().await.unwrap().contains(&new));
}

pub async fn numbers_come_back_to_the_last_bit(fresh: Case) {
    add_people(&fresh.store, 0..1).await;
    let mut state = 7u64;
    for _ in 0..40 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let odd = f64::from_bits(state >> 2 | 1 << 60);
        let number = if odd.is_finite() { odd } else { 0.1 };
        let features = ProfileFeatures {
            recency_days: number,
            favourite_categories: vec![("lanterns".to_owned(), number)],
            ..features(0)
        };
        fresh.store.put_features(std::slice::from_ref(&features)).await.unwrap();
        assert_eq!(fresh.store.features(profile_id(0)).await.unwrap(), Some(features));
        let value = serde_json::json!({ "number": number });
        fresh.store.put_result("number", &value).await.unwrap();
        assert_eq!(fresh.store.result("number").await.unwrap(), Some(value));
    }
}
