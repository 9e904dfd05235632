use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{Error, MessageQuery};

pub async fn impossible_rows_are_named(fresh: Case) {
    let store = &fresh.store;
    store.commit(&change(1, 0..3)).await.unwrap();
    store.reserve(&[message(1)]).await.unwrap();
    fresh.sql("UPDATE messages SET state = 'sent'").await;
    let error = store.messages(&MessageQuery::default()).await.unwrap_err().to_string();
    for part in ["table messages", &message(1).id.to_string(), "column state", "`sent` is not a state"] {
        assert!(error.contains(part), "{part} is missing: {error}");
    }
    fresh.sql("UPDATE profiles SET traits = 'not json' WHERE user_id = '12001'").await;
    check(store.all_profiles().await, "profiles", "traits");
    fresh.sql("UPDATE profiles SET traits = '{}', latest_touch = '{}' WHERE user_id = '12001'").await;
    check(store.all_profiles().await, "profiles", "latest_touch");
    fresh.sql("UPDATE profiles SET latest_touch = NULL, orders = -1 WHERE user_id = '12001'").await;
    check(store.profile(profile_id(1)).await, "profiles", "orders");
    fresh.sql("UPDATE profiles SET orders = 1, last_seen = 9223372036854775807 WHERE user_id = '12001'").await;
    check(store.profile(profile_id(1)).await, "profiles", "last_seen");
    fresh.sql("UPDATE rejects SET reason = 'bad_luck'").await;
    check(store.reject_counts().await, "rejects", "reason");
    store.put_source(&source("shop")).await.unwrap();
    fresh.sql("UPDATE sources SET write_key = 'short'").await;
    check(store.sources().await, "sources", "write_key");
    store.add_source_activity(&[activity("shop", 1, 1)]).await.unwrap();
    fresh.sql("UPDATE source_activity SET day = 'Sunday'").await;
    check(store.last_source_activity().await, "source_activity", "day");
    fresh.sql("UPDATE source_activity SET day = '2010-12-01', last_error_at = NULL").await;
    check(store.source_activity(day(0)).await, "source_activity", "last_error_at");
    fresh.sql("DELETE FROM pipeline_state").await;
    check(store.applied().await, "pipeline_state", "id");
    // A good row beside them is still read.
    assert_eq!(store.profile(profile_id(2)).await.unwrap(), Some(profile(2)));
}

fn check<T: std::fmt::Debug>(result: Result<T, Error>, table: &str, column: &str) {
    let error = result.unwrap_err();
    assert!(
        matches!(&error, Error::ImpossibleRow { table: t, column: c, .. } if *t == table && *c == column),
        "expected {table}.{column}: {error}"
    );
}

pub async fn a_reference_to_nothing_is_named(fresh: Case) {
    let subjects = vec![(subject_id(1), profile_id(1))];
    let change = ChangeSet { applied: Offset(1), subjects, ..ChangeSet::default() };
    let error = fresh.store.commit(&change).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot commit a change set: it refers to a profile"), "{error}");
    assert!(!error.is_temporary());
}
