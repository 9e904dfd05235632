use super::{Case, fixtures::*};
use bellwether_domain::{ChangeSet, Offset};

pub async fn profiles_are_found_by_id_user_id_and_subject(fresh: Case) {
    fresh.store.commit(&change(1, 0..20)).await.unwrap();
    let store = &fresh.store;
    assert_eq!(store.profile(profile_id(3)).await.unwrap(), Some(profile(3)));
    assert_eq!(store.profile(profile_id(99)).await.unwrap(), None);
    assert_eq!(store.profile_by_user_id("12003").await.unwrap(), Some(profile(3)));
    assert_eq!(store.profile_by_user_id("1200").await.unwrap(), None);
    let found = store.profiles_by_id(&[profile_id(3), profile_id(99), profile_id(3)]).await.unwrap();
    assert_eq!(found, [profile(3)]);
    let found = store.profile_of(&[subject_id(4), subject_id(99)]).await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(subject_id(4), profile_id(4))]);
    assert_eq!(store.profiles_by_id(&[]).await.unwrap(), []);
}

pub async fn subjects_can_move_to_another_profile(fresh: Case) {
    fresh.store.commit(&change(1, 0..5)).await.unwrap();
    let subjects = vec![(subject_id(0), profile_id(4)), (subject_id(1), profile_id(4))];
    fresh.store.commit(&ChangeSet { applied: Offset(2), subjects, ..ChangeSet::default() }).await.unwrap();
    let mut expected = [subject_id(0), subject_id(1), subject_id(4)];
    expected.sort();
    assert_eq!(fresh.store.subjects_of(profile_id(4)).await.unwrap(), expected);
    assert_eq!(fresh.store.subjects_of(profile_id(0)).await.unwrap(), []);
}
